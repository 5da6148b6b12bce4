"""Quotas: every one holds, is told in Amazon's words, and can be overridden."""

import pytest

from include.local_personalize.state import quotas
from tests.include.local_personalize.shop import trained_shop

POPULARITY = "aws-popularity-count"


def test_five_groups_and_no_sixth_until_one_goes(own_server, shop_of):
    shop = shop_of(own_server())
    groups = [shop.group() for _ in range(5)]
    with pytest.raises(shop.api.exceptions.LimitExceededException) as error:
        shop.group()
    assert "More than 5 resources in ACTIVE state" in str(error.value)
    name = groups[0].rsplit("/", 1)[-1]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_dataset_group(name=name)
    paris = shop.server.client("personalize", region="eu-west-3")
    assert paris.create_dataset_group(name=name), "each region has quotas of its own"
    shop.api.delete_dataset_group(datasetGroupArn=groups[0])
    assert shop.group()


def test_a_group_has_ten_solutions(own_server, shop_of):
    shop = shop_of(own_server())
    group, other = shop.group(), shop.group()
    for _ in range(10):
        shop.solution(group, POPULARITY)
    with pytest.raises(shop.api.exceptions.LimitExceededException):
        shop.solution(group, POPULARITY)
    assert shop.solution(other, POPULARITY)


def test_versions_in_flight_count_until_they_are_settled(own_server, shop_of):
    shop = shop_of(own_server("--quotas", '{"solution-version": 2}'))
    solution = shop.solution(shop.group(), POPULARITY)
    shop.server.http("PUT", "/_local/delays", json={"in_progress_seconds": 3600})
    for _ in range(2):
        shop.start_version(solution)
    with pytest.raises(shop.api.exceptions.LimitExceededException) as error:
        shop.start_version(solution)
    assert error.value.response["Error"]["Message"] == "More than 2 resources with PENDING or IN_PROGRESS status."
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 1})
    versions = shop.api.list_solution_versions(solutionArn=solution)["solutionVersions"]
    for version in versions:
        shop.settled("solution_version", version["solutionVersionArn"])
    assert shop.start_version(solution)


def test_campaigns_of_all_solutions_of_a_group_count(own_server, shop_of):
    shop = shop_of(own_server("--quotas", '{"campaign": 1}'))
    trained = trained_shop(shop)
    other = shop.version(shop.solution(trained.group, POPULARITY))
    campaign = shop.campaign(trained.version)
    with pytest.raises(shop.api.exceptions.LimitExceededException):
        shop.campaign(other)
    shop.api.delete_campaign(campaignArn=campaign)
    assert shop.campaign(other)


def test_overrides_are_kept_over_a_restart(own_server, shop_of):
    server = own_server()
    answer = server.http("PUT", "/_local/quotas", json={"schema": 1})
    assert answer.json() == {kind: quota.limit for kind, quota in quotas.QUOTAS.items()} | {"schema": 1}
    assert server.end() == 0
    server.start()
    shop = shop_of(server)
    shop.schema("Items")
    with pytest.raises(shop.api.exceptions.LimitExceededException):
        shop.schema("Items")
    assert server.http("PUT", "/_local/quotas", json={}).json()["schema"] == 500
    assert shop.schema("Items")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ([], "must be a JSON object"),
        ({"campaigns": 3}, "campaigns: no such quota; the quotas are batch-inference-job, "),
        ({"campaign": -1}, "campaign must be a whole number from 0 to"),
        ({"campaign": True}, "campaign must be a whole number"),
        ({"campaign": "5"}, "campaign must be a whole number"),
    ],
)
def test_a_wrong_override_is_refused_with_what_is_allowed(server, overrides, message):
    with pytest.raises(ValueError, match=message):
        quotas.limits(overrides)
    before = server.http("GET", "/_local/quotas").json()
    answer = server.http("PUT", "/_local/quotas", json=overrides)
    assert (answer.status_code, message in answer.json()["message"]) == (400, True)
    assert server.http("GET", "/_local/quotas").json() == before


def test_the_documented_quotas():
    """Source: Amazon Personalize developer guide, endpoints and quotas."""
    assert quotas.limits({}) == {
        "schema": 500,
        "dataset-group": 5,
        "dataset-import-job": 5,
        "batch-inference-job": 5,
        "batch-segment-job": 5,
        "solution-version": 20,
        "solution": 10,
        "campaign": 5,
        "recommender": 5,
        "filter": 30,
        "event-tracker": 1,
        "metric-attribution": 1,
        "data-deletion-job": 5,
    }
