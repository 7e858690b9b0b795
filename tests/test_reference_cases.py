"""Published and made-up cases with known answers, read from OPTIMISER_REFERENCE_CASES; skipped without it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import optimiser
from optimiser.plan.tables import Plan
from optimiser.verbs import apply_changes

FOLDER = Path(os.environ.get("OPTIMISER_REFERENCE_CASES", "does-not-exist"))
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="OPTIMISER_REFERENCE_CASES names no folder")


def expected() -> dict[str, dict[str, object]]:
    path = FOLDER / "random" / "expected.json"
    return json.loads(path.read_text()) if path.is_file() else {}


@pytest.mark.first(30)
@pytest.mark.parametrize("name", sorted(expected()))
def test_a_made_up_case_has_the_known_answer(name: str) -> None:
    known = expected()[name]
    plan = optimiser.solve(optimiser.read(FOLDER / "random" / name))
    assert plan.status == known["status"]
    if known["objective"] is not None:
        assert plan.objective == pytest.approx(known["objective"], rel=1e-6)
        assert not optimiser.verify(plan)


@pytest.fixture(scope="module")
def uganda() -> Plan:
    return optimiser.solve(optimiser.read(FOLDER / "uganda_base.xlsx"))


def test_the_published_health_package(uganda: Plan) -> None:
    assert uganda.objective == pytest.approx(26_714_032, abs=1)
    achieved = dict(zip(uganda.tables["Achieved"]["outcome"], uganda.tables["Achieved"]["achieved"], strict=True))
    assert achieved["DALYs averted"] == pytest.approx(34_819_184, abs=1)
    assert int((uganda.tables["Awards"]["level"] > 1e-9).sum()) == 45
    assert uganda.tables["Spend"]["money"].sum() / 374.3e6 == pytest.approx(0.603, abs=0.0005)
    assert not optimiser.verify(uganda)


def test_its_pharmacists_and_nutritionists_are_used_up_and_its_money_is_not(uganda: Plan) -> None:
    facts = uganda.case.facts
    posts = uganda.tables["Posts"]
    used = {role: posts["fte"][posts["role"] == role].sum() for role in facts.names["role"]}
    there = {role: facts.releasable_fte[:, k, :].sum() for k, role in enumerate(facts.names["role"])}
    assert used["pharmaceutical staff"] == pytest.approx(there["pharmaceutical staff"], rel=1e-9)
    assert used["nutrition staff"] == pytest.approx(there["nutrition staff"], rel=1e-9)
    assert uganda.tables["Balances"]["unspent"].sum() > 0.3 * 374.3e6


def test_its_answer_by_cbc(uganda: Plan) -> None:
    other = optimiser.solve(uganda.case, solver="cbc")
    assert other.objective == pytest.approx(uganda.objective, rel=1e-6)


def test_what_more_of_its_limits_is_worth(uganda: Plan) -> None:
    """One more dollar is worth nothing, one more pharmacist is not: by solving again."""

    def gain(sheet: str, where: str, column: str) -> float:
        more = apply_changes(uganda.case, [{"sheet": sheet, "where": where, "column": column, "change": "+ 1"}])
        return (optimiser.solve(more).objective or 0.0) - (uganda.objective or 0.0)

    assert gain("Funds", "", "amount") == pytest.approx(0.0, abs=1e-3)
    assert gain("Staff", "role = pharmaceutical staff", "fte") > 100
    assert gain("Staff", "role = nutrition staff", "fte") > 100
