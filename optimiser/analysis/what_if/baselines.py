"""What people do without a solver, each judged by the same case: last year, pro rata, by formula, best ratio first.

A baseline names an amount for each initiative. People can only pay what funds may pay for, and only deliver what
there are people for, so the plan that is judged is the one nearest to these amounts; of several, the one that breaks
the rules least and achieves most. It is the best that the method can do; what it still breaks is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.readable import capital, counted, money_exact, percent, points, points_gap
from optimiser.case.selection import quoted
from optimiser.case.settings import Objective
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import NOTHING
from optimiser.model.program import Program
from optimiser.model.rules import KINDS, compile_rules, rules_of
from optimiser.model.rules.rule import select
from optimiser.model.rules.terms import MEASURES
from optimiser.plan.derive import derive, readings
from optimiser.plan.extract import decision_tables
from optimiser.plan.lines import decode
from optimiser.plan.verify import Broken, audit_of_derived
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits

NAMES = ("last year", "pro rata to requests", "by formula", "best ratio first")
POSSIBLE = frozenset(
    ("readable", "not negative", "rounding", "admissible", "cost", "scope", "pace", "share", "staffing")
)
POSSIBLE |= {"people", "fund", "carry-over", "balance", "no double", "total"}
"""What makes a plan possible at all: every baseline keeps these, to the last digits of a solver."""
_HEAVY = 100.0
"""Breaking the whole of a rule costs so many times the impact of everything: rules come before impact."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """One way without a solver.

    wanted: money that it gives each initiative [I]; award, tables, impact: of the nearest plan that can be done;
    placed: money that reaches the initiatives it was meant for; broken: what a plan of the case must keep and this one
    does not.
    """

    name: str
    wanted: Array
    award: Array
    impact: float
    tables: Mapping[str, Table]
    broken: tuple[Broken, ...]

    @property
    def placed(self) -> float:
        """Money that reaches the initiatives that it was meant for."""
        return float(np.minimum(self.award, self.wanted).sum())

    @property
    def keeps_the_rules(self) -> bool:
        """Whether it could be adopted."""
        return not self.broken


def baselines(case: Case) -> list[Baseline]:
    """Every baseline that the case has the data for; one for which nothing can be paid at all is left out."""
    judge = Judge(case)
    judged = (judge.of(name, wanted) for name, wanted in targets(case).items())
    return [baseline for baseline in judged if baseline is not None]


def targets(case: Case) -> dict[str, Array]:
    """The money that each baseline gives each initiative [I]; none is listed for which there is no data."""
    facts = case.facts
    made: dict[str, Array] = {}
    if facts.baseline.any():
        made["last year"] = facts.baseline.astype(float)
    made["pro rata to requests"] = _pro_rata(facts, float(facts.amount.sum()), np.zeros(len(facts.request)))
    formula = _by_formula(facts)
    if formula is not None:
        made["by formula"] = formula
    made["best ratio first"] = _best_ratio(facts)
    return {name: made[name] for name in NAMES if name in made}


def _most(facts: Facts) -> Array:
    return np.minimum(facts.request, facts.maximum)


def _pro_rata(facts: Facts, money: float, given: Array) -> Array:
    """Money in proportion to requests, on top of what was given, never more than is asked for or allowed."""
    room = np.maximum(_most(facts) - given, 0.0)
    weight = np.where(room > 0, facts.request, 0.0)
    made = given.astype(float)
    for _ in range(len(room) + 1):
        if money <= NOTHING or not weight.any():
            break
        share = np.minimum(money * weight / weight.sum(), room)
        made, room, money = made + share, room - share, money - share.sum()
        weight = np.where(room > NOTHING, weight, 0.0)
    return made


def _best_ratio(facts: Facts) -> Array:
    """Impact per unit of money, best first, each in full until the money is gone."""
    impact = facts.impact(np.ones(facts.size("initiative")))
    ratio = np.divide(impact, facts.request, out=np.where(impact > 0, np.inf, 0.0), where=facts.request > 0)
    left, made = float(facts.amount.sum()), np.zeros(len(ratio))
    for i in np.argsort(-ratio, kind="stable").tolist():
        made[i] = min(left, float(_most(facts)[i]))
        left -= made[i]
    return made


def _by_formula(facts: Facts) -> Array | None:
    """The shares of the formula rules, pro rata within a member; what no formula speaks of, pro rata too."""
    made, spoken = np.zeros(facts.size("initiative")), 0.0
    found = False
    for rule in rules_of(facts):
        kind = KINDS[rule.kind]
        made_by = (
            kind.split(facts, rule) if kind.splits and kind.computed and rule.active and rule.per != "fund" else None
        )
        if made_by is None:
            continue
        found = True
        split, _ = made_by
        where = select(facts, rule, "where", rule.where, MEASURES["money"], None)
        chosen = where.get("initiative", np.ones(len(made), bool))
        ((dimension, number),) = split.member
        member = np.where(facts.lead >= 0, number[facts.lead], -1) if dimension == "agency" else number
        for k, award in enumerate(split.award.tolist()):
            mine = chosen & (member == k)
            if facts.request[mine].sum() > 0:
                made += np.where(mine, facts.request, 0.0) / facts.request[mine].sum() * award
                spoken += award
    if not found:
        return None
    return _pro_rata(facts, float(facts.amount.sum()) - spoken, made)


class Judge:
    """One case, ready to judge any amounts: its linear program without obligations is built once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._rules = compile_rules(case.facts)
        self._free = _without_obligations(case)
        self._model = Program.of(self._free).model

    def of(self, name: str, wanted: Array) -> Baseline | None:
        """The nearest plan without obligations, held against the case with all of them; None where there is none."""
        case, model = self.case, self._model
        rows = model.rows["baseline"].span
        lower, upper = model.row_lower.copy(), model.row_upper.copy()
        lower[rows] = upper[rows] = wanted
        limits = SolveLimits.of(case.settings)
        model = replace(model, row_lower=lower, row_upper=upper, ties=model.ties[:1])  # weights by key decide no figure
        solution = solve(model, limits)
        if solution.x is None:
            return None
        tables = decision_tables(self._free.facts, model, solution.x)
        lines = decode(case.facts, tables)
        read = readings(case.facts, lines, self._rules)
        found, _ = audit_of_derived(case, tables, lines, self._rules, read, whole=False)
        tables.update(derive(case, tables, lines=lines, read=read, unit=Fraction(0)))
        awards = tables["Awards"]
        broken = tuple(b for b in found if b.constraint not in POSSIBLE)
        return Baseline(name, wanted, awards["award"], float(awards["impact"].sum()), tables, broken)


def _without_obligations(case: Case) -> Case:
    """The case without what must be done: only what can be done is left, rules are wishes, and the aim is nearness."""
    t = case.tables
    size = len(t["Initiatives"])
    no, nothing = np.zeros(size, bool), np.zeros(size)
    tables: dict[str, Table] = {
        **t,
        "Initiatives": t["Initiatives"].replace(minimum=nothing, must_fund=no, all_or_nothing=no),
        "Agencies": t["Agencies"].replace(minimum=np.zeros(len(t["Agencies"]))),
        "Funds": t["Funds"].replace(min_spend=np.zeros(len(t["Funds"]))),
        "Rules": _as_wishes(case),
    }
    return Case(tables, replace(case.settings, objective=(Objective("stability"), Objective("impact"))))


def _as_wishes(case: Case) -> Table:
    """Hard limits as soft ones, dear enough to come before impact; rules on switches are left to the verdict."""
    rules, facts = case.tables["Rules"], case.facts
    everything = float(facts.impact(np.ones(facts.size("initiative"))).clip(min=0).sum()) or 1.0
    money = float(facts.amount.sum()) or 1.0
    whole: Mapping[str, float] = {
        "money": money,
        "FTE·periods": float(facts.releasable_fte.sum()) or 1.0,
        "level": float(facts.size("initiative")),
        "points × money": 100.0 * money,
    }
    compiled = {c.rule.name: c for c in compile_rules(facts)}
    unit = {name: c.blocks[0].unit for name, c in compiled.items() if c.blocks}
    hard, active, penalty = rules["hard"].copy(), rules["active"].copy(), rules["penalty"].copy()
    for k, name in enumerate(rules["rule"].tolist()):
        if name in compiled and compiled[name].counts:
            active[k] = False
        elif hard[k] and active[k]:
            hard[k], penalty[k] = False, _HEAVY * everything / whole.get(unit.get(name, ""), 1.0)
    kept = rules.replace(hard=hard, active=active, penalty=penalty)
    return _with_rows(
        kept, _least_amounts(case), {"kind": "limit", "active": True, "penalty": _HEAVY * everything / money}
    )


def _least_amounts(case: Case) -> Iterator[dict[str, Any]]:
    """What funds must spend and agencies must receive, as limits: a method is not blamed for what it need not break."""
    facts = case.facts
    least = {
        "fund": (facts.min_spend * facts.amount).tolist(),
        "agency": facts.agency_minimum.tolist(),
    }
    for dimension, amounts in least.items():
        for name, amount in zip(facts.names[dimension], amounts, strict=True):
            if amount > 0:
                yield {
                    "rule": f"{dimension} {name} at least",
                    "where": f"{dimension} = {quoted(name)}",
                    "at_least": amount,
                }


def _with_rows(table: Table, rows: Iterable[Mapping[str, Any]], shared: Mapping[str, Any]) -> Table:
    """The table with more records; what they leave out is blank."""
    made = dict(table.columns)
    for row in ({**shared, **row} for row in rows):
        for name, values in made.items():
            blank = {"O": "", "f": np.nan, "b": False}[values.dtype.kind]
            made[name] = np.append(values, np.array([row.get(name, blank)], values.dtype))
    return Table(table.name, made)


def gain(baseline: Baseline, best: float | None, currency: str, unit: str) -> dict[str, Any]:
    """What the best plan, of this impact, gains over it: the figures, and a sentence."""
    more = None if best is None else best - baseline.impact
    wanted = float(baseline.wanted.sum())
    words = f"{capital(baseline.name)} achieves an impact of {points(baseline.impact, unit, bare=True)}"
    if best is not None and more is not None:
        by = points_gap(baseline.impact, best, unit, bare=True)
        if not by:
            words += ", as much as the plan"
        else:
            share = f" ({percent(abs(more) / best)})" if best > 0 else ""
            words += f", {by}{share} {'less' if more >= 0 else 'more'} than the plan"
    placed, of = (money_exact(round(money), currency) for money in (baseline.placed, wanted))
    words += f"; {f'all of its {of}' if placed == of else f'{placed} of its {of}'} can be placed"
    count = len(baseline.broken)
    words += f"; it breaks {counted(count, 'rule')}." if count else "; it keeps every rule."
    return {
        "baseline": baseline.name,
        "impact": baseline.impact,
        "gain": more,
        "money": float(baseline.award.sum()),
        "wanted": wanted,
        "placed": baseline.placed,
        "keeps_the_rules": baseline.keeps_the_rules,
        "broken": [b.sentence for b in baseline.broken],
        "sentence": words,
    }
