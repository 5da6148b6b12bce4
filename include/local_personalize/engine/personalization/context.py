"""Context of a request: what its device, place or hour changes about the chances of each item.

For each column of interactions that describes their circumstances, the lift of item i under value v is

    log of  (events(i, v) + STRENGTH * share(i)) / (events(v) + STRENGTH)  divided by  share(i)

where share(i) is the item's part of all events: 0 where the value says nothing. How much of it is added to an item's
logit, 0 to 1, and the strength of the prior are those under which the events themselves are most likely, each left out
of its own count: a column that says nothing ends with 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from include.local_personalize.engine.histories import Floats, Int32s, Int64s

STRENGTHS = (10.0, 100.0, 1000.0)
PARTS_ADDED = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_VALUES = 1000


@dataclass(frozen=True)
class ContextColumn:
    """Lifts of one column, values x items as a sparse matrix, for the pairs that occurred; ``others`` has the lift of
    the items that never occurred under each value.
    """

    values: Sequence[str]
    lifts: csr_matrix
    others: Floats

    def of(self, value: str) -> Floats | None:
        """What to add to the logit of each item; None for a value that training did not see."""
        if value not in self.values:
            return None
        row = self.values.index(value)
        added = np.full(self.lifts.shape[1], self.others[row])
        start, end = self.lifts.indptr[row : row + 2]
        added[self.lifts.indices[start:end]] = self.lifts.data[start:end]
        return added


@dataclass(frozen=True)
class Context:
    """The columns that a request may give, by name; those that say nothing are left out."""

    columns: Mapping[str, ContextColumn]

    def added(self, given: Mapping[str, str]) -> Floats | None:
        """What a request's context adds to the logit of each item; None where it says nothing."""
        lifts = [self.columns[name].of(value) for name, value in given.items() if name in self.columns]
        known = [each for each in lifts if each is not None]
        return np.sum(known, axis=0) if known else None


def fit_column(values: Sequence[str], codes: Int32s, items: Int32s, item_count: int) -> ContextColumn | None:
    """Lifts from every event's value (a position in ``values``) and item; None where they would not help."""
    # Only frequent values: a value of every event's own, such as a session's number, is no circumstance.
    frequent = np.argsort(-np.bincount(codes, minlength=len(values)), kind="stable")[:MOST_VALUES]
    kept = np.flatnonzero(np.isin(codes, frequent))
    counts = coo_matrix((np.ones(len(kept)), (codes[kept], items[kept])), (len(values), item_count)).tocsr()
    shares = np.bincount(items, minlength=item_count) / max(1, len(items))
    part, strength = max(
        product(PARTS_ADDED, STRENGTHS), key=lambda choice: _likelihood(counts, shares, choice[0], choice[1])
    )
    if part == 0.0:
        return None
    lifts, others = _lifts(counts, shares, strength, left_out=0.0)
    lifts.data *= part
    return ContextColumn(list(values), lifts, others * part)


def _lifts(counts: csr_matrix, shares: Floats, strength: float, left_out: float) -> tuple[csr_matrix, Floats]:
    """Lifts of the pairs that occurred, and of the others, with ``left_out`` events of each pair not counted."""
    totals = np.asarray(counts.sum(axis=1)).ravel()
    expected = shares[counts.indices]
    of_value = np.repeat(totals, np.diff(counts.indptr))
    chances = (counts.data - left_out + strength * expected) / (of_value - left_out + strength)
    lifts = csr_matrix((np.log(chances / expected), counts.indices, counts.indptr), counts.shape)
    return lifts, np.log(strength / (totals + strength))


def _likelihood(counts: csr_matrix, shares: Floats, part: float, strength: float) -> float:
    """Of every event under its value, relative to its item's share; each event is left out of its own count."""
    lifts, others = _lifts(counts, shares, strength, left_out=0.0)
    own, _ = _lifts(counts, shares, strength, left_out=1.0)
    occurred = csr_matrix((shares[counts.indices], counts.indices, counts.indptr), counts.shape)
    scaled = csr_matrix((occurred.data * np.exp(part * lifts.data), counts.indices, counts.indptr), counts.shape)
    unseen = 1.0 - np.asarray(occurred.sum(axis=1)).ravel()
    totals = np.asarray(scaled.sum(axis=1)).ravel() + np.maximum(0.0, unseen) * np.exp(part * others)
    events: Int64s = np.asarray(counts.sum(axis=1)).ravel()
    return float(part * (counts.data @ own.data) - events @ np.log(np.maximum(totals, np.finfo(float).tiny)))


def saved(context: Context) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and arrays that ``restored`` takes."""
    header = {name: list(column.values) for name, column in context.columns.items()}
    arrays: dict[str, Any] = {}
    for at, column in enumerate(context.columns.values()):
        arrays |= {f"context_{at}_{name}": array for name, array in _arrays(column)}
    return header, arrays


def _arrays(column: ContextColumn) -> Iterator[tuple[str, Any]]:
    yield "lifts", column.lifts.data
    yield "items", column.lifts.indices
    yield "starts", column.lifts.indptr
    yield "others", column.others


def restored(header: Mapping[str, Sequence[str]], arrays: Mapping[str, Any], item_count: int) -> Context:
    """What ``saved`` gave."""
    columns = {}
    for at, (name, values) in enumerate(header.items()):
        lifts, items, starts, others = (
            arrays[f"context_{at}_{each}"] for each in ("lifts", "items", "starts", "others")
        )
        columns[name] = ContextColumn(
            list(values), csr_matrix((lifts, items, starts), (len(values), item_count)), others
        )
    return Context(columns)
