"""A request workbook for each agency: its rows to be brought up to date, locked keys, last year's numbers beside, what to do."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from optimiser.case.intake.own import OFFICE, OWN, SHARED, WAS, Record, Records, own_rows
from optimiser.case.maps.into import records_of
from optimiser.case.names import fold
from optimiser.case.reading.which import STAMP_SHEET
from optimiser.case.reading.workbook import tables_from
from optimiser.case.settings import setting_in
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Table
from optimiser.case.writing.writer import PlainSheet, write_tables

NEW_ROWS = 40
"""Rows below the agency's own in which it may write new ones."""
_WAS: Mapping[str, str] = {"Initiatives": "request", "Staff": "fte", "Contributions": "amount"}
"""The number of each table that stands beside as it was sent."""


def file_name(agency: str) -> str:
    """The file that is sent to an agency."""
    return f"request_{re.sub(r'[^A-Za-z0-9]+', '_', agency).strip('_').lower() or 'agency'}.xlsx"


def request_workbooks(
    tables: Mapping[str, Table], due: str = "", count: Callable[[int, int], None] | None = None
) -> dict[str, bytes]:
    """Agency -> its request workbook. due: the day on which it should be back, as it is to be written; count: told how many
    are made, of how many."""
    records = records_of(tables)
    agencies, made = [str(r["agency"]) for r in records.get("Agencies", ())], dict[str, bytes]()
    for agency in agencies:
        made[agency] = request_workbook(agency, records, due)
        if count is not None:
            count(len(made), len(agencies))
    return made


def request_workbook(agency: str, records: Records, due: str = "") -> bytes:
    """The request workbook of one agency."""
    own = own_rows(agency, records)
    for table, column in _WAS.items():
        for row in own[table]:
            row[WAS + column] = row.get(column, "")
    sent: dict[str, list[Record]] = {}
    for table, columns in SHARED.items():
        rows = [r for r in records.get(table, ()) if table != "Agencies" or _may_see(r, agency)]
        sent[table] = [{c: r[c] for c in columns if c in r} for r in rows]
    wide = {t: list(own[t][0]) if own[t] else [] for t in OWN}
    sheets = tables_from({**sent, **{t: own[t] for t in OWN}}).tables
    chosen = {
        t: sheets[t]
        for t in (*OWN, *SHARED)
        if len(sheets[t]) or t in ("Initiatives", "Staff", "Contributions", "Costs")
    }
    for table in SHARED:
        if table in chosen:
            chosen[table] = Table(table, {c: chosen[table][c] for c in SHARED[table]})
    readme = PlainSheet(
        "README", ["What to do"], [[line] for line in _words(agency, own, due)], widths={"What to do": 110}
    )
    stamp = PlainSheet(
        STAMP_SHEET, ["Made by Optimiser; leave it as it is"], [[json.dumps(_stamp(agency, own, records))]]
    )
    target = io.BytesIO()
    write_tables(target, chosen, first=[readme], last=[stamp])
    return _locked(target.getvalue(), wide)


def _may_see(row: Mapping[str, Any], agency: str) -> bool:
    return not row.get("sensitive") or fold(str(row.get("agency", ""))) == fold(agency)


def _stamp(agency: str, own: Mapping[str, list[Record]], records: Records) -> dict[str, Any]:
    """What tells a workbook of this round from one of last year: its case, its periods, last year's awards as they were sent."""
    name = setting_in(records.get("Case", ()), "name")
    return {
        "agency": agency,
        "case": str(name),
        "periods": [[str(r.get(c, "")) for c in ("period", "start", "end")] for r in records.get("Periods", ())],
        "baselines": {str(r["initiative"]): float(r.get("baseline", 0) or 0) for r in own["Initiatives"]},
    }


def _words(agency: str, own: Mapping[str, list[Record]], due: str) -> list[str]:
    """The page that says what to do."""
    count = len(own["Initiatives"])
    return [
        f"Request of {agency}",
        f"Please send this workbook back by {due}." if due else "Please send this workbook back.",
        f"1. Initiatives has your {count} {'row' if count == 1 else 'rows'}: bring request, minimum and what else you know up to date.",
        f"   Beside it, {WAS}request shows what stood there; baseline is last year's award.",
        "2. A new initiative goes into a new row below yours, with an ID that nobody has. You lead it.",
        "3. Costs, Partners, Needs and Outcomes: the rows of your initiatives. Staff and Contributions: your own.",
        "4. Grey cells are locked: keys, and what the office sets. Funds, Periods and Agencies are there to be read.",
        "5. Leave the sheets and titles as they are. What cannot be read comes back to you with its cell marked.",
        "No criminal-justice information about persons belongs into this workbook.",
    ]


def _locked(data: bytes, wide: Mapping[str, list[str]]) -> bytes:
    """The workbook with its keys locked, in grey, and everything else of the agency free, with rows for new records."""
    from openpyxl import load_workbook
    from openpyxl.styles import PatternFill, Protection

    book = load_workbook(io.BytesIO(data))
    grey, free = PatternFill("solid", start_color="F2F2F2"), Protection(locked=False)
    for sheet in book.worksheets:
        if sheet.title == STAMP_SHEET:
            sheet.sheet_state = "veryHidden"
        if sheet.title in ("README", STAMP_SHEET):
            continue
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        own = sheet.title in OWN
        last = sheet.max_row
        key = BY_NAME[sheet.title].key
        titles = [str(c.value) for c in sheet[1]]
        for j, title in enumerate(titles, 1):
            fixed = title in key or title.startswith(WAS) or (sheet.title == "Initiatives" and title in OFFICE)
            for i in range(2, last + 1):
                cell = sheet.cell(i, j)
                if own and not fixed:
                    cell.protection = free
                else:
                    cell.fill = grey
            for i in range(last + 1, last + 1 + NEW_ROWS) if own and not title.startswith(WAS) else ():
                sheet.cell(i, j).protection = free
        for listed in sheet.data_validations.dataValidation:
            listed.sqref = _longer(str(listed.sqref), last + NEW_ROWS)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _longer(area: str, last: int) -> Any:
    from openpyxl.worksheet.cell_range import MultiCellRange

    return MultiCellRange(re.sub(r":([A-Z]+)\d+", rf":\g<1>{last}", area))
