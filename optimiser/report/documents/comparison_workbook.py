"""A comparison as a workbook: figures of every scenario, differences with their causes, inputs, baselines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optimiser.analysis.what_if.compare import Comparison
from optimiser.case.writing.writer import PlainSheet, Target, write_tables
from optimiser.plan.tables import Plan

_MONEY = "#,##0.00"


def write_comparison(found: Comparison, target: Target) -> None:
    """Write sheets Scenarios, Differences, Inputs, Baselines and, where there are any, Faults. target: a path, or a binary file."""
    write_tables(str(target) if not hasattr(target, "write") else target, {}, last=list(sheets(found)))


def sheets(found: Comparison) -> Iterator[PlainSheet]:
    """The sheets, each with its titles and rows."""
    titles = ["scenario", "status", "objective", "bound", "impact", "money", "funded", "in full"]
    rows: list[list[Any]] = [[name, *_figures(plan)] for name, plan in found.plans.items()]
    rows += [[name, "invalid", *[None] * (len(titles) - 2)] for name in found.invalid]
    yield PlainSheet("Scenarios", titles, rows, {"money": _MONEY})
    titles = ["scenario", "of", "item", "unit", "base", "value", "change", "sentence", "cause"]
    rows = [
        [d.scenario, d.of, d.item, d.unit, d.base, d.value, d.change, d.sentence, d.cause] for d in found.differences
    ]
    yield PlainSheet("Differences", titles, rows, widths={"sentence": 80, "cause": 80})
    currency = found.case.settings.currency
    inputs = [[name, one.sentence(currency)] for name, listed in found.inputs.items() for one in listed]
    yield PlainSheet("Inputs", ["scenario", "changed"], inputs, widths={"changed": 80})
    gains = found.gains()
    columns = ["baseline", "impact", "gain", "money", "placed", "keeps_the_rules", "sentence"]
    rows = [[*(gain[c] for c in columns), " | ".join(gain["broken"])] for gain in gains]
    yield PlainSheet("Baselines", [*columns, "broken"], rows, {"money": _MONEY, "placed": _MONEY}, {"sentence": 80})
    told = [
        [name, str(f)] for faults in (found.invalid, found.notes) for name, listed in faults.items() for f in listed
    ]
    if told:
        yield PlainSheet("Faults", ["scenario", "fault"], told, widths={"fault": 120})


def _figures(plan: Plan) -> list[Any]:
    if not plan.has_plan:
        return [plan.status, None, plan.bound, None, None, None, None]
    states = plan.tables["Awards"]["state"].tolist()
    money = float(plan.tables["Spend"]["money"].sum())
    full = sum(s == "in full" for s in states)
    return [plan.status, plan.objective, plan.bound, plan.impact, money, sum(s != "not funded" for s in states), full]
