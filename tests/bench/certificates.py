"""How many plans a checker that knows nothing of ours proves to be best, and whether it is deceived:
`python -m tests.bench.certificates [PLANS] [FIRST]`.

The best plans of random cases, each with its certificate, go to `data/check_certificate.py`. Then a plan that is a thousandth
worse is said to be best, with the same certificate and with forged ones: a leaf taken out, prices of another program or many
times too large, columns narrowed by what does not limit them. Each of these has to be refused.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from copy import deepcopy
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import optimiser
from optimiser.model.program import Program
from optimiser.solvers.certificate import as_program
from optimiser.solvers.highs import solve
from tests.oracle.random_cases import random_case
from tests.oracle.small_checker import checker

PLANS, FIRST = 500, 9000
WORSE = 1e-3
"""What a plan that is not best lacks, as a share of its value."""

Json = dict[str, Any]


def certificates(plans: int = PLANS, first: int = FIRST) -> int:
    """Has so many plans checked, and forged ones of each; how many answers of the checker were wrong."""
    checked, switched, seed, wrong = 0, 0, first, 0
    refused = Counter[str]()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "best.json"
        while checked < plans:
            program = certified(seed)
            seed += 1
            if program is None:
                continue
            checked += 1
            switched += len(program["leaves"]) > 1
            if not _proves(path, program):
                wrong += 1
                print(f"case {seed - 1}: the best plan was refused", flush=True)
            for how, forged in forged_ones(program, Random(seed)):
                if _proves(path, forged):
                    wrong += 1
                    print(f"case {seed - 1}: a worse plan passed, {how}", flush=True)
                else:
                    refused[how] += 1
            if checked % 50 == 0:
                print(
                    f"{checked} plans of {seed - first} cases, {sum(refused.values())} forged ones refused", flush=True
                )
    print(f"{checked} plans checked, {switched} of them proven by a tree over their switches")
    for how, count in refused.items():
        print(f"refused: {count} {how}")
    print(f"wrong: {wrong}")
    return wrong


def certified(seed: int) -> Json | None:
    """The program of a random case with its best plan's value and certificate; None where there is no plan or no certificate."""
    model = Program.of(optimiser.case_from(random_case(seed))).model
    solution = solve(model)
    if solution.x is None or solution.certificate is None:
        return None
    return as_program(model, solution.certificate, model.stages[0].sign * solution.stages[0].best)


def forged_ones(program: Json, dice: Random) -> Iterator[tuple[str, Json]]:
    """A worse plan that is said to be best, with certificates that do not prove it."""

    def worse() -> Json:
        made = deepcopy(program)
        made["value"] += WORSE * max(1.0, abs(made["value"]))
        return made

    yield "with the certificate of the best", worse()
    better = deepcopy(program)
    better["value"] -= WORSE * max(1.0, abs(better["value"]))
    yield "that claim more than is possible", better
    if len(program["leaves"]) > 1:
        made = worse()
        del made["leaves"][dice.randrange(len(made["leaves"]))]
        yield "with a leaf taken out", made
    made = worse()
    for leaf in made["leaves"]:
        leaf["prices"] = [[i, price * dice.gauss(1.5, 2.0)] for i, price in leaf["prices"]]
    yield "with other prices", made
    made = worse()
    for leaf in made["leaves"]:
        leaf["prices"] = [[i, dice.gauss(0.0, 50.0)] for i in range(len(made["rows"]))]
    yield "with prices of nothing", made
    made = worse()
    columns, rows = len(made["cost"]), len(made["rows"])
    made["narrowed"] = [[dice.randrange(columns), dice.randrange(rows), dice.choice((-1, 1))], *made["narrowed"]]
    yield "with a column narrowed by any row", made


def _proves(path: Path, program: Json) -> bool:
    """Whether the checker says of a file that its plan is best."""
    path.write_text(json.dumps(program), encoding="utf-8")
    with redirect_stdout(StringIO()):
        return bool(checker().main(str(path)) == 0)


if __name__ == "__main__":
    sys.exit(1 if certificates(*map(int, sys.argv[1:3])) else 0)
