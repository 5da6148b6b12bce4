"""Processes that do the heavy work, so that the service itself always answers at once."""

import importlib
import multiprocessing
import os
import signal
import threading
import traceback
from multiprocessing.connection import Connection, wait
from typing import Any

from include.local_personalize.errors import WorkFailed

WORK_PACKAGE = "include.local_personalize.work"
TAKEN = "taken"
SPAWN = multiprocessing.get_context("spawn")  # fork would copy the service's threads and SQLite connections


class DeadWorkerError(Exception):
    """The process ended before its work was done: killed from outside, or out of memory."""


class Worker:
    """One process that does one piece of work at a time and is started again when it has died."""

    def __init__(self) -> None:
        self._process: Any = None
        self._connection: Connection | None = None

    def run(self, work: str, task: dict[str, Any]) -> dict[str, Any]:
        """Do `run(task)` of the module work/<work>.py in the process; raises WorkFailed or DeadWorkerError."""
        idle = self._process is not None
        if not self._takes(work, task) and not (idle and self._takes(work, task)):
            raise DeadWorkerError  # one that was killed while it was idle costs no job
        try:
            done, result = self._received()
        except (EOFError, OSError):
            self._process.join()  # its pipe closes a moment before it counts as dead, and it must not be sent more work
            raise DeadWorkerError from None
        if not done:
            raise WorkFailed(result)
        return dict(result)

    def _takes(self, work: str, task: dict[str, Any]) -> bool:
        """Whether a living process has taken the work."""
        try:
            self._alive().send((work, task))
            return bool(self._received() == TAKEN)
        except (EOFError, OSError):
            self._process.join()
            return False

    def _received(self) -> Any:
        if self._connection is None:
            raise EOFError
        wait([self._connection, self._process.sentinel])
        return self._connection.recv()

    def kill(self) -> None:
        """End the process, in the middle of its work if need be."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def _alive(self) -> Connection:
        if self._connection is None or not self._process.is_alive():
            self._connection, theirs = SPAWN.Pipe()
            self._process = SPAWN.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._connection


def _serve(connection: Connection) -> None:
    """The life of a worker process: it ends with the service, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the service decides
    os.nice(5)
    # A library's lock made the spawn way has a name that outlives a killed worker, and Python warns of it at the end.
    multiprocessing.set_start_method("fork", force=True)
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    while True:
        work, task = connection.recv()
        connection.send(TAKEN)
        connection.send(_outcome(work, task))


def _end_with_the_service() -> None:
    service = multiprocessing.parent_process()
    if service is not None:
        service.join()
    os._exit(1)


def _outcome(work: str, task: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return True, importlib.import_module(f"{WORK_PACKAGE}.{work}").run(task)
    except WorkFailed as failure:
        return False, str(failure)
    except Exception as error:
        traceback.print_exc()
        return False, f"The local Personalize failed: {type(error).__name__}: {error}"
