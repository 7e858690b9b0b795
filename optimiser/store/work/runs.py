"""Runs: a solve as it was, with its exact inputs, settings, versions and answer, shown again without solving."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from optimiser.case.scenario.apply import BASE
from optimiser.plan.tables import Plan
from optimiser.store.base import content, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.privacy import reach, shown_to, sight
from optimiser.store.privacy.sight import Eyes
from optimiser.store.work import plans
from optimiser.store.work.seen_before import as_seen, plan_of

UNNAMED = "a scenario that you may not see"
"""Stands for the name of a scenario that speaks of it."""


@dataclass(frozen=True)
class RunInfo:
    """What is known of a run without its plan.

    version: of the case that was solved (None: a draft with edits of its own); inputs_sha256: of the case solved, its
    scenario applied; result_sha256: of the result; has_plan: whether there is a plan to show.
    """

    id: str
    case: str
    version: int | None
    scenario: str
    status: str
    inputs_sha256: str
    result_sha256: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    has_plan: bool
    person: str
    at: datetime


_ABOUT = [schema.runs.c[name] for name in (
    "id", "case", "version", "scenario", "status", "inputs_sha256", "result_sha256", "settings", "versions", "person", "at",
)] + [schema.runs.c.plan.is_not(None).label("has_plan")]  # fmt: skip


def keep(db: Database, actor: Actor, case_id: str, version: int | None, plan: Plan, scenario: str) -> RunInfo:
    """Keeps a run. version: of the case that was solved, None for a draft with edits of its own.

    A run that is kept already, to the byte, is not kept twice. Raises NotThere for a case that the actor does not see.
    """
    permit(actor, "solve")
    inputs, result = content.pack(plans.records_of(plan.case)), plans.result_of(plan)
    result_sha256, book = sha256(result), plans.workbook_of(plan)
    values: dict[str, Any] = {
        "case": case_id,
        "version": version,
        "inputs_sha256": plan.case.sha256,
        "inputs": inputs,
        "scenario": scenario,
        "settings": plans.settings_of(plan.case),
        "versions": dict(plan.versions),
        "status": plan.status,
        "result": result,
        "result_sha256": result_sha256,
        "tables": plans.pack(plan),
        "plan": book,
    }
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        same = _kept(connection, values)
        if same is not None:
            return _info(same, reach.names(connection), Eyes(actor))
    with db.act(actor, "solve") as act:
        made = act.add(schema.runs, **values)
        act.about(
            made, case=case_id, version=version, inputs_sha256=plan.case.sha256, result_sha256=result_sha256,
            plan_sha256=sha256(book or b""),
        )  # fmt: skip
    return get(db, actor, made)


def _kept(connection: Connection, values: Mapping[str, Any]) -> Any:
    """The run of the same case, version, scenario and settings with the same inputs and the same answer."""
    runs = schema.runs
    listed = connection.execute(
        select(*_ABOUT, runs.c.inputs).where(
            *(runs.c[name] == values[name] for name in ("case", "scenario", "inputs_sha256", "result_sha256"))
        )
    )
    exact = ("version", "inputs", "settings")
    return next((row for row in listed if all(getattr(row, name) == values[name] for name in exact)), None)


def get(db: Database, actor: Actor, run_id: str) -> RunInfo:
    """What is known of a run. Raises NotThere."""
    with db.read() as connection:
        row = _row(connection, actor, run_id)
        return _info(row, reach.names(connection), _eyes(connection, actor, [row]))


def listed(db: Database, actor: Actor, case_id: str) -> list[RunInfo]:
    """The runs of a case, newest first."""
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        names, runs = reach.names(connection), schema.runs
        wanted = select(*_ABOUT).where(runs.c.case == case_id).order_by(runs.c.number.desc(), runs.c.id)
        rows = connection.execute(wanted).all()
        eyes = _eyes(connection, actor, rows)
        return [_info(row, names, eyes) for row in rows]


def plan(db: Database, actor: Actor, run_id: str) -> Plan:
    """The plan of a run as it was, rebuilt from what is stored without solving, as the actor may see it.

    Raises NotThere, Withheld where even totals would give away what is not theirs to see, InvalidCase where a later
    program refuses the inputs (the stored workbook still opens).
    """
    made, states = _whole(db, actor, run_id)
    if sight.sees_all(actor):
        return made
    with db.read() as connection:
        return as_seen(connection, made, run_id, sight.eyes(actor, made.case, *states))


def _whole(db: Database, actor: Actor, run_id: str) -> tuple[Plan, shown_to.States]:
    """The whole plan of a run, and the states of its case that say what is sensitive."""
    with db.read() as connection:
        about, runs = _row(connection, actor, run_id), schema.runs
        found = connection.execute(
            select(runs.c.inputs, runs.c.settings, runs.c.tables, runs.c.scenario).where(runs.c.id == run_id)
        ).one()
        states = () if sight.sees_all(actor) else shown_to.states(connection, about.case, about.version)
    return plan_of(found), states


def workbook(db: Database, actor: Actor, run_id: str) -> bytes | None:
    """The plan's workbook: as it was kept, or with what the actor may see of it; None where there is no plan."""
    if sees_whole(db, actor, run_id) and (sight.sees_all(actor) or not _reviewed(db, actor, run_id)):
        return _bytes(db, actor, run_id, "plan")
    return plans.workbook_of(plan(db, actor, run_id))


def _reviewed(db: Database, actor: Actor, run_id: str) -> bool:
    """Whether a run's case holds reviewers, whose names the office alone sees."""
    return len(_whole(db, actor, run_id)[0].case.tables["Reviews"]) > 0


def result(db: Database, actor: Actor, run_id: str) -> bytes:
    """What `solve --json` said, without seconds: as it was kept, or of what the actor may see."""
    if sees_whole(db, actor, run_id):
        return _bytes(db, actor, run_id, "result") or b""
    return plans.result_of(plan(db, actor, run_id))


def sees_whole(db: Database, actor: Actor, run_id: str) -> bool:
    """Whether nothing of a run is kept from the actor. Raises NotThere."""
    if sight.sees_all(actor):
        return True
    made, states = _whole(db, actor, run_id)
    return sight.whole(actor, made.case, *states)


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _bytes(db: Database, actor: Actor, run_id: str, column: str) -> bytes | None:
    with db.read() as connection:
        _row(connection, actor, run_id)
        runs = schema.runs
        made: bytes | None = connection.execute(select(runs.c[column]).where(runs.c.id == run_id)).scalar_one()
        return made


def _row(connection: Connection, actor: Actor, run_id: str) -> Row[Any]:
    return reach.row(connection, actor, schema.runs, run_id, "run", _ABOUT)


def _eyes(connection: Connection, actor: Actor, rows: Sequence[Row[Any]]) -> Eyes:
    """What the actor may not see of the one case of these runs, as far as their scenarios could name it."""
    named = [row for row in rows if row.scenario != BASE]
    return shown_to.eyes(connection, actor, named[0].case, *{row.version for row in named}) if named else Eyes(actor)


def _info(row: Row[Any], names: Mapping[str, str], eyes: Eyes) -> RunInfo:
    return RunInfo(
        row.id, row.case, row.version, eyes.written(row.scenario, UNNAMED), row.status, row.inputs_sha256, row.result_sha256,
        row.settings, row.versions, row.has_plan, names.get(row.person, ""), row.at,
    )  # fmt: skip
