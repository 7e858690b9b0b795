"""What is edited is kept: through a restart of the server, beside other sessions, and when somebody else saves meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.shell import saving, session, sign_in
from optimiser.desk.open_drafts import Desk
from optimiser.desk.state import Draft
from optimiser.store.base import people
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.work import cases, drafts, recent, runs
from optimiser.store.work.drafts import Conflicts
from optimiser.verbs import solve
from tests.app import ROOT
from tests.app.small import laid, opened, solved
from tests.app.test_boxes import said, values


def restarted() -> None:
    """As when the server is started again: nothing is in its memory."""
    st.cache_resource.clear()


def another(*roles: str) -> Actor:
    """Somebody else at work in this store."""
    made = people.signed_in(session.db(), f"{'-'.join(roles)}@test", f"B. {roles[0].title()}")
    people.set_roles(session.db(), session.actor(), made.id, roles)
    return people.actor(session.db(), made.id)


def number(draft: Draft, sheet: str, key: str, value: str) -> int:
    return next(r.number for r in draft.records(sheet) if r.values[key] == value)


def set_amount(draft: Draft, fund: str, amount: float) -> None:
    assert draft.edit("Funds", {number(draft, "Funds", "fund", fund): {"amount": amount}}) == 1


def test_edits_undo_and_redo_survive_a_restart(empty_store: Path) -> None:
    draft = laid()
    set_amount(draft, "Grant", 111_000.0)
    set_amount(draft, "Grant", 222_000.0)
    draft.undo()
    case = draft.id
    restarted()
    found = session.desk().open(case)
    assert found is not None
    assert found is not draft
    assert values(found, "Funds", "amount")[1] == 111_000.0
    assert [s.said for s in found.history] == ["Funds: amount of Grant, 200,000 → 111,000"]
    assert found.history[0].person == session.actor().name
    found.redo()
    assert values(found, "Funds", "amount")[1] == 222_000.0
    found.undo()
    found.undo()
    assert values(found, "Funds", "amount")[1] == 200_000
    assert found.can_undo == ""
    at = opened(found, "inputs")  # a case that is opened from the store is solved as it is
    for _ in range(40):
        if found.running is None and session.plan(found) is not None:
            break
        at.run()
    assert session.plan(found) is not None


def test_an_example_is_one_case_of_a_person_however_often_it_is_opened(empty_store: Path) -> None:
    for _ in range(2):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        assert not at.exception
        listed = recent.listed(session.db(), session.actor())
        assert len(listed) == 1
        assert listed[0].source.startswith("Example")
        assert at.session_state["case"] == listed[0].id
    draft = session.desk().open(listed[0].id)
    assert draft is not None
    fund = draft.records("Funds")[0]
    draft.edit("Funds", {fund.number: {"amount": 5.0}})
    session.open_example("task-force")
    assert len(recent.listed(session.db(), session.actor())) == 2
    session.open_example("gun-violence")
    again = session.desk().open(st.session_state["case"])
    assert again is not None
    assert again.id == draft.id
    assert again.records("Funds")[0].values["amount"] == 5.0
    assert len(recent.listed(session.db(), session.actor())) == 2
    again.edit("Funds", {fund.number: {"amount": 6.0}})
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert at.session_state["case"] == draft.id  # who comes back finds what they worked on last


def test_save_a_version_keep_its_run_and_restore_an_earlier_one() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    assert at.button(key="save-version").disabled
    next(w for w in at.text_input if w.label.startswith("Amount")).set_value("250,000").run()
    assert saving.standing(draft) == "version 1, 3 edits since"
    at.text_input(key=f"save-note-{draft.id}-1").set_value("Pool cut").run()
    at.button(key="solve-again").click().run()
    at.button(key="save-version").click().run()
    assert not at.exception
    assert any("Version 2 is saved." in i.value for i in at.info)
    assert draft.unsaved() == []
    listed = cases.versions(session.db(), session.actor(), draft.id)
    assert (listed[0].number, listed[0].note) == (2, "Pool cut")
    kept = runs.listed(session.db(), session.actor(), draft.id)
    plan = session.plan(draft)
    assert plan is not None
    assert [(r.version, r.inputs_sha256) for r in kept] == [(2, plan.case.sha256)]
    page = opened(draft, "history")
    assert str(page.title[0].value).startswith("Version 2, saved by ")
    page.button(key="restore-1").click().run()
    assert not page.exception
    assert values(draft, "Funds", "amount")[0] == 300_000
    assert draft.state.base == 3
    page.button(key="approve-3").click().run()
    assert "approved by" in str(page.title[0].value)


def test_a_second_person_saves_meanwhile_and_nothing_is_lost() -> None:
    draft = laid()
    cases.share(session.db(), session.actor(), draft.id, True)
    other = another("analyst")
    theirs = drafts.open(session.db(), other, draft.id)
    set_amount(draft, "Grant", 210_000.0)
    draft.edit("Initiatives", {number(draft, "Initiatives", "initiative", "I1"): {"name": "Street outreach"}})
    grant, pool = theirs.sheets["Funds"][1], theirs.sheets["Funds"][0]
    changed = [
        ["Funds", grant.number, "Grant", "amount", 200_000, 190_000.0],
        ["Funds", pool.number, "Pool", "name", "Safety pool", "Pooled safety"],
    ]
    theirs = drafts.step(session.db(), other, theirs.id, theirs.revision, "Two cells", changed)
    drafts.save(session.db(), other, theirs.id, "Meanwhile")

    at = opened(draft, "inputs")
    assert "version 2 is newer" in said(at)
    at.button(key="save-version").click().run()
    assert not at.exception
    assert values(draft, "Funds", "amount")[1] == 210_000.0  # nothing was taken or lost yet
    assert "before: 200,000" in said(at)
    radio = at.radio[0]
    assert [str(o) for o in radio.options] == ["Mine: 210,000", "Theirs: 190,000"]
    assert at.button(key="save-chosen").disabled
    with pytest.raises(Conflicts):
        draft.save("")
    session.save_version(draft, "Both", {("Funds", "Grant", "amount"): "mine"})
    newest = cases.version(session.db(), session.actor(), draft.id)
    assert newest.number == 3
    assert [(r["name"], r["amount"]) for r in newest.records["Funds"][:2]] == [
        ("Pooled safety", 300_000),
        ("Health grant", 210_000.0),
    ]
    assert newest.records["Initiatives"][0]["name"] == "Street outreach"
    assert values(draft, "Funds", "name")[0] == "Pooled safety"
    draft.undo()  # also what was taken over from them can be taken back
    assert values(draft, "Funds", "name")[0] == "Safety pool"


def test_the_dialog_saves_what_was_chosen() -> None:
    draft = laid()
    cases.share(session.db(), session.actor(), draft.id, True)
    other = another("finance")
    theirs = drafts.open(session.db(), other, draft.id)
    grant = theirs.sheets["Funds"][1]
    step = [["Funds", grant.number, "Grant", "amount", 200_000, 190_000.0]]
    drafts.step(session.db(), other, theirs.id, theirs.revision, "One cell", step)
    drafts.save(session.db(), other, theirs.id)
    set_amount(draft, "Grant", 210_000.0)
    at = opened(draft, "inputs")
    at.button(key="save-version").click().run()
    at.radio[0].set_value("theirs").run()
    at.button(key="save-chosen").click().run()
    assert not at.exception
    assert any("Version 2 is saved." in i.value for i in at.info)  # theirs alone: nothing differs from their version
    assert values(draft, "Funds", "amount")[1] == 190_000.0


def test_a_case_is_not_shown_to_others_until_it_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    other = another("analyst", "finance")
    monkeypatch.setattr(session.desk(), "who", lambda: other)
    assert session.desk().open(draft.id) is None
    monkeypatch.undo()
    cases.share(session.db(), session.actor(), draft.id, True)
    monkeypatch.setattr(session.desk(), "who", lambda: other)
    seen = session.desk().open(draft.id)
    assert seen is not None
    assert seen is not draft
    set_amount(seen, "Grant", 1.0)
    assert values(draft, "Funds", "amount")[1] == 200_000


def test_a_refused_edit_is_told_and_the_page_shows_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = solved()

    def refuses(*_: object, **__: object) -> None:
        raise NotAllowed("N. may not edit.")

    at = opened(draft, "inputs")
    monkeypatch.setattr(drafts, "step", refuses)
    next(w for w in at.text_input if w.label.startswith("Amount")).set_value("250,000").run()
    assert not at.exception
    assert any("Not done. N. may not edit." in e.value for e in at.error)
    assert values(draft, "Funds", "amount")[0] == 300_000
    assert next(w for w in at.text_input if w.label.startswith("Amount")).value == "300,000"


def test_sensitive_rows_do_not_reach_who_may_not_see_them(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = solved()
    draft.edit("Initiatives", {number(draft, "Initiatives", "initiative", "I4"): {"sensitive": True}})
    session.solve_now(draft, wait=300)
    session.save_version(draft, "With a sensitive row")
    cases.share(session.db(), session.actor(), draft.id, True)
    outside = another("viewer")
    people.set_agency(session.db(), session.actor(), outside.id, "Health")
    outside = people.actor(session.db(), outside.id)
    monkeypatch.setattr(session.desk(), "who", lambda: outside)
    monkeypatch.setattr(sign_in, "actor", lambda: outside)
    seen = session.desk().open(draft.id)
    assert seen is not None
    assert not seen.whole
    assert "I4" not in values(seen, "Initiatives", "initiative")
    assert "Analysts" not in str(seen.plain())
    plan = session.plan(seen)
    assert plan is None or "Analysts" not in plan.award["name"].tolist()
    for page in ("inputs", "plan", "why", "history"):
        at = opened(seen, page)
        assert "Analysts" not in str(at.main)
    assert "others' eyes only" in said(opened(seen, "why"))


def test_a_member_has_the_proposed_plan_on_show_and_every_scenario_by_its_name(empty_store: Path) -> None:
    draft = laid()
    less = {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "= 200000"}
    more = {**less, "scenario": "more pool", "change": "= 310000"}
    draft.add_all("Scenarios", [less, more], "two scenarios")
    db, me = session.db(), session.actor()
    kept = {}
    version = session.save_version(draft, "with scenarios")
    for name in ("less pool", "base"):
        case = draft.checked().case
        assert case is not None
        kept[name] = runs.keep(db, me, draft.id, version, solve(session.in_scenario(case, name)), name).id
    decisions.propose(db, me, kept["less pool"], "Less of the pool", "", [kept["base"]])
    member = another("member")
    desk = Desk(db, lambda: member)

    shown = desk.open(draft.id)
    assert shown is not None
    assert not shown.editable
    assert shown.scenario == "less pool"
    assert shown.kept_plan is not None
    assert shown.kept_plan.impact == runs.plan(db, member, kept["less pool"]).impact

    decisions.withdraw(db, me, decisions.proposals(db, me, draft.id)[0].id)
    shown = desk.open(draft.id)
    assert shown is not None
    assert shown.scenario == "base"
    assert shown.kept_plan is not None
    assert shown.kept_plan.impact == runs.plan(db, member, kept["base"]).impact


def test_who_does_not_solve_chooses_among_kept_plans(empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    less = {"scenario": "less pool", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "= 200000"}
    draft.add_all("Scenarios", [less, {**less, "scenario": "more pool", "change": "= 310000"}], "two scenarios")
    db, me = session.db(), session.actor()
    version = session.save_version(draft, "with scenarios")
    case = draft.checked().case
    assert case is not None
    for name in ("base", "less pool"):
        runs.keep(db, me, draft.id, version, solve(session.in_scenario(case, name)), name)
    cases.share(db, me, draft.id, True)
    member = another("member")
    monkeypatch.setattr(session, "actor", lambda: member)
    shown = Desk(db, lambda: member).open(draft.id)
    assert shown is not None
    session.choose_scenario(shown, "less pool")
    assert shown.scenario == "less pool"
    assert shown.kept_plan is not None
    assert shown.kept_plan.case.sha256 == session.in_scenario(case, "less pool").sha256
    before = shown.kept_plan
    session.choose_scenario(shown, "more pool")
    assert shown.scenario == "less pool"
    assert shown.kept_plan is before
    assert shown.refused == "No plan of more pool was kept yet, so another is on show. An analyst can solve it."
