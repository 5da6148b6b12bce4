"""The steps of a campaign's move as tasks take them: noted, probed, and the way back of one that must not stand.

Each may be lost at any moment and done again: what it must know is in the note and in what DescribeCampaign says.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from alerts.mail import send_report
from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook, PersonalizeRuntimeHook
from dags import conventions
from dags.conventions import AWS_CONN_ID
from include.config import Campaign, DatasetGroup, Solution
from include.training import history, probe_move, probe_told
from include.training.lineage import root, versions
from include.training.probe import Finding, judge
from include.training.probe_move import Move
from include.training.role import Role


@dataclass
class Steps:
    """The steps of the move that a run makes for a solution, of the campaign that has the role."""

    group: DatasetGroup
    solution_name: str
    run_key: str
    role: Role = Role.CHAMPION

    def note(self, version_arn: str, reason: str) -> None:
        """Note what serves, and what it answers; an earlier note of the same move stays, since it knows what served."""
        from include.training import probe_questions

        arn = self.hook.arn(resources.CAMPAIGN, self._campaign.name)
        campaign = self.hook.describe(resources.CAMPAIGN, arn)
        earlier = probe_move.read(self.s3, self.group.storage, self.solution_name, self.run_key)
        if earlier and probe_move.is_of(earlier, version_arn, campaign):
            print(f"Noted by an earlier attempt: {earlier.previous_arn} served before.")
            return
        recipe, users = self._solution.recipe, self._campaign.probe.users
        serves = campaign if campaign and campaign["status"] == "ACTIVE" else None
        questions = probe_questions.choose(self.s3, self.group.storage, recipe, users)
        answers = probe_questions.ask(self._runtime, recipe, arn, questions) if serves else []
        self._write(
            Move(
                run_key=self.run_key,
                campaign_arn=arn,
                version_arn=version_arn,
                reason=reason,
                previous_arn=serves["solutionVersionArn"] if serves else None,
                previous_members=probe_move.members(serves or {}),
                asked=questions.asked,
                ranked=questions.ranked,
                before={answer.asked: answer.items for answer in answers},
            )
        )

    def probe(self) -> Finding:
        """Ask the campaign what the note says, and judge the answers; what does not stand is noted."""
        from include.training import probe_questions

        move = self._noted()
        questions = probe_questions.Questions(move.asked, move.ranked)
        answers = probe_questions.ask(self._runtime, self._solution.recipe, move.campaign_arn, questions)
        unknown = probe_questions.unknown(self.s3, self.group.storage, answers)
        finding = judge(self._campaign.probe, answers, unknown, move.before, update=self._updates_what_served(move))
        self._write(replace(move, failure=None if finding.passed else finding.reason))
        return finding

    def record(self, finding: str) -> str | None:
        """Write down what serves from now on; None where it served already."""
        move = self._noted()
        if move.previous_arn == move.version_arn:
            return None
        return self._record(move, {"probe": finding, "rolled_back": False})

    def way_back(self, why: str | None = None) -> dict[str, Any]:
        """What the campaign is to serve again: campaign (its name and other members) and solution_version_arn.

        Why it goes back is noted first, because the service forgets a failed update once the next one begins;
        `why` is what deploy_campaign failed of, where it is known.
        Raises AirflowFailException where there is nothing to go back to.
        """
        move = self._noted()
        way = probe_move.way_back(move, self.hook.describe(resources.CAMPAIGN, move.campaign_arn), why)
        self._write(replace(move, failure=way.failure))
        if way.members is None:
            raise AirflowFailException(way.failure)
        return {"campaign": way.members, "solution_version_arn": move.previous_arn}

    def tell(self, log_url: str) -> str:
        """Write down and mail how a move ended that does not stand; returns the mail's subject."""
        move = self._noted()
        campaign = self.hook.describe(resources.CAMPAIGN, move.campaign_arn)
        outcome = probe_told.outcome(self.group.name, self.solution_name, self.role, move, campaign)
        self._record(move, {"failure": outcome.failure, "rolled_back": outcome.rolled_back})
        alerts = self.group.alerts
        send_report(alerts.to, outcome.subject, f"{outcome.text}\n\nLog: {log_url}", alerts.webhook)
        return outcome.subject

    @cached_property
    def s3(self) -> Any:
        """The S3 client."""
        return conventions.s3()

    @cached_property
    def hook(self) -> PersonalizeHook:
        """The hook of Personalize's control plane."""
        return PersonalizeHook(aws_conn_id=AWS_CONN_ID)

    @cached_property
    def _runtime(self) -> Any:
        return PersonalizeRuntimeHook(aws_conn_id=AWS_CONN_ID).conn

    @cached_property
    def _solution(self) -> Solution:
        return next(solution for solution in self.group.solutions if solution.name == self.solution_name)

    @cached_property
    def _campaign(self) -> Campaign:
        return self.role.campaign(self._solution)

    def _noted(self) -> Move:
        move = probe_move.read(self.s3, self.group.storage, self.solution_name, self.run_key)
        if move is None:
            raise AirflowFailException(
                f"The note of {self.run_key} is gone from reports/moves/{self.solution_name}. Clear note_{self.role}."
            )
        return move

    def _write(self, move: Move) -> None:
        probe_move.write(self.s3, self.group.storage, self.solution_name, move)

    def _record(self, move: Move, ended: dict[str, Any]) -> str:
        now = datetime.now(UTC)
        record = history.move(move.run_key, now, move.version_arn, move.previous_arn, move.reason)
        return history.record_move(self.s3, self.group.storage, self.role, self.solution_name, record | ended)

    def _updates_what_served(self, move: Move) -> bool:
        """Whether the version is an UPDATE of the FULL version that served before, or of which an UPDATE did."""
        if move.previous_arn is None:
            return False
        past = versions(self.hook.solution_versions(move.version_arn.rpartition("/")[0]))
        modes = {version.arn: version.mode for version in past}
        return modes.get(move.version_arn) == "UPDATE" and root(past, move.version_arn) == root(past, move.previous_arn)
