"""The one object that `solve --json` prints."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from optimiser.report.documents.result_json import as_json, plain
from tests.plan.hand import RECORDS, with_rule
from tests.report.plans import case_of, no_plan, plan_of

KEYS = [
    "status", "objective", "bound", "gap", "stages", "impact", "award", "level", "received", "unspent", "staff", "outcomes", "rules",
    "certificate", "seconds", "size", "inputs_sha256", "versions",
]  # fmt: skip


def test_the_contract() -> None:
    made = as_json(plan_of())
    assert list(made) == KEYS
    assert made["award"] == {"Lab": 3700.0, "Talk": 1000.0, "Walk": 0.0}
    assert made["level"] == {"Lab": 0.4, "Talk": 1.0, "Walk": 0.0}
    assert made["received"] == {"Health": 3100.0, "Police": 1600.0}
    assert made["unspent"] == {"Grant": 6600.0, "Own": 2700.0}
    assert made["staff"] == {"analyst": 0.9, "officer": 1.4}
    assert made["outcomes"] == {"cases": 90.0, "visits": 0.0}
    assert made["stages"] == [{"objective": "impact", "best": 90.0, "bound": 90.0, "within": 0.0, "achieved": 90.0}]
    assert made["certificate"] == {"largest_violation": 0.0, "dual_bound": 90.0, "gap": 0.0}
    assert made["seconds"] == {"read": None, "build": 0.01, "solve": 60.2, "verify": 0.001}
    assert made["size"] == {"columns": 10, "rows": 8, "nonzeros": 30, "integers": 0}
    assert made["rules"][0] == {
        "rule": "equipment", "kind": "limit", "per": None, "sense": "at_most", "required": 0.5, "achieved": pytest.approx(1800 / 14000),
        "headroom": 5200.0, "price": None, "kept": True, "authority": "Grant, 4.2", "set_by": "policy", "waiver": None,
    }  # fmt: skip
    assert len(made["inputs_sha256"]) == 64


def test_prices_that_were_found() -> None:
    made = as_json(plan_of(extra={"prices": {("equipment", "", "at_most"): 0.25}}))
    assert [r["price"] for r in made["rules"]] == [0.25, None]


def test_there_is_no_nan() -> None:
    case = case_of(with_rule(where="initiative = Walk", at_most=0.5, of="initiative = Walk"))
    plan = plan_of(case, bound=float("nan"), gap=np.float64("inf"), objective=np.float64(3.0))
    text = json.dumps(as_json(plan), allow_nan=False)
    assert json.loads(text)["bound"] is None
    assert json.loads(text)["gap"] is None
    new = next(r for r in json.loads(text)["rules"] if r["rule"] == "new")
    assert new["achieved"] is None
    assert new["kept"] is True


def test_without_a_plan_what_it_would_hold_is_null() -> None:
    made = as_json(no_plan())
    assert list(made) == KEYS
    assert made["status"] == "infeasible"
    assert {made[k] for k in ("objective", "award", "level", "received", "unspent", "staff", "outcomes", "rules")} == {
        None
    }
    assert made["certificate"]["largest_violation"] is None
    json.dumps(made, allow_nan=False)


def test_without_people_and_outcomes() -> None:
    without = ("Staff", "Needs", "Substitutes", "Outcomes", "Curves")
    case = case_of({s: r for s, r in RECORDS.items() if s not in without})
    rows: dict[str, list[Any]] = {"Spend": [], "Posts": [], "Hires": [], "Levels": [], "Match": [], "Balances": []}
    from optimiser.plan.derive import derive
    from tests.plan.hand import decision

    tables = decision(rows)
    made = as_json(plan_of(case, tables={**tables, **derive(case, tables)}))
    assert made["staff"] is None
    assert made["outcomes"] is None


def test_plain() -> None:
    found = plain({1: np.int64(3), "a": (np.float64(2.5), np.bool_(True), float("-inf")), "b": [None, "x"]})
    assert found == {"1": 3, "a": [2.5, True, None], "b": [None, "x"]}
