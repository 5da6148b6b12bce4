"""The protocols: errors on both, what is not offered, and requests that are none."""

import json
import random

import botocore.session
import pytest
from botocore import xform_name

from include.local_personalize import operations
from include.local_personalize.actions import offered

SERVICES = ("personalize", "personalize-runtime", "personalize-events")
JSON_1_1 = "application/x-amz-json-1.1"


def minimal(shape):
    """A value that fits a shape, with the required members alone."""
    if shape.type_name == "structure":
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [minimal(shape.member)]
    if shape.type_name == "timestamp":
        return 1_600_000_000
    if shape.name in ("Arn", "RoleArn"):
        service = "iam" if shape.name == "RoleArn" else "personalize"
        kind = "role" if shape.name == "RoleArn" else "campaign"
        return f"arn:aws:{service}:{'' if kind == 'role' else 'us-east-1'}:123456789012:{kind}/none"
    return "s3://shop/x" if shape.name == "S3Location" else "name"


@pytest.mark.parametrize("service", SERVICES)
def test_every_other_operation_is_refused_by_name(server, service):
    client = server.client(service)
    model = botocore.session.get_session().get_service_model(service)
    names = [name for name in model.operation_names if name not in offered()]
    for name in names:
        request = minimal(model.operation_model(name).input_shape)
        with pytest.raises(client.exceptions.InvalidInputException) as error:
            getattr(client, xform_name(name))(**request)
        assert error.value.response["Error"]["Message"] == operations.refusal(name)
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_programmes_own_path_works():
    assert {"CreateSolutionVersion", "GetRecommendations", "UpdateCampaign"} <= offered().keys()


def call(server, operation, body):
    headers = {"x-amz-target": f"AmazonPersonalize.{operation}", "content-type": JSON_1_1}
    return server.http("POST", "/", headers=headers, content=body)


def test_the_two_protocols_tell_of_errors_in_their_own_ways(server):
    control = call(server, "DescribeSchema", b"{}")
    assert control.status_code == 400
    assert control.json()["__type"] == "InvalidInputException"
    assert control.headers["content-type"] == JSON_1_1
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    runtime = server.http("POST", "/recommendations", json={"campaignArn": arn, "userId": "u"})
    assert (runtime.status_code, runtime.headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")
    assert runtime.json().keys() == {"message"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "SerializationException"),
        (b"\xff\xfe", "SerializationException"),
        (b"[" * 100_000, "SerializationException"),
        (b'{"name": NaN}', "SerializationException"),
        (b'{"name": ' + b"1" * 5_000 + b"}", "SerializationException"),
        (b" " * 3_000_000, "SerializationException"),
        (b"[]", "InvalidInputException"),
        (b"null", "InvalidInputException"),
        (b'{"name": 1}', "InvalidInputException"),
        (b'{"name": null}', "InvalidInputException"),
        (b'{"name": "n", "colour": "red"}', "InvalidInputException"),
        (b'{"name": "n", "domain": "SHOES"}', "InvalidInputException"),
        (b'{"name": "n", "tags": [{"tagKey": "\\ud800", "tagValue": ""}]}', "InvalidInputException"),
    ],
)
def test_bodies_that_are_no_request_are_refused(server, body, code):
    answer = call(server, "CreateDatasetGroup", body)
    assert (answer.status_code, answer.json()["__type"]) == (400, code)


def test_whole_numbers_and_limits_are_checked(server):
    for limit in ("101", "true", '"5"', "1.5", "0"):
        assert call(server, "ListSchemas", f'{{"maxResults": {limit}}}'.encode()).status_code == 400
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    huge = json.dumps({"campaignArn": arn, "minProvisionedTPS": 2**31}).encode()
    assert call(server, "UpdateCampaign", huge).json()["__type"] == "InvalidInputException"


def test_random_bytes_get_a_4xx_wherever_they_are_sent(server):
    dice = random.Random(1)
    for path in ["/", "/recommendations", "/events", "/nowhere", "/_local/clock", "/_local/nowhere"]:
        for method in ["GET", "POST", "PUT", "DELETE"]:
            for target in [None, "AmazonPersonalize.CreateSchema", "AmazonPersonalize.Nothing"]:
                headers = {"x-amz-target": target} if target else {}
                answer = server.http(method, path, headers=headers, content=dice.randbytes(dice.randrange(200)))
                legitimate = (method, path) == ("GET", "/_local/clock")
                assert answer.status_code == 200 if legitimate else 400 <= answer.status_code < 500


def test_random_json_gets_no_500(server):
    dice = random.Random(2)

    def thing(depth=0):
        kind = dice.randrange(8 if depth < 3 else 5)
        if kind >= 5:
            if kind == 5:
                return [thing(depth + 1) for _ in range(dice.randrange(3))]
            keys = ["name", "schema", "schemaArn", "tags", "userId", "solutionConfig", "campaignArn", "", "\x00"]
            return {dice.choice(keys): thing(depth + 1) for _ in range(dice.randrange(4))}
        return [
            None,
            True,
            dice.randrange(-(10**20), 10**20),
            dice.random() * 1e308,
            dice.choice(["a", "\ud800", "x" * 300]),
        ][kind]

    targets = ["CreateDatasetGroup", "CreateSchema", "CreateSolution", "UpdateCampaign", "TagResource", "ListSolutions"]
    for target in targets * 25:
        assert call(server, target, json.dumps(thing()).encode()).status_code in (200, 400)
        assert server.http("POST", "/recommendations", content=json.dumps(thing())).status_code in (400, 404)
