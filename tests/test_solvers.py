"""Two solvers against each other, and the same plan whatever the order of rows. OPTIMISER_SOAK=500 takes more cases."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

import optimiser
from optimiser.report.documents.result_json import as_json
from tests.oracle.random_cases import random_case
from tests.soak import seeds

SEEDS = seeds(1000, 15)


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", SEEDS)
def test_cbc_agrees_with_highs_or_is_shown_to_be_wrong(seed: int) -> None:
    case = optimiser.case_from(random_case(seed, rules=seed % 2 > 0))
    ours, theirs = optimiser.solve(case), optimiser.solve(case, solver="cbc")
    if not ours.has_plan or not theirs.has_plan:
        assert ours.status == theirs.status == "infeasible"
        return
    assert not list(optimiser.verify(ours))
    assert ours.objective is not None
    assert ours.bound is not None
    assert theirs.objective is not None
    size = max(1.0, abs(ours.objective))
    if abs(ours.objective - theirs.objective) > 1e-6 * size:
        # CBC reads 13 digits: its plan may break a row. One that breaks none never beats what HiGHS proved possible.
        valid = not list(optimiser.verify(theirs))
        assert theirs.objective <= ours.bound + 1e-9 * size or not valid
        assert theirs.objective < ours.objective or not valid
    else:
        assert theirs.objective <= ours.bound + 1e-6 * size


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_no_byte(seed: int) -> None:
    records = random_case(seed, rules=seed % 2 > 0)
    dice = Random(seed)
    shuffled = {s: dice.sample(rows, len(rows)) if s != "Periods" else rows for s, rows in records.items()}
    assert told(optimiser.case_from(records)) == told(optimiser.case_from(shuffled))


def told(case: Any) -> str:
    plan = as_json(optimiser.solve(case))
    plan.pop("seconds")
    return json.dumps(plan)
