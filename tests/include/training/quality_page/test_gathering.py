"""What the page reads from a real Personalize and a real S3."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import config
from include.config import DatasetGroup
from include.training import history
from include.training.backtest import held
from include.training.quality_page.gathering import Gathering
from include.training.quality_page.stories import Told
from include.training.quality_page.versions import Standing
from include.training.role import Role
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop, checkerboard

MOVIES = Path(config.__file__).parents[1] / "dataset_groups/movies.yaml"


@pytest.fixture
def group_of(bucket: str, tmp_path: Path) -> Callable[..., DatasetGroup]:
    """The movies' dataset group with a solution, a campaign and perhaps a challenger of these names."""

    def make(solution: str, campaign: str, challenger: str | None = None) -> DatasetGroup:
        content = yaml.safe_load(MOVIES.read_text())
        content["storage"] = {part: f"s3://{bucket}/{part}" for part in ("incoming", "workspace", "delivery")}
        content["solutions"][0]["create"]["name"] = solution
        content["solutions"][0]["campaign"]["create"]["name"] = campaign
        if challenger:
            content["solutions"][0]["challenger"] = {"create": {"name": challenger}}
        file = tmp_path / "movies.yaml"
        file.write_text(yaml.safe_dump(content))
        return config.load_file(file)

    return make


def test_versions_metrics_verdicts_and_the_champion_come_together(
    s3: Any, server: Server, shop: LocalShop, group_of: Callable[..., DatasetGroup]
) -> None:
    dataset_group = shop.group()
    shop.import_lines(shop.dataset(dataset_group, "Interactions"), checkerboard())
    made = shop.solution(dataset_group, "aws-popularity-count")  # it trains in no time
    first, second = shop.version(made), shop.version(made)
    campaign, beside = (shop.settled("campaign", shop.campaign(version)) for version in (first, second))
    group = group_of(shop.describe("solution", made)["name"], campaign["name"], beside["name"])
    (solution,) = group.solutions
    verdict = {"solution_version_arn": second, "passed": False, "reason": "Blocked: a test says so."}
    history.record_verdict(s3, group.storage, solution.name, verdict)
    history.record_verdict(s3, group.storage, solution.name, {"solution_version_arn": first, "passed": True})
    challenge = history.move("run", datetime(2026, 11, 22, tzinfo=UTC), second, None, "Users shall tell.")
    history.record_move(s3, group.storage, Role.CHALLENGER, solution.name, challenge)
    held.write(s3, group.storage, solution.name, held.Held(first, second, "run", 1, "s3://q", "s3://a", "s3://b"))
    gathering = Gathering()

    (found,) = gathering.group(shop.api, s3, group)
    described = shop.describe("solution_version", first)

    assert [version.trained.arn for version in found.versions] == [first, second]
    assert [version.standing for version in found.versions] == [Standing.HELD, Standing.BLOCKED]
    assert found.champion is found.versions[0]
    assert found.champion.trained.hours == described["trainingHours"]
    assert dict(found.champion.trained.metrics) == shop.api.get_solution_metrics(solutionVersionArn=first)["metrics"]
    assert found.challenger is found.versions[1]
    assert found.challenger.story == [
        Told("Blocked: a test says so."),
        Told("Challenger since", datetime(2026, 11, 22, tzinfo=UTC), "Users shall tell."),
    ]

    def asked() -> int:
        return int(server.http("GET", "/_local/calls").json()["counts"]["GetSolutionMetrics"])

    before = asked()
    gathering.group(shop.api, s3, group)
    assert asked() == before


def test_before_the_first_training_there_is_nothing(
    s3: Any, shop: LocalShop, group_of: Callable[..., DatasetGroup]
) -> None:
    (found,) = Gathering().group(shop.api, s3, group_of("not-made-yet", "nor-this"))

    assert (found.versions, found.judged, found.others, found.champion) == ([], [], [], None)
