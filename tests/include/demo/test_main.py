"""The command line's errors: one clear sentence, status 1, no traceback."""

import socket
import subprocess
import sys

import pytest

from include.demo.ports import HOST
from include.demo.processes import REPOSITORY
from include.demo.state import State


def run(*arguments):
    command = [sys.executable, "-m", "include.demo", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=50, check=False)


def told(done):
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("what", ["story", "ui"])
def test_data_that_is_missing(tmp_path, what):
    done = run(what, "--state", tmp_path / "state", "--data", tmp_path / "nowhere")
    assert "nowhere is no folder: give one that holds interactions.csv" in told(done)


def test_a_second_run_in_the_same_clone(tmp_path):
    with State(tmp_path):
        assert "end it first, or use a second clone" in told(run("story", "--state", tmp_path))


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        done = run("ui", "--state", tmp_path, "--port", port)
    assert f"Port {port} on {HOST} is taken by another program: choose another PORT" in told(done)
