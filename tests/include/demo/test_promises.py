"""A demo in which all is well keeps every promise; each single thing that goes wrong breaks just its own."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from include import config
from include.demo import promises
from include.demo.facts import Delivery, Facts, Import, Served, Training
from include.demo.processes import REPOSITORY

GROUP = config.load_file(REPOSITORY / "include/dataset_groups/movies.yaml")


def imported(part, mode, rows=1500, aside=0):
    report = {"rows_read": rows, "rows_imported": rows - aside, "rows_quarantined": aside}
    return Import(part, {"interactions": rows}, "success", {"interactions": report}, {"job": mode})


def trained(version, mode, before, passed=True):
    return Training(
        run_type="asset_triggered",
        run_state="success" if passed else "failed",
        version_arn=version,
        mode=mode,
        metrics={},
        verdict={"passed": passed},
        champion_before=before,
        champion_after=version if passed else before,
        champion_metrics={},
    )


def alert():
    mail = EmailMessage()
    mail["To"], mail["Subject"] = GROUP.alerts.to[0], "[airflow] movies.train_solutions: run failed"
    return mail


def good():
    manifest = {"users": 3, "rows": 2, "rejected": {"E_FEW": 1}, "bytes": 80}
    row = '{"external_id":"1","payload":"{}"}'
    return Facts(
        imports=[
            imported("history", "FULL", aside=20),
            imported("night", "INCREMENTAL"),
            imported("bots", "INCREMENTAL"),
        ],
        trainings=[
            trained("v1", "FULL", None),
            trained("v2", "UPDATE", "v1"),
            trained("v3", "FULL", "v2", passed=False),
        ],
        delivery=Delivery("success", manifest, {"cdi/a.json": 80}, 2, 80, [row, row]),
        served=Served("1", ["Toy Story"]),
        mails=[alert()],
    )


def broken(facts):
    return [promise.sentence for promise in promises.check(facts, GROUP) if not promise.held]


def change(facts, what, number, **values):
    changed = list(getattr(facts, what))
    changed[number] = replace(changed[number], **values)
    return replace(facts, **{what: changed})


def report_of(rows_read, rows_imported, rows_quarantined):
    counts = {"rows_read": rows_read, "rows_imported": rows_imported, "rows_quarantined": rows_quarantined}
    return {"interactions": counts}


def test_all_is_well():
    assert broken(good()) == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (change(good(), "imports", 1, jobs={"job": "FULL"}), "The history was imported FULL"),
        (change(good(), "imports", 0, jobs={}), "The history was imported FULL"),
        (change(good(), "imports", 0, datasets=report_of(1500, 1499, 0)), "Rows in are"),
        (change(good(), "imports", 0, datasets=report_of(1499, 1499, 0)), "Rows in are"),
        (change(good(), "imports", 2, datasets={}), "Rows in are"),
        (change(good(), "trainings", 1, run_type="manual"), "Imports started training"),
        (change(good(), "trainings", 0, verdict={}), "The first version trained FULL"),
        (change(good(), "trainings", 0, champion_after=None), "The first version trained FULL"),
        (change(good(), "trainings", 1, mode="FULL"), "The night's version trained UPDATE"),
        (change(good(), "trainings", 2, mode="UPDATE"), "After the bots"),
        (change(good(), "trainings", 2, verdict={"passed": True}), "After the bots"),
        (change(good(), "trainings", 2, champion_after="v3"), "The campaign is unchanged"),
        (replace(good(), delivery=None), "Every user's row"),
        (replace(good(), delivery=replace(good().delivery, lines=1)), "Every user's row"),
        (replace(good(), delivery=replace(good().delivery, bytes=81)), "Every user's row"),
        (replace(good(), delivery=replace(good().delivery, manifest={})), "Every user's row"),
        (replace(good(), mails=[]), "An alert reached"),
        (replace(good(), served=Served("1", [])), "movies-for-you recommends"),
    ],
)
def test_what_goes_wrong_breaks_its_own_promise(facts, sentence):
    assert [found.startswith(sentence) for found in broken(facts)] == [True]
