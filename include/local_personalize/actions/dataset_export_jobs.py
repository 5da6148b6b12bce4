"""Export jobs: the data of a dataset becomes CSV files in S3."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing

KIND = "dataset-export-job"


def create_dataset_export_job(call: Call) -> Answer:
    dataset = call.active(call.request["datasetArn"], "dataset")
    if not call.request["jobOutput"]["s3DataDestination"]["path"].startswith("s3://"):
        raise InvalidInput("jobOutput.s3DataDestination.path must be an s3:// path.")
    arn = call.arns.of(KIND, call.request["jobName"])
    body = {"ingestionMode": "PUT"} | call.request | {"datasetExportJobArn": arn}
    call.create(KIND, arn, body, dataset.arn, has_work=True)
    return {"datasetExportJobArn": arn}


def describe_dataset_export_job(call: Call) -> Answer:
    job = call.resources.get(call.request["datasetExportJobArn"], KIND)
    return {"datasetExportJob": describing.cut(describing.full(job, call.now), "DatasetExportJob")}


def list_dataset_export_jobs(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetArn"))
