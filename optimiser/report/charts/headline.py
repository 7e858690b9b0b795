"""The figures at the head of a page, and the words beside them, computed from the plan that is on show."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.plan.derive import IN_FULL, NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.status import ending


@dataclass(frozen=True)
class HeadlineFigures:
    """Totals of a plan. Money in currency units; unspent: money of all funds left over.

    FTE on average over the periods: fte released, of fte_total that can be, and hired; `people` is both, which every page
    and paper shows.
    """

    money: float
    money_total: float
    unspent: float
    fte: float
    fte_total: float
    hired: float
    impact: float
    initiatives: int
    funded: int
    in_full: int
    rules: int
    kept: int
    binding: int

    @property
    def people(self) -> float:
        """Everybody at work, released or hired: FTE on average, rounded as it is shown."""
        return round(self.fte + self.hired, 1)

    @property
    def are_hired(self) -> str:
        """How many of them are hired, in words; "" where nobody is."""
        return f"{words.fte(round(self.hired, 1))} of them hired" if self.hired >= 0.05 else ""

    @property
    def whose(self) -> str:
        """Where they come from, in words."""
        able = words.fte(round(self.fte_total, 1))
        if not self.are_hired:
            return f"of the {able} that agencies can release" if self.fte_total else "no agency has staff to release"
        return f"{words.fte(round(self.fte, 1))} of the {able} that agencies can release, and {words.fte(round(self.hired, 1))} hired"


def figures(plan: Plan) -> HeadlineFigures:
    """The totals of a plan that has tables."""
    tables, facts = plan.tables, plan.case.facts
    periods = facts.size("period")
    states = tables["Awards"]["state"].tolist()
    rules = rule_states(plan)
    return HeadlineFigures(
        money=float(tables["Spend"]["money"].sum()),
        money_total=float(facts.amount.sum()),
        unspent=float(tables["Balances"]["unspent"].sum()),
        fte=float(tables["Posts"]["fte"].sum()) / periods,
        fte_total=float(facts.releasable_fte.sum()) / periods,
        hired=float(tables["Hires"]["fte"].sum()) / periods,
        impact=plan.impact or 0.0,
        initiatives=len(states),
        funded=len(states) - states.count(NOT_FUNDED),
        in_full=states.count(IN_FULL),
        rules=len(rules),
        kept=sum(state != "broken" for state in rules.values()),
        binding=sum(state == "at the limit" for state in rules.values()),
    )


def rule_states(plan: Plan) -> dict[str, str]:
    """Each rule that is switched on: kept, at the limit or broken."""
    states: dict[str, str] = {}
    for row in plan.limits():
        name, before = row["rule"], states.get(row["rule"], "kept")
        if not row["kept"]:
            states[name] = "broken"
        elif row["binding"] and before == "kept":
            states[name] = "at the limit"
        else:
            states[name] = before
    return states


def start_headline(plan: Plan) -> str:
    """What a plan does, as the first page says it: $12.04m for 27 initiatives, with 85 FTE."""
    if not plan.has_plan:
        return words.headline(plan).rstrip(".")
    f = figures(plan)
    if not f.funded:
        return f"{words.headline(plan).rstrip('.')}: {ending(plan)}"
    currency = plan.case.settings.currency
    initiatives = "1 initiative" if f.funded == 1 else f"{f.funded} initiatives"
    people = f", with {words.fte(f.people)} of staff" if f.people else ""
    return f"{words.money_short(f.money, currency)} for {initiatives}{people}: {ending(plan)}"
