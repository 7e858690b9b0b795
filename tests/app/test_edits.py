"""Edits: none is lost, each can be undone, and solving again shows what they do."""

from __future__ import annotations

from collections import Counter
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.editing import form, grid
from optimiser.app_pages.shell import boxes, session
from optimiser.desk.state import Draft
from optimiser.desk.typed_cells import also_changed, column_of, shown, suggestions, typed
from optimiser.store.work import drafts
from tests.app.small import laid, opened, solved


def record(draft: Draft, sheet: str, key: str, value: str) -> int:
    return next(r.number for r in draft.records(sheet) if r.values[key] == value)


def cell(draft: Draft, sheet: str, number: int, column: str) -> object:
    return next(r.values[column] for r in draft.records(sheet) if r.number == number)


def field(at: AppTest, label: str) -> object:
    return next(w for w in at.text_input if w.label.startswith(label))


def test_a_fund_is_changed_in_its_form_solved_and_the_plan_changes() -> None:
    draft = solved()
    before = session.plan(draft)
    at = opened(draft, "inputs")
    field(at, "Amount").set_value("200,000").run()  # type: ignore[attr-defined]
    number = record(draft, "Funds", "fund", "Pool")
    assert cell(draft, "Funds", number, "amount") == 200_000
    assert [r.values["amount"] for r in draft.records("Installments")] == [133_333, 66_667]
    assert draft.checked().case is not None
    assert any("3 edits since this plan was solved" in m.value for m in at.markdown)
    at.button(key="solve-again").click().run()
    session.runs().wait(draft.running or draft.shown, 20)
    at.run()
    after = session.plan(draft)
    assert before is not None
    assert after is not None
    assert after.award["award"].sum() < before.award["award"].sum()
    assert draft.edits() == []


def test_undo_and_redo_from_the_page() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    field(at, "Amount").set_value("250000").run()  # type: ignore[attr-defined]
    at.button(key="undo").click().run()
    number = record(draft, "Funds", "fund", "Pool")
    assert cell(draft, "Funds", number, "amount") == 300_000
    assert field(at, "Amount").value == "300,000"  # type: ignore[attr-defined]
    at.button(key="redo").click().run()
    assert cell(draft, "Funds", number, "amount") == 250_000


def test_what_cannot_be_read_is_kept_as_typed_and_listed_never_guessed() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    field(at, "Amount").set_value("1,5").run()  # type: ignore[attr-defined]
    number = record(draft, "Funds", "fund", "Pool")
    assert cell(draft, "Funds", number, "amount") == "1,5"
    assert at.title[0].value.endswith("to mend before the next solve")
    assert at.button(key="solve").disabled
    at.button(key="undo-all").click().run()
    assert not at.button(key="solve").disabled


def test_thirty_cells_typed_into_the_grid_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = solved()
    at = opened(draft, "inputs")
    at.button_group(key="table-group").set_value("Work").run()
    kept = at.session_state["grid"]
    assert [r.values["initiative"] for r in kept.records] == ["I1", "I2", "I3", "I4", "I5"]
    state: dict[str, Any] = {"grid": kept}
    monkeypatch.setattr(grid, "st", SimpleNamespace(session_state=state))
    edited: dict[int, dict[str, Any]] = {}
    columns = ("request", "minimum", "baseline", "priority", "score", "name")

    def browser_reports() -> None:
        state[kept.key] = {"edited_rows": edited}
        grid._take(kept)

    for n in range(30):
        row, column = n % 5, columns[n // 5]
        edited.setdefault(row, {})[column] = f"New {n}" if column == "name" else str(10 + n)
        browser_reports()
        if n == 11:  # somebody changes another cell of the same record meanwhile: it stays
            draft.edit("Initiatives", {kept.records[0].number: {"theme": "Changed"}})
    for n in range(30):
        row, column = n % 5, columns[n // 5]
        value = cell(draft, "Initiatives", kept.records[row].number, column)
        assert value == (f"New {n}" if column == "name" else 10 + n)
    assert cell(draft, "Initiatives", kept.records[0].number, "theme") == "Changed"
    del edited[4]["name"]  # taken back in the grid itself
    browser_reports()
    assert cell(draft, "Initiatives", kept.records[4].number, "name") == "Cameras"
    edited.clear()  # the browser's grid forgets what it told before, and tells the next edit alone
    edited[0] = {"name": "After that"}
    before = draft.plain()["Initiatives"]
    browser_reports()
    after = draft.plain()["Initiatives"]
    assert after[0]["name"] == "After that"
    assert [{**r, "name": ""} for r in after[:1]] + after[1:] == [{**r, "name": ""} for r in before[:1]] + before[1:]
    assert kept.drawn.grid == 0  # nor is it drawn anew under the hand of who types


class Overtaken(Exception):
    """What Streamlit raises in a run that a newer one has overtaken, wherever the run asks it for something."""


class State(dict[str, Any]):
    """The session's state; where `overtaken`, asking it ends the run."""

    overtaken = False

    def __getitem__(self, key: str) -> Any:
        if self.overtaken:
            raise Overtaken
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> tuple[Draft, State, grid.GridShown]:
    """A grid of initiatives on the page, and what the session has of it."""
    draft = laid()
    columns = grid.columns_of(draft, "Initiatives")
    on_page = grid.GridShown(
        draft, "Initiatives", "key", list(draft.records("Initiatives")), columns, {}, boxes.Drawn()
    )
    state = State(grid=on_page)
    monkeypatch.setattr(grid, "st", SimpleNamespace(session_state=state))
    return draft, state, on_page


def requests(draft: Draft) -> list[Any]:
    return [r.values["request"] for r in draft.records("Initiatives")]


def test_a_cell_of_a_run_that_was_overtaken_is_taken_by_the_next_run(
    typing: tuple[Draft, State, grid.GridShown],
) -> None:
    draft, state, on_page = typing
    before = requests(draft)
    state["key"] = {"edited_rows": {1: {"request": "11"}}}
    state.overtaken = True
    with pytest.raises(Overtaken):
        grid._take(on_page)
    assert requests(draft) == before
    state.overtaken = False
    grid.take_rest()  # to the newer run the cell is no change: it is not called for it
    assert requests(draft) == [before[0], 11, *before[2:]]
    grid.take_rest()
    grid._take(on_page)
    assert len(draft.history) == 1


def test_a_cell_that_the_store_did_not_take_is_not_counted_as_taken(
    typing: tuple[Draft, State, grid.GridShown], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, state, on_page = typing
    state["key"] = {"edited_rows": {0: {"request": "10"}}}
    with monkeypatch.context() as broken:
        broken.setattr(draft, "edit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            grid._take(on_page)
    grid.take_rest()
    assert requests(draft)[0] == 10


def test_a_cell_told_late_for_a_grid_that_was_replaced_is_kept_and_shown(
    typing: tuple[Draft, State, grid.GridShown],
) -> None:
    draft, state, on_page = typing
    state["grid"] = grid.GridShown(draft, "Funds", "other", [], [], {}, on_page.drawn)
    state["key"] = {"edited_rows": {2: {"request": "12"}}}
    grid._take(on_page)
    assert requests(draft)[2] == 12
    assert on_page.drawn == boxes.Drawn(grid=1, fields=Counter({(on_page.records[2].number, "request"): 1}))


def test_what_an_older_run_still_tells_does_not_take_a_cell_back(typing: tuple[Draft, State, grid.GridShown]) -> None:
    draft, state, on_page = typing
    state["key"] = {"edited_rows": {0: {"request": "10"}, 1: {"request": "11"}}}
    grid._take(on_page)
    state["key"] = {"edited_rows": {0: {"request": "10"}}}
    grid.take_rest()
    assert requests(draft)[:2] == [10, 11]


def test_the_draft_never_goes_back_to_what_it_was_before_an_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    number, read, done = draft.records("Funds")[0].number, drafts.open, Event()

    def slow(*asked: Any) -> Any:
        found = read(*asked)
        done.wait(0.3)  # another run of the session edits meanwhile
        return found

    monkeypatch.setattr("optimiser.desk.state.drafts.open", slow)
    other = Thread(target=draft.refresh)
    other.start()
    draft.edit("Funds", {number: {"amount": 7.0}})
    done.set()
    other.join()
    assert cell(draft, "Funds", number, "amount") == 7
    assert draft.epoch == 0  # nothing was done elsewhere: the grid stays as it is under the hand of who types


def test_a_field_that_was_told_and_not_saved_is_saved_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    at = opened(draft, "inputs")
    fields: dict[str, form.Field] = at.session_state["fields"]
    key = next(k for k, f in fields.items() if f.column.name == "amount")
    number = fields[key].number
    state: dict[str, Any] = {"fields": fields, **{k: f.was for k, f in fields.items()}}
    monkeypatch.setattr(form, "st", SimpleNamespace(session_state=state))
    form.take_rest()
    assert draft.history == []
    state[key] = "250000"
    form.take_rest()
    form.take_rest()
    assert cell(draft, "Funds", number, "amount") == 250_000
    assert state[key] == "250,000"
    assert len(draft.history) == 1


def test_a_record_is_added_and_deleted_by_number() -> None:
    draft = laid()
    number = draft.add("Agencies", {"agency": "Schools"})
    assert draft.checked().case is not None
    assert [str(c) for c in draft.edits()] == []
    draft.delete("Agencies", [number])
    assert len(draft.records("Agencies")) == 2
    draft.undo()
    assert len(draft.records("Agencies")) == 3


def test_undo_all_is_a_step_that_can_be_undone() -> None:
    draft = solved()
    number = record(draft, "Funds", "fund", "Grant")
    draft.edit("Funds", {number: {"amount": 1.0}})
    draft.edit("Funds", {number: {"amount": 2.0}})
    assert [str(c) for c in draft.edits()] == ["Funds: amount of Grant"]
    draft.undo_all()
    assert draft.edits() == []
    draft.undo()
    assert cell(draft, "Funds", number, "amount") == 2.0


def test_cells_as_text_and_back() -> None:
    draft = laid()
    amount, share = column_of(draft, "Funds", "amount"), column_of(draft, "Funds", "carryover")
    for column, value, text in ((amount, 1_250_000.0, "1,250,000"), (share, 0.25, "25%"), (amount, float("nan"), "")):
        assert shown(column, value) == text
    for column, text, value in (  # type: ignore[assignment]
        (amount, "$1,250,000", 1_250_000.0),
        (amount, "1.25m", 1_250_000.0),
        (share, "25%", 0.25),
        (share, "0.3", 0.3),
        (amount, "", ""),
    ):
        assert typed(column, text) == value
    for text in ("1,5", "1.234,50", "TBD", "1.234m"):
        assert typed(amount, text) == text


def test_installments_follow_the_amount_only_where_they_added_up() -> None:
    draft = laid()
    pool = record(draft, "Funds", "fund", "Pool")
    scaled = also_changed(draft, "Funds", {pool: {"amount": 150_000.0}})["Installments"]
    assert [v["amount"] for v in scaled.values()] == [100_000, 50_000]
    assert also_changed(draft, "Funds", {record(draft, "Funds", "fund", "Grant"): {"amount": 1.0}}) == {}
    draft.edit("Installments", {draft.records("Installments")[0].number: {"amount": 1.0}})
    assert also_changed(draft, "Funds", {pool: {"amount": 150_000.0}}) == {}


def test_faults_offer_their_cure() -> None:
    draft = laid()
    initiative = record(draft, "Initiatives", "initiative", "I1")
    draft.edit("Initiatives", {initiative: {"score": 860.0, "lead": "Helth"}})
    offered = {}
    for fault in draft.checked().errors:
        at = draft.record_of(fault)
        assert at is not None
        assert at[0].number == initiative
        offered[at[1]] = suggestions(column_of(draft, fault.sheet, at[1]), fault)
    assert offered == {"lead": ["Health"], "score": ["86"]}


@pytest.mark.first(2)
@pytest.mark.parametrize(
    "page", ["start", "inputs", "plan", "why", "what_if", "rules", "pooling", "history", "committee"]
)
def test_a_wrong_name_in_uncertainty_is_told_on_every_page_and_can_be_undone(page: str) -> None:
    draft = solved()
    row = {"of": "initiative", "item": "Typo", "column": "request", "shape": "triangular", "low": 1.0, "high": 2.0}
    draft.add("Uncertainty", row)
    at = opened(draft, page)
    assert not at.exception
    assert at.button(key="solve").disabled
    assert [(f.sheet, f.cell) for f in draft.checked().errors] == [("Uncertainty", "item, row 1")]
    at.button(key="undo" if page == "inputs" else "undo-all").click().run()
    assert not at.exception
    assert not at.button(key="solve").disabled
    assert draft.records("Uncertainty") == ()


def test_a_field_told_late_for_one_that_was_replaced_is_kept_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = laid()
    at = opened(draft, "inputs")
    key, field_then = next((k, f) for k, f in at.session_state["fields"].items() if f.column.name == "amount")
    drawn = at.session_state["drawn"]
    drawn.fields[field_then.number, "amount"] += 1  # as after an edit in the grid: the field is replaced
    at.run()
    monkeypatch.setattr(form, "st", SimpleNamespace(session_state={"fields": at.session_state["fields"], key: "7"}))
    form._save(field_then, key)
    monkeypatch.undo()
    at.run()
    at.run()  # the field that took its place tells what it shows, and that is the edit
    assert cell(draft, "Funds", field_then.number, "amount") == 7
    assert field(at, "Amount").value == "7"  # type: ignore[attr-defined]
    assert len(draft.history) == 1
