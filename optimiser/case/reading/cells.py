"""Cells -> typed columns: every cell is read by the specification of its column, never by a guess.

A column is looked at in bulk first (`set(map(type, column))`); only a column in which something is odd is read
cell by cell. Whatever is read otherwise than it stands in the cell is reported, with the reading.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, meant
from optimiser.case.readable import counted
from optimiser.case.reading.amounts import Mark, plain, read_amount, read_number
from optimiser.case.reading.currencies import apart, codes_of, same_currency
from optimiser.case.reading.dates import Order, read_date
from optimiser.case.spec import Column
from optimiser.case.table import Array, text

ERRORS = frozenset(
    {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""What a spreadsheet shows in a cell whose formula failed."""

_MOST = 10**308
"""A whole number beyond this is no float."""
YES = frozenset(("yes", "y", "true", "1", "x"))
NO = frozenset(("no", "n", "false", "0"))
_IDENTIFIER = re.compile(r"0\d+")


@dataclass(frozen=True)
class Place:
    """Where the cells of one column stand: in a worksheet (letter, row numbers), or in plain records (letter "")."""

    sheet: str
    column: str
    letter: str
    rows: Sequence[int]

    def cell(self, i: int) -> str:
        """The address of the i-th record's cell: "G10", or "amount, row 3" where there is no worksheet."""
        return f"{self.letter}{self.rows[i]}" if self.letter else f"{self.column}, row {i + 1}"

    def fault(
        self, i: int, code: str, found: object, expected: str, cure: str, level: str = "error", meant: str = ""
    ) -> Fault:
        """A fault in the i-th record's cell; `found` is quoted and shortened."""
        return Fault(self.sheet, self.cell(i), code, shown(found), expected, cure, level, meant=meant)

    def warning(self, i: int, code: str, said: str, expected: str, cure: str) -> Fault:
        """A warning in the i-th record's cell; `said` stands as it is."""
        return Fault(self.sheet, self.cell(i), code, said, expected, cure, "warning")


Typed = tuple[Array, list[Fault]]


def typed(
    column: Column, values: Sequence[Any], place: Place, order: Order = "", mark: Mark = "", scaled_by: float = 1.0,
    currency: str = "",
) -> Typed:  # fmt: skip
    """The cells of one column as an array (blank cells take the default), and what is wrong with them.

    values: one for each record: str ("" where blank), float, int, bool, date, datetime, time or timedelta.
    order: of day and month in dates that are text. mark: the sign before the decimals of numbers that are text;
    scaled_by: what the column's title multiplies them by; currency: of the case, beside which another one is told.
    """
    values = _simplified(values)
    if column.type == "number":
        array, faults = _numbers(column, values, place, mark, scaled_by, currency)
    elif column.type == "date":
        array, faults = _dates(column, values, place, order)
    else:
        array, faults = _READERS.get(column.type, _texts)(column, values, place)
    if column.required:
        faults += _blanks(column, values, place)
    return array, faults


def attribute(title: str, values: Sequence[Any], place: Place) -> Typed:
    """An additional column: float64 if every cell that is not blank is a number, else text.

    Text that looks like a number is read as one (and reported) only beside true numbers: a column of
    "007", "012" is text, and so is one in which a number begins with a zero: it is an identifier. A few texts among
    many numbers are reported, since the column is then text as a whole.
    """
    values = _simplified(values)
    filled = [v for v in values if v != ""]
    true_numbers = sum(type(v) in (float, int) for v in filled)
    column = Column(title, "number", "")
    zeros = [i for i, v in enumerate(values) if type(v) is str and _IDENTIFIER.fullmatch(v.strip())]
    if true_numbers and not zeros and all(type(v) in (float, int) or (type(v) is str and _reads(v)) for v in filled):
        return _numbers(column, values, place)
    array, faults = _texts(Column(title, "text", "", default=""), values, place)
    if true_numbers and zeros:
        cure = "the whole column is kept as text, so that its zeros stay: format its cells as text"
        what = f"{shown(values[zeros[0]])} among numbers"
        faults.append(place.warning(zeros[0], "K03", what, "text or numbers, not both", cure))
    elif true_numbers and 2 * true_numbers > len(filled):
        i = next(i for i, v in enumerate(values) if v != "" and type(v) not in (float, int))
        expected = f"a number, as in the other cells of {shown(title)}"
        cure = "write a number or leave it blank; as it stands, the whole column is taken as text"
        faults.append(place.fault(i, "N03", values[i], expected, cure, "warning"))
    return array, faults


def numbers_in(texts: Sequence[Any], mark: Mark = "") -> Sequence[Any]:
    """The cells of an attribute in a file of text alone: numbers where every cell that is not blank is one, as plain as it can
    be written, and none begins with a zero as an identifier does; else the texts as they stand."""
    read = [read_amount(str(v), percent=False, mark=mark) for v in texts if v != ""]
    if any(r.code != "N01" for r in read) or any(_IDENTIFIER.fullmatch(str(v).strip()) for v in texts):
        return texts
    found = iter(read)
    return [next(found).value if v != "" else "" for v in texts]


def blank_column(column: Column, length: int) -> Array:
    """The column as it is where the sheet has no such column: its default, or blank, in every record."""
    if column.type == "number":
        return np.full(length, np.nan if column.default is None else float(column.default))
    if column.type == "flag":
        return np.full(length, bool(column.default))
    return text([str(column.default or "")] * length)


def expectation(column: Column) -> str:
    """What a cell of this column should hold, in words."""
    if column.type == "flag":
        return "yes or no"
    if column.type == "choice":
        return "one of " + ", ".join(column.choices)
    if column.type == "date":
        return "a date, such as 2026-10-01"
    if column.type != "number":
        return "text"
    if column.unit == "share":
        return "a share from 0 to below 1" if column.below_high else "a share between 0 and 1"
    kind = "an amount of money" if column.unit == "money" else "a number"
    if math.isfinite(column.low) and math.isfinite(column.high):
        return f"{kind} from {column.low:g} to {column.high:g}"
    return f"{kind}, {column.low:g} or more" if math.isfinite(column.low) else kind


def as_text(value: Any) -> str:
    """A cell as text: 7.0 is "7", a date is ISO, TRUE is "TRUE"; text is trimmed."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return plain(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def _simplified(values: Sequence[Any]) -> Sequence[Any]:
    """The same cells as plain Python values; blank text, None and NaN become ""."""
    if set(map(type, values)) <= {str, float, int, bool}:
        odd = any(v.isspace() if type(v) is str else v != v or abs(v) > _MOST for v in set(values))
        if not odd:
            return values
    return [simple(v) for v in values]


def simple(value: Any) -> Any:
    """Any value as a plain one: str, float, int, bool, date, datetime, time or timedelta; "" for what is blank.

    Never raises: a whole number beyond all floats is infinite, and what is nothing of these is its text.
    """
    kind = type(value)
    if kind is str:
        return "" if value.isspace() else value
    if kind is float:
        return value if value == value else ""
    if value is None:
        return ""
    if kind is int:
        return value if abs(value) <= _MOST else math.inf if value > 0 else -math.inf
    if kind in (bool, dt.date, dt.datetime, dt.time, dt.timedelta):
        return value
    try:
        if isinstance(value, np.datetime64):
            return simple(value.astype("datetime64[us]").item())  # of nanoseconds numpy would make a number
        if isinstance(value, np.generic):
            plainly = value.item()
            return simple(plainly) if type(plainly) is not kind else str(value)
        if isinstance(value, Decimal):
            return "" if value.is_nan() else simple(float(value))
        if isinstance(value, str):
            return simple(str.__str__(value))
        return "" if value != value else value if isinstance(value, dt.date) else str(value)
    except Exception:  # a value of somebody's own class may do anything when it is looked at
        return _named(value)


def _named(value: Any) -> str:
    return "" if type(value).__name__ == "NAType" else f"<{type(value).__name__}>"  # pandas' NA is a blank


def _reads(value: str) -> bool:
    """Whether a text cell can be read as a number without an error."""
    return value == "" or read_amount(value, percent=True).level != "error"


def _blanks(column: Column, values: Sequence[Any], place: Place) -> list[Fault]:
    if "" not in values:
        return []
    return [
        place.fault(i, "V01", "", f"{column.name}: {expectation(column)}", "fill in the cell, or delete the whole row")
        for i, v in enumerate(values)
        if type(v) is str and v == ""
    ]


def _numbers(
    column: Column, values: Sequence[Any], place: Place, mark: Mark = "", scaled_by: float = 1.0, currency: str = ""
) -> Typed:
    faults: list[Fault] = []
    kinds = set(map(type, values))
    default = math.nan if column.default is None else float(column.default)
    if kinds <= {float, int}:
        array = np.array(values, float)
    elif kinds <= {float, int, str} and {v for v in values if type(v) is str} <= {""}:
        array = np.array([default if v == "" else v for v in values], float)
    else:
        signs: dict[int, str] = {}
        array = np.array(
            [_number(column, v, i, place, default, faults, mark, scaled_by, signs) for i, v in enumerate(values)], float
        )
        several = _several_currencies(values, place, signs)
        faults += several or another_currency({i: (shown(values[i]), s) for i, s in signs.items()}, place, currency)
    faults += _beyond(column, values, array, place)
    return array, faults


def _several_currencies(values: Sequence[Any], place: Place, signs: Mapping[int, str]) -> list[Fault]:
    """Faults of the cells of a column whose currency is another than that of most: numbers that must not be added up."""
    others = apart(signs)
    most = next((s for i, s in signs.items() if i not in others), "")
    cure = f"convert it, and write the number alone: {most} stands beside others of this column"
    return [place.fault(i, "N19", values[i], "one currency in a column", cure) for i in others]


def another_currency(found: Mapping[int, tuple[str, str]], place: Place, currency: str) -> list[Fault]:
    """A warning of amounts in another currency than the case's: they are read as if in its own. found: cell -> what stands
    there, and its currency."""
    others = {i: one for i, one in found.items() if currency and not same_currency(one[1], currency)}
    if not others:
        return []
    first = min(others)
    what, sign = others[first]
    more = f" and {counted(len(others) - 1, 'more cell')}" if len(others) > 1 else ""
    cure = (
        f"convert it, or write {(*codes_of(sign), sign)[0]} as the currency on the sheet Case; it is read as {currency}"
    )
    return [place.warning(first, "N19", f"{what}{more}", f"amounts in {currency}, the currency of the case", cure)]


def _number(
    column: Column,
    value: Any,
    i: int,
    place: Place,
    default: float,
    faults: list[Fault],
    mark: Mark,
    scaled_by: float,
    signs: dict[int, str],
) -> float:
    """One cell as a number; NaN (which no limit refuses) where it cannot be read. signs: takes the currency beside it."""
    if type(value) in (float, int):
        return float(value)
    if value == "":
        return default
    wanted = expectation(column)
    if isinstance(value, bool):
        faults.append(place.fault(i, "N10", as_text(value), wanted, "write the number itself"))
        return math.nan
    if not isinstance(value, str):
        shape = "write the number, and format the cell as a number"
        faults.append(place.fault(i, "N11", as_text(value), f"{wanted}, not a date or a time", shape))
        return math.nan
    if value.strip() in ERRORS:
        faults.append(place.fault(i, "N12", value, wanted, "repair the formula, or write the value itself"))
        return math.nan
    reading = read_number(value, column.unit, mark, scaled_by)
    expected = f"{wanted}, as a number" if reading.code in ("N01", "N02") else wanted
    faults.append(place.fault(i, reading.code, value, expected, reading.cure, reading.level))
    if reading.currency:
        signs[i] = reading.currency
    return reading.value


def _beyond(column: Column, values: Sequence[Any], array: Array, place: Place) -> list[Fault]:
    """Infinite numbers, and numbers outside the limits of the column."""
    over = array >= column.high if column.below_high else array > column.high
    odd = over | (array < column.low) | np.isinf(array)
    if not odd.any():
        return []
    return [_limit(column, values[i], float(array[i]), i, place) for i in np.flatnonzero(odd).tolist()]


def _limit(column: Column, value: Any, number: float, i: int, place: Place) -> Fault:
    wanted, found = expectation(column), value if isinstance(value, str) else as_text(value)
    if math.isinf(number):
        return place.fault(i, "N06", found, wanted, "write a number that has an end; leave the cell blank for no limit")
    if column.low == 0 > number:
        return place.fault(i, "N08", found, wanted, "write it without the minus sign, or remove the row")
    if column.unit == "share" and number > 1:
        share = plain(number / 100)
        cure = f"write {share} or {plain(number)}%" if number <= 100 else "write the share as a fraction, such as 0.25"
        return place.fault(i, "N14", found, wanted, cure, meant=share if number <= 100 else "")
    meant = next((number / tens for tens in (10, 100) if number / tens <= column.high), 0.0)
    if number >= 2 * column.high and meant:  # a digit too many
        cure = f"did you mean {plain(meant)}? Write a number from {plain(column.low)} to {plain(column.high)}"
        return place.fault(i, "N16", found, wanted, cure, meant=plain(meant))
    limit = f"below {plain(column.high)}" if column.below_high else f"at most {plain(column.high)}"
    cure = f"write a number {limit}" if number >= column.high else f"write a number of at least {plain(column.low)}"
    return place.fault(i, "N16", found, wanted, cure)


def _texts(column: Column, values: Sequence[Any], place: Place) -> Typed:
    cleaned = _as_texts(values)
    distinct = set(cleaned)
    faults: list[Fault] = []
    if column.name == "change":
        faults += [
            place.fault(i, "C03", v, "a change with its sign, as text", both_readings(plain(abs(float(v))), v < 0))
            for i, v in enumerate(values)
            if type(v) in (float, int)
        ]
    elif any(v.startswith("=") for v in distinct):
        cure = "if a formula was meant, enter it as a formula; otherwise leave it as it is"
        faults += [
            place.fault(i, "K05", v, "text that does not begin with =", f"it is kept as text: {cure}", "warning")
            for i, v in enumerate(cleaned)
            if v.startswith("=")
        ]
    if distinct & ERRORS:
        cure = "repair the formula, or write the value itself"
        faults += [place.fault(i, "N12", v, expectation(column), cure) for i, v in enumerate(cleaned) if v in ERRORS]
    if column.type in ("key", "ref"):
        # A name over several lines of its cell is the same name; where others are named it may be several names too.
        lines = {v: " ".join(v.split()) for v in distinct if not v.isprintable() and len(v.splitlines()) > 1}
        doubtful = {v: said for v in distinct if not v.isascii() and (said := _look_alike(lines.get(v, v)))}
        cleaned = [lines.get(v, v) for v in cleaned] if lines and column.type == "key" else cleaned
        faults += [
            place.fault(i, "K04", v, doubtful[v][0], "type the name again by hand", doubtful[v][1])
            for i, v in enumerate(cleaned)
            if v in doubtful
        ]
    return text(cleaned), faults


def _as_texts(values: Sequence[Any]) -> list[str]:
    if set(map(type, values)) <= {str}:
        trimmed = {v: v.strip() for v in set(values)}
        return [trimmed[v] for v in values]
    return [as_text(v) for v in values]


_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0\u034f\ufe00\ufe0e\ufe0f")
"""Characters that are letters or marks by their kind, and that no screen shows."""


def _look_alike(name: str) -> tuple[str, str] | None:
    """What is deceptive in a name (and at which level): characters that nobody sees, or two alphabets in a word."""
    if any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn") or c in _UNSEEN for c in name):
        return "a name without invisible characters", "error"
    for word in re.findall(r"[^\W\d_]+", name):
        scripts = {unicodedata.name(c, "").split(" ")[0] for c in word}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            return "a name in one alphabet (some letters only look like Latin ones)", "warning"
    return None


def _mapped(values: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
    """`read` of every cell, each distinct cell read once."""
    known = {(type(v), v): read(v) for v in set(values)} if set(map(type, values)) <= {str} else {}
    return [known[str, v] for v in values] if known else [read(v) for v in values]


def _flags(column: Column, values: Sequence[Any], place: Place) -> Typed:
    def read(value: Any) -> bool | None:
        folded = fold(as_text(value))
        return bool(column.default) if not folded else True if folded in YES else False if folded in NO else None

    answers = _mapped(values, read)
    faults = [
        place.fault(i, "V03", values[i], "yes or no", "write yes or no") for i, v in enumerate(answers) if v is None
    ]
    return np.array([bool(v) for v in answers], bool), faults


def _choices(column: Column, values: Sequence[Any], place: Place) -> Typed:
    known = {fold(c): c for c in column.choices}

    def read(value: Any) -> str | None:
        folded = fold(as_text(value))
        return str(column.default or "") if not folded else known.get(folded)

    chosen = _mapped(values, read)
    faults = []
    for i, v in enumerate(chosen):
        if v is None:
            near = meant(as_text(values[i]), column.choices)
            cure = f"write {shown(near)}" if near else f"write one of them; the column says: {column.help.rstrip('.')}"
            faults.append(place.fault(i, "V02", as_text(values[i]), expectation(column), cure, meant=near))
    return text([v or "" for v in chosen]), faults


def _dates(column: Column, values: Sequence[Any], place: Place, order: Order) -> Typed:
    faults: list[Fault] = []
    out = []
    for i, value in enumerate(values):
        if isinstance(value, dt.datetime):
            out.append(value.date().isoformat())
        elif isinstance(value, dt.date):
            out.append(value.isoformat())
        elif isinstance(value, str) and not value.strip():
            out.append("")
        else:
            found = as_text(value)
            day = read_date(found, order)
            out.append(day.iso)
            if day.cure:
                code, level = ("D04", "warning") if day.iso else ("D02", "error")
                faults.append(place.fault(i, code, found, expectation(column), day.cure, level))
    return text(out), faults


def both_readings(number: str, negative: bool = False) -> str:
    """The cure of a change of a scenario that is a bare number: a spreadsheet makes one of "+ 5" and of "= 5"."""
    sign, minus = ("-", "-") if negative else ("+", "")
    verb = "take away" if negative else "add"
    return (
        f"write `{sign} {number}` to {verb} that, or `= {minus}{number}` to set it, in a cell that is formatted as text"
    )


def _anything(column: Column, values: Sequence[Any], place: Place) -> Typed:
    """Text or number, kept as written (an object array of str, float and bool)."""
    kept = [as_text(v) if not isinstance(v, bool | float | int) else v for v in values]
    cure = "repair the formula, or write the value itself"
    broken = [i for i, v in enumerate(kept) if isinstance(v, str) and v in ERRORS]
    faults = [place.fault(i, "N12", kept[i], "a value", cure) for i in broken]
    made = np.empty(len(kept), object)
    made[:] = [float(v) if type(v) is int else v for v in kept]
    return made, faults


_READERS: dict[str, Callable[[Column, Sequence[Any], Place], Typed]] = {
    "flag": _flags,
    "choice": _choices,
    "any": _anything,
}


_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""A cell of a CSV file that begins with one of these may be taken for a formula."""


def no_formula(value: Any) -> Any:
    """A value for a CSV file: text that a spreadsheet program could take for a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULAS) else value
