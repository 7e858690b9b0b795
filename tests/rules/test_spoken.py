"""Whom a limit is for is said by the names of initiatives, with the key, whatever kind of rule it is."""

from __future__ import annotations

import optimiser
from optimiser.model.rules import Spoken
from optimiser.report.documents import plan_text

A, B = "Tyre, the wheel (T1)", "T2"
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
    assert said["agency"] == ["Harbour"]
    assert f"  binding: pair, for {A}, which requires {B}" in plan_text.summary(plan).splitlines()
