"""Every table of a case or a plan as CSV or Parquet, with a data package descriptor (datapackage.org, version 2).

The descriptor says of each column what it means, its unit and its limits, what identifies a record and where a name
leads, all from the one specification of the sheets.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.case.case import Case
from optimiser.case.reading.cells import no_formula
from optimiser.case.spec import BY_NAME, SHEETS, Column, Sheet
from optimiser.case.table import Table
from optimiser.plan.tables import SPEC, Plan

FORMS = ("csv", "parquet")
DESCRIPTOR = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def package(of: Case | Plan, forms: tuple[str, ...] = ("csv",)) -> dict[str, bytes]:
    """File name -> content: a file for each table that has rows, and the descriptor. The same tables give the same bytes.

    Text that a spreadsheet program could take for a formula begins with an apostrophe in CSV; Parquet holds it as it is.
    Raises ValueError for a form that is none of FORMS.
    """
    unknown = [form for form in forms if form not in FORMS]
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {' and '.join(FORMS)}")
    case = of.case if isinstance(of, Plan) else of
    tables = [*((s, case.tables[s.name]) for s in SHEETS if len(case.tables[s.name]))]
    if isinstance(of, Plan):
        tables += [(s, of.tables[s.name]) for s in SPEC.values() if len(of.tables[s.name])]
    there = {sheet.name for sheet, _ in tables}
    files: dict[str, bytes] = {}
    resources = []
    for form in dict.fromkeys(forms):
        for sheet, table in tables:
            columns = sheet.filled(table)
            name = f"{sheet.name}.{form}"
            files[name] = _csv(table, columns) if form == "csv" else _parquet(table, columns)
            resources.append(_resource(sheet, table, columns, form, files[name], there, len(forms) > 1))
    title = case.settings.name or "Case"
    descriptor = {
        "$schema": _PROFILE,
        "name": _plain(title) or "case",
        "title": f"{title}: {'a plan with its case' if isinstance(of, Plan) else 'the case'}",
        "currency": case.settings.currency,
        "inputs_sha256": case.sha256,
        "resources": resources,
    }
    files[DESCRIPTOR] = (json.dumps(descriptor, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
    return files


def _csv(table: Table, columns: list[str]) -> bytes:
    """The records as UTF-8; a blank is nothing, a number is as exact as it is kept, a flag is true or false."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(no_formula(column) for column in columns)
    for values in zip(*(table[column].tolist() for column in columns), strict=True):
        writer.writerow(_cell(value) for value in values)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            "" if math.isnan(value) else str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        )
    return str(no_formula(str(value)))


def _parquet(table: Table, columns: list[str]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    made = {c: [_blank(v, table[c].dtype.kind == "O") for v in table[c].tolist()] for c in columns}
    kinds = {"O": pyarrow.string(), "f": pyarrow.float64(), "b": pyarrow.bool_()}
    fields = [(column, kinds[table[column].dtype.kind]) for column in columns]
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(made, schema=pyarrow.schema(fields)), out)
    return out.getvalue()


def _blank(value: Any, as_text: bool) -> Any:
    """A value, or nothing where the cell is blank. as_text: its column holds text, and perhaps numbers beside it."""
    if as_text:
        return (value if isinstance(value, str) else _cell(value)) or None
    return None if isinstance(value, float) and math.isnan(value) else value


def _plain(said: str) -> str:
    """A name as data packages have it: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")


def _resource(
    sheet: Sheet, table: Table, columns: list[str], form: str, content: bytes, there: set[str], several: bool
) -> dict[str, Any]:
    """How one file is described. several: the same table stands in another form too, so its name says which this is."""
    known = {column.name: column for column in sheet.columns}
    schema: dict[str, Any] = {
        "fields": [_field(name, known.get(name), table) for name in columns],
        "missingValues": [""],
    }
    if all(c in columns and "" not in table[c].tolist() for c in sheet.key):  # no part of a primary key may be blank
        schema["primaryKey"] = list(sheet.key)
    links = [] if form != "csv" else list(_links(sheet, columns, there))
    if links:
        suffix = "-csv" if several else ""
        schema["foreignKeys"] = [
            {"fields": [name], "reference": {"resource": _plain(to) + suffix, "fields": [column]}}
            for name, to, column in links
        ]
    return {
        "name": _plain(sheet.name) + (f"-{form}" if several else ""),
        "type": "table",
        "path": f"{sheet.name}.{form}",
        "title": sheet.name,
        "description": sheet.help,
        "format": form,
        "mediatype": _MEDIA[form],
        **({"encoding": "utf-8"} if form == "csv" else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _links(sheet: Sheet, columns: list[str], there: set[str]) -> Iterator[tuple[str, str, str]]:
    """Columns that hold the key of a record of another sheet: column, sheet, its key."""
    for column in sheet.columns:
        if column.type == "ref" and column.name in columns and column.refers in there:
            key = BY_NAME[column.refers].key
            if len(key) == 1:
                yield column.name, column.refers, key[0]


def _field(name: str, column: Column | None, table: Table) -> dict[str, Any]:
    """A column: what its cells are, what it means, in which unit, between which limits."""
    kind = {"f": "number", "b": "boolean"}.get(table[name].dtype.kind, "string")
    if column is None:
        return {"name": name, "type": kind, "description": "An attribute of this case's own."}
    limits: Mapping[str, float] = {"minimum": column.low, "maximum": column.high}
    held = {k: v for k, v in limits.items() if kind == "number" and math.isfinite(v)}
    return {
        "name": name,
        "type": kind,
        "description": column.help,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": held} if held else {}),
    }
