"""A service that cannot be reached is told in a sentence."""

import json

import boto3
import pytest
from botocore.config import Config

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.unreachable import UnreachableError, explained


def test_an_endpoint_that_nobody_listens_on(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {"conn_type": "aws", "login": "any", "password": "any", "extra": {"region_name": "us-east-1"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", "http://127.0.0.1:9")
    hook = PersonalizeHook(aws_conn_id="aws_default", config=Config(retries={"total_max_attempts": 1}))

    with pytest.raises(UnreachableError) as error:
        hook.solution_versions("arn:aws:personalize:us-east-1:1:solution/s")

    assert str(error.value).startswith("personalize does not answer at http://127.0.0.1:9.")
    assert "AWS_ENDPOINT_URL_PERSONALIZE" in str(error.value)


def test_nothing_to_sign_in_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "no such file")
    monkeypatch.setenv("AWS_CONFIG_FILE", "no such file")
    client = explained(boto3.session.Session(region_name="us-east-1").client("s3", endpoint_url="http://127.0.0.1:9"))

    with pytest.raises(UnreachableError, match="No credentials for s3"):
        client.list_buckets()
