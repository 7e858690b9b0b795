"""Files of offices, by the map that is proposed for them, to solved cases: with the money that a user adds, or put together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import optimiser
from optimiser.case.faults import InvalidCase
from optimiser.case.maps.files import open_foreign
from optimiser.case.maps.into import put
from optimiser.case.maps.proposed_map import propose
from optimiser.case.maps.take import take
from tests.case.test_maps import QUARTERS

FOLDER = Path(os.environ.get("OPTIMISER_REFERENCE_CASES", "does-not-exist")) / "foreign"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="OPTIMISER_REFERENCE_CASES names no folder")
Sheets = dict[str, Any]


def into(case: Sheets, name: str) -> Sheets:
    """The records of a case with a file put into it, by the map that is proposed unaided."""
    file = open_foreign(FOLDER / name)
    taken = take(propose(file, case).map, [file], case)
    assert not taken.errors
    assert all(t.ties for table in taken.tables for t in table.ties)
    return dict(put(taken, case).records)


def solved(records: Sheets) -> optimiser.Plan:
    """The plan of a case that nothing is wrong with, checked."""
    plan = optimiser.solve(optimiser.case_from(records))
    assert plan.status == "optimal"
    assert not optimiser.verify(plan)
    return plan


@pytest.mark.parametrize(
    ("name", "agencies", "money"),
    [
        ("requests_in_thousands.xlsx", [], 2_000_000),
        ("nyc_schedule_c_fy27.csv", [], 500_000_000),
        ("phl_fy15.xlsx", [{"agency": "City of Philadelphia"}], 4_000_000_000),
    ],
)
def test_a_file_with_the_money_to_share_is_a_solved_case(name: str, agencies: list[Any], money: int) -> None:
    plan = solved({"Agencies": agencies, **into({}, name), "Funds": [{"fund": "Budget", "amount": money}]})
    assert plan.award["award"].sum() == money  # less than what is asked for: none is left over


def test_requests_months_of_money_and_positions_make_one_case() -> None:
    case = into(into({}, "requests_in_thousands.xlsx"), "months_across.csv")
    plan = solved(case)
    assert round(plan.award["award"].sum(), 2) == 2_136_448.04  # every month of every fund
    case = into(case, "positions.xlsx")
    assert len(case["Staff"]) == 20
    assert solved(case).award.equals(plan.award)  # nobody needs the people: nothing changes


def test_a_ledger_put_into_the_case_of_its_year_is_replanned() -> None:
    funds = [{"fund": "State Grant 12-A", "amount": 2_000_000}, {"fund": "General Fund", "amount": 1_000_000}]
    year = into({"Periods": QUARTERS, "Funds": funds}, "requests_in_thousands.xlsx")
    case = into(year, "ledger.csv")
    spends = {(r["initiative"], r["agency"]): None for r in case["Actuals"]}
    with pytest.raises(InvalidCase, match=r"add Health Dept\. to Partners of Street outreach"):
        optimiser.replan(optimiser.case_from(case), solved(year))
    leads = {
        (r["initiative"], r["lead"]): None for r in case["Initiatives"] if r["initiative"] in {i for i, _ in spends}
    }
    partners = {"Partners": [{"initiative": i, "agency": a} for i, a in {**spends, **leads}]}  # as it is advised to
    rest = optimiser.replan(optimiser.case_from({**case, **partners}), solved({**year, **partners}), through="Q2")
    assert rest.plan.status == "optimal"
    spent = sum(r["money"] for r in case["Actuals"] if r["period"] in ("Q1", "Q2"))
    assert rest.plan.spend["money"].sum() >= spent > 0
