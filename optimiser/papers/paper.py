"""What a paper is: one file of the folder `shelf` with one class, which says what it is for, of what, and what stands in it.

    papers = shelf()                          every paper, by name
    made = make(papers["award-letters"], source)

A paper returns blocks; the formats come by themselves, and so do the list of what is missing and the figures by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.reading.amounts import plain
from optimiser.papers import as_docx, as_html, as_pptx, as_text, as_xlsx
from optimiser.papers.blocks import (
    Block,
    Cell,
    Deck,
    Document,
    Heading,
    Missing,
    Para,
    figures_of,
    missing_of,
    para,
)
from optimiser.papers.figures import Figures
from optimiser.papers.office_template import TEMPLATES, of_file
from optimiser.plan.tables import Plan
from optimiser.report import status

if TYPE_CHECKING:
    from optimiser.analysis.replanning.replan import Replan
    from optimiser.report.documents.committee import Motion

SHELF = "optimiser.papers.shelf"
SHORT = 8
"""Letters of a hash that a reader compares."""


@dataclass(frozen=True, eq=False)
class Source:
    """What papers are made from.

    plan: with tables, as its reader may see it; details: the case whose facts for papers are taken, which may be filled in
    after the plan was decided; made_for: the line that says for whom; motion: the proposal and what became of it;
    audit_head: of the store's audit; templates: a folder with an office's own `TEMPLATES` and papers; letterheads: templates
    that were accepted, by the ending of their files, and papers, by their files' names, which go before those of the folder; others: plans
    that it is compared with, by name; replanned: makes the re-plan from the Actuals when it is first asked for.
    """

    plan: Plan
    details: Case
    made_for: str = ""
    motion: Motion | None = None
    audit_head: str = ""
    templates: Path | None = None
    others: tuple[tuple[str, Plan], ...] = ()
    replanned: Callable[[], Replan | None] | None = None
    letterheads: Callable[[], Mapping[str, bytes]] = dict
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", Figures(self.plan))

    @property
    def case(self) -> Case:
        """The case that the plan answers."""
        return self.plan.case

    @property
    def currency(self) -> str:
        """Currency of all money."""
        return self.case.settings.currency

    @property
    def title(self) -> str:
        """Name of the case."""
        return self.case.settings.name or "Plan"

    @property
    def alternatives(self) -> Sequence[tuple[str, Plan]]:
        """Plans that it is compared with: those of the proposal, else those that were handed over."""
        return self.motion.alternatives if self.motion and self.motion.alternatives else self.others

    @cached_property
    def replan(self) -> Replan | None:
        """The re-plan; None where there are no Actuals or nothing is left to decide."""
        return self.replanned() if self.replanned else None

    @property
    def foot(self) -> str:
        """What stands at the foot of every page: case, how good the plan is, its inputs, the audit, for whom."""
        inputs = f"inputs {self.case.sha256[:SHORT]}"
        head = f"audit head {self.audit_head[:SHORT]}" if self.audit_head else ""
        parts = [self.title, status.badge(self.plan).lower(), inputs, head, self.made_for]
        return " · ".join(p for p in parts if p)

    def template(self, form: str) -> bytes | None:
        """The office's own template for files of this ending, if it has one. Raises TemplateError where it can be none."""
        kept = self.brought.get(form)
        name, _ = TEMPLATES.get(form, ("", ""))
        path = self.templates / name if self.templates and name else None
        if kept is not None or path is None or not path.is_file():
            return kept
        return of_file(path, path.stat().st_mtime_ns)

    @cached_property
    def brought(self) -> Mapping[str, bytes]:
        """What `letterheads` gives, fetched once."""
        return self.letterheads()

    # -- facts of the case's records ----------------------------------------------------------------------------------

    def called(self, sheet: str, key: str) -> str:
        """The name of an agency, fund or initiative as people read it."""
        found = self._record(sheet, key)
        return str(found[1].get("name") or key) if found else key

    def fact(self, sheet: str, key: str, column: str, label: str = "") -> Cell:
        """A fact that a form asks for, as text; where it is blank, the cell to fill."""
        found = self._record(sheet, key)
        value = found[1].get(column) if found else None
        label = label or column.replace("_", " ")
        if value is None or value == "" or value != value:
            return Missing(sheet, key, column, label, found[0] if found else 0)
        if isinstance(value, float):
            return f"{plain(value * 100)}%" if column.endswith("rate") else f"{value:,.15g}"
        return str(value)

    def number(self, sheet: str, key: str, column: str) -> float | None:
        """A fact that is a number; None where it is blank."""
        found = self._record(sheet, key)
        value = found[1].get(column) if found else None
        return float(value) if isinstance(value, float | int) and value == value else None

    def text(self, sheet: str, key: str, column: str) -> str:
        """A fact that is text; "" where it is blank."""
        found = self._record(sheet, key)
        value = found[1].get(column) if found else None
        return value if isinstance(value, str) else ""

    def _record(self, sheet: str, key: str) -> tuple[int, dict[str, object]] | None:
        return self._records(sheet).get(fold(key))

    def _records(self, sheet: str) -> dict[str, tuple[int, dict[str, object]]]:
        made = self._kept.get(sheet)
        if made is None:
            table = self.details.tables[sheet]
            first = next(iter(table.columns))
            rows = zip(table.rows.tolist(), table.records(), strict=True)
            made = self._kept[sheet] = {fold(str(r[first])): (number, r) for number, r in rows}
        return made

    @cached_property
    def _kept(self) -> dict[str, dict[str, tuple[int, dict[str, object]]]]:
        return {}


@dataclass(frozen=True)
class Made:
    """One file. missing: facts that it lacks and shows blank; doubts: checks of it that do not hold, in sentences."""

    paper: str
    file: str
    content: bytes
    figures: Mapping[str, float | int]
    missing: tuple[Missing, ...] = ()
    doubts: tuple[str, ...] = ()


class Paper:
    """A paper. Its file is named as its class is used: `award_letters.py` holds the paper `award-letters`.

    name: for the command line and file names; title, purpose: for people; forms: endings of its files; of: what its subjects
    are, where it has several; after: "" (as soon as there is a plan), `vote` or `actuals`; rank: where it stands among those of
    the same moment, the names decide after that.
    """

    name: str
    title: str
    purpose: str
    forms: tuple[str, ...]
    of: str = "fund"
    after: str = ""
    rank: int = 9

    def subjects(self, source: Source) -> list[str]:
        """Of what one is made each: the keys of agencies or funds; one "" for a paper of the whole."""
        return [""]

    def called(self, source: Source, subject: str) -> str:
        """One of its subjects, as people call it."""
        return source.called("Agencies" if self.of == "agency" else "Funds", subject)

    def why_none(self, source: Source) -> str:
        """What it waits for, where there is nothing to make it of."""
        return {"vote": "after the vote", "actuals": "the sheet Actuals has no rows"}.get(
            self.after, "nothing to make it of"
        )

    def content(self, source: Source, subject: str) -> Document | Deck:
        """What stands in it."""
        raise NotImplementedError

    def checks(self, source: Source, subject: str) -> list[str]:
        """What does not hold of it, in sentences."""
        return []

    def written(self, source: Source, subject: str, form: str, content: Document | Deck) -> bytes:
        """One file of it."""
        template = source.template(form)
        if isinstance(content, Deck):
            return as_pptx.write(content, template) if form == "pptx" else as_text.write(content)
        if form == "docx":
            return as_docx.write(content, template)
        if form == "xlsx":
            return as_xlsx.write(content, template)
        return {"html": as_html.write, "txt": as_text.write}[form](content)


def document(source: Source, title: str, blocks: Sequence[Block], lead: str = "", landscape: bool = False) -> Document:
    """A document with the foot of its source."""
    return Document(title, tuple(blocks), source.foot, source.currency, lead, landscape)


def with_missing(content: Document | Deck) -> Document | Deck:
    """The same, with a list of what is still to be filled in."""
    missing = missing_of(content.blocks)
    if isinstance(content, Deck) or not missing:
        return content
    listed: list[Block] = [Heading("Still to be filled in", 2)]
    listed.append(
        para("These are blank above because the case does not have them yet. Nothing was put in their place.")
    )
    listed += [Para((f"{m.label}: {m.place}",), "bullet") for m in missing]
    return replace(content, blocks=(*content.blocks, *listed))


@cache
def shelf() -> Mapping[str, Paper]:
    """Every paper by its name: one for each file of the folder `shelf`."""
    names = sorted(f.name[:-3] for f in files(SHELF).iterdir() if f.name.endswith(".py") and f.name != "__init__.py")
    made: dict[str, Paper] = {}
    for name in names:
        module = import_module(f"{SHELF}.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Paper) and value.__module__ == module.__name__:
                made[value.name] = value()
    return dict(sorted(made.items(), key=lambda item: (_ORDER.get(item[1].after, 3), item[1].rank, item[0])))


_ORDER = {"": 0, "vote": 1, "actuals": 2}


def make(paper: Paper, source: Source) -> Iterator[Made]:
    """Every file of a paper."""
    for subject in paper.subjects(source):
        content = with_missing(paper.content(source, subject))
        figures, missing = figures_of(content.blocks), tuple(missing_of(content.blocks))
        doubts = tuple(paper.checks(source, subject))
        for form in paper.forms:
            data = paper.written(source, subject, form, content)
            yield Made(paper.name, file_name(paper, subject, form), data, figures, missing, doubts)


def file_name(paper: Paper, subject: str, form: str) -> str:
    """A file's name: paper and subject, without what a file system does not take."""
    of = re.sub(r"[^\w ,.()-]", "_", subject).strip(" .")[:80]
    return f"{paper.name} {of}.{form}" if of else f"{paper.name}.{form}"
