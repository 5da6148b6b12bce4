"""A question that a run puts to people, and waits for the answer to."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.standard.exceptions import HITLRejectException
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowFailException

from alerts.mail import MORE
from alerts.message import Message
from alerts.places import question_url
from alerts.send import send


class AskOperator(ApprovalOperator):
    """Ask people to approve, in Airflow and by a message with the link to the question, and wait; Reject is a failure.

    While it waits the task is parked: no worker and no triggerer holds it, and any of them may be restarted. Where
    there is nothing to ask, it asks nothing and succeeds at once.

    :param question: members of a `Message`, to which the link is added; None asks nothing. (templated)
    :param rejected: what the message of a Reject says beside who and why, see `alerts.mail.MORE`. (templated)
    :param hours: without an answer for so long, the answer is Reject.
    :param to: who is mailed.
    :param webhook: see `alerts.send.send`.
    """

    template_fields: Sequence[str] = ("question", "rejected")

    def __init__(
        self,
        *,
        question: Any,
        rejected: Any = None,
        hours: float,
        to: list[str],
        webhook: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("params", None)  # the DAG's, which are no part of the question
        reason = Param("", type="string", description="Kept with what follows.")
        super().__init__(
            subject="",
            defaults=self.REJECT,
            fail_on_reject=True,
            response_timeout=timedelta(hours=hours),
            params={"reason": reason},
            retries=0,  # another attempt would not show another question
            **kwargs,
        )
        self.question = question
        self.rejected = rejected
        self.to = to
        self.webhook = webhook

    def execute(self, context: Context) -> Any:
        """Tell people of the question, and wait; the answer of a person is the task's."""
        if not self.question:
            return None
        url = question_url(context["ti"])
        message = Message(**{**self.question, "links": {"Answer": url, **self.question.get("links", {})}})
        self.subject, self.body = message.subject, message.markdown
        try:
            send(message, self.to, self.webhook)
        except RuntimeError:  # the question is in Airflow all the same, and its end will be told
            logging.getLogger(__name__).exception("Nobody was told of %s", url)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Return the answer: chosen_options, params_input, responded_at, responded_by_user.

        Raises AirflowFailException where it is Reject, or nobody answered in time.
        """
        try:
            return super().execute_complete(context, event)
        except HITLRejectException:
            by, why = event.get("responded_by_user"), (event.get("params_input") or {}).get("reason")
            end = f"Rejected by {by['name']}: {why or 'no reason given'}." if by else "Nobody answered in time."
            context["ti"].xcom_push(key=MORE, value=self.rejected)
            raise AirflowFailException(end) from None
