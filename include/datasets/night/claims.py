"""Plans whose nights are not recorded yet: each claims its sources, until it is recorded or given up."""

from typing import Any

from include.config import Storage
from include.datasets.night import written
from include.datasets.night.places import NightPlaces, nights
from include.datasets.night.records import Plan
from include.s3 import delete, folders, under


class ClaimLostError(Exception):
    """A night was given up, and its sources may be another's now; the message names the remedy."""


def unfinished(s3: Any, storage: Storage, dataset_type: str, but: set[str]) -> list[Plan]:
    """Read the claims of all runs but these, oldest run first."""
    run_keys = [name for name in folders(s3, nights(storage, dataset_type)) if name not in but]
    plans = [written.read_plan(s3, NightPlaces(storage, dataset_type, run_key)) for run_key in sorted(run_keys)]
    return [plan for plan in plans if plan is not None]


def give_up(s3: Any, storage: Storage, plan: Plan) -> None:
    """Delete all that a night has made but its quarantine; from here on its sources are new again.

    The claim goes last: until then the night can still be given up.
    """
    places = NightPlaces(storage, plan.dataset_type, plan.run_key)
    made = [found.place for folder in (places.staged, places.folder) for found in under(s3, folder)]
    delete(s3, [place for place in made if place != places.plan])
    delete(s3, [places.plan])


def assert_claimed(s3: Any, storage: Storage, plan: Plan) -> None:
    """Raise ClaimLostError unless the plan is still this night's."""
    places = NightPlaces(storage, plan.dataset_type, plan.run_key)
    if written.read_plan(s3, places) != plan:
        raise ClaimLostError(
            f"{places.plan} is not there any more, or is another plan: the night was given up, and a later one may "
            f"have taken its sources. Clear the run from plan on."
        )
