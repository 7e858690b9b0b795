"""A small case that the tests of all kinds of rule share, and what they ask of it.

Money is worth 1.8 on A, 1.2 on C and 0.6 on B, and there are 1,500. Without a rule A gets 1,000 and C 500: impact 2,400.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.table import Array, Table
from optimiser.model.matrix import Family, Model
from optimiser.model.program import Program
from optimiser.model.rules import Rule, compile_rule, compile_rules, rules_of
from optimiser.model.rules.shares import parse_formula, split
from optimiser.plan.tables import Plan

Records = dict[str, list[dict[str, Any]]]

BASE: Records = {
    "Areas": [
        {"area": "North", "population": 600, "violent_crime": 30},
        {"area": "Old Town", "parent": "North", "population": 100, "violent_crime": 20},
        {"area": "South", "population": 300, "violent_crime": 50},
    ],
    "Agencies": [
        {"agency": "Police", "kind": "police", "area": "North", "score": 80, "officers": 60, "spending": 500},
        {"agency": "Health", "kind": "health", "area": "South", "score": 50, "officers": 40, "spending": 900},
    ],
    "Funds": [
        {"fund": "Grant", "kind": "joint grant", "amount": 1000},
        {"fund": "Own", "kind": "own budget", "owner": "Health", "can_match": "yes"},
    ],
    "Contributions": [{"agency": "Health", "fund": "Own", "amount": 500}],
    "Initiatives": [
        {
            "initiative": "A", "theme": "guns", "area": "Old Town", "lead": "Police",
            "request": 1000, "priority": 2, "score": 90, "baseline": 400,
        },
        {
            "initiative": "B", "theme": "guns", "area": "South", "lead": "Health",
            "request": 800, "score": 60, "baseline": 300,
        },
        {
            "initiative": "C", "theme": "training", "area": "North",
            "request": 600, "priority": 3, "score": 40, "baseline": 100,
        },
    ],
    "Partners": [{"initiative": "C", "agency": "Police", "max_share": 0.5}, {"initiative": "C", "agency": "Health"}],
    "Costs": [
        {"initiative": "C", "category": "personnel", "share": 0.75}, {"initiative": "C", "category": "travel", "share": 0.25},
    ],
    "Staff": [{"agency": "Police", "role": "analyst", "fte": 10, "cost_per_fte": 20}],
    "Needs": [{"initiative": "A", "role": "analyst", "fte": 4}, {"initiative": "B", "role": "analyst", "fte": 2}],
}  # fmt: skip


def with_rules(*rules: Mapping[str, Any], base: Records = BASE, **sheets: list[dict[str, Any]]) -> Records:
    """The small case with these rules (named r1, r2 … where they have no name) and other sheets."""
    made = deepcopy({**base, **sheets})
    made["Rules"] = [{"rule": f"r{k}", **rule} for k, rule in enumerate(rules, 1)]
    return made


def changed(records: Records, sheet: str, key: str, **values: Any) -> Records:
    """The records with some values of one record changed."""
    made = deepcopy(records)
    next(r for r in made[sheet] if next(iter(r.values())) == key).update(values)
    return made


def case_of(*rules: Mapping[str, Any], **sheets: list[dict[str, Any]]) -> Case:
    """The small case with these rules, checked."""
    return checked(with_rules(*rules, **sheets))  # type: ignore[arg-type]


def checked(records: Records) -> Case:
    """A case from records; its faults are in the message where it has any."""
    case, faults = verbs.check_records(records)
    assert case is not None, [str(f) for f in faults if f.level == "error"]
    return case


def rule_of(case: Case, name: str = "r1") -> Rule:
    """One rule of a case."""
    return next(r for r in rules_of(case.facts) if r.name == name)


def said(case: Case, name: str = "r1") -> str:
    """One rule of a case in plain English."""
    from optimiser.model.rules import sentence

    return sentence(case.facts, rule_of(case, name))


def solved(case: Case, objective: str | None = None) -> Plan:
    """The plan, which must be optimal, whole and verified."""
    plan = verbs.solve(case, objective=objective)
    assert plan.status in ("optimal", "within_gap"), plan.status
    assert verbs.verify(plan) == []
    return plan


def awards(plan: Plan) -> dict[str, float]:
    """Award of each initiative, in money."""
    return dict(zip(*(plan.tables["Awards"][c].tolist() for c in ("initiative", "award")), strict=True))


def nearly(award: Mapping[str, float]) -> object:
    """Equal but for rounding: an award has up to four lines, each in whole units."""
    return pytest.approx(award, abs=2)


def received(plan: Plan) -> dict[str, float]:
    """Money that each agency receives."""
    return dict(zip(*(plan.tables["Received"][c].tolist() for c in ("agency", "received")), strict=True))


def compliance(plan: Plan, rule: str = "r1") -> list[dict[str, Any]]:
    """The lines of the compliance sheet of one rule."""
    return [r for r in plan.tables["Compliance"].records() if r["rule"] == rule]


def faults(*rules: Mapping[str, Any], **sheets: list[dict[str, Any]]) -> list[Fault]:
    """The faults of the small case with these rules."""
    return list(verbs.check_records(with_rules(*rules, **sheets))[1])  # type: ignore[arg-type]


def only_fault(rule: Mapping[str, Any], **sheets: list[dict[str, Any]]) -> Fault:
    """The one fault that the rule makes."""
    found = [f for f in faults(rule, **sheets) if f.level == "error"]
    assert len(found) == 1, [str(f) for f in found]
    return found[0]


# -- rows as text -----------------------------------------------------------------------------------------------------


def rows(case: Case) -> str:
    """The rows that the rules of a case become, as text: one line for each limit, then its terms and bounds."""
    model, names = Program.of(case).model, _Names(case)
    compiled = compile_rules(case.facts)
    lines = []
    for family in model.rows.families.values():
        if "part" not in family.keys:
            continue
        for k in range(family.size):
            rule, part, limit = (int(family.keys[d][k]) for d in ("rule", "part", "limit"))
            limits = compiled[rule].blocks[part]
            title = ", ".join(
                filter(None, (compiled[rule].rule.name, limits.per[limit], limits.sense.replace("_", " ")))
            )
            lines += [f"{title}:", *_terms(model, names, family.first + k), ""]
    return "\n".join(lines)


def _terms(model: Model, names: _Names, row: int) -> list[str]:
    span = slice(model.start[row], model.start[row + 1])
    found = zip(model.value[span].tolist(), model.index[span].tolist(), strict=True)
    lines = [f"  {value:+.6g} {names.column(model, column)}" for value, column in found]
    lower, upper = model.row_lower[row], model.row_upper[row]
    bound = f"  >= {lower:g}" if np.isfinite(lower) else f"  <= {upper:g}"
    return [*(lines or ["  0"]), bound]


class _Names:
    """Names of columns: `spend Grant, A, Police, general, FY`."""

    def __init__(self, case: Case) -> None:
        self.facts = case.facts

    def column(self, model: Model, position: int) -> str:
        family, keys = model.columns.at(position)
        return f"{family} {', '.join(self._key(model.columns[family], d, code) for d, code in keys.items() if d != 'pair')}"

    def _key(self, family: Family, dimension: str, code: int) -> str:
        known = {"source": "fund", "fills": "role"}.get(dimension, dimension)
        return self.facts.names[known][code] if known in self.facts.names else f"{dimension} {code}"


def blocks(case: Case, name: str = "r1") -> list[tuple[str, tuple[str, ...], list[float], list[float]]]:
    """The limits of one rule: sense, members, shares and constants of each block."""
    compiled = compile_rule(case.facts, rule_of(case, name))
    return [(b.sense, b.per, b.share.tolist(), b.constant.tolist()) for b in compiled.blocks]


def divided(members: Table, formula: str, total: float) -> dict[str, Array]:
    """What each clause of a formula makes of money over the records of a table, which its first column names; `shares` first."""
    parsed, first = parse_formula(formula), next(iter(members.columns))
    return dict(
        split(
            parsed, members[first].tolist(), total, members.__getitem__,
            lambda: members["baseline"], lambda: members["request"],
        )
    )  # fmt: skip
