"""What agencies sent back, merged into the case by agency and ID: each file gets a verdict, and nobody changes what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.intake.own import BY_INITIATIVE, OFFICE, OWN, SHARED, WAS, Record, Records, is_own, led_by, own_rows
from optimiser.case.maps.into import records_of
from optimiser.case.names import fold
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.case.reading.which import STAMP_SHEET
from optimiser.case.reading.workbook import Tables, tables_of
from optimiser.case.settings import setting_in
from optimiser.case.spec import BY_NAME

Check = Callable[[Records], Sequence[Fault]]
"""Every fault of a whole case, from its records."""
_FORGIVEN = ("S01", "S13", "K02", "K06")
"""Faults that a part of a case has by itself, and the whole case is asked about."""


@dataclass(frozen=True)
class ReturnedFile:
    """One file that came back. verdict: taken, replaced (by a newer one of the same agency) or refused; rows: of the agency
    in it; changed: cells that differ from the case; asks: the sum of its requests; faults: for its sender."""

    file: str
    agency: str = ""
    verdict: str = "refused"
    rows: int = 0
    changed: int = 0
    asks: float = 0.0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class AgencyStanding:
    """Where an agency stands. state: answered, faults or missing; asks and last_year: of its initiatives (None: not known)."""

    agency: str
    state: str
    initiatives: int
    last_year: float
    asks: float | None
    changed: int = 0


@dataclass(frozen=True)
class Intake:
    """What came back. records: of the case with all that was taken."""

    answers: tuple[ReturnedFile, ...]
    records: Mapping[str, Sequence[Record]]
    board: tuple[AgencyStanding, ...]

    @property
    def missing(self) -> list[str]:
        """Agencies of which nothing came back."""
        return [s.agency for s in self.board if s.state == "missing"]


@dataclass(frozen=True)
class _Sent:
    """A file while it is judged. new: its rows by table; order: later ones replace earlier ones."""

    file: str
    agency: str
    tables: Tables | None
    new: Mapping[str, list[Record]]
    faults: tuple[Fault, ...]


def merge(files: Sequence[tuple[str, bytes]], records: Records, check: Check, *, guarded: bool = True) -> Intake:
    """The case with what came back. files: name and bytes, the oldest first; check: finds every fault of a whole case."""
    base = {name: [dict(r) for r in rows] for name, rows in records.items()}
    before = {_same(f) for f in check(base) if f.level == "error"}
    sent = [_read(name, data, base, guarded) for name, data in files]
    sent = _claims(sent, base)
    taken = set[str]()
    answers: dict[int, ReturnedFile] = {}
    for n, one in reversed(list(enumerate(sent))):  # the newest that can be taken replaces those before it
        rows = sum(map(len, one.new.values()))
        answer = ReturnedFile(one.file, one.agency, rows=rows, asks=_asks(one.new), faults=one.faults)
        answers[n] = answer
        if _errors(one.faults) or not one.agency:
            continue
        if fold(one.agency) in taken:
            answers[n] = replace(answer, verdict="replaced")
            continue
        trial = _put(base, one)
        found = [f for f in check(trial) if f.level == "error" and _same(f) not in before]
        if found:
            answers[n] = replace(answer, faults=(*one.faults, *(_in_file(f, trial, one) for f in found)))
        else:
            answers[n] = replace(answer, verdict="taken", changed=_changed(base, trial))
            base = trial
            taken.add(fold(one.agency))
    return Intake(tuple(answers[n] for n in range(len(sent))), base, _board(records, base, list(answers.values())))


def _errors(faults: Sequence[Fault]) -> bool:
    return any(f.level == "error" for f in faults)


def _same(fault: Fault) -> tuple[str, str, str, str]:
    return fault.sheet, fault.code, fault.found, fault.expected


# -- one file -------------------------------------------------------------------------------------------------------------


def _read(name: str, data: bytes, base: Records, guarded: bool) -> _Sent:
    """A file, with what is wrong with it by itself and against the case."""
    book = open_book(data, guarded=guarded)
    if _errors(book.faults):
        return _Sent(name, "", None, {}, book.faults)
    stamp = _stamp(book)
    if stamp is None:
        cure = "fill in the request workbook that was sent, or bring this file in by optimiser import"
        what = "a workbook without the stamp of a request"
        fault = Fault(name, "", "I01", what, "a request workbook of this round", cure)
        return _Sent(name, "", None, {}, (fault,))
    agencies = [str(r["agency"]) for r in base.get("Agencies", ())]
    agency = next((a for a in agencies if fold(a) == fold(stamp["agency"])), "")
    if not agency:
        what, cure = f"a request of {shown(stamp['agency'])}", "add the agency to the case, or leave the file out"
        fault = Fault(name, "", "I01", what, "an agency of the case", cure)
        return _Sent(name, stamp["agency"], None, {}, (fault,))
    old = _last_years(name, stamp, base)
    if old:
        return _Sent(name, agency, None, {}, (old,))
    tables = tables_of(book)
    read = records_of(tables.tables)
    new = {t: [_without_was(r) for r in read.get(t, ())] for t in OWN}
    for row in new["Initiatives"]:
        row.setdefault("lead", agency)
    faults = [f for f in tables.faults if f.code not in _FORGIVEN and f.level == "error"]
    faults += _shared(tables, read, base, agency)
    faults += _others(tables, new, base, agency)
    faults += _offices(tables, new, base, agency)
    faults += _left(name, new, base, agency)
    return _Sent(name, agency, tables, new, tuple(faults))


def _stamp(book: RawBook) -> dict[str, Any] | None:
    """Whose a workbook is and of which round; None where it does not say."""
    sheet = next((s for s in book.sheets if s.name == STAMP_SHEET), None)
    try:
        made = json.loads(str(sheet.rows[1][0])) if sheet else None
    except (ValueError, IndexError, RecursionError):
        return None
    if not isinstance(made, dict) or not isinstance(made.get("agency"), str):
        return None
    baselines = made.get("baselines")
    return {**made, "baselines": baselines if isinstance(baselines, dict) else {}}


def _last_years(name: str, stamp: Mapping[str, Any], base: Records) -> Fault | None:
    """The fault of a workbook that was sent in another round."""
    case = setting_in(base.get("Case", ()), "name")
    periods = [[str(r.get(c, "")) for c in ("period", "start", "end")] for r in base.get("Periods", ())]
    expected, cure = "the request workbook of this round", "send the one of this year; nothing of this file was taken"
    if str(stamp.get("case", "")) != str(case):
        what = f"a request for {shown(stamp.get('case', ''))}"
        return Fault(name, "", "I02", what, f"{expected}, {shown(case)}", cure)
    if stamp.get("periods") != periods:
        return Fault(name, "", "I02", "a request for other periods", expected, cure)
    now = {fold(str(r["initiative"])): float(r.get("baseline", 0) or 0) for r in base.get("Initiatives", ())}
    for key, value in stamp["baselines"].items():
        if fold(str(key)) in now and now[fold(str(key))] != value:
            what = f"last year's award of {shown(key)} as {plain_text(value)}"
            return Fault(name, "", "I02", what, f"{expected}, with {plain_text(now[fold(str(key))])}", cure)
    return None


def _without_was(record: Mapping[str, Any]) -> Record:
    return {c: v for c, v in record.items() if not c.startswith(WAS)}


def _cell(tables: Tables, table: str, column: str, i: int) -> tuple[str, str]:
    """Sheet and address of a cell of the file."""
    place = tables.place(table, column if column in tables.letters.get(table, {}) else BY_NAME[table].key[0])
    return place.sheet, place.cell(i)


def _shared(tables: Tables, read: Records, base: Records, agency: str) -> list[Fault]:
    """Changes of rows that all agencies share."""
    faults = []
    for table, columns in SHARED.items():
        key = BY_NAME[table].key[0]
        known = {fold(str(r[key])): r for r in base.get(table, ())}
        for i, row in enumerate(read.get(table, ())):
            own = known.get(fold(str(row.get(key, ""))))
            for column in columns if own is not None else (key,):
                if column not in tables.letters.get(table, {}):
                    continue
                there, here = (own or {}).get(column, ""), row.get(column, "")
                if _alike(there, here) or (column == "kind" and there == ""):
                    continue
                sheet, cell = _cell(tables, table, column, i)
                expected = f"the rows of {table} that were sent"
                if own is not None:
                    expected = f"{shown(plain_text(there))}, as in the case"
                cure = f"this row is shared, and {agency} may not change it: write what was sent, and ask the office"
                faults.append(Fault(sheet, cell, "I03", shown(plain_text(here)), expected, cure))
    return faults


def _others(tables: Tables, new: Mapping[str, list[Record]], base: Records, agency: str) -> list[Fault]:
    """Rows that belong to another agency."""
    faults = []
    leads = {fold(str(r["initiative"])): str(r.get("lead", "")) for r in base.get("Initiatives", ())}
    led = led_by(agency, base)
    for i, row in enumerate(new["Initiatives"]):
        key = fold(str(row.get("initiative", "")))
        lead = leads.get(key, str(row.get("lead", "")))
        if key not in leads and fold(lead) == fold(agency):
            led = led | {key}
        elif fold(lead) != fold(agency):
            whose = f"of {lead}" if lead else "that nobody leads"
            sheet, cell = _cell(tables, "Initiatives", "initiative", i)
            cure = "remove the row; a new initiative needs an ID that nobody has"
            what = f"{shown(row.get('initiative', ''))}, an initiative {whose}"
            faults.append(Fault(sheet, cell, "I04", what, f"initiatives of {agency}", cure))
    for table in OWN[1:]:
        for i, row in enumerate(new[table]):
            if not is_own(table, row, agency, led):
                column = "initiative" if table in BY_INITIATIVE else "agency"
                sheet, cell = _cell(tables, table, column, i)
                cure = "remove the row: it belongs to another agency"
                faults.append(Fault(sheet, cell, "I04", shown(row.get(column, "")), f"rows of {agency}", cure))
    return faults


def _offices(tables: Tables, new: Mapping[str, list[Record]], base: Records, agency: str) -> list[Fault]:
    """Changes of what the office sets."""
    known = {fold(str(r["initiative"])): r for r in own_rows(agency, base)["Initiatives"]}
    spec = BY_NAME["Initiatives"]
    faults = []
    for i, row in enumerate(new["Initiatives"]):
        there = known.get(fold(str(row.get("initiative", ""))))
        for column in OFFICE if there is not None else ():
            default = spec.column(column).default
            was, now = (there or {}).get(column, default), row.get(column, default)
            if column in tables.letters.get("Initiatives", {}) and not _alike(was, now):
                sheet, cell = _cell(tables, "Initiatives", column, i)
                cure = f"write {shown(plain_text(was))}: the office sets it"
                expected = f"{shown(plain_text(was))}, as it was sent"
                faults.append(Fault(sheet, cell, "I03", shown(plain_text(now)), expected, cure))
    return faults


def _left(name: str, new: Mapping[str, list[Record]], base: Records, agency: str) -> list[Fault]:
    """Initiatives of the agency that are not in its file; they stay, and that is said."""
    here = {fold(str(r.get("initiative", ""))) for r in new["Initiatives"]}
    own = [str(r["initiative"]) for r in own_rows(agency, base)["Initiatives"]]
    expected, cure = "all rows that were sent", "it stays as it was: if it is withdrawn, the office deletes it"
    gone = [f"no row of {shown(key)}" for key in own if fold(key) not in here]
    return [Fault(name, "", "I05", what, expected, cure, "warning") for what in gone]


def _claims(sent: Sequence[_Sent], base: Records) -> list[_Sent]:
    """Files of different agencies that give one ID to their new initiatives are refused, each with the other's name."""
    known = {fold(str(r["initiative"])) for r in base.get("Initiatives", ())}
    claimed: dict[str, set[str]] = {}
    for one in sent:
        for row in one.new.get("Initiatives", ()) if not _errors(one.faults) else ():
            key = fold(str(row.get("initiative", "")))
            if key not in known:
                claimed.setdefault(key, set()).add(one.agency)
    made = []
    for one in sent:
        faults = list(one.faults)
        for i, row in enumerate(one.new.get("Initiatives", ())):
            others = claimed.get(fold(str(row.get("initiative", ""))), set()) - {one.agency}
            if others and one.tables is not None and not _errors(one.faults):
                sheet, cell = _cell(one.tables, "Initiatives", "initiative", i)
                what = f"{shown(row['initiative'])}, which {', '.join(sorted(others))} uses for a new initiative too"
                faults.append(Fault(sheet, cell, "I06", what, "an ID that nobody has", "give it another ID"))
        made.append(replace(one, faults=tuple(faults)))
    return made


def plain_text(value: Any) -> str:
    """A value as people write it."""
    if value is None or value == "":
        return "a blank"
    return plain(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else as_text(value)


def _alike(one: Any, other: Any) -> bool:
    blank = (None, "", False)
    if one in blank and other in blank:
        return True
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    return fold(str(one)) == fold(str(other))


# -- the case -------------------------------------------------------------------------------------------------------------


def _put(base: Mapping[str, Sequence[Record]], one: _Sent) -> dict[str, list[Record]]:
    """The case with an agency's own rows replaced by those of its file."""
    made = {name: list(rows) for name, rows in base.items()}
    rows = {fold(str(r["initiative"])): r for r in one.new["Initiatives"]}
    sent = set(one.tables.letters.get("Initiatives", {})) - set(OFFICE) if one.tables else set()
    kept = list(made.get("Initiatives", []))
    for n, r in enumerate(kept):
        if own := rows.get(fold(str(r["initiative"]))):  # what the agency cleared is blank now
            both = {**r, **own, "initiative": r["initiative"]}
            kept[n] = {c: v for c, v in both.items() if c in own or c not in sent}
    known = {fold(str(r["initiative"])) for r in kept}
    made["Initiatives"] = [*kept, *(r for k, r in rows.items() if k not in known)]
    led = led_by(one.agency, made) & set(rows)
    for table in OWN[1:]:
        if one.tables is None or table not in one.tables.sheets_present:
            continue
        others = [r for r in made.get(table, []) if not is_own(table, r, one.agency, led)]
        if others or one.new[table]:
            made[table] = [*others, *one.new[table]]
        else:
            made.pop(table, None)
    return made


def _in_file(fault: Fault, records: Records, one: _Sent) -> Fault:
    """A fault of the whole case at the cell of the file that brought it."""
    column, _, row = fault.cell.partition(", row ")
    rows = records.get(fault.sheet, ())
    if not row.isdigit() or int(row) > len(rows) or one.tables is None or fault.sheet not in one.new:
        return replace(fault, cell="" if row else fault.cell)
    own = rows[int(row) - 1]
    key = BY_NAME[fault.sheet].key
    for i, r in enumerate(one.new[fault.sheet]):
        if all(_alike(r.get(c, ""), own.get(c, "")) for c in key):
            sheet, cell = _cell(one.tables, fault.sheet, column, i)
            return replace(fault, sheet=sheet, cell=cell)
    return replace(fault, cell="")


def _changed(before: Records, after: Records) -> int:
    """Cells that differ, those of new and removed rows included."""
    count = 0
    for table in OWN:
        key = BY_NAME[table].key
        old = {tuple(fold(str(r.get(c, ""))) for c in key): r for r in before.get(table, ())}
        new = {tuple(fold(str(r.get(c, ""))) for c in key): r for r in after.get(table, ())}
        for k in old.keys() | new.keys():
            a, b = old.get(k, {}), new.get(k, {})
            count += sum(not _alike(a.get(c, ""), b.get(c, "")) for c in a.keys() | b.keys())
    return count


def _asks(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> float:
    return float(sum(float(r.get("request", 0) or 0) for r in rows.get("Initiatives", ())))


def _board(before: Records, after: Records, answers: Sequence[ReturnedFile]) -> tuple[AgencyStanding, ...]:
    """Every agency with where it stands, trouble first, then by how much more is asked."""
    made = []
    for row in before.get("Agencies", ()):
        agency = str(row["agency"])
        own = [a for a in answers if fold(a.agency) == fold(agency)]
        taken = next((a for a in own if a.verdict == "taken"), None)
        rows = own_rows(agency, after)["Initiatives"]
        last = float(sum(float(r.get("baseline", 0) or 0) for r in rows))
        state = "answered" if taken else "faults" if own else "missing"
        asks = _asks({"Initiatives": rows}) if taken else None
        made.append(AgencyStanding(agency, state, len(rows), last, asks, taken.changed if taken else 0))
    order = {"faults": 0, "missing": 1, "answered": 2}
    return tuple(sorted(made, key=lambda s: (order[s.state], -((s.asks or 0) - s.last_year), s.agency)))
