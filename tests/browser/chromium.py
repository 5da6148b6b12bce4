"""Headless Chromium, and a person who has signed in to Airflow with it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from include.demo.airflow_api import USER
from include.demo.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS = 1_000  # milliseconds
NAMES = ("chromium", "chromium-browser", "google-chrome")
LAPTOP = {"width": 1280, "height": 900}


def missing() -> str | None:
    """What to install, in a sentence; None where all is there."""
    wanted = []
    if not _executable():
        wanted.append("Chromium (`apt-get install chromium fonts-dejavu-core`)")
    if not find_spec("playwright"):
        wanted.append("Playwright (`.venv/bin/python -m pip install playwright`)")
    return f"The browser test needs {' and '.join(wanted)}; it installs nothing by itself." if wanted else None


@contextmanager
def opened(stack: Stack, **context: Any) -> Iterator["Page"]:
    """A page of a browser that asks nobody but this Airflow; raises AssertionError where it did, or a script failed."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - whether it is there is asked first

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(), args=["--no-sandbox"])
        page = browser.new_context(**{"viewport": LAPTOP, **context}).new_page()
        asked: list[str] = []
        failed: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        yield page
        foreign = {url for url in asked if not url.startswith((stack.airflow.url, "data:", "blob:"))}
        assert not foreign, f"asked elsewhere: {foreign}"
        assert not failed, f"scripts failed: {failed}"
        browser.close()


def sign_in(page: "Page", stack: Stack) -> None:
    """Sign in as people do."""
    page.goto(stack.airflow.url)
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(stack.addresses.airflow_password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_test_id("nav-home-link").wait_for(timeout=60 * SECONDS)


def _executable() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)
