"""Whom a probe asks for, and how a campaign is asked: as its recipe wants it."""

import hashlib
import heapq
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from include import workspace
from include.config import Storage
from include.training.probe import Answer

NOBODY = "a-user-nobody-knows"  # new users start from popular items, so that anyone can be asked for
RELATED = ("aws-similar-items", "aws-sims")
RANKING = "aws-personalized-ranking"  # and what begins so, as -v2 does
RANKED = 25  # items given to be ranked
REFUSED = ("InvalidInputException", "ResourceNotFoundException")


@dataclass(frozen=True)
class Questions:
    """Whom or what to ask for, and the items to be ranked where the recipe ranks."""

    asked: tuple[str, ...]
    ranked: tuple[str, ...] = ()


def choose(s3: Any, storage: Storage, recipe: str, count: int) -> Questions:
    """Choose whom to ask for: always the same as long as they are known, and one user that nobody knows.

    Recipes of related items are asked for items. Nothing recorded is nobody known.
    """
    if recipe in RELATED:
        return Questions(_chosen(workspace.item_ids(s3, storage), count))
    asked = (*_chosen(workspace.users(s3, storage), count), NOBODY)
    return Questions(asked, _chosen(workspace.item_ids(s3, storage), RANKED) if recipe.startswith(RANKING) else ())


def ask(runtime: Any, recipe: str, campaign_arn: str, questions: Questions) -> list[Answer]:
    """Ask a campaign each question once; `runtime` is the boto3 client personalize-runtime.

    What is no answer to the question but an outage, throttling among it, is raised.
    """
    return [_answer(runtime, recipe, campaign_arn, asked, questions.ranked) for asked in questions.asked]


def unknown(s3: Any, storage: Storage, answers: Sequence[Answer]) -> frozenset[str] | None:
    """The items among the answers that no dataset has; None where nothing was ever recorded."""
    left = {item for answer in answers for item in answer.items}
    recorded = 0
    for item in workspace.item_ids(s3, storage):
        recorded += 1
        left.discard(item)
    return frozenset(left) if recorded else None


def _chosen(ids: Iterable[str], count: int) -> tuple[str, ...]:
    """The ids whose digests are smallest: a sample that stays when ids are added, but for the few that join it."""
    return tuple(heapq.nsmallest(count, ids, key=lambda each: hashlib.blake2b(each.encode(), digest_size=8).digest()))


def _answer(runtime: Any, recipe: str, campaign_arn: str, asked: str, ranked: Sequence[str]) -> Answer:
    began = time.monotonic()
    try:
        if recipe.startswith(RANKING):
            found = runtime.get_personalized_ranking(campaignArn=campaign_arn, userId=asked, inputList=list(ranked))
            rows = found["personalizedRanking"]
        else:
            by = "itemId" if recipe in RELATED else "userId"
            rows = runtime.get_recommendations(campaignArn=campaign_arn, **{by: asked})["itemList"]
        items, refusal = tuple(row["itemId"] for row in rows), None
    except ClientError as error:
        if error.response["Error"]["Code"] not in REFUSED:
            raise
        items, refusal = (), f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return Answer(asked, items, 1_000 * (time.monotonic() - began), refusal)
