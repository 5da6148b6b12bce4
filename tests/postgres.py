"""A real PostgreSQL for tests, a process of its own, on a unix socket."""

import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from include.demo import services
from include.demo.environment import basis
from tests.waiting import until


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the socket; user and database are called postgres, and there is no password."""
    folder = tmp_path_factory.mktemp("postgres")
    # PostgreSQL runs as an account of its own where the tests run as root: it must reach its folders.
    for place in (folder, *folder.parents[:3]):
        place.chmod(place.stat().st_mode | 0o011)
    sockets = folder / "sockets"
    sockets.mkdir()
    with (folder / "log").open("w") as log:
        command = services.postgres(folder / "data", sockets)
        process = subprocess.Popen(command, env=basis(), stdout=log, stderr=log)
    try:
        until(lambda: answers(sockets), "PostgreSQL is ready")
        yield sockets
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(sockets: Path) -> bool:
    """Whether it takes connections; its socket is there a little before."""
    try:
        psycopg2.connect(host=str(sockets), user="postgres", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.fixture
def database(postgres: Path) -> Iterator[Callable[..., Any]]:
    """Connections to a schema of the test's own, by the driver's `connect`."""
    schema = f"test_{secrets.token_hex(6)}"
    opened = []

    def connect(driver: Callable[..., Any] = psycopg2.connect) -> Any:
        options = f"-c search_path={schema} -c timezone=America/New_York"
        connection = driver(host=str(postgres), user="postgres", dbname="postgres", options=options)
        opened.append(connection)
        return connection

    with connect() as first, first.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
    yield connect
    for connection in opened:
        connection.close()
