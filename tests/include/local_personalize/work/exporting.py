"""Export jobs as tests use them, and what they wrote."""

import csv

from tests.include.local_personalize.shop import BUCKET, ROLE


def start_export(shop, dataset, mode, path=None, **members):
    location = {"s3DataDestination": {"path": path or f"s3://{BUCKET}/{shop.name('exports')}"} | members}
    request = {"datasetArn": dataset, "roleArn": ROLE, "ingestionMode": mode, "jobOutput": location}
    job = shop.api.create_dataset_export_job(jobName=shop.name("export"), **request)["datasetExportJobArn"]
    return shop.settled("dataset_export_job", job)


def exported(shop, s3, dataset, mode):
    """The rows of a finished export, each as column to text, and the first line of each of its files."""
    job = start_export(shop, dataset, mode)
    assert job["status"] == "ACTIVE", job
    prefix = job["jobOutput"]["s3DataDestination"]["path"].removeprefix(f"s3://{BUCKET}/") + "/"
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    texts = [s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode() for each in found]
    rows = [row for text in texts for row in csv.DictReader(text.splitlines(), escapechar="\\")]
    return rows, {text.split("\n", 1)[0] for text in texts}
