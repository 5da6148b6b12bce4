"""What a dataset group file says about a solution: how it trains, what it must reach, where it serves."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from include.config.backtest import Backtest
from include.config.campaigns import Campaign
from include.config.requests import METRICS, CreateBatchInferenceJob, CreateSolution
from include.config.training_data import TrainingData
from include.config.values import Frozen, Share

POPULARITY = "-popularity"
LONGEST_NAME = 63  # Amazon Personalize
RECIPES_WITH_UPDATE = ("aws-user-personalization", "aws-hrnn-coldstart")
RECIPES_WITH_HPO = (  # that performHPO may be asked for
    "aws-user-personalization",
    "aws-personalized-ranking",
    "aws-similar-items",
    "aws-sims",
    "aws-hrnn",
    "aws-hrnn-metadata",
    "aws-hrnn-coldstart",
)
TUNED = "-hpo"  # ends the name of the solution by which hyperparameters are tuned


def _metric_names(values: dict[str, float]) -> dict[str, float]:
    unknown = sorted(set(values) - set(METRICS))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no such metric. Allowed: {', '.join(METRICS)}")
    return values


def _means_over_users(names: tuple[str, ...]) -> tuple[str, ...]:
    allowed = [metric for metric in METRICS if metric != "coverage"]
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no mean over test users. Allowed: {', '.join(allowed)}")
    if len(set(names)) < len(names):
        raise ValueError("a metric stands twice. Allowed: once")
    return names


def _check_room(key: str, solution: ValidationInfo, ending: str) -> None:
    """Raise ValueError where a solution's name is too long for another with this ending."""
    name, most = str(solution.data.get("create", {}).get("name", "")), LONGEST_NAME - len(ending)
    if len(name) > most:
        raise ValueError(
            f"{key}: {name}{ending} is too long for a name. "
            f"Allowed: null, or a solution's name of at most {most} letters"
        )


Metrics = Annotated[dict[str, float], AfterValidator(_metric_names)]
MetricShares = Annotated[dict[str, Share], AfterValidator(_metric_names)]
AttributeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,200}$")]


class Cadence(Frozen):
    """When a solution trains.

    update_between: whether an import is followed by UPDATE.
    update_every_hours: UPDATE by the clock, for what reaches Personalize without an import (PutEvents, PutItems); an
    import that lands in between waits for it.
    hpo_every_days: hyperparameters are tuned so often, and proposed.
    """

    full_every_days: int = Field(default=7, ge=1)
    update_between: bool = False
    update_every_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] | None = None
    hpo_every_days: Annotated[int, Field(ge=7)] | None = None

    @model_validator(mode="after")
    def _clock_is_for_updates(self) -> "Cadence":
        if self.update_every_hours and not self.update_between:
            raise ValueError("update_every_hours needs update_between: true. Allowed: that, or null")
        return self


class Gate(Frozen):
    """What a FULL version must reach to serve.

    floors: the least values, whatever serves. max_drop: shares of the champion's metric; a larger drop never passes,
    even where chance explains it, so that a limit within the noise blocks healthy versions: each verdict warns of it.
    (What the noise is shows in the history alone: no warning can be given when the file is read.)
    compare: the metrics that are held against the recent champions, with a tolerance learnt from the history.
    false_block_rate: the share of healthy versions that these comparisons, all together, may block.
    coverage_collapse: the share of the best recent coverage by which it may not fall; null where coverage is no matter.
    on_block: what becomes of a version that is blocked: its task fails, or a person is asked, for ask_hours at most.
    data: how far the interactions it was trained on may be from those of the recent champions.
    beats_popularity: what its metrics under compare must at least be times those of aws-popularity-count, a version of
    which is then trained on the same data beside each FULL one; null: it is neither trained nor asked.
    """

    floors: Metrics = Field(default_factory=dict)
    max_drop: MetricShares = Field(default_factory=dict)
    compare: Annotated[tuple[str, ...], AfterValidator(_means_over_users)] = (
        "normalized_discounted_cumulative_gain_at_25",
        "mean_reciprocal_rank_at_25",
    )
    false_block_rate: Annotated[float, Field(gt=0, le=0.2)] = 0.02
    coverage_collapse: Share | None = 0.5
    on_block: Literal["fail", "ask"] = "fail"
    ask_hours: float = Field(default=12, gt=0, le=24)
    data: TrainingData = TrainingData()
    beats_popularity: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_a_rule(self) -> "Gate":
        if not self.floors and not self.max_drop and not self.compare:
            raise ValueError("a gate without a rule passes everything: name a metric under compare, floors or max_drop")
        if self.beats_popularity is not None and not self.compare:
            raise ValueError("beats_popularity is about the metrics under compare: name one there, or leave it out")
        return self


class Braze(Frozen):
    """The rows Braze receives: `ids` sets an array of item ids, `objects` an array of objects."""

    shape: Literal["ids", "objects"] = "ids"
    min_items: int = Field(default=1, ge=1)
    max_items: int = Field(default=10, ge=1, le=500)
    fields: dict[AttributeName, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shape_has_its_keys(self) -> "Braze":
        if self.min_items > self.max_items:
            raise ValueError(f"min_items is {self.min_items}; allowed: at most max_items, {self.max_items}")
        if bool(self.fields) != (self.shape == "objects"):
            raise ValueError("fields name the Items columns of the objects shape: needed there, not allowed with ids")
        return self


class Export(Frozen):
    """One batch inference job a night and the Braze rows made of it; `name` begins the attribute's name."""

    name: AttributeName
    create: CreateBatchInferenceJob = Field(default_factory=dict)
    braze: Braze


class Solution(Frozen):
    """A solution, how it trains, what it must reach, and where its recommendations go.

    campaign: serves the champion. challenger: a second campaign, which only people move, for an A/B test of versions.
    """

    recipe: Annotated[str, Field(pattern=r"^aws-[a-z0-9-]+$")]
    create: CreateSolution
    cadence: Cadence = Cadence()
    gate: Gate
    backtest: Backtest | None = None
    campaign: Campaign
    challenger: Campaign | None = None
    exports: list[Export] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """The solution's name."""
        return str(self.create["name"])

    @property
    def longest_champion_days(self) -> int | None:
        """How long one version may serve where all is well; None where imports bring it up to date in between."""
        if self.cadence.update_between:
            return None
        return self.cadence.full_every_days + (self.backtest.wait_days if self.backtest else 0)

    @property
    def popularity(self) -> dict[str, Any]:
        """The members of CreateSolution for the baseline: another name, and the same interactions."""
        config = self.create.get("solutionConfig", {})
        events = {member: config[member] for member in ("eventValueThreshold", "eventsConfig") if member in config}
        same = {member: self.create[member] for member in ("eventType",) if member in self.create}
        rest = {"solutionConfig": events} if events else {}
        return {"name": f"{self.name}{POPULARITY}", "performAutoTraining": False, **same, **rest}

    @property
    def campaign_name(self) -> str:
        """The name of the champion's campaign."""
        return self.campaign.name

    @property
    def campaigns(self) -> list[Campaign]:
        """The champion's campaign, and the challenger's where there may be one."""
        return [self.campaign, *([self.challenger] if self.challenger else [])]

    @field_validator("gate")
    @classmethod
    def _popularity_has_a_name(cls, gate: Gate, info: ValidationInfo) -> Gate:
        if gate.beats_popularity is not None:
            _check_room("beats_popularity", info, POPULARITY)
        return gate

    @field_validator("cadence")
    @classmethod
    def _update_needs_a_recipe_that_has_it(cls, cadence: Cadence, info: ValidationInfo) -> Cadence:
        recipe = info.data.get("recipe")
        if cadence.update_between and recipe and recipe not in RECIPES_WITH_UPDATE:
            raise ValueError(
                f"update_between: {recipe} has no trainingMode=UPDATE. "
                f"Allowed: false, or a recipe that has it: {', '.join(RECIPES_WITH_UPDATE)}"
            )
        return cadence

    @field_validator("cadence")
    @classmethod
    def _tuning_is_possible(cls, cadence: Cadence, info: ValidationInfo) -> Cadence:
        recipe = info.data.get("recipe")
        if cadence.hpo_every_days and recipe and recipe not in RECIPES_WITH_HPO:
            raise ValueError(
                f"hpo_every_days: {recipe} takes no performHPO. "
                f"Allowed: null, or a recipe that does: {', '.join(RECIPES_WITH_HPO)}"
            )
        if cadence.hpo_every_days:
            _check_room("hpo_every_days", info, TUNED)
        return cadence

    @field_validator("backtest")
    @classmethod
    def _backtest_is_possible(cls, backtest: Backtest | None, info: ValidationInfo) -> Backtest | None:
        gate = info.data.get("gate")
        if backtest and gate and gate.on_block == "ask":
            raise ValueError("gate.on_block is ask: what a person let through would be held again. Allowed: null")
        if backtest:
            cadence = info.data.get("cadence")
            backtest.check(info.data.get("recipe"), cadence.full_every_days if cadence else None)
        return backtest

    @field_validator("challenger")
    @classmethod
    def _challenger_has_a_campaign_of_its_own(
        cls, challenger: Campaign | None, info: ValidationInfo
    ) -> Campaign | None:
        champions = info.data.get("campaign")
        if challenger and champions and challenger.name == champions.name:
            raise ValueError(f"{challenger.name} is the champion's campaign. Allowed: null, or one of another name")
        return challenger
