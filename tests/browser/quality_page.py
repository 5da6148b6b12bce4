"""What a person does with the model-quality page, a function a step; each fails at what is not as it should be."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import weeks
from tests.browser.chromium import LAPTOP, SECONDS
from tests.dags.programme import Programme
from tests.waiting import until

PHONE = {"width": 390, "height": 844}
REASON = "Looked at by a person in a browser."
KEPT_SECONDS = 16  # the page reads anew when its last reading is older than 15 seconds


def is_closed_to_strangers(page: Page, programme: Programme) -> None:
    """Nobody who has not signed in sees anything."""
    answer = page.goto(f"{programme.stack.airflow.url}/model-quality/")

    assert answer
    assert answer.status == 401
    assert programme.shop.group.name not in page.content()


def says_what_to_do_while_it_is_empty(page: Page, programme: Programme) -> None:
    """Before the first training the page leads to the training DAG."""
    frame = in_the_menu(page, programme)

    expect(frame.get_by_text("No version yet")).to_be_visible()
    frame.get_by_role("link", name=programme.dag("train_solutions")).click()
    page.wait_for_url(f"**/dags/{programme.dag('train_solutions')}")


def shows_every_version(page: Page, programme: Programme) -> None:
    """A row and a mark in each chart for each version, coloured by verdict; the newest one is blocked."""
    frame = in_the_menu(page, programme)
    versions = programme.versions()

    expect(frame.locator("tbody tr")).to_have_count(len(versions))
    for chart in _visible(frame, "figure"):
        expect(chart.locator("svg a")).to_have_count(len(versions))
    newest = frame.locator("tbody tr").first
    expect(newest).to_contain_text("blocked")
    expect(newest).to_contain_text("Blocked: ")
    expect(frame.locator(f"#v-{_id(programme.serving())}")).to_contain_text("champion")
    expect(frame.locator("figure .band").first).to_be_visible()
    expect(frame.locator(".facts")).to_contain_text("USD")


def fits_every_screen(page: Page, programme: Programme) -> None:
    """In Airflow's light and dark, and alone on a phone, nothing stands out at the side."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        frame = in_the_menu(page, programme)
        assert frame.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth"), scheme
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.goto(f"{programme.stack.airflow.url}/model-quality/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(LAPTOP)


def leads_to_the_run(page: Page, programme: Programme) -> None:
    """From the blocked version to the one run that made it, which failed."""
    _blocked(in_the_menu(page, programme)).get_by_role("link", name="Run").click()

    page.wait_for_url(f"**/dags/{programme.dag('train_solutions')}/runs?**")
    expect(page.locator("tbody tr")).to_have_count(1, timeout=30 * SECONDS)
    expect(page.locator("tbody tr")).to_contain_text("Failed")


def promotes_the_blocked_version(page: Page, programme: Programme) -> None:
    """From the blocked version to the form of the promote DAG; then the campaign serves it, and the page says why."""
    frame = in_the_menu(page, programme)
    blocked = _blocked(frame)
    blocked.get_by_text("Promote…").click()
    arn = blocked.get_by_role("textbox").input_value()
    before = programme.serving()
    blocked.get_by_role("link", name="the promote DAG").click()
    page.wait_for_url(f"**/dags/{programme.dag('promote_solution_version')}")
    page.get_by_test_id("trigger-dag-button").click()
    page.locator("[name=element_solution_version]").fill(arn)
    page.locator("[name=element_reason]").fill(REASON)
    page.get_by_role("dialog").get_by_role("button", name="Trigger").click()
    airflow, dag = programme.stack.airflow, programme.dag("promote_solution_version")
    until(lambda: airflow.runs(dag), "the form has started a run", 60, 1)

    assert weeks.ended(programme, "promote_solution_version", str(airflow.runs(dag)[-1]["dag_run_id"])) == "success"
    assert before != arn
    assert programme.serving() == arn
    page.wait_for_timeout(KEPT_SECONDS * SECONDS)
    row = in_the_menu(page, programme).locator(f"#v-{_id(arn)}")
    for told in ("champion", "let through by hand", REASON):
        expect(row).to_contain_text(told)


def in_the_menu(page: Page, programme: Programme) -> FrameLocator:
    """Open the page as Airflow's menu does, in its frame."""
    page.goto(f"{programme.stack.airflow.url}/plugin/model-quality")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Model quality")).to_be_visible(timeout=60 * SECONDS)
    return frame


def _visible(frame: FrameLocator, what: str) -> Iterator[Any]:
    return (found for found in frame.locator(what).all() if found.is_visible())


def _blocked(frame: FrameLocator) -> Any:
    return frame.locator("tbody tr").filter(has=frame.locator(".badge.blocked")).first


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]
