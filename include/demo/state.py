"""The folder a stack lives in: one stack at a time, and nothing left from the one before."""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from include.demo.failure import DemoError


class State:
    """A context that owns a folder, emptied at its start and left for reading at its end."""

    def __init__(self, folder: Path) -> None:
        """Raises DemoError if another run owns the folder."""
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            owner = self._lock.read().strip()
            self._lock.close()
            raise DemoError(f"Another run (process {owner}) uses {self.folder}: end it first, "
                            "or use a second clone.") from None  # fmt: skip
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()
        for entry in self.folder.iterdir():
            if entry.name != "lock":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def subfolder(self, name: str) -> Path:
        """A folder inside, made when missing."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        return place

    def fileno(self) -> int:
        """The lock's file descriptor: the folder stays owned until all who inherited it have ended."""
        return self._lock.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()
