"""The models that campaigns serve, loaded once and kept while they are in use."""

import threading
from collections import OrderedDict
from pathlib import Path

from include.local_personalize import engine
from include.local_personalize.resources import Resource

KEPT = 8


class Models:
    """The most recently used models, by version; safe to ask from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, engine.Model] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}

    def of(self, version: Resource) -> engine.Model:
        """The model of an ACTIVE solution version; the first call loads it, in seconds for a large one."""
        model = self._recall(version.arn)
        if model is not None:
            return model
        with self._lock:
            loading = self._loading.setdefault(version.arn, threading.Lock())
        with loading:
            model = self._recall(version.arn)
            if model is None:
                model = engine.load(self._folder / version.notes["model"])
                self._keep(version.arn, model)
        return model

    def _recall(self, arn: str) -> engine.Model | None:
        with self._lock:
            model = self._loaded.get(arn)
            if model is not None:
                self._loaded.move_to_end(arn)
            return model

    def _keep(self, arn: str, model: engine.Model) -> None:
        with self._lock:
            self._loaded[arn] = model
            self._loading.pop(arn, None)
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
