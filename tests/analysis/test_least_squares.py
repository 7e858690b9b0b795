"""The numerics of curves from history against those of scipy, which only the tests need."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar, nnls
from scipy.special import stdtrit

from optimiser.analysis.uncertain.least_squares import least, student, without_negatives


@pytest.mark.parametrize("freedom", [*range(1, 13), 25, 40, 101])
def test_students_t(freedom: int) -> None:
    for share in (0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.995):
        assert student(freedom, share) == pytest.approx(float(stdtrit(freedom, share)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(200))
def test_least_squares_without_negatives(seed: int) -> None:
    """Random ones, those of concave and convex curves, and columns that stand twice."""
    dice = np.random.default_rng(seed)
    rows, columns = int(dice.integers(1, 9)), int(dice.integers(1, 9))
    x = np.sort(dice.uniform(0.05, 2, rows))
    matrix = (
        dice.normal(size=(rows, columns)),
        np.minimum(x[:, None], np.unique(x)),
        np.maximum(x[:, None] - np.append(0.0, np.unique(x)[:-1]), 0.0),
        np.repeat(dice.uniform(0, 1, (rows, 1)), 3, axis=1),
    )[seed % 4]
    y = dice.normal(0.5, 1, rows) * 10.0 ** dice.integers(-6, 7)
    found = without_negatives(matrix, y)
    assert (found >= 0).all()
    ours, theirs = float(np.linalg.norm(matrix @ found - y)), float(nnls(matrix, y)[1])
    assert ours <= theirs + 1e-9 * float(np.linalg.norm(y))


def test_nothing_to_fit() -> None:
    assert without_negatives(np.zeros((3, 2)), np.ones(3)).tolist() == [0, 0]
    assert without_negatives(np.ones((3, 1)), -np.ones(3)).tolist() == [0]
    assert without_negatives(np.ones((3, 1)), np.zeros(3)).tolist() == [0]


@pytest.mark.parametrize("place", [0.0, 0.1, 0.37, 0.5, 0.999, 1.0])
def test_the_least_value(place: float) -> None:
    def of(v: float) -> float:
        return (v - place) ** 2 * (1 + v) + 3

    known = minimize_scalar(of, bounds=(0, 1), method="bounded").fun
    assert least(of, 0.0, 1.0) == pytest.approx(min(known, of(0), of(1)), abs=1e-9)
