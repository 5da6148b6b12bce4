"""Whether a resource that is there is the one that was asked for."""

import json
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException


def refuse_differences(arn: str, found: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    """Raise AirflowFailException naming each plain member of the request that the resource has otherwise."""
    differences = [
        f"{member} is {found.get(member)!r} there and {value!r} in the request"
        for member, value in request.items()
        if isinstance(value, str | int | float) and not _equal(found.get(member), value)
    ]
    if differences:
        raise AirflowFailException(
            f"{arn} is there already, but {'; '.join(differences)}. Give the resource another name, or take the "
            "difference out of the configuration."
        )


def _equal(found: Any, wanted: Any) -> bool:
    if found is None:  # what was never set is not told, and was then false
        return wanted is False
    if isinstance(found, str) and found.startswith("{"):  # Avro schemas are JSON, free in spaces and order of keys
        return bool(json.loads(found) == json.loads(wanted))
    return bool(str(found).lower() == str(wanted).lower())
