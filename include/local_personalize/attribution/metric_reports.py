"""When reports of metric attributions are due, and what is in them.

Amazon shows metrics of streamed events in CloudWatch and those of imports in S3; here both are files in S3. Source:
developer guide, publishing metric attribution reports to Amazon S3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.attribution.metric_expressions import Expression
from include.local_personalize.datasets.dataset_contents import dataset_in
from include.local_personalize.state.arns import eight_hex
from include.local_personalize.state.lifecycle import ACTIVE, Delays, Lifecycle
from include.local_personalize.state.resources import Resource, Resources

KIND = "metric-attribution-report"  # the service's own: no operation shows it
REPORTED = "reported_seq"  # the note of an attribution that has the newest event in a report
WINDOW = 900  # seconds
UNDEFINED = "SOURCE_NAME_UNDEFINED"
HEADER = ("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP")


def begin_due(resources: Resources) -> None:
    """Begin a report for each attribution whose streamed events have filled 15 minutes of the service's clock."""
    until = int(resources.now // WINDOW * WINDOW)
    for attribution in resources.all_of("metric-attribution"):
        reports = resources.children(KIND, attribution.arn)
        if attribution.lifecycle.status(resources.now) != ACTIVE or any(one.body["until"] == until for one in reports):
            continue
        newest = _newest_event(resources, attribution, until)
        if newest is None or any(one.lifecycle.outcome is None for one in reports):
            continue
        for failed in reports:
            resources.change(failed.arn, phase="DELETE", settles_at=resources.now)
        _begin(resources, attribution, {"method": "PUT", "until": until, "newest": newest})


def begin_for_import(resources: Resources, job: Resource, part: str) -> None:
    """Begin the report of what an import brought, which is the rows of one part."""
    group_arn = resources.group_of(job.parent) or ""
    for attribution in resources.children("metric-attribution", group_arn):
        _begin(resources, attribution, {"method": "BULK", "until": int(job.created), "part": part})


def _begin(resources: Resources, attribution: Resource, body: dict[str, Any]) -> None:
    arn, now = f"{attribution.arn}/report/{eight_hex()}", resources.now
    life = Lifecycle.begin("CREATE", now, Delays(), has_work=True)
    resources.add(Resource(arn, KIND, attribution.region, attribution.arn, body, {}, life, now, now))


def _newest_event(resources: Resources, attribution: Resource, until: int) -> int | None:
    interactions = dataset_in(resources, attribution.parent or "", "INTERACTIONS")
    query = "SELECT max(seq) AS newest FROM put_events WHERE dataset_arn = ? AND seq > ? AND received < ?"
    values = (interactions.arn if interactions else "", attribution.notes[REPORTED], until)
    newest: int | None = resources.connection.execute(query, values).fetchone()["newest"]
    return newest


def aggregated(
    metrics: Sequence[Mapping[str, str]], expressions: Sequence[Expression], events: pa.Table, items: pa.Table | None
) -> list[tuple[Any, ...]]:
    """The lines of a report, as HEADER names them: one for each metric, source and 15 minutes in which events were.

    events has ITEM_ID, EVENT_TYPE, SOURCE (null where it is not known), TIMESTAMP (epoch seconds) and the columns that
    metrics add up; items has ITEM_ID, each once, and such columns. A line's TIMESTAMP is where its 15 minutes begin.
    """
    lines: list[tuple[Any, ...]] = []
    for metric, expression in zip(metrics, expressions, strict=True):
        chosen = events.filter(pc.equal(events["EVENT_TYPE"].cast(pa.string()), metric["eventType"]))
        window = pc.multiply(pc.floor(pc.divide(chosen["TIMESTAMP"].cast(pa.float64()), WINDOW)), WINDOW)
        source = pc.fill_null(chosen["SOURCE"].cast(pa.string()), UNDEFINED)
        table = pa.table({"window": window, "source": source, "value": _values(expression, chosen, items)})
        sums = table.group_by(["window", "source"]).aggregate([("value", "sum")])
        for row in sums.sort_by([("window", "ascending"), ("source", "ascending")]).to_pylist():
            value = row["value_sum"] or 0.0
            named = (metric["metricName"], metric["eventType"], value, expression.function)
            lines.append((*named, row["source"], int(row["window"])))
    return lines


def _values(expression: Expression, events: pa.Table, items: pa.Table | None) -> pa.ChunkedArray | pa.Array:
    if expression.function == "samplecount":
        return pa.array([1.0] * len(events), pa.float64())
    if expression.dataset_type == "INTERACTIONS":
        return events[expression.column].cast(pa.float64())
    if items is None:
        return pa.nulls(len(events), pa.float64())
    ids = items["ITEM_ID"].cast(pa.string()).combine_chunks()
    at = pc.index_in(events["ITEM_ID"].cast(pa.string()), value_set=ids)
    return items[expression.column].take(at).cast(pa.float64())
