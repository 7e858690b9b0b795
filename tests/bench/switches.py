"""How many cases with many switches are proven, and whether anybody finds better: `make bench ARGS=switches` takes a sample,
`python -m tests.bench.switches [COUNT] [FIRST]` as many as are asked for (300).

Each random case has 41 to 400 switches. It is solved within SECONDS of the processor's time as far as the clock allows; then CBC
and SCIP solve the same matrix, each with as much time. A best plan that one of them beats, or a bound that a plan of theirs
passes, is wrong, and the run ends with 1.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from random import Random
from typing import Any

import optimiser
from optimiser.case.case import Case
from optimiser.model.program import Program
from optimiser.solvers import scip
from optimiser.solvers.gateway import solve_with
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from tests.oracle.large_cases import large_case

COUNT, SECONDS = 300, 60.0
NEAR = 1e-6
"""CBC and SCIP end within their own tolerances: nearer than this nobody is wrong."""
SIZES = (100, 200, 300, 400)


def many_switches(seed: int) -> Case:
    """A random case with 41 to 400 initiatives, each with a switch of its own."""
    dice = Random(seed)
    count = dice.randint(41, 400)
    records: dict[str, list[dict[str, Any]]] = large_case(
        funds=dice.randint(2, 6), agencies=dice.randint(6, 20), initiatives=count, periods=dice.randint(1, 2),
        partners=dice.randint(1, 3), seed=seed, switches=True,
    )  # fmt: skip
    hard = dice.choice((0.1, 0.3, 0.6, 0.9))
    for row in records["Initiatives"]:
        whole = dice.random() < hard
        row["all_or_nothing"] = "yes" if whole else "no"
        row["minimum"] = "" if whole else round(row["request"] * dice.uniform(0.2, 0.6))
    return optimiser.case_from(records)


def switches(count: int = COUNT, first: int = 0) -> int:
    """Solves so many cases; how many answers were wrong."""
    proven, tried, wrong = Counter[int](), Counter[int](), 0
    for seed in range(first, first + count):
        model = Program.of(many_switches(seed)).model
        used = time.process_time()
        ours = solve(model, SolveLimits(time_limit=SECONDS))
        seconds = time.process_time() - used
        integers = model.size["integers"]
        size = next((s for s in SIZES if integers <= s), SIZES[-1])
        tried[size] += 1
        proven[size] += ours.exact_bound is not None and ours.status == "optimal"
        said = [f"{seed}: {integers} switches, {ours.status}, gap {ours.gap}, {seconds:.1f} s of the processor"]
        if ours.x is not None and ours.stages[0].bound is not None:
            best, bound, sign = ours.stages[0].achieved, ours.stages[0].bound, model.stages[0].sign
            others = {"cbc": solve_with(model, "cbc", SolveLimits(time_limit=SECONDS))}
            values = {name: s.stages[0].achieved for name, s in others.items() if s.x is not None}
            if scip.available():
                found = scip.second_opinion(model, best, SECONDS)
                values["scip"] = best if found.better is None else found.better
                said.append(f"scip {'agrees' if found.agrees else f'says at most {found.bound!r}'}")
            hair = NEAR * max(1.0, abs(best))
            for name, value in values.items():
                passes = sign * (bound - value) > hair
                beats = ours.status == "optimal" and sign * (best - value) > hair
                wrong += passes or beats
                said.append(
                    f"{name} {'WRONG ' if passes or beats else ''}{sign * (value - best) / max(1.0, abs(best)):.1e} worse"
                )
        print(", ".join(said), flush=True)
    for size in sorted(tried):
        print(f"up to {size} switches: {proven[size]} of {tried[size]} proven within {SECONDS:.0f} s")
    print(f"wrong: {wrong}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if switches(*map(int, sys.argv[1:3])) else 0)
