"""A file is made when it is asked for, by the rights of that moment, and its address opens for who asked, for a minute."""

from __future__ import annotations

import ast
import asyncio
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage, _calculate_file_id

from optimiser.app_pages.editing import mend_cells
from optimiser.app_pages.shell import gate, handed, session, sign_in
from optimiser.app_pages.shell.gate import Gate, Opened
from optimiser.store.base import people, schema
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases
from tests.app import ROOT
from tests.app.small import laid

MIME = "text/csv"


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch) -> Opened:
    made = Opened()
    monkeypatch.setattr(gate, "OPENED", made)
    return made


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """Who is at work, who can be changed under way."""
    now = [people.local(session.db())]
    monkeypatch.setattr(people, "local", lambda _: now[0])
    return now


def pressed(monkeypatch: pytest.MonkeyPatch, **look: Any) -> Any:
    """What Streamlit calls when the button is pressed."""
    told: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, *a, **k: told.update(data=data, **k))
    handed.button("Data", lambda actor: actor.name.encode(), "plan.csv", "k", **look)
    assert told["on_click"] == "ignore"
    assert callable(told["data"]), "the page holds no file"
    return told["data"]


def exports(case: str) -> list[Any]:
    audit = schema.audit
    with session.db().read() as connection:
        wanted = select(audit).where(audit.c.action == "export", audit.c.item == case).order_by(audit.c.number)
        return list(connection.execute(wanted))


def test_each_file_is_told_to_the_audit_and_opens_its_address(
    monkeypatch: pytest.MonkeyPatch, somebody: list[Actor], addresses: Opened
) -> None:
    case = laid().id
    press = pressed(monkeypatch, case=case)
    assert exports(case) == []
    made = press()
    assert made == somebody[0].name.encode()
    (told,) = exports(case)
    assert '"file": "plan.csv"' in told.detail
    assert addresses.lets(_calculate_file_id(made, MIME, "plan.csv"), {})
    press()
    assert len(exports(case)) == 2


def test_who_has_lost_a_right_since_the_page_was_drawn_gets_nothing(
    monkeypatch: pytest.MonkeyPatch, somebody: list[Actor], addresses: Opened
) -> None:
    case, me = laid().id, somebody[0]
    press = pressed(monkeypatch, case=case)
    for changed in (
        replace(me, roles=frozenset()),
        replace(me, roles=frozenset({"viewer"})),
        replace(me, agency="Police"),
    ):
        somebody[0] = changed
        with pytest.raises(NotAllowed):
            press()
    assert exports(case) == []
    assert not addresses.lets(_calculate_file_id(me.name.encode(), MIME, "plan.csv"), {})


def test_a_case_that_is_shared_no_more_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch, somebody: list[Actor]
) -> None:
    db, me, case = session.db(), somebody[0], laid().id
    cases.share(db, me, case, True)
    other = people.signed_in(db, "subject of Rita", "Rita")
    people.set_roles(db, me, other.id, {"viewer"})
    somebody[0] = people.actor(db, other.id)
    press = pressed(monkeypatch, case=case)
    press()
    cases.share(db, me, case, False)
    with pytest.raises(NotThere):
        press()


def test_a_sign_in_that_ended_hands_out_nothing_and_closes_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    me = people.local(session.db())
    ticket = sign_in.Ticket(me, "issuer s-1 5 ", 5.0)
    with pytest.raises(PermissionError, match="ended"):
        ticket.actor(session.db())
    sign_in.sittings().use(ticket.sitting)
    monkeypatch.setattr(sign_in, "_user", lambda cookies: cookies)
    mine, others = {"iss": "issuer", "sub": "s-1", "iat": 5}, {"iss": "issuer", "sub": "s-2", "iat": 5}
    assert ticket.holds(mine)  # type: ignore[arg-type]
    assert not ticket.holds(others)  # type: ignore[arg-type]
    assert not ticket.holds({})
    sign_in.sittings().end(ticket.sitting)
    assert not ticket.holds(mine)  # type: ignore[arg-type]


def test_a_cookie_that_this_server_did_not_sign_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for cookies in ({}, {"_streamlit_user": "forged"}, {"_streamlit_user": '{"sub": "s-1"}'}):
        assert sign_in._user(cookies) == {}


def fetched(path: str, cookie: str = "") -> tuple[int, bytes]:
    """What the gate lets out of a server that would give any file to anybody."""
    told: list[Any] = []

    async def server(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-disposition", b'attachment; filename="plan.xlsx"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"figures"})

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        raise AssertionError

    named = [(b"host", b"127.0.0.1"), *([(b"cookie", cookie.encode())] if cookie else [])]
    asyncio.run(Gate(server)({"type": "http", "path": path, "headers": named}, receive, send))
    return told[0]["status"], b"".join(m.get("body", b"") for m in told[1:])


def test_an_address_is_closed_unless_it_was_asked_for(addresses: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetched("/media/abc.xlsx") == (404, gate._CLOSED_FILE)
    addresses.open("abc", lambda cookies: cookies.get("who") == "mine")
    assert fetched("/media/abc.xlsx", "who=mine; other=1") == (200, b"figures")
    for path, cookie in (("/media/abc.xlsx", ""), ("/media/abc.xlsx", "who=yours"), ("/media/abd.xlsx", "who=mine")):
        assert fetched(path, cookie)[0] == 404
    monkeypatch.setattr(gate, "OPEN_SECONDS", -1.0)
    addresses.open("late", lambda cookies: True)
    assert fetched("/media/late.xlsx")[0] == 404


def test_there_is_no_other_door() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "optimiser").rglob("*.py"))
        if path.name != "handed.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "download_button"
    ]
    assert found == []


def test_the_address_that_is_opened_is_the_one_that_the_framework_gives(
    monkeypatch: pytest.MonkeyPatch, somebody: list[Actor]
) -> None:
    press = pressed(monkeypatch, case=laid().id)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "session")
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    id = files.add_deferred(press, MIME, "0.0", "plan.csv")
    address = files.execute_deferred(id)
    assert fetched(address) == (200, b"figures")
    assert fetched(address.replace("/media/", "/media/0"))[0] == 404


def test_a_marked_copy_is_a_workbook_whatever_the_file_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(st, "download_button", lambda label, data, name, mime, **_: told.append((name, mime)))
    for name in ("request.ods", "request.xlsx", "request.xlsx (Health, 09:41)"):
        mend_cells.marked("Marked copy", name, b"", (), "k")
    assert told == [("marked-request.xlsx", handed.MIMES[".xlsx"])] * 3
