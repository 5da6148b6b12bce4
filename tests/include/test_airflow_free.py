"""include/ imports with Airflow absent, and its rooms know only what the README's arrows allow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

IMPORT_ALL = """
import importlib, pathlib, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("airflow", "dags", "amazon_personalize", "alerts"):
            raise ImportError(f"include/ must not import {name}")
sys.meta_path.insert(0, Blocked())
files = sorted(pathlib.Path("include").rglob("*.py"))
for file in files:
    if file.name != "__main__.py":
        importlib.import_module(".".join(file.with_suffix("").parts))
print(len(files))
"""


def test_include_imports_with_airflow_blocked() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert int(run.stdout.splitlines()[-1]) > 20


def test_no_stage_knows_the_local_service() -> None:
    """Local or AWS is an endpoint setting: only the laptop's own stack may name the local service."""
    told = [
        file.relative_to(REPOSITORY).as_posix()
        for room in ("dags", "plugins", "include")
        for file in (REPOSITORY / room).rglob("*.py")
        if "local_personalize" in file.read_text()
    ]

    assert {file.split("/")[1] for file in told} <= {"local_personalize", "demo"}


@pytest.mark.parametrize("room", ["datasets", "training", "delivery", "local_personalize"])
def test_stages_meet_only_in_dags(room: str) -> None:
    others = {"datasets", "training", "delivery", "local_personalize", "demo"} - {room}
    if room == "local_personalize":
        others |= {"config", "s3", "workspace"}  # Amazon would have had none of ours

    known = {
        name.split(".")[1]
        for file in (REPOSITORY / "include" / room).rglob("*.py")
        for name in imported_modules(file)
        if name.startswith("include.")
    }

    assert known & others == set()


def imported_modules(file: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules
