"""A map proposed for a file: its sheets, the row of titles, what each column means, units, what stands across.

Nothing of it is taken until a person has looked: each column carries how sure it is and what was seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimiser.case.maps.files import ForeignFile
from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_form import Across, Map, Split, TableMap
from optimiser.case.maps.map_tables import choose
from optimiser.case.maps.meaning import Profile, is_pivot, means, profile
from optimiser.case.maps.sheet_look import LOOKED_AT, SheetLook, is_date, look_at
from optimiser.case.maps.sheet_seen import SheetSeen, TableChoice
from optimiser.case.maps.take import take
from optimiser.case.names import fold
from optimiser.case.readable import capital, counted
from optimiser.case.reading.amounts import Mark, read_amount
from optimiser.case.reading.keys import ADDED_UP
from optimiser.case.reading.sheets import RawSheet, is_blank
from optimiser.case.reading.title import read_note, read_title
from optimiser.case.reading.titles import known_column
from optimiser.case.reading.which import known_sheet, ours
from optimiser.case.spec import BY_NAME, SHEETS

PIVOT = (
    "this is a pivot, sums of rows that stand elsewhere, and it is left out. Bring the sheet that it adds up; if there is none, copy "
    "its values to another sheet, with titles of their own."
)
"""What is said of a pivot."""
NAMED = {"agency": "Agencies", "initiative": "Initiatives", "fund": "Funds", "area": "Areas"}
"""What a column speaks of where it holds names that the case has in this table."""
_SIGNS = (",", ";", "/", "\n", "|", " and ", " & ", "+")


@dataclass(frozen=True)
class Guess:
    """What a column seems to mean. ours: our column, "" left out, "across" or "+name"; sure: whether a look is needless;
    seen: what stands in it, for a person."""

    title: str
    ours: str
    sure: bool
    seen: str


@dataclass(frozen=True)
class MapProposal:
    """A map for a file. columns: of each table of the map, in the order of the sheet; look: what a person should look at."""

    map: Map = ()
    columns: tuple[tuple[Guess, ...], ...] = ()
    look: tuple[str, ...] = ()


def propose(file: ForeignFile, known: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> MapProposal:
    """A map for a file. known: records of the case that it goes into, whose names need not be made anew."""
    exact = own_map(file)
    if exact:
        columns = tuple(tuple(Guess(t, c, True, "") for t, c in table.columns.items()) for table in exact)
        return MapProposal(exact, columns)
    best: dict[str, tuple[int, TableMap, tuple[Guess, ...], tuple[str, ...]]] = {}
    look: list[str] = []
    for sheet in file.sheets:
        found = None if sheet.hidden or of_a_plan(file, sheet) else look_at(sheet)
        made = found and proposed_table(found, file, len(file.sheets), known or {})
        look += [f"{sheet.name}: {PIVOT}"] if found and pivot_in(found) else []
        if not made or found is None:
            continue
        table, guesses, told = made
        rows = len(found.body())
        if table.to in best and best[table.to][0] >= rows:
            look.append(f"The sheet {sheet.name} looks like {table.to} too: it is left out.")
            continue
        if table.to in best:
            look.append(f"The sheet {best[table.to][1].source} looks like {table.to} too: it is left out.")
        best[table.to] = (rows, table, guesses, told)
    tables = tuple(t for _, t, _, _ in best.values())
    return MapProposal(
        tables, tuple(g for _, _, g, _ in best.values()), (*look, *(t for *_, told in best.values() for t in told))
    )


def of_a_plan(file: ForeignFile, sheet: RawSheet) -> bool:
    """Whether a sheet is one that the program writes beside a case; an office's own "Summary" is none."""
    return ours(sheet.name) and any(known_sheet(s.name) for s in file.sheets)


def own_map(file: ForeignFile) -> Map:
    """The map of a file whose sheets and titles are all ours; empty of any other."""
    tables: list[TableMap] = []
    for sheet in file.sheets:
        filled = any(not is_blank(v) for row in sheet.rows for v in row)
        if ours(sheet.name) or not filled:
            continue
        name = known_sheet(sheet.name)
        if not name:
            return ()
        spec = BY_NAME[name]
        titles = titles_of(sheet, 1, 1)
        pairs = {}
        for j, title in enumerate(titles):
            if all(is_blank(row[j]) for row in sheet.rows):
                continue
            column, _, words = known_column(spec.columns, title)
            if words or not (column or spec.attributes) or is_blank(sheet.rows[0][j]):
                return ()
            pairs[title] = column or f"+{title}"
        if not {c.name for c in spec.columns if c.required} <= set(pairs.values()):
            return ()
        tables.append(TableMap(name, sheet.name, columns=pairs))
    return tuple(tables)


# -- a table --------------------------------------------------------------------------------------------------------------


def proposed_table(
    found: SheetLook, file: ForeignFile, sheets: int, known: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[TableMap, tuple[Guess, ...], tuple[str, ...]] | None:
    """The table that a sheet seems to hold; None where none."""
    if pivot_in(found):
        return None
    names = {about: names_of(known.get(of, ())) for about, of in NAMED.items()}
    seen = SheetSeen(found.sheet.name, found.titles, found.profiles, found.columns, _banner(found), found.body(), names)
    chosen = choose(seen)
    if chosen is None:
        return None
    targets, names_of_choices = _choices(found, chosen)
    split = _split(found, chosen)
    columns = {found.titles[j]: targets.get(j, "") for j in found.columns if j not in chosen.across}
    if split and split.to == "Partners" and "lead" in targets.values() and targets.get(chosen.partner) != "lead":
        columns[found.titles[chosen.partner]] = ""
    across = None
    if chosen.across:
        across = Across(tuple(found.titles[j] for j in chosen.across), chosen.across_title, chosen.across_value)
    table = TableMap(
        chosen.to,
        found.sheet.name if sheets > 1 or not file.text else "",
        first=found.first,
        last=found.last,
        rows=(0, found.end),
        money=_money(found, chosen),
        decimal=_decimal(found),
        columns=columns,
        fixed=chosen.fixed,
        names=names_of_choices,
        across=across,
        split=split,
    )
    table, told = _tried(table, file, known)
    guesses = tuple(
        Guess(
            found.titles[j],
            "across" if j in chosen.across else columns.get(found.titles[j], ""),
            j not in chosen.doubtful,
            seen_in(found.profiles[j]),
        )
        for j in found.columns
    )
    return table, guesses, (*found.look, *chosen.look, *told)


def pivot_in(found: SheetLook) -> bool:
    """Whether a sheet holds a pivot: sums of another sheet, that must not be taken a second time."""
    return is_pivot([found.titles[j] for j in found.columns])


def _choices(found: SheetLook, chosen: TableChoice) -> tuple[dict[int, str], dict[str, dict[str, str]]]:
    """The table's columns without those of choices in which something else stands, and for the others what each text means:
    "lower is better" is lower."""
    spec, targets, names = BY_NAME[chosen.to], dict(chosen.targets), dict[str, dict[str, str]]()
    for j, column in chosen.targets.items():
        allowed = spec.column(column).choices if column in spec.names else ()
        if not allowed:
            continue
        texts = {str(v).strip() for row in found.body() if isinstance(v := row[j], str) and v.strip()}
        meant = {t: next((c for c in allowed if means(t, c)), "") for t in sorted(texts)}
        if not all(meant.values()):
            del targets[j]
        elif any(fold(t) != c for t, c in meant.items()):
            names[column] = {t: c for t, c in meant.items() if fold(t) != c}
    return targets, names


def names_of(records: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The keys and display names of records, folded."""
    listed = (record.get(c) for record in records for c in ("agency", "fund", "initiative", "area", "name"))
    return frozenset(fold(str(v)) for v in listed if v not in ("", None))


def created(table: TableMap, file: ForeignFile, known: Mapping[str, Sequence[Mapping[str, Any]]]) -> TableMap:
    """The map with the key tables whose names it must make, in the order of the specification."""
    spec = table.spec
    used = {*table.columns.values(), *table.fixed, *((table.across.title, table.across.value) if table.across else ())}
    refers = [c.refers for c in spec.columns if c.name in used and c.refers]
    if table.split is not None:
        refers += [c.refers for c in BY_NAME[table.split.to].columns if c.refers]
    create = [s.name for s in SHEETS if s.name in refers and s.name not in (table.to, "Curves")]
    if any(_dated(file, table, c) for c, ours_ in table.columns.items() if ours_ == "period"):
        create = [c for c in create if c != "Periods"]
    return replace(table, create=tuple(create))


def _tried(
    table: TableMap, file: ForeignFile, known: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[TableMap, tuple[str, ...]]:
    """The map with what a trial shows: names to be made, equal keys to be added up, headings to be kept."""
    table = created(table, file, known)
    told: list[str] = []
    trial = take((table,), [file], known)
    asked = [f for f in trial.errors if f.code == "M01"]  # which rows are of one key is not known before
    again = any(f.code == "K01" for f in trial.errors) or (asked and table.to == "Actuals")
    if again and table.to in ADDED_UP:
        table = replace(table, same="add")
        told.append(f"Equal keys of {table.to} are added up.")
    told += [f"{capital(f.what)}: {f.cure}." for f in asked]
    first = trial.tables[0] if trial.tables else None
    headings = [r for r in first.left_out if r.kind == "heading"] if first else []
    last = max(first.rows, default=0) if first else 0
    several = sum(r.number < last for r in headings) > 1
    if several and table.to == "Initiatives" and "theme" not in table.columns.values():
        table = replace(table, headings="theme")
    return table, tuple(told)


def _dated(file: ForeignFile, table: TableMap, title: str) -> bool:
    sheet = next((s for s in file.sheets if s.name == table.source or not table.source), None)
    if sheet is None:
        return False
    titles = titles_of(sheet, table.first, table.last)
    j = titles.index(title) if title in titles else -1
    values = [r[j] for r in sheet.rows[table.last : table.last + LOOKED_AT]] if j >= 0 else []
    return profile(values, is_date).kind == "dates"


def _banner(found: SheetLook) -> str:
    return " ".join(
        str(v) for row in found.sheet.rows[: max(found.first - 1, 0)] for v in row if isinstance(v, str) and v
    )


def _money(found: SheetLook, chosen: TableChoice) -> float | None:
    """The unit that the titles, or a note above them, say; None where nothing does."""
    titled = {read_title(found.titles[j]).factor for j in (*chosen.money, *chosen.across)} - {1.0}
    if len(titled) == 1:
        return titled.pop() if all(read_title(found.titles[j]).factor != 1 for j in chosen.money) else None
    if titled:
        return None
    return next((factor for _, factor in _notes(found.sheet, found.first)), None)


def noted_in(sheet: RawSheet, titles: int, factor: float | None) -> int:
    """The row above the titles that says this unit of money, 0 where none does."""
    return next((row for row, said in _notes(sheet, titles) if said == factor), 0)


def _notes(sheet: RawSheet, titles: int) -> Iterator[tuple[int, float]]:
    """Rows above the titles that say a unit of money, and the unit."""
    for number, row in enumerate(sheet.rows[: max(titles - 1, 0)], 1):
        for value in row:
            note = read_note(value) if isinstance(value, str) and value.strip() else None
            if note is None and isinstance(value, str):
                note = next((n for part in re.split(r"[;.]", value) if (n := read_note(part))), None)
            if note and note.factor != 1:
                yield number, note.factor


def _decimal(found: SheetLook) -> Mark:
    """The sign before decimals, where texts show it: read in one way only, in all cells that hold it."""
    cells = {str(v) for r in found.body() for j in found.columns if isinstance(v := r[j], str)}
    texts = [t for t in cells if any(c.isdigit() for c in t) and ("," in t or "." in t) and not is_date(t)]
    marks: tuple[Mark, Mark] = (",", ".")
    fitting = [[mark for mark in marks if read_amount(text, True, mark).level != "error"] for text in texts]
    alone = {fits[0] for fits in fitting if len(fits) == 1}
    return alone.pop() if len(alone) == 1 else ""


def _split(found: SheetLook, chosen: TableChoice) -> Split | None:
    """The column of agencies of which a cell holds several, and the sign between them."""
    if chosen.to != "Initiatives" or chosen.partner < 0:
        return None
    sign = _sign([c for r in found.body() if isinstance(c := r[chosen.partner], str) and c.strip()])
    return Split(found.titles[chosen.partner], sign, "Partners") if sign else None


def sign_between(sheet: RawSheet, titles: int, j: int) -> str:
    """The sign between the names of a cell in a column, below the row of the titles; a comma where none is seen."""
    rows = sheet.rows[titles : titles + LOOKED_AT]
    return _sign([c for r in rows if isinstance(c := r[j], str) and c.strip()]) or ","


def _sign(cells: Sequence[str]) -> str:
    """The sign that parts names which come again; "" where none does. A name that comes again as a whole ("Health & Human
    Services") says nothing of its parts."""
    cells = list({fold(c): c for c in cells}.values())
    best: tuple[float, str] = (0.0, "")
    for sign in _SIGNS:
        several = [[p.strip() for p in c.split(sign) if p.strip()] for c in cells if sign in c]
        parts = Counter(fold(p) for ps in several for p in ps)
        alone = {fold(c) for c in cells if sign not in c}
        again = sum(n for p, n in parts.items() if n > 1 or p in alone)
        if (
            sign == "/"
            and not alone & set(parts)
            and not {fold(ps[0]) for ps in several} & {fold(p) for ps in several for p in ps[1:]}
        ):
            continue  # "Police / Patrol", "Police / Traffic": parts of one, not several
        if several and again >= 0.5 * sum(parts.values()) and (len(several), sign) > best:
            best = (len(several), sign)
    return best[1]


def seen_in(seen: Profile) -> str:
    """What stands in a column, for a person."""
    if seen.kind == "nothing":
        return "nothing"
    if seen.kind == "dates":
        return counted(seen.filled, "date")
    if seen.kind == "numbers":
        return f"{counted(seen.filled, 'number')}, up to {seen.large:,.10g}"
    twice = f"in {counted(seen.filled, 'cell')}" if seen.distinct < seen.filled else "none twice"
    return f"{counted(seen.distinct, 'name')}, {twice}" if seen.filled > 1 else "1 name"
