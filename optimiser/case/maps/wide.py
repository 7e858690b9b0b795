"""Tables in whose titles stand periods, categories or roles, and columns that are the parts of a total."""

from __future__ import annotations

import re

from optimiser.case.maps.map_rows import number_of
from optimiser.case.maps.meaning import concept, is_category, is_period
from optimiser.case.maps.sheet_seen import SheetSeen, TableChoice
from optimiser.case.reading.title import without_year
from optimiser.case.tolerances import HAIR, HALF_A_CENT

_PEOPLE = re.compile(
    r"\b(?:fte|ftes|staff|staffing|positions?|personnel|headcount|posts?|workforce|stellen)\b", re.IGNORECASE
)
TIES = 0.8
"""The share of rows in which parts must add up to be the parts of a total."""


def across_of(sheet: SheetSeen) -> TableChoice | None:
    """A table in whose titles stand the periods, categories or roles."""
    parts, of = parts_of_total(sheet)
    totals = {*sheet.by.get("total", ()), *([of] if of >= 0 else [])}
    wide = [j for j in sheet.columns if j not in totals and sheet.profiles[j].kind in ("numbers", "nothing")]
    periods = [j for j in wide if is_period(sheet.titles[j])]
    years = [j for j in parts if without_year(sheet.titles[j]) == ("", sheet.titles[j])]
    if len(years) > 1 and years == parts:  # what is added up over years is money that comes year by year
        periods = years
    if len(periods) > 1 and set(periods) < set(parts):
        periods = [
            j for j in parts if j in wide
        ]  # what adds up to the same total is of the same kind: a "Final" beside tranches
    fund, initiative = sheet.first("fund"), sheet.first("initiative", "service")
    agency = sheet.first("agency", "lead", "partner")
    if len(periods) > 1:
        to, key = ("Installments", "fund") if fund >= 0 or initiative < 0 else ("", "")
        at = fund if fund >= 0 else _names(sheet)
        if not to or at < 0:
            return None
        return _wide(sheet, to, {at: key}, periods, "period", "amount", at == fund)
    categories = [j for j in wide if is_category(sheet.titles[j]) and concept(sheet.titles[j]) != "fund"]
    if len(categories) > 1 or (categories and set(categories) < set(parts)):
        at = initiative if initiative >= 0 else agency if agency >= 0 else _names(sheet)
        between = [j for j in wide if min(categories) <= j <= max(categories) and concept(sheet.titles[j]) == ""]
        among = sorted({*categories, *between, *(j for j in parts if j in wide)})
        return (
            _wide(sheet, "Costs", {at: "initiative"}, among, "category", "amount", at == initiative)
            if at >= 0
            else None
        )
    people = bool(_PEOPLE.search(f"{sheet.name} {sheet.banner}"))
    unknown = [
        j for j in wide if concept(sheet.titles[j]) in ("", "role", "agency") and sheet.profiles[j].large < 10_000
    ]
    at = agency if agency >= 0 else initiative
    paying = agency if agency >= 0 else sheet.first("contributor")
    pots = [j for j in wide if concept(sheet.titles[j]) in ("", "fund") and not is_category(sheet.titles[j])]
    pays = sheet.hints("Contributions") or any(concept(sheet.titles[j]) == "fund" for j in pots)
    if len(pots) > 1 and paying >= 0 and initiative < 0 and pays and not people:
        return _wide(sheet, "Contributions", {paying: "agency"}, pots, "fund", "amount", True)
    named = (
        sheet.first("role") in sheet.columns and sheet.first("role") not in unknown
    )  # roles stand in a column of their own
    if len(unknown) > 1 and at >= 0 and people and not named and 2 * len(unknown) >= len(sheet.columns) - 2:
        to = "Staff" if agency >= 0 else "Needs"
        return _wide(sheet, to, {at: "agency" if agency >= 0 else "initiative"}, unknown, "role", "fte", True)
    return None


def parts_of_total(sheet: SheetSeen) -> tuple[list[int], int]:
    """Columns side by side whose numbers add up, in nearly every row, to that of the column behind them, and that column;
    none and -1 where there is no such column. Says in any language that they are parts of one whole."""
    numbers = [j for j in sheet.columns if sheet.profiles[j].kind in ("numbers", "nothing")]
    for total in reversed(numbers):
        rows = [row for row in sheet.rows if _zero(number_of(row[total]))]
        sums = [0.0] * len(rows)
        found: list[int] = []
        for j in range(total - 1, -1, -1):
            if j not in numbers or len(rows) < 2:
                break
            sums = [s + _zero(number_of(row[j])) for s, row in zip(sums, rows, strict=True)]
            wanted = [number_of(row[total]) for row in rows]
            ties = sum(abs(s - w) <= HAIR * abs(w) + HALF_A_CENT for s, w in zip(sums, wanted, strict=True))
            if total - j > 1 and ties >= TIES * len(rows):
                found = list(range(j, total))
        if found:
            return found, total
    return [], -1


def _zero(value: float) -> float:
    return value if abs(value) < float("inf") else 0.0


def _wide(
    sheet: SheetSeen, to: str, targets: dict[int, str], across: list[int], title: str, value: str, sure: bool
) -> TableChoice:
    doubtful = set() if sure else set(targets)
    look = [] if sure else [f"{sheet.titles[j]} is taken for the {t}." for j, t in targets.items()]
    return TableChoice(to, targets, tuple(across), title, value, doubtful=frozenset(doubtful), look=tuple(look))


def _names(sheet: SheetSeen) -> int:
    """The first column of names, where no title says what it is."""
    return next((j for j in sheet.columns if sheet.profiles[j].kind in ("labels", "names")), -1)
