"""The audit for auditors: as JSON lines, which keep everything, and as a table for spreadsheet programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optimiser.case.reading.cells import no_formula
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.keeping.audit_check import records
from optimiser.store.privacy import reach, sight

COLUMNS = ("number", "at", "person", "name", "action", "item", "detail", "before", "hash")


def export(db: Database, actor: Actor, folder: Path) -> list[Path]:
    """Writes audit.jsonl and audit.csv into a folder. That it was exported is the last record in it.

    It tells of every case, so it is for the partnership's office and for administrators. Raises NotAllowed,
    FileExistsError where one of them is there already.
    """
    permit(actor, "export the audit")
    if not (sight.sees_all(actor) or actor.may("back up")):
        raise sight.in_part(actor)
    targets = [folder / "audit.jsonl", folder / "audit.csv"]
    for target in targets:
        if target.exists():
            raise FileExistsError(f"{target} is there already. Name another folder, or move it away first.")
    with db.act(actor, "export the audit"):
        pass  # told before it is written, so that the export shows who made it
    with db.read() as connection:
        names = reach.names(connection)
        rows = [_plain(row, names) for row in records(connection)]
    folder.mkdir(parents=True, exist_ok=True)
    for target, text in zip(targets, (json_lines(rows), as_csv(rows)), strict=True):
        target.write_text(text, "utf-8", newline="")
    return targets


def _plain(row: Any, names: dict[str, str]) -> dict[str, Any]:
    at = row.at.isoformat(timespec="microseconds")
    return {**dict(row._mapping), "at": at, "name": names.get(row.person, "")}


def json_lines(rows: Iterable[dict[str, Any]]) -> str:
    """One JSON object a line, with every value as it is in the audit, so that the chain can be checked by others."""
    return "".join(json.dumps({c: row[c] for c in COLUMNS}, ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """A table in which no cell is taken for a formula: what could be begins with an apostrophe."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([[no_formula(row[c]) for c in COLUMNS] for row in rows])
    return made.getvalue()
