"""What can be taken away: the plan as a workbook, its tables as data, the inputs as a workbook. Each says for whom it was
made."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

from optimiser.app_pages.shell import handed, session
from optimiser.case.maps.into import map_sheet, together
from optimiser.case.maps.map_form import Map
from optimiser.case.writing.writer import PlainSheet, write_tables
from optimiser.desk.open_drafts import case_title
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.store.privacy import sight
from optimiser.store.work import maps


def of_plan(draft: Draft, plan: Plan) -> None:
    """The plan workbook, and behind a second button its data."""
    name, line = file_name(draft), sight.made_for(session.actor(), draft.whole)
    off = bool(draft.of_another)
    why = "The plan on show is of another scenario than the one chosen. Solve first." if off else None
    handed.button(
        "Download the plan",
        lambda _: plan_workbook(plan, line),
        f"{name} plan.xlsx",
        "download-plan",
        case=draft.id,
        disabled=off,
        help=why or "A workbook with the inputs, the plan, its compliance sheet and its proof.",
    )
    handed.button(
        "Data",
        lambda _: plan_data(plan, line),
        f"{name} plan.json",
        "download-data",
        case=draft.id,
        type="tertiary",
        disabled=off,
        help=why or "Every table of the plan, for other programs.",
    )


def of_inputs(draft: Draft) -> None:
    """The inputs as a workbook, with every edit."""
    case = draft.checked().case
    if case is not None:
        line = sight.made_for(session.actor(), draft.whole)
        kept = maps.of_case(session.db(), session.actor(), draft.id)
        handed.button(
            "Export",
            lambda _: inputs_workbook(dict(case.tables), line, together(m.toml for m in kept)),
            f"{file_name(draft)}.xlsx",
            "download-inputs",
            case=draft.id,
        )


def file_name(draft: Draft) -> str:
    """A file's name from the case's."""
    return re.sub(r"[^\w ,.()-]", "", case_title(draft)).strip(" .") or "case"


def plan_workbook(plan: Plan, made_for: str = "") -> bytes:
    """The bytes of the plan workbook. made_for: the line that says for whom, among the notes of its Summary."""
    from optimiser.report.documents.plan_workbook import write_plan

    target = BytesIO()
    write_plan(replace(plan, notes=tuple(dict.fromkeys([*plan.notes, *([made_for] if made_for else [])]))), target)
    return target.getvalue()


def inputs_workbook(tables: dict[str, Any], made_for: str = "", kept: Map = ()) -> bytes:
    """The bytes of a workbook of these tables. made_for: as in `plan_workbook`, on a sheet that an import passes over. kept: the
    map by which files are read into the case; who opens the workbook has it too."""
    target = BytesIO()
    last = [PlainSheet("Summary", [made_for], [], widths={made_for: 90})] if made_for else []
    write_tables(target, tables, last=[*last, *([map_sheet(kept, ())] if kept else [])])
    return target.getvalue()


def plan_data(plan: Plan, made_for: str = "") -> bytes:
    """Every table of the plan as JSON: name -> list of records; and for whom it was made."""
    tables = {name: table.plain() for name, table in plan.tables.items()}
    said = {"made_for": made_for} if made_for else {}
    return json.dumps({**said, **tables}, ensure_ascii=False, allow_nan=False, indent=1).encode()
