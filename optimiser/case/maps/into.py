"""What a map took over, put into a case: records found by key or by the name that people use, new ones added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.faults import Fault, InvalidCase, shown
from optimiser.case.maps.files import ForeignFile
from optimiser.case.maps.map_form import Map, TableMap, read_map, write_map
from optimiser.case.maps.proposed_map import own_map
from optimiser.case.maps.take import Record, Taken, take
from optimiser.case.names import fold
from optimiser.case.readable import counted
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.sheets import RawBook
from optimiser.case.reading.which import MAP_SHEET, TIE_SHEET
from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.case.table import Table
from optimiser.case.writing.writer import PlainSheet

Records = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Put:
    """Records of a whole case after something was put into it. changed: table -> its rows that were there and changed;
    added: table -> new rows; told: names that were read as keys."""

    records: Mapping[str, Sequence[Record]]
    changed: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    told: tuple[Fault, ...] = ()


def records_of(tables: Mapping[str, Table]) -> dict[str, list[Record]]:
    """The records of a case's tables without their blanks."""
    return {
        name: [{c: v for c, v in record.items() if v == v and v != ""} for record in table.records()]
        for name, table in tables.items()
        if len(table)
    }


def put(taken: Taken, known: Records) -> Put:
    """The records of a case with what was taken over. A record whose key is there changes in the columns that the file has."""
    made: dict[str, list[Record]] = {name: [dict(r) for r in rows] for name, rows in known.items()}
    called = {s.name: _called(s, known.get(s.name, ())) for s in SHEETS}
    read: dict[tuple[str, str], str] = {}
    changed: dict[str, int] = {}
    added: dict[str, int] = {}
    for name, rows in taken.records().items():
        spec = BY_NAME[name]
        own = made.setdefault(name, [])
        places = {_key(spec, r): i for i, r in reversed(list(enumerate(own)))}
        for row in rows:
            record = _by_key(spec, row, called, read)
            at = places.get(_key(spec, record))
            if at is None:
                places[_key(spec, record)] = len(own)
                own.append(record)
                added[name] = added.get(name, 0) + 1
            elif any(own[at].get(c) != v for c, v in record.items() if c not in spec.key):
                own[at].update({c: v for c, v in record.items() if c not in spec.key})
                changed[name] = changed.get(name, 0) + 1
    if taken.currency and not any(fold(str(r.get("setting", ""))) == "currency" for r in made.get("Case", ())):
        made.setdefault("Case", []).append({"setting": "currency", "value": taken.currency})
    told = [
        Fault(table, "", "K06", shown(name), f"the key {key}", f"it is read as {key}", "warning")
        for (table, name), key in read.items()
    ]
    return Put(made, changed, added, tuple(told))


def _called(spec: Sheet, records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What people call the records of a table -> their keys, where a name belongs to one record alone."""
    key = spec.key[0]
    keys = {fold(str(r[key])) for r in records if key in r}
    names: dict[str, list[str]] = {}
    for r in records:
        if r.get("name") and r.get(key):
            names.setdefault(fold(str(r["name"])), []).append(str(r[key]))
    return {name: found[0] for name, found in names.items() if len(found) == 1 and name not in keys}


def _by_key(
    spec: Sheet, row: Mapping[str, Any], called: Mapping[str, Mapping[str, str]], read: dict[tuple[str, str], str]
) -> Record:
    """A record with keys in the place of what people call the records that it names."""
    made = dict(row)
    for column in spec.columns:
        target = column.refers or (spec.name if column.name == spec.key[0] and column.type == "key" else "")
        value = made.get(column.name)
        if target and isinstance(value, str) and (found := called[target].get(fold(value))):
            made[column.name] = found
            read[target, value] = found
    return made


def _key(spec: Sheet, record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(fold(v) if isinstance(v, str) else plain(float(v)) for c in spec.key for v in [record.get(c, "")])


# -- the map that is kept with a case ------------------------------------------------------------------------------------


def kept_map(book: RawBook) -> Map:
    """The map that a workbook keeps beside its case; empty where it keeps none that can be read."""
    sheet = next((s for s in book.sheets if s.name == MAP_SHEET), None)
    if sheet is None:
        return ()
    try:
        return read_map("\n".join(str(row[0]) for row in sheet.rows[1:]))
    except InvalidCase:
        return ()


def together(kept: Iterable[str]) -> Map:
    """The maps that a case keeps as one, the newest first: of each table the newest. What cannot be read is passed over."""
    made: list[TableMap] = []
    for toml in kept:
        try:
            made += [t for t in read_map(toml) if t.to not in {m.to for m in made}]
        except InvalidCase:
            continue
    return tuple(made)


def fitting(tables: Map, files: Sequence[ForeignFile], known: Records) -> Map:
    """Those tables of a kept map that read these files without a fault of the map."""
    return tuple(t for t in tables if not any(f.code == "M01" for f in take((t,), files, known).faults))


def map_for(files: Sequence[ForeignFile], kept: Map, known: Records) -> Map:
    """The map of files of which none was given: ours, or the one that was kept; empty where neither fits."""
    own = own_map(files[0]) if len(files) == 1 else ()
    return own or fitting(kept, files, known)


def map_sheet(used: Map, kept: Map) -> PlainSheet:
    """The sheet on which a case keeps its maps: that of today, and those of other tables."""
    tables = (*used, *(t for t in kept if t.to not in {u.to for u in used}))
    title = "How files are read into this case; optimiser import reads it again"
    return PlainSheet(MAP_SHEET, [title], [[line] for line in write_map(tables).split("\n")])


def tie_sheet(taken: Taken) -> PlainSheet:
    """The sheet that shows both sides: each column's total in the file, what was left out and why, what was taken over."""
    titles = ["table", "from", "column", "what", "in the file", "in the case", "why"]
    rows: list[list[Any]] = []
    for table in taken.tables:
        source = " / ".join(filter(None, (table.file, table.sheet)))
        for tie in table.ties:
            about = [table.to, source, tie.column]
            rows.append([*about, f"{tie.title}: all cells of the column", float(tie.file), None, ""])
            if tie.left:
                rows.append([*about, "left out", float(-tie.left), None, "in the rows listed below"])
            factor = "" if tie.factor == 1 else f"each number times {plain(float(tie.factor))}"
            rows.append([*about, "taken over", float(tie.file_sum), float(tie.taken), factor])
            difference = tie.file_sum * tie.factor - tie.taken
            why = "both sides agree" if tie.ties else "to be looked at"
            rows.append([*about, "difference", None, float(difference), why])
        rows += [[table.to, source, "", f"row {r.number}: {r.text}", None, None, r.why] for r in table.left_out]
        if table.added_up:
            what = f"{counted(table.added_up, 'line')} added to others of their key"
            rows.append([table.to, source, "", what, None, None, ""])
    rows += [[m.table, "", "", f"{counted(len(m.records), 'row')} made of names", None, None, ""] for m in taken.made]
    return PlainSheet(TIE_SHEET, titles, rows, {"in the file": "#,##0.00", "in the case": "#,##0.00"})


def as_json(taken: Taken, faults: Sequence[Fault]) -> dict[str, Any]:
    """What the command line prints of an import."""
    nothing = {"rows": 0, "left_out": 0, "added_up": 0}
    tables: dict[str, dict[str, Any]] = {}
    for table in taken.tables:
        one = tables.setdefault(table.to, {**nothing, "sums": {}, "file_sums": {}, "left_out_rows": []})
        one["rows"] += len(table.records)
        one["left_out"] += len(table.left_out)
        one["added_up"] += table.added_up
        for tie in table.ties:
            one["sums"][tie.column] = one["sums"].get(tie.column, 0.0) + float(tie.taken)
            one["file_sums"][tie.column] = one["file_sums"].get(tie.column, 0.0) + float(tie.file_sum)
        one["left_out_rows"] += [{"row": r.number, "text": r.text, "why": r.why} for r in table.left_out]
    for made in taken.made:
        one = tables.setdefault(made.table, {**nothing, "sums": {}, "file_sums": {}})
        one["rows"] += len(made.records)
        one["made"] = len(made.records)
    return {"tables": tables, "faults": [f.json() for f in faults]}
