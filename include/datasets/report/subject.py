"""The subject of the mail that carries a report."""

from include.datasets.report.report import Report
from include.datasets.report.sentences import headline
from include.datasets.report.wording import count, listed


def mail_subject(report: Report) -> str:
    """What needs a person comes first; where nothing does, what was imported."""
    counts = (report.refused, "files", " refused"), (report.warnings, "warnings", "")
    needs = [f"{kind} stopped" for kind in report.stopped]
    needs += [count(number, noun) + done for number, noun, done in counts if number]
    if not needs:
        return f"[airflow] {headline(report).partition('. ')[0].rstrip('.')}"
    if report.quarantined:
        needs.append(f"{count(report.quarantined, 'rows')} quarantined")
    return f"[airflow] {report.dataset_group}: {listed(needs)}"
