"""Every figure of every paper, read back from its file, is the figure of that name, to the last digit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import optimiser
from optimiser.papers.blocks import Bars, Grid, Missing, Para, Total, said
from optimiser.papers.figures import Figure
from optimiser.papers.paper import Paper, Source, make, shelf, with_missing
from tests.papers.cases import solved, source
from tests.papers.reading import READERS, Read, number, of_csv, of_json
from tests.papers.test_safe import motion, moved

PAPERS = list(shelf().values())


@cache
def whole(count: int) -> Source:
    """All that papers can be made from: a plan, a vote on it, plans beside it, and the rest of its year."""
    plan = solved(count)
    others = (("Another", solved(5)),)
    return source(plan, motion=motion(), others=others, replanned=moved(plan))


def figure_in(cell: object) -> Figure | None:
    """The figure that a cell shows."""
    shown = cell.figure if isinstance(cell, Total) else cell
    return shown if isinstance(shown, Figure) else None


def check(paper: Paper, made: Source, form: str, data: bytes, subject: str) -> int:
    """Reads a file and compares figure by figure; how many were compared."""
    content, read = with_missing(paper.content(made, subject)), READERS[form](data)
    seen, count = dict[str, int](), 0
    for block in content.blocks:
        if isinstance(block, Grid):
            place = seen[block.name] = seen.get(block.name, -1) + 1
            rows = read.tables[block.name][place]
            rows = rows if not any(block.titles) and form == "txt" else rows[1:]
            count += sum(
                _cell(read, rows, i, j, cell) for i, row in enumerate(block.rows) for j, cell in enumerate(row)
            )
        elif isinstance(block, Bars):
            count += _bars(read, block)
        elif isinstance(block, Para):
            for part in block.parts:
                if figure_in(part) is not None:
                    assert said(part, made.currency) in " ".join(read.text.split()) or form == "txt"
                    count += 1
    return count


def _cell(read: Read, rows: list[list[str]], i: int, j: int, cell: object) -> int:
    figure = figure_in(cell)
    if figure is None:
        if isinstance(cell, Missing):
            assert "___" in rows[i][j]
        return 0
    assert number(rows[i][j]) == figure.value, (figure, rows[i])
    return 1


def _bars(read: Read, block: Bars) -> int:
    if block.name in read.charts:
        assert read.charts[block.name] == [(label, figure.value) for label, figure in block.items]
    elif block.name in read.tables:
        rows = read.tables[block.name][-1]
        assert [number(r[1]) for r in rows[-len(block.items) :]] == [f.value for _, f in block.items]
    return len(block.items)


@pytest.mark.first(14)
@pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.name)
@pytest.mark.parametrize("count", [8, 80])
def test_every_figure_is_read_back(paper: Paper, count: int) -> None:
    made = whole(count)
    files = list(make(paper, made))
    subjects = paper.subjects(made)
    assert subjects
    compared = 0
    for k, file in enumerate(files):
        form, subject = file.file.rpartition(".")[2], subjects[k // len(paper.forms)]
        if form in READERS:
            compared += check(paper, made, form, file.content, subject)
        else:  # data for a program: every figure of the paper, by its name
            found = {"json": of_json, "csv": of_csv}[form](file.content, subject)
            assert found == file.figures, file.file
            compared += len(found)
    assert compared


def test_who_voted_how_is_read_back() -> None:
    made = whole(8)
    assert made.motion is not None
    for file in make(shelf()["minutes"], made):
        read = READERS[file.file.rpartition(".")[2]](file.content)
        votes = [row[:3] for row in read.tables["The vote"][0][1:]]
        assert votes == [[b.person, b.choice, b.reason] for b in made.motion.ballots]
        said_ = [row[:2] for row in read.tables["What was said"][0][1:]]
        assert said_ == [[r.person, r.text] for r in made.motion.remarks]
        flat = " ".join(read.text.split())
        for text in (
            made.motion.counted,
            "Approved.",
            made.motion.decision,
            made.motion.run,
            made.motion.result_sha256,
        ):
            assert text in flat


def test_a_figure_has_one_value_in_all_papers() -> None:
    made = whole(8)
    known: dict[str, float | int] = {}
    for paper in PAPERS:
        for file in make(paper, made):
            for name, value in file.figures.items():
                assert known.setdefault(name, value) == value, (paper.name, name)
    assert len(known) > 100


def test_the_figures_are_those_of_the_plan() -> None:
    plan = solved(8)
    f = source(plan).figures
    spend = list(plan.tables["Spend"].records())
    for r in plan.tables["Awards"].records():
        assert (
            f.award(r["initiative"]).value
            == r["award"]
            == sum(s["money"] for s in spend if s["initiative"] == r["initiative"])
        )
    for a in f.agencies:
        assert f.received(a).value == sum(s["money"] for s in spend if s["agency"] == a) == f.spend(agency=a).value
    assert f.spent.value == sum(s["money"] for s in spend)
    assert f.amount.value - f.spent.value == f.unspent.value


@pytest.mark.parametrize("name", ["gun-violence"])
def test_all_papers_of_an_example(name: str) -> None:
    case = optimiser.read(Path(__file__).parents[2] / "data" / f"{name}.xlsx")
    made = source(optimiser.solve(case))
    for paper in PAPERS:
        for file in make(paper, made):
            assert file.content
            assert not file.doubts
            assert not file.missing, file.file


def test_the_same_plan_gives_the_same_bytes() -> None:
    one, other = source(solved(5)), source(solved(5))
    for paper in PAPERS:
        assert [f.content for f in make(paper, one)] == [f.content for f in make(paper, other)]
