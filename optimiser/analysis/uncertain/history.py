"""Response curves from the History sheet: what more funding achieved in other years, how sure that is, and where the
years say nothing or speak against it.

    found = history(case)
    found.rows()        # rows of the Scenarios sheet that put the curves and what full scope achieves into the case
    found.sentences()   # what could not be said, and why

A level is money over the request: with the whole request an initiative is at full scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

import numpy as np

from optimiser.analysis.uncertain.concave import Concave, band, convex_rss, fitted, hull
from optimiser.analysis.uncertain.least_squares import student
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import digits, money_exact
from optimiser.case.reading.amounts import plain
from optimiser.case.selection import quoted
from optimiser.case.table import Array, Table, text
from optimiser.case.tolerances import HAIR
from optimiser.model.rules.nouns import shown
from optimiser.verbs import apply_changes

Status = Literal["curve", "few years", "too alike", "beyond", "no request", "negative", "from nothing", "falls", "convex",
                 "no better than a constant", "no outcome"]  # fmt: skip
LEAST_FUNDINGS = 4
"""Different fundings that a curve needs at least: three already lie on some curve by chance."""
LEAST_SPREAD = 1.25
"""The largest funding must be so many times the least."""
FURTHEST = 1.5
"""A request above so many times the largest funding is beyond what the years can say."""
CONFIDENCE = 0.9
LEVELS = tuple(k / 20 for k in range(21))
"""Where the band is given."""
_DIGITS = 4
SCENARIO = "curves from history"


@dataclass(frozen=True)
class Year:
    """One row of the sheet: year, funding in money, value in the outcome's unit."""

    year: int
    funding: float
    value: float


@dataclass(frozen=True)
class Response:
    """What an initiative achieved of one outcome as its funding changed.

    status: `curve`, or why there is none; sentences: the same in words, and what the curve leaves open. With a curve:
    at_full: the outcome with the whole request, with least and most of the band; points: (level, achieved) as rows of
    Curves, from 0,0 to 1,1, concave; low, middle, high: of the outcome at LEVELS. stated: at_full in the case (None:
    Outcomes has no such row); curve: its name on the sheet Curves; called: the initiative, as people
    call it.
    """

    initiative: str
    outcome: str
    years: tuple[Year, ...]
    request: float
    stated: float | None
    status: Status
    sentences: tuple[str, ...]
    at_full: float | None = None
    at_full_low: float | None = None
    at_full_high: float | None = None
    points: tuple[tuple[float, float], ...] = ()
    low: tuple[float, ...] = ()
    middle: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    curve: str = ""
    called: str = ""


@dataclass(frozen=True, eq=False)
class History:
    """Every pair of initiative and outcome that the sheet names; confidence: of each band."""

    case: Case
    responses: tuple[Response, ...]
    confidence: float

    @property
    def curves(self) -> list[Response]:
        """Those for which there is a curve."""
        return [r for r in self.responses if r.status == "curve"]

    def sentences(self) -> list[str]:
        """What the years cannot say, what speaks against a curve, and what each curve leaves open."""
        return [sentence for r in self.responses for sentence in r.sentences]

    def rows(self) -> list[dict[str, str]]:
        """Rows of the Scenarios sheet: the curves, and what full scope achieves with them."""
        made = []
        for r in self.curves:
            named = f"curve = {quoted(r.curve)}"
            for level, achieved in r.points:
                made.append(_row("Curves", f"{named} ; level = {plain(level)}", "achieved", f"= {plain(achieved)}"))
            where = f"initiative = {quoted(r.initiative)} ; outcome = {quoted(r.outcome)}"
            made.append(_row("Outcomes", where, "at_full", f"= {plain(r.at_full or 0.0)}"))
            made.append(_row("Outcomes", where, "curve", f"= {r.curve}"))
        return made

    def applied(self) -> Case:
        """The case with the curves in Curves and Outcomes. Raises InvalidCase where it does not take them."""
        return apply_changes(self.case, self.rows()) if self.curves else self.case

    def with_scenario(self) -> Case:
        """The case as it is, with the curves as the scenario SCENARIO (in place of an earlier one of that name)."""
        sheet = self.case.tables["Scenarios"]
        kept = [
            {k: str(v) for k, v in row.items()} for row in sheet.records() if fold(row["scenario"]) != fold(SCENARIO)
        ]
        rows = [*kept, *self.rows()]
        made = {name: text(row.get(name, "") for row in rows) for name in sheet.columns}
        return replace(self.case, tables={**self.case.tables, sheet.name: Table(sheet.name, made)})

    def as_json(self) -> dict[str, Any]:
        """{"confidence", "levels", "responses": [...], "scenario": [rows of the sheet Scenarios]}."""
        return {
            "confidence": self.confidence,
            "levels": list(LEVELS),
            "responses": [{**vars(r), "years": [vars(y) for y in r.years]} for r in self.responses],
            "scenario": self.rows(),
        }


def _row(sheet: str, where: str, column: str, change: str) -> dict[str, str]:
    return {"scenario": SCENARIO, "sheet": sheet, "where": where, "column": column, "change": change}


def history(case: Case, *, confidence: float = CONFIDENCE) -> History:
    """A curve for each initiative and outcome of the History sheet that bears one; the others with the reason why not.

    confidence: of the band, above 0 and below 1. Raises ValueError for another one, or where the sheet has no rows.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence is a share between 0 and 1, such as 0.9, not {plain(confidence)}")
    table = case.tables["History"]
    if not len(table):
        raise ValueError("The sheet History has no rows: write there what earlier years paid and achieved.")
    requests = dict(zip(*(case.tables["Initiatives"][c].tolist() for c in ("initiative", "request")), strict=True))
    outcomes = case.tables["Outcomes"]
    columns = (outcomes[c].tolist() for c in ("initiative", "outcome", "at_full"))
    stated = {(i, fold(o)): float(v) for i, o, v in zip(*columns, strict=True)}
    names: dict[tuple[str, str], str] = {}
    groups: dict[tuple[str, str], list[Year]] = {}
    for row in table.records():
        key = row["initiative"], fold(row["outcome"])
        names.setdefault(key, row["outcome"])
        groups.setdefault(key, []).append(Year(int(row["year"]), row["funding"], row["value"]))
    made = []
    for (initiative, folded), years in sorted(groups.items()):
        request = float(requests[initiative])
        known = stated.get((initiative, folded))
        outcome = names[initiative, folded]
        listed = tuple(sorted(years, key=lambda y: y.year))
        asked = Response(
            initiative,
            outcome,
            listed,
            request,
            known,
            "curve",
            (),
            curve=_name(case, initiative, outcome),
            called=shown(case.facts, "initiative", initiative),
        )
        made.append(_judged(asked, case.settings.currency, confidence))
    return History(case, tuple(made), confidence)


def _of(r: Response) -> str:
    return f"{r.called or r.initiative}, {r.outcome}"


def _name(case: Case, initiative: str, outcome: str) -> str:
    """A name that no curve of the case has."""
    taken = {fold(c) for c in case.tables["Curves"]["curve"].tolist()}
    plainly = f"{initiative} {outcome}, from history"
    numbered = (f"{plainly} {k}" for k in count(2))
    return plainly if fold(plainly) not in taken else next(n for n in numbered if fold(n) not in taken)


def _judged(r: Response, currency: str, confidence: float) -> Response:
    """The response with its curve, or with the reason why there is none."""
    x, y = (np.array([getattr(year, f) for year in r.years]) for f in ("funding", "value"))
    refused = _unusable(r, x, y, currency) or _contradicting(r, x[x > 0], y[x > 0], currency)
    if refused is not None:
        status, why = refused
        return replace(r, status=status, sentences=(f"{_of(r)}: {why}",))
    return _with_curve(r, x[x > 0], y[x > 0], currency, confidence)


def _unusable(r: Response, x: Array, y: Array, currency: str) -> tuple[Status, str] | None:
    """Why the years say too little, or nothing that a curve could hold."""

    def money(v: float) -> str:
        return money_exact(v, currency)

    paid = np.unique(x[x > 0])
    if r.stated is None:
        return "no outcome", "Outcomes has no row for it, so no curve is made; add one if the plan is to count it."
    if r.request <= 0:
        return "no request", "its request is 0, so that no funding is a share of it; state what full scope costs."
    if (y < 0).any():
        return (
            "negative",
            f"{plain(float(y.min()))} is below 0, and a curve only rises from 0; leave the outcome without one.",
        )
    if len(paid) < LEAST_FUNDINGS:
        n = len(paid)
        said = f"{n} different funding{'s' if n != 1 else ''} in {_years(r)}; a curve needs at least {LEAST_FUNDINGS}"
        return "few years", f"{said}. No curve is made; add earlier years to History."
    if paid[-1] < LEAST_SPREAD * paid[0]:
        said = (
            f"every year paid between {money(paid[0])} and {money(paid[-1])}: too alike to show what more would achieve"
        )
        return "too alike", f"{said}. No curve is made."
    if r.request > FURTHEST * paid[-1]:
        said = f"the request of {money(r.request)} is far above the most that any year paid, {money(paid[-1])}"
        return "beyond", f"{said}: the years cannot say what full scope achieves. No curve is made."
    free = y[x == 0]
    if len(free) and free.max() > 0.05 * y.max():
        said = f"{plain(float(free.max()))} was achieved without money, and a curve begins at 0"
        return "from nothing", f"{said}. No curve is made; enter only what the funding added."
    return None


def _contradicting(r: Response, x: Array, y: Array, currency: str) -> tuple[Status, str] | None:
    """Why the years speak against a rising, concave curve."""
    least, most = float(x.min()), float(x.max())
    span = f"from {money_exact(least, currency)} to {money_exact(most, currency)}"
    if float((x - x.mean()) @ (y - y.mean())) <= 0:
        return (
            "falls",
            f"more funding went with less of it ({span}, over {_years(r)}). No curve is made; look for what else changed.",
        )
    concave, convex = fitted(x, y).rss, convex_rss(x, y)
    clear = student(len(x) - 2, 0.95) ** 2 / (len(x) - 2)
    if concave - convex > clear * convex + HAIR * float(y @ y):
        said = f"each further unit of money achieved more than the one before ({span}), which no concave curve shows"
        return "convex", f"{said}. No curve is made; perhaps full scope works only as a whole (all_or_nothing)."
    if _missed(x, y, constant=False) >= _missed(x, y, constant=True):
        said = f"the mean of the other years foretells each year at least as well as any curve does ({span})"
        return (
            "no better than a constant",
            f"{said}. No curve is made: the years do not show that money made the difference.",
        )
    return None


def _missed(x: Array, y: Array, *, constant: bool) -> float:
    """The sum of squares by which each point is missed by what the others foretell."""
    total = 0.0
    for k in range(len(x)):
        others = np.arange(len(x)) != k
        told = y[others].mean() if constant else fitted(x[others], y[others]).drawn_on(float(x[k])).at(float(x[k]))
        total += float(y[k] - told) ** 2
    return total


def _with_curve(r: Response, x: Array, y: Array, currency: str, confidence: float) -> Response:
    request, most, least = r.request, float(x.max()), float(x.min())
    curve = fitted(x, y).drawn_on(request)
    at_full = _tidy(curve.at(request))
    places = [level * request for level in LEVELS]
    low, high = (tuple(map(_tidy, side.tolist())) for side in band(x, y, places, confidence))
    name = _of(r)
    notes = []
    if request > most * (1 + HAIR):
        share = plain(round(most / request * 100))
        notes.append(
            f"{name}: no year paid more than {money_exact(most, currency)}, {share}% of the request. Beyond that the curve "
            f"goes on half as steep as before; full scope may achieve {_said(low[-1])} to {_said(high[-1])}."
        )
    if least > 0.5 * request:
        notes.append(
            f"{name}: no year paid less than {money_exact(least, currency)}, {plain(round(least / request * 100))}% of the "
            "request. Below that the curve is a straight line from nothing, which no year has shown."
        )
    if high[-1] - low[-1] > at_full:
        notes.append(
            f"{name}: the years scatter so much that full scope may achieve {_said(low[-1])} to {_said(high[-1])}."
        )
    elif r.stated is not None and not low[-1] <= r.stated <= high[-1]:
        notes.append(
            f"{name}: Outcomes states {plain(r.stated)} at full scope; the years bear out {_said(low[-1])} to {_said(high[-1])}."
        )
    return replace(
        r, sentences=tuple(notes), at_full=at_full, at_full_low=low[-1], at_full_high=high[-1],
        points=_points(curve, request), low=low, middle=tuple(_tidy(curve.at(p)) for p in places), high=high,
    )  # fmt: skip


def _points(curve: Concave, request: float) -> tuple[tuple[float, float], ...]:
    """The corners of the curve as rows of Curves: rounded, and still concave."""
    whole = curve.at(request)
    inside = sorted({round(k / request, _DIGITS) for k in curve.knots.tolist() if k < request} - {0.0, 1.0})
    listed = [(level, min(1.0, round(curve.at(level * request) / whole, _DIGITS))) for level in inside]
    return tuple(hull([(0.0, 0.0), *listed, (1.0, 1.0)]))


def _tidy(value: float) -> float:
    """To six digits: more say nothing."""
    return float(f"{value:.6g}")


def _said(value: float) -> str:
    return digits(value)


def _years(r: Response) -> str:
    years: Sequence[int] = [y.year for y in r.years]
    n = len(set(years))
    return f"{n} year{'s' if n != 1 else ''}, {min(years)} to {max(years)}" if n > 1 else f"{years[0]}"
