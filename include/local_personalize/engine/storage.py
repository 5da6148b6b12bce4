"""A model as a folder: header.json beside a file for each array. It is there whole or not at all."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = 2
HEADER = "header.json"

Arrays = Mapping[str, npt.NDArray[Any]]


def write(folder: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write under a hidden name beside ``folder``, which must be missing or empty, and rename it when all is on
    disk.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, array in arrays.items():
        with (partial / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    with (partial / HEADER).open("w") as file:
        json.dump({"format": FORMAT, **header}, file)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(folder)


def read(folder: Path) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays; FileNotFoundError if there is no model, ValueError if another version of the engine
    wrote it. Of the arrays, only what is looked at is read.
    """
    if not (folder / HEADER).is_file():
        raise FileNotFoundError(f"{folder} holds no trained model")
    header = json.loads((folder / HEADER).read_text())
    if header.pop("format") != FORMAT:
        raise ValueError(f"{folder} was written by another version of the engine: train the solution version again")
    # Copy on write: arrays that cannot be written are of another type to the compiler, and the rest is as in training.
    return header, {file.stem: np.asarray(np.load(file, mmap_mode="c")) for file in folder.glob("*.npy")}
