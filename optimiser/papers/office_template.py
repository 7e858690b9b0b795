"""An office's own document as a template: what may be one, with no macro, no embedded program and no link out of it.

    template = accepted("Letterhead 2027.docx", content)

Of a document and of slides the links are taken out, their texts stay; of a workbook the papers take texts, looks and pictures
alone (`sheet_template.py`). What is accepted was tried: a page was made with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from optimiser.case.readable import listed
from optimiser.papers import as_docx, as_pptx, as_xlsx
from optimiser.papers.blocks import Bars, Block, Deck, Document, Heading, Slide, grid, para
from optimiser.papers.figures import Figure

TEMPLATES = {
    "docx": ("letter.docx", "word/document.xml"),
    "pptx": ("slides.pptx", "ppt/presentation.xml"),
    "xlsx": ("workbook.xlsx", "xl/workbook.xml"),
}
"""By the ending of the files that are made with it: the name of a template in a folder, and the part that it has."""
LARGEST, UNPACKED, PARTS = 10_000_000, 30_000_000, 3_000
"""Bytes of a file, bytes that it unpacks to, and parts of which it consists, at most."""
_PROGRAM = re.compile(
    r"vbaProject|vbaData|attachedToolbars|activeX/|embeddings/|customUI|macrosheets/|dialogsheets/", re.I
)
_FIELD = re.compile(
    r"^\s*(DDE|DDEAUTO|LINK|INCLUDETEXT|INCLUDEPICTURE|IMPORT|MACROBUTTON|DATABASE|RD|HYPERLINK)\b", re.I
)
_RELATION = re.compile(
    r"\{http://(schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/officeDocument/(2006/)?relationships\}"
)
_KEPT = re.compile(r"word/(header|footer)\d*\.xml$")
"""Parts of a document whose fields come into a paper; the body is replaced."""


class TemplateError(ValueError):
    """A template that cannot be read or may not be one, in a sentence."""


@dataclass(frozen=True)
class Template:
    """A template that may be used. form: ending of the files that are made with it; links: how many were taken out."""

    form: str
    content: bytes
    links: int


def accepted(name: str, content: bytes) -> Template:
    """The template in a file. Raises TemplateError, with the file's name and the cure, where it can be none."""
    form = name.rpartition(".")[2].lower()
    if form not in TEMPLATES:
        kinds = listed([f".{f}" for f in TEMPLATES], "or")
        raise TemplateError(f"{name} is no {kinds} file. Save it as one (without macros), and try again.")
    if len(content) > LARGEST:
        raise TemplateError(
            f"{name} has {len(content) / 1e6:.1f} MB, and a template has {LARGEST / 1e6:.0f} at most. Shrink its pictures."
        )
    parts = _parts(name, form, content)
    programs = sorted(part for part in parts if _PROGRAM.search(part))
    if programs or b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        what = f" ({programs[0]})" if programs else ""
        raise TemplateError(f"{name} holds a macro or an embedded object{what}. Save it without, and try again.")
    links = 0
    if form != "xlsx":
        try:
            links = _unlinked(parts)
            _no_fields(name, parts)
        except etree.XMLSyntaxError as problem:
            raise _broken(name, form) from problem
        content = _packed(parts)
    _tried(name, form, content)
    return Template(form, content, links)


@lru_cache(maxsize=16)
def of_file(path: Path, changed: int) -> bytes:
    """The template in a file of a folder. changed: when it was, so that one which is changed is read anew. Raises TemplateError."""
    return accepted(path.name, path.read_bytes()).content


def _parts(name: str, form: str, content: bytes) -> dict[str, bytes]:
    """Every part of the package, unpacked no further than it says and may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            found = [one for one in package.infolist() if not one.is_dir()]
            if len(found) > PARTS or sum(one.file_size for one in found) > UNPACKED:
                raise TemplateError(f"{name} unpacks to more than {UNPACKED / 1e6:.0f} MB. Make a smaller template.")
            parts = {}
            for one in found:
                with package.open(one) as part:
                    parts[one.filename] = part.read(one.file_size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        raise problem if isinstance(problem, TemplateError) else _broken(name, form) from problem
    if TEMPLATES[form][1] not in parts:
        raise _broken(name, form)
    if any(b"<!DOCTYPE" in content for part, content in parts.items() if part.endswith((".xml", ".rels"))):
        raise _broken(name, form)
    return parts


def _broken(name: str, form: str) -> TemplateError:
    cure = f"Open it in its program, save it as .{form}, and try again."
    return TemplateError(f"{name} is no whole .{form} file, so it cannot be a template. {cure}")


def _unlinked(parts: dict[str, bytes]) -> int:
    """Takes every relation out of the package away, and what refers to it; texts stay. Returns how many there were."""
    count = 0
    for name in [part for part in parts if part.endswith(".rels")]:
        relations = _xml(parts[name])
        outside = [r for r in relations if r.get("TargetMode") == "External"]
        if not outside:
            continue
        for one in outside:
            relations.remove(one)
        parts[name] = _written(relations)
        folder, _, file = name.rpartition("_rels/")
        owner, ids = folder + file.removesuffix(".rels"), {str(one.get("Id")) for one in outside}
        if owner in parts:
            parts[owner] = _without(parts[owner], ids)
        count += len(outside)
    return count


def _without(part: bytes, ids: set[str]) -> bytes:
    """A part without what refers to these relations; of a link the text stays."""
    root = _xml(part)
    for element in list(root.iter(etree.Element)):
        parent = element.getparent()
        if parent is not None and any(v in ids and _RELATION.match(str(k)) for k, v in element.attrib.items()):
            if etree.QName(element).localname == "hyperlink":
                for child in list(element):
                    element.addprevious(child)
            parent.remove(element)
    return _written(root)


def _no_fields(name: str, parts: Mapping[str, bytes]) -> None:
    """Refuses a header or footer that would fetch or start something when a paper is opened."""
    for part in sorted(p for p in parts if _KEPT.search(p)):
        for element in _xml(parts[part]).iter(etree.Element):
            local = etree.QName(element).localname
            said = (
                element.text
                if local == "instrText"
                else next((v for k, v in element.attrib.items() if str(k).endswith("}instr")), "")
            )
            found = _FIELD.match(str(said or ""))
            if found:
                raise TemplateError(
                    f"{name} has a field {found[1].upper()} in its header or footer. Replace it by its text, and try again."
                )


def _xml(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _written(root: Any) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _tried(name: str, form: str, content: bytes) -> None:
    """Makes a page with it: whatever the libraries dislike is found here, and not when the papers are due."""
    rows = grid("Trial", ("Of", "Money"), [["A", Figure("trial", 1, "money")]], (1,))
    bars = Bars("Bars", "Bars", (("A", Figure("trial", 1, "money")),))
    blocks: tuple[Block, ...] = (Heading("Trial"), para("Trial."), rows)
    writers: Mapping[str, Callable[[], bytes]] = {
        "docx": lambda: as_docx.write(Document("Trial", blocks, "Foot", "USD"), content),
        "xlsx": lambda: as_xlsx.write(Document("Trial", (*blocks, bars), "Foot", "USD"), content),
        "pptx": lambda: as_pptx.write(
            Deck("Trial", (Slide("Trial", (), bars), Slide("Trial", (), rows)), "Foot", "USD"), content
        ),
    }
    try:
        writers[form]()
    except as_pptx.WrongSize as problem:
        raise TemplateError(f"{name}: {problem}") from problem
    except Exception as problem:  # whatever a library says of a damaged package
        raise _broken(name, form) from problem
