"""Data deletion jobs: users named by CSV files in S3 vanish from the datasets and models of a group."""

from typing import Any

from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED
from include.local_personalize.state.resources import Resource

KIND = "data-deletion-job"
STATUSES = {
    "CREATE PENDING": "PENDING",
    "CREATE IN_PROGRESS": "IN_PROGRESS",
    ACTIVE: "COMPLETED",
    CREATE_FAILED: "FAILED",
}


def create_data_deletion_job(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    if not call.request["dataSource"].get("dataLocation", "").startswith("s3://"):
        raise InvalidInput("dataSource.dataLocation must be an s3:// path.")
    arn = call.arns.of(KIND, call.request["jobName"])
    call.create(KIND, arn, call.request | {"dataDeletionJobArn": arn}, group.arn, has_work=True)
    return {"dataDeletionJobArn": arn}


def describe_data_deletion_job(call: Call) -> Answer:
    job = call.resources.get(call.request["dataDeletionJobArn"], KIND)
    return {"dataDeletionJob": describing.cut(_described(job, call.now), "DataDeletionJob")}


def list_data_deletion_jobs(call: Call) -> Answer:
    """The only list of the API whose order is documented."""
    return describing.page(call, KIND, call.request.get("datasetGroupArn"), _described, newest_first=True)


def _described(job: Resource, now: float) -> dict[str, Any]:
    described = describing.full(job, now)
    status = STATUSES[described["status"]]
    done = {"numDeleted": job.notes["deleted"]} if status == "COMPLETED" else {}
    return described | done | {"status": status}
