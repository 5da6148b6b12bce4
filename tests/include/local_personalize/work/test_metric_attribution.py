"""Reports of metric attributions: 15 minutes of the service's clock, or an import, in a CSV file in S3."""

import csv

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE, checkerboard
from tests.waiting import until

HEADER = "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP"
ITEMS = [("ITEM_ID", "string"), ("PRICE", ["null", "float"])]
COLUMNS = ["USER_ID", "ITEM_ID", "EVENT_TYPE", "EVENT_VALUE", "TIMESTAMP", "EVENT_ATTRIBUTION_SOURCE"]
TYPES = ["string", "string", "string", ["null", "float"], "long", ["null", "string"]]
METRICS = [
    {"metricName": "clicks", "eventType": "click", "expression": "SAMPLECOUNT()"},
    {"metricName": "sales", "eventType": "buy", "expression": "SUM(Items.PRICE)"},
    {"metricName": "worth", "eventType": "buy", "expression": "SUM(Interactions.EVENT_VALUE)"},
]


class Reporting:
    """A group with a metric attribution, and the reports that it has written."""

    def __init__(self, shop, s3, metrics):
        self.shop, self.s3, self.prefix = shop, s3, shop.name("metrics")
        self.group = shop.group()
        self.interactions = shop.dataset(self.group, "Interactions", list(zip(COLUMNS, TYPES, strict=True)))
        items = shop.dataset(self.group, "Items", ITEMS)
        shop.import_lines(items, ["ITEM_ID,PRICE", "i1,2.5", "i2,10", "i3,"])
        request = {"name": shop.name("tracker"), "datasetGroupArn": self.group}
        self.tracking_id = shop.api.create_event_tracker(**request)["trackingId"]
        output = {"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{BUCKET}/{self.prefix}"}}
        request = {"name": shop.name("attribution"), "datasetGroupArn": self.group, "metricsOutputConfig": output}
        self.arn = shop.api.create_metric_attribution(metrics=metrics, **request)["metricAttributionArn"]

    def put(self, event_type, item, source=None, **members):
        event = {"eventType": event_type, "itemId": item, "sentAt": 1_700_000_000} | members
        attributed = {"metricAttribution": {"eventAttributionSource": source}} if source else {}
        request = {"trackingId": self.tracking_id, "sessionId": "s", "userId": "u1"}
        self.shop.events.put_events(eventList=[event | attributed], **request)

    def reports(self, count):
        """The lines of each report, by method, once there are as many."""

        def written():
            found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{self.prefix}/").get("Contents", [])
            return found if len(found) >= count else None

        reports = []
        for each in sorted(until(written, "the reports are written"), key=lambda each: each["LastModified"]):
            name = each["Key"].removeprefix(f"{self.prefix}/")
            kind, method, _ = name.split(" - ")
            assert kind == "AggregatedAttributionMetrics"
            text = self.s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode()
            header, *lines = text.splitlines()
            assert header == HEADER
            reports.append((method, [tuple(row) for row in csv.reader(lines)]))
        return reports


@pytest.fixture
def reporting(own_server, shop_of, s3):
    return Reporting(shop_of(own_server()), s3, METRICS)


def set_clock(shop, minutes):
    shop.server.http("PUT", "/_local/clock", json={"offset_days": minutes / 1_440})


def test_streamed_events_are_reported_by_source_every_fifteen_minutes(reporting):
    shop = reporting.shop
    reporting.put("click", "i1", "home page")
    reporting.put("click", "i2", "home page", eventId="once")
    reporting.put("click", "i2", "home page", eventId="once")
    reporting.put("click", "i1")
    reporting.put("buy", "i1", "mail", eventValue=3)
    reporting.put("buy", "i2", "mail", eventValue=4)
    reporting.put("buy", "i3", "mail")
    reporting.put("other", "i1", "mail")
    set_clock(shop, 16)
    [(method, lines)] = reporting.reports(1)
    assert method == "PUT"
    totals = {}
    for name, event_type, value, function, source, window in lines:
        key = (name, event_type, function, source)
        totals[key] = totals.get(key, 0) + float(value)
        assert int(window) % 900 == 0
    assert totals == {
        ("clicks", "click", "samplecount", "home page"): 2,
        ("clicks", "click", "samplecount", "SOURCE_NAME_UNDEFINED"): 1,
        ("sales", "buy", "sum", "mail"): 12.5,
        ("worth", "buy", "sum", "mail"): 7,
    }
    set_clock(shop, 32)
    reporting.put("click", "i1", "later")
    set_clock(shop, 48)
    later = reporting.reports(2)[1][1]
    assert [(line[0], line[2], line[4]) for line in later] == [("clicks", "1.0", "later")]


def test_an_event_that_follows_a_recommendation_is_attributed_to_its_campaign(reporting):
    shop = reporting.shop
    lines = [line.replace("watch", "click,,").rsplit(",", 1) for line in checkerboard()[1:]]
    rows = [f"{','.join(COLUMNS)}", *[f"{start.rstrip(',')},,{time}," for start, time in lines]]
    assert shop.import_lines(reporting.interactions, rows)["status"] == "ACTIVE"
    campaign = shop.campaign(shop.version(shop.solution(reporting.group, "aws-popularity-count")))
    answer = shop.runtime.get_recommendations(campaignArn=campaign, userId="u1", numResults=3)
    reporting.put("click", answer["itemList"][0]["itemId"], recommendationId=answer["recommendationId"])
    set_clock(shop, 16)
    [(_, lines)] = reporting.reports(1)
    assert [(line[0], line[2], line[4]) for line in lines] == [("clicks", "1.0", campaign)]


def test_an_import_is_reported_where_it_asks_for_it(reporting):
    shop, rows = reporting.shop, [",".join(COLUMNS)]
    rows += [f"u{number % 50},i1,click,,{1_700_000_100 + number // 500 * 900},mail" for number in range(1_000)]
    request = {"datasetArn": reporting.interactions, "roleArn": ROLE, "publishAttributionMetricsToS3": True}
    source = {"dataLocation": shop.put(f"{shop.name('imports')}/data.csv", rows)}
    job = shop.api.create_dataset_import_job(jobName=shop.name("import"), dataSource=source, **request)
    described = shop.settled("dataset_import_job", job["datasetImportJobArn"])
    assert (described["status"], described["publishAttributionMetricsToS3"]) == ("ACTIVE", True)
    [(method, lines)] = reporting.reports(1)
    assert method == "BULK"
    first = 1_700_000_100 // 900 * 900
    assert lines == [
        ("clicks", "click", "500.0", "samplecount", "mail", str(first)),
        ("clicks", "click", "500.0", "samplecount", "mail", str(first + 900)),
    ]


def test_an_import_cannot_report_without_an_attribution(shop):
    dataset = shop.dataset(shop.group(), "Interactions")
    request = {"jobName": shop.name("import"), "datasetArn": dataset, "publishAttributionMetricsToS3": True}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_import_job(dataSource={"dataLocation": "s3://shop/x.csv"}, **request)


def test_a_report_that_cannot_be_written_is_told_and_written_once_it_can(reporting, s3):
    shop, other = reporting.shop, reporting.shop.name("bucket")
    output = {"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{other}/"}}
    shop.api.update_metric_attribution(metricAttributionArn=reporting.arn, metricsOutputConfig=output)
    reporting.put("click", "i1", "mail")
    set_clock(shop, 16)
    reason = until(lambda: shop.describe("metric_attribution", reporting.arn).get("failureReason"), "it is told")
    assert reason.startswith("Invalid S3 output path.")
    s3.create_bucket(Bucket=other)
    set_clock(shop, 32)
    until(lambda: s3.list_objects_v2(Bucket=other)["KeyCount"], "the report is written")
    assert "failureReason" not in shop.describe("metric_attribution", reporting.arn)
