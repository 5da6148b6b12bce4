"""What Athena is asked for a night: an UNLOAD of what is new by the clock, to a folder of the run's own."""

from datetime import UTC, datetime, timedelta

from include.config import AthenaSource, Dataset
from include.datasets.night.records import Window
from include.s3 import Place


def next_window(source: AthenaSource, last_high: str | None, due: datetime) -> Window | None:
    """What came until the run was due, from `lookback` below the mark that the last imported night reached.

    None if that night was due later, as it is when an old night is run again.
    """
    high = due.astimezone(UTC).replace(microsecond=0)
    if last_high is None:
        return Window(low=None, high=high.isoformat(), lookback=source.lookback)
    last = datetime.fromisoformat(last_high)
    if high <= last:
        return None
    low = last - timedelta(seconds=source.lookback)
    return Window(low=low.isoformat(), high=high.isoformat(), lookback=source.lookback)


def statement(dataset: Dataset, source: AthenaSource, window: Window, folder: Place) -> str:
    """Spell the UNLOAD of a window, both ends taken; the same window and folder are spelled the same every time.

    Only columns of the schema are unloaded: the others may be of types that UNLOAD cannot write.
    """
    columns = ", ".join(_name(dataset.columns[field["name"]]) for field in dataset.fields)
    high_water = _name(source.high_water)
    bounds = [f"{high_water} >= {_timestamp(window.low)}"] if window.low is not None else []
    bounds.append(f"{high_water} <= {_timestamp(window.high)}")
    return (
        f"UNLOAD (\nSELECT {columns}\nFROM (\n{source.query}\n) AS night\nWHERE {' AND '.join(bounds)}\n)\n"
        f"TO {_text(f'{folder}/')}\nWITH (format = 'PARQUET')"
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _timestamp(mark: str) -> str:
    return f"TIMESTAMP '{datetime.fromisoformat(mark).astimezone(UTC):%Y-%m-%d %H:%M:%S}'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
