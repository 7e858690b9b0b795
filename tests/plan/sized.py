"""Random cases of all features, in amounts of any size: each amount of money multiplied, a few cents and very large ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from optimiser.case.spec import SHEETS
from tests.oracle.random_cases import random_case

FACTORS = (1e-7, 1e-5, 1e-3, 0.01, 1.0, 1.0, 100.0, 1e4, 1e6, 5e6)
"""What amounts of about a million are multiplied by: from a cent to 10¹³."""
ROUNDINGS = (1.0, 0.01, 0.0)
LEAST = 0.01

MONEY = {sheet.name: [c.name for c in sheet.columns if c.unit == "money"] for sheet in SHEETS}


def sized_case(
    seed: int, factors: Sequence[float] = FACTORS, roundings: Sequence[float] = ROUNDINGS
) -> dict[str, list[dict[str, Any]]]:
    """A case of this seed: its amounts by one factor, now and then a few requests far from the others."""
    dice = Random(seed)
    records = random_case(seed, rules=seed % 4 > 0, stages=seed % 5 == 0)
    factor, rounding = dice.choice(factors), dice.choice(roundings)
    for sheet, columns in MONEY.items():
        for row in records.get(sheet, []):
            for column in columns:
                if isinstance(row.get(column), int | float) and sheet != "Rules":
                    row[column] = _sized(row[column], factor)
    for row in records.get("Rules", []):
        _rule(row, factor)
    if dice.random() < 0.3:
        for row in records["Initiatives"][:2]:
            row["request"] = dice.choice((0.01, 0.37, 17.0, 1e12 + 0.5, 1e13 - 1))
            row.pop("minimum", None), row.pop("maximum", None)
    for fund in records["Funds"]:  # sums of scaled parts may miss the scaled whole
        parts = [r for r in records.get("Installments", []) if r["fund"] == fund["fund"]]
        if parts:
            paid = sum(r["amount"] for r in records.get("Contributions", []) if r["fund"] == fund["fund"])
            fund["amount"] = round(max(sum(r["amount"] for r in parts), paid), 2)
            parts[-1]["amount"] = round(fund["amount"] - sum(r["amount"] for r in parts[:-1]), 2)
        elif fund["amount"] != "":
            paid = sum(r["amount"] for r in records.get("Contributions", []) if r["fund"] == fund["fund"])
            fund["amount"] = round(max(fund["amount"], paid), 2)
    settings = [r for r in records.get("Case", []) if r["setting"] != "rounding"]
    records["Case"] = [*settings, {"setting": "rounding", "value": rounding}]
    return records


def _sized(amount: float, factor: float) -> float:
    return max(round(amount * factor, 2), LEAST) if amount else 0.0


def _rule(row: dict[str, Any], factor: float) -> None:
    """Absolute limits on money move with the money; a penalty for each unit of it as well."""
    money = row.get("measure", "money") in ("money", "in kind")
    if row.get("kind", "limit") == "limit" and money and not row.get("of"):
        for column in ("at_least", "at_most"):
            if isinstance(row.get(column), int | float):
                row[column] = _sized(row[column], factor)
