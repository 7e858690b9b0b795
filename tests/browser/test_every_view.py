"""What holds on every view of the app, light and dark: no serious finding of axe, no error, nothing asked beyond this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.server import browser, chromium, requests_of, serving
from tests.browser.tour import VIEWS, tour

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
NOT_OURS: dict[tuple[str, str], str] = {}
"""Rule of axe and part of the element that Streamlit itself makes wrong -> why it cannot be mended here."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with serving(tmp_path_factory.mktemp("server")) as address, browser() as made:
        context = made.new_context(viewport={"width": 1440, "height": 900})
        opened = context.new_page()
        opened.set_default_timeout(90_000)
        opened.goto(address)
        yield opened
        context.close()


def test_no_view_has_a_serious_finding_or_an_error_or_asks_beyond_this_machine(page: Page) -> None:
    spoken_to = requests_of(page.context)
    address = f"http://{urlsplit(page.url).netloc}"
    found: list[str] = []
    seen = []
    for view in tour(page, address):
        seen.append(view)
        errors = page.locator('[data-testid="stException"]')
        if errors.count():
            found.append(f"{view.name}: {errors.first.inner_text()[:200]}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(300)
            found += [f"{view.name}, {scheme}: {said}" for said in _serious(page)]
        page.emulate_media(color_scheme="light")
    assert len(seen) == len(VIEWS)
    assert not found, "\n".join(found)
    hosts = {urlsplit(url).hostname for url in spoken_to if urlsplit(url).scheme.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}


def _serious(page: Page) -> list[str]:
    """Serious and critical findings, each with its element, without those that are not ours to mend."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')[:120]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
        if not any(v["id"] == rule and part in node["html"] for rule, part in NOT_OURS)
    ]
