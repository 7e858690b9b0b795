"""The example workbooks that come with the program."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "examples"
"""Part of the package, so that an installed one has them; `data/` of the repository shows the same files."""
OFFICE = "office-budget"
"""A budget in an office's own shape, to try an import with. It is no case, so it is not among the examples."""


def examples() -> list[str]:
    """Names of the examples, in the order in which a newcomer should meet them."""
    first = ("gun-violence", "task-force", "opioid-response")
    found = sorted(path.stem for path in FOLDER.glob("*.xlsx") if path.stem not in ("template", OFFICE))
    return [*(n for n in first if n in found), *(n for n in found if n not in first)]


def example_path(name: str) -> Path:
    """Where an example, or the office's budget, stands. Raises KeyError where there is none of this name."""
    if name not in (*examples(), OFFICE):
        raise KeyError(name)
    return FOLDER / f"{name}.xlsx"
