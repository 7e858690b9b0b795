"""A budget officer's first quarter of an hour, in a real browser; and that nothing leaves the machine meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from optimiser.analysis.rulebook import library
from tests.browser.grid import type_down
from tests.browser.server import browser, chromium, requests_of, serving, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
SECONDS = 90_000
AMOUNT = 250
"""Pixels: a place inside that column of the grid of funds."""


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    opened = chrome.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    opened.set_default_timeout(SECONDS)
    yield opened
    opened.close()


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    settled(page)


def follows_the_keys(page: Page, start: Locator, card: str, names: list[str]) -> None:
    """From a field before a grid, by Tab into it: the arrow keys choose a row, and Escape leaves it chosen."""
    heading = page.locator(f".st-key-{card} h2").first
    start.focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(heading).to_have_text(names[2])
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    settled(page, 5)
    expect(heading).to_have_text(names[2])


def test_open_look_change_a_fund_solve_and_take_the_plan(address: str, context: BrowserContext) -> None:
    spoken_to = requests_of(context)
    page = context.new_page()
    page.goto(address)
    settled(page)
    expect(page.locator("h1").first).to_contain_text("initiatives")
    case = page.url.split("case=")[1].split("&")[0]

    go(page, "Plan")
    expect(page.locator("h1").first).to_contain_text("initiatives are funded")
    money = page.locator('[data-testid="stMetric"]').first
    before = money.inner_text()
    assert case in page.url

    go(page, "Inputs")
    amount = page.get_by_role("textbox", name="Amount (money)")
    was = float(amount.input_value().replace(",", ""))
    amount.fill(f"{was * 0.6:,.0f}")
    amount.press("Enter")
    bar = page.locator(".st-key-editbar")
    expect(bar).to_contain_text("since this plan was solved")

    page.reload()
    settled(page)
    expect(bar).to_contain_text("since this plan was solved")
    expect(page.get_by_role("textbox", name="Amount (money)")).to_have_value(f"{was * 0.6:,.0f}")
    bar.get_by_role("button", name="Solve again").click()
    expect(bar).to_have_count(0)
    settled(page)

    go(page, "Plan")
    assert money.inner_text() != before
    table = page.locator(
        '[class*="st-key-on-paper-who"] tr td:first-child, [class*="st-key-on-paper-who"] tr th:first-child'
    )
    names = table.all_text_contents()[1:]  # without the title
    follows_the_keys(page, page.get_by_role("textbox", name="Find an initiative"), "card-initiative", names)
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the plan").click()
    path = waited.value.path()
    assert path is not None
    book = openpyxl.load_workbook(BytesIO(Path(path).read_bytes()), read_only=True)
    assert {"Summary", "Spend", "Awards", "Proof", "Funds"} <= set(book.sheetnames)
    book.close()
    for part in ("What agencies get", "Where money flows", "Where people go", "Funds by period"):
        page.get_by_text(part, exact=True).click()
        page.wait_for_selector(".js-plotly-plot")
        settled(page)
    go(page, "Rules")
    expect(page.locator("h1").first).to_contain_text("rules")
    page.get_by_text("Library", exact=True).first.click()
    settled(page)
    found = [*library.binding(library.entries(), date.today()), *library.entries()]
    names = [e.name for e in {e.key: e for e in found}.values()]
    follows_the_keys(page, page.get_by_role("combobox", name="Program"), "card-entry", names)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert {urlsplit(url).hostname for url in spoken_to if urlsplit(url).scheme.startswith(("http", "ws"))} == {
        "127.0.0.1"
    }


@pytest.mark.long
def test_edits_in_the_grid_survive_a_page_change_and_a_reload(address: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{address}/inputs")
    settled(page)
    type_down(page, 0, AMOUNT, ["111111", "222222", "333333"])
    settled(page)
    bar = page.locator(".st-key-editbar")
    expect(bar).to_contain_text("since this plan was solved")
    said = bar.inner_text().split(" since")[0]
    expect(page.get_by_text("History 3", exact=True)).to_be_visible()
    go(page, "Plan")
    go(page, "Inputs")
    expect(bar).to_contain_text(said)
    page.reload()
    settled(page)
    expect(bar).to_contain_text(said)
    expect(page.get_by_role("textbox", name="Amount (money)")).to_have_value("111,111")


CALLS: dict[str, list[list[Any]]] = {
    "Cover": [[None, None], [None, "Budget call"], [None, "Return by 15 March"]],
    "FY27 Calls": [
        ["Merrow Safety Partnership"],
        ["All amounts in thousands of dollars; * = estimate"],
        [],
        [None, "Lead", "FY26", "FY27", "FTE", "Remarks", "Wing"],
        ["Program", "agency", "Adopted", "Request"],
        ["Prevention"],
        ["Street outreach", "Youth Bureau", 439, 625, 1, "new", "North"],
        ["Summer jobs", "Health Dept.", 284, "872.5*", 2, "see letter", "South"],
        ["Prevention Total", None, 723, 1497.5],
        ["Enforcement"],
        ["Gun tracing", "Sheriff", 45, "668,5", 1, "new", "North"],
        ["Warrant team", "District Attorney", 245, 589.5, 2, None, "South"],
        ["Enforcement Total", None, 290, 1258],
        ["Grand total, all programs", None, 1013, 2755.5],
        ["* estimates of the budget office"],
    ],
    "Pivot": [["Row labels", "Sum of FY27"], ["Sheriff", 668.5]],
}
"""A budget call as an office has it: a cover and a pivot beside it, a unit in a note, titles over two rows, groups, totals, a
footnote; and an amount (D11) that can be read in two ways."""


@pytest.mark.long
def test_a_file_that_is_not_ours_to_a_solved_case(address: str, context: BrowserContext, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in CALLS.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made["FY27 Calls"].merge_cells("A6:G6")
    made.save(tmp_path / "Merrow calls.xlsx")
    page = context.new_page()
    page.goto(address)
    settled(page)
    before = page.url.split("case=")[1].split("&")[0]
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').first.set_input_files(tmp_path / "Merrow calls.xlsx")
    title, body = page.locator("h1").first, page.locator('[data-testid="stMainBlockContainer"]')
    expect(title).to_have_text("1 thing in this file cannot be read yet", timeout=SECONDS)
    settled(page)
    expect(body).to_contain_text("Row 2 says so: 820 is read as 820,000")
    for column, meaning in (("Program", "initiative"), ("Lead agency", "lead"), ("FY27 Request", "request")):
        expect(page.get_by_role("combobox", name=f"What {column} is")).to_have_value(meaning)

    chosen(page, "What Wing is", "area")  # a correction of what was proposed
    cell = page.get_by_label("What belongs into FY27 Calls D11", exact=False).first
    cell.fill("668.5")
    cell.press("Enter")
    expect(title).to_have_text(
        "4 rows of Initiatives found in the file, and the total of 2,755,500 ties", timeout=SECONDS
    )
    settled(page)
    expect(page.get_by_role("combobox", name="What Wing is")).to_have_value("area")
    expect(page.locator('[data-testid="stTable"]').first).to_contain_text("equal")
    assert before in page.url

    page.get_by_label("Money to share", exact=False).first.fill("1500000")  # and no Enter: the click must not lose it
    page.get_by_role("button", name="Take it over").click()
    expect(title).to_contain_text("solved and proven", timeout=SECONDS)
    settled(page)
    assert before not in page.url
    go(page, "Plan")
    expect(title).to_contain_text("initiatives are funded", timeout=SECONDS)
    expect(body).to_contain_text("Street outreach")


def chosen(page: Page, label: str, option: str) -> None:
    """Chooses in a select box, and again if the page was drawn anew meanwhile."""
    box = page.get_by_role("combobox", name=label)
    for _ in range(5):
        box.click()
        page.get_by_role("option", name=option, exact=True).click()
        settled(page)
        if box.input_value() == option:
            return
