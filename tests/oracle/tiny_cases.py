"""Cases of one fund, one agency and one initiative, to be worked out by hand, and what the oracle finds for them."""

from __future__ import annotations

from typing import Any

from tests.oracle.plain_case import Records
from tests.oracle.plain_model import solve_plain

Row = dict[str, Any]


def tiny(**sheets: list[Row]) -> Records:
    """Agency A, fund F of 100, initiative I of 100 led by A: impact 100, unless sheets say otherwise."""
    made: Records = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 100.0}],
        "Initiatives": [{"initiative": "I", "lead": "A", "request": 100.0}],
    }
    return {**made, **sheets}


def initiative(name: str = "I", **cells: Any) -> Row:
    return {"initiative": name, "lead": "A", "request": 100.0, **cells}


def best(records: Records) -> float:
    plan = solve_plain(records)
    assert plan["status"] == "optimal"
    return float(plan["objective"])


def impossible(records: Records) -> bool:
    return bool(solve_plain(records)["status"] == "infeasible")


def staffed(fte: float = 1.0, **cells: Any) -> Row:
    return {"agency": "A", "role": "analyst", "fte": fte, **cells}


TWO = [initiative("I", priority=2.0), initiative("J")]
QUARTERS = [{"period": "Q1"}, {"period": "Q2"}, {"period": "Q3"}]
NEED = [{"initiative": "I", "role": "analyst", "fte": 2.0}]
