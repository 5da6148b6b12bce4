"""The contract suite: boto3 alone, so that the same tests judge the local service and Amazon Personalize.

As it stands, the suite starts the local service and the local S3 server. One variable turns it to AWS:

    CONTRACT_ENDPOINT= CONTRACT_ROLE_ARN=arn:aws:iam::<account>:role/<role> CONTRACT_BUCKET=<bucket> \
        python -m pytest tests/include/local_personalize/actions

CONTRACT_ENDPOINT set to the empty string leaves endpoints, region and credentials to boto3: the caller's own account.
The role must be one that Personalize may assume, with read and write access to the bucket; the bucket must let
Personalize in, and should be for this alone, since what jobs write there stays. Everything else that a test creates is
deleted when the test (module, run) that made it ends, in the documented order, so that the quota of five dataset
groups is not exhausted. Trainings there take an hour each and cost money: expect days, and choose tests with -k.

Rules that tests/include/local_personalize/test_contract.py holds: no test here knows of a server, a control plane,
a clock or a file of the service; error codes are asserted, never texts.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from include.demo import services
from tests.include.local_personalize.contract import PatientShop, Recorder, clear_away
from tests.include.local_personalize.shop import putting, trained_shop

AGAINST_AWS = os.environ.get("CONTRACT_ENDPOINT") == ""
Put = Callable[[str, str | list[str]], str]


@pytest.fixture(scope="session")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def s3(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A boto3 client of S3."""
    client = boto3.client("s3") if AGAINST_AWS else services.s3_client(request.getfixturevalue("s3_address"))
    yield client
    client.close()


@pytest.fixture(scope="session")
def put(s3: Any) -> Put:
    """Put text or lines into the bucket BUCKET; returns the s3:// path."""
    return putting(s3)


@pytest.fixture(scope="session")
def shop(request: pytest.FixtureRequest, recorder: Recorder, name: Callable[[str], str], put: Put) -> PatientShop:
    """The steps of a programme; every call is recorded."""
    connect = boto3.client if AGAINST_AWS else request.getfixturevalue("server").client
    shop = PatientShop(lambda service: recorder.watch(connect(service)), name, put)
    if AGAINST_AWS:
        shop.patience, shop.pause = 3_600.0, 10.0
    return shop


@pytest.fixture(scope="session")
def trained(shop: PatientShop, recorder: Recorder) -> Iterator[SimpleNamespace]:
    """A group with checkerboard data and a FULL version that is ACTIVE; tests may add to it, not delete."""
    before = len(recorder.made)
    trained = trained_shop(shop)
    # Whichever test asked first, it is no thing of that test's alone.
    kept = recorder.made[before:]
    del recorder.made[before:]
    yield trained
    if AGAINST_AWS:
        clear_away(shop, kept)


@contextmanager
def cleared(shop: PatientShop, recorder: Recorder) -> Iterator[None]:
    """Clear away, against AWS, what was made in between; locally everything goes with the server."""
    before = len(recorder.made)
    yield
    if AGAINST_AWS:
        clear_away(shop, recorder.made[before:])
        del recorder.made[before:]


@pytest.fixture(scope="module", autouse=True)
def module_cleared(shop: PatientShop, recorder: Recorder) -> Iterator[None]:
    with cleared(shop, recorder):
        yield


@pytest.fixture(autouse=True)
def test_cleared(shop: PatientShop, recorder: Recorder) -> Iterator[None]:
    with cleared(shop, recorder):
        yield


@pytest.fixture(scope="session")
def part_of_the_suite(request: pytest.FixtureRequest) -> str | None:
    """Why this run is only a part of the suite, or None where it is all of it."""
    here = Path(__file__).parent
    collected = {item.path for item in request.session.items}
    missing = sorted(path.name for path in here.glob("test_*.py") if path not in collected)
    if missing:
        return f"not run: {', '.join(missing)}"
    options = request.config.option
    chosen = options.keyword or options.markexpr or options.deselect or getattr(options, "lf", False)
    if chosen or any("::" in argument for argument in request.config.args):
        return "only chosen tests run"
    return None
