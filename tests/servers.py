"""Real servers for tests: S3 and the local Personalize, each a process of its own, reached by boto3 alone."""

import itertools
import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from include.demo import services
from include.demo.environment import Addresses, basis
from include.demo.ports import Ports
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop, putting
from tests.waiting import until


@contextmanager
def s3_server(folder: Path) -> Iterator[Addresses]:
    """A SeaweedFS server of our own, whose state is in ``folder``."""
    with Ports() as ports:
        addresses = Addresses(s3_port=ports.take(), personalize_port=0, smtp_port=0, airflow_port=0)
        data = folder / "data"
        data.mkdir()
        keys = {"AWS_ACCESS_KEY_ID": addresses.access_key, "AWS_SECRET_ACCESS_KEY": addresses.secret_key}
        with (folder / "log").open("w") as log:
            command = services.s3(addresses, ports, data, folder)
            process = subprocess.Popen(command, env=basis() | keys, stdout=log, stderr=log, cwd=folder)
        try:
            until(lambda: services.s3_is_ready(addresses), "SeaweedFS is ready")
            yield addresses
        finally:
            process.terminate()
            process.wait(timeout=20)


def service_environment(s3: Addresses) -> dict[str, str]:
    """What the service needs to reach an S3 server."""
    return basis() | {
        "AWS_ACCESS_KEY_ID": s3.access_key,
        "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        "AWS_ENDPOINT_URL_S3": s3.s3,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The S3 server that all tests share."""
    with s3_server(tmp_path_factory.mktemp("s3")) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def s3(s3_address: Addresses) -> Iterator[Any]:
    """A boto3 client of the S3 server."""
    client = services.s3_client(s3_address)
    yield client
    client.close()


@pytest.fixture
def bucket(s3: Any) -> str:
    """A new, empty bucket."""
    name = f"test-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def put(s3: Any) -> Callable[[str, str | list[str]], str]:
    """Put text or lines into a bucket that all tests share; returns the s3:// path."""
    return putting(s3)


@pytest.fixture(scope="session")
def environment(s3_address: Addresses) -> dict[str, str]:
    """What the service needs to reach the S3 server."""
    return service_environment(s3_address)


@pytest.fixture(scope="session")
def server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share."""
    many = json.dumps({"dataset-group": 1_000, "campaign": 1_000, "solution": 1_000, "schema": 10_000})
    data = tmp_path_factory.mktemp("personalize") / "data"
    server = Server(data, environment, ("--check-answers", "--quotas", many)).start()
    yield server
    assert server.end() == 0


@pytest.fixture
def own_server(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers that a test may kill and change at will."""
    started: list[Server] = []

    def start(*options: str) -> Server:
        started.append(Server(tmp_path / f"data{len(started)}", environment, options))
        return started[-1].start()

    yield start
    for server in started:
        if server.running():
            server.end()


@pytest.fixture(scope="session")
def name() -> Callable[[str], str]:
    """Names that no other test uses."""
    numbers = itertools.count(1)
    return lambda stem: f"{stem}-{next(numbers)}-{secrets.token_hex(3)}"


@pytest.fixture
def shop_of(name: Callable[[str], str], put: Callable[[str, str | list[str]], str]) -> Callable[[Server], LocalShop]:
    """A shop on a server of the test's own."""
    return lambda server: LocalShop(server, name, put)


@pytest.fixture(scope="session")
def shop(server: Server, name: Callable[[str], str], put: Callable[[str, str | list[str]], str]) -> LocalShop:
    return LocalShop(server, name, put)
