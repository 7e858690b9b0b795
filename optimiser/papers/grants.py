"""What the federal forms of a grant need: which funds are grants, their activities, quarters, match by object class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from optimiser.case.names import fold
from optimiser.case.paper_facts import OBJECT_CLASSES
from optimiser.case.table import summed
from optimiser.model.rules.terms import exact
from optimiser.papers.figures import object_class
from optimiser.papers.paper import Source
from optimiser.plan.lines import IN_KIND

ACTIVITIES = 4
"""Lines that Section A of SF-424A has."""
REST = "Other activities"
DIRECT = OBJECT_CLASSES[:-1]


def grants(source: Source) -> list[str]:
    """Funds for which federal forms are filled in: those that are federal, or joint grants of which nobody says whose they are."""
    made = []
    for r in source.details.tables["Funds"].records():
        federal = r["origin"] == "federal" or (not r["origin"] and r["kind"] == "joint grant")
        if federal and r["fund"] in source.figures.facts.names["fund"]:
            made.append(r["fund"])
    return sorted(made, key=fold)


def shared_out(amounts: Sequence[Fraction], total: int) -> list[int]:
    """Whole amounts that add up to `total`, each near its own: what is over goes to the largest remainders, then to the first."""
    whole = sum(amounts, Fraction(0))
    if not whole:
        return [total if k == 0 else 0 for k in range(len(amounts))]
    parts = [Fraction(a) * total / whole for a in amounts]
    made = [p.numerator // p.denominator for p in parts]
    order = sorted(range(len(parts)), key=lambda k: (made[k] - parts[k], k))
    for k in order[: total - sum(made)]:
        made[k] += 1
    return made


def nearest(value: Fraction) -> int:
    """The nearest whole amount; half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass(frozen=True, eq=False)
class Grant:
    """A grant as the forms see it: spend of one fund and its match, by activity, object class and period, exactly."""

    source: Source
    fund: str

    @cached_property
    def activities(self) -> dict[str, tuple[str, ...]]:
        """Title -> its initiatives: initiatives one by one, else themes, else the three largest themes and the rest."""
        f = self.source.figures
        initiatives = f.members("initiative", fund=self.fund)
        initiatives += [i for _, i in f.match(self.fund) if i not in initiatives]
        initiatives = list(dict.fromkeys(initiatives))
        if len(initiatives) <= ACTIVITIES:
            return _unlike({self.source.called("Initiatives", i): (i,) for i in initiatives}, initiatives)
        themes: dict[str, list[str]] = {}
        for i in initiatives:
            themes.setdefault(f.awards[i]["theme"] or REST, []).append(i)
        sizes = {t: f.exact_spend(fund=self.fund, initiative=own) for t, own in themes.items()}
        order = sorted(themes, key=lambda t: (t == REST, -sizes[t], fold(t)))
        if len(order) <= ACTIVITIES:
            return {t: tuple(themes[t]) for t in order}
        kept = [t for t in order if t != REST][: ACTIVITIES - 1]
        return {t: tuple(themes[t]) for t in kept} | {REST: tuple(i for t in order if t not in kept for i in themes[t])}

    @cached_property
    def classes(self) -> dict[str, tuple[str, bool]]:
        """Cost category -> object class, and whether it is known."""
        return {c: object_class(self.source.details, c) for c in self.source.figures.facts.names["category"]}

    @cached_property
    def unmapped(self) -> list[str]:
        """Categories with money of this grant or its match that no object class is known for: they count as other."""
        spent = {c for (_, c), v in {**self._spend, **self._matched}.items() if v}
        return [c for c in self.classes if c in spent and not self.classes[c][1]]

    @cached_property
    def _spend(self) -> dict[tuple[str, str], Fraction]:
        """(initiative, category) -> money of the fund."""
        return self._by("initiative", "category", self.fund)

    def _by(self, one: str, other: str, fund: str) -> dict[tuple[str, str], Fraction]:
        f = self.source.figures
        (code,) = f._codes("fund", fund)
        names = f.facts.names
        return {
            (names[one][a], names[other][b]): v
            for (k, a, b), v in f.cube("fund", one, other).items()
            if k == code and v
        }

    @cached_property
    def _matched(self) -> dict[tuple[str, str], Fraction]:
        """(initiative, category) -> what counts as match: cash as its fund spends it there, in kind as personnel."""
        made: dict[tuple[str, str], Fraction] = {}
        for (where, initiative), money in self.source.figures.match(self.fund).items():
            parts = {"personnel": Fraction(1)}
            if where != IN_KIND:
                own = {c: v for (i, c), v in self._by("initiative", "category", where).items() if i == initiative}
                whole = sum(own.values(), Fraction(0))
                parts = {c: v / whole for c, v in own.items()} if whole else parts
            for c, share in parts.items():
                made[initiative, c] = made.get((initiative, c), Fraction(0)) + money * share
        return made

    def by_class(self, initiatives: Sequence[str], match: bool) -> dict[str, Fraction]:
        """Object class -> money of the fund, or of its match, for these initiatives."""
        made = dict.fromkeys(OBJECT_CLASSES, Fraction(0))
        for (i, c), v in (self._matched if match else self._spend).items():
            if i in initiatives:
                made[self.classes.get(c, (fold(c), True))[0]] += v
        return made

    def match_by_giver(self, initiatives: Sequence[str]) -> dict[str, Fraction]:
        """applicant, state or other -> match: in kind and cash of the applicant's funds, of state funds, of all others."""
        source = self.source
        applicant = fold(source.text("Funds", self.fund, "owner"))
        made = dict.fromkeys(("applicant", "state", "other"), Fraction(0))
        for (where, i), money in source.figures.match(self.fund).items():
            if i not in initiatives:
                continue
            if where == IN_KIND:
                own = self._in_kind_of(i, applicant)
                made["applicant"] += money * own
                made["other"] += money * (1 - own)
            elif source.text("Funds", where, "origin") == "state":
                made["state"] += money
            else:
                giver = fold(source.text("Funds", where, "owner"))
                made["applicant" if giver and giver == applicant else "other"] += money
        return made

    def _in_kind_of(self, initiative: str, agency: str) -> Fraction:
        """Which share of the staff lent to an initiative, by its value, an agency lends."""
        f = self.source.figures
        cost, names = f.facts.cost_per_fte, f.facts.names
        values: dict[str, Fraction] = {}
        table = f.lines.posts
        for (a, k, i, t), fte in zip(table.keys("agency", "role", "initiative", "period"), table.exact, strict=True):
            if names["initiative"][i] == initiative:
                giver = fold(names["agency"][a])
                values[giver] = values.get(giver, Fraction(0)) + fte * exact(float(cost[a, k, t]))
        whole = sum(values.values(), Fraction(0))
        return values.get(agency, Fraction(0)) / whole if whole else Fraction(0)

    # -- time ---------------------------------------------------------------------------------------------------------

    @cached_property
    def begins(self) -> dt.date | None:
        """First day of the budget: as the fund says, else of the first period."""
        stated = self.source.text("Funds", self.fund, "budget_start")
        periods = list(self.source.case.tables["Periods"].records())
        return _date(stated or (periods[0]["start"] if periods else ""))

    @cached_property
    def quarter_of(self) -> Mapping[str, int] | None:
        """Period -> the quarter (from 0) in which it lies; None where the periods' dates do not say so."""
        made: dict[str, int] = {}
        periods = list(self.source.case.tables["Periods"].records())
        if self.begins is None or not periods:
            return None
        for p in periods:
            start, end = _date(p["start"]), _date(p["end"])
            if start is None or end is None:
                return None
            first, last = _months(self.begins, start) // 3, _months(self.begins, end) // 3
            if first != last or first < 0:
                return None
            made[p["period"]] = first
        return made

    def by_quarter(self) -> dict[int, Fraction] | None:
        """Money of the fund by quarter; None where it is not known."""
        return self._timed(self.quarter_of)

    def by_year(self) -> dict[int, Fraction]:
        """Money of the fund by year of the budget (0 is the first); all in the first where dates do not tell."""
        quarters = self.quarter_of
        years: Mapping[str, int] = (
            {p: q // 4 for p, q in quarters.items()}
            if quarters is not None
            else {p: self._year(p) for p in self.source.case.facts.names["period"]}
        )
        return self._timed(years) or {}

    def _year(self, period: str) -> int:
        row = next((p for p in self.source.case.tables["Periods"].records() if p["period"] == period), None)
        start = _date(row["start"]) if row else None
        return max(_months(self.begins, start) // 12, 0) if self.begins and start else 0

    def _timed(self, places: Mapping[str, int] | None) -> dict[int, Fraction] | None:
        if places is None:
            return None
        f = self.source.figures
        (code,), periods = f._codes("fund", self.fund), f.facts.names["period"]
        return summed((places[periods[t]], v) for (k, t), v in f.cube("fund", "period").items() if k == code)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _months(start: dt.date, day: dt.date) -> int:
    """Whole months from one day to another."""
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def _unlike(named: dict[str, tuple[str, ...]], keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By names, or by keys where two have one name."""
    return named if len(named) == len(keys) else {k: (k,) for k in keys}
