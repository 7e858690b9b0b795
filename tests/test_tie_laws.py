"""What decides among equal plans: the keys of their lines alone. OPTIMISER_SOAK=500 takes more cases.

A change that touches nothing that the plan uses changes no award, no line of spend and no post.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import lru_cache
from random import Random
from typing import Any

import pytest

import optimiser
from optimiser.plan.tables import Plan
from tests.oracle.random_cases import random_case
from tests.soak import seeds

SEEDS = seeds(3000, 12)

Records = dict[str, list[dict[str, Any]]]
Amounts = dict[str, dict[tuple[str, ...], float]]
"""table → keys of a line → its amount"""
TABLES = ("Spend", "Posts", "Hires")


def solved(records: Records) -> Amounts:
    found = _amounts(json.dumps(records))
    if found is None:
        pytest.skip("no plan keeps every rule of this case")
    return found


@lru_cache(maxsize=1 << 16)
def _amounts(records: str) -> Amounts | None:
    """Of the same records once: several laws begin with one case."""
    plan = optimiser.solve(optimiser.case_from(json.loads(records)))
    return {table: lines(plan, table) for table in TABLES} if plan.has_plan else None


def tied(seed: int) -> Records:
    """A random case in which many plans are equally good: without priorities, scores and outcomes of its own."""
    records = random_case(seed, rules=seed % 3 == 0)
    for sheet in ("Priorities", "Performance", "Outcomes", "Curves"):
        records.pop(sheet, None)
    for row in records["Initiatives"]:
        row.pop("score", None)
        row.pop("priority", None)
        before, row["request"] = row["request"], 1000.0 * round(row["request"] / 1000.0 + 1)
        costs = [
            cost for cost in records.get("Costs", ()) if cost["initiative"] == row["initiative"] and cost.get("amount")
        ]
        for cost in costs[:1]:  # what a request is made of still adds up to it
            cost["amount"] += row["request"] - before
        row.pop("maximum", None)
        row["minimum"] = ""
    kept = ("", "money", "staff", "level")
    records["Rules"] = [row for row in records.get("Rules", ()) if str(row.get("measure", "money")) in kept]
    return records


def same(before: Amounts, after: Amounts) -> None:
    """Every award, line of spend and post of the first is one of the second, and no other is."""
    for table in TABLES:
        one, other = before[table], after[table]
        assert one.keys() == other.keys(), table
        assert all(abs(one[key] - other[key]) <= 1e-6 * max(1.0, abs(one[key])) for key in one), table


def lines(plan: Plan, table: str) -> dict[tuple[str, ...], float]:
    made = {}
    for row in plan.tables[table].records():
        *keys, amount = (value for column, value in row.items() if column not in ("value", "cost"))
        if amount:
            made[tuple(map(str, keys))] = float(amount)
    return made


@pytest.mark.first(8)
@pytest.mark.parametrize("make", [random_case, tied])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_initiative_that_can_get_nothing_changes_nothing(seed: int, make: Any) -> None:
    records = make(seed)
    # A member of a formula takes part in it, locked out or not; and who requires all of a theme requires the new one too.
    taking_part = ("formula", "earned", "requires")
    records["Rules"] = [row for row in records.get("Rules", ()) if row.get("kind") not in taking_part]
    before = solved(records)
    more = deepcopy(records)
    first = more["Initiatives"][0]
    more["Initiatives"].insert(
        1, {"initiative": "an added one", "request": 12_345, "maximum": 0, "theme": first.get("theme", "")}
    )
    same(before, solved(more))


@pytest.mark.first(8)
@pytest.mark.parametrize("make", [random_case, tied])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_agency_that_can_do_nothing_changes_nothing(seed: int, make: Any) -> None:
    records = make(seed)
    # A member of a formula takes part in it, though it can do nothing.
    records["Rules"] = [row for row in records.get("Rules", ()) if row.get("kind") not in ("formula", "earned")]
    agencies = [row["agency"] for row in records["Agencies"]]
    for row in records["Initiatives"]:  # with no lead every agency delivers, also the new one
        if not row.get("lead") and not any(p["initiative"] == row["initiative"] for p in records.get("Partners", ())):
            row["lead"] = agencies[0]
    before = solved(records)
    more = deepcopy(records)
    more["Agencies"].insert(0, {"agency": "aa idle"})
    same(before, solved(more))


@pytest.mark.first(8)
@pytest.mark.parametrize("make", [random_case, tied])
@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_rows_and_a_further_attribute_change_nothing(seed: int, make: Any) -> None:
    records = make(seed)
    before, dice = solved(records), Random(seed)
    more = {s: dice.sample(rows, len(rows)) if s != "Periods" else rows for s, rows in deepcopy(records).items()}
    for row in more["Initiatives"]:
        row["patrol beat"] = dice.choice("xyz")
    same(before, solved(more))


@pytest.mark.parametrize("seed", SEEDS)
def test_half_of_the_money_that_nobody_spends_changes_nothing(seed: int) -> None:
    """A fund in one window without installments, in a case whose rules do not speak of what funds hold."""
    records = tied(seed)
    for sheet in ("Installments", "Contributions"):
        records.pop(sheet, None)
    records["Rules"] = []
    dice = Random(seed)
    for row in records["Funds"]:
        row["amount"] = float(dice.randrange(50, 400) * 1000)
        row["carryover"], row["min_spend"] = 1, 0
    # Unspent is what the plan in exact money leaves: of what is left by rounding alone, part is used by the levels. A few
    # units are no room: a limit that near is one that the choice of whole units feels.
    case = [row for row in records.get("Case", ()) if row["setting"] != "rounding"]
    exact = solved({**records, "Case": [*case, {"setting": "rounding", "value": 0}]})
    spent: dict[str, float] = {}
    for (fund, *_), money in exact["Spend"].items():
        spent[fund] = spent.get(fund, 0.0) + money
    more = deepcopy(records)
    for row in more["Funds"]:
        unspent = row["amount"] - spent.get(row["fund"], 0.0)
        row["amount"] -= unspent // 2 if unspent > 100 else 0
    same(solved(records), solved(more))
