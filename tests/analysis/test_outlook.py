"""Uncertainty as a command and a picture: the figures are those of the draws, counted here from the rows of a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.analysis.uncertain.outlook import PRESENT, Outlook, uncertainty
from optimiser.case.case import Case
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.report.charts.over_draws import (
    changes,
    moves,
    moves_headline,
    over_draws,
)
from optimiser.report.documents.plan_check import verify_workbook

Records = dict[str, list[dict[str, Any]]]
RECORDS: Records = {
    "Periods": [{"period": "Q1"}, {"period": "Q2"}],
    "Agencies": [{"agency": "PD"}, {"agency": "Clinic"}],
    "Funds": [{"fund": "Pool", "amount": 150, "owner": "PD", "approval_from": 2}, {"fund": "Grant", "amount": 60}],
    "Contributions": [{"agency": "PD", "fund": "Pool", "amount": 120}, {"agency": "Clinic", "fund": "Pool", "amount": 30}],
    "Initiatives": [
        {"initiative": "A", "lead": "PD", "request": 100, "priority": 2, "name": "Patrol <b>"},
        {"initiative": "B", "lead": "Clinic", "request": 120},
    ],
    "Uncertainty": [
        {"of": "fund", "item": "Pool", "column": "amount", "low": 60, "high": 150},
        {"of": "initiative", "item": "B", "column": "score", "low": 40, "high": 100},
    ],
    "Actuals": [
        {"fund": "Pool", "initiative": "A", "agency": "PD", "category": "general", "period": "Q1", "money": 30, "level": 0.2}
    ],
}  # fmt: skip


def case_of(**sheets: list[dict[str, Any]]) -> Case:
    return optimiser.case_from({**RECORDS, **sheets})


@pytest.fixture(scope="module")
def found() -> Outlook:
    return uncertainty(case_of(), 40, seed=3, aims=("average", "worst", "budget"), share=0.25)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "case.xlsx"
    write_tables(path, tables_from(RECORDS).tables)
    return path


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(w) for w in words])


def test_figures_are_those_of_the_rows(found: Outlook) -> None:
    rows = pd.DataFrame(found.rows())
    assert len(rows) == 40
    for record in found.records():
        values = np.sort(rows[record["title"]].to_numpy())
        assert record["average"] == pytest.approx(values.mean())
        assert record["worst"] == pytest.approx(values[:10].mean())
        lost = np.maximum(rows["New plan"] - rows[record["title"]], 0)
        assert record["regret"] == pytest.approx(lost.mean())
        assert record["largest_regret"] == pytest.approx(lost.max())
    by = {r["plan"]: r for r in found.records()}
    # Nothing is known before, so the plan for the average is best on it, and so on (made for fewer draws: nearly).
    assert by["average"]["average"] >= by[PRESENT]["average"] - 0.5
    assert by["worst"]["worst"] >= by[PRESENT]["worst"] - 0.5


def test_contributions_fall_with_their_fund() -> None:
    sample = uncertainty(case_of(), 5).draws
    for k in range(5):
        drawn = sample.case_of(k)
        amount = drawn.tables["Funds"]["amount"][0]
        paid = drawn.tables["Contributions"]["amount"]
        assert paid.sum() == pytest.approx(min(150.0, amount))
        assert paid[0] / paid[1] == pytest.approx(4)


def test_the_picture_and_its_table_say_the_same(found: Outlook) -> None:
    chart = over_draws(found)
    made, rows = chart.figure, chart.table
    assert [r["Plan"] for r in rows] == [
        "Present plan",
        "Best on average",
        "Best in the worst 25%",
        "Within a budget of 1",
    ]
    written = [a.text for a in made.layout.annotations]
    for row in rows:
        assert f"<b>{row['Plan']}</b>" in written
        assert f"{row['On average']} on average" in written
        assert f"{row['In the worst 25%']} in the worst 25%" in written
    whole = [bar for bar in made.data if "rgba" in bar.marker.color]
    largest = max(max(bar.y) for bar in whole)
    for bar, fared in zip(whole, found.fared.values(), strict=True):
        assert sum(bar.y) / largest == pytest.approx(len(fared.held) / max(len_of(b) for b in whole), rel=1e-9)
    assert rows[0]["On average"] in chart.headline


def len_of(bar: Any) -> float:
    """How many draws the longest bar stands for, from what its hover says."""
    return max(float(text.split(": ")[1].split(" of ")[0]) for text in bar.hovertext)


def test_uncertainty_is_refused_in_sentences(book: Path, tmp_path: Path) -> None:
    for words, status, part in (
        (("--aim", "luck"), 2, "Luck is no aim: take one of average, worst, budget"),
        (("--aim", "worst", "--share", 0), 2, "lies above 0"),
        (("-o", tmp_path / "x.xlsx"), 2, "Name the one aim"),
        (("-o", tmp_path / "x.doc"), 2, "should end in"),
    ):
        made = run("uncertainty", book, "--draws", 3, *words)
        assert (made.exit_code, part in made.stderr) == (status, True), made.stderr


def test_uncertainty_writes_what_it_prints(book: Path, tmp_path: Path) -> None:
    made = run("uncertainty", book, "--draws", 6, "--seed", 2, "--aim", "worst", "--json", "-o", tmp_path / "plan.xlsx")
    assert made.exit_code == 0, made.stderr
    told = json.loads(made.stdout)
    assert [p["plan"] for p in told["plans"]] == ["present", "worst"]
    assert np.mean(told["plans"][0]["impact_by_draw"]) == pytest.approx(told["plans"][0]["average"])
    assert verify_workbook(tmp_path / "plan.xlsx") == []
    assert run("uncertainty", book, "--draws", 6, "--seed", 2, "-o", tmp_path / "d.csv").exit_code == 0
    table = pd.read_csv(tmp_path / "d.csv")
    assert table["Present plan"].tolist() == pytest.approx(told["plans"][0]["impact_by_draw"])
    assert table["New plan"].tolist() == pytest.approx(told["best_by_draw"])


def test_a_replan_and_its_sheet(book: Path, tmp_path: Path) -> None:
    made = run("replan", book, "--json", "-o", tmp_path / "r.xlsx")
    assert made.exit_code == 0, made.stderr
    told = json.loads(made.stdout)
    sheet = pd.read_excel(tmp_path / "r.xlsx", sheet_name="Reprogramming", engine="openpyxl")
    assert sheet["money"].tolist() == [m["money"] for m in told["moves"]]
    assert sheet["approval"].tolist() == [m["approval"] for m in told["moves"]]
    # A has cost 30 for a fifth of its scope: in full it costs 110, and 10 of them come from B, which is worth half.
    assert told["plan"]["award"] == {"A": 110, "B": 100}
    assert {(m["from_initiative"], m["to_initiative"]) for m in told["moves"]} == {("B", "A")}
    assert sum(m["money"] for m in told["moves"]) == 10
    plan = tmp_path / "plan.xlsx"
    assert run("solve", book, "-o", plan).exit_code == 0
    again = run("replan", book, "--plan", plan, "--json")
    assert json.loads(again.stdout)["moves"] == told["moves"]


def test_a_replan_without_actuals_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(path, tables_from({k: v for k, v in RECORDS.items() if k != "Actuals"}).tables)
    made = run("replan", path)
    assert made.exit_code == 2
    assert "Actuals has no rows" in made.stderr


def test_the_picture_of_moves() -> None:
    case = case_of()
    result = optimiser.replan(case, optimiser.solve(case))
    rows = changes(result)
    assert [(name, value) for name, value, _ in rows] == [("Patrol <b>", 10.0), ("B", -10.0)]
    assert list(moves(result).figure.data[0].x) == [10.0, -10.0]
    assert "Patrol &lt;b&gt;" in moves(result).figure.layout.yaxis.ticktext
    assert sum(float(r["Money"].strip("$")) for r in moves(result).table) == 10
    count = len(result.approvals)
    assert moves_headline(result) == f"After Q1 $10 moves, with {count} approval{'s' * (count != 1)}"


def test_no_approval_is_asked_for_what_a_fund_leaves_free() -> None:
    case = case_of(
        Funds=[{"fund": "Pool", "amount": 150, "owner": "PD", "approval_from": 20}, {"fund": "Grant", "amount": 60}]
    )
    result = optimiser.replan(case, optimiser.solve(case))
    of_pool = [m for m in result.moves if m.fund == "Pool"]
    assert all(m.approval == "not needed: a budget of the fund may change by up to $20 without it" for m in of_pool)
    assert not [a for a in result.approvals if a.fund == "Pool"]


def test_a_reserve_counts_towards_the_least_spend() -> None:
    fund = {"fund": "Pool", "amount": 150, "owner": "PD", "min_spend": 0.9}
    made = uncertainty(case_of(Funds=[fund, {"fund": "Grant", "amount": 60}]), 4, aims=("budget",)).robust["budget"]
    assert made.reserve["Pool"] == pytest.approx(90)
    assert any("Pool must spend at least 90%" in note for note in made.notes)
    assert optimiser.verify(made.plan) == []
