"""What a partnership could have more of: money of a fund, people of a role, room under a cap or a rule.

Each lever knows the limits of the linear program that it moves, and the rows of the Scenarios sheet that move them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.curve import Direction, between, movable
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.faults import InvalidCase
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, RuleError, compile_rule
from optimiser.verbs import apply_changes, model_of

ChangeRow = dict[str, str]
"""One row of the Scenarios sheet: sheet, where, column, change."""

FUND, STAFF, INITIATIVE, AGENCY, RULE = "fund", "staff", "initiative maximum", "agency maximum", "rule"


@dataclass(frozen=True, eq=False)
class Lever:
    """One limit that could move.

    of: `fund`, `staff`, `initiative maximum`, `agency maximum` or `rule`; item: its name; unit: of what is added
    (`money`, `FTE`, or the rule's own); most: the largest amount that is looked at; direction: the limits that move
    for one unit. agency, role: where staff is added. rule: its name, member: for which of `per`; number: the sheet's
    column and the number there, where one unit more is written as a change of it by `each`.
    """

    of: str
    item: str
    unit: str
    most: float
    direction: Direction
    agency: str = ""
    role: str = ""
    rule: str = ""
    member: str = ""
    number: tuple[str, float, float] | None = None

    def changes(self, amount: float) -> list[ChangeRow]:
        """The rows of the Scenarios sheet that add `amount`; none where no change of a number does."""
        if self.of == RULE:
            if self.number is None:
                return []
            column, now, each = self.number
            where = f"rule = {quoted(self.rule)}"
            return [{"sheet": "Rules", "where": where, "column": column, "change": f"= {now + each * amount:.12g}"}]
        return _rows(self.of, self.item, self.agency, self.role, amount)


def _rows(of: str, item: str, agency: str, role: str, amount: float) -> list[ChangeRow]:
    added = f"+ {amount:.12g}"
    if of == FUND:
        return [{"sheet": "Funds", "where": f"fund = {quoted(item)}", "column": "amount", "change": added}]
    if of == STAFF:
        where = f"agency = {quoted(agency)} ; role = {quoted(role)}"
        return [{"sheet": "Staff", "where": where, "column": "fte", "change": added}]
    if of == INITIATIVE:
        return [{"sheet": "Initiatives", "where": f"initiative = {quoted(item)}", "column": "maximum", "change": added}]
    return [{"sheet": "Agencies", "where": f"agency = {quoted(item)}", "column": "maximum", "change": added}]


def levers(case: Case, model: Model, rules: Sequence[Compiled]) -> list[Lever]:
    """Every fund, role, cap and limit of a rule that moves in a straight line. model: of the case, as `model_of` builds it."""
    return [
        lever for lever in (*_of_case(case, model, rules), *_of_rules(model, rules)) if movable(model, lever.direction)
    ]


def roomy(model: Model, room: Array | float = 1e3) -> Model:
    """The model with column bounds that only repeat a limit which may move, wide enough to move with it."""
    upper = model.column_upper.copy()
    fixed = {"level", "hire", "achieved", "funded", "shortfall"}
    for name, family in model.columns.families.items():
        if name not in fixed:
            upper[family.span] = (upper[family.span] + model.column_scale[family.span]) * room
    return replace(model, column_upper=upper)


# -- of the case ------------------------------------------------------------------------------------------------------


def _of_case(case: Case, model: Model, rules: Sequence[Compiled]) -> Iterator[Lever]:
    facts = case.facts
    money = float(np.maximum(facts.request.sum(), facts.amount.sum()))
    sums = Sums(facts, model, rules)
    for f, fund in enumerate(facts.names["fund"]):
        direction = sums.fund(f, money)
        yield from _lever(case, model, Lever(FUND, fund, "money", money, direction or NOWHERE), direction)
    for k, role in enumerate(facts.names["role"]):
        supply = facts.releasable_fte[:, k, :].sum(axis=1)
        if supply.any():
            a = int(np.argmax(supply))
            need = float((facts.need * facts.active_periods[:, None])[:, k].sum()) or 1.0
            direction = sums.staff(a, k, need)
            agency = facts.names["agency"][a]
            yield from _lever(
                case, model, Lever(STAFF, role, "FTE", need, direction or NOWHERE, agency, role), direction
            )
    for i in np.flatnonzero(np.isfinite(facts.maximum) & (facts.maximum > 0)).tolist():
        direction = sums.cap("award", "initiative", i)
        lever = Lever(
            INITIATIVE, facts.names["initiative"][i], "money", float(facts.request[i]) or 1.0, direction or NOWHERE
        )
        yield from _lever(case, model, lever, direction)
    for a in np.flatnonzero(np.isfinite(facts.agency_maximum)).tolist():
        direction = sums.cap("agency", "agency", a)
        lever = Lever(AGENCY, facts.names["agency"][a], "money", money, direction or NOWHERE)
        yield from _lever(case, model, lever, direction)


NOWHERE = Direction(np.zeros(0, int), np.zeros(0), np.zeros(0))


def _lever(case: Case, model: Model, lever: Lever, direction: Direction | None) -> Iterator[Lever]:
    """The lever, its direction found by building the changed case where it was not computed."""
    if direction is None:
        found = built(case, model, lever.changes(lever.most), lever.most)
        half = built(case, model, lever.changes(lever.most / 2), lever.most / 2)
        if found is None or half is None or not _alike(found, half):
            return
        direction = found
    if len(direction.rows):
        yield replace(lever, direction=direction)


def built(case: Case, model: Model, rows: Sequence[ChangeRow], amount: float) -> Direction | None:
    """The direction of a change, by building the changed case; None where more than limits differs."""
    try:
        other = model_of(apply_changes(case, rows))
    except InvalidCase:
        return None
    if len(other.column_upper) != len(model.column_upper) or len(other.stages) != len(model.stages):
        return None
    return between(model, other, amount)


def _alike(one: Direction, other: Direction) -> bool:
    return len(one.rows) == len(other.rows) and all(
        np.allclose(a, b, rtol=1e-9, atol=0) for a, b in ((one.lower, other.lower), (one.upper, other.upper))
    )


class Sums:
    """How the limits move with an amount or a number of staff: own rows, and rules that are shares of a sum of the case.

    None is said where it is simpler to build the changed case and look.
    """

    def __init__(self, facts: Facts, model: Model, rules: Sequence[Compiled]) -> None:
        self.facts, self.model, self.rules = facts, model, rules
        self._texts = " ".join(
            [*(f"{r.rule.where} {r.rule.of} {r.rule.measure}" for r in rules), *facts.allowed_text.tolist()]
        ).lower()

    def fund(self, f: int, most: float) -> Direction | None:
        """One unit of money more in a fund, in its installments' proportions."""
        facts, model = self.facts, self.model
        if not facts.amount[f] > 0 or re.search(r"amount\s*[<>!=]", self._texts):
            return None
        share = facts.installment[f] / facts.amount[f]
        rows: list[_Moved] = []
        balance, carry, least = model.rows["fund"], model.rows["carry-over"], model.rows["min spend"]
        for r in np.flatnonzero(balance.keys["fund"] == f).tolist():
            part = share[balance.keys["period"][r]]
            rows.append((balance.first + r, part, part))
        for r in np.flatnonzero(carry.keys["fund"] == f).tolist():
            rows.append((carry.first + r, 0.0, facts.carryover[f] * share[carry.keys["period"][r]]))
        for r in np.flatnonzero(least.keys["fund"] == f).tolist():
            rows.append((least.first + r, float(facts.min_spend[f]), 0.0))

        def more(amount: float) -> Facts:
            changed = copy.copy(facts)
            changed.amount, changed.installment = facts.amount.copy(), facts.installment.copy()
            changed.amount[f] += amount
            changed.installment[f] *= changed.amount[f] / facts.amount[f]
            return changed

        return self._with_rules(rows, [more(most), more(most / 2)], most, ("amount", "total"))

    def staff(self, a: int, k: int, most: float) -> Direction | None:
        """One FTE more of a role on an agency's books, in every period."""
        facts, people = self.facts, self.model.rows["people"]
        fte = facts.fte[a, k]
        if not np.all(facts.releasable_fte[a, k] > 0) or re.search(r"fte\s*[<>!=]", self._texts):
            return None
        share = facts.releasable_fte[a, k] / fte
        mine = np.flatnonzero((people.keys["agency"] == a) & (people.keys["role"] == k)).tolist()
        rows = [(people.first + r, 0.0, float(share[people.keys["period"][r]])) for r in mine]

        def more(amount: float) -> Facts:
            changed = copy.copy(facts)
            changed.fte, changed.releasable_fte = facts.fte.copy(), facts.releasable_fte.copy()
            changed.fte[a, k] += amount
            changed.releasable_fte[a, k] += share * amount
            return changed

        return self._with_rules(rows, [more(most), more(most / 2)], most, ("fte", "headcount"))

    def cap(self, family: str, dimension: str, member: int) -> Direction | None:
        """One unit of money more under a maximum."""
        if "maximum" in self._texts:
            return None
        rows = self.model.rows[family]
        row = rows.first + np.flatnonzero(rows.keys[dimension] == member)
        return Direction(row, np.zeros(len(row)), np.ones(len(row)))

    def _with_rules(
        self, rows: list[_Moved], changed: list[Facts], most: float, bases: tuple[str, ...]
    ) -> Direction | None:
        for number, compiled in enumerate(self.rules):
            rule = compiled.rule
            by_formula = rule.kind in ("formula", "earned") and "amount" in bases
            if not by_formula and rule.of.strip().lower() not in bases:
                continue
            try:
                whole, half = (compile_rule(facts, rule) for facts in changed)
            except RuleError:
                return None
            for part, (now, far, near) in enumerate(zip(compiled.blocks, whole.blocks, half.blocks, strict=True)):
                if now.right and not (np.array_equal(now.share, far.share) and np.array_equal(now.share, near.share)):
                    return None
                base = now.share * now.constant
                by_far, by_near = (
                    (far.share * far.constant - base) / most,
                    (near.share * near.constant - base) / (most / 2),
                )
                if not np.allclose(by_far, by_near, rtol=1e-9, atol=1e-12):
                    return None
                family = self.model.rows[f"rule {number}.{part}"]
                for k in np.flatnonzero(by_far).tolist():
                    step = float(by_far[k])
                    rows.append((family.first + k, step, 0.0) if now.at_least else (family.first + k, 0.0, step))
        rows.sort()
        index, lower, upper = zip(*rows, strict=True) if rows else ((), (), ())
        direction = Direction(np.array(index, int), np.array(lower, float), np.array(upper, float))
        kept = (direction.lower != 0) | (direction.upper != 0)
        return Direction(direction.rows[kept], direction.lower[kept], direction.upper[kept])


_Moved = tuple[int, float, float]
"""A row, and by how much its lower and upper limit move for one unit."""


# -- of rules ---------------------------------------------------------------------------------------------------------


def _of_rules(model: Model, rules: Sequence[Compiled]) -> Iterator[Lever]:
    for number, compiled in enumerate(rules):
        rule = compiled.rule
        for part, limits in enumerate(compiled.blocks):
            family = model.rows[f"rule {number}.{part}"]
            step = -1.0 if limits.at_least else 1.0
            for k, member in enumerate(limits.per):
                row = np.array([family.first + k])
                direction = Direction(row, np.array([step]), np.array([step]))
                span = slice(model.start[row[0]], model.start[row[0] + 1])
                reach = (
                    np.abs(model.value[span]) * np.maximum(model.column_upper, -model.column_lower)[model.index[span]]
                )
                constant = float(limits.constant[k])
                most = float(reach.sum() + abs(limits.share[k] * constant)) or 1.0
                written = rule.kind in ("limit", "count") and not limits.right and constant > 0 and not rule.per
                each = (limits.sense, float(limits.share[k]), step / constant) if written else None
                item = f"{rule.name} ({member})" if member else rule.name
                yield Lever(RULE, item, limits.unit, most, direction, rule=rule.name, member=member, number=each)
