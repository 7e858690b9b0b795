"""intake on the command line: workbooks out, answers in, a board, marked copies for their senders."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
from typer.testing import CliRunner

import optimiser
from optimiser.case.examples import example_path
from optimiser.command_line import app


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(w) for w in words])
    return done.exit_code, done.stdout, done.stderr


def test_requests_go_out_and_come_back(tmp_path: Path) -> None:
    case, out, back, merged = example_path("task-force"), tmp_path / "out", tmp_path / "back", tmp_path / "merged.xlsx"
    code, listed, _ = run("intake", "--send", out, "--from", case, "--due", "20 November", "--json")
    files = {f["agency"]: f["file"] for f in json.loads(listed)["files"]}
    read = optimiser.read(case)
    assert code == 0
    assert set(files) == set(read.tables["Agencies"]["agency"].tolist())
    leads = read.tables["Initiatives"]["lead"].tolist()
    first, second = sorted(set(leads), key=leads.index)[:2]
    back.mkdir()
    first_key: dict[str, str] = {}
    for agency, value in ((first, 4321), (second, "TBD")):
        book = openpyxl.load_workbook(out / files[agency])
        sheet = book["Initiatives"]
        column = [c.value for c in sheet[1]].index("request") + 1
        sheet.cell(2, column).value = value
        first_key[agency] = str(sheet.cell(2, 1).value)
        book.save(back / files[agency])
    code, told, _ = run("intake", back, "--into", case, "-o", merged, "--marked", tmp_path / "marked", "--json")
    made = json.loads(told)
    assert code == 0
    assert {f["agency"]: f["verdict"] for f in made["files"]} == {first: "taken", second: "refused"}
    assert set(made["missing"]) == set(files) - {first, second}
    (fault,) = [f for a in made["files"] for f in a["faults"] if f["level"] == "error"]
    assert (fault["code"], fault["sheet"]) == ("N03", "Initiatives")
    table = optimiser.read(merged).tables["Initiatives"]
    assert dict(zip(table["initiative"], table["request"], strict=True))[first_key[first]] == 4321
    marked = openpyxl.load_workbook(tmp_path / "marked" / f"marked-{Path(files[second]).stem}.xlsx")
    assert marked["Faults"]["D4"].value == "N03" or "N03" in {c.value for row in marked["Faults"] for c in row}
    code, told, _ = run("intake", back, "--into", case, "-o", merged)
    assert told.startswith("1 of ")
    assert "not known" in told


def test_nothing_is_written_where_nothing_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(example_path("task-force").read_bytes())
    code, _, _ = run("intake", tmp_path, "--into", example_path("task-force"), "-o", tmp_path / "m" / ".." / "m.xlsx")
    assert code in (2, 3)
    assert not (tmp_path / "m.xlsx").exists()
    assert run("intake", tmp_path)[0] == 2
