"""Weeks of a film shop on a real stack: a history, nights that train, and a last one full of bots, which is blocked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from include.demo import bots, incoming, nights, shop
from include.demo.airflow_api import FINISHED
from include.demo.stack import Settings, Stack
from include.demo.state import State
from tests.dags.programme import Programme
from tests.waiting import until

DAYS = 7.1  # a FULL version is overdue after seven
UPDATE_AFTER = 2
FIFTH = 4
RUN_SECONDS = 900
DAGS = ("import_datasets", "train_solutions", "promote_solution_version")


@contextmanager
def opened(folder: Path, weeks: int) -> Iterator[Programme]:
    """The stack of MovieLens 100K, on whose clock the first of so many weeks has just begun."""
    with State(folder) as state:
        movies = shop.movies(state.folder)
        movies = replace(movies, parts=nights.split(movies.tables, weeks))
        settings = Settings(
            clock_offset_days=-DAYS * weeks, variables={"PERSONALIZE_DATASET_GROUPS": str(movies.files)}
        )
        with Stack(state, settings, lambda said: print(f"  {said}", flush=True)) as stack:
            incoming.make_buckets(stack.s3(), movies)
            programme = Programme(stack, movies)
            stack.airflow.wait_for_dags({programme.dag(name) for name in DAGS}, seconds=90)
            yield programme


def live(programme: Programme) -> None:
    """Import and train, FULL each week; of many weeks, the fifth is also brought up to date, two days on: UPDATE."""
    history, *others = programme.shop.parts
    *healthy, last = others
    tables = programme.shop.tables
    users = tables["interactions"]["USER_ID"].nunique()
    parts = [history, *healthy, bots.poison(last, tables["items"]["ITEM_ID"], users)]
    day = -DAYS * len(others)
    for number, part in enumerate(parts):
        programme.stack.control("PUT", "clock", {"offset_days": day})
        programme.bring(part)
        imported = programme.stack.airflow.trigger(programme.dag("import_datasets"))
        assert ended(programme, "import_datasets", imported) == "success"
        trained = ended(programme, "train_solutions", programme.training_after(imported))
        print(f"  {part.name}: {'promoted' if trained == 'success' else 'blocked'}", flush=True)
        day += UPDATE_AFTER if number == FIFTH else DAYS


def ended(programme: Programme, workflow: str, run_id: str) -> str:
    """Wait for the end of a run, and return its state; a busy machine may take its time."""
    airflow, dag = programme.stack.airflow, programme.dag(workflow)
    until(lambda: airflow.run(dag, run_id)["state"] in FINISHED, f"{run_id} of {dag} ends", RUN_SECONDS, 1)
    return str(airflow.run(dag, run_id)["state"])
