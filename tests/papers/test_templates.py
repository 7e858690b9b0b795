"""An office's own letterhead and master are kept; what stood in their bodies is not."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from pptx.util import Inches, Pt

from optimiser.papers import as_docx
from optimiser.papers.blocks import Document, Grid, Para, Signature, grid, para
from optimiser.papers.office_template import LARGEST, TemplateError, accepted
from optimiser.papers.paper import make, shelf
from tests.papers import office
from tests.papers.cases import solved, source
from tests.papers.reading import of_docx, of_pptx, of_xlsx, parts

SEAL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="  # one point


def test_a_letterhead_is_kept(tmp_path: Path) -> None:
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "Harbor County, Office of Finance"
    own.sections[0].footer.paragraphs[0].text = "1 Quay Street"
    own.add_paragraph("A sample text of the template")
    own.save(str(tmp_path / "letter.docx"))
    (file,) = make(shelf()["resolution"], source(solved(5), templates=tmp_path))
    made = docx.Document(io.BytesIO(file.content))
    assert made.sections[0].header.paragraphs[0].text == "Harbor County, Office of Finance"
    foot = [p.text for p in made.sections[0].footer.paragraphs]
    assert foot[0] == "1 Quay Street"
    assert any("inputs" in line for line in foot)
    assert "A sample text of the template" not in "\n".join(p.text for p in made.paragraphs)


def test_headings_are_headings_and_take_the_offices_own_type(tmp_path: Path) -> None:
    own: Any = docx.Document()
    own.styles["Heading 1"].font.name, own.styles["Heading 1"].font.size = "Georgia", Pt(22)
    own.save(str(tmp_path / "letter.docx"))
    for templates in (None, tmp_path):
        (file,) = make(shelf()["resolution"], source(solved(5), templates=templates))
        made = docx.Document(io.BytesIO(file.content))
        heads = [p for p in made.paragraphs if str(p.style.name).startswith("Heading")]
        assert [str(p.style.name) for p in heads[:2]] == ["Heading 1", "Heading 2"]
        assert {"Resolved", "Awards", "Vote"} <= {p.text for p in heads}
        names, sizes = {r.font.name for p in heads for r in p.runs}, {r.font.size for r in heads[0].runs}
        assert (names, sizes) == (({None}, {None}) if templates else ({"Calibri"}, {Pt(18)}))


def test_who_signs_stands_on_the_page_of_what_is_signed() -> None:
    signed: list[Para | Grid] = [para("Agreed."), grid("Parties", ("Party",), [[f"Party {k}"] for k in range(9)])]
    for last in signed:
        made = docx.Document(io.BytesIO(as_docx.write(Document("T", (last, Signature(("A", "B"))), "Foot", "USD"))))
        at = next(k for k, p in enumerate(made.paragraphs) if p.text.endswith("A, signature and date"))
        assert made.paragraphs[at - 1].paragraph_format.keep_with_next
        for table in made.tables:
            kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
            assert kept == [True, *[None] * 6, True, True, True]


def test_a_master_is_kept_and_its_slides_are_not(tmp_path: Path) -> None:
    own = pptx.Presentation()
    own.slide_width, own.slide_height = Inches(13.333), Inches(7.5)
    own.slide_layouts[5].name = "Title Only"
    own.slide_master.shapes[0].text_frame.text = "Harbor County"
    own.slides.add_slide(own.slide_layouts[5]).shapes.title.text = "A sample slide"
    own.save(str(tmp_path / "slides.pptx"))
    (file,) = make(shelf()["slides"], source(solved(5), templates=tmp_path))
    made = pptx.Presentation(io.BytesIO(file.content))
    assert "Harbor County" in [s.text_frame.text for s in made.slide_master.shapes if s.has_text_frame]
    assert not any("A sample slide" in s.shapes.title.text for s in made.slides)
    assert 8 <= len(made.slides) <= 12


def test_a_sheet_of_ones_own_is_the_letterhead_of_every_sheet(tmp_path: Path) -> None:
    own = openpyxl.Workbook()
    head = own.worksheets[0]
    head["A1"], head["A1"].font = "Harbor County, Office of Finance", Font(bold=True, size=16)
    head["A2"], head["C1"], head["D1"] = "1 Quay Street", "=TODAY()", "=[other.xlsx]Sheet1!A1"
    head["A3"].hyperlink = "http://example.com"
    head.merge_cells("A1:B1")
    head.add_image(Image(io.BytesIO(b64decode(SEAL))), "E1")
    head.oddHeader.left.text, head.oddFooter.left.text = "Harbor County", "Page of the office"
    own.create_sheet("Scratch")["A1"] = "not this"
    own.save(tmp_path / "workbook.xlsx")
    for name in ("quarterly", "sf-424a", "figures"):
        file = next(f for f in make(shelf()[name], source(solved(5), templates=tmp_path)) if f.file.endswith("xlsx"))
        of_xlsx(file.content)  # every formula still comes to its stored value
        made = openpyxl.load_workbook(io.BytesIO(file.content))
        assert "Scratch" not in made.sheetnames
        assert "letterhead of the template" not in made.sheetnames
        for sheet in made:
            assert sheet["A1"].value == "Harbor County, Office of Finance"
            assert (sheet["A1"].font.sz, sheet["A2"].value) == (16, "1 Quay Street")
            assert sheet["C1"].value is None
            assert sheet["D1"].value is None
            assert "A1:B1" in [str(area) for area in sheet.merged_cells.ranges]
            assert len(sheet._images) == 1  # type: ignore[attr-defined]
            assert sheet.oddHeader.left.text == "Harbor County"
            assert sheet.oddFooter.left.text.startswith("Page of the office\n")
            assert "inputs" in sheet.oddFooter.left.text
            assert not any(c.hyperlink for row in sheet.iter_rows() for c in row)
        assert b'TargetMode="External"' not in b"".join(parts(file.content).values())


@pytest.mark.parametrize("name", ["letter.docx", "slides.pptx", "workbook.xlsx"])
def test_a_template_that_is_none_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("no such file at all")
    paper = {"letter.docx": "resolution", "slides.pptx": "slides", "workbook.xlsx": "figures"}[name]
    with pytest.raises(TemplateError, match=name):
        list(make(shelf()[paper], source(solved(5), templates=tmp_path)))


@pytest.mark.parametrize(
    ("name", "content", "paper", "read"),
    [
        ("Letter 2027.docx", office.letter(linked=True), "resolution", of_docx),
        ("Our slides.PPTX", office.slides(linked=True), "slides", of_pptx),
    ],
)
def test_links_of_a_template_are_taken_out_and_their_texts_stay(
    name: str, content: bytes, paper: str, read: Any
) -> None:
    made = accepted(name, content)
    assert made.links == 1
    kept = source(solved(5), letterheads=lambda: {made.form: made.content})
    word = b"harbor.example" if made.form == "docx" else b"Harbor County"
    for data in (made.content, *(file.content for file in make(shelf()[paper], kept))):
        whole = b"".join(parts(data).values())
        assert b'TargetMode="External"' not in whole
        assert word in whole
        read(data)
    again = accepted(name, made.content)
    assert again.links == 0


def test_what_was_brought_goes_before_the_folder_and_both_before_none(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(office.letter("The folder's"))
    (tmp_path / "workbook.xlsx").write_bytes(office.sheet("The folder's sheet"))
    brought = {"docx": accepted("a.docx", office.letter("Brought")).content}
    made = source(solved(5), templates=tmp_path, letterheads=lambda: brought)
    (letter,) = make(shelf()["resolution"], made)
    assert docx.Document(io.BytesIO(letter.content)).sections[0].header.paragraphs[0].text == "Brought"
    (book,) = make(shelf()["figures"], made)
    assert openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]["A1"].value == "The folder's sheet"
    assert source(solved(5)).template("pptx") is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docm", office.letter(), "is no .docx, .pptx or .xlsx file"),
        ("a.docx", office.sheet(), "is no whole .docx file"),
        ("a.xlsx", b"", "is no whole .xlsx file"),
        ("a.docx", office.letter()[:-300], "is no whole .docx file"),
        ("a.docx", office.with_part(office.letter(), "word/vbaProject.bin", b"x"), "a macro or an embedded object"),
        (
            "a.xlsx",
            office.with_part(office.sheet(), "xl/activeX/activeX1.xml", b"<a/>"),
            "a macro or an embedded object",
        ),
        ("a.pptx", office.with_part(office.slides(), "ppt/embeddings/o.bin", b"x"), "a macro or an embedded object"),
        (
            "a.docx",
            office.with_part(office.letter(), "word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "no whole",
        ),
        ("a.docx", office.with_part(office.letter(), "word/x.bin", bytes(40_000_000)), "unpacks to more than"),
        ("a.docx", b"PK" + bytes(LARGEST), "10.0 MB"),
        ("a.docx", office.letter(field='INCLUDEPICTURE "http://x.example/p.png"'), "field INCLUDEPICTURE"),
        ("a.docx", office.letter(field="DDEAUTO excel"), "field DDEAUTO"),
        ("a.pptx", office.slides(10, 7.5), "measure 10 by 7.5 inches"),
    ],
)
def test_what_can_be_no_template_is_refused_with_its_name_and_a_cure(name: str, content: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=name) as told:
        accepted(name, content)
    assert said in str(told.value)
    assert "." in str(told.value).partition(said)[2] or said.startswith("10.0")


def test_a_page_number_of_a_letterhead_stays() -> None:
    assert accepted("a.docx", office.letter(field="PAGE")).links == 0
