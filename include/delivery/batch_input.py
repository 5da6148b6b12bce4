"""The users to ask recommendations for, as batch inference wants them."""

import json
import tempfile
from typing import Any

from include.config.groups import Storage
from include.s3 import Place, open_text
from include.workspace import staged_files, staged_rows


def write_users(s3: Any, storage: Storage, place: Place) -> int:
    """Write every user that was ever imported as one JSON line, by id, and return how many there are."""
    users = {
        row["USER_ID"]
        for dataset_type in ("users", "interactions")
        for file in staged_files(s3, storage, dataset_type)
        for row in staged_rows(s3, file)
    }
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
        file.writelines(json.dumps({"userId": user}, ensure_ascii=False) + "\n" for user in sorted(users))
        file.flush()
        s3.upload_file(file.name, place.bucket, place.key)
    return len(users)


def read_users(s3: Any, place: Place) -> set[str]:
    """Read the users of an input file back."""
    return {json.loads(line)["userId"] for line in open_text(s3, place)}
