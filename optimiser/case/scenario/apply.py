"""Scenarios: named sets of changes to a case, applied to its tables.

    edited, faults = apply(tables, changes(tables["Scenarios"], "grant cut by a fifth"))

Only the sheets that a scenario names are touched; the others are the same tables as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import numpy as np

from optimiser.case.checking.checks import check as check_tables
from optimiser.case.checking.default_rows import amounts_by_fund
from optimiser.case.checking.net import caught
from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, nearest
from optimiser.case.reading.costs import followed
from optimiser.case.reading.keys import ITEMS, connect
from optimiser.case.reading.workbook import Tables, in_order
from optimiser.case.review_scores import measured
from optimiser.case.scenario.changes import Change, ChangeFaults, Edit, read_change
from optimiser.case.scenario.edited import Context, Edited, EditedSheet, names_changed
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.case.table import Table
from optimiser.case.tolerances import HALF_A_CENT

BASE = "base"
"""The case unchanged."""
UNCHANGED = "the case unchanged"
"""What people call it."""
SCALED = "C08"
"""Code: contributions that follow their fund's amount."""
SHOWN = 6
"""Places that one fault lists; more are counted."""


def names(table: Table) -> tuple[str, ...]:
    """The scenarios of a Scenarios sheet, in the order of their first rows."""
    return tuple(dict.fromkeys(name for name in table["scenario"].tolist() if name))


def changes(table: Table, name: str) -> list[Change]:
    """The changes of one scenario; none for `base`. Raises ValueError, with the nearest name, where there is none."""
    known = names(table)
    if fold(name) == BASE and BASE not in map(fold, known):
        return []
    made = [
        Change(row["sheet"], row["where"], row["column"], row["change"], row["scenario"], row["note"], k)
        for k, row in enumerate(table.records())
        if fold(row["scenario"]) == fold(name)
    ]
    if not made:
        near = nearest(name, known)
        told = f"did you mean {near}?" if near else f"there are {', '.join(known)}." if known else "there is none."
        raise ValueError(f"no scenario is called {shown(name)}: {told}")
    return made


def changes_of(rows: Sequence[Mapping[str, object]]) -> list[Change]:
    """Changes that stand on no sheet, from records with `sheet`, `where`, `column` and `change`. Raises TypeError for others."""
    rows = [rows] if isinstance(rows, str | Mapping) else list(rows)
    if not all(isinstance(row, Mapping) for row in rows):
        raise TypeError("Changes are a list of records: [{'sheet': …, 'where': …, 'column': …, 'change': …}].")
    listed = [{key: str(row.get(key) or "") for key in ("sheet", "where", "column", "change", "note")} for row in rows]
    return [Change(**row, row=k) for k, row in enumerate(listed)]


@dataclass(frozen=True, eq=False)
class Applied:
    """Tables after a scenario's changes. faults: of the changes, each in its cell of the Scenarios sheet; edited:
    sheet -> what was changed there; scaled: funds whose installments followed their amount."""

    tables: Tables
    faults: tuple[Fault, ...]
    edited: Mapping[str, Edited] = field(default_factory=dict)
    scaled: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether there is an error among the faults."""
        return any(f.level == "error" for f in self.faults)


def apply(tables: Tables, listed: Sequence[Change]) -> tuple[Tables, tuple[Fault, ...]]:
    """The tables after these changes (those before them where there is an error), and the faults of the changes."""
    made = applied(tables, listed)
    return made.tables, made.faults


def applied(tables: Tables, listed: Sequence[Change]) -> Applied:
    """As `apply`, with what was changed where."""
    report = ChangeFaults(tables)
    edits = [edit for change in listed if (edit := read_change(change, tables, report)) is not None]
    for change in listed:
        if fold(change.scenario) == BASE:
            expected = f"a name other than {BASE}, which is the case unchanged"
            report.add(change, "scenario", "C09", shown(change.scenario), expected, "rename the scenario")
    context = Context.of(tables.tables, edits)
    edited: dict[str, Edited] = {}
    for sheet in SHEETS:
        mine = tuple(e for e in edits if e.sheet is sheet)
        if mine and sheet.name != "Installments":
            edited[sheet.name] = EditedSheet(sheet, mine, context, report).run()
    made = {**tables.tables, **{name: e.table for name, e in edited.items()}}
    _contributions(made, edited, context, report)
    scaled = _installments(made, tuple(e for e in edits if e.sheet.name == "Installments"), edited, context, report)
    if report.broken():
        return Applied(tables, tuple(report.faults))
    made = followed(tables.tables, made) if edited.keys() & {"Initiatives", "Costs"} else made
    _overridden_scores(made, edited, report)
    _left_behind(made, edited, report)
    after = replace(tables, tables=made, faults=())
    if not report.broken() and any(names_changed(e, BY_NAME[name]) for name, e in edited.items()):
        connected, found = connect(made, after.place)
        after = replace(after, tables=connected)
        report.faults += [_moved(f, after, edited, report) or f for f in found]
    if report.broken():
        after = tables
    return Applied(after, tuple(report.faults), edited, scaled)


def consequences(
    faults: Sequence[Fault], made: Applied, scenario: str, before: Sequence[Fault] = ()
) -> tuple[Fault, ...]:
    """Faults of the changed tables: those of changed cells stand in the cell of the Scenarios sheet that changed
    them, the others say which scenario they belong to. before: what was found without the changes, kept as it is."""
    report = ChangeFaults(made.tables)
    known = {(f.level, f.code, f.found): f for f in before}
    told = f" (in the scenario {scenario})" if scenario else " (after the changes)"
    listed = []
    for fault in faults:
        if fault.code == "N09" and fault.sheet == "Installments" and made.scaled:
            continue  # parts of a cent that scaling leaves are nobody's slip of the pen
        kept = known.get((fault.level, fault.code, fault.found)) or _moved(fault, made.tables, made.edited, report)
        listed.append(kept or replace(fault, cure=f"{fault.cure.rstrip('.')}{told}"))
    return tuple(listed)


def _moved(fault: Fault, tables: Tables, edited: Mapping[str, Edited], report: ChangeFaults) -> Fault | None:
    """A fault of a cell that a change made, in the cell of that change; None for other faults."""
    name = next((n for n in edited if tables.titles.get(n, n) == fault.sheet), "")
    if not name:
        return None
    letters = {letter: column for column, letter in tables.letters.get(name, {}).items()}
    address = re.fullmatch(r"([A-Z]*)(-?\d+)", fault.cell)
    if address is not None:  # in a worksheet
        at = np.flatnonzero(tables[name].rows == int(address[2]))
        column, record = letters.get(address[1], ""), int(at[0]) if len(at) else -1
    else:  # in plain records
        column, _, row = fault.cell.partition(", row ")
        record = int(row or 0) - 1
    edit = edited[name].edit_at(record, column) if 0 <= record < len(tables[name]) else None
    if edit is None:
        return None
    sheet, cell = report.cell(edit.change, "change")
    return replace(fault, sheet=sheet, cell=cell, found=f"{fault.found} in {name}, {column}")


def _contributions(
    made: dict[str, Table], edited: Mapping[str, Edited], context: Context, report: ChangeFaults
) -> None:
    """Contributions scaled with the amount of their fund where `*` changes it, and said (C08); those that the scenario
    changes itself are left as it says."""
    funds = edited.get("Funds")
    by = funds.by.get("amount") if funds is not None else None
    if funds is None or by is None:
        return
    old, new = amounts_by_fund(context.tables), amounts_by_fund(made)
    paid = set(made["Contributions"]["fund"].tolist())
    own = _funds_touched(edited["Contributions"]) if "Contributions" in edited else set()
    factors: dict[int, list[str]] = {}
    for k in np.flatnonzero(by >= 0).tolist():
        fund = funds.table["fund"][k]
        if funds.edits[int(by[k])].operation == "*" and fund in paid - own and old.get(fund, 0.0) > 0:
            factors.setdefault(int(by[k]), []).append(fund)
    listed = [fund for some in factors.values() for fund in some]
    made["Contributions"] = _scaled(made["Contributions"], {fund: (new[fund], old[fund]) for fund in listed})
    for number, some in factors.items():
        cure = (
            "the contributions are scaled alike; where they are not, add rows that set them on the sheet Contributions"
        )
        change = funds.edits[number].change
        found = f"{change.change.strip()} of {_some(some)}, into which agencies pay"
        report.add(change, "change", SCALED, found, "an amount that contributions fit into", cure, "warning")


def _installments(
    made: dict[str, Table], edits: tuple[Edit, ...], edited: dict[str, Edited], context: Context, report: ChangeFaults
) -> tuple[str, ...]:
    """Installments scaled with their fund's amount, then changed; the funds that were scaled.

    Where a scenario's own changes of the installments add up to the new amount without scaling, they are not scaled.
    """
    if not edits and (not len(made["Installments"]) or not edited.keys() & {"Funds", "Contributions"}):
        return ()
    old, new = amounts_by_fund(context.tables), amounts_by_fund(made)
    follow = {fund for fund, money in new.items() if old.get(fund, 0.0) > 0 and money != old[fund]}
    scaled = _scaled(context.tables["Installments"], {f: (new[f], old[f]) for f in follow})
    if edits:
        sheet = BY_NAME["Installments"]
        trial = ChangeFaults(report.tables)
        result = EditedSheet(sheet, edits, context.with_table(scaled), trial).run()
        alone = follow & _funds_touched(result) - _adding_up(result.table, new)
        if alone:
            follow -= alone
            trial = ChangeFaults(report.tables)
            scaled = _scaled(context.tables["Installments"], {f: (new[f], old[f]) for f in follow})
            result = EditedSheet(sheet, edits, context.with_table(scaled), trial).run()
        report.faults += trial.faults
        edited["Installments"] = result
        scaled = result.table
    made["Installments"] = scaled
    return tuple(sorted(follow & set(scaled["fund"].tolist())))


def _scaled(rows: Table, follow: Mapping[str, tuple[float, float]]) -> Table:
    """Installments of these funds times the new amount over the old one, as decimals."""
    amount = rows["amount"].copy()
    for fund, (new, old) in follow.items():
        mine = np.flatnonzero(rows["fund"] == fund)
        up, down = Decimal(repr(new)), Decimal(repr(old))
        amount[mine] = [float(Decimal(repr(v)) * up / down) for v in amount[mine].tolist()]
    return rows.replace(amount=amount)


def _funds_touched(edited: Edited) -> set[str]:
    """Funds with an installment that a change wrote, or removed."""
    touched = {int(r) for by in edited.by.values() for r in np.flatnonzero(by >= 0)}
    return {*(edited.table["fund"][r] for r in touched), *(edited.old["fund"][r] for r, _ in edited.removed)}


def _adding_up(rows: Table, amounts: Mapping[str, float]) -> set[str]:
    """Funds whose installments add up to their amount."""
    totals = rows.sums("fund", "amount").items()
    return {fund for fund, total in totals if abs(total - amounts.get(fund, np.inf)) <= HALF_A_CENT}


def _overridden_scores(tables: Mapping[str, Table], edited: Mapping[str, Edited], report: ChangeFaults) -> None:
    """A warning where a changed score has no effect, since Performance has rows that make it."""
    for sheet, of in (("Initiatives", "initiative"), ("Agencies", "agency")):
        by = edited[sheet].by.get("score") if sheet in edited else None
        if by is None:
            continue
        rated = measured(tables, of)
        for k in np.flatnonzero(by >= 0).tolist():
            name = tables[sheet][of][k]
            if name in rated:
                change = edited[sheet].edits[int(by[k])].change
                found, cure = f"the score of {name}", "change `actual` on the sheet Performance instead"
                expected = "a score that is not made from targets and actuals"
                report.add(change, "column", "C07", found, expected, f"it has no effect: {cure}", "warning")


def _left_behind(tables: Mapping[str, Table], edited: Mapping[str, Edited], report: ChangeFaults) -> None:
    """A fault for each key that is removed (or renamed) and that other rows still refer to; it names these rows."""
    for sheet, made in edited.items():
        key = BY_NAME[sheet].columns[0].name
        left = {fold(v) for v in tables[sheet][key].tolist()}
        gone: dict[str, Edit] = {}
        for record, edit in made.removed:
            gone.setdefault(made.old[key][record], edit)
        if key in made.by and not made.removed and len(made.table) >= len(made.old):
            for k in np.flatnonzero(made.by[key][: len(made.old)] >= 0).tolist():
                gone.setdefault(made.old[key][k], made.edits[int(made.by[key][k])])
        for name, edit in gone.items():
            places = _references(tables, sheet, name) if fold(name) not in left else []
            if places:
                does = "remove" if edit.operation == "remove" else "rename"
                cure = f"{does} it in these rows too, by further rows of the scenario"
                if sheet in ("Agencies", "Initiatives"):
                    cure += "; or leave the row and set its maximum to 0"
                expected = f"no other row that refers to {name}"
                found = (
                    f"{name}, to which {len(places)} row{'s refer' if len(places) > 1 else ' refers'}: {_some(places)}"
                )
                report.add(edit.change, "change", "C06", found, expected, cure)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _references(tables: Mapping[str, Table], sheet: str, name: str) -> list[str]:
    """Sheet, row and column of every cell that refers to a key of `sheet`."""
    places = []
    for other in SHEETS:
        table = tables[other.name]
        for column in other.columns:
            hit = table[column.name] == name if column.refers == sheet else None
            if other.name == "Performance" and column.name == "item":
                kind = next((of for of, target in ITEMS.items() if target == sheet), "")
                hit = (table["item"] == name) & (table["of"] == kind)
            if hit is not None:
                places += [
                    f"{other.name} row {int(table.rows[i]) if table.rows[i] > 0 else i + 1}"
                    for i in np.flatnonzero(hit).tolist()
                ]
    return places


def check_scenarios(tables: Tables, look: Callable[[Tables], list[Fault]] = check_tables) -> list[Fault]:
    """Every fault of the Scenarios sheet: what cannot be read or matches nothing, and as a warning, what would make
    the case invalid when the scenario is applied (base can be solved all the same).

    tables: of a case without errors; look: what finds the faults of tables.
    """
    faults: list[Fault] = []
    known = set(look(tables)) if len(tables["Scenarios"]) else set()
    place = tables.place("Scenarios", "scenario")
    written = tables["Scenarios"]["scenario"].tolist()
    for name in names(tables["Scenarios"]):
        one = partial(_check_scenario, tables, name, known, look)
        faults += caught(place.sheet, one, place.cell(written.index(name)))
    return in_order(dict.fromkeys(faults))


def _check_scenario(
    tables: Tables, name: str, known: set[Fault], look: Callable[[Tables], list[Fault]]
) -> Iterator[Fault]:
    """The faults of one scenario; known: those that the case has without it."""
    made = applied(tables, changes(tables["Scenarios"], name))
    yield from (f for f in made.faults if f.code != SCALED)  # said where the scenario is used
    if not made.broken:
        found = [f for f in look(made.tables) if f not in known and f.level == "error"]
        yield from (replace(f, level="warning") for f in consequences(found, made, name))
