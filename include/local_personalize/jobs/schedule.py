"""What the service does by itself as its clock goes on: automatic training, automatic updates, campaigns that follow.

Every slot of a schedule is used once at most, whatever the clock jumps over, and only for data that is new.
Source: Amazon Personalize developer guide, automatic training, automatic updates and automatic campaign updates.
"""

from typing import Any

import regex

from include.local_personalize.attribution import metric_reports
from include.local_personalize.datasets import put_data
from include.local_personalize.engine import DOMAIN_RECIPES
from include.local_personalize.jobs.beginning import begin_campaign_update, new_version
from include.local_personalize.protocol.conditions import Conditions
from include.local_personalize.state import updates
from include.local_personalize.state.arns import RECIPE_PREFIX, eight_hex
from include.local_personalize.state.clock import SECONDS_A_DAY
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, Delays, Lifecycle
from include.local_personalize.state.resources import Resource, Resources

FIRST_TRAINING = 3_600.0  # seconds after the solution is ACTIVE
DEFAULT_DAYS = 7
BETWEEN_UPDATES = 7_200.0
BETWEEN_RETRAININGS = 7.0 * SECONDS_A_DAY  # of recommenders
UPDATED_BY_ITSELF = ("aws-user-personalization", "aws-user-personalization-v2", "aws-trending-now")
TRAINED = ("solution-version", "recommender", "model-update")
UPDATE, FULL = "UPDATE", "FULL"

DataState = dict[str, list[int]]


def run_due(resources: Resources, conditions: Conditions) -> None:
    """Begin everything that has become due by now, in one transaction."""
    for update in resources.all_of("model-update"):
        if update.lifecycle.outcome == CREATE_FAILED:
            _give_up(resources, update)
    for solution in resources.all_of("solution"):
        if solution.lifecycle.status(resources.now) == ACTIVE:
            _train(resources, solution, conditions)
    for campaign in resources.all_of("campaign"):
        if campaign.lifecycle.status(resources.now) == ACTIVE:
            _follow(resources, campaign, conditions)
            _update_served(resources, campaign)
    for recommender in resources.all_of("recommender"):
        if recommender.lifecycle.status(resources.now) == ACTIVE:
            _keep_fresh(resources, recommender)
    metric_reports.begin_due(resources)


def data_state(resources: Resources, group_arn: str) -> DataState:
    """By dataset type, the newest part of bulk data and the newest record that was put; it grows with the data."""
    newest_part = "SELECT coalesce(max(seq), 0) AS newest FROM parts WHERE dataset_arn = ?"
    connection = resources.connection
    return {
        dataset.body["datasetType"].upper(): [
            int(connection.execute(newest_part, (dataset.arn,)).fetchone()["newest"]),
            put_data.newest_seq(connection, dataset.arn),
        ]
        for dataset in resources.children("dataset", group_arn)
    }


def update_for_batch(resources: Resources, version: Resource) -> None:
    """A batch inference job on the latest version of a recipe with automatic updates has what is new by now."""
    latest = resources.latest_active_version(version.parent or "")
    if latest is not None and latest.arn == version.arn and _updates_itself(resources, version):
        _begin_if_new(resources, version)


def retrain(resources: Resources, recommender: Resource) -> None:
    """Begin to train a recommender anew, whether or not there is new data."""
    _begin(resources, recommender, FULL)


def _give_up(resources: Resources, update: Resource) -> None:
    """The owner goes on with the model that it has."""
    owner = resources.find(update.body["ownerArn"])
    if owner is not None:
        notes = updates.ended(owner, CREATE_FAILED, update.failure_reason)
        resources.change(owner.arn, notes=notes, updated=owner.updated)
    resources.change(update.arn, phase="DELETE", settles_at=resources.now)


def _train(resources: Resources, solution: Resource, conditions: Conditions) -> None:
    members = updates.serving(solution, resources.now)
    if not members["performAutoTraining"]:
        return
    versions = resources.children("solution-version", solution.arn)
    full = [version for version in versions if version.body["trainingMode"] == FULL]
    every = _days(members) * SECONDS_A_DAY
    first = full[-1].created + every if full else solution.lifecycle.settles_at + FIRST_TRAINING
    if any(version.lifecycle.in_transition(resources.now) for version in full):
        return
    seen = full[-1].notes.get("data", {}) if full else {}
    is_new = _newer(seen, data_state(resources, solution.body["datasetGroupArn"]), "INTERACTIONS")
    if not _takes_slot(resources, solution, "training_slot", first, every) or not is_new:
        return
    body = new_version(solution, resources.now, FULL, "AUTOMATIC")
    arn = body["solutionVersionArn"]
    life = Lifecycle.begin("CREATE", resources.now, conditions.delays_of("solution-version", arn), has_work=True)
    now = resources.now
    resources.add(Resource(arn, "solution-version", solution.region, solution.arn, body, {}, life, now, now))


def _days(members: dict[str, Any]) -> int:
    expression = members.get("solutionConfig", {}).get("autoTrainingConfig", {}).get("schedulingExpression", "")
    days = regex.search(r"\d+", expression)
    return int(days[0]) if days else DEFAULT_DAYS


def _follow(resources: Resources, campaign: Resource, conditions: Conditions) -> None:
    serving = updates.serving(campaign, resources.now)
    follows = serving.get("campaignConfig", {}).get("syncWithLatestSolutionVersion")
    if not follows or updates.is_updating(campaign, resources.now):
        return
    latest = resources.latest_active_version(campaign.parent or "")
    if latest is not None and latest.arn != serving["solutionVersionArn"]:
        change = {"solutionVersionArn": latest.arn}
        resources.change(campaign.arn, **begin_campaign_update(campaign, change, resources.now, conditions))


def _update_served(resources: Resources, campaign: Resource) -> None:
    version = resources.find(updates.serving(campaign, resources.now)["solutionVersionArn"], "solution-version")
    if version is None or not _updates_itself(resources, version):
        return
    first = version.lifecycle.settles_at + BETWEEN_UPDATES
    if _takes_slot(resources, version, "update_slot", first, BETWEEN_UPDATES):
        _begin_if_new(resources, resources.get(version.arn))


def _updates_itself(resources: Resources, version: Resource) -> bool:
    """The latest FULL version does, until somebody updates it by hand."""
    if version.body["recipeArn"].removeprefix(RECIPE_PREFIX) not in UPDATED_BY_ITSELF:
        return False
    versions = resources.children("solution-version", version.parent or "")
    active = [one for one in versions if one.lifecycle.status(resources.now) == ACTIVE]
    full = [one.arn for one in active if one.body["trainingMode"] == FULL]
    by_hand = any(one.notes.get("full_version") == version.arn for one in active)
    return full[-1:] == [version.arn] and not by_hand


def _keep_fresh(resources: Resources, recommender: Resource) -> None:
    use_case = DOMAIN_RECIPES[recommender.body["recipeArn"].removeprefix(RECIPE_PREFIX)].use_case
    first = recommender.created + BETWEEN_RETRAININGS
    if _takes_slot(resources, recommender, "training_slot", first, BETWEEN_RETRAININGS):
        _begin_if_new(resources, resources.get(recommender.arn), FULL)
    elif use_case and use_case.trained_as in UPDATED_BY_ITSELF:
        first = recommender.created + BETWEEN_UPDATES
        if _takes_slot(resources, recommender, "update_slot", first, BETWEEN_UPDATES):
            _begin_if_new(resources, resources.get(recommender.arn))


def _takes_slot(resources: Resources, owner: Resource, note: str, first: float, every: float) -> bool:
    """Whether a slot, `first` or a multiple of `every` after it, has come that was not taken yet; it is now."""
    if resources.now < first:
        return False
    slot = first + (resources.now - first) // every * every
    if slot <= owner.notes.get(note, 0.0):
        return False
    resources.change(owner.arn, notes=owner.notes | {note: slot}, updated=owner.updated)
    return True


def _begin_if_new(resources: Resources, owner: Resource, mode: str = UPDATE) -> None:
    """Begin to make another model for a version or recommender, if there is data that its model has not seen."""
    state = data_state(resources, owner.body["datasetGroupArn"])
    seen = owner.notes.get("data", {})
    if mode == UPDATE:
        seen = owner.notes.get("updated_on") or seen
    if resources.children("model-update", owner.arn) or not _newer(seen, state, "INTERACTIONS", "ITEMS"):
        return
    _begin(resources, owner, mode)


def _begin(resources: Resources, owner: Resource, mode: str) -> None:
    arn, now = f"{owner.arn}/model-update/{eight_hex()}", resources.now
    body = {"ownerArn": owner.arn, "mode": mode, "datasetGroupArn": owner.body["datasetGroupArn"]}
    life = Lifecycle.begin("CREATE", now, Delays(), has_work=True)
    resources.add(Resource(arn, "model-update", owner.region, owner.arn, body, {}, life, now, now))


def _newer(seen: DataState, state: DataState, *dataset_types: str) -> bool:
    return any(state.get(each, [0, 0]) != seen.get(each, [0, 0]) for each in dataset_types)
