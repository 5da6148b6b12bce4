"""Airflow's page "Model quality": in the menu under Browse, and as a tab of every DAG.

Every process of Airflow runs this file, each task's too; only the API server needs what the page is made with.
"""

import asyncio
from importlib import import_module
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/model-quality"


async def model_quality(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request (ASGI) by what is imported when the first one comes, without holding up the API server."""
    module = await asyncio.to_thread(import_module, "model_quality.app")
    await module.app(scope, receive, send)


class ModelQuality(AirflowPlugin):
    """The page, and where Airflow shows it."""

    name = "model_quality"
    fastapi_apps = [{"app": model_quality, "url_prefix": PREFIX, "name": "Model quality"}]  # noqa: RUF012 - as Airflow
    external_views = [  # noqa: RUF012 - as Airflow declares it
        {
            "name": "Model quality",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "model-quality",
        },
        {
            "name": "Model quality",
            "href": f"{PREFIX}/?dag={{DAG_ID}}",
            "destination": "dag",
            "url_route": "model-quality-of-dag",
        },
    ]
