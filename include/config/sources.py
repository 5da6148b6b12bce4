"""Where a dataset's rows come from: objects in S3, a query of a database, or a query that Athena unloads."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from include.config.values import Frozen, S3Uri


def _select(query: str) -> str:
    text = query.strip()
    if text.endswith(";"):
        raise ValueError("the query becomes part of another: take the semicolon at its end out")
    if not re.match(r"(SELECT|WITH)\b", text, re.IGNORECASE):
        raise ValueError("allowed: one query that begins with SELECT or WITH")
    return text


Query = Annotated[str, AfterValidator(_select)]
Name = Annotated[str, Field(min_length=1)]


class S3Source(Frozen):
    """Objects below a prefix; each is taken whole, once, by whichever night first finds its bytes there.

    prefix: where they lie; if it is left out, `<storage.incoming>/<dataset>`.
    format: csv, jsonl or parquet, for objects whose names do not end in .csv, .jsonl or .parquet (and .gz).
    """

    prefix: S3Uri | None = None
    format: Literal["csv", "jsonl", "parquet"] | None = None


class SqlSource(Frozen):
    """Rows of a SELECT whose high-water column has grown since the last night that was imported.

    connection: id of an Airflow connection; its provider must be installed (PostgreSQL's is). A MySQL connection needs
        the extra {"cursor": "sscursor", "escape_word_format": "`{}`"}: without the first, the worker holds all rows.
    query: one SELECT, without a semicolon; it is wrapped in another. Names are taken as the database spells them,
        mostly in small letters: `columns` says which is which.
    high_water: the column of the query that grows with every insert or change, spelled as the query spells it: a
        timestamp (without a zone it is taken as UTC), a date or an integer; indexed, and never null.
    lookback: how far below the last high-water mark a night begins again, for rows committed late: seconds where the
        column is a timestamp or a date (whole days, rounded up), else units of the column. What comes twice is
        recognised and not imported again.
    """

    connection: Name
    query: Query
    high_water: Name
    lookback: int = Field(default=3600, ge=0)


class AthenaSource(Frozen):
    """Rows of a SELECT that Athena unloads to the workspace as Parquet; mapped tasks then read it, file by file.

    Nobody deletes what was unloaded: let the bucket expire `<storage.workspace>/athena/` after some weeks.

    database: of the Glue data catalog.
    query: one SELECT, without a semicolon; it is wrapped in another. Of items and users it must give each id once:
        what Athena unloads is in no order.
    high_water: a column of the query of type timestamp or date, in UTC, that grows with every insert or change. Of
        epoch seconds make one in the query: `SELECT *, from_unixtime(ts) AS happened_at FROM events`. Rows in which it
        is null are never unloaded.
    lookback: seconds below the last high-water mark, which is the time the last imported run was due.
    workgroup: of Athena; its query results need a location, or the workspace's `athena/` has them.

    Athena spells every column in small letters; a field that `columns` does not name is taken from its name in these.
    """

    database: Name
    query: Query
    high_water: Name
    lookback: int = Field(default=3600, ge=0)
    workgroup: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,128}$")] = "primary"


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
