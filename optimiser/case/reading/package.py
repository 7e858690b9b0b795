"""Intake of a file, before anything parses it: what it is, whether it is whole, and how large it would become.

A workbook is an archive. Every member is inflated once and counted while it is inflated; those that are markup by
their type (XML, relations, and whatever the workbook calls a worksheet) are searched for what must not be there.
Pictures, printer settings and properties of the document hold no table, so nothing is asked of what is in them.
What is unusual though not wrong is left to `reader`, which then parses in a child process.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from optimiser.case.faults import Fault, shown
from optimiser.case.reading.currencies import in_formats
from optimiser.case.reading.sheet_xml import SheetFacts, look
from optimiser.case.reading.sheets import COLUMNS_AT_MOST, ROWS_AT_MOST

FILE = "the file"
"""Stands for the sheet in faults of the file as a whole."""
BYTES_AT_MOST = 10_000_000
MEMBERS_AT_MOST = 500
UNPACKED_AT_MOST = 100_000_000
RATIO_AT_MOST = 100
CELLS_AT_MOST = 2_000_000
SAVE_AS = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)"

_WANTED = "an Excel workbook (.xlsx) or .ods"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![\w:])([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_RATIO_FROM = 1_000_000
_AREA_AT_MOST, _AREA_IN_PROCESS = 20_000_000, 5_000_000
_TEXT_IN_PROCESS = 200_000_000
_NAMES_AT_MOST = 2_000_000
_STYLES = "xl/styles.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_NO_TABLES = ("docprops/", "customxml/", "thumbnails/", "configurations2/")
"""Folders of an archive (in lower case) whose XML says nothing of tables, and may be of any encoding."""

_BEGINNINGS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"<!doctype html", b"<html", b"<table", b"<head", b"<div", b"<meta"), "a web page (HTML)", SAVE_AS),
    ((b"<",), "an XML file", SAVE_AS),
    ((b"%pdf-",), "a PDF", "ask for the workbook that it was made from"),
)
"""How files that are no workbook begin, in small letters, what they are, and the cure."""


@dataclass(frozen=True)
class Scan:
    """What the package of a workbook is. sheets: worksheet's name -> its facts, for those that are found.

    simple: nothing about it is unusual, so that parsing it cannot take much memory or time.
    """

    faults: tuple[Fault, ...] = ()
    simple: bool = False
    sheets: Mapping[str, SheetFacts] = field(default_factory=dict)
    dates_from_1904: bool = False


def is_old_excel(data: bytes) -> bool:
    """Whether a file is of the kind of .xls: a container of its own, without a password."""
    return data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") not in data


def refused(code: str, found: str, expected: str, cure: str = SAVE_AS) -> Fault:
    """Why a file is not read."""
    return Fault(FILE, "", code, found, expected, cure)


def too_large(size: int) -> Fault | None:
    """The refusal of a file with this many bytes, None if it is not too large."""
    if size <= BYTES_AT_MOST:
        return None
    cure = "remove pictures and sheets that are no part of the case"
    return refused("F07", f"{size / 1e6:.1f} MB", f"at most {BYTES_AT_MOST // 1_000_000} MB", cure)


def bytes_of(source: str | Path | bytes) -> bytes | Fault:
    """The bytes of a file, or its refusal where it is too large. Raises OSError if the path cannot be opened."""
    if isinstance(source, bytes):
        return too_large(len(source)) or source
    return too_large(Path(source).stat().st_size) or bytes_of(Path(source).read_bytes())


def scan(data: bytes, macros: bool = False) -> Scan:
    """Look at a file: its kind (F01-F06, F11), its size packed and unpacked (F07, F08), its members (F09, F10),
    and how far out its cells stand (S07). macros: a workbook may have some; they are never run, nor looked at."""
    wrong = too_large(len(data)) or _kind(data)
    if wrong is None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                made = _archive(data, archive, macros)
                return Scan((made,)) if isinstance(made, Fault) else made
        except Exception:  # of many kinds: what a damaged archive makes of the library's own bookkeeping
            cure = "copy or download it again; if that does not help, " + SAVE_AS
            wrong = refused("F02", "a file that is cut off or damaged", "a whole workbook", cure)
    return Scan((wrong,))


def _kind(data: bytes) -> Fault | None:
    """The refusal of what is no archive."""
    if not data.strip(b"\x00 \r\n\t"):
        return refused("F01", "an empty file", "a workbook", "export or save the workbook again")
    if data.startswith(b"PK"):
        return None
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            cure = "open it in a spreadsheet program, remove the password, and save it"
            return refused("F05", "a workbook protected by a password", "a workbook without a password", cure)
        return refused("F04", "an old Excel workbook (.xls)", _WANTED)
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for begins, what, cure in _BEGINNINGS:
        if head.startswith(begins):
            return refused("F04", what, _WANTED, cure)
    sample = data[:4000]
    if b"\x00" not in sample and sum(c < 32 and c not in (9, 10, 13) for c in sample) == 0:
        cure = "open it in a spreadsheet program, put each table on its sheet, and save it as an Excel workbook (.xlsx)"
        return refused("F03", "plain text, such as a CSV", _WANTED, cure)
    return refused("F04", "a file of another kind", _WANTED)


def _archive(data: bytes, archive: zipfile.ZipFile, macros: bool) -> Scan | Fault:
    if any(not m.filename for m in archive.infolist()):
        return refused("F09", "a part without a name", "parts with names of their own, inside the workbook")
    members = [m for m in archive.infolist() if not m.is_dir()]
    # Relations name the worksheets, and styles say what their numbers are: they come first.
    members.sort(key=lambda m: not m.filename.lower().endswith((".rels", _STYLES)))
    names = [m.filename for m in members]
    wrong = _members(members) or _application({n.lower() for n in names}, macros)
    if wrong:
        return wrong
    # Two tables of contents, or anything before the first member, could show one workbook here and another to
    # the parser: nothing that a spreadsheet program writes, so the careful way is taken.
    simple = data.count(b"PK\x05\x06") == 1 and b"PK\x06\x06" not in data and data.startswith(b"PK\x03\x04")
    unpacked, longest = 0, 0
    facts: dict[str, SheetFacts] = {}
    kept: dict[str, bytes] = {}
    targets: set[str] = set()
    currencies: dict[bytes, str] = {}
    for member in members:
        with archive.open(member) as stream:
            content = stream.read(UNPACKED_AT_MOST - unpacked + 1)
        unpacked += len(content)
        if unpacked > UNPACKED_AT_MOST or (unpacked > _RATIO_FROM and unpacked > RATIO_AT_MOST * len(data)):
            return _unpacks_too_large()
        name = member.filename.lower()
        if not (name in targets or (name.endswith((".xml", ".rels")) and not name.startswith(_NO_TABLES))):
            continue
        wrong = _markup(member.filename, content)
        if wrong:
            return wrong
        if b"sheetData" in content:
            facts[name] = look(content, currencies)
        elif name == _STYLES:
            currencies = in_formats(content)
        elif name.endswith("sharedstrings.xml"):
            longest = max((len(part) for part in re.split(rb"</(?:\w+:)?si\s*>", content)), default=0)
        elif name.endswith((".rels", "workbook.xml", "[content_types].xml", "manifest.xml")):
            kept[name] = content
            targets |= set(_targets(kept).values()) if name == _RELATIONS else set()
    wrong = _book(kept, macros)
    if wrong:
        return wrong
    if sum(f.cells for f in facts.values()) > CELLS_AT_MOST:
        return _unpacks_too_large()
    return _sheets(facts, kept, simple and "xl/workbook.xml" in kept, longest)


def _members(members: list[zipfile.ZipInfo]) -> Fault | None:
    if len(members) > MEMBERS_AT_MOST:
        return refused("F08", f"{len(members)} parts in the file", f"at most {MEMBERS_AT_MOST}")
    counts = Counter(m.filename.lower().replace("\\", "/") for m in members)
    name, many = counts.most_common(1)[0] if counts else ("", 1)
    outside = next((n for n in counts if n.startswith("/") or ".." in n.split("/") or ":" in n), "")
    if many > 1 or outside:
        what = f"the part {shown(outside)}" if outside else f"the part {shown(name)} {many} times"
        return refused("F09", what, "parts with names of their own, inside the workbook")
    if any(m.flag_bits & 1 for m in members):
        return refused("F05", "a file protected by a password", "a workbook without a password", "remove the password")
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        return refused("F08", "an unusual kind of compression", "an ordinary workbook")
    return None


def _application(names: set[str], macros: bool) -> Fault | None:
    """The refusal by the names of an archive's members."""
    with_macros = any(n.endswith("vbaproject.bin") or "/macrosheets/" in n or n.startswith("basic/") for n in names)
    if with_macros and not macros:
        return refused("F06", "a workbook with macros", "a workbook without macros")
    if any(n.endswith("workbook.bin") for n in names):
        return refused("F04", "a binary Excel workbook (.xlsb)", _WANTED)
    if not any(n.endswith("workbook.xml") for n in names) and "content.xml" not in names:
        return refused("F04", "an archive that is no workbook", _WANTED)
    return None


def _markup(name: str, content: bytes) -> Fault | None:
    if b"<!" in content and _DOCTYPE.search(content):
        return refused("F10", f"a document type or entities in {shown(name)}", "plain workbook XML")
    encoding = _ENCODING.match(content[:200].removeprefix(b"\xef\xbb\xbf"))
    odd = encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    if odd or b"\x00" in content[:200] or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refused("F10", f"an unusual encoding in {shown(name)}", "XML in UTF-8")
    return None


def _unpacks_too_large() -> Fault:
    limits = f"at most {UNPACKED_AT_MOST // 1_000_000} MB and {CELLS_AT_MOST // 1_000_000} million cells"
    cure = "remove sheets, pictures and empty formatted cells that are no part of the case"
    return refused("F08", "a file that unpacks to far more than its size", limits, cure)


def _book(kept: Mapping[str, bytes], macros: bool) -> Fault | None:
    """The refusal by what the workbook says of itself."""
    if not macros and b"macroenabled" in kept.get("[content_types].xml", b"").lower():
        return refused("F06", "a workbook with macros", "a workbook without macros")
    if b"encryption-data" in kept.get("meta-inf/manifest.xml", b""):
        what = "a workbook protected by a password"
        return refused("F05", what, "a workbook without a password", "remove the password")
    if b"purl.oclc.org/ooxml/spreadsheetml" in kept.get("xl/workbook.xml", b""):
        cure = "save it as Excel Workbook (.xlsx), not as Strict Open XML Spreadsheet"
        return refused("F11", "a Strict Open XML workbook", "an Excel workbook (.xlsx)", cure)
    return None


def _sheets(facts: Mapping[str, SheetFacts], kept: Mapping[str, bytes], simple: bool, longest: int) -> Scan | Fault:
    """Facts by the worksheets' names, and whether all of it is plain and small enough to parse right here."""
    book = kept.get("xl/workbook.xml", b"")
    titles = _titles(kept)
    faults = []
    for member, seen in facts.items():
        title = titles.get(member, member)
        if seen.too_far:
            expected = f"cells within {ROWS_AT_MOST:,} rows and {COLUMNS_AT_MOST} columns"
            cure = "delete the rows and columns beyond the table, and what is formatted in them"
            faults.append(Fault(title, seen.too_far, "S07", f"a cell at {seen.too_far}", expected, cure))
        if seen.twice:
            faults.append(Fault(title, seen.twice, "S09", "a cell that stands twice", "each cell once", SAVE_AS))
    area = sum(f.height * f.width for f in facts.values())
    if area > _AREA_AT_MOST and not faults:
        return _unpacks_too_large()
    small = area <= _AREA_IN_PROCESS and longest * sum(f.text_cells for f in facts.values()) <= _TEXT_IN_PROCESS
    plain = all(f.plain for f in facts.values()) and set(facts) <= set(titles)
    named = {titles[member]: seen for member, seen in facts.items() if member in titles}
    dates = re.search(rb"""date1904\s*=\s*["'](?:1|true)["']""", book) is not None
    return Scan(tuple(faults), simple and small and plain, named, dates)


def _titles(kept: Mapping[str, bytes]) -> dict[str, str]:
    """Archive member (lower case) -> name of the worksheet, by the workbook and its relations."""
    book = kept.get("xl/workbook.xml", b"")
    if len(book) + len(kept.get(_RELATIONS, b"")) > _NAMES_AT_MOST:
        return {}
    targets = _targets(kept)
    found = {}
    for about in _attributes(_SHEET, book):
        path = targets.get(next((v for k, v in about.items() if k.endswith(":id")), ""), "xl/")
        found[path] = about.get("name", "")
    return found


def _targets(kept: Mapping[str, bytes]) -> dict[str, str]:
    """Identifier of a relation of the workbook -> archive member (lower case) that it leads to."""
    relations = kept.get(_RELATIONS, b"")
    if len(relations) > _NAMES_AT_MOST:
        return {}
    listed = [(a.get("Id", ""), a.get("Target", "")) for a in _attributes(_RELATION, relations)]
    return {key: (path[1:] if path.startswith("/") else f"xl/{path}").lower() for key, path in listed}


def _attributes(element: re.Pattern[bytes], content: bytes) -> Iterator[dict[str, str]]:
    """The attributes of each such element."""
    for match in element.finditer(content):
        pairs = _ATTRIBUTE.findall(match[1].decode("utf-8", "replace"))
        yield {name: html.unescape(double or single) for name, double, single in pairs}
