"""The plan of a case is one, wherever its solve began: from the ends of a case that differs a little, or from nothing.

OPTIMISER_SOAK=500 takes more cases.
"""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.faults import InvalidCase
from optimiser.case.table import Table
from optimiser.case.tolerances import LEAST
from optimiser.model.program import Program
from optimiser.plan.answer import answer
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from optimiser.verbs import apply_changes
from tests.oracle.random_cases import random_case
from tests.soak import seeds
from tests.test_tie_laws import Records, tied

SEEDS = seeds(0, 10)


def plain(seed: int) -> Records:
    return random_case(seed, rules=seed % 2 == 0, stages=seed % 3 == 0)


def changed(records: Records, dice: Random) -> Records:
    """One small change, of the kind that `explain` tries."""
    made = deepcopy(records)
    row = dice.choice(made["Initiatives"])
    kind = dice.randrange(4)
    if kind == 0 and made.get("Staff"):
        dice.choice(made["Staff"])["fte"] += dice.choice((1, 5))
    elif kind == 1:
        row["must_fund"] = "yes"
        row.pop("maximum", None)
    elif kind == 2:
        row["score"] = dice.choice((10, 50, 95))
    else:
        row["priority"] = float(row.get("priority") or 1) * dice.choice((0.5, 1.5, 2))
    return made


def one_plan(case: Case, again: Case) -> None:
    """Solved afresh and from the ends of another case, the second is to the last unit the same."""
    base = solve(Program.of(case).model, SolveLimits(case.settings.gap))
    if base.x is None:
        pytest.skip("no plan keeps every rule of this case")
    program, limits = Program.of(again), SolveLimits(again.settings.gap)
    afresh = solve(program.model, limits)
    near = solve(program.model, limits, basis=base.basis, last=base.last)
    assert (afresh.x is None) == (near.x is None)
    if afresh.x is None or near.x is None:
        return
    for family in ("spend", "level", "post", "hire", "funded"):
        span = program.model.columns[family].span
        size = np.maximum(1.0, program.model.column_scale[span])
        assert np.all(np.abs(afresh.x[span] - near.x[span]) <= LEAST * size), family
    one, other = (answer(program, solution, {}, {}, "highs", checked=False).tables for solution in (afresh, near))
    for table in ("Spend", "Posts", "Hires", "Levels", "Awards"):
        assert lines(one[table]) == lines(other[table]), table


def lines(table: Table) -> list[tuple[str | float, ...]]:
    """Rows of a table, its numbers as far as anybody can check."""
    return [tuple(round(v, 6) if isinstance(v, float) else str(v) for v in row.values()) for row in table.records()]


@pytest.mark.first(6)
@pytest.mark.parametrize("make", [plain, tied])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_case_has_one_plan(seed: int, make: Any) -> None:
    records = make(seed)
    try:
        again = optimiser.case_from(changed(records, Random(seed)))
    except InvalidCase:
        pytest.skip("the change leaves no case")
    one_plan(optimiser.case_from(records), again)


def test_switches_that_differ_by_a_hair_are_settled_by_keys() -> None:
    """Settings whose values are 2e-12 apart, by the decimals of shares: which was found first had decided."""
    case = optimiser.case_from(tied(39))
    one_plan(case, case)


def test_a_price_that_is_noise_holds_nothing() -> None:
    """From the ends of the case a price of 1e-10 of the largest was left of none, and kept a better plan by key away."""
    of = "fund.kind = joint grant ; category != indirect | equipment | contractual"
    case = optimiser.read(str(example_path("gun-violence")))
    rule = next(r["rule"] for r in case.tables["Rules"].records() if "indirect" in str(r["of"]))
    case = apply_changes(case, [{"sheet": "Rules", "where": f"rule = {rule}", "column": "of", "change": f"= {of}"}])
    more = {
        "sheet": "Staff",
        "where": "agency = Southgate Outreach ; role = outreach worker",
        "column": "fte",
        "change": "+ 5",
    }
    one_plan(case, apply_changes(case, [more]))
