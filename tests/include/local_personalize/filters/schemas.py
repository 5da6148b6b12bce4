"""The schemas of a small shop, for tests of filters."""

import json

from include.local_personalize.datasets import avro_schema
from include.local_personalize.datasets.avro_schema import AvroSchema

FIELDS = {
    "Interactions": [("USER_ID", "string"), ("ITEM_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")],
    "Items": [
        ("ITEM_ID", "string"),
        ("GENRES", ["null", "string"], "categorical"),
        ("STUDIO", ["null", "string"]),
        ("STORY", ["null", "string"], "textual"),
        ("PRICE", ["null", "float"]),
        ("YEAR", ["null", "int"]),
        ("ON_SALE", ["null", "boolean"]),
    ],
    "Users": [("USER_ID", "string"), ("AGE", ["null", "int"]), ("TIER", ["null", "string"])],
    "Actions": [("ACTION_ID", "string"), ("VALUE", ["null", "double"])],
    "Action_Interactions": [
        ("USER_ID", "string"),
        ("ACTION_ID", "string"),
        ("EVENT_TYPE", "string"),
        ("TIMESTAMP", "long"),
    ],
}


def schema(kind: str) -> AvroSchema:
    fields = [{"name": name, "type": type_} | dict.fromkeys(flags, True) for name, type_, *flags in FIELDS[kind]]
    record = {"type": "record", "name": kind, "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    return avro_schema.parse(json.dumps(record | {"fields": fields}))


SCHEMAS = {parsed.dataset_type: parsed for parsed in map(schema, FIELDS)}
