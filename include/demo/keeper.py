"""A process that starts the others of a stack and ends every one of them when its own parent is gone.

It reads one JSON request a line and answers each with one JSON line. The end of its input, however it came about
(normal exit, error, Ctrl-C or kill -9 of the parent), is the order to end all processes below it.
On Linux it is the "subreaper" of its descendants: a process that detaches itself from its parent stays below it.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

GRACE_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36


class Keeper:
    """The processes of one stack, by name."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._last: set[str] = set()

    def start(
        self, *, name: str, command: list[str], environment: dict[str, str], folder: str, log: str, last: bool
    ) -> int:
        """Start a process in a session of its own, its output appended to the log; `last` ones outlive the others."""
        with Path(log).open("ab") as output:
            self._processes[name] = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        if last:
            self._last.add(name)
        return self._processes[name].pid

    def status(self, name: str) -> int | None:
        """Its exit status, None while it runs."""
        return self._processes[name].poll()

    def kill(self, name: str) -> None:
        """End a process and all below it with SIGKILL, and wait until they are gone."""
        process = self._processes[name]
        below = _tree(process.pid)[1:]
        process.kill()
        process.wait()
        _kill(below)

    def end(self) -> None:
        """End everything: the ordinary processes first, then the last ones, each politely and then by force."""
        ordinary = [process for name, process in self._processes.items() if name not in self._last]
        last = [process for name, process in self._processes.items() if name in self._last]
        _ask(ordinary, signal.SIGTERM)
        spared = {below.pid for process in last for below in _tree(process.pid)}
        _kill([process for process in psutil.Process().children(recursive=True) if process.pid not in spared])
        _ask(last, signal.SIGQUIT)
        _kill(psutil.Process().children(recursive=True))


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    return []


def _ask(processes: list[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(number)
    psutil.wait_procs([tree[0] for process in processes if (tree := _tree(process.pid))], timeout=GRACE_SECONDS)


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=GRACE_SECONDS)


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _answer(keeper: Keeper, request: dict[str, Any]) -> Any:
    return getattr(keeper, request.pop("do"))(**request)


def main(scratch: Path) -> None:
    """Serve requests until the input ends; then end all processes and remove the scratch folder."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        # A handler, since an ignored signal would stay ignored in every process started from here.
        signal.signal(number, lambda *_: None)
    _adopt_orphans()
    keeper = Keeper()
    try:
        for line in sys.stdin:
            try:
                answer = {"result": _answer(keeper, json.loads(line))}
            except (OSError, psutil.Error) as error:
                answer = {"error": str(error)}
            with suppress(BrokenPipeError):
                print(json.dumps(answer), flush=True)
    finally:
        keeper.end()
        shutil.rmtree(scratch, ignore_errors=True)
        # The answer pipe may be gone: leave without flushing it.
        os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
