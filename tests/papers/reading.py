"""Papers read back as a reader's own program would read them: tables by name, charts by name, text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl
import pptx

from optimiser.case.readable import MINUS


@dataclass
class Read:
    """What a file shows. tables: name -> the cells of each table of that name; charts: name -> label -> value; text: all of it."""

    tables: dict[str, list[list[list[str]]]] = field(default_factory=dict)
    charts: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    text: str = ""


def number(shown: str) -> float:
    """A figure as it stands, as a number: $1,234.50, −12.3%, 1,020."""
    plain = shown.replace(MINUS, "-").replace(",", "")
    found = re.fullmatch(r"(-?)\D*?(-?\d+(?:\.\d+)?)(%?)", plain)
    assert found, shown
    value = float(found[1] + found[2])
    return round(value / 100, 6) if found[3] else value


def of_docx(data: bytes) -> Read:
    """Tables by their captions."""
    made, file = Read(), docx.Document(io.BytesIO(data))
    for table in file.tables:
        (name,) = table._tbl.xpath("./w:tblPr/w:tblCaption/@w:val")
        rows = [["".join(cell.xpath(".//w:t/text()")) for cell in row.tc_lst] for row in table._tbl.tr_lst]
        made.tables.setdefault(str(name), []).append(rows)
    made.text = (
        "\n".join(p.text for p in file.paragraphs)
        + "\n"
        + "\n".join(p.text for p in file.sections[0].footer.paragraphs)
    )
    return made


def of_pptx(data: bytes) -> Read:
    """Tables and charts by the names of their shapes."""
    made, said = Read(), []
    for slide in pptx.Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            if shape.has_table:
                made.tables.setdefault(shape.name, []).append([[c.text for c in row.cells] for row in shape.table.rows])
            if shape.has_chart:
                (plot,) = shape.chart.plots
                made.charts[shape.name] = list(zip(map(str, plot.categories), plot.series[0].values, strict=True))
    made.text = "\n".join(said)
    return made


def of_xlsx(data: bytes) -> Read:
    """Tables under their names; values as they are stored, beside what the formulas come to."""
    made, said = Read(), []
    shown, formulas = openpyxl.load_workbook(io.BytesIO(data), data_only=True), openpyxl.load_workbook(io.BytesIO(data))
    for name in shown.sheetnames:
        rows = [[c.value for c in row] for row in shown[name].iter_rows()]
        said += [str(v) for row in rows for v in row if v is not None]
        for k, row in enumerate(rows):
            if row and isinstance(row[0], str) and shown[name].cell(k + 1, 1).font.b and k + 1 < len(rows):
                below = [
                    [("" if v is None else str(v) if isinstance(v, str) else repr(v)) for v in r]
                    for r in _until_blank(rows[k + 1 :])
                ]
                if below:
                    made.tables.setdefault(row[0], []).append(below)
        for written in formulas[name].iter_rows():
            for cell in written:
                if cell.data_type == "f":
                    stored: Any = shown[name][cell.coordinate].value
                    assert abs(come_to(str(cell.value), shown[name]) - stored) < 1e-9, (
                        name,
                        cell.coordinate,
                        cell.value,
                    )
    made.text = "\n".join(said)
    return made


def come_to(formula: str, sheet: Any) -> float:
    """What a sum of cells comes to."""
    total = 0.0
    for part in formula.removeprefix("=").split("+"):
        found = re.fullmatch(r"SUM\(([A-Z]+\d+:[A-Z]+\d+)\)|([A-Z]+\d+)|0", part)
        assert found, formula
        cells = [c for row in sheet[found[1]] for c in row] if found[1] else [sheet[found[2]]] if found[2] else []
        total += sum(c.value or 0 for c in cells)
    return round(total, 6)


def _until_blank(rows: list[list[Any]]) -> list[list[Any]]:
    end = next((k for k, row in enumerate(rows) if all(v is None for v in row)), len(rows))
    return rows[:end]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Any] = []
        self.made, self.name, self.into = Read(), "", ""
        self.data: list[tuple[str, str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.figure: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.rows, self.name = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.into = "cell"
        elif tag == "caption":
            self.into = "caption"
        elif tag == "data":
            found = dict(attrs)
            self.figure = (found["data-figure"] or "", found["value"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.made.tables.setdefault(self.name, []).append(self.rows)
        elif tag in ("td", "th", "caption"):
            self.into = ""
        elif tag == "data":
            self.figure = None

    def handle_data(self, data: str) -> None:
        self.made.text += data
        if self.into == "cell":
            self.rows[-1][-1] += data
        elif self.into == "caption":
            self.name += data
        if self.figure is not None:
            self.data.append((*self.figure, data))


def of_html(data: bytes) -> Read:
    """Tables by their captions; each figure says its own name too, and the same value."""
    page = _Page()
    page.feed(data.decode())
    for name, value, shown in page.data:
        assert float(value) == number(shown), name
    return page.made


def of_txt(data: bytes) -> Read:
    """Tables under their names in brackets."""
    made = Read(text=data.decode())
    lines = made.text.split("\n")
    for k, line in enumerate(lines):
        if line.startswith("[") and line.endswith("]"):
            end = next(j for j in range(k + 1, len(lines)) if not lines[j])
            made.tables.setdefault(line[1:-1], []).append(
                [[c.strip() for c in row.split(" | ")] for row in lines[k + 1 : end]]
            )
    return made


READERS: dict[str, Callable[[bytes], Read]] = {
    "docx": of_docx,
    "pptx": of_pptx,
    "xlsx": of_xlsx,
    "html": of_html,
    "txt": of_txt,
}


_B = {
    "total_direct_charge_amount": "direct", "total_indirect_charge_amount": "indirect", "total_amount": "total",
    "fringe_benefits_amount": "fringe benefits",
}  # fmt: skip
"""Fields of Section B that are not named as their lines are."""


def of_json(data: bytes, fund: str) -> dict[str, float]:
    """The figures of SF-424A by name, from the fields of its public schema."""
    form, made = json.loads(data), dict[str, float]()

    def take(section: str, of: str, fields: dict[str, str], called: Callable[[str], str]) -> None:
        for field_, value in fields.items():
            name = " ".join(part for part in (section, of, called(field_)) if part)
            made[f"SF-424A[{fund}] {name}"] = float(value)

    def plain(name: str) -> str:
        return name.removesuffix("_amount")

    def sides(name: str) -> str:
        return plain(name).removesuffix("_new_or_revised").replace("non_federal", "non-federal")

    for item in form["activity_line_items"]:
        title = item["activity_title"]
        take("A", title, item["budget_summary"], sides)
        for field_, value in item["budget_categories"].items():
            made[f"SF-424A[{fund}] B {_B.get(field_, plain(field_))} {title}"] = float(value)
        take("C", title, item["non_federal_resources"], plain)
        take("E", title, item["federal_fund_estimates"], plain)
    take("A", "", form["total_budget_summary"], sides)
    take("B", "", form["total_budget_categories"], lambda name: _B.get(name, plain(name)))
    take("C", "", form["total_non_federal_resources"], plain)
    take("E", "", form["total_federal_fund_estimates"], plain)
    for which, label in (("federal", "federal"), ("non_federal", "non-federal"), ("total", "total")):
        fields = form["forecasted_cash_needs"][f"{which}_forecasted_cash_needs"]
        take("D", label, fields, lambda name: "first year" if name == "total_amount" else plain(name))
    return made


def of_csv(data: bytes, _: str) -> dict[str, float]:
    """The figures of the journal by name: each line's, and their sums."""
    made, sums = dict[str, float](), {"Debit": Decimal(0), "Credit": Decimal(0)}
    for row in csv.DictReader(io.StringIO(data.decode())):
        for side in sums:
            if row[side]:
                made[f"journal {side.lower()} {row['Line']}"] = float(row[side])
                sums[side] += Decimal(row[side])
    return made | {f"journal {side.lower()}s": float(total) for side, total in sums.items()}


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of an office file, those of workbooks inside it too."""
    made: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            content = package.read(name)
            made[name] = content
            if name.endswith(".xlsx"):
                made |= {f"{name}/{inner}": c for inner, c in parts(content).items()}
    return made
