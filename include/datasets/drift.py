"""Drift: whether a night is so unlike the recent ones that people should look, or that nothing should be imported.

Statistics of a night are {"rows": int, "event_types": {type: count}, "nulls": {column: share}, "new_users": share,
"new_items": share, "quarantined": share of the rows read}; a figure that is missing or None is not compared. Medians
are not moved by one bad night in the recent ones. What they cannot see: a slow drift, which they follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from include.config import Checks, Threshold

TYPES_NAMED = 3  # event types whose shares moved most, in the sentence about the mix
NIGHTS_OF_A_KIND = 2  # a day of the week comes twice in the default of 14 nights


@dataclass(frozen=True)
class Drift:
    """Sentences, each naming the figure, what is usual, the threshold and its key: to be told, and to stop for."""

    warnings: tuple[str, ...]
    stops: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """How far a figure is from the usual, in the unit of its threshold, and both in words."""

    check: str
    size: float
    words: str
    points: bool = True  # percentage points of a share, else per cent of a count


def judge(checks: Checks, tonight: Mapping[str, Any], recent: Sequence[Mapping[str, Any]]) -> Drift:
    """Compare a night's statistics with those of the recent nights, oldest first; the last `checks.nights` count.

    With fewer nights than `checks.at_least`, or fewer that have the figure, that figure is not compared.
    """
    nights = recent[-checks.nights :]
    warnings: list[str] = []
    stops: list[str] = []
    for change in _changes(checks.at_least, tonight, nights):
        threshold: Threshold = getattr(checks, change.check)
        for level, limit, told in (("stop", threshold.stop, stops), ("warn", threshold.warn, warnings)):
            if limit is not None and _reached(change, limit):
                told.append(_sentence(change, level, limit))
                break
    return Drift(tuple(warnings), tuple(stops))


def _changes(at_least: int, tonight: Mapping[str, Any], nights: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    if tonight.get("quarantined") is not None:
        share = tonight["quarantined"]
        yield Change("quarantined", share, f"{percent(share)} of the rows read were quarantined", points=False)
    rows = [night["rows"] for night in nights]
    if len(rows) >= at_least and median(rows) > 0:
        yield _volume(tonight["rows"], rows)
    mixes = [_shares(night["event_types"]) for night in nights if night.get("event_types")]
    if len(mixes) >= at_least and tonight.get("event_types"):
        yield from _event_types(_shares(tonight["event_types"]), mixes)
    for column, share in tonight.get("nulls", {}).items():
        past = [night["nulls"][column] for night in nights if column in night.get("nulls", {})]
        if len(past) >= at_least:
            yield _growth("nulls", f"of the rows have no {column}", share, past)
    for check, what in (("new_users", "users"), ("new_items", "items")):
        past = [night[check] for night in nights if night.get(check) is not None]
        if len(past) >= at_least and tonight.get(check) is not None:
            yield _growth(check, f"of the interactions are of {what} that no night had before", tonight[check], past)


def _volume(rows: int, past: Sequence[int]) -> Change:
    usual, of_which = _usual_volume(rows, past)
    size = abs(rows - usual) / usual
    more = "fewer" if rows < usual else "more"
    words = f"{rows:,} rows tonight, usually {usual:,.0f} ({of_which}): {percent(size)} {more}"
    return Change("volume", size, words, points=False)


def _usual_volume(rows: int, past: Sequence[int]) -> tuple[float, str]:
    """The median of all nights, or of those most like this one, whichever is nearer; and which of the two it is.

    A shop that is quiet on Sundays has Sundays among the recent nights, and is not warned of each. The price: the same
    outage on a third night passes for a rhythm, as does a Tuesday with the rows of a Sunday.
    """
    usual = median(past)
    alike = [night for night in past if abs(night - rows) < abs(night - usual)]
    if len(alike) >= max(NIGHTS_OF_A_KIND, len(past) // 7):
        kind = median(alike)
        if kind > 0 and abs(rows - kind) / kind < abs(rows - usual) / usual:
            return kind, f"median of the {len(alike)} nights most like it, of {len(past)}"
    return usual, f"median of {len(past)} nights"


def _event_types(mix: Mapping[str, float], past: Sequence[Mapping[str, float]]) -> Iterator[Change]:
    """Half the sum of the differences: the total variation distance of tonight's mix from the medians' mix."""
    types = sorted({*mix, *(name for night in past for name in night)})
    usual = _shares({name: median([night.get(name, 0.0) for night in past]) for name in types})
    if not usual:
        return
    differences = {name: abs(mix.get(name, 0.0) - usual[name]) for name in types}
    moved = sorted((name for name in types if differences[name] > 0), key=lambda name: -differences[name])
    more = f" and {len(moved) - TYPES_NAMED} more" if len(moved) > TYPES_NAMED else ""
    named = ", ".join(
        f"{name} {percent(mix.get(name, 0.0))} (usually {percent(usual[name])})" for name in moved[:TYPES_NAMED]
    )
    size = sum(differences.values()) / 2
    yield Change(
        "event_types",
        size,
        f"{percent(size)} of the events are of another type than usual (median of {len(past)} nights): {named}{more}",
        points=False,
    )


def _growth(check: str, what: str, share: float, past: Sequence[float]) -> Change:
    usual = median(past)
    size = share - usual
    return Change(
        check,
        size,
        f"{percent(share)} {what}, usually {percent(usual)} (median of {len(past)} nights): "
        f"{_hundredths(size)} percentage points more",
    )


def _shares(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}


def _reached(change: Change, limit: float) -> bool:
    size = round(change.size, 9)  # shares are sums of binary fractions, which must not decide
    return size > 0 and size >= limit


def _sentence(change: Change, level: str, limit: float) -> str:
    unit = "percentage points" if change.points else "%"
    return f"{change.words}; checks.{change.check}.{level} is {100 * limit:g} {unit}."


def percent(share: float) -> str:
    """A share as people read it: 68 %, 5.4 %, 0.03 %."""
    return f"{_hundredths(share)} %"


def _hundredths(share: float) -> str:
    if 0 < share < 0.0001:
        return "under 0.01"
    return f"{100 * share:,.0f}" if share >= 0.0995 else f"{100 * share:.2g}"
