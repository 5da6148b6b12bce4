import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from include.demo.failure import DemoError
from include.demo.processes import REPOSITORY, Processes

# A shell that leaves a process behind which has detached itself: its own session, its parent gone.
DETACH = ["sh", "-c", "setsid sleep 300 & echo $! > $PID_FILE; wait"]
# Signals are as a terminal leaves them: a suite started in the background hands ignored ones down to its children.
KEEP_TWO = """
import os, signal, sys, time
from pathlib import Path
from include.demo.processes import Processes
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
with Processes(Path(sys.argv[1])) as processes:
    for name in ("one", "two"):
        pid = processes.start(name, ["sh", "-c", "sleep 300 & sleep 300"], dict(os.environ))
        print(pid, flush=True)
    time.sleep(300)
"""


@pytest.fixture
def processes(tmp_path):
    with Processes(tmp_path) as processes:
        yield processes


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def gone(pids, seconds=15):
    deadline = time.monotonic() + seconds
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(psutil.pid_exists(pid) for pid in pids)


def wait_for_text(file: Path) -> str:
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return file.read_text().strip()


def test_a_process_that_detached_itself_ends_with_the_context(tmp_path):
    with Processes(tmp_path) as processes:
        started = processes.start("shell", DETACH, environment(PID_FILE=str(tmp_path / "pid")))
        detached = int(wait_for_text(tmp_path / "pid"))
        os.kill(started, signal.SIGKILL)
        assert psutil.pid_exists(detached)
        scratch = processes.scratch
    assert gone([started, detached], seconds=0)
    assert not scratch.exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_however_the_parent_ends(tmp_path, how):
    parent = subprocess.Popen(
        [sys.executable, "-c", KEEP_TWO, str(tmp_path)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    below = [child.pid for child in psutil.Process(parent.pid).children(recursive=True)]
    assert set(pids) < set(below)
    parent.send_signal(how)
    parent.wait(timeout=20)
    parent.stdout.close()
    assert gone(below)


def test_a_process_that_ends_while_it_is_waited_for_is_told_with_its_last_words(processes):
    processes.start("loser", ["sh", "-c", "echo no room on device >&2; exit 3"], environment())
    with pytest.raises(DemoError, match=r"loser ended with status 3; see .*loser\.log: no room on device"):
        processes.wait_for("loser", lambda: False, seconds=10)


def test_a_process_that_never_answers_is_told(processes):
    processes.start("mute", ["sleep", "300"], environment())
    with pytest.raises(DemoError, match="mute did not answer within 0 seconds"):
        processes.wait_for("mute", lambda: False, seconds=0.2)


def test_a_program_that_is_missing_is_told(processes):
    with pytest.raises(DemoError, match=r"ghost: .*No such file"):
        processes.start("ghost", ["/no/such/program"], environment())


def test_a_killed_process_can_be_started_again_under_its_name(processes):
    first = processes.start("service", ["sleep", "300"], environment())
    processes.kill("service")
    assert processes.exit_status("service") == -signal.SIGKILL
    second = processes.start("service", ["sleep", "300"], environment())
    assert gone([first], seconds=0)
    assert psutil.pid_exists(second)
    processes.require("service")
