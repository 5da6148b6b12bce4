import itertools
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from include.local_personalize.engine import load, storage

# Writes one folder after the other, each with 24 MB that say which it is, until it is killed.
WRITER = """
import itertools, pathlib, sys
import numpy as np
from include.local_personalize.engine import storage
target = pathlib.Path(sys.argv[1])
print("ready", flush=True)
for number in itertools.count():
    storage.write(target / f"{sys.argv[2]}-{number}", {"number": number}, {"all": np.full(3_000_000, number)})
"""


def test_what_is_written_is_read(tmp_path: Path) -> None:
    storage.write(tmp_path / "model", {"recipe": "any"}, {"floats": np.array([1.5, -np.inf])})
    header, arrays = storage.read(tmp_path / "model")
    assert header == {"recipe": "any"}
    assert arrays["floats"].tolist() == [1.5, -np.inf]


def test_an_empty_folder_may_wait_for_the_model(tmp_path: Path) -> None:
    storage.write(tmp_path, {"recipe": "any"}, {})
    assert storage.read(tmp_path)[0] == {"recipe": "any"}


def test_no_model_is_overwritten(tmp_path: Path) -> None:
    storage.write(tmp_path / "model", {"number": 1}, {})
    with pytest.raises(OSError, match="not empty"):
        storage.write(tmp_path / "model", {"number": 2}, {})
    assert storage.read(tmp_path / "model")[0] == {"number": 1}


def test_where_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no trained model"):
        load(tmp_path)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    storage.write(tmp_path / "model", {"format": storage.FORMAT + 1}, {})
    with pytest.raises(ValueError, match="train the solution version again"):
        storage.read(tmp_path / "model")


def test_killed_in_the_middle_of_writing(tmp_path: Path) -> None:
    """Kill writers until one leaves a part behind: whatever can be seen then is whole."""
    for attempt in itertools.count():
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(attempt)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.05 + 0.01 * attempt)
            writer.kill()
        if list(tmp_path.glob(".*.partial")):
            break
    for folder in tmp_path.glob("[!.]*"):
        header, arrays = storage.read(folder)
        assert (arrays["all"] == header["number"]).all()
        assert len(arrays["all"]) == 3_000_000
    # The part is no model, and does not stand in the way of the next attempt.
    (part,) = tmp_path.glob(".*.partial")
    whole = tmp_path / part.name.removeprefix(".").removesuffix(".partial")
    with pytest.raises(FileNotFoundError):
        load(whole)
    storage.write(whole, {"number": -1}, {})
    assert storage.read(whole)[0] == {"number": -1}
