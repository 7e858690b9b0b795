"""A paper as .docx: letters, notices, minutes; on the office's own letterhead where it has one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from optimiser.papers.blocks import (
    BLANK,
    Break,
    Document,
    Grid,
    Heading,
    Missing,
    Para,
    Signature,
    said,
)
from optimiser.papers.package import clean, settled

_FONT, _INK, _MUTED = "Calibri", "0F1724", "566275"
_BODY, _SMALL = 10.5, 9.0
_STYLES = {"lead": 12.0, "muted": _SMALL}


def write(paper: Document, template: Path | None = None) -> bytes:
    """The file. template: a .docx whose page set-up, header, footer and styles are kept, and whose body is replaced."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    made = docx.Document(str(template) if template else None)
    section: Any = made.sections[0]
    if template:
        for element in list(made.element.body):
            if not element.tag.endswith("}sectPr"):
                made.element.body.remove(element)
    else:
        section.page_width, section.page_height = Mm(215.9), Mm(279.4)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)
    if paper.landscape and section.page_width < section.page_height:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    normal = made.styles["Normal"]
    if not template:
        normal.font.name, normal.font.size = _FONT, Pt(_BODY)
        normal.paragraph_format.space_after = Pt(6)
    room = section.page_width - section.left_margin - section.right_margin
    _heading(made, paper.title, 0)
    if paper.lead:
        _para(made, Para((paper.lead,), "lead"), paper.currency)
    for block in paper.blocks:
        if isinstance(block, Heading):
            _heading(made, block.text, block.level)
        elif isinstance(block, Para):
            _para(made, block, paper.currency)
        elif isinstance(block, Grid):
            _grid(made, block, paper.currency, room)
        elif isinstance(block, Signature):
            _signature(made, block)
        elif isinstance(block, Break):
            made.add_page_break()
    _foot(section, paper.foot, bool(template))
    made.core_properties.title, made.core_properties.author = clean(paper.title)[:255], "Optimiser"
    target = io.BytesIO()
    made.save(target)
    return settled(target.getvalue())


def _run(paragraph: Any, text: str, size: float = 0.0, bold: bool = False, color: str = "") -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(clean(text))
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return run


def _heading(made: Any, text: str, level: int) -> None:
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt((0, 12, 8)[level])
    paragraph.paragraph_format.space_after = Pt(4)
    _run(paragraph, text, (18.0, 13.0, 11.0)[level], True, _INK)


def _para(made: Any, block: Para, currency: str) -> None:
    from docx.shared import Mm

    paragraph = made.add_paragraph()
    if block.look == "bullet":
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(6), Mm(-4)
        _run(paragraph, "•  ")
    for part in block.parts:
        color = _MUTED if block.look == "muted" else ""
        run = _run(paragraph, said(part, currency), _STYLES.get(block.look, 0.0), not isinstance(part, str), color)
        _mark(run, part)


def _mark(run: Any, part: Any) -> None:
    """A fact that is missing is seen."""
    if isinstance(part, Missing):
        from docx.enum.text import WD_COLOR_INDEX

        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _grid(made: Any, block: Grid, currency: str, room: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    table = made.add_table(rows=1 + len(block.rows), cols=len(block.titles))
    table.autofit = False
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), clean(block.name))
    table._tbl.tblPr.append(caption)
    widths = _shares(block)
    for j, share in enumerate(widths):
        table.columns[j].width = int(room * share)
    lines = [block.titles, *block.rows]
    for i, (row, line) in enumerate(zip(table._tbl.tr_lst, lines, strict=True)):
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if i == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for j, (cell, value) in enumerate(zip(row.tc_lst, line, strict=True)):
            cell.width = int(room * widths[j])
            paragraph = _first(cell)
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.space_before = Pt(1)
            if j in block.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            strong = i == 0 or i - 1 in block.strong
            _mark(_run(paragraph, said(value, currency), _SMALL, strong, _MUTED if i == 0 else ""), value)
            _rule(cell, strong)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def _first(cell: Any) -> Any:
    from docx.text.paragraph import Paragraph

    return Paragraph(cell.p_lst[0], cell)


def _rule(cell: Any, strong: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, line = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8" if strong else "4"), ("color", "B8C0CC")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell.get_or_add_tcPr().append(borders)


def _shares(block: Grid) -> list[float]:
    widths = block.widths or tuple(1.0 for _ in block.titles)
    return [w / sum(widths) for w in widths]


def _signature(made: Any, block: Signature) -> None:
    from docx.shared import Pt

    for name in block.names:
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(18)
        paragraph.paragraph_format.keep_together = True
        _run(paragraph, f"{BLANK * 4}    {BLANK * 2}\n")
        _run(paragraph, f"{name}, signature and date", _SMALL, False, _MUTED)


def _foot(section: Any, text: str, own: bool) -> None:
    paragraph = section.footer.paragraphs[0]
    if own and paragraph.text.strip():
        paragraph = section.footer.add_paragraph()
    _run(paragraph, text, _SMALL, False, _MUTED)
