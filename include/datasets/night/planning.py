"""What a night takes: every source that no other night has, so that nothing is lost and nothing imported twice."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from include.config import Dataset, Storage
from include.datasets.night import claims, written
from include.datasets.night.places import NightPlaces
from include.datasets.night.recording import record
from include.datasets.night.records import Night, Plan, SourceObject, Window
from include.datasets.night.turn import turn
from include.s3 import Place, under

Fate = Literal["imported", "going on", "over"]
MEGABYTE = 10**6


def plan(
    s3: Any,
    storage: Storage,
    dataset_type: str,
    dataset: Dataset,
    who: tuple[str, str, str],
    fate: Callable[[Plan], Fate],
    window: Window | None = None,
    own_is_spent: Callable[[], bool] = lambda: False,
) -> Plan:
    """Claim what no night has taken, and write the claim down; the same run gets the same plan again.

    who: the run's key, its DAG's id and its own.
    fate: what became of a night that is not recorded. "imported": Personalize has its rows, so it is recorded on its
        behalf; "going on": its run or its import job has not ended, so its sources are left alone; "over": it is given
        up, and its sources are new again.
    own_is_spent: whether this run's own import has failed; its plan is then made anew.
    window: the rows to take where the source is a query.

    A source is an object's URI and ETag; its newest recorded ETag is the one that is taken.
    """
    mine = Plan(*who, dataset_type)
    places = NightPlaces(storage, dataset_type, mine.run_key)
    with turn(s3, storage, mine, lambda other: fate(other) == "going on"):
        own = written.read_plan(s3, places)
        if own is not None:
            if not own_is_spent():
                return own
            claims.give_up(s3, storage, own)
        nights, going_on = _settled(s3, storage, mine, fate)
        if window is not None:
            # An unfinished window may hold the same rows: they are left to the night after.
            made = mine if going_on else replace(mine, window=window, portions=((),))
        else:
            made = _with_sources(mine, _new(incoming(s3, storage, dataset_type, dataset), nights, going_on), dataset)
        written.write_plan(s3, places, made)
        return made


def plan_unloaded(s3: Any, storage: Storage, made: Plan, dataset: Dataset, folder: Place) -> Plan:
    """Add to the plan of a window the objects that Athena unloaded for it, and write it down again."""
    sources = _found(s3, folder)
    unloaded = _with_sources(made, sources, dataset)
    written.write_plan(s3, NightPlaces(storage, made.dataset_type, made.run_key), unloaded)
    return unloaded


def last_high(s3: Any, storage: Storage, dataset_type: str) -> str | None:
    """Where the newest recorded window ends; None where no window was ever recorded."""
    windows = [night.window for night in written.recorded(s3, storage, dataset_type) if night.window is not None]
    return windows[-1].high if windows else None


def incoming(s3: Any, storage: Storage, dataset_type: str, dataset: Dataset) -> list[SourceObject]:
    """List what lies where the shop leaves its files, oldest upload first."""
    configured = dataset.source.s3.prefix if dataset.source.s3 else None
    return _found(s3, Place.of(configured) if configured else Place.of(storage.incoming) / dataset_type)


def _found(s3: Any, folder: Place) -> list[SourceObject]:
    """Objects and folders whose names begin with _ or . are markers of Spark, Hive and Athena, not data."""
    below = len(folder.key) + 1 if folder.key else 0
    found = [
        item
        for item in under(s3, folder)
        if not any(part.startswith(("_", ".")) for part in item.place.key[below:].split("/"))
    ]
    found.sort(key=lambda item: (item.modified, item.place.key))
    return [SourceObject(str(item.place), item.etag, item.size) for item in found]


def _settled(s3: Any, storage: Storage, mine: Plan, fate: Callable[[Plan], Fate]) -> tuple[list[Night], list[Plan]]:
    """Record or give up the unfinished nights of other runs; returns what is recorded, and what still goes on."""
    nights = written.recorded(s3, storage, mine.dataset_type)
    going_on = []
    for claim in claims.unfinished(s3, storage, mine.dataset_type, {mine.run_key, *(n.run_key for n in nights)}):
        match fate(claim):
            case "imported":
                night = record(s3, storage, claim, datetime.now(UTC))
                nights += [night] if night else []
            case "going on":
                going_on.append(claim)
            case "over":
                claims.give_up(s3, storage, claim)
    return nights, going_on


def _new(found: Sequence[SourceObject], nights: Sequence[Night], going_on: Sequence[Plan]) -> list[SourceObject]:
    taken = {source.uri: source.etag for night in nights for source in night.sources}
    left_alone = {(source.uri, source.etag) for claim in going_on for source in claim.sources}
    return [
        source
        for source in found
        if taken.get(source.uri) != source.etag and (source.uri, source.etag) not in left_alone
    ]


def _with_sources(made: Plan, sources: Sequence[SourceObject], dataset: Dataset) -> Plan:
    """Cut the sources into portions: consecutive ones, up to partition_mb each, at least one."""
    portions: list[list[int]] = []
    room = 0
    for position, source in enumerate(sources):
        if not portions or source.size > room:
            portions.append([])
            room = dataset.partition_mb * MEGABYTE
        portions[-1].append(position)
        room -= source.size
    return replace(made, sources=tuple(sources), portions=tuple(map(tuple, portions)))
