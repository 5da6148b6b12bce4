"""A service that does not answer, told in a sentence with its remedy."""

from typing import Any

from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.exceptions import HTTPClientError, NoCredentialsError


class UnreachableError(RuntimeError):
    """No answer came from a service's endpoint, or nothing was there to sign in with."""


def explained(client: Any) -> Any:
    """Make a boto3 client raise UnreachableError where it cannot reach its service, and give it back."""
    service, endpoint = client.meta.service_model.service_name, client.meta.endpoint_url
    setting = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"

    def explain(exception: Exception, **_: Any) -> None:
        if isinstance(exception, BotocoreConnectionError | HTTPClientError):
            raise UnreachableError(
                f"{service} does not answer at {endpoint}. Check that it runs there, the network, and the endpoint: "
                f"{setting}, or the AWS connection's extra."
            ) from None
        if isinstance(exception, NoCredentialsError):
            raise UnreachableError(
                f"No credentials for {service}. Give the AWS connection a login and password, or the worker a role."
            ) from None

    client.meta.events.register(f"after-call-error.{service}", explain)
    return client
