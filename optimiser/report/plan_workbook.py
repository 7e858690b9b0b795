"""PLAN.xlsx: a plan with the case that it answers, for people and for whoever checks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.cells import as_text
from optimiser.case.faults import Fault, InvalidCase
from optimiser.case.names import fold_title
from optimiser.case.reader import open_book
from optimiser.case.spec import SHEETS, Sheet
from optimiser.case.table import Array, Table, text
from optimiser.case.writer import Target
from optimiser.plan.digest import settled, table_sha256, tables_sha256, values_sha256
from optimiser.plan.tables import SPEC, Plan
from optimiser.plan.verify import Broken, verify
from optimiser.report import words
from optimiser.report.sheets import Book, Line
from optimiser.report.summary import proof_rows, summary_lines

if TYPE_CHECKING:
    from optimiser.analysis.explain import Explanation

ORDER = ("Spend", "Posts", "Hires", "Levels", "Match", "Awards", "Received", "Balances", "Achieved", "Compliance")
"""Sheets of the plan, between Summary and those of the case; Proof is the last."""
OPTIONAL = ("Hires", "Match")
"""Sheets that are left out where they have no rows."""
Source = str | Path | bytes


class NoPlan(ValueError):
    """There is no plan to write."""


# -- writing --------------------------------------------------------------------------------------------------------------


def write_plan(plan: Plan, target: Target, why: Explanation | None = None) -> None:
    """Write a plan as a workbook: Summary, the plan's tables, the sheets of the solved case unchanged, Proof.

    target: a path, or a binary file; why: its explanation, for a sheet of its own. The same plan gives the same bytes.
    Raises NoPlan where there is none.
    """
    from optimiser.case.writer import add_table as add_case_sheet

    if not plan.has_plan:
        raise NoPlan("There is no plan to write: " + plan.status)
    tables = {name: settled(table) for name, table in plan.tables.items()}
    case_tables = {name: settled(table) for name, table in plan.case.tables.items()}
    book = Book(f"{plan.case.settings.name or 'Plan'}, inputs {plan.case.sha256[:16]}")
    summary = summary_lines(plan, tables)
    book.add_lines("Summary", summary, (34.0, 18.0, 18.0, 18.0, 18.0))
    for name in ORDER:
        if len(tables[name]) or name not in OPTIONAL:
            book.add_table(SPEC[name], tables[name], _formats(plan, SPEC[name], tables[name]))
    if why is not None:
        from optimiser.report.why_sheet import WIDTHS, why_sheet

        book.add_lines("Why", why_sheet(why), WIDTHS)
    written = [s for s in SHEETS if len(case_tables[s.name]) or s.required]
    sizes = {s.name: len(case_tables[s.name]) for s in written}
    for spec in written:
        add_case_sheet(book.workbook, spec, case_tables[spec.name], sizes, comments=False)
        book.workbook.worksheets[-1].print_title_rows = "1:1"
    proof = [*proof_rows(plan), ("tables_sha256", tables_sha256(tables)), *_hashes({**case_tables, **tables}).items()]
    proof.append(("sha256 Summary", values_sha256([line.values[:1] for line in summary])))
    proof.append(("sha256 Proof", values_sha256(proof)))
    lines = [Line(("key", "value"), "head"), *(Line(row) for row in proof)]
    book.add_lines("Proof", lines, (34.0, 80.0), frozen="A2")
    book.save(target)


def _hashes(tables: Mapping[str, Table]) -> dict[str, str]:
    """Hash of each sheet that has rows, by its key in Proof."""
    return {f"sha256 {name}": table_sha256(table) for name, table in tables.items() if len(table)}


def _formats(plan: Plan, spec: Sheet, table: Table) -> dict[str, str | list[str]]:
    money = "#,##0" if plan.proof.whole and plan.case.settings.rounding == 1 else "#,##0.00"
    by_unit = {"money": money, "share": "0%", "FTE": "0.0", "FTE·periods": "#,##0.0"}
    made: dict[str, str | list[str]] = {
        c.name: by_unit.get(c.unit, "#,##0.0") for c in spec.columns if c.type == "number"
    }
    if spec.name == "Compliance":
        rules = {r["rule"]: r for r in plan.case.tables["Rules"].records()}
        shares = [words.is_share(rules[name]) for name in table["rule"].tolist()]
        made["required"] = made["achieved"] = ["0.0%" if share else "#,##0.##" for share in shares]
        made["headroom"] = [money if unit == "money" else "#,##0.00" for unit in table["unit"].tolist()]
    return made


# -- reading --------------------------------------------------------------------------------------------------------------


def read_plan(source: Source, *, guarded: bool = False) -> tuple[Case, dict[str, Table], dict[str, Any]]:
    """The case, the tables of the plan and the rows of Proof (key -> value) that a workbook holds.

    guarded: read in a child process with limited memory and time, for files that others uploaded. Raises InvalidCase
    where the workbook holds no plan or its case has faults, OSError where the file cannot be opened.
    """
    return _read(source, _sheets(source, guarded), guarded)


def _sheets(source: Source, guarded: bool) -> dict[str, list[list[Any]]]:
    """The cells of each sheet, by its folded name."""
    book = open_book(source, guarded=guarded)
    if not book.sheets:
        raise InvalidCase(book.faults)
    return {fold_title(sheet.name): sheet.rows for sheet in book.sheets}


def _read(
    source: Source, rows: Mapping[str, list[list[Any]]], guarded: bool
) -> tuple[Case, dict[str, Table], dict[str, Any]]:
    from optimiser.verbs import read

    absent = [name for name in ("Spend", "Proof") if fold_title(name) not in rows]
    if absent:
        cure = "take a workbook that `optimiser solve -o` wrote"
        raise InvalidCase([Fault(name, "", "S01", "no such sheet", "the sheets of a plan", cure) for name in absent])
    tables = {name: _table(SPEC[name], rows.get(fold_title(name), [])) for name in ORDER}
    proof = {as_text(row[0]): row[1] for row in rows["proof"][1:] if len(row) > 1 and row[0] != ""}
    return read(source, guarded=guarded), tables, proof


def _table(spec: Sheet, rows: list[list[Any]]) -> Table:
    """A plan's table from the cells of its sheet; what is missing or no number is NaN, so that it is found."""
    titles = [fold_title(as_text(v)) for v in rows[0]] if rows else []
    body = [row for row in rows[1:] if any(v != "" for v in row)]
    made: dict[str, Array] = {}
    for column in spec.columns:
        at = titles.index(fold_title(column.name)) if fold_title(column.name) in titles else -1
        cells = [row[at] if at >= 0 else "" for row in body]
        if column.type == "number":
            made[column.name] = np.array([_number(v) for v in cells], float)
        elif column.type == "flag":
            made[column.name] = np.array([as_text(v).lower() in ("yes", "true") for v in cells], bool)
        else:
            made[column.name] = text(as_text(v) for v in cells)
    return Table(spec.name, made)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else float("nan")


# -- checking -------------------------------------------------------------------------------------------------------------


def verify_workbook(source: Source, *, guarded: bool = False) -> list[Broken]:
    """Everything that is wrong with a workbook's plan: sheets that differ from what was written, then what it breaks.

    Raises as read_plan does.
    """
    rows = _sheets(source, guarded)
    case, tables, proof = _read(source, rows, guarded)
    found = {
        **_hashes({**case.tables, **tables}),
        "sha256 Summary": values_sha256([row[:1] for row in rows.get("summary", [])]),
        "sha256 Proof": values_sha256([row[:2] for row in rows["proof"][1:] if row[0] != "sha256 Proof"]),
    }
    whole = as_text(proof.get("whole", "yes")).lower() != "no"
    return [*_changed(case, tables, proof, found), *verify(case, tables, whole=whole)]


def _changed(
    case: Case, tables: Mapping[str, Table], proof: Mapping[str, Any], found: Mapping[str, str]
) -> list[Broken]:
    """The sheets whose content is not what Proof says. found: the hash of each sheet as it is now."""
    said = {key: as_text(value) for key, value in proof.items() if key.startswith("sha256 ")}
    changed = [key.removeprefix("sha256 ") for key in {**said, **found} if said.get(key) != found.get(key)]
    if as_text(proof.get("tables_sha256", "")) != tables_sha256(tables) and not {*changed} & {*SPEC}:
        changed.append("Proof")
    # Of inputs with numbers of more than 15 digits, which no workbook holds, the hash is that of the numbers in full.
    comparable = as_text(proof.get("inputs_in_15_digits", "yes")) != "no" and not {*changed} & {*case.tables}
    if comparable and as_text(proof.get("inputs_sha256", "")) != case.sha256:
        changed.append("Proof")
    if len(changed) > 1 and "Proof" in changed and proof.get("sha256 Proof") == found["sha256 Proof"]:
        changed.remove("Proof")
    return [
        Broken("changed", sheet, 0.0, 1.0, 1.0, f"The sheet {sheet} is not what it was when the plan was written.")
        for sheet in dict.fromkeys(changed)
    ]
