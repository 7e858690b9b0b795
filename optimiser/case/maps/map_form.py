"""A map as data: how a file that is not ours is read. It is kept as TOML, one `[[table]]` for each table that is read."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from optimiser.case.faults import Fault, InvalidCase, shown
from optimiser.case.names import fold_title, nearest
from optimiser.case.reading.amounts import Mark
from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.case.tolerances import LEAST

MAP = "the map"
"""Stands for the sheet in faults of a map."""
ROWS_AT_MOST = 100_000


@dataclass(frozen=True)
class Across:
    """Columns whose titles are values: wide to long. title: our column that takes the title, value: the one that takes the cell."""

    columns: tuple[str, ...]
    title: str
    value: str


@dataclass(frozen=True)
class Split:
    """A column of which one cell holds several names, parted by `by`: each is a row of the table `to`."""

    column: str
    by: str
    to: str


@dataclass(frozen=True)
class TableMap:
    """How one table of ours is read from one sheet of a file.

    source: the sheet ("" where the file has one); file: its file, where there are several. first, last: rows of the titles,
    from 1 (0: none, columns are then A, B, C …). rows: first and last row of the records (0: to the end). skip: words that
    strike a row out. money: unit of money columns (None: as their titles say); decimal: sign before decimals of numbers that
    are text ("": none is chosen, and what can be read in two ways is refused). same: what to do with equal keys. columns:
    their title -> our column, "-name" to take its numbers off, "+name" for an attribute, "" to leave it out. names: our column ->
    what stands in the file -> what it is called here ("" leaves the row out). headings: our column that takes the heading
    above a row ("": headings are left out).
    """

    to: str
    source: str = ""
    file: str = ""
    first: int = 1
    last: int = 1
    rows: tuple[int, int] = (0, 0)
    skip: tuple[str, ...] = ()
    money: float | None = None
    decimal: Mark = ""
    same: Literal["refuse", "add"] = "refuse"
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    across: Across | None = None
    split: Split | None = None
    create: tuple[str, ...] = ()
    headings: str = ""

    @property
    def spec(self) -> Sheet:
        """The table of ours."""
        return BY_NAME[self.to]


Map = tuple[TableMap, ...]
_KEYS = ("from", "titles", *(f.name for f in fields(TableMap) if f.name not in ("source", "first", "last")))


def read_map(text: str) -> Map:
    """The map that a TOML text says. Raises InvalidCase with everything in it that is none."""
    try:
        made = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise InvalidCase([_fault("", f"text that is no TOML ({problem})", "a map", "correct that line")]) from None
    tables = made.get("table")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise InvalidCase([_fault("", "no [[table]]", "one [[table]] for each table that is read", "add one")])
    faults = [
        _fault("", shown(key), "[[table]] and nothing else", "remove it, or move it into a table")
        for key in made
        if key != "table"
    ]
    read = [_Reader(n, table, faults).table() for n, table in enumerate(tables, 1)]
    if faults:
        raise InvalidCase(faults)
    return tuple(read)


def write_map(tables: Map) -> str:
    """The TOML of a map; read again it is the same."""
    return "\n".join(_written(table) for table in tables)


def _written(table: TableMap) -> str:
    a, s = table.across, table.split
    said = {
        "file": table.file and toml_text(table.file),
        "from": table.source and toml_text(table.source),
        "to": toml_text(table.to),
        "titles": str(table.first) if table.first == table.last else f'"{table.first}:{table.last}"',
        "rows": any(table.rows) and f'"{table.rows[0] or ""}:{table.rows[1] or ""}"',
        "skip": table.skip and _list(table.skip),
        "money": table.money is not None and f"{table.money:.17g}",
        "decimal": table.decimal and toml_text(table.decimal),
        "same": table.same != "refuse" and toml_text(table.same),
        "columns": _pairs(table.columns),
        "fixed": table.fixed and _pairs(table.fixed),
        "names": table.names and f"{{ {', '.join(f'{c} = {_pairs(n)}' for c, n in table.names.items())} }}",
        "across": a
        and f"{{ columns = {_list(a.columns)}, title = {toml_text(a.title)}, value = {toml_text(a.value)} }}",
        "split": s and f"{{ column = {toml_text(s.column)}, by = {toml_text(s.by)}, to = {toml_text(s.to)} }}",
        "create": table.create and _list(table.create),
        "headings": table.headings and toml_text(table.headings),
    }
    return "\n".join(["[[table]]", *(f"{key} = {value}" for key, value in said.items() if value), ""])


def toml_text(value: str) -> str:
    """A string as TOML has it, which is as JSON has it but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(toml_text, values))}]"


def _pairs(pairs: Mapping[str, Any]) -> str:
    def value(v: Any) -> str:
        return toml_text(v) if isinstance(v, str) else json.dumps(v)

    return "{ " + ", ".join(f"{toml_text(k)} = {value(v)}" for k, v in pairs.items()) + " }"


def _fault(place: str, found: str, expected: str, cure: str) -> Fault:
    return Fault(MAP, place, "M01", found, expected, cure)


class _Reader:
    """One `[[table]]` while it is read; what is wrong with it goes to `faults`."""

    def __init__(self, number: int, raw: Mapping[str, Any], faults: list[Fault]) -> None:
        self.number, self.raw, self.faults = number, raw, faults

    def table(self) -> TableMap:
        for key in self.raw:
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                cure = f"write {near}" if near else "remove it, or correct it"
                self._bad(key, shown(key), "one of " + ", ".join(_KEYS), cure)
        name = next((s.name for s in SHEETS if fold_title(s.name) == fold_title(self.toml_text("to"))), "")
        if not name:
            near = nearest(self.toml_text("to"), BY_NAME)
            cure = f"did you mean {near}?" if near else f"write one of {', '.join(BY_NAME)}"
            self._bad("to", shown(self.raw.get("to", "")), "a table of ours", cure)
            name = "Initiatives"
        spec, (first, last) = BY_NAME[name], self._titles()
        return TableMap(
            name, self.toml_text("from"), self.toml_text("file"), first, last, self._rows(last), self._texts("skip"), self._money(),
            self._one_of("decimal", ("", ".", ",")), self._one_of("same", ("refuse", "add")), self._columns(spec), self._fixed(spec),
            self._names(spec), self._across(spec), self._split(), self._create(),
            self._column("headings", spec, self.toml_text("headings")),
        )  # fmt: skip

    def _bad(self, key: str, found: str, expected: str, cure: str) -> None:
        self.faults.append(_fault(f"table {self.number}, {key}", found, expected, cure))

    def toml_text(self, key: str) -> str:
        value = self.raw.get(key, "")
        if not isinstance(value, str):
            self._bad(key, shown(value), "a text", "write it in quotes")
            return ""
        return value

    def _texts(self, key: str, raw: Any = None) -> tuple[str, ...]:
        value = self.raw.get(key, []) if raw is None else raw
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self._bad(key, shown(value), "a list of texts", 'write it as ["one", "two"]')
            return ()
        return tuple(value)

    def _titles(self) -> tuple[int, int]:
        value = self.raw.get("titles", 1)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= ROWS_AT_MOST:
            return value, value
        match = re.fullmatch(r"\s*(\d{1,6})\s*:\s*(\d{1,6})\s*", value) if isinstance(value, str) else None
        if match and 1 <= int(match[1]) <= int(match[2]) <= int(match[1]) + 9:
            return int(match[1]), int(match[2])
        self._bad("titles", shown(value), "the row of the titles", 'write a row number, or "4:5" for two rows')
        return 1, 1

    def _rows(self, titles: int) -> tuple[int, int]:
        value = self.raw.get("rows", "")
        match = re.fullmatch(r"\s*(\d{0,7})\s*:\s*(\d{0,7})\s*", value) if isinstance(value, str) and value else None
        if value == "":
            return 0, 0
        first, last = (int(match[1] or 0), int(match[2] or 0)) if match else (0, 0)
        if match is None or (last and last < first) or (first and first <= titles):
            self._bad("rows", shown(value), "first and last row of the records, below the titles", 'write "6:180"')
            return 0, 0
        return first, last

    def _money(self) -> float | None:
        value = self.raw.get("money")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not LEAST <= value <= 1e12:
            self._bad("money", shown(value), "the unit of the money columns", "write 1, 1000 or 1000000")
            return None
        return float(value)

    def _one_of(self, key: str, options: tuple[str, ...]) -> Any:
        value = self.raw.get(key, options[0])
        if value not in options:
            self._bad(key, shown(value), " or ".join(f'"{o}"' for o in options if o), "write one of them")
            return options[0]
        return value

    def _column(self, key: str, spec: Sheet, written: str, attributes: bool = True) -> str:
        """Our column as it is called, "+name" of an attribute, "" where none is meant."""
        if not written.strip():
            return ""
        if written.startswith("+") and attributes:
            if spec.attributes:
                return "+" + written[1:].strip()
            expected = f"a column of {spec.name}, which has no attributes"
            self._bad(key, shown(written), expected, 'write "" to leave it out')
            return ""
        found = next((c for c in spec.names if fold_title(c) == fold_title(written)), "")
        if not found:
            near = nearest(written, spec.names)
            cure = f"write {near}" if near else f"write one of {', '.join(spec.names)}"
            if spec.attributes and attributes:
                cure += f', or "+{written}" to keep it as an attribute'
            self._bad(key, shown(written), f"a column of {spec.name}", cure)
        return found

    def _pairs(self, key: str) -> Mapping[str, Any]:
        value = self.raw.get(key, {})
        if not isinstance(value, dict):
            self._bad(key, shown(value), "pairs of names", 'write { "Their title" = "our column" }')
            return {}
        return value

    def _columns(self, spec: Sheet) -> Mapping[str, str]:
        made: dict[str, str] = {}
        for title, ours in self._pairs("columns").items():
            if not isinstance(ours, str):
                self._bad("columns", shown(ours), f"a column of {spec.name}", "write it in quotes")
                continue
            column = self._column("columns", spec, ours.removeprefix("-"))
            if ours.startswith("-") and column:
                if spec.column(column).type != "number":
                    self._bad("columns", shown(ours), "a column of numbers after the minus", f"write {column}")
                column = f"-{column}"
            if column and column in made.values():
                other = next(t for t, c in made.items() if c == column)
                self._bad("columns", f"{shown(title)} and {shown(other)} as {column}", "one of them", "leave one out")
            made[title] = column if column != "+" else f"+{title}"
        return made

    def _fixed(self, spec: Sheet) -> Mapping[str, Any]:
        made: dict[str, Any] = {}
        for ours, value in self._pairs("fixed").items():
            column = self._column("fixed", spec, ours)
            if isinstance(value, bool):
                value = "yes" if value else "no"
            if not isinstance(value, str | int | float):
                self._bad("fixed", shown(value), "a text or a number", "write it so")
            elif column:
                made[column] = value
        return made

    def _names(self, spec: Sheet) -> Mapping[str, Mapping[str, str]]:
        made: dict[str, Mapping[str, str]] = {}
        for ours, pairs in self._pairs("names").items():
            column = self._column("names", spec, ours, attributes=False)
            if not isinstance(pairs, dict) or not all(isinstance(v, str) for v in pairs.values()):
                self._bad("names", shown(pairs), "pairs of texts", 'write { category = { "5100" = "personnel" } }')
            elif column:
                made[column] = pairs
        return made

    def _parts(self, key: str, names: tuple[str, ...]) -> Mapping[str, Any] | None:
        if key not in self.raw:
            return None
        value = self.raw[key]
        if not isinstance(value, dict) or set(value) != set(names):
            self._bad(key, shown(value), f"{{ {', '.join(f'{n} = …' for n in names)} }}", "write these, and no others")
            return None
        return value

    def _across(self, spec: Sheet) -> Across | None:
        parts = self._parts("across", ("columns", "title", "value"))
        if parts is None:
            return None
        columns = self._texts("across", parts["columns"])
        title = self._column("across", spec, str(parts["title"]), attributes=False)
        value = self._column("across", spec, str(parts["value"]), attributes=False)
        if not (columns and title and value):
            self._bad("across", shown(parts), "columns, and our two columns for their titles and cells", "name them")
            return None
        return Across(columns, title, value)

    def _split(self) -> Split | None:
        parts = self._parts("split", ("column", "by", "to"))
        if parts is None:
            return None
        if not all(isinstance(v, str) and v for v in parts.values()):
            self._bad("split", shown(parts), "three texts", "write them in quotes")
            return None
        to = next((s for s in SHEETS if fold_title(s.name) == fold_title(parts["to"])), None)
        if to is None or split_columns(self.toml_text("to"), to) is None:
            expected = "a table of ours whose rows name one of these and another"
            self._bad("split", shown(parts["to"]), expected, "write Partners")
            return None
        return Split(parts["column"], parts["by"], to.name)

    def _create(self) -> tuple[str, ...]:
        made = []
        for name in self._texts("create"):
            sheet = next((s for s in SHEETS if fold_title(s.name) == fold_title(name)), None)
            if sheet is None or len(sheet.key) != 1 or sheet.columns[0].type != "key" or sheet.name == "Case":
                self._bad(
                    "create", shown(name), "a table of names", "write Agencies, Funds, Initiatives, Periods or Areas"
                )
            else:
                made.append(sheet.name)
        return tuple(dict.fromkeys(made))


def split_columns(table: str, to: Sheet) -> tuple[str, str] | None:
    """Of the table that a split makes rows of: the column that names the record it came from, and the one that takes a name."""
    spec = next((s for s in SHEETS if fold_title(s.name) == fold_title(table)), None)
    if spec is None or len(spec.key) != 1:
        return None
    own = next((c for c in to.key if to.column(c).refers == spec.name), "")
    others = [c for c in to.key if c != own]
    return (own, others[0]) if own and len(others) == 1 else None
