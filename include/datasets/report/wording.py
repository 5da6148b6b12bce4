"""Counts, ages and rows as people read them."""

from collections.abc import Sequence
from datetime import timedelta


def count(number: int, noun: str) -> str:
    """1 file, 1,670 items; the noun is given in the plural."""
    return f"{number:,} {noun.removesuffix('s') if number == 1 else noun}"


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def span(time: timedelta) -> str:
    """A length of time in the unit that says enough: 40 minutes, 5 hours, 12 days."""
    minutes = time.total_seconds() / 60
    if minutes < 120:
        return count(round(minutes), "minutes")
    return f"{minutes / 60:,.0f} hours" if minutes < 60 * 72 else f"{minutes / 60 / 24:,.0f} days"


def printable(text: str) -> str:
    r"""Text that stays on its line and shows what no screen shows: a tab is \t, an escape character \x1b."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
