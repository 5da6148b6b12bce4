"""What batch inference answered: lines in any order, each joined to its question by `input`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from include.s3 import Place, open_text, under


class BatchOutputError(Exception):
    """The output of a batch inference job cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Answer:
    """One line: a user's recommended items, best first, or the error Personalize gave instead."""

    user_id: str
    items: list[str]
    error: str | None


def answers(s3: Any, folder: Place) -> Iterator[Answer]:
    """Stream the answers of every .out file below a folder; Personalize's _CHECK object is not one.

    Raises BatchOutputError if there is no file, or a line is not an answer.
    """
    files = under(s3, folder, ".out")
    if not files:
        raise BatchOutputError(f"{folder}: no .out file here. Look at the batch inference job's failureReason.")
    for found in files:
        for number, line in enumerate(open_text(s3, found.place), start=1):
            if line.strip():
                yield _answer(line, found.place, number)


def _answer(line: str, place: Place, number: int) -> Answer:
    try:
        record = json.loads(line)
        user_id = record["input"]["userId"]
        output = record.get("output") or {}
        items = [str(item) for item in output.get("recommendedItems", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BatchOutputError(f"{place}, line {number}: not an answer for a user ({error!r}): {line[:200]}") from error
    return Answer(str(user_id), items, record.get("error"))
