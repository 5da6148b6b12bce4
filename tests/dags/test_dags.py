"""The DAGs as Airflow loads them: which there are, and the edges that must never be lost."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import encode_timetable
from airflow.timetables.base import TimeRestriction

from include.config import Cadence, load

HEAVY_LIBRARIES = {"aiohttp", "duckdb", "numba", "numpy", "pandas", "pyarrow", "scipy", "sklearn"}


@pytest.fixture(scope="module")
def dags(airflow_database: None) -> dict[str, DAG]:  # noqa: ARG001 - the bag is checked against a database
    bag = DagBag()
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_exactly_these_dags_load(dags: dict[str, DAG]) -> None:
    assert set(dags) == {
        "movies.import_datasets",
        "movies.train_solutions",
        "movies.export_recommendations",
        "movies.promote_solution_version",
        "movies.watch_freshness",
    }


def test_reading_the_dag_files_loads_no_heavy_library() -> None:
    """Every start of a task reads the DAG files anew; a fresh Python, since modules loaded stay loaded."""
    read_each = "\n".join(
        ["import runpy, sys"]
        + [
            f"runpy.run_path({str(file)!r}); print({file.name!r}, *{HEAVY_LIBRARIES!r} & sys.modules.keys())"
            for file in sorted(Path("dags").glob("*.py"))
        ]
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([".", "plugins"])}
    read = subprocess.run(
        [sys.executable, "-c", read_each], env=environment, capture_output=True, text=True, check=True
    )
    lines = read.stdout.splitlines()
    assert "import_datasets.py" in lines
    assert [line for line in lines if " " in line] == []


def above(dag: DAG, task_id: str) -> set[str]:
    return dag.get_task(task_id).get_flat_relative_ids(upstream=True)


@pytest.mark.parametrize(
    ("dag_id", "task_id", "first"),
    [
        ("movies.train_solutions", "movies-for-you.judge", "movies-for-you.train"),
        ("movies.train_solutions", "movies-for-you.deploy_campaign", "movies-for-you.judge"),
        ("movies.train_solutions", "movies-for-you.deploy_campaign", "movies-for-you.note_champion"),
        ("movies.train_solutions", "movies-for-you.probe", "movies-for-you.deploy_campaign"),
        ("movies.train_solutions", "movies-for-you.record_promotion", "movies-for-you.probe"),
        ("movies.train_solutions", "movies-for-you.tell_roll_back", "movies-for-you.roll_back"),
        ("movies.train_solutions", "movies-for-you.roll_back", "movies-for-you.find_way_back"),
        ("movies.train_solutions", "movies-for-you.find_way_back", "movies-for-you.probe"),
        ("movies.import_datasets", "interactions.check", "interactions.plan"),
        ("movies.import_datasets", "interactions.gather", "interactions.check"),
        ("movies.import_datasets", "interactions.gather", "items.record"),
        ("movies.import_datasets", "interactions.gather", "users.record"),
        ("movies.import_datasets", "interactions.import", "interactions.gather"),
        ("movies.import_datasets", "items.import", "items.gather"),
        ("movies.import_datasets", "users.import", "users.gather"),
        ("movies.import_datasets", "interactions.record", "interactions.import"),
        ("movies.import_datasets", "report", "interactions.record"),
        ("movies.import_datasets", "announce", "report"),
        ("movies.import_datasets", "announce", "interactions.record"),
        ("movies.import_datasets", "all_files_read", "report"),
        ("movies.export_recommendations", "recs_home.build_braze_files", "recs_home.batch_inference"),
        ("movies.export_recommendations", "recs_home.publish", "recs_home.build_braze_files"),
        ("movies.promote_solution_version", "deploy_campaign", "choose_version"),
        ("movies.promote_solution_version", "deploy_campaign", "note_champion"),
        ("movies.promote_solution_version", "roll_back", "probe"),
    ],
)
def test_vital_edges(dags: dict[str, DAG], dag_id: str, task_id: str, first: str) -> None:
    assert first in above(dags[dag_id], task_id)


def test_what_must_succeed_before_a_promotion_must_really_succeed(dags: dict[str, DAG]) -> None:
    rules = {task.task_id: task.trigger_rule for task in dags["movies.train_solutions"].tasks}
    others = {task_id: rule for task_id, rule in rules.items() if rule != "all_success"}

    assert others == {"movies-for-you.find_way_back": "one_failed", "movies-for-you.tell_roll_back": "none_skipped"}


@pytest.fixture
def challenge(dags: dict[str, DAG]) -> DAG:  # noqa: ARG001 - DAGs are read where Airflow has its database
    """The DAG that the movies have as soon as they have a challenger."""
    from dags.challenge_champion import challenge_champion  # noqa: PLC0415 - it reads the settings

    (group,) = load()
    (movies,) = group.solutions
    beside = movies.campaign.model_copy(update={"create": {"name": "movies-for-you-challenger"}})
    return challenge_champion(
        group.model_copy(update={"solutions": [movies.model_copy(update={"challenger": beside})]})
    )


def test_a_challenger_is_moved_as_a_champion_is_and_deleted_apart(challenge: DAG) -> None:
    moved = {"choose_version", "note_challenger", "deploy_campaign", "probe"}

    assert challenge.dag_id == "movies.challenge_champion"
    assert moved <= above(challenge, "record_challenge")
    assert above(challenge, "tell_roll_back") == moved | {"find_way_back", "roll_back"}
    assert above(challenge, "record_end") == {"delete_campaign", "end_challenge"}


def test_every_dag_has_its_manual_and_its_alerts(dags: dict[str, DAG], challenge: DAG) -> None:
    for dag in [*dags.values(), challenge]:
        assert all(
            f"**{part}" in (dag.doc_md or "") for part in ("What.", "When.", "Output.", "If it fails.", "Run it")
        )
        assert dag.has_on_failure_callback
        # The watch is one check, of which one mail is enough; what fails of a move is told by tell_roll_back.
        alone = dag.dag_id == "movies.watch_freshness"
        told_together = {"probe", "find_way_back", "roll_back", "tell_roll_back"}
        for task in dag.tasks:
            is_silent = alone or task.task_id.rpartition(".")[2] in told_together
            assert task.has_on_failure_callback is not is_silent, task.task_id
            if task.task_id.endswith("deploy_campaign"):
                assert [callback.__name__ for callback in task.on_failure_callback] == ["keep_why"]
        assert dag.max_active_runs == 1
        assert dag.catchup is False


def test_an_import_starts_the_training_and_the_clock_does_too(dags: dict[str, DAG]) -> None:
    announce = dags["movies.import_datasets"].get_task("announce")
    schedule = dags["movies.train_solutions"].timetable

    assert [asset.name for asset in announce.outlets] == ["movies.datasets"]
    assert [asset.name for asset in schedule.asset_condition.objects] == ["movies.datasets"]
    assert [cron.expression for cron in schedule.timetable.timetables] == ["0 3 * * 0"]


def test_the_clock_of_updates_ticks_as_often_as_the_hastiest_solution_needs(dags: dict[str, DAG]) -> None:
    from dags.train_solutions import clock, train_solutions  # noqa: PLC0415 - it reads the settings

    assert "movies.train_solutions" in dags
    (group,) = load()
    (movies,) = group.solutions
    every = [
        movies.model_copy(update={"create": {"name": f"s{hours}"}, "cadence": Cadence(**hourly(hours))})
        for hours in (8, 12, None)
    ]
    fast = group.model_copy(update={"solutions": every})

    ticks = [cron.expression for cron in train_solutions(fast).timetable.timetable.timetables]

    assert ticks == ["0 3 * * 0", "0 */4 * * *"]
    sunday = datetime(2026, 11, 22, 3, tzinfo=UTC)
    runs = [
        SimpleNamespace(run_type=run_type, logical_date=at)
        for run_type, at in (("scheduled", sunday), ("scheduled", sunday.replace(hour=4)), ("asset_triggered", None))
    ]
    assert [clock(fast, run) for run in runs] == ["FULL", "UPDATE", None]


@pytest.mark.usefixtures("dags")
def test_where_people_are_asked_nothing_is_promoted_before_they_answered() -> None:
    from dags.train_solutions import train_solutions  # noqa: PLC0415 - it reads the settings

    (group,) = load()
    (movies,) = group.solutions
    gate = movies.gate.model_copy(update={"on_block": "ask", "ask_hours": 6})
    asking = group.model_copy(update={"solutions": [movies.model_copy(update={"gate": gate})]})

    dag = train_solutions(asking)

    ask = dag.get_task("movies-for-you.ask")
    assert {"movies-for-you.ask", "movies-for-you.let_through"} <= above(dag, "movies-for-you.note_champion")
    assert (list(ask.params), ask.defaults, ask.response_timeout) == (["reason"], ["Reject"], timedelta(hours=6))
    assert {task.trigger_rule for task in dag.tasks} == {"all_success", "one_failed", "none_skipped"}


def hourly(hours: int | None) -> dict[str, Any]:
    return {"update_between": True, "update_every_hours": hours}


def test_nobody_promotes_by_hand_without_a_reason(dags: dict[str, DAG]) -> None:
    params = dags["movies.promote_solution_version"].params

    with pytest.raises(ValueError, match="reason"):
        params.validate()


def test_nobody_ends_a_test_by_leaving_the_version_out(challenge: DAG) -> None:
    with pytest.raises(ValueError, match="solution_version"):
        challenge.params.validate()


@pytest.mark.usefixtures("airflow_database")
def test_a_typo_in_a_dataset_group_shows_in_airflow_with_file_line_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[2] / "include/dataset_groups/movies.yaml").read_text()
    (tmp_path / "movies.yaml").write_text(text.replace("floors:", "flors:"))
    monkeypatch.setenv("PERSONALIZE_DATASET_GROUPS", str(tmp_path))

    errors = DagBag().import_errors

    assert len(errors) == 8
    for error in errors.values():
        assert f"{tmp_path}/movies.yaml:" in error
        assert "unknown key. Allowed: floors, max_drop" in error


def test_switching_a_dag_on_starts_nothing_that_was_due_before(dags: dict[str, DAG]) -> None:
    """A FULL training is money: Airflow's default would start last Sunday's at once."""
    restriction = TimeRestriction(earliest=None, latest=None, catchup=False)
    for dag_id in ("movies.import_datasets", "movies.train_solutions", "movies.export_recommendations"):
        assert dags[dag_id].start_date is None
        timetable = dags[dag_id].timetable
        core = decode_timetable(encode_timetable(timetable))

        first = core.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)

        assert first.run_after > datetime.now(UTC)
