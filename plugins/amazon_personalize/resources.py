"""The naming rule of the Amazon Personalize API, from which every call of a resource kind follows."""

import re
from dataclasses import dataclass
from functools import cached_property

# States from which a resource does not become ACTIVE by itself.
FAILED = ("CREATE FAILED", "UPDATE FAILED", "CREATE STOPPING", "CREATE STOPPED", "DELETE PENDING", "DELETE IN_PROGRESS")


@dataclass(frozen=True)
class Resource:
    """A kind of resource, named as in its Create operation: `Resource("DatasetImportJob")`."""

    kind: str

    @cached_property
    def snake(self) -> str:
        """dataset_import_job, as in the client's methods and the waiters' names."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.kind).lower()

    @cached_property
    def member(self) -> str:
        """datasetImportJob, the key of a Describe answer."""
        return self.kind[0].lower() + self.kind[1:]

    @property
    def arn_member(self) -> str:
        """datasetImportJobArn."""
        return f"{self.member}Arn"

    @property
    def name_member(self) -> str:
        """jobName for jobs, name for all else."""
        return "jobName" if self.kind.endswith("Job") else "name"

    @property
    def arn_type(self) -> str:
        """dataset-import-job, as in an ARN."""
        return self.snake.replace("_", "-")

    def waiter(self, state: str) -> str:
        """dataset_import_job_active, campaign_deleted."""
        return f"{self.snake}_{state}"

    @property
    def frees_its_quota(self) -> bool:
        """Whether the quota counts only what is pending or in progress, so that it frees itself: jobs and versions.

        Of all else there may only be so many, whatever their state. Source: developer guide, endpoints and quotas.
        """
        return self.kind.endswith("Job") or self.kind == "SolutionVersion"


DATASET_GROUP = Resource("DatasetGroup")
SCHEMA = Resource("Schema")
DATASET = Resource("Dataset")
DATASET_IMPORT_JOB = Resource("DatasetImportJob")
SOLUTION = Resource("Solution")
SOLUTION_VERSION = Resource("SolutionVersion")
CAMPAIGN = Resource("Campaign")
BATCH_INFERENCE_JOB = Resource("BatchInferenceJob")
EVENT_TRACKER = Resource("EventTracker")
