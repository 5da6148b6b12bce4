"""Batch inference jobs: recommendations for the lines of files in S3, written to files in S3."""

from include.local_personalize.actions import inference_config
from include.local_personalize.batch import batch_files
from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema, dataset_contents
from include.local_personalize.engine import RECIPES, Recipe
from include.local_personalize.errors import InvalidInput
from include.local_personalize.jobs import schedule
from include.local_personalize.serving import filtering
from include.local_personalize.state import describing
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.resources import Resource

KIND = "batch-inference-job"
DEFAULT_RESULTS = 25
THEMES = "THEME_GENERATION"


def create_batch_inference_job(call: Call) -> Answer:
    version = call.active(call.request["solutionVersionArn"], "solution-version")
    recipe = RECIPES[version.body["recipeArn"].removeprefix(RECIPE_PREFIX)]
    if not recipe.batch_inference_allowed:
        raise InvalidInput(f"Recipe {recipe.name} has no batch inference.")
    body: Answer = {"batchInferenceJobMode": "BATCH_INFERENCE"} | call.request
    if recipe.type != "PERSONALIZED_RANKING":  # which ranks all the items that a line has
        body = {"numResults": DEFAULT_RESULTS} | body
    if body.get("numResults", 1) < 1:
        raise InvalidInput("numResults must be at least 1.")
    batch_files.check_places(body)
    inference_config.check(recipe, "batchInferenceJobConfig", body.get("batchInferenceJobConfig", {}))
    _check_themes(call, version, recipe, body)
    if "filterArn" in body:
        filtering.usable(call, body["filterArn"], version.body["datasetGroupArn"], recipe)
    arn = call.arns.of(KIND, body["jobName"])
    call.create(KIND, arn, body | {"batchInferenceJobArn": arn}, version.arn, has_work=True)
    schedule.update_for_batch(call.resources, version)
    return {"batchInferenceJobArn": arn}


def _check_themes(call: Call, version: Resource, recipe: Recipe, body: Answer) -> None:
    """Themes need a recipe that allows them, the name of each item, and metadata to find the theme in."""
    wanted = body["batchInferenceJobMode"] == THEMES
    if wanted is not ("themeGenerationConfig" in body):
        raise InvalidInput(f"themeGenerationConfig is needed with batchInferenceJobMode {THEMES}, and only there.")
    if not wanted:
        return
    if not recipe.themes_allowed:
        raise InvalidInput(f"Recipe {recipe.name} has no {THEMES}; aws-similar-items has.")
    dataset = dataset_contents.dataset_in(call.resources, version.body["datasetGroupArn"], "ITEMS")
    if dataset is None:
        raise InvalidInput(f"{THEMES} needs an Items dataset.")
    schema = avro_schema.parse(call.resources.get(dataset.body["schemaArn"]).body["schema"])
    name = body["themeGenerationConfig"]["fieldsForThemeGeneration"]["itemName"]
    column = schema.column(name)
    if column is None or column.type != "string" or column.categorical:
        raise InvalidInput(
            f"itemName: {name} is no column of Items that names items, a string that is not categorical."
        )
    if not any(column.textual for column in schema.columns):
        raise InvalidInput(f"{THEMES} needs a textual column of Items.")


def describe_batch_inference_job(call: Call) -> Answer:
    job = call.resources.get(call.request["batchInferenceJobArn"], KIND)
    return {"batchInferenceJob": describing.cut(describing.full(job, call.now), "BatchInferenceJob")}


def list_batch_inference_jobs(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("solutionVersionArn"))
