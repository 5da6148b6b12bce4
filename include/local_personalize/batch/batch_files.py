"""The files of a batch job: every input file in S3 becomes one output file in S3, and all appear together."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from include.local_personalize.errors import InvalidInput, WorkFailed
from include.local_personalize.jobs import s3

INVALID_INPUT = "Invalid S3 input path."
INVALID_OUTPUT = "Invalid S3 output path."
MOST_FILES = 1_000
BYTES_AT_ONCE = 2**20

# Input lines, and what to call the file in an error, to output lines, which end in a newline.
Rewrite = Callable[[Iterable[bytes], str], Iterable[str]]


def check_places(body: dict[str, Any]) -> None:
    """Raise InvalidInput where jobInput and jobOutput are not two places in S3."""
    read = body["jobInput"]["s3DataSource"]["path"]
    written = body["jobOutput"]["s3DataDestination"]["path"]
    if not (read.startswith("s3://") and written.startswith("s3://")):
        raise InvalidInput("jobInput and jobOutput must be s3:// paths.")
    if read == written:
        raise InvalidInput("jobOutput must be another location than jobInput.")


def rewrite(source: str, destination: str, scratch: Path, lines: Rewrite) -> None:
    """Write <destination><file name>.out for each file under ``source``, and _CHECK last, once all are computed.

    Raises WorkFailed where a place cannot be reached, or input files are missing, too many or named alike.
    """
    bucket, prefix = s3.split(source)
    keys = s3.reached(INVALID_INPUT, s3.keys, bucket, prefix, first_level=False)
    if not 1 <= len(keys) <= MOST_FILES:
        raise WorkFailed(f"{INVALID_INPUT} {len(keys)} files there; 1 to {MOST_FILES} are allowed.")
    out_bucket, out_prefix = s3.split(destination)
    s3.reached(INVALID_OUTPUT, s3.client().head_bucket, Bucket=out_bucket)
    outputs = {f"{out_prefix}{key.rsplit('/', 1)[-1]}.out": key for key in keys}
    if len(outputs) < len(keys):
        raise WorkFailed("Two input files have the same name; their outputs would overwrite each other.")
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        written = {out_key: Path(folder, str(number)) for number, out_key in enumerate(outputs)}
        for out_key, key in outputs.items():
            body = s3.reached(INVALID_INPUT, s3.client().get_object, Bucket=bucket, Key=key)["Body"]
            with written[out_key].open("w", encoding="utf-8") as file:
                file.writelines(lines(body.iter_lines(BYTES_AT_ONCE), f"s3://{bucket}/{key}"))
        for out_key, path in written.items():
            s3.reached(INVALID_OUTPUT, s3.client().upload_file, str(path), out_bucket, out_key)
    s3.reached(INVALID_OUTPUT, s3.client().put_object, Bucket=out_bucket, Key=f"{out_prefix}_CHECK", Body=b"")
