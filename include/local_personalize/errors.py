"""The errors that Amazon Personalize's API models, raised by actions and put on the wire by wire.py."""

# ruff: noqa: N818 (the names are those of the shapes in Amazon's model)


class ApiError(Exception):
    """An answer that is an error; code is the name of its shape in the service model."""

    code = "InternalFailure"
    status = 500
    rest_status: int | None = None  # where the rest-json protocol has another

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(ApiError):
    code, status = "InvalidInputException", 400


class InvalidNextToken(ApiError):
    code, status = "InvalidNextTokenException", 400


class LimitExceeded(ApiError):
    code, status = "LimitExceededException", 400


class ResourceInUse(ApiError):
    code, status = "ResourceInUseException", 400


class TooManyTags(ApiError):
    code, status = "TooManyTagsException", 400


class TooManyTagKeys(ApiError):
    code, status = "TooManyTagKeysException", 400


class ResourceAlreadyExists(ApiError):
    code, status = "ResourceAlreadyExistsException", 400

    def __init__(self, arn: str) -> None:
        super().__init__(f"Another resource with Arn {arn} already exists.")


class ResourceNotFound(ApiError):
    code, status = "ResourceNotFoundException", 400

    def __init__(self, arn: str) -> None:
        super().__init__(f"Resource Arn {arn} does not exist.")


class Throttled(ApiError):
    """No operation models it, and every client knows it."""

    code, status, rest_status = "ThrottlingException", 400, 429


class InternalServer(ApiError):
    """No operation models it either; clients try again."""

    code, status = "InternalServerException", 500


class SerializationError(ApiError):
    """The body is not what the protocol allows; AWS answers so before any operation sees the request."""

    code, status = "SerializationException", 400


class UnknownOperation(ApiError):
    code, status = "UnknownOperationException", 404


class WorkFailed(Exception):
    """A job that ends CREATE FAILED; the message becomes its failureReason."""


def not_offered(what: str) -> InvalidInput:
    """The answer for a part of the API that exists at AWS and not here."""
    return InvalidInput(f"{what} is not offered by the local Personalize yet.")
