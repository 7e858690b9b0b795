"""Number formats of a spreadsheet: the number that a reader sees in place of a cell's value, where one can be told.

A format may hide a number, scale it, or show other digits altogether (`"1,000,000"`). Only what plainly shows the value
is let through: placeholders, separators, a percent sign, signs and names of currencies, words without digits or scales.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GENERAL = "General"
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_](?P<space>.)|[*](?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general)|(?P<exponent>e[+-])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_COLOURS = re.compile(r"(black|blue|cyan|green|magenta|red|yellow|color\s*\d+)$", re.IGNORECASE)
_CURRENCY = re.compile(r"\$(?P<sign>[^-]*)(-[0-9A-Fa-f]+)?$")
_SCALE = re.compile(
    r"\d|[%‰,]|(?<![A-Za-z])[.]|\b(k|m|t|bn|mn|mm|mio|mrd|b|th|tsd|lakh|crore|hundreds?|thousands?|millions?|billions?|trillions?|000s?)\b",
    re.IGNORECASE,
)
"""Words beside a number that make another number of it."""


@dataclass(frozen=True)
class _Section:
    """One part of a format. digits: whether it has a place for the number; decimals: places after the point (None: all);
    thousands: how often it divides by 1,000; percent: how often it multiplies by 100; minus: whether it writes a sign."""

    digits: bool
    decimals: int | None
    thousands: int
    percent: int
    minus: bool
    exponent: bool


def shows(code: str, value: float) -> float | None:
    """The number that a reader sees where a cell of this format holds this value; None where it is none, or not this one.

    `shows("#,##0", 1234.5)` is 1234 or 1235, `shows('"9"', 5)` and `shows(";;;", 5)` are None.
    """
    if code in ("", "@") or code.lower() == GENERAL.lower():
        return value
    parts = _split(code)
    by_sign = value < 0 and len(parts) > 1
    part = parts[1] if by_sign else parts[2] if value == 0 and len(parts) > 2 else parts[0]
    section = _section(part)
    if section is None:
        return None
    if not section.digits:
        return 0.0 if value == 0 else None
    size = abs(value)
    if section.exponent:
        size = float(f"{size:.{section.decimals or 0}e}")
    else:
        scaled = size * 100.0**section.percent / 1000.0**section.thousands
        size = (scaled if section.decimals is None else round(scaled, section.decimals)) / 100.0**section.percent
    negative = section.minus if by_sign else (value < 0) != section.minus
    return -size if negative else size


def shows_text(code: str) -> bool:
    """Whether a cell of this format shows its text, and nothing else."""
    parts = _split(code)
    about_text = parts[3:4] if len(parts) > 3 else [p for p in parts if "@" in p]
    return all(re.sub(r"[_*].|\[[A-Za-z]+\]|\s", "", p) in ("@", GENERAL) for p in about_text)


def is_date(code: str) -> bool:
    """Whether a format plainly shows a date: day, month and year, and no digits of its own."""
    first = _split(code)[0]
    bare = re.sub(r'\[\$?-[0-9A-Fa-f]*\]|\\.|"[^"\d]*"', "", first).lower()
    return {"d", "m", "y"} <= set(bare) and not re.search(r"[\d\"@#;]", bare)


@lru_cache(maxsize=1024)
def _split(code: str) -> list[str]:
    """The sections of a format: of positive and negative numbers, of zero, of text."""
    parts = [""]
    for token in _TOKEN.finditer(code):
        if token["plain"] == ";":
            parts.append("")
        else:
            parts[-1] += token[0]
    return parts


@lru_cache(maxsize=1024)
def _section(part: str) -> _Section | None:
    """What a section does to a number; None where that cannot be told, or another number is shown."""
    digits: list[str] = []
    commas, percent, decimals, minus, general, exponent, ended = 0, 0, None, False, False, False, False
    for token in _TOKEN.finditer(part):
        literal = next((token[k] for k in ("quoted", "escaped", "fill") if token[k] is not None), None)
        char = token["plain"]
        if token["bracket"] is not None:
            literal = _bracket(token["bracket"])
            if literal is None:
                return None
        elif token["general"]:
            general = True
        elif token["exponent"]:
            exponent = True
        elif char is not None and char in "0#?":
            if ended and not exponent:
                return None
            digits.append(char)
            commas = 0
            if decimals is not None and not exponent:
                decimals += 1
        elif char == "," and digits:
            commas += 1
        elif char == "." and decimals is None:
            decimals = 0
        elif char == "%":
            percent += 1
            ended = bool(digits)
        elif char is not None:
            if char.isalnum() or char in "@/.,%":
                return None
            literal = char
        if literal:
            if _SCALE.search(literal) and token["escaped"] is None and literal != ".":
                return None
            if token["escaped"] is not None and (literal.isdigit() or literal in "%.,"):
                return None
            minus |= any(sign in literal for sign in "-−–(")
            ended = bool(digits) and bool(literal.strip(" \u00a0\u202f'’"))
    if general and digits:
        return None
    return _Section(
        bool(digits) or general,
        None if general else decimals or 0,
        commas,
        percent,
        minus and bool(digits or general),
        exponent,
    )


def _bracket(text: str) -> str | None:
    """The words that a bracket adds to a number ("" of a colour); None where it makes something else of it."""
    currency = _CURRENCY.match(text)
    if currency:
        return currency["sign"]
    return "" if _COLOURS.match(text) else None
