import pytest

from include.demo.failure import DemoError
from include.demo.state import State


def test_a_second_run_is_refused_and_spoils_nothing(tmp_path):
    with State(tmp_path) as first:
        (first.subfolder("logs") / "a.log").write_text("busy")
        with pytest.raises(DemoError, match="end it first, or use a second clone"):
            State(tmp_path)
        assert (tmp_path / "logs/a.log").read_text() == "busy"


def test_the_next_run_finds_the_folder_empty(tmp_path):
    with State(tmp_path) as first:
        (first.subfolder("logs") / "a.log").write_text("old")
        (tmp_path / "note").write_text("old")
    assert (tmp_path / "note").exists()
    with State(tmp_path):
        assert [entry.name for entry in tmp_path.iterdir()] == ["lock"]
