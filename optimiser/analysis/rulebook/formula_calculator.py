"""Awards by a rule's formula without a plan: a table of members with their shares and what every clause makes of them."""

from __future__ import annotations

import numpy as np

from optimiser.case.case import Case
from optimiser.case.names import fold, nearest
from optimiser.case.readable import listed
from optimiser.case.table import Array, Table, text, to_decimals
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import KINDS, Rule, RuleError, rules_of


def formula_table(case: Case, rule_name: str, unit: float | None = None) -> Table:
    """The awards of one rule of the kinds formula or earned, as if the whole of its funds were spent.

    Columns: member; plain (share); one for each clause, with the money after it; share and award, in whole units that
    add up; of earned also score and earned. unit: of the awards, by default the case's rounding (0: not rounded).
    Raises RuleError where there is no such rule, or it cannot be read.
    """
    facts, rule = case.facts, _rule(case, rule_name)
    found = KINDS[rule.kind].split(facts, rule)
    assert found is not None, "a rule that splits nothing was refused"
    made, score = found
    unit = case.settings.rounding if unit is None else unit
    columns: dict[str, Array] = {rule.per: text(made.names), "plain": _shares(made.steps[0][1], made.total)}
    columns |= dict(made.steps[1:]) | {"share": _shares(made.award, made.total)}
    table = Table("Formula", columns | {"award": whole(made.award, unit) if unit else made.award})
    if score is None:
        return table
    earned = made.award * score / 100.0
    return table.replace(score=score, earned=whole(earned, unit, down=True) if unit else earned)


def whole(awards: Array, unit: float, *, down: bool = False) -> Array:
    """Awards in whole units: rounded down, and what is left over given to the largest remainders (down: to nobody).

    The sum is that of the awards, itself rounded to a unit.
    """
    units = np.asarray(awards, float) / unit
    made = np.floor(units + HAIR)
    if not down:
        left = round(float(units.sum())) - int(made.sum())
        order = np.argsort(made - units, kind="stable")
        made[order[: max(left, 0)]] += 1
    return to_decimals(made * unit, 6)


def _rule(case: Case, name: str) -> Rule:
    rules = {fold(r.name): r for r in rules_of(case.facts) if KINDS[r.kind].splits}
    if fold(name) not in rules:
        names = [r.name for r in rules.values()]
        near = nearest(name, names)
        some = f"take one of {listed(names, 'or')}" if names else "there is none: add it first"
        kinds = " or ".join(kind for kind in KINDS if KINDS[kind].splits)
        raise RuleError("rule", f'"{name}"', f"a rule of the kind {kinds}", f"did you mean {near}?" if near else some)
    return rules[fold(name)]


def _shares(money: Array, total: float) -> Array:
    return money / total if total else np.zeros(len(money))
