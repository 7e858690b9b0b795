"""import on the command line: proposed, looked at, taken over; the map kept with the case and used again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.command_line import app

CALLS = [
    ["Harlan partnership", None, None, None],
    ["All amounts in thousands of dollars", None, None, None],
    ["Program", "Lead agency", "FY26 Adopted", "FY27 Request"],
    ["Prevention", None, None, None],
    ["Street outreach", "Youth Bureau", 400, "625*"],
    ["Summer jobs", "Sheriff", 250, 872.5],
    ["Prevention Total", None, 650, 1497.5],
    ["Care", None, None, None],
    ["Crisis beds", "Sheriff", 100, 521],
    ["Care Total", None, 100, 521],
    ["Grand total", None, 750, 2018.5],
]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "FY27 Calls"
    for row in CALLS:
        book.worksheets[0].append(row)  # type: ignore[arg-type]
    book.save(tmp_path / "calls.xlsx")
    return tmp_path / "calls.xlsx"


def run(*words: Any) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(w) for w in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_file_is_proposed_taken_over_and_solved(calls: Path, tmp_path: Path) -> None:
    toml, case = tmp_path / "calls.toml", tmp_path / "case.xlsx"
    code, out, _ = run("import", calls, "--propose", toml)
    assert code == 0
    assert "'Program' is initiative" in out
    code, out, _ = run("import", calls, "--map", toml, "-o", case, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["tables"]["Initiatives"]["sums"] == {"request": 2018500.0, "baseline": 750000.0}
    assert told["tables"]["Initiatives"]["file_sums"] == {"request": 2018.5, "baseline": 750.0}
    assert told["tables"]["Initiatives"]["rows"] == 3
    assert told["tables"]["Agencies"]["rows"] == 2
    assert [f["code"] for f in told["faults"] if f["level"] == "error"] == ["S13"]  # a file of requests has no funds
    funds = tmp_path / "funds.csv"
    funds.write_text("fund,amount\nPool,1000000\n")
    code, out, _ = run("import", funds, "--into", case, "-o", case)  # its titles are ours: it needs no map
    assert code == 0
    plan = optimiser.solve(optimiser.read(case))
    assert plan.status == "optimal"
    assert plan.tables["Awards"]["award"].sum() == 1_000_000
    assert plan.case.tables["Initiatives"]["theme"].tolist() == ["Prevention", "Prevention", "Care"]


def test_the_map_is_kept_with_the_case_and_used_again(calls: Path, tmp_path: Path) -> None:
    toml, case, again = tmp_path / "m.toml", tmp_path / "case.xlsx", tmp_path / "again.xlsx"
    run("import", calls, "--propose", toml)
    run("import", calls, "--map", toml, "-o", case)
    book = openpyxl.load_workbook(calls)
    book.worksheets[0]["D6"] = 900
    book.worksheets[0]["D7"], book.worksheets[0]["D11"] = 1525, 2046
    book.save(calls)
    code, _, _ = run("import", calls, "--into", case, "-o", again)
    assert code == 0
    made = openpyxl.load_workbook(again)
    assert {"Import map", "Reconciliation"} <= set(made.sheetnames)
    titles, *rows = made["Initiatives"].iter_rows(values_only=True)
    asks = {r[titles.index("initiative")]: r[titles.index("request")] for r in rows}
    assert asks == {"Street outreach": 625000, "Summer jobs": 900000, "Crisis beds": 521000}


def test_a_file_that_is_not_ours_is_not_guessed_at(calls: Path, tmp_path: Path) -> None:
    code, _, err = run("import", calls, "-o", tmp_path / "case.xlsx")
    assert code == 3
    assert "--propose map.toml" in err
    assert not (tmp_path / "case.xlsx").exists()


def test_what_the_map_cannot_read_is_a_fault_with_its_cell_and_nothing_is_written(calls: Path, tmp_path: Path) -> None:
    toml = tmp_path / "m.toml"
    run("import", calls, "--propose", toml)
    book = openpyxl.load_workbook(calls)
    book.worksheets[0]["D9"] = "TBD"
    book.save(calls)
    code, out, _ = run("import", calls, "--map", toml, "-o", tmp_path / "case.xlsx", "--json")
    (fault,) = [f for f in json.loads(out)["faults"] if f["level"] == "error"]
    assert (code, fault["sheet"], fault["cell"]) == (3, "FY27 Calls", "D9")
    assert not (tmp_path / "case.xlsx").exists()


def test_both_sides_of_each_column_stand_on_a_sheet_and_tie(calls: Path, tmp_path: Path) -> None:
    toml, case = tmp_path / "m.toml", tmp_path / "case.xlsx"
    run("import", calls, "--propose", toml)
    run("import", calls, "--map", toml, "-o", case)
    rows = list(openpyxl.load_workbook(case)["Reconciliation"].iter_rows(min_row=2, values_only=True))
    request = [r[3:6] for r in rows if r[2] == "request"]
    assert [r[1] for r in request[:3]] == [6055.5, -4037, 2018.5]
    assert request[2][2] == 2018500
    assert request[3] == ("difference", None, 0)
    assert [r[3] for r in rows if r[6] == "it is the sum of other rows"] == [
        "row 7: Prevention Total",
        "row 10: Care Total",
    ]


def test_names_that_people_use_find_the_records_of_the_case(tmp_path: Path) -> None:
    case, file, toml = tmp_path / "case.xlsx", tmp_path / "calls.csv", tmp_path / "m.toml"
    book = openpyxl.Workbook()
    for name, rows in {
        "Agencies": [["agency", "name"], ["YB", "Youth Bureau"]],
        "Funds": [["fund", "amount"], ["Pool", 10]],
        "Initiatives": [["initiative", "name", "request", "lead"], ["G1", "Street outreach", 5, "YB"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:  # type: ignore[attr-defined]
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(case)
    file.write_text("Program,Agency,Request\nStreet outreach,Youth Bureau,7\nCrisis beds,Youth Bureau,8\n")
    toml.write_text(
        '[[table]]\nto = "Initiatives"\ncolumns = { Program = "initiative", Agency = "lead", Request = "request" }\n'
    )
    code, _, err = run("import", file, "--map", toml, "--into", case, "-o", case)
    assert code == 0
    assert "it is read as G1" in err
    table = optimiser.read(case).tables["Initiatives"]
    assert list(zip(table["initiative"], table["lead"], table["request"], strict=True)) == [
        ("G1", "YB", 7.0),
        ("Crisis beds", "YB", 8.0),
    ]
