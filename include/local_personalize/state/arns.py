"""How Amazon Personalize spells the ARNs of its resources."""

from dataclasses import dataclass
from uuid import uuid4

import regex

RECIPE_PREFIX = "arn:aws:personalize:::recipe/"
LATEST = "/$LATEST"


@dataclass(frozen=True)
class Arns:
    """ARNs within one account and region."""

    region: str
    account: str

    def of(self, kind: str, name: str) -> str:
        return f"arn:aws:personalize:{self.region}:{self.account}:{kind}/{name}"


def eight_hex() -> str:
    """The random part that Amazon gives to solution versions."""
    return uuid4().hex[:8]


def last_part(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def region_of(authorization: str, default: str) -> str:
    """The region in a SigV4 Authorization header's credential scope, or the default where the request is not signed."""
    scope = regex.search(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/", authorization)
    return scope[1] if scope else default
