"""The S3 side of jobs; the endpoint and credentials are the environment's, as everywhere with boto3."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import boto3
from boto3.exceptions import S3UploadFailedError
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
    except S3UploadFailedError as error:  # what upload_file makes of a ClientError, as a text that has the code
        privileges = f" {PRIVILEGES}" if any(f"({code})" in str(error) for code in FORBIDDEN) else ""
        raise WorkFailed(f"{not_found}{privileges} ({error})") from None
    except (BotoCoreError, OSError) as error:
        raise WorkFailed(f"{not_found} {PRIVILEGES} ({error})") from None


def upload_all(not_found: str, bucket: str, files: Mapping[str, Path], kms_key: str | None = None) -> None:
    """Upload files, by key, so that all of them are there or none; raises WorkFailed, saying not_found.

    A KMS key is handed to the S3 server, which encrypts with it or refuses.
    """
    encryption = _encryption(kms_key)
    done: list[str] = []
    try:
        for key, file in files.items():
            reached(not_found, client().upload_file, str(file), bucket, key, ExtraArgs=encryption)
            done.append(key)
    except WorkFailed:
        for key in done:
            reached(not_found, client().delete_object, Bucket=bucket, Key=key)
        raise


def put(not_found: str, bucket: str, key: str, body: bytes, kms_key: str | None = None) -> None:
    """Write one small object; raises WorkFailed, saying not_found."""
    reached(not_found, client().put_object, Bucket=bucket, Key=key, Body=body, **_encryption(kms_key))


def _encryption(kms_key: str | None) -> dict[str, str]:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
