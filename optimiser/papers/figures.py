"""Every figure that a paper shows: its name, its value, its unit. All papers take them from here.

A value is what stands in the paper, to its last digit: money to the cent, shares to a tenth of a percent, people and
points to a tenth. Sums of money are added up exactly before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import MINUS, money_exact, number
from optimiser.case.table import summed
from optimiser.model.rules.terms import exact
from optimiser.plan.derive import IN_FULL, NOT_FUNDED
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan

_PLACES = {"money": 2, "whole": 0, "count": 0, "share": 3, "people": 1, "points": 1}
"""Decimals with which a figure of each unit stands in a paper."""
DIMENSIONS = ("fund", "initiative", "agency", "category", "period")
Cube = Mapping[tuple[int, ...], Fraction]


@dataclass(frozen=True)
class Figure:
    """A figure. unit: money (to the cent), whole (money in whole units), count, share, people (FTE on average) or points."""

    name: str
    value: float | int
    unit: str

    def text(self, currency: str) -> str:
        """How it stands in a paper."""
        if self.unit in ("money", "whole"):
            return money_exact(self.value, currency)
        if self.unit == "share":
            return f"{self.value * 100:,.1f}%".replace("-", MINUS)
        return f"{self.value:,}" if self.unit == "count" else number(self.value)


def figure(name: str, value: Fraction | float | int, unit: str) -> Figure:
    """A figure, rounded as it stands in a paper: half a unit goes to the even one."""
    places = _PLACES[unit]
    settled = round(exact(value) if isinstance(value, float) else Fraction(value), places)
    return Figure(name, int(settled) if settled.denominator == 1 else float(settled), unit)


class Figures:
    """The figures of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.case = plan, plan.case
        self.facts = plan.case.facts
        self.lines = decode(self.facts, plan.tables)
        self.awards = {r["initiative"]: r for r in plan.tables["Awards"].records()}
        self.agencies = {r["agency"]: r for r in plan.tables["Received"].records()}

    # -- the whole ----------------------------------------------------------------------------------------------------

    @cached_property
    def amount(self) -> Figure:
        """Money of all funds."""
        return figure("amount", sum((exact(v) for v in self.facts.amount.tolist()), Fraction(0)), "money")

    @cached_property
    def spent(self) -> Figure:
        """Money that the plan spends."""
        return self.spend()

    @cached_property
    def unspent(self) -> Figure:
        """Money of all funds that the plan does not spend."""
        whole = sum((exact(v) for v in self.facts.amount.tolist()), Fraction(0))
        return figure("unspent", whole - sum(self.cube("fund").values(), Fraction(0)), "money")

    @cached_property
    def requested(self) -> Figure:
        """What all initiatives ask for."""
        return figure("request", sum((exact(v) for v in self.facts.request.tolist()), Fraction(0)), "money")

    @cached_property
    def funded(self) -> Figure:
        """How many initiatives are funded."""
        return figure("funded", sum(r["state"] != NOT_FUNDED for r in self.awards.values()), "count")

    @cached_property
    def in_full(self) -> Figure:
        """How many initiatives are funded in full."""
        return figure("funded in full", sum(r["state"] == IN_FULL for r in self.awards.values()), "count")

    @cached_property
    def initiatives(self) -> Figure:
        """How many initiatives there are."""
        return figure("initiatives", len(self.awards), "count")

    @cached_property
    def impact(self) -> Figure:
        """The plan's impact, in points (money delivered, where the case has no outcomes)."""
        return figure("impact", self.plan.impact or 0.0, "points")

    @property
    def impact_unit(self) -> str:
        """What impact is measured in."""
        return impact.title(self.case)

    # -- spend --------------------------------------------------------------------------------------------------------

    def cube(self, *dimensions: str) -> Cube:
        """Spend added up exactly, by the numbers of members."""
        return self.lines.spend.sums(*dimensions)

    def exact_spend(self, **where: str | Iterable[str]) -> Fraction:
        """Spend of these members (fund, initiative, agency, category, period; one name or several), exactly."""
        chosen = [d for d in DIMENSIONS if d in where]
        wanted = [self._codes(d, where[d]) for d in chosen]
        if not chosen:
            return sum(self.cube("fund").values(), Fraction(0))
        return sum(
            (v for key, v in self.cube(*chosen).items() if all(k in w for k, w in zip(key, wanted, strict=True))),
            Fraction(0),
        )

    def spend(self, **where: str) -> Figure:
        """Spend of these members, such as spend(fund=…, agency=…)."""
        named = "; ".join(f"{d} = {where[d]}" for d in DIMENSIONS if d in where)
        return figure(f"spend[{named}]" if named else "spend", self.exact_spend(**where), "money")

    def _codes(self, dimension: str, names: str | Iterable[str]) -> frozenset[int]:
        listed = [names] if isinstance(names, str) else list(names)
        known = {fold(n): k for k, n in enumerate(self.facts.names[dimension])}
        return frozenset(known[fold(n)] for n in listed)

    def members(self, dimension: str, **where: str) -> list[str]:
        """The members of a dimension that have spend where these do, in the order of the case."""
        chosen = [d for d in DIMENSIONS if d in where]
        wanted = [self._codes(d, where[d]) for d in chosen]
        found = {
            key[0]
            for key, value in self.cube(dimension, *chosen).items()
            if value and all(k in w for k, w in zip(key[1:], wanted, strict=True))
        }
        return [n for k, n in enumerate(self.facts.names[dimension]) if k in found]

    # -- initiatives --------------------------------------------------------------------------------------------------

    def award(self, initiative: str) -> Figure:
        """Money that an initiative receives."""
        return figure(f"award[{initiative}]", self.awards[initiative]["award"], "money")

    def request(self, initiative: str) -> Figure:
        """Money that an initiative asks for."""
        return figure(f"request[{initiative}]", self.awards[initiative]["request"], "money")

    def level(self, initiative: str) -> Figure:
        """Share of its full scope that an initiative delivers."""
        return figure(f"level[{initiative}]", self.awards[initiative]["level"], "share")

    @property
    def periods(self) -> int:
        """Periods over which people are counted on average."""
        return self.facts.size("period")

    def staff(self, initiative: str) -> Figure:
        """People at work for an initiative, FTE on average."""
        return figure(f"people[{initiative}]", self.awards[initiative]["people"] / self.periods, "people")

    def last_year(self, initiative: str) -> Figure:
        """Last year's award of an initiative."""
        return figure(f"last year[{initiative}]", self._baseline(initiative), "money")

    def change(self, initiative: str) -> Figure:
        """The award less last year's."""
        value = exact(self.awards[initiative]["award"]) - exact(self._baseline(initiative))
        return figure(f"change[{initiative}]", value, "money")

    def _baseline(self, initiative: str) -> float:
        codes = {n: k for k, n in enumerate(self.facts.names["initiative"])}
        return float(self.facts.baseline[codes[initiative]]) if initiative in codes else 0.0

    # -- agencies and funds -------------------------------------------------------------------------------------------

    def received(self, agency: str) -> Figure:
        """Money that is spent through an agency."""
        return figure(f"received[{agency}]", self.agencies[agency]["received"], "money")

    def contribution(self, agency: str) -> Figure | None:
        """Money that an agency pays into funds; None where whoever reads may not see it."""
        paid = self.agencies[agency]["contribution"]
        return None if paid != paid else figure(f"contribution[{agency}]", paid, "money")

    def released(self, agency: str) -> Figure:
        """People whom an agency releases, FTE on average."""
        return figure(f"released[{agency}]", self.agencies[agency]["released"] / self.periods, "people")

    def hired(self, agency: str) -> Figure:
        """People whom an agency hires, FTE on average."""
        return figure(f"hired[{agency}]", self.agencies[agency]["hired"] / self.periods, "people")

    def fund_amount(self, fund: str) -> Figure:
        """Money in a fund."""
        return figure(f"amount[{fund}]", self._amount(fund), "money")

    def fund_unspent(self, fund: str) -> Figure:
        """Money of a fund that the plan does not spend."""
        return figure(f"unspent[{fund}]", exact(self._amount(fund)) - self.exact_spend(fund=fund), "money")

    def _amount(self, fund: str) -> float:
        return float(self.facts.amount[self.facts.names["fund"].index(fund)])

    def match(self, fund: str) -> dict[tuple[str, str], Fraction]:
        """What counts as match of a fund, by source and initiative, exactly."""
        mine = (r for r in self.plan.tables["Match"].records() if fold(r["fund"]) == fold(fund))
        return summed(((r["source"], r["initiative"]), exact(r["money"])) for r in mine)


def object_class(case: Case, category: str) -> tuple[str, bool]:
    """The object class of the federal forms of a cost category, and whether the case or its name says so.

    Where neither does it counts as `other`, and the paper says that somebody must look at it.
    """
    from optimiser.case.paper_facts import OBJECT_CLASSES

    for r in case.tables["Categories"].records():
        if fold(r["category"]) == fold(category) and r["object_class"]:
            return r["object_class"], True
    named = next((c for c in OBJECT_CLASSES if fold(c) == fold(category)), "")
    return named or "other", bool(named)
