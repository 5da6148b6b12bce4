"""An Airflow home of the tests' own; real servers come from tests/servers.py."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from xdist.scheduler import LoadScopeScheduling

REPOSITORY = Path(__file__).parents[1]
CONTRACT_SUITE = "tests/include/local_personalize/actions/"

# Airflow reads these once, when it is first imported; a caller's own installation must not be touched.
# The one exception: a contract suite that runs against AWS needs the caller's credentials (see its conftest.py).
AGAINST_AWS = os.environ.get("CONTRACT_ENDPOINT") == ""
FOREIGN = ("AIRFLOW_", "PERSONALIZE_") if AGAINST_AWS else ("AIRFLOW_", "AWS_", "PERSONALIZE_")
for _name in [name for name in os.environ if name.startswith(FOREIGN)]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": tempfile.mkdtemp(prefix="airflow-tests-"),
    "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
}
if not AGAINST_AWS:
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}

pytest_plugins = ["tests.servers"]


@pytest.fixture(scope="session", autouse=True)
def botocore_data_read_once() -> Iterator[None]:
    """What botocore knows of services, read once a process: Airflow's hooks make sessions, and each reads it anew."""
    kept = functools.cache(JSONFileLoader().load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: kept(path))
        yield


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata tables, in the tests' own home."""
    from airflow.utils.db import initdb  # noqa: PLC0415 - only tests that ask for it pay for Airflow

    initdb()


def pytest_unconfigure() -> None:
    """Leave no Airflow home behind."""
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


class ByFile(LoadScopeScheduling):
    """A file stays with one worker, for its fixtures; so does the contract suite, whose calls are counted."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return CONTRACT_SUITE if file.startswith(CONTRACT_SUITE) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Share the files out where there are several workers."""
    return ByFile(config, log)
