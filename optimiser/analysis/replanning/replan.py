"""The re-plan: with what is spent and delivered to date, the rest of the year is decided again.

    result = replan(case, approved_plan, wishes=Wishes(order="impact within 1% > approvals > movement"))

The ordinary model is built, its columns of periods that are over are settled at the actuals, and the rest is decided
with the same balances, capacities and rules. What can no longer be kept, whatever is decided, is missed by the least
and said.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimiser.analysis.replanning.past import LEVEL_KEY, SPEND_KEY, Past, read_past
from optimiser.analysis.replanning.replan_check import Excused, audited, dropped, excuses, named
from optimiser.analysis.replanning.replan_loose import is_impossible, loosest
from optimiser.analysis.replanning.replan_model import Before, Remaining, Wishes, remaining
from optimiser.analysis.replanning.replan_tables import year_tables
from optimiser.analysis.replanning.reprogramming import BudgetChange, MoneyMove, Transfer, approvals, moves, transfers
from optimiser.case.case import Case
from optimiser.case.readable import money_exact, percent
from optimiser.case.table import Table
from optimiser.case.tolerances import HALF_A_CENT, LEAST
from optimiser.model.build import build
from optimiser.model.extend import a_hair_wider
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, compile_rules
from optimiser.model.rules.nouns import shown
from optimiser.plan.answer import NOT_WHOLE, judged_again, rounding_reach
from optimiser.plan.entries import effects
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan, Proof
from optimiser.plan.tables import Stage as PlanStage
from optimiser.plan.verify import Broken
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits, Stop
from optimiser.verbs import Progress, versions

NO_CHANGE = {"money": HALF_A_CENT, "level": LEAST}
"""Smaller differences from the plan are none."""


@dataclass(frozen=True)
class Deviation:
    """What a period that is over brought instead of the plan. what: money or level (fund and category are then "")."""

    what: str
    period: str
    initiative: str
    agency: str
    fund: str
    category: str
    planned: float
    actual: float
    sentence: str

    @property
    def difference(self) -> float:
        """actual − planned."""
        return self.actual - self.planned


@dataclass(frozen=True, eq=False)
class Replan:
    """The year as it is now planned, and how it differs from what was approved.

    plan: actuals of the periods that are over and decisions for the others, in one plan (no tables where nothing can
    be done at all); before: the approved plan's tables; unkeepable: promises that cannot all be kept any more, missed by
    the least; certain: those of them that cannot be kept whatever is decided (which of the others is missed is a choice);
    by_past: whether it is only after what has happened that this is said (False: the case as it stands is shown to leave no
    other way); moves: the
    reprogramming sheet; moved: Σ abs(new − before) over budget lines, in money.
    """

    plan: Plan
    past: Past
    before: Mapping[str, Table]
    deviations: tuple[Deviation, ...] = ()
    unkeepable: tuple[Broken, ...] = ()
    moves: tuple[MoneyMove, ...] = ()
    approvals: tuple[BudgetChange, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    moved: float = 0.0
    notes: tuple[str, ...] = ()
    excused: Excused = frozenset()
    certain: tuple[Broken, ...] = ()
    by_past: bool = True

    @property
    def through(self) -> str:
        """The last period that is over."""
        return self.past.through

    def sheet(self) -> Table:
        """The reprogramming sheet: one row for each move, with from, to, money, whose approval and why."""
        return Table.of("Reprogramming", MoneyMove.TITLES, [m.row() for m in self.moves])


def replan(
    case: Case,
    before: Plan | Mapping[str, Table],
    *,
    through: str | None = None,
    wishes: Wishes | None = None,
    time_limit: float | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Replan:
    """The rest of the year, decided again from the Actuals of the case.

    before: the approved plan, or its decision tables; progress: as of a solve; through: the last period that is
    over (by default the last that Actuals name; rows of later ones are the least of their period). Raises
    ValueError without Actuals, or where no period is left to decide; InvalidCase where money was spent in a way
    that the case does not allow.
    """
    started = time.perf_counter()
    tables = before.tables if isinstance(before, Plan) else before
    past = read_past(case, through, tables)
    if past.over >= past.facts.size("period"):
        raise ValueError(f"{past.through} is the last period and it is over: there is nothing left to decide.")
    rules = compile_rules(past.facts)
    left = remaining(past, Before.of(past.facts, tables), rules, wishes or Wishes())
    limits = SolveLimits.of(case.settings, time_limit)
    built = time.perf_counter()
    model = left.model
    excused = certain = dropped(past.facts, model, rules)
    solution = solve(model, limits, stop=stop, progress=progress)
    if solution.status == "infeasible":
        found = loosest(model, limits)
        if found.rows:
            model, solution = found.model, solve(found.model, limits, stop=stop, progress=progress)
            excused |= excuses(past.facts, model, rules, found.rows)
            certain |= excuses(past.facts, model, rules, found.alone)
        if solution.status == "infeasible":
            # No promise stands in the way (any more): the past fits its rows only as far as it was solved or rounded.
            model = a_hair_wider(model, written=True)
            solution = solve(model, limits, stop=stop, progress=progress)
    seconds = {"build": built - started, "solve": time.perf_counter() - built}
    made = _result(left, model, solution, rules, tables, excused, seconds)
    if not made.unkeepable:
        return made
    blameless = not is_impossible(build(past.facts, rules), limits)
    return replace(made, certain=tuple(b for b in made.unkeepable if named(b, certain)), by_past=blameless)


def _result(
    left: Remaining, model: Model, solution: Solution, rules: list[Compiled], before: Mapping[str, Table],
    excused: Excused, seconds: Mapping[str, float],
) -> Replan:  # fmt: skip
    past, case, started = left.past, left.past.case, time.perf_counter()
    deviations = tuple(_deviations(past, left.before))
    notes = [*past.notes, *_overspent(left)]
    if solution.x is None:
        plan = _plan(case, solution, model, {}, True, 0.0, (), seconds)
        return Replan(plan, past, before, deviations, notes=tuple(notes))
    tables, is_whole = year_tables(left, model, solution.x, rules)
    broken, violation = audited(past, tables, excused, is_whole)
    notes += [] if is_whole or not case.settings.rounding else [NOT_WHOLE]
    seconds = {**seconds, "verify": time.perf_counter() - started}
    # What rounding loses, or what the tables say otherwise than the solver, makes the word weaker.
    moved = rounding_reach(case, model, rules, solution.x) if is_whole and case.settings.rounding else 0.0
    results, status, gap = judged_again(case, model, solution, tables, solution.x, moved)
    judged = replace(solution, stages=results, status=status, gap=gap)
    plan = _plan(case, judged, model, tables, is_whole, violation, tuple(notes), seconds)
    new = Before.of(past.facts, tables)
    lines = {k: new.lines.get(k, 0.0) - left.before.lines.get(k, 0.0) for k in {*new.lines, *left.before.lines}}
    found = transfers(past.facts, left.terms, left.before, lines)
    return Replan(
        plan,
        past,
        before,
        deviations,
        tuple(b for b in broken if b.excused),
        tuple(moves(past, left.before, new, left.terms, lines)),
        tuple(approvals(past, left.before, left.terms, lines, left.spent)),
        tuple(found),
        float(sum(abs(v) for v in lines.values())),
        (*notes, *(t.sentence for t in found if not t.kept)),
        excused,
    )


def _plan(
    case: Case, solution: Solution, model: Model, tables: Mapping[str, Table], is_whole: bool, violation: float,
    notes: tuple[str, ...], seconds: Mapping[str, float],
) -> Plan:  # fmt: skip
    stages = tuple(
        PlanStage(s.name, s.best, s.bound if s.bound is not None else float("nan"), s.within, s.achieved)
        for s in solution.stages
    )
    first = solution.stages[0].best if solution.stages and tables else None
    impact = float(case.facts.impact(effects(case.facts, decode(case.facts, tables))).sum()) if tables else None
    proof = Proof(violation, solution.bound, solution.gap, is_whole, solution.ties, solution.proven)
    return Plan(
        case, solution.status, first, solution.bound, solution.gap, impact, stages, tables, proof, model.size, seconds,
        versions(), "highs", notes, {"early": solution.early},
    )  # fmt: skip


# -- what is said ---------------------------------------------------------------------------------------------------------


def _deviations(past: Past, before: Before) -> Sequence[Deviation]:
    """Every line of money and every level of the periods that are over that differs from the plan."""
    facts, made = past.facts, list[Deviation]()
    currency = past.case.settings.currency
    for what, order, planned, actual in (
        ("money", SPEND_KEY, before.spend, past.spend),
        ("level", LEVEL_KEY, before.levels, past.level),
    ):
        for key in sorted(k for k in {*planned, *actual} if k[-1] < past.over):
            was, now = planned.get(key, 0.0), actual.get(key, 0.0)
            if abs(now - was) < NO_CHANGE[what]:
                continue
            named = {d: facts.names[d][c] for d, c in zip(order, key, strict=True)}
            i, a, t = (named[d] for d in LEVEL_KEY)
            who, through = shown(facts, "initiative", i), shown(facts, "agency", a)
            if what == "money":
                paid, meant = (money_exact(v, currency) if v else "nothing" for v in (now, was))
                said = (
                    f"{who} spent {paid} of {shown(facts, 'fund', named['fund'])} on {named['category']} through "
                    f"{through} in {t}; {meant} was planned."
                )
            else:
                said = (
                    f"{who} delivered {percent(now)} of its scope through {through} in {t}; {percent(was)} was planned."
                )
            made.append(Deviation(what, t, i, a, named.get("fund", ""), named.get("category", ""), was, now, said))
    return made


def _overspent(left: Remaining) -> list[str]:
    """Funds that have paid more than they had."""
    facts, currency = left.past.facts, left.past.case.settings.currency
    made = []
    for f, name in enumerate(facts.names["fund"]):
        over = float(-min(left.balance.carry[f].min(initial=0.0), 0.0))
        if over >= NO_CHANGE["money"]:
            later = "its later installments cover it first"
            made.append(f"{name} has paid {money_exact(over, currency)} more than it had: {later}.")
        if left.balance.uncovered[f] >= NO_CHANGE["money"]:
            money = money_exact(float(left.balance.uncovered[f]), currency)
            made.append(f"{name} is overspent by {money}, which nothing of it covers.")
    return made


def broken(result: Replan) -> list[Broken]:
    """What the new plan breaks, found without a solver from its tables alone; what the past made impossible left out."""
    if not result.plan.has_plan:
        return []
    found, _ = audited(result.past, result.plan.tables, result.excused, result.plan.proof.whole)
    return [b for b in found if not b.excused]
