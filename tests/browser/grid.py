"""Cells of the grid, typed as a person types: whatever the page does meanwhile, nothing is taken on trust."""

from __future__ import annotations

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Timeout

ROW, REQUEST, NAME = 35, 110, 260
"""Pixels: height of a row, and places inside two columns of the grid of initiatives."""
CELL_CHOSEN = "document.activeElement.matches('[class*=\"st-key-grid-\"] td[aria-selected=true]')"
CELL_OPEN, CELL_TEXT = "document.querySelector('.gdg-input') !== null", "document.querySelector('.gdg-input')?.value"


def box(page: Page) -> tuple[float, float]:
    """The corner of the grid, in pixels; it moves whenever something comes above it."""
    found = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
    assert found is not None
    return found["x"], found["y"]


def choose_cell(page: Page, right: float, down: float) -> None:
    """A click on a cell, so far from the grid's corner; once more where the grid was drawn anew and has forgotten it."""
    for _ in range(20):
        x, y = box(page)
        page.mouse.move(x + right, y + down - 2)  # as a hand does: a grid forgets a click from nowhere
        page.mouse.click(x + right, y + down)
        page.wait_for_timeout(1000)
        if page.evaluate(CELL_CHOSEN):
            return
    raise AssertionError("no cell can be chosen")


def open_cell(page: Page, right: float, down: float) -> None:
    """A click on a cell, so far from the grid's corner, and Enter; once more where the grid was drawn anew between the two,
    and has forgotten the click, or was moved by what came above it."""
    for patience in (5_000, 10_000, 90_000):
        page.keyboard.press("Escape")  # what the last try has opened meanwhile
        x, y = box(page)
        x, y = x + right, y + down
        page.mouse.move(x, y - 2)  # as a hand does: a grid forgets a click from nowhere
        page.mouse.click(x, y)
        page.keyboard.press("Enter")
        try:
            page.wait_for_function(CELL_OPEN, timeout=patience)
            return
        except Timeout:
            if patience == 90_000:
                raise


def type_down(page: Page, row: int, column: int, texts: list[str]) -> None:
    """Types texts into cells of one column, from a row of the grid downwards."""
    for text in texts:
        if text == texts[0]:
            open_cell(page, column, ROW + ROW * row + 18)
        else:
            page.keyboard.press("Enter")
            page.wait_for_function(CELL_OPEN)
        for _ in range(3):
            page.keyboard.press("Control+A")
            page.keyboard.type(text, delay=20)
            if page.evaluate(CELL_TEXT) == text:  # as a person sees it before pressing Enter
                break
        assert page.evaluate(CELL_TEXT) == text
        page.keyboard.press("Enter")
        page.wait_for_selector(".gdg-input", state="detached")
