"""One number of all versions as a chart: what is drawn, in the units of its SVG."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from include.training.quality_page import words
from include.training.quality_page.versions import Version

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 490, 16, 206
TICKS = 6
LINES = 30  # the height of two lines of text
DATE = 84  # the room that a date takes
CROWDED = 40  # with more versions only what the gate stopped keeps its sign
ROOM = 0.08  # of the values' range, above and below
BAR = 28  # the widest


@dataclass(frozen=True)
class Point:
    """A version in the chart, and its value as it is told."""

    version: Version
    x: float
    y: float
    said: str
    is_small: bool


@dataclass(frozen=True)
class Tick:
    """A line of the grid, or a date under it."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A number of each version: points oldest first, lines as heights, the band as points of an SVG polygon.

    floor_label: where the floor is named, out of the way of the champion's name. bar: how wide the bars are that stand
    for amounts; None where points stand for measures. costs: what the heights of bars cost.
    """

    metric: str
    title: str
    explained: str
    points: Sequence[Point]
    heights: Sequence[Tick]
    dates: Sequence[Tick]
    line: str = ""
    band: str | None = None
    champion: Tick | None = None
    floor: Tick | None = None
    floor_label: float = 0
    bar: float | None = None
    costs: Sequence[Tick] = ()


def chart(metric: str, versions: Sequence[Version], floor: float | None) -> Chart | None:
    """Draw a metric of versions given oldest first; None where no version has it.

    Versions stand at equal distances in the order of time: two of one night would otherwise hide each other.
    The band goes, through all versions that were held against a champion, from the champion's value down to the least
    that would have passed.
    """
    measured = [version for version in versions if metric in version.trained.metrics]
    if not measured:
        return None
    values = [version.trained.metrics[metric] for version in measured]
    limits = [version.allowed.get(metric) for version in measured]
    also = [value for limit in limits if limit for value in (limit.champion, limit.threshold)]
    y, heights = _scale([*values, *also, *([floor] if floor is not None else [])])
    points = _points(measured, [y(value) for value in values], [f"{value:.4f}" for value in values])
    champion = next((point for point in points if point.version.is_champion), None)
    half = min(14.0, (RIGHT - LEFT) / len(measured) / 2)
    return Chart(
        metric=metric,
        title=words.short(metric),
        explained="" if words.short(metric) == metric else metric.replace("_", " "),
        points=points,
        heights=heights,
        dates=_dates(points),
        line=" ".join(f"{point.x:.1f},{point.y:.1f}" for point in points if point.version.trained.mode != "UPDATE"),
        band=_band(
            [(at.x, y(limit.champion), y(limit.threshold)) for at, limit in zip(points, limits, strict=True) if limit],
            half,
        ),
        champion=Tick(champion.y, champion.said) if champion else None,
        floor=Tick(y(floor), f"{floor:g}") if floor is not None else None,
        floor_label=_beside(y(floor), champion.y if champion else None) if floor is not None else 0,
    )


def training(versions: Sequence[Version], cost: Callable[[float], float | None], currency: str) -> Chart | None:
    """Draw the training hours of versions as bars, and beside them what they cost; None where no version has any.

    `cost` is that of so many hours; None where hours are not what is billed.
    """
    trained = [(version, version.trained.hours) for version in versions if version.trained.hours]
    if not trained:
        return None
    unit = words.unit(max(hours for _, hours in trained))
    values = [hours / unit.hours for _, hours in trained]
    y, heights = _scale(values, from_zero=True)
    said = [
        ", ".join(filter(None, (words.duration(hours), words.money(cost(hours), currency)))) for _, hours in trained
    ]
    points = _points([version for version, _ in trained], [y(value) for value in values], said)
    return Chart(
        metric="",
        title="Training",
        explained=f"{unit.name}, and their price in {currency}" if cost(1) is not None else unit.name,
        points=points,
        heights=heights,
        costs=[Tick(tick.at, words.money(cost(float(tick.label) * unit.hours))) for tick in heights],
        dates=_dates(points),
        bar=min(BAR, (RIGHT - LEFT) / len(points) * 0.6),
    )


def _points(versions: Sequence[Version], heights: Sequence[float], said: Sequence[str]) -> list[Point]:
    width = (RIGHT - LEFT) / len(versions)
    is_crowded = len(versions) > CROWDED
    return [
        Point(
            version=version,
            x=LEFT + width * (place + 0.5),
            y=height,
            said=told,
            is_small=is_crowded and version.standing.word in ("passed", "not judged"),
        )
        for place, (version, height, told) in enumerate(zip(versions, heights, said, strict=True))
    ]


def _scale(values: Sequence[float], from_zero: bool = False) -> tuple[Callable[[float], float], list[Tick]]:
    """Heights for values, and round values to write beside the grid."""
    low, high = min(values), max(values)
    room = (high - low) * ROOM or abs(high) * ROOM or 0.01
    low, high = 0 if from_zero else low - room, high + room

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    raw = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    decimals = max(0, -math.floor(math.log10(step)))
    first = math.ceil(low / step)
    return y, [
        Tick(y(number * step), f"{number * step:.{decimals}f}") for number in range(first, math.floor(high / step) + 1)
    ]


def _beside(floor: float, champion: float | None) -> float:
    """The height for the floor's name: its own, or clear of the champion's, on the floor's side of it."""
    if champion is None or abs(floor - champion) >= LINES:
        return floor
    return champion + LINES if floor >= champion else champion - LINES


def _band(limits: Sequence[tuple[float, float, float]], half: float) -> str | None:
    """A polygon through places with their upper and lower heights; a bit wider, so that one place has a band too."""
    if not limits:
        return None
    first, last = limits[0], limits[-1]
    wider = [(first[0] - half, *first[1:]), *limits, (last[0] + half, *last[1:])]
    corners = [(x, upper) for x, upper, _ in wider] + [(x, lower) for x, _, lower in reversed(wider)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _dates(points: Sequence[Point]) -> list[Tick]:
    """The last date, and as many before it as have room."""
    step = math.ceil(DATE * len(points) / (RIGHT - LEFT))
    return [Tick(point.x, words.date(point.version.trained.created)) for point in reversed(points[::-1][::step])]
