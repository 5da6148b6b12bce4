"""Faults on request, as callers meet them."""

import time

import httpx
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop, checkerboard, trained_shop

GROUP = "arn:aws:personalize:us-east-1:123456789012:campaign/none"


@pytest.fixture(scope="module")
def faulty(environment, name, put, tmp_path_factory):
    """A shop on a server whose faults no other test meets."""
    quotas = '{"dataset-group": 1000}'
    server = Server(tmp_path_factory.mktemp("faulty") / "data", environment, ("--quotas", quotas)).start()
    yield LocalShop(server, name, put)
    assert server.end() == 0


@pytest.fixture(autouse=True)
def no_faults_left(faulty):
    yield
    assert faulty.server.http("DELETE", "/_local/faults").json() == {"rules": []}


def set_faults(shop, *rules, seed=0):
    answer = shop.server.http("PUT", "/_local/faults", json={"seed": seed, "rules": list(rules)})
    assert answer.status_code == 200, answer.text


def code(error):
    return error.value.response["Error"]["Code"], error.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("fault", "control", "runtime"),
    [
        ("throttling", ("ThrottlingException", 400), ("ThrottlingException", 429)),
        ("limit_exceeded", ("LimitExceededException", 400), ("LimitExceededException", 400)),
        ("internal_error", ("InternalServerException", 500), ("InternalServerException", 500)),
    ],
)
def test_errors_have_the_shape_of_their_protocol(faulty, fault, control, runtime):
    set_faults(faulty, {"fault": fault})
    with pytest.raises(ClientError) as error:
        faulty.api.list_dataset_groups()
    assert code(error) == control
    with pytest.raises(ClientError) as error:
        faulty.runtime.get_recommendations(campaignArn=GROUP, userId="u")
    assert code(error) == runtime


def test_a_rule_meets_its_operation_its_names_and_its_count(faulty):
    set_faults(faulty, {"fault": "throttling", "on": "CreateDatasetGroup", "matching": "*doomed*", "count": 2})
    create = faulty.api.create_dataset_group
    for _ in range(2):
        with pytest.raises(ClientError):
            create(name=faulty.name("doomed"))
        assert create(name=faulty.name("spared"))
        assert faulty.api.list_dataset_groups()
    assert faulty.server.http("GET", "/_local/faults").json()["rules"][0]["count"] == 0
    assert create(name=faulty.name("doomed"))


def test_chance_is_drawn_from_the_seed(faulty):
    def struck(seed):
        set_faults(faulty, {"fault": "internal_error", "on": "ListSchemas", "probability": 0.5}, seed=seed)
        answers = []
        for _ in range(40):
            try:
                faulty.api.list_schemas()
            except ClientError:
                answers.append(True)
            else:
                answers.append(False)
        return answers

    first = struck(1)
    assert 8 <= sum(first) <= 32  # 20 expected, standard deviation 3.2
    assert struck(1) == first != struck(2)


def test_a_cut_connection_has_done_nothing_and_a_lost_answer_everything(faulty):
    set_faults(faulty, {"fault": "connection_cut", "on": "CreateDatasetGroup"})
    cut, lost = faulty.name("cut"), faulty.name("lost")
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        faulty.api.create_dataset_group(name=cut)
    set_faults(faulty, {"fault": "answer_lost", "on": "CreateDatasetGroup"})
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        faulty.api.create_dataset_group(name=lost)
    names = [group["name"] for group in faulty.api.list_dataset_groups()["datasetGroups"]]
    assert (cut in names, lost in names) == (False, True)


def test_only_the_cut_connection_is_cut(faulty):
    set_faults(faulty, {"fault": "connection_cut", "on": "ListSchemas"})
    with httpx.Client(base_url=str(faulty.server.plain.base_url), trust_env=False) as other:
        assert other.get("/_local/health").status_code == 200
        with pytest.raises((ConnectionClosedError, HTTPClientError)):
            faulty.api.list_schemas()
        assert other.get("/_local/health").status_code == 200


def test_an_answer_may_be_slow(faulty):
    set_faults(faulty, {"fault": "slow_answer", "on": "ListSchemas", "seconds": 0.4, "count": 1})
    began = time.monotonic()
    faulty.api.list_schemas()
    assert time.monotonic() - began >= 0.4


def test_states_may_be_slow_for_some(faulty):
    set_faults(faulty, {"fault": "slow_states", "on": "dataset-group", "matching": "*slow*", "pending_seconds": 3_600})
    slow = faulty.api.create_dataset_group(name=faulty.name("slow"))["datasetGroupArn"]
    assert faulty.describe("dataset_group", slow)["status"] == "CREATE PENDING"
    assert faulty.describe("dataset_group", faulty.group())["status"] == "ACTIVE"


def test_creation_fails_with_amazons_reason_or_any_text(faulty):
    group = faulty.group()
    dataset = faulty.dataset(group, "Interactions")
    set_faults(
        faulty,
        {"fault": "create_failed", "on": "solution-version", "reason": "fewer_than_25_users", "count": 1},
        {"fault": "create_failed", "on": "dataset-group", "reason": "The moon is full."},
        {"fault": "lost_s3_permission", "on": "dataset-import-job", "count": 1},
    )
    failed = faulty.describe("dataset_group", faulty.group())
    assert (failed["status"], failed["failureReason"]) == ("CREATE FAILED", "The moon is full.")
    job = faulty.import_lines(dataset, checkerboard())
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].endswith("Insufficient privileges for accessing data in Amazon S3.")
    assert faulty.import_lines(dataset, checkerboard())["status"] == "ACTIVE", "the permission is back"
    solution = faulty.solution(group)
    version = faulty.settled("solution_version", faulty.start_version(solution))
    assert version["status"] == "CREATE FAILED"
    assert "fewer than 25 users with at least 2 interactions each" in version["failureReason"]
    assert faulty.version(solution)


def test_an_update_fails_with_its_reason_and_what_served_serves_on(faulty):
    trained = trained_shop(faulty)
    campaign = faulty.campaign(trained.version)
    faulty.settled("campaign", campaign)
    set_faults(
        faulty,
        {"fault": "update_failed", "on": "campaign", "reason": "No capacity.", "count": 1},
        {"fault": "update_failed", "on": "solution"},
        {"fault": "slow_states", "on": "solution", "in_progress_seconds": 3_600},
    )

    faulty.api.update_campaign(campaignArn=campaign, minProvisionedTPS=7)
    faulty.api.update_solution(solutionArn=trained.solution, performAutoTraining=True)

    described = faulty.describe("campaign", campaign)
    assert (described["status"], described["minProvisionedTPS"]) == ("ACTIVE", 1)
    update = described["latestCampaignUpdate"]
    assert (update["status"], update["failureReason"], update["minProvisionedTPS"]) == (
        "CREATE FAILED",
        "No capacity.",
        7,
    )
    under_way = faulty.describe("solution", trained.solution)["latestSolutionUpdate"]
    assert under_way["status"] == "CREATE IN_PROGRESS"
    assert "failureReason" not in under_way  # nobody knows yet
    faulty.api.update_campaign(campaignArn=campaign, minProvisionedTPS=7)
    assert faulty.describe("campaign", campaign)["minProvisionedTPS"] == 7


def test_faults_can_be_given_at_the_start(own_server, shop_of):
    shop = shop_of(own_server("--faults", '[{"fault": "throttling", "on": "ListSchemas", "count": 1}]'))
    with pytest.raises(ClientError):
        shop.api.list_schemas()
    assert shop.api.list_schemas()["schemas"] == []
