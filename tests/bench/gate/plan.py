"""Which FULL versions are trained: healthy nights, sabotaged ones beside them, and slow declines."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.bench.gate.shops import NIGHTS

CHAINS = 14  # of 16 nights, of which all but the first have a champion: 210 healthy versions are judged
DEALT = 13  # chains that the sabotaged ones are dealt out to
FIRST_SABOTAGED = 8  # the night from which on a version may go wrong, so that there is a history to learn from
REPEATS = 6

SIZES = {
    "shop": {
        "shuffled ids": (0.05, 0.1, 0.2, 0.35, 0.6),
        "dropped event type": (0.1, 0.3, 0.4, 0.6, 0.7),
        "stale data": (1, 2, 4, 8, 16),
        "bot flood": (0.05, 0.15, 0.4, 1, 2),
        "broken timestamps": (0.05, 0.2, 0.4, 0.7, 0.95),
        "half the catalogue": (0.05, 0.1, 0.2, 0.35, 0.5),
        "wrong hyperparameter": (0.15, 0.3, 0.45, 0.6, 0.8),
    },
    "movielens": {
        "shuffled ids": (0.02, 0.05, 0.1, 0.2, 0.35),
        "dropped event type": (0.1, 0.3, 0.4, 0.6, 0.7),
        "stale data": (2, 5, 10, 20, 40),
        "bot flood": (0.1, 0.2, 0.4, 1, 2),
        "broken timestamps": (0.02, 0.05, 0.1, 0.3, 0.7),
        "half the catalogue": (0.05, 0.1, 0.2, 0.35, 0.5),
        "wrong hyperparameter": (0.15, 0.3, 0.4, 0.5, 0.7),
    },
}
# Sizes of four successive weeks, chosen so that the true loss grows by about 3 % a week: 3, 5.9, 8.7 and 11.5 %.
DECLINES = {
    "shuffled ids": (0.055, 0.105, 0.145, 0.185),
    "half the catalogue": (0.045, 0.085, 0.125, 0.16),
    "wrong hyperparameter": (0.13, 0.24, 0.34, 0.42),
}
# Of sound data and a wrong hyperparameter, of which the metrics alone tell: as many sizes as a curve needs.
CURVES = {
    "shop": (0.04, 0.08, 0.12, 0.16, 0.2, 0.25, 0.35, 0.4),
    "movielens": (0.1, 0.2, 0.25, 0.35, 0.45, 0.55, 0.6, 0.65, 0.68, 0.72, 0.75, 0.78, 0.8, 0.82, 0.85, 0.87),
}
HEALTHY = "healthy"
MISSET = "wrong hyperparameter"


@dataclass(frozen=True)
class Retrain:
    """A FULL version to train. `decline` numbers the week of a slow decline from 0, None where there is none."""

    shop: str
    chain: int
    night: int
    kind: str = HEALTHY
    size: float = 0.0
    decline: int | None = None

    @property
    def key(self) -> str:
        """A name of its own."""
        what = self.kind if self.decline is None else f"decline by {self.kind}"
        return f"{self.shop}-{self.chain:02}-{self.night:02}-{what.replace(' ', '_')}-{self.size:g}"

    @property
    def seed(self) -> int:
        """From the name, as the service has it from the ARN of a version."""
        return int.from_bytes(hashlib.sha256(self.key.encode()).digest()[:4])


def retrains(shop: str, chain: int) -> Iterator[Retrain]:
    """The retrains of one chain: each healthy night first, then what goes wrong beside it."""
    for night in range(NIGHTS):
        yield Retrain(shop, chain, night)
    yield from (each for each in _sabotaged(shop) if each.chain == chain)
    for place, size in enumerate(CURVES[shop]):
        night = FIRST_SABOTAGED + (place + chain) % (NIGHTS - FIRST_SABOTAGED)
        yield Retrain(shop, chain, night, MISSET, size)
    if shop == "shop":
        yield from _declining(chain)


def _sabotaged(shop: str) -> list[Retrain]:
    """Every kind and size, repeated, dealt out to the chains and their later nights in an order drawn once."""
    repeats = dict.fromkeys(SIZES[shop], REPEATS)
    wrong = [(kind, size) for kind, sizes in SIZES[shop].items() for size in sizes for _ in range(repeats[kind])]
    nights = range(FIRST_SABOTAGED, NIGHTS)
    found = {}
    for place, number in enumerate(np.random.default_rng(11).permutation(len(wrong))):
        kind, size = wrong[number]
        for turn in range(DEALT * len(nights)):
            chain, night = (place + turn) % DEALT, nights[(place // DEALT + turn) % len(nights)]
            retrain = Retrain(shop, chain, night, kind, size)
            if retrain.key not in found:
                found[retrain.key] = retrain
                break
    return list(found.values())


def _declining(chain: int) -> Iterator[Retrain]:
    """One slow decline in each chain, from the night on from which versions may go wrong."""
    kind = list(DECLINES)[chain % len(DECLINES)]
    first = FIRST_SABOTAGED + chain % (NIGHTS - FIRST_SABOTAGED - len(DECLINES[kind]) + 1)
    for week, size in enumerate(DECLINES[kind]):
        yield Retrain("shop", chain, first + week, kind, size, week)
