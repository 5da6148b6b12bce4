"""What the datasets of a group hold: bulk data and put data, read together."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize import engine
from include.local_personalize.datasets import avro_schema, dataset_parts, merging, put_data
from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import read_only


@dataclass(frozen=True)
class Contents:
    """One dataset at one moment: its bulk parts, and its put data up to a seq, which is 0 where there is none."""

    dataset_arn: str
    schema: AvroSchema
    parts: tuple[Path, ...]
    put_seq: int
    bulk_only: bool = False  # whether a reader leaves the put data out


def dataset_in(resources: Resources, group_arn: str, dataset_type: str) -> Resource | None:
    """The dataset of a type (upper case) in a group."""
    return resources.find(f"{group_arn.replace(':dataset-group/', ':dataset/')}/{dataset_type}", "dataset")


def now_in(resources: Resources, dataset_arn: str, folder: DataFolder) -> Contents:
    """The contents of a dataset as of this transaction, as plain data for a worker."""
    dataset = resources.get(dataset_arn, "dataset")
    schema = avro_schema.parse(resources.get(dataset.body["schemaArn"]).body["schema"])
    parts = tuple(folder.datasets / name for name in dataset_parts.files(resources, dataset_arn))
    return Contents(dataset_arn, schema, parts, put_data.last_seq(resources.connection, dataset_arn))


def of_group(resources: Resources, group_arn: str, folder: DataFolder) -> dict[str, Contents]:
    """The contents of all datasets of a group, by dataset type."""
    arns = [dataset.arn for dataset in resources.children("dataset", group_arn)]
    found = [now_in(resources, arn, folder) for arn in arns]
    return {contents.schema.dataset_type: contents for contents in found}


def training_data(datasets: Mapping[str, Contents], database: Path) -> engine.TrainingData | None:
    """The data that a group trains on; None where it has no interactions at all."""
    with closing(read_only(database)) as connection:
        tables = {kind: table(connection, contents) for kind, contents in datasets.items()}
    interactions = tables.get("INTERACTIONS")
    if interactions is None:
        return None
    kinds = avro_schema.trained_kinds(datasets["ITEMS"].schema) if "ITEMS" in datasets else None
    metadata = avro_schema.trained_kinds(datasets["INTERACTIONS"].schema)
    return engine.TrainingData(
        interactions,
        tables.get("ITEMS"),
        tables.get("USERS"),
        kinds,
        context_columns=[name for name, kind in metadata.items() if kind == "categorical"],
        actions=tables.get("ACTIONS"),
        action_interactions=tables.get("ACTION_INTERACTIONS"),
    )


def table(connection: sqlite3.Connection, contents: Contents) -> pa.Table | None:
    """All rows that count: every interaction, and the newest record of each item, user or action.

    None where the dataset holds nothing. String columns may be dictionary-encoded.
    """
    bulk = merging.read_encoded(contents.parts) if contents.parts else None
    if contents.bulk_only or not contents.put_seq:
        return bulk
    arn, schema = contents.dataset_arn, contents.schema
    if schema.dataset_type.endswith("INTERACTIONS"):
        put = put_data.interactions(connection, arn, contents.put_seq, schema)
    else:
        put = put_data.records(connection, arn, contents.put_seq, schema)
        if bulk is not None:
            id_column = avro_schema.key(schema)
            bulk = bulk.filter(pc.invert(pc.is_in(bulk[id_column], value_set=put[id_column].combine_chunks())))
    if bulk is None:
        return put
    return pa.concat_tables([bulk, _cast(put, bulk.schema)], promote_options="default").unify_dictionaries()


def _cast(put: pa.Table, bulk: pa.Schema) -> pa.Table:
    """Put rows in the types of the bulk data, which may be without columns that the schema got later."""
    types = {field.name: field.type for field in bulk}
    fields = [pa.field(field.name, types.get(field.name, field.type)) for field in put.schema]
    return put.cast(pa.schema(fields))
