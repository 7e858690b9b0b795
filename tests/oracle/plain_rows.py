"""What every case has, with or without rules: its columns, its balances, staffing, outcomes, switches and match."""

from __future__ import annotations

from itertools import pairwise

from pulp import LpAffineExpression, lpSum

from .plain_case import PlainCase, Rule
from .plain_lp import Expression, PlainModel, initiatives_in


def make_hires(model: PlainModel) -> None:
    case = model.case
    for i, row in case.initiatives.items():
        for a in case.partners[i]:
            for k in case.need.get(i, {}):
                for t in case.window(row):
                    if (a, k, t) in case.staff and case.staff[a, k, t]["hiremax"] > 0:
                        model.hire[a, k, i, t] = model.people()
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
                            model.post[b, k, role, i, t] = model.people()
                            provided.append(rate * model.post[b, k, role, i, t])
                hired = [x for (_, k, j, s), x in model.hire.items() if (k, j, s) == (role, i, t)]
                level = lpSum(x for (j, _, s), x in model.level.items() if (j, s) == (i, t))
                work, step = fte * len(active) * level, case.settings["poststep"]
                if not step:
                    model.say(lpSum(provided) + lpSum(hired), "==", work)
                    continue
                model.say(lpSum(provided) + lpSum(hired), ">=", work)
                model.say(lpSum(provided) + lpSum(hired), "<=", work + step * (1 - 1e-6))
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


def switched(case: PlainCase) -> list[str]:
    """The initiatives that need a switch."""
    found = {i for i, row in case.initiatives.items() if row["minimum"] > 0 or row["allornothing"]}
    for rule in case.rules:
        if rule.kind in ("count", "excludes", "requires"):
            found |= set(initiatives_in(case, rule.where))
        if rule.kind == "requires" and rule.at_least is None:
            found |= set(initiatives_in(case, case.selection(rule.of)))
    return [i for i in case.initiatives if i in found]


def make_switches(model: PlainModel, names: list[str]) -> None:
    """funded, of these initiatives, and must_fund."""
    case = model.case
    for i in names:
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


def matched_pairs(case: PlainCase, rule: Rule) -> list[tuple[str, str]]:
    return [
        (f, i) for f in case.funds for i in case.initiatives if case.selects(rule.where, {"fund": f, "initiative": i})
    ]


def matched_and_spent(model: PlainModel, f: str, i: str) -> tuple[Expression, Expression]:
    """Only where the fund may pay for the initiative is there anything to match, or match."""
    matched = lpSum(x for (_, h, j), x in model.match.items() if (h, j) == (f, i)) + model.inkind.get((f, i), 0)
    return matched, lpSum(x for (h, j, _, _, _), x in model.spend.items() if (h, j) == (f, i))
