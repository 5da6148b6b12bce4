"""What the browser test says on a machine that cannot run it."""

import pytest

from tests.browser import chromium


def test_without_chromium_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    said = chromium.missing()

    assert said
    assert "apt-get install chromium" in said
    assert said.endswith("it installs nothing by itself.")
