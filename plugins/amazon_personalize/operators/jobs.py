"""Operators for what is billed: imports, solution versions, batch inference. A run pays for each once."""

from functools import cached_property
from typing import Any

from airflow.sdk import Context

from amazon_personalize import pools, resources
from amazon_personalize.names import attempts, run_key, run_name
from amazon_personalize.operators.create import PersonalizeCreateOperator

NEWEST = 50  # versions among which a run looks for its own


class PersonalizeRunOperator(PersonalizeCreateOperator):
    """Create something named after the DAG run, and adopt the run's own earlier attempt.

    An earlier attempt that failed at Personalize is never adopted, nor retried by Airflow; when a person clears the
    task, the next one gets a number behind its name.

    :param name_prefix: begins the name.
    """

    def __init__(self, *, name_prefix: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name_prefix = name_prefix

    def adopt(self, context: Context) -> str | None:
        """The run's own earlier attempt, unless it failed; sets the name of the next one."""
        base = run_name(self.name_prefix, run_key(context["dag_run"]))
        for name, found in attempts(base, self.lookup):
            if found is None:
                self.request = {**self.request, self.resource.name_member: name}
            elif found["status"] not in resources.FAILED:
                self.log.info("Adopted this run's own %s", found[self.resource.arn_member])
                return str(found[self.resource.arn_member])
        return None

    @property
    def creating_conn(self) -> Any:
        """Ordered once an attempt: where the answer is lost, the next attempt adopts what was heard."""
        return self.hook.conn_of_one_attempt

    def lookup(self, name: str) -> dict[str, Any] | None:
        """Describe the resource of that name; None where there is none."""
        return self.hook.describe(self.resource, self.hook.arn(self.resource, name))


class PersonalizeCreateDatasetImportJobOperator(PersonalizeRunOperator):
    """Import files into a dataset: importMode FULL the first time, INCREMENTAL ever after, unless the request has one.

    :param role: name of the IAM role that lets Personalize read the files.
    :param pool: the Airflow pool, which must be there; pools.json has the default one.
    """

    resource = resources.DATASET_IMPORT_JOB

    def __init__(self, *, role: str, pool: str = pools.IMPORTS, **kwargs: Any) -> None:
        super().__init__(pool=pool, **kwargs)
        self.role = role

    def create(self, request: dict[str, Any]) -> str:
        """Create the import job in the mode that loses nothing."""
        mode = request.get("importMode") or self._mode(request["datasetArn"])
        return super().create({"roleArn": self.hook.role_arn(self.role), **request, "importMode": mode})

    def _mode(self, dataset_arn: str) -> str:
        return "INCREMENTAL" if self.hook.has_import(dataset_arn) else "FULL"


class PersonalizeCreateSolutionVersionOperator(PersonalizeRunOperator):
    """Train a solution version; trainingMode is the request's."""

    resource = resources.SOLUTION_VERSION

    def lookup(self, name: str) -> dict[str, Any] | None:
        """Describe this run's version: a version's ARN does not follow from its name, so the newest are looked at."""
        return self._newest_by_name.get(name)

    @cached_property
    def _newest_by_name(self) -> dict[str, dict[str, Any]]:
        newest = self.hook.solution_versions(self.request["solutionArn"])[:NEWEST]
        described = [self.hook.describe(self.resource, version["solutionVersionArn"]) for version in newest]
        return {version["name"].rpartition("/")[2]: version for version in described if version}


class PersonalizeCreateBatchInferenceJobOperator(PersonalizeRunOperator):
    """Run batch inference for the users of an input file.

    :param role: name of the IAM role that lets Personalize read the input and write the output.
    :param pool: the Airflow pool, which must be there; pools.json has the default one.
    """

    resource = resources.BATCH_INFERENCE_JOB

    def __init__(self, *, role: str, pool: str = pools.BATCH_JOBS, **kwargs: Any) -> None:
        super().__init__(pool=pool, **kwargs)
        self.role = role

    def create(self, request: dict[str, Any]) -> str:
        """Create the batch inference job."""
        return super().create({"roleArn": self.hook.role_arn(self.role), **request})
