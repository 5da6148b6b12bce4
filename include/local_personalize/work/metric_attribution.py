"""The work of a metric attribution's report: events added up by metric and source, in one CSV file in S3."""

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from include.local_personalize.attribution import metric_expressions, metric_reports
from include.local_personalize.attribution.metric_expressions import Expression
from include.local_personalize.attribution.metric_reports import HEADER, REPORTED
from include.local_personalize.datasets import dataset_contents
from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.datasets.csv_to_parquet import ARROW_TYPES
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.jobs import s3
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import read_only

KIND = metric_reports.KIND
INVALID_OUTPUT = "Invalid S3 output path."
SOURCE = "EVENT_ATTRIBUTION_SOURCE"


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    attribution = resources.get(resource.parent or "")
    return {
        "metrics": attribution.body["metrics"],
        "output": attribution.body["metricsOutputConfig"]["s3DataDestination"],
        "datasets": dataset_contents.of_group(resources, attribution.parent or "", folder),
        "database": folder.database,
        "after": attribution.notes[REPORTED],
        "part": folder.datasets / resource.body["part"] if "part" in resource.body else None,
        "report": resource.body,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Writes `<output>/AggregatedAttributionMetrics - <PUT or BULK> - <epoch seconds>.csv`; returns {}."""
    datasets: dict[str, Contents] = task["datasets"]
    schemas = {kind: contents.schema for kind, contents in datasets.items()}
    expressions = [metric_expressions.parse(metric["expression"], schemas) for metric in task["metrics"]]
    interactions, report = datasets["INTERACTIONS"], task["report"]
    with closing(read_only(task["database"])) as connection:
        if task["part"]:
            events = _imported(task["part"])
        else:
            events = _put(connection, interactions, expressions, task["after"], report)
        items = dataset_contents.table(connection, datasets["ITEMS"]) if "ITEMS" in datasets else None
    lines = metric_reports.aggregated(task["metrics"], expressions, events, items)
    _write(task["output"], f"AggregatedAttributionMetrics - {report['method']} - {report['until']}.csv", lines)
    return {}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 (all is in S3)
    attribution = resources.find(resource.parent or "")
    if attribution is not None and "newest" in resource.body:
        notes = attribution.notes | {REPORTED: resource.body["newest"]}
        resources.change(attribution.arn, notes=notes, updated=attribution.updated)
    return {"phase": "DELETE", "settles_at": resources.now}


def _imported(part: Path) -> pa.Table:
    table = pq.read_table(part)
    source = table[SOURCE] if SOURCE in table.column_names else pa.nulls(len(table), pa.string())
    return table.append_column("SOURCE", source)


def _put(
    connection: sqlite3.Connection,
    contents: Contents,
    expressions: list[Expression],
    after: int,
    report: dict[str, Any],
) -> pa.Table:
    added = {
        one.column: _type(contents.schema, one.column) for one in expressions if one.dataset_type == "INTERACTIONS"
    }
    read = [f"record ->> '{name}'" for name in ("ITEM_ID", "EVENT_TYPE", *added)]
    query = (
        f"SELECT received, source, {', '.join(read)} FROM put_events"
        " WHERE dataset_arn = ? AND seq > ? AND seq <= ? AND received < ? AND NOT repeated"
    )
    values = (contents.dataset_arn, after, report["newest"], report["until"])
    rows = [tuple(row) for row in connection.execute(query, values)]
    text = pa.string()
    types = {"TIMESTAMP": pa.float64(), "SOURCE": text, "ITEM_ID": text, "EVENT_TYPE": text} | added
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)], list(types))


def _type(schema: AvroSchema, name: str) -> pa.DataType:
    column = schema.column(name)
    assert column is not None  # metric_expressions.parse has seen to it
    return ARROW_TYPES[column.type]


def _write(output: dict[str, str], name: str, lines: list[tuple[Any, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *lines])
    bucket, prefix = s3.split(output["path"])
    s3.reached(INVALID_OUTPUT, s3.client().head_bucket, Bucket=bucket)  # some servers make a bucket that is not there
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    s3.put(INVALID_OUTPUT, bucket, f"{folder}{name}", text.getvalue().encode(), output.get("kmsKeyArn"))
