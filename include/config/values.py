"""Kinds of values that several blocks share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails


def _s3_uri(value: str) -> str:
    if not value.startswith("s3://") or value == "s3://" or value.endswith("/"):
        raise ValueError("allowed: s3://bucket or s3://bucket/prefix, without a slash at the end")
    return value


S3Uri = Annotated[str, AfterValidator(_s3_uri)]
Share = Annotated[float, Field(gt=0, lt=1)]
Cron = Annotated[str, Field(pattern=r"^\S+( \S+){4}$")]


class Frozen(BaseModel):
    """A mapping of the YAML file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place below the value that a validator is about, and the remedy."""

    at: tuple[int | str, ...]
    said: str


def refuse(problems: Iterable[Problem]) -> None:
    """Raise a ValidationError that has every problem at its own place; nothing where there is none."""
    errors = [
        InitErrorDetails(type="value_error", loc=problem.at, input=None, ctx={"error": ValueError(problem.said)})
        for problem in problems
    ]
    if errors:
        raise ValidationError.from_exception_data("dataset group", errors)
