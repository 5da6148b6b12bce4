"""
### Promote a solution version, or roll back

**What.** Makes a campaign serve the version you name: any ACTIVE version of the solution, one that the gate blocked
among them; `previous`, the one that served before the champion; or `challenger`, the one that the challenger's campaign
serves: so an A/B test is won. That campaign goes on as it is, until `challenge_champion` is told `none`.

**When.** By hand only. Choose the solution, the version and a reason in the form.

**Output.** The campaign serves the version, with the `minProvisionedTPS` and `campaignConfig` of the YAML, and has
answered a probe (`campaign.probe`). `<workspace>/reports/promotions/` says which, since when, and why.

**If it fails.** `choose_version` red: that version cannot be promoted, and the message says why; nothing was moved.
`tell_roll_back` red: the move or its probe failed, and the campaign went back to what it served. One mail says what
failed, what serves now, and what to do. If it says "ROLL-BACK FAILED", look at once.

**Run it again?** Yes; a campaign that serves the version already is only brought in line with the YAML, which is how a
change of `minProvisionedTPS` is made without a new version. `previous` twice goes two steps back.
"""

from typing import Any

from airflow.sdk import DAG, Param, dag, get_current_context, task

from amazon_personalize.hook import PersonalizeHook
from dags.choosing import choose
from dags.conventions import AWS_CONN_ID, dag_arguments
from dags.promotion import promote
from include import config
from include.config import DatasetGroup
from include.training.role import Role


def promote_solution_version(group: DatasetGroup) -> DAG:
    """Build the promotion DAG of a dataset group."""
    solutions = {solution.name: solution for solution in group.solutions}

    @dag(
        dag_id=f"{group.name}.promote_solution_version",
        schedule=None,
        params={
            "solution": Param(next(iter(solutions)), enum=list(solutions), description="Whose campaign to move."),
            "solution_version": Param(
                "previous",
                type="string",
                pattern=r"^(previous|challenger|arn:.+:solution/.+/.+)$",
                description="`previous`, `challenger`, or the ARN of an ACTIVE version of the solution.",
            ),
            "reason": Param("", type="string", minLength=3, description="Kept with the promotion."),
        },
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        @task(multiple_outputs=True)
        def choose_version() -> dict[str, Any]:
            """Find the version to serve, and check that it can."""
            params = get_current_context()["params"]
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            return choose(hook, group, solutions[params["solution"]], Role.CHAMPION, params)

        promote(group, choose_version())

    return build()


for dataset_group in config.load():
    promote_solution_version(dataset_group)
