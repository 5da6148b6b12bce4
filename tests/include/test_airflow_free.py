"""include/ imports with Airflow absent, and its linter rule holds."""

import subprocess
import sys
from pathlib import Path

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
