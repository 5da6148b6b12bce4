"""Braze's rules for a Cloud Data Ingestion row, and a row made of an answer.

A row is one JSON line with `external_id` and `payload`; the payload is JSON in a string, as Braze wants it.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.config import Braze
from include.delivery.batch_output import Answer

Catalog = Mapping[str, Mapping[str, Any]]

ID_BYTES = 987
STRING_LENGTH = 255  # characters of any string on a profile
ATTRIBUTE_BYTES = 100_000
CATALOG_ID = re.compile(r"[A-Za-z0-9_-]{1,250}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Rejected:
    """A user who gets no row; `code` is the rule, `reason` says it with the values."""

    user_id: str
    code: str
    reason: str


def row(answer: Answer, attribute: str, rules: Braze, catalog: Catalog | None, generated_at: str) -> str | Rejected:
    """Make a Braze line of an answer, or reject the user with the rule that forbids it.

    `catalog` maps item ids to their fields; None where there is no Items dataset and any id is as good as known.
    `generated_at` is ISO 8601 in UTC. Items that break a rule are left out as long as `min_items` remain.
    """
    problem = id_problem(answer.user_id)
    if problem:
        return Rejected(answer.user_id, *problem)
    if answer.error is not None:
        return Rejected(answer.user_id, "E_SRC_ERROR", f"Personalize answered with an error: {answer.error}")
    known = [item for item in dict.fromkeys(answer.items) if catalog is None or item in catalog]
    if rules.shape == "ids":
        value: list[Any] = [item for item in known if CATALOG_ID.fullmatch(item)][: rules.max_items]
        key = f"{attribute}_ids"
    else:
        cards = (_card(item, (catalog or {})[item]) for item in known)
        value = [card for card in cards if card is not None][: rules.max_items]
        key = attribute
    if len(value) < rules.min_items:
        reason = f"{len(value)} of {len(answer.items)} items may be shown, {rules.min_items} are needed"
        return Rejected(answer.user_id, "E_TOO_FEW", reason)
    payload = _compact({key: value, f"{attribute}_generated_at": generated_at})
    if len(payload.encode()) > ATTRIBUTE_BYTES:
        return Rejected(answer.user_id, "E_SIZE_100K", f"the payload has {len(payload.encode())} bytes")
    return _compact({"external_id": answer.user_id, "payload": payload})


def id_problem(user_id: str) -> tuple[str, str] | None:
    """The rule an external_id breaks, and how; None where it is fine."""
    if not user_id or len(user_id.encode()) > ID_BYTES:
        return "E_ID_LONG", f"external_id is {len(user_id.encode())} bytes; Braze allows 1 to {ID_BYTES}"
    if user_id != user_id.strip() or not user_id.isprintable():
        return "E_ID_CHARS", "external_id has control characters, or space around it"
    if EMAIL.fullmatch(user_id):
        return "E_ID_PII", "external_id is an e-mail address; Braze files carry opaque ids only"
    return None


def _card(item: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """An item as Braze shows it: no nulls, which would make Braze drop the whole attribute; None if it cannot be."""
    present = {key: value for key, value in fields.items() if value not in (None, "")}
    strings = [value for value in (item, *present.values()) if isinstance(value, str)]
    numbers = [value for value in present.values() if isinstance(value, float)]
    if len(present) < len(fields) or any(len(value) > STRING_LENGTH for value in strings):
        return None
    return {"id": item, **present} if all(math.isfinite(value) for value in numbers) else None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
