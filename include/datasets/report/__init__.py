"""The nightly report: what became of each row, as a JSON record, as text for people, and as the subject of a mail."""

from include.datasets.report.examples import Example, first_of_each_column
from include.datasets.report.record import as_record
from include.datasets.report.report import Report
from include.datasets.report.subject import mail_subject
from include.datasets.report.text import as_text

__all__ = ["Example", "Report", "as_record", "as_text", "first_of_each_column", "mail_subject"]
