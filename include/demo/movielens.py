"""MovieLens 100K, taken at run time out of a package that ships it, and written in Personalize's columns.

The data belongs to GroupLens Research, University of Minnesota. It is fetched for whoever runs the demo, kept in that
person's cache, and is no part of this project.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from include.demo.failure import DemoError

LICENCE = (
    "MovieLens 100K, (c) GroupLens Research, University of Minnesota (Harper and Konstan 2015). "
    "Its licence forbids redistribution, and commercial use without permission. It stays in your cache."
)
PACKAGE = "recbole==1.2.1"
INSIDE = "recbole/dataset_example/ml-100k"
SHA256 = {
    "ml-100k.inter": "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
    "ml-100k.item": "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
    "ml-100k.user": "4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972",
}


def fetch(cache_dir: Path | None = None) -> Path:
    """Return the folder with ml-100k.inter, ml-100k.item and ml-100k.user, downloading them the first time.

    The default cache is $XDG_CACHE_HOME, or ~/.cache. Raises DemoError if they cannot be had.
    """
    folder = (cache_dir or _user_cache()) / "ml-100k"
    if not _is_whole(folder):
        with tempfile.TemporaryDirectory() as download:
            wheel = _download(Path(download))
            _unpack(wheel, folder)
    return folder


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Interactions, items and users as text in Personalize's columns, rows in the order of the files."""
    return {"interactions": _interactions(folder), "items": _items(folder), "users": _users(folder)}


def _interactions(folder: Path) -> pd.DataFrame:
    raw = _read(folder / "ml-100k.inter")
    return pd.DataFrame(
        {
            "USER_ID": raw["user_id:token"],
            "ITEM_ID": raw["item_id:token"],
            "TIMESTAMP": raw["timestamp:float"],
            "EVENT_TYPE": "watch",
            "EVENT_VALUE": raw["rating:float"],
        }
    )


def _items(folder: Path) -> pd.DataFrame:
    raw = _read(folder / "ml-100k.item")
    return pd.DataFrame(
        {
            "ITEM_ID": raw["item_id:token"],
            "TITLE": raw["movie_title:token_seq"],
            "GENRES": raw["class:token_seq"].str.replace(" ", "|"),
            "CREATION_TIMESTAMP": raw["release_year:token"].map(_start_of_year),
        }
    )


def _users(folder: Path) -> pd.DataFrame:
    raw = _read(folder / "ml-100k.user")
    columns = {"USER_ID": "user_id", "AGE": "age", "GENDER": "gender", "OCCUPATION": "occupation"}
    return pd.DataFrame({column: raw[f"{name}:token"] for column, name in columns.items()})


def _start_of_year(year: str) -> str:
    """Epoch seconds; empty where the year is unknown, or before 1970, where epoch seconds do not reach."""
    if not year.isdigit() or int(year) < 1970:
        return ""
    return str(int(datetime(int(year), 1, 1, tzinfo=UTC).timestamp()))


def _read(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False, quoting=3)


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "airflow-for-amazon-personalize"


def _is_whole(folder: Path) -> bool:
    return all(
        (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
        for name, expected in SHA256.items()
    )


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--dest", str(folder), PACKAGE], capture_output=True, text=True, check=False)
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise DemoError(f"MovieLens 100K could not be downloaded with pip ({said}): "
                        "connect to the package index, or give your own data with DATA=folder.")  # fmt: skip
    return wheel


def _unpack(wheel: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in SHA256:
            # Renamed into place when whole: a second demo may be reading the cache.
            part = folder / f"{name}.{os.getpid()}"
            part.write_bytes(archive.read(f"{INSIDE}/{name}"))
            part.replace(folder / name)
    if not _is_whole(folder):
        raise DemoError(f"{PACKAGE} does not hold the MovieLens 100K this demo was made for: "
                        f"empty {folder} and check the package index you use.")  # fmt: skip
