"""Deletions: the users that a file names are gone from bulk data, put data and models; everybody else stays."""

import json

import pytest

from tests.include.local_personalize.shop import ROLE, checkerboard
from tests.include.local_personalize.work.exporting import exported


def start(shop, group, location):
    request = {"jobName": shop.name("deletion"), "datasetGroupArn": group, "roleArn": ROLE}
    return shop.api.create_data_deletion_job(dataSource={"dataLocation": location}, **request)["dataDeletionJobArn"]


def delete(shop, group, users):
    location = shop.put(f"{shop.name('deletions')}/users.csv", ["USER_ID", *users])
    return shop.settled("data_deletion_job", start(shop, group, location))


@pytest.fixture
def tracker(shop):
    return lambda group: shop.api.create_event_tracker(name=shop.name("t"), datasetGroupArn=group)["trackingId"]


def test_a_user_is_gone_from_bulk_and_put_data(shop, s3, tracker):
    group = shop.group()
    interactions, users = shop.dataset(group, "Interactions"), shop.dataset(group, "Users")
    shop.import_lines(interactions, checkerboard())
    shop.import_lines(users, ["USER_ID,AGE", "u0,1", "u1,2"])
    tracking_id = tracker(group)
    event = {"itemId": "i1", "eventType": "watch", "sentAt": 1_700_000_000}
    shop.events.put_events(trackingId=tracking_id, sessionId="s", eventList=[event])  # who logs in as u0 next
    for user in ("u0", "u1"):
        shop.events.put_events(trackingId=tracking_id, sessionId="s", userId=user, eventList=[event])
        shop.events.put_users(datasetArn=users, users=[{"userId": user, "properties": json.dumps({"age": 3})}])
    job = delete(shop, group, ["u0", "nobody"])
    # 20 bulk interactions, two events, one of them from before the login, a bulk user and a put user.
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 24)
    left, _ = exported(shop, s3, interactions, "ALL")
    assert len(left) == 59 * 20 + 1
    assert "u0" not in {row["USER_ID"] for row in left}
    assert [row["USER_ID"] for row in exported(shop, s3, users, "ALL")[0]] == ["u1"]
    assert delete(shop, group, ["u0"])["numDeleted"] == 0


def test_models_know_a_deleted_user_no_longer_until_there_is_new_data(shop, tracker):
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    campaign = shop.campaign(shop.version(shop.solution(group)))

    def recommended(user):
        answer = shop.runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=8)
        return [item["itemId"] for item in answer["itemList"]]

    stranger, known = recommended("a stranger"), recommended("u0")
    assert known != stranger
    delete(shop, group, ["u0"])
    assert recommended("u0") == stranger
    assert recommended("u2") != stranger
    event = {"itemId": "i1", "eventType": "watch", "sentAt": 1_700_000_000}
    shop.events.put_events(trackingId=tracker(group), sessionId="s", userId="u0", eventList=[event])
    assert recommended("u0") != stranger


def test_a_folder_is_read_to_any_depth_for_csv_alone(shop, s3):
    group, folder = shop.group(), shop.name("folder")
    users = shop.dataset(group, "Users")
    shop.import_lines(users, ["USER_ID,AGE", *[f"u{number},1" for number in range(6)]])
    shop.put(f"{folder}/1.csv", ["USER_ID", "u1"])
    shop.put(f"{folder}/deeper/2.csv", ["USER_ID", "u2", '"u3"', ""])
    shop.put(f"{folder}/4.txt", ["USER_ID", "u4"])
    shop.put(f"{folder}-another/5.csv", ["USER_ID", "u5"])
    job = shop.settled("data_deletion_job", start(shop, group, f"s3://shop/{folder}"))
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 3)
    assert [row["USER_ID"] for row in exported(shop, s3, users, "BULK")[0]] == ["u0", "u4", "u5"]


def test_a_dataset_of_which_all_is_deleted_is_empty(shop, s3):
    group = shop.group()
    users = shop.dataset(group, "Users")
    shop.import_lines(users, ["USER_ID,AGE", "u1,1"])
    assert delete(shop, group, ["u1"])["numDeleted"] == 1
    assert exported(shop, s3, users, "ALL")[0] == []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["USER", "u1"], "must have one column, USER_ID"),
        (["USER_ID,AGE", "u1,1"], "must have one column, USER_ID"),
        (["USER_ID", "u1,1"], "a line with 2 columns: u1,1"),
        ([""], "must have one column, USER_ID"),
    ],
)
def test_a_file_that_names_no_users_fails_the_job_and_deletes_nobody(shop, lines, reason):
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Users"), ["USER_ID,AGE", "u1,1"])
    location = shop.put(f"{shop.name('deletions')}/users.csv", lines)
    job = shop.settled("data_deletion_job", start(shop, group, location))
    assert job["status"] == "FAILED"
    assert reason in job["failureReason"]
    assert delete(shop, group, ["u1"])["numDeleted"] == 1


def test_five_jobs_may_be_pending(own_server, shop_of):
    shop = shop_of(own_server())
    group = shop.group()
    location = shop.put(f"{shop.name('deletions')}/users.csv", ["USER_ID", "u1"])
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600})
    jobs = [start(shop, group, location) for _ in range(5)]
    assert shop.describe("data_deletion_job", jobs[0])["status"] == "PENDING"
    with pytest.raises(shop.api.exceptions.LimitExceededException):
        start(shop, group, location)
