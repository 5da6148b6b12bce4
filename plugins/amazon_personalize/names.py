"""Names that follow from a DAG run: the same at every attempt of the run, another for every other run."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

Description = dict[str, Any]
PREFIX = 35  # the longest


def run_key(dag_run: Any) -> str:
    """Spell a run in 24 characters that sort by time: 20261122T030000-1a2b3c4d."""
    digest = hashlib.sha256(f"{dag_run.dag_id} {dag_run.run_id}".encode()).hexdigest()[:8]
    return f"{dag_run.run_after:%Y%m%dT%H%M%S}-{digest}"


def run_name(prefix: str, key: str) -> str:
    """Name what a run creates, by the run's key; at most 60 of the 63 characters Personalize allows.

    The three that are left are for the number of a second attempt. A prefix that is too long is cut and ends in a
    digest of the whole, since what follows the cut may be all that tells two of them apart.
    """
    if len(prefix) > PREFIX:
        prefix = f"{prefix[: PREFIX - 9]}-{hashlib.sha256(prefix.encode()).hexdigest()[:8]}"
    return f"{prefix}-{key}"


def attempts(name: str, described: Callable[[str], Description | None]) -> Iterator[tuple[str, Description | None]]:
    """Each attempt of a run and what is there under its name, first to last; the last name is free.

    A second attempt, made because the first failed at Personalize, has a number behind its name.
    """
    for number in itertools.count(1):
        attempt = name if number == 1 else f"{name}-{number}"
        found = described(attempt)
        yield attempt, found
        if found is None:
            return
