"""An office's own letterhead and master are kept; what stood in their bodies is not."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pptx
from pptx.util import Inches

from optimiser.papers.paper import make, shelf
from tests.papers.cases import solved, source


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
