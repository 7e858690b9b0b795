"""One number at a time, in text: its range, what the best plan has at either end, and where the plan changes."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.analysis.what_if.tornado import Bar
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.model.rules.number import of_objective
from optimiser.report.charts.trading import limit_name
from optimiser.report.words import listed


def text(case: Case, bars: Sequence[Bar]) -> str:
    """A line for each number, largest swing first, below what the objective is now."""
    name = case.settings.objective[0].name
    of = of_objective(name, case)
    means = [impact.meaning(case)] if name == "impact" else []
    return "\n".join([f"{capital(name)} now: {of.worth(bars[0].base)}.", *means, *(line(case, bar) for bar in bars)])


def line(case: Case, bar: Bar) -> str:
    """`Police Budget: from $1,530,000 to $1,870,000 it goes from 780 to 796; the plan changes at $1,695,870.`"""
    of = of_objective(case.settings.objective[0].name, case)
    number = bar.limit.number(case)
    low, high = (number.said(_four(value)) for value in (bar.low, bar.high))
    ends = ["there is no plan" if value is None else of.figure(_four(value)) for value in (bar.at_low, bar.at_high)]
    if bar.at_low is None and bar.at_high is None:
        said = "there is no plan at either end"
    elif bar.at_low is None or bar.at_high is None:
        at, end = (low, ends[1]) if bar.at_low is None else (high, ends[0])
        said = f"at {at} there is no plan, at the other end it is {end}"
    else:
        said = f"it stays at {ends[0]}" if ends[0] == ends[1] else f"it goes from {ends[0]} to {ends[1]}"
    turns = [number.said(_four(value)) for value in (bar.lower, bar.upper) if value is not None]
    changes = f"; the plan changes at {listed(turns)}" if turns else ""
    return f"{limit_name(case, bar.limit)}: from {low} to {high} {said}{changes}."


def _four(value: float) -> float:
    """The number to four figures, which is what a range by a tenth can tell."""
    return float(f"{value:.4g}")
