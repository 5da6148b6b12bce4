"""Whatever arrives on the wire: no 5xx, no hang, and the next caller is answered. See also test_wire.py."""

import json
import random
import socket
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.local_personalize.protocol.service_models import SERVICES, service_model
from tests.include.local_personalize.requests import JUNK, gone_wrong
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop

LONGEST = 5.0  # seconds until any answer; the machine may be busy
OPERATIONS = [(service, name) for service in SERVICES for name in service_model(service).operation_names]
FEW = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def target(environment, tmp_path_factory):
    """A server of this module's own: what random requests make is in nobody's way."""
    server = Server(tmp_path_factory.mktemp("fuzzed") / "data", environment).start()
    server.plain.timeout = httpx.Timeout(LONGEST)
    yield server
    assert server.http("GET", "/_local/health").json()["status"] == "ok"
    assert server.end() == 0


@pytest.fixture(scope="module")
def arns(target, name, put):
    """ARNs that exist, so that some requests get past the first check, and some that do not."""
    shop = LocalShop(target, name, put)
    group = shop.group()
    dataset, solution = shop.dataset(group, "Interactions"), shop.solution(group)
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    return [group, dataset, solution, f"{solution}/$LATEST", recipe, shop.missing("campaign"), shop.missing("filter")]


def call(target, service, operation, body):
    """Send a body as the operation's request, in its service's protocol."""
    model = service_model(service)
    if service == "personalize":
        headers = {"x-amz-target": f"{model.metadata['targetPrefix']}.{operation}"}
        return target.http("POST", "/", headers=headers, content=body)
    return target.http("POST", model.operation_model(operation).http["requestUri"], content=body)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=lambda name: name)
def test_requests_gone_wrong_are_refused_or_done(target, arns, service, operation):
    shape = service_model(service).operation_model(operation).input_shape

    @FEW
    @given(request=gone_wrong(shape, arns))
    def judged(request):
        answer = call(target, service, operation, json.dumps(request).encode())
        assert answer.status_code < 500, (request, answer.text)

    judged()


@FEW
@given(body=st.one_of(st.binary(max_size=300), JUNK.map(lambda value: json.dumps(value).encode())), data=st.data())
def test_any_body_for_any_operation_is_answered(target, body, data):
    service, operation = data.draw(st.sampled_from(OPERATIONS))
    for _ in range(5):
        assert call(target, service, operation, body).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'{"name": ' + b"9" * 100_000 + b"}",
        b'{"name": "' + b"\\u0000" * 100_000 + b'"}',
        b'{"tags": [' + b'{"tagKey":"a","tagValue":"b"},' * 10_000 + b"{}]}",
        b'{"name": 1e999999}',
        b"\xef\xbb\xbf{}",
        b" " * 2_097_153,
    ],
    ids=lambda body: f"{body[:12]!r} of {len(body)}",
)
def test_large_and_deep_bodies_are_refused(target, body):
    for service, operation in [("personalize", "CreateDatasetGroup"), ("personalize-runtime", "GetRecommendations")]:
        assert 400 <= call(target, service, operation, body).status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"x-amz-target": ""},
        {"x-amz-target": "AmazonPersonalize."},
        {"x-amz-target": "AmazonPersonalize.CreateSchema" * 100},
        {"x-amz-target": "AmazonPersonalizeRuntime.GetRecommendations"},
        {"x-amz-target": b"\xff\xfe"},
        {"x-amz-target": "AmazonPersonalize.ListSchemas", "content-type": "text/plain", "content-encoding": "gzip"},
        {"x-amz-target": "AmazonPersonalize.ListSchemas", "authorization": "AWS4-HMAC-SHA256 Credential=/////"},
        {"x-amz-target": "AmazonPersonalize.ListSchemas", "authorization": "Bearer \u00e9".encode("latin-1")},
        {"x-amz-target": "AmazonPersonalize.ListSchemas", "authorization": "AWS4-HMAC-SHA256 " + "x" * 10_000},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "\x7f", "accept": "nothing/at-all"},
        {"expect": "100-continue"},
    ],
    ids=str,
)
def test_odd_headers_and_methods_get_no_500(target, headers):
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for path in ("/", "/recommendations", "/%00", "/../etc", "/recommendations/", "/_local/clock?x=%ff"):
            assert target.http(method, path, headers=headers, content=b"{}").status_code < 500


def exchange(target, sent, seconds=LONGEST):
    """What comes back over a plain connection until the server closes it or nothing comes for half a second."""
    with socket.create_connection(("127.0.0.1", target.port), timeout=seconds) as connection:
        connection.sendall(sent)
        connection.settimeout(0.5)
        received = b""
        try:
            while chunk := connection.recv(65_536):
                received += chunk
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
        return received


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonPersonalize.ListSchemas\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        random.Random(1).randbytes(2_000),
        b"\r\n\r\n\r\n",
        b"GET",
        b"POST / HTTP/9.9\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n{}",
        HEAD + b"Content-Length: 1000\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        (HEAD + b"Content-Length: 2\r\n\r\n{}") * 50,
    ],
    ids=lambda sent: f"{sent[-24:]!r}",
)
def test_what_is_hardly_http_ends_without_a_500(target, sent):
    received = exchange(target, sent)
    assert b" 500 " not in received.partition(b"\r\n")[0]
    assert target.http("GET", "/_local/health").status_code == 200


def test_slow_clients_hold_nobody_up(target):
    """A hundred callers stop in the middle of their bodies; others are answered, and a slow one is too in the end."""
    body = b'{"maxResults": 1}'
    start = HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    stalled = [socket.create_connection(("127.0.0.1", target.port), timeout=LONGEST) for _ in range(100)]
    try:
        for connection in stalled:
            connection.sendall(start + body[:5])
        began = time.monotonic()
        assert target.http("GET", "/_local/health").status_code == 200
        assert call(target, "personalize", "ListSchemas", b"{}").status_code == 200
        assert time.monotonic() - began < LONGEST
        for byte in body[5:]:
            stalled[0].sendall(bytes([byte]))
            time.sleep(0.02)
        assert stalled[0].recv(4_096).startswith(b"HTTP/1.1 200")
    finally:
        for connection in stalled:
            connection.close()
