"""Batch inference jobs: recommendations for the users of files in S3, written to files in S3."""

from include.local_personalize import describing
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import Exploration
from include.local_personalize.errors import InvalidInput, not_offered

KIND = "batch-inference-job"
DEFAULTS: Answer = {"numResults": 25, "batchInferenceJobMode": "BATCH_INFERENCE"}


def create_batch_inference_job(call: Call) -> Answer:
    version = call.active(call.request["solutionVersionArn"], "solution-version")
    body = DEFAULTS | call.request
    _refuse_what_is_not_offered(body)
    if body["numResults"] < 1:
        raise InvalidInput("numResults must be at least 1.")
    read = body["jobInput"]["s3DataSource"]["path"]
    written = body["jobOutput"]["s3DataDestination"]["path"]
    if not (read.startswith("s3://") and written.startswith("s3://")):
        raise InvalidInput("jobInput and jobOutput must be s3:// paths.")
    if read == written:
        raise InvalidInput("jobOutput must be another location than jobInput.")
    try:
        Exploration.of(body.get("batchInferenceJobConfig", {}).get("itemExplorationConfig"))
    except ValueError as error:
        raise InvalidInput(f"batchInferenceJobConfig.itemExplorationConfig: {error}") from None
    arn = call.arns.of(KIND, body["jobName"])
    call.create(KIND, arn, body | {"batchInferenceJobArn": arn}, version.arn, has_work=True)
    return {"batchInferenceJobArn": arn}


def _refuse_what_is_not_offered(body: Answer) -> None:
    if body["batchInferenceJobMode"] != "BATCH_INFERENCE":
        raise not_offered(f"batchInferenceJobMode {body['batchInferenceJobMode']}")
    for member in ("filterArn", "themeGenerationConfig"):
        if member in body:
            raise not_offered(member)
    if "rankingInfluence" in body.get("batchInferenceJobConfig", {}):
        raise not_offered("batchInferenceJobConfig.rankingInfluence")


def describe_batch_inference_job(call: Call) -> Answer:
    job = call.resources.get(call.request["batchInferenceJobArn"], KIND)
    return {"batchInferenceJob": describing.cut(describing.full(job, call.now), "BatchInferenceJob")}


def list_batch_inference_jobs(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("solutionVersionArn"))
