"""One figure everywhere, as a browser shows it: Start, Plan, Side by side and Committee of an example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from optimiser.app_pages.shell.text import JOINER
from tests.app.test_one_figure import FTE, FUNDED, Figures, found
from tests.browser.server import PATIENCE, browser, chromium, serving
from tests.browser.tour import VIEWS, tour

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]


def shown(page: Page, selector: str = '[data-testid="stMain"]') -> str:
    """What is read there."""
    return page.locator(selector).first.inner_text().replace(JOINER, "")


def start(page: Page) -> Figures:
    return found(shown(page), people=rf"{FTE} of staff", money=r"([$]\S+) (?:of [$]\S+ goes|for )", funded=FUNDED)


def plan(page: Page) -> Figures:
    metrics = {}
    for one in page.locator('[data-testid="stMetric"]').all():
        label = one.locator('[data-testid="stMetricLabel"]').inner_text().replace(JOINER, "").split(",")[0].strip()
        metrics[label] = one.locator('[data-testid="stMetricValue"]').inner_text().replace(JOINER, "").strip()
    return {
        "people": metrics["People"], "money": metrics["Money"], "impact": metrics["Impact"],
        **found(shown(page), funded=FUNDED),
    }  # fmt: skip


def side_by_side(page: Page) -> Figures:
    rows = [
        [c.replace(JOINER, "").strip() for c in r.locator("th, td").all_inner_texts()] for r in page.locator("tr").all()
    ]
    base = {r[0]: r[1] for r in rows if len(r) > 1}
    return {
        "people": base["People"].split(",")[0], "money": base["Money spent"], "impact": base["Impact"],
        "funded": base["Initiatives funded"],
    }  # fmt: skip


def committee(page: Page) -> Figures:
    money, people, impact = (shown(page, f".st-key-committee-card-{n}").split("\n") for n in range(3))
    return {
        "money": money[0], "people": people[0], "impact": impact[0], **found(" ".join(money), funded=FUNDED),
    }  # fmt: skip


READ: dict[str, Callable[[Page], Figures]] = {
    "start": start,
    "plan": plan,
    "what-if-compare": side_by_side,
    "committee": committee,
}


@pytest.mark.long
def test_what_bears_the_same_name_is_the_same_on_every_page(tmp_path: Path) -> None:
    told: dict[str, dict[str, str]] = {}
    with serving(tmp_path) as address, browser() as opened:
        page = opened.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(PATIENCE)
        for view in tour(page, address, [v for v in VIEWS if v.name in READ], still=0.3):
            for name, value in READ[view.name](page).items():
                told.setdefault(name, {})[view.name] = value
    for name, by_page in told.items():
        assert len(set(by_page.values())) == 1, (name, by_page)
    assert {name: len(by_page) for name, by_page in told.items()} == {
        "people": 4, "money": 4, "impact": 3, "funded": 4,
    }  # fmt: skip
