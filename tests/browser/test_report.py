"""The committee's report in a real browser: it asks for nothing, fits a sheet of A4, and can be read by everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from optimiser import verbs
from optimiser.report.documents.committee import page as report
from tests.browser.server import browser, chromium, requests_of
from tests.report.test_committee import MOTION

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not chromium(), reason="there is no Chromium on this machine")]
ROOT = Path(__file__).parents[2]
WIDTH = 680
"""Pixels between the margins of A4."""


def test_it_prints_and_asks_for_nothing(tmp_path: Path) -> None:
    base = verbs.read(ROOT / "data" / "task-force.xlsx")
    other = verbs.solve(verbs.scenario(base, "grant cut by a fifth"))
    motion = replace(
        MOTION, alternatives=(("grant cut by a fifth", other),), proposed=datetime(2026, 11, 1, tzinfo=UTC)
    )
    file = tmp_path / "report.html"
    file.write_bytes(report(verbs.solve(base), motion))
    with browser() as made:
        context = made.new_context(viewport={"width": WIDTH, "height": 960})
        asked, faults = requests_of(context), list[str]()
        opened = context.new_page()
        opened.on("console", lambda message: faults.append(message.text))
        opened.goto(file.as_uri())
        opened.emulate_media(media="print")
        assert opened.evaluate("document.documentElement.scrollWidth") <= WIDTH
        narrow = "[...document.querySelectorAll('td:first-child')].filter(c => c.offsetWidth < 60).length"
        assert opened.evaluate(narrow) == 0
        printed = opened.pdf(prefer_css_page_size=True)
        opened.emulate_media(media="screen")
        serious = [v for v in _axe(opened) if v["impact"] in ("serious", "critical")]
    assert serious == []
    assert asked == [file.as_uri()]
    assert faults == []
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 8


def _axe(opened: Page) -> list[dict[str, str]]:
    """What the accessibility checker finds. The page forbids scripts, so the checker runs in a copy that allows them."""
    content = opened.content()
    opened.goto("about:blank")
    opened.set_content(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", content))
    found: list[dict[str, str]] = Axe().run(opened).response["violations"]
    return found
