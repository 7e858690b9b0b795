"""Locks: an initiative held at an amount, a minimum, a maximum, in or out, with a reason and an owner.

A lock is a row of the sheet Rules (its authority is the owner, its note the reason), so that it travels with the workbook
and its price, its compliance and every explanation come by themselves. Nothing here knows Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimiser.case import impact
from optimiser.case.faults import InvalidCase
from optimiser.case.names import fold, told_apart, untaken
from optimiser.case.readable import as_sentence
from optimiser.case.selection import SelectionError, parse, quoted
from optimiser.case.spec import BY_NAME
from optimiser.case.tolerances import HALF_A_CENT, SAME
from optimiser.desk.state import Draft, blank
from optimiser.model.rules import KINDS, rule_of
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.verbs import case_from, solve

EXACT, LEAST, MOST, IN, OUT = "at exactly", "at least", "at most", "in", "out"
WAYS = {
    LEAST: "Receives at least …",
    MOST: "Receives at most …",
    EXACT: "Receives exactly …",
    IN: "Is funded in any case",
    OUT: "Is not funded",
}
"""How an initiative can be held, and how the form says it."""
NEEDS_AMOUNT = (EXACT, LEAST, MOST)


@dataclass(frozen=True)
class Lock:
    """A lock as it stands in the draft. number: of its record in Rules; how: one of WAYS; amount: money, 0 with in and out."""

    number: int
    rule: str
    initiative: str
    how: str
    amount: float
    owner: str
    reason: str
    active: bool
    called: str
    """The initiative, as people call it."""

    def held(self, currency: str) -> str:
        """How: at least $600k."""
        return self.how + (f" {words.money_short(self.amount, currency)}" if self.how in NEEDS_AMOUNT else "")

    def said(self, currency: str) -> str:
        """Street outreach at least $600k."""
        return f"{self.called} {self.held(currency)}"


@dataclass(frozen=True)
class Cost:
    """What a lock changes. points: of impact that it costs (None: no plan with it, or none without); outcomes: name and
    by how much each changes; said: all of it in words."""

    points: float | None
    outcomes: tuple[tuple[str, float], ...]
    said: str


def row(draft: Draft, initiative: str, how: str, amount: float, reason: str, owner: str) -> dict[str, Any]:
    """The record of Rules that holds an initiative so. amount: money, for those ways that need it."""
    values: dict[str, Any] = {c.name: c.default for c in BY_NAME["Rules"].columns if c.default is not None}
    name = untaken(f"Lock: {initiative} {how}", [str(r.values.get("rule") or "") for r in draft.records("Rules")])
    bounds: dict[str, dict[str, Any]] = {
        EXACT: {"at_least": amount, "at_most": amount},
        LEAST: {"at_least": amount},
        MOST: {"at_most": amount},
        IN: {"kind": "count", "at_least": 1.0},
        OUT: {"at_most": 0.0},
    }
    measure = {} if how == IN else {"kind": "limit", "measure": "money"}
    return values | measure | bounds[how] | {
        "rule": name, "where": f"initiative = {quoted(initiative)}", "authority": owner.strip(), "note": reason.strip(),
    }  # fmt: skip


def initiatives(draft: Draft) -> dict[str, str]:
    """Key -> what people call it, of the initiatives that have a key."""
    texts = [[str(r.values.get(c) or "") for c in ("initiative", "name")] for r in draft.records("Initiatives")]
    return told_apart({key: name for key, name in texts if key})


def listed(draft: Draft) -> list[Lock]:
    """Every row of Rules that holds one initiative by itself, whoever wrote it."""
    named = {fold(key): name for key, name in initiatives(draft).items()}
    return [lock for r in draft.records("Rules") if (lock := _lock(r.number, r.values, named)) is not None]


def of_initiative(draft: Draft, initiative: str) -> list[Lock]:
    """The locks of one initiative."""
    return [lock for lock in listed(draft) if fold(lock.initiative) == fold(initiative)]


def _lock(number: int, values: Mapping[str, Any], named: Mapping[str, str]) -> Lock | None:
    rule = rule_of({name: None if blank(value) else value for name, value in values.items()})
    holds = KINDS[rule.kind].holds(rule) if rule.kind in KINDS and rule.hard else ""
    if not holds:
        return None
    try:
        clauses = parse(str(values.get("where") or ""))
    except SelectionError:
        return None
    one = clauses[0] if len(clauses) == 1 else None
    if one is None or fold(one.column) != "initiative" or one.operator != "=" or len(one.values) != 1:
        return None
    how = _how(holds, rule.at_least, rule.at_most)
    if how is None:
        return None
    key = one.values[0]
    return Lock(
        number, rule.name, key, how[0], how[1], rule.authority, rule.note, rule.active, named.get(fold(key), key),
    )  # fmt: skip


def _how(holds: str, low: float | None, high: float | None) -> tuple[str, float] | None:
    if holds == "funded":
        if low is not None and low >= 1:
            return IN, 0.0
        return (OUT, 0.0) if high is not None and high < 1 and not (low or 0) > 0 else None
    if high == 0:
        return OUT, 0.0
    if low is not None and high is not None:
        return (EXACT, low) if low == high else None
    return (LEAST, low) if low is not None else (MOST, high) if high is not None else None


def cost(with_it: Mapping[str, Any], without: Mapping[str, Any], scenario: str = "base") -> Cost:
    """What the first of two states gives up against the second, both solved. States are plain records."""
    try:
        held, free = (_solved(records, scenario) for records in (with_it, without))
    except (InvalidCase, ValueError) as problem:
        why = problem.refusal if isinstance(problem, InvalidCase) else f"the case does not take it: {problem}"
        return Cost(None, (), as_sentence(why))
    if not free.has_plan:
        return Cost(None, (), f"Without it {free.why_none} either, so it has no cost yet.")
    if not held.has_plan:
        return Cost(None, (), f"With this lock {held.why_none}; without it there is one.")
    points, unit = (free.impact or 0.0) - (held.impact or 0.0), impact.unit(free.case)
    before, after = (_outcomes(p) for p in (free, held))
    changes = {name: float(after[name] - v) for name, v in before.items() if name in after}
    moved = sorted(
        ((n, d) for n, d in changes.items() if abs(d) > SAME * max(1.0, abs(before[n]))), key=lambda c: -abs(c[1])
    )
    if abs(points) < HALF_A_CENT and not moved:
        return Cost(0.0, (), "It costs nothing now: the best plan keeps it anyway.")
    said = (
        f"It costs {words.points(points, unit)}" if points >= HALF_A_CENT
        else f"It adds {words.points(-points, unit)}" if points <= -HALF_A_CENT else "It costs no impact"
    )  # fmt: skip
    told = [f"{name} {words.number(d) if d < 0 else f'+{words.number(d)}'}" for name, d in moved[:3]]
    return Cost(points, tuple(moved), f"{said}{': ' + '; '.join(told) if told else ''}.")


def _outcomes(plan: Plan) -> dict[str, float]:
    table = plan.tables["Achieved"]
    return dict(zip(table["outcome"].tolist(), table["achieved"].tolist(), strict=True))


def _solved(records: Mapping[str, Any], scenario: str) -> Plan:
    from optimiser.verbs import scenario as applied

    case = case_from(records)
    return solve(case if scenario == "base" else applied(case, scenario))


def with_row(records: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Plain records with one more rule."""
    return {**records, "Rules": [*records.get("Rules", ()), dict(made)]}


def without_rule(records: Mapping[str, Any], rule: str) -> dict[str, Any]:
    """Plain records with a rule switched off."""
    rows = [{**r, "active": False} if r.get("rule") == rule else r for r in records.get("Rules", ())]
    return {**records, "Rules": rows}
