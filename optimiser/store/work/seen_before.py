"""A plan of a case as somebody may see it who saw other plans of the same case.

Two plans that are nearly the same must not show different rows together: an amount that stands alone in one would then
stand in a sum of the other, which tells what else is in it. So whatever the proposed plans before it showed together, a
plan shows together too. What is sent of it is then a sum of what was sent of those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from optimiser.case.faults import InvalidCase
from optimiser.case.names import fold
from optimiser.case.scenario.apply import BASE
from optimiser.plan.tables import Plan
from optimiser.store.base import content, schema
from optimiser.store.privacy.sight import Eyes, Withheld
from optimiser.store.privacy.sight_merge import Merge, merged
from optimiser.store.privacy.sight_plan import seen
from optimiser.store.work import plans

MOST = 1_000
"""Plans, each for one pair of eyes, of which it is remembered what is shown together."""
_MADE: dict[tuple[object, ...], Merge] = {}


def plan_of(row: Any) -> Plan:
    """The plan from the stored bytes of the row of its run. Raises InvalidCase where this program refuses the inputs."""
    case = plans.case_of(content.unpack(row.inputs), row.settings)
    return plans.unpack(row.tables, replace(case, applied=() if row.scenario == BASE else (row.scenario,)))


def as_seen(connection: Connection, plan: Plan, run_id: str, eyes: Eyes) -> Plan:
    """The plan of a run as these eyes may see it. Raises Withheld."""
    return seen(plan, eyes) if eyes.whole else seen(plan, eyes, before(connection, run_id, eyes))


def before(connection: Connection, run_id: str, eyes: Eyes) -> Merge:
    """What the plans that were proposed of a case show together, of runs before this one."""
    runs, proposals = schema.runs, schema.proposals
    case, number = connection.execute(select(runs.c.case, runs.c.number).where(runs.c.id == run_id)).one()
    proposed = connection.execute(
        select(proposals.c.run, proposals.c.alternatives).where(proposals.c.case == case)
    ).all()
    wanted = {id for row in proposed for id in (row.run, *row.alternatives)}
    earlier = select(runs.c.id).where(runs.c.id.in_(wanted), runs.c.number < number, runs.c.plan.is_not(None))
    merge = Merge()
    for id in connection.execute(earlier.order_by(runs.c.number)).scalars().all():
        key = id, eyes.agencies, eyes.initiatives, fold(eyes.actor.agency), merge
        if key not in _MADE:
            if len(_MADE) >= MOST:
                _MADE.clear()
            _MADE[key] = _with(connection, id, eyes, merge)
        merge = _MADE[key]
    return merge


def _with(connection: Connection, id: str, eyes: Eyes, merge: Merge) -> Merge:
    """What is shown together from this run on; one that is not shown at all changes nothing."""
    runs = schema.runs
    row = connection.execute(
        select(runs.c.inputs, runs.c.settings, runs.c.tables, runs.c.scenario).where(runs.c.id == id)
    ).one()
    try:
        return merge | merged(plan_of(row), eyes, merge)
    except (InvalidCase, Withheld):
        return merge
