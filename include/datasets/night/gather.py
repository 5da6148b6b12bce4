"""The portions of a night made one: what is new in it, counted, compared with other nights, staged for Personalize."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from include.config import Dataset, Storage
from include.datasets import drift
from include.datasets.night import (
    channel,
    claims,
    database,
    ids,
    known_files,
    newest,
    reduced,
    repeated,
    rows,
    staging,
    statistics,
    unknown,
    written,
)
from include.datasets.night.channel import Way
from include.datasets.night.known import ID_COLUMNS
from include.datasets.night.material import Material
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Night, Plan, Portion, SourceObject
from include.datasets.night.staging import Staged
from include.s3 import delete, read_bytes, under


class NightStoppedError(Exception):
    """The night is so unlike the recent ones that nothing is imported; `night` is what it would have been."""

    def __init__(self, stops: Sequence[str], night: Night) -> None:
        super().__init__(" ".join(stops))
        self.night = night


def gather(
    s3: Any,
    storage: Storage,
    dataset_type: str,
    dataset: Dataset,
    plan: Plan,
    portions: Sequence[Portion],
    *,
    has_import: bool,
    now: datetime,
    known_ids: Mapping[str, Sequence[str]] | None = None,
    ordered: bool = False,
    accept_drift: bool = False,
    memory: str = database.MEMORY,
) -> Night:
    """Make a night of its checked portions, write it down with its files, and return it.

    has_import: whether Personalize has an import of the dataset; the first one is FULL.
    known_ids: for interactions, the files of the ids that items and users have, as known.ids gives them.
    ordered: whether the import job of this night exists and did not fail: the night then stays as it is.
    accept_drift: let the night through although it is beyond a threshold that stops it.

    Safe to run again. Raises NightStoppedError, ClaimLostError.
    """
    places = NightPlaces(storage, dataset_type, plan.run_key)
    final = written.read_record(s3, places)
    if final is not None:
        return final
    claims.assert_claimed(s3, storage, plan)
    if ordered or read_bytes(s3, places.sent) is not None:
        final = written.read_night(s3, places)
        if final is not None:
            return final
    delete(s3, [places.night, places.quarantine(unknown.NAME)])
    delete(s3, [found.place for found in under(s3, places.staged)])
    nights = written.recorded(s3, storage, dataset_type)
    with tempfile.TemporaryDirectory() as scratch, database.opened(Path(scratch), memory) as connection:
        material = Material(s3, places, dataset, plan, nights, connection, memory, Path(scratch))
        night = _made(material, portions, known_ids or {}, has_import, now)
    judged = drift.judge(dataset.checks, night.statistics, _recent(night, nights))
    night = replace(night, warnings=(*night.warnings, *judged.warnings, *judged.stops))
    if judged.stops and not accept_drift:
        raise NightStoppedError(judged.stops, night)
    written.write_night(s3, places, night)
    return night


def _made(
    material: Material,
    portions: Sequence[Portion],
    known_ids: Mapping[str, Sequence[str]],
    has_import: bool,
    now: datetime,
) -> Night:
    places = material.places
    _lay_out(material, portions)
    found = reduced.interactions(material, known_ids) if material.interactions else reduced.items_or_users(material)
    figures = statistics.of_kept(material.connection, material.columns)
    new, oldest, watermark = figures["rows"], figures.pop("oldest"), figures.pop("watermark")
    way = channel.decide(places.dataset_type, material.dataset, new, material.nights, has_import, now)
    given = way.channel in ("import", "events")
    archive, size = staging.write_archive(material, material.checked(portions), way) if given and new else (None, 0)
    known = known_files.after(material) if given else dict(material.known.files)
    staged = staging.stage(material, way, archive, new, size) if way.channel == "import" else None
    read = sum(portion.rows_read for portion in portions)
    reasons = sum((Counter(portion.reasons) for portion in portions), Counter(found.reasons))
    refused = tuple(source for portion in portions for source in portion.refused)
    dropped = rows.dropped(material.connection)
    return Night(
        run_key=places.run_key,
        dataset_type=places.dataset_type,
        channel=way.channel,
        import_mode=staged.way.import_mode if staged else way.import_mode,
        rows_read=read,
        rows_imported=new if given else 0,
        rows_quarantined=reasons.total(),
        rows_carried=new if way.channel == "carried" else 0,
        duplicates={why: dropped.get(why, 0) for why in (repeated.REPEATED, newest.UNCHANGED, newest.SUPERSEDED)},
        location=staged.location if staged else None,
        archive=material.keep(archive, places.archive) if archive else None,
        known=known,
        watermark=watermark if given else None,
        oldest=oldest if given else None,
        reasons=dict(reasons),
        quarantine=(*(portion.quarantine for portion in portions if portion.quarantine), *found.quarantine),
        refused=refused,
        statistics=figures | _shares(material, read, reasons.total()),
        warnings=(*found.warnings, *_too_few_users(staged, has_import)),
        note=_note(way, staged, new),
        sources=_taken(material.plan, refused),
        window=material.plan.window,
        fields=tuple(material.dataset.fields),
        base=material.known.base,
    )


def _shares(material: Material, read: int, quarantined: int) -> dict[str, float | None]:
    shares: dict[str, float | None] = {"quarantined": quarantined / read if read else 0.0}
    if not material.interactions:
        return shares | {"new_users": None, "new_items": None}
    new = {
        column: ids.new_share(material.connection, column, material.copies(material.known.uris(column)))
        for column in ID_COLUMNS["interactions"]
    }
    return shares | {"new_users": new["USER_ID"], "new_items": new["ITEM_ID"]}


def _too_few_users(staged: Staged | None, has_import: bool) -> list[str]:
    if has_import or staged is None or staged.users is None or staged.users >= staging.FEWEST_USERS:
        return []
    return [
        f"{staged.users} users have two interactions or more; Personalize trains with no fewer than "
        f"{staging.FEWEST_USERS} such users"
    ]


def _taken(plan: Plan, refused: Sequence[Mapping[str, str]]) -> tuple[SourceObject, ...]:
    uris = {source["uri"] for source in refused}
    return tuple(source for source in plan.sources if source.uri not in uris)


def _note(way: Way, staged: Staged | None, new: int) -> str:
    if staged is None:
        return way.reason
    if staged.way.import_mode == "INCREMENTAL":
        return f"{new:,} new rows"
    return f"FULL, {staged.rows:,} rows, {new:,} of them new: {staged.way.reason}"


def _lay_out(material: Material, portions: Sequence[Portion]) -> None:
    """Copy the checked rows, all of them, into the database's reach."""
    if sorted(portion.number for portion in portions) != list(range(len(material.plan.portions))):
        raise ValueError(
            f"{material.places.plan}: {len(material.plan.portions)} portions were planned, and these were checked: "
            f"{sorted(portion.number for portion in portions)}. Clear the run from check on."
        )
    found = rows.lay_out(material.connection, material.checked(portions), material.columns)
    good = sum(portion.rows_good for portion in portions)
    if found != good:
        raise ValueError(
            f"{material.places.folder}/checked: {good} good rows were counted, {found} are there. "
            "Clear the run from check on."
        )


def _recent(night: Night, nights: Sequence[Night]) -> list[Mapping[str, Any]]:
    """The figures to compare with; a night of which nothing is imported is like no other, and is not compared."""
    if night.channel in ("carried", "nothing"):
        return []
    return [other.statistics for other in nights if other.channel in ("import", "events")]
