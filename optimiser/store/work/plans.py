"""A plan as bytes and back, with every digit of every table, so that it is shown years later without solving."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.settings import Objective, Settings, Tier
from optimiser.case.table import Array, Table, text
from optimiser.plan.tables import SPEC, Plan, Proof, Stage
from optimiser.report.documents import result_json
from optimiser.report.documents.plan_workbook import write_plan

Records = dict[str, list[dict[str, Any]]]
_KINDS = {"b": bool, "f": float, "i": np.int64}
_PLAIN = ("status", "objective", "bound", "gap", "impact", "solver")


def records_of(case: Case) -> Records:
    """The tables of a case as plain records; None where a cell is blank. Sheets without rows are left out."""
    return {name: table.plain() for name, table in case.tables.items() if len(table)}


def case_of(records: Mapping[str, Sequence[Mapping[str, Any]]], settings: Mapping[str, Any]) -> Case:
    """The case that was solved, from its records and settings. Raises InvalidCase where this program refuses it."""
    from optimiser.case.reading.workbook import tables_from
    from optimiser.verbs import solved_case

    case = solved_case(tables_from(records))
    return replace(case, settings=settings_from(settings))


def settings_of(case: Case) -> dict[str, Any]:
    """The settings that were solved with, as plain values."""
    made: dict[str, Any] = json.loads(json.dumps(asdict(case.settings)))
    return made


def settings_from(stated: Mapping[str, Any]) -> Settings:
    """The settings, from plain values."""
    objective = tuple(Objective(**o) for o in stated["objective"])
    return Settings(**{**stated, "objective": objective, "tiers": tuple(Tier(**t) for t in stated["tiers"])})


def result_of(plan: Plan) -> bytes:
    """What `solve --json` says, without seconds, as JSON with sorted keys: the same bytes for the same answer."""
    said = result_json.as_json(replace(plan, extra={}))
    del said["seconds"]
    return json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def workbook_of(plan: Plan) -> bytes | None:
    """The plan's workbook, the same bytes for the same plan; None where there is no plan."""
    if not plan.has_plan:
        return None
    made = io.BytesIO()
    write_plan(plan, made)
    return made.getvalue()


def pack(plan: Plan) -> bytes:
    """Everything that a plan says, but for its case."""
    said: dict[str, Any] = {
        **{name: getattr(plan, name) for name in _PLAIN},
        "stages": [asdict(s) for s in plan.stages],
        "proof": asdict(plan.proof),
        "size": dict(plan.size),
        "seconds": dict(plan.seconds),
        "versions": dict(plan.versions),
        "notes": list(plan.notes),
        "certificate": list(plan.extra.get("certificate", ())),
        "tables": {
            name: {c: [v.dtype.kind, v.tolist()] for c, v in table.columns.items()}
            for name, table in plan.tables.items()
        },
    }
    return zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(data: bytes, case: Case) -> Plan:
    """The plan again, for its case: the same tables to the last digit."""
    said = json.loads(zlib.decompress(data))
    tables = {
        name: _whole(name, {c: _array(kind, values) for c, (kind, values) in columns.items()})
        for name, columns in said.pop("tables").items()
    }
    stages, proof = tuple(Stage(**s) for s in said.pop("stages")), Proof(**said.pop("proof"))
    extra = {"certificate": tuple(said.pop("certificate", ()))}
    notes = tuple(said.pop("notes"))
    return Plan(case=case, tables=tables, stages=stages, proof=proof, notes=notes, extra=extra, **said)


def _whole(name: str, columns: dict[str, Array]) -> Table:
    """A table with every column that it has today; a text that a plan of an earlier version did not say is blank."""
    rows = len(next(iter(columns.values()))) if columns else 0
    blank = {c.name: text([""] * rows) for c in SPEC[name].columns if c.type == "text" and c.name not in columns}
    return Table(name, {**columns, **blank})


def _array(kind: str, values: list[Any]) -> Array:
    return np.array(values, _KINDS[kind]) if kind in _KINDS else text(values)
