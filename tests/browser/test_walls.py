"""On a wall of 1024 by 768 pixels each committee screen stands whole, in type that is read from the back of the room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from optimiser.app_pages.committee import SHORT
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.committee import decisions
from tests.browser.office import give
from tests.browser.server import PATIENCE, browser, chromium, serving, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium on this machine"),
]
PARTS = tuple(SHORT)
MEASURE = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const sizes = [...document.querySelectorAll('.js-plotly-plot text')].map(t => parseFloat(getComputedStyle(t).fontSize));
  const boxes = [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
    const texts = [...plot.querySelectorAll('text')].filter(t => t.textContent.trim()).map(t => t.getBoundingClientRect());
    return texts.flatMap((a, i) => texts.slice(i + 1).filter(b =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4));
  });
  return {high: main.scrollHeight - main.clientHeight, wide: main.scrollWidth - main.clientWidth,
          smallest: Math.min(99, ...sizes), overlaps: boxes.length};
}"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def proposed(folder: Path) -> Iterator[tuple[Page, str, str]]:
    """A page of the size of a wall, the server's address, and the query of a case whose plan is proposed."""
    with serving(folder) as address, browser() as opened:
        page = opened.new_context(viewport={"width": 1024, "height": 768}).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/committee")
        settled(page)
        page.get_by_role("button", name="Propose to the committee").click()
        page.get_by_text(PARTS[0], exact=True).wait_for()
        settled(page)
        yield page, address, page.url.partition("?")[2]


def on_the_wall(page: Page, part: str) -> None:
    """Shows a part as the projector does."""
    page.get_by_text(SHORT[part], exact=True).first.click()
    page.wait_for_timeout(700)
    settled(page)


@pytest.mark.long
def test_each_committee_screen_stands_whole_on_a_wall(tmp_path: Path) -> None:
    found, serious = {}, {}
    with proposed(tmp_path) as (page, address, query):
        assert page.get_by_role("button", name="Report").count() == 1
        page.goto(f"{address}/committee?{query}&view=projector")
        settled(page)
        for part in PARTS:
            on_the_wall(page, part)
            found[part] = page.evaluate(MEASURE)
            problems = Axe().run(page).response["violations"]
            serious[part] = [v["id"] for v in problems if v["impact"] in ("serious", "critical")]
    assert {part: (f["high"], f["wide"], f["overlaps"]) for part, f in found.items()} == dict.fromkeys(PARTS, (0, 0, 0))
    assert all(f["smallest"] >= 18 for f in found.values()), found
    assert not any(serious.values()), serious


@pytest.mark.long
def test_a_vote_stands_whole_on_the_wall_and_pages_on_a_phone(tmp_path: Path) -> None:
    wide = {}
    with proposed(tmp_path) as (page, address, query):
        page.goto(f"{address}/committee?{query}&view=projector")
        settled(page)
        on_the_wall(page, PARTS[-1])
        page.get_by_role("button", name="Votes and reasons").click()
        page.get_by_role("radio", name="Approve").check(force=True)
        page.get_by_role("textbox", name="Your reason").fill(
            "It keeps every clause, and nobody asked for a larger share."
        )
        page.get_by_role("button", name="Vote", exact=True).click()
        page.get_by_role("heading", name="1 of 1 members has voted").wait_for()
        settled(page)
        assert page.evaluate(MEASURE)["high"] == 0, "once a vote is cast, the screen stands whole too"
        last = _eleven_more_vote(tmp_path, query)
        page.goto(f"{address}/committee?{query}&view=projector")
        settled(page)
        page.get_by_text(SHORT[PARTS[-1]], exact=True).first.click()
        page.get_by_text(last, exact=True).first.wait_for()
        settled(page)
        assert page.evaluate(MEASURE)["high"] == 0, "twelve names stand on the wall"
        for name in ("plan", "rules", "inputs"):
            page.goto(f"{address}/{name}?{query}")
            for width in (1920, 390):
                page.set_viewport_size({"width": width, "height": 900})
                settled(page)
                wide[name, width] = page.evaluate(WIDE)
            solve = page.locator(".st-key-solve button").bounding_box()
            assert solve is not None
            assert solve["x"] + solve["width"] <= width, name
    assert not any(wide.values()), wide


def _eleven_more_vote(folder: Path, query: str) -> str:
    """Eleven people more vote on what is proposed of the case in the address; returns the last one's name."""
    database = Database(f"sqlite:///{folder / 'home' / 'optimiser.db'}")
    case = parse_qs(query)["case"][0]
    (proposal,) = decisions.proposals(database, people.local(database), case)
    names = [f"Commissioner {letter}. Vanderhoeven" for letter in "ABCDEFGHIJK"]
    for n, name in enumerate(names):
        member = give(database, f"s-{n}", name, {"member"})
        decisions.vote(
            database, member, proposal.id, "approve", "Every clause is kept, and nobody asked for a larger share."
        )
    return names[-1]
