"""
### Train, judge and promote

**What.** For each solution: chooses the training (trainingMode FULL, UPDATE, or none), trains a solution version,
judges it against the champion, and moves the campaign to it if it passed.

**When.** FULL weekly, by the group's `schedules.train_full`; UPDATE when an import lands in between, for solutions that
have `cadence.update_between`, and by the clock with `cadence.update_every_hours`; FULL as well when the last one failed
and data has landed, or when the newest one is older than `cadence.full_every_days`. By hand with
`training_mode`: AUTO decides as an import would, FULL and UPDATE are done as asked.

**Output.** A solution version, a verdict in `<workspace>/reports/verdicts/`, and, if it passed, a campaign that serves
it, with the `minProvisionedTPS` and `campaignConfig` of the YAML, has answered a probe (`campaign.probe`), and stands
in `<workspace>/reports/promotions/`. With `gate.beats_popularity`, a version of aws-popularity-count is trained beside
each FULL one, which it must beat. With a `backtest`, a FULL version that passed is held, and `backtest_solutions`
promotes it or blocks it.

**If it fails.** One mail tells it, with the reason and what to do; the other solutions go on.

- `judge` red: the gate blocked the version. The campaign still serves the champion and nobody sees the difference. The
  mail has every number, the smallest drop that can be told from noise, and links to the run and the promote form. Mend
  the data and trigger FULL, or let the version through with `promote_solution_version`.
- `ask` waiting (`gate.on_block: ask`): a version was blocked, and people are mailed the question whether it may serve.
  Approved under Required Actions, it is promoted as one that passed. Red: it was rejected, or nobody answered within
  `gate.ask_hours`, and it stays blocked; clear `ask` to be asked again. Meanwhile the group trains nothing else.
- `train` red: the version is CREATE FAILED, and the mail has Personalize's reason. Clearing orders another one, and so
  does the next import.
- `train` deferred for long: Personalize throttles, or trains as much as it takes on. The task waits for its turn and
  tries again by itself. A run that has come to no end in two days is given up and told.
- `tell_roll_back` red: the campaign could not be moved (a quota, a failed creation or update), or its probe failed, and
  it went back to the champion. The mail says what failed and what serves now; if it says "ROLL-BACK FAILED", look at
  once.

Anything else: mend the cause and clear the task; it finds its version again and waits on.

**Run it again?** Clearing a task resumes and pays nothing twice. A new run trains anew.
"""

from math import gcd
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, Param, TaskGroup, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from croniter import croniter  # type: ignore[import-untyped]  # it ships no types

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.operators.jobs import PersonalizeCreateSolutionVersionOperator
from amazon_personalize.operators.resources import PersonalizeCreateSolutionOperator
from dags import blocked, judging
from dags.backtest import hold_for_backtest
from dags.conventions import AWS_CONN_ID, cron, dag_arguments, imported
from dags.popularity import train_popularity
from dags.promotion import promote
from include import config
from include.config import DatasetGroup, Solution
from include.training import cadence, lineage


def train_solutions(group: DatasetGroup) -> DAG:
    """Build the training DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.train_solutions",
        schedule=AssetOrTimeSchedule(timetable=cron(*_ticks(group)), assets=[imported(group)]),
        params={
            "training_mode": Param(
                "AUTO",
                enum=["AUTO", "FULL", "UPDATE"],
                description="AUTO: as an import would. FULL: retrain from all data. UPDATE: add new items only.",
            )
        },
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        for solution in group.solutions:
            train_solution(group, solution)

    return build()


def _ticks(group: DatasetGroup) -> list[str]:
    """When the clock starts a run: for FULL, and for UPDATE as often as the hastiest solution has it."""
    hours = [each.cadence.update_every_hours for each in group.solutions if each.cadence.update_every_hours]
    return [group.schedules.train_full, *([f"0 */{gcd(*hours)} * * *"] if hours else [])]


def clock(group: DatasetGroup, run: Any) -> cadence.Clock | None:
    """What the clock has started a run for; None where it did not."""
    if run.run_type != "scheduled":
        return None
    return "FULL" if croniter.match(group.schedules.train_full, run.logical_date) else "UPDATE"


def train_solution(group: DatasetGroup, solution: Solution) -> None:
    """Build the tasks of one solution."""
    with TaskGroup(solution.name):
        create_solution = PersonalizeCreateSolutionOperator(
            task_id="create_solution", dataset_group=group.name, recipe=solution.recipe, request=solution.create
        )

        @task
        def choose_training(solution_arn: str) -> str:
            """Choose FULL, UPDATE, or no training at all."""
            context = get_current_context()
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            situation = cadence.Situation(
                requested=context["params"]["training_mode"],
                clock=clock(group, context["dag_run"]),
                now=hook.now(),
                history=lineage.versions(hook.solution_versions(solution_arn)),
                champion_arn=hook.serving(solution.campaign_name),
            )
            try:
                training = cadence.choose(solution.cadence, situation)
            except cadence.CadenceError as error:
                raise AirflowFailException(str(error)) from None
            if training.mode is None:
                raise AirflowSkipException(training.reason)
            print(training.reason)
            return training.mode

        training_mode = choose_training(create_solution.output)
        train = PersonalizeCreateSolutionVersionOperator(
            task_id="train",
            dataset_group=group.name,
            name_prefix=solution.name,
            request={
                "solutionArn": create_solution.output,
                "trainingMode": training_mode,
            },
        )

        @task(multiple_outputs=True)
        def judge(solution_version_arn: str, popularity_arn: str | None = None) -> dict[str, Any]:
            """Judge the version against the champions; one that is blocked fails this task, or is asked about."""
            verdict, champion_arn = judging.judge(group, solution, solution_version_arn, popularity_arn)
            asked = blocked.fail_or_ask(group, solution, solution_version_arn, verdict)
            return {
                **asked,
                "solution": solution.name,
                "campaign": solution.campaign.create,
                "solution_version_arn": solution_version_arn,
                "champion_arn": champion_arn,
                "reason": verdict.reason,
            }

        if solution.gate.beats_popularity is None:
            judged = judge(train.output)
        else:  # which is skipped beside an UPDATE
            popularity = train_popularity(group, solution, training_mode)
            judged = judge.override(trigger_rule="none_failed_min_one_success")(train.output, popularity)
        if solution.gate.on_block == "ask":
            judged = blocked.ask(group, solution, judged)
        if solution.backtest:
            judged = hold_for_backtest(group, solution, solution.backtest, judged)
        promote(group, judged)


for dataset_group in config.load():
    train_solutions(dataset_group)
