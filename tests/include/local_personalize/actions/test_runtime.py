"""GetRecommendations against the checkerboard, whose right answers are known."""

import re

import pytest


@pytest.fixture(scope="module")
def runtime(shop):
    return shop.runtime


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
        {"promotions": [{"percentPromotedItems": 101}]},
    ],
)
def test_requests_beyond_the_limits_are_refused(runtime, campaign, members):
    with pytest.raises(runtime.exceptions.InvalidInputException) as error:
        runtime.get_recommendations(**{"campaignArn": campaign, "userId": "u1"} | members)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_unknown_campaign_is_404(shop, runtime):
    with pytest.raises(runtime.exceptions.ResourceNotFoundException) as error:
        runtime.get_recommendations(campaignArn=shop.missing("campaign"), userId="u1")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
