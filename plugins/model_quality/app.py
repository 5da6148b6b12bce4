"""The page's one route, for users who are signed in; they see the dataset groups whose training DAG they may read.

Airflow itself asks nobody who opens a plugin's route to sign in. The page loads nothing from elsewhere.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.unreachable import UnreachableError, explained
from include import config
from include.config import ConfigError, DatasetGroup
from include.training.quality_page import page
from include.training.quality_page.gathering import Gathering
from include.training.quality_page.kept import Kept, StillReadingError
from include.training.quality_page.page import Frame, SolutionPage

AWS_CONN_ID = "aws_default"
BRIEF = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
REMEDIES: dict[type[Exception], str] = {
    ConfigError: "Mend the dataset group's file; the DAGs need it too.",
    StillReadingError: "Try again in a moment. If it stays so, check that Personalize and S3 answer.",
    UnreachableError: "Nothing here was lost: the page reads when AWS can be reached again.",
    ClientError: "Where AWS refuses, the role of the API server's AWS connection needs leave to list and describe "
    "solutions, solution versions and campaigns, to get solution metrics, and to list and read the workspace in S3; "
    "where it throttles, try again in a minute.",
    BotoCoreError: "Check the AWS connection's region, credentials and endpoint, as the API server sees them.",
}

app = FastAPI(title="Model quality", docs_url=None, redoc_url=None, openapi_url=None)
gathering = Gathering()
kept: Kept[list[SolutionPage]] = Kept(seconds=15, patience=20)


@app.get("/")
def model_quality(user: GetUserDep, group: str | None = None, dag: str | None = None) -> HTMLResponse:
    """Show a dataset group, by its name or by one of its DAGs; the first one where none is named."""
    root = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")
    frame = Frame(root, group=None, groups=[], nonce=secrets.token_urlsafe(16))
    wanted = group or (dag.partition(".")[0] if dag else None)
    try:
        readable = [each for each in config.load() if _may_read(each, user)]
        chosen = next((each for each in readable if wanted in (None, each.name)), None)
        frame = replace(frame, group=chosen.name if chosen else None, groups=[each.name for each in readable])
        if chosen is None:
            what = f"{dag or group or 'This Airflow'} has no dataset group that you may read."
            remedy = "Choose one above, if there is one, or ask for leave to read its training DAG."
            return _answer(frame, page.trouble(frame, what, remedy), 404)
        return _answer(frame, page.html(frame, kept.get(chosen.name, _reading(chosen))))
    except tuple(REMEDIES) as error:
        remedy = next(said for kind, said in REMEDIES.items() if isinstance(error, kind))
        return _answer(frame, page.trouble(frame, str(error), remedy), 503)


def _may_read(group: DatasetGroup, user: Any) -> bool:
    details = DagDetails(id=f"{group.name}.train_solutions")
    return bool(get_auth_manager().is_authorized_dag(method="GET", details=details, user=user))


def _reading(group: DatasetGroup) -> Callable[[], list[SolutionPage]]:
    def read() -> list[SolutionPage]:
        personalize = PersonalizeHook(aws_conn_id=AWS_CONN_ID, config=BRIEF).conn
        s3 = explained(S3Hook(aws_conn_id=AWS_CONN_ID, config=BRIEF).conn)
        return gathering.group(personalize, s3, group)

    return read


def _answer(frame: Frame, html: str, status: int = 200) -> HTMLResponse:
    sources = f"style-src 'nonce-{frame.nonce}'; script-src 'nonce-{frame.nonce}'"
    policy = f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(html, status, headers)
