"""The guide is true: each page's commands print what the page says, its figures are theirs, and notebooks run."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner

from optimiser.app_pages.main import MORE
from optimiser.app_pages.main import PAGES as APP_PAGES
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from tests.browser.server import QUIET, chromium
from tests.guide import CASES, NOTEBOOKS, PAGES, TUTORIALS, notebook, played, run

COMMANDS = {c.name or c.callback.__name__ for c in app.registered_commands}
SMALL: dict[str, Any] = {
    "Agencies": [{"agency": "Alder"}, {"agency": "Birch"}],
    "Funds": [{"fund": "Pool", "amount": 300_000}],
    "Contributions": [{"agency": a, "fund": "Pool", "amount": 150_000} for a in ("Alder", "Birch")],
    "Initiatives": [
        {"initiative": name, "lead": name.split()[0], "request": request, "score": score, "baseline": last}
        for name, request, score, last in (
            ("Alder shelter", 220_000, 82, 200_000),
            ("Alder nurses", 90_000, 74, 90_000),
            ("Birch centre", 150_000, 88, 0),
        )
    ],
    "Scenarios": [
        {"scenario": "a tenth less", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"}
    ],
    "Uncertainty": [{"of": "fund", "item": "Pool", "column": "amount", "low": 250_000, "high": 300_000}],
}
NOT_DONE = {"doctor": (0, 3), "losses": (0, 5)}
"""What may end otherwise than done: a machine without a backup is not well, no plan may survive every loss."""


@pytest.mark.slow
@pytest.mark.first(1)
@pytest.mark.parametrize("name", [*TUTORIALS, *CASES])
def test_a_page_prints_what_it_says(name: str, tmp_path: Path) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page == played(page, tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_a_figure_between_the_commands_is_theirs(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    answers = "".join(re.findall(r"```console\n(.*?)```", page, re.DOTALL))
    said = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    assert [figure for figure in re.findall(r"\$[\d,.]*\d[km]?|\b\d+%", said) if figure not in answers] == []
    for command in re.findall(r"`optimiser (\w+)", said):
        assert command in COMMANDS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_gives_what_stands_in_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = notebook(name).read_text(encoding="utf-8")
    assert text == run(text)


def test_each_answer_to_a_question_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of “How do I …?”, as it stands, on a small case."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    with closing(Database()) as store:
        migrate.ready(store)
        people.local(store)
    write_tables(tmp_path / "case.xlsx", tables_from(SMALL).tables)
    page = (PAGES / "questions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| `optimiser (.+?)` \| (.+?) \|$", page, re.M)
    assert len(rows) > 20
    shown = {title for title, _ in (*APP_PAGES, *MORE)} | {"none"}
    made = 0
    for question, line, where in rows:
        assert where.split(",")[0] in shown, where
        done = CliRunner().invoke(app, shlex.split(line))
        assert done.exit_code in NOT_DONE.get(line.split()[0], (0,)), f"{question} {line}: {done.output}"
        made += done.exit_code == 0
    assert made >= len(rows) - 2


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


def test_every_link_within_the_site_leads_to_a_file_and_a_place_in_it(site: Path) -> None:
    """Those of the pages, and those that the theme puts around them."""
    texts = {page: page.read_text("utf-8") for page in site.rglob("*.html") if page.name != "404.html"}
    places = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in texts.items()}
    astray = []
    for page, text in texts.items():
        for link in re.findall(r'\b(?:href|src|srcset)="([^"]+)"', text):
            to = urlsplit(html.unescape(link))
            if to.scheme or to.netloc:
                continue
            file = (page.parent / unquote(to.path)).resolve() if to.path else page
            place = unquote(to.fragment)
            if not file.is_file() or (file in places and place and place not in places[file]):
                astray.append(f"{page.relative_to(site)}: {link}")
    assert not astray, "\n".join(astray)


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
