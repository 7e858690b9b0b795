"""The optimum by trying every pattern of funded initiatives; count, excludes and requires are then plain counting, not rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from .plain_case import PlainCase, Records, Rule, read
from .plain_lp import initiatives_in, named
from .plain_model import solve_case
from .plain_rows import switched


def enumerate_switches(records: Records, solver: str = "highs", most: int = 10) -> dict[str, Any]:
    """The best plan over all patterns (objective: impact less penalties). ValueError above `most` switches."""
    case = read(records)
    names = switched(case)
    if len(names) > most:
        raise ValueError(f"{len(names)} switches")
    counted = [rule for rule in case.rules if by_counting(rule)]
    rest = replace(case, rules=[rule for rule in case.rules if not by_counting(rule)])
    best: dict[str, Any] = {"status": "infeasible", "objective": None}
    for values in product((0, 1), repeat=len(names)):
        pattern = dict(zip(names, values, strict=True))
        penalty = sum(
            rule.penalty * broken for rule in counted if not rule.hard for broken in breaches(case, rule, pattern)
        )
        if any(broken > 0 for rule in counted if rule.hard for broken in breaches(case, rule, pattern)):
            continue
        plan = solve_case(rest, solver, pattern)
        if plan["status"] == "optimal" and (
            best["objective"] is None or plan["objective"] - penalty > best["objective"]
        ):
            best = {**plan, "objective": plan["objective"] - penalty, "pattern": pattern}
    return best


def by_counting(rule: Rule) -> bool:
    return rule.kind in ("count", "excludes") or (rule.kind == "requires" and rule.at_least is None)


def breaches(case: PlainCase, rule: Rule, pattern: dict[str, int]) -> list[float]:
    """By how many initiatives a pattern breaks each limit of a rule."""
    funded = {i for i, on in pattern.items() if on}
    where = set(initiatives_in(case, rule.where))
    if rule.kind == "requires":
        needed = initiatives_in(case, case.selection(rule.of))
        return [float(j not in funded) for i in where & funded for j in needed if j != i]
    groups = [where]
    if rule.per:
        of = {i: [i if n == "initiative" else case.value("initiative", n, {"initiative": i}) for n in named(rule.per)]
              for i in case.initiatives}  # fmt: skip
        groups = [{i for i in where if of[i] == member} for member in of.values() if "" not in member]
        groups = [group for k, group in enumerate(groups) if group not in groups[:k]]
    found = []
    for group in groups:
        number = len(group & funded)
        most = 1.0 if rule.kind == "excludes" else rule.at_most
        if most is not None:
            found.append(max(0.0, number - most))
        if rule.kind == "count" and rule.at_least is not None:
            found.append(max(0.0, rule.at_least - number))
    return found
