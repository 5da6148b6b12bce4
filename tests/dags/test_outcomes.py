"""What becomes of a training when Personalize refuses or fails, and what people are told: as the DAG's manual says."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from include.config import load_file
from include.demo.environment import Addresses
from tests.dags.promotions import connected, import_checkerboard, write_group
from tests.dags.running import run
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop, checkerboard
from tests.mails import taken

SOLUTIONS = ("throttled", "refused", "unborn", "unmoved")
RECIPE = "aws-popularity-count"


@pytest.fixture
def faults(server: Server) -> Iterator[Callable[..., None]]:
    """Makes the service fail, until the end of the test."""
    yield lambda *rules: server.http("PUT", "/_local/faults", json=rules).raise_for_status()
    server.http("DELETE", "/_local/faults").raise_for_status()


def solution(name: str) -> dict[str, Any]:
    return {
        "recipe": RECIPE,
        "create": {"name": name},
        "gate": {"floors": {"coverage": 0.001}, "compare": []},
        "campaign": {"create": {"name": name, "minProvisionedTPS": 1}},
    }


# Airflow runs a DAG in one process by starlette's own test client.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
@pytest.mark.usefixtures("airflow_database")
def test_each_solution_ends_as_documented_and_what_failed_is_told_once(
    shop: LocalShop,
    s3_address: Addresses,
    s3: Any,
    bucket: str,
    name: Callable[[str], str],
    faults: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    group_arn = shop.group()
    shop.import_lines(shop.dataset(group_arn, "Interactions"), checkerboard())
    group = group_arn.rpartition("/")[2]
    names = {stem: name(stem) for stem in SOLUTIONS}
    file = write_group(tmp_path / "groups", group, bucket, [solution(full_name) for full_name in names.values()])
    created = {"name": names["unmoved"], "performAutoTraining": False, "datasetGroupArn": group_arn}
    recipe_arn = f"arn:aws:personalize:::recipe/{RECIPE}"
    serving = shop.version(shop.api.create_solution(recipeArn=recipe_arn, **created)["solutionArn"])
    shop.api.create_campaign(name=names["unmoved"], solutionVersionArn=serving)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # botocore's own
    with connected(shop.server, s3_address, file.parent, tmp_path) as mail_folder:
        from dags.train_solutions import train_solutions  # noqa: PLC0415 - it reads the settings

        import_checkerboard(s3, load_file(file).storage, tmp_path)
        faults(
            {"fault": "throttling", "on": "CreateSolutionVersion", "matching": f"*{names['throttled']}"},
            {"fault": "limit_exceeded", "on": "CreateCampaign", "matching": names["refused"]},
            {
                "fault": "create_failed",
                "on": "solution-version",
                "matching": f"*/{names['unborn']}/*",
                "reason": "Why.",
            },
            {"fault": "update_failed", "on": "campaign", "matching": f"*/{names['unmoved']}", "reason": "No room."},
        )
        dag = train_solutions(load_file(file))
        for task in dag.tasks:  # the last attempt of each
            task.retries = 0
        train: Any = dag.get_task(f"{names['throttled']}.train")
        train.wait_timeout = timedelta()  # and at the end of its patience
        state, tasks = run(dag, training_mode="FULL")
        mails = taken(mail_folder)

    def states(stem: str, *task_ids: str) -> list[str]:
        return [tasks[f"{names[stem]}.{task_id}"] for task_id in task_ids]

    assert state == "failed"
    for untrained in ("throttled", "unborn"):
        assert states(untrained, "train", "judge") == ["failed", "upstream_failed"]
    for moved in ("refused", "unmoved"):
        assert states(moved, "judge", "deploy_campaign", "tell_roll_back") == ["success", "failed", "failed"]
    told = dict(mails)
    assert sorted(subject for subject, _ in mails) == sorted(told)  # each once
    assert set(told) == {
        f"[airflow] {group}: promotion failed, nothing to go back to ({names['refused']})",
        *(f"[airflow] {group}.train_solutions: {names[stem]}.train failed" for stem in ("throttled", "unborn")),
        f"[airflow] {group}: rolled back ({names['unmoved']})",
    }
    body = {stem: next(text for subject, text in mails if names[stem] in subject) for stem in SOLUTIONS}
    assert "takes no SolutionVersion for now (ThrottlingException" in body["throttled"]
    assert "have the quota raised under Service Quotas" in body["refused"]
    assert "CREATE FAILED: Why." in body["unborn"]
    assert "The campaign could not be moved: No room." in body["unmoved"]
    described = shop.describe("campaign", f"arn:aws:personalize:us-east-1:123456789012:campaign/{names['unmoved']}")
    assert described["solutionVersionArn"] == serving
