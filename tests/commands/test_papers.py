"""papers: files in a folder, figures as JSON, what is missing said, a changed plan refused."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.papers.paper import shelf
from tests.papers.cases import records


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = records(4)
    made["Funds"][0].pop("fain")
    path = tmp_path_factory.mktemp("papers") / "case.xlsx"
    write_tables(path, optimiser.case_from(made).tables)
    return path


def run(*words: object) -> tuple[int, str, str]:
    made = CliRunner().invoke(app, ["papers", *map(str, words)])
    return made.exit_code, made.stdout, made.stderr


def test_papers_of_a_case_and_of_its_plan_are_the_same(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    assert CliRunner().invoke(app, ["solve", str(case), "-o", str(plan)]).exit_code == 0
    for source, folder in ((case, tmp_path / "a"), (plan, tmp_path / "b")):
        status, out, told = run(source, "sf-424a", "resolution", "-o", folder)
        assert status == 0, told
        assert out.splitlines() == ["sf-424a Grant.xlsx", "sf-424a Grant.json", "resolution.docx"]
    for name in ("sf-424a Grant.json", "sf-424a Grant.xlsx", "resolution.docx"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_is_missing_is_said_with_its_cell(case: Path, tmp_path: Path) -> None:
    status, out, told = run(case, "--paper", "subaward-notices")
    assert status == 0
    assert "lacks 1 cell" in out
    assert "Missing: FAIN: Funds, fain of Grant" in told
    filled = tmp_path / "filled.xlsx"
    write_tables(filled, optimiser.case_from(records(4)).tables)
    status, out, told = run(case, "subaward-notices", "--details", filled)
    assert status == 0
    assert "Missing" not in told


def test_figures_as_json(case: Path) -> None:
    status, out, _ = run(case, "figures", "resolution", "--json")
    assert status == 0
    first, second = json.loads(out)["papers"]
    assert first["paper"] == "figures"
    shared = set(first["figures"]) & set(second["figures"])
    assert {"spend", "amount"} <= shared
    assert all(first["figures"][name] == second["figures"][name] for name in shared)


def test_a_changed_plan_is_refused(case: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.xlsx"
    assert CliRunner().invoke(app, ["solve", str(case), "-o", str(plan)]).exit_code == 0
    book = openpyxl.load_workbook(plan)
    book["Spend"]["F2"] = 1
    book.save(plan)
    status, _, told = run(plan, "resolution", "-o", tmp_path / "c")
    assert status == 3
    assert "no papers are made of a plan that was changed" in told
    assert not (tmp_path / "c").exists()


def test_what_cannot_be_is_told_before_any_work(case: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert run(case, "-o", tmp_path / "file")[0] == 2
    assert run(case, "-o", tmp_path / "nowhere" / "deeper")[0] == 2
    status, _, told = run(case, "sonnet")
    assert status == 2
    assert all(name in told for name in shelf())
