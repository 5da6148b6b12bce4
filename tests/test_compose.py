"""docker-compose.yaml as Docker Compose itself reads it."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import compose
import pytest

from include.config import load
from include.demo import dotenv

REPOSITORY = Path(__file__).parents[1]
# The package's own script swallows exit codes; the binary beside it is Docker Compose.
DOCKER_COMPOSE = Path(compose.__file__).with_name("docker-compose")
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
LOCAL = {"personalize", "s3", "mail"}


def run(env_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DOCKER_COMPOSE, "--project-directory", REPOSITORY, "--env-file", env_file, *arguments],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.write_text("\n".join(dotenv.lines()))
    return file


@pytest.fixture
def model(env_file: Path) -> dict[str, Any]:
    config = run(env_file, "config", "--format", "json")
    assert config.returncode == 0, config.stderr
    return json.loads(config.stdout)


def test_compose_accepts_it_with_exactly_these_services(model: dict[str, Any]) -> None:
    assert set(model["services"]) == AIRFLOW | LOCAL | {"postgres", "migrate"}


def test_without_the_local_profile_nothing_local_runs_and_no_endpoint_is_set(env_file: Path) -> None:
    text = env_file.read_text()
    env_file.write_text(text[: text.index("# On AWS")])

    model = json.loads(run(env_file, "config", "--format", "json").stdout)

    assert set(model["services"]) == AIRFLOW | {"postgres", "migrate"}
    environment = model["services"]["scheduler"]["environment"]
    assert {value for name, value in environment.items() if name.startswith("AWS_ENDPOINT")} == {""}


@pytest.mark.parametrize("secret", [line.partition("=")[0] for line in dotenv.lines()[:6]])
def test_no_secret_has_a_default(env_file: Path, secret: str) -> None:
    text = env_file.read_text()
    env_file.write_text(re.sub(rf"^{secret}=.*\n", "", text, flags=re.M))

    config = run(env_file, "config", "-q")

    assert config.returncode != 0
    assert secret in config.stderr


def test_secrets_differ_every_time() -> None:
    first, second = (dotenv.lines()[:5] for _ in range(2))

    assert not set(first) & set(second)


def test_airflow_waits_for_its_tables_and_they_for_a_healthy_database(model: dict[str, Any]) -> None:
    for name in AIRFLOW:
        assert model["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert "test" in model["services"][name]["healthcheck"]
    assert model["services"]["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_pools_of_the_operators_are_made_with_the_tables(model: dict[str, Any]) -> None:
    migrate = model["services"]["migrate"]
    _, _, script = migrate["command"]

    (pools,) = re.findall(r"^airflow db migrate && airflow pools import (\S+)$", script)

    assert pools.startswith("/opt/airflow/plugins/")
    assert (REPOSITORY / pools.removeprefix("/opt/airflow/")).exists()
    assert "/opt/airflow/plugins" in {volume["target"] for volume in migrate["volumes"]}


def test_all_of_airflow_shares_secrets_code_and_endpoints(model: dict[str, Any]) -> None:
    services = [model["services"][name] for name in AIRFLOW]
    shared = ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL")

    for name in shared:
        assert len({service["environment"][name] for service in services}) == 1
    for service in services:
        mounts = {volume["target"] for volume in service["volumes"]}
        assert {"/opt/airflow/dags", "/opt/airflow/plugins", "/opt/airflow/include"} <= mounts
        assert service["environment"]["PYTHONPATH"] == "/opt/airflow"
        assert service["environment"]["AWS_ENDPOINT_URL_PERSONALIZE"] == "http://personalize:8000"


def test_only_loopback_is_published(model: dict[str, Any]) -> None:
    ports = [port for service in model["services"].values() for port in service.get("ports", [])]

    assert [port["host_ip"] for port in ports] == ["127.0.0.1"]


def test_the_local_s3_makes_the_buckets_of_the_group_that_ships(model: dict[str, Any]) -> None:
    (group,) = load()
    wanted = {uri.removeprefix("s3://").split("/")[0] for uri in group.storage.model_dump().values()}

    (made,) = [word for word in model["services"]["s3"]["command"] if word.startswith("-bucket=")]

    assert set(made.removeprefix("-bucket=").split(",")) == wanted


def test_the_images_python_packages_are_the_pins() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    (version,) = re.findall(r"^FROM apache/airflow:([\d.]+)-python3\.\d+$", dockerfile, flags=re.M)

    assert f"apache-airflow=={version}\n" in (REPOSITORY / "requirements.txt").read_text()
