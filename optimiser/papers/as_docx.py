"""A paper as .docx: letters, notices, minutes; on the office's own letterhead where it has one."""

from __future__ import annotations

import io
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape

from optimiser.case.writing.saved import clean, timeless
from optimiser.papers.blocks import (
    BLANK,
    Block,
    Break,
    Document,
    Grid,
    Heading,
    Missing,
    Para,
    Signature,
    said,
)

_FONT, _INK, _MUTED = "Calibri", "0F1724", "566275"
_BODY, _SMALL = 10.5, 9.0
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RIGHT = '<w:jc w:val="right"/>'
_TWIP = 635
"""EMU in a twentieth of a point."""
_TOGETHER = 6
"""So many lines to sign on stay on one page."""
_LAST = 3
"""So many last rows of a table stay with the lines to sign on that follow it."""
_STYLES = {"lead": 12.0, "muted": _SMALL}


def write(paper: Document, template: bytes | None = None) -> bytes:
    """The file. template: a .docx whose page set-up, header, footer and styles are kept, and whose body is replaced."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    made = docx.Document(io.BytesIO(template) if template else None)
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
        _named(normal.element.rPr)
    room = section.page_width - section.left_margin - section.right_margin
    own = bool(template)
    _heading(made, paper.title, 0, own=own)
    if paper.lead:
        _para(made, Para((paper.lead,), "lead"), paper.currency)
    depth = {level: k for k, level in enumerate(sorted({b.level for b in paper.blocks if isinstance(b, Heading)}), 1)}
    before: Block | None = None
    for block, after in zip_longest(paper.blocks, paper.blocks[1:]):
        signed = isinstance(after, Signature)
        if isinstance(block, Heading):
            _heading(made, block.text, block.level, isinstance(before, Break), depth[block.level], own)
        elif isinstance(block, Para):
            _para(made, block, paper.currency, signed)
        elif isinstance(block, Grid):
            _grid(made, block, paper.currency, room, signed, ends=after is None or isinstance(after, Break))
        elif isinstance(block, Signature):
            _signature(made, block)
        elif isinstance(block, Break) and not isinstance(after, Heading):
            made.add_page_break()  # a heading begins its page by itself: a break of its own may leave a page blank
        before = block
    _foot(section, paper.foot, own)
    made.core_properties.title, made.core_properties.author = clean(paper.title)[:255], "Optimiser"
    target = io.BytesIO()
    made.save(target)
    return timeless(target.getvalue())


def _run(paragraph: Any, text: str, size: float = 0.0, bold: bool = False, color: str = "") -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(clean(text))
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return run


def _heading(made: Any, text: str, level: int, fresh: bool = False, depth: int = 0, own: bool = False) -> None:
    """A heading that a reader's program finds as one. depth: under how many others it stands; own: the template's looks count."""
    from docx.shared import Pt

    style = next((s for s in made.styles if s.name == f"Heading {depth + 1}"), None)
    paragraph = made.add_paragraph(style=style)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.page_break_before = fresh or None
    if own and style is not None:
        _run(paragraph, text)
        return
    paragraph.paragraph_format.space_before = Pt((0, 12, 8)[level])
    paragraph.paragraph_format.space_after = Pt(4)
    run = _run(paragraph, text, (18.0, 13.0, 11.0)[level], True, _INK)
    if not own:
        _named(run._r.get_or_add_rPr())


def _named(look: Any) -> None:
    """Sets the type of a run or a style for all scripts: else headings take the theme's, and other scripts a serif."""
    fonts = look.get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(f"{{{_W}}}{script}", None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(f"{{{_W}}}{script}", _FONT)


def _para(made: Any, block: Para, currency: str, signed: bool = False) -> None:
    """A paragraph. signed: who signs stands below it, on its page."""
    from docx.shared import Mm

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.keep_with_next = signed or None
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


def _grid(made: Any, block: Grid, currency: str, room: int, signed: bool = False, ends: bool = False) -> None:
    """A table, written as XML at once: cell by cell the library takes a minute for what takes a second. signed: who signs
    stands below it, on the page of its last rows. ends: nothing stands below it, but that a table needs a paragraph behind it,
    which is as small as can be and on the page of its last rows too: else it is a page of its own."""
    from docx.oxml.parser import parse_xml
    from docx.shared import Pt

    widths = [int(room / _TWIP * share) for share in _shares(block)]
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    rows = []
    for i, line in enumerate([block.titles, *block.rows]):
        strong = i == 0 or i - 1 in block.strong
        kept = i == 0 or ((signed or ends) and i > len(block.rows) - _LAST)
        cells = "".join(
            _tc(said(value, currency), widths[j], j in block.numbers, strong, i == 0, isinstance(value, Missing), kept)
            for j, value in enumerate(line)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * (i == 0)}</w:trPr>{cells}</w:tr>")
    name = escape(clean(block.name), {'"': "&quot;"})
    table = parse_xml(
        f'<w:tbl xmlns:w="{_W}"><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCaption w:val="{name}"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    after = made.add_paragraph()
    after.paragraph_format.space_after = Pt(0 if ends else 2)
    after.paragraph_format.line_spacing = Pt(1) if ends else None
    after.paragraph_format.keep_with_next = signed or None
    after._p.addprevious(table)


def _tc(text: str, width: int, right: bool, strong: bool, title: bool, missing: bool, kept: bool) -> str:
    """A cell of a table. kept: on the page of the next row."""
    look = "<w:b/>" * strong + f'<w:color w:val="{_MUTED}"/>' * title + f'<w:sz w:val="{int(_SMALL * 2)}"/>'
    look += '<w:highlight w:val="yellow"/>' * missing
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="{8 if strong else 4}" w:color="B8C0CC"/></w:tcBorders></w:tcPr>'
        f'<w:p><w:pPr>{"<w:keepNext/>" * kept}<w:spacing w:before="20" w:after="20"/>{_RIGHT * right}</w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r></w:p></w:tc>'
    )


def _shares(block: Grid) -> list[float]:
    widths = block.widths or tuple(1.0 for _ in block.titles)
    return [w / sum(widths) for w in widths]


def _signature(made: Any, block: Signature) -> None:
    from docx.shared import Pt

    for k, name in enumerate(block.names, 1):
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(18)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = k % _TOGETHER != 0 and k < len(block.names)
        _run(paragraph, f"{BLANK * 4}    {BLANK * 2}\n")
        _run(paragraph, f"{name}, signature and date", _SMALL, False, _MUTED)


def _foot(section: Any, text: str, own: bool) -> None:
    from docx.oxml.parser import parse_xml
    from docx.shared import Pt

    paragraph = section.footer.paragraphs[0]
    if own and paragraph.text.strip():
        paragraph = section.footer.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(10)  # a foot of several lines grows into the page: it stays apart
    _run(paragraph, f"{text} · page ", _SMALL, False, _MUTED)
    look = f'<w:rPr><w:color w:val="{_MUTED}"/><w:sz w:val="{int(_SMALL * 2)}"/></w:rPr>'
    page = f'<w:fldSimple xmlns:w="{_W}" w:instr="PAGE"><w:r>{look}<w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(page))
