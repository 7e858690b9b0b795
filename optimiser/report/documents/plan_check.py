"""Whether a plan's workbook is what the program wrote and what its case allows, as a reader sees it; without a solver.

The workbook is made again from its parts: the derived tables from the decision, Summary and Proof from both. What differs
is found, and so is what a spreadsheet program would show otherwise than it stands in the file (`plan_look`). What people
add beside is left in peace, and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optimiser import __version__
from optimiser.case.faults import shown
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.shown import ShownFile, look
from optimiser.case.settings import parse_objective
from optimiser.case.spec import BY_NAME
from optimiser.case.tolerances import SAME
from optimiser.plan.claims import beyond, unfounded
from optimiser.plan.digest import values_sha256
from optimiser.plan.tables import SPEC, Plan
from optimiser.plan.verify import Broken, verify
from optimiser.report.documents.best_check import Best, proof_of_best
from optimiser.report.documents.plan_look import Seen, VerifiedPart, seen_otherwise
from optimiser.report.documents.plan_reading import PlanBook, SheetFound, Source, is_total, plan_book
from optimiser.report.documents.plan_workbook import proof_of
from optimiser.report.documents.summary import plan_as_proven, summary_lines
from optimiser.report.documents.summary_check import SummaryFound, compare_summary, places, same_cell

NOT_BEST = (
    "that this is the best plan: that no better one exists follows from the bound in Proof; --best proves that bound again "
    "where Proof holds a certificate, and a solver (optimiser solve) finds it anew"
)
BESIDE = "comments, headers and footers, what prints, what charts and pictures show, words and signs of currency in number formats"
INPUTS = "whether the inputs are those that were agreed: compare their hash with the one that you have"
WHY = "whether the reasons on the sheet Why are so (only that they are as they were written)"
LOOK = (
    "how an .ods file looks (number formats, colours, hidden rows and columns, formulas with their values): save it as .xlsx "
    "to have that looked at"
)


@dataclass(frozen=True)
class Verdict:
    """What verifying a workbook found. broken: what is wrong; remarks: what stands in the file and is no part of the plan;
    not_checked: what nobody may take for verified; inputs_sha256: of the case that the workbook holds."""

    broken: tuple[Broken, ...]
    remarks: tuple[str, ...]
    not_checked: tuple[str, ...]
    inputs_sha256: str
    best: Best | None = None
    """What the certificate proves, where it was asked for."""


def verify_workbook(source: Source, *, guarded: bool = False) -> list[Broken]:
    """Everything that is wrong with a workbook's plan. Raises as `inspect` does."""
    return list(inspect(source, guarded=guarded).broken)


def inspect(source: Source, *, guarded: bool = False, best: bool = False) -> Verdict:
    """Everything that is wrong with a workbook's plan, what is not the plan's, and what was not checked.

    guarded: read in a child process with limited memory and time, for files that others uploaded. best: prove again that
    no plan is better, from the certificate in Proof. Raises InvalidCase where the workbook holds no plan or its case has
    faults, OSError where the file cannot be opened.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    book = open_book(data, guarded=guarded)
    shown_file = look(data) if book.sheets else None
    found = plan_book(book, _without_values(shown_file, book.sheets))
    plan = plan_in(found)
    summary = (
        compare_summary(found.free["Summary"], summary_lines(plan, found.tables)) if "Summary" in found.free else None
    )
    seen = seen_otherwise(shown_file, _parts(found, summary)) if shown_file else Seen((), ())
    broken = [
        *_twins(found),
        *(Broken("shown", sheet, 0.0, 1.0, 1.0, sentence) for sheet, sentence in seen.wrong),
        *_hidden(found),
        *(changed := list(_changed(found, plan))),
        *([] if changed else _summary(summary, found)),
        *_sums(found),
        *unfounded(plan),
        *(b for b in verify(found.case, found.tables, whole=plan.proof.whole) if _ours(found) or not _only_words(b)),
    ]
    remarks = [*_remarks(found, summary, plan), *seen.remarks]
    over = [f"the figures of Proof for {name}, which the tables of one plan do not make" for name in beyond(plan)]
    of_the_file = [*([WHY] if "Why" in found.free else []), BESIDE, *([] if shown_file else [LOOK])]
    proven = proof_of_best(plan) if best else None
    if proven is not None:
        broken += proven.broken
    not_best = (NOT_BEST,) if proven is None else proven.not_checked
    not_checked = (*not_best, INPUTS, *over, *of_the_file)
    return Verdict(tuple(dict.fromkeys(broken)), tuple(dict.fromkeys(remarks)), not_checked, found.case.sha256, proven)


def _without_values(file: ShownFile | None, sheets: tuple[Any, ...]) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas without a value, by sheet and cell."""
    if file is None or not any(code == "N13" for sheet in sheets for code, _ in sheet.marks.values()):
        return {}
    return {
        sheet.name: {(c.row, c.column): c.formula for c in file.cells(sheet) if c.formula and not c.text}
        for sheet in file.sheets
        if sheet.kind == "worksheet"
    }


def plan_in(found: PlanBook) -> Plan:
    """The plan of the workbook, with the objectives for which Proof says that it was made."""
    case = found.case
    try:
        objective = parse_objective(as_text(found.proof.get("setting objective", "")))
    except ValueError:
        objective = case.settings.objective
    return plan_as_proven(
        replace(case, settings=replace(case.settings, objective=objective)), found.tables, found.proof
    )


# -- what is wrong --------------------------------------------------------------------------------------------------------


def _said(item: str, sentence: str, constraint: str = "changed") -> Broken:
    return Broken(constraint, item, 0.0, 1.0, 1.0, sentence)


def _twins(found: PlanBook) -> Iterator[Broken]:
    for name, other in found.twins:
        sentence = f"The sheets {shown(name)} and {shown(other)} look alike: a reader cannot tell which is the plan's."
        yield _said(name, sentence, "shown")
    for table in found.found.values():
        for title in table.twins:
            sentence = f"{table.name} has a second column {shown(title)}: a reader cannot tell which is the plan's."
            yield _said(table.name, sentence, "shown")


def _hidden(found: PlanBook) -> Iterator[Broken]:
    sheets = {**{name: f.sheet for name, f in found.found.items()}, **found.free}
    for name, sheet in sheets.items():
        if sheet.hidden:
            yield _said(name, f"The sheet {name} is hidden: a reader does not see what was verified.", "shown")


def _changed(found: PlanBook, plan: Plan) -> Iterator[Broken]:
    """What Proof says, against the rows that the sheets make; then Proof itself."""
    proof = found.proof
    case_tables = {name: found.case.tables[name] for name in found.case.tables}
    right = dict(proof_of(plan, found.tables, case_tables))
    said = {key: proof.get(key) for key in {**right, **proof} if key.startswith("sha256 ")}
    changed = []
    for key, value in said.items():
        name = key.removeprefix("sha256 ")
        if name not in ("Why", "Proof") and as_text(value or "") != as_text(right.get(key, "")):
            changed.append(name)
    if _why(found) != as_text(proof.get("sha256 Why", "")):
        changed.append("Why")
    rows = found.free["Proof"].rows[1 : found.proof_end]
    own = values_sha256([row[:2] for row in rows if row and as_text(row[0]) not in ("", "sha256 Proof")])
    if as_text(proof.get("sha256 Proof", "")) != own:
        changed.append("Proof")
    for name in changed:
        yield _said(name, f"The sheet {name} is not what it was when the plan was written.")
    if changed:
        return
    for key in {**right, **proof}:
        if key not in proof and not _ours(found):  # a setting that came with a later version
            continue
        if key.startswith("sha256 ") or key == "lines Why" or same_cell(proof.get(key, ""), right.get(key, "")):
            continue
        sentence = f"Proof says {shown(as_text(proof.get(key, '')))} for {key}, the workbook makes it {shown(as_text(right.get(key, '')))}."
        yield _said("Proof", sentence)


def _why(found: PlanBook) -> str:
    """The hash of the lines of Why, "" where there is none; what stands below them is somebody's note."""
    sheet, lines = found.free.get("Why"), found.proof.get("lines Why", 0)
    if sheet is None:
        return ""
    filled = [row for row in sheet.rows if any(as_text(v) != "" for v in row)]
    return values_sha256(filled[: int(lines) if isinstance(lines, float | int) else 0])


def _summary(summary: SummaryFound | None, found: PlanBook) -> Iterator[Broken]:
    """Of sheets that are as they were written: what Summary says of them otherwise."""
    if summary is None:
        yield _said("Summary", "The sheet Summary is missing.")
        return
    for sentence in (*summary.wrong, *(summary.words if _ours(found) else ())):
        yield _said("Summary", sentence)


def _ours(found: PlanBook) -> bool:
    """Whether this version wrote the workbook, so that its words are those that it would write."""
    return as_text(found.proof.get("version optimiser", "")) == __version__


def _only_words(item: Broken) -> bool:
    """Whether what differs is the sentence for a rule, which another version may put otherwise."""
    return item.constraint == "total" and item.item.startswith("Compliance: ") and item.item.endswith(", sentence")


def _sums(found: PlanBook) -> Iterator[Broken]:
    """Rows in which somebody added a table up, and did not get its sum."""
    for table in found.found.values():
        spec = SPEC.get(table.name) or BY_NAME[table.name]
        for (row, column), value in table.others.items():
            name = table.columns.get(column)
            if name is None or not isinstance(value, float | int):
                continue
            if not is_total(spec, table.sheet, table.columns, row):
                continue
            right = sum(v for v in table.values(name) if isinstance(v, float | int))
            if abs(value - right) > SAME * max(1.0, abs(right)):
                place = f"{table.name}!{places([(row, column)])}"
                yield _said(
                    table.name,
                    f"{place} gives a total of {as_text(value)}, the lines above it add up to {as_text(float(right))}.",
                )


# -- what is not the plan's -----------------------------------------------------------------------------------------------


def _remarks(found: PlanBook, summary: SummaryFound | None, plan: Plan) -> Iterator[str]:
    for sheet in found.others:
        how = "a hidden sheet and " if sheet.hidden else ""
        yield f"{sheet.name} is {how}no part of the plan: it was not looked at."
    beside: dict[str, Mapping[tuple[int, int], Any]] = {name: f.others for name, f in found.found.items()}
    beside["Summary"] = summary.others if summary else {}
    beside["Proof"] = _beside_proof(found)
    beside["Why"] = _below_why(found)
    for name, cells in beside.items():
        if cells:
            first = shown(as_text(next(iter(cells.values()))))
            yield f"{name}!{places(list(cells))} ({first}): added by somebody, no part of the plan and not checked."
    for name, lost in found.restored.items():
        if lost:
            yield f"{name}!{places(list(lost))}: another program made a formula of what was text; it is read as the text."
    if summary and not _ours(found):
        version = as_text(found.proof.get("version optimiser", "")) or "another version"
        yield from (f"{sentence} (Written by version {version}.)" for sentence in summary.words)
    if plan.case.settings.objective != found.case.settings.objective:
        yield f"The plan was made for another objective than the case says: {as_text(found.proof.get('setting objective', ''))}."


def _beside_proof(found: PlanBook) -> dict[tuple[int, int], Any]:
    cells = found.free["Proof"].filled()
    return {(i, j): v for (i, j), v in cells.items() if j > 2 or i > found.proof_end}


def _below_why(found: PlanBook) -> dict[tuple[int, int], Any]:
    sheet, lines = found.free.get("Why"), found.proof.get("lines Why", 0)
    if sheet is None or not isinstance(lines, float | int):
        return {}
    cells = sheet.filled()
    below = list(dict.fromkeys(i for i, _ in cells))[int(lines) :]
    return {at: v for at, v in cells.items() if at[0] in below}


# -- where to look --------------------------------------------------------------------------------------------------------


def _parts(found: PlanBook, summary: SummaryFound | None) -> dict[str, VerifiedPart]:
    """What of each sheet was verified, by the sheet's own name in the file."""
    made: dict[str, VerifiedPart] = {}
    for name, table in found.found.items():
        units = _units(table)
        made[table.sheet.name] = VerifiedPart(
            name, table.sheet, frozenset((1, *table.rows)), units, restored=found.restored[name]
        )
    proof = found.free["Proof"]
    made[proof.name] = VerifiedPart("Proof", proof, frozenset(range(1, found.proof_end + 1)), {1: "exact", 2: "exact"})
    if summary:
        sheet = found.free["Summary"]
        rows, columns = {r for r, _ in summary.cells}, {c for _, c in summary.cells}
        made[sheet.name] = VerifiedPart(
            "Summary",
            sheet,
            frozenset(rows),
            dict.fromkeys(columns, ""),
            summary.cells,
            summary.formulas,
            summary.missing,
        )
    why = found.free.get("Why")
    if why is not None:
        rows_of_why, below = ({i for i, _ in cells} for cells in (why.filled(), _below_why(found)))
        # Its figures are shown rounded: they are there to be read.
        columns_of_why = dict.fromkeys(range(1, len(why.rows[0]) + 1), "money")
        made[why.name] = VerifiedPart("Why", why, frozenset(rows_of_why - below), columns_of_why)
    return made


def _units(table: SheetFound) -> dict[int, str]:
    spec = SPEC.get(table.name) or BY_NAME[table.name]
    units = {c.name: c.unit for c in spec.columns}
    # The limits of rules are in all units: each is shown as its rule is.
    return {j: "money" if table.name == "Compliance" else units.get(name, "") for j, name in table.columns.items()}
