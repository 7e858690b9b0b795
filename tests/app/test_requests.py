"""Requests of agencies in the app: sent, filled in, taken in as one step that undo takes back."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from optimiser.case.intake.sending import request_workbooks
from optimiser.verbs import case_from
from tests.app.small import RECORDS, opened, plain, solved


def filled(agency: str, row: int, value: Any) -> bytes:
    """An agency's workbook with another request in a row."""
    book = openpyxl.load_workbook(io.BytesIO(request_workbooks(case_from(RECORDS).tables)[agency]))
    sheet = book["Initiatives"]
    sheet.cell(row, [c.value for c in sheet[1]].index("request") + 1).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_what_came_back_is_shown_with_its_verdicts_and_taken_in_as_one_step() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    at.button(key="requests").click().run()
    assert not at.exception
    back = at.file_uploader(key="requests-back")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    back.upload("health.xlsx", filled("Health", 2, 260_000), kind)
    back.upload("police.xlsx", filled("Police", 2, "TBD"), kind).run()
    assert not at.exception
    assert any("1 of 2 agencies have answered" in plain(s.value) for s in at.markdown)
    board = next(t.value for t in at.table if "State" in t.value)
    assert [plain(v) for v in board["State"]] == ["faults", "answered"]
    assert plain(board["Asks"].iloc[0]) == "not known"
    assert any("N03" in list(t.value.get("Code", ())) for t in at.table)
    assert any("1 cell changes" in plain(m.value) for m in at.markdown)
    at.button(key="requests-take").click().run()
    assert not at.exception
    requests = {r.values["initiative"]: r.values["request"] for r in draft.records("Initiatives")}
    assert (requests["I1"], requests["I3"]) == (260_000, 150_000)
    assert draft.can_undo.startswith("Requests of Health taken in")
    draft.undo()
    assert {r.values["initiative"]: r.values["request"] for r in draft.records("Initiatives")}["I1"] == 250_000
