"""Problems with integers: right values, clean plans, ties between switches, limits and stops."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.solvers import branch, engine
from optimiser.solvers.certificate import least
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.highs import solve
from optimiser.solvers.linear import trivial
from optimiser.solvers.problem import Problem
from optimiser.solvers.solution import Basis, SolveLimits, Stop
from optimiser.solvers.switches import choose
from tests.solve.dense import INF, allocation, dense, enumerated, fits, market_split


@given(st.data())
@settings(max_examples=40)
def test_agrees_with_every_setting_tried(data: st.DataObject) -> None:
    small = st.integers(-3, 3)
    columns = data.draw(st.integers(2, 4))
    full = [[data.draw(small) for _ in range(columns)] for _ in range(2)]
    whole = [data.draw(st.booleans()) for _ in range(columns - 1)] + [True]
    model = dense(
        full, -INF, [data.draw(small) for _ in range(2)], [data.draw(small) for _ in range(columns)], integer=whole
    )
    best = enumerated(model)
    answer = solve(model)
    if best is None:
        assert answer.status == "infeasible"
        return
    assert answer.status == "optimal"
    assert answer.x is not None
    assert fits(model, answer.x)
    assert answer.stages[0].achieved == pytest.approx(best, abs=1e-9)
    held = answer.x[model.integer]
    assert np.array_equal(held, np.round(held))


def test_switches_of_an_allocation_and_the_prices_they_leave() -> None:
    for seed in range(4):
        model = allocation(seed, switches=8)
        answer = solve(model)
        assert answer.status in ("optimal", "within_gap")
        assert answer.x is not None
        assert fits(model, answer.x)
        assert answer.exact_bound is not None, "few switches are proved by the leaves of the tree"
        assert float(answer.exact_bound) == pytest.approx(answer.stages[0].best, rel=1e-9)
        assert answer.duals is not None
        assert np.any(answer.duals != 0)
        assert answer.stages[0].bound is not None
        assert answer.stages[0].bound >= answer.stages[0].best
        assert answer.ties == "full"
        again = solve(model)
        assert again.x is not None
        assert again.x.tobytes() == answer.x.tobytes()


@pytest.mark.parametrize("first", [branch.FIRST_NODES, 1])
def test_many_switches_are_proved_by_a_tree(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree alone; and the solver's own search, whose word a second tree proves. Against that search without any tree."""
    for seed in range(2):
        model = allocation(seed, initiatives=50, switches=42 + seed)
        monkeypatch.setattr(branch, "FIRST_NODES", first)
        answer = solve(model)
        assert answer.exact_bound is not None
        assert answer.certificate is not None
        proved = least(model, answer.certificate)
        assert proved is not None
        assert -float(proved) == pytest.approx(answer.stages[0].best, rel=1e-9)
        monkeypatch.setattr(branch, "MOST_SWITCHES", 0)
        searched = solve(model)
        monkeypatch.undo()
        assert searched.exact_bound is None
        assert searched.stages[0].best == pytest.approx(answer.stages[0].best, rel=1e-6)


def test_big_numbers_do_not_leak_through_a_switch() -> None:
    """A million may flow only if the switch is on; a thousandth of a millionth of a switch is not on."""
    model = dense([[1, -1e6]], -INF, 0, [-1, 10], upper=[5, 1], integer=[False, True])
    answer = solve(model)
    assert answer.x is not None
    assert answer.x.tolist() == [0, 0]


def test_stages_with_switches() -> None:
    model = dense([[3, 2, 2]], -INF, 4, [-3, -2, -2.5], [0, 1, 0], integer=True, signs=(-1.0, 1.0), within=(0.4, 0.0))
    answer = solve(model)
    assert answer.x is not None
    assert answer.x.tolist() == [1, 0, 0]
    assert [s.best for s in answer.stages] == [4.5, 0]
    assert [s.achieved for s in answer.stages] == [3, 0]
    strict = solve(dense([[3, 2, 2]], -INF, 4, [-3, -2, -2.5], [0, 1, 0], integer=True, signs=(-1.0, 1.0)))
    assert [s.achieved for s in strict.stages] == [4.5, 1]


def test_equal_switches_are_chosen_by_money() -> None:
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        money = np.array([30.0, 10.0, 20.0])[order]
        answer = solve(dense([[1, 1, 1]], -INF, 1, [-5] * 3, integer=True, signs=(-1.0,), ties=(money, [1, 2, 3])))
        assert answer.x is not None
        assert money @ answer.x == 10
        assert answer.ties == "full"


def test_infeasible_with_switches() -> None:
    answer = solve(dense([[2, 2]], 1, 1, [1, 1], integer=True))
    assert answer.status == "infeasible"
    assert answer.x is None


def test_switches_that_leave_no_plan_are_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    model = dense([[1, 1]], 1, 1, [1, 2], integer=True)
    problem = Problem.of(model)
    seen: list[Any] = []
    real = Engine.run

    def wrong_at_first(self: Engine, watch: Watch) -> engine.RunOutcome:
        out = real(self, watch)
        if self._integer and not seen:
            seen.append(out)
            return engine.RunOutcome("optimal", np.array([1.0, 1.0]), None, out.bound)
        return out

    monkeypatch.setattr(Engine, "run", wrong_at_first)
    monkeypatch.setattr(sys.modules["optimiser.solvers.branch"], "MOST_SWITCHES", 0)
    watch = Watch(SolveLimits())
    choice = choose(problem, problem.cost(model.stages[0].cost), watch)
    assert choice.x is not None
    assert choice.x.tolist() == [1, 0]
    assert any("forbidden" in line for line in watch.lines)


# Ending early


def test_a_stop_from_another_thread_keeps_the_best_plan() -> None:
    model, stop, told = market_split(), Stop(), list[dict[str, float | None]]()

    def pull(event: dict[str, float | None]) -> None:
        told.append(event)
        if event["best"] is not None:
            threading.Thread(target=stop.stop).start()

    answer = solve(model, SolveLimits(time_limit=3600), stop=stop, progress=pull)
    assert answer.status == "stopped"
    assert answer.x is not None
    assert fits(model, answer.x)
    assert answer.stages[0].bound is not None
    assert answer.stages[0].bound <= answer.stages[0].best
    assert set(told[0]) == {"best", "bound", "gap", "seconds"}


def test_the_time_limit_ends_a_search() -> None:
    model = market_split()
    answer = solve(model, SolveLimits(time_limit=2))
    assert answer.status == "stopped"
    assert answer.x is None or fits(model, answer.x)


def test_a_solver_that_does_not_obey_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Deaf:
        def run(self) -> None:
            released.wait(600)

        def setOptionValue(self, *_: object) -> None:  # noqa: N802
            pass

        def getRunTime(self) -> float:  # noqa: N802
            return 0.0

    problem = Problem.of(dense([[1, 1]], 0, 1, [1, 1]))
    held = Engine(problem, np.ones(2), 1.0, SolveLimits())
    monkeypatch.setattr(held, "_highs", Deaf())
    watch = Watch(SolveLimits(time_limit=0.1))
    assert held.run(watch).ending == "stopped"  # though the solver is still at it
    assert "left behind" in watch.lines[0]
    # Whatever is asked of it now does not reach what still works (Deaf would raise), and nothing is made up.
    one = np.array([0])
    held.change_columns(one, np.zeros(1), np.ones(1))
    held.change_rows(one, np.zeros(1), np.ones(1))
    held.change_costs(one, np.ones(1))
    held.forget()
    assert not held.start_from(Basis(np.array([0, 1]), np.array([1])))
    assert held.run(Watch(SolveLimits(time_limit=5))).ending == "stopped"
    told = (held.basic(), held.basis(), held.ray(), held.solve_basis(np.ones(1)), held.price_basis(np.ones(1)))
    assert all(found is None for found in told)
    released.set()


def test_what_is_left_behind_keeps_the_bound_that_it_told(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Heard:
        listeners: ClassVar[list[Callable[[Any], None]]] = []

        def __iadd__(self, listener: Callable[[Any], None]) -> Heard:
            self.listeners.append(listener)
            return self

    class Deaf:
        cbMipInterrupt = cbMipImprovingSolution = Heard()  # noqa: N815

        def run(self) -> None:
            interrupt, improved = Heard.listeners
            improved(SimpleNamespace(data_out=SimpleNamespace(objective_function_value=-6.0, mip_solution=[1.0, 0.0])))
            told = SimpleNamespace(mip_primal_bound=-6.0, mip_dual_bound=-8.0, mip_gap=1 / 3)
            interrupt(SimpleNamespace(data_out=told, interrupt=lambda: None))
            released.wait(600)

        def setOptionValue(self, *_: object) -> None:  # noqa: N802
            pass

        def getRunTime(self) -> float:  # noqa: N802
            return 0.0

    problem = replace(Problem.of(dense([[1, 1]], 0, 1, [1, 1])), integer=np.ones(2, bool))
    held = Engine(problem, np.ones(2), 2.0, SolveLimits())
    monkeypatch.setattr(held, "_highs", Deaf())
    out = held.run(Watch(SolveLimits(time_limit=0.2)))
    released.set()
    assert out.ending == "stopped"
    assert out.x is not None
    assert out.x.tolist() == [1.0, 0.0]
    assert out.bound == -4.0, "in the problem's own units"


def test_stopped_before_it_began() -> None:
    stop = Stop()
    stop.stop()
    assert stop.stopped
    answer = solve(allocation(0), stop=stop)
    assert answer.status == "stopped"
    assert answer.x is not None, "nothing spent is a plan here"
    assert answer.stages[0].bound is not None
    assert answer.ties == "none"
    searched = solve(allocation(0, switches=3), stop=stop)
    assert searched.status == "stopped"
    assert searched.x is None


def test_an_error_while_telling_comes_out() -> None:
    def broken(_: dict[str, float | None]) -> None:
        raise RuntimeError("the page is gone")

    with pytest.raises(RuntimeError, match="page is gone"):
        solve(market_split(), SolveLimits(time_limit=20), progress=broken)


def test_nothing_spent_fills_the_balances() -> None:
    problem = Problem.of(allocation(1))
    x = trivial(problem)
    assert x is not None
    assert problem.violation(x) < 1e-12
    assert trivial(Problem.of(dense([[1, 1], [1, -1]], [1, 0], [1, 0], [1, 1]))) is None


def test_many_at_once_answer_as_alone() -> None:
    models = [allocation(seed, switches=4) for seed in range(4)]
    alone = [_plan(model) for model in models]
    together: dict[int, Array] = {}
    threads = [
        threading.Thread(target=lambda k=k, model=model: together.update({k: _plan(model)}))
        for k, model in enumerate(models)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(together[k].tobytes() == x.tobytes() for k, x in enumerate(alone))


def _plan(model: Model) -> Array:
    x = solve(model).x
    assert x is not None
    return x


def test_a_stage_is_proven_where_those_before_it_give_up_nothing() -> None:
    """A hair of the first stage is worth 4e-9 of the second: neither is this what is best, nor what the bound counts."""
    model = dense(
        [[1, 0, 0], [0, 1, 1]], [-INF, 0.3], [1 / 3, 2], [-9e4, -1, -1], [2e6, 3e3, 4e3], integer=[False, False, True]
    )
    answer = solve(model)
    assert answer.status == "optimal"
    for stage in answer.stages:
        assert stage.bound == pytest.approx(stage.best, rel=1e-11)
        assert stage.achieved == pytest.approx(stage.best, rel=1e-11)
