"""Drafts: every step is kept, goes back and forth after a restart, and nothing acknowledged is lost between windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.records import Record, applied, differences
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases, drafts
from optimiser.store.work.drafts import Conflicts, DraftState, Stale
from optimiser.store.work.merge import BothChanged
from tests.store.writers import staff

FUNDS = [{"fund": "Pool", "amount": 100.0, "owner": None}, {"fund": "Grant", "amount": 200.0, "owner": "Police"}]
PERIODS = [{"period": "FY1"}, {"period": "FY2"}]


@pytest.fixture
def ana(database: Database) -> Actor:
    return staff(database, "Ana")


@pytest.fixture
def ben(database: Database) -> Actor:
    return staff(database, "Ben")


@pytest.fixture
def case(database: Database, ana: Actor) -> str:
    """A case of Ana's that Ben sees too."""
    made = cases.create(database, ana, "Shared money", "a test", {"Periods": PERIODS, "Funds": FUNDS})
    cases.share(database, ana, made.id, True)
    return made.id


@pytest.fixture
def restarted(database: Database) -> Iterator[Database]:
    """The same store, as another program finds it."""
    again = Database(database.url)
    yield again
    again.close()


def put(db: Database, actor: Actor, state: DraftState, **cells: Any) -> DraftState:
    """A step that sets cells of funds: Pool_amount=5.0."""
    changes = []
    for place, value in cells.items():
        fund, column = place.split("_")
        record = next(r for r in state.sheets["Funds"] if r.values["fund"] == fund)
        changes.append(["Funds", record.number, fund, column, record.values.get(column), value])
    return drafts.step(db, actor, state.id, state.revision, f"set {', '.join(cells)}", changes)


def read_by(step: Callable[[], object], db: Database) -> int:
    """How many statements and rows a step costs."""
    cost = 0

    def counted(_connection: Any, cursor: Any, *_: Any) -> None:
        nonlocal cost
        cost += 1 + max(cursor.rowcount, 0)

    event.listen(db.engine, "after_cursor_execute", counted)
    step()
    event.remove(db.engine, "after_cursor_execute", counted)
    return cost


def cell(state: DraftState, fund: str, column: str = "amount") -> Any:
    return next(r.values[column] for r in state.sheets["Funds"] if r.values["fund"] == fund)


def keys(state: DraftState, sheet: str) -> list[Any]:
    return [next(iter(r.values.values())) for r in state.sheets[sheet]]


def test_undo_and_redo_any_number_of_steps_after_a_restart(
    database: Database, restarted: Database, ana: Actor, case: str
) -> None:
    state = drafts.open(database, ana, case)
    seen = [state.sheets]
    for k in range(100):
        state = put(database, ana, state, Pool_amount=float(k), Grant_owner=f"Agency {k}")
        seen.append(state.sheets)
    for steps, there in ((-1, 99), (-40, 59), (20, 79), (-1000, 0), (1000, 100), (-50, 50)):
        for db in (database, restarted):
            found = drafts.open(db, ana, case)
            assert (found.sheets, found.steps) == (state.sheets, state.steps)
        state = drafts.move(restarted if steps > 0 else database, ana, state.id, steps)
        assert (state.position, state.sheets) == (there, seen[there])
    assert state.can_undo == state.can_redo == "set Pool_amount, Grant_owner"
    assert drafts.look(database, ana, case).sheets == seen[0]


def test_each_step_says_who_when_and_what(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    began = schema.now()
    put(database, ana, drafts.open(database, ana, case), Grant_amount=5.0, Grant_owner=None)
    (step,) = drafts.open(restarted, ana, case).steps
    assert (step.number, step.said, step.person, step.dropped) == (1, "set Grant_amount, Grant_owner", "Ana", False)
    assert began <= step.at <= schema.now()
    assert [(c.sheet, c.name, c.column, c.before, c.after) for c in step.changes] == [
        ("Funds", "Grant", "amount", 200.0, 5.0),
        ("Funds", "Grant", "owner", "Police", None),
    ]


def test_an_undone_step_that_is_overtaken_stays_in_the_history(
    database: Database, restarted: Database, ana: Actor, case: str
) -> None:
    state = drafts.open(database, ana, case)
    for value in (1.0, 2.0, 3.0):
        state = put(database, ana, state, Pool_amount=value)
    drafts.move(database, ana, state.id, -2)
    state = put(database, ana, drafts.open(database, ana, case), Pool_amount=4.0)
    for found in (state, drafts.open(restarted, ana, case)):
        assert [(s.number, s.dropped, s.changes[0].after) for s in found.steps] == [
            (1, False, 1.0), (2, True, 2.0), (3, True, 3.0), (4, False, 4.0),
        ]  # fmt: skip
        assert (cell(found, "Pool"), found.position, found.can_redo) == (4.0, 2, "")
    assert cell(drafts.move(database, ana, state.id, -1), "Pool") == 1.0
    assert cell(drafts.move(restarted, ana, state.id, 1), "Pool") == 4.0


def test_records_are_added_deleted_and_moved_and_come_back_to_their_place(
    database: Database, restarted: Database, ana: Actor, case: str
) -> None:
    state = drafts.open(database, ana, case)
    one, two = state.sheets["Periods"]
    new = Record(state.next_number, {"period": "FY1b"})
    seen = [state.sheets]
    for periods in ((one, new, two), (new, two), (two, new), (two,)):
        wanted = {**state.sheets, "Periods": periods}
        state = drafts.step(database, ana, state.id, state.revision, "x", differences(state.sheets, wanted))
        assert state.sheets == wanted
        assert drafts.open(restarted, ana, case).sheets == wanted
        seen.append(wanted)
    for k in (3, 2, 1, 0):
        state = drafts.move(restarted if k % 2 else database, ana, state.id, -1)
        assert state.sheets == seen[k]
    assert state.next_number == new.number + 1, "a number is never given twice"


def test_differences_lead_from_one_state_to_the_other() -> None:
    rows = [Record(k, {"period": f"FY{k}", "start": k}) for k in range(1, 6)]
    states = [
        {"Periods": tuple(rows)}, {"Periods": tuple(rows[::-1])}, {}, {"Periods": (rows[3], rows[0])},
        {"Periods": (Record(9, {"period": "new"}), *rows[1:4], Record(1, {"period": "FY1", "start": ""}))},
    ]  # fmt: skip
    for before in states:
        for after in states:
            made = applied(before, differences(before, after))  # type: ignore[arg-type]
            assert made.get("Periods", ()) == after.get("Periods", ()) or not differences(made, after)  # type: ignore[arg-type, attr-defined]
            assert [r.number for r in made.get("Periods", ())] == [r.number for r in after.get("Periods", ())]  # type: ignore[attr-defined]


# -- two windows of one person ----------------------------------------------------------------------------------------


def test_another_window_edits_other_cells(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    first = drafts.open(database, ana, case)
    second = drafts.open(restarted, ana, case)
    put(database, ana, first, Pool_amount=1.0)
    found = put(restarted, ana, second, Pool_owner="Health", Grant_amount=2.0)
    assert (cell(found, "Pool"), cell(found, "Pool", "owner"), cell(found, "Grant")) == (1.0, "Health", 2.0)
    assert [s.number for s in found.steps] == [1, 2]
    assert drafts.open(database, ana, case).sheets == found.sheets


def test_another_window_edits_the_same_cell(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    first = drafts.open(database, ana, case)
    second = drafts.open(restarted, ana, case)
    kept = put(database, ana, first, Pool_amount=1.0)
    with pytest.raises(Stale, match="changed in another window") as stale:
        put(restarted, ana, second, Pool_amount=2.0, Grant_amount=3.0)
    assert stale.value.differences == [BothChanged("Funds", "Pool", "amount", 100.0, 2.0, 1.0)]
    found = drafts.open(restarted, ana, case)
    assert found.sheets == kept.sheets, "nothing of the step was done"
    assert cell(put(restarted, ana, found, Pool_amount=2.0), "Pool") == 2.0
    assert put(database, ana, second, Pool_amount=2.0).revision == found.revision + 1, "what is there is no step"


def test_another_window_deleted_the_record(database: Database, ana: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    gone = {**state.sheets, "Funds": state.sheets["Funds"][1:]}
    delete = differences(state.sheets, gone)
    drafts.step(database, ana, state.id, state.revision, "deleted", delete)
    with pytest.raises(Stale, match="they deleted it, you changed it"):
        put(database, ana, state, Pool_amount=1.0)
    again = drafts.step(database, ana, state.id, state.revision, "deleted", delete)
    assert len(again.steps) == 1
    put(database, ana, again, Grant_amount=9.0)
    with pytest.raises(Stale, match="you deleted it, they changed it"):
        drafts.step(database, ana, state.id, state.revision, "deleted", differences(gone, {**gone, "Funds": ()}))


def test_two_windows_add_records_at_once(database: Database, ana: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    for name in ("New", "Other"):
        number = state.next_number
        found = drafts.step(
            database, ana, state.id, state.revision, name,
            [["Funds", number, name, "", None, {"fund": name}], ["Funds", number, name, "amount", None, 5.0]],
        )  # fmt: skip
    assert keys(found, "Funds") == ["Pool", "Grant", "New", "Other"]
    assert (cell(found, "New"), cell(found, "Other")) == (5.0, 5.0)
    assert len({r.number for rows in found.sheets.values() for r in rows}) == 6


def test_a_step_costs_the_same_after_thousands(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    steps = [
        {
            "id": schema.new_id(), "draft": state.id, "number": k, "said": "x", "person": ana.id, "at": schema.now(),
            "changes": [["Funds", state.sheets["Funds"][0].number, "Pool", "amount", k - 1.0, float(k)]],
        }
        for k in range(1, 5001)
    ]  # fmt: skip
    state = put(database, ana, state, Pool_amount=1.0)
    few = read_by(lambda: put(database, ana, state, Pool_amount=2.0), database)
    with database.write() as connection:
        connection.execute(schema.steps.delete())
        connection.execute(schema.steps.insert(), steps)
        connection.execute(schema.drafts.update().values(position=5000, revision=5000))
    state = drafts.open(restarted, ana, case)
    assert cell(state, "Pool") == 5000.0
    state = put(restarted, ana, state, Pool_amount=-1.0)
    assert read_by(lambda: put(restarted, ana, state, Pool_amount=-2.0), restarted) <= few


# -- two people -------------------------------------------------------------------------------------------------------


def test_the_later_save_brings_both_together(database: Database, ana: Actor, ben: Actor, case: str) -> None:
    hers, his = drafts.open(database, ana, case), drafts.open(database, ben, case)
    put(database, ana, hers, Pool_amount=1.0)
    put(database, ben, his, Pool_owner="Health", Grant_amount=2.0)
    assert drafts.save(database, ana, hers.id, "hers").number == 2
    saved = drafts.save(database, ben, his.id, "his")
    assert (saved.number, saved.person, saved.note) == (3, "Ben", "his")
    records = cases.version(database, ana, case).records
    assert records["Funds"] == [
        {"fund": "Pool", "amount": 1.0, "owner": "Health"},
        {"fund": "Grant", "amount": 2.0, "owner": "Police"},
    ]
    found = drafts.open(database, ben, case)
    assert found.steps[-1].said == "Taken over: version 2, saved by Ana"
    assert cell(drafts.move(database, ben, his.id, -1), "Pool") == 100.0, "what was taken over can be undone"
    assert cell(drafts.move(database, ben, his.id, 1), "Pool") == 1.0
    assert [v.number for v in cases.versions(database, ana, case)] == [3, 2, 1]
    assert cases.version(database, ana, case, 2).records["Funds"][0]["owner"] is None, "versions never change"


def test_what_both_changed_is_shown_and_chosen(database: Database, ana: Actor, ben: Actor, case: str) -> None:
    hers, his = drafts.open(database, ana, case), drafts.open(database, ben, case)
    put(database, ana, hers, Pool_amount=1.0, Grant_amount=7.0)
    mine = put(database, ben, his, Pool_amount=2.0, Grant_amount=8.0, Grant_owner="Courts")
    drafts.save(database, ana, hers.id)
    with pytest.raises(Conflicts, match="2 cells were") as conflict:
        drafts.save(database, ben, his.id)
    pool, grant = conflict.value.differences
    assert pool == BothChanged("Funds", "Pool", "amount", 100.0, 2.0, 1.0)
    assert cases.info(database, ana, case).latest == 2, "nothing was saved"
    assert drafts.open(database, ben, case).sheets == mine.sheets, "and nothing of the draft is lost"
    with pytest.raises(Conflicts, match="1 cell was"):
        drafts.save(database, ben, his.id, choices={pool.place: "mine"})
    saved = drafts.save(database, ben, his.id, choices={pool.place: "mine", grant.place: "theirs"})
    funds = cases.version(database, ben, case, saved.number).records["Funds"]
    assert [(r["amount"], r["owner"]) for r in funds] == [(2.0, None), (7.0, "Courts")]


def test_a_third_save_between_the_choice_and_the_save_is_seen(
    database: Database, ana: Actor, ben: Actor, case: str
) -> None:
    hers, his = drafts.open(database, ana, case), drafts.open(database, ben, case)
    put(database, ben, his, Pool_amount=2.0, Grant_amount=8.0)
    put(database, ana, hers, Pool_amount=1.0)
    drafts.save(database, ana, hers.id)
    chosen = {("Funds", "Pool", "amount"): "mine"}
    put(database, ana, drafts.open(database, ana, case), Grant_amount=9.0)
    drafts.save(database, ana, hers.id)
    with pytest.raises(Conflicts) as conflict:
        drafts.save(database, ben, his.id, choices=chosen)  # type: ignore[arg-type]
    assert [d.key for d in conflict.value.differences] == ["Grant"]


def test_undo_goes_back_past_a_save(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    state = put(database, ana, drafts.open(database, ana, case), Pool_amount=1.0)
    drafts.save(database, ana, state.id)
    state = put(database, ana, drafts.open(database, ana, case), Pool_amount=2.0)
    drafts.save(database, ana, state.id)
    state = drafts.move(restarted, ana, state.id, -2)
    assert cell(state, "Pool") == 100.0
    assert drafts.save(restarted, ana, state.id, "back").number == 4
    assert [cases.version(database, ana, case, n).records["Funds"][0]["amount"] for n in (1, 2, 3, 4)] == [
        100,
        1,
        2,
        100,
    ]
    assert cell(drafts.move(database, ana, state.id, 1), "Pool") == 1.0


def test_a_save_of_nothing_makes_no_version(database: Database, ana: Actor, case: str) -> None:
    state = put(database, ana, drafts.open(database, ana, case), Pool_amount=1.0)
    first = drafts.save(database, ana, state.id)
    assert drafts.save(database, ana, state.id) == first
    assert cases.info(database, ana, case).latest == 2


def test_a_draft_without_edits_follows_the_newest_version(
    database: Database, ana: Actor, ben: Actor, case: str
) -> None:
    his = drafts.open(database, ben, case)
    hers = put(database, ana, drafts.open(database, ana, case), Pool_amount=1.0)
    drafts.save(database, ana, hers.id)
    found = drafts.open(database, ben, case)
    assert (found.base, found.latest, cell(found, "Pool")) == (2, 2, 1.0)
    assert found.sheets["Funds"][0].number == his.sheets["Funds"][0].number
    put(database, ben, found, Grant_amount=5.0)
    put(database, ana, drafts.open(database, ana, case), Pool_amount=3.0)
    drafts.save(database, ana, hers.id)
    behind = drafts.open(database, ben, case)
    assert (behind.base, behind.latest, cell(behind, "Pool")) == (2, 3, 1.0), "one with edits waits for its person"
    drafts.save(database, ben, behind.id)
    caught = drafts.open(database, ben, case)
    assert (caught.base, cell(caught, "Pool"), cell(caught, "Grant")) == (4, 3.0, 5.0)


def test_the_order_of_periods_is_taken_over(database: Database, ana: Actor, ben: Actor, case: str) -> None:
    his = put(database, ben, drafts.open(database, ben, case), Pool_amount=1.0)
    hers = drafts.open(database, ana, case)
    moved = {**hers.sheets, "Periods": (Record(hers.next_number, {"period": "FY0"}), *hers.sheets["Periods"])}
    drafts.step(database, ana, hers.id, hers.revision, "x", differences(hers.sheets, moved))
    drafts.save(database, ana, hers.id)
    drafts.save(database, ben, his.id)
    assert [p["period"] for p in cases.version(database, ben, case).records["Periods"]] == ["FY0", "FY1", "FY2"]
    assert keys(drafts.open(database, ben, case), "Periods") == ["FY0", "FY1", "FY2"]


# -- who may ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_its_persons_alone(database: Database, ana: Actor, ben: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    for attempt in (
        lambda: drafts.step(database, ben, state.id, state.revision, "x", []),
        lambda: drafts.move(database, ben, state.id, -1),
        lambda: drafts.save(database, ben, state.id),
        lambda: drafts.choose_scenario(database, ben, state.id, "x"),
        lambda: drafts.step(database, ana, "no such draft", 0, "x", []),
    ):
        with pytest.raises(NotThere):
            attempt()
    cases.share(database, ana, case, False)
    with pytest.raises(NotThere, match="not shared with you"):
        drafts.open(database, ben, case)


def test_who_may_not_edit_may_look(database: Database, case: str) -> None:
    viewer = Actor("v", "Vera", frozenset({"viewer"}))
    with pytest.raises(NotAllowed, match="Vera may not edit"):
        drafts.open(database, viewer, case)
    seen = drafts.look(database, viewer, case)
    assert (seen.id, keys(seen, "Funds")) == ("", ["Pool", "Grant"])


def test_what_is_on_show_is_no_step(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    drafts.choose_scenario(database, ana, state.id, "Cut")
    found = drafts.open(restarted, ana, case)
    assert (found.scenario, found.revision, found.steps) == ("Cut", 0, ())
    assert drafts.open(database, ana, case).scenario == "Cut"


def test_what_cannot_be_kept_is_refused_whole(database: Database, ana: Actor, case: str) -> None:
    state = drafts.open(database, ana, case)
    for bad in (["Nowhere", 1, "", "a", None, 1], ["Funds", 3, "Pool", "amount", None, float("inf")]):
        good = ["Funds", 3, "Pool", "owner", None, "Health"]
        with pytest.raises(ValueError, match=r"no sheet|cannot hold"):
            drafts.step(database, ana, state.id, state.revision, "x", [good, bad])
    assert drafts.open(database, ana, case).sheets == state.sheets


def test_text_of_any_kind_is_kept(database: Database, restarted: Database, ana: Actor, case: str) -> None:
    text = "Zürich \x00 \ud800 “quoted” 🙂 \u202e"
    state = put(database, ana, drafts.open(database, ana, case), Pool_owner=text)
    record = state.sheets["Funds"][1]
    change = ["Funds", record.number, "", f"attribute {text}", None, text]
    drafts.step(database, ana, state.id, state.revision, f"set to {text}", [change])
    drafts.save(database, ana, state.id, text)
    assert cell(drafts.open(restarted, ana, case), "Pool", "owner") == text
    saved = cases.version(restarted, ana, case)
    assert (saved.records["Funds"][0]["owner"], saved.records["Funds"][1][f"attribute {text}"]) == (text, text)
    assert saved.note == "Zürich \ufffd ? “quoted” 🙂 \u202e", "a note is text of the database"
    assert cases.create(database, ana, text, text, {"Funds": FUNDS}).name == saved.note


def test_every_change_has_its_audit_record(database: Database, ana: Actor, case: str) -> None:
    state = put(database, ana, drafts.open(database, ana, case), Pool_amount=1.0)
    drafts.move(database, ana, state.id, -1)
    drafts.move(database, ana, state.id, 1)
    drafts.save(database, ana, state.id)
    audit = schema.audit
    with database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.person == ana.id).order_by(audit.c.number)).all()
    assert [(r.action, r.item) for r in rows if r.action != "first sign-in"] == [
        ("open a case", case), ("share a case", case), ("edit", state.id), ("edit", state.id), ("edit", state.id),
        ("edit", state.id), ("save a version", state.id),
    ]  # fmt: skip
    assert not any("100" in r.detail for r in rows), "what is sensitive does not stand in the audit"
