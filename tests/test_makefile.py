"""make, as a newcomer meets it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def clone(tmp_path):
    for name in ("Makefile", ".ci"):
        source = REPOSITORY / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    (tmp_path / "requirements.txt").write_text("")
    return tmp_path


def make(clone, *targets, path):
    return subprocess.run(
        [str(shutil.which("make")), *targets],
        cwd=clone,
        env={"PATH": str(path), "HOME": str(clone)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def tools(tmp_path):
    """A PATH with nothing on it but a shell and what the Makefile calls."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "rm", "touch"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def program(folder, name, text):
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_without_a_python_make_says_what_to_install(clone, tools):
    done = make(clone, "check", path=tools)
    assert done.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 runs here. Install one" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_does_not_run_or_is_too_old_is_passed_over(clone, tools):
    program(tools, "python3.13", "echo 'version 3.13 is not installed' >&2; exit 127")
    program(tools, "python3.12", "exit 1")
    program(tools, "python3", f'exec {sys.executable} "$@"')
    done = make(clone, ".venv/.installed", path=tools)
    assert done.returncode == 0, done.stderr
    assert (clone / ".venv/bin/pip").exists()
    again = make(clone, ".venv/.installed", path=tools)
    assert "Installing" not in again.stdout


def test_the_build_machine_runs_the_tests_and_nothing_else():
    commands = [line for line in (REPOSITORY / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "exec make test"
    assert os.access(REPOSITORY / ".ci/run", os.X_OK)
