"""One linear program with other numbers, always from the same basis: the value of solving anew, whatever was asked before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimiser.model.matrix import Model
from optimiser.model.renew import Renewed
from optimiser.solvers.again import Again, Value
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolverError
from tests.solve.dense import INF, allocation, dense


def asked(again: Again, model: Model, *, entries: bool = False) -> Value:
    """The value of a model of the same shape."""
    matrix = (model.start, model.index, model.value) if entries else None
    limits = model.row_lower, model.row_upper, model.column_lower, model.column_upper
    return again.value(Renewed(*limits, model.stages[0].cost, matrix))


def changed(model: Model, seed: int) -> Model:
    """The model with other limits, bounds, costs and entries, by a seed."""
    rng = np.random.default_rng(seed)
    factor = rng.uniform(0.9, 1.2, len(model.row_upper))
    cost = model.stages[0].cost * rng.uniform(0.5, 1.5, len(model.column_upper))
    capped = np.isfinite(model.row_upper) & ~np.isfinite(model.row_lower)
    return replace(
        model,
        row_upper=np.where(capped, model.row_upper * factor, model.row_upper),
        column_upper=model.column_upper * rng.uniform(0.5, 1.0, len(model.column_upper)),
        value=np.where(model.value > 0, model.value * rng.uniform(0.9, 1.1, len(model.value)), model.value),
        stages=(replace(model.stages[0], cost=cost),),
    )


def test_other_numbers_have_the_value_of_a_solve_by_itself() -> None:
    model = allocation(3)
    again = Again(model)
    for seed in range(4):
        for other in (changed(model, seed), replace(changed(model, seed), value=model.value)):
            found, alone = asked(again, other, entries=other.value is not model.value), solve(other)
            assert (found.status == "infeasible") == (alone.x is None)
            if alone.x is not None:
                assert found.best == pytest.approx(alone.stages[0].best, rel=1e-9)
                assert found.gap is not None
                assert found.gap <= 1e-9


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    model = allocation(3)
    others = [changed(model, seed) for seed in range(4)]
    again = Again(model)
    forward = [asked(again, other, entries=True).best for other in others]
    backward = [asked(again, other, entries=True).best for other in reversed(others)]
    assert forward == backward[::-1]
    base = asked(again, model)
    assert base.best == pytest.approx(solve(model).stages[0].best, rel=1e-9)


def test_without_a_plan_there_is_nothing_to_start_from() -> None:
    with pytest.raises(SolverError, match="no plan"):
        Again(dense([[2, 2]], 5, 5, [1, 1]))
    with pytest.raises(ValueError, match="searched"):
        Again(dense([[2, 2]], 1, 2, [1, 1], integer=True))


def test_numbers_that_allow_no_plan_say_so() -> None:
    model = dense([[1, 1]], -INF, 1, [-1, -2], signs=(-1.0,))
    again = Again(model)
    none = asked(again, replace(model, row_lower=np.array([3.0]), row_upper=np.array([4.0])))
    assert (none.status, none.best) == ("infeasible", None)
    assert asked(again, model).best == 2
