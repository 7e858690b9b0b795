"""What a plan is judged by, as sums of the plain model; and the order in which a case asks for it."""

from __future__ import annotations

from pulp import lpSum

from . import plain_formula
from .plain_case import PlainCase, fold
from .plain_lp import Expression, PlainModel
from .plain_rows import effect


def objectives(case: PlainCase) -> list[tuple[str, float]]:
    """`impact within 2% > fairness` -> [("impact", 0.02), ("fairness", 0)]."""
    made = []
    for part in str(case.settings["objective"]).split(">"):
        word, _, within = fold(part).partition(" within ")
        made.append((word, plain_formula.amount_of_money(within.strip()) if within else 0.0))
    return made


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


OTHERS = {"coverage": coverage, "stability": stability, "thrift": thrift}
