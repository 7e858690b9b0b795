"""`make bench-app`: from a click to the new picture, in a real browser; and pages while 25 people and 4 solves are at work.

Parts: `python -m tests.bench.app click` and `… load`.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page

from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.verbs import read
from tests.browser.server import browser, chromium, serving, settled
from tests.browser.test_cancel import hard
from tests.browser.wire import Session, opened

EXAMPLES = ("gun-violence", "task-force", "opioid-response")
PAGES = ("Inputs", "Rules", "Plan", "Why", "What if", "Pooling", "Committee", "Start")
ROUNDS = 3
SESSIONS, SOLVES = 25, 4
PEOPLE, HASTY = ((5.0, 15.0), 60.0), ((1.0, 4.0), 30.0)
"""How long one person looks at a page before the next click, from and to; and for how long all of them are watched.
Five to fifteen seconds are those of somebody who reads a page; one to four those of 25 people who only leaf through."""
SOLVING = "Solving, "
"""What a page says while its case is being solved."""
_DRAWN = """() => !document.querySelector('[data-testid="stStatusWidget"], [data-stale="true"]')
  && document.querySelector('h1') && document.querySelector('h1').innerText !== window.__was
  && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(c => c.querySelector('.main-svg'))"""
_ANSWERED = _DRAWN + """ && !document.querySelector('[class*="st-key-progress"]')"""
LONGEST_WAIT = 20.0
"""Seconds for which the questions of an example are waited for before its pages are measured."""


@contextmanager
def home() -> Iterator[Path]:
    """A folder of its own for the store, so that nobody's cases are touched."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("OPTIMISER_HOME")
        os.environ["OPTIMISER_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("OPTIMISER_HOME")
            if before is not None:
                os.environ["OPTIMISER_HOME"] = before


# -- from click to picture -----------------------------------------------------------------------------------------------


def click() -> None:
    """Each page and a few changes on each example, from the click to the picture: medians."""
    pages: dict[str, list[float]] = {}
    solves: dict[str, list[float]] = {}
    with home() as folder, serving(folder, folder) as address, browser() as made:
        page = made.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(address)
        settled(page)
        for n, example in enumerate(EXAMPLES):
            if n:  # the first stands open
                _go(page, "Start")
                button = page.locator(f".st-key-open-{example} button")
                solves.setdefault("an example opened", []).append(_took(page, button.click, _ANSWERED))
            shown = [name for name in PAGES if page.get_by_role("link", name=name, exact=True).count()]
            _ask(page, shown)
            for _ in range(ROUNDS):
                for name in shown:
                    link = page.get_by_role("link", name=name, exact=True)
                    pages.setdefault(name, []).append(_took(page, link.click, _DRAWN))
            solves[f"a fund cut by a slider, {example}"] = _slides(page)
    print("from click to picture, seconds:             median  slowest")
    _print("pages without a solve", pages)
    _print("with a solve", solves)


def _print(title: str, found: dict[str, list[float]]) -> None:
    for name, took in {title: [t for one in found.values() for t in one], **found}.items():
        print(f"  {name if name == title else '  ' + name:42}{statistics.median(took):6.2f} {max(took):8.2f}")


def _go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    settled(page, LONGEST_WAIT)


def _ask(page: Page, names: list[str]) -> None:
    """Opens every page once, so that what each asks in the background is answered before it is measured, if it is soon."""
    until = time.monotonic() + LONGEST_WAIT
    for name in (*names, *names):
        page.get_by_role("link", name=name, exact=True).click()
        settled(page, max(1.0, until - time.monotonic()))


def _slides(page: Page) -> list[float]:
    """What if: a slider moved, to the new figures; each time an amount that was not solved before."""
    _go(page, "What if")
    slider = page.get_by_role("slider").first
    slider.focus()
    took = []
    for _ in range(2 * ROUNDS):
        took.append(_took(page, lambda: page.keyboard.press("ArrowLeft"), _ANSWERED))
        settled(page, LONGEST_WAIT)
    return took


def _took(page: Page, act: Callable[[], object], drawn: str) -> float:
    """Seconds from an action until the headline is another and all is drawn."""
    page.evaluate("() => { window.__was = document.querySelector('h1')?.innerText }")
    began = time.perf_counter()
    act()
    page.wait_for_function(drawn, polling=20, timeout=60_000)
    return time.perf_counter() - began


# -- many at once --------------------------------------------------------------------------------------------------------


def load() -> None:
    """25 sessions that go from page to page while 4 large cases are solved: a page's time, and nothing crossed."""
    with home() as folder:
        ids = _cases()
        with serving(folder, folder) as address:
            asyncio.run(_everybody(address, ids))


def _cases() -> dict[str, str]:
    """A case of its own for each session, and large ones to solve: name that stands in no other -> id in the store."""
    from optimiser.desk.state import as_records
    from optimiser.store.base import migrate, people
    from optimiser.store.base.database import Database
    from optimiser.store.work import cases

    db = Database()
    migrate.ready(db)
    actor = people.local(db)
    made = {}
    for n in range(SESSIONS):
        marker = f"Partnership {n:02d} of {SESSIONS}"
        case: Case = read(example_path(EXAMPLES[n % len(EXAMPLES)]))
        records = as_records(case)
        records["Funds"][0]["name"] = marker  # the case's own name stands in everybody's list of recent cases
        made[marker] = cases.create(db, actor, f"Case {n}", "bench", records).id
    for n in range(SOLVES):
        records = hard()
        named = [row for row in records["Case"] if row["setting"] != "name"]
        records["Case"] = [*named, {"setting": "name", "value": f"Large {n}"}]  # else all four are one solve
        made[f"Large {n}"] = cases.create(db, actor, f"Large {n}", "bench", records).id
    db.close()
    return made


async def _everybody(address: str, ids: dict[str, str]) -> None:
    markers = [m for m in ids if not m.startswith("Large")]
    await asyncio.gather(*(_first(address, ids[m]) for m in markers))  # every example solved once, as after a morning
    async with AsyncExitStack() as stack:
        large = [
            await stack.enter_async_context(opened(address, f"case={ids[m]}")) for m in ids if m.startswith("Large")
        ]
        for kind, (thinks, seconds) in (("who read", PEOPLE), ("in haste", HASTY)):
            before = await _solving(large, 30)
            here = asyncio.Barrier(SESSIONS)
            found = await asyncio.gather(
                *(_person(address, m, ids[m], [o for o in markers if o != m], here, thinks, seconds) for m in markers)
            )
            after = await _solving(large)
            took = sorted(t for one in found for t in one)
            at = took[max(0, round(0.95 * len(took)) - 1)]
            print(
                f"{SESSIONS} people {kind}, {thinks[0]:g} to {thinks[1]:g} s a page, for {seconds:.0f} s: {len(took)} pages, "
                f"nothing crossed; solves that went on at the beginning and at the end: {before} and {after} of {SOLVES}"
            )
            print(
                f"  a page: median {statistics.median(took):.2f} s, 95th percentile {at:.2f} s, slowest {took[-1]:.2f} s",
                flush=True,
            )


async def _solving(sessions: list[Session], seconds: float = 0.0) -> int:
    """How many of the large cases are being solved, and do not wait for others; looks again for so long while one is not."""
    until = time.monotonic() + seconds
    while True:
        for session in sessions:
            await session.run(seconds=120)
        going = sum(session.said(SOLVING) for session in sessions)
        if going == len(sessions) or time.monotonic() > until:
            return going
        await asyncio.sleep(1)


async def _first(address: str, case: str) -> None:
    async with opened(address, f"case={case}") as session:
        await session.run(seconds=120)


async def _person(
    address: str,
    marker: str,
    case: str,
    others: list[str],
    here: asyncio.Barrier,
    thinks: tuple[float, float],
    seconds: float,
) -> list[float]:
    """One person's clicks for a while, from when all are there; raises AssertionError where something of somebody else's
    case is received."""
    chance, took = random.Random(marker), list[float]()
    async with opened(address, f"case={case}") as session:
        await session.run(seconds=120)
        await session.run("Inputs", seconds=120)
        assert session.said(marker), f"{marker} does not see its own case"
        await here.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(*thinks))
            page = chance.choice([p for p in PAGES if p in session.pages])
            took.append(await session.run(page))
            crossed = [o for o in others if session.said(o)]
            assert not crossed, f"{marker} was sent {crossed}"
    return took


if __name__ == "__main__":
    if not chromium():
        sys.exit("There is no Chromium or Chrome on this machine (apt install chromium).")
    for part in sys.argv[1:] or ["click", "load"]:
        {"click": click, "load": load}[part]()
