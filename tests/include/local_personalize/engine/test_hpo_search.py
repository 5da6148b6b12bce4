import pytest

from include.local_personalize.engine.catalogue import Choice, Number, Parameter, WholeNumber
from include.local_personalize.engine.hpo_search import Values, position, search, value_at

RANGES: dict[str, Parameter] = {
    "width": WholeNumber("149", 32, 256),
    "discount": Number("0.5", 0, 1),
    "mask": Choice("true", ("true", "false")),
}


def hill(values: Values) -> float:
    """Highest at width 60, discount 0.9 and mask false."""
    distance = abs(int(values["width"]) - 60) / 224 + abs(float(values["discount"]) - 0.9)
    return -distance - (values["mask"] == "true")


def traced(trials: int, seed: int = 1, ranges: dict[str, Parameter] = RANGES) -> tuple[Values, list[Values]]:
    tried: list[Values] = []

    def measured(values: Values) -> float:
        tried.append(values)
        return hill(values)

    return search(ranges, trials, measured, seed), tried


def test_the_first_trial_takes_the_defaults() -> None:
    best, tried = traced(1)
    assert best == tried[0] == {"width": "149", "discount": "0.5", "mask": "true"}


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_all_trials_is_near_the_top(seed: int) -> None:
    best, tried = traced(40, seed)
    assert len(tried) == 40
    assert hill(best) == max(map(hill, tried))
    # Of 40 random trials the best is about 0.2 from the top: two dimensions, and half of them with the right mask.
    assert hill(best) > -0.15


def test_no_values_are_tried_twice_nor_outside_of_their_range() -> None:
    _, tried = traced(40)
    assert len({tuple(values.items()) for values in tried}) == 40
    for values in tried:
        assert all(RANGES[name].admits(value) for name, value in values.items())


def test_a_seed_decides_all_trials() -> None:
    assert traced(12) == traced(12)
    assert traced(12)[1] != traced(12, seed=2)[1]


def test_a_search_ends_when_all_has_been_tried() -> None:
    best, tried = traced(40, ranges=RANGES | {"width": WholeNumber("60", 60, 61), "discount": Number("0.9", 0.9, 0.9)})
    assert len(tried) == 4
    assert best == {"width": "60", "discount": "0.9", "mask": "false"}


def test_of_equals_the_first_is_best() -> None:
    assert search(RANGES, 10, lambda _: 1.0, 1) == {"width": "149", "discount": "0.5", "mask": "true"}


@pytest.mark.parametrize("parameter", RANGES.values())
def test_positions_reach_from_end_to_end(parameter: Parameter) -> None:
    assert value_at(parameter, position(parameter)) == parameter.default
    ends = {WholeNumber: ("32", "256"), Number: ("0", "1"), Choice: ("true", "false")}[type(parameter)]
    assert (value_at(parameter, 0), value_at(parameter, 1)) == ends
