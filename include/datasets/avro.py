"""The Avro schema of a dataset: the single source of truth for its columns."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

RECORD_NAMES = {"interactions": "Interactions", "items": "Items", "users": "Users"}


def schema(dataset_type: str, fields: Sequence[Mapping[str, Any]]) -> str:
    """Spell the schema of a dataset as CreateSchema wants it: an Avro record in JSON."""
    record = {
        "type": "record",
        "name": RECORD_NAMES[dataset_type],
        "namespace": "com.amazonaws.personalize.schema",
        "fields": list(fields),
        "version": "1.0",
    }
    return json.dumps(record)


def schema_name(dataset_group: str, dataset_type: str, fields: Sequence[Mapping[str, Any]]) -> str:
    """Name a schema after what it says, since schemas are immutable and their names are taken for good."""
    digest = hashlib.sha256(schema(dataset_type, fields).encode()).hexdigest()[:8]
    return f"{dataset_group[:40]}-{dataset_type}-{digest}"
