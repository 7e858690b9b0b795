"""The cheapest changes that make an infeasible case possible, each as rows of the Scenarios sheet and tried by solving.

Every limit that can be moved gets a column that moves it, at a cost in money; the least total cost is the cheapest
repair. Others are found by forbidding what the earlier ones used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimiser.analysis.curve import Direction, between
from optimiser.analysis.levers import ChangeRow
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.faults import InvalidCase
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.model.matrix import Family, Index, Model, Stage
from optimiser.model.rules import Compiled, compile_rules
from optimiser.solve.highs import solve
from optimiser.solve.solution import Limits
from optimiser.verbs import apply_changes, model_of

LEAST = 1e-7
"""Moves below this share of their scale are none."""


@dataclass(frozen=True)
class Costs:
    """What a change of one unit costs, in money. None: a staff change costs the staff's own cost_per_fte, else total
    money by total FTE·periods; a level, an initiative or a unit of outcome what it costs on average."""

    money: float = 1.0
    fte_period: float | None = None
    level: float | None = None
    outcome: float | None = None


@dataclass(frozen=True)
class Repair:
    """Changes that make the case possible. cost: in money; changes: rows of the Scenarios sheet."""

    changes: tuple[ChangeRow, ...]
    cost: float
    sentence: str


@dataclass(frozen=True, eq=False)
class Move:
    """One limit that can be moved: how the rows move for one unit, what that costs, and how it is written and said."""

    direction: Direction
    cost: float
    most: float
    write: Callable[[float, Array], list[ChangeRow]]
    say: Callable[[float, Array], str]
    group: str = field(default="")


def repairs(case: Case, *, wanted: int = 3, costs: Costs | None = None, progress: Callable[[str], None] | None = None) -> list[Repair]:
    """The cheapest repairs, cheapest first: `wanted` different ones where there are so many. Each was applied and solved."""
    model = model_of(case)
    rules = compile_rules(case.facts)
    limits = Limits(time_limit=case.settings.time_limit)
    moves = list(_moves(case, model, rules, costs or Costs()))
    elastic = _elastic(model, moves)
    if progress:
        progress(f"Looking for repairs among {len(moves)} limits that could move")
    found: list[Repair] = []
    open_sets: list[frozenset[str]] = [frozenset()]
    seen: set[frozenset[str]] = set()
    candidates: list[tuple[float, frozenset[str], Repair]] = []
    while open_sets and len(seen) < 6 * wanted:
        forbidden = open_sets.pop(0)
        if forbidden in seen:
            continue
        seen.add(forbidden)
        answer = _cheapest(elastic, moves, forbidden, limits)
        if answer is None:
            continue
        amounts, x = answer
        used = frozenset(moves[k].group for k in amounts)
        repair = _written(case, moves, amounts, x)
        if repair is not None and all(used != other for _, other, _ in candidates):
            candidates.append((repair.cost, used, repair))
        open_sets += [forbidden | {group} for group in sorted(used)]
        open_sets.sort(key=len)
        if len(candidates) >= wanted and len(forbidden) > 1:
            break
    for _, _, repair in sorted(candidates, key=lambda c: (c[0], c[2].sentence)):
        if len(found) < wanted:
            found.append(repair)
    return found


# -- solving ----------------------------------------------------------------------------------------------------------


def _elastic(model: Model, moves: Sequence[Move]) -> Model:
    """The model with one column for each move; the only objective is their cost."""
    rows = [m.direction.rows for m in moves]
    shift = [np.where(np.isfinite(model.row_lower[m.direction.rows]), m.direction.lower, m.direction.upper) for m in moves]
    row = np.concatenate([*rows, np.zeros(0, int)])
    column = np.repeat(np.arange(len(moves)), [len(r) for r in rows]) + len(model.column_lower)
    value = -np.concatenate([*shift, np.zeros(0)])
    order = np.lexsort((column, row))
    row, column, value = row[order], column[order], value[order]
    counts = np.bincount(row, minlength=len(model.row_lower)) if len(row) else np.zeros(len(model.row_lower), int)
    most = np.array([m.most for m in moves])
    cost = np.concatenate([np.zeros(len(model.column_lower)), [m.cost for m in moves]])
    return replace(
        model,
        columns=Index({**model.columns.families, "move": Family("move", len(model.column_lower), len(moves), {})}),
        start=(model.start + np.append(0, np.cumsum(counts))).astype(np.int32),
        index=np.insert(model.index, model.start[row + 1], column).astype(np.int32),
        value=np.insert(model.value, model.start[row + 1], value),
        column_lower=np.append(model.column_lower, np.zeros(len(moves))),
        column_upper=np.append(np.maximum(model.column_upper, _roomy(model)), most),
        integer=np.append(model.integer, np.zeros(len(moves), bool)),
        column_scale=np.append(model.column_scale, np.exp2(np.round(np.log2(np.maximum(most * 1e-2, 1e-6))))),
        stages=(Stage("cost of the repair", cost),),
        ties=(),
    )


def _roomy(model: Model) -> Array:
    """Bounds of columns that only repeat a limit which may move, wide enough to move."""
    upper = model.column_upper.copy()
    for name in ("spend", "carry", "unspent", "match", "in kind", "post"):
        upper[model.columns[name].span] *= 1e3
    return upper


def _cheapest(elastic: Model, moves: Sequence[Move], forbidden: frozenset[str], limits: Limits) -> tuple[dict[int, float], Array] | None:
    """Amount of each move that is used, and the whole answer; None where these moves do not suffice."""
    first = elastic.columns["move"].first
    upper = elastic.column_upper.copy()
    for k, move in enumerate(moves):
        if move.group in forbidden:
            upper[first + k] = 0.0
    solution = solve(replace(elastic, column_upper=upper), limits)
    if solution.x is None:
        return None
    amounts = solution.x[first:]
    used = {k: float(a) for k, a in enumerate(amounts) if a > LEAST * max(1.0, moves[k].most * 1e-6)}
    return (used, solution.x) if used else None


def _written(case: Case, moves: Sequence[Move], amounts: dict[int, float], x: Array) -> Repair | None:
    """The repair as rows, after it was applied and found to work; moved a little further where rounding needs it."""
    for further in (0.0, 1e-9, 1e-6):
        rows: list[ChangeRow] = []
        for k, amount in amounts.items():
            for row in moves[k].write(amount * (1 + further), x):
                if row not in rows:
                    rows.append(row)
        if _works(case, rows):
            cost = sum(moves[k].cost * amount for k, amount in amounts.items())
            said = list(dict.fromkeys(moves[k].say(amount, x) for k, amount in amounts.items()))
            return Repair(tuple(rows), cost, _sentence(said))
    return None


def _sentence(said: Sequence[str]) -> str:
    whole = said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
    return whole[:1].upper() + whole[1:] + "."


def _works(case: Case, rows: Sequence[ChangeRow]) -> bool:
    try:
        changed = apply_changes(case, rows)
    except InvalidCase:
        return False
    model = model_of(changed)
    zero = Stage("feasible", np.zeros(len(model.column_lower)))
    return solve(replace(model, stages=(zero,), ties=()), Limits(time_limit=case.settings.time_limit)).x is not None


# -- what can be moved ------------------------------------------------------------------------------------------------


def _moves(case: Case, model: Model, rules: Sequence[Compiled], costs: Costs) -> Iterator[Move]:
    facts = case.facts
    total = float(facts.amount.sum()) or 1.0
    people = float(facts.releasable_fte.sum()) or 1.0
    reach = 10 * (total + float(facts.request.sum()) + float(facts.minimum.sum()) + float(facts.agency_minimum.sum()))

    def cell(sheet: str, key: str, name: str, column: str, more: bool, cost: float, most: float, unit: str = "") -> Iterator[Move]:
        sign = "+" if more else "-"
        where = f"{key} = {quoted(name)}"

        def rows(amount: float, x: Array | None = None) -> list[ChangeRow]:
            return [{"sheet": sheet, "where": where, "column": column, "change": f"{sign} {_digits(amount)}"}]

        direction = _direction(case, model, sheet, where, column)
        if direction is not None:
            if not more:
                direction = Direction(direction.rows, -direction.lower, -direction.upper)
            what = "the amount of" if column == "amount" else f"the {column} of"
            yield Move(
                direction, cost, most, rows,
                lambda amount, x: f"{'raise' if more else 'lower'} {what} {name} by {_amount(amount)}{unit}", f"{sheet} {name} {column}",
            )  # fmt: skip

    for f, name in enumerate(facts.names["fund"]):
        yield from cell("Funds", "fund", name, "amount", True, costs.money, reach)
        if facts.min_spend[f] > 0 and facts.amount[f] > 0:
            yield from cell("Funds", "fund", name, "min_spend", False, costs.money * float(facts.amount[f]), float(facts.min_spend[f]))
    for a, name in enumerate(facts.names["agency"]):
        if facts.agency_minimum[a] > 0:
            yield from cell("Agencies", "agency", name, "minimum", False, costs.money, float(facts.agency_minimum[a]))
        if np.isfinite(facts.agency_maximum[a]):
            yield from cell("Agencies", "agency", name, "maximum", True, costs.money, reach)
    for i, name in enumerate(facts.names["initiative"]):
        if facts.minimum[i] > 0 and not facts.all_or_nothing[i]:
            yield from cell("Initiatives", "initiative", name, "minimum", False, costs.money, float(facts.minimum[i]))
        if np.isfinite(facts.maximum[i]) and facts.maximum[i] > 0:
            yield from cell("Initiatives", "initiative", name, "maximum", True, costs.money, reach)
    yield from _staff(case, model, costs, total / people)
    yield from _must_fund(facts, model, costs)
    yield from _rules(facts, model, rules, costs, total, people)


def _direction(case: Case, model: Model, sheet: str, where: str, column: str) -> Direction | None:
    for step in (1.0, 1e-3):
        try:
            more = apply_changes(case, [{"sheet": sheet, "where": where, "column": column, "change": f"+ {step}"}])
        except InvalidCase:
            continue
        found = between(model, model_of(more), step)
        if found is not None and len(found.rows):
            return found
    return None


def _staff(case: Case, model: Model, costs: Costs, average: float) -> Iterator[Move]:
    facts = case.facts
    periods = facts.size("period")
    for a, k in zip(*np.nonzero(facts.releasable_fte.max(axis=2) > 0), strict=True):
        agency, role = facts.names["agency"][a], facts.names["role"][k]
        where = f"agency = {quoted(agency)} ; role = {quoted(role)}"
        direction = _direction(case, model, "Staff", where, "fte")
        if direction is None:
            continue
        own = float(facts.cost_per_fte[a, k].max())
        price = costs.fte_period if costs.fte_period is not None else own or average

        def rows(amount: float, x: Array, where: str = where) -> list[ChangeRow]:
            return [{"sheet": "Staff", "where": where, "column": "fte", "change": f"+ {_digits(amount)}"}]

        def say(amount: float, x: Array, agency: str = agency, role: str = role) -> str:
            return f"add {amount:,.3g} FTE of {role} at {agency}"

        yield Move(direction, price * periods, 1e3 + 10 * float(facts.need.sum()), rows, say, f"Staff {agency} {role}")


def _must_fund(facts: Facts, model: Model, costs: Costs) -> Iterator[Move]:
    """What must be funded in full may be funded in part (or, all or nothing, not at all)."""
    spend, scope = model.columns["spend"], model.rows["scope"]
    for i in np.flatnonzero(facts.must_fund & (facts.all_or_nothing | (facts.minimum <= 0))).tolist():
        name = facts.names["initiative"][i]
        mine = spend.first + np.flatnonzero(spend.keys["initiative"] == i)
        row = np.array([scope.first + int(np.flatnonzero(scope.keys["initiative"] == i)[0])])
        if model.row_lower[row[0]] != model.row_upper[row[0]]:
            continue
        whole = bool(facts.all_or_nothing[i])
        where = f"initiative = {quoted(name)}"

        def write(amount: float, x: Array, where: str = where, whole: bool = whole, mine: Array = mine) -> list[ChangeRow]:
            award = float(x[mine].sum())
            if whole or award <= 1:
                return [{"sheet": "Initiatives", "where": where, "column": "must_fund", "change": "= no"}]
            return [{"sheet": "Initiatives", "where": where, "column": "minimum", "change": f"= {_digits(award * (1 - 1e-9))}"}]

        def say(amount: float, x: Array, name: str = name, whole: bool = whole, mine: Array = mine) -> str:
            award = float(x[mine].sum())
            return f"no longer require {name}" if whole or award <= 1 else f"require only {_amount(award)} for {name}"

        direction = Direction(row, np.array([-1.0]), np.array([-1.0]))
        cost = costs.level if costs.level is not None else float(facts.request[i]) or 1.0
        yield Move(direction, cost, 1.0, write, say, f"Initiatives {name} must_fund")


def _rules(facts: Facts, model: Model, rules: Sequence[Compiled], costs: Costs, total: float, people: float) -> Iterator[Move]:
    """Each limit of each rule may be missed; the rule's number is then changed to what the plan has, or it is switched off."""
    average = total / max(len(facts.request), 1)
    fte = costs.fte_period if costs.fte_period is not None else total / people
    by_unit = {
        "money": costs.money,
        "FTE·periods": fte,
        "level": average if costs.level is None else costs.level,
        "initiatives": average if costs.level is None else costs.level,
        "outcome": total / (float(np.abs(facts.at_full).sum()) or 1.0) if costs.outcome is None else costs.outcome,
        "points × money": costs.money / 100,
    }
    for number, compiled in enumerate(rules):
        if not compiled.rule.hard:
            continue
        for part, limits in enumerate(compiled.blocks):
            family = model.rows[f"rule {number}.{part}"]
            for k in range(len(limits)):
                row = np.array([family.first + k])
                step = np.array([-1.0 if limits.at_least else 1.0])
                span = slice(model.start[row[0]], model.start[row[0] + 1])
                reach = np.abs(model.value[span]) * np.maximum(model.column_upper, -model.column_lower)[model.index[span]]
                most = 2 * float(reach.sum() + abs(limits.share[k] * limits.constant[k])) or 1.0
                write, say = _rule_words(compiled, part, k, float(limits.constant[k]))
                yield Move(Direction(row, step, step), by_unit[limits.unit], most, write, say, f"Rules {compiled.rule.name}")


def _rule_words(
    compiled: Compiled, part: int, k: int, constant: float
) -> tuple[Callable[[float, Array], list[ChangeRow]], Callable[[float, Array], str]]:
    rule, limits = compiled.rule, compiled.blocks[part]
    where = f"rule = {quoted(rule.name)}"
    column = limits.sense
    numbered = rule.kind in ("limit", "count") and not limits.right and constant > 0

    def new(amount: float) -> float:
        move = amount / constant
        return float(limits.share[k]) + (-move if limits.at_least else move)

    def write(amount: float, x: Array) -> list[ChangeRow]:
        if numbered and rule.per == "":
            return [{"sheet": "Rules", "where": where, "column": column, "change": f"= {_digits(new(amount))}"}]
        return [{"sheet": "Rules", "where": where, "column": "active", "change": "= no"}]

    def say(amount: float, x: Array) -> str:
        if numbered and rule.per == "":
            value = new(amount)
            said = f"{value:.4%}" if rule.of.strip() else _amount(value)
            return f"change {column.replace('_', ' ')} of the rule {rule.name} to {said}"
        return f"drop the rule {rule.name}"

    return write, say


def _digits(value: float) -> str:
    return f"{value:.12g}"


def _amount(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00") if abs(value) >= 1 else f"{value:.4g}"
