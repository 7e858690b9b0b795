"""A rule before it is added: how it reads, what it selects, how the plan on show stands to it. Nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimiser.case.case import Case
from optimiser.case.facts import DIMENSIONS, OF_INITIATIVE, SHEET_OF
from optimiser.case.faults import Fault
from optimiser.case.selection import Clause, SelectionError
from optimiser.case.spec import BY_NAME
from optimiser.desk.state import Draft
from optimiser.model.rules import Rule, RuleError, compile_rule, meaning, rules_of, sentence
from optimiser.plan.allowance import is_kept
from optimiser.plan.derive import readings
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan

NAMED = 6
PLURAL = {"agency": "agencies", "category": "categories"}
EXTRA = {
    "fund": ("kind", "owner"),
    "agency": ("kind", "area", "score"),
    "initiative": ("priority", "request", "baseline"),
}
"""Columns of the specification that rules are often about; a case's own attributes are added to them."""


@dataclass(frozen=True)
class Preview:
    """sentence: how the rule reads ("" where it cannot be read); selects: what its `where` takes in, in words; standing:
    how the plan on show stands to it; faults: what the checks say that they did not say before."""

    row: Mapping[str, Any]
    sentence: str
    selects: tuple[str, ...]
    standing: str
    faults: tuple[Fault, ...]

    @property
    def possible(self) -> bool:
        """Whether it can be added."""
        return bool(self.sentence) and not any(f.level == "error" for f in self.faults)


def preview(draft: Draft, row: Mapping[str, Any], plan: Plan | None) -> Preview:
    """A row of the sheet Rules, tried on the draft as it is."""
    plain = draft.plain()
    made = draft.would({**plain, "Rules": [*plain.get("Rules", []), dict(row)]})
    case = made.case
    rule = next((r for r in rules_of(case.facts) if r.name == row["rule"]), None) if case is not None else None
    if case is None or rule is None:
        return Preview(row, "", (), "", made.faults)
    selects = tuple(selected(case, rule.where))
    return Preview(row, sentence(case.facts, rule), selects, _standing(case, rule, plan), made.faults)


def selected(case: Case, where: str) -> Iterator[str]:
    """What a selection takes in, by dimension: 7 of 36 initiatives: Ballistics, …"""
    facts = case.facts
    try:
        found = facts.select(where)
    except SelectionError:
        return
    for dimension, hit in found.items():
        names = [called for called, h in zip(_names(case, dimension), hit.tolist(), strict=True) if h]
        every = PLURAL.get(dimension, f"{dimension}s")
        listed = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        yield f"{len(names) or 'None'} of {len(hit)} {every}" + (f": {listed}" if names else "")


def _names(case: Case, dimension: str) -> list[str]:
    keys = case.facts.names[dimension]
    if dimension not in case.facts.sorted:
        return keys
    named = dict(zip(*(case.facts.sorted[dimension][c].tolist() for c in (dimension, "name")), strict=True))
    return [named.get(key) or key for key in keys]


def _standing(case: Case, written: Rule, plan: Plan | None) -> str:
    """Whether the plan on show would keep the rule, and by how much."""
    if plan is None or not plan.has_plan:
        return ""
    try:
        rule = compile_rule(case.facts, written)
        read = readings(case.facts, decode(case.facts, plan.tables), [rule])
    except (RuleError, LookupError):
        return ""
    if not read:
        return "It says nothing about the plan on show."
    unit = Fraction(case.settings.rounding).limit_denominator(100)
    kept = [is_kept(r.kind, r.reading, unit) for r in read]
    if all(kept):
        many = "" if len(read) == 1 else f", in all {len(read)} limits"
        return f"The plan on show keeps it{many}: adding it changes nothing until something else does."
    worst = min((r.reading for r, k in zip(read, kept, strict=True) if not k), key=lambda r: float(r.headroom))
    unit_of_rows = meaning(case.facts, rule.rule).of_rows(worst.unit)
    short = "some" if unit_of_rows is None else unit_of_rows.short(float(-worst.headroom))
    whose = f" for {worst.per}" if worst.per else ""
    many = "" if len(read) == 1 else f" in {kept.count(False)} of {len(read)} limits"
    return f"The plan on show breaks it{many}{whose and f', most{whose}' if len(read) > 1 else ''}: {short} off. Solving again mends that."


# -- what can be chosen -----------------------------------------------------------------------------------------------


def columns(case: Case, dimensions: tuple[str, ...]) -> list[str]:
    """Columns by which a selection of these dimensions can be made: the names first, then attributes."""
    made = [d for d in DIMENSIONS if d in dimensions]
    if "initiative" in dimensions:
        made += [c for c in OF_INITIATIVE if c != "area" or case.facts.areas]
    for owner in SHEET_OF:
        if owner in dimensions or (owner == "area" and "initiative" in dimensions):
            known = {c.name for c in BY_NAME[SHEET_OF[owner]].columns}
            own = [c for c in case.facts.sorted[owner].columns if c not in known]
            made += [f"{owner}.{c}" for c in (*EXTRA.get(owner, ()), *own)]
    return made


def values(case: Case, column: str) -> tuple[list[str], bool]:
    """The values that a column has, and whether they are numbers that can be ordered."""
    try:
        subject = case.facts.subject(Clause(column, "=", ("",)))
    except SelectionError:
        return [], False
    found = subject.values
    if found.dtype.kind == "f":
        return [], True
    if found.dtype == bool:
        return ["yes", "no"], False
    return sorted({str(v) for v in found.tolist() if str(v)}, key=str.casefold), False
