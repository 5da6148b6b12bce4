"""The programme under a real scheduler on PostgreSQL, from a shop's first files to a roll-back, with a worker killed.

The tests of this file are one story, told in order on one stack, because each step takes Airflow half a minute: about
four minutes in all.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import yaml

from include.config import load_file
from include.demo import bots, incoming
from include.demo.shop import Shop, own
from include.demo.stack import Settings, Stack
from include.demo.state import State
from include.s3 import Place, read_json, under
from tests.dags.programme import IMPATIENT, Programme, write_shop
from tests.waiting import until


def asking(shop: Shop) -> Shop:
    """The shop, whose gate asks a person about what it blocks."""
    (file,) = shop.files.iterdir()
    content = yaml.safe_load(file.read_text())
    content["solutions"][0]["gate"]["on_block"] = "ask"
    file.write_text(yaml.safe_dump(content))
    return replace(shop, group=load_file(file))


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    folder = write_shop(tmp_path_factory.mktemp("own") / "two-tastes")
    with State(tmp_path_factory.mktemp("state")) as state:
        shop = asking(own(state.folder, folder))
        settings = Settings(
            clock_offset_days=-8, variables={"PERSONALIZE_DATASET_GROUPS": str(shop.files), **IMPATIENT}
        )
        with Stack(state, settings) as stack:
            incoming.make_buckets(stack.s3(), shop)
            told = Programme(stack, shop)
            stack.airflow.wait_for_dags({told.dag("import_datasets"), told.dag("train_solutions")}, seconds=90)
            yield told


def test_a_worker_killed_while_it_orders_a_training_pays_once(programme: Programme) -> None:
    """The service has made the version, and the worker dies before it hears of it: the cruellest moment."""
    programme.bring(programme.shop.parts[0])
    import_run, states = programme.run("import_datasets")
    assert set(states.values()) <= {"success", "skipped"}
    programme.stack.control("PUT", "delays", {"answer_seconds": {"CreateSolutionVersion": 60}})
    run_id = programme.training_after(import_run)
    until(lambda: programme.calls("CreateSolutionVersion") == 1, "the version is ordered", 90)
    tasks = programme.stack.airflow.tasks(programme.dag("train_solutions"), run_id)
    (task,) = [task for task in tasks if task["state"] == "running"]

    assert programme.stack.kill_worker(programme.dag("train_solutions"), run_id, task["task_id"])
    programme.stack.control("PUT", "delays", {"answer_seconds": {}})
    states = programme.see_through("train_solutions", run_id)

    assert set(states.values()) <= {"success", "skipped"}
    assert task["task_id"].endswith(".train")
    again = {
        task["task_id"]: task["try_number"]
        for task in programme.stack.airflow.tasks(programme.dag("train_solutions"), run_id)
    }
    assert again[task["task_id"]] == 2
    assert programme.calls("CreateSolutionVersion") == 1
    (version,) = programme.versions()
    assert (version["trainingMode"], version["status"]) == ("FULL", "ACTIVE")
    assert programme.serving() == version["solutionVersionArn"]


def test_a_night_is_added_and_the_version_brought_up_to_date(programme: Programme) -> None:
    programme.bring(programme.shop.parts[1])

    import_run, states = programme.run("import_datasets")
    training = programme.see_through("train_solutions", programme.training_after(import_run))

    assert states["interactions.import"] == "success"
    assert set(training.values()) <= {"success", "skipped"}
    full, update = programme.versions()
    assert update["trainingMode"] == "UPDATE"
    assert programme.serving() == update["solutionVersionArn"]
    jobs = programme.stack.personalize().list_dataset_import_jobs()["datasetImportJobs"]
    assert sorted({job["importMode"] for job in jobs}) == ["FULL", "INCREMENTAL"]
    metrics = programme.stack.personalize().get_solution_metrics
    parents = metrics(solutionVersionArn=full["solutionVersionArn"])["metrics"]
    assert metrics(solutionVersionArn=update["solutionVersionArn"])["metrics"] == parents


def test_nothing_new_means_no_import_and_no_training(programme: Programme) -> None:
    imports, trainings = programme.calls("CreateDatasetImportJob"), programme.calls("CreateSolutionVersion")

    import_run, states = programme.run("import_datasets")

    assert states["interactions.import"] == states["announce"] == "skipped"
    assert programme.started_by(import_run) == []
    assert programme.calls("CreateDatasetImportJob") == imports
    assert programme.calls("CreateSolutionVersion") == trainings


def test_every_user_reaches_braze(programme: Programme) -> None:
    _, states = programme.run("export_recommendations")

    assert set(states.values()) == {"success"}
    s3, delivery = programme.stack.s3(), Place.of(programme.shop.group.storage.delivery)
    (manifest,) = [read_json(s3, found.place) for found in under(s3, delivery / "_manifests")]
    assert manifest["users"] == manifest["rows"] == 200
    bodies = [s3.get_object(Bucket=f.place.bucket, Key=f.place.key)["Body"].read() for f in under(s3, delivery / "cdi")]
    rows = [json.loads(line) for body in bodies for line in body.splitlines()]
    assert {row["external_id"] for row in rows} == {f"u{user}" for user in range(200)}
    # Users with even numbers only ever saw even items.
    for row in rows:
        items = json.loads(row["payload"])["recs_home_ids"]
        alike = [int(item[1:]) % 2 == int(row["external_id"][1:]) % 2 for item in items]
        assert sum(alike) > len(alike) / 2


def test_bots_spoil_a_night_and_the_gate_asks(programme: Programme) -> None:
    serving = programme.serving()
    tables = programme.shop.tables
    users = tables["interactions"]["USER_ID"].nunique()
    programme.bring(bots.poison(programme.shop.parts[2], tables["items"]["ITEM_ID"], users))
    programme.stack.control("PUT", "clock", {"offset_days": 0})  # eight days pass: the FULL version is overdue

    import_run, _ = programme.run("import_datasets")
    training = programme.training_after(import_run)
    programme.wait_for_question(training)

    states = programme.states("train_solutions", training)
    assert [states[task] for task in ("train", "judge", "note_champion")] == ["success", "success", None]
    assert programme.versions()[-1]["trainingMode"] == "FULL"
    assert programme.serving() == serving
    verdicts = programme.records("reports", "verdicts")
    (blocked,) = [verdict for verdict in verdicts if not verdict["passed"]]
    assert blocked["solution_version_arn"] == programme.versions()[-1]["solutionVersionArn"]
    # 200 people and as many bots, of whom a tenth are test users.
    assert blocked["resolution"].startswith("About 40 test users: drops under ")
    tags = programme.stack.personalize().list_tags_for_resource(resourceArn=blocked["solution_version_arn"])["tags"]
    assert {tag["tagKey"]: tag["tagValue"] for tag in tags}["verdict"] == "blocked"
    ((subject, told),) = programme.mails()
    assert subject == f"[airflow] {programme.shop.group.name}: blocked, may it serve? ({programme.solution})"
    assert blocked["reason"] in told
    for shown in (
        "normalized_discounted_cumulative_gain_at_25",
        f"/runs/{quote(training)}/tasks/",
        "/required_actions",
    ):
        assert shown in told


def test_a_person_says_no_then_yes_and_then_thinks_better_of_it(programme: Programme) -> None:
    serving, blocked = programme.serving(), programme.versions()[-1]["solutionVersionArn"]
    training = programme.newest_run("train_solutions")

    programme.answer(training, "Reject", "there are bots in it")
    states = programme.see_through("train_solutions", training)
    after_no = programme.serving()
    programme.ask_again(training)
    programme.wait_for_question(training)
    programme.answer(training, "Approve", "the bots are customers")
    programme.see_through("train_solutions", training)
    let_through = programme.serving()
    programme.run("promote_solution_version", {"solution_version": "previous", "reason": "they are not"})

    assert (states[f"{programme.solution}.ask"], after_no) == ("failed", serving)
    assert let_through == blocked
    assert programme.serving() == serving
    reasons = [record["reason"] for record in programme.records("reports", "promotions")]
    assert "they are not" in reasons
    (approved,) = [reason for reason in reasons if "the bots are customers" in reason]
    assert approved.startswith("Let through by admin: the bots are customers. Blocked: ")
    # The run's own mail is left out: cleared so soon, the run has forgotten what was told when its callback comes.
    asked, no, asked_again = [mail for mail in programme.mails() if programme.solution in mail[0]]
    assert asked[0] == asked_again[0]
    assert no[0] == f"[airflow] {programme.shop.group.name}: stays blocked ({programme.solution})"
    assert "Rejected by admin: there are bots in it." in no[1]
