"""What a dataset group file says about a campaign: how it serves, and how it is probed."""

from pydantic import Field

from include.config.requests import CreateCampaign
from include.config.values import Frozen


class Probe(Frozen):
    """What a campaign must answer once it is moved, or it is rolled back.

    users: how many known users are asked for, beside one that nobody knows.
    max_latency_ms: of the median answer; generous, since it is to find a campaign that hangs, not a slow moment.
    min_overlap: share of the items answered before that an UPDATE version must still answer.
    known_items_only: whether an item that the imported datasets lack is a failure; false where PutItems brings some.
    """

    users: int = Field(default=20, ge=1, le=500)
    max_latency_ms: float = Field(default=5_000, gt=0)
    min_overlap: float = Field(default=0.2, ge=0, le=1)
    known_items_only: bool = True


class Campaign(Frozen):
    """A campaign, and what it must answer when it was moved."""

    create: CreateCampaign
    probe: Probe = Probe()

    @property
    def name(self) -> str:
        """The campaign's name."""
        return str(self.create["name"])
