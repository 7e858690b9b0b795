"""One number at a time, in words: names, units and figures as people say them."""

from __future__ import annotations

from optimiser import verbs
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.tornado import Bar
from optimiser.case.examples import example_path
from optimiser.report.documents.tornado_text import line, text


def test_a_number_is_named_with_its_unit() -> None:
    case = verbs.read(example_path("gun-violence"))
    budget = Cell("Funds", "fund = Police Budget", "amount")
    bar = Bar(budget, 1.7e6, 1.53e6, 1.87e6, 787.648, 779.617, 795.52, 1695870.2, None)
    said = (
        "Police department, gun violence line, amount: from $1,530,000 to $1,870,000 it goes from 779.6 to 795.5; "
        "the plan changes at $1,696,000."
    )
    assert line(case, bar) == said
    assert text(case, [bar]).startswith("Impact now: 788 points.\nPoints here: ")
    none = Bar(budget, 1.7e6, 1.53e6, 1.87e6, 787.648, None, 795.52)
    assert line(case, none).endswith("at $1,530,000 there is no plan, at the other end it is 795.5.")
    same = Bar(budget, 1.7e6, 1.53e6, 1.87e6, 787.648, 787.6481, 787.6482)
    assert line(case, same).endswith("it stays at 787.6.")
