"""A report as text: 100 columns, for a log, a mail and a README alike."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

from include.datasets.night.records import Night
from include.datasets.report.examples import Example
from include.datasets.report.report import Report
from include.datasets.report.sentences import accounted, headline, what_happens_next
from include.datasets.report.sources import taken
from include.datasets.report.table import rows_table
from include.datasets.report.wording import count, printable, span

WIDTH = 100
COLUMNS_NAMED = 5  # columns to blame for quarantined rows, of each dataset
DUPLICATES = {
    "repeated": "the same row again",
    "unchanged": "as Personalize has them",
    "superseded": "a later row has the same id",
}


def as_text(report: Report) -> str:
    """What happened first, then the table, then what needs a person, then where everything lies.

    Only an S3 URI or an ARN may be longer than a line. What users wrote stands indented, so that nothing in it can end
    a code block of Markdown.
    """
    parts = [
        _wrapped(headline(report)) + (_wrapped(accounted(report)) if report.rows["read"] else []),
        rows_table(report.done, WIDTH) if report.rows["read"] else [],
        _newest_event(report),
        *(_titled(title, lines) for title, lines in _sections(report)),
        _wrapped(f"Next: {what_happens_next(report)}"),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _sections(report: Report) -> Iterator[tuple[str, list[str]]]:
    nights, done = report.nights, report.done
    yield "Not imported", [line for kind, why in report.stopped.items() for line in _item(f"{kind}: {why}")]
    yield "Warnings", [line for night in done for said in night.warnings for line in _item(_of(night, said))]
    yield "Refused: no row of these files was used", [line for night in nights for line in _refused(night)]
    yield (
        "Quarantined: rows as they came, each with its line and reason",
        [line for night in nights for line in _quarantined(night, report.examples.get(night.dataset_type, ()))],
    )
    yield "Duplicate: not sent", [line for night in done for line in _duplicates(night)]
    yield "Read from", [line for night in nights for line in _taken(night)]
    yield "Import jobs", [line for kind, arn in report.jobs.items() for line in _item(f"{kind}: {arn}")]
    yield "Notes", [line for night in done if _is_unusual(night) for line in _item(_of(night, night.note))]


def _newest_event(report: Report) -> list[str]:
    if report.newest_event is None:
        return []
    time = datetime.fromtimestamp(report.newest_event, UTC)
    age = report.written_at - time
    told = f"{span(age)} old" if age.total_seconds() >= 0 else f"{span(-age)} in the future: a clock is wrong"
    return _wrapped(f"Newest event: {time:%Y-%m-%d %H:%M:%S} UTC, {told}.")


def _refused(night: Night) -> list[str]:
    lines = []
    for source in night.refused:
        named = source["reason"] if source["uri"] in source["reason"] else f"{source['uri']}: {source['reason']}"
        lines += _item(_of(night, named))
    return lines


def _quarantined(night: Night, examples: tuple[Example, ...]) -> list[str]:
    if not night.rows_quarantined:
        return []
    folder = night.quarantine[0].rpartition("/")[0] + "/" if night.quarantine else "the quarantine"
    lines = _item(_of(night, folder))
    first = {example.column: example for example in examples}
    by_count = sorted(night.reasons, key=lambda column: (-night.reasons[column], column))
    for column in by_count[:COLUMNS_NAMED]:
        lines += _wrapped(f"{column}: {count(night.reasons[column], 'rows')}", 4)
        if column in first:
            lines += _example(first[column])
    if rest := by_count[COLUMNS_NAMED:]:
        rows = sum(night.reasons[column] for column in rest)
        lines += _wrapped(f"{count(len(rest), 'columns')} more: {count(rows, 'rows')}", 4)
    return lines


def _example(example: Example) -> list[str]:
    said = _wrapped(f"line {example.line:,} of {example.source}: {example.reason}", 6)
    row = printable(example.row)
    return [*said, f"      | {row if len(row) <= WIDTH - 8 else row[: WIDTH - 9] + '…'}"]


def _taken(night: Night) -> list[str]:
    return _item(_of(night, taken(night))) if night.sources or night.window else []


def _duplicates(night: Night) -> list[str]:
    told = [f"{number:,} {kind} ({DUPLICATES[kind]})" for kind, number in night.duplicates.items() if number]
    return _item(_of(night, ", ".join(told))) if told else []


def _is_unusual(night: Night) -> bool:
    """Whether the note says what the table does not: most nights are an increment, or nothing."""
    return bool(night.note) and (night.channel in ("carried", "events") or night.import_mode == "FULL")


def _of(night: Night, said: str) -> str:
    return f"{night.dataset_type}: {said}"


def _titled(title: str, lines: list[str]) -> list[str]:
    return [title, *lines] if lines else []


def _item(said: str) -> list[str]:
    return _wrapped(said, 2)


def _wrapped(said: str, indent: int = 0) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(
        printable(said),
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin + "  " if indent else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
