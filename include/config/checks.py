"""How far a night may be from the recent ones before people are warned, or nothing is imported."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from include.config.values import Frozen

Size = Annotated[float, Field(ge=0)]
Portion = Annotated[float, Field(ge=0, le=1)]


class Threshold(Frozen):
    """From `warn` on the report and the mail say so; from `stop` on the night fails and nothing is imported.

    A key that is left out keeps its default; `stop: null` never stops.
    """

    warn: Size | None = None
    stop: Size | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Threshold":
        if self.warn is not None and self.stop is not None and self.stop < self.warn:
            raise ValueError(f"stop is {self.stop}; allowed: at least warn, {self.warn}")
        return self


class ShareThreshold(Threshold):
    """A threshold of a share, from 0 to 1: 0.05 is 5 %."""

    warn: Portion | None = None
    stop: Portion | None = None


class Checks(Frozen):
    """Thresholds of a dataset; each is compared with the median of the last `nights` nights.

    nights: how many of the recent nights are looked at. at_least: with fewer than this nothing is compared.
    volume: change of the number of rows, as a share of the median; 0.5 is half or one and a half times as many.
    event_types: share of events that would have to be of another type to give the usual mix (total variation).
    nulls: growth of the share of nulls in a column; 0.1 is from 5 % to 15 %.
    new_users, new_items: growth of the share of interactions with ids that no night had before.
    quarantined: share of the rows read that was quarantined; not compared with other nights.
    unknown_ids: what happens to interactions with items or users that their own datasets lack.
    """

    nights: int = Field(default=14, ge=1)
    at_least: int = Field(default=3, ge=1)
    volume: Threshold = Threshold(warn=0.5)
    event_types: ShareThreshold = ShareThreshold(warn=0.2)
    nulls: ShareThreshold = ShareThreshold(warn=0.1)
    new_users: ShareThreshold = ShareThreshold(warn=0.3)
    new_items: ShareThreshold = ShareThreshold(warn=0.3)
    quarantined: ShareThreshold = ShareThreshold(warn=0.01, stop=0.5)
    unknown_ids: Literal["allow", "warn", "quarantine"] = "warn"

    @model_validator(mode="before")
    @classmethod
    def _left_out_keeps_its_default(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        whole = dict(given)
        for name, field in cls.model_fields.items():
            if isinstance(field.default, Threshold) and isinstance(given.get(name), dict):
                whole[name] = field.default.model_dump() | given[name]
        return whole

    @model_validator(mode="after")
    def _enough_nights_to_compare(self) -> "Checks":
        if self.at_least > self.nights:
            raise ValueError(f"at_least is {self.at_least}; allowed: at most nights, {self.nights}")
        return self
