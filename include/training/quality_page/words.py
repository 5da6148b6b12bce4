"""Metrics, times and amounts in the words of people who look at the page."""

import math
import re
from datetime import UTC, datetime
from typing import NamedTuple

from include.config.requests import METRICS

SHORT = (("normalized_discounted_cumulative_gain", "NDCG"), ("mean_reciprocal_rank", "MRR"), ("_at_", "@"), ("_", " "))
NAMES = re.compile("|".join(sorted(METRICS, key=len, reverse=True)))


class Unit(NamedTuple):
    """A unit of time, and how many hours it is."""

    name: str
    sign: str
    hours: float


UNITS = (Unit("hours", "h", 1), Unit("minutes", "min", 1 / 60), Unit("seconds", "s", 1 / 3600))


def short(metric: str) -> str:
    """A metric as the field writes it: NDCG@25."""
    for long, said in SHORT:
        metric = metric.replace(long, said)
    return metric


def shortened(sentence: str) -> str:
    """A sentence with each metric of the API as the field writes it."""
    return NAMES.sub(lambda found: short(found[0]), sentence)


def date(at: datetime) -> str:
    """A day, UTC: 4 Oct 2026."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def moment(at: datetime) -> str:
    """A minute, UTC: 4 Oct 2026, 13:33 UTC."""
    return f"{date(at)}, {at.astimezone(UTC):%H:%M} UTC"


def unit(hours: float) -> Unit:
    """The unit in which so many hours are easily read."""
    return next((each for each in UNITS if hours >= each.hours), UNITS[-1])


def duration(hours: float) -> str:
    """So many hours, to three digits: 2.14 h, 18.0 s."""
    amount = hours / unit(hours).hours
    decimals = 2 if amount < 10 else 1 if amount < 100 else 0
    return f"{amount:,.{decimals}f} {unit(hours).sign}"


def money(amount: float | None, currency: str = "") -> str:
    """An amount to the cent, and a smaller one to two digits: 0.51 USD, 0.0012 USD; nothing for None."""
    if amount is None:
        return ""
    decimals = max(2, 1 - math.floor(math.log10(amount))) if amount else 2
    return f"{amount:,.{decimals}f} {currency}".rstrip()
