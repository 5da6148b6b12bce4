"""The model-quality page in a real browser: `make browser`.

    python -m tests.browser [--pictures docs]

A real stack lives two weeks of MovieLens 100K, in the second of which bots visit, so that the gate blocks a version;
then headless Chromium does what a person would: signs in, looks, follows the links, and promotes the blocked version.
With --pictures it lives six weeks first and takes README's pictures. Four minutes on two cores; with pictures ten.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.browser import chromium, weeks

FEW, MANY = 1, 6  # nights after the history


def main() -> int:
    """Go the whole way; 2 where something is missing, and an error at the first thing that is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder to take README's pictures into")
    folder_of_pictures: Path | None = parser.parse_args().pictures
    if missing := chromium.missing():
        print(missing, file=sys.stderr)
        return 2
    from tests.browser import pictures, quality_page  # noqa: PLC0415 - they need what was missing

    with (
        tempfile.TemporaryDirectory() as folder,
        weeks.opened(Path(folder) / "state", MANY if folder_of_pictures else FEW) as programme,
    ):
        with chromium.opened(programme.stack) as page:
            quality_page.is_closed_to_strangers(page, programme)
            chromium.sign_in(page, programme.stack)
            quality_page.says_what_to_do_while_it_is_empty(page, programme)
        weeks.live(programme)
        with chromium.opened(programme.stack) as page:
            chromium.sign_in(page, programme.stack)
            if folder_of_pictures:
                folder_of_pictures.mkdir(parents=True, exist_ok=True)
                pictures.take_quality(page, programme, folder_of_pictures)
                pictures.take_graph(page, programme, folder_of_pictures)
                page.set_viewport_size(chromium.LAPTOP)
            for step in (
                quality_page.shows_every_version,
                quality_page.fits_every_screen,
                quality_page.leads_to_the_run,
                quality_page.promotes_the_blocked_version,
            ):
                step(page, programme)
                print(f"  the page {step.__name__.replace('_', ' ')}", flush=True)
    print("All as it should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
