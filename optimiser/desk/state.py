"""The draft of a case as the app holds it: its records, steps back and forth, and the plan that is on show.

Every edit is in the store before a page shows it; what is kept here besides (the plan on show, a solve that goes on)
can be had again. Nothing here knows Streamlit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.settings import setting_in
from optimiser.case.spec import BY_NAME
from optimiser.desk.background import RunningSolve
from optimiser.desk.unkept import Unkept
from optimiser.plan.tables import Plan
from optimiser.store.base.database import Broken, Busy, Database, Unusable, in_words
from optimiser.store.base.records import (
    CellChange,
    Record,
    Sheets,
    Values,
    applied,
    blank,
    differences,
    name_of,
    plainly,
    same,
    without_numbers,
)
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases, drafts
from optimiser.store.work.draft_state import DraftState, EditStep
from optimiser.store.work.edits import Stale, numbered_like
from optimiser.store.work.merge import Choices
from optimiser.verbs import check_records

__all__ = [
    "CellChange",
    "Draft",
    "DraftChecks",
    "Record",
    "Sheets",
    "Values",
    "as_records",
    "blank",
    "differences",
    "name_of",
    "plainly",
    "same",
]
REFUSALS = (PermissionError, NotThere, Stale, Busy, Unusable, Broken, ValueError)
"""What the store may answer to an edit; the message is for the person who made it, and nothing was changed."""
PART_ONLY = "Part of this case is for others' eyes only, so it can be looked at here but not changed."


@dataclass(frozen=True)
class DraftChecks:
    """What the checks say of a draft: its case (None where there is an error), and every fault."""

    case: Case | None
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that must be mended before it can be solved."""
        return tuple(f for f in self.faults if f.level == "error")


@dataclass
class Draft:
    """A person's draft of a case. Its sessions share it.

    id: of the case in the store; source: where it comes from, in words; who: the person, with the roles they have now.
    whole: whether they may see all of it. shown: the run whose plan is on show, and `solved` the records that it
    solved; running: a run that goes on, of the records `asked`; shown_scenario, asked_scenario: theirs. fresh: opened
    from the store, and not solved since.
    """

    db: Database
    who: Callable[[], Actor]
    source: str
    state: DraftState
    whole: bool = True
    shown: RunningSolve | None = None
    solved: Sheets | None = None
    running: RunningSolve | None = None
    asked: Sheets | None = None
    shown_scenario: str = ""
    asked_scenario: str = ""
    fresh: bool = False
    problem: str = ""
    unkept: Unkept = field(default_factory=Unkept, repr=False)
    """Why an edit was not taken, and the edit, by the window that made it."""
    epoch: int = 0
    """Grows with every change that was not typed into the widget which shows it; widgets are made anew then."""
    kept_plan: Plan | None = None
    """The plan of the newest kept run, for who may not edit."""
    seen: tuple[object, ...] = ()
    """What the view of somebody who does not edit depends on; it is made anew when that changes."""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _checked: tuple[Sheets, DraftChecks] | None = field(default=None, repr=False)
    _saved: tuple[int, Sheets, Sheets, list[CellChange]] | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The case's id in the store, which stands in the address."""
        return self.state.case

    @property
    def editable(self) -> bool:
        """Whether this person edits it; else they look at its newest version."""
        return bool(self.state.id)

    @property
    def sheets(self) -> Sheets:
        """The records as they are now."""
        return self.state.sheets

    @property
    def scenario(self) -> str:
        """The scenario to be solved."""
        return self.state.scenario

    @scenario.setter
    def scenario(self, wanted: str) -> None:
        if self.editable:
            self._ask(lambda: drafts.choose_scenario(self.db, self.who(), self.state.id, wanted))
        else:
            self.state = replace(self.state, scenario=wanted)

    @property
    def currency(self) -> str:
        """That of the case, as the sheet Case says."""
        return setting_in((r.values for r in self.records("Case")), "currency") or "USD"

    def records(self, sheet: str) -> tuple[Record, ...]:
        """The records of one sheet."""
        return self.sheets.get(sheet, ())

    def columns(self, sheet: str) -> list[str]:
        """Columns of the specification, then the attributes that some record has."""
        names = BY_NAME[sheet].names
        extra = dict.fromkeys(c for r in self.records(sheet) for c in r.values if c not in names)
        return [*names, *extra]

    # -- edits --------------------------------------------------------------------------------------------------------

    def edit(
        self,
        sheet: str,
        cells: Mapping[int, Values],
        said: str = "",
        also: Mapping[str, Mapping[int, Values]] | None = None,
    ) -> int:
        """Sets cells by the number of their record; returns how many changed. Unknown records are left out.

        also: cells of other sheets that change with them, in the same step.
        """
        with self._lock:
            made, own, others = dict(self.sheets), list[str](), 0
            for name, new_cells in {**(also or {}), sheet: cells}.items():
                rows = []
                for record in self.records(name):
                    new = {
                        c: v for c, v in new_cells.get(record.number, {}).items() if not same(record.values.get(c), v)
                    }
                    if new and name == sheet:
                        own += [
                            f"{c} of {name_of(name, record)}, {plainly(record.values.get(c))} → {plainly(v)}"
                            for c, v in new.items()
                        ]
                    others += len(new) if name != sheet else 0
                    rows.append(replace(record, values={**record.values, **new}) if new else record)
                made[name] = tuple(rows)
            count = len(own) + others
            if not count:
                return 0
            what = f"{sheet}: {own[0] if len(own) == 1 else f'{len(own)} cells'}"
            with_it = f", and {others} {'cell' if others == 1 else 'cells'} that follow from it" if others else ""
            return count if self.become(said or what + with_it, made, typed=True) else 0

    def add(self, sheet: str, values: Values) -> int:
        """Adds a record at the end; returns its number, 0 where it was refused."""
        with self._lock:
            said = f"{sheet}: {name_of(sheet, Record(self.state.next_number, dict(values)))} added"
            done = self.add_all(sheet, [values], said)
            return self.records(sheet)[-1].number if done else 0

    def add_all(self, sheet: str, rows: Sequence[Values], said: str) -> bool:
        """Adds records at the end, in one step that is undone at once. said: what was done, in words."""
        with self._lock:
            first = self.state.next_number
            made = tuple(Record(first + k, dict(row)) for k, row in enumerate(rows))
            return self.become(said, {**self.sheets, sheet: (*self.records(sheet), *made)})

    def delete(self, sheet: str, numbers: Iterable[int], said: str = "") -> None:
        """Deletes records by their numbers."""
        with self._lock:
            gone = set(numbers)
            names = [name_of(sheet, r) for r in self.records(sheet) if r.number in gone]
            if names:
                what = names[0] if len(names) == 1 else f"{len(names)} records"
                kept = tuple(r for r in self.records(sheet) if r.number not in gone)
                self.become(said or f"{sheet}: {what} deleted", {**self.sheets, sheet: kept})

    def become(
        self, said: str, sheets: Sheets, *, typed: bool = False, action: Literal["edit", "import"] = "edit"
    ) -> bool:
        """Takes over a whole state as one step; says whether it is now in the store.

        said: what was done, in words; typed: into the widget that shows it, which then stays as it is.
        """
        with self._lock:
            changes = differences(self.sheets, sheets)
            if not self.editable:
                return self._refuse(PART_ONLY if not self.whole else "")
            state = self.state
            done = self._ask(
                lambda: drafts.step(self.db, self.who(), state.id, state.revision, said, changes, action=action),
                said,
                changes if action == "edit" else (),
            )
            if not (typed and done):
                self.epoch += 1
            return done

    def like(self, records: Mapping[str, Sequence[Values]]) -> Sheets:
        """Plain records as a state of this draft: those of the same ID have the same number. Sheets that are not there
        are empty."""
        return numbered_like(self.sheets, records, self.state.next_number)[0]

    def _ask(self, act: Callable[[], DraftState], said: str = "", changes: Sequence[CellChange] = ()) -> bool:
        """Does something in the store; what that refuses is kept to be told, and nothing changes.

        said, changes: the edit, which is kept to be made again unless it was wrong in itself.
        """
        try:
            self.state = act()
            return True
        except REFUSALS as problem:
            if isinstance(problem, Stale):
                with suppress(*REFUSALS):  # it is told already that it was not kept
                    self.refresh()
            return self._refuse(words_of(problem), said, () if isinstance(problem, ValueError) else changes)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Does something in the store, from a button; whether it was done. What the store refuses is kept to be told."""
        try:
            act()
            return True
        except REFUSALS as problem:
            self.refused = words_of(problem)
            return False

    def _refuse(self, why: str, said: str = "", changes: Sequence[CellChange] = ()) -> bool:
        self.unkept.refuse(why or _no_editor(self.who()), said, changes)
        self.epoch += 1
        return False

    @property
    def refused(self) -> str:
        """Why the last edit of this window was not taken."""
        return self.unkept.why

    @refused.setter
    def refused(self, why: str) -> None:
        self.unkept.refuse(why)

    def make_again(self) -> None:
        """The edit that could not be kept, on the draft as it is now."""
        edit = self.unkept.edit
        if edit is not None:
            self.unkept.let_go()
            self.become(edit.said, applied(self.sheets, edit.changes))

    def refresh(self) -> None:
        """Takes over what other sessions of this person have done to it meanwhile."""
        if self.editable:
            actor = self.who()
            with self._lock:  # read within it too: else an edit in between would be taken for another session's
                state = drafts.open(self.db, actor, self.state.case)
                if state.revision != self.state.revision:
                    self.epoch += 1
                self.state = state

    # -- back and forth -----------------------------------------------------------------------------------------------

    @property
    def history(self) -> list[EditStep]:
        """The steps in force, in order."""
        return self.state.live[: self.state.position]

    @property
    def can_undo(self) -> str:
        """What undo would take back; "" where there is nothing."""
        return self.state.can_undo

    @property
    def can_redo(self) -> str:
        """What redo would bring back; "" where there is nothing."""
        return self.state.can_redo

    def undo(self) -> None:
        """One step back."""
        self._move(-1)

    def redo(self) -> None:
        """One step forth."""
        self._move(1)

    def _move(self, steps: int) -> None:
        with self._lock:
            if self.editable:
                self._ask(lambda: drafts.move(self.db, self.who(), self.state.id, steps))
                self.epoch += 1

    def undo_all(self) -> None:
        """Back to what was solved (or to the version it began from), as a step that can be undone itself."""
        self.attempt(
            lambda: self.become("All edits undone", self._of_version() if self.solved is None else self.solved)
        )

    def edits(self) -> list[CellChange]:
        """What was changed since the plan on show was solved."""
        return [] if self.solved is None else differences(self.solved, self.sheets)

    def unsaved(self) -> list[CellChange]:
        """What differs from the version that it was last brought together with."""
        if not self.editable:
            return []
        with self._lock:
            kept = self._saved
            if kept is None or kept[0] != self.state.base or kept[1] is not self.sheets:
                base = kept[2] if kept is not None and kept[0] == self.state.base else self._of_version()
                self._saved = self.state.base, self.sheets, base, differences(base, self.sheets)
            return self._saved[3] if self._saved is not None else []

    def _of_version(self) -> Sheets:
        return self.like(cases.whole_version(self.db, self.who(), self.id, self.state.base).records)

    def save(self, note: str = "", choices: Choices | None = None) -> int:
        """The draft as the next version; its number. What others have saved meanwhile is in it too, and in the draft.

        Raises Conflicts where they changed the same cells otherwise and no choice says whose is taken; NotAllowed.
        """
        with self._lock:
            if not self.editable:
                raise NotAllowed(PART_ONLY if not self.whole else _no_editor(self.who()))
            actor, before = self.who(), self.sheets
            made = drafts.save(self.db, actor, self.state.id, note, choices)
            self.state = drafts.open(self.db, actor, self.state.case)
            if self.sheets is not before:
                self.epoch += 1
            return made.number

    # -- solving ------------------------------------------------------------------------------------------------------

    def begin(self, run: RunningSolve) -> None:
        """A run of the records as they are now has begun."""
        self.running, self.asked, self.problem = run, self.sheets, ""
        self.asked_scenario = self.scenario
        self.fresh = False
        run.followers.add(self.state.id)
        self.settle()

    def settle(self) -> bool:
        """Takes over the plan of a run that has ended; says whether there was one."""
        with self._lock:
            run = self.running
            if run is None or not run.done:
                return False
            self.running = None
            if run.plan is None:
                self.problem = run.problem
            elif run.plan.status == "stopped" and not run.plan.has_plan and self.shown is not None:
                self.problem = "Stopped before any plan was found. The plan on show is the earlier one."
            else:
                self.shown, self.solved, self.shown_scenario = run, self.asked, self.asked_scenario
            return True

    @property
    def of_another(self) -> str:
        """The scenario whose plan is on show while there is none of the one that is chosen; "" where they are the same."""
        return self.shown_scenario if self.shown is not None and self.shown_scenario != self.scenario else ""

    # -- what the checks say ------------------------------------------------------------------------------------------

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """The draft as plain records."""
        return without_numbers(self.sheets)

    def checked(self) -> DraftChecks:
        """The draft, checked; computed once for each state. What somebody sees in part only is taken as it was solved."""
        with self._lock:
            if not self.whole:
                return DraftChecks(self.kept_plan.case if self.kept_plan is not None else None, ())
            if self._checked is None or self._checked[0] is not self.sheets:
                self._checked = self.sheets, DraftChecks(*check_records(self.plain()))
            return self._checked[1]

    def would(self, records: Mapping[str, Sequence[Values]]) -> DraftChecks:
        """What the checks would say of other records: their case, and the faults that the draft has not."""
        case, faults = check_records(records)
        before = {(f.code, f.cell, f.found) for f in self.checked().faults}
        return DraftChecks(case, tuple(f for f in faults if (f.code, f.cell, f.found) not in before))

    def record_of(self, fault: Fault) -> tuple[Record, str] | None:
        """The record and the column that a fault speaks of, if it has one cell."""
        column, _, row = fault.cell.partition(", row ")
        filled = [r for r in self.records(fault.sheet) if not all(blank(v) for v in r.values.values())]
        if row.isdigit() and 0 < int(row) <= len(filled):
            return filled[int(row) - 1], column
        return None


def words_of(refusal: Exception) -> str:
    """What a person is told of one of REFUSALS, or of a KeyError with a sentence."""
    if isinstance(refusal, Broken):
        return in_words(refusal)
    return str(refusal.args[0]) if isinstance(refusal, KeyError) else str(refusal)


def _no_editor(actor: Actor) -> str:
    return f"{actor.name} may not edit: that is for the role analyst or finance. An administrator gives roles."


def as_records(case: Case) -> dict[str, list[dict[str, Any]]]:
    """The tables of a case as plain records."""
    return {name: list(table.records()) for name, table in case.tables.items()}
