"""The users that both versions are asked for, as batch inference wants them."""

import json
from collections.abc import Sequence
from typing import Any

from include.s3 import Place, open_text


def write(s3: Any, place: Place, users: Sequence[str]) -> None:
    """Write each user as one JSON line."""
    body = "".join(json.dumps({"userId": user}, ensure_ascii=False) + "\n" for user in users)
    s3.put_object(Bucket=place.bucket, Key=place.key, Body=body.encode())


def read(s3: Any, place: Place) -> list[str]:
    """Read the users back."""
    return [json.loads(line)["userId"] for line in open_text(s3, place)]
