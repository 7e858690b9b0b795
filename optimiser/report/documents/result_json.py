"""A plan as one plain JSON object: what `solve --json` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan

SECONDS = ("read", "build", "solve", "verify")
SIZE = ("columns", "rows", "nonzeros", "integers")


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan in plain numbers, text, lists and dicts: never NaN, and null for what there is none of.

    award, received, unspent and rules are of the rounded plan; level, impact, outcomes and staff (by own role, hires
    included) of the exact one. Where there is no plan, all that it would hold is null. Prices of rules stand in
    `plan.extra["prices"]`, by (rule, per, sense), once they were found by solving again.
    """
    proof = plan.proof
    made = {
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "stages": [
            {"objective": s.objective, "best": s.best, "bound": s.bound, "within": s.within, "achieved": s.achieved}
            for s in plan.stages
        ],
        "impact": plan.impact,
        **(_of_tables(plan) if plan.has_plan else dict.fromkeys(OF_TABLES)),
        "certificate": {
            "largest_violation": proof.largest_violation if plan.has_plan else None,
            "dual_bound": proof.dual_bound,
            "gap": proof.gap,
        },
        "seconds": {part: plan.seconds.get(part) for part in SECONDS},
        "size": {part: plan.size.get(part) for part in SIZE},
        "inputs_sha256": plan.case.sha256,
        "versions": dict(plan.versions),
    }
    return {key: plain(value) for key, value in made.items()}


OF_TABLES = ("award", "level", "received", "unspent", "staff", "outcomes", "rules")


def _of_tables(plan: Plan) -> dict[str, Any]:
    tables, facts = plan.tables, plan.case.facts
    awards, received, achieved = (tables[name] for name in ("Awards", "Received", "Achieved"))
    return {
        "award": dict(zip(awards["initiative"].tolist(), awards["award"].tolist(), strict=True)),
        "level": dict(zip(awards["initiative"].tolist(), awards["level"].tolist(), strict=True)),
        "received": dict(zip(received["agency"].tolist(), received["received"].tolist(), strict=True)),
        "unspent": unspent(plan),
        "staff": staff(plan),
        "outcomes": dict(zip(achieved["outcome"].tolist(), achieved["achieved"].tolist(), strict=True))
        if len(facts.outcomes)
        else None,
        "rules": _rules(plan),
    }


def unspent(plan: Plan) -> dict[str, float]:
    """Money of each fund that the plan does not spend: amount − spend."""
    from optimiser.model.rules.terms import exact

    facts = plan.case.facts
    spent = decode(facts, plan.tables).spend.sums("fund")
    names = facts.names["fund"]
    return {name: float(exact(facts.amount[f]) - spent.get((f,), 0)) for f, name in enumerate(names)}


def staff(plan: Plan) -> dict[str, float] | None:
    """FTE·periods of each role that the plan uses, by people's own role, hires included; None where there are no roles."""
    facts = plan.case.facts
    lines, size = decode(facts, plan.tables), facts.size("role")
    used = lines.posts.float_sums("role", size) + lines.hires.float_sums("role", size)
    return dict(zip(facts.names["role"], used.tolist(), strict=True)) or None


def _rules(plan: Plan) -> list[dict[str, Any]]:
    prices: Mapping[tuple[str, str, str], float] = plan.extra.get("prices", {})
    return [
        {
            "rule": r["rule"],
            "kind": r["kind"],
            "per": r["per"] or None,
            "sense": r["sense"],
            "required": r["required"],
            "achieved": r["achieved"],
            "headroom": r["headroom"],
            "price": prices.get((r["rule"], r["per"], r["sense"])),
            "kept": r["kept"],
            "authority": r["authority"] or None,
            "set_by": r["set_by"] or None,
            "waiver": r["waiver"] or None,
        }
        for r in plan.limits()
    ]


def plain(value: Any) -> Any:
    """The value as JSON can hold it: no NaN, no infinity, no numpy."""
    if isinstance(value, Mapping):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        return plain(value.item())
    number = float(value)
    return number if math.isfinite(number) else None
