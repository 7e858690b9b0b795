"""What the page Papers works with: which papers there are of a plan, what each lacks, the facts that are filled in, and all
papers in one file."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

from optimiser.case.names import fold, untaken_file
from optimiser.case.spec import BY_NAME
from optimiser.desk.state import Draft, Record
from optimiser.desk.typed_cells import typed
from optimiser.papers.blocks import Missing, missing_of
from optimiser.papers.office_template import TemplateError
from optimiser.papers.own_papers import ENDING, papers_of
from optimiser.papers.paper import Made, Paper, Source, make
from optimiser.plan.tables import Plan

TEMPLATES = "OPTIMISER_TEMPLATES"
"""Environment variable with the folder of the office's own templates and papers."""
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


AFTER_VOTE = "made from a decision: choose it once the vote is over"
"""How a paper of a decision stands while none is chosen."""


def states(source: Source) -> tuple[State, ...]:
    """How every paper stands."""
    decided = source.motion.decision if source.motion else ""
    papers = papers_of(source)
    own = frozenset((name, content) for name, content in source.brought.items() if name.endswith(ENDING))
    key = (source.details.sha256, source.made_for, decided, source.replan is not None, own)
    made = _kept.setdefault(source.plan, {})
    if key not in made:
        made[key] = tuple(_state(paper, source) for paper in papers.values())
    return made[key]


def _state(paper: Paper, source: Source) -> State:
    subjects = paper.subjects(source)
    try:
        lacks = dict.fromkeys(m for s in subjects for m in missing_of(paper.content(source, s).blocks))
    except TemplateError as problem:  # a paper of the office's own that asks for what this case does not have
        return State(paper.name, paper.title, paper.purpose, paper.forms, 0, str(problem), ())
    undecided = paper.after == "vote" and source.motion is None  # one may have been taken all the same
    waits = "" if subjects else AFTER_VOTE if undecided else paper.why_none(source)
    return State(paper.name, paper.title, paper.purpose, paper.forms, len(subjects), waits, tuple(lacks))


def templates() -> Path | None:
    """The folder of the office's own templates and papers, if the server has one."""
    given = os.environ.get(TEMPLATES, "").strip()
    return Path(given) if given and Path(given).is_dir() else None


def fillable(draft: Draft, missing: Missing) -> bool:
    """Whether the cell is one of a record that there is, or that can be added."""
    return bool(missing.record or _found(draft.records(missing.sheet), missing)) and (
        missing.column in BY_NAME[missing.sheet].names
    )


def keep(draft: Draft, given: Mapping[Missing, str]) -> bool:
    """Facts that were typed, as one step that is undone at once; says whether they are now in the store."""
    sheets, number = dict(draft.sheets), draft.state.next_number
    for missing, text in given.items():
        value = typed(BY_NAME[missing.sheet].column(missing.column), text)
        rows = sheets.get(missing.sheet, ())
        at = _found(rows, missing)
        if at is not None:
            filled = replace(at, values={**at.values, missing.column: value})
            sheets[missing.sheet] = tuple(filled if r is at else r for r in rows)
        else:
            sheets[missing.sheet] = (*rows, Record(number, {**dict(missing.record), missing.column: value}))
            number += 1
    said = f"Papers: {next(iter(given)).label}" if len(given) == 1 else f"Papers: {len(given)} facts filled in"
    return bool(given) and draft.become(said, sheets)


def _found(rows: Iterable[Record], missing: Missing) -> Record | None:
    """The record that lacks the fact."""
    cells = missing.record or ((BY_NAME[missing.sheet].key[0], missing.row),)
    if not all(text for _, text in cells):
        return None
    return next((r for r in rows if all(fold(str(r.values.get(c))) == fold(text) for c, text in cells)), None)


def files(source: Source, names: Iterable[str]) -> list[Made]:
    """Every file of these papers."""
    papers = papers_of(source)
    return [file for name in names for file in make(papers[name], source)]


def together(source: Source, names: Iterable[str]) -> bytes:
    """Every file of these papers in one .zip, the same bytes each time."""
    target, used = io.BytesIO(), set[str]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for file in files(source, names):
            info = zipfile.ZipInfo(untaken_file(file.file, used), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, file.content)
    return target.getvalue()
