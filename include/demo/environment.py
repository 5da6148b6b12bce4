"""The environment variables that make one machine look like AWS, a mail server and an Airflow installation."""

import base64
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from include.demo.ports import HOST
from include.demo.processes import REPOSITORY

REGION = "us-east-1"
# A caller's own AWS account, Airflow and Python settings have no business in the demo.
FOREIGN = ("AIRFLOW_", "AWS_", "BOTO_", "PERSONALIZE_", "PYTHON", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Addresses:
    """Where the services of a stack listen, and their secrets."""

    s3_port: int
    personalize_port: int
    smtp_port: int
    airflow_port: int
    access_key: str = field(default_factory=lambda: f"LOCAL{secrets.token_hex(8).upper()}")
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    airflow_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def s3(self) -> str:
        """The S3 endpoint."""
        return f"http://{HOST}:{self.s3_port}"

    @property
    def personalize(self) -> str:
        """The endpoint of the Personalize services and of STS."""
        return f"http://{HOST}:{self.personalize_port}"

    @property
    def airflow(self) -> str:
        """Airflow's user interface and API."""
        return f"http://{HOST}:{self.airflow_port}"


def basis() -> dict[str, str]:
    """The caller's environment without what is foreign here; loopback is reached without a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "NO_PROXY": f"{HOST},localhost", "no_proxy": f"{HOST},localhost", "PYTHONUNBUFFERED": "1"}


def aws(addresses: Addresses, state: Path) -> dict[str, str]:
    """What boto3 reads."""
    return {
        "AWS_ACCESS_KEY_ID": addresses.access_key,
        "AWS_SECRET_ACCESS_KEY": addresses.secret_key,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_S3": addresses.s3,
        "AWS_ENDPOINT_URL_PERSONALIZE": addresses.personalize,
        "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME": addresses.personalize,
        "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS": addresses.personalize,
        "AWS_ENDPOINT_URL_STS": addresses.personalize,
        "AWS_CONFIG_FILE": str(state / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(state / "no-aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def airflow(addresses: Addresses, home: Path, sockets: Path) -> dict[str, str]:
    """What Airflow reads: LocalExecutor on PostgreSQL, everything on loopback."""
    connections = {
        "AIRFLOW_CONN_AWS_DEFAULT": {
            "conn_type": "aws",
            "login": addresses.access_key,
            "password": addresses.secret_key,
            "extra": {"region_name": REGION},
        },
        "AIRFLOW_CONN_SMTP_DEFAULT": {
            "conn_type": "smtp",
            "host": HOST,
            "port": addresses.smtp_port,
            "extra": {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True},
        },
    }
    settings = {
        "AMAZON_PERSONALIZE__WAITER_DELAY": "2",
        "API__BASE_URL": addresses.airflow,
        "API__HOST": HOST,
        "API__PORT": str(addresses.airflow_port),
        "API__SECRET_KEY": secrets.token_urlsafe(48),
        "API__WORKERS": "1",
        "API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        # A laptop recovers in seconds; nobody watching a demo waits five minutes for a second try.
        "CORE__DEFAULT_TASK_RETRY_DELAY": "5",
        "CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "CORE__EXECUTION_API_SERVER_URL": f"{addresses.airflow}/execution/",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__PARALLELISM": "4",
        "CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://postgres@/postgres?host={sockets}",
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg://postgres@/postgres?host={sockets}",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
        # A worker that looks rarely notices the end of a task late, and then a quick trigger may overtake it.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    }
    return {
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(REPOSITORY),
        **{name: json.dumps(value) for name, value in connections.items()},
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
    }
