"""Where a dataset's rows come from: objects in S3, a query of a database, or a query that Athena unloads."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from include.config.values import Frozen, S3Uri

Query = Annotated[str, Field(min_length=1)]


class S3Source(Frozen):
    """Objects below a prefix; `format` where their names do not tell it."""

    prefix: S3Uri | None = None  # None: <storage.incoming>/<dataset>
    format: Literal["csv", "jsonl", "parquet"] | None = None


class SqlSource(Frozen):
    """Rows of a SELECT whose high-water column has grown since the last night.

    `lookback` is how far below the last high-water mark a night begins again, for rows committed late: seconds where
    the column is a time, else units of the column. What comes twice is recognised.
    """

    connection: str = Field(min_length=1)
    query: Query
    high_water: str = Field(min_length=1)
    lookback: int = Field(default=3600, ge=0)


class AthenaSource(Frozen):
    """Rows of a SELECT that Athena unloads to the workspace as Parquet; nothing of it passes through a worker first."""

    database: str = Field(min_length=1)
    query: Query
    high_water: str = Field(min_length=1)
    lookback: int = Field(default=3600, ge=0)
    workgroup: str = "primary"


class Source(Frozen):
    """Exactly one of the three."""

    s3: S3Source | None = None
    sql: SqlSource | None = None
    athena: AthenaSource | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Source":
        named = [kind for kind in ("s3", "sql", "athena") if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(f"found {' and '.join(named) or 'none'}. Allowed: exactly one of s3, sql, athena")
        return self
