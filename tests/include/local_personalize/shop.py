"""The steps of a programme on a running service, and data whose right answers are known by construction."""

import json
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.include.local_personalize.running import Server
from tests.waiting import until

# The contract suite's own role and bucket, where it runs against AWS: see actions/conftest.py.
ROLE = os.environ.get("CONTRACT_ROLE_ARN", "arn:aws:iam::123456789012:role/personalize")
BUCKET = os.environ.get("CONTRACT_BUCKET", "shop")
IN_TRANSITION = ("PENDING", "IN_PROGRESS", "STOPPING")
FIELDS = {
    "Interactions": [("USER_ID", "string"), ("ITEM_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")],
    "Items": [("ITEM_ID", "string"), ("GENRES", "string"), ("CREATION_TIMESTAMP", "long")],
    "Users": [("USER_ID", "string"), ("AGE", "int")],
}


def schema_text(kind: str, fields: list[tuple[Any, ...]] | None = None) -> str:
    """Avro of (name, type, *flags), such as ("GENRES", "string", "categorical")."""
    columns = [
        {"name": name, "type": type_} | dict.fromkeys(flags, True) for name, type_, *flags in fields or FIELDS[kind]
    ]
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps({"type": "record", "name": kind, "namespace": namespace, "fields": columns, "version": "1.0"})


def putting(s3: Any) -> Callable[[str, str | list[str]], str]:
    """A function that puts text or lines into BUCKET, which is made if it is missing, and returns the s3:// path."""
    try:
        s3.head_bucket(Bucket=BUCKET)
    except ClientError:
        s3.create_bucket(Bucket=BUCKET)

    def put(key: str, content: str | list[str]) -> str:
        text = content if isinstance(content, str) else "\n".join(content) + "\n"
        s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        return f"s3://{BUCKET}/{key}"

    return put


class Shop:
    """The steps of a programme, each a boto3 call or a few; ``client`` makes the client of a service by its name."""

    patience, pause = 50.0, 0.02  # seconds that something may take to settle, and at most between two looks at it

    def __init__(
        self, client: Callable[[str], Any], name: Callable[[str], str], put: Callable[[str, str | list[str]], str]
    ) -> None:
        self.api = client("personalize")
        self.runtime = client("personalize-runtime")
        self.events = client("personalize-events")
        self.name = name
        self.put = put

    def missing(self, kind: str) -> str:
        """A well-formed ARN of the caller's own account that nothing has; ``kind`` is as ARNs spell it."""
        return f"arn:aws:personalize:{self.api.meta.region_name}:{ROLE.split(':')[4]}:{kind}/none"

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

        return until(described, f"{arn} settles", self.patience, self.pause)

    def remove(self, resource: str, arn: str) -> None:
        """Delete a resource as soon as nothing uses it or is still going on with it, and wait until it is gone."""

        def gone() -> bool:
            try:
                getattr(self.api, f"delete_{resource}")(**{f"{camel(resource)}Arn": arn})
            except self.api.exceptions.ResourceNotFoundException:
                return True
            except self.api.exceptions.ResourceInUseException:
                pass
            return False

        until(gone, f"{arn} is gone", self.patience, self.pause)


class LocalShop(Shop):
    """A shop on a server of ours, with what only such a server has."""

    def __init__(self, server: Server, name: Callable[[str], str], put: Callable[[str, str | list[str]], str]) -> None:
        super().__init__(server.client, name, put)
        self.server = server


def trained_shop(shop: Shop) -> SimpleNamespace:
    """A group with checkerboard data and a FULL version that is ACTIVE."""
    group = shop.group()
    interactions = shop.dataset(group, "Interactions")
    assert shop.import_lines(interactions, checkerboard())["status"] == "ACTIVE"
    solution = shop.solution(group)
    version = shop.version(solution)
    return SimpleNamespace(group=group, interactions=interactions, solution=solution, version=version)


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
