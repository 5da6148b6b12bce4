"""Recommendations in real time, against shops whose right answers are known by construction."""

import re

import pytest

from tests.include.local_personalize.cinema import Cinema, bought, colour, had
from tests.waiting import until

PLAIN = {"itemExplorationConfig": {"explorationWeight": "0"}}


@pytest.fixture(scope="module")
def runtime(shop):
    return shop.runtime


@pytest.fixture(scope="module")
def campaign(shop, trained):
    return shop.campaign(trained.version, **PLAIN)


@pytest.fixture(scope="module")
def cinema(shop):
    return Cinema(shop)


@pytest.fixture(scope="module")
def films(shop, cinema):
    """A campaign that recommends films to users, with their metadata."""
    return shop.campaign(cinema.version("aws-user-personalization"), enableMetadataWithRecommendations=True, **PLAIN)


@pytest.fixture(scope="module")
def similar(shop, cinema):
    return shop.campaign(cinema.version("aws-similar-items"))


@pytest.fixture(scope="module")
def ranking(shop, cinema):
    return shop.campaign(cinema.version("aws-personalized-ranking"))


@pytest.fixture(scope="module")
def popular(shop, cinema):
    return shop.campaign(cinema.version("aws-popularity-count"))


def ids(answer):
    return [item["itemId"] for item in answer.get("itemList", answer.get("personalizedRanking"))]


def test_users_get_items_of_their_own_colour(runtime, campaign):
    for user in range(6):
        items = ids(runtime.get_recommendations(campaignArn=campaign, userId=f"u{user}", numResults=5))
        assert [int(item[1:]) % 2 for item in items] == [user % 2] * 5


def test_an_answer_has_scores_in_order_and_an_id(runtime, campaign):
    answer = runtime.get_recommendations(campaignArn=campaign, userId="u1")
    scores = [item["score"] for item in answer["itemList"]]
    assert len(scores) == 25
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 and score == round(score, 7) for score in scores)
    assert re.fullmatch(r"RID-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["recommendationId"])


def test_an_unknown_user_gets_items_too(runtime, campaign):
    assert len(ids(runtime.get_recommendations(campaignArn=campaign, userId="nobody", numResults=3))) == 3


@pytest.mark.parametrize(
    "members",
    [
        {"userId": ""},
        {"userId": "u" * 257},
        {"itemId": "i1"},
        {"numResults": 501},
        {"filterValues": {"GENRES": '"white"'}},
        {"context": {"TIMESTAMP": "1"}},
        {"context": {"NO_SUCH_COLUMN": "x"}},
        {"metadataColumns": {"USERS": ["AGE"]}},
        {"metadataColumns": {"ITEMS": ["NO_SUCH_COLUMN"]}},
        {"metadataColumns": {"ITEMS": ["TITLE"] * 11}},
        {"metadataColumns": {"ITEMS": ["TITLE"]}, "numResults": 51},
        {"promotions": [{"percentPromotedItems": 101}]},
        {"promotions": [{"percentPromotedItems": 10}]},
    ],
)
def test_requests_that_are_refused(runtime, films, members):
    with pytest.raises(runtime.exceptions.InvalidInputException) as error:
        runtime.get_recommendations(**{"campaignArn": films, "userId": "u1"} | members)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_something_to_ask_is_needed(runtime):
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_recommendations(userId="u1")


def test_what_is_not_there_is_404(shop, runtime, films):
    for missing in (
        {"campaignArn": shop.missing("campaign")},
        {"recommenderArn": shop.missing("recommender")},
        {"campaignArn": films, "filterArn": shop.missing("filter")},
    ):
        with pytest.raises(runtime.exceptions.ResourceNotFoundException) as error:
            runtime.get_recommendations(userId="u1", **missing)
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_what_the_user_bought_is_left_out(runtime, cinema, films):
    arn = cinema.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    for user in range(3):
        assert bought(user) & set(ids(runtime.get_recommendations(campaignArn=films, userId=f"u{user}")))
        left = ids(runtime.get_recommendations(campaignArn=films, userId=f"u{user}", filterArn=arn))
        assert left
        assert not bought(user) & set(left)


def test_events_that_were_put_are_filtered_on_and_personalise(shop, runtime, cinema, films):
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=cinema.group)
    shop.settled("event_tracker", tracker["eventTrackerArn"])
    event = {"eventType": "BUY", "properties": '{"device": "tv"}'}
    events = [event | {"itemId": f"i{item}", "sentAt": 1_700_000_000 + item} for item in (0, 2, 4, 6)]
    shop.events.put_events(trackingId=tracker["trackingId"], userId="guest", sessionId="visit", eventList=events)
    arn = cinema.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')

    def left():
        answer = runtime.get_recommendations(campaignArn=films, userId="guest", filterArn=arn, numResults=5)
        return set(ids(answer))

    until(lambda: not left() & {"i0", "i2", "i4", "i6"}, "the filter sees what the guest bought", shop.patience)
    assert {colour(int(item[1:])) for item in left()} == {"white"}


def test_values_of_a_filter_come_with_the_request(runtime, cinema, films):
    arn = cinema.filter("INCLUDE ItemID WHERE Items.GENRES IN ($GENRES) AND Items.YEAR < $BEFORE")

    def left(**values):
        return set(ids(runtime.get_recommendations(campaignArn=films, userId="u1", filterArn=arn, filterValues=values)))

    # What the user has had already may or may not come back.
    assert {"i0", "i6"} <= left(GENRES='"third"', BEFORE="2010") <= {"i0", "i3", "i6", "i9"}
    assert {"i0"} <= left(GENRES='"white","black"', BEFORE="2002") <= {"i0", "i1"}
    assert left(GENRES='"green"', BEFORE="2010") == set()
    for values in ({"GENRES": '"third"'}, {"GENRES": "third", "BEFORE": "2010"}):
        with pytest.raises(runtime.exceptions.InvalidInputException):
            left(**values)


def test_an_exclude_without_its_values_is_left_out(runtime, cinema, films):
    arn = cinema.filter("EXCLUDE ItemID WHERE Items.GENRES IN ($GENRES)")
    request = {"campaignArn": films, "userId": "u1", "numResults": 40}
    plain = ids(runtime.get_recommendations(**request))
    assert ids(runtime.get_recommendations(filterArn=arn, **request)) == plain
    without = runtime.get_recommendations(filterArn=arn, filterValues={"GENRES": '"white"'}, **request)
    assert set(ids(without)) == {item for item in plain if colour(int(item[1:])) == "black"}


def test_an_if_looks_at_the_user(runtime, cinema, films):
    arn = cinema.filter('EXCLUDE ItemID WHERE Items.GENRES IN ("third") IF CurrentUser.TIER = "gold"')

    def thirds(user, **members):
        left = ids(runtime.get_recommendations(campaignArn=films, userId=user, numResults=40, **members))
        return [item for item in left if int(item[1:]) % 3 == 0]

    assert thirds("u1")
    assert thirds("u1", filterArn=arn) == []
    assert thirds("u2", filterArn=arn) == thirds("u2") != []


def test_related_items_may_be_compared_with_the_item(runtime, cinema, films, similar):
    arn = cinema.filter("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRES IN CurrentItem.GENRES")
    left = ids(runtime.get_recommendations(campaignArn=similar, itemId="i8", filterArn=arn))
    assert sorted(left) == ["i0", "i2", "i4", "i6"]
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_recommendations(campaignArn=films, userId="u1", filterArn=arn)
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_recommendations(campaignArn=similar, userId="u1")


def test_related_items_have_no_scores(runtime, similar):
    answer = runtime.get_recommendations(campaignArn=similar, itemId="i8", numResults=5)
    assert {colour(int(item["itemId"][1:])) for item in answer["itemList"]} == {"white"}
    assert all("score" not in item for item in answer["itemList"])
    assert "i8" not in ids(answer)


def test_popular_items_need_nobody(runtime, cinema, popular):
    assert len(ids(runtime.get_recommendations(campaignArn=popular, numResults=4))) == 4
    arn = cinema.filter('INCLUDE ItemID WHERE Items.GENRES IN ("third")')
    assert len(ids(runtime.get_recommendations(campaignArn=popular, filterArn=arn))) == 14


def test_promoted_items_are_among_the_others(runtime, cinema, films):
    arn = cinema.filter("INCLUDE ItemID WHERE Items.GENRES IN ($GENRES)")
    not_bought = cinema.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    promotion = {
        "name": "thirds",
        "percentPromotedItems": 30,
        "filterArn": arn,
        "filterValues": {"GENRES": '"third"'},
    }
    request = {"campaignArn": films, "userId": "u1", "numResults": 10}
    best = ids(runtime.get_recommendations(filterArn=arn, filterValues=promotion["filterValues"], **request))
    answer = runtime.get_recommendations(promotions=[promotion], filterArn=not_bought, **request)
    promoted = [item["itemId"] for item in answer["itemList"] if item.get("promotionName") == "thirds"]
    others = [item["itemId"] for item in answer["itemList"] if "promotionName" not in item]
    assert promoted == best[:3], "in their own order, and free of the request's own filter"
    assert len(others) == 7
    assert not bought(1) & set(others)
    assert not set(promoted) & set(others)


def test_metadata_comes_with_items(shop, runtime, cinema, films):
    columns = {"ITEMS": ["TITLE", "PRICE", "GENRES", "YEAR"]}
    answer = runtime.get_recommendations(campaignArn=films, userId="u1", numResults=3, metadataColumns=columns)
    for item in answer["itemList"]:
        number = item["itemId"][1:]
        assert item["metadata"]["TITLE"] == f"Film {number}"
        assert float(item["metadata"]["PRICE"]) == float(f"{number}.99")
        assert item["metadata"]["YEAR"] == str(2000 + int(number))
    plain = shop.campaign(cinema.version("aws-user-personalization"))
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_recommendations(campaignArn=plain, userId="u1", metadataColumns=columns)


def test_context_is_taken_in_the_columns_of_interactions(runtime, films):
    answer = runtime.get_recommendations(campaignArn=films, userId="u1", numResults=3, context={"DEVICE": "tv"})
    assert len(ids(answer)) == 3


def test_a_list_is_ranked_for_a_user(runtime, ranking):
    given = [f"i{item}" for item in range(28, 40)]  # none of which u1 has had
    answer = runtime.get_personalized_ranking(campaignArn=ranking, userId="u1", inputList=[*given, "unheard-of"])
    ranked = answer["personalizedRanking"]
    assert sorted(ids(answer)) == sorted([*given, "unheard-of"])
    assert {colour(int(item[1:])) for item in ids(answer)[:5]} == {"black"}
    assert ranked[-1] == {"itemId": "unheard-of"}, "what the model does not know comes last, without a score"
    scores = [item["score"] for item in ranked[:-1]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-6)


def test_a_ranking_is_filtered(runtime, cinema, ranking):
    arn = cinema.filter(
        'EXCLUDE ItemID WHERE Items.GENRES IN ("third") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Buy")'
    )
    given = sorted(had(1) | {"i0", "i2", "i3"})
    answer = runtime.get_personalized_ranking(campaignArn=ranking, userId="u1", inputList=given, filterArn=arn)
    expected = {item for item in given if int(item[1:]) % 3} - bought(1)
    assert set(ids(answer)) == expected


@pytest.mark.parametrize(
    "members",
    [
        {"inputList": []},
        {"inputList": [f"i{at}" for at in range(501)]},
        {"userId": ""},
        {"metadataColumns": {"ITEMS": ["TITLE"]}},
        {"context": {"NO_SUCH_COLUMN": "x"}},
    ],
)
def test_rankings_that_are_refused(runtime, ranking, members):
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_personalized_ranking(**{"campaignArn": ranking, "userId": "u1", "inputList": ["i1"]} | members)


def test_each_operation_has_recipes_of_its_own(runtime, films, ranking):
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_personalized_ranking(campaignArn=films, userId="u1", inputList=["i1"])
    with pytest.raises(runtime.exceptions.InvalidInputException):
        runtime.get_recommendations(campaignArn=ranking, userId="u1")
