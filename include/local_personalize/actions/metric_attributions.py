"""Metric attributions: which events are counted or added up, by what they are attributed to, in reports in S3."""

from collections.abc import Sequence
from typing import Any

from include.local_personalize.attribution import metric_expressions, metric_reports
from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema, put_data
from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.datasets.dataset_contents import dataset_in
from include.local_personalize.errors import InvalidInput, not_offered
from include.local_personalize.state import describing
from include.local_personalize.state.lifecycle import CREATE_FAILED, Lifecycle
from include.local_personalize.state.resources import Resource

KIND = "metric-attribution"
MOST_METRICS = 10


def create_metric_attribution(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    _check_metrics(call, group.arn, call.request["metrics"])
    _check_output(call.request["metricsOutputConfig"])
    interactions = dataset_in(call.resources, group.arn, "INTERACTIONS")
    seen = put_data.last_seq(call.resources.connection, interactions.arn) if interactions else 0
    arn = call.arns.of(KIND, call.request["name"])
    body = call.request | {"metricAttributionArn": arn}
    call.create(KIND, arn, body, group.arn, notes={metric_reports.REPORTED: seen})
    return {"metricAttributionArn": arn}


def describe_metric_attribution(call: Call) -> Answer:
    attribution = call.resources.get(call.request["metricAttributionArn"], KIND)
    described = describing.full(attribution, call.now)
    for report in call.resources.children(metric_reports.KIND, attribution.arn):
        if report.lifecycle.outcome == CREATE_FAILED:
            described["failureReason"] = report.failure_reason
    return {"metricAttribution": describing.cut(described, "MetricAttribution")}


def list_metric_attributions(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def list_metric_attribution_metrics(call: Call) -> Answer:
    if "metricAttributionArn" not in call.request:
        raise InvalidInput("metricAttributionArn is required.")
    attribution = call.resources.get(call.request["metricAttributionArn"], KIND)
    scope = f"metrics|{attribution.arn}"
    first = describing.after(call.request.get("nextToken"), scope) or 0
    last = first + call.request.get("maxResults", describing.PAGE)
    metrics = attribution.body["metrics"]
    more = {"nextToken": describing.token(last, scope)} if last < len(metrics) else {}
    return {"metrics": metrics[first:last]} | more


def update_metric_attribution(call: Call) -> Answer:
    if "metricAttributionArn" not in call.request:
        raise InvalidInput("metricAttributionArn is required.")
    attribution = call.active(call.request["metricAttributionArn"], KIND)
    removed = call.request.get("removeMetrics", [])
    kept = [metric for metric in attribution.body["metrics"] if metric["metricName"] not in removed]
    if unknown := set(removed) - {metric["metricName"] for metric in attribution.body["metrics"]}:
        raise InvalidInput(f"removeMetrics: {attribution.arn} has no metric {', '.join(sorted(unknown))}.")
    metrics = [*kept, *call.request.get("addMetrics", [])]
    _check_metrics(call, attribution.parent or "", metrics)
    output = call.request.get("metricsOutputConfig", attribution.body["metricsOutputConfig"])
    _check_output(output)
    body = attribution.body | {"metrics": metrics, "metricsOutputConfig": output}
    life = Lifecycle.begin("UPDATE", call.now, call.delays_of(KIND, attribution.arn))
    call.resources.change(attribution.arn, body=body, lifecycle=life)
    return {"metricAttributionArn": attribution.arn}


def delete_metric_attribution(call: Call) -> Answer:
    return call.delete(call.resources.get(call.request["metricAttributionArn"], KIND))


def _check_output(output: dict[str, Any]) -> None:
    if "s3DataDestination" not in output:
        raise not_offered("A metric attribution without metricsOutputConfig.s3DataDestination (Amazon CloudWatch)")
    if not output["s3DataDestination"]["path"].startswith("s3://"):
        raise InvalidInput("metricsOutputConfig.s3DataDestination.path must be an s3:// path.")


def _check_metrics(call: Call, group_arn: str, metrics: Sequence[dict[str, str]]) -> None:
    names = [metric["metricName"] for metric in metrics]
    if not 1 <= len(names) <= MOST_METRICS:
        raise InvalidInput(f"A metric attribution has 1 to {MOST_METRICS} metrics; these are {len(names)}.")
    if repeated := {name for name in names if names.count(name) > 1}:
        raise InvalidInput(f"Names of metrics are given more than once: {', '.join(sorted(repeated))}.")
    schemas = {kind: _schema(call, group_arn, kind) for kind in ("INTERACTIONS", "ITEMS")}
    known = {kind: schema for kind, schema in schemas.items() if schema}
    if "INTERACTIONS" not in known or known["INTERACTIONS"].column("EVENT_TYPE") is None:
        raise InvalidInput(f"{group_arn} needs an Interactions dataset with the column EVENT_TYPE.")
    for metric in metrics:
        metric_expressions.parse(metric["expression"], known)


def _schema(call: Call, group_arn: str, dataset_type: str) -> AvroSchema | None:
    dataset: Resource | None = dataset_in(call.resources, group_arn, dataset_type)
    if dataset is None:
        return None
    return avro_schema.parse(call.resources.get(dataset.body["schemaArn"], "schema").body["schema"])
