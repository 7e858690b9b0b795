"""What is said of an award at once is true of the plan, word by word; and the rounds of reasons come in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.reasons.at_once import AtOnce
from optimiser.analysis.reasons.explain import explain, reason_by_reason
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import FULL
from tests.oracle.random_cases import random_case

SEEDS = range(12)


def what_is_said_is_true(case: Case) -> int:
    plan = verbs.solve(case)
    if not plan.has_plan:
        return 0
    facts, found, told = case.facts, AtOnce.of(plan), 0
    awards, balances, posts = (list(plan.tables[t].records()) for t in ("Awards", "Balances", "Posts"))
    for i, row in enumerate(awards):
        reason = found.reason(i)
        assert (reason.initiative, reason.award, reason.level) == (row["initiative"], row["award"], row["level"])
        assert ("Funded in full" in reason.sentence) == (row["level"] >= FULL)
        paying = {s["fund"] for s in plan.tables["Spend"].records() if s["initiative"] == row["initiative"]}
        payers = {facts.names["fund"][f] for f in np.flatnonzero(found.payers[:, i])}
        assert paying <= payers
        if "Nothing is left of" in reason.sentence:
            told += 1
            assert sum(b["unspent"] for b in balances if b["fund"] in payers) == pytest.approx(0, abs=0.005)
        for role in re.findall(r"Nobody of the role (.+?) is free", reason.sentence):
            told += 1
            k = facts.names["role"].index(role)
            periods = {facts.names["period"][t] for t in np.flatnonzero(facts.active[i])}
            used = sum(p["fte"] for p in posts if p["role"] == role and p["period"] in periods)
            assert used == pytest.approx(facts.releasable_fte[:, k, facts.active[i]].sum(), abs=1e-6)
    return told


@pytest.mark.first(8)
@pytest.mark.parametrize("seed", SEEDS)
def test_of_random_cases(seed: int) -> None:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    what_is_said_is_true(case)


@pytest.mark.long
def test_of_an_example_in_its_rounds() -> None:
    case = verbs.read(str(example_path("task-force")))
    assert what_is_said_is_true(case) > 0
    plan = verbs.solve(case)
    keys = case.facts.names["initiative"][:3]
    rounds = list(reason_by_reason(plan, keys))
    assert [r.initiative for r in rounds] == keys * 3
    for before, after in zip(rounds[3:6], rounds[6:], strict=True):
        assert after.sentence.startswith(before.sentence.rstrip(".")), "what was said stands"
    whole = explain(case, keys[0], ["initiatives"], plan=plan)
    assert rounds[6] == whole.reasons[0]


def test_processes_that_are_started_afresh_do_not_run_the_script_again(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import os\nfrom multiprocessing import get_context\nfrom optimiser.analysis.asking.abreast import Processes\n"
        "print('begun', flush=True)\npool = Processes(2, get_context('spawn'))\n"
        "print(pool.submit(os.getppid).result() == os.getpid(), __file__)\npool.shutdown()\n",
        "utf-8",
    )
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.splitlines() == ["begun", f"True {script}"], done.stderr
