"""PLAN.xlsx: a plan with the case that it answers, for people and for whoever checks it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.case.table import Table
from optimiser.case.writing.saved import as_workbook
from optimiser.case.writing.writer import Target
from optimiser.model.rules import meanings
from optimiser.plan.digest import settled, table_sha256, tables_sha256, values_sha256
from optimiser.plan.tables import SPEC, Plan
from optimiser.report.documents.plan_reading import ATTRIBUTES
from optimiser.report.documents.report_sheets import Book, SheetLine
from optimiser.report.documents.summary import CERTIFICATE, plan_as_proven, proof_rows, summary_lines

if TYPE_CHECKING:
    from optimiser.analysis.reasons.explain import Explanation

ORDER = ("Spend", "Posts", "Hires", "Levels", "Match", "Awards", "Received", "Balances", "Achieved", "Compliance")
"""Sheets of the plan, between Summary and those of the case; Proof is the last."""
OPTIONAL = ("Hires", "Match")
"""Sheets that are left out where they have no rows."""


class NothingToWrite(ValueError):
    """There is no plan to write."""


# -- writing --------------------------------------------------------------------------------------------------------------


def write_plan(plan: Plan, target: Target, why: Explanation | None = None) -> None:
    """Write a plan as a workbook: Summary, the plan's tables, the sheets of the solved case unchanged, Proof.

    target: a path, or a binary file; why: its explanation, for a sheet of its own. The same plan gives the same bytes.
    Raises NothingToWrite where there is none, ValueError for a path that does not end in .xlsx, OSError where the file
    cannot be written.
    """
    from optimiser.case.writing.writer import add_table as add_case_sheet

    as_workbook(target)
    if not plan.has_plan:
        raise NothingToWrite(f"There is no plan to write: {plan.why_none}.")
    tables = {name: settled(table) for name, table in plan.tables.items()}
    case_tables = {name: settled(table) for name, table in plan.case.tables.items()}
    book = Book(f"{plan.case.settings.name or 'Plan'}, inputs {plan.case.sha256[:16]}")
    # Summary says what Proof says, so that whoever verifies can make the same of it.
    proven = plan_as_proven(plan.case, tables, dict(proof_rows(plan)))
    book.add_lines("Summary", summary_lines(proven, tables), (34.0, 18.0, 18.0, 18.0, 18.0))
    for name in ORDER:
        if len(tables[name]) or name not in OPTIONAL:
            book.add_table(SPEC[name], tables[name], _formats(plan, SPEC[name], tables[name]))
    why_lines: list[SheetLine] = []
    if why is not None:
        from optimiser.report.documents.why_sheet import WIDTHS, why_sheet

        why_lines = why_sheet(why)
        book.add_lines("Why", why_lines, WIDTHS)
    written = [s for s in SHEETS if len(case_tables[s.name]) or s.required]
    sizes = {s.name: len(case_tables[s.name]) for s in written}
    for spec in written:
        add_case_sheet(book.workbook, spec, case_tables[spec.name], sizes, comments=False, footer=book.footer)
    proof = proof_of(plan, tables, case_tables, why_lines)
    lines = [
        SheetLine(("key", "value"), "head"),
        *(SheetLine(row, "text" if row[0].startswith(CERTIFICATE) else "") for row in proof),
    ]
    book.add_lines("Proof", lines, (34.0, 80.0), frozen="A2")
    book.save(target)


def proof_of(
    plan: Plan, tables: Mapping[str, Table], case_tables: Mapping[str, Table], why: Sequence[SheetLine] = ()
) -> list[tuple[str, Any]]:
    """The rows of Proof: how good the answer is and what made it, then a hash of each sheet, and of these rows.

    tables, case_tables: as the workbook holds them; why: the lines of the sheet Why, if it has one. Whoever verifies makes
    the same rows from the sheets that were found.
    """
    rows: list[tuple[str, Any]] = [*proof_rows(plan)]
    for name, table in case_tables.items():
        more = [title for title in table.columns if title not in BY_NAME[name].names]
        rows += [(ATTRIBUTES + name, json.dumps(more, ensure_ascii=False))] if more else []
    rows.append(("tables_sha256", tables_sha256(tables)))
    rows += [(f"sha256 {n}", table_sha256(t)) for n, t in {**case_tables, **tables}.items() if len(t)]
    if why:
        filled = [line.values for line in why if any(v not in (None, "") for v in line.values)]
        rows += [("lines Why", len(filled)), ("sha256 Why", values_sha256(filled))]
    return [*rows, ("sha256 Proof", values_sha256(rows))]


def _formats(plan: Plan, spec: Sheet, table: Table) -> dict[str, str | list[str]]:
    money = "#,##0" if plan.proof.whole and plan.case.settings.rounding == 1 else "#,##0.00"
    by_unit = {"money": money, "share": "0%", "FTE": "0.0", "FTE·periods": "#,##0.0"}
    made: dict[str, str | list[str]] = {
        c.name: by_unit.get(c.unit, "#,##0.0") for c in spec.columns if c.type == "number"
    }
    if spec.name == "Compliance":
        numbers = meanings(plan.case.facts)
        shares = [numbers[name].is_share for name in table["rule"].tolist()]
        made["required"] = made["achieved"] = ["0.0%" if share else "#,##0.##" for share in shares]
        made["headroom"] = [money if unit == "money" else "#,##0.00" for unit in table["unit"].tolist()]
    return made
