"""A model as a folder: header.json beside arrays.npz. It is there whole or not at all."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = 1
HEADER = "header.json"
ARRAYS = "arrays.npz"

Arrays = Mapping[str, npt.NDArray[Any]]


def write(folder: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write under a hidden name beside ``folder``, which must be missing or empty, and rename it when all is on
    disk.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with (partial / ARRAYS).open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())
    with (partial / HEADER).open("w") as file:
        json.dump({"format": FORMAT, **header}, file)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(folder)


def read(folder: Path) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays; FileNotFoundError if there is no model, ValueError if another version of the engine
    wrote it.
    """
    if not (folder / HEADER).is_file():
        raise FileNotFoundError(f"{folder} holds no trained model")
    header = json.loads((folder / HEADER).read_text())
    if header.pop("format") != FORMAT:
        raise ValueError(f"{folder} was written by another version of the engine: train the solution version again")
    with np.load(folder / ARRAYS) as arrays:
        return header, dict(arrays)
