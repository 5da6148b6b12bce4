"""What has come of the programme, read from Personalize, S3 and the mail folder, never from the story's own hopes."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from include.demo.shop import Shop
from include.demo.stack import Stack
from include.s3 import Place, read_json, under


@dataclass(frozen=True)
class Import:
    """An import run: what lay in the incoming files, and what its report says."""

    part: str
    rows_sent: dict[str, int]
    run_state: str
    datasets: dict[str, dict[str, Any]]
    jobs: dict[str, str]


@dataclass(frozen=True)
class Training:
    """A training run: what started it, the version it made, its verdict, and what served before and after."""

    run_type: str
    run_state: str
    version_arn: str | None
    mode: str | None
    metrics: dict[str, float]
    verdict: dict[str, Any]
    champion_before: str | None
    champion_after: str | None
    champion_metrics: dict[str, float]


@dataclass(frozen=True)
class Delivery:
    """An export run: its manifest, and what really lies in the folder that Braze reads."""

    run_state: str
    manifest: dict[str, Any]
    files: dict[str, int]
    lines: int
    bytes: int
    first_rows: list[str]


@dataclass(frozen=True)
class Served:
    """What the campaign gives a user."""

    user_id: str
    titles: list[str]


@dataclass
class Facts:
    """All of it, in the order it happened."""

    imports: list[Import]
    trainings: list[Training]
    delivery: Delivery | None = None
    served: Served | None = None
    mails: list[EmailMessage] | None = None


class Witness:
    """Looks at one shop of a stack."""

    def __init__(self, stack: Stack, shop: Shop) -> None:
        self._shop = shop
        self._storage = shop.group.storage
        self._s3 = stack.s3()
        self._personalize = stack.personalize()
        self._runtime = stack.personalize("personalize-runtime")
        self.solution = shop.group.solutions[0]

    def champion(self) -> str | None:
        """The version that the campaign serves."""
        campaigns = self._personalize.list_campaigns()["campaigns"]
        arn = next((found["campaignArn"] for found in campaigns if found["name"] == self.solution.campaign_name), None)
        if arn is None:
            return None
        version: str = self._personalize.describe_campaign(campaignArn=arn)["campaign"]["solutionVersionArn"]
        return version

    def versions(self) -> list[str]:
        """All solution versions, oldest first."""
        summaries = self._personalize.list_solution_versions()["solutionVersions"]
        return [found["solutionVersionArn"] for found in sorted(summaries, key=lambda found: found["creationDateTime"])]

    def mode(self, version_arn: str) -> str:
        """How a version was trained: FULL or UPDATE."""
        mode: str = self._personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"][
            "trainingMode"
        ]
        return mode

    def metrics(self, version_arn: str) -> dict[str, float]:
        """A version's metrics, none if it has none."""
        metrics: dict[str, float] = self._personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]
        return metrics

    def verdict(self, version_arn: str) -> dict[str, Any]:
        """What the gate said of a version, empty if it said nothing."""
        verdicts = Place.of(self._storage.workspace) / "reports/verdicts" / self.solution.name
        return read_json(self._s3, verdicts / f"{version_arn.rpartition('/')[2]}.json") or {}

    def import_reports(self) -> dict[str, dict[str, Any]]:
        """The reports of all imports, by address."""
        reports = Place.of(self._storage.workspace) / "reports/imports"
        return {str(found.place): read_json(self._s3, found.place) or {} for found in under(self._s3, reports, ".json")}

    def import_jobs(self) -> dict[str, str]:
        """The import mode of every dataset import job, by ARN."""
        jobs = self._personalize.list_dataset_import_jobs()["datasetImportJobs"]
        return {job["datasetImportJobArn"]: job["importMode"] for job in jobs}

    def delivery(self, run_state: str) -> Delivery:
        """The newest manifest of the first export, and the files that Braze would read."""
        delivery, export = Place.of(self._storage.delivery), self.solution.exports[0]
        manifests = under(self._s3, delivery / "_manifests" / export.name, ".json")
        manifest = read_json(self._s3, manifests[-1].place) if manifests else {}
        files: dict[str, int] = {}
        lines: list[str] = []
        for found in under(self._s3, delivery / "cdi" / export.name):
            body = self._s3.get_object(Bucket=found.place.bucket, Key=found.place.key)["Body"].read()
            files[str(found.place)] = len(body)
            lines += body.decode().splitlines()
        return Delivery(run_state, manifest or {}, files, len(lines), sum(files.values()), lines[:2])

    def served(self, user_id: str) -> Served:
        """The titles, or ids where items have no TITLE, that the campaign gives a user."""
        campaigns = self._personalize.list_campaigns()["campaigns"]
        arn = next(found["campaignArn"] for found in campaigns if found["name"] == self.solution.campaign_name)
        answer = self._runtime.get_recommendations(campaignArn=arn, userId=user_id, numResults=5)
        items = self._shop.tables.get("items")
        titles: dict[str, str] = {}
        if items is not None and "TITLE" in items:
            titles = dict(zip(items["ITEM_ID"], items["TITLE"], strict=True))
        return Served(user_id, [titles.get(item["itemId"], item["itemId"]) for item in answer["itemList"]])
