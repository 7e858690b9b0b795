"""Cases for the papers: one with every fact that forms ask for, one of any size, one whose texts are hostile."""

from __future__ import annotations

from functools import cache
from typing import Any

import optimiser
from optimiser.papers.paper import Source
from optimiser.plan.tables import Plan

Records = dict[str, list[dict[str, Any]]]
LONG = "A rather long name of an initiative, sixty letters long, no "


def long_name(k: int) -> str:
    """A name of exactly 60 letters."""
    return f"{LONG[:57]}{k:03d}"


def records(count: int = 8, hostile: str = "") -> Records:
    """A case of so many initiatives, with a federal grant that must be matched. hostile: begins every text of a user."""
    h = hostile
    agencies = [f"{h}Agency {k}" for k in range(6)]
    made: Records = {
        "Case": [{"setting": "name", "value": f"{h}A case of {count}"}],
        "Periods": [
            {"period": "Q1", "start": "2026-10-01", "end": "2026-12-31"},
            {"period": "Q2", "start": "2027-01-01", "end": "2027-03-31"},
            {"period": "Q3", "start": "2027-04-01", "end": "2027-06-30"},
            {"period": "Q4", "start": "2027-07-01", "end": "2027-09-30"},
        ],
        "Agencies": [
            {
                "agency": a,
                "name": f"{h}{long_name(500 + k)}" if k % 2 else f"{h}Office {k}",
                "uei": f"{h}UEI{k:09d}",
                "contact": f"{h}Contact {k}, 555-010{k}",
                "address": f"{h}{k} Main Street",
                "indirect_rate": 0.15,
                "indirect_type": "de minimis",
                "indirect_base": f"{h}modified total direct costs",
            }
            for k, a in enumerate(agencies)
        ],
        "Funds": [
            {
                "fund": f"{h}Grant",
                "name": f"{h}{long_name(900)}",
                "kind": "joint grant",
                "owner": agencies[0],
                "amount": 40_001.0 * count,
                "match_rate": 0.2,
                "origin": "federal",
                "assistance_listing": "16.738",
                "listing_title": f"{h}Justice Assistance",
                "fain": f"{h}15PBJA-26-GG-0001",
                "award_date": "2026-09-15",
                "awarding_agency": f"{h}Bureau",
                "award_start": "2026-10-01",
                "award_end": "2027-09-30",
                "budget_start": "2026-10-01",
                "budget_end": "2027-09-30",
                "research": "no",
                "spent_before": 0.0,
                "cash_received": 10_000.0,
                "program_income": 0.0,
                "obligated": 500.0,
                "expected_income": 1200.4,
                "agent_fee": 0.037,
            },
            {"fund": f"{h}Pool", "kind": "pooled", "owner": agencies[1], "amount": 33_333.0 * count, "can_match": "yes", "origin": "local"},
        ],
        "Contributions": [{"agency": a, "fund": f"{h}Pool", "amount": 1000.0 * (k + 1)} for k, a in enumerate(agencies)],
        "Initiatives": [
            {
                "initiative": f"{h}I{k:03d}",
                "name": f"{h}{long_name(k)}",
                "theme": f"{h}Theme {k % 6}",
                "lead": agencies[k % 6],
                "request": 60_000.0 + 1_111 * k,
                "baseline": 50_000.0 if k % 3 else 0.0,
                "priority": 1 + (k * 7 % 5) / 10,
            }
            for k in range(count)
        ],
        "Costs": [
            {"initiative": f"{h}I{k:03d}", "category": c, "share": s}
            for k in range(count)
            for c, s in (("personnel", 0.5), ("supplies", 0.2), ("training", 0.2), ("indirect", 0.1))
        ],
        "Staff": [{"agency": a, "role": f"{h}analyst", "fte": 3.0, "cost_per_fte": 9000.0} for a in agencies],
        "Needs": [{"initiative": f"{h}I{k:03d}", "role": f"{h}analyst", "fte": 0.5} for k in range(0, count, 4)],
        "Outcomes": [{"initiative": f"{h}I{k:03d}", "outcome": f"{h}people served", "at_full": 50.0 + k} for k in range(count)],
        "Rules": [
            {
                "rule": f"{h}Nobody takes all",
                "where": f'fund = "{h}Grant"',
                "per": "agency",
                "at_most": 0.4,
                "of": "total",
                "authority": f"{h}Award, 3",
                "set_by": "award",
            },
            {
                "rule": f"{h}Something for supplies",
                "where": "category = supplies",
                "at_least": 100.0,
                "authority": f"{h}Council",
                "set_by": "policy",
            },
        ],
        "Categories": [{"category": "training", "object_class": "other"}, {"category": "general", "object_class": "other"}],
        "Account codes": [
            {"of": "fund", "item": f"{h}Grant", "code": f"{h}210"},
            {"of": "fund", "item": f"{h}Pool", "code": f"{h}110"},
            {"of": "credit", "item": f"{h}Grant", "code": f"{h}210-0000"},
            {"of": "credit", "item": f"{h}Pool", "code": f"{h}110-0000"},
            *({"of": "category", "item": c, "code": f"{h}5{k}00"} for k, c in enumerate(("personnel", "supplies", "training", "indirect"))),
        ],
    }  # fmt: skip
    return made


def with_actuals(made: Records) -> Records:
    """The same, with the first quarter as it went."""
    first = made["Initiatives"][:5]
    fund = made["Funds"][0]["fund"]
    made["Actuals"] = [
        {
            "fund": fund,
            "initiative": r["initiative"],
            "agency": r["lead"],
            "category": "personnel",
            "period": "Q1",
            "money": 1234.56 + k,
            "level": 0.05,
        }
        for k, r in enumerate(first)
    ]
    return made


@cache
def solved(count: int = 8, hostile: str = "", actuals: bool = True) -> Plan:
    """The plan of such a case."""
    made = records(count, hostile)
    plan = optimiser.solve(optimiser.case_from(with_actuals(made) if actuals else made))
    assert plan.has_plan
    return plan


def source(plan: Plan, **more: Any) -> Source:
    """What its papers are made from."""
    return Source(plan, more.pop("details", plan.case), **more)
