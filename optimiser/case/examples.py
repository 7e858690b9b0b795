"""The example workbooks that come with the program."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "examples"
"""Part of the package, so that an installed one has them; `data/` of the repository shows the same files."""


def examples() -> list[str]:
    """Names of the examples, in the order in which a newcomer should meet them."""
    first = ("gun-violence", "task-force", "opioid-response")
    found = sorted(path.stem for path in FOLDER.glob("*.xlsx") if path.stem != "template")
    return [*(n for n in first if n in found), *(n for n in found if n not in first)]


def example_path(name: str) -> Path:
    """Where an example stands. Raises KeyError where there is none of this name."""
    if name not in examples():
        raise KeyError(name)
    return FOLDER / f"{name}.xlsx"
