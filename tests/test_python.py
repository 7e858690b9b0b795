"""Optimiser from Python: what a notebook shows, what a case refuses, how a mistake is told."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import optimiser
from optimiser.case.examples import example_path
from optimiser.case.faults import PRINTED, InvalidCase
from optimiser.case.writing.template import write_template
from optimiser.case.writing.writer import write_tables
from optimiser.report.documents.comparison_workbook import write_comparison

LIKE: dict[str, Any] = {
    "Agencies": [{"agency": "Harbour"}, {"agency": "Rail"}],
    "Funds": [{"fund": "Levy", "amount": 900.0}, {"fund": "Toll", "amount": 120.0}],
    "Initiatives": [
        {"initiative": "ferry", "lead": "Harbour", "request": 400.0, "must_fund": True},
        {"initiative": "tram", "lead": "Rail", "request": 700.0, "must_fund": False},
    ],
}


def frames() -> dict[str, pd.DataFrame]:
    return {sheet: pd.DataFrame(rows) for sheet, rows in LIKE.items()}


@pytest.mark.parametrize("name", ["gun-violence", "task-force"])
def test_a_case_and_its_plan_are_told_in_a_few_lines(name: str) -> None:
    case = optimiser.read(example_path(name))
    plan = optimiser.solve(case)
    for told in (str(case), repr(case), str(plan), repr(plan), repr(case.tables["Funds"])):
        assert len(told) < 1000
        assert "array(" not in told
    assert plan.status in str(plan)
    assert case.settings.name in str(plan)
    assert f"Funds {len(case.tables['Funds'])}" in str(case)
    assert f"of {len(case.tables['Initiatives'])} initiatives" in str(plan)
    for shown in (case._repr_html_(), plan._repr_html_(), case.tables["Funds"]._repr_html_()):
        assert "<table" in shown


def test_what_a_notebook_shows_is_text() -> None:
    case = optimiser.case_from({**LIKE, "Case": [{"setting": "name", "value": "<script>alert(1)</script>"}]})
    for shown in (case._repr_html_(), optimiser.solve(case)._repr_html_()):
        assert "<script>" not in shown


@pytest.mark.parametrize("again", [lambda case: case, lambda case: pickle.loads(pickle.dumps(case))])
def test_a_case_cannot_be_changed_in_place(again: Any) -> None:
    case = again(optimiser.case_from(LIKE))
    funds = case.tables["Funds"]
    for edit in (
        lambda: funds["amount"].__setitem__(0, 1.0),
        lambda: funds.rows.__setitem__(0, 1),
        lambda: funds.columns.__setitem__("amount", funds["amount"] * 2),
        lambda: funds.columns.pop("amount"),
        lambda: case.tables.update({"Funds": funds}),
        lambda: case.facts.request.__setitem__(0, 1.0),
        lambda: setattr(case, "settings", None),
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            edit()
    plan = optimiser.solve(case)
    with pytest.raises(ValueError, match="read-only"):
        plan.tables["Spend"]["money"][0] = 0.0
    own = plan.spend
    own.loc[0, "money"] = 0.0
    assert plan.tables["Spend"]["money"][0] > 0


def test_tables_of_pandas_are_the_same_case() -> None:
    expected = optimiser.case_from(LIKE).sha256
    tables = frames()
    assert optimiser.case_from(tables).sha256 == expected
    assert optimiser.case_from({**tables, "Funds": tables["Funds"].set_index("fund")}).sha256 == expected
    assert optimiser.case_from({**tables, "Funds": LIKE["Funds"]}).sha256 == expected
    nullable = {sheet: table.convert_dtypes() for sheet, table in tables.items()}
    assert optimiser.case_from(nullable).sha256 == expected
    blank = tables["Initiatives"].assign(maximum=pd.array([None, pd.NA], "Int64"), first=[None, np.nan], baseline=pd.NA)  # type: ignore[arg-type]
    assert optimiser.case_from({**tables, "Initiatives": blank}).sha256 == expected
    numpy_numbers = [{"fund": "Levy", "amount": np.int64(900)}, {"fund": "Toll", "amount": np.float32(120)}]
    assert optimiser.case_from({**tables, "Funds": numpy_numbers}).sha256 == expected
    solved = optimiser.solve(optimiser.case_from(tables))
    again = {sheet: table.frame() for sheet, table in solved.case.tables.items() if len(table)}
    assert optimiser.case_from(again).sha256 == expected


def test_dates_and_faults_of_pandas_tables() -> None:
    periods = pd.DataFrame({"period": ["Q1"], "start": [pd.Timestamp("2027-01-01")], "end": [pd.NaT]})
    case = optimiser.case_from({**frames(), "Periods": periods})
    assert case.tables["Periods"]["start"].tolist() == ["2027-01-01"]
    twice = pd.DataFrame([["Levy", 1, 2]], columns=["fund", "amount", "amount"])
    with pytest.raises(InvalidCase, match="each title once"):
        optimiser.case_from({**frames(), "Funds": twice})


@pytest.mark.parametrize("wrong", ["Levy", b"Levy", 5, ["Levy"], {"fund": "Levy"}, [["fund"], ["Levy"]]])
def test_what_is_no_table_is_told_by_its_sheet(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"Funds.*(DataFrame|column: value)"):
        optimiser.case_from({**frames(), "Funds": wrong})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="DataFrame"):
        optimiser.case_from(wrong if not isinstance(wrong, dict) else {"Funds": wrong})  # type: ignore[arg-type, dict-item]


@pytest.mark.parametrize("count", [1, 3, PRINTED + 15])
def test_an_invalid_case_says_where(count: int) -> None:
    rows: list[Any] = [{"initiative": f"i{k}", "lead": "Harbour", "request": f"TBD {k}"} for k in range(count)]
    with pytest.raises(InvalidCase) as caught:
        optimiser.case_from({**LIKE, "Initiatives": rows})
    told = str(caught.value)
    assert told.startswith(caught.value.counted)
    assert "Initiatives!request, row 1" in told
    assert '"TBD 0"' in told
    assert len(told.splitlines()) <= PRINTED + 2
    assert told.splitlines()[-1].startswith("  … and ") == (len(caught.value.faults) > PRINTED)
    assert str(pickle.loads(pickle.dumps(caught.value))) == told


TAKE_A_FILE = ("read", "check", "case_from", "verify_workbook")


def test_a_plan_is_written_and_its_workbook_verified(tmp_path: Path) -> None:
    plan = optimiser.solve(optimiser.case_from(LIKE))
    assert isinstance(plan, optimiser.Plan)
    assert isinstance(plan.case, optimiser.Case)
    optimiser.write_plan(plan, tmp_path / "plan.xlsx")
    assert optimiser.verify_workbook(tmp_path / "plan.xlsx") == []
    with pytest.raises(optimiser.InvalidCase):
        optimiser.verify_workbook(example_path("task-force"))


@pytest.mark.parametrize("name", ["plan.pdf", "plan.csv", "plan.xls", "plan"])
def test_no_workbook_is_written_under_the_name_of_another_file(tmp_path: Path, name: str) -> None:
    plan = optimiser.solve(optimiser.case_from(LIKE))
    for write in (
        lambda path: optimiser.write_plan(plan, path),
        lambda path: write_tables(path, plan.case.tables),
        write_template,
        lambda path: write_comparison(optimiser.compare(plan.case), path),
    ):
        with pytest.raises(ValueError, match=rf"{name} should end in \.xlsx"):
            write(tmp_path / name)
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", [v for v in sorted(optimiser.VERBS) if v not in TAKE_A_FILE])
@pytest.mark.parametrize("given", ["case.xlsx", Path("case.xlsx"), LIKE, b"PK"], ids=lambda given: type(given).__name__)
def test_a_verb_given_a_file_says_what_to_write(verb: str, given: object) -> None:
    how = "case_from" if isinstance(given, dict) else "read"
    with pytest.raises(TypeError, match=rf"optimiser\.{verb} takes a (case|plan), .*optimiser\.{how}\("):
        getattr(optimiser, verb)(given)


def test_the_package_says_that_it_is_typed_and_has_its_examples() -> None:
    home = Path(optimiser.__file__).parent
    assert (home / "py.typed").exists()
    assert {p.stem for p in (home / "examples").glob("*.xlsx")} >= {"gun-violence", "task-force", "template"}


def test_a_second_table_of_one_name_is_never_passed_over() -> None:
    with pytest.raises(InvalidCase) as told:
        optimiser.case_from({**LIKE, "funds": [{"fund": "Tax", "amount": 5}]})
    assert [f.code for f in told.value.faults] == ["S16"]


@pytest.mark.parametrize(
    ("what", "given"), [("objective", ["impact", "thrift"]), ("objective", 5), ("solver", None), ("solver", 5)]
)
def test_what_is_no_text_is_told(what: str, given: Any) -> None:
    with pytest.raises(TypeError, match=f"The {what} is a text, such as"):
        optimiser.solve(optimiser.case_from(LIKE), **{what: given})


@pytest.mark.parametrize("rows", ["+ 5", [5], {"sheet": "Funds"}, [["Funds", "", "amount", "+ 5"]]])
def test_what_are_no_changes_is_told_or_read(rows: Any) -> None:
    with pytest.raises((TypeError, InvalidCase), match="Changes"):
        optimiser.apply_changes(optimiser.case_from(LIKE), rows)
    made = ({"sheet": "Funds", "where": w, "column": "amount", "change": "+ 5"} for w in ("fund = Levy",))
    assert optimiser.apply_changes(optimiser.case_from(LIKE), made).facts.amount.sum() == 1025  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [-1, float("nan"), "5"])
def test_what_is_no_time_is_told(seconds: Any) -> None:
    with pytest.raises(ValueError, match="The time limit is a number of seconds, 0 or more; found"):
        optimiser.solve(optimiser.case_from(LIKE), time_limit=seconds)


def test_one_scenario_is_compared_by_its_name() -> None:
    less = {"scenario": "less", "sheet": "Initiatives", "column": "request", "change": "* 0.5"}
    case = optimiser.case_from({**LIKE, "Scenarios": [less]})
    assert list(optimiser.compare(case, "less").plans) == ["base", "less"]
    assert list(optimiser.compare(case, "base").plans) == ["base"]


def test_records_may_come_one_after_the_other() -> None:
    given = {**LIKE, "Case": [{"setting": "name", "value": "Ports"}, {"setting": "currency", "value": "EUR"}]}
    case = optimiser.case_from({sheet: iter(rows) for sheet, rows in given.items()})
    assert (case.settings.name, case.settings.currency) == ("Ports", "EUR")
    assert (
        optimiser.solve(case).award["award"].tolist()
        == optimiser.solve(optimiser.case_from(LIKE)).award["award"].tolist()
    )
