"""The backtest: a FULL version that passed the gate is held until users have told it from the champion.

In the training run, both versions answer for the same users, and nothing is promoted:

    choose_users >> [ask_champion, ask_challenger] >> hold

An UPDATE, and a first version, goes on by promote_at_once. `backtest_solutions` judges once enough users came back.

Both answer *before* Personalize has the interactions that they are judged by. The other order, asking later for users
who came back, is not sound: PutEvents changes answers at once, and a batch inference job on the latest version brings
it up to date first (Amazon Personalize developer guide, automatic updates), so that one of the two would know what it
is to foresee. So users are chosen before it is known who comes back: among those who were active lately.

The champion answers as it would go on to serve: once a newer version is there, it is brought up to date no more. What
users do is moved by what they were shown, which was the champion's: the challenger is judged a little too hard.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import chain, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize.names import run_key
from amazon_personalize.operators.jobs import PersonalizeCreateBatchInferenceJobOperator
from dags.conventions import s3
from include.config import Backtest, DatasetGroup, Solution
from include.s3 import Place
from include.training import history


def hold_for_backtest(group: DatasetGroup, solution: Solution, rules: Backtest, judged: Any) -> Any:
    """Build the tasks that hold a version, and return the output of the one that lets through what is not to be held.

    `judged` and the output are what dags/promotion.py promotes.
    """

    @task(multiple_outputs=True)
    def choose_users(promoted: dict[str, Any]) -> dict[str, str]:
        """Choose whom both versions are asked for; another attempt asks for the same, whose answers are paid for."""
        from include import returning
        from include.training.backtest import held, questions

        client = s3()
        version_arn, champion_arn = promoted["solution_version_arn"], promoted["champion_arn"]
        if not _is_to_be_held(client, group, solution, promoted):
            raise AirflowSkipException("An UPDATE, or a first version, is not held.")
        key = run_key(get_current_context()["dag_run"])
        found = held.read(client, group.storage, solution.name, version_arn)
        if found is None or found.run_key != key:
            users = returning.active_lately(client, group.storage, rules.users, draw=key)
            if not users:
                raise AirflowFailException("No night of interactions is recorded: there is nobody to ask for.")
            folder = Place.of(group.storage.workspace) / "batch" / f"backtest-{solution.name}" / key
            questions.write(client, folder / "input/users.json", users)
            found = held.Held(
                version_arn,
                champion_arn,
                key,
                len(users),
                questions=f"{folder}/input/users.json",
                champion_answers=f"{folder}/champion/",
                challenger_answers=f"{folder}/challenger/",
            )
            held.write(client, group.storage, solution.name, found)
        print(f"{found.users:,} users are asked for.")
        return {
            "champion": found.champion_arn,
            "challenger": found.solution_version_arn,
            "questions": found.questions,
            "champion_answers": found.champion_answers,
            "challenger_answers": found.challenger_answers,
        }

    @task
    def hold(version_arn: str) -> None:
        """Write down that both have answered; what users do from now on tells which is better."""
        from include.training.backtest import held

        client = s3()
        found = held.read(client, group.storage, solution.name, version_arn)
        if found is None:
            raise AirflowFailException(
                f"The record of {version_arn} is gone from reports/backtests: clear choose_users."
            )
        waiting = replace(found, since=datetime.now(UTC), closed_by=None, why=None, verdict=None)
        held.write(client, group.storage, solution.name, waiting)
        print(f"{version_arn} is held. {group.name}.backtest_solutions judges it when enough users have come back.")

    @task(multiple_outputs=True)
    def promote_at_once(promoted: dict[str, Any]) -> dict[str, Any]:
        """Let through what is not to be held."""
        if _is_to_be_held(s3(), group, solution, promoted):
            raise AirflowSkipException("It is held until users have come back.")
        return promoted

    chosen: Any = choose_users(judged)
    ask = [_ask(group, solution, rules, chosen, whose) for whose in ("champion", "challenger")]
    chain(ask, hold(chosen["challenger"]))
    return promote_at_once(judged)


def _ask(
    group: DatasetGroup, solution: Solution, rules: Backtest, chosen: Any, whose: str
) -> PersonalizeCreateBatchInferenceJobOperator:
    return PersonalizeCreateBatchInferenceJobOperator(
        task_id=f"ask_{whose}",
        dataset_group=group.name,
        role=group.role,
        name_prefix=f"{whose}-{solution.name}",
        request={
            **rules.create,
            "solutionVersionArn": chosen[whose],
            "jobInput": {"s3DataSource": {"path": chosen["questions"]}},
            "jobOutput": {"s3DataDestination": {"path": chosen[f"{whose}_answers"]}},
        },
    )


def _is_to_be_held(client: Any, group: DatasetGroup, solution: Solution, promoted: dict[str, Any]) -> bool:
    """Whether a version that passed the gate is a FULL one, and another serves."""
    version_arn, champion_arn = promoted["solution_version_arn"], promoted["champion_arn"]
    judged = history.verdict(client, group.storage, solution.name, version_arn) or {}
    return judged.get("training_mode") == "FULL" and champion_arn not in (None, version_arn)
