"""A sweep against building and solving each scenario with PuLP, and against HiGHS warm-started by hand, in one run.

python -m tests.bench.sweep [scenarios] [of which are done with PuLP]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import highspy
import numpy as np
import pulp

import optimiser
from optimiser.analysis.sweeps.sweep import sweep
from optimiser.analysis.sweeps.work import Sweeper
from optimiser.case.case import Case
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import compile_rules
from optimiser.solvers.problem import Problem, centre
from optimiser.verbs import apply_changes
from tests.oracle.large_cases import wide_case

Rows = list[dict[str, Any]]


def scenarios(case: Case, count: int, seed: int = 0) -> dict[str, Rows]:
    """Each changes the amounts of one to three funds by up to a tenth, and up to five scores by up to ten points."""
    dice = Random(seed)
    facts = case.facts
    score = dict(zip(facts.names["initiative"], facts.score.tolist(), strict=True))
    made: dict[str, Rows] = {}
    for number in range(count):
        funds = dice.sample(facts.names["fund"], dice.randint(1, 3))
        rows: Rows = [
            {"sheet": "Funds", "where": f"fund = {f}", "column": "amount", "change": f"* {dice.uniform(0.9, 1.1):.3f}"}
            for f in funds
        ]
        for name in dice.sample(facts.names["initiative"], dice.randint(0, 5)):
            new = min(100, max(0, score[name] + dice.randint(-10, 10)))
            rows.append(
                {"sheet": "Initiatives", "where": f"initiative = {name}", "column": "score", "change": f"= {new:g}"}
            )
        made[f"s{number:04d}"] = rows
    return made


def clock(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds of this process's own work (others share the machine), and what came of it."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def by_pulp(model: Model) -> float:
    """Build the matrix as PuLP's expressions, and solve it with HiGHS through PuLP."""
    problem = pulp.LpProblem("scenario", pulp.LpMinimize)
    scale, cost = model.column_scale, model.stages[0].cost
    low, high = (model.column_lower / scale).tolist(), (model.column_upper / scale).tolist()
    columns = [
        pulp.LpVariable(f"x{j}", a, None if b == np.inf else b) for j, (a, b) in enumerate(zip(low, high, strict=True))
    ]
    scaled = cost * scale * centre(cost * scale)
    problem += pulp.LpAffineExpression([(columns[j], scaled[j]) for j in np.flatnonzero(scaled).tolist()])
    start, index = model.start.tolist(), model.index.tolist()
    value = (model.value * scale[model.index] * np.repeat(model.row_scale, np.diff(model.start))).tolist()
    for r in range(len(start) - 1):
        terms = [(columns[index[k]], value[k]) for k in range(start[r], start[r + 1])]
        lower, upper = model.row_lower[r] * model.row_scale[r], model.row_upper[r] * model.row_scale[r]
        row = pulp.LpAffineExpression(terms)
        if lower == upper:
            problem += row == lower
            continue
        if np.isfinite(lower):
            problem += row >= lower
        if np.isfinite(upper):
            problem += row <= upper
    problem.solve(pulp.HiGHS(msg=False, threads=1))
    return -float(pulp.value(problem.objective)) / centre(cost * scale)


class ByHand:
    """HiGHS as one would warm-start it by hand: everything that differs is changed, the base's basis set, run."""

    def __init__(self, model: Model) -> None:
        self.problem = Problem.of(model)
        p = self.problem
        self.cost = p.cost(model.stages[0].cost)
        self.scale = centre(self.cost)
        self.highs: Any = highspy.Highs()
        for name, option in (("output_flag", False), ("threads", 1)):
            self.highs.setOptionValue(name, option)
        self._pass(p, self.cost)
        self.highs.run()
        self.basis = self.highs.getBasis()

    def _pass(self, p: Problem, cost: Any) -> None:
        rows, columns = p.shape
        self.highs.passModel(
            columns, rows, len(p.value), int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
            cost * self.scale, p.column_lower, p.column_upper, p.row_lower, p.row_upper, p.start, p.index, p.value,
            np.zeros(columns, np.int32),
        )  # fmt: skip

    def value(self, model: Model) -> float:
        """The best value of a model of the same shape."""
        b = self.problem
        same = np.array_equal(model.value, self.real_value) if hasattr(self, "real_value") else False  # type: ignore[has-type]
        p = Problem.of(_scaled_as(model, b))
        cost = p.cost(model.stages[0].cost)
        if same:
            rows = np.arange(len(p.row_lower), dtype=np.int32)
            columns = np.arange(len(cost), dtype=np.int32)
            self.highs.changeRowsBounds(len(rows), rows, p.row_lower, p.row_upper)
            self.highs.changeColsBounds(len(columns), columns, p.column_lower, p.column_upper)
            self.highs.changeColsCost(len(columns), columns, cost * self.scale)
        else:
            self._pass(p, cost)
        self.real_value = model.value
        self.highs.setBasis(self.basis)
        self.highs.run()
        return -float(self.highs.getObjectiveValue()) / self.scale


def _scaled_as(model: Model, p: Problem) -> Model:
    return replace(model, column_scale=p.column_scale, row_scale=p.row_scale)


def main(arguments: Sequence[str]) -> None:
    """Print seconds and ratios."""
    count = int(arguments[0]) if arguments else 1000
    with_pulp = int(arguments[1]) if len(arguments) > 1 else 5
    case = optimiser.case_from(wide_case())
    listed = scenarios(case, count)
    sweeper = Sweeper(case)
    seconds, _ = clock(lambda: sweeper.result("base", []))
    print(f"{sweeper._renewal.model.size}")
    print(f"base, once: {seconds:.2f} s")
    seconds, found = clock(lambda: [sweeper.result(name, rows) for name, rows in listed.items()])
    results = {r.name: r for r in found}  # type: ignore[attr-defined]
    ours = seconds / count
    print(f"sweep: {count} scenarios in {seconds:.1f} s, {ours * 1000:.0f} ms each")
    chosen = list(listed)[:: max(1, count // with_pulp)][:with_pulp]
    models = {n: _model(apply_changes(case, listed[n])) for n in chosen}
    spent = 0.0
    for name in chosen:
        seconds, value = clock(lambda name=name: by_pulp(models[name]))  # type: ignore[misc]
        spent += seconds
        _agree(results[name].objective, value)
    plain = spent / len(chosen)
    print(
        f"PuLP, build and solve: {plain * 1000:.0f} ms each ({len(chosen)} of them): {plain / ours:.0f} times ours (at least 30)"
    )
    hand = ByHand(_model(case))
    more = list(listed)[:: max(1, count // 50)][:50]
    shaped = {n: _model(apply_changes(case, listed[n])) for n in more}
    seconds, _ = clock(lambda: [_agree(results[n].objective, hand.value(m)) for n, m in shaped.items()])  # type: ignore[func-returns-value]
    raw = seconds / len(more)
    same = list(more)
    seconds, _ = clock(lambda: [sweeper.result(n, listed[n]) for n in same])
    print(
        f"HiGHS warm by hand: {raw * 1000:.0f} ms each ({len(more)}); ours for the same {seconds / len(same) * 1000:.0f} ms: "
        f"ratio {seconds / len(same) / raw:.2f} (at most 2)"
    )
    started = time.perf_counter()
    both = {r.name: replace(r, scenario="") for r in sweep(case, listed, workers=os.cpu_count() or 2)}
    print(
        f"{os.cpu_count()} processes: {time.perf_counter() - started:.1f} s by the clock; same bytes: "
        f"{all(both[n].line() == results[n].line() for n in listed)}"
    )


def _model(case: Case) -> Model:
    return build(case.facts, compile_rules(case.facts))


def _agree(a: object, b: object) -> None:
    assert isinstance(a, float)
    assert isinstance(b, float)
    assert abs(a - b) <= 1e-6 * max(1.0, abs(a)), (a, b)


if __name__ == "__main__":
    main(sys.argv[1:])
