"""Last of the suite by its name: every operation that works was called here, happily and unhappily."""

import pytest

from include.local_personalize.actions import offered


def test_every_operation_is_called_with_success_and_with_a_modelled_error(recorder, part_of_the_suite):
    if part_of_the_suite:
        pytest.skip(part_of_the_suite)
    gaps = recorder.gaps(offered())
    assert not gaps, "; ".join(gaps)
