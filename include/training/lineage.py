"""Solution versions and the FULL version each stands on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Version:
    """A solution version; `created` is aware."""

    arn: str
    mode: str
    status: str
    created: datetime

    @property
    def id(self) -> str:
        """The last part of the ARN, eight hexadecimal digits."""
        return self.arn.rpartition("/")[2]


def versions(summaries: Iterable[Mapping[str, Any]]) -> list[Version]:
    """Take versions out of ListSolutionVersions' summaries, oldest first."""
    found = [
        Version(item["solutionVersionArn"], item.get("trainingMode", "FULL"), item["status"], item["creationDateTime"])
        for item in summaries
    ]
    return sorted(found, key=lambda version: version.created)


def newest_full(history: Sequence[Version]) -> Version | None:
    """The newest ACTIVE FULL version."""
    return next(
        (version for version in reversed(history) if version.mode == "FULL" and version.status == "ACTIVE"), None
    )


def root(history: Sequence[Version], arn: str) -> Version | None:
    """The FULL version that a version's weights come from: itself, or the newest ACTIVE FULL version before an UPDATE.

    None where the version is unknown or has no such parent.
    """
    version = next((version for version in history if version.arn == arn), None)
    if version is None or version.mode == "FULL":
        return version
    return newest_full([other for other in history if other.created < version.created])
