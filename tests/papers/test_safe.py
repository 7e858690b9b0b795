"""No formula, link or picture of any paper comes from a user's text; a missing fact is blank, and listed with its cell."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest
from pptx import Presentation

import optimiser
from optimiser.analysis.replanning.replan import Replan, replan
from optimiser.papers import as_xlsx
from optimiser.papers.blocks import BLANK, grid
from optimiser.papers.paper import Made, Source, document, make, shelf
from optimiser.plan.tables import Plan
from optimiser.report.documents.committee import Ballot, Motion, Remark
from tests.papers.cases import records, solved, source
from tests.papers.reading import READERS, _Page, of_docx, parts

HOSTILE = (
    "=1+1 ",
    "@cmd ",
    "<img src=http://evil.example/x> ",
    "![x](http://evil.example/x) ",
    "+http://evil.example #REF! ",
)
WHEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def motion(text: str = "") -> Motion:
    """A motion that was approved, with texts that people wrote."""
    return Motion(
        title=f"{text}Fund it", text=f"{text}Because.\n{text}Indeed.", proposer=f"{text}P", proposed=WHEN, source="s", run="r1",
        inputs_sha256="0" * 64, result_sha256="1" * 64, counted="2 of 3 have voted.", rule="Over half.",
        ballots=[Ballot(f"{text}M", "approve", f"{text}Yes.", WHEN, True)], made_for="everyone",
        remarks=[Remark(f"{text}R", f"{text}Well.", WHEN)], outcome="approved", decision="d1", decided=WHEN, audit_head="2" * 64,
    )  # fmt: skip


def moved(plan: Plan) -> Callable[[], Replan]:
    """The re-plan of a plan from its Actuals."""
    return lambda: replan(plan.case, plan)


def every(made: Source) -> list[Made]:
    """Every file of every paper."""
    return [file for paper in shelf().values() for file in make(paper, made)]


@pytest.mark.first(1)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_acts_that_a_user_wrote(hostile: str) -> None:
    plan = solved(5, hostile)
    files = every(source(plan, motion=motion(hostile), replanned=moved(plan), others=((hostile, plan),)))
    assert {f.paper for f in files} == set(shelf())
    for file in files:
        form = file.file.rpartition(".")[2]
        if form in ("docx", "xlsx", "pptx"):
            package(file, form)
        elif form == "html":
            page = _Page()
            page.feed(file.content.decode())
            assert not {tag for tag, _ in page.tags} & {"a", "img", "script", "iframe", "link", "object"}
            assert not [a for _, attrs in page.tags for a in attrs if a in ("src", "href", "onerror")]
        elif form == "json":
            json.loads(file.content)  # data for a program: nothing in it acts
        elif form == "csv":
            for row in csv.reader(io.StringIO(file.content.decode())):
                assert not any(cell.lstrip().startswith(("=", "+", "@")) for cell in row), row


def package(file: Made, form: str) -> None:
    """No part of an office file points out of it, and every formula is a sum of ours."""
    for name, content in parts(file.content).items():
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in content, (file.file, name)
            assert b"hyperlink" not in content, (file.file, name)
        assert not re.search(r"media/|embeddings/.*\.(bin|png|jpe?g)$", name) or "image" not in name, name
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(file.content))
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        assert re.fullmatch(
                            r"=(0|(SUM\([A-Z]+\d+:[A-Z]+\d+\)|[A-Z]+\d+)(\+[A-Z]+\d+)*)", str(cell.value)
                        )
                    assert cell.hyperlink is None


def test_what_is_missing_is_blank_and_listed_with_its_cell() -> None:
    made = records(4)
    for column in ("fain", "assistance_listing", "award_date"):
        made["Funds"][0].pop(column)
    made["Agencies"][1].pop("uei")
    plan = optimiser.solve(optimiser.case_from(made))
    files = [f for f in make(shelf()["subaward-notices"], source(plan)) if "Agency 1" in f.file]
    (file,) = files
    assert {(m.sheet, m.row, m.column) for m in file.missing} == {
        ("Funds", "Grant", "fain"),
        ("Funds", "Grant", "assistance_listing"),
        ("Funds", "Grant", "award_date"),
        ("Agencies", "Agency 1", "uei"),
    }
    read = of_docx(file.content)
    rows = dict(read.tables["Subaward"][0][1:])
    assert rows["Unique Entity Identifier"] == rows["Federal Award Identification Number"] == BLANK
    for fact in file.missing:
        assert fact.place in read.text
    full = [
        f
        for f in make(shelf()["subaward-notices"], source(plan, details=optimiser.case_from(records(4))))
        if "Agency 1" in f.file
    ]
    assert not full[0].missing
    assert "UEI000000001" in str(of_docx(full[0].content).tables)


@pytest.mark.parametrize("count", [8, 80])
def test_nothing_is_small_and_nothing_runs_off_a_slide(count: int) -> None:
    (deck,) = make(shelf()["slides"], source(solved(count), motion=motion()))
    slides = list(Presentation(io.BytesIO(deck.content)).slides)
    assert 8 <= len(slides) <= 12
    for slide in slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= 13.34 * 914400
            assert shape.top + shape.height <= 7.5 * 914400 + 1
            frames = [shape.text_frame] if shape.has_text_frame else []
            if shape.has_table:
                assert shape.top + sum(r.height for r in shape.table.rows) <= 6.95 * 914400
                frames += [c.text_frame for row in shape.table.rows for c in row.cells]
            if shape.has_chart:
                assert shape.chart.font.size.pt >= 9
                assert len(list(shape.chart.plots[0].series[0].values)) > 0
            assert all(r.font.size.pt >= 9 for f in frames for p in f.paragraphs for r in p.runs)


@pytest.mark.parametrize("count", [8, 80])
def test_every_name_stands_whole_in_the_report(count: int) -> None:
    plan = solved(count)
    files = list(make(shelf()["report"], source(plan)))
    for file in files:
        read = READERS[file.file.rpartition(".")[2]](file.content)
        for r in plan.tables["Awards"].records():
            assert r["name"] in read.text


def test_the_foot_says_what_it_was_made_of_and_for_whom() -> None:
    made = source(solved(8), motion=motion(), audit_head="ab" * 32, made_for="Made for everyone.")
    foot = made.foot
    assert made.case.sha256[:8] in foot
    assert "audit head abababab" in foot
    assert foot.endswith("Made for everyone.")
    for file in every(made):
        form = file.file.rpartition(".")[2]
        if form in ("docx", "pptx", "html"):
            assert foot in " ".join(READERS[form](file.content).text.split())


def test_what_looks_like_the_code_of_a_character_stays_as_it_is_written() -> None:
    """A spreadsheet program shows _x0041_ as A, where it is not said that it is text."""
    made = as_xlsx.write(document(source(solved(3)), "Fund _x0041_", [grid("T", ("_x0042_",), [["_x0043_"]])]))
    texts = "".join(
        part.decode() for name, part in parts(made).items() if name.startswith("xl/") and name.endswith(".xml")
    )
    assert all(f"_x005F_x004{k}_" in texts for k in (1, 2, 3))
