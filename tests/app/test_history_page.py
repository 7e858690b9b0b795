"""History and Administration: versions compared, steps listed, the audit checked, people given roles."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from optimiser.app_pages import history
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.asking import jobs
from optimiser.store.base import people
from optimiser.store.base.rights import Actor
from optimiser.store.keeping import retention
from optimiser.store.work import cases
from tests.app.small import laid, opened, plain
from tests.app.test_boxes import said


def test_steps_are_listed_with_who_and_what_was_undone() -> None:
    draft = laid()
    fund = draft.records("Funds")[1].number
    for amount in (1.0, 2.0):
        draft.edit("Funds", {fund: {"amount": amount}})
    draft.undo()
    draft.edit("Funds", {fund: {"amount": 3.0}})
    at = opened(draft, "history")
    at.session_state["history-part"] = history.STEPS
    at.run()
    table = at.dataframe[0].value
    assert table["What"].tolist() == [
        "Funds: amount of Grant, 1 → 3",
        "Funds: amount of Grant, 1 → 2",
        "Funds: amount of Grant, 200,000 → 1",
    ]
    assert table["State"].tolist() == ["in force", "undone", "in force"]
    assert set(table["Who"]) == {session.actor().name}


def test_two_states_are_compared_by_id() -> None:
    draft = laid()
    draft.edit("Funds", {draft.records("Funds")[1].number: {"amount": 1.0}})
    session.save_version(draft, "One")
    draft.delete("Initiatives", [draft.records("Initiatives")[4].number])
    at = opened(draft, "history")
    at.session_state["history-part"] = history.COMPARE
    at.run()
    assert "1 record is deleted" in said(at)  # from the version before the newest to the draft: both
    assert "1 cell changes" in said(at)
    assert at.dataframe[0].value.iloc[0].tolist() == ["Funds", "Grant", "amount", "200,000", "1"]
    at.selectbox(key="from").set_value(2).run()
    assert said(at).count("1 cell changes") == 0
    at.selectbox(key="to").set_value(2).run()
    assert "Nothing differs" in said(at)


def test_a_case_is_shared_by_a_switch_and_not_by_one_that_is_told_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    at = opened(draft, "history")
    at.toggle(key=f"share-{draft.id}-False").set_value(True).run()
    assert cases.info(session.db(), session.actor(), draft.id).shared
    monkeypatch.setattr(history, "st", SimpleNamespace(session_state={"switch": True}))
    history._share(draft, "switch", True)
    assert cases.info(session.db(), session.actor(), draft.id).shared
    assert session.desk().open(draft.id) is draft


def test_the_sum_of_a_version_is_for_who_sees_all_of_it() -> None:
    draft = laid()
    sum = cases.versions(session.db(), session.actor(), draft.id)[0].sha256[:12]
    at = opened(draft, "history")
    assert any(sum in c.value for c in at.caption)
    draft.whole = False
    at.run()
    assert "Version 1" in said(at)
    assert not any(sum in c.value for c in at.caption)


def test_the_audit_is_checked_and_a_foreign_head_is_found_out() -> None:
    at = opened(laid(), "history")
    at.session_state["history-part"] = history.AUDIT
    at.run()
    at.button(key="audit-check").click().run()
    assert any("The audit is whole" in s.value for s in at.success)
    at.text_input(key="audit-head").set_value("f" * 64)
    at.button(key="audit-check").click().run()
    assert any("wrong in an audit" in e.value for e in at.error)


def test_an_administrator_gives_roles_and_sets_the_retention() -> None:
    draft = laid()
    new = people.signed_in(session.db(), "new@test", "N. New")
    at = opened(draft, "administration")
    assert "for a role" in str(at.title[0].value)
    at.selectbox(key="person").set_value(new.id).run()
    at.multiselect[0].set_value(["member"])
    next(b for b in at.button if b.label == "Save").click().run()
    assert not at.exception
    assert people.actor(session.db(), new.id).roles == {"member"}
    at.session_state["administration-part"] = "Holds and retention"
    at.run()
    at.number_input[0].set_value(12)
    next(b for b in at.button if b.label == "Set").click().run()
    assert retention.years(session.db()) == 12


def test_the_doctor_looks_and_a_backup_can_be_taken() -> None:
    at = opened(laid(), "administration")
    at.session_state["administration-part"] = "Doctor"
    at.run()
    for _ in range(60):
        if not [j for j in jobs()._jobs.values() if not j.done]:
            break
        at.run()
    at.run()
    assert "highs solves a small case" in said(at)
    at.session_state["administration-part"] = "Database"
    at.run()
    at.button(key="backup").click().run()
    assert not at.exception
    assert any("SHA-256" in s.value for s in at.success)
    assert at.session_state["backup-made"][0][:2] == b"PK"


def test_administration_is_for_administrators(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    analyst = Actor(session.actor().id, "A. Analyst", frozenset({"analyst"}))
    monkeypatch.setattr(sign_in, "actor", lambda: analyst)
    at = opened(draft, "administration")
    assert plain(at.title[0].value) == "Administration is for administrators"
    assert not at.dataframe
