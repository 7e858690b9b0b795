"""A reprogramming request asks for no rounding, and its sum is that of all budget lines."""

from __future__ import annotations

import pytest

from optimiser.analysis.replanning.replan import Replan, replan
from optimiser.analysis.replanning.reprogramming import ROUNDING
from optimiser.papers.paper import Source, make, shelf
from optimiser.report.documents import replan_text
from optimiser.verbs import case_from, solve
from tests.analysis.test_replan import spent, year
from tests.papers.reading import number, of_docx

PAPER = shelf()["reprogramming"]


def year_of(first: float, second: float = 0) -> tuple[Source, Replan]:
    """A year in which two initiatives spent so much less in the first quarter than was planned."""
    case = case_from(year(spent("A", "Q1", 50_000 - first, 0.25), spent("B", "Q1", 50_000 - second, 0.25)))
    plan = solve(case)
    made = replan(case, plan)
    return Source(plan, case, replanned=lambda: made), made


@pytest.mark.parametrize("less", [1, 7])
def test_what_rounding_moves_alone_is_no_request(less: int) -> None:
    made, found = year_of(less)
    assert [m.kind for m in found.moves] == [ROUNDING] * len(found.moves) != []
    assert not found.approvals
    assert PAPER.subjects(made) == []
    assert PAPER.why_none(made) == "the re-plan moves no money beyond rounding"
    assert "rounding" in replan_text.summary(found)


def test_beside_a_request_rounding_is_one_row_and_the_sum_holds() -> None:
    made, found = year_of(1, 4_000)
    kinds = {m.kind == ROUNDING for m in found.moves}
    assert kinds == {True, False}
    for file in make(PAPER, made):
        if file.file.endswith(".docx"):
            *rows, last = of_docx(file.content).tables["Moves"][0][1:]
            asked, rounding = [r for r in rows if r[0]], [r for r in rows if r[1] == "Rounding"]
            assert len(rounding) == 1
            assert "no part of the request" in rounding[0][2]
            why = of_docx(file.content).tables["Why"][0][1:]
            assert {n for moves, _ in why for n in moves.split(", ")} == {r[0] for r in asked}
            assert len({reason for _, reason in why}) == len(why)
            assert min(number(r[3]) for r in asked) > 8
            assert number(last[3]) == sum(number(r[3]) for r in rows) == sum(m.money for m in found.moves)
        assert file.figures["moved[Grant]"] == sum(m.money for m in found.moves)


def test_where_amounts_are_small_a_unit_is_no_rounding() -> None:
    records = year(spent("A", "Q1", 49, 0.25), spent("B", "Q1", 50, 0.25))
    for row in (*records["Funds"], *records["Initiatives"]):
        for column in ("amount", "request"):
            if column in row:
                row[column] /= 1000
    case = case_from(records)
    found = replan(case, solve(case))
    assert [m.money for m in found.moves] == [1]
    assert found.moves[0].kind != ROUNDING
