"""Braze files: built and checked in _staging, then copied to cdi/, the one folder Braze reads."""

import csv
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from include.config import DatasetGroup, Export
from include.delivery import batch_input, batch_output, braze, catalog
from include.delivery.part_files import DeliveryError, PartFiles
from include.s3 import Place, write_json

NOT_ASKED = "E_NOT_ASKED"  # a line for a user who was never asked for, or a second one: no user, so no rejected user


def build(s3: Any, group: DatasetGroup, export: Export, batch_id: str, generated_at: datetime) -> dict[str, Any]:
    """Make the Braze files of a batch in _staging, with their manifest, and return the manifest.

    users = rows + rejected, or DeliveryError. Safe to run again: the same batch writes the same places.
    """
    batch = Place.of(group.storage.workspace) / "batch" / export.name / batch_id
    delivery = Place.of(group.storage.delivery)
    rejects_place = delivery / "_rejects" / export.name / f"{batch_id}.csv"
    items = catalog.load(s3, group.storage, group.datasets.get("items"), export.braze.fields)
    users = batch_input.read_users(s3, batch / "input/users.json")
    moment = f"{generated_at:%Y-%m-%dT%H:%M:%SZ}"

    def row(answer: batch_output.Answer) -> str | braze.Rejected:
        return braze.row(answer, export.name, export.braze, items, moment)

    with tempfile.TemporaryDirectory() as scratch:
        rejects = Path(scratch) / "rejects.csv"
        with closing(PartFiles(Path(scratch))) as parts, rejects.open("w", encoding="utf-8", newline="") as file:
            rejected = _write(batch_output.answers(s3, batch / "output"), users, row, parts, csv.writer(file).writerow)
        not_asked = rejected.pop(NOT_ASKED, 0)
        if sum(parts.rows) + rejected.total() != len(users):
            raise DeliveryError(f"{len(users)} users, but {sum(parts.rows)} rows and {rejected.total()} rejected")
        files = parts.upload(s3, delivery / "_staging" / export.name / batch_id, batch_id)
        s3.upload_file(str(rejects), rejects_place.bucket, rejects_place.key)
    manifest = {
        "export": export.name,
        "batch_id": batch_id,
        "generated_at": moment,
        "shape": export.braze.shape,
        "users": len(users),
        "rows": sum(parts.rows),
        "bytes": sum(file["bytes"] for file in files),
        "rejected": dict(rejected),
        "lines_nobody_asked_for": not_asked,
        "rejects": str(rejects_place),
        "files": files,
    }
    write_json(s3, delivery / "_manifests" / export.name / f"{batch_id}.json", manifest)
    return manifest


def publish(s3: Any, group: DatasetGroup, export: Export, manifest: dict[str, Any]) -> list[str]:
    """Copy a batch's files to cdi/, each once, and return their URIs.

    A file that is there already is left alone, since Braze takes every new object in again.
    """
    published = []
    for file in manifest["files"]:
        source = Place.of(file["staged"])
        target = Place.of(group.storage.delivery) / "cdi" / export.name / source.name
        if not _exists(s3, target):
            s3.copy({"Bucket": source.bucket, "Key": source.key}, target.bucket, target.key)
        published.append(str(target))
    return published


def _write(
    answers: Any,
    users: set[str],
    row: Callable[[batch_output.Answer], str | braze.Rejected],
    parts: PartFiles,
    write_reject: Callable[[list[str]], Any],
) -> Counter[str]:
    """Write a row or a rejection for every user, and return the rejections by rule."""
    rejected: Counter[str] = Counter()
    waiting = set(users)

    def reject(refusal: braze.Rejected) -> None:
        rejected[refusal.code] += 1
        write_reject([refusal.user_id, refusal.code, refusal.reason])

    write_reject(["external_id", "code", "reason"])
    for answer in answers:
        if answer.user_id not in waiting:
            reject(braze.Rejected(answer.user_id, NOT_ASKED, "answered twice, or never asked for"))
            continue
        waiting.remove(answer.user_id)
        made = row(answer)
        if isinstance(made, braze.Rejected):
            reject(made)
        else:
            parts.write(made)
    for user_id in sorted(waiting):
        reject(braze.Rejected(user_id, "E_NO_ANSWER", "batch inference gave no line for this user"))
    return rejected


def _exists(s3: Any, place: Place) -> bool:
    try:
        s3.head_object(Bucket=place.bucket, Key=place.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True
