"""README's pictures, of a real run, in headless Chromium."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import SECONDS
from tests.browser.quality_page import in_the_menu
from tests.dags.programme import Programme

QUALITY, GRAPH = {"width": 1400, "height": 1190}, {"width": 2000, "height": 470}
WITHOUT_TOOLS = ".react-flow__panel, [aria-label$='Details Panel'] { display: none }"


def take_quality(page: Page, programme: Programme, folder: Path) -> None:
    """Write model_quality.png: the page in Airflow's frame."""
    page.set_viewport_size(QUALITY)
    in_the_menu(page, programme).locator("tbody tr").first.wait_for()
    _settle(page)
    page.screenshot(path=folder / "model_quality.png")


def take_graph(page: Page, programme: Programme, folder: Path) -> None:
    """Write graph_import_datasets.png: the tasks of a night, those of one dataset unfolded."""
    page.set_viewport_size(GRAPH)
    page.goto(f"{programme.stack.airflow.url}/dags/{programme.dag('import_datasets')}")
    page.get_by_role("button", name="Show Graph").click()
    page.get_by_role("button", name="Collapse Details Panel").click()
    page.locator(".react-flow__node[data-id=interactions]").get_by_role("button").first.click(timeout=30 * SECONDS)
    _settle(page)
    page.get_by_role("button", name="Fit View").click()
    _settle(page)
    page.locator(".react-flow").screenshot(path=folder / "graph_import_datasets.png", style=WITHOUT_TOOLS)


def _settle(page: Page) -> None:
    """Wait for what moves: the graph is laid out in a worker of its own, which tells nobody when it is done."""
    page.wait_for_timeout(3 * SECONDS)
