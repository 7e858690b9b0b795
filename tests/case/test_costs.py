"""Costs as shares or as amounts: scaled and said, added up, refused where they contradict each other."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optimiser
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.reading.costs import shares_of
from optimiser.case.reading.workbook import read_tables, tables_from
from optimiser.verbs import check_records
from tests.case.books import assert_same, book, said
from tests.oracle import plain_case

BASE = {
    "Agencies": [{"agency": "PD"}],
    "Funds": [
        {"fund": "Grant", "amount": 1000, "allowed": "category = personnel"},
        {"fund": "Pool", "amount": 1000},
    ],
}


def records(costs: list[tuple[str, float]], request: float | None = 900.0, column: str = "amount") -> dict[str, Any]:
    """A case of one initiative with these costs."""
    row = {"initiative": "I"} | ({} if request is None else {"request": request})
    rows = [{"initiative": "I", "category": c, column: v} for c, v in costs]
    return {**BASE, "Initiatives": [row], "Costs": rows}


def checked(costs: list[tuple[str, float]], column: str) -> tuple[Case | None, tuple[Fault, ...]]:
    """The case and the faults of these costs."""
    return check_records(records(costs, column=column))


def errors(made: dict[str, Any]) -> list[Fault]:
    """The errors of these records."""
    return [f for f in check_records(made)[1] if f.level == "error"]


AMOUNTS = [("personnel", 600.0), ("travel", 300.0)]


def test_amounts_are_the_shares_of_the_request() -> None:
    case = optimiser.case_from(records(AMOUNTS))
    assert case.facts.cost_share.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert not case.warnings
    plan = optimiser.solve(case)
    assert plan.award["award"].tolist() == [900]


def test_where_the_request_is_blank_the_amounts_are_it() -> None:
    case = optimiser.case_from(records(AMOUNTS, None))
    assert case.tables["Initiatives"]["request"].tolist() == [900]
    rows: list[Any] = [["initiative", "category", "amount"], ["A", "travel", 40], ["A", "training", 2.5]]
    for head, cells in ((["initiative"], ["A"]), (["initiative", "request"], ["A", None])):
        tables = read_tables(book(Initiatives=[head, cells], Costs=rows))
        assert not tables.faults
        assert tables["Initiatives"]["request"].tolist() == [42.5]


def test_a_blank_request_without_amounts_stays_a_fault() -> None:
    rows: list[Any] = [["initiative", "category", "amount"], ["A", "travel", 40]]
    tables = read_tables(book(Initiatives=[["initiative", "request"], ["A", None], ["B", None]], Costs=rows))
    assert [(f.cell, f.code) for f in tables.faults] == [("B3", "V01")]
    without = read_tables(book(Initiatives=[["initiative"], ["A"], ["B"]], Costs=rows))
    assert [f.code for f in without.faults] == ["S03"]


@pytest.mark.parametrize(
    ("costs", "column", "code", "told"),
    [
        ([("travel", 500.0), ("general", 300.0)], "amount", "R12", "correct them by 100"),
        ([("travel", 0.5), ("general", 0.4)], "share", "N14", "correct them by 0.1"),
        ([("travel", 0.5), ("general", 0.494)], "share", "N14", "correct them by 0.006"),
    ],
)
def test_sums_that_are_plainly_wrong_are_refused(costs: list[Any], column: str, code: str, told: str) -> None:
    case, faults = checked(costs, column)
    assert case is None
    assert [(f.code, f.level) for f in faults if f.level == "error"] == [(code, "error")]
    assert told in faults[0].cure


@pytest.mark.parametrize(
    "shares", [(0.3333, 0.3333, 0.3333), (0.1667, 0.1667, 0.6667), (0.335, 0.335, 0.335), (0.3317, 0.3317, 0.3317)]
)
def test_shares_rounded_by_hand_are_scaled_and_said(shares: tuple[float, ...]) -> None:
    case, faults = checked(list(zip(("travel", "training", "general"), shares, strict=True)), "share")
    assert case is not None
    assert [(f.sheet, f.code, f.level) for f in faults] == [("Costs", "N14", "warning")]
    assert case.facts.cost_share.sum() == pytest.approx(1, abs=1e-12)
    assert optimiser.solve(case).award["award"].tolist() == [900]


def test_shares_and_amounts_of_one_initiative_are_refused_and_a_row_with_neither_too() -> None:
    mixed = records(AMOUNTS)
    mixed["Costs"][1] = {"initiative": "I", "category": "travel", "share": 0.5}
    assert [f.code for f in errors(mixed)] == ["N14"]
    mixed["Costs"][1] = {"initiative": "I", "category": "travel"}
    assert [(f.cell, f.code) for f in errors(mixed)] == [("share, row 2", "V01")]


def test_a_scenario_of_the_request_scales_its_amounts_and_one_of_the_amounts_makes_the_request() -> None:
    case = optimiser.case_from(records(AMOUNTS))
    cut = optimiser.apply_changes(case, [{"sheet": "Initiatives", "column": "request", "change": "* 0.5"}])
    assert cut.tables["Costs"]["amount"].tolist() == [300, 150]
    more = optimiser.apply_changes(
        case, [{"sheet": "Costs", "where": "category = travel", "column": "amount", "change": "+ 100"}]
    )
    assert more.tables["Initiatives"]["request"].tolist() == [1000]
    again = optimiser.case_from({n: list(t.records()) for n, t in cut.tables.items() if len(t)})
    assert again.facts.cost_share.tolist() == cut.facts.cost_share.tolist()


@given(
    st.lists(st.floats(0.01, 1e6).map(lambda v: round(v, 2)), min_size=1, max_size=5),
    st.booleans(),
)
def test_amounts_and_their_shares_are_one_case_also_for_the_oracle(amounts: list[float], blank: bool) -> None:
    names = ["travel", "training", "equipment", "supplies", "indirect"]
    total = round(sum(amounts), 2)
    made = records(list(zip(names, amounts, strict=False)), None if blank else total)
    case = optimiser.case_from(made)
    assert shares_of(case.tables["Costs"]).sum() == pytest.approx(1)
    assert case.facts.request.tolist() == pytest.approx([total])
    told = plain_case.read(made)
    assert told.initiatives["i"]["request"] == pytest.approx(total)
    assert told.cost_share["i"] == pytest.approx({n: a / total for n, a in zip(names, amounts, strict=False)}, abs=1e-9)


def test_a_case_with_amounts_comes_back_from_its_workbook(tmp_path: Path) -> None:
    from optimiser.case.writing.writer import write_tables

    tables = tables_from(records(AMOUNTS, None))
    write_tables(tmp_path / "case.xlsx", tables.tables)
    again = read_tables(tmp_path / "case.xlsx")
    assert not again.faults
    assert_same(tables, again)


def test_a_typing_error_in_a_share_is_told_once() -> None:
    rows: list[Any] = [["initiative", "category", "share"], ["Mapping", "travel", 0.5], ["Mapping", "general", "TBD"]]
    assert len(said(read_tables(book(Costs=rows)))) == 1
