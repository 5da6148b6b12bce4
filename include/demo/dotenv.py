"""Writes what docker-compose.yaml wants in .env: new secrets, and the local services in place of AWS.

`make .env` keeps it in the file. Only the standard library is used, so that it runs where nothing is installed.
"""

import base64
import json
import secrets

PERSONALIZE = "http://personalize:8000"
SMTP = {
    "conn_type": "smtp",
    "host": "mail",
    "port": 2525,
    "extra": {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True},
}


def lines() -> list[str]:
    """The lines of a new .env; no two calls give the same secrets."""
    values = {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "AIRFLOW_ADMIN_PASSWORD": secrets.token_urlsafe(12),
        "AIRFLOW_API_SECRET_KEY": secrets.token_urlsafe(48),
        "AIRFLOW_JWT_SECRET": secrets.token_urlsafe(64),
        "AIRFLOW_FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW_CONN_SMTP_DEFAULT": f"'{json.dumps(SMTP)}'",
    }
    local = {
        "COMPOSE_PROFILES": "local",
        "PERSONALIZE_WAITER_DELAY": "5",
        "AWS_ACCESS_KEY_ID": f"LOCAL{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
        "AWS_ENDPOINT_URL_PERSONALIZE": PERSONALIZE,
        "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME": PERSONALIZE,
        "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": PERSONALIZE,
        "AWS_ENDPOINT_URL_STS": PERSONALIZE,
        "AWS_ENDPOINT_URL_S3": "http://s3:8333",
    }
    return [
        *(f"{name}={value}" for name, value in values.items()),
        "# On AWS, take the lines below out.",
        *(f"{name}={value}" for name, value in local.items()),
    ]


if __name__ == "__main__":
    print("\n".join(lines()))
