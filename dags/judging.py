"""How the gate is asked: what it must know of a version and of its champions, from the service and the workspace."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException
from botocore.exceptions import ClientError

from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from dags.conventions import AWS_CONN_ID, s3
from include.config import DatasetGroup, Solution
from include.training import history, lineage
from include.training.champion import Champion

if TYPE_CHECKING:
    from include.training.judgement.verdict import Verdict


def judge(
    group: DatasetGroup, solution: Solution, version_arn: str, popularity_arn: str | None
) -> tuple["Verdict", str | None]:
    """Judge a version, keep the verdict, and return it with the ARN of what serves.

    popularity_arn: of the baseline, where the gate has one.
    """
    from include import audience, training_data
    from include.training import gate

    hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
    champion_arn = hook.serving(solution.campaign_name)
    version = hook.describe(resources.SOLUTION_VERSION, version_arn)
    if version is None:
        raise AirflowFailException(f"{version_arn} is gone: it cannot be judged. Ask for FULL.")
    past = lineage.versions(hook.solution_versions(version["solutionArn"]))
    met_arn = _champion_it_met(group, solution, past, version_arn, champion_arn)
    if version.get("trainingMode") == "UPDATE":
        verdict = gate.judge_update(past, version_arn, met_arn)
    else:
        verdict = gate.judge_full(
            solution.gate,
            hook.metrics(version_arn),
            _champions(hook, group, solution, past, met_arn),
            audience.held_out_users(s3(), group.storage),
            version.get("trainingHours"),
            training_data.facts(s3(), group.storage, version["creationDateTime"], solution.create),
            hook.metrics(popularity_arn) if popularity_arn else None,
        )
    _record(hook, group, solution, version, verdict, met_arn)
    return verdict, champion_arn


def _record(
    hook: PersonalizeHook,
    group: DatasetGroup,
    solution: Solution,
    version: Mapping[str, Any],
    verdict: "Verdict",
    champion_arn: str | None,
) -> None:
    """Keep the verdict in the workspace and in the version's tags, and print it."""
    from include.training.judgement.verdict import as_record

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
    tell(hook, arn, verdict, judged_at)


def tell(hook: PersonalizeHook, version_arn: str, verdict: "Verdict", judged_at: datetime) -> None:
    """Put a verdict into the version's tags, and print it."""
    from include.training.judgement import table
    from include.training.judgement.verdict import as_tags

    try:
        hook.conn.tag_resource(resourceArn=version_arn, tags=as_tags(verdict, judged_at))
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
