"""Kinds of values that several blocks share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


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
