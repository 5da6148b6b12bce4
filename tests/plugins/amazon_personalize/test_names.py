"""Names that follow from a run."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

from amazon_personalize.names import attempts, run_key, run_name


def run(run_id: str, dag_id: str = "movies.train_solutions", hour: int = 3) -> SimpleNamespace:
    return SimpleNamespace(dag_id=dag_id, run_id=run_id, run_after=datetime(2026, 11, 22, hour, tzinfo=UTC))


def test_a_run_has_one_key_and_runs_of_one_moment_have_two() -> None:
    assert run_key(run("a")) == run_key(run("a"))
    assert len({run_key(run("a")), run_key(run("b")), run_key(run("a", dag_id="other"))}) == 3


def test_keys_sort_by_time() -> None:
    assert run_key(run("z", hour=3)) < run_key(run("a", hour=4))


def test_names_are_what_personalize_allows_with_room_for_a_number() -> None:
    key = run_key(run("scheduled__2026-11-22T03:00:00+00:00"))

    name = run_name("a-dataset-group-with-a-very-long-name-that-goes-on-and-on", key)

    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*", name)
    assert len(f"{name}-99") <= 63


def test_long_prefixes_that_begin_alike_give_two_names() -> None:
    key = run_key(run("a"))
    group = "streaming-service-europe-production"  # 35 letters: nothing is left for what follows

    names = {run_name(f"{group}-{kind}", key) for kind in ("interactions", "items", "users")}

    assert len(names) == 3
    assert run_name(group, key) == f"{group}-{key}"
    assert max(map(len, names)) == 60


def test_attempts_are_numbered_up_to_the_first_free_name() -> None:
    there = {"night": {"status": "CREATE FAILED"}, "night-2": {"status": "ACTIVE"}, "night-4": {"status": "ACTIVE"}}

    assert list(attempts("night", there.get)) == [
        ("night", there["night"]),
        ("night-2", there["night-2"]),
        ("night-3", None),
    ]
