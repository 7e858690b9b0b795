"""What holds on every view of the app, light and dark: no serious finding of axe, no error, nothing asked beyond this machine.

The case has the names that a careless or hostile workbook could have. On no view do they become anything but letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from optimiser.case.selection import quoted
from optimiser.desk.state import as_records
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases
from optimiser.verbs import case_from
from tests.app.small import RECORDS
from tests.browser.server import PATIENCE, browser, chromium, requests_of, serving, settled
from tests.browser.tour import VIEWS, View, tour
from tests.soak import some_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
CONTRAST = {"runOnly": ["color-contrast"]}
NARROW = ((390, 844), (1024, 768))
OVER = """() => Math.max(0, ...[document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .map(e => e.scrollWidth - e.clientWidth))"""
UNDER_TOOLS = """() => [...document.querySelectorAll('[data-testid="stElementToolbar"]')].flatMap(tools => {
  const r = tools.getBoundingClientRect();
  return [...document.querySelectorAll('a[href], button, input, textarea, [role="combobox"]')]
    .filter(e => !tools.contains(e) && e.checkVisibility({visibilityProperty: true})).filter(e => { const b = e.getBoundingClientRect();
      return b.width > 1 && b.height > 1 && b.left < r.right - 1 && b.right > r.left + 1 && b.top < r.bottom - 1 && b.bottom > r.top + 1; })
    .map(e => e.getAttribute('aria-label') || e.textContent || e.tagName); })"""
"""What can be pressed or typed into and lies under the tools of a table."""
FIRST = ("start", "inputs", "plan", "what-if", "committee-at-play", "papers")
"""Views of which one after the other shows what pages are made of: forms, tables, charts, boxes."""
FURTHER_VIEWS = [v for v in VIEWS if v.name not in FIRST]
GROUPS = ([v for v in VIEWS if v.name in FIRST], *(FURTHER_VIEWS[k : k + 8] for k in range(0, len(FURTHER_VIEWS), 8)))
DARK = some_of(VIEWS, [*GROUPS[0], *FURTHER_VIEWS[::3]])
"""Views that are looked at in the dark too."""
NOT_OURS: dict[tuple[str, str], str] = {}
"""Rule of axe and part of the element that Streamlit itself makes wrong -> why it cannot be mended here."""


FURTHER: dict[str, list[dict[str, Any]]] = {
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


NAMES = {
    "Harbor partnership (fictional)": "Harbor $a$ and $b$ :pizza: ![x](http://127.0.0.1:8699/seen.png)",
    "Harbor Police": "Harbor [Police](http://alder.example/p) :material/skull:",
    "Harbor Public Health": '=HYPERLINK("http://alder.example","Public Health")',
    "Safety pool": "Safety ![x](http://127.0.0.1:8699/seen.png) $p$",
    "Health grant": "<b>Health</b> <img src=http://127.0.0.1:8699/seen.png onerror=alert(1)> www.alder.example",
    "Outreach": "# Outreach :pizza: $\\frac{1}{2}$ **bold** _it_",
    "Clinic": "A clinic that has been given a name of more letters than any table holds, " * 3 + "and then some",
    "Patrols": "\u202eslortaP \u05de\u05e8\u05db\u05d6 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "Analysts": "None",
    "Cameras": "nan ~~NULL~~ <script>alert(1)</script>",
    "Health": ":material/skull: *Health* $H$",
    "Operations": "[Operations](http://alder.example)",
    "people served": "people ![served](http://127.0.0.1:8699/CARRIED) $s$",
    "nurse": "nurse :pizza: `code`",
    "Health first": "Health **first** $1 to $2 http://alder.example",
    "less pool": "less $pool$ :material/skull:",
    "Charter, article 1": "[Charter](http://alder.example) $a$ 1",
}
"""A plain name of the case -> what stands in its place: Markdown, LaTeX, emoji, icons, links, pictures, a formula of
spreadsheets, a very long one, from right to left, and words that programs take for nothing."""
KEYS = {"agency", "lead", "fund", "initiative", "period", "owner", "kind", "sheet", "column"}
"""Columns whose words stay: keys, by which rows name each other."""


def hostile(records: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """The records under these names, also where a selection speaks of one."""

    def named(column: str, value: object) -> object:
        if not isinstance(value, str) or column in KEYS:
            return value
        if column in ("where", "allowed", "of"):
            return re.sub(
                r"(?<== )(.+)", lambda found: quoted(NAMES[found[1]]) if found[1] in NAMES else found[1], value
            )
        return NAMES.get(value, value)

    return {s: [{c: named(c, v) for c, v in row.items()} for row in rows] for s, rows in records.items()}


MADE_OF_NAMES = """() => {
    const own = location.origin, found = [];
    for (const e of document.querySelectorAll('.katex')) found.push('a formula: ' + e.textContent.slice(0, 40));
    for (const e of document.querySelectorAll('a[href]'))
        if (new URL(e.href, own).origin !== own && !e.href.startsWith('blob:')) found.push('a link: ' + e.href);
    for (const e of document.querySelectorAll('img, iframe, object, embed'))
        if (e.src && !e.src.startsWith('data:') && !e.src.startsWith('blob:') && new URL(e.src, own).origin !== own)
            found.push('a picture: ' + e.src);
    for (const e of document.querySelectorAll('[data-testid="stIconMaterial"], [data-testid="stIconEmoji"]'))
        if (/skull|\\u{1F355}/u.test(e.textContent)) found.push('an icon: ' + e.textContent);
    if (document.body.innerText.includes('\\u{1F355}')) found.push('an emoji');
    return found;
}"""
"""What a browser has made of names: it should be nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def case(folder: Path) -> str:
    """The id of the small case in the store."""
    database = Database(f"sqlite:///{folder / 'home' / 'optimiser.db'}")
    migrate.ready(database)
    made = cases.create(
        database,
        people.local(database),
        NAMES["Harbor partnership (fictional)"],
        "a test",
        as_records(case_from(hostile(RECORDS | FURTHER))),
    )
    database.close()
    return made.id


@pytest.fixture(scope="module")
def page(folder: Path, case: str) -> Iterator[Page]:
    with serving(folder) as address, browser() as made:
        context = made.new_context(viewport={"width": 1440, "height": 900})
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE)
        opened.goto(f"{address}/?case={case}")
        yield opened
        context.close()


@pytest.mark.long
@pytest.mark.parametrize("views", GROUPS, ids=lambda views: views[0].name)
def test_no_view_has_a_serious_finding_or_an_error_or_asks_beyond_this_machine(
    page: Page, case: str, views: list[View]
) -> None:
    spoken_to = requests_of(page.context)
    address = f"http://{urlsplit(page.url).netloc}"
    found: list[str] = []
    refused: list[str] = []  # what the page's own policy has stopped: a page that needs it would be broken
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    seen = []
    for view in tour(page, address, views, case=case, still=0.1):
        seen.append(view)
        errors = page.locator('[data-testid="stException"]')
        if errors.count():
            found.append(f"{view.name}: {errors.first.inner_text()[:200]}")
        found += [f"{view.name}: {said}" for said in page.evaluate(MADE_OF_NAMES)]
        found += [f"{view.name}: {said}" for said in _serious(page)]
        if view in DARK:
            page.emulate_media(color_scheme="dark")  # the same elements in other colours
            page.wait_for_timeout(300)
            if wrong := _serious(page, CONTRAST):  # where the machine is busy colours may still be on their way
                page.wait_for_timeout(2_000)
                wrong = _serious(page, CONTRAST)
            found += [f"{view.name}, dark: {said}" for said in wrong]
            page.emulate_media(color_scheme="light")
        found += [f"{view.name}: under the tools of a table: {said}" for said in _under_tools(page)]
        for wide, high in NARROW:  # a phone and a projector: nothing hangs over the edge
            page.set_viewport_size({"width": wide, "height": high})
            page.wait_for_timeout(200)
            if over := page.evaluate(OVER):
                found.append(f"{view.name}: {over} pixels over the edge at {wide}")
        page.set_viewport_size({"width": 1440, "height": 900})
    assert seen == views
    assert not found, "\n".join(found)
    hosts = {urlsplit(url).netloc for url in spoken_to if urlsplit(url).scheme.startswith(("http", "ws"))}
    assert hosts == {urlsplit(address).netloc}
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_tools_of_a_table_lie_over_nothing_that_is_pressed(page: Page, case: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"http://{urlsplit(page.url).netloc}/plan?case={case}")
    settled(page)
    page.get_by_label("Find an initiative").wait_for()
    under = _under_tools(page)
    tools = page.locator('[data-testid="stElementToolbar"]').first.bounding_box()
    page.set_viewport_size({"width": 1440, "height": 900})
    assert tools is not None
    assert tools["height"] > 20
    assert not under


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Add a record", "add"),
        ("Paste from a spreadsheet", "paste"),
        ("Bring a workbook into this case", "import"),
        ("Lock an initiative", "lock-new"),
        ("Requests of agencies", "requests"),
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


@pytest.mark.long
def test_what_is_what_and_an_empty_case_have_no_serious_finding(page: Page, tmp_path: Path) -> None:
    address = f"http://{urlsplit(page.url).netloc}"
    file = tmp_path / "FY28.csv"
    file.write_text(
        "Program name,Lead agency,FY28 request\nStreet work,Police,120000\nClinic,Health,80000\nTotal,,200000\n"
    )
    page.goto(address)
    settled(page)
    page.locator('input[type="file"]').first.set_input_files(file)
    page.locator("h1").get_by_text("found in the file").wait_for()
    settled(page)
    assert not _serious(page)
    page.goto(address)
    settled(page)
    page.get_by_role("button", name="Begin an empty case").click()
    page.locator("h1").get_by_text("No agencies, funds or initiatives yet").wait_for()
    settled(page)
    assert not _serious(page)


def _under_tools(page: Page) -> list[str]:
    """What lies under the tools of a table, which show while the pointer is over it: of each table on the page."""
    under: list[str] = []
    for table in page.locator('[data-testid="stDataFrame"]:visible').all():
        table.hover(position={"x": 30, "y": 60})
        page.wait_for_timeout(150)
        under += page.evaluate(UNDER_TOOLS)
    return under


def _serious(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """Serious and critical findings, each with its element, without those that are not ours to mend."""
    of_interest = {"resultTypes": ["violations"], **(options or {})}  # what passes is counted, not told: twice as fast
    found: list[dict[str, Any]] = Axe().run(page, options=of_interest).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')[:120]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
        if not any(v["id"] == rule and part in node["html"] for rule, part in NOT_OURS)
    ]
