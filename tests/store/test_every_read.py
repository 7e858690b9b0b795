"""Whoever sees a case in part is given no sensitive row by any function of the store, whatever they ask it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from optimiser import store, verbs
from optimiser.analysis.debate.stated import Statement
from optimiser.desk.open_drafts import Desk
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import comments, decisions, reproduce, room, sealed
from optimiser.store.committee.decisions import Decision
from optimiser.store.keeping import audit_check, audit_export, backup, retention
from optimiser.store.privacy import sight
from optimiser.store.work import agency_requests, cases, drafts, letterheads, maps, merge, recent, runs
from tests.store import decided
from tests.store.test_shown import RECORDS, SECRET, unpacked

SCENARIO = "without Zeta7"
WITH_SCENARIO = {
    **RECORDS,
    "Scenarios": [
        {
            "scenario": SCENARIO,
            "sheet": "Initiatives",
            "where": "initiative = Zeta7",
            "column": "maximum",
            "change": "= 0",
        },
        {"scenario": "grant cut", "sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "* 0.5"},
    ],
}


@dataclass(frozen=True)
class World:
    """A shared case with a sensitive initiative, that is named wherever somebody can name it."""

    db: Database
    folder: Path
    done: Decision
    runs: tuple[str, ...]
    draft: str

    @property
    def case(self) -> str:
        return self.done.case


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    me = people.local(database)
    case = cases.create(database, me, "Three rivers", "", WITH_SCENARIO, note="Zebra surveillance is in it").id
    cases.approve(database, me, case, 1, "Zeta7 is approved too")
    whole = verbs.case_from(WITH_SCENARIO)
    kept = [
        runs.keep(database, me, case, 1, verbs.solve(verbs.scenario(whole, name)), name) for name in ("base", SCENARIO)
    ]
    made = decisions.propose(database, me, kept[0].id, "Fund Zeta7", "Zebra surveillance first.", [kept[1].id])
    comments.add(database, me, case, "proposal", made.id, "Is Zeta7 worth 77,123?")
    comments.add(database, me, case, "cell", comments.cell("Initiatives", "Zeta7", "request"), "Sure?")
    room.declare(database, me, made.id, "Zebra agency", False, "Zeta7 pays my neighbor")
    sealed.give(database, me, made.id, Statement((("Zebra outcome",),)))
    decisions.vote(database, me, made.id, "approve", "For the Zebra surveillance")
    done = decisions.resolve(database, me, made.id)
    state = drafts.open(database, me, case)
    record = state.sheets["Initiatives"][0]
    drafts.step(
        database, me, state.id, state.revision, "As for Zeta7", [["Initiatives", record.number, "I1", "priority", 9, 8]]
    )
    drafts.save(database, me, state.id, "Less than Zebra surveillance")
    maps.keep(database, me, case, 'columns = { "Zebra surveillance" = "initiative" }')
    agency_requests.call(database, me, case, None)
    agency_requests.answer(database, me, case, "Police", "Zeta7.xlsx", b"Zebra surveillance")
    return World(database, tmp_path, done, tuple(r.id for r in kept), state.id)


def exported(w: World, actor: Actor) -> str:
    return "".join(p.read_text("utf-8") for p in audit_export.export(w.db, actor, w.folder / actor.id))


READS: dict[str, Callable[[World, Actor], object]] = {
    "audit_check.verify": lambda w, a: audit_check.verify(w.db, a),
    "audit_export.export": exported,
    "backup.backup": lambda w, a: backup.backup(w.db, a, w.folder / f"{a.id}.zip").sentence,
    "cases.info": lambda w, a: cases.info(w.db, a, w.case),
    "cases.listed": lambda w, a: cases.listed(w.db, a),
    "cases.version": lambda w, a: [cases.version(w.db, a, w.case, number) for number in (None, 1, 2)],
    "cases.versions": lambda w, a: cases.versions(w.db, a, w.case),
    "cases.whole_version": lambda w, a: cases.whole_version(w.db, a, w.case, 1),
    "comments.listed": lambda w, a: comments.listed(w.db, a, w.case),
    "decisions.decided": lambda w, a: decisions.decided(w.db, a, w.case),
    "decisions.decision": lambda w, a: decisions.decision(w.db, a, w.done.id),
    "decisions.preview": lambda w, a: decisions.preview(w.db, a, w.done.proposal),
    "decisions.proposal": lambda w, a: decisions.proposal(w.db, a, w.done.proposal),
    "decisions.proposed": lambda w, a: [
        {n: list(t.records()) for n, t in {**p.case.tables, **p.tables}.items()}
        for p in (decisions.proposed(w.db, a, w.done.proposal)[0],)
    ],
    "decisions.proposals": lambda w, a: decisions.proposals(w.db, a, w.case),
    "decisions.report": lambda w, a: decisions.report(w.db, a, w.done.id),
    "decisions.tally": lambda w, a: decisions.tally(w.db, a, w.done.proposal),
    "decisions.votes": lambda w, a: decisions.votes(w.db, a, w.done.proposal),
    "drafts.look": lambda w, a: [drafts.look(w.db, a, w.case, number) for number in (None, 1, 2)],
    "drafts.open": lambda w, a: drafts.open(w.db, a, w.case),
    "letterheads.contents": lambda w, a: letterheads.contents(w.db, a),
    "letterheads.listed": lambda w, a: letterheads.listed(w.db, a),
    "maps.listed": lambda w, a: maps.listed(w.db, a),
    "maps.of_case": lambda w, a: maps.of_case(w.db, a, w.case),
    "people.listed": lambda w, a: people.listed(w.db, a),
    "recent.listed": lambda w, a: recent.listed(w.db, a),
    "reproduce.reproduce": lambda w, a: reproduce.reproduce(w.db, a, w.done.id),
    "agency_requests.answers": lambda w, a: agency_requests.answers(w.db, a, w.case),
    "agency_requests.called": lambda w, a: agency_requests.called(w.db, a, w.case),
    "retention.held_and_old": lambda w, a: retention.held_and_old(w.db, a),
    "room.course": lambda w, a: room.course(w.db, a, w.done.proposal),
    "room.interests": lambda w, a: room.interests(w.db, a, w.done.proposal),
    "room.seats": lambda w, a: room.seats(w.db, a, w.done.proposal),
    "room.stamp": lambda w, a: room.stamp(w.db, a, w.case),
    "sealed.answers": lambda w, a: sealed.answers(w.db, a, w.done.proposal),
    "sealed.board": lambda w, a: sealed.board(w.db, a, w.done.proposal),
    "runs.get": lambda w, a: [runs.get(w.db, a, run) for run in w.runs],
    "runs.listed": lambda w, a: runs.listed(w.db, a, w.case),
    "runs.plan": lambda w, a: [
        {n: list(t.records()) for n, t in {**p.case.tables, **p.tables}.items()}
        for p in (runs.plan(w.db, a, run) for run in w.runs)
    ],
    "runs.result": lambda w, a: [runs.result(w.db, a, run) for run in w.runs],
    "runs.sees_whole": lambda w, a: [runs.sees_whole(w.db, a, run) for run in w.runs],
    "runs.workbook": lambda w, a: [unpacked(runs.workbook(w.db, a, run) or b"") for run in w.runs],
}
CHANGES = {
    "backup.restore",
    "cases.approve",
    "cases.create",
    "cases.restore",
    "cases.share",
    "comments.add",
    "comments.done",
    "decisions.propose",
    "decisions.resolve",
    "decisions.vote",
    "decisions.withdraw",
    "drafts.choose_scenario",
    "drafts.move",
    "drafts.save",
    "drafts.step",
    "letterheads.keep",
    "letterheads.remove",
    "maps.keep",
    "people.set_active",
    "people.set_agency",
    "people.set_roles",
    "agency_requests.answer",
    "agency_requests.call",
    "retention.hold",
    "retirement.archive",
    "retirement.remove",
    "retention.set_years",
    "room.call",
    "room.declare",
    "runs.keep",
    "sealed.give",
    "sealed.open_answers",
}
"""Functions that do something. What those of drafts give back is tried below."""


def test_every_function_that_takes_an_actor_is_tried() -> None:
    found = set()
    for module in pkgutil.walk_packages(store.__path__, "optimiser.store."):
        if module.ispkg or "migrations" in module.name:
            continue
        room = importlib.import_module(module.name)
        for name, function in inspect.getmembers(room, inspect.isfunction):
            mine = function.__module__ == room.__name__ and not name.startswith("_")
            if mine and list(inspect.signature(function).parameters)[:2] == ["db", "actor"]:
                found.add(f"{module.name.rpartition('.')[2]}.{name}")
    assert found == READS.keys() | CHANGES


def given(w: World, actor: Actor, name: str) -> str:
    """What a function gives somebody: nothing, where it refuses."""
    with suppress(NotAllowed):
        return repr(READS[name](w, actor))
    return ""


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("agency", "role"), [("", "member"), ("", "viewer"), ("Shelter", "analyst"), ("Shelter", "finance")]
)
def test_who_sees_a_case_in_part_is_given_no_byte_of_the_rest(world: World, agency: str, role: str) -> None:
    actor = decided.person(world.db, f"One {role}", role, agency=agency)
    for name in READS:
        told = given(world, actor, name)
        assert [secret for secret in SECRET if secret in told] == [], name
    assert given(world, actor, "cases.version").count("Work 1") == 3, "the rest is there"
    assert not cases.version(world.db, actor, world.case).whole
    assert not drafts.look(world.db, actor, world.case).whole
    with pytest.raises(NotAllowed, match="others' eyes"):
        cases.whole_version(world.db, actor, world.case)


def test_the_office_is_given_all_of_it(world: World) -> None:
    fin = decided.person(world.db, "Fin", "finance")
    for name in ("cases.version", "cases.versions", "cases.whole_version", "drafts.look", "runs.listed", "runs.plan"):
        assert "Ze" in given(world, fin, name), name
    assert cases.version(world.db, fin, world.case).whole
    assert drafts.look(world.db, fin, world.case).whole


@pytest.mark.first(1)
def test_what_differs_in_a_decided_plan_is_told_to_who_sees_it_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = verbs.solve
    monkeypatch.setattr(verbs, "solve", lambda case, **how: replace(solve(case, **how), impact=1.0))
    fin, mo = (decided.person(world.db, name, role) for name, role in (("Fin", "finance"), ("Mo", "member")))
    assert "impact" in reproduce.reproduce(world.db, fin, world.done.id).differences[0]
    found = reproduce.reproduce(world.db, mo, world.done.id)
    assert not found.same
    assert found.differences == (reproduce.KEPT_BACK,)


@pytest.mark.first(1)
def test_who_sees_a_plan_in_part_is_told_why_they_may_not_propose_it(world: World) -> None:
    theirs = decided.person(world.db, "Shelter's analyst", "analyst", agency="Shelter")
    own = decided.person(world.db, "Police's analyst", "analyst", agency="Police")
    with pytest.raises(NotAllowed, match="others' eyes"):
        decisions.propose(world.db, theirs, world.runs[0], "Mine")
    assert decisions.propose(world.db, own, world.runs[0], "Mine", "", [world.runs[1]]).status == "open"


# -- a draft that was begun before something became sensitive ----------------------------------------------------------


@pytest.fixture
def overtaken(database: Database) -> tuple[Actor, drafts.DraftState]:
    """The draft of an agency's analyst, with an edit, and a version saved since in which a row that it has is sensitive."""
    me = people.local(database)
    plain = {**RECORDS, "Initiatives": [r for r in RECORDS["Initiatives"] if r["initiative"] != "Zeta7"]}
    case = cases.create(database, me, "Three rivers", "", plain).id
    cases.share(database, me, case, True)
    theirs = decided.person(database, "Shelter's analyst", "analyst", agency="Shelter")
    state = drafts.open(database, theirs, case)
    first = state.sheets["Initiatives"][0]
    state = drafts.step(
        database,
        theirs,
        state.id,
        state.revision,
        "less",
        [["Initiatives", first.number, "I1", "request", 21_000, 20_000]],
    )
    mine = drafts.open(database, me, case)
    changes = [
        ["Initiatives", first.number, "I1", "request", 21_000, 77_123],
        ["Initiatives", first.number, "I1", "name", "Work 1", "Zebra surveillance"],
        ["Initiatives", first.number, "I1", "sensitive", False, True],
    ]
    drafts.step(database, me, mine.id, mine.revision, "secret now", changes)
    drafts.save(database, me, mine.id)
    return theirs, state


@pytest.mark.first(5)
@pytest.mark.parametrize(
    "act",
    [
        lambda db, a, s: drafts.open(db, a, s.case),
        lambda db, a, s: drafts.save(db, a, s.id),
        lambda db, a, s: drafts.move(db, a, s.id, -1),
        lambda db, a, s: drafts.choose_scenario(db, a, s.id, "base"),
        lambda db, a, s: drafts.step(db, a, s.id, 0, "on", []),
    ],
)
def test_a_draft_tells_nothing_of_what_became_sensitive_since(
    database: Database, overtaken: tuple[Actor, drafts.DraftState], act: Callable[..., object]
) -> None:
    theirs, state = overtaken
    with pytest.raises(NotAllowed, match="others' eyes"):
        act(database, theirs, state)


def test_the_app_shows_that_analyst_the_case_in_part(
    database: Database, overtaken: tuple[Actor, drafts.DraftState]
) -> None:
    theirs, state = overtaken
    desk = Desk(database, lambda: theirs)
    found = desk.open(state.case)
    assert found is not None
    assert not found.editable
    assert not found.whole
    assert not [secret for secret in SECRET if secret in repr(found.sheets)]


def test_a_conflict_is_told_to_who_sees_both_sides(
    database: Database, overtaken: tuple[Actor, drafts.DraftState]
) -> None:
    theirs, state = overtaken
    people.set_agency(database, people.local(database), theirs.id, "")
    office = people.actor(database, theirs.id)
    assert sight.sees_all(office)
    with pytest.raises(drafts.Conflicts) as told:
        drafts.save(database, office, state.id)
    assert isinstance(told.value.differences[0], merge.BothChanged)
