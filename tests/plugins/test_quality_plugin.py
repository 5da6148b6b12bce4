"""The page in Airflow's API server: who may see it, and what it says when AWS does not answer."""

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from include import config
from include.demo.environment import Addresses
from tests.include.local_personalize.running import REGION, Server

MOVIES = Path(config.__file__).parents[1] / "dataset_groups/movies.yaml"
PAGE = "/model-quality/"
# Airflow and FastAPI import Starlette's test client, which prefers a successor of httpx.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
CLOSED = "http://127.0.0.1:9"  # discard: nothing listens


@pytest.fixture(scope="module")
def api(airflow_database: None) -> Iterator[Any]:  # noqa: ARG001 - the API server reads it
    """Airflow's API server, with this repository's plugins."""
    from airflow.api_fastapi.app import create_app  # noqa: PLC0415 - only these tests pay for Airflow

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", secrets.token_urlsafe(64))
        yield create_app(apps="core")


@pytest.fixture
def visit(api: Any) -> Callable[..., Any]:
    """Asks for the page as a user of a role; None is somebody who is not signed in."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser  # noqa: PLC0415 - as above
    from starlette.testclient import TestClient  # noqa: PLC0415 - as above

    def ask(role: str | None, **query: str) -> Any:
        token = (
            api.state.auth_manager.generate_jwt(SimpleAuthManagerUser(username="someone", role=role)) if role else None
        )
        return TestClient(api, cookies={"_token": token} if token else {}).get(PAGE, params=query)

    return ask


@pytest.fixture
def shop(
    server: Server, s3_address: Addresses, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SimpleNamespace:
    """A dataset group of this test's own, for which nothing was trained, and its place in S3."""
    content = yaml.safe_load(MOVIES.read_text())
    name = f"shop-{bucket}"
    content["dataset_group"]["create"]["name"] = name
    content["storage"] = {part: f"s3://{bucket}/{part}" for part in ("incoming", "workspace", "delivery")}
    content["solutions"][0]["create"]["name"] = content["solutions"][0]["campaign"]["create"]["name"] = name
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(content))
    monkeypatch.setenv("PERSONALIZE_DATASET_GROUPS", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_address.s3)
    keys = {"login": s3_address.access_key, "password": s3_address.secret_key}
    connection = {"conn_type": "aws", **keys, "extra": {"region_name": REGION}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    return SimpleNamespace(name=name)


def test_nobody_sees_the_page_without_signing_in(visit: Callable[..., Any], shop: SimpleNamespace) -> None:
    answer = visit(None)

    assert answer.status_code == 401
    assert shop.name not in answer.text


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_who_may_read_dags_sees_the_group(visit: Callable[..., Any], shop: SimpleNamespace, role: str) -> None:
    answer = visit(role)

    assert answer.status_code == 200
    assert f'<h2 id="solution-1">{shop.name}</h2>' in answer.text
    assert "No version yet" in answer.text


def test_the_tab_of_a_dag_shows_its_group(visit: Callable[..., Any], shop: SimpleNamespace) -> None:
    assert visit("viewer", dag=f"{shop.name}.import_datasets").status_code == 200
    foreign = visit("viewer", dag="<b>.somebody_elses")

    assert foreign.status_code == 404
    assert "&lt;b&gt;.somebody_elses has no dataset group" in foreign.text


def test_the_page_may_run_its_own_script_alone(visit: Callable[..., Any], shop: SimpleNamespace) -> None:  # noqa: ARG001
    first, second = (visit("viewer").headers["content-security-policy"] for _ in range(2))

    assert "default-src 'none'" in first
    assert "frame-ancestors 'self'" in first
    assert first != second


@pytest.mark.parametrize("service", ["PERSONALIZE", "S3"])
def test_without_aws_the_page_names_the_remedy(
    visit: Callable[..., Any], shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", CLOSED)
    answer = visit("viewer")

    assert answer.status_code == 503
    assert f"{service.lower()} does not answer at {CLOSED}" in answer.text
    assert "Try again" in answer.text
    assert f'<a href="?group={shop.name}">Try again</a>' in answer.text


def test_a_refusal_of_aws_is_told(visit: Callable[..., Any], shop: SimpleNamespace, server: Server) -> None:  # noqa: ARG001
    rule = {"fault": "throttling", "on": "ListSolutions"}
    server.http("PUT", "/_local/faults", json=[rule]).raise_for_status()
    try:
        answer = visit("viewer")
    finally:
        server.http("DELETE", "/_local/faults").raise_for_status()

    assert answer.status_code == 503
    assert "ThrottlingException" in answer.text
    assert "where it throttles, try again in a minute" in answer.text


def test_a_broken_dataset_group_file_is_told(
    visit: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("dataset_group: 7\n")
    monkeypatch.setenv("PERSONALIZE_DATASET_GROUPS", str(tmp_path))
    answer = visit("viewer")

    assert answer.status_code == 503
    assert "broken.yaml" in answer.text


def test_airflow_shows_it_in_the_menu_and_as_a_tab(api: Any) -> None:  # noqa: ARG001 - it loads the plugins
    from airflow import plugins_manager  # noqa: PLC0415 - as above

    plugin = next(each for each in plugins_manager.get_plugin_info() if each["name"] == "model_quality")

    assert {view["destination"]: view["href"] for view in plugin["external_views"]} == {
        "nav": "/model-quality/",
        "dag": "/model-quality/?dag={DAG_ID}",
    }
    assert plugins_manager.get_import_errors() == {}
