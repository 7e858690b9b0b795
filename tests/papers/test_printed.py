"""Papers as they are printed: LibreOffice turns them into pages, and computes every formula again."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from optimiser.case.writing.printing import broad, lines_of
from optimiser.papers.as_xlsx import ACROSS, UPRIGHT
from optimiser.papers.paper import Made, make, shelf
from tests.papers.cases import solved, source
from tests.papers.test_safe import motion, moved

HIGH = 1.306
"""Height of a word of DejaVu, in sizes of its type."""
LEAST = 8.95
"""Points; what a program rounds away is no smaller type."""
SHEETS = ("figures", "sf-424a", "quarterly", "budget-worksheet", "reprogramming", "journal")

needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="LibreOffice and poppler are not installed"
)


@pytest.fixture(scope="module")
def files() -> list[Made]:
    """One of each paper in each form, of 80 initiatives whose names have 60 letters."""
    plan = solved(80)
    made = source(plan, motion=motion(), audit_head="ab" * 32, made_for="Made for everyone.", replanned=moved(plan))
    first: dict[tuple[str, str], Made] = {}
    for paper in shelf().values():
        for file in make(paper, made):
            first.setdefault((paper.name, file.file.rpartition(".")[2]), file)
    assert {name for name, _ in first} == set(shelf())
    return [file for (_, form), file in first.items() if form in ("docx", "xlsx", "pptx")]


def office(folder: Path, to: str, endings: tuple[str, ...]) -> Path:
    """The files of a folder, turned by LibreOffice, each form into a folder of its own."""
    for form in endings:
        found = [str(p) for p in sorted(folder.glob(f"*.{form}"))]
        profile = f"-env:UserInstallation=file://{folder / 'profile'}"
        line = ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(folder / form), *found]
        done = subprocess.run(line, check=True, capture_output=True, timeout=300)
        made = {p.stem for p in (folder / form).glob(f"*.{to}")}
        assert made == {Path(p).stem for p in found}, f"LibreOffice did not turn every .{form}: {done.stderr.decode()}"
    return folder


def words(pdf: Path) -> Iterator[tuple[str, float, tuple[float, float, float, float], tuple[float, float]]]:
    """Every word of a PDF: text, size in points, its box, its page's size."""
    said = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    page = (0.0, 0.0)
    for line in said.splitlines():
        if found := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            page = float(found[1]), float(found[2])
        elif found := re.search(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*)</word>', line):
            left, top, right, bottom = (float(found[k]) for k in range(1, 5))
            yield found[5], (bottom - top) / HIGH, (left, top, right, bottom), page


def _blank(pdf: Path) -> list[int]:
    """The pages that hold nothing but the foot: no word above the last inch."""
    said = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    made = []
    for number, page in enumerate(said.split("<page ")[1:], 1):
        height = float(re.search(r'height="([\d.]+)"', page)[1])
        tops = [float(y) for y in re.findall(r'<word xMin=".*?" yMin="(.*?)"', page)]
        if not [y for y in tops if y < height - 72]:
            made.append(number)
    return made


@needs_office
@pytest.mark.first(1)
@pytest.mark.parametrize("form", ["docx", "xlsx", "pptx"])
def test_every_page_can_be_read(files: list[Made], form: str, tmp_path: Path) -> None:
    files = [file for file in files if file.file.endswith(f".{form}")]
    for file in files:
        (tmp_path / file.file).write_bytes(file.content)
    office(tmp_path, "pdf", (form,))
    for file in files:
        found = list(words(tmp_path / form / f"{file.file.removesuffix(form)}pdf"))
        assert len(found) > 20, file.file
        for word, size, (left, top, right, bottom), (width, height) in found:
            assert size >= LEAST, (file.file, word, size)
            assert left >= 0, (file.file, word)
            assert top >= 0, (file.file, word)
            assert right <= width, (file.file, word)
            assert bottom <= height, (file.file, word)
            assert "###" not in word, file.file
            assert "_x000" not in word, file.file
        assert not _blank(tmp_path / form / f"{file.file.removesuffix(form)}pdf"), file.file
        said = " ".join(word for word, *_ in found)
        assert "Made for everyone." in said, file.file


@needs_office
def test_libreoffice_computes_what_is_stored(files: list[Made], tmp_path: Path) -> None:
    stored: dict[str, dict[tuple[str, str], float]] = {}
    for file in files:
        if file.file.endswith(".xlsx"):
            shown = openpyxl.load_workbook(io.BytesIO(file.content), data_only=True)
            book = openpyxl.load_workbook(io.BytesIO(file.content))
            stored[file.file] = {
                (s.title, c.coordinate): shown[s.title][c.coordinate].value
                for s in book
                for row in s.iter_rows()
                for c in row
                if c.data_type == "f"
            }
            book.save(tmp_path / file.file)  # without the values: they must be computed
    office(tmp_path, "xlsx", ("xlsx",))
    assert sum(map(len, stored.values())) > 50
    for name, values in stored.items():
        made = openpyxl.load_workbook(tmp_path / "xlsx" / name, data_only=True)
        for (sheet, cell), value in values.items():
            assert made[sheet][cell].value == pytest.approx(value, abs=1e-6), (name, sheet, cell)


@pytest.mark.parametrize(
    "text", ["WWWW MMMM WWWW MMMM", "Old Mill", "ill till ill", "漢字漢字 漢字漢字", "x" * 40, "A\nB"]
)
def test_a_text_has_room_for_every_line_that_it_needs(text: str) -> None:
    lines = {width: lines_of(text, width) for width in range(5, 90)}
    assert all(lines[w] >= lines[w + 1] for w in range(5, 89))
    assert lines[89] == text.count("\n") + 1
    for width, count in lines.items():
        assert count * max(width - 1, 4) >= broad(text.replace("\n", "").replace(" ", ""))


def test_no_type_is_small_and_no_chart_is_empty(files: list[Made]) -> None:
    for file in files:
        data = io.BytesIO(file.content)
        if file.file.endswith(".docx"):
            made = Document(data)
            sizes = made.element.body.xpath(".//w:sz/@w:val") + made.sections[0].footer._element.xpath(".//w:sz/@w:val")
            assert min(map(int, sizes)) >= 18, file.file  # half points
        elif file.file.endswith(".pptx"):
            charts = [s.chart for page in Presentation(data).slides for s in page.shapes if s.has_chart]
            assert charts
            assert all(any(c.plots[0].series[0].values) for c in charts)
        else:
            _sheets(file)


def _sheets(file: Made) -> None:
    """No column of a workbook cuts a figure, no page shrinks its type below 9 points, no chart is empty or broken."""
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    shown = openpyxl.load_workbook(io.BytesIO(file.content), data_only=True)
    for sheet in book:
        widths = {k: d.width for k, d in sheet.column_dimensions.items()}
        across = sheet.page_setup.orientation == "landscape"
        assert sum(widths.values()) <= (ACROSS if across else UPRIGHT) + 1e-6, (file.file, sheet.title)
        assert sheet.page_setup.fitToWidth == 1
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                assert cell.font.sz >= 11, (file.file, cell.coordinate)
                if cell.data_type in ("n", "f"):
                    value = shown[sheet.title][cell.coordinate].value
                    places = 2 if cell.number_format.endswith(".00") else 0
                    assert len(f"{value:,.{places}f}") * 1.17 < widths[cell.column_letter], (file.file, cell.coordinate)  # type: ignore[union-attr]
        for chart in sheet._charts:  # type: ignore[attr-defined]
            area = chart.series[0].val.numRef.f.rpartition("!")[2].replace("$", "")
            values = [c.value for (c,) in sheet[area]]
            assert values
            assert any(values)
            assert chart.anchor._from.row >= sheet[area][-1][0].row
            assert chart.anchor.to.col <= len(widths)


def test_every_paper_of_this_shelf_that_has_a_sheet_is_among_those_looked_at(files: list[Made]) -> None:
    assert {f.paper for f in files if f.file.endswith(".xlsx")} == set(SHEETS)
