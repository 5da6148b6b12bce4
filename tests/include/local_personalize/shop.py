"""The steps of a programme on a running service, and data whose right answers are known by construction."""

import json
from collections.abc import Callable
from typing import Any

from tests.include.local_personalize.running import Server
from tests.waiting import until

ROLE = "arn:aws:iam::123456789012:role/personalize"
IN_TRANSITION = ("PENDING", "IN_PROGRESS", "STOPPING")
FIELDS = {
    "Interactions": [("USER_ID", "string"), ("ITEM_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")],
    "Items": [("ITEM_ID", "string"), ("GENRES", "string"), ("CREATION_TIMESTAMP", "long")],
    "Users": [("USER_ID", "string"), ("AGE", "int")],
}


def schema_text(kind: str, fields: list[tuple[str, Any]] | None = None) -> str:
    columns = [{"name": name, "type": type_} for name, type_ in fields or FIELDS[kind]]
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps({"type": "record", "name": kind, "namespace": namespace, "fields": columns, "version": "1.0"})


class Shop:
    """The steps of a programme on one server, each a boto3 call or a few."""

    def __init__(self, server: Server, name: Callable[[str], str], put: Callable[[str, str | list[str]], str]) -> None:
        self.server = server
        self.api = server.client("personalize")
        self.runtime = server.client("personalize-runtime")
        self.events = server.client("personalize-events")
        self.name = name
        self.put = put

    def group(self) -> str:
        return self.api.create_dataset_group(name=self.name("group"))["datasetGroupArn"]

    def schema(self, kind: str, fields: list[tuple[str, Any]] | None = None) -> str:
        return self.api.create_schema(name=self.name("schema"), schema=schema_text(kind, fields))["schemaArn"]

    def dataset(self, group: str, kind: str, fields: list[tuple[str, Any]] | None = None) -> str:
        request = {"name": self.name("dataset"), "datasetGroupArn": group, "datasetType": kind}
        return self.api.create_dataset(schemaArn=self.schema(kind, fields), **request)["datasetArn"]

    def start_import(self, dataset: str, location: str, mode: str = "FULL") -> str:
        request = {"jobName": self.name("import"), "datasetArn": dataset, "importMode": mode, "roleArn": ROLE}
        source = {"dataLocation": location}
        return self.api.create_dataset_import_job(dataSource=source, **request)["datasetImportJobArn"]

    def import_lines(self, dataset: str, lines: list[str], mode: str = "FULL") -> dict[str, Any]:
        """Import a CSV of these lines and return the settled job."""
        location = self.put(f"{self.name('imports')}/data.csv", lines)
        return self.settled("dataset_import_job", self.start_import(dataset, location, mode))

    def solution(self, group: str, recipe: str = "aws-user-personalization", **members: Any) -> str:
        recipe_arn = f"arn:aws:personalize:::recipe/{recipe}"
        request = {"name": self.name("solution"), "datasetGroupArn": group, "recipeArn": recipe_arn}
        return self.api.create_solution(performAutoTraining=False, **request, **members)["solutionArn"]

    def start_version(self, solution: str, mode: str = "FULL") -> str:
        return self.api.create_solution_version(solutionArn=solution, trainingMode=mode)["solutionVersionArn"]

    def version(self, solution: str, mode: str = "FULL") -> str:
        """A trained version."""
        arn = self.start_version(solution, mode)
        assert self.settled("solution_version", arn)["status"] == "ACTIVE"
        return arn

    def campaign(self, version: str, **config: Any) -> str:
        request = {"name": self.name("campaign"), "solutionVersionArn": version}
        return self.api.create_campaign(**request, **({"campaignConfig": config} if config else {}))["campaignArn"]

    def describe(self, resource: str, arn: str) -> dict[str, Any]:
        """What describe_<resource> answers, without its envelope."""
        answer = getattr(self.api, f"describe_{resource}")(**{f"{camel(resource)}Arn": arn})
        return answer[camel(resource)]

    def settled(self, resource: str, arn: str) -> dict[str, Any]:
        """The description of a resource once it is no longer in transition."""

        def described() -> dict[str, Any] | None:
            found = self.describe(resource, arn)
            return None if found["status"].endswith(IN_TRANSITION) else found

        return until(described, f"{arn} settles", 50)


def camel(resource: str) -> str:
    first, *rest = resource.split("_")
    return first + "".join(word.capitalize() for word in rest)


def checkerboard(users: int = 60, items: int = 30, each: int = 20, start: int = 1_600_000_000) -> list[str]:
    """A CSV in which users with even numbers use even items and the others odd ones: taste is known by construction."""
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"]
    for user in range(users):
        for step in range(each):
            item = 2 * ((user // 2 + step) % (items // 2)) + user % 2
            lines.append(f"u{user},i{item},watch,{start + 1_000 * step + user}")
    return lines
