"""What can be taken away: the plan as a workbook, its tables as data, the inputs as a workbook."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import streamlit as st

from optimiser.app_pages.case_bar import case_name
from optimiser.app_pages.state import Draft
from optimiser.case.writer import write_tables
from optimiser.plan.tables import Plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def of_plan(draft: Draft, plan: Plan) -> None:
    """The plan workbook, and behind a second button its data."""
    name = file_name(draft)
    st.download_button(
        "Download the plan",
        lambda: plan_workbook(plan),
        f"{name} plan.xlsx",
        XLSX,
        key="download-plan",
        on_click="ignore",
        help="A workbook with the inputs, the plan, its compliance sheet and its proof.",
    )
    st.download_button(
        "Data",
        lambda: plan_data(plan),
        f"{name} plan.json",
        "application/json",
        key="download-data",
        on_click="ignore",
        type="tertiary",
        help="Every table of the plan, for other programs.",
    )


def of_inputs(draft: Draft) -> None:
    """The inputs as a workbook, with every edit."""
    case = draft.checked().case
    if case is not None:
        st.download_button(
            "Export",
            lambda: inputs_workbook(dict(case.tables)),
            f"{file_name(draft)}.xlsx",
            XLSX,
            key="download-inputs",
            on_click="ignore",
        )


def file_name(draft: Draft) -> str:
    """A file's name from the case's."""
    return re.sub(r"[^\w ,.()-]", "", case_name(draft)).strip(" .") or "case"


def plan_workbook(plan: Plan) -> bytes:
    """The bytes of the plan workbook."""
    from optimiser.report.plan_workbook import write_plan

    target = BytesIO()
    write_plan(plan, target)
    return target.getvalue()


def inputs_workbook(tables: dict[str, Any]) -> bytes:
    """The bytes of a workbook of these tables."""
    target = BytesIO()
    write_tables(target, tables)
    return target.getvalue()


def plan_data(plan: Plan) -> bytes:
    """Every table of the plan as JSON: name -> list of records."""
    tables = {name: [_plain(r) for r in table.records()] for name, table in plan.tables.items()}
    return json.dumps(tables, ensure_ascii=False, allow_nan=False, indent=1).encode()


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and v != v else v for k, v in record.items()}
