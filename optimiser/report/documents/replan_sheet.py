"""A re-plan as a workbook (the reprogramming sheet first), as the sheet alone, and as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from optimiser.analysis.replanning.replan import Replan
from optimiser.analysis.replanning.reprogramming import MoneyMove
from optimiser.case.reading.cells import no_formula
from optimiser.plan.tables import SPEC
from optimiser.report.documents.replan_text import summary
from optimiser.report.documents.report_sheets import Book, SheetLine
from optimiser.report.documents.result_json import as_json as of_plan
from optimiser.report.documents.result_json import plain

MONEY = "#,##0.00"
WIDTHS = (28.0, 16.0, 20.0, 16.0, 16.0, 20.0, 16.0, 14.0, 22.0, 26.0, 60.0)
PLAN_SHEETS = ("Spend", "Awards", "Balances", "Compliance")


def as_json(result: Replan) -> dict[str, Any]:
    """One object of plain numbers and text; `plan` is as `solve --json` prints it."""
    made = {
        "through": result.through,
        "unkeepable": [b.sentence for b in result.unkeepable],
        "certain": [b.sentence for b in result.certain],
        "by_past": result.by_past,
        "moved": result.moved,
        "moves": [dict(zip(MoneyMove.TITLES, m.row(), strict=True)) for m in result.moves],
        "approvals": [asdict(a) for a in result.approvals],
        "transfers": [asdict(t) for t in result.transfers],
        "deviations": [{**asdict(d), "difference": d.difference} for d in result.deviations],
        "notes": list(result.notes),
    }
    return {**{key: plain(value) for key, value in made.items()}, "plan": of_plan(result.plan)}


def write(result: Replan, target: str | Path) -> None:
    """The reprogramming sheet with the new plan (.xlsx), the sheet alone (.csv), or the object (.json).

    Raises ValueError for another ending.
    """
    path = Path(target)
    if path.suffix == ".json":
        path.write_text(json.dumps(as_json(result), ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")
    elif path.suffix == ".csv":
        import csv

        with path.open("w", encoding="utf-8", newline="") as file:
            made = csv.writer(file)
            made.writerows([MoneyMove.TITLES, *(map(no_formula, m.row()) for m in result.moves)])
    elif path.suffix == ".xlsx":
        _book(result).save(path)
    else:
        raise ValueError(f"{path.name} should end in .xlsx, .csv or .json")


def _book(result: Replan) -> Book:
    book = Book(f"{result.plan.case.settings.name or 'Re-plan'}, inputs {result.plan.case.sha256[:16]}")
    _listed(book, "Reprogramming", MoneyMove.TITLES, [m.row() for m in result.moves], WIDTHS)
    approvals = [(a.fund, a.initiative, a.change, a.by) for a in result.approvals]
    _listed(book, "Approvals", ("fund", "initiative", "change", "approval"), approvals, (28.0, 16.0, 14.0, 30.0))
    titles = ("what", "period", "initiative", "agency", "fund", "category", "planned", "actual", "sentence")
    rows = [tuple(getattr(d, t) for t in titles) for d in result.deviations]
    _listed(book, "Deviations", titles, rows, (10.0, 10.0, 14.0, 20.0, 28.0, 16.0, 14.0, 14.0, 60.0))
    book.add_lines("Summary", [SheetLine((line,)) for line in summary(result).split("\n")], (120.0,))
    for name in PLAN_SHEETS if result.plan.has_plan else ():
        table, spec = result.plan.tables[name], SPEC[name]
        book.add_table(spec, table, {c.name: "#,##0.##" for c in spec.columns if c.type == "number"})
    return book


def _listed(
    book: Book, name: str, titles: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float]
) -> None:
    """A sheet with a head and plain rows; money with its cents, shares of scope (levels) as they are."""
    lines = [SheetLine(titles, "head")]
    for row in rows:
        level = name == "Deviations" and row[0] == "level"
        formats = ["0.0%" if level else MONEY if isinstance(v, float) else "" for v in row]
        lines.append(SheetLine(row, formats=formats))
    book.add_lines(name, lines, widths, frozen="A2")
