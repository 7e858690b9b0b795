"""The first edit after a right, a sign-in or the database is gone: told in its own window, and kept to be made again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from optimiser.app_pages.shell import launch, session
from optimiser.desk.open_drafts import Desk
from optimiser.desk.state import Draft
from optimiser.desk.unkept import Unkept
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.work import drafts
from tests.app.small import laid, opened, plain


def pool(draft: Draft) -> tuple[int, object]:
    record = draft.records("Funds")[0]
    return record.number, record.values["amount"]


def failing(wrong: Exception) -> Callable[..., Any]:
    def act(*_args: object, **_more: object) -> Any:
        raise wrong

    return act


GONE = OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (PermissionError("The sign-in has ended."), "sign-in has ended"),
        (NotAllowed("You may not edit."), "may not edit"),
        (GONE, "database cannot be reached"),
        (OperationalError("x", {}, Exception("database or disk is full")), "disk on which the database stands is full"),
    ],
)
def test_an_edit_that_cannot_be_kept_is_told_and_can_be_made_again(
    wrong: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = laid()
    number, before = pool(draft)
    with monkeypatch.context() as patched:
        patched.setattr(drafts, "step", failing(wrong))
        assert draft.edit("Funds", {number: {"amount": 123_000}}) == 0
        assert pool(draft)[1] == before, "what is not in the store is not shown as if it were"
    at = opened(draft)
    assert said in plain(at.error[0].value)
    assert any("Not kept yet" in plain(m.value) and "123,000" in plain(m.value) for m in at.markdown)
    at.button(key="unkept-again").click().run()
    assert not at.exception
    assert pool(draft)[1] == 123_000
    assert not any("Not kept yet" in plain(m.value) for m in at.markdown)
    assert not opened(draft).error, "it is told once"


def test_an_edit_can_be_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    number, before = pool(draft)
    with monkeypatch.context() as patched:
        patched.setattr(drafts, "step", failing(GONE))
        draft.edit("Funds", {number: {"amount": 5}})
    at = opened(draft)
    at.button(key="unkept-let-go").click().run()
    assert draft.unkept.edit is None
    assert pool(draft)[1] == before


def test_an_edit_that_is_wrong_in_itself_is_not_offered_again() -> None:
    draft = laid()
    number, _ = pool(draft)
    draft.edit("Funds", {number: {"amount": float("inf")}})
    assert draft.refused
    assert draft.unkept.edit is None


def test_what_was_refused_is_told_in_the_window_that_made_it() -> None:
    here, there = ["one"], {"one", "two"}
    told = Unkept(lambda: here[0], lambda window: window in there)
    told.refuse("No.")
    here[0] = "two"
    assert told.why == ""
    told.refuse("Not this either.")
    told.told()
    here[0] = "one"
    assert told.why == "No."
    here[0], there = "three", {"three"}
    assert told.why == "No.", "its own window is gone"
    told.told()
    assert told.why == ""


def test_a_role_that_is_taken_away_between_two_edits_leads_to_a_sentence() -> None:
    draft = laid()
    db, now = session.db(), [session.actor()]
    desk = Desk(db, lambda: now[0])
    mine = desk.open(draft.id)
    assert mine is not None
    number = pool(mine)[0]
    now[0] = replace(now[0], roles=frozenset({"viewer"}))
    assert mine.edit("Funds", {number: {"amount": 7}}) == 0
    shown = desk.open(draft.id)
    assert shown is not None
    assert not shown.editable
    assert "may not edit" in shown.refused
    assert shown.unkept.edit is not None
    now[0] = replace(now[0], roles=session.actor().roles)
    again = desk.open(draft.id)
    assert again is not None
    again.make_again()
    assert pool(again)[1] == 7


def test_solving_after_the_sign_in_has_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()

    def ended() -> Actor:
        raise PermissionError("The sign-in has ended.")

    monkeypatch.setattr(session, "actor", ended)
    session.solve_now(draft)
    assert draft.problem == "The sign-in has ended."


def test_the_frameworks_helpers_that_write_are_off() -> None:
    from streamlit.runtime import backend_operation_handler as helpers

    launch.gates()
    for helper in (helpers.InstallSkillsHandler, helpers.DismissSkillsNudgeHandler):
        told = asyncio.run(helper.handle(None, SimpleNamespace(request_id="r1"), "s"))  # type: ignore[arg-type]
        assert "no such helper" in told.error_msg


def test_an_edit_that_waits_is_kept_when_a_link_is_clicked_meanwhile() -> None:
    """The browser says nothing of the widgets of a page that is left."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

    launch.gates()
    launch.gates()  # whoever starts a server twice in one process
    waiting = ScriptRequests()
    for said in ({"grid": "old", "bar": "a"}, {"grid": "edited", "bar": "a"}, {"bar": "b"}):
        states = WidgetStates(widgets=[WidgetState(id=k, string_value=v) for k, v in said.items()])
        waiting.request_rerun(RerunData(widget_states=states))
    asked = waiting.on_scriptrunner_ready()
    assert asked.rerun_data.widget_states is not None
    assert {w.id: w.string_value for w in asked.rerun_data.widget_states.widgets} == {"grid": "edited", "bar": "b"}


def test_a_scenario_that_the_store_refuses_is_not_said_to_be_on_show(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    change = {"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"}
    with monkeypatch.context() as patched:
        patched.setattr(drafts, "step", failing(GONE))
        assert session.add_scenario(draft, "Less", "base", [change]) == ""
    assert draft.scenario == "base"
    assert "database cannot be reached" in draft.refused


def test_what_a_button_cannot_do_is_told_in_words_of_ours() -> None:
    draft = laid()
    assert not draft.attempt(failing(GONE))
    assert draft.refused == "The database cannot be reached. See that it runs, and try again."
    assert draft.attempt(lambda: None)
