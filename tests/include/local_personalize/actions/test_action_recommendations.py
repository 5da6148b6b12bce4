"""Action recommendations: which of the actions of a business a user is the likeliest to take."""

import time

import pytest

from tests.include.local_personalize.shop import checkerboard

DAY = 86_400
ACTIONS = ["ACTION_ID,VALUE,KIND", "even-club,1.0,club", "odd-club,1.0,club", "app,5.0,app"]
ACTION_FIELDS = [("ACTION_ID", "string"), ("VALUE", "double"), ("KIND", "string")]
INTERACTION_FIELDS = [("USER_ID", "string"), ("ACTION_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")]


def clubs() -> list[str]:
    """Users take the club of their own parity each time, and see the other only."""
    lines, begin = ["USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"], int(time.time()) - 30 * DAY
    for user in range(60):
        for step in range(5):
            for parity, club in enumerate(("even-club", "odd-club")):
                taken = "TAKEN" if user % 2 == parity else "VIEWED"
                lines.append(f"u{user},{club},{taken},{begin + step * DAY + user}")
    return lines


@pytest.fixture(scope="module")
def campaign(shop):
    """A campaign of next-best-action, with its group."""
    group = shop.group()
    assert shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())["status"] == "ACTIVE"
    assert shop.import_lines(shop.dataset(group, "Actions", ACTION_FIELDS), ACTIONS)["status"] == "ACTIVE"
    interactions = shop.dataset(group, "Action_Interactions", INTERACTION_FIELDS)
    assert shop.import_lines(interactions, clubs())["status"] == "ACTIVE"
    arn = shop.campaign(shop.version(shop.solution(group, "aws-next-best-action")))
    assert shop.settled("campaign", arn)["status"] == "ACTIVE"
    return group, arn


def test_the_likeliest_action_comes_first(shop, campaign):
    for user, club in (("u2", "even-club"), ("u3", "odd-club")):
        answer = shop.runtime.get_action_recommendations(campaignArn=campaign[1], userId=user)
        actions = answer["actionList"]
        assert actions[0]["actionId"] == club
        assert {action["actionId"] for action in actions} == {"even-club", "odd-club", "app"}
        assert 1 >= actions[0]["score"] > actions[1]["score"] >= 0
        assert answer["recommendationId"].startswith("RID-")


def test_a_number_of_results_and_a_filter_are_obeyed(shop, campaign):
    group, arn = campaign
    few = shop.runtime.get_action_recommendations(campaignArn=arn, userId="u2", numResults=1)
    assert len(few["actionList"]) == 1
    expression = 'INCLUDE ActionID WHERE Actions.KIND IN ("app")'
    made = shop.api.create_filter(name=shop.name("filter"), datasetGroupArn=group, filterExpression=expression)
    shop.settled("filter", made["filterArn"])
    left = shop.runtime.get_action_recommendations(campaignArn=arn, userId="u2", filterArn=made["filterArn"])
    assert [action["actionId"] for action in left["actionList"]] == ["app"]


@pytest.mark.parametrize(
    "members",
    [{"userId": ""}, {"numResults": 101}, {"filterValues": {"KIND": '"app"'}}],
    ids=lambda each: next(iter(each)),
)
def test_requests_that_cannot_be_are_refused(shop, campaign, members):
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_action_recommendations(**{"campaignArn": campaign[1], "userId": "u2"} | members)


def test_other_recipes_have_no_actions_and_actions_are_no_items(shop, trained, campaign):
    items = shop.campaign(shop.version(shop.solution(trained.group, "aws-popularity-count")))
    shop.settled("campaign", items)
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_action_recommendations(campaignArn=items, userId="u2")
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_recommendations(campaignArn=campaign[1], userId="u2")
    with pytest.raises(shop.runtime.exceptions.ResourceNotFoundException):
        shop.runtime.get_action_recommendations(campaignArn=shop.missing("campaign"), userId="u2")
