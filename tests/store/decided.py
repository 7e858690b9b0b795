"""A small case, its plans, and people at work on it, for the tests of runs, decisions and their care."""

from __future__ import annotations

from functools import cache
from typing import Any

from optimiser import verbs
from optimiser.plan.tables import Plan
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions
from optimiser.store.committee.decisions import Decision, Proposal
from optimiser.store.work import cases, runs
from optimiser.store.work.runs import RunInfo

RECORDS: dict[str, list[dict[str, Any]]] = {
    "Case": [{"setting": "name", "value": "Three rivers <partnership>"}],
    "Agencies": [{"agency": "Police", "name": "City Police"}, {"agency": "Health"}, {"agency": "Shelter"}],
    "Funds": [
        {"fund": "Pool", "kind": "pooled", "amount": 100_000},
        {"fund": "Grant", "kind": "joint grant", "amount": 60_000},
    ],
    "Contributions": [{"agency": "Police", "fund": "Pool", "amount": 40_000}],
    "Initiatives": [
        {"initiative": "I1", "name": "Outreach & care", "lead": "Health", "request": 90_000, "priority": 3},
        {"initiative": "I2", "name": "=Patrols", "lead": "Police", "request": 70_000, "priority": 2},
        {"initiative": "I3", "lead": "Shelter", "request": 50_000.10, "priority": 1},
    ],
    "Staff": [{"agency": "Health", "role": "nurse", "fte": 2}],
    "Needs": [{"initiative": "I1", "role": "nurse", "fte": 3}],
    "Rules": [
        {
            "rule": "Police at most half",
            "where": "agency = Police",
            "at_most": 0.5,
            "of": "total",
            "authority": "MOU 3",
        },
        {"rule": "Some for shelter", "where": "agency = Shelter", "at_least": 10_000, "authority": "Resolution 7"},
    ],
    "Scenarios": [
        {"scenario": "grant cut", "sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "* 0.5"},
        {"scenario": "no nurse", "sheet": "Staff", "where": "role = nurse", "column": "fte", "change": "= 0"},
    ],
}


def records(**settings: Any) -> dict[str, list[dict[str, Any]]]:
    """The small case with further settings."""
    rows = [{"setting": name, "value": value} for name, value in settings.items()]
    return {**RECORDS, "Case": [*RECORDS["Case"], *rows]}


def plan(scenario: str = "base", **settings: Any) -> Plan:
    """The plan of the small case, solved once."""
    return _plan(scenario, tuple(sorted(settings.items())))


@cache
def _plan(scenario: str, settings: tuple[tuple[str, object], ...]) -> Plan:
    return verbs.solve(verbs.scenario(verbs.case_from(records(**dict(settings))), scenario))


def person(db: Database, name: str, *roles: str, agency: str = "") -> Actor:
    """Somebody with these roles."""
    one, chief = people.signed_in(db, f"subject of {name}", name), people.local(db)
    people.set_roles(db, chief, one.id, roles)
    if agency:
        people.set_agency(db, chief, one.id, agency)
    return people.actor(db, one.id)


def kept(db: Database, actor: Actor, scenario: str = "base", **settings: Any) -> RunInfo:
    """The small case in the store, solved."""
    case = cases.create(db, actor, "Three rivers", "made for a test", records(**settings))
    return runs.keep(db, actor, case.id, 1, plan(scenario, **settings), scenario)


def proposed(db: Database, actor: Actor, **settings: Any) -> Proposal:
    """A proposal of its plan, beside the one with the grant cut."""
    run = kept(db, actor, **settings)
    other = runs.keep(db, actor, run.case, 1, plan("grant cut", **settings), "grant cut")
    return decisions.propose(db, actor, run.id, "Fund <two> of three", "Because it keeps every rule.", [other.id])


def decided(db: Database, actor: Actor) -> Decision:
    """A decision of the one person of local mode."""
    made = proposed(db, actor)
    decisions.vote(db, actor, made.id, "approve", "The best there is.")
    return decisions.resolve(db, actor, made.id)
