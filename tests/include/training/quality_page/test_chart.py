"""Charts: positions follow from values and from the order of time."""

import itertools

import pytest

from include.training.quality_page import chart as drawn
from include.training.quality_page.chart import Chart, chart
from include.training.quality_page.versions import Allowed, Standing, Version
from tests.include.training.quality_page.test_versions import trained

METRIC = "coverage"


def version(
    value: float | None, days: int = 0, standing: Standing = Standing.PASSED, limits: Allowed | None = None,
    mode: str = "FULL", is_champion: bool = False, hours: float | None = 1.0,
) -> Version:  # fmt: skip
    metrics = {} if value is None else {METRIC: value}
    return Version(
        trained(f"a/{days}", days, metrics=metrics, mode=mode, hours=hours),
        standing,
        is_champion,
        False,
        [],
        {METRIC: limits} if limits else {},
    )


def the_chart(*versions: Version, floor: float | None = None) -> Chart:
    found = chart(METRIC, versions, floor)
    assert found
    return found


def test_versions_without_the_metric_are_not_drawn() -> None:
    assert chart(METRIC, [version(None)], None) is None
    assert len(the_chart(version(0.1), version(None, 1), version(0.2, 2)).points) == 2


def test_equal_distances_and_heights_in_proportion() -> None:
    low, middle, high = the_chart(version(0.1), version(0.2, 1), version(0.3, 2)).points

    assert middle.x - low.x == pytest.approx(high.x - middle.x) == pytest.approx((drawn.RIGHT - drawn.LEFT) / 3)
    assert low.y - middle.y == pytest.approx(middle.y - high.y)
    assert drawn.TOP < high.y < low.y < drawn.BOTTOM


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
def test_one_version_has_room_and_a_grid(value: float) -> None:
    found = the_chart(version(value))

    assert found.points[0].y == pytest.approx((drawn.TOP + drawn.BOTTOM) / 2)
    assert len(found.heights) >= 2
    assert len({tick.label for tick in found.heights}) == len(found.heights)


def corners(found: Chart) -> list[tuple[float, float]]:
    assert found.band
    return [(float(x), float(y)) for x, y in (corner.split(",") for corner in found.band.split())]


def test_a_band_goes_from_the_champions_value_to_the_least_that_passes() -> None:
    found = the_chart(version(0.4, is_champion=True), version(0.2, 1, limits=Allowed(champion=0.4, threshold=0.2)))

    assert {y for _, y in corners(found)} == {round(found.points[0].y, 1), round(found.points[1].y, 1)}
    assert sum(x for x, _ in corners(found)) / len(corners(found)) == pytest.approx(found.points[1].x, abs=0.1)


def test_one_band_goes_through_all_versions_that_were_compared() -> None:
    compared = [version(0.4, days, limits=Allowed(champion=0.4, threshold=0.2 + days / 10)) for days in (0, 1)]
    found = the_chart(*compared, version(0.2, 2), version(0.3, 3))
    ys = {round(point.y, 1) for point in found.points}

    assert {y for _, y in corners(found)} == ys  # 0.4 above, 0.2 and 0.3 below
    assert max(x for x, _ in corners(found)) < found.points[2].x
    assert the_chart(version(0.4)).band is None


def test_what_is_drawn_beside_the_points_fits_too() -> None:
    found = the_chart(version(0.4, limits=Allowed(champion=0.9, threshold=0.8)), floor=0.01)
    heights = [y for _, y in corners(found)]

    assert found.floor
    assert all(drawn.TOP <= y <= drawn.BOTTOM for y in (*heights, found.floor.at))


def test_the_champion_has_a_line_and_its_name_stands_clear_of_the_floors() -> None:
    found = the_chart(version(0.100, is_champion=True), version(0.4, 1), floor=0.101)

    assert found.champion
    assert (found.champion.at, found.champion.label) == (found.points[0].y, "0.1000")
    assert abs(found.floor_label - found.champion.at) == drawn.LINES
    assert the_chart(version(0.1)).champion is None


def test_the_line_joins_full_versions_alone() -> None:
    found = the_chart(version(0.1), version(0.1, 1, mode="UPDATE"), version(0.3, 2))

    assert found.line.count(",") == 2
    assert f"{found.points[1].x:.1f}," not in found.line


def test_in_a_crowd_what_the_gate_stopped_keeps_its_sign() -> None:
    standings = [Standing.BLOCKED, Standing.LET_THROUGH, *[Standing.PASSED] * 198]
    found = the_chart(*(version(0.1, days, standing) for days, standing in enumerate(standings)))

    assert [point.is_small for point in found.points] == [False, False, *[True] * 198]
    assert not the_chart(version(0.1)).points[0].is_small


@pytest.mark.parametrize("count", [1, 8, 200])
def test_the_last_date_and_as_many_before_it_as_do_not_touch(count: int) -> None:
    found = the_chart(*(version(0.1, days) for days in range(count)))
    between = [after.at - before.at for before, after in itertools.pairwise(found.dates)]

    assert found.dates[-1].at == found.points[-1].x
    assert all(distance >= drawn.DATE for distance in between)
    assert len(found.dates) > (drawn.RIGHT - drawn.LEFT) / drawn.DATE - 2 or count == 1


def test_training_hours_stand_from_zero_beside_their_price() -> None:
    versions = [version(0.1, 0, hours=1.5), version(0.1, 1, hours=2.5), version(None, 2, hours=None)]
    found = drawn.training(versions, lambda hours: hours * 0.24, "USD")

    assert found
    assert [point.said for point in found.points] == ["1.50 h, 0.36 USD", "2.50 h, 0.60 USD"]
    lengths = [drawn.BOTTOM - point.y for point in found.points]
    assert lengths[1] / lengths[0] == pytest.approx(2.5 / 1.5)
    assert (found.heights[0].at, float(found.heights[0].label)) == (drawn.BOTTOM, 0)
    prices = {tick.at: float(tick.label) for tick in found.costs}
    assert prices == pytest.approx({tick.at: round(float(tick.label) * 0.24, 2) for tick in found.heights})
    assert found.explained == "hours, and their price in USD"


def test_what_is_not_billed_by_the_hour_has_no_price() -> None:
    found = drawn.training([version(0.1)], lambda _: None, "USD")

    assert found
    assert [point.said for point in found.points] == ["1.00 h"]
    assert {tick.label for tick in found.costs} == {""}
    assert drawn.training([version(None, hours=None)], lambda _: None, "USD") is None
