"""README, held against what it describes."""

import re
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from include.config import load
from include.demo import summary
from include.demo.facts import Delivery, Facts, Import, Served, Training
from include.demo.promises import check
from include.demo.screen import WIDTH
from include.local_personalize.actions import offered
from include.local_personalize.protocol.service_models import operation_names
from include.training import gate, lineage
from include.training.champion import Champion
from include.training.judgement.verdict import Verdict, as_record
from tests.include.datasets.report.test_report import BUSY_PAGE

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()
FULL, UPDATE, BLOCKED = ("0000000a", "0000000b", "0000000c")
PARTS = ("history", "night-1998-04-16", "night-1998-04-18")


def metrics(value: float) -> dict[str, float]:
    return dict.fromkeys(summary.SHORT_METRICS, value)


def arn(version: str) -> str:
    return f"arn:aws:personalize:us-east-1:123456789012:solution/movies-for-you/{version}"


def training(version: str, mode: str, value: float, champion: str | None, verdict: Verdict) -> Training:
    return Training(
        run_type="asset_triggered",
        run_state="success" if verdict.passed else "failed",
        version_arn=arn(version),
        mode=mode,
        metrics=metrics(value),
        verdict=as_record(verdict),
        champion_before=arn(champion) if champion else None,
        champion_after=arn(version if verdict.passed else champion or ""),
        champion_metrics=metrics(0.2) if champion else {},
    )


def facts() -> Facts:
    """A demo that went as promised; the verdicts are the gate's own."""
    rules = load()[0].solutions[0].gate
    history = lineage.versions(
        [
            {"solutionVersionArn": arn(FULL), "trainingMode": "FULL", "status": "ACTIVE", "creationDateTime": 1},
            {"solutionVersionArn": arn(UPDATE), "trainingMode": "UPDATE", "status": "ACTIVE", "creationDateTime": 2},
        ]
    )
    counts = {
        kind: {"rows_read": 9, "rows_imported": 9, "rows_duplicate": 0, "rows_quarantined": 0}
        for kind in ("interactions", "items", "users")
    }
    payload = '{\\"recs_home_ids\\":[%s],\\"recs_home_generated_at\\":\\"2026-11-22T05:00:00Z\\"}'
    row = f'{{"external_id":"1","payload":"{payload}"}}'
    mails = []
    for subject in ("movies: 1 warning", "movies: blocked (movies-for-you)"):
        mail = EmailMessage()
        mail["To"], mail["Subject"] = "data-engineering@example.com", f"[airflow] {subject}"
        mails.append(mail)
    return Facts(
        imports=[
            Import(part, dict.fromkeys(counts, 9), "success", counts, {"job": "INCREMENTAL" if number else "FULL"})
            for number, part in enumerate(PARTS)
        ],
        trainings=[
            training(FULL, "FULL", 0.2, None, gate.judge_full(rules, metrics(0.2))),
            training(UPDATE, "UPDATE", 0.2, FULL, gate.judge_update(history, arn(UPDATE), arn(FULL))),
            training(BLOCKED, "FULL", 0.1, UPDATE, gate.judge_full(rules, metrics(0.1), [Champion(metrics(0.2))])),
        ],
        delivery=Delivery(
            "success",
            {"users": 1, "rows": 1, "bytes": 1, "rejected": {}},
            {"s3://movies-braze/cdi/recs_home/20261122T050000-0000000a-00001-of-00001-0000000b.json": 1},
            1,
            1,
            [row % ",".join(['\\"1\\"'] * 10)] * 2,
        ),
        served=Served("7", ["A", "B"]),
        mails=mails,
    )


def shape(text: str) -> list[str]:
    """Lines without what differs from run to run: numbers, ids, titles, widths."""
    text = re.sub(r"serves user \d+: .*", "serves user N: TITLES", text)
    text = re.sub(r"\b[0-9a-f]{8}\b", "ID", text)
    text = re.sub(r"\d[\d,.]*", "N", text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line and "─" not in line]


def shown(told: Facts) -> str:
    out = StringIO()
    summary.show(Console(file=out, width=WIDTH), told, check(told, load()[0]))
    return out.getvalue()


def test_the_summary_in_readme_has_the_shape_of_the_demos() -> None:
    (block,) = re.findall(r"<!-- summary -->\n```\n(.*?)```\n<!-- /summary -->", README, flags=re.S)

    assert shape(block) == shape(shown(facts()))
    assert "BROKEN" not in block


def test_the_report_in_readme_is_one_that_the_tests_render() -> None:
    (block,) = re.findall(r"<!-- report -->\n```\n(.*?)```\n<!-- /report -->", README, flags=re.S)

    assert block == BUSY_PAGE


def test_every_place_on_the_map_is_there_and_every_room_is_on_the_map() -> None:
    (tree,) = re.findall(r"## Map\n\n```\n(.*?)```", README, flags=re.S)
    rooms = {f"{room}/" for place in ("plugins", "include") for room in _rooms(REPOSITORY / place)}

    assert {room for room in rooms if room not in tree} == set()
    assert all(file.name in tree for file in (REPOSITORY / "dags").glob("*.py"))


def test_every_command_in_readme_is_a_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    named = set(re.findall(r"(?:`|^)make ([a-z.-]+)", README, flags=re.M))

    assert {"demo", "test"} <= named
    assert all(re.search(rf"^{re.escape(target)}:", makefile, flags=re.M) for target in named), named


def test_every_system_is_marked() -> None:
    (table,) = re.findall(r"## What works\n(.*?)\n## ", README, flags=re.S)
    rows: list[Any] = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]

    assert len(rows) > 20
    assert all("works" in state or "not yet" in state for _, state in rows)


def _rooms(place: Path) -> list[str]:
    return [room.name for room in place.iterdir() if room.is_dir() and not room.name.startswith(("_", "."))]


def test_the_local_services_operations_are_counted_right() -> None:
    works, all_of_them = len(offered()), len(operation_names())

    assert f"{works} of the {all_of_them} operations work" in " ".join(README.split())
