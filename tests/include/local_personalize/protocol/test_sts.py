"""STS, as far as AWS clients ask it who they are."""

import pytest
from botocore.exceptions import ClientError


def test_the_caller_is_the_account(server):
    identity = server.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == "arn:aws:iam::123456789012:root"


def test_the_rest_of_sts_is_refused(server):
    with pytest.raises(ClientError) as error:
        server.client("sts").get_session_token()
    assert error.value.response["Error"]["Code"] == "InvalidAction"
