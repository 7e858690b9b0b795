"""The Uncertainty sheet: what it may say, how its shapes are read, and every fault with its cell."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optimiser.case.checking.uncertain_rows import Uncertain, uncertain
from optimiser.case.faults import Fault
from optimiser.verbs import apply_changes, case_from, check_records

Row = dict[str, Any]


def records(*rows: Row, **sheets: list[Row]) -> dict[str, list[Row]]:
    return {
        "Agencies": [{"agency": "Police"}, {"agency": "Clinic"}],
        "Funds": [{"fund": "Pool"}, {"fund": "Grant", "amount": 1000}],
        "Contributions": [{"agency": "Police", "fund": "Pool", "amount": 300}],
        "Initiatives": [{"initiative": "A", "request": 500, "lead": "Police"}],
        "Staff": [
            {"agency": "Police", "role": "analyst", "fte": 4},
            {"agency": "Police", "role": "analyst", "fte": 2, "period": "Q2"},
        ],
        "Periods": [{"period": "Q1"}, {"period": "Q2"}],
        "Outcomes": [{"initiative": "A", "outcome": "saved", "at_full": 10}],
        "Uncertainty": [{"of": "fund", "item": "Pool", "column": "amount", **row} for row in rows],
        **sheets,
    }


def faults(*rows: Row, **sheets: list[Row]) -> list[Fault]:
    found = check_records(records(*rows, **sheets))[1]
    return [f for f in found if f.sheet == "Uncertainty"]


def one(**row: Any) -> Uncertain:
    (found,) = uncertain(case_from(records(row)).tables)
    return found


def test_a_range_of_a_fund_whose_amount_is_what_is_paid_in() -> None:
    found = one(low=200, high=320)
    assert (found.name, found.sheet, found.column) == ("amount of Pool", "Funds", "amount")
    assert (found.present, found.likely) == ((300.0,), 300.0)
    assert [found.quantile(u) for u in (0, 0.25, 1)] == [200, 230, 320]
    assert found.values(250) == [250]
    assert found.worst() == 200


def test_shapes() -> None:
    triangular = one(shape="triangular", low=0, likely=100, high=400)
    assert [triangular.quantile(u) for u in (0, 0.25, 1)] == [0, 100, 400]
    assert triangular.quantile(0.5) == pytest.approx(400 - math.sqrt(0.5 * 400 * 300))
    normal = one(shape="normal", low=200, likely=300, high=400)
    assert [normal.quantile(u) for u in (0.05, 0.5, 0.95)] == pytest.approx([200, 300, 400])
    assert normal.quantile(0) == 0  # never below what the column can hold
    either = one(shape="either", low=0, high=300, chance=0.7)
    assert [either.quantile(u) for u in (0.29, 0.31)] == [0, 300]


def test_a_factor_applies_to_every_row_of_the_staff() -> None:
    row = {"of": "staff", "item": "police", "detail": "Analyst", "column": "fte", "measured": "factor"}
    found = one(**row, low=0.5, high=1)
    assert found.name == "fte of Analyst of Police" or found.name == "fte of analyst of Police"
    assert found.likely == 1
    assert found.values(0.5) == [2, 1]


def test_what_costs_is_worst_at_its_high_end() -> None:
    assert one(of="initiative", item="A", column="request", low=400, high=700).worst() == 700


@pytest.mark.parametrize(
    ("row", "code", "cell", "cure"),
    [
        ({"column": "amuont"}, "U01", "column", "write amount"),
        ({"of": "agency", "item": "Police", "column": "minimum"}, "U01", "column", "write score"),
        ({"detail": "analyst"}, "U01", "detail", "clear it"),
        ({"of": "staff", "item": "Clinic", "detail": "analyst", "column": "fte"}, "U01", "detail", "add the row to Staff"),
        ({"of": "outcome", "item": "A", "column": "at_full"}, "U01", "detail", "add the row to Outcomes"),
        ({"of": "staff", "item": "Police", "detail": "analist", "column": "fte"}, "K02", "detail", 'write "analyst"'),
        ({"item": "Pol"}, "K02", "item", 'write "Pool"'),
        ({"low": 400, "high": 200}, "U02", "low", "exchange the two"),
        ({"likely": 500}, "U02", "likely", "correct one of the three"),
        ({"shape": "triangular", "low": 10, "high": 20}, "U02", "low", "write likely"),
        ({"low": -1}, "U03", "low", "correct it"),
        ({"measured": "factor", "low": -0.5, "high": 1}, "U03", "low", "correct it"),
        ({"of": "agency", "item": "Police", "column": "score", "low": 50, "high": 120}, "U03", "high", "correct it"),
        ({"of": "initiative", "item": "A", "column": "score", "low": 50, "high": 90}, "U04", "column", "proportional"),
    ],
)  # fmt: skip
def test_faults(row: Row, code: str, cell: str, cure: str) -> None:
    (fault,) = faults({"low": 100, "high": 400, **row})
    assert (fault.code, fault.cell.partition(",")[0]) == (code, cell)
    assert cure in fault.cure


def test_a_curved_outcome_is_never_negative() -> None:
    row = {"of": "outcome", "item": "A", "detail": "saved", "column": "at_full", "low": -5, "high": 10}
    assert faults(row) == []
    outcomes = [{"initiative": "A", "outcome": "saved", "at_full": 10, "curve": "early"}]
    curve = [{"curve": "early", "level": x, "achieved": y} for x, y in ((0, 0), (0.5, 0.8), (1, 1))]
    assert [f.code for f in faults(row, Outcomes=outcomes, Curves=curve)] == ["U03"]


@pytest.mark.parametrize("setting", ["score_effect", "Score effect", "ScoreEffect"])
def test_scores_count_where_they_change_outcomes(setting: str) -> None:
    row = {"of": "initiative", "item": "A", "column": "score", "low": 50, "high": 90}
    assert faults(row, Case=[{"setting": setting, "value": "proportional"}]) == []
    assert faults(row, Outcomes=[]) == []


def test_one_number_stands_once() -> None:
    row = {"low": 100, "high": 400}
    assert [f.code for f in faults(row, {**row, "item": "pool"})] == ["K01"]


def test_a_scenario_may_change_it() -> None:
    case = case_from(records({"low": 200, "high": 320}))
    changed = apply_changes(
        case, [{"sheet": "Uncertainty", "where": "item = Pool", "column": "low", "change": "* 0.5"}]
    )
    assert uncertain(changed.tables)[0].low == 100
