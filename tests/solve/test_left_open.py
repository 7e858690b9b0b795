"""A large tree of switches that is not ended leaves a plan that keeps every rule, and a bound that holds; here small ones."""

from __future__ import annotations

import os

import pytest

import optimiser
from optimiser.solvers import branch, sift, switches
from optimiser.solvers.engine import RunOutcome
from tests.oracle.random_cases import random_case

SEEDS = range(7000, 7000 + int(os.environ.get("OPTIMISER_SOAK", "12")))


def test_a_tree_left_open_has_a_plan_and_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = stopped = tried = 0
    for seed in SEEDS:
        case = optimiser.case_from(random_case(seed, rules=True))
        best = optimiser.solve(case)
        if not best.has_plan or not best.size["integers"]:
            continue
        for nodes in (0, 3):
            with monkeypatch.context() as patched:
                patched.setattr(sift, "LEAST_COLUMNS", 0)
                patched.setattr(branch, "FEW", 0)
                patched.setattr(branch, "FIRST_NODES", nodes)
                patched.setattr(branch, "MOST_SWITCHES", 400 if nodes else 0)
                patched.setattr(
                    switches, "_search", lambda *_: RunOutcome("stopped")
                )  # ended by the clock, with nothing
                found = optimiser.solve(case)
            tried += 1
            assert found.status in ("optimal", "within_gap", "stopped"), seed
            if not found.has_plan:
                continue
            planned += 1
            stopped += found.status == "stopped"
            assert not list(optimiser.verify(found)), seed
            assert found.objective is not None
            assert best.objective is not None
            assert found.bound is not None, seed
            hair = 1e-6 * max(1.0, abs(best.objective))
            low, high = sorted((found.objective, found.bound))
            assert low - hair <= best.objective <= high + hair, seed
    assert planned >= 0.9 * tried > 5
    assert stopped
