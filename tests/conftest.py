"""An Airflow home of the tests' own, and one real S3 server for all of them."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]

# Airflow reads these once, when it is first imported; a caller's own installation must not be touched.
for _name in [name for name in os.environ if name.startswith(("AIRFLOW_", "AWS_", "PERSONALIZE_"))]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": tempfile.mkdtemp(prefix="airflow-tests-"),
    "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

from include.demo import services  # noqa: E402 - the environment comes first
from include.demo.environment import Addresses, basis  # noqa: E402
from include.demo.ports import Ports  # noqa: E402
from tests.waiting import until  # noqa: E402


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A SeaweedFS server of our own."""
    folder = tmp_path_factory.mktemp("s3")
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
def airflow_database() -> None:
    """Airflow's metadata tables, in the tests' own home."""
    from airflow.utils.db import initdb  # noqa: PLC0415 - only tests that ask for it pay for Airflow

    initdb()
