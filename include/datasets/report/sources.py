"""What a night was read from, in a line."""

from rich.filesize import decimal

from include.datasets.night.records import Night
from include.datasets.report.wording import count

FILES_NAMED = 3


def taken(night: Night) -> str:
    """The number, bytes and first names of the objects, or the part of the query's rows; there must be one of them."""
    if night.window:
        above = f"above {night.window.low} " if night.window.low is not None else ""
        return f"the query's rows {above}up to {night.window.high}"
    names = [source.uri.rpartition("/")[2] for source in night.sources[:FILES_NAMED]]
    more = len(night.sources) - len(names)
    size = decimal(sum(source.size for source in night.sources))
    return f"{count(len(night.sources), 'files')}, {size}: {', '.join(names)}{f' and {more:,} more' if more else ''}"
