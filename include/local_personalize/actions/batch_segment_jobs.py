"""Batch segment jobs: the users with the most affinity to the items, or item attributes, of files in S3."""

from include.local_personalize.batch import batch_files
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES
from include.local_personalize.errors import InvalidInput
from include.local_personalize.serving import filtering
from include.local_personalize.state import describing
from include.local_personalize.state.arns import RECIPE_PREFIX

KIND = "batch-segment-job"
DEFAULT_RESULTS = 25
MOST_RESULTS = 5_000_000


def create_batch_segment_job(call: Call) -> Answer:
    version = call.active(call.request["solutionVersionArn"], "solution-version")
    recipe = RECIPES[version.body["recipeArn"].removeprefix(RECIPE_PREFIX)]
    if recipe.type != "USER_SEGMENTATION":
        raise InvalidInput(f"Recipe {recipe.name} gives no user segments; use a version of a USER_SEGMENTATION recipe.")
    body: Answer = {"numResults": DEFAULT_RESULTS} | call.request
    if not 1 <= body["numResults"] <= MOST_RESULTS:
        raise InvalidInput(f"numResults must be 1 to {MOST_RESULTS}; it is {body['numResults']}.")
    batch_files.check_places(body)
    if "filterArn" in body:
        filtering.usable(call, body["filterArn"], version.body["datasetGroupArn"], recipe)
    arn = call.arns.of(KIND, body["jobName"])
    call.create(KIND, arn, body | {"batchSegmentJobArn": arn}, version.arn, has_work=True)
    return {"batchSegmentJobArn": arn}


def describe_batch_segment_job(call: Call) -> Answer:
    job = call.resources.get(call.request["batchSegmentJobArn"], KIND)
    return {"batchSegmentJob": describing.cut(describing.full(job, call.now), "BatchSegmentJob")}


def list_batch_segment_jobs(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("solutionVersionArn"))
