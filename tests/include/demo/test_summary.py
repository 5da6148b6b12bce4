from io import StringIO

from rich.console import Console

from include.demo import summary
from include.demo.facts import Delivery, Facts, Import, Served, Training
from include.demo.promises import Promise
from include.demo.screen import WIDTH, Screen

ROW = '{"external_id":"1","payload":"{\\"recs_home_ids\\":[\\"50\\"]}"}'
ROWS = {"rows_read": 1234, "rows_imported": 1229, "rows_duplicate": 1, "rows_quarantined": 4}
METRICS = dict.fromkeys(summary.SHORT_METRICS, 0.25)


def shown(facts, promises):
    out = StringIO()
    summary.show(Console(file=out, width=WIDTH), facts, promises)
    return out.getvalue()


def test_the_summary_says_what_happened():
    training = Training(
        run_type="asset_triggered",
        run_state="failed",
        version_arn="arn:solution/s/00000002",
        mode="FULL",
        metrics=METRICS,
        verdict={"passed": False, "reason": "Blocked: it is worse [by far]."},
        champion_before="arn:solution/s/00000001",
        champion_after="arn:solution/s/00000001",
        champion_metrics=dict.fromkeys(METRICS, 0.5),
    )
    facts = Facts(
        imports=[
            Import(
                "history",
                {"interactions": 1234},
                "success",
                {"interactions": ROWS},
                {"job": "FULL"},
            )
        ],
        trainings=[training],
        delivery=Delivery("success", {}, {"s3://braze/cdi/a.json": 80}, 1, 80, [ROW]),
        served=Served("7", ["Toy Story", "GoldenEye"]),
        mails=[],
    )
    text = shown(facts, [Promise("It works.", True), Promise("It is fast.", False)])
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "history interactions FULL 1,234 1,229 1 4" in lines
    assert "00000002 FULL BLOCKED" + " 0.2500" * 8 in lines
    assert "00000001 champion" + " 0.5000" * 8 in lines
    assert "00000002: Blocked: it is worse [by far]." in lines
    assert "The campaign serves user 7: Toy Story; GoldenEye." in lines
    assert "Braze: 1 file(s), 1 rows, 80 bytes" in lines
    assert ROW in lines
    assert lines[-2:] == ["kept It works.", "BROKEN It is fast."]


def test_a_log_gets_a_line_whenever_the_tasks_under_way_change():
    out = StringIO()
    first = [{"task_id": "check", "state": "running"}, {"task_id": "import", "state": None}]
    then = [{"task_id": "check", "state": "success"}, {"task_id": "import", "state": "deferred"}]
    with Screen(Console(file=out, width=WIDTH), 1) as screen:
        for tasks in (first, first, then):
            screen.show_run("movies.import", tasks)
    lines = [line.split(maxsplit=1)[1] for line in out.getvalue().splitlines()]
    assert lines == ["0/2 movies.import: check", "1/2 movies.import: import waits"]
