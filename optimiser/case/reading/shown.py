"""What a spreadsheet program shows of an .xlsx file, beside the values of its cells: formulas, formats, and what is hidden.

Readers of cells give values. A person sees a sheet: the value in a number format, in a colour, under a picture, in a row
that may be hidden; and a formula is calculated anew. This is that side of a file, read from its XML, cell by cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, ParseError, iterparse

from optimiser.case.reading.sheets import column_number
from optimiser.case.reading.styles import Style, Styles, local, styles_of

Area = tuple[int, int, int, int]
"""top, left, bottom, right; from 1."""
EVERYTHING: Area = (1, 1, 1 << 20, 1 << 14)
LEAST_HEIGHT, LEAST_WIDTH = 3.0, 0.6
"""Of a row in points, of a column in characters: below that nothing of a cell can be read."""
_DRAWN = ("drawing", "picture", "oleObjects", "controls")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_REFRESHED = re.compile(
    r"(^|/)(connections\.xml$|queryTables/|pivotCache/|externalLinks/|webextensions/)", re.IGNORECASE
)


@dataclass(frozen=True)
class ShownCell:
    """A cell as the file has it. text: of its value, as it stands in the XML (of a text, all of it); kind: n number,
    s text, b yes or no, e error; formula: without "=" (None where there is none); runs: whether parts of its text have
    formats of their own."""

    row: int
    column: int
    kind: str
    text: str
    formula: str | None
    style: Style
    runs: bool


@dataclass(frozen=True)
class ShownSheet:
    """One sheet of a file, as its parts beside the cells say.

    kind: worksheet, chartsheet …; hidden: whether the sheet is; hidden_rows: their numbers; hidden_columns: ranges (first, last);
    merged: areas; covers: areas on which a picture, a chart or a text box may stand (their upper left corner is known);
    drawings: whether there is any; conditional: (areas, why it may show something else than the value).
    """

    name: str
    kind: str
    hidden: bool
    part: str
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()
    covers: tuple[Area, ...] = ()
    drawings: bool = False
    conditional: tuple[tuple[tuple[Area, ...], str], ...] = ()


class ShownFile:
    """The look of an .xlsx file. sheets: in the order of the file; refreshed: parts that fill cells anew when the file is
    opened, or link to others; as_displayed: whether the file makes numbers what they are shown as."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}
        themes = [n for n in self._names if "/theme/" in n and n.endswith(".xml")]
        self._styles: Styles = styles_of(self._content("xl/styles.xml"), self._content(min(themes, default="")))
        self._texts = list(_shared(self._content("xl/sharedStrings.xml")))
        self.refreshed = tuple(sorted({m[2].strip("/") for n in self._names.values() if (m := _REFRESHED.search(n))}))
        book = self._content("xl/workbook.xml")
        self.as_displayed = re.search(rb"""fullPrecision\s*=\s*["'](0|false)""", book) is not None
        self.sheets = tuple(self._sheets())

    def cells(self, sheet: ShownSheet) -> Iterator[ShownCell]:
        """The cells of a worksheet, row by row."""
        row = column = 0
        for element in _elements(self._content(sheet.part), {"row", "c"}):
            if element[0] == "row":
                row = int(element[1].get("r", row + 1)) if element[2] == "start" else row
                column = 0 if element[2] == "start" else column
                if element[2] == "end":
                    element[1].clear()
                continue
            if element[2] == "start":
                continue
            made = self._cell(element[1], row, column)
            column = made.column
            yield made

    def _cell(self, element: Element, row: int, before: int) -> ShownCell:
        place = _REFERENCE.fullmatch(element.get("r", ""))
        column = column_number(place[1]) if place else before + 1
        kind, text, formula, runs = element.get("t", "n"), "", None, False
        for child in element:
            name = local(child.tag)
            if name == "v":
                text = child.text or ""
            elif name == "f":
                formula = child.text or ""
            elif name == "is":
                text, runs = _string(child)
        if kind == "s":
            known = text.strip().isdigit() and int(text) < len(self._texts)
            text, runs = self._texts[int(text)] if known else ("", False)
        kind = "s" if kind in ("s", "str", "inlineStr") else kind
        style, row = self._styles[element.get("s", "0")], int(place[2]) if place else row
        return ShownCell(row, column, kind, text, formula, style, runs)

    # -- the parts --------------------------------------------------------------------------------------------------------

    def _content(self, part: str) -> bytes:
        name = self._names.get(part.lower())
        return self._archive.read(name) if name else b""

    def _relations(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Id -> kind and part, of what this part refers to."""
        folder, name = posixpath.split(part)
        made = {}
        for _, element, moment in _elements(self._content(f"{folder}/_rels/{name}.rels"), {"Relationship"}):
            target = element.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if moment == "end" and element.get("TargetMode") != "External":
                made[element.get("Id", "")] = element.get("Type", "").rsplit("/", 1)[-1], path
        return made

    def _sheets(self) -> Iterator[ShownSheet]:
        relations = self._relations("xl/workbook.xml")
        for _, element, moment in _elements(self._content("xl/workbook.xml"), {"sheet"}):
            if moment != "end":
                continue
            identity = next((v for k, v in element.items() if k.endswith("}id")), "")
            kind, part = relations.get(identity, ("", ""))
            hidden = element.get("state", "visible") != "visible"
            yield self._sheet(ShownSheet(element.get("name", ""), kind, hidden, part))

    def _sheet(self, sheet: ShownSheet) -> ShownSheet:
        rows: set[int] = set()
        columns: list[tuple[int, int]] = []
        merged: list[Area] = []
        conditional: list[tuple[tuple[Area, ...], str]] = []
        drawn = False
        wanted = {"row", "col", "mergeCell", "conditionalFormatting", "sheetFormatPr", *_DRAWN}
        number, all_hidden, seen = 0, False, set()
        for name, element, moment in _elements(self._content(sheet.part), wanted):
            if name == "row":
                if moment == "start":
                    number = int(element.get("r", number + 1))
                    seen.add(number)
                    if _yes(element, "hidden") or _small(element, "ht", LEAST_HEIGHT):
                        rows.add(number)
                else:
                    element.clear()
            elif moment == "start" and name != "conditionalFormatting":
                if name == "col" and (_yes(element, "hidden") or _small(element, "width", LEAST_WIDTH)):
                    columns.append((int(element.get("min", "1")), int(element.get("max", "1"))))
                elif name == "mergeCell":
                    merged += areas(element.get("ref", ""))
                elif name == "sheetFormatPr":
                    all_hidden = _yes(element, "zeroHeight")
                drawn |= name in _DRAWN
            elif name == "conditionalFormatting":
                conditional += self._conditional(element)
        if all_hidden:
            rows |= set(range(1, max(seen, default=0) + 1)) - seen
        pictures = [part for kind, part in self._relations(sheet.part).values() if kind == "drawing"]
        return replace(
            sheet,
            hidden_rows=frozenset(rows),
            hidden_columns=tuple(columns),
            merged=tuple(merged),
            covers=tuple(area for part in pictures for area in _anchors(self._content(part))),
            drawings=drawn,
            conditional=tuple(conditional),
        )

    def _conditional(self, element: Element) -> Iterator[tuple[tuple[Area, ...], str]]:
        """The conditional formats of a range that may show something else than the value."""
        ranges = element.get("sqref") or next((e.text or "" for e in element.iter() if local(e.tag) == "sqref"), "")
        for rule in element.iter():
            if local(rule.tag) != "cfRule":
                continue
            own = next((self._styles.differential(e) for e in rule if local(e.tag) == "dxf"), None)
            why = (own or self._styles.differential_of(rule.get("dxfId", ""))) or ""
            if any(e.get("showValue") in ("0", "false") for e in rule.iter()):
                why = "it does not show the value"
            if why:
                yield tuple(areas(ranges)) or (EVERYTHING,), why


def look(data: bytes) -> ShownFile | None:
    """The look of a file; None where it is no .xlsx (an .ods), or cannot be read so."""
    try:
        made = ShownFile(data)
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, RuntimeError, OSError):
        return None
    return made if made.sheets else None


def areas(text: str) -> Iterator[Area]:
    """The areas of a list of references: `A1:B2 D4`."""
    for part in text.split():
        ends = [(int(m[2]), column_number(m[1])) for m in _REFERENCE.finditer(part.rsplit("!", 1)[-1])]
        if ends:
            yield (min(r for r, _ in ends), min(c for _, c in ends), max(r for r, _ in ends), max(c for _, c in ends))


def overlap(one: Area, other: Area) -> bool:
    """Whether two areas have a cell in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _elements(content: bytes, names: Iterable[str]) -> Iterator[tuple[str, Element, str]]:
    """Each start and end of the elements of these names."""
    if not content:
        return
    wanted = frozenset(names)
    for moment, element in iterparse(io.BytesIO(content), ("start", "end")):
        name = local(element.tag)
        if name in wanted:
            yield name, element, moment


def _shared(content: bytes) -> Iterator[tuple[str, bool]]:
    for _, element, moment in _elements(content, {"si"}):
        if moment == "end":
            yield _string(element)
            element.clear()


def _string(element: Element) -> tuple[str, bool]:
    """A text, and whether its parts have formats of their own. What only says how it is spoken is no part of it."""
    parts, runs = [], False
    for child in element:
        name = local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            runs |= any(local(e.tag) == "rPr" for e in child)
            parts += [e.text or "" for e in child if local(e.tag) == "t"]
    return "".join(parts), runs


def _anchors(content: bytes) -> Iterator[Area]:
    """Where pictures, charts and text boxes stand, from their upper left corner on."""
    for name, element, moment in _elements(content, {"twoCellAnchor", "oneCellAnchor", "absoluteAnchor"}):
        if moment == "end":
            at = {local(e.tag): int(e.text or 0) + 1 for end in element if local(end.tag) == "from" for e in end}
            to = {local(e.tag): int(e.text or 0) + 1 for end in element if local(end.tag) == "to" for e in end}
            top, left = (at.get("row", 1), at.get("col", 1)) if name != "absoluteAnchor" else (1, 1)
            yield top, left, to.get("row", EVERYTHING[2]), to.get("col", EVERYTHING[3])


def _yes(element: Element, attribute: str) -> bool:
    return element.get(attribute, "0") in ("1", "true")


def _small(element: Element, attribute: str, least: float) -> bool:
    try:
        return float(element.get(attribute, least)) < least
    except ValueError:
        return False
