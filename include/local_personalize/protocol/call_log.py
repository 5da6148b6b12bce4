"""What the service was asked since it started: how often each operation, and the last calls that change something."""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

KEPT = 1_000


class CallLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._mutating: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def count(self, operation: str) -> None:
        with self._lock:
            self._counts[operation] += 1

    def mutated(
        self, operation: str, now: float, request: Mapping[str, Any], answer: Mapping[str, Any], status: str
    ) -> None:
        """Note a mutating call; status is OK or the error's code."""
        arns = [value for name, value in (*answer.items(), *request.items()) if name.lower().endswith("arn")]
        entry = {"at": now, "operation": operation, "status": status, "arn": _shown(next(iter(arns), None))}
        with self._lock:
            self._mutating.append(entry | {"name": _shown(request.get("name", request.get("jobName")))})

    def shown(self) -> dict[str, Any]:
        with self._lock:
            return {"counts": dict(sorted(self._counts.items())), "mutating": list(self._mutating)}


def _shown(text: Any) -> Any:
    """A refused request may hold half a character, which no JSON answer can carry."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else None
