"""A decided plan solved again from what is stored, and compared to the byte."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from optimiser import verbs
from optimiser.case.faults import InvalidCase
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.which import solved_in
from optimiser.report.documents.plan_reading import read_plan
from optimiser.store.base import content, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.committee import committee_facts, decisions
from optimiser.store.committee.decisions import Decision
from optimiser.store.privacy import reach
from optimiser.store.work import plans

SHOWN = 12
"""Differences that are listed one by one."""
KEPT_BACK = "What differs is told to who may see the whole case: ask the partnership's office."


@dataclass(frozen=True)
class Reproduced:
    """What came of solving again. same: result and workbook are equal to the byte, versions aside.

    differences: in words; versions: those that differ, name -> (then, now).
    """

    decision: str
    run: str
    same: bool
    differences: tuple[str, ...]
    versions: Mapping[str, tuple[str, str]]

    @property
    def sentence(self) -> str:
        """The finding, in words."""
        others = ", ".join(f"{name} {then} then, {now} now" for name, (then, now) in self.versions.items())
        told = f" Versions differ: {others}." if others else ""
        if self.same:
            return f"The same to the byte: result and workbook of run {self.run} come out again.{told}"
        return f"Run {self.run} does not come out again.{told}"


def reproduce(db: Database, actor: Actor, decision_id: str, progress: verbs.Progress | None = None) -> Reproduced:
    """Solves the decided run again. Raises NotThere for an unknown decision. progress: as of a solve.

    What differs is told to who may see the whole case; others are told whether something does. The versions that made the
    stored plan are written into the new one before they are compared, so that another version of the solver that finds
    the same plan is told apart from one that finds another.
    """
    found, runs = decisions.decision(db, actor, decision_id), schema.runs
    with db.read() as connection:
        run = connection.execute(select(runs).where(runs.c.id == found.run)).one()
        proposal = reach.row(connection, actor, schema.proposals, found.proposal, "proposal")
        whole = committee_facts.eyes(connection, actor, proposal).whole
    made = _again(found, run, progress)
    return made if whole or not made.differences else replace(made, differences=(KEPT_BACK,))


def _again(found: Decision, run: Row[Any], progress: verbs.Progress | None) -> Reproduced:
    try:
        stored = plans.unpack(run.tables, plans.case_of(content.unpack(run.inputs), run.settings))
    except InvalidCase as refused:
        return Reproduced(found.id, run.id, False, (f"This version refuses the inputs: {refused.worst}",), {})
    if stored.case.sha256 != run.inputs_sha256:
        told = "The stored inputs do not have the hash that the run says: they were changed in the database."
        return Reproduced(found.id, run.id, False, (told,), {})
    case = stored.case.warned(stored.case.warnings, _applied(run.plan))
    again = verbs.solve(case, solver=stored.solver, progress=progress)
    changed = {
        name: (stored.versions.get(name, "none"), again.versions.get(name, "none"))
        for name in sorted({*stored.versions, *again.versions})
        if stored.versions.get(name) != again.versions.get(name)
    }
    again = replace(again, versions=stored.versions)
    result, book = plans.result_of(again), plans.workbook_of(again)
    differences = [*_of_results(run.result, result), *_of_books(run.plan, book)]
    if len(differences) > SHOWN:
        differences = [*differences[:SHOWN], f"… and {len(differences) - SHOWN} more."]
    return Reproduced(found.id, run.id, not differences, tuple(differences), changed)


def _applied(book: bytes | None) -> tuple[str, ...]:
    """The scenarios that the stored workbook names; those of earlier versions name none."""
    try:
        return solved_in(open_book(book).sheets) if book else ()
    except (InvalidCase, OSError, ValueError):
        return ()


def _of_results(before: bytes, after: bytes) -> Iterator[str]:
    """What differs in the JSON of two results."""
    if before == after:
        return
    found = list(_of_values("", json.loads(before), json.loads(after)))
    yield from found or ["The bytes of the result differ, though every value in it is the same."]


def _of_values(place: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _of_values(f"{place}, {key}" if place else key, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True), 1):
            named = one.get("rule") if isinstance(one, dict) else None
            yield from _of_values(f"{place} {named or number}", one, other)
    elif before != after:
        yield f"{place}: {before!r} then, {after!r} now."


def _of_books(before: bytes | None, after: bytes | None) -> Iterator[str]:
    """Which sheets of two workbooks differ."""
    if before == after:
        return
    if before is None or after is None:
        yield f"There was {'no' if before is None else 'a'} plan workbook then, and there is {'none' if after is None else 'one'} now."
        return
    hashes = []
    for book in (before, after):
        try:
            hashes.append({k: v for k, v in read_plan(book)[2].items() if k.startswith("sha256 ")})
        except (InvalidCase, OSError, ValueError):
            yield "The stored workbook cannot be read: it was damaged in the database."
            return
    then, now = hashes
    sheets = [key.removeprefix("sha256 ") for key in {**then, **now} if then.get(key) != now.get(key)]
    if sheets:
        yield f"Sheets of the workbook that differ: {', '.join(sheets)}."
    elif _parts(before) == _parts(after):
        yield "The workbook holds the same, packed by another version of the zip library."
    else:
        yield "The workbook differs in form, and in no value."


def _parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
