"""The process: its command line, its lock, its restarts, and what kill -9 leaves."""

import json
import re
import signal
import socket
import subprocess
import sys

import pytest

from include.local_personalize.protocol.fault_settings import OF_OPERATIONS, OF_RESOURCES, read
from include.local_personalize.protocol.faults import REASONS
from include.local_personalize.state.lifecycle import Delays
from include.local_personalize.state.quotas import QUOTAS, limits
from tests.include.local_personalize.shop import checkerboard
from tests.waiting import until


def run(environment, *options):
    command = [sys.executable, "-m", "include.local_personalize", *map(str, options)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_help_is_enough_to_use_it_alone(environment):
    text = run(environment, "--help").stdout
    options = ("data-dir", "host", "port", "port-file", "account", "region", "clock-offset-days", "delays", "quotas")
    for option in (*options, "faults", "check-answers", "workers"):
        assert f"--{option}" in text
    for path in ("health", "calls", "clock", "delays", "quotas", "faults"):
        assert f"/_local/{path}" in text
    for variable in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS", "STS", "S3"):
        assert f"AWS_ENDPOINT_URL_{variable}" in text
    words = " ".join(text.split())
    for name in [*OF_OPERATIONS, *OF_RESOURCES, *REASONS]:
        assert name in words
    for kind, quota in QUOTAS.items():
        assert f"{kind} {quota.limit}" in words


def test_every_json_example_of_the_help_is_accepted(environment):
    text = run(environment, "--help").stdout
    examples = re.findall(r"PUT /_local/(quotas|delays)\s+(\{.*\})[:\s]", text)
    assert [path for path, _ in examples] == ["delays", "quotas"]
    Delays.of(json.loads(examples[0][1]))
    limits(json.loads(examples[1][1]))
    rules = re.search(r"/_local/faults\s+(\[.*?\])\s*\n\n", text, re.DOTALL)[1]
    assert len(read(json.loads(rules)).shown()) == 2


def test_a_taken_port_a_bad_folder_and_a_locked_one_are_one_sentence_each(environment, server, tmp_path):
    (tmp_path / "file").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        failures = {
            "--port 0": run(environment, "--data-dir", tmp_path / "new", "--port", taken.getsockname()[1]),
            "may write to": run(environment, "--data-dir", tmp_path / "file", "--port", 0),
            f"process {server.process.pid}": run(environment, "--data-dir", server.data, "--port", 0),
            "not a port": run(environment, "--data-dir", tmp_path / "new", "--port", "eighty"),
            "pending_seconds": run(environment, "--data-dir", tmp_path / "new", "--delays", '{"pending": 1}'),
        }
    for remedy, result in failures.items():
        assert result.returncode != 0
        assert remedy in result.stderr
        assert "Traceback" not in result.stderr


def test_everything_survives_a_restart(own_server, shop_of):
    server = own_server()
    shop = shop_of(server)
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    version = shop.version(shop.solution(group))
    campaign = shop.campaign(version)
    server.http("PUT", "/_local/clock", json={"offset_days": 3})

    def picture():
        recommend = server.client("personalize-runtime").get_recommendations
        items = recommend(campaignArn=campaign, userId="u1")["itemList"]
        metrics = shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]
        return (
            items,
            metrics,
            shop.describe("campaign", campaign),
            server.http("GET", "/_local/clock").json()["offset_days"],
        )

    before = picture()
    assert server.end() == 0
    server.start()
    assert picture() == before
    server.end(kill=True)
    server.start()
    assert picture() == before


@pytest.mark.parametrize("kill", [True, False])
def test_a_training_cut_short_is_done_again(own_server, shop_of, kill):
    """Killed in mid-training and started again, the version ends one way or the other, never pending for ever."""
    server = own_server()
    shop = shop_of(server)
    group = shop.group()
    dataset = shop.dataset(group, "Interactions")
    shop.import_lines(dataset, checkerboard())
    version = shop.start_version(shop.solution(group))
    until(lambda: shop.describe("solution_version", version)["status"] == "CREATE IN_PROGRESS", "training has begun")
    job = shop.start_import(dataset, shop.put(f"{shop.name('again')}/data.csv", checkerboard()))
    server.end(kill=kill)
    server.start()
    assert shop.settled("solution_version", version)["status"] == "ACTIVE"
    assert shop.settled("dataset_import_job", job)["status"] == "ACTIVE"
    assert shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]


def test_work_that_ends_the_service_thrice_is_given_up(own_server, shop_of):
    server = own_server()
    shop = shop_of(server)
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    version = shop.start_version(shop.solution(group))
    for _ in range(3):
        until(
            lambda: shop.describe("solution_version", version)["status"] == "CREATE IN_PROGRESS", "training has begun"
        )
        server.end(kill=True)
        server.start()
    described = shop.settled("solution_version", version)
    assert described["status"] == "CREATE FAILED"
    assert "3 times" in described["failureReason"]


def test_a_killed_worker_fails_its_job_and_the_next_one_works(own_server, shop_of):
    server = own_server()
    shop = shop_of(server)
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    solution = shop.solution(group)
    version = shop.start_version(solution)
    until(lambda: shop.describe("solution_version", version)["status"] == "CREATE IN_PROGRESS", "training has begun")
    for child in server.children():
        child.send_signal(signal.SIGKILL)
    described = shop.settled("solution_version", version)
    assert described["status"] == "CREATE FAILED"
    assert "killed" in described["failureReason"]
    assert shop.version(solution)
