"""Where the service keeps its state: one folder, owned by one process at a time."""

import fcntl
import os
import shutil
from collections.abc import Set
from pathlib import Path
from typing import IO


class DataFolder:
    """The folder of --data-dir.

    Raises OSError where it cannot be made, BlockingIOError (with the process id) where another process owns it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.database = self.root / "state.sqlite"
        self.datasets = self.root / "datasets"
        self.models = self.root / "models"
        self.scratch = self.root / "scratch"
        self.root.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        shutil.rmtree(self.scratch, ignore_errors=True)
        for folder in (self.datasets, self.models, self.scratch):
            folder.mkdir(exist_ok=True)

    def _take_lock(self) -> IO[str]:
        """The kernel drops this lock with the process, however it ends."""
        lock = (self.root / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            lock.close()
            raise BlockingIOError(owner) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def release(self) -> None:
        self._lock.close()

    def sweep(self, datasets: Set[str], models: Set[str]) -> None:
        """Remove every part and model but the named ones; only safe while no work is running."""
        for part in self.datasets.iterdir():
            if part.name not in datasets:
                part.unlink()
        for model in self.models.iterdir():
            if model.name not in models:
                shutil.rmtree(model)
