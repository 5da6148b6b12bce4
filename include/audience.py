"""Whom a version is measured on: the test users that Amazon Personalize draws."""

import math
from typing import Any

from include.config import Storage
from include.workspace import users_with_interactions

SHARE = 0.1  # of the users (Amazon Personalize developer guide, evaluating a solution version with metrics)


def held_out_users(s3: Any, storage: Storage) -> int | None:
    """About how many test users a FULL version has: a tenth of those with interactions; None where none is recorded.

    At most: the service leaves out users with a single interaction, and those that a solution's event type leaves out.
    """
    return math.ceil(SHARE * users_with_interactions(s3, storage)) or None
