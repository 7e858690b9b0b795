"""Every view by keyboard alone, at the sizes, spacings and colours that WCAG names, and with a pointer that hesitates.

The views are walked once and all criteria are measured on each (`measures.js`): a view of each kind in the suite, every view in
the soak. What is found and not ours to mend stands in `KNOWN` with its reason, and in the report on accessibility
(`tests/buyer/conformance.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from optimiser.desk.state import as_records
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases
from optimiser.verbs import case_from
from tests.app.small import RECORDS
from tests.browser.server import PATIENCE, browser, chromium, serving
from tests.browser.test_every_view import FURTHER
from tests.browser.tour import VIEWS, tour
from tests.soak import some_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
MEASURES = (Path(__file__).parent / "measures.js").read_text("utf-8")
AT_REST = {
    "1.3.1": "headings",
    "1.3.2": "order",
    "1.4.11": "borders",
    "1.4.5": "pictures",
    "2.1.1": "clickable",
    "2.2.2": "moving",
    "2.4.4": "links",
    "2.5.3": "named",
    "2.5.8": "targets",
    "3.2.6": "guide",
    "3.3.2": "labels",
}
"""Criterion -> what `measures.js` finds on a view as it opens."""
SIZES = {"1.4.10": (320, 700), "1.4.4": (640, 450), "1.3.4": (844, 390), "1.3.4, upright": (390, 844)}
"""Criterion -> window: a phone's width, a page of 1280 at 200%, a phone that lies and one that stands."""
SPACED = """*, *::before, *::after { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
STILL = "*, *::before, *::after { transition: none !important; }"
"""What changes with the focus has changed at once."""
STEPS = 400
"""Presses of Tab after which a walk that has not come round again is a trap."""
LETTERS = "abcdefghijklmnopqstuvwxyz0123456789?/"
"""Without the one that is known to act."""
OF_EACH_KIND = ("start", "inputs", "rules", "plan", "committee-vote", "administration", "why-not")
"""A form, grids, a table, charts, a vote, settings, and a page in words."""
WALKED = tuple(some_of(VIEWS, [view for view in VIEWS if view.name in OF_EACH_KIND]))
PRESSED = 8
"""Buttons of a view that are pressed and left again."""
KNOWN: dict[tuple[str, str], str] = {
    (
        "1.4.10",
        "^p stMarkdownContainer st-key-casebar .*ellipsis$",
    ): "A long name of a case; whole where the button opens.",
    ("1.4.13", "^help goes when the pointer comes to it$"): "Administration, where the help is lost on the way to it.",
    (
        "1.4.5",
        "^canvas ",
    ): "Streamlit draws its grids, with their text; it keeps a table of the same in the canvas for screen readers.",
    ("2.1.4", "^the letter r$"): "Streamlit's own key: the page is drawn again.",
    (
        "2.4.3",
        "^at 320: div stHorizontalBlock st-key-casebar ",
    ): "On a phone the bar stands in three lines; Tab goes as on a wide window.",
    (
        "3.2.1",
        r"/(plan|rules)\?.* and 1 messages, then",
    ): "A grid tells which cell the keys have come to, since its row is the one that is shown beside it; the focus stays.",
    (
        "3.3.2",
        '"(Scenario|Find a table|Search|Record|Search the library|Find an initiative|Initiative|Proposal|'
        'How far from the best a good plan may be)"$',
    ): "The label is for screen readers; what is seen is the choice itself, or in an empty field what to write.",
}
"""Criterion and pattern of the finding -> why it stays."""
Found = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Criterion -> finding -> the views on which it was met."""
    folder = tmp_path_factory.mktemp("server")
    database = Database(f"sqlite:///{folder / 'home' / 'optimiser.db'}")
    migrate.ready(database)
    records = as_records(case_from(RECORDS | FURTHER))
    case = cases.create(database, people.local(database), "Harbor partnership (fictional)", "a test", records).id
    database.close()
    made: Found = defaultdict(lambda: defaultdict(list))
    furniture: dict[str, Any] = {}
    with serving(folder) as address, browser() as opened:
        page = opened.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        sent: list[str | bytes] = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        seen = []
        for view in tour(page, address, WALKED, case=case, still=0.1):
            seen.append(view)

            def say(criterion: str, said: list[str], view: str = view.name) -> None:
                for one in said:
                    made[criterion][one].append(view)

            page.evaluate(MEASURES)
            still = page.add_style_tag(content=STILL)
            _at_rest(page, say)
            for part, where in page.evaluate("measures.furniture()").items():
                if where and furniture.setdefault(part, where) != where:  # a page without a case has no bar
                    say("3.2.3", [f"{part}: {where}, before {furniture[part]}"])
            _walked(page, say, sent)
            _hesitating(page, say, sent)
            _sized(page, say)
            still.evaluate("e => e.remove()")
        assert tuple(seen) == WALKED
    return made


def _at_rest(page: Page, say: Callable[[str, list[str]], None]) -> None:
    for criterion, measure in AT_REST.items():
        say(criterion, page.evaluate(f"measures.{measure}()"))
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    say("1.4.11", [f"dark: {said}" for said in page.evaluate("measures.borders()")])
    page.emulate_media(color_scheme="light")


def _where(page: Page) -> tuple[str, str, int]:
    """What a change of context would change: address, title, dialogs."""
    return page.url, page.title(), page.locator('[role="dialog"]').count()


def _walked(page: Page, say: Callable[[str, list[str]], None], sent: list[str | bytes]) -> None:
    """With Tab from the first control until it comes round again."""
    page.evaluate("document.activeElement.blur()")
    before, told = _where(page), len(sent)
    steps: list[dict[str, Any]] = []
    grid = b""
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        if not page.evaluate("measures.unlit()") and not steps[-1]["grid"]:
            say("2.4.7", [steps[-1]["where"]])
        at = page.evaluate("measures.focused()")
        if at is None and not steps:
            continue
        if at is None or (steps and at["id"] == steps[0]["id"]):
            break
        if not at["clear"]:
            say("2.4.11", [at["where"]])
        if steps and at["id"] == steps[-1]["id"] and not at["grid"]:
            say("2.1.2", [at["where"]])
        if at["grid"] and not grid:
            grid = page.locator('[data-testid="data-grid-canvas"]').first.screenshot()
        steps.append(at)
    else:
        say("2.1.2", [f"no way round after {STEPS} steps"])
    ids = [step["id"] for step in steps if not step["grid"]]
    say("2.4.3", [f"twice: {steps[k]['where']}" for k, one in enumerate(ids) if one in ids[:k]])
    page.evaluate("document.activeElement.blur()")
    if grid and grid == page.locator('[data-testid="data-grid-canvas"]').first.screenshot():
        say("2.4.7", ["a grid looks the same without the focus"])
    if _where(page) != before or len(sent) != told:
        say("3.2.1", [f"{before} and {len(sent) - told} messages, then {_where(page)}"])


def _hesitating(page: Page, say: Callable[[str, list[str]], None], sent: list[str | bytes]) -> None:
    """A letter that is struck outside a field; a button that is pressed and left; a word of help that is put away."""
    before, told = _where(page), len(sent)
    page.keyboard.type(LETTERS)
    page.wait_for_timeout(150)
    if len(sent) != told or _where(page) != before:
        for letter in LETTERS:
            told = len(sent)
            page.keyboard.press(letter)
            page.wait_for_timeout(50)
            if len(sent) != told or _where(page) != before:
                say("2.1.4", [f"the letter {letter}"])
    told = len(sent)
    page.keyboard.press("r")
    page.wait_for_timeout(150)
    if len(sent) != told:
        say("2.1.4", ["the letter r"])
    page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTo(0, 0)")
    told = len(sent)
    for button in page.locator('[data-testid="stMain"] button[data-testid^="stBaseButton"]:visible').all()[:PRESSED]:
        box = button.bounding_box()
        if box and box["y"] > 60 and box["y"] + box["height"] < 880:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.mouse.down()
            page.mouse.move(720, 895, steps=3)
            page.mouse.up()
    page.wait_for_timeout(150)
    if len(sent) != told or _where(page) != before:
        say("2.5.2", ["a button acts before it is let go"])
    helps = page.locator('[data-testid="stMain"] [data-testid="stTooltipHoverTarget"]:has(svg):visible')
    if helps.count():
        helps.first.hover()
        bubble = page.locator('[role="tooltip"]').first
        bubble.wait_for()
        inside = bubble.bounding_box()
        if inside:
            page.mouse.move(inside["x"] + inside["width"] / 2, inside["y"] + inside["height"] / 2, steps=8)
            page.wait_for_timeout(500)
        if not bubble.is_visible():
            say("1.4.13", ["help goes when the pointer comes to it"])
            helps.first.hover()
            bubble.wait_for()
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)
        if page.locator('[role="tooltip"]:visible').count():
            say("1.4.13", ["help stays after Escape"])
        page.mouse.move(720, 895)


def _sized(page: Page, say: Callable[[str, list[str]], None]) -> None:
    spaced = page.add_style_tag(content=SPACED)
    page.wait_for_timeout(150)
    say("1.4.12", page.evaluate("[...measures.cut(), ...measures.sideways()]"))
    spaced.evaluate("e => e.remove()")
    for criterion, (wide, high) in SIZES.items():
        page.set_viewport_size({"width": wide, "height": high})
        page.wait_for_timeout(300)
        say(criterion, page.evaluate("measures.sideways()"))
        if not criterion.startswith("1.3.4"):
            say(criterion, page.evaluate("measures.cut()"))
        if wide == 320:
            say("2.4.3", [f"at 320: {said}" for said in page.evaluate("measures.order()")])
            say("2.5.8", [f"at 320: {said}" for said in page.evaluate("measures.targets()")])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(200)


CRITERIA = sorted(
    {*AT_REST, *SIZES, "1.4.12", "1.4.13", "2.1.2", "2.1.4", "2.4.3", "2.4.7", "2.4.11", "2.5.2", "3.2.1", "3.2.3"}
)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_no_view_fails(found: Found, criterion: str) -> None:
    wrong = [
        f"{said} | {len(views)}: {', '.join(views[:4])}"
        for said, views in found.get(criterion, {}).items()
        if not any(criterion == of and re.search(pattern, said) for of, pattern in KNOWN)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_known_is_still_so(found: Found) -> None:
    """What was mended leaves the list, and the report says so."""
    gone = [known for known in KNOWN if not any(re.search(known[1], said) for said in found.get(known[0], {}))]
    assert not gone
