"""No edit is lost: 30 cells typed with sorting, filtering, page changes, reloads and a restart of the server in between;
another person who saves meanwhile; a paste. What is there in the end is read from the store itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from optimiser.app_pages.inputs import GROUP
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.work import cases, drafts, recent
from tests.browser.grid import CELL_OPEN, NAME, REQUEST, ROW, box, choose_cell, open_cell, type_down
from tests.browser.server import PATIENCE, browser, chromium, serving, settled
from tests.soak import some_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the store."""
    return tmp_path / "home"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    opened = chrome.new_context(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(90_000)
    yield opened
    opened.close()


@contextmanager
def store(home: Path) -> Iterator[Database]:
    """The store, looked at from outside the server."""
    made = Database(f"sqlite:///{home / 'optimiser.db'}")
    yield made
    made.close()


def kept(home: Path) -> dict[str, dict[str, Any]]:
    """The initiatives of the draft, as the store has them."""
    with store(home) as db:
        actor = people.local(db)
        state = drafts.open(db, actor, recent.listed(db, actor)[0].id)
        return {r.values["initiative"]: dict(r.values) for r in state.sheets["Initiatives"]}


def initiatives(page: Page, address: str) -> None:
    """Opens the grid of initiatives."""
    page.goto(f"{address}/inputs")
    settled(page)
    table(page, "Initiatives")


def table(page: Page, name: str) -> None:
    page.locator(".st-key-table-group").get_by_text(GROUP[name], exact=True).click()
    settled(page)
    page.locator(".st-key-table-pills").get_by_text(name, exact=False).first.click()
    settled(page)
    page.wait_for_timeout(500)


def cells_kept(home: Path) -> int:
    """How many cells all steps of the draft have changed."""
    with store(home) as db:
        actor = people.local(db)
        return sum(len(s.changes) for s in drafts.open(db, actor, recent.listed(db, actor)[0].id).steps)


def go(page: Page, name: str) -> None:
    """To another page by one click. A busy server begins to draw it a while after the click: its address tells."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"**/{name.lower()}*")
    settled(page)


def write(page: Page, home: Path, row: int, column: int, texts: list[str]) -> None:
    """Types texts into cells of one column, from a row of the grid downwards, and sees that the store has them all."""
    wanted = cells_kept(home) + len(texts)
    type_down(page, row, column, texts)
    deadline = time.monotonic() + PATIENCE / 1000
    while cells_kept(home) < wanted and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert cells_kept(home) == wanted, page.screenshot(path=home / "lost.png")
    settled(page)


def search(page: Page, text: str) -> None:
    field = page.locator('[class*="st-key-search-"] input')
    field.fill(text)
    field.press("Enter")
    settled(page)
    page.wait_for_timeout(500)


@pytest.mark.long
def test_thirty_cells_are_all_there_after_everything_that_could_lose_them(
    tmp_path: Path, home: Path, context: BrowserContext
) -> None:
    page = context.new_page()
    expected: dict[str, tuple[str, object]] = {}
    with serving(tmp_path, home) as address:
        initiatives(page, address)
        before = kept(home)
        ids = list(before)

        write(page, home, 0, REQUEST, [str(101_000 + n) for n in range(6)])  # 6 cells, one after the other
        expected |= {ids[n]: ("request", 101_000.0 + n) for n in range(6)}

        x, y = box(page)  # sorted by name: the edits land on the records that are seen
        page.mouse.click(x + NAME + 30, y + 18)
        page.wait_for_timeout(800)
        settled(page)
        by_name = sorted(ids, key=lambda i: str(before[i]["name"]).casefold())
        write(page, home, 0, NAME, [f"Sorted {n}" for n in range(4)])
        sorted_names = {f"Sorted {n}" for n in range(4)}

        go(page, "Plan")  # away and back
        go(page, "Inputs")
        page.wait_for_timeout(500)
        write(page, home, 6, REQUEST, [str(102_000 + n) for n in range(5)])
        expected |= {ids[6 + n]: ("request", 102_000.0 + n) for n in range(5)}

        page.reload()
        settled(page)
        table(page, "Initiatives")
        search(page, "Street outreach")  # filtered
        hits = [i for i in ids if "street outreach" in " ".join(str(v) for v in kept(home)[i].values()).casefold()]
        assert len(hits) >= 4
        write(page, home, 0, REQUEST, [str(103_000 + n) for n in range(4)])
        expected |= {hits[n]: ("request", 103_000.0 + n) for n in range(4)}
        search(page, "")
        write(page, home, 11, REQUEST, [str(104_000 + n) for n in range(4)])
        expected |= {ids[11 + n]: ("request", 104_000.0 + n) for n in range(4)}
        table(page, "Agencies")
        table(page, "Initiatives")

    with serving(tmp_path, home) as address:  # the server was killed and is started again
        initiatives(page, address)
        search(page, "Q")
        search(page, "")
        field = page.get_by_role("textbox", name="Request (money)")  # the form holds the same cells
        field.fill("105,000")
        field.press("Enter")
        settled(page)
        expected[ids[0]] = ("request", 105_000.0)
        page.reload()
        settled(page)
        table(page, "Initiatives")
        write(page, home, 3, NAME, [f"Again {n}" for n in range(6)])

    now = kept(home)
    for id, (column, value) in expected.items():
        assert now[id][column] == value, (id, column)
    names = {i: str(r["name"]) for i, r in now.items()}
    again = {f"Again {n}" for n in range(6)}
    assert again <= set(names.values())
    assert [names[ids[3 + n]] for n in range(6)] == [f"Again {n}" for n in range(6)]
    overwritten = {i for i in by_name[:4] if i in ids[3:9]}
    assert {names[i] for i in by_name[:4] if i not in overwritten} <= sorted_names
    assert len({names[i] for i in by_name[:4] if i not in overwritten}) == 4 - len(overwritten)
    untouched = [i for i in ids if i not in expected and names[i] == before[i]["name"]]
    assert all(now[i]["request"] == before[i]["request"] for i in untouched)
    assert cells_kept(home) == 30


@pytest.mark.long
def test_cells_typed_at_full_speed_are_all_there(tmp_path: Path, home: Path, context: BrowserContext) -> None:
    """No pause between keys, while each edit before is stored and the page drawn: what a browser's grid loses by itself.

    The last cell is left open, and another page is gone to with one quick click.
    """
    page = context.new_page()
    with serving(tmp_path, home) as address:
        initiatives(page, address)
        ids = list(kept(home))
        for first in some_of((300_000, 400_000), (300_000,)):
            open_cell(page, REQUEST, ROW + 18)
            for n in range(12):
                if n:
                    page.keyboard.press("Enter")
                    page.wait_for_function(CELL_OPEN)
                page.keyboard.press("Control+A")
                page.keyboard.type(str(first + n))
                if n < 11:
                    page.keyboard.press("Enter")
                    page.wait_for_selector(".gdg-input", state="detached")
            go(page, "Plan")
            wanted, deadline = [first + n for n in range(12)], time.monotonic() + PATIENCE / 1000
            while [kept(home)[i]["request"] for i in ids[:12]] != wanted and time.monotonic() < deadline:
                page.wait_for_timeout(200)  # the page gone to may be drawn before the last edits are stored
            assert [kept(home)[i]["request"] for i in ids[:12]] == wanted
            go(page, "Inputs")
            page.wait_for_timeout(500)


def test_letters_typed_before_the_first_cell_can_open_are_all_there(
    tmp_path: Path, home: Path, context: BrowserContext
) -> None:
    """The first cell that is typed into loads its editor; meanwhile each further letter took the place of those before."""
    page = context.new_page()

    def late(route: Route) -> None:
        time.sleep(6)
        route.continue_()

    page.route("**/data-grid-overlay-editor*", late)
    with serving(tmp_path, home) as address:
        initiatives(page, address)
        choose_cell(page, REQUEST, ROW + 18)
        page.keyboard.type("19001")
        page.keyboard.press("Enter")
        first, deadline = next(iter(kept(home))), time.monotonic() + PATIENCE / 1000
        while kept(home)[first]["request"] != 19_001 and time.monotonic() < deadline:
            page.wait_for_timeout(200)
        assert kept(home)[first]["request"] == 19_001, page.screenshot(path=home / "lost.png")


@pytest.mark.long
def test_another_person_saves_meanwhile_and_the_differences_are_chosen(
    tmp_path: Path, home: Path, context: BrowserContext
) -> None:
    page = context.new_page()
    with serving(tmp_path, home) as address:
        page.goto(f"{address}/inputs")
        settled(page)
        with store(home) as db:
            me = people.local(db)
            case = recent.listed(db, me)[0].id
            cases.share(db, me, case, True)
            other = people.signed_in(db, "other", "O. Other")
            people.set_roles(db, me, other.id, ["analyst"])
            other = people.actor(db, other.id)
            theirs = drafts.open(db, other, case)
            one, two = theirs.sheets["Funds"][:2]
            wanted = [
                ["Funds", r.number, "", "amount", r.values["amount"], float(r.values["amount"]) - 1000]
                for r in (one, two)
            ]
            drafts.step(db, other, theirs.id, theirs.revision, "Two funds", wanted)
            mine = float(one.values["amount"]) - 5000
            amount = page.get_by_role("textbox", name="Amount (money)")
            amount.fill(f"{mine:,.0f}")
            amount.press("Enter")
            settled(page)
            drafts.save(db, other, theirs.id, "Theirs")
        page.reload()
        settled(page)
        page.locator(".st-key-save-open button").first.click()
        expect(page.get_by_text("Somebody else has saved meanwhile.")).to_be_visible()
        page.locator(".st-key-save-version button").click()
        dialog = page.get_by_role("dialog").filter(has_text="Somebody else changed the same cells")
        expect(dialog).to_contain_text(f"Mine: {mine:,.0f}")
        dialog.get_by_text("Mine:", exact=False).first.click()
        dialog.get_by_role("button", name="Save with these choices").click()
        expect(page.get_by_text("Version 3 is saved.")).to_be_visible()
    with store(home) as db:
        newest = cases.version(db, people.local(db), case)
        assert newest.number == 3
        amounts = [r["amount"] for r in newest.records["Funds"][:2]]
        assert amounts == [mine, float(two.values["amount"]) - 1000]


def test_a_paste_refuses_to_guess_and_is_one_step(tmp_path: Path, home: Path, context: BrowserContext) -> None:
    page = context.new_page()
    with serving(tmp_path, home) as address:
        initiatives(page, address)
        before = kept(home)
        first, second = list(before)[:2]
        page.get_by_role("button", name="Paste", exact=True).click()
        field = page.get_by_role("textbox", name="Copied cells")
        field.fill(f"Initiative\tRequest\n{first}\t111.500,50\n{second}\t1,5\nNEW\t90000")
        field.press("Control+Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("They are not guessed")
        expect(dialog.get_by_role("button", name="Take it over")).to_be_disabled()
        dialog.get_by_text("Comma: 1.234,50").click()
        expect(dialog).to_contain_text("This will change 2 cells of 2 records and add 1 record.")
        dialog.get_by_role("button", name="Take it over").click()
        expect(dialog).to_have_count(0)
        settled(page)
        now = kept(home)
        assert (now[first]["request"], now[second]["request"], now["NEW"]["request"]) == (111_500.5, 1.5, 90_000.0)
        page.get_by_role("button", name="Undo", exact=False).first.click()
        settled(page)
        assert kept(home) == before


def test_the_home_folder_is_left_alone() -> None:
    assert os.environ.get("OPTIMISER_HOME", "") != str(Path.home() / ".optimiser")
