"""What a dataset group file says about the backtest of a solution's FULL versions."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from include.config.requests import CreateBatchInferenceJob
from include.config.values import Frozen

ITEMS = 25  # that the metrics are of
RECIPES_THAT_KNOW_USERS = (  # and answer batch inference for a user alone
    "aws-user-personalization",
    "aws-user-personalization-v2",
    "aws-hrnn",
    "aws-hrnn-metadata",
    "aws-hrnn-coldstart",
    "aws-popularity-count",
)


class Backtest(Frozen):
    """How a FULL version that passed the gate is held beside the champion, by what users do after both have answered.

    users: how many are asked for, of those who were active lately; each version answers a batch inference job for them.
    least_users: how many of them must have come back before it is judged.
    wait_days: after these it is judged by those who did.
    metric: of each user; allowed_loss: the share of the champion's mean by which the true one may be lower. Training
    anew on such data moves it, by 0.6 % as measured on a made-up shop: no number of users can tell that from a loss.
    create: further members of CreateBatchInferenceJob, for both jobs.
    """

    users: int = Field(default=20_000, ge=100)
    least_users: int = Field(default=3_000, ge=100)
    wait_days: int = Field(default=5, ge=1)
    metric: Literal["normalized_discounted_cumulative_gain_at_25", "mean_reciprocal_rank_at_25"] = (
        "normalized_discounted_cumulative_gain_at_25"
    )
    allowed_loss: Annotated[float, Field(ge=0, lt=1)] = 0.01
    create: CreateBatchInferenceJob = Field(default_factory=dict)

    @field_validator("create")
    @classmethod
    def _as_many_items_as_count(cls, create: dict[str, Any]) -> dict[str, Any]:
        if create.get("numResults", ITEMS) < ITEMS:
            raise ValueError(
                f"numResults: the metrics are of {ITEMS} items. Allowed: at least {ITEMS}, or leave it out"
            )
        return create

    @model_validator(mode="after")
    def _enough_are_asked_for(self) -> "Backtest":
        if self.least_users > self.users:
            raise ValueError(f"least_users is {self.least_users}; allowed: at most users, {self.users}")
        return self

    def check(self, recipe: str | None, full_every_days: int | None) -> None:
        """Raise ValueError where a solution cannot have this backtest; None is not known."""
        if recipe and recipe not in RECIPES_THAT_KNOW_USERS:
            raise ValueError(
                f"{recipe} does not answer for a user alone. "
                f"Allowed: null, or one of these recipes: {', '.join(RECIPES_THAT_KNOW_USERS)}"
            )
        if full_every_days and self.wait_days >= full_every_days:
            raise ValueError(
                f"wait_days is {self.wait_days}, so that the next FULL version would come first. "
                f"Allowed: less than cadence.full_every_days, {full_every_days}"
            )
