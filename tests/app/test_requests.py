"""Requests of agencies in the app: sent, filled in, taken in as one step that undo takes back."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from optimiser.app_pages.shell import session, sign_in
from optimiser.case.intake.sending import request_workbooks
from optimiser.store.base import people
from optimiser.store.work import agency_requests, cases
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


KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_an_agency_sends_for_itself_and_the_office_sees_who_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = solved()
    db, me = session.db(), session.actor()
    cases.share(db, me, draft.id, True)
    at = opened(draft, "inputs")
    at.button(key="requests").click().run()
    yesterday = datetime.now().date() - timedelta(days=3)
    at.date_input(key="requests-due").set_value(yesterday).run()
    at.button(key="requests-call").click().run()
    assert not at.exception
    board = next(t.value for t in at.table if "State" in t.value)
    assert [plain(v) for v in board["State"]] == ["3 days late", "3 days late"]
    reminder = next(t.value for t in at.text_area if t.label == "To be copied")
    assert "3 days ago" in reminder
    assert "Health" in reminder.splitlines()[0]

    theirs = people.signed_in(db, "subject of Hal", "Hal")
    people.set_roles(db, me, theirs.id, {"member"})
    people.set_agency(db, me, theirs.id, "Health")
    with monkeypatch.context() as patched:
        patched.setattr(session, "actor", lambda: people.actor(db, theirs.id))
        patched.setattr(sign_in, "actor", lambda: people.actor(db, theirs.id))
        own = opened(draft, "inputs")
        assert own.button(key="requests").label == "Your request"
        own.button(key="requests").click().run()
        assert not own.exception
        own.file_uploader(key="own-back").upload("police.xlsx", filled("Police", 2, 1_000), KIND).run()
        assert any("not of Health" in plain(e.value) for e in own.error)
        own.file_uploader(key="own-back").upload("bad.xlsx", filled("Health", 2, "TBD"), KIND).run()
        assert own.button(key="own-send").disabled
        own.file_uploader(key="own-back").upload("mine.xlsx", filled("Health", 2, 260_000), KIND).run()
        own.button(key="own-send").click().run()
        assert not own.exception
        assert [a.file for a in agency_requests.answers(db, people.actor(db, theirs.id), draft.id)] == ["mine.xlsx"]

    at = opened(draft, "inputs")
    at.button(key="requests").click().run()
    assert not at.exception
    board = next(t.value for t in at.table if "State" in t.value)
    assert [plain(v) for v in board["State"]] == ["3 days late", "answered"]
    assert plain(board["Came back"].iloc[1]) != ""
    at.button(key="requests-take").click().run()
    assert not at.exception
    assert draft.records("Initiatives")[0].values["request"] == 260_000
