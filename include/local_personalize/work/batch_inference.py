"""The work of a batch inference job: JSON lines of users in S3 to JSON lines of recommendations in S3."""

import hashlib
import json
import random
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from include.local_personalize import engine, s3
from include.local_personalize.data_folder import DataFolder
from include.local_personalize.errors import WorkFailed
from include.local_personalize.resources import Resource, Resources

KIND = "batch-inference-job"
INVALID_INPUT = "Invalid S3 input path."
INVALID_OUTPUT = "Invalid S3 output path."
MOST_FILES = 1_000
LINES_AT_ONCE = 10_000
render = json.JSONEncoder(separators=(",", ":")).encode


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    version = resources.get(body["solutionVersionArn"])
    return {
        "model": folder.models / version.notes["model"],
        "input": body["jobInput"]["s3DataSource"]["path"],
        "output": body["jobOutput"]["s3DataDestination"]["path"],
        "num_results": body["numResults"],
        "exploration": body.get("batchInferenceJobConfig", {}).get("itemExplorationConfig"),
        "seed": hashlib.sha256(resource.arn.encode()).hexdigest(),
        "scratch": folder.scratch,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Writes <output><file name>.out per input file and _CHECK last, once all are computed; returns {}."""
    bucket, prefix = s3.split(task["input"])
    keys = s3.reached(INVALID_INPUT, s3.keys, bucket, prefix, first_level=False)
    if not 1 <= len(keys) <= MOST_FILES:
        raise WorkFailed(f"{INVALID_INPUT} {len(keys)} files there; 1 to {MOST_FILES} are allowed.")
    out_bucket, out_prefix = s3.split(task["output"])
    s3.reached(INVALID_OUTPUT, s3.client().head_bucket, Bucket=out_bucket)
    outputs = {f"{out_prefix}{key.rsplit('/', 1)[-1]}.out": key for key in keys}
    if len(outputs) < len(keys):
        raise WorkFailed("Two input files have the same name; their outputs would overwrite each other.")
    answer = Recommending(task)
    with tempfile.TemporaryDirectory(dir=task["scratch"]) as scratch:
        written = {out_key: Path(scratch, str(number)) for number, out_key in enumerate(outputs)}
        for out_key, key in outputs.items():
            body = s3.reached(INVALID_INPUT, s3.client().get_object, Bucket=bucket, Key=key)["Body"]
            with written[out_key].open("w", encoding="utf-8") as file:
                file.writelines(answer.lines(body.iter_lines(2**20)))
        for out_key, path in written.items():
            s3.reached(INVALID_OUTPUT, s3.client().upload_file, str(path), out_bucket, out_key)
    s3.reached(INVALID_OUTPUT, s3.client().put_object, Bucket=out_bucket, Key=f"{out_prefix}_CHECK", Body=b"")
    return {}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 (all is in S3)
    return {}


class Recommending:
    """Input lines to output lines with one model, in bounded memory."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._model = engine.load(task["model"])
        self._exploration = engine.Exploration.of(task["exploration"])
        self._num_results: int = task["num_results"]
        self._order = random.Random(task["seed"])

    def lines(self, inputs: Iterable[bytes]) -> Iterator[str]:
        """Output lines, shuffled as Amazon's are: a reader has to join them on their input."""
        filled = (line for line in inputs if line.strip())
        while chunk := list(islice(filled, LINES_AT_ONCE)):
            outputs = list(self._chunk(chunk))
            self._order.shuffle(outputs)
            yield from outputs

    def _chunk(self, chunk: list[bytes]) -> Iterator[str]:
        users = []
        for line in chunk:
            try:
                users.append(_user_id(line))
            except ValueError as error:
                echo = line.decode(errors="replace")
                yield render({"input": _parsed_or(echo), "output": None, "error": str(error)}) + "\n"
        queries = [
            engine.Query(user_id=user, num_results=self._num_results, exploration=self._exploration) for user in users
        ]
        rankings = self._model.answer_many(queries)
        for user, ranking in zip(users, rankings, strict=True):
            output: dict[str, Any] = {"recommendedItems": ranking.items}
            if ranking.scores is not None:
                output["scores"] = ranking.scores
            yield render({"input": {"userId": user}, "output": output, "error": None}) + "\n"


def _user_id(line: bytes) -> str:
    """The user of one input line; raises ValueError saying what is wrong with the line."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("The line is not valid JSON.") from None
    if not isinstance(record, dict) or record.keys() != {"userId"}:
        raise ValueError('The line must be a JSON object with userId alone, such as {"userId":"1"}.')
    user = record["userId"]
    if not isinstance(user, str) or not 1 <= len(user) <= 256:
        raise ValueError("userId must be a string of 1 to 256 characters.")
    return user


def _parsed_or(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
