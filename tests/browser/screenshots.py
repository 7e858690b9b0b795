"""`make screenshots`: pictures of every page, light and dark, into docs/pictures."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.server import ROOT, browser, chromium, serving
from tests.browser.tour import VIEWS, tour

PICTURES = ROOT / "docs" / "pictures"


def take(folder: Path, width: int = 1440, height: int = 900, only: str = "") -> list[Path]:
    """Every picture (or those whose name begins with one of `only`, parted by commas) in both themes; returns where they are."""
    wanted = [v for v in VIEWS if v.name.startswith(tuple(only.split(",")))]
    made = []
    for scheme in ("light", "dark"):  # each in a store of its own: the tour begins with the first example
        with tempfile.TemporaryDirectory() as logs, serving(Path(logs)) as address, browser() as opened:
            context = opened.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            for view in tour(page, address, wanted):
                made.append(folder / f"{view.name}{'' if scheme == 'light' else '-dark'}.png")
                page.screenshot(path=made[-1])
            context.close()
    return made


if __name__ == "__main__":
    if not chromium():
        sys.exit("There is no Chromium or Chrome on this machine (apt install chromium).")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    size = [int(n) for n in sys.argv[2:4]] or [1440, 900]
    for file in take(target, *size, only="".join(sys.argv[4:5])):  # type: ignore[arg-type, misc]
        print(file)
