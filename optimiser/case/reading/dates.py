"""Dates written as text: read where only one reading is possible, by themselves or by the other dates of the sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Order = Literal["", "month first", "day first"]
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ \-./]+)?([A-Za-z]{3,9})\.?[ \-./]+(?:(\d{1,2})(?:st|nd|rd|th)?,?[ \-./]+)?(\d{4}|\d{2})"
)
_SERIAL = range(20_000, 80_000)
"""Numbers of days that are likely a date of a spreadsheet (1954 to 2119)."""


@dataclass(frozen=True)
class Day:
    """A text read as a date. iso: "" where it cannot be; cure: what is to be said ("" where it stands as it should)."""

    iso: str = ""
    cure: str = ""


def order_of(written: Iterable[str]) -> Order:
    """Which of day and month comes first in all those dates in which only one order is possible; "" if none, or both."""
    orders = {order for text in written for order in _orders(text.strip())}
    return orders.pop() if len(orders) == 1 else ""


def read_date(written: str, order: Order = "") -> Day:
    """The date that a text holds. order: of day and month, where the other dates of the sheet show it."""
    text = " ".join(written.split())
    iso = _ISO.fullmatch(text)
    if iso:
        return Day(iso[1]) if _day(*map(int, iso[1].split("-"))) else Day(cure="there is no such day: correct it")
    if match := _YEAR_FIRST.fullmatch(text):
        return _one(_day(*map(int, match.groups())), 4)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match, order)
    if (match := _NAMED.fullmatch(text)) and match[2][:3].lower() in _MONTHS and bool(match[1]) != bool(match[3]):
        month = _MONTHS.index(match[2][:3].lower()) + 1
        return _one(_day(_year(match[4]), month, int(match[1] or match[3])), len(match[4]))
    if text.isdigit() and text.isascii() and len(text) == 8:
        day = _day(int(text[:4]), int(text[4:6]), int(text[6:]))
        return Day(cure=_if(day)) if day else Day(cure="write it as year-month-day, or as a date cell")
    if text.isdigit() and text.isascii() and len(text) == 5 and int(text) in _SERIAL:
        meant = dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
        return Day(cure=f"if {meant.isoformat()} was meant, format the cell as a date")
    return Day(cure="write it as year-month-day, or as a date cell")


def _year_last(match: re.Match[str], order: Order) -> Day:
    first, sign, second, year = int(match[1]), match[2], int(match[3]), match[4]
    by_month, by_day = _day(_year(year), first, second), _day(_year(year), second, first)
    if sign == ".":
        by_month = None  # where points part a date, the day comes first
    if by_month and by_day and by_month != by_day:
        if not order:
            return Day(cure=f"it could be {by_month.isoformat()} or {by_day.isoformat()}: write the one that is meant")
        chosen = by_month if order == "month first" else by_day
        return Day(chosen.isoformat(), f"it is read as {chosen.isoformat()}, {order} as the other dates of the sheet")
    return _one(by_month or by_day, len(year))


def _one(day: dt.date | None, digits: int) -> Day:
    if day is None:
        return Day(cure="there is no such day: correct it")
    if digits < 4:
        return Day(cure=_if(day))
    return Day(day.isoformat(), f"it is read as {day.isoformat()}: store it as a date, not as text")


def _if(day: dt.date) -> str:
    return f"if {day.isoformat()} was meant, write it so"


def _orders(text: str) -> list[Order]:
    match = _YEAR_LAST.fullmatch(text)
    if not match or match[2] == ".":
        return []
    by_month, by_day = (_day(_year(match[4]), int(a), int(b)) for a, b in ((match[1], match[3]), (match[3], match[1])))
    if bool(by_month) == bool(by_day):
        return []
    return ["month first"] if by_month else ["day first"]


def _year(written: str) -> int:
    return int(written) + (2000 if len(written) == 2 else 0)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
