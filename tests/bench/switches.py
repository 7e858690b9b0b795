"""How many cases with many switches are proven, and whether anybody finds better: `make bench ARGS=switches` takes a sample,
`python -m tests.bench.switches [COUNT] [FIRST] [FILE]` as many as are asked for (300). What stands in FILE is not solved again:
a run that was ended goes on from there.

Each random case has 41 to 400 switches. It is proven if that takes at most SECONDS of the processor's time; then CBC and SCIP
solve the same matrix, each within a limit by the clock. A best plan that one of them beats, or a bound that a plan of theirs
passes, is wrong, and the run ends with 1.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path
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
BUSY = 5.0
"""So much longer ours and SCIP may take by the clock, as other work on the machine counts there too."""
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


def switches(count: int = COUNT, first: int = 0, file: str = "") -> int:
    """Solves so many cases; how many answers were wrong."""
    kept = Path(file) if file else None
    lines = kept.read_text("utf-8").splitlines() if kept is not None and kept.exists() else []
    known = {record["seed"]: record for record in map(json.loads, lines)}
    for seed in range(first, first + count):
        if seed in known:
            continue
        known[seed] = record = held_against(seed)
        print(json.dumps(record), flush=True)
        if kept is not None:
            with kept.open("a", encoding="utf-8") as lines_of:
                lines_of.write(json.dumps(record) + "\n")
    return told([known[seed] for seed in range(first, first + count)])


def held_against(seed: int) -> dict[str, Any]:
    """One case, solved by us and by the others: what came of it. worse: by how much their plans are worse, as a share."""
    model = Program.of(many_switches(seed)).model
    used = time.process_time()
    ours = solve(model, SolveLimits(time_limit=BUSY * SECONDS))
    seconds = time.process_time() - used
    made: dict[str, Any] = {
        "seed": seed,
        "switches": model.size["integers"],
        "columns": model.size["columns"],
        "status": ours.status,
        "gap": ours.gap,
        "seconds": round(seconds, 2),
        "proven": ours.exact_bound is not None and ours.status == "optimal" and seconds <= SECONDS,
        "confirmed": False,
        "worse": {},
        "wrong": [],
    }
    if ours.x is None or ours.stages[0].bound is None:
        return made
    best, bound, sign = ours.stages[0].achieved, ours.stages[0].bound, model.stages[0].sign
    found = scip.second_opinion(model, best, BUSY * SECONDS)
    values = {"scip": best if found.better is None else found.better}
    cbc = solve_with(model, "cbc", SolveLimits(time_limit=SECONDS))
    if cbc.x is not None:
        values["cbc"] = cbc.stages[0].achieved
    hair = NEAR * max(1.0, abs(best))
    for name, value in values.items():
        made["worse"][name] = sign * (value - best) / max(1.0, abs(best))
        if sign * (bound - value) > hair or (ours.status == "optimal" and sign * (best - value) > hair):
            made["wrong"].append(name)
    made["confirmed"] = found.agrees
    return made


def told(records: list[dict[str, Any]]) -> int:
    """Prints what came of all, by size; how many answers were wrong."""
    for least, most in pairwise((0, *SIZES)):
        mine = [r for r in records if least < r["switches"] <= most]
        empty = sum(r["status"] == "infeasible" for r in mine)
        proven, confirmed = (sum(r[what] for r in mine) for what in ("proven", "confirmed"))
        longest = max((r["seconds"] for r in mine if r["proven"]), default=0.0)
        print(
            f"up to {most} switches: {len(mine)} cases, {empty} without a plan, {proven} of {len(mine) - empty} proven within "
            f"{SECONDS:.0f} s (at most {longest:.1f} s), {confirmed} confirmed by SCIP"
        )
    wrong = sum(bool(r["wrong"]) for r in records)
    print(f"wrong: {wrong}")
    return wrong


if __name__ == "__main__":
    count, first, file = [*sys.argv[1:], *(str(COUNT), "0", "")[len(sys.argv) - 1 :]]
    sys.exit(1 if switches(int(count), int(first), file) else 0)
