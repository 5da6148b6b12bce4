"""What the page shows, read from Personalize and from the records in the workspace."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from include.config import DatasetGroup, Solution
from include.s3 import AT_ONCE, json_records
from include.training import history
from include.training.quality_page.page import SolutionPage, solution_page
from include.training.quality_page.trained import Trained
from include.training.quality_page.versions import versions


class Gathering:
    """Reads what pages show; what is known of an ACTIVE version never changes and is asked for once."""

    def __init__(self) -> None:
        self._finished: dict[str, Trained] = {}

    def group(self, personalize: Any, s3: Any, group: DatasetGroup) -> list[SolutionPage]:
        """Read all solutions of a group with boto3 clients."""
        return [self._solution(personalize, s3, group, solution) for solution in group.solutions]

    def _solution(self, personalize: Any, s3: Any, group: DatasetGroup, solution: Solution) -> SolutionPage:
        arn = _named(personalize, "solution", solution.name)
        found = versions(
            trained=self._trained(personalize, arn) if arn else [],
            verdicts=history.verdicts(s3, group.storage, solution.name),
            backtests=json_records(s3, history.folder(group.storage, "backtests", solution.name)),
            promotions=history.promotions(s3, group.storage, solution.name),
            challenges=history.challenges(s3, group.storage, solution.name),
            champion_arn=_serving(personalize, solution.campaign_name),
            challenger_arn=_serving(personalize, solution.challenger.name) if solution.challenger else None,
        )
        return solution_page(solution, found, group.prices)

    def _trained(self, personalize: Any, solution_arn: str) -> list[Trained]:
        pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=solution_arn)
        arns = [each["solutionVersionArn"] for page in pages for each in page["solutionVersions"]]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda arn: self._version(personalize, arn), arns))

    def _version(self, personalize: Any, arn: str) -> Trained:
        if arn in self._finished:
            return self._finished[arn]
        said = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
        is_active = said["status"] == "ACTIVE"
        metrics = personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"] if is_active else {}
        trained = Trained(
            arn=arn,
            name=said.get("name", ""),
            mode=said.get("trainingMode", "FULL"),
            status=said["status"],
            created=said["creationDateTime"],
            hours=said.get("trainingHours"),
            metrics=metrics,
            failure=said.get("failureReason"),
        )
        if is_active:
            self._finished[arn] = trained
        return trained


def _serving(personalize: Any, campaign: str) -> str | None:
    arn = _named(personalize, "campaign", campaign)
    if arn is None:
        return None
    found = personalize.describe_campaign(campaignArn=arn)["campaign"]
    return str(found["solutionVersionArn"]) if found["status"] == "ACTIVE" else None


def _named(personalize: Any, kind: str, name: str) -> str | None:
    """Find a resource by its name: its ARN could be spelled, but for the account, which another service would tell."""
    pages = personalize.get_paginator(f"list_{kind}s").paginate()
    found = (each for page in pages for each in page[f"{kind}s"] if each["name"] == name)
    return next((str(each[f"{kind}Arn"]) for each in found), None)
