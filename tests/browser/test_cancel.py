"""A large solve in a real browser: how far it is, what goes on meanwhile, a reload, and an end that keeps the best plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from optimiser.case.examples import example_path
from optimiser.desk.state import as_records
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases
from optimiser.verbs import check
from tests.browser.server import browser, chromium, serving, settled
from tests.oracle.large_cases import Records

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
WAIT = 90_000
SOLVE = re.compile(r"^Solve\b(?! again)")
"""The button's name goes on with its shortcut."""
HOW_FAR = re.compile(r"Solving, \d+ s\. Best so far: [^;]+; at most [\d.]+% better is possible\.")


def hard() -> Records:
    """250 initiatives, all or nothing and of nearly the same worth for money, in ten overlapping groups with a limit each: a
    plan is found within seconds, and the proof that none is better takes more than minutes, whoever searches."""
    dice = Random(1)
    rows: list[dict[str, Any]] = [
        {
            "initiative": f"I{n:03d}", "request": float(dice.randint(40_000, 900_000)), "all_or_nothing": "yes",
            "priority": round(dice.uniform(0.95, 1.05), 3), **{f"group{g}": dice.choice(("in", "out")) for g in range(10)},
        }
        for n in range(250)
    ]  # fmt: skip
    total = sum(row["request"] for row in rows)
    rules = [
        {
            "rule": f"Group {g}", "where": f"group{g} = in",
            "at_most": float(round(0.5 * sum(row["request"] for row in rows if row[f"group{g}"] == "in"))),
        }
        for g in range(10)
    ]  # fmt: skip
    return {
        "Agencies": [{"agency": "Office"}],
        "Funds": [{"fund": "Pool", "amount": total}],
        "Initiatives": rows,
        "Rules": rules,
    }


@pytest.fixture
def cases_of(tmp_path: Path) -> tuple[str, str]:
    """Ids of the large case and of a small one, in the store before the server starts."""
    home = tmp_path / "home"
    home.mkdir()
    db = Database(f"sqlite:///{home / 'optimiser.db'}")
    migrate.ready(db)
    me = people.local(db)
    small, _ = check(example_path("task-force"))
    assert small is not None
    made = {
        name: cases.create(db, me, name, "from the office", records).id
        for name, records in (("All or nothing", hard()), ("Task force", as_records(small)))
    }
    db.close()
    return made["All or nothing"], made["Task force"]


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


def opened(chrome: Browser) -> Page:
    """A page of a session of its own."""
    page = chrome.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(WAIT)
    return page


def seconds_so_far(page: Page) -> int:
    """For how long the solve goes on, as the page says."""
    found = re.search(r"Solving, (\d+) s", page.get_by_text(HOW_FAR).inner_text())
    assert found is not None
    return int(found[1])


@pytest.mark.long
def test_a_solve_is_followed_found_again_and_ended_while_others_work(
    tmp_path: Path, cases_of: tuple[str, str], chrome: Browser
) -> None:
    large, small = cases_of
    with serving(tmp_path) as address:
        page, other = opened(chrome), opened(chrome)
        page.goto(f"{address}/?case={large}")
        how_far = page.get_by_text(HOW_FAR)
        expect(how_far).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your case is being solved")
        expect(page.get_by_role("button", name=SOLVE)).to_be_disabled()
        run, before = page.url.partition("run=")[2], seconds_so_far(page)
        assert run

        # Another session opens, solves and reads a case meanwhile.
        other.goto(f"{address}/plan?case={small}")
        # While a page takes the place of another, the title before it stands, dimmed, a moment longer.
        expect(other.get_by_role("heading", level=1, name="initiatives are funded")).to_be_visible()
        settled(other)
        expect(other.get_by_role("heading", level=1)).to_have_count(1)
        other.get_by_role("link", name="Rules", exact=True).click()
        expect(other.get_by_role("heading", level=1, name="rules")).to_be_visible()
        expect(how_far).to_be_visible()  # they were answered while it was solved

        page.reload()  # the same run is found again, and is no younger
        expect(how_far).to_be_visible()
        assert page.url.partition("run=")[2] == run
        assert seconds_so_far(page) >= before
        expect(how_far).not_to_have_text(how_far.inner_text())  # it is live

        page.get_by_role("button", name="Stop and keep the best").click()
        expect(page.get_by_text("! Stopped early")).to_be_visible()
        settled(page)
        expect(
            page.get_by_text(re.compile(r"Stopped after \d+ s\. This is the best plan found; [\d.]+% more"))
        ).to_be_visible()
        page.get_by_role("link", name="Plan", exact=True).click()
        expect(page.get_by_role("heading", level=1, name="of 250 initiatives are funded")).to_be_visible()
        expect(page.get_by_role("button", name="Download the plan")).to_be_enabled()
        expect(page.get_by_role("button", name=SOLVE)).to_be_enabled()
        page.reload()  # what was kept is still there
        expect(page.get_by_text("! Stopped early")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_contain_text("of 250 initiatives are funded")
