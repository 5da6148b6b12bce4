"""The contract suite keeps its rules: boto3 alone, and nothing that AWS would not know."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.include.local_personalize.contract import Recorder, clear_away
from tests.include.local_personalize.shop import checkerboard

SUITE = sorted((Path(__file__).parent / "actions").glob("test_*.py"))
LOCAL_ONLY = {"server", "own_server", "shop_of", "environment", "s3_address", "http", "httpx", "LocalShop", "Server"}


def names(tree):
    """Every identifier of a module: variables, attributes, parameters, imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.name


@pytest.mark.parametrize("file", SUITE, ids=lambda file: file.stem)
def test_no_test_of_the_suite_knows_the_local_service(file):
    text = file.read_text()
    tree = ast.parse(text)
    assert LOCAL_ONLY & set(names(tree)) == set()
    assert "/_local" not in text
    account = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and "123456789012" in str(node.value)
    ]
    assert account == [], "shop.missing(kind) has the account that the suite runs in"
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    inner = {module for module in modules if module.startswith("include.")}
    assert inner <= ({"include.local_personalize.actions"} if file.stem == "test_zz_coverage" else set())


def test_the_recorder_hears_successes_and_modelled_errors(server):
    recorder = Recorder()
    api = recorder.watch(server.client("personalize"))
    assert recorder.gaps(["ListSchemas"]) == ["ListSchemas: no success", "ListSchemas: no modelled error"]
    api.list_schemas()
    assert recorder.gaps(["ListSchemas"]) == ["ListSchemas: no modelled error"]
    with pytest.raises(api.exceptions.InvalidNextTokenException):
        api.list_schemas(nextToken="nonsense")
    assert recorder.gaps(["ListSchemas"]) == []


def test_what_a_run_made_is_cleared_away_and_nothing_else(own_server, shop_of):
    shop = shop_of(own_server())
    recorder = Recorder()
    kept = shop.group()
    recorder.watch(shop.api)
    group = shop.group()
    interactions = shop.dataset(group, "Interactions")
    assert shop.import_lines(interactions, checkerboard())["status"] == "ACTIVE"
    shop.campaign(shop.version(shop.solution(group, "aws-popularity-count")))
    clear_away(shop, recorder.made)
    assert [found["datasetGroupArn"] for found in shop.api.list_dataset_groups()["datasetGroups"]] == [kept]
    for kind in ("schemas", "datasets", "solutions", "campaigns"):
        assert getattr(shop.api, f"list_{kind}")()[kind] == []


def test_one_variable_turns_the_suite_to_the_endpoints_of_boto3(own_server, environment, shop_of, bucket):
    """With boto3's own endpoints leading to a server of ours, the suite passes on it and leaves it empty."""
    server = own_server()
    address = f"http://127.0.0.1:{server.port}"
    services = ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS")
    theirs = environment | {f"AWS_ENDPOINT_URL_{service}": address for service in services}
    theirs |= {"CONTRACT_ENDPOINT": "", "CONTRACT_BUCKET": bucket, "AWS_DEFAULT_REGION": "us-east-1"}
    files = [str(file) for file in SUITE if file.stem in ("test_schemas", "test_dataset_groups", "test_zz_coverage")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, env=theirs, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert "SKIPPED" in done.stdout, "the coverage of a part says nothing"
    shop = shop_of(server)
    assert server.http("GET", "/_local/calls").json()["counts"]["CreateSchema"] > 0
    assert shop.api.list_schemas()["schemas"] == []
    assert shop.api.list_dataset_groups()["datasetGroups"] == []
