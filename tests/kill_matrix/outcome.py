"""How a run ended: what a disturbed run must have in common with an undisturbed one."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from tests.dags.programme import Programme
from tests.waiting import until

MAIL_SECONDS = 30
QUIET_SECONDS = 3  # in which a mail too many would come


@dataclass(frozen=True)
class Outcome:
    """The end of a run. Versions are told by their part in it: `new` is the one that the run trained, `champion` the
    one that served before.
    """

    run: str
    tasks: Mapping[str, str]
    serves: str
    campaign: Mapping[str, Any]
    verdicts: tuple[Mapping[str, Any], ...]
    tags: Mapping[str, str]
    promotions: tuple[Mapping[str, Any], ...]
    mails: tuple[str, ...]
    versions: int

    def differences(self, other: "Outcome") -> list[str]:
        """Each part in which this run did not end as the other."""
        mine, others = asdict(self), asdict(other)
        return [f"{name}: {mine[name]} instead of {others[name]}" for name in mine if mine[name] != others[name]]


@dataclass(frozen=True)
class Before:
    """What there was before a run: the champion, how many versions, and how many mails."""

    champion: str
    versions: int
    mails: int

    @classmethod
    def of(cls, programme: Programme) -> "Before":
        """As it is now."""
        return cls(programme.serving(), len(programme.versions()), len(programme.stack.mails()))


def read(programme: Programme, run_id: str, before: Before, mails: int) -> Outcome:
    """Read what a run has left behind; `mails` are waited for, and whatever comes soon after them is told too."""
    api, dag_id = programme.stack.personalize(), programme.dag("train_solutions")
    made = [version["solutionVersionArn"] for version in programme.versions()[before.versions :]]
    parts = {before.champion: "champion"} | dict.fromkeys(made, "new")
    (campaign_arn,) = [campaign["campaignArn"] for campaign in api.list_campaigns()["campaigns"]]
    campaign = api.describe_campaign(campaignArn=campaign_arn)["campaign"]
    verdicts, promotions = (
        [record for record in programme.records("reports", what) if record["solution_version_arn"] in made]
        for what in ("verdicts", "promotions")
    )
    return Outcome(
        run=programme.stack.airflow.run(dag_id, run_id)["state"],
        tasks={
            task["task_id"].rpartition(".")[2]: str(task["state"])
            for task in programme.stack.airflow.tasks(dag_id, run_id)
        },
        serves=parts.get(campaign["solutionVersionArn"], "another"),
        campaign={name: campaign.get(name) for name in ("status", "minProvisionedTPS", "campaignConfig")},
        verdicts=tuple({"passed": each["passed"], "met": parts.get(each["champion_arn"])} for each in verdicts),
        tags=_tags(api, made),
        promotions=tuple(
            {"before": parts.get(each["previous_arn"]), "rolled_back": each["rolled_back"]} for each in promotions
        ),
        mails=_mails(programme, before.mails, mails),
        versions=len(made),
    )


def _tags(api: Any, arns: list[str]) -> dict[str, str]:
    """The tags of versions; of all but the verdict only that they are there, since they have its time and numbers."""
    found = [tag for arn in arns for tag in api.list_tags_for_resource(resourceArn=arn)["tags"]]
    return {tag["tagKey"]: tag["tagValue"] if tag["tagKey"] == "verdict" else "..." for tag in found}


def _mails(programme: Programme, known: int, wanted: int) -> tuple[str, ...]:
    """The subjects of the mails of a run."""
    if wanted:
        with suppress(AssertionError):  # a mail that does not come is told by the outcome
            until(lambda: len(programme.stack.mails()) >= known + wanted, "it is mailed", MAIL_SECONDS, 0.3)
    time.sleep(QUIET_SECONDS)
    return tuple(str(mail["Subject"]) for mail in programme.stack.mails()[known:])
