"""
### Judge held versions by what users did

**What.** For each solution with a `backtest`: takes the version that is held, and compares its answers and the
champion's, given when it was trained, with what the same users have done since. Promotes it if it loses no more than
`backtest.allowed_loss`, as far as can be told at the gate's `false_block_rate`.

**When.** Whenever an import brought something; by hand at any time. A version is judged once, as soon as
`backtest.least_users` have come back, or `backtest.wait_days` after it was held.

**Output.** A verdict with its interval in `<workspace>/reports/backtests/` and beside the gate's in
`<workspace>/reports/verdicts/`, and, if it passed, a campaign that serves the version, as `train_solutions` would have.

**If it fails.** `judge_backtest` red means that the version was blocked: the campaign still serves the champion. The
mail has the interval and the smallest loss that could have been told from noise. Mend the data and trigger
`train_solutions` with FULL, or let the version through with `promote_solution_version`.
`tell_roll_back` red: as in `train_solutions`.

**Run it again?** Yes: what was judged stays judged, and a cleared run finds its own verdict again. Nothing is paid for.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, TaskGroup, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.names import run_key
from dags import blocked, judging
from dags.conventions import AWS_CONN_ID, dag_arguments, imported, s3
from dags.promotion import promote
from include import config
from include.config import Backtest, DatasetGroup, Solution
from include.s3 import Place
from include.training import history


def backtest_solutions(group: DatasetGroup) -> DAG:
    """Build the backtest DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.backtest_solutions",
        schedule=[imported(group)],
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        for solution in group.solutions:
            if solution.backtest:
                backtest_solution(group, solution, solution.backtest)

    return build()


def backtest_solution(group: DatasetGroup, solution: Solution, rules: Backtest) -> None:
    """Build the tasks of one solution."""
    with TaskGroup(solution.name):

        @task(multiple_outputs=True)
        def judge_backtest() -> dict[str, Any]:
            """Judge the held version if enough users have come back; a blocked one fails this task."""
            from include.training.backtest import held
            from include.training.backtest.judging import as_verdict

            client, hook = s3(), PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            key = run_key(get_current_context()["dag_run"])
            version = _turn_of(client, group, solution, key, hook.serving(solution.campaign_name))
            warnings: list[str] = []
            if version.verdict is None:
                paired, warnings = _compare(client, group, solution, rules, version)
                version = replace(version, closed_by=key, why=paired.reason, verdict=paired)
                held.write(client, group.storage, solution.name, version)
            verdict = as_verdict(version.verdict, warnings)
            arn = version.solution_version_arn
            _record(client, hook, group, solution, version, verdict)
            if not verdict.passed:
                blocked.fail(group, solution, arn, verdict)
            return {
                "solution": solution.name,
                "campaign": solution.campaign.create,
                "solution_version_arn": arn,
                "champion_arn": version.champion_arn,
                "reason": verdict.reason,
            }

        promote(group, judge_backtest())


def _turn_of(client: Any, group: DatasetGroup, solution: Solution, key: str, serving: str | None) -> Any:
    """The version that this run has judged before it was cleared, or else the one whose turn it is."""
    from include.training.backtest import held

    records = held.every(client, group.storage, solution.name)
    judged = next((each for each in records if each.closed_by == key and each.verdict), None)
    if judged:
        return judged
    waiting, closed = held.sort_out(records, serving, key)
    for each in closed:
        held.write(client, group.storage, solution.name, each)
        print(f"{each.solution_version_arn} is held no more: {each.why}")
    if waiting is None:
        raise AirflowSkipException("No version is held.")
    return waiting


def _compare(
    client: Any, group: DatasetGroup, solution: Solution, rules: Backtest, version: Any
) -> tuple[Any, list[str]]:
    """Judge the answers that were given for a version and its champion, and say what is odd about them."""
    from include import returning
    from include.delivery import batch_output
    from include.training.backtest import held, questions
    from include.training.backtest.judging import compare, unanswered

    users = questions.read(client, Place.of(version.questions))
    later = returning.later_items(client, group.storage, users, version.since, solution.create)
    missing = held.missing(version, len(later), rules.least_users, timedelta(days=rules.wait_days), datetime.now(UTC))
    if missing:
        raise AirflowSkipException(missing)

    def answers(folder: str) -> dict[str, list[str]]:
        found = batch_output.answers(client, Place.of(folder.rstrip("/")))
        return {each.user_id: each.items for each in found if each.user_id in later and each.error is None}

    try:
        champion, challenger = answers(version.champion_answers), answers(version.challenger_answers)
    except batch_output.BatchOutputError as error:
        raise AirflowFailException(str(error)) from None
    paired = compare(rules, champion, challenger, later, solution.gate.false_block_rate)
    return paired, unanswered(champion, challenger, later)


def _record(
    client: Any, hook: PersonalizeHook, group: DatasetGroup, solution: Solution, version: Any, verdict: Any
) -> None:
    """Write the judgement beside the gate's, and tell it as the gate tells its own."""
    from include.training.backtest.judging import in_record

    arn = version.solution_version_arn
    gate = history.verdict(client, group.storage, solution.name, arn) or {"solution_version_arn": arn}
    history.record_verdict(client, group.storage, solution.name, in_record(gate, version.verdict))
    judging.tell(hook, arn, verdict, datetime.now(UTC))


for dataset_group in config.load():
    if any(solution.backtest for solution in dataset_group.solutions):
        backtest_solutions(dataset_group)
