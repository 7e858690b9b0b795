"""Awards by formula without a plan: a table of members with their shares and what every clause makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimiser.case.case import Case
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.readable import listed
from optimiser.case.table import Array, Table, text, to_decimals
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import KINDS, Rule, RuleError, rules_of
from optimiser.model.rules.shares import parse_formula, split

Steps = Sequence[tuple[str, Array]]


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
    table = _table(rule.per, made.names, made.steps, made.total, unit)
    if score is None:
        return table
    earned = made.award * score / 100.0
    return table.replace(score=score, earned=whole(earned, unit, down=True) if unit else earned)


def split_table(table: Table, formula: str, total: float, unit: float = 1.0, key: str = "") -> Table:
    """Money divided over the records of any table by a formula; columns as in formula_table.

    table: its numeric columns are the attributes (blank counts as 0), `baseline` and `request`
    are what `hold` and `cap request` refer to; formula: such
    as `0.5 population + 0.5 violent_crime; base 0.25%`; total: money; key: the column that names the members, by default
    the first of text. Raises RuleError where the formula does not fit the table.
    """
    texts = [c for c in table.columns if table[c].dtype == object]
    named = next((c for c in texts if not key or fold_title(c) == fold_title(key)), "")
    if not named:
        raise RuleError("of", f'"{key}"' if key else "only numbers", "a column that names the members", _listed(texts))
    names = table[named].tolist()
    twice = next((n for n in names if not n or sum(fold(n) == fold(m) for m in names) > 1), None)
    if twice is not None:
        raise RuleError("of", f'"{twice}" as a name', f"each {named} once and none blank", "correct the column")
    if not total >= 0 or not np.isfinite(total):
        raise RuleError("of", f"a total of {total:g}", "an amount of money, 0 or more", "write the amount to divide")

    def attribute(name: str) -> Array:
        numbers = [c for c in table.columns if table[c].dtype.kind in "fi"]
        found = next((c for c in numbers if fold_title(c) == fold_title(name)), "")
        if not found:
            near = nearest(name, numbers)
            cure = f"did you mean {near}?" if near else _listed(numbers)
            raise RuleError("of", f'"{name}"', "a column of numbers of the table", cure)
        return np.asarray(np.nan_to_num(table[found].astype(float), nan=0.0))

    steps = split(
        parse_formula(formula), names, total, attribute, lambda: attribute("baseline"), lambda: attribute("request")
    )
    return _table(named, names, steps, total, unit)


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
        near = nearest(name, (r.name for r in rules.values()))
        known = f"did you mean {near}?" if near else _listed([r.name for r in rules.values()])
        raise RuleError(
            "rule",
            f'"{name}"',
            "a rule of the kind " + " or ".join(kind for kind in KINDS if KINDS[kind].splits),
            known,
        )
    return rules[fold(name)]


def _listed(names: Sequence[str]) -> str:
    return f"take one of {listed(names, 'or')}" if names else "there is none: add it first"


def _table(member: str, names: Sequence[str], steps: Steps, total: float, unit: float) -> Table:
    award = steps[-1][1]
    columns: dict[str, Array] = {member: text(names), "plain": _shares(steps[0][1], total), **dict(steps[1:])}
    columns["share"] = _shares(award, total)
    columns["award"] = whole(award, unit) if unit else award
    return Table("Formula", columns)


def _shares(money: Array, total: float) -> Array:
    return money / total if total else np.zeros(len(money))
