"""The S3 side of jobs; the endpoint and credentials are the environment's, as everywhere with boto3."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from include.local_personalize.errors import WorkFailed

Result = TypeVar("Result")
PRIVILEGES = "Insufficient privileges for accessing data in Amazon S3."
FORBIDDEN = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden"}


@cache
def client() -> Any:
    """Path-style, for S3 servers that are reached by a plain host name."""
    settings = Config(
        s3={"addressing_style": "path"}, connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
    return boto3.client("s3", config=settings, region_name=boto3.session.Session().region_name or "us-east-1")


def split(path: str) -> tuple[str, str]:
    """Bucket and key of s3://bucket/key."""
    bucket, _, key = path.removeprefix("s3://").partition("/")
    return bucket, key


def keys(bucket: str, prefix: str, *, first_level: bool) -> list[str]:
    """Keys under a prefix that hold data, folder markers left out; first_level leaves out deeper folders too."""
    listing: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix} | ({"Delimiter": "/"} if first_level else {})
    pages = client().get_paginator("list_objects_v2").paginate(**listing)
    return [found["Key"] for page in pages for found in page.get("Contents", []) if not found["Key"].endswith("/")]


def reached(not_found: str, action: Callable[..., Result], *args: Any, **members: Any) -> Result:
    """The result of an S3 action; raises WorkFailed, saying not_found where the bucket or key is not there."""
    try:
        return action(*args, **members)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise WorkFailed(f"{not_found} {PRIVILEGES}" if code in FORBIDDEN else f"{not_found} ({code})") from None
    except (BotoCoreError, OSError) as error:
        raise WorkFailed(f"{not_found} {PRIVILEGES} ({error})") from None
