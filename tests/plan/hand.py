"""A small case and a plan of it, made by hand: two agencies, two funds, three initiatives, two quarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.case.case import Case
from optimiser.case.reading.workbook import tables_from
from optimiser.case.settings import read_settings
from optimiser.case.table import Table
from optimiser.plan.derive import derive, table_of
from optimiser.plan.tables import SPEC

Records = dict[str, list[dict[str, Any]]]
Rows = dict[str, list[tuple[Any, ...]]]

RECORDS: Records = {
    "Case": [{"setting": "name", "value": "Two quarters"}],
    "Periods": [{"period": "Q1"}, {"period": "Q2"}],
    "Agencies": [
        {"agency": "Police", "name": "City Police", "kind": "police", "score": 80},
        {"agency": "Health", "kind": "health", "score": 60},
    ],
    "Funds": [
        {
            "fund": "Grant", "kind": "joint grant", "amount": 10000, "carryover": 0.5, "min_spend": 0.2, "match_rate": 0.2,
            "allowed": "category != travel",
        },
        {"fund": "Own", "kind": "own budget", "owner": "Health", "can_match": "yes"},
    ],
    "Installments": [{"fund": "Grant", "period": "Q1", "amount": 6000}, {"fund": "Grant", "period": "Q2", "amount": 4000}],
    "Contributions": [{"agency": "Health", "fund": "Own", "amount": 4000}],
    "Initiatives": [
        {"initiative": "Lab", "name": "Crime lab", "theme": "analysis", "request": 8000, "minimum": 3000, "pace": 0.3},
        {"initiative": "Talk", "theme": "outreach", "lead": "Health", "request": 1000, "all_or_nothing": "yes", "first": "Q2"},
        {"initiative": "Walk", "theme": "outreach", "lead": "Police", "request": 500},
    ],
    "Partners": [
        {"initiative": "Lab", "agency": "Police", "min_share": 0.25},
        {"initiative": "Lab", "agency": "Health", "max_share": 0.75, "cost_factor": 1.25, "effectiveness": 1.5},
    ],
    "Costs": [
        {"initiative": "Lab", "category": "personnel", "share": 0.5},
        {"initiative": "Lab", "category": "equipment", "share": 0.5},
    ],
    "Staff": [
        {"agency": "Police", "role": "analyst", "fte": 2, "releasable": 0.5, "cost_per_fte": 100},
        {"agency": "Police", "role": "officer", "fte": 10, "releasable": 0.2, "cost_per_fte": 50},
        {"agency": "Health", "role": "analyst", "fte": 0, "hire_max": 0.25, "hire_cost": 1000},
    ],
    "Needs": [{"initiative": "Lab", "role": "analyst", "fte": 2}],
    "Substitutes": [{"role": "officer", "can_do": "analyst", "rate": 0.5}],
    "Outcomes": [
        {"initiative": "Lab", "outcome": "cases", "at_full": 100, "curve": "early"},
        {"initiative": "Talk", "outcome": "cases", "at_full": 10},
        {"initiative": "Walk", "outcome": "visits", "at_full": 20},
    ],
    "Curves": [
        {"curve": "early", "level": 0, "achieved": 0},
        {"curve": "early", "level": 0.5, "achieved": 0.8},
        {"curve": "early", "level": 1, "achieved": 1},
    ],
    "Rules": [
        {"rule": "equipment", "where": "category = equipment", "at_most": 0.5, "of": "amount", "authority": "Grant, 4.2"},
        {"rule": "score", "kind": "average", "measure": "agency.score", "at_least": 65, "hard": "no", "penalty": 0.01},
    ],
}  # fmt: skip

ROWS: Rows = {
    "Spend": [
        ("Grant", "Lab", "Police", "equipment", "Q1", 800),
        ("Grant", "Lab", "Police", "personnel", "Q1", 800),
        ("Grant", "Lab", "Health", "equipment", "Q2", 1000),
        ("Own", "Lab", "Health", "personnel", "Q2", 1100),
        ("Grant", "Talk", "Health", "general", "Q2", 800),
        ("Own", "Talk", "Health", "general", "Q2", 200),
    ],
    "Posts": [("Police", "analyst", "analyst", "Lab", "Q1", 0.8), ("Police", "officer", "analyst", "Lab", "Q2", 1.4)],
    "Hires": [("Health", "analyst", "Lab", "Q2", 0.1)],
    "Levels": [("Lab", "Police", "Q1", 0.2), ("Lab", "Health", "Q2", 0.2), ("Talk", "Health", "Q2", 1)],
    "Match": [("Grant", "Own", "Lab", 600), ("Grant", "in kind", "Lab", 50), ("Grant", "Own", "Talk", 200)],
    "Balances": [
        ("Grant", "Q1", 6000, 0, 1600, 3000, 1400),
        ("Grant", "Q2", 4000, 3000, 1800, 0, 5200),
        ("Own", "Q1", 4000, 0, 0, 4000, 0),
        ("Own", "Q2", 0, 4000, 1300, 0, 2700),
    ],
}


def case_of(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> Case:
    """A case from plain records, checked."""
    tables = tables_from(records).require().tables
    settings, faults = read_settings(tables["Case"])
    assert not faults
    return Case(tables, settings)


def changed(sheet: str, key: str, **values: Any) -> Records:
    """The records with some values of one record changed; a new record where the sheet has no such key."""
    made = {name: [dict(r) for r in rows] for name, rows in RECORDS.items()}
    found = [r for r in made.setdefault(sheet, []) if next(iter(r.values())) == key]
    for record in found:
        record.update(values)
    if not found:
        made[sheet].append(values)
    return made


def with_rule(**values: Any) -> Records:
    """The records with one more rule."""
    return changed("Rules", "", **{"rule": "new", **values})


def decision(rows: Rows | None = None) -> dict[str, Table]:
    """The decision tables from rows of plain values."""
    return {name: table_of(SPEC[name], lines) for name, lines in (ROWS if rows is None else rows).items()}


def edited(sheet: str, at: int, *line: Any) -> Rows:
    """The rows with one line replaced; added where `at` is their number, removed where no line is given."""
    made = {name: list(lines) for name, lines in ROWS.items()}
    made[sheet][at : at + 1] = [line] if line else []
    return made


def plan_tables(case: Case | None = None, rows: Rows | None = None) -> dict[str, Table]:
    """Decision and derived tables."""
    made = decision(rows)
    return {**made, **derive(case or case_of(RECORDS), made)}
