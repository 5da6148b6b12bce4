"""The processes of a stack, started by a keeper that outlives whoever asked and cleans up after them."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from include.demo.failure import DemoError, last_words

REPOSITORY = Path(__file__).parents[2]


class Processes:
    """A context: processes started inside it, and whatever they started, are gone after it."""

    def __init__(self, logs: Path, inherit: Sequence[int] = ()) -> None:
        """`inherit` are file descriptors, such as a lock's, that stay open until the last process has ended."""
        self.logs = logs
        self.scratch = Path(tempfile.mkdtemp(prefix="personalize-"))
        self._one_at_a_time = threading.Lock()
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "include.demo.keeper", str(self.scratch)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            pass_fds=inherit,
            text=True,
        )

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], last: bool = False) -> int:
        """Start a process from the repository's root with its output in <logs>/<name>.log, and return its id."""
        pid: int = self._ask(
            do="start",
            name=name,
            command=list(command),
            environment=dict(environment),
            folder=str(REPOSITORY),
            log=str(self.log(name)),
            last=last,
        )
        return pid

    @property
    def keeper_id(self) -> int:
        """The process that all others are below."""
        return self._keeper.pid

    def log(self, name: str) -> Path:
        """Where the process writes."""
        return self.logs / f"{name}.log"

    def exit_status(self, name: str) -> int | None:
        """Its exit status, None while it runs."""
        status: int | None = self._ask(do="status", name=name)
        return status

    def kill(self, name: str) -> None:
        """End a process and all below it at once, as kill -9 does."""
        self._ask(do="kill", name=name)

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready` says so.

        Raises DemoError if the process ends before, or the seconds pass.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.require(name)
            if time.monotonic() > deadline:
                raise DemoError(f"{name} did not answer within {seconds:.0f} seconds; "
                                f"see {self.log(name)}: {last_words(self.log(name))}")  # fmt: skip
            time.sleep(0.1)

    def require(self, name: str) -> None:
        """Raises DemoError if the process has ended."""
        if (status := self.exit_status(name)) is not None:
            raise DemoError(f"{name} ended with status {status}; see {self.log(name)}: {last_words(self.log(name))}")

    def wait_for_end(self, name: str, seconds: float) -> None:
        """Wait until the process has ended well.

        Raises DemoError if it ends badly, or the seconds pass.
        """
        deadline = time.monotonic() + seconds
        while (status := self.exit_status(name)) is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if status != 0:
            how = f"ended with status {status}" if status is not None else f"did not end within {seconds:.0f} seconds"
            raise DemoError(f"{name} {how}; see {self.log(name)}: {last_words(self.log(name))}")

    def _ask(self, **request: Any) -> Any:
        assert self._keeper.stdin
        assert self._keeper.stdout
        with self._one_at_a_time:
            try:
                self._keeper.stdin.write(json.dumps(request) + "\n")
                self._keeper.stdin.flush()
                answer = json.loads(self._keeper.stdout.readline())
            except (BrokenPipeError, json.JSONDecodeError) as error:
                raise DemoError("The process that keeps the others was killed: start the demo again.") from error
        if "error" in answer:
            raise DemoError(f"{request['name']}: {answer['error']}.")
        return answer["result"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._keeper.stdin
        assert self._keeper.stdout
        self._keeper.stdin.close()
        self._keeper.wait()
        self._keeper.stdout.close()
