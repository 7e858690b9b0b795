"""Whatever stands in a workbook, a check ends with a list of faults: it never raises, and no check fails itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.case.checking import checks
from optimiser.case.checking.net import FAILED
from optimiser.case.faults import Fault
from optimiser.case.reading.costs import cost_shares
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.verbs import apply_changes, case_from, check_records
from tests.case.whole import WHOLE, Records


class Unwilling:
    """A value that refuses every question."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None

    def __str__(self) -> str:
        raise RuntimeError


# What stands in the case already makes twice-used keys, wrong sheets of right names and circles.
WRITTEN = sorted({str(v) for rows in WHOLE.values() for row in rows for v in row.values()})
NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.sampled_from([1e-320, 1e308, -1e308, 10**400, -(10**400), 2**53 + 1, 0.1 + 0.2]),
    st.decimals(),
    st.just(Decimal("sNaN")),
    st.just(np.int64(4)),
    st.just(np.float32("nan")),
)
TEXTS = st.one_of(
    st.sampled_from(WRITTEN),
    st.sampled_from(["", " ", "nobody", "\ud800", "x\udcffy", "\x00", "= nan", "* inf", "* 1e308", "- 1e400", "remove"]),
    st.sampled_from(["1e999", "12%", "1,5", "(3)", "#REF!", "=A1", "٣", "İ", '"', ";;;", "= F", "a = ", "total", "a" * 300]),
    st.sampled_from(["base 1e400%", "nan population", "floor 200%; cap area", "hold 5%", "staff: role = analyst", "headcount"]),
    st.text(st.characters(exclude_categories=()), max_size=6),
)  # fmt: skip
OTHERS = st.one_of(
    st.none(), st.datetimes(), st.dates(), st.times(), st.timedeltas(), st.binary(max_size=3), st.complex_numbers(),
    st.lists(st.integers(), max_size=2), st.just(np.datetime64("2026-01-01", "ns")), st.just(np.zeros(2)),
    st.builds(Unwilling), st.just({"a": 1}),
)  # fmt: skip
VALUES = st.one_of(NUMBERS, TEXTS, OTHERS)
TITLES = st.one_of(st.sampled_from([c for s in SHEETS for c in s.names]), TEXTS)


@st.composite
def changed(draw: st.DrawFn) -> Records:
    """The whole case with up to six things done to it."""
    made: Records = {name: [dict(row) for row in rows] for name, rows in WHOLE.items()}
    for _ in range(draw(st.integers(1, 6))):
        sheet = BY_NAME[draw(st.sampled_from(sorted(BY_NAME)))]
        rows = made.setdefault(sheet.name, [])
        what = draw(st.sampled_from(("cell", "cell", "cell", "row", "twice", "gone", "title", "empty", "no sheet")))
        if what == "no sheet":
            made.pop(sheet.name)
        elif what == "empty":
            rows.clear()
        elif what == "row" or not rows:
            rows.append({c: draw(VALUES) for c in sheet.names if draw(st.booleans())})
        elif what == "twice":
            rows.insert(draw(st.integers(0, len(rows))), dict(draw(st.sampled_from(rows))))
        elif what == "gone":
            rows.pop(draw(st.integers(0, len(rows) - 1)))
        else:
            title = draw(TITLES) if what == "title" else draw(st.sampled_from(sheet.names))
            rows[draw(st.integers(0, len(rows) - 1))][title] = draw(VALUES)
    return made


def sound(records: Records) -> None:
    """The check ends, every fault can be said and stands somewhere, and no check failed."""
    case, faults = check_records(records)
    assert all(str(f) for f in faults)
    assert [str(f) for f in faults if f.code == FAILED] == []
    assert (case is None) == any(f.level == "error" for f in faults)
    if case is not None:
        assert len(case.sha256) == 64


def test_the_whole_case_is_valid() -> None:
    assert set(WHOLE) == set(BY_NAME)
    assert [str(f) for f in check_records(WHOLE)[1] if f.level == "error"] == []


MANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@MANY
@given(changed())
def test_nothing_done_to_a_case_makes_a_check_raise(records: Records) -> None:
    sound(records)


@MANY
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(sorted(BY_NAME)), TEXTS),
        st.lists(st.dictionaries(TITLES, VALUES, max_size=6), max_size=3),
        max_size=8,
    )
)
def test_no_records_whatever_make_a_check_raise(records: Records) -> None:
    sound(records)


@pytest.mark.parametrize("title", [None, 5, 2.5, True, (), "x" * 40_000])
def test_a_column_may_be_called_by_what_is_no_name(title: Any) -> None:
    for sheet in ("Agencies", "Funds", "Rules", "Scenarios"):
        sound({**WHOLE, sheet: [*WHOLE[sheet], {title: 1}]})


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "place"),
    [
        ("Uncertainty", 1, "item", "Nigth outreach", ("Uncertainty", "item, row 2")),
        ("Uncertainty", 2, "item", "Z", ("Uncertainty", "item, row 3")),
        ("Uncertainty", 2, "detail", "Z", ("Uncertainty", "detail, row 3")),
        ("Uncertainty", 3, "detail", "Z", ("Uncertainty", "detail, row 4")),
        ("Periods", 2, "period", "q1", ("Periods", "period, row 3")),
        ("Initiatives", 0, "request", 10**400, ("Initiatives", "request, row 1")),
        ("Initiatives", 0, "request", Decimal("1e400"), ("Initiatives", "request, row 1")),
        ("Funds", 0, "amount", dt.time(3), ("Funds", "amount, row 1")),
    ],
)
def test_a_slip_in_one_cell_is_a_fault_of_that_cell(
    sheet: str, row: int, column: str, value: object, place: tuple[str, str]
) -> None:
    records = {name: [dict(r) for r in rows] for name, rows in WHOLE.items()}
    records[sheet][row][column] = value
    case, faults = check_records(records)
    assert case is None
    assert place in [(f.sheet, f.cell) for f in faults if f.level == "error"]


def _failing(*_: Any) -> list[Fault]:
    raise KeyError("nobody")


def test_a_check_that_fails_is_a_fault_of_its_sheet_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[str, Callable[..., Any]]] = [
        (s, _failing if look is cost_shares else look) for s, look in checks.LOOKS
    ]
    monkeypatch.setattr(checks, "LOOKS", tuple(looks))
    records = {**WHOLE, "Installments": WHOLE["Installments"][:1]}
    case, faults = check_records(records)
    assert case is None
    assert [(f.sheet, f.code) for f in faults if f.level == "error"] == [("Installments", "R04"), ("Costs", FAILED)]


def test_a_rule_whose_check_fails_is_named_by_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.model.check.compile_rule", _failing)
    _, faults = check_records({**WHOLE, "Scenarios": []})
    rows = range(1, len(WHOLE["Rules"]) + 1)
    told = {(f.sheet, cell, f.code) for f in faults if f.level == "error" for cell in f.cells or (f.cell,)}
    assert told == {("Rules", f"rule, row {k}", FAILED) for k in rows}


def test_a_scenario_whose_check_fails_is_named_by_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.case.scenario.apply.changes", _failing)
    _, faults = check_records(WHOLE)
    assert {(f.sheet, f.cell, f.code) for f in faults} >= {("Scenarios", "scenario, row 1", FAILED)}


def test_a_change_that_stands_on_no_sheet_is_checked_as_well() -> None:
    case = case_from(WHOLE)
    with pytest.raises(Exception, match="1 fault") as raised:
        apply_changes(case, [{"sheet": "Funds", "where": "fund = F", "column": "amount", "change": "* 1e308"}])
    assert "Changes" in str(getattr(raised.value, "faults", ""))
