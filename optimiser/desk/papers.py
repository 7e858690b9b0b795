"""What the page Papers works with: which papers there are of a plan, what each lacks, and all of them in one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from optimiser.papers.blocks import Missing, missing_of
from optimiser.papers.paper import Made, Source, make, shelf
from optimiser.plan.tables import Plan

_EPOCH = (1980, 1, 1, 0, 0, 0)
_kept: WeakKeyDictionary[Plan, dict[object, tuple[State, ...]]] = WeakKeyDictionary()
"""What was found before, by plan and what else it is made from."""


@dataclass(frozen=True)
class State:
    """One paper. count: of how many it is made; waits: why it is made of nothing; missing: what it lacks."""

    name: str
    title: str
    purpose: str
    forms: tuple[str, ...]
    count: int
    waits: str
    missing: tuple[Missing, ...]

    @property
    def said(self) -> str:
        """How it stands: ready, 3 cells missing, or what it waits for."""
        if not self.count:
            return self.waits
        cells = len(self.missing)
        return f"{cells} cell{'s' * (cells != 1)} missing" if cells else "✓ ready"

    @property
    def files(self) -> str:
        """Its formats, and how many: docx, 12."""
        return ", ".join(self.forms) + (f", {self.count} each" if self.count > 1 else "")


def states(source: Source) -> tuple[State, ...]:
    """How every paper stands."""
    key = (source.details.sha256, source.made_for, source.motion.decision if source.motion else "")
    made = _kept.setdefault(source.plan, {})
    if key not in made:
        made[key] = tuple(_state(name, source) for name in shelf())
    return made[key]


def _state(name: str, source: Source) -> State:
    paper = shelf()[name]
    subjects = paper.subjects(source)
    lacks = dict.fromkeys(m for s in subjects for m in missing_of(paper.content(source, s).blocks))
    waits = "" if subjects else paper.why_none(source)
    return State(name, paper.title, paper.purpose, paper.forms, len(subjects), waits, tuple(lacks))


def files(source: Source, names: Iterable[str]) -> list[Made]:
    """Every file of these papers."""
    return [file for name in names for file in make(shelf()[name], source)]


def together(source: Source, names: Iterable[str]) -> bytes:
    """Every file of these papers in one .zip, the same bytes each time."""
    target, used = io.BytesIO(), set[str]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for file in files(source, names):
            name, number = file.file, 2
            while name.casefold() in used:
                stem, _, form = file.file.rpartition(".")
                name, number = f"{stem} {number}.{form}", number + 1
            used.add(name.casefold())
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, file.content)
    return target.getvalue()
