"""Braze files: built and checked in _staging, then copied to cdi/, the one folder Braze reads."""

import csv
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from include.config.groups import DatasetGroup, Export
from include.delivery import batch_input, batch_output, braze, catalog
from include.s3 import Place, write_json

FILE_BYTES = 100_000_000  # Braze takes 512 MB a file, and several small ones faster than a large one


class DeliveryError(Exception):
    """Files do not add up or do not read back; nothing was published."""


@dataclass
class Parts:
    """Files under way in a scratch folder, and what went into them."""

    folder: Path
    users: set[str]
    rows: list[int] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    unmatched: int = 0


def build(s3: Any, group: DatasetGroup, export: Export, batch_id: str, generated_at: datetime) -> dict[str, Any]:
    """Make the Braze files of a batch in _staging, with their manifest, and return the manifest.

    users = rows + rejected, or DeliveryError. Safe to run again: the same batch writes the same places.
    """
    batch = Place.of(group.storage.workspace) / "batch" / export.name / batch_id
    delivery = Place.of(group.storage.delivery)
    items = catalog.load(s3, group.storage, group.datasets.get("items"), export.braze.fields)
    with tempfile.TemporaryDirectory() as scratch:
        parts = Parts(Path(scratch), batch_input.read_users(s3, batch / "input/users.json"))
        asked = len(parts.users)
        moment = f"{generated_at:%Y-%m-%dT%H:%M:%SZ}"
        rejects = parts.folder / "rejects.csv"
        with rejects.open("w", encoding="utf-8", newline="") as file:
            write_reject = csv.writer(file).writerow
            write_reject(["external_id", "code", "reason"])
            _write_parts(parts, _rows(s3, batch / "output", parts, write_reject, (export, items, moment)))
        if sum(parts.rows) + parts.rejected.total() != asked:
            raise DeliveryError(f"{asked} users, but {sum(parts.rows)} rows and {parts.rejected.total()} rejected")
        files = [
            _upload(s3, parts, number, delivery / "_staging" / export.name / batch_id, batch_id)
            for number in range(len(parts.rows))
        ]
        rejects_place = delivery / "_rejects" / export.name / f"{batch_id}.csv"
        s3.upload_file(str(rejects), rejects_place.bucket, rejects_place.key)
    manifest = {
        "export": export.name,
        "batch_id": batch_id,
        "generated_at": moment,
        "shape": export.braze.shape,
        "users": asked,
        "rows": sum(parts.rows),
        "bytes": sum(file["bytes"] for file in files),
        "rejected": dict(parts.rejected),
        "lines_nobody_asked_for": parts.unmatched,
        "rejects": str(rejects_place),
        "files": files,
    }
    write_json(s3, delivery / "_manifests" / export.name / f"{batch_id}.json", manifest)
    return manifest


def publish(s3: Any, group: DatasetGroup, export: Export, manifest: dict[str, Any]) -> list[str]:
    """Copy a batch's files to cdi/, each once, and return their URIs.

    A file that is there already is left alone, since Braze takes every new object in again.
    """
    delivery = Place.of(group.storage.delivery)
    published = []
    for file in manifest["files"]:
        source = Place.of(file["staged"])
        target = delivery / "cdi" / export.name / source.name
        if not _exists(s3, target):
            s3.copy({"Bucket": source.bucket, "Key": source.key}, target.bucket, target.key)
        published.append(str(target))
    return published


def _rows(s3: Any, output: Place, parts: Parts, write_reject: Any, how: tuple[Export, Any, str]) -> Iterable[str]:
    export, items, moment = how
    waiting = set(parts.users)

    def reject(rejected: braze.Rejected) -> None:
        parts.rejected[rejected.code] += 1
        write_reject([rejected.user_id, rejected.code, rejected.reason])

    for answer in batch_output.answers(s3, output):
        if answer.user_id not in waiting:
            parts.unmatched += 1
            write_reject([answer.user_id, "E_ID_DUP", "answered twice, or never asked for"])
            continue
        waiting.remove(answer.user_id)
        made = braze.row(answer, export.name, export.braze, items, moment)
        if isinstance(made, braze.Rejected):
            reject(made)
        else:
            yield made
    for user_id in sorted(waiting):
        reject(braze.Rejected(user_id, "E_NO_ANSWER", "batch inference gave no line for this user"))


def _write_parts(parts: Parts, lines: Iterable[str]) -> None:
    """Write lines to files of at most FILE_BYTES each."""
    file, size = None, 0
    for line in lines:
        encoded = line.encode() + b"\n"
        if file is None or size + len(encoded) > FILE_BYTES:
            if file:
                file.close()
            file, size = (parts.folder / f"{len(parts.rows)}.json").open("wb"), 0
            parts.rows.append(0)
        file.write(encoded)
        size += len(encoded)
        parts.rows[-1] += 1
    if file:
        file.close()


def _upload(s3: Any, parts: Parts, number: int, folder: Place, batch_id: str) -> dict[str, Any]:
    """Read a file back, every line, since one bad line makes Braze skip the whole file; then upload it."""
    path = parts.folder / f"{number}.json"
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line_number, line in enumerate(file, start=1):
            digest.update(line)
            if set(json.loads(line)) != {"external_id", "payload"}:
                raise DeliveryError(f"part {number + 1}, line {line_number}: not a Braze row: {line[:200]!r}")
    place = folder / f"{batch_id}-{number + 1:05d}-of-{len(parts.rows):05d}-{digest.hexdigest()[:8]}.json"
    s3.upload_file(str(path), place.bucket, place.key)
    return {
        "staged": str(place),
        "rows": parts.rows[number],
        "bytes": path.stat().st_size,
        "sha256": digest.hexdigest(),
    }


def _exists(s3: Any, place: Place) -> bool:
    try:
        s3.head_object(Bucket=place.bucket, Key=place.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True
