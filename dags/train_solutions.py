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

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import gcd
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, AssetOrTimeSchedule, Param, TaskGroup, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from botocore.exceptions import ClientError
from croniter import croniter  # type: ignore[import-untyped]  # it ships no types

from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.operators.jobs import PersonalizeCreateSolutionVersionOperator
from amazon_personalize.operators.resources import PersonalizeCreateSolutionOperator
from dags import blocked
from dags.backtest import hold_for_backtest
from dags.conventions import AWS_CONN_ID, cron, dag_arguments, imported, s3
from dags.popularity import train_popularity
from dags.promotion import promote
from include import config
from include.config import DatasetGroup, Solution
from include.training import cadence, history, lineage
from include.training.champion import Champion

if TYPE_CHECKING:
    from include.training.judgement.verdict import Verdict


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
            from include import audience, training_data
            from include.training import gate

            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            champion_arn = hook.serving(solution.campaign_name)
            version = hook.describe(resources.SOLUTION_VERSION, solution_version_arn)
            if version is None:
                raise AirflowFailException(f"{solution_version_arn} is gone: it cannot be judged. Ask for FULL.")
            past = lineage.versions(hook.solution_versions(version["solutionArn"]))
            met_arn = _champion_it_met(group, solution, past, solution_version_arn, champion_arn)
            if version.get("trainingMode") == "UPDATE":
                verdict = gate.judge_update(past, solution_version_arn, met_arn)
            else:
                verdict = gate.judge_full(
                    solution.gate,
                    hook.metrics(solution_version_arn),
                    _champions(hook, group, solution, past, met_arn),
                    audience.held_out_users(s3(), group.storage),
                    version.get("trainingHours"),
                    training_data.facts(s3(), group.storage, version["creationDateTime"], solution.create),
                    hook.metrics(popularity_arn) if popularity_arn else None,
                )
            _record(hook, group, solution, version, verdict, met_arn)
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


def _record(
    hook: PersonalizeHook,
    group: DatasetGroup,
    solution: Solution,
    version: Mapping[str, Any],
    verdict: "Verdict",
    champion_arn: str | None,
) -> None:
    """Keep the verdict in the workspace and in the version's tags, and print it."""
    from include.training.judgement import table
    from include.training.judgement.verdict import as_record, as_tags

    arn, judged_at = version["solutionVersionArn"], datetime.now(UTC)
    record = as_record(
        verdict,
        judged_at=judged_at.isoformat(),
        solution=solution.name,
        solution_version_arn=arn,
        training_mode=version.get("trainingMode", "FULL"),
        champion_arn=champion_arn,
    )
    history.record_verdict(s3(), group.storage, solution.name, record)
    try:
        hook.conn.tag_resource(resourceArn=arn, tags=as_tags(verdict, judged_at))
    except ClientError as error:  # the record has it all: a missing permission must not hold a good version up
        print(f"The verdict could not be put into the version's tags: {error}")
    print(table.as_text(verdict))


def _champion_it_met(
    group: DatasetGroup, solution: Solution, past: Sequence[lineage.Version], arn: str, serving_arn: str | None
) -> str | None:
    """The champion that a version is judged by: what serves, unless that is the version itself, judged once more."""
    served_root = lineage.root(past, serving_arn) if serving_arn else None
    if serving_arn != arn and (served_root is None or served_root.arn != arn):
        return serving_arn
    earlier = history.verdict(s3(), group.storage, solution.name, arn) or {}
    return earlier.get("champion_arn")


def _champions(
    hook: PersonalizeHook,
    group: DatasetGroup,
    solution: Solution,
    past: Sequence[lineage.Version],
    champion_arn: str | None,
) -> list[Champion]:
    """The champion and those that served before it, newest first, with their metrics as the service has them.

    What they were trained on is in the records of their verdicts: the datasets have moved on.
    """
    records: dict[str, Mapping[str, Any]] = {}

    def verdict_on(arn: str) -> Mapping[str, Any]:
        records[arn] = history.verdict(s3(), group.storage, solution.name, arn) or {}
        return records[arn]

    line = history.champion_line(past, champion_arn, verdict_on)
    if champion_arn and not line:  # not a version of this solution, or an UPDATE whose parent is gone
        return [Champion(hook.metrics(champion_arn))]
    described = [hook.describe(resources.SOLUTION_VERSION, version.arn) or {} for version, _ in line]
    return [
        Champion(
            hook.metrics(version.arn), let_through, found.get("trainingHours"), records[version.arn].get("data") or {}
        )
        for (version, let_through), found in zip(line, described, strict=True)
    ]


for dataset_group in config.load():
    train_solutions(dataset_group)
