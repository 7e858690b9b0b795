"""An honest promise: with truths that are known the promise is too high and the expectation is not; checks against fresh solves."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from optimiser import verbs
from optimiser.analysis.uncertain.draws import impact_only
from optimiser.analysis.uncertain.promise_kept import FEWEST, HIGH, LOW, promise, shrunk, spreads
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.command_line import app

INITIATIVES = 12


def simulated(seed: int, error: float = 0.3, apart: float = 0.15) -> tuple[Case, list[float]]:
    """A case whose scores are truths with errors; the truths (impact at full scope for one of money)."""
    dice = Random(seed)
    truths = [1.0 + apart * dice.gauss(0, 1) for _ in range(INITIATIVES)]
    seen = [max(0.05, t + error * dice.gauss(0, 1)) for t in truths]
    half = 1.6448536269514722 * error
    keys = [f"I{k:02}" for k in range(INITIATIVES)]
    records: dict[str, list[dict[str, Any]]] = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 400_000}],
        "Initiatives": [{"initiative": k, "lead": "A", "request": 100_000} for k in keys],
        "Outcomes": [{"initiative": k, "outcome": "Lives", "at_full": 100 * v} for k, v in zip(keys, seen, strict=True)],
        "Uncertainty": [
            {
                "of": "outcome", "item": k, "detail": "Lives", "column": "at_full", "shape": "normal",
                "low": max(0.0, 100 * (v - half)), "likely": 100 * v, "high": 100 * (v + half),
            }
            for k, v in zip(keys, seen, strict=True)
        ],
    }  # fmt: skip
    return verbs.case_from(records), truths


def test_the_promise_is_too_high_and_the_expectation_is_not() -> None:
    over, off = [], []
    for seed in range(60):
        case, truths = simulated(seed)
        plan = verbs.solve(case)
        found = promise(plan)
        level = [r["level"] for r in plan.tables["Awards"].records()]
        true = 100 * float(np.dot(level, truths))
        over.append((found.promised - true) / true)
        off.append((found.expected - true) / true)
        assert found.promised == pytest.approx(plan.impact)
    assert np.mean(over) > 0.15
    assert abs(np.mean(off)) < 0.05


def test_who_is_sure_is_left_as_it_is() -> None:
    case, _ = simulated(3)
    nothing = np.zeros(INITIATIVES)
    assert (shrunk(case, nothing) == 1.0).all()
    some = spreads(case)
    some[:6] = 0.0
    factor = shrunk(case, some)
    assert (factor[:6] == 1.0).all()
    whole = shrunk(case, spreads(case))
    gain = np.array(case.facts.at_full)
    middle = float((gain * whole).mean())
    # Those above the middle are lowered, those below are raised, and none passes another.
    assert ((whole < 1) == (gain > middle)).sum() >= INITIATIVES - 1
    few = verbs.case_from({
        **{name: list(case.tables[name].records())[: FEWEST - 1] for name in ("Initiatives", "Outcomes")},
        "Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 400_000}],
    })  # fmt: skip
    assert (shrunk(few, np.full(FEWEST - 1, 0.3)) == 1.0).all()


def test_why_more_is_to_be_expected_than_promised_is_not_luck() -> None:
    """Where the estimate that is unsure lies below the others, allowing for its error raises it."""
    scores = {"I0": 40, "I1": 100, "I2": 95, "I3": 90}
    case = verbs.case_from({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 400_000}],
        "Initiatives": [{"initiative": k, "lead": "A", "request": 100_000, "score": v} for k, v in scores.items()],
        "Uncertainty": [{"of": "initiative", "item": "I0", "column": "score", "low": 20, "high": 60}],
    })  # fmt: skip
    found = promise(verbs.solve(case))
    assert found.expected > found.promised
    assert "luck" not in found.lines()[0]
    assert found.lines()[0].endswith(
        "since most of what is unsure is estimated below what initiatives achieve in general."
    )
    assert "luck" in replace(found, expected=found.promised - 1000).lines()[0]
    assert "since" not in replace(found, expected=found.promised).lines()[0]


def test_what_a_check_changes_against_a_fresh_solve() -> None:
    case = verbs.read(example_path("gun-violence"))
    plan = verbs.solve(case)
    found = promise(plan)
    assert found.expected < found.promised
    assert found.checks
    from statistics import NormalDist

    for check in found.checks[:2]:
        for share, gain in ((LOW, check.low), (HIGH, check.high)):
            times = max(0.0, 1 + check.spread * NormalDist().inv_cdf(share))
            where = f'initiative = "{check.initiative}"'
            rows = [{"sheet": "Outcomes", "where": where, "column": "at_full", "change": f"* {times!r}"}]
            other = verbs.solve(impact_only(verbs.apply_changes(case, rows)))
            i = case.facts.names["initiative"].index(check.initiative)
            held = (
                (plan.impact or 0.0)
                + (times - 1) * next(a for k, (a, _) in found.by_initiative.items() if k == check.initiative)
                if check.initiative in found.by_initiative
                else (plan.impact or 0.0)
            )
            assert gain == pytest.approx(max(0.0, (other.impact or 0.0) - held), abs=0.01), (check.name, i)


def test_the_command_and_what_is_said_where_nothing_is_unsure() -> None:
    path = str(example_path("task-force"))
    told = CliRunner().invoke(app, ["promise", path])
    assert told.exit_code == 0, told.output
    assert "How far it may be wrong is not known" in told.output
    told = CliRunner().invoke(app, ["promise", path, "--json"])
    made = json.loads(told.stdout)
    assert made["promised"] == made["expected"]
    assert made["checks"] == []
