"""`make screenshots`: pictures of every page, light and dark, into docs/pictures."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.server import ROOT, browser, chromium, serving, settled

PICTURES = ROOT / "docs" / "pictures"
SHOTS = (
    ("start", "", "", ""),
    ("inputs", "inputs", "", ""),
    ("rules", "rules", "", ""),
    ("plan", "plan", "", ""),
    ("plan-agencies", "plan", "What agencies get", ""),
    ("plan-flow", "plan", "Where money flows", ""),
    ("plan-people", "plan", "Where people go", ""),
    ("plan-funds", "plan", "Funds by period", ""),
    ("library", "rules", "Library", ""),
    ("target", "rules", "If a target is missed", ""),
    ("why", "why", "", ""),
    ("why-rules", "why", "What each rule costs", ""),
    ("what-if", "what_if", "", ""),
    ("what-if-compare", "what_if", "Side by side", ""),
    ("what-if-trade", "what_if", "Trade-off", ""),
    ("what-if-matters", "what_if", "What matters", ""),
    ("what-if-uncertainty", "what_if", "Uncertainty", ""),
    ("what-if-replan", "what_if", "Re-plan the year", ""),
    ("what-if-history", "what_if", "Earlier years", ""),
    ("why-certain", "why", "What is certain", ""),
    ("rules-builder", "rules", "Write a rule", ""),
    ("pooling", "pooling", "", ""),
    ("pooling-fairness", "pooling", "The price of fairness", ""),
    ("why-not", "why", "", "cannot-be-met"),
)
"""Name of the picture, page, the part of the page that is chosen, and the example (the first one, else its name)."""


def take(folder: Path, width: int = 1440, height: int = 900, only: str = "") -> list[Path]:
    """Every picture (or those whose name begins with one of `only`, parted by commas) in both themes; returns where they are."""
    made = []
    with tempfile.TemporaryDirectory() as logs, serving(Path(logs)) as address, browser() as opened:
        for scheme in ("light", "dark"):
            context = opened.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address)
            settled(page)
            example = ""
            query = page.url.partition("?")[2]
            for name, path, part, wanted in SHOTS:
                if not name.startswith(tuple(only.split(","))):
                    continue
                if wanted != example:
                    page.goto(f"{address}/?{query}")
                    settled(page)
                    page.locator(f".st-key-open-{wanted} button").click()
                    page.wait_for_timeout(1500)
                    settled(page)
                    example, query = wanted, page.url.partition("?")[2]
                page.goto(f"{address}/{path}?{query}")
                settled(page)
                if part:
                    page.get_by_text(part, exact=True).first.click()
                    page.wait_for_timeout(800)
                    settled(page)
                if name == "what-if":  # the first fund cut by a fifth
                    page.get_by_role("slider").first.focus()
                    for _ in range(4):
                        page.keyboard.press("ArrowLeft")
                    page.wait_for_timeout(1500)
                    settled(page)
                page.wait_for_timeout(600)
                made.append(folder / f"{name}{'' if scheme == 'light' else '-dark'}.png")
                page.screenshot(path=made[-1])
            context.close()
    return made


if __name__ == "__main__":
    if not chromium():
        sys.exit("There is no Chromium or Chrome on this machine (apt install chromium).")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    size = [int(n) for n in sys.argv[2:4]] or [1440, 900]
    for file in take(target, *size, only="".join(sys.argv[4:5])):
        print(file)
