"""One metric of all versions as a chart: what is drawn, in the units of its SVG."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from include.training.quality_page.versions import Version

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 490, 16, 206
TICKS = 6
LINES = 30  # the height of two lines of text
DATES = 5
CROWDED = 40  # with more versions only what the gate stopped keeps its sign
ROOM = 0.08  # of the values' range, above and below


@dataclass(frozen=True)
class Point:
    """A version in the chart."""

    version: Version
    x: float
    y: float
    value: float
    is_small: bool


@dataclass(frozen=True)
class Tick:
    """A line of the grid, or a date under it."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A metric: points oldest first, lines as heights, the band as points of an SVG polygon.

    floor_label: where the floor is named, out of the way of the champion's name.
    """

    metric: str
    points: Sequence[Point]
    line: str
    band: str | None
    champion: Tick | None
    floor: Tick | None
    floor_label: float
    heights: Sequence[Tick]
    dates: Sequence[Tick]


def chart(metric: str, versions: Sequence[Version], floor: float | None) -> Chart | None:
    """Draw a metric of versions given oldest first; None where no version has it.

    Versions stand at equal distances in the order of time: two of one night would otherwise hide each other.
    The band goes, through all versions that were held against a champion, from the champion's value down to the least
    that would have passed.
    """
    measured = [version for version in versions if metric in version.trained.metrics]
    if not measured:
        return None
    xs = [_x(place, len(measured)) for place in range(len(measured))]
    values = [version.trained.metrics[metric] for version in measured]
    limits = [version.allowed.get(metric) for version in measured]
    also = [value for limit in limits if limit for value in (limit.champion, limit.threshold)]
    y, heights = _scale([*values, *also, *([floor] if floor is not None else [])])
    points = [
        Point(
            version, x, y(value), value, len(measured) > CROWDED and version.standing.word in ("passed", "not judged")
        )
        for version, x, value in zip(measured, xs, values, strict=True)
    ]
    champion = next((point for point in points if point.version.is_champion), None)
    half = min(14.0, (RIGHT - LEFT) / len(measured) / 2)
    return Chart(
        metric=metric,
        points=points,
        line=" ".join(f"{point.x:.1f},{point.y:.1f}" for point in points if point.version.trained.mode != "UPDATE"),
        band=_band(
            [(x, y(limit.champion), y(limit.threshold)) for x, limit in zip(xs, limits, strict=True) if limit], half
        ),
        champion=Tick(champion.y, f"{champion.value:.4f}") if champion else None,
        floor=Tick(y(floor), f"{floor:g}") if floor is not None else None,
        floor_label=_beside(y(floor), champion.y if champion else None) if floor is not None else 0,
        heights=heights,
        dates=_dates(points),
    )


def _x(place: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * (place + 0.5) / count


def _scale(values: Sequence[float]) -> tuple[Callable[[float], float], list[Tick]]:
    """Heights for values, and round values to write beside the grid."""
    low, high = min(values), max(values)
    room = (high - low) * ROOM or abs(high) * ROOM or 0.01
    low, high = low - room, high + room

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
    """At most DATES dates, evenly chosen, the first and the last among them."""
    count = min(DATES, len(points))
    places = sorted({round(number * (len(points) - 1) / max(1, count - 1)) for number in range(count)})
    return [Tick(points[place].x, f"{points[place].version.trained.created:%d %b %Y}") for place in places]
