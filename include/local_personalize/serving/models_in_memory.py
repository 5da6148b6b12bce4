"""The models that campaigns serve, loaded once and kept while they are in use."""

import threading
from collections import OrderedDict
from pathlib import Path

from include.local_personalize import engine
from include.local_personalize.state.resources import Resource

KEPT = 8


class Models:
    """The most recently used models, by folder; safe to ask from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, engine.Model] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}

    def of(self, owner: Resource) -> engine.Model:
        """The model of an ACTIVE version or recommender; the first call loads it, in seconds for a large one."""
        name = owner.notes["model"]
        model = self._recall(name)
        if model is not None:
            return model
        with self._lock:
            loading = self._loading.setdefault(name, threading.Lock())
        with loading:
            model = self._recall(name)
            if model is None:
                model = engine.load(self._folder / name)
                self._keep(name, model)
        return model

    def _recall(self, name: str) -> engine.Model | None:
        with self._lock:
            model = self._loaded.get(name)
            if model is not None:
                self._loaded.move_to_end(name)
            return model

    def _keep(self, name: str, model: engine.Model) -> None:
        with self._lock:
            self._loaded[name] = model
            self._loading.pop(name, None)
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
