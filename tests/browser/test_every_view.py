"""What holds on every view of the app, light and dark: no serious finding of axe, no error, nothing asked beyond this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from optimiser.desk.state import as_records
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases
from optimiser.verbs import case_from
from tests.app.small import RECORDS
from tests.browser.server import browser, chromium, requests_of, serving, settled
from tests.browser.tour import VIEWS, tour

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
NOT_OURS: dict[tuple[str, str], str] = {}
"""Rule of axe and part of the element that Streamlit itself makes wrong -> why it cannot be mended here."""


FURTHER: dict[str, list[dict[str, object]]] = {
    "Contributions": [
        {"agency": "Police", "fund": "Pool", "amount": 150_000},
        {"agency": "Health", "fund": "Pool", "amount": 100_000},
    ],
    "Outcomes": [
        {"initiative": f"I{n}", "outcome": "people served", "at_full": at_full}
        for n, at_full in enumerate((900, 500, 300, 400, 100), 1)
    ],
    "Uncertainty": [{"of": "fund", "item": "Pool", "column": "amount", "low": 250_000, "high": 350_000}],
    "History": [
        {"initiative": "I1", "year": 2021 + n, "funding": 50_000.0 * n, "outcome": "people served", "value": value}
        for n, value in enumerate((260, 430, 560, 650), 1)
    ],
    "Actuals": [
        {"fund": "Pool", "initiative": "I1", "agency": "Health", "category": "general", "period": "Q1", "money": 40_000,
         "level": 0.16},
    ],
    "Scenarios": [
        {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"},
        {"scenario": "one nurse more", "sheet": "Staff", "where": "role = nurse", "column": "fte", "change": "+ 1"},
    ],
}  # fmt: skip
"""What the small case of the app's tests lacks, so that every part of every page has something to show."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def case(folder: Path) -> str:
    """The id of the small case in the store."""
    database = Database(f"sqlite:///{folder / 'home' / 'optimiser.db'}")
    migrate.ready(database)
    made = cases.create(
        database, people.local(database), "Harbor partnership", "a test", as_records(case_from(RECORDS | FURTHER))
    )
    database.close()
    return made.id


@pytest.fixture(scope="module")
def page(folder: Path, case: str) -> Iterator[Page]:
    with serving(folder) as address, browser() as made:
        context = made.new_context(viewport={"width": 1440, "height": 900})
        opened = context.new_page()
        opened.set_default_timeout(90_000)
        opened.goto(f"{address}/?case={case}")
        yield opened
        context.close()


def test_no_view_has_a_serious_finding_or_an_error_or_asks_beyond_this_machine(page: Page, case: str) -> None:
    spoken_to = requests_of(page.context)
    address = f"http://{urlsplit(page.url).netloc}"
    found: list[str] = []
    refused: list[str] = []  # what the page's own policy has stopped: a page that needs it would be broken
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    seen = []
    for view in tour(page, address, case=case, still=0.1):
        seen.append(view)
        errors = page.locator('[data-testid="stException"]')
        if errors.count():
            found.append(f"{view.name}: {errors.first.inner_text()[:200]}")
        found += [f"{view.name}: {said}" for said in _serious(page)]
        page.emulate_media(color_scheme="dark")  # the same elements in other colours
        page.wait_for_timeout(300)
        found += [f"{view.name}, dark: {said}" for said in _serious(page, {"runOnly": ["color-contrast"]})]
        page.emulate_media(color_scheme="light")
    assert len(seen) == len(VIEWS)
    assert not found, "\n".join(found)
    hosts = {urlsplit(url).hostname for url in spoken_to if urlsplit(url).scheme.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Add a record", "add"),
        ("Paste from a spreadsheet", "paste"),
        ("Bring a workbook into this case", "import"),
        ("Lock an initiative", "lock-new"),
    ],
)
def test_no_dialog_has_a_serious_finding(page: Page, case: str, name: str, key: str) -> None:
    page.goto(f"http://{urlsplit(page.url).netloc}/inputs?case={case}")
    settled(page)
    if key == "lock-new":
        page.locator(".st-key-beside").get_by_text("Locks", exact=False).first.click()
    page.locator(f".st-key-{key} button").first.click()
    page.get_by_role("dialog", name=name).wait_for()
    settled(page)
    assert not _serious(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert not _serious(page, {"runOnly": ["color-contrast"]})
    page.emulate_media(color_scheme="light")


def _serious(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """Serious and critical findings, each with its element, without those that are not ours to mend."""
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')[:120]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
        if not any(v["id"] == rule and part in node["html"] for rule, part in NOT_OURS)
    ]
