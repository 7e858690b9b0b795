"""The guide is true: each tutorial's commands print what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.server import QUIET, chromium
from tests.guide import PAGES, TUTORIALS, played


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_prints_what_it_says(name: str, tmp_path: Path) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page == played(page, tmp_path)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=PAGES.parents[1], capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_a_page_of_the_site_asks_nobody(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        fetched = re.findall(
            r"<(?:script|img|iframe)[^>]+src=\"https?:|<link[^>]+stylesheet[^>]+https?:", page.read_text()
        )
        assert not fetched, page.name


@pytest.mark.browser
@pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)")
def test_the_search_finds_from_a_folder_without_a_network(site: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        page = browser.new_context(offline=True).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "guide" / "index.html").as_uri())
        page.get_by_placeholder("Search").click()
        said = page.locator(".md-search-result__meta")
        expect(said).to_contain_text("Type to start searching", timeout=60_000)
        page.get_by_placeholder("Search").press_sequentially("waiver")
        expect(said).to_contain_text("matching documents", timeout=60_000)
        found = page.locator(".md-search-result__link").evaluate_all("links => links.map(link => link.href)")
        assert any("/rules/" in link for link in found)
        assert {urlsplit(address).scheme for address in asked} <= {"file", "data", "blob"}
        browser.close()
