"""The model-quality page in headless Chromium, as a person uses it, with pictures.

    python -m tests.browser.quality_page http://127.0.0.1:8080 PASSWORD --pictures FOLDER

needs a running Airflow (`make ui`, or the demo's story) in which the gate has blocked a version, Playwright
(`pip install playwright`) and Chromium (`apt-get install chromium fonts-dejavu-core`). It signs in, looks at the page,
follows a blocked version to the promote form, promotes it with a reason, and waits until the page says so.
"""

import argparse
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

SECONDS = 1_000  # milliseconds
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
REASON = "Looked at by a person in a browser."


def main() -> None:
    """Go the whole way; fails at the first thing that is not as it should be."""
    options = _options()
    options.pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        foreign: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(options.url) else foreign.append(request.url))
        sign_in(page, options.url, options.password)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            open_page(page, options.url)
            page.screenshot(path=options.pictures / f"model-quality-{scheme}.png")
        page.emulate_media(color_scheme="light")
        look_on_a_phone(page, options.url, options.pictures)
        promote_a_blocked_version(page, options.url, options.group)
        open_page(page, options.url)
        page.screenshot(path=options.pictures / "model-quality-promoted.png")
        assert not [url for url in foreign if not url.startswith(("data:", "blob:"))], foreign
        browser.close()
    print(f"All as it should be; the pictures are in {options.pictures}.")


def sign_in(page: Page, url: str, password: str) -> None:
    """Sign in as people do."""
    page.goto(url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_test_id("nav-home-link")).to_be_visible(timeout=30 * SECONDS)


def open_page(page: Page, url: str) -> FrameLocator:
    """Open the page in Airflow's frame, and see that a version is there."""
    page.goto(f"{url}/plugin/model-quality")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Model quality")).to_be_visible(timeout=30 * SECONDS)
    expect(frame.locator("figure svg a").first).to_be_visible()
    return frame


def look_on_a_phone(page: Page, url: str, pictures: Path) -> None:
    """The page alone on a small screen: nothing may stand out at the side."""
    page.set_viewport_size(PHONE)
    page.goto(f"{url}/model-quality/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.screenshot(path=pictures / "model-quality-phone.png", full_page=True)
    page.set_viewport_size(WIDE)


def promote_a_blocked_version(page: Page, url: str, group: str) -> None:
    """From the blocked version in the table to the form of the promote DAG, and back when the campaign has moved."""
    frame = open_page(page, url)
    blocked = frame.get_by_role("row").filter(has=frame.locator("td .badge.blocked")).first
    version = blocked.get_by_role("rowheader").locator("code").inner_text()
    blocked.get_by_text("Promote…").click()
    arn = blocked.get_by_role("textbox").input_value()
    blocked.get_by_role("link", name="the promote DAG").click()
    page.wait_for_url(f"**/dags/{group}.promote_solution_version")
    page.get_by_role("button", name="Trigger").first.click()
    page.locator("[name=element_solution_version]").fill(arn)
    page.locator("[name=element_reason]").fill(REASON)
    page.get_by_role("dialog").get_by_role("button", name="Trigger").click()
    row = f"#v-{version}"
    for _ in range(12):  # the page is kept for a minute
        page.wait_for_timeout(10 * SECONDS)
        frame = open_page(page, url)
        if frame.locator(row).get_by_text("champion").count():
            break
    expect(frame.locator(row)).to_contain_text("let through by hand")
    expect(frame.locator(row)).to_contain_text(REASON)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.quality_page", description=__doc__)
    parser.add_argument("url", help="where Airflow is, without a slash at the end")
    parser.add_argument("password", help="of user admin")
    parser.add_argument("--group", default="movies", help="dataset group (default: movies)")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser (default: /usr/bin/chromium)")
    parser.add_argument("--pictures", type=Path, required=True, help="folder for the pictures")
    return parser.parse_args()


if __name__ == "__main__":
    main()
