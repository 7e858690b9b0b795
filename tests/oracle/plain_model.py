"""The mathematics of the contract in PuLP's own expressions, as plainly as it can be written; the oracle of the tests.

Money columns are in units of the initiative's request (match, too), balances in units of the fund; every row is divided by its
largest coefficient. Nothing here is fast, and nothing is shared with the product.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pulp
from pulp import LpAffineExpression, LpVariable, lpSum

from . import plain_formula
from .plain_case import Condition, PlainCase, Records, Rule, blank, fold, read

Combination = dict[str, str]
Expression = Any
"""An LpAffineExpression, or a plain number."""


@dataclass
class PlainModel:
    """Variables and rows of one case."""

    case: PlainCase
    pattern: dict[str, int] | None = None
    """Where given, funded[i] are these constants and not variables."""
    rows: list[pulp.LpConstraint] = field(default_factory=list)
    impossible: bool = False
    spend: dict[tuple[str, str, str, str, str], Expression] = field(default_factory=dict)
    level: dict[tuple[str, str, str], Expression] = field(default_factory=dict)
    post: dict[tuple[str, str, str, str, str], Expression] = field(default_factory=dict)
    hire: dict[tuple[str, str, str, str], Expression] = field(default_factory=dict)
    match: dict[tuple[str, str, str], Expression] = field(default_factory=dict)
    inkind: dict[tuple[str, str], Expression] = field(default_factory=dict)
    funded: dict[str, Expression] = field(default_factory=dict)
    achieved: dict[tuple[str, str], Expression] = field(default_factory=dict)
    penalty: list[Expression] = field(default_factory=list)
    switches: list[LpVariable] = field(default_factory=list)
    holds: list[tuple[Expression, int, float, float]] = field(default_factory=list)
    """Earlier goals: what, sense, best, and the share of it that may be given up."""
    categories: dict[str, list[str]] = field(default_factory=dict)
    _columns: int = 0
    _rows: int = 0

    # ---------------------------------------------------------------- columns and rows

    def column(self, unit: float = 1.0, upper: float | None = None) -> LpAffineExpression:
        """A new variable of at least 0, seen in its own unit."""
        self._columns += 1
        return LpAffineExpression({LpVariable(f"v{self._columns}", 0, upper): unit})

    def switch(self) -> LpAffineExpression:
        self._columns += 1
        made = LpVariable(f"v{self._columns}", 0, 1, pulp.LpInteger)
        self.switches.append(made)
        return LpAffineExpression({made: 1.0})

    def say(self, left: Expression, sense: str, right: Expression) -> None:
        """left <= right, left >= right or left == right."""
        self._row(LpAffineExpression(left - right), sense)

    def _row(self, difference: LpAffineExpression, sense: str) -> None:
        sizes = [abs(v) for v in difference.values() if v]
        if not sizes:
            off = difference.constant
            beyond = {"<=": off, ">=": -off, "==": abs(off)}[sense]
            self.impossible = self.impossible or beyond > 1e-9
            return
        scaled = LpAffineExpression(
            {x: v / max(sizes) for x, v in difference.items() if v}, difference.constant / max(sizes)
        )
        code = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}[sense]
        self.rows.append(pulp.LpConstraint(scaled, code, f"r{self._counted()}", 0))

    def _counted(self) -> int:
        self._rows += 1
        return self._rows

    def keep(self, rule: Rule, left: Expression, sense: str, right: Expression) -> None:
        """A row of a rule: hard, or broken at the penalty (sense is <= or >=)."""
        difference = LpAffineExpression(left - right)
        if not rule.hard:
            unit = max([abs(v) for v in difference.values()] + [abs(difference.constant), 1e-6])
            breach = self.column(unit)
            self.penalty.append(rule.penalty * breach)
            difference = LpAffineExpression(difference + breach if sense == ">=" else difference - breach)
        self._row(difference, sense)

    # ---------------------------------------------------------------- sums

    def award(self, i: str) -> Expression:
        return lpSum(x for (_, j, _, _, _), x in self.spend.items() if j == i)

    def received(self, a: str) -> Expression:
        return lpSum(x for (_, _, b, _, _), x in self.spend.items() if b == a)

    def whole_level(self, i: str) -> Expression:
        return lpSum(x for (j, _, _), x in self.level.items() if j == i)

    def terms(self, measure: str) -> list[tuple[Combination, Expression]]:
        """What a measure adds up: each variable with the columns that a selection may look at."""
        staff = self.case.staff
        if measure == "money":
            return [
                ({"fund": f, "initiative": i, "agency": a, "category": c, "period": t}, x)
                for (f, i, a, c, t), x in self.spend.items()
            ]
        if measure == "staff":
            posts = [
                ({"agency": b, "role": k, "initiative": i, "period": t}, x) for (b, k, _, i, t), x in self.post.items()
            ]
            return posts + [
                ({"agency": a, "role": k, "initiative": i, "period": t}, x) for (a, k, i, t), x in self.hire.items()
            ]
        if measure == "in kind":
            return [
                ({"agency": b, "role": k, "initiative": i, "period": t}, staff[b, k, t]["cost"] * x)
                for (b, k, _, i, t), x in self.post.items()
            ]
        if measure == "level":
            return [({"initiative": i, "agency": a, "period": t}, x) for (i, a, t), x in self.level.items()]
        return [({"initiative": i}, x) for (i, o), x in self.achieved.items() if o == measure]

    def measured(self, measure: str, where: list[Condition], per: str = "", member: str = "") -> Expression:
        return lpSum(
            x
            for combination, x in self.terms(measure)
            if self.case.selects(where, combination) and (not per or belongs(self.case, per, member, combination))
        )


# -------------------------------------------------------------------- building


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """PuLP 3 announces PuLP 4 with a warning for each variable."""

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return function(*given, **named)

    return called


@quiet
def build(case: PlainCase, pattern: dict[str, int] | None = None) -> PlainModel:
    """All variables and rows of the mathematics."""
    model = PlainModel(case, pattern)
    make_hires(model)
    make_spend_and_levels(model)
    balance_funds(model)
    staff_initiatives(model)
    hold_agencies(model)
    make_outcomes(model)
    make_switches(model)
    match_funds(model)
    for rule in case.rules:
        KINDS[rule.kind](model, rule)
    return model


def make_hires(model: PlainModel) -> None:
    case = model.case
    for i, row in case.initiatives.items():
        for a in case.partners[i]:
            for k in case.need.get(i, {}):
                for t in case.window(row):
                    if (a, k, t) in case.staff and case.staff[a, k, t]["hiremax"] > 0:
                        model.hire[a, k, i, t] = model.column()
    for (a, k, t), row in case.staff.items():
        model.say(
            lpSum(x for (b, role, _, s), x in model.hire.items() if (b, role, s) == (a, k, t)), "<=", row["hiremax"]
        )


def make_spend_and_levels(model: PlainModel) -> None:
    """cost, scope, pace and the shares of partners."""
    case = model.case
    allowed = {f: case.selection(row["allowed"]) for f, row in case.funds.items()}
    open_in = {f: set(case.window(row)) for f, row in case.funds.items()}
    largest = max([row["amount"] for row in case.funds.values()] + [1.0])
    for i, row in case.initiatives.items():
        shares = dict(case.cost_share[i])
        if any(j == i for _, _, j, _ in model.hire):
            shares.setdefault("personnel", 0.0)
        model.categories[i] = list(shares)
        unit = row["request"] or largest
        for t in case.window(row):
            for a, partner in case.partners[i].items():
                level = model.level[i, a, t] = model.column()
                for c, share in shares.items():
                    cost = share * row["request"] * partner["costfactor"] * level
                    if c == "personnel":
                        cost = cost + lpSum(
                            case.staff[a, k, t]["hirecost"] * x
                            for (b, k, j, s), x in model.hire.items()
                            if (b, j, s) == (a, i, t)
                        )
                    paid = []
                    for f in case.funds:
                        place = {"fund": f, "initiative": i, "agency": a, "category": c, "period": t}
                        if t in open_in[f] and case.selects(allowed[f], place):
                            model.spend[f, i, a, c, t] = model.column(unit)
                            paid.append(model.spend[f, i, a, c, t])
                    model.say(lpSum(paid), "==", cost)
            model.say(lpSum(x for (j, _, s), x in model.level.items() if (j, s) == (i, t)), "<=", row["pace"])
        model.say(model.whole_level(i), "<=", 1)
        for a, partner in case.partners[i].items():
            own = lpSum(x for (j, b, _), x in model.level.items() if (j, b) == (i, a))
            model.say(own, ">=", partner["minshare"] * model.whole_level(i))
            if partner["maxshare"] < 1:
                model.say(own, "<=", partner["maxshare"] * model.whole_level(i))


def balance_funds(model: PlainModel) -> None:
    case = model.case
    for f, row in case.funds.items():
        carried: Expression = 0.0
        unit = row["amount"] or 1.0
        periods = case.window(row)
        for t in periods:
            spent = lpSum(x for (g, _, _, _, s), x in model.spend.items() if (g, s) == (f, t))
            arrived = case.installment.get((f, t), 0.0) + carried
            last = t == periods[-1]
            carry = 0.0 if last else model.column(unit)
            model.say(spent + carry + model.column(unit), "==", arrived)
            if not last:
                model.say(carry, "<=", row["carryover"] * arrived)
            carried = carry
        spent = lpSum(x for (g, _, _, _, _), x in model.spend.items() if g == f)
        model.say(spent, ">=", row["minspend"] * row["amount"])


def staff_initiatives(model: PlainModel) -> None:
    """staffing and people."""
    case = model.case
    for i, needed in case.need.items():
        active = case.window(case.initiatives[i])
        for t in active:
            for role, fte in needed.items():
                provided = []
                for b in case.agencies:
                    for (k, can_do), rate in case.rate.items():
                        if can_do == role and (b, k, t) in case.staff:
                            model.post[b, k, role, i, t] = model.column()
                            provided.append(rate * model.post[b, k, role, i, t])
                hired = [x for (_, k, j, s), x in model.hire.items() if (k, j, s) == (role, i, t)]
                level = lpSum(x for (j, _, s), x in model.level.items() if (j, s) == (i, t))
                model.say(lpSum(provided) + lpSum(hired), ">=", fte * len(active) * level)
    for (b, k, t), row in case.staff.items():
        released = lpSum(x for (a, role, _, _, s), x in model.post.items() if (a, role, s) == (b, k, t))
        model.say(released, "<=", row["releasable"] * row["fte"])


def hold_agencies(model: PlainModel) -> None:
    for a, row in model.case.agencies.items():
        model.say(model.received(a), ">=", row["minimum"])
        if row["maximum"] is not None:
            model.say(model.received(a), "<=", row["maximum"])
    for i, row in model.case.initiatives.items():
        if row["maximum"] is not None:
            model.say(model.award(i), "<=", row["maximum"])
            if row["maximum"] == 0:
                model.say(model.whole_level(i), "<=", 0)


def effect(model: PlainModel, i: str) -> Expression:
    partners = model.case.partners[i]
    return lpSum(partners[a]["effectiveness"] * x for (j, a, _), x in model.level.items() if j == i)


def make_outcomes(model: PlainModel) -> None:
    """achieved[i, o] in the outcome's unit; a concave curve by segment."""
    case = model.case
    for i, outcomes in case.outcomes.items():
        for o, row in outcomes.items():
            if not row["curve"]:
                model.achieved[i, o] = row["atfull"] * effect(model, i)
                continue
            points = case.curves[row["curve"]]
            pieces, total = [], []
            for (x0, y0), (x1, y1) in pairwise(points):
                piece = model.column(1.0, x1 - x0)
                pieces.append(piece)
                total.append((y1 - y0) / (x1 - x0) * piece)
            model.say(lpSum(pieces), "<=", effect(model, i))
            model.achieved[i, o] = row["atfull"] * lpSum(total)


def initiatives_in(case: PlainCase, where: list[Condition]) -> list[str]:
    return [i for i in case.initiatives if case.selects(where, {"initiative": i})]


def switched(case: PlainCase) -> list[str]:
    """The initiatives that need a switch."""
    found = {i for i, row in case.initiatives.items() if row["minimum"] > 0 or row["allornothing"]}
    for rule in case.rules:
        if rule.kind in ("count", "excludes", "requires"):
            found |= set(initiatives_in(case, rule.where))
        if rule.kind == "requires" and rule.at_least is None:
            found |= set(initiatives_in(case, case.selection(rule.of)))
    return [i for i in case.initiatives if i in found]


def make_switches(model: PlainModel) -> None:
    """funded and must_fund."""
    case = model.case
    for i in switched(case) if model.pattern is None else model.pattern:
        row = case.initiatives[i]
        level = model.whole_level(i)
        funded = model.switch() if model.pattern is None else LpAffineExpression({}, float(model.pattern[i]))
        model.funded[i] = funded
        if row["allornothing"]:
            model.say(level, "==", funded)
            continue
        model.say(level, "<=", funded)
        if row["minimum"] > 0:
            model.say(model.award(i), ">=", row["minimum"] * funded)
        else:
            model.say(level, ">=", 0.01 * funded)
    for i, row in case.initiatives.items():
        if row["mustfund"]:
            if i in model.funded:
                model.say(model.funded[i], "==", 1)
            if row["allornothing"] or row["minimum"] == 0:
                model.say(model.whole_level(i), "==", 1)
            else:
                model.say(model.award(i), ">=", row["minimum"])


def match_funds(model: PlainModel) -> None:
    """match and no double counting; the same match and in-kind money serves the rules of kind match."""
    case = model.case
    pairs = {(f, i) for f, row in case.funds.items() if row["matchrate"] > 0 for i in case.initiatives}
    for rule in case.rules:
        if rule.kind == "match":
            pairs |= set(matched_pairs(case, rule))
    pairs &= {(f, i) for f, i, _, _, _ in model.spend}
    for f, i in sorted(pairs):
        unit = case.initiatives[i]["request"] or 1.0
        model.inkind[f, i] = model.column(unit)
        for g, row in case.funds.items():
            if g != f and row["canmatch"]:
                model.match[g, f, i] = model.column(unit)
    for g in case.funds:
        for i in case.initiatives:
            counted = lpSum(x for (h, _, j), x in model.match.items() if (h, j) == (g, i))
            spent = lpSum(x for (h, j, _, _, _), x in model.spend.items() if (h, j) == (g, i))
            if len(counted):
                model.say(counted, "<=", spent)
    for i in case.initiatives:
        counted = lpSum(x for (_, j), x in model.inkind.items() if j == i)
        valued = lpSum(case.staff[b, k, t]["cost"] * x for (b, k, _, j, t), x in model.post.items() if j == i)
        if len(counted):
            model.say(counted, "<=", valued)
    for f, row in case.funds.items():
        if row["matchrate"] > 0:
            for i in case.initiatives:
                matched, spent = matched_and_spent(model, f, i)
                model.say(matched, ">=", row["matchrate"] / (1 - row["matchrate"]) * spent)


def matched_and_spent(model: PlainModel, f: str, i: str) -> tuple[Expression, Expression]:
    """Only where the fund may pay for the initiative is there anything to match, or match."""
    matched = lpSum(x for (_, h, j), x in model.match.items() if (h, j) == (f, i)) + model.inkind.get((f, i), 0)
    return matched, lpSum(x for (h, j, _, _, _), x in model.spend.items() if (h, j) == (f, i))


# -------------------------------------------------------------------- rules


def members(model: PlainModel, per: str) -> list[str]:
    """fund, agency, initiative, period, category, role: every row; theme, area, tier: those that occur."""
    case = model.case
    if per in ("theme", "area", "tier"):
        found = {case.value("initiative", per, {"initiative": i}) for i in case.initiatives}
        return sorted(m for m in found if m)
    every = {
        "": [""],
        "fund": list(case.funds),
        "agency": list(case.agencies),
        "initiative": list(case.initiatives),
        "period": case.periods,
        "category": sorted({c for listed in model.categories.values() for c in listed}),
        "role": sorted(case.roles),
    }
    return every[per]


def belongs(case: PlainCase, per: str, member: str, combination: Combination) -> bool:
    """Whether a combination is part of a member; an area is without the areas inside it."""
    if not per:
        return True
    if per in ("theme", "area", "tier"):
        return bool(case.value("initiative", per, combination) == member)
    return combination[per] == member


def base(model: PlainModel, rule: Rule, member: str) -> Expression:
    """What a share is a share of."""
    case = model.case
    of = fold(rule.of)
    if of == "total":
        return sum(row["amount"] for row in case.funds.values())
    sums: dict[str, list[tuple[Combination, float]]] = {
        "amount": [({"fund": f}, row["amount"]) for f, row in case.funds.items()],
        "contribution": [({"agency": a, "fund": f}, amount) for (a, f), amount in case.contribution.items()],
        "baseline": [({"initiative": i}, row["baseline"]) for i, row in case.initiatives.items()],
        "request": [({"initiative": i}, row["request"]) for i, row in case.initiatives.items()],
        "fte": [
            ({"agency": b, "role": k, "period": t}, row["releasable"] * row["fte"])
            for (b, k, t), row in case.staff.items()
        ],
    }
    if of in sums:
        place = {"theme": "initiative", "area": "initiative", "tier": "initiative"}
        total = 0.0
        for combination, amount in sums[of]:
            where = [c for c in rule.where if place.get(c.dimension, c.dimension) in combination]
            narrow = rule.per if place.get(rule.per, rule.per) in combination else ""
            if case.selects(where, combination) and belongs(case, narrow, member, combination):
                total += amount
        return total
    measure, colon, selection = rule.of.partition(":")
    if colon and not re.search(r'[=<>"]', measure):
        return model.measured(fold(measure), case.selection(selection), rule.per, member)
    return model.measured(rule.measure, case.selection(rule.of), rule.per, member)


def limit(model: PlainModel, rule: Rule) -> None:
    for member in members(model, rule.per):
        measured = model.measured(rule.measure, rule.where, rule.per, member)
        whole = base(model, rule, member) if rule.of else 1.0
        if rule.at_least is not None:
            model.keep(rule, measured, ">=", rule.at_least * whole)
        if rule.at_most is not None:
            model.keep(rule, measured, "<=", rule.at_most * whole)


def average(model: PlainModel, rule: Rule) -> None:
    case = model.case
    dimension, column = case._column(rule.measure)
    for member in members(model, rule.per):
        taken = []
        for combination, x in model.terms("money"):
            if case.selects(rule.where, combination) and belongs(case, rule.per, member, combination):
                found = case.value(dimension, column, combination)
                if not blank(found):
                    taken.append((float(found), x))
        if rule.at_least is not None:
            model.keep(rule, lpSum((v - rule.at_least) * x for v, x in taken), ">=", 0)
        if rule.at_most is not None:
            model.keep(rule, lpSum((v - rule.at_most) * x for v, x in taken), "<=", 0)


def count(model: PlainModel, rule: Rule) -> None:
    for member in members(model, rule.per):
        funded = lpSum(
            model.funded[i]
            for i in initiatives_in(model.case, rule.where)
            if belongs(model.case, rule.per, member, {"initiative": i})
        )
        if rule.at_least is not None:
            model.keep(rule, funded, ">=", rule.at_least)
        if rule.at_most is not None:
            model.keep(rule, funded, "<=", rule.at_most)


def requires(model: PlainModel, rule: Rule) -> None:
    for i in initiatives_in(model.case, rule.where):
        for j in initiatives_in(model.case, model.case.selection(rule.of)):
            if i == j:
                continue
            if rule.at_least is None:
                model.keep(rule, model.funded[j], ">=", model.funded[i])
            else:
                model.keep(rule, model.whole_level(j), ">=", rule.at_least * model.funded[i])


def excludes(model: PlainModel, rule: Rule) -> None:
    for member in members(model, rule.per):
        funded = lpSum(
            model.funded[i]
            for i in initiatives_in(model.case, rule.where)
            if belongs(model.case, rule.per, member, {"initiative": i})
        )
        model.keep(rule, funded, "<=", 1)


def matched_pairs(case: PlainCase, rule: Rule) -> list[tuple[str, str]]:
    return [
        (f, i) for f in case.funds for i in case.initiatives if case.selects(rule.where, {"fund": f, "initiative": i})
    ]


def match(model: PlainModel, rule: Rule) -> None:
    rate = rule.at_least / (1 - rule.at_least)  # type: ignore[operator]
    sums = {pair: matched_and_spent(model, *pair) for pair in matched_pairs(model.case, rule)}
    if rule.per != "fund":
        for matched, spent in sums.values():
            model.keep(rule, matched, ">=", rate * spent)
        return
    for f in {f for f, _ in sums}:
        matched = lpSum(m for (g, _), (m, _) in sums.items() if g == f)
        spent = lpSum(s for (g, _), (_, s) in sums.items() if g == f)
        model.keep(rule, matched, ">=", rate * spent)


def split_members(model: PlainModel, rule: Rule) -> list[str]:
    """The members of `per` that `where` selects: those of which some imaginable spend is selected."""
    case = model.case
    if rule.per in ("agency", "fund"):
        own = [c for c in rule.where if c.dimension == rule.per]
        return [m for m in members(model, rule.per) if case.selects(own, {rule.per: m})]
    if rule.per in ("initiative", "theme", "area", "tier"):
        own = [c for c in rule.where if c.dimension in ("initiative", "area")]
        inside = [i for i in case.initiatives if case.selects(own, {"initiative": i})]
        return [
            m for m in members(model, rule.per) if any(belongs(case, rule.per, m, {"initiative": i}) for i in inside)
        ]
    raise ValueError(f"a formula is not split per {rule.per}")


def amount_in(model: PlainModel, rule: Rule) -> float:
    """T: the amounts of the funds in `where`."""
    own = [c for c in rule.where if c.dimension == "fund"]
    return float(sum(row["amount"] for f, row in model.case.funds.items() if model.case.selects(own, {"fund": f})))


def formula(model: PlainModel, rule: Rule) -> None:
    total = amount_in(model, rule)
    awards = plain_formula.awards(model.case, rule, split_members(model, rule), total)
    whole = model.measured("money", rule.where)
    for m, award in awards.items():
        share = award / total if total else 0.0
        own = model.measured("money", rule.where, rule.per, m)
        model.keep(rule, own, ">=", (1 - (rule.at_least or 0.0)) * share * whole)
        model.keep(rule, own, "<=", (1 + (rule.at_most or 0.0)) * share * whole)


def earned(model: PlainModel, rule: Rule) -> None:
    total = amount_in(model, rule)
    rows = model.case.agencies if rule.per == "agency" else model.case.initiatives
    awards = plain_formula.awards(model.case, rule, split_members(model, rule), total)
    for m, award in awards.items():
        own = model.measured("money", rule.where, rule.per, m)
        model.keep(rule, own, "<=", award * rows[m]["score"] / 100)


KINDS = {
    "limit": limit,
    "average": average,
    "count": count,
    "requires": requires,
    "excludes": excludes,
    "match": match,
    "formula": formula,
    "earned": earned,
}


# -------------------------------------------------------------------- objectives


def impact_of(model: PlainModel, i: str) -> Expression:
    case = model.case
    row = case.initiatives[i]
    weight = (
        row["priority"] * case.weight.get(("theme", row["theme"]), 1.0) * case.weight.get(("area", row["area"]), 1.0)
    )
    if not case.has_outcomes:
        return row["request"] * weight * row["score"] / 100 * effect(model, i)
    if fold(case.settings["scoreeffect"]) == "proportional":
        weight *= row["score"] / 100
    return lpSum(weight * case.weight.get(("outcome", o), 1.0) * x for (j, o), x in model.achieved.items() if j == i)


def impact(model: PlainModel) -> Expression:
    return lpSum(impact_of(model, i) for i in model.case.initiatives)


def coverage(model: PlainModel) -> Expression:
    """Money that the areas' needs are short of."""
    case = model.case
    short = []
    for area, row in case.areas.items():
        if row["need"] > 0:
            gap = model.column(row["need"])
            inside = lpSum(model.award(i) for i, r in case.initiatives.items() if case.inside(r["area"], area))
            model.say(gap + inside, ">=", row["need"])
            short.append(gap)
    return lpSum(short)


def stability(model: PlainModel) -> Expression:
    moved = []
    for i, row in model.case.initiatives.items():
        move = model.column(max(row["request"], row["baseline"], 1.0))
        model.say(move, ">=", model.award(i) - row["baseline"])
        model.say(move, ">=", row["baseline"] - model.award(i))
        moved.append(move)
    return lpSum(moved)


def thrift(model: PlainModel) -> Expression:
    return lpSum(model.spend.values())


def lowest(model: PlainModel, ratios: list[Expression], k: int) -> Expression:
    """At most the sum of the k lowest: k t - sum of max(0, t - r)."""
    t = model.column() - model.column()
    below = []
    for ratio in ratios:
        d = model.column()
        model.say(d, ">=", t - ratio)
        below.append(d)
    return k * t - lpSum(below)


def ratios(model: PlainModel) -> list[Expression]:
    paid: dict[str, float] = {}
    for (a, _), amount in model.case.contribution.items():
        paid[a] = paid.get(a, 0.0) + amount
    return [model.received(a) * (1 / amount) for a, amount in sorted(paid.items()) if amount > 0]


# -------------------------------------------------------------------- solving


def solver_for(name: str, *, mip: bool, careful: bool = True) -> Any:
    if name == "highs":
        fine = {
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
            "mip_feasibility_tolerance": 1e-9,
        }
        return pulp.HiGHS(mip=mip, msg=False, gapRel=1e-9, gapAbs=0.0, threads=1, **(fine if careful else {}))
    options = ["primalTolerance 1e-9", "dualTolerance 1e-9", "integerTolerance 1e-9"] if careful else None
    return pulp.PULP_CBC_CMD(mip=mip, msg=False, gapRel=1e-9, gapAbs=0.0, threads=1, options=options)


class Infeasible(Exception):
    """No plan keeps every row."""


def optimum(model: PlainModel, goal: Expression, sense: int, solver: str) -> float:
    """The best value of one goal within what earlier goals may give up; the columns keep the plan that has it.

    An earlier best is held to 1e-9; a solver that then finds nothing is asked again with a wider hair, since its plan was there.
    """
    if model.impossible:
        raise Infeasible
    for hair in (1e-9, 1e-8, 1e-7) if model.holds else (0.0,):
        kept = len(model.rows)
        for held in model.holds:
            say_held(model, *held, hair)
        try:
            return _optimum(model, LpAffineExpression(goal), sense, solver)
        except Infeasible:
            continue
        finally:
            del model.rows[kept:]
    raise Infeasible


def _optimum(model: PlainModel, goal: LpAffineExpression, sense: int, solver: str) -> float:
    """Switches are rounded, fixed and the LP solved again."""
    scale = max([abs(v) for v in goal.values()] + [1e-12]) / 100
    goal_in_units = LpAffineExpression({x: v / scale for x, v in goal.items()})

    def run(mip: bool) -> int:
        status = pulp.LpStatusUndefined
        for careful in (True, False):
            problem = pulp.LpProblem("oracle", sense)
            problem.setObjective(goal_in_units)
            for row in model.rows:
                problem.addConstraint(row)
            status = problem.solve(solver_for(solver, mip=mip, careful=careful))
            if status in (pulp.LpStatusOptimal, pulp.LpStatusInfeasible):
                break
        return status

    status = run(mip=bool(model.switches))
    if status == pulp.LpStatusInfeasible:
        raise Infeasible
    if status != pulp.LpStatusOptimal:
        raise RuntimeError(pulp.LpStatus[status])
    if not model.switches:
        return float(goal.value())
    bounds = [round(x.varValue) for x in model.switches]
    before = float(goal.value())
    for x, value in zip(model.switches, bounds, strict=True):
        x.lowBound = x.upBound = value
    status = run(mip=False)
    for x in model.switches:
        x.lowBound, x.upBound = 0, 1
    return float(goal.value()) if status == pulp.LpStatusOptimal else before


def say_held(model: PlainModel, goal: Expression, sense: int, best: float, within: float, hair: float) -> None:
    """Stay within a share of an earlier best; a hair is left for the solver."""
    give = within * abs(best) + hair * max(abs(best), 1.0)
    if sense == pulp.LpMaximize:
        model.say(goal, ">=", best - give)
    else:
        model.say(goal, "<=", best + give)


def objectives(case: PlainCase) -> list[tuple[str, float]]:
    """`impact within 2% > fairness` -> [("impact", 0.02), ("fairness", 0)]."""
    made = []
    for part in str(case.settings["objective"]).split(">"):
        word, _, within = fold(part).partition(" within ")
        made.append((word, plain_formula.amount_of_money(within.strip()) if within else 0.0))
    return made


def solve_plain(records: Records, solver: str = "highs") -> dict[str, Any]:
    """The best plan of plain records, stage by stage. objective is the first stage's best (impact: less the penalties)."""
    return solve_case(read(records), solver)


@quiet
def solve_case(case: PlainCase, solver: str = "highs", pattern: dict[str, int] | None = None) -> dict[str, Any]:
    model = build(case, pattern)
    order = objectives(case)
    penalty = lpSum(model.penalty)
    stages: list[dict[str, Any]] = []
    try:
        if model.penalty and "impact" not in [o for o, _ in order]:
            model.holds.append((penalty, pulp.LpMinimize, optimum(model, penalty, pulp.LpMinimize, solver), 0.0))
        for objective, within in order:
            best: Any
            if objective == "fairness":
                best = []
                all_ratios = ratios(model)
                for k in range(1, len(all_ratios) + 1):
                    goal = lowest(model, all_ratios, k)
                    best.append(optimum(model, goal, pulp.LpMaximize, solver))
                    model.holds.append((goal, pulp.LpMaximize, best[-1], within))
            else:
                goal = impact(model) - penalty if objective == "impact" else OTHERS[objective](model)
                sense = pulp.LpMaximize if objective == "impact" else pulp.LpMinimize
                best = optimum(model, goal, sense, solver)
                model.holds.append((goal, sense, best, within))
            stages.append({"objective": objective, "best": best, "within": within})
    except Infeasible:
        return {"status": "infeasible", "objective": None, "stages": stages}
    return {"status": "optimal", "objective": stages[0]["best"], "stages": stages, **values(model)}


OTHERS = {"coverage": coverage, "stability": stability, "thrift": thrift}


def value(expression: Expression) -> float:
    return float(LpAffineExpression(expression).value() or 0.0)


def values(model: PlainModel) -> dict[str, Any]:
    """The plan's own figures."""
    case = model.case
    outcomes: dict[str, float] = {}
    for (_, o), x in model.achieved.items():
        outcomes[o] = outcomes.get(o, 0.0) + value(x)
    staff: dict[str, float] = {}
    for combination, x in model.terms("staff"):
        staff[combination["role"]] = staff.get(combination["role"], 0.0) + value(x)
    return {
        "impact": value(impact(model)),
        "penalty": value(lpSum(model.penalty)),
        "award": {i: value(model.award(i)) for i in case.initiatives},
        "level": {i: value(model.whole_level(i)) for i in case.initiatives},
        "received": {a: value(model.received(a)) for a in case.agencies},
        "spent": {f: value(lpSum(x for (g, *_), x in model.spend.items() if g == f)) for f in case.funds},
        "outcomes": outcomes,
        "staff": staff,
        "funded": {i: round(value(x)) for i, x in model.funded.items()},
    }
