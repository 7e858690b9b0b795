"""Text in a number cell, as accountants write numbers: what it can be read as, and where it may not be guessed at.

The one reader for the cells of a workbook, for what is pasted and for files that are mapped. Nothing is guessed:
where two readings are possible ("1,5", "1.234", "0,500") none is taken, unless someone said which sign stands before
the decimals.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from optimiser.case.reading.currencies import AFTER, BEFORE
from optimiser.case.tolerances import NOTHING

Mark = Literal["", ",", "."]
"""The sign before the decimals; "" where nobody has said."""
NO_PERCENT = ("money", "FTE", "year", "0 to 100")
"""Units in which 5% means nothing by itself."""

_SPACES = " \u00a0\u202f\u2009'\u2019_"
_PLAIN = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?")
_SPACED = re.compile(rf"[1-9]\d{{0,2}}(?:[{_SPACES}]\d{{3}})+(?:\.\d+|,(?:\d\d?|\d{{4,}}))?")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,(?:\d\d?|\d{4,}))?")
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_COMMA_DECIMAL = re.compile(rf"(?:\d{{1,3}}(?:[.{_SPACES}]\d{{3}})+|\d+),\d+")
_TIMES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tsd."), 1e3),
    **dict.fromkeys(("lakh", "lakhs"), 1e5),
    **dict.fromkeys(("m", "mm", "mn", "mio", "mio.", "million", "millions"), 1e6),
    **dict.fromkeys(("crore", "crores"), 1e7),
    **dict.fromkeys(("b", "bn", "billion", "billions", "mrd", "mrd."), 1e9),
}
_WORDED = re.compile(rf"(.*\d\.?)\s*({'|'.join(map(re.escape, _TIMES))})", re.IGNORECASE)
_NOTE = re.compile(r"\s*(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰ªº]+|\[\w\])$")
_NO_CENTS = re.compile(r"(?<=\d)[.,][-–—]{1,2}$")
_ABOUT = re.compile(r"(?:~|≈|about|approx\.?|ca\.?|circa)\s*", re.IGNORECASE)
_TYPED_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "S": "5"})
_MINUS = ("-", "\u2212", "\u2013", "\u2014")


@dataclass(frozen=True)
class NumberReading:
    """A text cell read as a number: the value (NaN where it cannot be), and the fault that says how it was read.

    currency: the sign or code that stood beside it, as written.
    """

    value: float
    code: str
    level: str
    cure: str
    currency: str = ""


@dataclass
class _Dressed:
    """A number with what stands around it: brackets, signs, a currency, a footnote."""

    body: str
    negative: bool = False
    currency: str = ""
    signed: bool = False
    dressed: bool = False


def plain(number: float) -> str:
    """A number as people write it, to 12 digits, or to the cent: no trailing `.0`, no exponent where it can do without."""
    if not math.isfinite(number) or not (number == 0 or NOTHING <= abs(number) < 1e16):
        return repr(number)
    if number == int(number):
        return str(int(number))
    return format(Decimal(f"{number:.{12 if abs(number) < 1e9 else 15}g}"), "f")


def scaled(number: float, factor: float) -> float:
    """A number in whole units, as decimals: 1.1 thousand is 1100."""
    if factor == 1 or not math.isfinite(number):
        return number
    return float(Decimal(repr(number)) * Decimal(repr(factor)))


def read_number(written: str, unit: str, mark: Mark = "", scaled_by: float = 1.0) -> NumberReading:
    """The number that a text cell of a column holds. unit: of the column; scaled_by: what its title multiplies numbers by:
    "400k" under "Request ($000)" is not read, since it could be meant either way."""
    money = unit.startswith("money")
    reading = read_amount(written, unit not in NO_PERCENT, mark, words=money)
    if scaled_by == 1 or reading.level == "error" or read_amount(written, False, mark).level != "error":
        return reading
    meant = f"write {plain(scaled(reading.value, 1 / scaled_by))} if {plain(reading.value)} was meant"
    return _refused("N04", f"{meant}: its title multiplies by {plain(scaled_by)}")


def read_amount(written: str, percent: bool, mark: Mark = "", words: bool = False) -> NumberReading:
    """The number that a text cell holds.

    percent: whether "12%" may stand here as 0.12; mark: the sign before decimals; words: whether "1.2m" may stand here for
    1,200,000, as it may in an amount of money.
    """
    body = _NOTE.sub("", written.strip())
    noted = body != written.strip()
    if not body.isascii() and any(c.isdigit() and not c.isascii() for c in body):
        return _other_digits(body)
    if re.fullmatch(r"[+-]?(?:nan|inf|infinity|∞)", body, re.IGNORECASE):
        return _refused("N06", "write a number, or leave the cell blank")
    found = _undressed(body)
    share = found.body.endswith("%")
    number = found.body.removesuffix("%").strip()
    if number in _MINUS or (not number and found.signed and not share):
        if found.currency:  # how a spreadsheet shows an amount of zero
            return NumberReading(0.0, "N02", "warning", "it is read as 0: write the number alone", found.currency)
        return _refused("N03", "if 0 was meant, write 0; otherwise leave the cell blank")
    worded = _WORDED.fullmatch(number) if words else None
    number, times = (worded[1], _TIMES[worded[2].lower()]) if worded else (number, 1.0)
    value = _value(number) if not mark else _by_mark(number, mark)
    if value is None:
        return _unreadable(number, times) if not mark else _refused("N03", _by_the_mark(number, mark))
    value = scaled(value, times)
    if math.isinf(value):
        return _refused("N06", "write a number that a computer can hold")
    if share and not percent:
        return _refused("N02", "write the number itself, not a percentage")
    value = (-value if found.negative else value) / (100 if share else 1)
    said = f"it is read as {plain(value)}:"
    if len(re.sub(r"[eE].*|[^\d]", "", number).strip("0")) > 15:
        return NumberReading(value, "N07", "warning", f"{said} only 15 digits are kept", found.currency)
    if found.dressed or share or noted or worded:
        return NumberReading(value, "N02", "warning", f"{said} write the number alone", found.currency)
    return NumberReading(value, "N01", "warning", f"{said} store it as a number, not as text")


@lru_cache(maxsize=1 << 14)
def currency_beside(written: str) -> str:
    """The sign, code or word of a currency beside a number, as written; "" where none is."""
    return read_amount(written, percent=True).currency or read_amount(written, percent=True, mark=",").currency


def _undressed(body: str) -> _Dressed:
    """A number without its brackets, sign and currency, in whatever order they stand: ($5), $(5), -$5, $-5, 5-, 5.–."""
    found = _Dressed(body)
    bracketed = False
    while True:
        body = found.body
        if not bracketed and body.startswith("(") and body.endswith(")"):
            bracketed, found.negative, found.dressed = True, not found.negative, True
            found.body = body[1:-1].strip()
        elif not found.signed and body[:1] in (*_MINUS, "+"):
            found.signed, found.negative = True, found.negative ^ (body[0] != "+")
            found.body = body[1:].strip()
        elif not found.currency and (sign := BEFORE.match(body) or AFTER.search(body)):
            found.currency, found.dressed = sign[0].strip(), True
            found.body = (body[: sign.start()] + body[sign.end() :]).strip()
        elif _NO_CENTS.search(body):
            found.dressed, found.body = True, _NO_CENTS.sub("", body)
        elif not found.signed and len(body) > 1 and body[-1] in _MINUS and body[-2].isdigit():
            found.signed, found.negative, found.dressed = True, not found.negative, True
            found.body = body[:-1].strip()
        else:
            return found


def _value(number: str) -> float | None:
    """The value of digits that can be read in one way only; None otherwise."""
    if _THREE_DECIMALS.fullmatch(number):
        return None
    if _PLAIN.fullmatch(number):
        return float(number)
    if _GROUPED.fullmatch(number):
        return float(number.replace(",", ""))
    if _SPACED.fullmatch(number):
        return float(re.sub(r"[^\d.]", "", number.replace(",", ".")))
    return float(number.replace(".", "").replace(",", ".")) if _DOTTED.fullmatch(number) else None


def _by_mark(number: str, mark: Mark) -> float | None:
    """The value of digits whose decimals begin at `mark`; None where that cannot be."""
    if _PLAIN.fullmatch(number) and re.search("[eE]", number):
        return float(number)
    group = "." if mark == "," else ","
    whole, _, decimals = number.partition(mark)
    sign = f"[{re.escape(group)}{_SPACES}]"
    groups = rf"[1-9]\d{{0,2}}({sign})\d{{3}}(?:\1\d{{3}})*|\d\d?(?:{re.escape(group)}\d\d)+{re.escape(group)}\d{{3}}"
    if not re.fullmatch(rf"\d+|{groups}|", whole) or not re.fullmatch(r"\d*", decimals) or not (whole or decimals):
        return None
    return float(f"{re.sub(r'[^0-9]', '', whole) or '0'}.{decimals or '0'}")


def _by_the_mark(number: str, mark: Mark) -> str:
    if not any(c.isdigit() for c in number):
        return "write a number, or leave the cell blank"
    sign = "a comma" if mark == "," else "a point"
    return f"with {sign} before the decimals this cannot be a number: correct it, or choose the other sign"


def _unreadable(number: str, times: float) -> NumberReading:
    if _THREE_DECIMALS.fullmatch(number):
        return _ambiguous(scaled(float(number), times), scaled(float(number.replace(".", "")), times))
    if _COMMA_DECIMAL.fullmatch(number):
        whole, _, decimals = number.rpartition(",")
        first = float(re.sub(r"\D", "", whole) + "." + decimals)
        without = number.replace(",", "")
        second = float(without if _PLAIN.fullmatch(without) else re.sub(r"\D", "", number))
        return _ambiguous(scaled(first, times), scaled(second, times))
    typed = number.translate(_TYPED_LETTERS)
    if any(c.isdigit() for c in number) and typed != number and _PLAIN.fullmatch(typed):
        return _refused("N03", f"if {plain(float(typed))} was meant, write it with digits only (a letter stands in it)")
    worded = _WORDED.fullmatch(number)
    if worded and _PLAIN.fullmatch(worded[1]):
        value = scaled(float(worded[1]), _TIMES[worded[2].lower()])
        return _refused("N03", f"if {plain(value)} was meant, write it out")
    about = _value(_ABOUT.sub("", number, count=1)) if _ABOUT.match(number) else None
    if about is not None:
        return _refused("N03", f"if {plain(about)} was meant, write the number alone")
    return _refused("N03", "write a number, or leave the cell blank")


def _other_digits(body: str) -> NumberReading:
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in body)
    value = _value(digits)
    return _refused("N05", f"write it as {plain(value)}" if value is not None else "write it with the digits 0 to 9")


def _ambiguous(first: float, second: float) -> NumberReading:
    return _refused("N04", f"it could be {plain(first)} or {plain(second)}: write the one that is meant, as a number")


def _refused(code: str, cure: str) -> NumberReading:
    return NumberReading(math.nan, code, "error", cure)
