"""What each kind of rule says, as rows of the plain model."""

from __future__ import annotations

import re

from pulp import lpSum

from . import plain_formula
from .plain_case import Rule, blank, fold
from .plain_lp import BETWEEN, OF_INITIATIVES, Combination, Expression, PlainModel, belongs, initiatives_in, named
from .plain_rows import matched_and_spent, matched_pairs


def members(model: PlainModel, per: str) -> list[str]:
    """fund, agency, initiative, period, category, role: every row; theme, area, tier: those that occur.

    Of two, joined by a comma: each pair; of two columns of the initiative, the pairs that some initiative has.
    """
    case = model.case
    if "," in per:
        first, second = named(per)
        both = [f"{m}{BETWEEN}{n}" for m in members(model, first) for n in members(model, second)]
        if {first, second} <= OF_INITIATIVES:
            return [m for m in both if any(belongs(case, per, m, {"initiative": i}) for i in case.initiatives)]
        return both
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
        "headcount": [({"agency": b, "role": k, "period": t}, row["fte"]) for (b, k, t), row in case.staff.items()],
    }
    if of in sums:
        place = {"theme": "initiative", "area": "initiative", "tier": "initiative"}
        total = 0.0
        for combination, amount in sums[of]:
            where = [c for c in rule.where if place.get(c.dimension, c.dimension) in combination]
            if case.selects(where, combination) and all(
                belongs(case, per, part, combination)
                for per, part in zip(named(rule.per), member.split(BETWEEN), strict=False)
                if place.get(per, per) in combination
            ):
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


def match(model: PlainModel, rule: Rule) -> None:
    rate = rule.at_least / (1 - rule.at_least)
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
    shares = plain_formula.split_shares(model.case, rule, split_members(model, rule), total)
    whole = model.measured("money", rule.where)
    for m, share in shares.items():
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
