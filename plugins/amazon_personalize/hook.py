"""Hook for Amazon Personalize."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.config import Config
from botocore.exceptions import ClientError

from amazon_personalize.async_clients import shared
from amazon_personalize.names import attempts, run_name
from amazon_personalize.resources import (
    CAMPAIGN,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FAILED,
    SOLUTION_VERSION,
    Resource,
)
from amazon_personalize.unreachable import explained

Fate = Literal["imported", "going on", "failed", "none"]


class PersonalizeHook(AwsBaseHook):
    """Amazon Personalize's control plane; `conn` is the boto3 client `personalize`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["client_type"] = "personalize"
        super().__init__(*args, **kwargs)

    @cached_property
    def conn(self) -> Any:
        """The boto3 client; where the service cannot be reached it says so, with the remedy."""
        return explained(super().conn)

    @cached_property
    def conn_of_one_attempt(self) -> Any:
        """The boto3 client that makes no call a second time by itself: for what is paid for.

        A lost answer does not tell whether the call was heard. Whoever repeats it must look for what it made first.
        """
        once = self.config.merge(Config(retries={"total_max_attempts": 1}))
        return explained(self.get_client_type(region_name=self.region_name, config=once))

    @cached_property
    def _session(self) -> Any:
        return super().get_session(region_name=self.region_name)

    def get_session(self, region_name: str | None = None, deferrable: bool = False) -> Any:
        """The session, one for all clients of this hook: for each of its own, botocore reads its endpoints anew."""
        if deferrable or region_name != self.region_name:
            return super().get_session(region_name=region_name, deferrable=deferrable)
        return self._session

    async def get_async_conn(self) -> Any:
        """The asynchronous client, to be entered; all hooks with the same settings share it while they are in it."""
        options = vars(self._config) if self._config else None
        settings = (self.aws_conn_id, self._region_name, self._verify, options)
        return shared(repr(settings), super().get_async_conn)

    @cached_property
    def waiter_path(self) -> Path:
        """The waiters of this package; botocore has none for Personalize."""
        return Path(__file__).with_name("waiters.json")

    @cached_property
    def _account(self) -> str:
        return str(self.account_id)

    def arn(self, resource: Resource, name: str) -> str:
        """Spell the ARN of a resource from its name (not possible for versions and event trackers)."""
        return (
            f"arn:{self.conn_partition}:personalize:{self.conn_region_name}:{self._account}:{resource.arn_type}/{name}"
        )

    def dataset_arn(self, dataset_group: str, dataset_type: str) -> str:
        """Spell the ARN of a dataset: the group's name and the type in capitals."""
        return f"{self.arn(Resource('Dataset'), dataset_group)}/{dataset_type.upper()}"

    def role_arn(self, role: str) -> str:
        """Spell the ARN of an IAM role of this account."""
        return f"arn:{self.conn_partition}:iam::{self._account}:role/{role}"

    def recipe_arn(self, recipe: str) -> str:
        """Spell the ARN of one of the service's recipes."""
        return f"arn:{self.conn_partition}:personalize:::recipe/{recipe}"

    def describe(self, resource: Resource, arn: str) -> dict[str, Any] | None:
        """Describe a resource; None where it does not exist."""
        try:
            answer = getattr(self.conn, f"describe_{resource.snake}")(**{resource.arn_member: arn})
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        return dict(answer[resource.member])

    def now(self) -> datetime:
        """The service's own time, the clock that its creation times are told by."""
        answer = self.conn.list_dataset_groups(maxResults=1)
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    def has_import(self, dataset_arn: str) -> bool:
        """Whether a dataset has had an import that ended ACTIVE; the first import must be FULL."""
        pages = self.conn.get_paginator(f"list_{DATASET_IMPORT_JOB.snake}s").paginate(datasetArn=dataset_arn)
        return any(job["status"] == "ACTIVE" for page in pages for job in page["datasetImportJobs"])

    def import_job_fate(self, name_prefix: str, run_key: str) -> Fate:
        """What became of the import job that a run made, under any of its names; "none" where it made none."""
        name = run_name(name_prefix, run_key)
        jobs = attempts(name, lambda each: self.describe(DATASET_IMPORT_JOB, self.arn(DATASET_IMPORT_JOB, each)))
        states = {job["status"] for _, job in jobs if job}
        if not states:
            return "none"
        if "ACTIVE" in states:
            return "imported"
        return "failed" if states <= set(FAILED) else "going on"

    def event_tracker(self, dataset_group: str) -> str | None:
        """The ARN of a group's event tracker, by the group's name; None where it has none."""
        group = self.arn(DATASET_GROUP, dataset_group)
        pages = self.conn.get_paginator(f"list_{EVENT_TRACKER.snake}s").paginate(datasetGroupArn=group)
        trackers = [tracker for page in pages for tracker in page["eventTrackers"]]
        return next(
            (str(each["eventTrackerArn"]) for each in trackers if not each["status"].startswith("DELETE")), None
        )

    def solution_versions(self, solution_arn: str) -> list[dict[str, Any]]:
        """Summaries of a solution's versions, newest first."""
        pages = self.conn.get_paginator(f"list_{SOLUTION_VERSION.snake}s").paginate(solutionArn=solution_arn)
        versions = [version for page in pages for version in page["solutionVersions"]]
        return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)

    def serving(self, campaign: str) -> str | None:
        """The ARN of the version that a campaign serves, by the campaign's name; None where there is no campaign."""
        found = self.describe(CAMPAIGN, self.arn(CAMPAIGN, campaign))
        return str(found["solutionVersionArn"]) if found else None

    def metrics(self, solution_version_arn: str) -> dict[str, float]:
        """The offline metrics of a version; empty while the service has none."""
        return dict(self.conn.get_solution_metrics(solutionVersionArn=solution_version_arn).get("metrics", {}))


class PersonalizeRuntimeHook(AwsBaseHook):
    """Amazon Personalize's runtime; `conn` is the boto3 client `personalize-runtime`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["client_type"] = "personalize-runtime"
        super().__init__(*args, **kwargs)


class PersonalizeEventsHook(AwsBaseHook):
    """Amazon Personalize's events service; `conn` is the boto3 client `personalize-events`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["client_type"] = "personalize-events"
        super().__init__(*args, **kwargs)

    @cached_property
    def conn(self) -> Any:
        """The boto3 client; where the service cannot be reached it says so, with the remedy."""
        return explained(super().conn)
