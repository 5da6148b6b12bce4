"""Import jobs: CSV files in S3 become the bulk data of a dataset."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing
from include.local_personalize.state.lifecycle import ACTIVE
from include.local_personalize.state.resources import Resource

KIND = "dataset-import-job"


def create_dataset_import_job(call: Call) -> Answer:
    dataset = call.active(call.request["datasetArn"], "dataset")
    body = {"importMode": "FULL"} | call.request
    if not body["dataSource"].get("dataLocation", "").startswith("s3://"):
        raise InvalidInput("dataSource.dataLocation must be an s3:// path.")
    if body.get("publishAttributionMetricsToS3"):
        _check_attribution(call, dataset)
    if body["importMode"] == "INCREMENTAL" and not _has_bulk_data(call, dataset):
        raise InvalidInput(f"{dataset.arn} has no bulk data yet; its first import must be FULL.")
    arn = call.arns.of(KIND, body["jobName"])
    call.create(KIND, arn, body | {"datasetImportJobArn": arn}, dataset.arn, has_work=True)
    return {"datasetImportJobArn": arn}


def _has_bulk_data(call: Call, dataset: Resource) -> bool:
    """Told by the jobs' states: their work may be done, and the data there, before the state says so."""
    return any(job.lifecycle.status(call.now) == ACTIVE for job in call.resources.children(KIND, dataset.arn))


def _check_attribution(call: Call, dataset: Resource) -> None:
    if not dataset.arn.endswith("/INTERACTIONS"):
        raise InvalidInput("publishAttributionMetricsToS3 is for imports of interactions.")
    if not call.resources.children("metric-attribution", dataset.parent or ""):
        raise InvalidInput("publishAttributionMetricsToS3 needs a metric attribution in the dataset group.")


def describe_dataset_import_job(call: Call) -> Answer:
    job = call.resources.get(call.request["datasetImportJobArn"], KIND)
    return {"datasetImportJob": describing.cut(describing.full(job, call.now), "DatasetImportJob")}


def list_dataset_import_jobs(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetArn"))
