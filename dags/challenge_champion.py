"""
### Set a challenger beside the champion, or end the test

**What.** Makes the challenger's campaign (`challenger` in the YAML) serve the version you name: any ACTIVE version of
the solution, or `previous`, the one that served before the champion. Your application splits its users over the two
campaigns; what they do tells which version is better, as no offline metric can. With `none` it ends the test: the
challenger's campaign is deleted, since it is billed for its `minProvisionedTPS` every hour that it is there.

**When.** By hand only. Choose the solution, the version and a reason in the form. The nights go on moving the
champion's campaign; the challenger keeps its version until you give it another. Before `none`, let the application send
all users to the champion's campaign: one that is gone answers nobody.

**Output.** The challenger's campaign serves the version, with the `minProvisionedTPS` and `campaignConfig` of the YAML,
and has answered a probe (`challenger.probe`); or it is gone. `<workspace>/reports/challenges/` says which, since when,
and why. The champion's campaign is not touched: where the challenger won, `promote_solution_version` with `challenger`
makes it the champion, and `none` here ends the test.

**If it fails.** `choose_version` or `end_challenge` red: that cannot be done, and the message says why; nothing was
moved. `tell_roll_back` red: the move or its probe failed, and the challenger's campaign went back to what it served;
where it served nothing before, it stays as it is, until `none`. One mail says what failed, what serves now, and what to
do. `delete_campaign` red: the campaign may still be billed; see its log, and clear it.

**Run it again?** Yes: a campaign that serves the version already, or is gone already, is left alone.
"""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, Param, chain, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.names import run_key
from amazon_personalize.operators.delete_campaign import PersonalizeDeleteCampaignOperator
from dags.choosing import choose
from dags.conventions import AWS_CONN_ID, dag_arguments, s3
from dags.promotion import promote
from include import config
from include.config import DatasetGroup, Solution
from include.training import history
from include.training.role import Role

NONE = "none"


def challenge_champion(group: DatasetGroup) -> DAG:
    """Build the DAG that moves the challengers' campaigns of a dataset group."""
    solutions = {solution.name: solution for solution in group.solutions if solution.challenger}

    @dag(
        dag_id=f"{group.name}.challenge_champion",
        schedule=None,
        params={
            "solution": Param(next(iter(solutions)), enum=list(solutions), description="Whose challenger."),
            "solution_version": Param(
                "",  # nobody ends a test by leaving it out
                type="string",
                pattern=r"^(none|previous|arn:.+:solution/.+/.+)$",
                description="`none` to end the test, `previous`, or the ARN of an ACTIVE version of the solution.",
            ),
            "reason": Param("", type="string", minLength=3, description="Kept with the challenge."),
        },
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        @task(multiple_outputs=True)
        def choose_version() -> dict[str, Any]:
            """Find the version that is to challenge the champion, and check that it can serve."""
            params = get_current_context()["params"]
            if params["solution_version"] == NONE:
                raise AirflowSkipException("The test is to end.")
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            return choose(hook, group, solutions[params["solution"]], Role.CHALLENGER, params)

        @task(multiple_outputs=True)
        def end_challenge() -> dict[str, Any]:
            """Find the campaign that is to be deleted, and what it serves; never one of another dataset group."""
            params = get_current_context()["params"]
            if params["solution_version"] != NONE:
                raise AirflowSkipException("The test goes on, with another version.")
            solution = solutions[params["solution"]]
            return {"campaign": Role.CHALLENGER.campaign(solution).name, "served": served(group, solution)}

        @task
        def record_end(version_arn: str | None) -> None:
            """Write down that nobody is challenged any more."""
            if version_arn is None:
                print("There was no challenger.")
                return
            context = get_current_context()
            key, params = run_key(context["dag_run"]), context["params"]
            record = history.move(key, datetime.now(UTC), None, version_arn, params["reason"])
            history.record_move(s3(), group.storage, Role.CHALLENGER, params["solution"], record)

        promote(group, choose_version(), Role.CHALLENGER)
        ended: Any = end_challenge()
        delete_campaign = PersonalizeDeleteCampaignOperator(
            task_id="delete_campaign", dataset_group=group.name, campaign=ended["campaign"]
        )
        chain(delete_campaign, record_end(ended["served"]))

    return build()


def served(group: DatasetGroup, solution: Solution) -> str | None:
    """What the challenger's campaign serves or, where an earlier attempt deleted it, served; None where nothing did.

    Raises AirflowFailException where a campaign of that name serves another dataset group.
    """
    campaign = Role.CHALLENGER.campaign(solution)
    hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
    arn = hook.serving(campaign.name)
    if arn is None:
        return history.challenging(history.challenges(s3(), group.storage, solution.name))
    version = hook.describe(resources.SOLUTION_VERSION, arn)
    if version is None or version["datasetGroupArn"] != hook.arn(resources.DATASET_GROUP, group.name):
        raise AirflowFailException(
            f"Campaign {campaign.name} serves {arn}, which is no version of dataset group {group.name}: it is not "
            "deleted. Give the challenger a campaign name of its own in the YAML."
        )
    return arn


for dataset_group in config.load():
    if any(solution.challenger for solution in dataset_group.solutions):
        challenge_champion(dataset_group)
