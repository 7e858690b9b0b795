"""What a worksheet's XML says that a reader of cells keeps silent about, found by searching its bytes.

Readers return nothing for a formula without a stored value, hide errors, and fill the whole rectangle up to the
farthest cell with blanks, however far out that is. Nothing is parsed here; one search finds the references of
all cells, and further ones run only where a cheap test says that there is something to find.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimiser.case.sheets import COLUMNS_AT_MOST, ROWS_AT_MOST

_CELL_REFERENCE = re.compile(rb'<c r="([^"]*)"')
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?v\s*>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?f\s*>)", re.DOTALL)
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)["']""")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?hidden\s*=\s*["'](?:1|true)["']""")
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of one worksheet says.

    cells: how many. height, width: of the rectangle from A1 to the farthest cell. plain: every cell says where
    it stands, so that height and width can be relied upon. too_far: the reference of a cell outside the largest
    worksheet, "" where there is none. twice: the reference of a cell that stands twice. marks: (row, column)
    from 1 -> code (N12 error, N13 formula without value, F12 value from another workbook) and what was found.
    """

    cells: int = 0
    height: int = 0
    width: int = 0
    text_cells: int = 0
    plain: bool = True
    too_far: str = ""
    twice: str = ""
    marks: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: int = 0


def column_number(letters: str) -> int:
    """The number of a column, from 1: "A" is 1, "AA" 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def look(data: bytes) -> SheetFacts:
    """The facts of a worksheet's XML."""
    cells = count_elements(data, b"c")
    references = _CELL_REFERENCE.findall(data)
    plain = len(references) == cells
    if not plain:  # written in an unusual way: the rows' own references count too
        references = _REFERENCE.findall(data)
    joined = b" ".join(references).upper()
    plain &= not joined.translate(None, _LETTERS + _DIGITS + b" ")
    columns, rows = (set(joined.translate(None, other).split()) for other in (_DIGITS, _LETTERS))
    plain &= all(len(c) <= 3 for c in columns) and all(len(r) <= 7 for r in rows)
    width = max((column_number(c.decode()) for c in columns if len(c) <= 3 and c.isalpha()), default=0)
    height = max((int(r) for r in rows if r.isdigit() and len(r) < 10), default=0)
    too_far = ""
    if height > ROWS_AT_MOST or width > COLUMNS_AT_MOST:
        too_far = next((r for r in references if _is_too_far(r.upper())), b"?").decode("ascii", "replace")
    twice = ""
    if len(set(references)) < len(references):
        found = Counter(r for r in references if not r.isdigit()).most_common(1)
        twice = found[0][0].decode("ascii", "replace") if found and found[0][1] > 1 else ""
    text_cells = data.count(b't="s"') + data.count(b"t='s'")
    merged = tuple(_range(found) for found in _MERGED.findall(data)) if b"mergeCell" in data else ()
    hidden = len(_HIDDEN_ROW.findall(data)) if b"hidden" in data else 0
    return SheetFacts(cells, height, width, text_cells, plain, too_far, twice, _marks(data), merged, hidden)


def count_elements(data: bytes, name: bytes) -> int:
    """How many elements of this name the XML has, with or without a prefix."""
    ends = (b" ", b">", b"/", b"\n", b"\t", b"\r")
    found = sum(data.count(b"<" + name + end) for end in ends)
    return found + (sum(data.count(b":" + name + end) for end in ends) if b":" + name in data else 0)


def _is_too_far(reference: bytes) -> bool:
    column, row = reference.translate(None, _DIGITS), reference.translate(None, _LETTERS)
    far = column.isalpha() and len(column) <= 3 and column_number(column.decode()) > COLUMNS_AT_MOST
    return far or (row.isdigit() and int(row) > ROWS_AT_MOST)


def _range(found: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (part.decode() for part in found)
    return int(top), column_number(left), int(bottom), column_number(right)


def _marks(data: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    """Cells that hold an error, a formula without a value, or a value from another workbook."""
    formulas = count_elements(data, b"f") > 0
    if not formulas and b't="e"' not in data and b"t='e'" not in data:
        return {}
    marks = {}
    for attributes, content in _CELL.findall(data):
        kind = _TYPE.search(attributes)
        is_error = kind is not None and kind[1] == b"e"
        if not is_error and not (formulas and _FORMULA.search(content)):
            continue
        mark = _mark(content, kind[1] if kind else b"")
        where = re.fullmatch(rb"([A-Z]{1,3})(\d{1,7})", (_REFERENCE.findall(attributes) or [b""])[0].upper())
        if mark and where:
            marks[int(where[2]), column_number(where[1].decode())] = mark
    return marks


def _mark(content: bytes, kind: bytes) -> tuple[str, str] | None:
    value, formula = _VALUE.search(content), _FORMULA.search(content)
    stored = html.unescape((value[1] or b"").decode("utf-8", "replace")) if value else ""
    if kind == b"e":
        return "N12", stored or "an error"
    if formula and not stored and not (kind == b"str" and value):  # a formula may well yield empty text
        return "N13", "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace"))
    if formula and re.search(rb"\[\d+\]|\[[^\]]+\.xl", formula[1] or b""):
        return "F12", stored
    return None
