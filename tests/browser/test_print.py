"""What comes out of the printer is what stands on the screen: bars to scale and whole, every value there, nothing cut.

A page is printed by Chromium itself, and the paper is looked at: bars are found by their colour, in the picture of the
screen and in that of the paper, and must all be smaller by the same share.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page
from scipy import ndimage

from optimiser.report.charts.drawing import GAIN, LOSS, MONEY, NEUTRAL, PEOPLE
from tests.browser.server import browser, chromium, serving
from tests.browser.tour import VIEWS, tour

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (chromium() and shutil.which("pdftoppm") and shutil.which("pdftotext")),
        reason="no Chromium, or no poppler, on this machine (apt install chromium poppler-utils)",
    ),
]
SHOWN = (("plan", "committee-who"), ("plan-funds", "what-if-compare", "what-if-trade", "committee"))
COLOURS = (MONEY, PEOPLE, GAIN, LOSS, NEUTRAL)
NEAR = 26
"""How far a sample of a colour may be off where its edge is blurred."""
LEAST = 30
"""Pixels of a bar that is measured, both ways together: what is smaller is a mark, a tick or a blur."""
LONG = 60
"""Pixels from which a bar's length tells the scale."""
ROWS = '[class*="st-key-rows-"] p:not(label *), [class*="st-key-titles-"] p'
"""What is read in a table whose rows open."""
DOTS = 150
"""Per inch of paper."""


@dataclass(frozen=True)
class Bar:
    """A rectangle of one colour, in pixels."""

    colour: str
    wide: int
    high: int


def bars(picture: Path, least_high: float) -> list[Bar]:
    """Every filled rectangle of a chart's colour."""
    pixels = np.asarray(Image.open(picture).convert("RGB"), int)
    found = []
    for colour in COLOURS:
        wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
        near = ndimage.binary_opening(
            (np.abs(pixels - wanted) < NEAR).all(axis=2), np.ones((3, 3))
        )  # no line joins two
        named, _ = ndimage.label(near)
        for k, box in enumerate(ndimage.find_objects(named), 1):
            high, wide = (side.stop - side.start for side in box)
            full = (named[box] == k).mean() > 0.9  # a rectangle, and no letter, dot or line
            if full and high >= least_high and wide + high >= LEAST:
                found.append(Bar(colour, wide, high))
    return found


def to_scale(screen: Sequence[Bar], paper: Sequence[Bar]) -> list[str]:
    """What is not the same on paper: how many bars of a colour there are, and whether all have one scale."""
    wrong = []
    scales: list[float] = []
    for colour in COLOURS:
        one, other = ([b for b in side if b.colour == colour] for side in (screen, paper))
        if len(one) != len(other):
            wrong.append(f"{len(one)} bars of {colour} on the screen, {len(other)} on paper")
            continue
        for ways in (
            [sorted(b.wide for b in side) for side in (one, other)],
            [sorted(b.high for b in side) for side in (one, other)],
        ):
            scales += [small / large for large, small in zip(*ways, strict=True) if large >= LONG]
    if scales and max(scales) / min(scales) > 1.06:
        wrong.append(f"bars are smaller by {min(scales):.3f} to {max(scales):.3f}")
    return wrong


def printed(page: Page, folder: Path, name: str) -> tuple[str, list[Path]]:
    """The page as it comes out of the printer: its text, and a picture of each sheet."""
    file = folder / f"{name}.pdf"
    file.write_bytes(page.pdf(prefer_css_page_size=True, print_background=True))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", file, folder / name], check=True)
    return text, sorted(folder.glob(f"{name}-[0-9]*.png"))


def labels(chart: Locator) -> list[str]:
    """Every line of text in a chart, as it is read."""
    said: list[str] = chart.locator("text").evaluate_all(
        "all => all.flatMap(t => t.querySelector('.line') ? [...t.querySelectorAll('.line')] : [t])"
        ".filter(t => getComputedStyle(t).visibility !== 'hidden' && t.getBoundingClientRect().width)"
        ".map(t => t.textContent.replace(/\\s+/g, ' ').trim()).filter(Boolean)"
    )
    return said


def test_a_bar_that_is_cut_or_missing_is_seen() -> None:
    screen = [Bar(MONEY, wide, 20) for wide in (400, 300, 200)]
    half = [Bar(b.colour, b.wide // 2, 10) for b in screen]
    assert to_scale(screen, half) == []
    assert to_scale(screen, half[1:])
    assert to_scale(screen, [Bar(MONEY, min(b.wide, 150), 10) for b in half]), "the largest look alike"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("names", SHOWN, ids=lambda names: names[0])
def test_a_printed_page_is_what_stands_on_the_screen(tmp_path: Path, names: tuple[str, ...]) -> None:
    wrong, measured = [], 0
    with serving(tmp_path) as address, browser() as opened:
        page = opened.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(90_000)
        for view in tour(page, address, [v for v in VIEWS if v.name in names], still=0.3):
            charts = [c for c in page.locator('[data-testid="stPlotlyChart"]').all() if c.is_visible()]
            said = [text for chart in charts for text in labels(chart)]
            shown: list[Bar] = []
            for n, chart in enumerate(charts):
                chart.screenshot(path=(picture := tmp_path / f"{view.name}-screen{n}.png"))
                shown += bars(picture, 6)
            text, sheets = printed(page, tmp_path, view.name)
            paper = [bar for sheet in sheets for bar in bars(sheet, 5)]
            together = "".join(text.split())
            wrong += [f"{view.name}: “{t}” is not on paper" for t in said if "".join(t.split()) not in together]
            wrong += [f"{view.name}: {what}" for what in to_scale(shown, paper)]
            measured += len(shown)
    assert not wrong, "\n".join(wrong)
    assert measured > 10, "bars were found by their colours"


@pytest.mark.long
@pytest.mark.slow
def test_rows_that_open_have_their_names_and_titles_on_paper(tmp_path: Path) -> None:
    wrong, looked = [], 0
    with serving(tmp_path) as address, browser() as opened:
        page = opened.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(90_000)
        for view in tour(page, address, [v for v in VIEWS if v.name in ("rules", "plan-places")], still=0.3):
            said = page.locator(ROWS).all_text_contents()
            text, _ = printed(page, tmp_path, view.name)
            on_paper = set(text.replace("\u2060", "").split())  # cells of several lines stand between each other
            wrong += [f"{view.name}: {t}" for t in said if set(t.replace("\u2060", "").split()) - on_paper]
            looked += len(said)
    assert not wrong, "\n".join(wrong)
    assert looked > 60, "rules and areas, with their titles"
