"""The work of an export job: bulk data, put data or both to CSV files in S3."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from include.local_personalize.datasets import dataset_contents, dataset_csv, put_data
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.jobs import s3
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import read_only

KIND = "dataset-export-job"
INVALID_OUTPUT = "Invalid S3 output path."


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    return {
        "contents": dataset_contents.now_in(resources, body["datasetArn"], folder),
        "database": folder.database,
        "mode": body["ingestionMode"],
        "output": body["jobOutput"]["s3DataDestination"],
        "name": body["jobName"],
        "scratch": folder.scratch,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Writes <output>/<job name>-00001.csv and so on, once all are complete; returns {}."""
    bucket, prefix = s3.split(task["output"]["path"])
    s3.reached(INVALID_OUTPUT, s3.client().head_bucket, Bucket=bucket)
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    contents: Contents = task["contents"]
    with (
        tempfile.TemporaryDirectory(dir=task["scratch"]) as scratch,
        closing(read_only(task["database"])) as connection,
    ):
        files = dataset_csv.write(_tables(connection, contents, task["mode"]), contents.schema, Path(scratch))
        keys = {f"{folder}{task['name']}-{file.name}": file for file in files}
        s3.upload_all(INVALID_OUTPUT, bucket, keys, task["output"].get("kmsKeyArn"))
    return {}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 (all is in S3)
    return {}


def _tables(connection: sqlite3.Connection, contents: Contents, mode: str) -> Iterator[pa.Table]:
    """BULK and PUT have older records of an id too, ALL has the newest alone; interactions are all there always."""
    events = contents.schema.dataset_type.endswith("INTERACTIONS")
    if mode == "ALL" and not events:
        table = dataset_contents.table(connection, contents)
        yield from [] if table is None else [table]
        return
    if mode in ("BULK", "ALL"):
        for part in contents.parts:
            yield from _batches(part)
    if mode in ("PUT", "ALL"):
        read = put_data.every_event if events else put_data.every_record
        yield read(connection, contents.dataset_arn, contents.put_seq, contents.schema)


def _batches(part: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(part) as file:
        for batch in file.iter_batches(dataset_csv.ROWS_A_FILE):
            yield pa.Table.from_batches([batch])
