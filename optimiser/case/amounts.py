"""Text in a number cell: what it can be read as, and where it may not be guessed at."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_CURRENCY = "$€£¥₹₦₵₩₽₺"
_CODES = r"(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|UGX|KES|ZAR|INR|US\$)"
_PLAIN = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f'\u2019_]\d{3})+(?:\.\d+)?")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_COMMA_DECIMAL = re.compile(r"(?:\d{1,3}(?:[. \u00a0\u202f'\u2019]\d{3})+|\d+),\d+")
_TYPED_LETTERS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "S": "5"})


@dataclass(frozen=True)
class Reading:
    """A text cell read as a number: the value (NaN where it cannot be), and the fault that says how it was read."""

    value: float
    code: str = ""
    level: str = ""
    cure: str = ""


def plain(number: float) -> str:
    """A number as people write it, to 12 digits: no trailing `.0`, no exponent where it can do without."""
    if not math.isfinite(number) or not (number == 0 or 1e-9 <= abs(number) < 1e16):
        return repr(number)
    if number == int(number):
        return str(int(number))
    return format(Decimal(f"{number:.12g}"), "f")


def read_amount(written: str, percent: bool) -> Reading:
    """The number that a text cell holds. percent: whether "12%" may stand here as 0.12."""
    body = written.strip()
    if not body.isascii() and any(c.isdigit() and not c.isascii() for c in body):
        return _other_digits(body)
    if re.fullmatch(r"[+-]?(?:nan|inf|infinity|∞)", body, re.IGNORECASE):
        return _refused("N06", "write a number, or leave the cell blank")
    dressed = False
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative, dressed = body[1:-1].strip(), True, True
    if body[:1] in ("-", "\u2212", "\u2013", "+"):
        negative ^= body[0] != "+"
        body = body[1:].strip()
    bare = re.sub(rf"^(?:{_CODES}|[{_CURRENCY}])\s*|\s*(?:{_CODES}|[{_CURRENCY}])$", "", body)
    if bare[:1] in ("-", "\u2212") and not negative:
        negative, bare = True, bare[1:].strip()
    dressed |= bare != body
    share = bare.endswith("%")
    number = bare.removesuffix("%").strip()
    value = _value(number)
    if value is None:
        return _unreadable(number)
    if math.isinf(value):
        return _refused("N06", "write a number that a computer can hold")
    if share and not percent:
        return _refused("N02", "write the number itself, not a percentage")
    value = (-value if negative else value) / (100 if share else 1)
    if len(re.sub(r"[eE].*|[^\d]", "", number).strip("0")) > 15:
        return Reading(value, "N07", "warning", f"it is read as {plain(value)}: only 15 digits are kept")
    if dressed or share:
        return Reading(value, "N02", "warning", f"it is read as {plain(value)}: write the number alone")
    return Reading(value, "N01", "warning", f"it is read as {plain(value)}: store it as a number, not as text")


def _value(number: str) -> float | None:
    """The value of digits that can be read in one way only; None otherwise."""
    if _THREE_DECIMALS.fullmatch(number):
        return None
    if _PLAIN.fullmatch(number):
        return float(number)
    if _GROUPED.fullmatch(number):
        return float(number.replace(",", ""))
    if _SPACED.fullmatch(number):
        return float(re.sub(r"[^\d.]", "", number))
    return float(number.replace(".", "")) if _DOTTED.fullmatch(number) else None


def _unreadable(number: str) -> Reading:
    if _THREE_DECIMALS.fullmatch(number):
        return _ambiguous(float(number), float(number.replace(".", "")))
    if _COMMA_DECIMAL.fullmatch(number):
        whole, _, decimals = number.rpartition(",")
        first = float(re.sub(r"\D", "", whole) + "." + decimals)
        without = number.replace(",", "")
        second = float(without if _PLAIN.fullmatch(without) else re.sub(r"\D", "", number))
        return _ambiguous(first, second)
    typed = number.translate(_TYPED_LETTERS)
    if any(c.isdigit() for c in number) and typed != number and _PLAIN.fullmatch(typed):
        return _refused("N03", f"if {plain(float(typed))} was meant, write it with digits only (a letter stands in it)")
    scaled = re.fullmatch(r"([\d.]+)\s*(k|m|mn|million|bn)", number, re.IGNORECASE)
    if scaled and _PLAIN.fullmatch(scaled[1]):
        times = {"k": 1e3, "b": 1e9}.get(scaled[2][0].lower(), 1e6)
        return _refused("N03", f"if {plain(float(scaled[1]) * times)} was meant, write it out")
    return _refused("N03", "write a number, or leave the cell blank")


def _other_digits(body: str) -> Reading:
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in body)
    value = _value(digits)
    return _refused("N05", f"write it as {plain(value)}" if value is not None else "write it with the digits 0 to 9")


def _ambiguous(first: float, second: float) -> Reading:
    return _refused("N04", f"it could be {plain(first)} or {plain(second)}: write the one that is meant, as a number")


def _refused(code: str, cure: str) -> Reading:
    return Reading(math.nan, code, "error", cure)
