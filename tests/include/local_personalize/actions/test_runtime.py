"""GetRecommendations against the checkerboard, whose right answers are known."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture(scope="module")
def runtime(shop):
    return shop.server.client("personalize-runtime")


@pytest.fixture(scope="module")
def campaign(shop, trained):
    return shop.campaign(trained.version, itemExplorationConfig={"explorationWeight": "0"})


def test_users_get_items_of_their_own_colour(runtime, campaign):
    for user in range(6):
        items = runtime.get_recommendations(campaignArn=campaign, userId=f"u{user}", numResults=5)["itemList"]
        assert [int(item["itemId"][1:]) % 2 for item in items] == [user % 2] * 5


def test_an_answer_has_scores_in_order_and_an_id(runtime, campaign):
    answer = runtime.get_recommendations(campaignArn=campaign, userId="u1")
    scores = [item["score"] for item in answer["itemList"]]
    assert len(scores) == 25
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 and score == round(score, 7) for score in scores)
    assert re.fullmatch(r"RID-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["recommendationId"])


def test_an_unknown_user_gets_items_too(runtime, campaign):
    assert len(runtime.get_recommendations(campaignArn=campaign, userId="nobody", numResults=3)["itemList"]) == 3


@pytest.mark.parametrize(
    "members",
    [
        {"userId": ""},
        {"userId": "u" * 257},
        {"numResults": 501},
        {"itemId": "i1"},
        {"filterArn": "arn:aws:personalize:us-east-1:123456789012:filter/none"},
        {"filterValues": {"GENRE": '"x"'}},
        {"context": {"DEVICE": "phone"}},
        {"promotions": [{"percentPromotedItems": 101}]},
        {"promotions": [{"percentPromotedItems": 10}]},
        {"metadataColumns": {"ITEMS": ["GENRES"]}},
        {"recommenderArn": "arn:aws:personalize:us-east-1:123456789012:recommender/none"},
    ],
)
def test_nothing_is_ignored_silently(runtime, campaign, members):
    with pytest.raises(runtime.exceptions.InvalidInputException) as error:
        runtime.get_recommendations(**{"campaignArn": campaign, "userId": "u1"} | members)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_unknown_campaign_is_404(runtime):
    none = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    with pytest.raises(runtime.exceptions.ResourceNotFoundException) as error:
        runtime.get_recommendations(campaignArn=none, userId="u1")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_answers_stay_fast_while_a_version_trains(shop, runtime, trained, campaign):
    """Both worker processes train meanwhile; the bound is generous, since the machine is shared."""
    runtime.get_recommendations(campaignArn=campaign, userId="u1")
    solution = shop.solution(trained.group)
    versions = [shop.start_version(solution) for _ in range(2)]

    def timed(number):
        began = time.perf_counter()
        runtime.get_recommendations(campaignArn=campaign, userId=f"u{number % 60}")
        return time.perf_counter() - began

    with ThreadPoolExecutor(4) as pool:
        times = sorted(pool.map(timed, range(200)))
    assert times[len(times) // 2] < 0.1
    for version in versions:
        assert shop.settled("solution_version", version)["status"] == "ACTIVE"
