"""Papers of an office's own: each a small TOML file beside its templates, or brought on the page, which says what it is for,
what stands in it, and what must hold. No code runs: texts name figures, tables and facts, and everything else is a fault with
its place.

    title = "Memo to {*}"                   {*}: the agency or fund of which it is made
    purpose = "What each agency is told before the council meets"
    forms = ["docx", "txt"]                 docx, xlsx, html or txt
    of = "agency"                           agency or fund; without it one of the whole
    [[block]]
    heading = "Your money"
    [[block]]
    text = "You receive {received[*]} of {spend}. Write to {Agencies.contact}."
    [[block]]
    table = "awards"                        a key of `TABLES`
    [[block]]
    sign = ["Chair"]
    [[check]]
    sum = ["spend", "unspent"]
    is = "amount"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from optimiser.case.names import fold, nearest
from optimiser.case.readable import listed
from optimiser.case.spec import BY_NAME
from optimiser.model.rules.terms import exact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Break, Cell, Document, Grid, Heading, Para, Signature
from optimiser.papers.figures import DIMENSIONS, Figure, Figures
from optimiser.papers.office_template import Template, TemplateError, accepted
from optimiser.papers.paper import Paper, Source, document, shelf

ENDING = ".toml"
FORMS = ("docx", "xlsx", "html", "txt")
SHEETS = {"agency": "Agencies", "fund": "Funds"}
"""Of what a paper can be made each, and the sheet of its facts."""
TABLES: Mapping[str, Callable[[Source], Grid | None]] = {
    "key figures": shared_parts.key_figures,
    "awards": shared_parts.awards,
    "agencies": shared_parts.agencies,
    "funds": shared_parts.funds,
    "people": shared_parts.people,
    "outcomes": shared_parts.outcomes,
    "alternatives": shared_parts.alternatives,
    "rules": lambda source: shared_parts.rules(source, shared_parts.tightest(source)),
}
"""Tables by the names under which a paper asks for them."""
WHOLE: Mapping[str, Callable[[Figures], Figure]] = {
    "amount": lambda f: f.amount,
    "spend": lambda f: f.spent,
    "unspent": lambda f: f.unspent,
    "request": lambda f: f.requested,
    "initiatives": lambda f: f.initiatives,
    "funded": lambda f: f.funded,
    "funded in full": lambda f: f.in_full,
    "impact": lambda f: f.impact,
}
MEMBERS: Mapping[str, tuple[str, Callable[[Figures, str], Figure | None]]] = {
    "award": ("initiative", Figures.award),
    "request": ("initiative", Figures.request),
    "level": ("initiative", Figures.level),
    "people": ("initiative", Figures.staff),
    "last year": ("initiative", Figures.last_year),
    "change": ("initiative", Figures.change),
    "received": ("agency", Figures.received),
    "contribution": ("agency", Figures.contribution),
    "released": ("agency", Figures.released),
    "hired": ("agency", Figures.hired),
    "amount": ("fund", Figures.fund_amount),
    "unspent": ("fund", Figures.fund_unspent),
}
"""Figures of the whole, and of one member each, by the names that `papers --json` gives them."""
LARGEST_PAPER = 100_000
"""Bytes that a file may have."""
_NAME = re.compile(r"\w[\w -]{0,59}")
_SLOT = re.compile(r"\{([^{}]*)\}")
_KEYS = {"title", "purpose", "forms", "of", "landscape", "block", "check"}


class OwnPaper(Paper):
    """A paper that a file describes. Raises TemplateError, with the file and the place, where it cannot be understood."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file, self.name = file, file.rpartition(".")[0]
        if not _NAME.fullmatch(self.name):
            raise self._fault("", "name the file with letters, digits, blanks and hyphens, at most 60 of them")
        if self.name.casefold() in shelf():
            raise self._fault("", "there is a paper of this name already. Give the file another name")
        if len(content) > LARGEST_PAPER:
            raise self._fault("", f"it has more than {LARGEST_PAPER // 1000} kB, which no description of a paper needs")
        try:
            said = tomllib.loads(content.decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise self._fault("", f"it is no TOML ({problem})") from problem
        self._known(said, _KEYS, "")
        self.title, self.purpose = (self._text(said, key, "") for key in ("title", "purpose"))
        self.forms = tuple(said.get("forms", ("docx",)))
        if not self.forms or any(form not in FORMS for form in self.forms):
            raise self._fault("forms", f"it can be {listed(FORMS, 'or')}")
        self.of = said.get("of", "")
        if self.of not in ("", *SHEETS):
            raise self._fault("of", f"it can be {listed(tuple(SHEETS), 'or')}")
        self.landscape = bool(said.get("landscape", False))
        self.blocks, self.sums = said.get("block", []), said.get("check", [])
        for k, block in enumerate(self.blocks, 1):
            place = f"block {k}"
            self._known(block, {"heading", "text", "table", "sign", "break"}, place)
            if len(block) != 1:
                raise self._fault(place, "it holds one of heading, text, table, sign and break")
            if "table" in block and block["table"] not in TABLES:
                raise self._fault(place, f'there is no table "{block["table"]}"; there are {listed(tuple(TABLES))}')
        for k, check in enumerate(self.sums, 1):
            self._known(check, {"sum", "is"}, f"check {k}")
            if not isinstance(check.get("sum"), list) or not isinstance(check.get("is"), str):
                raise self._fault(f"check {k}", "it has `sum`, a list of figures, and `is`, the figure that they make")

    def subjects(self, source: Source) -> list[str]:
        """Every agency or fund that has money of the plan, or one of the whole."""
        if not self.of:
            return [""]
        return source.figures.members(self.of)

    def content(self, source: Source, subject: str) -> Document:
        """Its blocks, with figures and facts in their places."""
        made: list[Block] = []
        for k, block in enumerate(self.blocks, 1):
            place = f"block {k}"
            if "heading" in block:
                made.append(Heading(self._plain(source, subject, block["heading"], place), 2))
            elif "text" in block:
                made.append(Para(self._parts(source, subject, str(block["text"]), place)))
            elif "table" in block:
                found = TABLES[block["table"]](source)
                made += [found] if found is not None else []
            elif "sign" in block:
                made.append(Signature(tuple(self._plain(source, subject, n, place) for n in block["sign"])))
            else:
                made.append(Break())
        title = self._plain(source, subject, self.title, "title")
        self.checks(
            source, subject
        )  # what a check asks for is there too, or is told now and not when the files are made
        return document(source, title, made, landscape=self.landscape)

    def checks(self, source: Source, subject: str) -> list[str]:
        """The sums that do not come out."""
        made = []
        for k, check in enumerate(self.sums, 1):
            found = [self._figure(source, subject, name, f"check {k}") for name in (*check["sum"], check["is"])]
            shown = [figure for figure in found if figure is not None]
            *parts, whole = shown
            if shown == found and sum((exact(p.value) for p in parts), Fraction(0)) != exact(whole.value):
                made.append(f"{self.file}: {listed([p.name for p in parts])} do not add up to {whole.name}.")
        return made

    def _plain(self, source: Source, subject: str, text: object, place: str) -> str:
        from optimiser.papers.blocks import said

        return "".join(said(p, source.currency) for p in self._parts(source, subject, str(text), place))

    def _parts(self, source: Source, subject: str, text: str, place: str) -> tuple[Cell, ...]:
        """A text with what stands in braces put in."""
        pieces = _SLOT.split(text)
        made: list[Cell] = []
        for k, piece in enumerate(pieces):
            if k % 2 == 0:
                made += [piece] if piece else []
            elif piece.strip() == "*" and self.of:
                made.append(source.called(SHEETS[self.of], subject))
            elif "." in piece and piece.partition(".")[0].strip() in BY_NAME:
                made.append(self._fact(source, subject, piece, place))
            else:
                made.append(self._figure(source, subject, piece, place) or shared_parts.NOT_SHOWN)
        return tuple(made)

    def _fact(self, source: Source, subject: str, piece: str, place: str) -> Cell:
        sheet, _, column = (p.strip() for p in piece.partition("."))
        if not self.of or sheet != SHEETS[self.of]:
            raise self._fault(place, f"{{{piece}}} asks for the sheet {sheet}, of which this paper is not made")
        if column not in BY_NAME[sheet].names:
            near = nearest(column, BY_NAME[sheet].names)
            raise self._fault(place, f"{sheet} has no column {column}" + (f": did you mean {near}?" if near else ""))
        return source.fact(sheet, subject, column)

    def _figure(self, source: Source, subject: str, piece: str, place: str) -> Figure | None:
        """A figure by its name, in which `*` is the subject; None where whoever reads may not see it."""
        f, facts = source.figures, source.case.facts
        kind, bracket, rest = (p.strip() for p in piece.partition("["))
        if not bracket and kind in WHOLE:
            return WHOLE[kind](f)
        member = rest.removesuffix("]").strip()
        if bracket and kind == "spend":
            pairs = [p.partition("=") for p in member.split(";")]
            where = {d.strip(): self._member(facts.names, d.strip(), m.strip(), subject, place) for d, _, m in pairs}
            return f.spend(**where)
        if bracket and kind in MEMBERS:
            dimension, find = MEMBERS[kind]
            return find(f, self._member(facts.names, dimension, member, subject, place))
        known = [*WHOLE, *(f"{k}[…]" for k in MEMBERS), "spend[fund = …]"]
        raise self._fault(place, f"there is no figure {{{piece}}}; there are {listed(known, most=30)}")

    def _member(self, names: Mapping[str, Sequence[str]], dimension: str, name: str, subject: str, place: str) -> str:
        if dimension not in DIMENSIONS:
            raise self._fault(place, f"money is by {listed(DIMENSIONS)}, not by {dimension}")
        if name == "*" and dimension == self.of:
            return subject
        found = next((n for n in names[dimension] if fold(n) == fold(name)), None)
        if found is None:
            near = nearest(name, names[dimension])
            raise self._fault(place, f'there is no {dimension} "{name}"' + (f": did you mean {near}?" if near else ""))
        return found

    def _text(self, said: Mapping[str, Any], key: str, place: str) -> str:
        value = said.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._fault(place, f"write what its {key} is")
        return value

    def _known(self, said: object, keys: set[str], place: str) -> None:
        if not isinstance(said, dict):
            raise self._fault(place, "it is no table of TOML")
        for key in said:
            if key not in keys:
                raise self._fault(place, f"`{key}` is unknown; there are {listed(sorted(keys))}")

    def _fault(self, place: str, why: str) -> TemplateError:
        return TemplateError(f"{self.file}{f', {place}' if place else ''}: {why}.")


def every(folder: Path | None, brought: Mapping[str, bytes] | None = None) -> Mapping[str, Paper]:
    """All papers by name: those of the shelf, those of a folder, and those that were brought (by the names of their files, other
    files are left out), which go before those of the folder. Raises TemplateError for one that cannot be understood."""
    files = {p.name: p.read_bytes() for p in sorted(folder.glob(f"*{ENDING}"))} if folder is not None else {}
    files |= {name: content for name, content in (brought or {}).items() if name.endswith(ENDING)}
    made = [OwnPaper(name, content) for name, content in sorted(files.items())]
    return {**shelf(), **{paper.name: paper for paper in made}}


def papers_of(source: Source) -> Mapping[str, Paper]:
    """All papers that can be made from this. Raises TemplateError for one that cannot be understood."""
    return every(source.templates, source.brought)


def brought(file: str, content: bytes) -> Template:
    """A template or a paper of the office's own, checked; a paper is found again by its file's name. Raises TemplateError."""
    if not file.lower().endswith(ENDING):
        return accepted(file, content)
    paper = OwnPaper(file[: -len(ENDING)] + ENDING, content)
    return Template(paper.file, content, 0)


def tried(file: str, content: bytes, source: Source) -> int:
    """Makes a paper of the office's own for whoever it is made for. Returns of how many. Raises TemplateError where it asks for
    what the case does not have."""
    paper = OwnPaper(file, content)
    subjects = paper.subjects(source)
    for subject in subjects:
        paper.content(source, subject)
    return len(subjects)
