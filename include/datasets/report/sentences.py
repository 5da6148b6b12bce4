"""The sentences a report begins and ends with."""

from include.datasets.night.records import Night
from include.datasets.report.report import Report
from include.datasets.report.wording import count, listed


def headline(report: Report) -> str:
    """What happened, for somebody who reads nothing else."""
    said = []
    if report.stopped:
        said.append(f"Stopped: no {' and no '.join(report.stopped)} of {report.dataset_group} were imported.")
    if rows := _given(report, "import"):
        said.append(f"Imported {rows} of {report.dataset_group}.")
    if rows := _given(report, "events"):
        said.append(f"Sent {rows} of {report.dataset_group} by PutEvents.")
    if not said and (report.rows["read"] or report.refused):
        said.append(f"Nothing of {report.dataset_group} was imported.")
    elif not said:
        said.append(f"Nothing new came for {report.dataset_group}.")
    if report.rows["carried"]:
        said.append(f"{_were(report.rows['carried'], 'rows')} carried to the next night.")
    if report.rows["read"] or report.stopped:
        said.append(f"{_were(report.quarantined, 'rows')} quarantined.")
    if report.refused:
        said.append(f"{_were(report.refused, 'files')} refused.")
    return " ".join(said)


def accounted(report: Report) -> str:
    """The accounting identity, in the numbers of the run."""
    rows = report.rows
    parts = " + ".join(f"{rows[what]:,} {what}" for what in ("imported", "duplicate", "quarantined", "carried"))
    return f"Nothing was lost: {count(rows['read'], 'rows')} read = {parts}."


def what_happens_next(report: Report) -> str:
    """What the programme does now, and what it asks of people."""
    said = ["training starts." if report.brings_news else "nothing was imported, so no training is paid for."]
    if report.rows["carried"]:
        said.append(f"The next night takes the {count(report.rows['carried'], 'rows')} carried.")
    if report.refused:
        said.append("A refused file that is mended in its place is read by the next run.")
    if report.stopped:
        said.append("What was not imported waits for a person.")
    return " ".join(said)


def _given(report: Report, channel: str) -> str:
    return listed([_rows_given(night) for night in report.done if night.channel == channel])


def _rows_given(night: Night) -> str:
    """The new rows; a dataset that was lost is imported again although nothing is new."""
    return (
        count(night.rows_imported, night.dataset_type) if night.rows_imported else f"all {night.dataset_type}, again,"
    )


def _were(number: int, noun: str) -> str:
    if number == 0:
        return f"No {noun.removesuffix('s')} was"
    return f"{count(number, noun)} {'was' if number == 1 else 'were'}"
