"""Drafts: what a person edits, one for each person and case, step by step.

Undo and redo move the position among the steps. A step that is overtaken after it was undone stays in the history as
dropped. `base` is the version that the draft was last brought together with; a save brings it together with the newest
and makes the next version. What an open draft comes to is kept in memory: a step costs the same after ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from optimiser.store.base import content, schema
from optimiser.store.base.database import Act, Database
from optimiser.store.base.records import CellChange, Plain, differences, numbered, readable, without_numbers
from optimiser.store.base.rights import Actor, permit
from optimiser.store.privacy import reach, sight
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases, merge
from optimiser.store.work.draft_state import DraftState, EditStep, keep, read, replayed
from optimiser.store.work.edits import Stale, numbered_like, settled

__all__ = ["Conflicts", "DraftState", "EditStep", "Stale"]


class Conflicts(Exception):
    """Somebody else has saved other values for cells that this draft changed. Nothing was saved.

    differences: each must be chosen; `save` again with `choices`.
    """

    def __init__(self, differences: Sequence[merge.BothChanged]) -> None:
        self.differences = list(differences)
        count = len(self.differences)
        cells = "1 cell was" if count == 1 else f"{count} cells were"
        super().__init__(f"{cells} changed by somebody else too: choose whose is taken. Nothing was saved.")


# -- what others may ask ----------------------------------------------------------------------------------------------


def look(db: Database, actor: Actor, case: str, number: int | None = None) -> DraftState:
    """A version as a state that is no draft, with the records that the actor may see. The newest where no number is
    given."""
    found = cases.version(db, actor, case, number)
    latest = cases.info(db, actor, case).latest
    sheets = numbered(found.records)
    number, next_number = found.number, 1 + sum(len(rows) for rows in sheets.values())
    return DraftState(
        "", case, number, latest, number, 0, 0, next_number, "base", sheets, (), sheets, whole=found.whole
    )


def open(db: Database, actor: Actor, case: str) -> DraftState:
    """The actor's draft of a case; begun from the newest version where there is none.

    A draft without edits of its own is brought up to the newest version. Raises NotThere, NotAllowed.
    """
    permit(actor, "edit")
    with db.read() as connection:
        latest = reach.case(connection, actor, case).latest
        state = _of_person(connection, db, actor, case, latest)
        _demand_whole(connection, actor, case, latest, state)
        as_it_is = state is not None and (state.base == latest or _edited(connection, state))
    if state is None or not as_it_is:
        with db.act(actor, "edit") as act:
            latest = reach.case(act.connection, actor, case).latest
            state = _of_person(act.connection, db, actor, case, latest)  # again: another session may have been here
            _demand_whole(act.connection, actor, case, latest, state)
            if state is None:
                state = _begun(act, case, latest)
            elif state.base != latest and not _edited(act.connection, state):
                newest = cases.infos(act.connection, case, latest)[0]
                state = _taken_over(act, state, newest, _records(act.connection, case, latest))
            act.about(state.id, case=case, version=latest)
    return keep(db, state)


def step(
    db: Database,
    actor: Actor,
    draft: str,
    revision: int,
    said: str,
    changes: Iterable[CellChange | Sequence[Any]],
    *,
    action: Literal["edit", "import"] = "edit",
) -> DraftState:
    """One step of edits. changes: Change, or [sheet, record number, key, column, old, new].

    revision: of the state that the actor saw. Where another session of theirs has gone on meanwhile, the step goes on
    top of that if no cell differs; a record that is added gets the next free number. Else raises Stale with the cells,
    and nothing is done. Nothing changed is no step.
    """
    wanted = [c if isinstance(c, CellChange) else CellChange(*c) for c in changes]
    with db.act(actor, action) as act:
        state = _own(act.connection, db, actor, draft)
        made, next_number = settled(state.sheets, wanted, state.next_number, stale=revision != state.revision)
        act.about(draft, case=state.case)
        state = _stepped(act, replace(state, next_number=next_number), said, made)
    return keep(db, state)


def move(db: Database, actor: Actor, draft: str, steps: int) -> DraftState:
    """Undo (-1), redo (+1), or more of them at once; as far as there are steps."""
    with db.act(actor, "edit") as act:
        state = _own(act.connection, db, actor, draft)
        live = state.live
        position = min(max(0, state.position + steps), len(live))
        said = [s.number for s in live[min(position, state.position) : max(position, state.position)]]
        act.about(draft, **{"undone" if steps < 0 else "redone": said})
        state = replace(state, position=position, sheets=replayed(state.start, live[:position]))
        state = _written(act, state)
    return keep(db, state)


def save(
    db: Database, actor: Actor, draft: str, note: str = "", choices: merge.Choices | None = None
) -> cases.VersionInfo:
    """The draft as the next version, brought together with what others have saved since; the draft goes on from it.

    Raises Conflicts where both changed a cell and no choice says whose is taken. Where the draft differs in nothing
    from the newest version, that one is returned and none is made.
    """
    with db.act(actor, "save a version") as act:
        state = _own(act.connection, db, actor, draft)
        before = state.sheets
        state, theirs = _together(act, state, choices)
        act.about(draft, case=state.case)
        packed = content.pack(without_numbers(state.sheets))
        if content.sha256(packed) == theirs.sha256:
            act.detail.update(version=theirs.number, unchanged=True)
            made = theirs
        else:
            made = cases.add_version(act, state.case, packed, note)
            act.detail.update(version=made.number, sha256=made.sha256, merged=state.sheets is not before)
        state = _written(act, replace(state, base=made.number, latest=made.number))
    keep(db, state)
    return made


def choose_scenario(db: Database, actor: Actor, draft: str, scenario: str) -> DraftState:
    """Which scenario the draft is solved for. A choice of view: no step."""
    permit(actor, "edit")
    with db.write() as connection:
        _own(connection, db, actor, draft)
        connection.execute(update(schema.drafts).where(schema.drafts.c.id == draft).values(scenario=scenario))
        state = _own(connection, db, actor, draft)
    return keep(db, state)


# -- inside a transaction ---------------------------------------------------------------------------------------------


def _of_person(connection: Connection, db: Database, actor: Actor, case: str, latest: int) -> DraftState | None:
    drafts = schema.drafts
    row = connection.execute(select(drafts).where(drafts.c.case == case, drafts.c.person == actor.id)).first()
    return None if row is None else read(connection, db, row, latest)


def _own(connection: Connection, db: Database, actor: Actor, draft: str) -> DraftState:
    row = connection.execute(select(schema.drafts).where(schema.drafts.c.id == draft)).first()
    if row is None or row.person != actor.id:
        raise NotThere("There is no such draft, or it is somebody else's. Open the case to edit it.")
    latest = reach.case(connection, actor, row.case).latest
    state = read(connection, db, row, latest)
    _demand_whole(connection, actor, row.case, latest, state)
    return state


def _demand_whole(connection: Connection, actor: Actor, case: str, latest: int, state: DraftState | None) -> None:
    """Raises NotAllowed where part of the newest version, or of a draft of it, is kept from the actor.

    Who edits must see what they save. A draft tells of the versions that it began from and was brought together with,
    and what others have saved since is merged into it, or told as a conflict.
    """
    if not sight.sees_all(actor):
        versions = {latest} if state is None else {latest, state.base, state.root}
        drafted = () if state is None else (without_numbers(state.sheets),)
        sight.demand_whole(actor, *drafted, *(_records(connection, case, n) for n in sorted(versions, reverse=True)))


def _records(connection: Connection, case: str, number: int) -> dict[str, list[dict[str, Any]]]:
    return content.unpack(cases.packed_version(connection, case, number))


def _edited(connection: Connection, state: DraftState) -> bool:
    """Whether the draft differs from the version that it was last brought together with."""
    base = cases.infos(connection, state.case, state.base)[0]
    return content.sha256(content.pack(without_numbers(state.sheets))) != base.sha256


def _begun(act: Act, case: str, version: int) -> DraftState:
    start = numbered(_records(act.connection, case, version))
    next_number, at = 1 + sum(len(rows) for rows in start.values()), schema.now()
    id = act.add(schema.drafts, case=case, base=version, root=version, next_number=next_number, at=at)
    return DraftState(id, case, version, version, version, 0, 0, next_number, "base", start, (), start, at)


def _stepped(act: Act, state: DraftState, said: str, changes: Sequence[CellChange]) -> DraftState:
    """The state after one more step, written. No changes are no step."""
    if not changes:
        return state
    steps, at, said = schema.steps, schema.now(), readable(said)
    gone = {s.number for s in state.live[state.position :]}
    if gone:
        dropped = update(steps).where(steps.c.draft == state.id, steps.c.number.in_(gone)).values(dropped=True)
        act.connection.execute(dropped)
    made = EditStep(len(state.steps) + 1, said, tuple(changes), act.actor.name, at)
    act.add(steps, draft=state.id, number=made.number, said=said, changes=[c.plain() for c in changes], at=at)
    act.detail.update(step=made.number, sheets=sorted({c.sheet for c in changes}), changes=len(changes))
    kept = tuple(replace(s, dropped=True) if s.number in gone else s for s in state.steps)
    sheets = replayed(state.sheets, [made])
    return _written(act, replace(state, sheets=sheets, steps=(*kept, made), position=state.position + 1))


def _written(act: Act, state: DraftState) -> DraftState:
    """The state with the next revision, in the draft's row."""
    drafts = schema.drafts
    state = replace(state, revision=state.revision + 1, at=schema.now())
    values = {name: getattr(state, name) for name in ("base", "position", "revision", "next_number", "at")}
    act.connection.execute(update(drafts).where(drafts.c.id == state.id).values(**values))
    return state


def _taken_over(act: Act, state: DraftState, version: cases.VersionInfo, records: Plain) -> DraftState:
    """The state with these records, which bring it together with a version, as a step that can be undone."""
    like, next_number = numbered_like(state.sheets, records, state.next_number)
    changes = differences(state.sheets, like)
    state = replace(state, base=version.number, latest=version.number, next_number=next_number)
    said = f"Taken over: version {version.number}, saved by {version.person}"
    return _stepped(act, state, said, changes) if changes else _written(act, state)


def _together(act: Act, state: DraftState, choices: merge.Choices | None) -> tuple[DraftState, cases.VersionInfo]:
    """The draft brought together with the newest version, and that version. Raises Conflicts."""
    newest = cases.infos(act.connection, state.case, state.latest)[0]
    if state.base == newest.number:
        return state, newest
    base, theirs = (_records(act.connection, state.case, n) for n in (state.base, newest.number))
    merged = merge.three_way(base, without_numbers(state.sheets), theirs, choices)
    if merged.differences:
        raise Conflicts(merged.differences)
    return _taken_over(act, state, newest, merged.records), newest
