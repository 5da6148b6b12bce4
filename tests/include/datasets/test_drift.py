"""Drift, by nights whose distance from the usual can be worked out by hand."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.config import Checks, Threshold
from include.datasets.drift import Drift, judge, percent


def night(rows: int = 1_000, **figures: Any) -> dict[str, Any]:
    nothing_unusual = {"event_types": {}, "nulls": {}, "new_users": None, "new_items": None, "quarantined": 0.0}
    return {"rows": rows, **nothing_unusual, **figures}


def only(warning: str) -> Drift:
    return Drift(warnings=(warning,), stops=())


NOTHING = Drift(warnings=(), stops=())
NEVER = {"warn": None, "stop": None}


@pytest.mark.parametrize(
    ("tonight", "past", "expected"),
    [
        # (9,870 - 3,120) / 9,870 = 0.684
        pytest.param(
            night(3_120),
            [night(9_870)] * 14,
            only("3,120 rows tonight, usually 9,870 (median of 14 nights): 68 % fewer; checks.volume.warn is 50 %."),
            id="too few rows",
        ),
        pytest.param(
            night(1_500),
            [night(1_000)] * 3,
            only("1,500 rows tonight, usually 1,000 (median of 3 nights): 50 % more; checks.volume.warn is 50 %."),
            id="a threshold is reached, not passed",
        ),
        pytest.param(night(1_499), [night(1_000)] * 3, NOTHING, id="one row less than that"),
        pytest.param(night(1), [night(1_000)] * 2, NOTHING, id="two nights are nothing to compare with"),
        # The mean of the five is 20,800; the median is still 1,000.
        pytest.param(night(1_000), [night(1_000)] * 4 + [night(100_000)], NOTHING, id="one bad night moves no median"),
        pytest.param(night(5), [night(0)] * 3, NOTHING, id="no share of nothing"),
        # Usual mix 90:10, tonight 60:40: (0.3 + 0.3) / 2 = 0.3 of the events changed type.
        pytest.param(
            night(event_types={"watch": 60, "buy": 40}),
            [night(event_types={"watch": 900, "buy": 100})] * 3,
            only(
                "30 % of the events are of another type than usual (median of 3 nights): "
                "buy 40 % (usually 10 %), watch 60 % (usually 90 %); checks.event_types.warn is 20 %."
            ),
            id="another mix of events",
        ),
        # A type that went and one that came: (1 + 1) / 2 = 1.
        pytest.param(
            night(event_types={"view": 7}),
            [night(event_types={"watch": 9})] * 3,
            only(
                "100 % of the events are of another type than usual (median of 3 nights): "
                "view 100 % (usually 0 %), watch 0 % (usually 100 %); checks.event_types.warn is 20 %."
            ),
            id="an event type renamed",
        ),
        pytest.param(
            night(nulls={"PRICE": 0.15, "TITLE": 0.5}),
            [night(nulls={"PRICE": 0.05, "TITLE": 0.5})] * 3,
            only(
                "15 % of the rows have no PRICE, usually 5 % (median of 3 nights): 10 percentage points more; "
                "checks.nulls.warn is 10 percentage points."
            ),
            id="a column runs dry",
        ),
        pytest.param(
            night(nulls={"PRICE": 0.0}), [night(nulls={"PRICE": 0.9})] * 3, NOTHING, id="fewer nulls are no harm"
        ),
        pytest.param(night(nulls={"PRICE": 1.0}), [night()] * 3, NOTHING, id="a column that no night had before"),
        pytest.param(
            night(new_users=0.45, new_items=0.02),
            [night(new_users=share, new_items=0.01) for share in (0.1, 0.2, 0.0, 0.1)],
            only(
                "45 % of the interactions are of users that no night had before, usually 10 % (median of 4 nights): "
                "35 percentage points more; checks.new_users.warn is 30 percentage points."
            ),
            id="ids of another shop",
        ),
        pytest.param(
            night(quarantined=0.012),
            [],
            only("1.2 % of the rows read were quarantined; checks.quarantined.warn is 1 %."),
            id="quarantine is judged on the first night too",
        ),
    ],
)
def test_a_night_is_judged_by_its_distance_from_the_usual(
    tonight: dict[str, Any], past: list[dict[str, Any]], expected: Drift
) -> None:
    assert judge(Checks(), tonight, past) == expected


def test_from_stop_on_it_is_a_stop_and_no_warning_beside() -> None:
    checks = Checks(volume={"warn": 0.5, "stop": 0.8})

    drift = judge(checks, night(200, quarantined=0.6), [night()] * 3)

    assert drift.warnings == ()
    assert drift.stops == (
        "60 % of the rows read were quarantined; checks.quarantined.stop is 50 %.",
        "200 rows tonight, usually 1,000 (median of 3 nights): 80 % fewer; checks.volume.stop is 80 %.",
    )


def test_only_the_last_nights_count() -> None:
    """20 nights of 10,000, then 3 of 100: with `nights: 3` the usual is 100."""
    past = [night(10_000)] * 20 + [night(100)] * 3

    assert judge(Checks(nights=3), night(100), past) == NOTHING
    assert "usually 10,000" in judge(Checks(nights=14), night(5_000), past).warnings[0]


WEEK = [10_000, 10_200, 9_900, 10_100, 10_000, 3_000, 3_200]
TWO_WEEKS = [night(rows) for rows in WEEK * 2]


@pytest.mark.parametrize("rows", WEEK)
def test_a_quiet_weekend_is_not_news_in_its_third_week(rows: int) -> None:
    assert judge(Checks(), night(rows), TWO_WEEKS) == NOTHING


def test_a_weekend_that_fails_is_compared_with_weekends() -> None:
    """The four weekend nights' median is 3,100; (3,100 - 1,000) / 3,100 = 0.68."""
    assert judge(Checks(), night(1_000), TWO_WEEKS) == only(
        "1,000 rows tonight, usually 3,100 (median of the 4 nights most like it, of 14): 68 % fewer; "
        "checks.volume.warn is 50 %."
    )


def test_an_outage_is_no_rhythm_when_it_repeats() -> None:
    """Two nights without a row are no kind of night of which a share could be told: the third is warned of too."""
    past = [night(10_000)] * 12 + [night(0)] * 2

    assert judge(Checks(), night(0), past).warnings[0].startswith("0 rows tonight, usually 10,000 (median of 14 nights")


def test_thresholds_that_are_not_set_say_nothing() -> None:
    silent = Checks(volume=NEVER, quarantined=NEVER)

    assert judge(silent, night(0, quarantined=1.0), [night()] * 3) == NOTHING


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.684, "68 %"), (0.0543, "5.4 %"), (0.0996, "10 %"), (0.0003, "0.03 %"), (0.0, "0 %"), (0.00001, "under 0.01 %")],
)
def test_shares_are_said_as_people_read_them(share: float, said: str) -> None:
    assert percent(share) == said


shares = st.floats(min_value=0, max_value=1)
nights = st.builds(
    night,
    st.integers(min_value=0, max_value=10**9),
    event_types=st.dictionaries(st.sampled_from(["watch", "buy", "rate"]), st.integers(1, 10**6)),
    nulls=st.dictionaries(st.sampled_from(["PRICE", "TITLE"]), shares),
    new_users=st.none() | shares,
    new_items=st.none() | shares,
    quarantined=shares,
)
# The one figure that is not compared with other nights would warn of identical ones.
STRICT = Checks(
    volume={"warn": 0.0},
    event_types={"warn": 0.0},
    nulls={"warn": 0.0},
    new_users={"warn": 0.0},
    new_items={"warn": 0.0},
    quarantined=NEVER,
)


@settings(max_examples=60, deadline=None)
@given(nights, st.integers(min_value=0, max_value=20))
def test_identical_nights_never_warn(one: dict[str, Any], many: int) -> None:
    assert judge(STRICT, one, [one] * many) == NOTHING


@settings(max_examples=60, deadline=None)
@given(st.data(), nights, st.lists(nights, max_size=14))
def test_the_order_of_the_nights_compared_is_irrelevant(
    data: st.DataObject, tonight: dict[str, Any], past: list[dict[str, Any]]
) -> None:
    shuffled = data.draw(st.permutations(past))

    assert judge(Checks(), tonight, shuffled) == judge(Checks(), tonight, past)


@settings(max_examples=60, deadline=None)
@given(nights, st.lists(nights, max_size=14))
def test_a_stop_at_the_same_place_says_what_the_warning_said(
    tonight: dict[str, Any], past: list[dict[str, Any]]
) -> None:
    warn = Checks(quarantined={"warn": 0.01, "stop": None})
    stop = Checks(**{name: {"warn": None, "stop": at.warn} for name, at in warn if isinstance(at, Threshold)})

    said = tuple(text.replace(".warn is", ".stop is") for text in judge(warn, tonight, past).warnings)

    assert judge(stop, tonight, past) == Drift(warnings=(), stops=said)
