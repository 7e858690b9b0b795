"""Each rule of the draft beside what the plan on show does with it, in the units that people read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimiser.case.facts import Facts
from optimiser.case.grantors import POLICY, set_by_words
from optimiser.desk.state import Draft, Record
from optimiser.model.rules import Number, Spoken, meaning, rules_of, sentence
from optimiser.plan.tables import Plan, tightness
from optimiser.report.charts.headline import rule_states


@dataclass(frozen=True)
class RuleLine:
    """One limit of a rule in a plan, as text: for which member, what is required, what is achieved, and the headroom."""

    per: str
    sense: str
    required: str
    achieved: str
    headroom: str
    kept: bool
    order: tuple[bool, bool, float, float]

    @property
    def asked(self) -> str:
        """At least 25%."""
        return f"{self.sense.replace('_', ' ')} {self.required}"


@dataclass(frozen=True)
class Standing:
    """One rule: its record, its sentence, and how the plan stands to it (the tightest limit first)."""

    number: int
    name: str
    sentence: str
    authority: str
    set_by: str
    active: bool
    hard: bool
    state: str
    lines: list[RuleLine]


def standings(draft: Draft, plan: Plan | None) -> list[Standing]:
    """Every rule of the draft: in the plan broken ones first, then those at the limit and kept, then the others."""
    case = draft.checked().case
    said: dict[str, str] = {}
    for source in (plan.case if plan is not None else None, case):
        if source is not None:
            said.update({rule.name: sentence(source.facts, rule) for rule in rules_of(source.facts)})
    states = rule_states(plan) if plan is not None and plan.has_plan else {}
    order = ("broken", "at the limit", "kept", "")
    waived = _waived(case.facts) if case is not None else frozenset()
    lines = _lines(plan)
    rows = [_standing(record, states, said, lines, waived) for record in draft.records("Rules")]
    return sorted(rows, key=lambda r: (order.index(states.get(r.name, "")), r.name.casefold()))


def compliance(plan: Plan) -> list[Standing]:
    """Every rule of a plan that is switched on, as the plan's own case has it: broken first, then at the limit, then kept."""
    facts, states = plan.case.facts, rule_states(plan)
    said = {rule.name: sentence(facts, rule) for rule in rules_of(facts)}
    written = enumerate(plan.case.tables["Rules"].records())
    lines = _lines(plan)
    rows = [_standing(Record(n, v), states, said, lines) for n, v in written if v["rule"] in states]
    order = ("broken", "at the limit", "kept")
    return sorted(rows, key=lambda r: (order.index(r.state), r.name.casefold()))


def _waived(facts: Facts) -> frozenset[str]:
    """Rules that are waived altogether: there is nothing of them that a plan could keep."""
    return frozenset(rule.name for rule in rules_of(facts) if rule.waived and not rule.active)


def _standing(
    record: Record,
    states: dict[str, str],
    said: dict[str, str],
    lines: dict[str, list[RuleLine]],
    waived: frozenset[str] = frozenset(),
) -> Standing:
    v: dict[str, Any] = dict(record.values)
    name = str(v.get("rule") or "a rule without a name")
    active, hard = v.get("active") is not False, v.get("hard") is not False
    state = ("waived" if name in waived else states.get(name, "no plan")) if active else "off"
    return Standing(
        record.number,
        name,
        said.get(name, "It cannot be read yet: see the page Inputs."),
        str(v.get("authority") or ""),
        set_by_words(str(v.get("set_by") or POLICY), str(v.get("waiver") or "")),
        active,
        hard,
        state,
        lines.get(name, []) if active else [],
    )


def _lines(plan: Plan | None) -> dict[str, list[RuleLine]]:
    """By rule every limit of it in a plan, the tightest first."""
    if plan is None or not plan.has_plan:
        return {}
    facts = plan.case.facts
    spoken, rows = Spoken(facts), dict[str, list[Mapping[str, Any]]]()
    for row in plan.limits():
        rows.setdefault(row["rule"], []).append(row)
    made = {}
    for rule in rules_of(facts):
        if rule.name in rows:
            number = meaning(facts, rule)
            lines = [_line(row, number, spoken(rule.name, row["per"])) for row in rows[rule.name]]
            made[rule.name] = sorted(lines, key=lambda line: (line.order, line.per))
    return made


def _line(row: Mapping[str, Any], number: Number, per: str) -> RuleLine:
    binding, required, achieved = row["binding"], row["required"], row["achieved"]
    kept, _, slack = tightness(row)
    shown = number.short(achieved, limit=None if binding else required)
    order = (kept, not (required or achieved > 0), 0.0 if binding else slack, -abs(required))
    return RuleLine(per, row["sense"], number.short(required), shown, _headroom(row, number), kept, order)


def _headroom(row: Mapping[str, Any], number: Number) -> str:
    """What is left, in the unit of the rule's own rows; of a mean, which has none that people read, in the mean's."""
    if row["binding"]:
        return "none"
    gap, unit = row["headroom"], number.of_rows(row["unit"])
    if unit is None:
        gap, unit = math.copysign(row["achieved"] - row["required"], gap), number
    return f"short by {unit.short(-gap)}" if gap < 0 else unit.short(gap)


def table(row: Standing) -> list[dict[str, str]]:
    """Every limit of a rule as a table."""
    return [
        {
            "For": line.per or "all",
            "Required": line.asked,
            "Achieved": line.achieved,
            "Headroom": line.headroom,
            "State": "✓ Kept" if line.kept else "✕ Broken",
        }
        for line in row.lines
    ]
