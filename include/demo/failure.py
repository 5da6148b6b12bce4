"""What goes wrong on a laptop, said in one sentence."""

from pathlib import Path


class DemoError(Exception):
    """Something the user can put right; the message is one sentence and its remedy."""


def last_words(log: Path, lines: int = 3) -> str:
    """The last lines of a log, on one line, for use inside a sentence."""
    if not log.exists():
        return "it wrote no log"
    text = log.read_text(encoding="utf-8", errors="replace")
    said = [line.strip() for line in text.splitlines() if line.strip()][-lines:]
    return " | ".join(said)[-400:] or "it said nothing"
