"""Whom a limit is for is said by the names of initiatives, whatever kind of rule it is."""

from __future__ import annotations

import optimiser
from optimiser.model.rules import Spoken
from optimiser.plan.tables import tightness
from optimiser.report.documents import plan_text

A, B = "Tyre, the wheel", "T2"
RECORDS: dict[str, list[dict[str, object]]] = {
    "Agencies": [{"agency": "Harbour", "name": "Harbour Office"}],
    "Funds": [
        {"fund": "Grant, new", "amount": 100.0, "can_match": True},
        {"fund": "Own", "amount": 100.0, "can_match": True},
    ],
    "Periods": [{"period": "H1"}, {"period": "H2"}],
    "Initiatives": [
        {"initiative": "T1", "name": "Tyre, the wheel", "lead": "Harbour", "request": 60.0, "theme": "Roads"},
        {"initiative": "T2", "lead": "Harbour", "request": 60.0, "theme": "Roads"},
    ],
    "Rules": [
        {"rule": "each", "per": "initiative", "at_most": 80.0},
        {"rule": "each half", "per": "initiative, period", "at_most": 70.0},
        {"rule": "by theme", "per": "theme, period", "at_most": 500.0},
        {"rule": "matched", "kind": "match", "where": "fund = \"Grant, new\"", "at_least": 0.2},
        {"rule": "matched all", "kind": "match", "at_least": 0.01},
        {"rule": "pair", "kind": "requires", "where": "initiative = T1", "of": "initiative = T2"},
        {"rule": "agency", "per": "agency", "at_most": 900.0},
    ],
}  # fmt: skip


def test_members_are_said_by_name() -> None:
    plan = optimiser.solve(optimiser.case_from(RECORDS))
    spoken = Spoken(plan.case.facts)
    said: dict[str, list[str]] = {}
    for r in plan.tables["Compliance"].records():
        said.setdefault(r["rule"], []).append(spoken(r["rule"], r["per"]))
    assert said["each"] == [A, B]
    assert said["each half"] == [f"{i}, {p}" for i in (A, B) for p in ("H1", "H2")]
    assert said["by theme"] == ["Roads, H1", "Roads, H2"]
    assert said["matched"] == [A, B]
    assert said["matched all"] == [f"{f}, {i}" for f in ("Grant, new", "Own") for i in (A, B)]
    assert said["pair"] == [f"{A}, which requires {B}"]
    assert said["agency"] == ["Harbour Office"]
    assert f"  binding: pair, for {A}, which requires {B}" in plan_text.summary(plan).splitlines()


def test_a_share_of_nothing_has_no_number_and_is_never_the_tightest() -> None:
    records: dict[str, list[dict[str, object]]] = {
        "Agencies": [{"agency": "Payer"}, {"agency": "Guest"}],
        "Funds": [{"fund": "Pot"}],
        "Contributions": [{"agency": "Payer", "fund": "Pot", "amount": 1000.0}],
        "Initiatives": [
            {"initiative": "P", "lead": "Payer", "request": 700.0, "low_income": "yes"},
            {"initiative": "G", "lead": "Guest", "request": 200.0, "low_income": ""},
        ],
        "Rules": [
            {"rule": "return", "per": "agency", "at_least": 0.4, "of": "contribution"},
            {"rule": "poor", "where": "low_income = yes", "at_least": 0.1, "of": "amount"},
            {"rule": "others", "where": "low_income != yes", "at_most": 0.9, "of": "amount"},
        ],
    }
    plan = optimiser.solve(optimiser.case_from(records))
    limits = {(r["rule"], r["per"]): r for r in plan.limits()}
    guest, payer = limits["return", "Guest"], limits["return", "Payer"]
    assert guest["achieved"] != guest["achieved"]
    assert (guest["headroom"], guest["kept"], guest["binding"]) == (200.0, True, False)
    assert payer["achieved"] == 0.7
    assert min((guest, payer), key=tightness) is payer
    assert limits["poor", ""]["sentence"].startswith("Money on initiatives marked “low income”: at least 10%")
    assert limits["others", ""]["sentence"].startswith("Money on initiatives not marked “low income”: at most 90%")
    assert optimiser.verify(plan) == []
