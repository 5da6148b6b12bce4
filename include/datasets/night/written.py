"""Plans, portions and nights as JSON in S3, checked as they are read."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from include.config import Storage
from include.datasets.night.places import NightPlaces, imported
from include.datasets.night.records import Night, Plan, Portion
from include.s3 import Place, read_bytes, read_many, under, write_json

Written = TypeVar("Written", Plan, Portion, Night)

_PLAN, _PORTION, _NIGHT = TypeAdapter(Plan), TypeAdapter(Portion), TypeAdapter(Night)
_PLAN_AGAIN = "Delete it: the night is then planned anew."
_CHECK_AGAIN = "Clear the check of the run: it is then written anew."
_GATHER_AGAIN = "Clear gather of the run: it is then written anew."
_RESTORE = "Restore the object's earlier version: without it, what the night imported counts as new."


class UnreadableRecordError(Exception):
    """A record in the workspace is not what was written there; the message names it and the remedy."""


def read_plan(s3: Any, places: NightPlaces) -> Plan | None:
    """Read a night's claim; None where there is none."""
    return _read(s3, places.plan, _PLAN, _PLAN_AGAIN)


def write_plan(s3: Any, places: NightPlaces, plan: Plan) -> str:
    """Write a night's claim and return its URI."""
    return write_json(s3, places.plan, as_json(plan))


def read_portions(s3: Any, storage: Storage, plan: Plan) -> list[Portion]:
    """Read what was found in each portion of a plan, in their order; every one must have been checked."""
    places = NightPlaces(storage, plan.dataset_type, plan.run_key)
    numbered = [places.counts(number) for number in range(len(plan.portions))]
    bodies = read_many(s3, numbered)
    for place, body in zip(numbered, bodies, strict=True):
        if body is None:
            raise UnreadableRecordError(f"{place}: is not there. {_CHECK_AGAIN}")
    return [_parsed(place, body or b"", _PORTION, _CHECK_AGAIN) for place, body in zip(numbered, bodies, strict=True)]


def write_portion(s3: Any, places: NightPlaces, portion: Portion) -> str:
    """Write what was found in a portion and return its URI."""
    return write_json(s3, places.counts(portion.number), as_json(portion))


def read_night(s3: Any, places: NightPlaces) -> Night | None:
    """Read what was made of a night; None if it was not gathered."""
    return _read(s3, places.night, _NIGHT, _GATHER_AGAIN)


def write_night(s3: Any, places: NightPlaces, night: Night) -> str:
    """Write what was made of a night and return its URI."""
    return write_json(s3, places.night, as_json(night))


def read_record(s3: Any, places: NightPlaces) -> Night | None:
    """Read a night's record; None unless Personalize has its rows."""
    return _read(s3, places.record, _NIGHT, _RESTORE)


def write_record(s3: Any, places: NightPlaces, night: Night) -> str:
    """Write a night's record and return its URI."""
    return write_json(s3, places.record, as_json(night))


def recorded(s3: Any, storage: Storage, dataset_type: str) -> list[Night]:
    """Read every night that Personalize has, in the order in which they were recorded."""
    found = [item.place for item in under(s3, imported(storage, dataset_type), ".json")]
    nights = [
        _parsed(place, body, _NIGHT, _RESTORE)
        for place, body in zip(found, read_many(s3, found), strict=True)
        if body is not None
    ]
    return sorted(nights, key=lambda night: (night.recorded_at or "", night.run_key))


def as_json(record: Plan | Portion | Night) -> dict[str, Any]:
    """Spell a record in what JSON has, as an XCom carries it."""
    adapter: TypeAdapter[Any] = TypeAdapter(type(record))
    spelled: dict[str, Any] = adapter.dump_python(record, mode="json")
    return spelled


def plan_of(spelled: Any) -> Plan:
    """Read a plan from what as_json made of it."""
    return _PLAN.validate_python(spelled)


def night_of(spelled: Any) -> Night:
    """Read a night from what as_json made of it."""
    return _NIGHT.validate_python(spelled)


def _read(s3: Any, place: Place, adapter: TypeAdapter[Written], remedy: str) -> Written | None:
    body = read_bytes(s3, place)
    return None if body is None else _parsed(place, body, adapter, remedy)


def _parsed(place: Place, body: bytes, adapter: TypeAdapter[Written], remedy: str) -> Written:
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableRecordError(f"{place}: {where}{': ' if where else ''}{first['msg']}. {remedy}") from None
