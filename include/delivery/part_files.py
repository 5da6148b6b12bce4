"""Lines in files of a size that Braze takes quickly, read back before they go anywhere."""

import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

from include.s3 import Place

FILE_BYTES = 100_000_000  # Braze takes 512 MB a file, and several small ones faster than a large one


class DeliveryError(Exception):
    """Files do not add up or do not read back; nothing was published."""


class PartFiles:
    """Files under way in a folder: `rows` counts the lines of each."""

    def __init__(self, folder: Path) -> None:
        self.rows: list[int] = []
        self._folder = folder
        self._file: BinaryIO | None = None
        self._size = 0

    def write(self, line: str) -> None:
        """Add a line, to a new file if it does not fit into the last one."""
        encoded = line.encode() + b"\n"
        if self._file is None or self._size + len(encoded) > FILE_BYTES:
            self.close()
            self._file, self._size = self._path(len(self.rows)).open("wb"), 0
            self.rows.append(0)
        self._file.write(encoded)
        self._size += len(encoded)
        self.rows[-1] += 1

    def close(self) -> None:
        """End the file under way."""
        if self._file:
            self._file.close()

    def upload(self, s3: Any, folder: Place, batch_id: str) -> list[dict[str, Any]]:
        """Upload every file under a name that its bytes decide, and return what the manifest says of each.

        Raises DeliveryError if a line does not read back: one bad line makes Braze skip the whole file.
        """
        return [self._upload(s3, folder, batch_id, number) for number in range(len(self.rows))]

    def _upload(self, s3: Any, folder: Place, batch_id: str, number: int) -> dict[str, Any]:
        path = self._path(number)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            for line_number, line in enumerate(file, start=1):
                digest.update(line)
                if set(json.loads(line)) != {"external_id", "payload"}:
                    raise DeliveryError(f"part {number + 1}, line {line_number}: not a Braze row: {line[:200]!r}")
        sha256 = digest.hexdigest()
        place = folder / f"{batch_id}-{number + 1:05d}-of-{len(self.rows):05d}-{sha256[:8]}.json"
        s3.upload_file(str(path), place.bucket, place.key)
        return {"staged": str(place), "rows": self.rows[number], "bytes": path.stat().st_size, "sha256": sha256}

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"
