"""What changes for whom: the plan against last year, or against another plan; who gets less stands first.

Against last year (the baselines) an agency has what the initiatives that it leads had, since baselines name no other
agency; against a plan it has what is spent through it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.analysis.debate.agenda import Shift, awards_of, lost, plan_after, price_of, shifts_of
from optimiser.analysis.debate.by_rounding import ByRounding
from optimiser.analysis.limits.cell import ChangeRow, set_rows, where_of
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.reason import Reason
from optimiser.case.case import Case
from optimiser.case.grantors import asked
from optimiser.case.names import fold, told_apart
from optimiser.case.readable import (
    capital,
    counted,
    fte,
    listed,
    money_between,
    money_change,
    money_exact,
    money_short,
    most_of,
    percent,
)
from optimiser.case.selection import SelectionError, parse
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import rules_of, sentence
from optimiser.model.rules.rule import Rule, measure_prefix
from optimiser.plan.tables import Plan

LAST_YEAR = "last year"
OF = ("agency", "initiative", "area")
NOBODY = ""
"""Key of what no agency leads, or lies in no area."""
OF_AGENCIES = ("agency", "lead", "owner")
"""Columns of a selection that name agencies."""
FREE = "No rule requires this: the committee may decide otherwise."


@dataclass(frozen=True)
class MoneyChange:
    """One agency, initiative or area. before, now: its money; rounded: by how much rounding alone can have moved it."""

    key: str
    name: str
    before: float
    now: float
    rounded: float = 0.0

    @property
    def change(self) -> float:
        """Below 0 for who gets less."""
        return self.now - self.before

    @property
    def less(self) -> bool:
        """Whether it gets less, by more than rounding moves."""
        return self.change < -self.rounded

    @property
    def more(self) -> bool:
        """Whether it gets more, by more than rounding moves."""
        return self.change > self.rounded


@dataclass(frozen=True, eq=False)
class Changes:
    """against: what the plan stands beside, in words; rows: by OF, who gets less first; by_lead: whether agencies have what
    they lead, not what is spent through them."""

    against: str
    currency: str
    rows: Mapping[str, tuple[MoneyChange, ...]]
    by_lead: bool

    def losers(self, of: str = "agency") -> list[MoneyChange]:
        """Who gets less, most first."""
        return [c for c in self.rows[of] if c.less]

    def gainers(self, of: str = "agency") -> list[MoneyChange]:
        """Who gets more, most first."""
        return [c for c in reversed(self.rows[of]) if c.more]

    def sentence(self, of: str = "agency") -> str:
        """`Public Schools and Probation get $729k less than last year; ten agencies get $2.65m more.`"""
        less, more = self.losers(of), self.gainers(of)
        led = self.by_lead and of == "agency"
        many = {"agency": "agencies", "initiative": "initiatives", "area": "areas"}[of]
        parts = []
        if less:
            who = listed([c.name for c in less]) if len(less) <= 2 else counted(len(less), of, many)
            money = money_short(-math.fsum(c.change for c in less), self.currency)
            parts.append(
                f"{who} {'gets' if len(less) == 1 else 'get'} {money} less than {self.against}{_led(len(less)) * led}"
            )
        if more:
            money = money_short(math.fsum(c.change for c in more), self.currency)
            than = "" if less else f" than {self.against}{_led(len(more)) * led}"
            parts.append(f"{counted(len(more), of, many)} {'gets' if len(more) == 1 else 'get'} {money} more{than}")
        return f"{'; '.join(parts)}." if parts else f"Nobody gets less or more than {self.against}."

    def title(self, of: str) -> str:
        """What stands above the rows of one of OF."""
        counted_as = "" if of != "agency" else ", for what it leads" if self.by_lead else ", what is spent through it"
        return f"Less, by {of}{counted_as}:"

    def total(self) -> str:
        """`All together: $11.06m last year, $12.98m in this plan, +$1.92m.`"""
        was, now = (math.fsum(getattr(c, w) for c in self.rows["initiative"]) for w in ("before", "now"))
        short = (money_short(v, self.currency) for v in (was, now))
        return f"All together: {next(short)} {self.against}, {next(short)} in this plan, {money_between(was, now, self.currency)}."

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "against": self.against, "sentence": self.sentence(), "total": self.total(),
            **{
                of: [{of: c.key, "name": c.name, "before": c.before, "now": c.now, "change": c.change} for c in rows]
                for of, rows in self.rows.items()
            },
        }  # fmt: skip


def _led(count: int) -> str:
    return " for what it leads" if count == 1 else " for what they lead"


def has_last_year(case: Case) -> bool:
    """Whether there are baselines to compare with."""
    return bool((case.facts.baseline > 0).any())


def changes(plan: Plan, other: Plan | None = None, against: str = LAST_YEAR) -> Changes:
    """The plan beside another one, or (None) beside last year's awards. against: what that is called.

    Raises ValueError where one of them is no plan, or there are no baselines.
    """
    case, facts = plan.case, plan.case.facts
    if not plan.has_plan or (other is not None and not other.has_plan):
        raise ValueError("there is no plan to compare")
    if other is None and not has_last_year(case):
        raise ValueError("no initiative has a baseline: fill in last year's awards on the sheet Initiatives")
    now = awards_of(plan)
    last_year = dict(zip(facts.names["initiative"], facts.baseline.tolist(), strict=True))
    before = last_year if other is None else awards_of(other)
    table = {r["initiative"]: r for r in case.tables["Initiatives"].records()}
    if other is not None:
        table = {**{r["initiative"]: r for r in other.case.tables["Initiatives"].records()}, **table}
    names = told_apart({str(k): str(r["name"]) for k, r in table.items()})
    keys = [*now, *(k for k in before if k not in now)]
    rounding = ByRounding([plan] if other is None else [plan, other])

    def change(of: str, key: str, name: str, was: float, has: float) -> MoneyChange:
        return MoneyChange(key, name, was, has, rounding.most(of, key, was, has))

    by_initiative = [change("initiative", k, names.get(k, k), before.get(k, 0.0), now.get(k, 0.0)) for k in keys]
    agencies = case.called("Agencies")
    if other is None:
        by_agency = _grouped(by_initiative, {k: r["lead"] for k, r in table.items()}, agencies, "led by no agency")
    else:
        was, has = ({r["agency"]: r["received"] for r in p.tables["Received"].records()} for p in (other, plan))
        by_agency = [
            change("agency", str(a), str(agencies.get(a, a)), was.get(a, 0.0), has.get(a, 0.0)) for a in {**has, **was}
        ]
    areas = case.called("Areas")
    by_area = _grouped(by_initiative, {k: r["area"] for k, r in table.items()}, areas, "in no area")
    rows = {"agency": by_agency, "initiative": by_initiative, "area": by_area}
    ordered = {of: tuple(sorted(found, key=lambda c: (c.change, c.name))) for of, found in rows.items()}
    return Changes(against, case.settings.currency, ordered, other is None)


def _grouped(
    rows: Sequence[MoneyChange], group: Mapping[str, str], names: Mapping[str, str], none: str
) -> list[MoneyChange]:
    sums: dict[str, list[float]] = {}
    for c in rows:
        mine = sums.setdefault(group.get(c.key, NOBODY), [0.0, 0.0, 0.0])
        for n, value in enumerate((c.before, c.now, c.rounded)):
            mine[n] += value
    return [MoneyChange(k, names.get(k, k) or none, *mine) for k, mine in sums.items() if mine[0] or mine[1] or k]


# -- why, and what it would take ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Loss:
    """An initiative that gets less. sentence: why; authority: who may change that; rows: of the Scenarios sheet, that give
    it back what it had; price: what the first objective loses by them (None: no plan is possible so); shifts: who pays."""

    initiative: str
    name: str
    change: float
    sentence: str
    authority: str
    amount: float
    rows: tuple[ChangeRow, ...]
    price: float | None
    shifts: tuple[Shift, ...]
    takes: str

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "initiative": self.initiative, "change": self.change, "why": self.sentence, "authority": self.authority,
            "amount": self.amount, "price": self.price, "shifts": {s.initiative: s.money for s in self.shifts}, "takes": self.takes,
        }  # fmt: skip


def loss(plan: Plan, found: MoneyChange) -> Loss:
    """Why an initiative gets less, by whose authority, and what it would take to give it back what it had."""
    case = plan.case
    i = case.facts.names["initiative"].index(found.key)
    reason = explain(case, f"initiative: {found.key}", plan=plan).reasons[0]
    amount = float(min(found.before, case.facts.request[i] or found.before, case.facts.maximum[i]))
    amount = math.floor(amount / (case.settings.rounding or 0.01) + HAIR) * (case.settings.rounding or 0.01)
    rows = restored(case, found.key, amount)
    back = money_exact(round(amount, 2), case.settings.currency)
    other, why = plan_after(case, rows)
    if other is None:
        return Loss(
            found.key, found.name, found.change, reason.sentence, _authority(reason), amount, rows, None, (),
            f"If it must have {back}, {why}.",
        )  # fmt: skip
    price, shifts = price_of(plan, other), tuple(s for s in shifts_of(plan, other) if s.initiative != found.key)
    pays = [s for s in shifts if s.money < 0]
    paid = [(s.name, money_change(s.money, case.settings.currency)) for s in pays]
    who = most_of(paid, "loses", "lose") if paid else "nobody pays"
    return Loss(
        found.key, found.name, found.change, reason.sentence, FREE, amount, rows, price, shifts,
        f"To give it {back}: {lost(plan, price)}; {who}.",
    )  # fmt: skip


def restored(case: Case, key: str, amount: float) -> tuple[ChangeRow, ...]:
    """Rows of the Scenarios sheet that give an initiative at least an amount."""
    i = case.facts.names["initiative"].index(key)
    columns: dict[str, str | float] = {"must_fund": "yes"}
    if not case.facts.all_or_nothing[i] and amount > 0:
        columns["minimum"] = round(max(amount, float(case.facts.minimum[i])), 2)
    return tuple(set_rows("Initiatives", where_of(initiative=key), **columns))


def _authority(reason: Reason) -> str:
    """Who must grant what would change it."""
    claims = [c for c in reason.would_change if c.grantors]
    if not claims:
        return "Nothing that somebody could grant changes it alone."
    easiest = min(claims, key=lambda c: c.grantors[0].rank)
    return f"It would take {asked(easiest.grantors)}: {easiest.words}."


# -- a page for each agency -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class AgencyPage:
    """One agency. pays, gets: money by fund; led: its initiatives beside what they had; people: FTE·periods by role, released
    and hired; rules: those that speak of it; grant_money: of what it gets, money of grants, which end; risk: in words."""

    agency: str
    name: str
    change: MoneyChange
    pays: Mapping[str, float]
    gets: Mapping[str, float]
    led: tuple[MoneyChange, ...]
    people: Mapping[str, tuple[float, float]]
    rules: tuple[str, ...]
    grant_money: float
    risk: str

    def lines(self, found: Changes) -> list[str]:
        """The page as text."""
        cur = found.currency
        made = [
            f"{self.name}: {money_between(self.change.before, self.change.now, cur)}",
            f"  {money_exact(self.change.before, cur)} {found.against}, {money_exact(self.change.now, cur)} in this plan"
            + (", for what it leads" if found.by_lead else ""),
        ]
        for title, table in (("Pays in", self.pays), ("Spent through it", self.gets)):
            made.append(
                f"  {title}: " + (listed([f"{k} {money_exact(v, cur)}" for k, v in table.items()]) or "nothing")
            )
        for c in self.led:
            made.append(
                f"  {c.name}: {money_exact(c.before, cur)}, now {money_exact(c.now, cur)}, {money_between(c.before, c.now, cur)}"
            )
        for role, (out, hired) in self.people.items():
            more = f", {fte(round(hired, 2))} hired" if hired > 0.005 else ""
            made.append(f"  {capital(role)}: {fte(round(out, 2))} lent on average{more}")
        made += [f"  Rule: {rule}" for rule in self.rules]
        return [*made, f"  {self.risk}"]

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "agency": self.agency, "name": self.name, "before": self.change.before, "now": self.change.now,
            "pays": dict(self.pays), "gets": dict(self.gets),
            "initiatives": {c.key: {"before": c.before, "now": c.now} for c in self.led},
            "people": {k: {"lent": a, "hired": b} for k, (a, b) in self.people.items()},
            "rules": list(self.rules), "grant_money": self.grant_money, "risk": self.risk,
        }  # fmt: skip


def _is_for(per: str, agency: str) -> bool:
    """Whether a limit is for the agency, alone or with another member; its name may hold a comma."""
    return per == agency or per.startswith(f"{agency}, ") or per.endswith(f", {agency}")


def _speaks_of(rule: Rule, agency: str) -> bool:
    """Whether a rule selects by the agency, as its lead or where money is spent; A1 is not spoken of where A10 is."""
    for written in (rule.where, measure_prefix(rule.of)[1]):
        try:
            clauses = parse(written)
        except SelectionError:  # what a share is of may be named, not selected
            continue
        if any(
            fold(v) == fold(agency) and fold(c.column.rpartition(".")[2]) in OF_AGENCIES
            for c in clauses
            for v in c.values
        ):
            return True
    return False


def agency_page(plan: Plan, found: Changes, agency: str) -> AgencyPage:
    """The page of one agency. Raises KeyError for an unknown one."""
    case, facts, t = plan.case, plan.case.facts, plan.tables
    change = next((c for c in found.rows["agency"] if c.key == agency), None)
    record = next((r for r in case.tables["Agencies"].records() if r["agency"] == agency), None)
    if record is None:
        raise KeyError(agency)
    funds = {r["fund"]: r for r in case.tables["Funds"].records()}
    titles, called = case.called("Funds"), case.called("Agencies")[agency]
    paid: dict[str, float] = {}
    for r in case.tables["Contributions"].records():
        if r["agency"] == agency:
            paid[titles[r["fund"]]] = paid.get(titles[r["fund"]], 0.0) + float(r["amount"])
    got = _sums(t["Spend"], agency, "fund", "money")
    periods = facts.size("period")
    lent, hired = _sums(t["Posts"], agency, "role", "fte"), _sums(t["Hires"], agency, "role", "fte")
    people = {k: (lent.get(k, 0.0) / periods, hired.get(k, 0.0) / periods) for k in sorted({*lent, *hired})}
    leads = {r["initiative"] for r in case.tables["Initiatives"].records() if r["lead"] == agency}
    through = {*t["Spend"]["initiative"][t["Spend"]["agency"] == agency].tolist()}
    led = tuple(
        c
        for c in found.rows["initiative"]
        if c.key in leads | (set() if found.by_lead else through) and (c.before or c.now)
    )
    named = {r["rule"] for r in t["Compliance"].records() if _is_for(r["per"], agency)}
    said = [sentence(facts, r) for r in rules_of(facts) if r.active and (r.name in named or _speaks_of(r, agency))]
    grants = {k: v for k, v in got.items() if funds[k]["kind"] == "joint grant"}
    total, ending = sum(got.values()), sum(grants.values())
    risk = "It gets no money of grants, which may end."
    if ending:
        ends = listed([titles[k] for k in sorted(grants, key=lambda k: -grants[k])], most=3)
        risk = f"Next year: {percent(round(ending / total, 2))} of what it gets is grant money ({ends}), which ends with the grant."
    return AgencyPage(
        agency, called, change or MoneyChange(agency, called, 0.0, 0.0), paid,
        {titles[k]: v for k, v in sorted(got.items(), key=lambda p: -p[1])}, led, people, tuple(said), ending, risk,
    )  # fmt: skip


def _sums(table: Any, agency: str, by: str, amount: str) -> dict[str, float]:
    mine = np.flatnonzero(table["agency"] == agency)
    made: dict[str, float] = {}
    for k in mine.tolist():
        made[table[by][k]] = made.get(table[by][k], 0.0) + float(table[amount][k])
    return made
