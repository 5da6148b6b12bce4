"""Filters together with other resources, and with one another."""

import pytest

from include.local_personalize.engine import EVERYTHING, Allowed
from include.local_personalize.serving import filtering
from tests.include.local_personalize.cinema import FIELDS
from tests.include.local_personalize.shop import BUCKET, ROLE, checkerboard

ABC, BCD = frozenset("abc"), frozenset("bcd")


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (Allowed(ABC, only=True), Allowed(BCD, only=True), Allowed(frozenset("bc"), only=True)),
        (Allowed(ABC, only=True), Allowed(BCD), Allowed(frozenset("a"), only=True)),
        (Allowed(ABC), Allowed(BCD, only=True), Allowed(frozenset("d"), only=True)),
        (Allowed(ABC), Allowed(BCD), Allowed(frozenset("abcd"))),
        (Allowed(ABC, only=True), EVERYTHING, Allowed(ABC, only=True)),
        (EVERYTHING, Allowed(ABC), Allowed(ABC)),
    ],
)
def test_two_filters_leave_what_each_leaves(first, second, left):
    assert filtering.both(first, second) == left
    for item in "abcde":
        assert (item in left) is (item in first and item in second)


def test_a_filter_is_used_when_active_and_stays_while_a_job_uses_it(own_server, shop_of):
    shop = shop_of(own_server())
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    shop.dataset(group, "Items", FIELDS["Items"])
    version = shop.version(shop.solution(group))
    campaign = shop.campaign(version)
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600})
    request = {"name": "sold", "datasetGroupArn": group}
    arn = shop.api.create_filter(filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")', **request)[
        "filterArn"
    ]
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_recommendations(campaignArn=campaign, userId="u1", filterArn=arn)
    places = {
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/nothing/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
    }
    job = {"jobName": "job", "solutionVersionArn": version, "roleArn": ROLE, "filterArn": arn} | places
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_batch_inference_job(**job)
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 1})
    assert shop.runtime.get_recommendations(campaignArn=campaign, userId="u1", filterArn=arn)["itemList"]
    shop.api.create_batch_inference_job(**job)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_filter(filterArn=arn)


def test_a_filter_of_another_group_cannot_be_used(shop, trained):
    other = shop.group()
    shop.dataset(other, "Interactions")
    expression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
    request = {"name": shop.name("filter"), "datasetGroupArn": other, "filterExpression": expression}
    arn = shop.api.create_filter(**request)["filterArn"]
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_recommendations(campaignArn=shop.campaign(trained.version), userId="u1", filterArn=arn)
