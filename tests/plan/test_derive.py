"""The tables that people read, and the entries of the rules' evaluator, from a plan made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser.case.table import Array
from optimiser.model.rules.terms import Entries
from optimiser.plan.derive import derive, state_of, table_of
from optimiser.plan.entries import plan_entries
from optimiser.plan.tables import DERIVED, SPEC
from tests.plan.hand import RECORDS, case_of, changed, decision, plan_tables, with_rule

CASE = case_of(RECORDS)


def test_awards() -> None:
    awards = list(plan_tables()["Awards"].records())
    assert [a["initiative"] for a in awards] == ["Lab", "Talk", "Walk"]
    lab, talk, walk = awards
    assert (lab["name"], lab["award"], lab["level"], lab["state"]) == ("Crime lab", 3700.0, 0.4, "in part")
    assert lab["people"] == pytest.approx(0.8 + 1.4 + 0.1)
    assert lab["impact"] == pytest.approx(100 * 0.8)  # effect 0.2 + 1.5 × 0.2 = 0.5 on the curve
    assert (talk["name"], talk["award"], talk["state"]) == ("Talk", 1000.0, "in full")
    assert (walk["award"], walk["level"], walk["impact"], walk["state"]) == (0.0, 0.0, 0.0, "not funded")


def test_received() -> None:
    health, police = plan_tables()["Received"].records()
    assert health == {
        "agency": "Health",
        "name": "Health",
        "contribution": 4000.0,
        "received": 3100.0,
        "released": 0.0,
        "hired": 0.1,
    }
    assert (police["name"], police["received"], police["released"]) == ("City Police", 1600.0, pytest.approx(2.2))


def test_achieved() -> None:
    assert list(plan_tables()["Achieved"].records()) == [
        {"outcome": "cases", "achieved": 90.0, "at_full": 110.0},
        {"outcome": "visits", "achieved": 0.0, "at_full": 20.0},
    ]


def test_compliance() -> None:
    equipment, score = plan_tables()["Compliance"].records()
    assert equipment["rule"] == "equipment"
    assert (equipment["kind"], equipment["sense"], equipment["required"], equipment["achieved"]) == (
        "limit",
        "at_most",
        0.5,
        1800 / 14000,
    )
    assert (equipment["headroom"], equipment["unit"], equipment["authority"]) == (5200.0, "money", "Grant, 4.2")
    assert equipment["kept"]
    assert equipment["hard"]
    assert not equipment["binding"]
    assert equipment["penalty"] == 0.0
    assert score["achieved"] == pytest.approx((1600 * 80 + 3100 * 60) / 4700)
    assert score["kept"]


def test_a_broken_soft_rule_shows_its_penalty() -> None:
    case = case_of(with_rule(where="agency = Health", at_least=3500, hard="no", penalty=0.01))
    row = next(r for r in derive(case, decision())["Compliance"].records() if r["rule"] == "new")
    assert not row["kept"]
    assert (row["headroom"], row["penalty"]) == (-400.0, 4.0)


def test_binding() -> None:
    def binding(at_most: float) -> bool:
        case = case_of(with_rule(where="agency = Health", at_most=at_most))
        return bool(next(r for r in derive(case, decision())["Compliance"].records() if r["rule"] == "new")["binding"])

    assert binding(3100)
    assert binding(3100.5)
    assert not binding(3101)


def test_a_share_of_nothing_is_kept_and_binds_nothing() -> None:
    case = case_of(with_rule(where="theme = outreach", per="theme", at_most=0.5, of="agency = Police"))
    row = next(
        r for r in derive(case, decision())["Compliance"].records() if (r["rule"], r["per"]) == ("new", "outreach")
    )
    assert not row["kept"]
    case = case_of(with_rule(where="initiative = Walk", at_most=0.5, of="initiative = Walk"))
    row = next(r for r in derive(case, decision())["Compliance"].records() if r["rule"] == "new")
    assert row["kept"]
    assert not row["binding"]
    assert np.isnan(row["achieved"])


def test_without_rules_and_outcomes_the_tables_are_typed_all_the_same() -> None:
    made = derive(case_of({s: r for s, r in RECORDS.items() if s not in ("Rules", "Outcomes", "Curves")}), decision())
    assert made["Achieved"]["achieved"].dtype == float
    assert made["Compliance"]["kept"].dtype == bool
    assert {s.name for s in DERIVED} == set(made)
    assert len(table_of(SPEC["Spend"], [])) == 0
    assert table_of(SPEC["Spend"], [])["money"].dtype == float


def test_sums_of_cents_are_those_of_cents() -> None:
    rows = {
        "Spend": [("Own", "Talk", "Health", "general", "Q2", 0.1), ("Grant", "Talk", "Health", "general", "Q2", 0.2)]
    }
    assert derive(CASE, decision(rows))["Received"]["received"].tolist() == [0.3, 0.0]


STATES = {
    0.0: "not funded",
    1e-10: "not funded",
    1e-8: "in part",
    0.9999: "in part",
    1 - 1e-7: "in full",
    1.0: "in full",
}


@pytest.mark.parametrize(("level", "state"), STATES.items())
def test_states(level: float, state: str) -> None:
    assert state_of(level) == state


def sums(entries: Entries, dimension: str, names: list[str]) -> dict[str, float]:
    amounts: Array = np.bincount(entries.codes[dimension], entries.amount, len(names))
    return {n: round(float(a), 9) for n, a in zip(names, amounts, strict=True) if a}


def test_entries_of_every_measure() -> None:
    facts = CASE.facts
    made = plan_entries(facts, decision())
    assert set(made) == {(m, -1) for m in ("money", "staff", "in kind", "level", "funded", "match")} | {
        ("outcome", 0),
        ("outcome", 1),
    }
    assert sums(made["money", -1], "fund", facts.names["fund"]) == {"Grant": 3400.0, "Own": 1300.0}
    assert sums(made["staff", -1], "role", facts.names["role"]) == {"analyst": 0.9, "officer": 1.4}
    assert sums(made["in kind", -1], "role", facts.names["role"]) == {"analyst": 80.0, "officer": 70.0}
    assert sums(made["level", -1], "period", facts.names["period"]) == {"Q1": 0.2, "Q2": 1.2}
    assert sums(made["funded", -1], "initiative", facts.names["initiative"]) == {"Lab": 1.0, "Talk": 1.0}
    assert sums(made["match", -1], "initiative", facts.names["initiative"]) == {"Lab": 650.0, "Talk": 200.0}
    assert sums(made["outcome", 0], "initiative", facts.names["initiative"]) == {"Lab": 80.0, "Talk": 10.0}
    assert sums(made["outcome", 1], "initiative", facts.names["initiative"]) == {}


def test_the_score_effect_changes_impact_and_not_outcomes() -> None:
    case = case_of(
        {**changed("Initiatives", "Lab", score=50), "Case": [{"setting": "score_effect", "value": "proportional"}]}
    )
    made = derive(case, decision())
    assert made["Awards"]["impact"][0] == pytest.approx(40.0)
    assert made["Achieved"]["achieved"][0] == pytest.approx(90.0)
