"""The work of a data deletion job: the parts of a group's datasets without the users that CSV files name."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.local_personalize.datasets import dataset_contents, dataset_parts, deleted_users
from include.local_personalize.errors import WorkFailed
from include.local_personalize.jobs import s3
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources

KIND = "data-deletion-job"
INVALID_LOCATION = "Invalid Data location."
OF_USERS = ("INTERACTIONS", "USERS", "ACTION_INTERACTIONS")
LARGEST_INPUT = 100 * 2**20  # bytes


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    datasets = dataset_contents.of_group(resources, resource.body["datasetGroupArn"], folder)
    return {
        "location": resource.body["dataSource"]["dataLocation"],
        "datasets": {datasets[kind].dataset_arn: datasets[kind].parts for kind in OF_USERS if kind in datasets},
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Returns {"users": their ids, "deleted": rows left out, "parts": dataset ARN to old file name to the new part, as
    dataset_parts.exchange has them}.
    """
    users = _users(task["location"])
    wanted = pa.array(users, pa.string())
    deleted = 0
    exchanged: dict[str, dict[str, Any]] = {}
    for dataset_arn, parts in task["datasets"].items():
        exchanged[dataset_arn] = {}
        for part in parts:
            new = _without(part, wanted)
            if new is not None:
                exchanged[dataset_arn][part.name] = new
                deleted += pq.read_metadata(part).num_rows - new["rows"]
    return {"users": users, "deleted": deleted, "parts": exchanged}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    deleted: int = result["deleted"]
    for dataset_arn, parts in result["parts"].items():
        dataset_parts.exchange(resources, dataset_arn, parts)
        deleted += deleted_users.delete(resources.connection, dataset_arn, result["users"])
    return {"notes": resource.notes | {"deleted": deleted}}


def _users(location: str) -> list[str]:
    bucket, key = s3.split(location)
    found = s3.reached(INVALID_LOCATION, s3.keys, bucket, key, first_level=False)
    folder = key if key.endswith("/") or not key else f"{key}/"
    keys = [one for one in found if one.endswith(".csv") and (one == key or one.startswith(folder))]
    if not keys:
        raise WorkFailed(f"{INVALID_LOCATION} There is no .csv file at {location}.")
    users: dict[str, None] = {}
    size = 0
    for one in keys:
        body = s3.reached(INVALID_LOCATION, s3.client().get_object, Bucket=bucket, Key=one)
        size += body["ContentLength"]
        if size > LARGEST_INPUT:
            raise WorkFailed(f"The files are larger than {LARGEST_INPUT} bytes; delete the users in several jobs.")
        text = s3.reached(INVALID_LOCATION, body["Body"].read).decode("utf-8-sig", errors="replace")
        users |= dict.fromkeys(_ids(text, f"s3://{bucket}/{one}"))
    return list(users)


def _ids(text: str, name: str) -> Sequence[str]:
    rows = [row for row in csv.reader(text.splitlines(), escapechar="\\") if row]
    if not rows or rows[0] != ["USER_ID"]:
        raise WorkFailed(f"{name}: Input CSV must have one column, USER_ID, and a header that says so.")
    if wide := next((row for row in rows if len(row) > 1), None):
        raise WorkFailed(f"{name}: Input CSV has a line with {len(wide)} columns: {','.join(wide)}.")
    return [row[0] for row in rows[1:]]


def _without(part: Path, users: pa.Array) -> dict[str, Any] | None:
    """A new part beside the old one, without the rows of users; None where the old one has no such row."""
    with pq.ParquetFile(part) as file:
        held = file.read(columns=["USER_ID"])["USER_ID"].cast(pa.string())
        rows = pc.sum(pc.invert(pc.is_in(held, value_set=users))).as_py() or 0
        if rows == len(held):
            return None
        new = part.with_name(f"{uuid4().hex}.parquet")
        with pq.ParquetWriter(new, file.schema_arrow, compression="zstd") as writer:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                others = pc.invert(pc.is_in(table["USER_ID"].cast(pa.string()), value_set=users))
                writer.write_table(table.filter(others))
    return {"file": new.name, "rows": rows}
