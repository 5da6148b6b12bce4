"""Metric attributions as requests. What is in their reports is in work/test_metric_attribution.py."""

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE

OUTPUT = {"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{BUCKET}/metrics/"}}
ITEMS = [("ITEM_ID", "string"), ("PRICE", "float"), ("GENRES", "string")]


def metric(name, expression="SAMPLECOUNT()", event_type="watch"):
    return {"metricName": name, "eventType": event_type, "expression": expression}


def group(shop):
    group = shop.group()
    shop.dataset(group, "Interactions")
    shop.dataset(group, "Items", ITEMS)
    return group


def create(shop, group, *metrics, output=OUTPUT):
    request = {"name": shop.name("attribution"), "datasetGroupArn": group, "metricsOutputConfig": output}
    arn = shop.api.create_metric_attribution(metrics=list(metrics), **request)["metricAttributionArn"]
    assert shop.settled("metric_attribution", arn)["status"] == "ACTIVE"
    return arn


def names(shop, arn):
    pages = shop.api.get_paginator("list_metric_attribution_metrics")
    found = pages.paginate(metricAttributionArn=arn, PaginationConfig={"PageSize": 2})
    return [metric["metricName"] for page in found for metric in page["metrics"]]


def test_an_attribution_is_described_changed_and_deleted(shop):
    owner = group(shop)
    arn = create(shop, owner, metric("clicks"), metric("sales", "SUM(Items.PRICE)"), metric("more"))
    described = shop.describe("metric_attribution", arn)
    assert (described["datasetGroupArn"], described["metricsOutputConfig"]) == (owner, OUTPUT)
    listed = shop.api.list_metric_attributions(datasetGroupArn=owner)["metricAttributions"]
    assert [found["metricAttributionArn"] for found in listed] == [arn]
    assert names(shop, arn) == ["clicks", "sales", "more"]
    elsewhere = OUTPUT | {"s3DataDestination": {"path": f"s3://{BUCKET}/elsewhere/"}}
    shop.api.update_metric_attribution(
        metricAttributionArn=arn,
        removeMetrics=["clicks"],
        addMetrics=[metric("added")],
        metricsOutputConfig=elsewhere,
    )
    assert shop.settled("metric_attribution", arn)["metricsOutputConfig"] == elsewhere
    assert names(shop, arn) == ["sales", "more", "added"]
    shop.remove("metric_attribution", arn)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_metric_attribution(metricAttributionArn=arn)


def test_a_group_has_one_attribution(shop):
    owner = group(shop)
    create(shop, owner, metric("clicks"))
    refused = (shop.api.exceptions.LimitExceededException, shop.api.exceptions.ResourceAlreadyExistsException)
    with pytest.raises(refused):
        create(shop, owner, metric("clicks"))


@pytest.fixture(scope="module")
def owner(shop):
    return group(shop)


@pytest.mark.parametrize(
    "metrics",
    [
        [metric("sum", "SUM(Items.GENRES)")],
        [metric("sum", "SUM(Items.COST)")],
        [metric("sum", "SUM(Users.AGE)")],
        [metric("sum", "AVG(Items.PRICE)")],
        [metric("sum", "SUM()")],
        [metric(f"metric {number}") for number in range(11)],
        [metric("twice"), metric("twice")],
    ],
)
def test_metrics_that_cannot_be_reported_are_refused(shop, owner, metrics):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(shop, owner, *metrics)


def test_a_group_without_event_types_has_none(shop):
    owner = shop.group()
    shop.dataset(owner, "Interactions", [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")])
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(shop, owner, metric("clicks"))


def test_changes_that_do_not_fit_are_refused(shop, owner):
    arn = create(shop, owner, metric("clicks"))
    for change in ({"removeMetrics": ["sales"]}, {"addMetrics": [metric("clicks")]}):
        with pytest.raises(
            (shop.api.exceptions.InvalidInputException, shop.api.exceptions.ResourceAlreadyExistsException)
        ):
            shop.api.update_metric_attribution(metricAttributionArn=arn, **change)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_metric_attribution(addMetrics=[metric("more")])


def test_what_is_not_there_is_not_found(shop):
    missing = {"metricAttributionArn": shop.missing("metric-attribution")}
    operations = ["describe_metric_attribution", "delete_metric_attribution", "update_metric_attribution"]
    for operation in [*operations, "list_metric_attribution_metrics"]:
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            getattr(shop.api, operation)(**missing)
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_metric_attributions(nextToken="none")
