"""Every role and every action: done for real where the role allows it, refused without a trace where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from optimiser.analysis.debate.stated import Statement
from optimiser.store.base import migrate, people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import ACTIONS, ROLES, Actor, NotAllowed
from optimiser.store.committee import comments, decisions, room, sealed
from optimiser.store.keeping import audit_check, audit_export, backup, retention, retirement
from optimiser.store.work import agency_requests, cases, drafts, letterheads, runs
from tests.papers.office import letter
from tests.store import decided

NOBODY = "nobody"


@dataclass
class World:
    """A store in which every action can be done: a shared case, a run, proposals, votes, a backup."""

    db: Database
    folder: Path
    case: str
    run: str
    open: str
    """A proposal with nothing but its votes missing."""
    voted: str
    """A proposal that has its votes, put forward by whoever acts where they may."""
    other: str
    """A person who can be given roles."""
    old: str
    """A case that is archived."""
    saved: Path


def world(db: Database, folder: Path) -> World:
    chief = people.local(db)
    run = decided.kept(db, chief)
    cases.share(db, chief, run.case, True)
    first = decisions.propose(db, chief, run.id, "First")
    second = decisions.propose(db, chief, run.id, "Second")
    decisions.vote(db, chief, second.id, "approve")
    old = cases.create(db, chief, "Old", "", decided.RECORDS).id
    retirement.archive(db, chief, old)
    saved = folder / "before.backup"
    backup.backup(db, chief, saved)
    other = people.signed_in(db, "somebody", "Somebody").id
    return World(db, folder, run.case, run.id, first.id, second.id, other, old, saved)


def own_case(w: World, actor: Actor) -> str:
    """A case of the actor's; whoever may not open one is tried on the shared one."""
    return cases.create(w.db, actor, "Own", "", decided.RECORDS).id if actor.may("open a case") else w.case


def draft_of(w: World, actor: Actor) -> drafts.DraftState:
    """The actor's draft; whoever may not have one is tried on that of the person of this machine."""
    return drafts.open(w.db, actor if actor.may("edit") else people.local(w.db), w.case)


def edit(w: World, actor: Actor) -> object:
    state = draft_of(w, actor)
    row = state.sheets["Funds"][0]
    change = ["Funds", row.number, "Pool", "amount", row.values["amount"], 123_456.0]
    return drafts.step(w.db, actor, state.id, state.revision, "Pool is larger", [change])


def imported(w: World, actor: Actor) -> object:
    return cases.create(w.db, actor, "From a workbook", "book.xlsx", decided.RECORDS, action="import")


def save(w: World, actor: Actor) -> object:
    if actor.may("edit"):
        edit(w, actor)
    return drafts.save(w.db, actor, draft_of(w, actor).id, "larger pool")


def withdraw(w: World, actor: Actor) -> object:
    mine = decisions.propose(w.db, actor, w.run, "Mine").id if actor.may("propose") else w.open
    return decisions.withdraw(w.db, actor, mine, "no longer wanted")


def restored(w: World, actor: Actor) -> object:
    empty = Database(f"sqlite:///{w.folder / 'restored.db'}")
    try:
        migrate.ready(empty)
        return backup.restore(empty, actor, w.saved)
    finally:
        empty.close()


def removed(w: World, actor: Actor) -> None:
    """Of a case whose retention is over, long from now."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schema, "now", lambda: datetime.now(UTC) + timedelta(days=366 * 9))
        retirement.remove(w.db, actor, w.old, "Its time is over")


def declared(w: World, actor: Actor) -> None:
    """A member's own interest; who keeps the record writes down another's."""
    whose = "" if actor.may("vote") else people.local(w.db).id
    room.declare(w.db, actor, w.open, "Police", False, "", whose)


def opened(w: World, actor: Actor) -> None:
    """Answers of whom not all are there: of the one member, whose own answer would have opened them."""
    if actor.may("open the answers"):
        says = {"order": [["lives"]], "ranges": {}, "trades": []}
        row = {"id": "an answer", "proposal": w.open, "person": people.local(w.db).id, "says": says, "at": schema.now()}
        with w.db.write() as connection:
            connection.execute(insert(schema.weights).values(**row))
    sealed.open_answers(w.db, actor, w.open)


DO: dict[str, Callable[[World, Actor], object]] = {
    "see": lambda w, a: cases.version(w.db, a, w.case),
    "export": lambda w, a: runs.workbook(w.db, a, w.run),
    "check the audit": lambda w, a: audit_check.verify(w.db, a),
    "comment": lambda w, a: comments.add(w.db, a, w.case, "initiative", "I1", "Is this enough?"),
    "declare an interest": declared,
    "call the roll": lambda w, a: room.call(w.db, a, w.open, ()),
    "answer about weights": lambda w, a: sealed.give(w.db, a, w.open, Statement((("lives saved",),))),
    "open the answers": opened,
    "vote": lambda w, a: decisions.vote(w.db, a, w.open, "approve", "yes"),
    "answer a request": lambda w, a: agency_requests.answer(
        w.db, replace(a, agency="Health"), w.case, "Health", "request_health.xlsx", b"PK"
    ),
    "open a case": lambda w, a: cases.create(w.db, a, "New", "", decided.RECORDS),
    "share a case": lambda w, a: cases.share(w.db, a, own_case(w, a), True),
    "edit": edit,
    "solve": lambda w, a: runs.keep(w.db, a, w.case, 1, decided.plan("no nurse"), "no nurse"),
    "save a version": save,
    "set a letterhead": lambda w, a: letterheads.keep(w.db, a, "Letter.docx", letter()),
    "restore a version": lambda w, a: cases.restore(w.db, a, w.case, 1),
    "propose": lambda w, a: decisions.propose(w.db, a, w.run, "Third"),
    "withdraw": withdraw,
    "resolve": lambda w, a: decisions.resolve(w.db, a, w.voted),
    "import": imported,
    "approve a version": lambda w, a: cases.approve(w.db, a, w.case, 1, "checked"),
    "export the audit": lambda w, a: audit_export.export(w.db, a, w.folder / "audit"),
    "archive a case": lambda w, a: retirement.archive(w.db, a, w.case if a.may("hold") else own_case(w, a)),
    "delete a case": removed,
    "hold": lambda w, a: retention.hold(w.db, a, w.case, True, "a lawsuit"),
    "set the retention": lambda w, a: retention.set_years(w.db, a, 9),
    "manage people": lambda w, a: people.set_roles(w.db, a, w.other, {"viewer"}),
    "back up": lambda w, a: backup.backup(w.db, a, w.folder / "made.backup"),
    "restore the database": restored,
}
"""How each action is really done."""
READS = {"see", "export", "check the audit", "restore the database"}
"""Actions that leave this store as it is."""


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with db.read() as connection:
        return {t.name: [tuple(r) for r in connection.execute(select(t)).all()] for t in schema.metadata.sorted_tables}


@pytest.fixture
def place_of_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    db = Database(f"sqlite:///{tmp_path / 'store.db'}")
    migrate.ready(db)
    return world(db, tmp_path)


def test_every_action_is_tried() -> None:
    assert set(DO) == set(ACTIONS)


@pytest.mark.first(3)
@pytest.mark.parametrize("role", [*ROLES, NOBODY])
def test_a_role_can_do_what_the_table_says_and_nothing_else(place_of_world: World, role: str) -> None:
    w = place_of_world
    roles = () if role == NOBODY else (role,)
    actor = decided.person(w.db, f"One {role}", *roles)
    refused, done = set(), set()
    # What changes for others (a hold, a decision) is tried last, so that every action finds what it needs.
    for action, do in DO.items():
        before = everything(w.db)
        if role in ACTIONS[action]:
            do(w, actor)
            done.add(action)
            assert action in READS or action == "export the audit" or everything(w.db) != before, action
        else:
            if action in ("edit", "save a version"):
                draft_of(w, actor)
                before = everything(w.db)
            files = sorted(w.folder.iterdir())
            with pytest.raises(NotAllowed):
                do(w, actor)
            refused.add(action)
            if action != "restore the database":
                assert sorted(w.folder.iterdir()) == files, action
            assert everything(w.db) == before, action
    assert done == {a for a, allowed in ACTIONS.items() if role in allowed}
    assert refused == set(ACTIONS) - done


def test_an_agencys_analyst_cannot_edit_what_they_do_not_see(place_of_world: World) -> None:
    w = place_of_world
    chief = people.local(w.db)
    records = {
        **decided.RECORDS,
        "Initiatives": [{**r, "sensitive": r["initiative"] == "I1"} for r in decided.RECORDS["Initiatives"]],
    }
    case = cases.create(w.db, chief, "With a secret", "", records).id
    cases.share(w.db, chief, case, True)
    theirs = decided.person(w.db, "Shelter's analyst", "analyst", agency="Shelter")
    own = decided.person(w.db, "Health's analyst", "analyst", agency="Health")
    before = everything(w.db)
    with pytest.raises(NotAllowed, match="others' eyes"):
        drafts.open(w.db, theirs, case)
    assert everything(w.db) == before
    assert drafts.open(w.db, own, case).sheets["Initiatives"]
