"""The move of a campaign: what is noted before it begins, and the way back if it must not stand.

The note lies in `<workspace>/reports/moves/<solution>/<run_key>.json`. With what DescribeCampaign says, it is all that
a worker needs to go on where another one was lost.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from include.config import Storage
from include.s3 import read_json, write_json
from include.training import history

KIND = "moves"  # of the notes, among the records
MEMBERS = ("minProvisionedTPS", "campaignConfig")  # of a campaign, beside the version


@dataclass(frozen=True)
class Move:
    """A campaign's way from one version to another.

    previous_arn: the version that served; None where nothing did.
    previous_members: what the campaign's other members were.
    asked, ranked: the questions of the probe; before: the items answered to them before the move.
    failure: why the move does not stand, from when that is known.
    """

    run_key: str
    campaign_arn: str
    version_arn: str
    reason: str
    previous_arn: str | None
    previous_members: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failure: str | None = None

    @property
    def has_way_back(self) -> bool:
        """Whether another version served before."""
        return self.previous_arn not in (None, self.version_arn)


@dataclass(frozen=True)
class WayBack:
    """What the campaign is to serve again, as members of UpdateCampaign; None where there is nothing to be done."""

    members: Mapping[str, Any] | None
    failure: str


def members(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a described campaign that a move may change, beside the version."""
    return {name: campaign[name] for name in MEMBERS if name in campaign}


def is_of(move: Move, version_arn: str, campaign: Mapping[str, Any] | None) -> bool:
    """Whether a note that was found is of the move that is to be made: nobody else has moved the campaign since."""
    serving = campaign["solutionVersionArn"] if campaign else None
    return move.version_arn == version_arn and serving in (move.previous_arn, version_arn)


def way_back(move: Move, campaign: Mapping[str, Any] | None, why: str | None = None) -> WayBack:
    """The way back from a move that failed, by what its campaign says of itself, or else `why`."""
    if campaign is None:
        return WayBack(None, f"{move.campaign_arn} was not created{f': {why}' if why else '.'}")
    failure = _failure(move, campaign, why)
    if campaign["status"] != "ACTIVE":
        return WayBack(None, f"{failure} {move.campaign_arn} is {campaign['status']}.")
    if not move.has_way_back:
        return WayBack(None, failure)
    if campaign["solutionVersionArn"] not in (move.version_arn, move.previous_arn):
        return WayBack(None, f"{failure} Meanwhile somebody moved it to {campaign['solutionVersionArn']}.")
    return WayBack({**move.previous_members, "name": campaign["name"]}, failure)


def read(s3: Any, storage: Storage, solution: str, run_key: str) -> Move | None:
    """Read the note of a run's move; None where there is none."""
    found = read_json(s3, history.of_run(storage, KIND, solution, run_key))
    return (
        None if found is None else Move(**{**found, "asked": tuple(found["asked"]), "ranked": tuple(found["ranked"])})
    )


def write(s3: Any, storage: Storage, solution: str, move: Move) -> str:
    """Write the note of a run's move and return its URI."""
    return write_json(s3, history.of_run(storage, KIND, solution, move.run_key), asdict(move))


def _failure(move: Move, campaign: Mapping[str, Any], why: str | None) -> str:
    for found in (campaign.get("latestCampaignUpdate", {}), campaign):
        if found.get("status") == "CREATE FAILED" and found["solutionVersionArn"] == move.version_arn:
            return f"The campaign could not be moved: {found.get('failureReason', 'no reason given')}."
    return (
        move.failure
        or why
        or "The move or its probe did not come to an end: the logs of deploy_campaign and probe say why."
    )
