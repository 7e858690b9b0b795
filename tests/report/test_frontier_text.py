"""What more of a limit is worth is said of an amount for which it is a number that people read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.frontier import Frontier, Point
from optimiser.case.case import Case
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.report.documents import frontier_text

AMOUNT = Cell("Funds", "fund = F", "amount")


RULES = (
    {"rule": "cap", "at_most": 1.0, "of": "total", "authority": "MOU"},
    {"rule": "floor", "at_least": 10.0, "authority": "MOU"},
    {"rule": "few", "kind": "count", "at_most": 3, "authority": "MOU"},
)


def small(rules: Sequence[dict[str, Any]] = RULES, **settings: Any) -> Case:
    """A is worth 3 for each unit of money, B 2, C 1; each takes 100,000, and there is enough for one and a half."""
    return optimiser.case_from(
        {
            "Case": [{"setting": name, "value": value} for name, value in settings.items()],
            "Agencies": [{"agency": "X"}],
            "Funds": [{"fund": "F", "amount": 150_000}],
            "Initiatives": [
                {"initiative": name, "lead": "X", "request": 100_000, "priority": priority}
                for name, priority in (("A", 3), ("B", 2), ("C", 1))
            ],
            "Outcomes": [{"initiative": name, "outcome": "o", "at_full": 100_000} for name in "ABC"],
            "Rules": rules,
        }
    )


def found(worth: float, at: float, swept: str = "F: amount", objective: str = "impact") -> Frontier:
    return Frontier(swept, objective, (Point(0.0, 0.0, 0.0, worth), Point(at, worth * at, 0.0, 0.0)), True)


@pytest.mark.parametrize(
    ("frontier", "limit", "said"),
    [
        (found(5.19348e-05, 2e6), AMOUNT, "$1,000 more is worth 0.0519 points"),
        (found(3.0, 150.0), AMOUNT, "$1,000 more is worth 3,000 points"),
        (found(2e-08, 5e9), AMOUNT, "$1,000,000 more is worth 0.02 points"),
        (found(1e-4, 1e5), Cell("funds", "", "Amount"), "$1,000 more is worth 0.1 points"),
        (found(1e-3, 1e5), AMOUNT, "$1,000 more is worth 1 point"),
        (found(1.0, 1e5, objective="thrift"), AMOUNT, "$1,000 more is worth $1,000"),
        (found(12.3456, 3.0), Cell("Staff", "role = nurse", "fte"), "1 FTE more is worth 12.3 points"),
        (found(250.0, 1.0), Cell("Rules", "rule = cap", "at_most"), "1 percentage point more is worth 2.5 points"),
        (found(1e-4, 1e5), Cell("Rules", "rule = floor", "at_least"), "$1,000 more is worth 0.1 points"),
        (found(2.5, 3.0), Cell("Rules", "rule = few", "at_most"), "1 initiative more is worth 2.5 points"),
        (found(-12_931.4, 600.0, "impact", "thrift"), None, "1 point more saves $12.9k"),
        (found(-2e-4, 1e6, "thrift", "impact"), None, "$1,000 more costs 0.2 points"),
        (found(0.0, 1e6), AMOUNT, "$1,000 more is worth nothing"),
    ],
)
def test_worth_in_words(frontier: Frontier, limit: Cell | None, said: str) -> None:
    by = frontier_text.step(frontier, small(), limit)
    assert by.worth(frontier.points[0].worth or 0.0) == said


def test_another_currency_is_named() -> None:
    assert frontier_text.step(found(1e-4, 1e5), small(currency="EUR"), AMOUNT).more == "€1,000 more"


def test_the_command_says_it_and_its_json_keeps_the_worth_of_one(tmp_path: Path) -> None:
    made = BytesIO()
    write_tables(made, small(rules=()).tables)  # a rule that counts has switches
    book = tmp_path / "case.xlsx"
    book.write_bytes(made.getvalue())
    sweep = ["frontier", str(book), "--sheet", "Funds", "--where", "fund = F", "--column", "amount"]
    sweep += ["--low", "50000", "--high", "250000"]
    lines = CliRunner().invoke(app, sweep).stdout.splitlines()
    worths = [line.partition("more is worth ")[2].split("  ")[0] for line in lines if "more is worth" in line]
    assert all("$1,000 more is worth" in line for line in lines if "is worth" in line)
    assert worths[:3] == ["3,000 points", "2,000 points", "2,000 points"]
    points = json.loads(CliRunner().invoke(app, [*sweep, "--json"]).stdout)["points"]
    assert points[0]["worth"] == pytest.approx(3.0)
