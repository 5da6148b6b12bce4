"""A mail server of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mails import catcher


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a mail server that keeps what it is sent."""
    with catcher(tmp_path) as (connection, folder):
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", connection)
        yield folder
