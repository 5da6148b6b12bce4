"""The users to ask recommendations for, as batch inference wants them."""

import json
import tempfile
from typing import Any

from include import workspace
from include.config import Storage
from include.s3 import Place, open_text


def write_users(s3: Any, storage: Storage, place: Place) -> int:
    """Write every user that was ever imported as one JSON line, by id, and return how many there are."""
    count = 0
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
        for user in workspace.users(s3, storage):
            file.write(json.dumps({"userId": user}, ensure_ascii=False) + "\n")
            count += 1
        file.flush()
        s3.upload_file(file.name, place.bucket, place.key)
    return count


def read_users(s3: Any, place: Place) -> set[str]:
    """Read the users of an input file back."""
    return {json.loads(line)["userId"] for line in open_text(s3, place)}
