"""The content of a version: every record of a case in one canonical piece of bytes, and its hash.

Equal records give equal bytes, whatever the order in which sheets and columns were touched: sheets stand in the order
of the workbook, a sheet's columns in that of the specification and then attributes as they came, blanks are null. The order of
rows counts (of Periods it is the order of time).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.store.base.records import Plain, Values, keepable

_PLACES = {sheet.name: k for k, sheet in enumerate(SHEETS)}


def pack(records: Plain) -> bytes:
    """Records as they are kept. Raises ValueError, with the place, where a cell holds what cannot be kept."""
    sheets = sorted((s for s in records if records[s]), key=lambda s: (_PLACES.get(s, len(_PLACES)), s))
    made = [[sheet, *_table(sheet, records[sheet])] for sheet in sheets]
    text = json.dumps(made, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The records of `pack`: every record has every column of its sheet, blanks are None."""
    return {
        sheet: [dict(zip(columns, row, strict=True)) for row in rows]
        for sheet, columns, rows in json.loads(zlib.decompress(content))
    }


def sha256(content: bytes) -> str:
    """Hash of what is kept, in hexadecimal: of the text and not of its compression, which a library may change."""
    return hashlib.sha256(zlib.decompress(content)).hexdigest()


def _table(sheet: str, rows: Any) -> tuple[list[str], list[list[Any]]]:
    present = dict.fromkeys(column for row in rows for column in row)
    known = BY_NAME[sheet].names if sheet in BY_NAME else ()
    columns = [c for c in known if c in present] + [c for c in present if c not in known]
    return columns, [_row(sheet, number, columns, row) for number, row in enumerate(rows, 1)]


def _row(sheet: str, number: int, columns: list[str], row: Values) -> list[Any]:
    try:
        return [keepable(row.get(c)) for c in columns]
    except ValueError as wrong:
        raise ValueError(f"{sheet}, row {number}: {wrong}") from wrong
