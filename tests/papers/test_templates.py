"""An office's own letterhead and master are kept; what stood in their bodies is not."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from pptx.util import Inches

from optimiser.papers.paper import TemplateError, make, shelf
from tests.papers.cases import solved, source
from tests.papers.reading import of_xlsx, parts

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
