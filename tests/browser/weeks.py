"""Weeks of a film shop on a real stack: a history, nights that train, and a last one full of bots, which is blocked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from include.demo import bots, incoming, nights, shop
from include.demo.airflow_api import FINISHED
from include.demo.stack import Settings, Stack
from include.demo.state import State
from tests.dags.programme import Programme
from tests.waiting import until

DAYS = 7.1  # a FULL version is overdue after seven
UPDATE_AFTER = 2
FIFTH = 4
BETWEEN_EVENTS = 600  # seconds, so that the 1,000 events of a night are a week's
NEWEST = 6.1  # days before now; the night of the UPDATE comes five days before its time, and knows no future
RUN_SECONDS = 900
DAGS = ("import_datasets", "train_solutions", "promote_solution_version")


@contextmanager
def opened(folder: Path, weeks: int) -> Iterator[Programme]:
    """The stack of MovieLens 100K, on whose clock the first of so many weeks has just begun."""
    with State(folder) as state:
        movies = shop.movies(state.folder)
        tables = evenly(movies.tables)
        movies = replace(movies, tables=tables, parts=nights.split(tables, weeks))
        settings = Settings(
            clock_offset_days=-DAYS * weeks, variables={"PERSONALIZE_DATASET_GROUPS": str(movies.files)}
        )
        with Stack(state, settings, lambda said: print(f"  {said}", flush=True)) as stack:
            incoming.make_buckets(stack.s3(), movies)
            programme = Programme(stack, movies)
            stack.airflow.wait_for_dags({programme.dag(name) for name in DAGS}, seconds=90)
            yield programme


def evenly(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with their events in the same order, and as many in each week.

    MovieLens has weeks of 9,000 events beside weeks of 700, and its nights follow each other by two days or by five:
    to the gate, on a clock that goes by weeks, the data would be staler each time, and then four fifths missing.
    """
    interactions = tables["interactions"]
    order = pd.to_numeric(interactions["TIMESTAMP"]).rank(method="first").astype(int)
    newest = int(time.time() - NEWEST * nights.SECONDS_A_DAY) // nights.SECONDS_A_DAY * nights.SECONDS_A_DAY - 1
    dated = interactions.assign(TIMESTAMP=(newest - (len(order) - order) * BETWEEN_EVENTS).astype(str))
    return {**tables, "interactions": dated}


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
