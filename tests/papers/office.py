"""Templates of an office: as a person would make them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import docx
import openpyxl
import pptx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.parser import parse_xml
from pptx.util import Inches

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SITE = "https://harbor.example"


def _bytes(save: Callable[[io.BytesIO], object]) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()


def letter(text: str = "Harbor County", linked: bool = False, field: str = "") -> bytes:
    """A letterhead. linked: its header has a link to the office's site; field: of its header, such as DATE."""
    own = docx.Document()
    header = own.sections[0].header
    header.paragraphs[0].text = text
    if linked:
        where = header.part.relate_to(SITE, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = f'<w:hyperlink xmlns:w="{W}" xmlns:r="{R}" r:id="{where}"><w:r><w:t>harbor.example</w:t></w:r></w:hyperlink>'
        header.paragraphs[0]._p.append(parse_xml(link))
    if field:
        made = f'<w:fldSimple xmlns:w="{W}" w:instr={quoteattr(field)}><w:r><w:t>x</w:t></w:r></w:fldSimple>'
        header.paragraphs[0]._p.append(parse_xml(made))
    return _bytes(own.save)


def slides(wide: float = 13.333, high: float = 7.5, linked: bool = False) -> bytes:
    """A master. linked: a word on it opens the office's site."""
    own = pptx.Presentation()
    own.slide_width, own.slide_height = Inches(wide), Inches(high)
    frame = own.slide_master.shapes[0].text_frame
    frame.text = "Harbor County"
    if linked:
        frame.paragraphs[0].runs[0].hyperlink.address = SITE
    return _bytes(own.save)


def sheet(text: str = "Harbor County") -> bytes:
    """A workbook whose first sheet is a letterhead."""
    own = openpyxl.Workbook()
    own.worksheets[0]["A1"] = text
    return _bytes(own.save)


def paper(title: str, text: str = "In all {spend}.") -> bytes:
    """A paper of the office's own."""
    return f'''title = "{title}"\npurpose = "What the council asks for"\nforms = ["docx", "txt"]\n[[block]]\ntext = "{text}"\n'''.encode()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same package with one part more."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, part)
    return target.getvalue()
