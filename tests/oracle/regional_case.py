"""A national case: regions with agencies and initiatives of their own, which share the funds and the rules of the whole."""

from __future__ import annotations

from typing import Any

from tests.oracle.large_cases import Records, large_case


def regional_case(regions: int = 3, **shape: Any) -> Records:
    """So many cases of `large_case(**shape)` as one: their funds are added up, and so is the limit of the rule on pace."""
    made: Records = {}
    for number in range(regions):
        records = large_case(**shape, seed=100 + number)
        place = f"region {number}"
        for rows in records.values():
            for row in rows:
                row |= {c: f"{place} {row[c]}" for c in ("agency", "initiative", "lead") if row.get(c)}
        for sheet in ("Agencies", "Initiatives"):
            for row in records[sheet]:
                row["area"] = place
        records["Areas"] = [{"area": place, "population": 1e6, "need": 4e6}]
        if not made:
            made = records
            continue
        for sheet in ("Areas", "Agencies", "Initiatives", "Partners", "Costs", "Staff", "Needs", "Contributions"):
            made[sheet] += records[sheet]
        for sheet in ("Funds", "Installments"):
            for mine, more in zip(made[sheet], records[sheet], strict=True):
                mine["amount"] += more["amount"]
    made["Rules"] = [row for row in made["Rules"] if row["rule"] != "North ceiling"]
    for row in made["Rules"]:
        if row["rule"] == "Quarterly pace":
            row["at_most"] *= regions
    return made
