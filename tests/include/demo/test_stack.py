"""One real stack: Airflow on PostgreSQL, S3, the local Personalize and mail, with DAGs of this test's own."""

import smtplib
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from include.demo.airflow_api import AirflowApi, wait_until
from include.demo.failure import DemoError
from include.demo.ports import HOST
from include.demo.processes import REPOSITORY
from include.demo.stack import Settings, Stack
from include.demo.state import State
from tests.dags.programme import IMPATIENT

DAGS = """
import time
from airflow.sdk import Asset, dag, task

NEWS = Asset("s3://news/today")

@dag(schedule=None)
def hello():
    @task(outlets=[NEWS])
    def say(dag_run=None):
        return dag_run.conf["word"]
    say()

@dag(schedule=[NEWS])
def after():
    @task
    def hear():
        return "heard"
    hear()

@dag(schedule=None)
def slow():
    @task
    def sleep():
        time.sleep(120)
    sleep()

hello(), after(), slow()
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    dags = tmp_path_factory.mktemp("dags")
    (dags / "three.py").write_text(DAGS)
    variables = {"AIRFLOW__CORE__DAGS_FOLDER": str(dags), **IMPATIENT}
    settings = Settings(clock_offset_days=-8, variables=variables)
    with State(tmp_path_factory.mktemp("state")) as state, Stack(state, settings) as stack:
        stack.airflow.wait_for_dags({"hello", "after", "slow"}, seconds=60)
        yield stack


TEMPORARY = Path(tempfile.gettempdir())
ITS_MODE = TEMPORARY.stat().st_mode


def test_the_machines_own_folders_are_left_as_they_were(stack):
    assert TEMPORARY.stat().st_mode == ITS_MODE
    assert stack.processes.scratch.stat().st_mode & 0o077 == 0  # whoever reaches the socket is trusted


def finished(stack, dag_id, run_id):
    wait_until(lambda: stack.airflow.run(dag_id, run_id)["state"] in ("success", "failed"), 50, "no end")
    return stack.airflow.run(dag_id, run_id)["state"]


def ask(url):
    with closing(AirflowApi(url, "guess")) as airflow:
        airflow.dags()


def listeners(stack):
    keeper = psutil.Process(stack.processes.keeper_id)
    connections = [c for child in keeper.children(recursive=True) for c in child.net_connections("inet")]
    return {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}


def test_a_run_hands_on_its_values_and_starts_the_dag_that_waits_for_its_asset(stack):
    run_id = stack.airflow.trigger("hello", {"word": "good evening"})
    assert finished(stack, "hello", run_id) == "success"
    assert stack.airflow.xcom("hello", run_id, "say") == "good evening"
    assert [task["state"] for task in stack.airflow.tasks("hello", run_id)] == ["success"]
    wait_until(lambda: stack.airflow.runs_caused_by("hello", run_id), 30, "no caused run")
    caused = stack.airflow.runs_caused_by("hello", run_id)
    assert [run["dag_id"] for run in caused] == ["after"]
    assert finished(stack, "after", caused[0]["run_id"]) == "success"
    assert stack.airflow.run("after", caused[0]["run_id"])["run_type"] == "asset_triggered"


def test_the_pools_that_operators_wait_in_are_there_and_count_deferred_tasks(stack):
    pools = {pool["name"]: (pool["slots"], pool["include_deferred"]) for pool in stack.airflow.get("/pools")["pools"]}
    assert pools["personalize_imports"] == pools["personalize_batch_jobs"] == (5, True)


def test_a_killed_worker_fails_its_task(stack):
    run_id = stack.airflow.trigger("slow")
    wait_until(lambda: any(t["pid"] for t in stack.airflow.tasks("slow", run_id)), 30, "no worker")
    wait_until(lambda: stack.airflow.tasks("slow", run_id)[0]["state"] == "running", 30, "not running")
    assert stack.kill_worker("slow", run_id, "sleep")
    assert finished(stack, "slow", run_id) == "failed"
    assert not stack.kill_worker("slow", run_id, "sleep")


def test_a_wrong_password_is_told(stack):
    with pytest.raises(DemoError, match="refuses this password of user admin: take the one that `make ui` printed"):
        ask(stack.addresses.airflow)


def test_an_unknown_dag_is_told(stack):
    with pytest.raises(DemoError, match=r"Airflow did not find the DAGs nonsense within 0 seconds"):
        stack.airflow.wait_for_dags({"nonsense"}, seconds=0)
    with pytest.raises(DemoError, match=r"Airflow answered PATCH /dags/nonsense with 404"):
        stack.airflow.trigger("nonsense")


def test_an_unreachable_airflow_is_told():
    with pytest.raises(DemoError, match=r"Airflow does not answer at http://127.0.0.1:9 .*: is it still running"):
        ask("http://127.0.0.1:9")


def test_s3_keeps_what_it_is_given(stack):
    s3 = stack.s3()
    s3.create_bucket(Bucket="shelf")
    s3.put_object(Bucket="shelf", Key="a/b", Body=b"content")
    assert s3.get_object(Bucket="shelf", Key="a/b")["Body"].read() == b"content"


def test_the_local_personalize_survives_kill_9(stack):
    arn = stack.personalize().create_dataset_group(name="kept")["datasetGroupArn"]
    stack.processes.kill("personalize")
    assert stack.processes.exit_status("personalize") == -9
    with pytest.raises(DemoError, match="personalize ended with status -9"):
        stack.check()
    stack.start_personalize()
    assert stack.personalize().describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["name"] == "kept"
    stack.check()


def test_its_clock_is_set_back(stack):
    created = stack.personalize().create_dataset_group(name="old")["datasetGroupArn"]
    group = stack.personalize().describe_dataset_group(datasetGroupArn=created)["datasetGroup"]
    days_ago = (time.time() - group["creationDateTime"].timestamp()) / 86_400
    assert 8 <= days_ago < 8.01


def test_mails_are_caught(stack):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "Grüße"
    mail.set_content("text")
    with smtplib.SMTP(HOST, stack.addresses.smtp_port) as client:
        client.send_message(mail)
    caught = [caught for caught in stack.mails() if caught["To"] == "b@example.com"]
    assert [str(mail["Subject"]) for mail in caught] == ["Grüße"]


def test_nothing_listens_beyond_this_machine(stack):
    assert listeners(stack) == {HOST}


def test_a_second_stack_starts_beside_it_and_leaves_nothing_when_killed(stack, tmp_path):
    command = """
import sys
from pathlib import Path
from include.demo.stack import Settings, Stack
from include.demo.state import State
from tests.dags.programme import IMPATIENT
def tell(sentence):
    print(sentence, flush=True)
with State(Path(sys.argv[1])) as state, Stack(state, Settings(), tell):
    sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", command, tmp_path], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout
        while (line := other.stdout.readline()) != b"Airflow is starting\n":
            assert line
        wait_until((tmp_path / "logs/api-server.log").exists, 30, "no Airflow")
        below = psutil.Process(other.pid).children(recursive=True)
        assert len(below) > 8  # the keeper, postgres and its own, weed, personalize, aiosmtpd, four of Airflow
        other.kill()
    _, alive = psutil.wait_procs(below, timeout=20)
    assert not alive
    stack.check()
