"""kill -9 in the middle of imports, trainings, exports and batch jobs: what was promised is done, or not begun.

Ten moments are drawn with a fixed seed from the time that the same work took undisturbed. Slow for a test file (about
a minute): the data has to be large enough for a moment to fall inside the work, and the service starts anew each time.
"""

import json
import random
import signal
import time
from types import SimpleNamespace

import pytest

from tests.include.local_personalize.running import Server, gone
from tests.include.local_personalize.shop import BUCKET, ROLE, LocalShop, checkerboard
from tests.waiting import until

HISTORY = checkerboard(users=2_000, items=500, each=50)  # 100,000 rows to train on
LARGE = checkerboard(users=4_000, items=500, each=50)
OTHER = checkerboard(users=3_500, items=500, each=50)
MORE = 30_000
USERS = 12_000
TRIES = 6
DICE = random.Random(20_181_128)
MOMENTS = [
    (work, round(DICE.uniform(0.05, 0.8), 2))
    for work in (
        *("full_import", "incremental_import") * 2,
        *("full_training", "update_training", "full_training"),
        *("batch_inference", "batch_inference", "export"),
    )
]


class Works:
    """A shop whose every kind of work can be started again and again; each start returns (resource, ARN)."""

    def __init__(self, shop, s3):
        self.shop, self.s3 = shop, s3
        self.dataset = shop.dataset(shop.group(), "Interactions")
        self.large, self.other = (shop.put(f"kills/{len(lines)}.csv", lines) for lines in (LARGE, OTHER))
        self.rows = {}  # what an import that succeeds leaves behind, by the job's ARN
        self.now = 0
        trained_on = shop.group()
        assert shop.import_lines(shop.dataset(trained_on, "Interactions"), HISTORY)["status"] == "ACTIVE"
        self.solution = shop.solution(trained_on)
        users = [json.dumps({"userId": f"u{number % 2_000}"}) for number in range(USERS)]
        self.lines = {"one.json": users, "two.json": users[: USERS // 3]}
        for name, lines in self.lines.items():
            shop.put(f"kills/in/{name}", lines)
        self.outputs = {}

    def full_import(self):
        location, rows = (self.large, len(LARGE) - 1) if self.now != len(LARGE) - 1 else (self.other, len(OTHER) - 1)
        return self._importing(location, "FULL", rows)

    def incremental_import(self):
        fresh = checkerboard(users=MORE // 50, items=500, each=50, start=1_700_000_000 + 100_000 * len(self.rows))
        location = self.shop.put(f"{self.shop.name('kills')}.csv", fresh)
        return self._importing(location, "INCREMENTAL", self.now + MORE)

    def _importing(self, location, mode, rows):
        job = self.shop.start_import(self.dataset, location, mode)
        self.rows[job] = rows
        return "dataset_import_job", job

    def full_training(self):
        return "solution_version", self.shop.start_version(self.solution)

    def update_training(self):
        return "solution_version", self.shop.start_version(self.solution, "UPDATE")

    def batch_inference(self):
        name = self.shop.name("batch")
        places = {
            "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/kills/in/"}},
            "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/{name}/"}},
        }
        version = self.shop.describe("solution", self.solution)["latestSolutionVersion"]["solutionVersionArn"]
        request = {"jobName": name, "solutionVersionArn": version, "roleArn": ROLE} | places
        job = self.shop.api.create_batch_inference_job(**request)["batchInferenceJobArn"]
        self.outputs[job] = f"{name}/"
        return "batch_inference_job", job

    def export(self):
        name = self.shop.name("export")
        place = {"s3DataDestination": {"path": f"s3://{BUCKET}/{name}/"}}
        request = {"jobName": name, "datasetArn": self.dataset, "roleArn": ROLE, "jobOutput": place}
        job = self.shop.api.create_dataset_export_job(ingestionMode="ALL", **request)["datasetExportJobArn"]
        self.outputs[job] = f"{name}/"
        return "dataset_export_job", job

    def settle(self, begun):
        """The description of a job once it is settled; the books follow an import that succeeded."""
        described = self.shop.settled(*begun)
        if described["status"] == "ACTIVE":
            self.now = self.rows.get(begun[1], self.now)
        return described

    def in_s3(self, job):
        """Name to lines of every object that a job has written."""
        prefix = self.outputs[job]
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        texts = {each["Key"]: self.s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in found}
        return {key.removeprefix(prefix): text.decode().splitlines() for key, text in texts.items()}

    def exported_rows(self):
        begun = self.export()
        assert self.settle(begun)["status"] == "ACTIVE"
        return sum(len(lines) - 1 for lines in self.in_s3(begun[1]).values())

    def nothing_half_written(self, job):
        """Whole files only, and _CHECK only beside all of them."""
        written = self.in_s3(job)
        if job.split(":")[5].startswith("batch"):
            assert written.keys() <= {"_CHECK"} | {f"{name}.out" for name in self.lines}
            for name in written.keys() - {"_CHECK"}:
                assert len(written[name]) == len(self.lines[name.removesuffix(".out")])
            assert "_CHECK" not in written or len(written) == len(self.lines) + 1
        else:
            assert sum(len(lines) - 1 for lines in written.values()) in (0, self.now)

    def in_the_middle(self, work, share, seconds):
        """Start work and come back in the middle of it, a share of its usual time later."""
        for _ in range(TRIES):
            begun = getattr(self, work)()

            def status(begun=begun):
                return self.shop.describe(*begun)["status"]

            until(lambda: status() != "CREATE PENDING", f"{begun[1]} has begun")
            time.sleep(share * seconds)
            if status() == "CREATE IN_PROGRESS":
                return begun
            self.settle(begun)
            seconds /= 3
        pytest.fail(f"{work} is done before it can be killed; give it more to do")


@pytest.fixture(scope="module")
def killed(environment, tmp_path_factory, name, put, s3):
    """A server that dies often, with the time that each kind of work takes there."""
    server = Server(tmp_path_factory.mktemp("killed") / "data", environment).start()
    shop = LocalShop(server, name, put)
    shop.patience = 100.0  # work yields to everything else on a busy machine
    works = Works(shop, s3)
    seconds = {}
    for work in dict(MOMENTS):  # in an order in which each finds what it needs
        began = time.monotonic()
        assert works.settle(getattr(works, work)())["status"] == "ACTIVE"
        seconds[work] = time.monotonic() - began
    yield SimpleNamespace(server=server, works=works, seconds=seconds)
    assert server.end() == 0


@pytest.mark.parametrize(("work", "share"), MOMENTS)
def test_killed_in_the_middle_everything_is_done_or_not_begun(killed, work, share):
    works = killed.works
    begun = works.in_the_middle(work, share, killed.seconds[work])
    before = works.now
    killed.server.end(kill=True)
    if begun[1] in works.outputs:
        works.nothing_half_written(begun[1])
    killed.server.start()
    described = works.settle(begun)
    assert described["status"] == "ACTIVE" or described["failureReason"]
    if work.endswith("import"):
        assert works.exported_rows() == (works.rows[begun[1]] if described["status"] == "ACTIVE" else before)
    elif work.endswith("training"):
        assert works.shop.api.get_solution_metrics(solutionVersionArn=begun[1])["metrics"]
    else:
        written = works.in_s3(begun[1])
        works.nothing_half_written(begun[1])
        assert "_CHECK" in written or work == "export"
    assert list((killed.server.data / "scratch").iterdir()) == []


@pytest.mark.parametrize("work", ["full_import", "full_training", "batch_inference"])
def test_a_killed_worker_fails_its_job_and_changes_nothing(killed, work):
    works = killed.works
    for share in (0.5, 0.3, 0.1, 0, 0, 0):
        begun = works.in_the_middle(work, share, killed.seconds[work])
        before = works.now
        kill_workers(killed.server)
        described = works.settle(begun)
        if described["status"] != "ACTIVE":  # else it was done in the moment before
            break
    assert (described["status"], "killed" in described["failureReason"]) == ("CREATE FAILED", True)
    if work == "full_import":
        assert works.exported_rows() == before
    elif work == "batch_inference":
        works.nothing_half_written(begun[1])
        assert "_CHECK" not in works.in_s3(begun[1])
    assert works.settle(getattr(works, work)())["status"] == "ACTIVE", "the next one works"


def kill_workers(server):
    children = server.children()
    for child in children:
        child.send_signal(signal.SIGKILL)
    until(lambda: gone(children), "all die")
