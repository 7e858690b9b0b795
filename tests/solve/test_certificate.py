"""What goes with a plan proves that none is better: by our code, and by a checker that knows nothing of it."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import optimiser
from optimiser.command_line import app
from optimiser.model.program import Program
from optimiser.plan.tables import Plan, Stage
from optimiser.report.documents.plan_check import inspect
from optimiser.report.documents.plan_workbook import write_plan
from optimiser.report.status import quality
from optimiser.solvers.certificate import Certificate, Leaf, as_program, covered, least, read, written
from optimiser.solvers.highs import solve
from tests.oracle.random_cases import random_case
from tests.oracle.small_checker import checker

CASES = int(os.environ.get("OPTIMISER_SOAK", "12"))


def certified(seed: int) -> Any:
    case = optimiser.case_from(random_case(seed))
    model = Program.of(case).model
    solution = solve(model)
    if solution.x is None:
        pytest.skip("no plan keeps every rule of this case")
    return model, solution


@pytest.mark.parametrize("seed", range(9000, 9000 + CASES))
def test_two_checkers_prove_what_the_solver_said(seed: int) -> None:
    model, solution = certified(seed)
    if solution.exact_bound is None:
        assert solution.certificate is None
        pytest.skip("the search's own word: nothing is certified")
    kept = read(model, written(model, solution.certificate))
    assert kept is not None
    bound = least(model, kept)
    sign = model.stages[0].sign
    assert bound is not None
    assert float(bound) == pytest.approx(sign * float(solution.exact_bound), rel=1e-9, abs=1e-9)
    program = json.loads(json.dumps(as_program(model, kept, sign * solution.stages[0].achieved)))
    # Its word has no rounding in it: the same fraction, but where ours moves a price to a limit that is there.
    assert checker().check(program) == bound or abs(checker().check(program) - bound) <= 1e-9 * max(1, abs(bound))  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(9000, 9000 + CASES))
def test_no_forged_certificate_proves_more_than_is_true(seed: int) -> None:
    model, solution = certified(seed)
    if solution.certificate is None:
        pytest.skip("nothing is certified")
    dice = np.random.default_rng(seed)
    best = model.stages[0].sign * solution.stages[0].best
    leaves = solution.certificate.leaves
    forged = [Certificate(tuple(replace(e, prices=e.prices * dice.normal(1.5, 2.0, len(e.prices))) for e in leaves))]
    forged += [Certificate(tuple(replace(e, prices=dice.normal(0, 50, len(e.prices))) for e in leaves))]
    anywhere = [
        (int(dice.choice(model.index)), int(dice.integers(len(model.row_lower))), int(dice.choice([-1, 1])))
    ] * 20
    forged += [replace(solution.certificate, narrowed=(*anywhere, *solution.certificate.narrowed))]
    for one in forged:
        bound = least(model, one)
        assert bound is None or float(bound) <= best + 1e-6 * max(1.0, abs(best))
    if len(leaves) > 1:
        for k in range(len(leaves)):
            fewer = Certificate((*leaves[:k], *leaves[k + 1 :]), solution.certificate.narrowed)
            assert least(model, fewer) is None
            with pytest.raises(ValueError, match="cover"):
                checker().check(as_program(model, fewer, 0.0))


def test_a_plan_worth_nothing_is_proven_to_a_millionth(tmp_path: Path) -> None:
    model, solution = certified(9385)
    value = model.stages[0].sign * solution.stages[0].best
    assert (value, solution.status) == (0.0, "optimal")
    path = tmp_path / "best.json"
    for claimed, word in ((value, 0), (value + 2e-6, 1), (value - 2e-6, 1)):
        path.write_text(json.dumps(as_program(model, solution.certificate, claimed)))
        assert checker().main(str(path)) == word


@given(st.integers(0, 10**9))
def test_covering_is_what_enumeration_says(seed: int) -> None:
    dice = Random(seed)
    size, top = dice.randint(1, 3), 3
    boxes = []
    for _ in range(dice.randint(1, 6)):
        ends = [sorted((dice.randint(0, top), dice.randint(0, top))) for _ in range(size)]
        boxes.append((np.array([a for a, _ in ends], float), np.array([b for _, b in ends], float)))
    points = np.stack(np.meshgrid(*[np.arange(top + 1)] * size), -1).reshape(-1, size)
    every = all(any((a <= p).all() and (p <= b).all() for a, b in boxes) for p in points)
    assert covered(np.zeros(size), np.full(size, float(top)), boxes) == every


def plan() -> Plan:
    return optimiser.solve(optimiser.read(Path(__file__).parents[2] / "optimiser/examples/task-force.xlsx"))


def book_of(made: Plan) -> bytes:
    target = io.BytesIO()
    write_plan(made, target)
    return target.getvalue()


@pytest.fixture(scope="module")
def best() -> Plan:
    return plan()


def test_a_plans_workbook_proves_that_it_is_best(best: Plan, tmp_path: Path) -> None:
    assert best.proof.exact_bound
    verdict = inspect(book_of(best), best=True)
    assert not verdict.broken
    assert verdict.best is not None
    assert verdict.best.said.startswith("Proved again without a solver")
    assert not [part for part in verdict.not_checked if "best plan" in part]
    (tmp_path / "plan.xlsx").write_bytes(book_of(best))
    command = ["verify", str(tmp_path / "plan.xlsx"), "--certificate", str(tmp_path / "best.json"), "--json"]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["best"] == verdict.best.said
    assert checker().main(str(tmp_path / "best.json")) == 0


def test_a_bound_that_the_certificate_does_not_prove_is_found(best: Plan) -> None:
    first = best.stages[0]
    bound = first.bound - 5.0
    forged = replace(
        best, stages=(Stage(first.objective, first.best, bound, first.within, first.achieved), *best.stages[1:])
    )
    found = inspect(book_of(forged), best=True).broken
    assert any("the certificate proves" in b.sentence for b in found)


def test_a_plan_without_a_certificate_says_so(best: Plan) -> None:
    verdict = inspect(book_of(replace(best, extra={})), best=True)
    assert not verdict.broken
    assert any("holds no certificate" in part for part in verdict.not_checked)
    other = {"certificate": ("bm90IGEgY2VydGlmaWNhdGU=",)}
    assert any("cannot be read" in b.sentence for b in inspect(book_of(replace(best, extra=other)), best=True).broken)


def test_a_certificate_of_another_case_proves_nothing(best: Plan) -> None:
    model = Program.of(best.case).model
    pieces = best.extra["certificate"]
    other = replace(model, row_upper=model.row_upper * 0.5)
    assert read(other, pieces) is None
    held = np.flatnonzero(model.integer)
    empty = Leaf(model.column_lower[held], model.column_upper[held], np.zeros(len(model.row_lower)))
    assert least(model, Certificate(())) is None
    bound = least(model, Certificate((empty,)))
    assert bound is None or float(bound) <= model.stages[0].sign * best.stages[0].best


def test_where_rules_may_be_broken_the_words_say_what_is_bounded() -> None:
    """Impact itself may be beyond the bound then: the bound is on what is left of it once breaches have cost."""
    initiatives = [
        {"initiative": n, "lead": "A", "request": 80, "score": s, "theme": n} for n, s in (("x", 90), ("y", 10))
    ]
    rule = {"rule": "some y", "where": "theme = y", "at_least": 30, "hard": "no", "penalty": 0.001}
    records: dict[str, Any] = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "f", "amount": 80}],
        "Initiatives": initiatives,
    }
    broken = optimiser.solve(optimiser.case_from({**records, "Rules": [rule]}))
    assert broken.impact is not None
    assert broken.impact > broken.stages[0].bound
    assert "with the penalties of broken rules taken off, no other plan that keeps every hard rule has more" in quality(
        broken
    )
    found = inspect(book_of(broken), best=True)
    assert found.best is not None
    assert "an impact less the penalties of broken rules above 71.97; this one has 71.97" in found.best.said
    kept = optimiser.solve(optimiser.case_from({**records, "Rules": [{**rule, "penalty": 10}]}))
    assert "no other plan that keeps every rule has more" in quality(kept)
