"""The command line behind `make demo` and `make ui`."""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from include.demo import incoming, movielens, promises, shop, summary
from include.demo.airflow_api import USER
from include.demo.failure import DemoError
from include.demo.processes import REPOSITORY
from include.demo.screen import Screen, console
from include.demo.shop import Shop
from include.demo.stack import Settings, Stack
from include.demo.state import State
from include.demo.story import DAYS_BETWEEN, Story

DAGS = ("import_datasets", "train_solutions", "export_recommendations", "promote_solution_version")
PARSE_SECONDS = 90


def main() -> int:
    """Run the story or the user interface; 0 if all came out as promised."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    out = console()
    began = time.monotonic()
    try:
        with State(options.state) as state:
            data = shop.own(state.folder, options.data) if options.data else _movies(out, state.folder)
            return _story(out, state, data, began) if options.what == "story" else _ui(out, state, data, options.port)
    except DemoError as error:
        out.print(f"[red]{escape(str(error))}[/]", highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        out.print("Stopped; every process of the demo has ended.")
        return 130


def _story(out: Console, state: State, data: Shop, began: float) -> int:
    settings = Settings(clock_offset_days=-DAYS_BETWEEN, variables={"PERSONALIZE_DATASET_GROUPS": str(data.files)})
    with Screen(out, 9) as screen:
        screen.step("The stack starts: PostgreSQL, S3, Personalize, mail, Airflow.")
        with Stack(state, settings, screen.say) as stack:
            _make_ready(stack, data)
            screen.say(f"Airflow is at {stack.airflow.url}, user {USER}, password {stack.addresses.airflow_password}")
            screen.step_done()
            facts = Story(stack, data, screen).tell()
    kept = promises.check(facts, data.group)
    summary.show(out, facts, kept)
    broken = [promise for promise in kept if not promise.held]
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    out.print(f"\n{len(kept) - len(broken)} of {len(kept)} promises kept in {minutes} min {seconds:02} s.")
    if broken:
        out.print(f"What happened is in {state.folder}.", highlight=False, soft_wrap=True)
    return 1 if broken else 0


def _ui(out: Console, state: State, data: Shop, port: int | None) -> int:
    settings = Settings(airflow_port=port, variables={"PERSONALIZE_DATASET_GROUPS": str(data.files)})
    with Stack(state, settings, out.print) as stack:
        _make_ready(stack, data)
        incoming.upload(stack.s3(), data, data.parts[0], state.subfolder("data"))
        out.print(
            f"\nAirflow:  {stack.airflow.url}\nuser:     {USER}\npassword: {stack.addresses.airflow_password}\n\n"
            f"The history is uploaded: trigger {data.group.name}.import_datasets, and training follows by itself.\n"
            f"Mails are caught in {stack.mail_folder}. Ctrl-C ends everything.",
            highlight=False,
            soft_wrap=True,
        )
        while True:
            stack.check()
            time.sleep(1)


def _make_ready(stack: Stack, data: Shop) -> None:
    incoming.make_buckets(stack.s3(), data)
    stack.airflow.wait_for_dags({f"{data.group.name}.{dag}" for dag in DAGS}, PARSE_SECONDS)


def _movies(out: Console, state: Path) -> Shop:
    out.print(f"[dim]{escape(movielens.LICENCE)}[/]", highlight=False)
    return shop.movies(state)


def _leave(number: int, _: object) -> NoReturn:
    raise KeyboardInterrupt(number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m include.demo", description=__doc__)
    parser.add_argument(
        "what", choices=["story", "ui"], help="run the programme and check it, or leave Airflow running"
    )
    parser.add_argument("--data", type=Path, help="folder with interactions.csv, items.csv, users.csv")
    parser.add_argument("--port", type=int, help="port of Airflow's user interface (ui; default: a free one)")
    parser.add_argument(
        "--state", type=Path, default=REPOSITORY / ".demo", help="folder for all state (default: .demo)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
