"""What a partnership could have more of: money of a fund, people of a role, room under a cap or a rule.

Each lever knows the limits of the linear program that it moves, and the rows of the Scenarios sheet that move them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.curve import Direction, between
from optimiser.case.case import Case
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled
from optimiser.verbs import apply_changes, model_of

ChangeRow = dict[str, str]
"""One row of the Scenarios sheet: sheet, where, column, change."""


@dataclass(frozen=True, eq=False)
class Lever:
    """One limit that could move.

    of: `fund`, `staff`, `initiative maximum`, `agency maximum` or `rule`; item: its name; unit: of what is added
    (`money`, `FTE`, or the rule's own); most: the largest amount that is looked at; direction, upper: the limits that
    move for one unit, and bounds of the columns that are wide enough for `most`.
    """

    of: str
    item: str
    unit: str
    most: float
    direction: Direction
    upper: Array
    agency: str = ""
    role: str = ""

    def changes(self, amount: float) -> list[ChangeRow]:
        """The rows of the Scenarios sheet that add `amount`; none for a rule's limit."""
        return _rows(self.of, self.item, self.agency, self.role, amount)


def _rows(of: str, item: str, agency: str, role: str, amount: float) -> list[ChangeRow]:
    added = f"+ {amount:.12g}"
    if of == "fund":
        return [{"sheet": "Funds", "where": f"fund = {quoted(item)}", "column": "amount", "change": added}]
    if of == "staff":
        where = f"agency = {quoted(agency)} ; role = {quoted(role)}"
        return [{"sheet": "Staff", "where": where, "column": "fte", "change": added}]
    if of == "initiative maximum":
        return [{"sheet": "Initiatives", "where": f"initiative = {quoted(item)}", "column": "maximum", "change": added}]
    if of == "agency maximum":
        return [{"sheet": "Agencies", "where": f"agency = {quoted(item)}", "column": "maximum", "change": added}]
    return []


def levers(case: Case, model: Model, rules: list[Compiled]) -> Iterator[Lever]:
    """Every fund, role, cap and hard limit of a rule. model: of the case, as `model_of` builds it."""
    facts = case.facts
    money = float(np.maximum(facts.request.sum(), facts.amount.sum()))
    for fund in facts.names["fund"]:
        yield from _of_case(case, model, "fund", fund, "money", money)
    for role in range(facts.size("role")):
        supply = facts.releasable_fte[:, role, :].sum(axis=1)
        if not supply.any():
            continue
        agency = int(np.argmax(supply))
        need = float((facts.need * facts.active_periods[:, None])[:, role].sum()) or 1.0
        yield from _of_case(
            case, model, "staff", facts.names["role"][role], "FTE", need, facts.names["agency"][agency], facts.names["role"][role]
        )
    for i in np.flatnonzero(np.isfinite(facts.maximum) & (facts.maximum > 0)).tolist():
        yield from _of_case(case, model, "initiative maximum", facts.names["initiative"][i], "money", float(facts.request[i]))
    for a in np.flatnonzero(np.isfinite(facts.agency_maximum)).tolist():
        yield from _of_case(case, model, "agency maximum", facts.names["agency"][a], "money", money)
    yield from _of_rules(model, rules)


def _of_case(
    case: Case, model: Model, of: str, item: str, unit: str, most: float, agency: str = "", role: str = ""
) -> Iterator[Lever]:
    more = model_of(apply_changes(case, _rows(of, item, agency, role, most)))
    direction = between(model, more, most)
    if direction is None or len(more.column_upper) != len(model.column_upper):
        return
    half = between(model, model_of(apply_changes(case, _rows(of, item, agency, role, most / 2))), most / 2)
    straight = half is not None and len(half.rows) == len(direction.rows)
    straight = straight and all(
        np.allclose(a, b, rtol=1e-9, atol=0)
        for a, b in ((half.lower, direction.lower), (half.upper, direction.upper))  # type: ignore[union-attr]
    )
    if straight and len(direction.rows):
        upper = np.maximum(model.column_upper, more.column_upper)
        yield Lever(of, item, unit, most, direction, upper, agency, role)


def _of_rules(model: Model, rules: list[Compiled]) -> Iterator[Lever]:
    for number, compiled in enumerate(rules):
        if not compiled.rule.hard:
            continue
        for part, limits in enumerate(compiled.blocks):
            family = model.rows[f"rule {number}.{part}"]
            for k, member in enumerate(limits.per):
                row = np.array([family.first + k])
                step = -1.0 if limits.at_least else 1.0
                direction = Direction(row, np.array([step]), np.array([step]))
                span = slice(model.start[row[0]], model.start[row[0] + 1])
                reach = np.abs(model.value[span]) * np.maximum(model.column_upper, -model.column_lower)[model.index[span]]
                most = float(reach.sum() + abs(limits.share[k] * limits.constant[k])) or 1.0
                item = f"{compiled.rule.name} ({member})" if member else compiled.rule.name
                yield Lever("rule", item, limits.unit, most, direction, model.column_upper)


def widened(model: Model, lever: Lever) -> Model:
    """The model with column bounds wide enough for the lever, for its first objective alone."""
    return replace(model, column_upper=lever.upper, stages=model.stages[:1], ties=())


