"""Paste, import, locks and notes on the page Inputs: shown before they are done, done in one step, taken back by undo."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.editing import importing, paste
from optimiser.app_pages.editing.grid import columns_of
from optimiser.app_pages.shell import notes, session, sign_in
from optimiser.app_pages.shell.differences import summary
from optimiser.app_pages.shell.downloads import inputs_workbook
from optimiser.case.reading import paste as reader
from optimiser.case.reading.workbook import tables_from
from optimiser.case.spec import BY_NAME
from optimiser.case.writing.writer import write_tables
from optimiser.desk import locks
from optimiser.desk.state import Draft, as_records
from optimiser.desk.typed_cells import column_of
from optimiser.store.base import people, rights
from optimiser.store.base.records import applied
from optimiser.store.committee import comments
from optimiser.verbs import check
from tests.app.small import RECORDS, laid, opened, plain, solved


def dialog(draft: Draft, module: str, call: str) -> AppTest:
    """A dialog by itself, opened on every run as Streamlit keeps it open."""
    imports = f"from optimiser.app_pages.editing import {module}\nfrom optimiser.app_pages.shell import session"
    script = f"{imports}\ndraft = session.desk().open({draft.id!r})\n{call}"
    at = AppTest.from_string(script, default_timeout=30)
    at.run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(m.value for m in (*at.markdown, *at.info, *at.warning, *at.caption)).replace("\\", "")


def values(draft: Draft, sheet: str, column: str) -> list[Any]:
    return [r.values.get(column) for r in draft.records(sheet)]


# -- paste ----------------------------------------------------------------------------------------------------------------


def test_a_paste_is_shown_refused_chosen_taken_over_and_taken_back() -> None:
    draft = solved()
    at = dialog(draft, "paste", "paste.box(draft, 'Initiatives')")
    block = "Initiative\tRequest\tName\nI2\t1.250,50\tClinic\nI1\t300 000,00\tStreet outreach\nI7\t75,5\tNew one"
    at.text_area[0].set_value(block).run()
    assert "stand in the way" in said(at)
    assert "1.250,50" in said(at)
    assert at.button(key="paste-apply").disabled
    at.button_group(key="paste-mark").set_value(",").run()
    assert "This will change 3 cells of 2 records and add 1 record." in said(at)
    assert not at.button(key="paste-apply").disabled
    assert values(draft, "Initiatives", "request")[:2] == [250_000, 180_000]
    at.button(key="paste-apply").click().run()
    assert not at.exception
    assert values(draft, "Initiatives", "request") == [300_000.0, 1250.5, 150_000, 120_000, 90_000, 75.5]
    assert draft.can_undo == "Initiatives: pasted 3 cells and 1 new record"
    draft.undo()
    assert values(draft, "Initiatives", "request") == [250_000, 180_000, 150_000, 120_000, 90_000]
    assert values(draft, "Initiatives", "name")[0] == "Outreach"


def test_a_block_whose_titles_are_not_ours_goes_through_what_is_what() -> None:
    draft = laid()
    at = dialog(draft, "paste", "paste.box(draft, 'Initiatives')")
    at.text_area[0].set_value("I3\t160,000\nI4\t125,000").run()
    assert next(s for s in at.selectbox if s.label == "This sheet holds").value == "Initiatives"
    next(s for s in at.selectbox if s.label == "What B is").select("request").run()
    at.button(key="import-apply").click().run()
    assert not at.exception
    assert values(draft, "Initiatives", "request")[2:4] == [160_000.0, 125_000.0]
    at.text_area[0].set_value("Vorhaben\tAntrag\nI1\t(5)\nNeu\t7\nGesamt\t12").run()
    assert next(s for s in at.selectbox if s.label == "What Vorhaben is").value == "initiative"
    at.text_area[0].set_value("Vorhaben\tAntrag\nI1\t5\nNeu\t7\nGesamt\t12").run()
    at.button(key="import-apply").click().run()
    assert values(draft, "Initiatives", "request") == [5.0, 180_000, 160_000.0, 125_000.0, 90_000, 7.0]
    draft.undo()
    draft.undo()
    assert values(draft, "Initiatives", "request") == [250_000, 180_000, 150_000, 120_000, 90_000]


def test_a_pasted_amount_takes_the_installments_with_it() -> None:
    draft = laid()
    records = [r.values for r in draft.records("Funds")]
    made = reader.read("fund\tamount\nPool\t150,000", columns_of(draft, "Funds"), BY_NAME["Funds"].key, records)
    assert paste.apply(draft, "Funds", made)
    assert values(draft, "Installments", "amount") == [100_000, 50_000]
    draft.undo()
    assert values(draft, "Installments", "amount") == [200_000, 100_000]


# -- import ---------------------------------------------------------------------------------------------------------------


def book(**sheets: list[dict[str, Any]]) -> bytes:
    target = BytesIO()
    write_tables(target, tables_from({**RECORDS, **sheets}).tables)
    return target.getvalue()


def test_what_is_exported_and_brought_back_changes_nothing() -> None:
    draft = solved()
    case = draft.checked().case
    assert case is not None
    back, _ = check(inputs_workbook(dict(case.tables)))
    assert back is not None
    assert importing.changes(draft, as_records(back)) == []


def test_an_import_lists_changes_by_id_whatever_the_order_of_rows_and_is_one_step() -> None:
    draft = solved()
    before = draft.plain()
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["request"] = 190_000
    rows = [*reversed(rows[:4]), {"initiative": "I9", "name": "New", "lead": "Police", "request": 10_000}]
    case, _ = check(book(Initiatives=rows))
    assert case is not None
    found = importing.changes(draft, as_records(case))
    told = {(c.name, c.column): (c.before, c.after) for c in found if not c.moves}
    assert told["I2", "request"] == (180_000, 190_000)
    assert told["I9", ""][0] is None
    assert told["I5", ""][1] is None
    assert len(told) == 3
    assert draft.become(f"mine.xlsx: {summary(found)}", applied(draft.sheets, found), action="import")
    assert sorted(values(draft, "Initiatives", "initiative")) == ["I1", "I2", "I3", "I4", "I9"]
    assert "mine.xlsx: 1 cell changes, 1 record is added, 1 record is deleted" in draft.can_undo
    draft.undo()
    assert draft.plain() == before


def test_the_import_dialog_shows_faults_and_takes_nothing_over() -> None:
    draft = laid()
    at = dialog(draft, "importing", "importing.box(draft)")
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["lead"] = "Helth"
    at.file_uploader[0].upload("bad.xlsx", book(Initiatives=rows), "application/x").run()
    assert not at.exception
    assert "1 fault to mend. Nothing was taken over." in said(at)
    assert not draft.history


def test_the_import_dialog_says_what_to_do_with_another_kind_of_file() -> None:
    draft = laid()
    at = dialog(draft, "importing", "importing.box(draft)")
    at.file_uploader[0].upload("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "text/csv").run()
    assert not at.exception
    assert "report.pdf is a PDF." in said(at)
    assert "the workbook that it was made from" in said(at)
    assert not draft.history


def test_the_import_dialog_shows_what_changes_then_does_it() -> None:
    draft = laid()
    at = dialog(draft, "importing", "importing.box(draft)")
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["request"] = 190_000
    at.file_uploader[0].upload("good.xlsx", book(Initiatives=rows), "application/x").run()
    assert "good.xlsx: 1 cell changes." in said(at)
    assert at.dataframe[0].value.iloc[0].tolist() == ["Initiatives", "I2", "request", "180,000", "190,000"]
    assert not draft.history
    at.button(key="import-apply").click().run()
    assert not at.exception
    assert values(draft, "Initiatives", "request")[1] == 190_000


def test_an_import_applies_what_was_shown_and_asks_where_that_has_changed() -> None:
    draft = laid()
    at = dialog(draft, "importing", "importing.box(draft)")
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["request"] = 190_000
    at.file_uploader[0].upload("good.xlsx", book(Initiatives=rows), "application/x").run()
    assert "1 cell changes." in said(at)
    number = draft.records("Initiatives")[0].number
    draft.edit("Initiatives", {number: {"request": 260_000}})  # in another window, after the list was drawn
    at.button(key="import-apply").click().run()
    assert "look again" in at.warning[0].value
    assert "2 cells change." in said(at)
    assert values(draft, "Initiatives", "request")[:2] == [260_000, 180_000], "nothing is undone that was not shown"
    at.button(key="import-apply").click().run()
    assert values(draft, "Initiatives", "request")[:2] == [250_000, 190_000]


# -- locks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "amount", "shown"),
    [
        (locks.LEAST, 90_000.0, "Cameras at least $90k"),
        (locks.MOST, 50_000.0, "Cameras at most $50k"),
        (locks.EXACT, 60_000.0, "Cameras at exactly $60k"),
        (locks.IN, 0.0, "Cameras in"),
        (locks.OUT, 0.0, "Cameras out"),
    ],
)
def test_a_lock_is_a_rule_that_the_plan_keeps_and_its_cost_is_what_solving_says(
    how: str, amount: float, shown: str
) -> None:
    draft = solved()
    free = session.plan(draft)
    row = locks.row(draft, "I5", how, amount, "Promised to the council", "A. Moreno")
    cost = locks.cost(locks.with_row(draft.plain(), row), draft.plain())
    assert draft.add_all("Rules", [row], "Locked")
    (lock,) = locks.listed(draft)
    assert (lock.said("USD"), lock.owner, lock.reason) == (shown, "A. Moreno", "Promised to the council")
    session.solve_now(draft, wait=300)
    held = session.plan(draft)
    assert free is not None
    assert held is not None
    assert held.case is not free.case
    award = dict(zip(held.award["initiative"], held.award["award"], strict=True))["I5"]
    level = dict(zip(held.award["initiative"], held.award["level"], strict=True))["I5"]
    assert {
        locks.LEAST: award >= 90_000,
        locks.MOST: award <= 50_000,
        locks.EXACT: award == pytest.approx(60_000),
        locks.IN: level > 0,
        locks.OUT: award == 0,
    }[how]
    assert free.impact is not None
    assert held.impact is not None
    assert cost.points == pytest.approx(free.impact - held.impact, abs=1e-6)
    again = locks.cost(draft.plain(), locks.without_rule(draft.plain(), lock.rule))
    assert again.points == pytest.approx(cost.points, abs=1e-6)


def test_a_lock_that_leaves_no_plan_says_so_before_it_is_saved() -> None:
    draft = solved()
    row = locks.row(draft, "I1", locks.LEAST, 900_000.0, "x", "y")
    assert "no plan keeps every hard rule" in locks.cost(locks.with_row(draft.plain(), row), draft.plain()).said


def test_the_dialog_of_a_lock_shows_its_cost_and_needs_a_reason() -> None:
    draft = solved()
    at = dialog(draft, "lock_box", "lock_box.add(draft, 'I4')")
    at.selectbox(key="lock-how").set_value(locks.OUT).run()
    for _ in range(200):  # a process of its own solves it, which takes its time to begin on a busy machine
        if any("cost" in i.value for i in at.info):
            break
        time.sleep(0.2)
        at.run()
    assert any("It costs" in i.value for i in at.info)
    assert at.button(key="lock-save").disabled
    at.text_input(key="lock-reason").set_value("MOU not signed").run()
    at.button(key="lock-save").click().run()
    assert [(k.initiative, k.how, k.reason) for k in locks.listed(draft)] == [("I4", "out", "MOU not signed")]
    page = opened(draft, "inputs")
    page.session_state["beside"] = 2
    page.run()
    assert "Analysts out" in said(page)


def test_rules_that_are_no_locks_are_not_listed() -> None:
    assert locks.listed(laid()) == []


# -- notes ----------------------------------------------------------------------------------------------------------------


def test_a_note_on_a_cell_stands_beside_it_until_it_is_done() -> None:
    draft = laid()
    at = opened(draft, "inputs")
    at.session_state["beside"] = 3
    at.run()
    number = draft.records("Funds")[0].number
    at.selectbox(key=f"note-{number}-0-on").set_value("amount").run()
    at.text_area(key=f"note-{number}-0-text").set_value("The county confirms in *May*").run()
    at.button(key=f"note-{number}-0-add").click().run()
    assert not at.exception
    assert "The county confirms in *May*" in said(at)
    db, actor = session.db(), session.actor()
    (one,) = comments.listed(db, actor, draft.id)
    assert (one.about, one.item) == ("cell", comments.cell("Funds", "Pool", "amount"))
    assert notes.place(one) == "Funds, amount of Pool"
    at.button(key=f"note-done-{one.id}").click().run()
    assert comments.listed(db, actor, draft.id)[0].done is not None


def test_an_empty_note_is_refused_in_words() -> None:
    draft = laid()
    at = opened(draft, "inputs")
    at.session_state["beside"] = 3
    at.run()
    at.button(key=f"note-{draft.records('Funds')[0].number}-0-add").click().run()
    assert any("The comment is empty" in e.value for e in at.error)


# -- who may not ----------------------------------------------------------------------------------------------------------


def test_a_viewer_looks_and_cannot_change(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = solved()
    session.save_version(draft, "First")
    from optimiser.store.work import cases

    cases.share(session.db(), session.actor(), draft.id, True)
    viewer = people.signed_in(session.db(), "viewer@test", "V. Viewer")
    people.set_roles(session.db(), session.actor(), viewer.id, ["viewer"])
    monkeypatch.setattr(sign_in, "actor", lambda: people.actor(session.db(), viewer.id))
    monkeypatch.setattr(session.desk(), "who", lambda: people.actor(session.db(), viewer.id))
    seen = session.desk().open(draft.id)
    assert seen is not None
    assert not seen.editable
    assert session.plan(seen) is not None
    at = opened(seen, "inputs")
    assert at.button(key="add").disabled
    assert at.button(key="solve").disabled
    assert all(t.disabled for t in at.text_input if t.label.startswith("Amount"))
    assert seen.edit("Funds", {seen.records("Funds")[0].number: {"amount": 1.0}}) == 0
    assert "that is for the role analyst or finance" in seen.refused
    assert rights.ACTIONS["edit"] == {"analyst", "finance"}
    assert column_of(seen, "Funds", "amount").type == "number"


def test_a_dialog_stays_open_with_what_was_typed_while_the_page_is_drawn_anew() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    at.button(key="paste").click().run()
    at.text_area(key="paste-Funds").set_value("fund\tamount\nGrant\t210,000").run()
    assert "This will change 1 cell of 1 record." in said(at)
    at.run()  # as when a solve ends behind it
    assert str(at.text_area(key="paste-Funds").value).endswith("210,000")
    at.button(key="paste-apply").click().run()
    assert not at.exception
    assert values(draft, "Funds", "amount")[1] == 210_000.0
    assert not [t for t in at.text_area if t.key == "paste-Funds"]
    at.button(key="add").click().run()
    assert at.button(key="add-once").label == "Add"


def test_a_case_is_shared_by_its_owner_from_history() -> None:
    from optimiser.store.work import cases

    draft = laid()
    at = opened(draft, "history")
    at.toggle(key=f"share-{draft.id}-False").set_value(True).run()
    assert not at.exception
    assert cases.info(session.db(), session.actor(), draft.id).shared
    assert any("The case is shared." in i.value for i in at.info)


def test_the_card_of_an_initiative_leads_to_its_lock_and_shows_its_notes() -> None:
    draft = solved()
    comments.add(session.db(), session.actor(), draft.id, "initiative", "I1", "The *county* confirms in May")
    at = opened(draft, "plan")
    assert "The *county* confirms in May" in said(at)
    at.button(key="who-lock-I1").click().run()
    assert not at.exception
    assert at.session_state["open-box"] == ("lock", "I1")
    at.switch_page("optimiser/app_pages/inputs.py").run()
    assert at.selectbox(key="lock-initiative").value == "I1"


def test_cells_that_were_pasted_over_others_are_seen_before_they_are_taken_over() -> None:
    draft = solved()
    at = dialog(draft, "paste", "paste.box(draft, 'Initiatives')")
    at.text_area[0].set_value("Initiative\tRequest\nI2\t150,000").run()
    at.text_area[0].set_value("Initiative\tRequest\nI1\t(2,500)\nI3\t70,000")
    at.button(key="paste-apply").click().run()  # the click and the new cells arrive together
    assert not at.exception
    assert "Look at it, then take it over." in said(at)
    assert values(draft, "Initiatives", "request") == [250_000, 180_000, 150_000, 120_000, 90_000]


def test_a_new_role_is_asked_about_once_since_it_may_be_a_slip() -> None:
    draft = solved()
    at = dialog(draft, "form", "form.add(draft, 'Staff')")

    def fill(role: str, fte: str) -> None:
        number = len(draft.records("Staff"))
        at.selectbox(key=f"add-Staff-agency-{number}").set_value("Police")
        box = at.selectbox(key=f"add-Staff-role-{number}")
        box.options.append(role)  # as typed into it
        box.set_value(role)
        at.text_input(key=f"add-Staff-fte-{number}").set_value(fte)
        at.button(key="add-again").click().run()
        assert not at.exception, at.exception

    fill("nurse", "1")
    assert values(draft, "Staff", "role")[-1] == "nurse"
    assert not at.warning, "a role that there is asks nothing"
    fill("analist", "2")
    assert "analist" not in values(draft, "Staff", "role")
    assert [plain(w.value) for w in at.warning] == [
        "Role: analist stands nowhere yet; did you mean analyst? If not, press Add again."
    ]
    fill("driver", "2")
    assert [plain(w.value) for w in at.warning] == [
        "Role: driver stands nowhere yet; if it is a new one, press Add again."
    ]
    fill("driver", "2")
    assert values(draft, "Staff", "role")[-1] == "driver"
