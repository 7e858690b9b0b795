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
    rows = [_standing(record, plan, states, said, waived) for record in draft.records("Rules")]
    return sorted(rows, key=lambda r: (order.index(states.get(r.name, "")), r.name.casefold()))


def compliance(plan: Plan) -> list[Standing]:
    """Every rule of a plan that is switched on, as the plan's own case has it: broken first, then at the limit, then kept."""
    facts, states = plan.case.facts, rule_states(plan)
    said = {rule.name: sentence(facts, rule) for rule in rules_of(facts)}
    written = enumerate(plan.case.tables["Rules"].records())
    rows = [_standing(Record(n, v), plan, states, said) for n, v in written if v["rule"] in states]
    order = ("broken", "at the limit", "kept")
    return sorted(rows, key=lambda r: (order.index(r.state), r.name.casefold()))


def _waived(facts: Facts) -> frozenset[str]:
    """Rules that are waived altogether: there is nothing of them that a plan could keep."""
    return frozenset(rule.name for rule in rules_of(facts) if rule.waived and not rule.active)


def _standing(
    record: Record,
    plan: Plan | None,
    states: dict[str, str],
    said: dict[str, str],
    waived: frozenset[str] = frozenset(),
) -> Standing:
    v: dict[str, Any] = dict(record.values)
    name = str(v.get("rule") or "a rule without a name")
    active, hard = v.get("active") is not False, v.get("hard") is not False
    state = ("waived" if name in waived else states.get(name, "no plan")) if active else "off"
    lines = _lines(plan, name) if plan is not None and plan.has_plan and name in states and active else []
    return Standing(
        record.number,
        name,
        said.get(name, "It cannot be read yet: see the page Inputs."),
        str(v.get("authority") or ""),
        set_by_words(str(v.get("set_by") or POLICY), str(v.get("waiver") or "")),
        active,
        hard,
        state,
        lines,
    )


def _lines(plan: Plan, name: str) -> list[RuleLine]:
    facts = plan.case.facts
    number = next(meaning(facts, rule) for rule in rules_of(facts) if rule.name == name)
    spoken, made = Spoken(facts), []
    for row in plan.limits():
        if row["rule"] != name:
            continue
        kept, _, slack = tightness(row)
        made.append(
            RuleLine(
                spoken(name, row["per"]),
                row["sense"],
                number.short(row["required"]),
                number.short(row["achieved"], limit=None if row["binding"] else row["required"]),
                _headroom(row, number),
                kept,
                (
                    kept,
                    not (row["required"] or row["achieved"] > 0),
                    0.0 if row["binding"] else slack,
                    -abs(row["required"]),
                ),
            )
        )
    return sorted(made, key=lambda line: (line.order, line.per))


def _headroom(row: Mapping[str, Any], number: Number) -> str:
    """What is left, in the unit of the rule's own rows; of a mean, which has none that people read, in the mean's."""
    if row["binding"]:
        return "none"
    gap, unit = row["headroom"], number.of_rows(row["unit"])
    if unit is None:
        gap, unit = math.copysign(row["achieved"] - row["required"], gap), number
    return f"short by {unit.short(-gap)}" if gap < 0 else unit.short(gap)


def required(line: RuleLine) -> str:
    """Of at least 25%."""
    return f"of {line.sense.replace('_', ' ')} {line.required}"


def table(row: Standing) -> list[dict[str, str]]:
    """Every limit of a rule as a table."""
    return [
        {
            "For": line.per or "all",
            "Required": f"{line.sense.replace('_', ' ')} {line.required}",
            "Achieved": line.achieved,
            "Headroom": line.headroom,
            "State": "✓ Kept" if line.kept else "✕ Broken",
        }
        for line in row.lines
    ]
