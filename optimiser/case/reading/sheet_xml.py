"""What a worksheet's XML says that a reader of cells keeps silent about, found by searching its bytes.

Readers return nothing for a formula without a stored value, hide errors, and fill the whole rectangle up to the
farthest cell with blanks, however far out that is. Nothing is parsed here; one search finds the references of
all cells, and further ones run only where a cheap test says that there is something to find. Every search ends at
the next tag, so that its time grows with the size of the file and not with its square, whatever the file repeats.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from optimiser.case.reading.sheets import COLUMNS_AT_MOST, NOTHING_HIDDEN, ROWS_AT_MOST, Hidden, column_number, is_sum

_CELL_REFERENCE = re.compile(rb'<c r="([^"]*)"')
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^<>]*)>")
_CELL_ENDS = re.compile(rb"</(?:\w+:)?(?:c|row|sheetData)\s*>")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?=[\s/>])[^<>]*>"), re.compile(rb"</(?:\w+:)?v\s*>")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s/>])[^<>]*>"), re.compile(rb"</(?:\w+:)?f\s*>")
_INLINE = re.compile(rb"<(?:\w+:)?t(?=[\s>])[^<>]*>"), re.compile(rb"</(?:\w+:)?t\s*>")
_PLAIN_VALUE = re.compile(rb"<v>([^<]*)</v>")
_NUMBERS = re.compile(rb"(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\|)*")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)["']""")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?hidden\s*=\s*["'](?:1|true)["']""")
_HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\s([^<>]*?hidden\s*=\s*["'](?:1|true)["'][^<>]*)>""")
_FROM_TO = re.compile(rb"""\b(min|max)\s*=\s*["'](\d{1,5})["']""")
_ELSEWHERE = re.compile(rb"\[\d+\]|\[[^\[\]]+\.xl")
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"

Marks = Mapping[tuple[int, int], tuple[str, str]]


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of one worksheet says.

    cells: how many. height, width: of the rectangle from A1 to the farthest cell. plain: every cell says where
    it stands, so that height and width can be relied upon. too_far: the reference of a cell outside the largest
    worksheet, "" where there is none. twice: the reference of a cell that stands twice. marks: (row, column)
    from 1 -> code (N12 error, N13 formula without value, N18 a number that is not in plain digits, F12 value from
    another workbook) and what was found. sums: cells whose formula adds up those above them. currencies: of cells whose
    number format writes one.
    """

    cells: int = 0
    height: int = 0
    width: int = 0
    text_cells: int = 0
    plain: bool = True
    too_far: str = ""
    twice: str = ""
    marks: Marks = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: Hidden = NOTHING_HIDDEN
    sums: frozenset[tuple[int, int]] = frozenset()
    currencies: Mapping[tuple[int, int], str] = field(default_factory=dict)


def look(data: bytes, currencies: Mapping[bytes, str] = MappingProxyType({})) -> SheetFacts:
    """The facts of a worksheet's XML. currencies: of the styles whose number format writes one, by their numbers."""
    cells = count_elements(data, b"c")
    references = _CELL_REFERENCE.findall(data)
    numbered = len(references) == cells
    if not numbered:  # written in an unusual way: the rows' own references count too
        references = _REFERENCE.findall(data)
    plain, height, width = _extent(references)
    if height > ROWS_AT_MOST or width > COLUMNS_AT_MOST:  # perhaps cells that have a format and nothing in them
        filled = _filled(data)
        if filled is not None:
            references, numbered = filled, True
            plain, height, width = _extent(references)
    too_far = ""
    if height > ROWS_AT_MOST or width > COLUMNS_AT_MOST:
        too_far = next((r for r in references if _is_too_far(r.upper())), b"?").decode("ascii", "replace")
    twice = ""
    if len(set(references)) < len(references):
        found = Counter(r for r in references if not r.isdigit()).most_common(1)
        twice = found[0][0].decode("ascii", "replace") if found and found[0][1] > 1 else ""
    text_cells = data.count(b't="s"') + data.count(b"t='s'")
    merged = tuple(_range(found) for found in _MERGED.findall(data)) if b"mergeCell" in data else ()
    marks, sums = _marks(data)
    return SheetFacts(
        cells, height, width, text_cells, plain and numbered, too_far, twice, marks, merged, _hidden(data), sums,
        _in_currency(data, currencies),
    )  # fmt: skip


def _in_currency(data: bytes, currencies: Mapping[bytes, str]) -> dict[tuple[int, int], str]:
    """The cells with a number whose style writes a currency, and which."""
    if not currencies:
        return {}
    found = re.findall(
        rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})" s="(' + b"|".join(currencies) + rb')"(?: t="n")?><(?:\w+:)?[fv][ >]',
        data,
    )
    return {(int(row), column_number(column.decode())): currencies[style] for column, row, style in found}


def count_elements(data: bytes, name: bytes) -> int:
    """How many elements of this name the XML has, with or without a prefix."""
    ends = (b" ", b">", b"/", b"\n", b"\t", b"\r")
    found = sum(data.count(b"<" + name + end) for end in ends)
    return found + (sum(data.count(b":" + name + end) for end in ends) if b":" + name in data else 0)


def _extent(references: Sequence[bytes]) -> tuple[bool, int, int]:
    """Whether all references are of the ordinary form, and the height and width that they span."""
    joined = b" ".join(references).upper()
    plain = not joined.translate(None, _LETTERS + _DIGITS + b" ")
    columns, rows = (set(joined.translate(None, other).split()) for other in (_DIGITS, _LETTERS))
    plain &= all(len(c) <= 3 for c in columns) and all(len(r) <= 7 for r in rows)
    width = max((column_number(c.decode()) for c in columns if len(c) <= 3 and c.isalpha()), default=0)
    return plain, max((int(r) for r in rows if r.isdigit() and len(r) < 10), default=0), width


def _filled(data: bytes) -> list[bytes] | None:
    """The references of the cells that hold anything; None where one of them does not say where it stands."""
    found = []
    for attributes, content in _cells(data):
        if any(opens.search(content) for opens, _ in (_VALUE, _FORMULA, _INLINE)):
            reference = _REFERENCE.search(attributes)
            if reference is None:
                return None
            found.append(reference[1])
    return found


def _is_too_far(reference: bytes) -> bool:
    column, row = reference.translate(None, _DIGITS), reference.translate(None, _LETTERS)
    far = column.isalpha() and len(column) <= 3 and column_number(column.decode()) > COLUMNS_AT_MOST
    return far or (row.isdigit() and int(row) > ROWS_AT_MOST)


def _range(found: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (part.decode() for part in found)
    return int(top[:9]), column_number(left[:4]), int(bottom[:9]), column_number(right[:4])


def _hidden(data: bytes) -> Hidden:
    if b"hidden" not in data:
        return Hidden()
    columns = []
    for attributes in _HIDDEN_COLUMN.findall(data):
        ends = {name: int(number) for name, number in _FROM_TO.findall(attributes)}
        columns.append((ends.get(b"min", 1), ends.get(b"max", 0)))
    return Hidden(len(_HIDDEN_ROW.findall(data)), tuple(columns))


def _cells(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The attributes and the content of each cell."""
    last = None
    for found in _CELL.finditer(data):
        if last is not None:
            yield last[1], _content(last[1], data[last.end() : found.start()])
        last = found
    if last is not None:
        yield last[1], _content(last[1], data[last.end() :])


def _content(attributes: bytes, until_next: bytes) -> bytes:
    if attributes.endswith(b"/"):
        return b""
    end = _CELL_ENDS.search(until_next)
    return until_next[: end.start()] if end else until_next


def _inside(element: tuple[re.Pattern[bytes], re.Pattern[bytes]], content: bytes) -> bytes | None:
    """What stands in the first such element; None where there is none."""
    opens, closes = element
    start = opens.search(content)
    if start is None:
        return None
    end = None if start[0].endswith(b"/>") else closes.search(content, start.end())
    return content[start.end() : end.start()] if end else b""


def _marks(data: bytes) -> tuple[Marks, frozenset[tuple[int, int]]]:
    """Cells that hold an error, a formula without a value, an odd number or a value from another workbook; and sums."""
    formulas = count_elements(data, b"f") > 0
    if not formulas and b't="e"' not in data and b"t='e'" not in data and _all_numbers(data):
        return {}, frozenset()
    marks, sums = {}, set()
    for attributes, content in _cells(data):
        if not content:
            continue
        found = _TYPE.search(attributes)
        kind = found[1] if found else b"n"
        formula = _inside(_FORMULA, content) if formulas else None
        mark = _mark(content, kind, formula)
        if mark is None and formula is None:
            continue
        where = re.fullmatch(rb"([A-Z]{1,3})(\d{1,7})", (_REFERENCE.findall(attributes) or [b""])[0].upper())
        if where:
            at = int(where[2]), column_number(where[1].decode())
            if mark:
                marks[at] = mark
            if formula and is_sum(_text(formula), *at):
                sums.add(at)
    return marks, frozenset(sums)


def _all_numbers(data: bytes) -> bool:
    """Whether every stored value is written in plain digits (numbers, flags and numbers of shared texts are)."""
    values = _PLAIN_VALUE.findall(data)
    return (
        len(values) == count_elements(data, b"v")
        and _NUMBERS.fullmatch(b"|".join(values) + b"|" * bool(values)) is not None
    )


def _mark(content: bytes, kind: bytes, formula: bytes | None) -> tuple[str, str] | None:
    value = _inside(_VALUE, content)
    stored = _text(value or b"")
    if kind == b"e":
        return "N12", stored or "an error"
    if (
        formula is not None and not stored and not (kind == b"str" and value is not None)
    ):  # it may well yield empty text
        if kind == b"inlineStr" and _inside(_INLINE, content) is not None:
            return None
        return "N13", "=" + _text(formula)
    if value and (b"<" in value or (kind == b"n" and not _NUMBERS.fullmatch(value + b"|"))):
        return "N18", value.decode("utf-8", "replace")
    if formula and _ELSEWHERE.search(formula):
        return "F12", stored
    return None


def _text(content: bytes) -> str:
    return html.unescape(content.decode("utf-8", "replace"))
