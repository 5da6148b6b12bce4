"""The work of an import job: CSV files in S3 to one parquet part of the dataset."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from include.local_personalize.attribution import metric_reports
from include.local_personalize.datasets import avro_schema, csv_to_parquet, dataset_parts, merging, put_data
from include.local_personalize.errors import WorkFailed
from include.local_personalize.jobs import s3
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources

KIND = "dataset-import-job"
INVALID_LOCATION = "Invalid Data location."
FEWEST_INTERACTIONS = 1_000


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    dataset = resources.get(resource.body["datasetArn"])
    schema = avro_schema.parse(resources.get(dataset.body["schemaArn"]).body["schema"])
    incremental = resource.body["importMode"] == "INCREMENTAL"
    existing = dataset_parts.files(resources, dataset.arn) if incremental else []
    return {
        "location": resource.body["dataSource"]["dataLocation"],
        "schema": schema,
        "existing": [folder.datasets / name for name in existing],
        "put_ids": put_data.ids(resources.connection, dataset.arn),
        "put_seq": put_data.last_seq(resources.connection, dataset.arn),
        "part": folder.datasets / f"{uuid4().hex}.parquet",
        "scratch": folder.scratch,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Returns {"file": name of the part, "rows": rows in it, "replaced": ids of put records that it has newer ones of,
    "put_seq": the newest put record that was there when the import began}.
    """
    schema: avro_schema.AvroSchema = task["schema"]
    bucket, keys = _files(task["location"])
    with csv_to_parquet.Part(task["part"], schema) as part:
        for key in keys:
            with _downloaded(bucket, key, task["scratch"]) as file:
                part.append(file, name=f"s3://{bucket}/{key}")
        rows = part.rows
    if not rows:
        raise WorkFailed("Input CSV has no records.")
    if schema.dataset_type == "INTERACTIONS" and rows < FEWEST_INTERACTIONS:
        raise WorkFailed(f"The data has {rows} interactions; an import needs at least {FEWEST_INTERACTIONS}.")
    replaced: list[str] = []
    if schema.dataset_type.endswith("INTERACTIONS"):
        if task["existing"]:
            rows = merging.drop_repeated(task["part"], task["existing"])
    else:
        key = avro_schema.key(schema)
        if task["put_ids"]:
            replaced = merging.present(task["part"], key, task["put_ids"])
        rows = merging.keep_newest_of_each(task["part"], task["existing"], key)
    return {"file": task["part"].name, "rows": rows, "replaced": replaced, "put_seq": task["put_seq"]}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    """Interactions grow by a part; items and users are one part that already holds the older records."""
    arn = resource.body["datasetArn"]
    interactions = resources.get(arn).body["datasetType"].upper().endswith("INTERACTIONS")
    full = resource.body["importMode"] == "FULL"
    grows = interactions and not full
    (dataset_parts.append if grows else dataset_parts.replace)(resources, arn, [result])
    put_data.replace_by_bulk(resources.connection, arn, result["replaced"], result["put_seq"], full=full)
    if resource.body.get("publishAttributionMetricsToS3"):
        metric_reports.begin_for_import(resources, resource, result["file"])
    return {}


def _files(location: str) -> tuple[str, list[str]]:
    """A location that ends in / is a folder, of which the first level counts; any other is one file."""
    bucket, key = s3.split(location)
    found = s3.reached(INVALID_LOCATION, s3.keys, bucket, key, first_level=True)
    keys = found if key.endswith("/") or not key else [one for one in found if one == key]
    if not keys:
        raise WorkFailed(f"{INVALID_LOCATION} There is no file at {location}.")
    return bucket, keys


@contextmanager
def _downloaded(bucket: str, key: str, scratch: Path) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".csv") as file:
        s3.reached(INVALID_LOCATION, s3.client().download_file, bucket, key, file.name)
        yield Path(file.name)
