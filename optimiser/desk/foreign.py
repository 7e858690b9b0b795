"""A file that is not ours on its way into a case: what is said of each sheet, and what that comes to. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.case.faults import Fault, InvalidCase
from optimiser.case.maps.files import ForeignFile, open_foreign
from optimiser.case.maps.into import Put, put
from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_form import Map, read_map
from optimiser.case.maps.next_year import again
from optimiser.case.maps.proposed_map import of_a_plan
from optimiser.case.maps.said import Said, as_table, kept, proposed, table_of
from optimiser.case.maps.take import Taken, take
from optimiser.case.reading.mending import Mend, mended
from optimiser.case.reading.sheets import RawSheet
from optimiser.case.reading.titles import lost_titles, title_row
from optimiser.case.reading.which import known_sheet, ours, which_sheets
from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.store.work.maps import KeptMap

Records = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class FileBeingRead:
    """A file while a person says what is what. known: records of the case that it goes into (none: a case of its own);
    currency: of that case; said: of each sheet by its name; kept: where the map that it began from was kept ("": nowhere);
    before: the file before each mend of its cells."""

    name: str
    file: ForeignFile
    known: Records = field(default_factory=dict)
    currency: str = ""
    said: dict[str, Said] = field(default_factory=dict)
    kept: str = ""
    before: list[ForeignFile] = field(default_factory=list)

    def write(self, mend: Mend) -> None:
        """Writes into cells of the file, before they are read."""
        self.before.append(self.file)
        self.file = replace(self.file, book=mended(self.file.book, [mend]))

    def back(self) -> None:
        """Takes the last mend back."""
        if self.before:
            self.file = self.before.pop()

    @property
    def sheets(self) -> list[RawSheet]:
        """The sheets in which anything stands."""
        return [s for s in self.file.sheets if any(v != "" for row in s.rows for v in row)]

    def sheet(self, name: str) -> RawSheet:
        """The sheet of this name."""
        return next(s for s in self.sheets if s.name == name)

    def map(self) -> Map:
        """The map of all that was said."""
        made = (table_of(self.said[s.name], self.file, s, self.known) for s in self.sheets)
        return tuple(table for table in made if table is not None)

    def taken(self) -> Taken:
        """What the map takes over."""
        return take(self.map(), [self.file], self.known, self.currency)

    def put(self, taken: Taken) -> Put:
        """The case's records with what was taken over."""
        return put(taken, self.known)


def begin(
    data: bytes, name: str, known: Records | None = None, currency: str = "", maps: Sequence[KeptMap] = ()
) -> FileBeingRead | None:
    """The step for a file, with what the program proposes; None for what holds no table at all. maps: those that were kept,
    the newest first: one whose titles are there is proposed before anything is guessed."""
    file = open_foreign(data, name, guarded=True)
    if any(f.level == "error" for f in file.book.faults):
        return None
    step = FileBeingRead(name, file, known or {}, currency)
    tables = set[str]()
    for sheet in sorted(step.sheets, key=lambda s: -len(s.rows)):
        said = Said() if of_a_plan(file, sheet) else _kept(step, sheet, maps) or proposed(file, sheet, step.known)
        step.said[sheet.name] = said if said.to not in tables else Said("", said.first, said.last, said.meanings)
        tables |= {said.to} if said.to else set()
    return step if step.sheets else None


def pasted(text: str, table: str, known: Records, currency: str, maps: Sequence[KeptMap] = ()) -> FileBeingRead | None:
    """The step for copied cells that go into a table; None for what holds no table at all."""
    step = begin(text.encode(), "copied.tsv" if "\t" in text else "copied.csv", known, currency, maps)
    for sheet in step.sheets if step else ():
        if step and step.said[sheet.name].to != table:
            step.said[sheet.name] = _as(table, step.said[sheet.name], sheet)
    return step


def _as(table: str, said: Said, sheet: RawSheet) -> Said:
    """Copied cells as a table: by their titles, else column by column in the order of the table."""
    by_title = as_table(said, table, titles_of(sheet, said.first, said.last))
    if any(by_title.meanings.values()):
        return by_title
    columns = BY_NAME[table].names
    meanings = dict(zip(range(len(sheet.rows[0])), columns, strict=False))
    return Said(table, 0, 0, meanings)


def _kept(step: FileBeingRead, sheet: RawSheet, maps: Sequence[KeptMap]) -> Said | None:
    """What the newest of the kept maps says that fits a sheet; None where none does."""
    for one in maps:
        try:
            tables = read_map(one.toml)
        except InvalidCase:
            continue
        for table in tables:
            fits = again(table, sheet)
            if fits is not None and not any(f.code == "M01" for f in take((fits,), [step.file], step.known).faults):
                step.kept = one.case
                return kept(fits, sheet)
    return None


def is_foreign(step: FileBeingRead, faults: Sequence[Fault]) -> bool:
    """Whether a refused file is not ours: of another kind; or a table that every case needs does not stand in it under our
    titles, and something else does: a sheet that is not called as ours are, or one whose titles stand further down."""
    if any(f.code in ("F03", "F04", "F06") for f in faults):
        return True
    found, _ = which_sheets(step.sheets)
    lost = {name for name, sheet in found.items() if _untitled(BY_NAME[name], sheet)}
    lacking = any(spec.required and (spec.name not in found or spec.name in lost) for spec in SHEETS)
    return lacking and bool(lost or any(not known_sheet(s.name) and not ours(s.name) for s in step.sheets))


def _untitled(spec: Sheet, sheet: RawSheet) -> bool:
    """Whether no row of a sheet is that of our titles."""
    first = [str(v) for v in sheet.rows[0]]
    return not title_row(spec, sheet) and lost_titles(spec, sheet, first) is not None


def without_blanks(sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Plain records without their blanks."""
    return {
        name: [{c: v for c, v in r.items() if v is not None and v != "" and v == v} for r in rows]
        for name, rows in sheets.items()
        if rows
    }
