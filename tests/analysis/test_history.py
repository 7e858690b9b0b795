"""Curves from history: known curves come back, the band holds the truth as often as it says, and what speaks against a
curve is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.analysis.uncertain.concave import band, fitted, hull
from optimiser.analysis.uncertain.history import LEVELS, SCENARIO, History, Response, history
from optimiser.case.case import Case
from optimiser.command_line import app
from optimiser.verbs import apply_changes, scenario
from tests.soak import some_of

DATA = Path(__file__).resolve().parents[2] / "data"
Truth = Callable[[float], float]
CONCAVE: dict[str, Truth] = {
    "root": lambda x: 10 * x**0.5,
    "saturating": lambda x: 13 * x / (x + 0.3),
    "broken line": lambda x: 10 * min(2 * x, 0.6 + 0.4 * x, 1.0),
    "straight": lambda x: 10 * x,
}
REQUEST = 1_000_000.0


def case_of(years: Sequence[tuple[float, float]], **more: Any) -> Case:
    """One initiative of a million with these (funding in shares of the request, value), a year each."""
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "X"}],
            "Funds": [{"fund": "F", "amount": 500_000}],
            "Initiatives": [{"initiative": "A", "lead": "X", "request": REQUEST}],
            "Outcomes": [{"initiative": "A", "outcome": "lives", "at_full": 10}],
            "History": [
                {"initiative": "A", "year": 2010 + k, "funding": share * REQUEST, "outcome": "Lives", "value": value}
                for k, (share, value) in enumerate(years)
            ],
            **more,
        }
    )


def response(years: Sequence[tuple[float, float]], **more: Any) -> Response:
    return history(case_of(years, **more)).responses[0]


@pytest.mark.parametrize("name", CONCAVE)
@pytest.mark.parametrize("shares", [(0.2, 0.4, 0.6, 0.8, 1.0), (0.25, 0.3, 0.5, 0.9, 1.0, 1.2), (1.0, 0.5, 0.25, 0.75)])
def test_points_on_a_concave_curve_give_that_curve(name: str, shares: tuple[float, ...]) -> None:
    truth = CONCAVE[name]
    found = response([(s, truth(s)) for s in shares])
    assert found.status == "curve", found.sentences
    assert found.at_full == pytest.approx(truth(1.0), rel=1e-5)
    level, achieved = zip(*found.points, strict=True)
    for share in (s for s in shares if s <= 1):
        assert np.interp(share, level, achieved) * (found.at_full or 0) == pytest.approx(truth(share), rel=1e-3)


@pytest.mark.parametrize("seed", range(60))
def test_every_curve_rises_is_concave_and_is_the_nearest(seed: int) -> None:
    """Against a fit of the values themselves under the same demands, by another method."""
    from scipy.optimize import minimize

    dice = np.random.default_rng(seed)
    x = np.sort(dice.uniform(0.2, 1.2, 6))
    y = 10 * x**0.5 + dice.normal(0, 1, 6)
    found = fitted(x, y)
    knots = np.append(0.0, x)
    values = np.array([found.at(k) for k in knots])
    slopes = np.diff(values) / np.diff(knots)
    assert (slopes >= -1e-9).all()
    assert (np.diff(slopes) <= 1e-9).all()
    demands = [
        {"type": "ineq", "fun": lambda v: np.diff(np.append(0, v))},
        {"type": "ineq", "fun": lambda v: -np.diff(np.diff(np.append(0, v)) / np.diff(knots))},
    ]
    other = minimize(lambda v: np.sum((v - y) ** 2), np.full(6, y.mean()), constraints=demands, method="SLSQP")
    assert found.rss <= other.fun + 1e-6
    assert found.rss == pytest.approx(np.sum((y - values[1:]) ** 2), abs=1e-9)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("name", CONCAVE)
@pytest.mark.parametrize("count", some_of((4, 8), (4,)))
def test_the_band_holds_the_truth_about_as_often_as_it_says(name: str, count: int) -> None:
    """200 seeded histories: nine in ten, or more where little is known (it errs on the side of caution)."""
    dice, truth = np.random.default_rng(11), CONCAVE[name]
    x = np.linspace(0.25, 1.0, count)
    places = (0.4, 0.7, 1.0)
    right = np.array([truth(p) for p in places])
    held, draws = np.zeros(len(places)), 200
    for _ in range(draws):
        y = np.array([truth(v) for v in x]) + dice.normal(0, 0.4, count)
        low, high = band(x, y, places, 0.9)
        held += (low <= right) & (right <= high)
    assert (held / draws >= 0.85).all(), held / draws


def test_the_band_is_no_wider_than_it_must_be() -> None:
    """With little noise it is narrow; with ten times the noise about ten times as wide; less sure, less wide."""
    x = np.linspace(0.25, 1.0, 8)
    noise = np.random.default_rng(3).normal(0, 1, 8)
    wide = []
    for size, confidence in ((0.05, 0.9), (0.5, 0.9), (0.5, 0.5)):
        low, high = band(x, 10 * x**0.5 + size * noise, [0.7], confidence)
        wide.append(float(high[0] - low[0]))
    assert wide[0] < 0.4
    assert 3 < wide[1] / wide[0] < 12
    assert wide[2] < 0.7 * wide[1]


# What is said


@pytest.mark.parametrize(
    ("years", "status", "words"),
    [
        (
            [(0.5, 5), (0.6, 6), (0.7, 7)],
            "few years",
            "3 different fundings in 3 years, 2010 to 2012; a curve needs at least 4",
        ),
        ([(0.5, 5), (0.5, 6), (0.5, 7), (0.5, 5)], "few years", "1 different funding in 4 years"),
        ([(0.90, 5), (0.92, 6), (0.94, 7), (0.96, 7)], "too alike", "between $900,000 and $960,000: too alike"),
        (
            [(0.2, 8), (0.4, 7), (0.6, 6), (0.8, 5)],
            "falls",
            "more funding went with less of it (from $200,000 to $800,000",
        ),
        ([(0.25, 0.6), (0.5, 2.4), (0.75, 5.7), (1, 10)], "convex", "each further unit of money achieved more"),
        (
            [(0.3, 5), (0.5, 8), (0.6, 3), (0.8, 8), (1, 5.2)],
            "no better than a constant",
            "the mean of the other years",
        ),
        ([(0.1, 1), (0.2, 2), (0.3, 2.5), (0.4, 3)], "beyond", "the request of $1,000,000 is far above the most"),
        ([(0.0, 4), (0.2, 5), (0.4, 6), (0.6, 7), (0.9, 8)], "from nothing", "4 was achieved without money"),
        ([(0.2, -1), (0.4, 5), (0.6, 6), (0.8, 7)], "negative", "-1 is below 0"),
    ],
)
def test_what_the_years_do_not_show_is_said_and_makes_no_curve(
    years: list[tuple[float, float]], status: str, words: str
) -> None:
    found = history(case_of(years))
    response = found.responses[0]
    assert response.status == status
    assert response.sentences[0].startswith("A, lives: ")
    assert words in response.sentences[0]
    assert (response.points, response.at_full, found.rows()) == ((), None, [])
    assert found.applied() is found.case


def test_what_a_curve_leaves_open_is_said_too() -> None:
    found = response([(s, 10 * s**0.5) for s in (0.6, 0.65, 0.7, 0.8)])
    assert found.status == "curve"
    beyond, below = found.sentences
    assert "no year paid more than $800,000, 80% of the request" in beyond
    assert "no year paid less than $600,000, 60% of the request" in below
    far = response([(s, 5 * s**0.5) for s in (0.2, 0.5, 0.8, 1.0)])
    assert far.sentences[-1].startswith("A, lives: Outcomes states 10 at full scope; the years bear out ")


def test_an_outcome_or_request_that_is_not_there() -> None:
    years = [(s, 10 * s**0.5) for s in (0.2, 0.5, 0.8, 1.0)]
    assert response(years, Outcomes=[]).status == "no outcome"
    free = [{"initiative": "A", "lead": "X", "request": 0}]
    assert response(years, Initiatives=free).status == "no request"
    with pytest.raises(ValueError, match="History has no rows"):
        history(case_of([]))
    with pytest.raises(ValueError, match="between 0 and 1"):
        history(case_of(years), confidence=90)


# Into the case


def curved() -> History:
    dice = np.random.default_rng(5)
    return history(case_of([(s, 10 * s**0.5 + dice.normal(0, 0.1)) for s in np.linspace(0.1, 1.1, 9)]))


def test_the_rows_are_a_scenario_that_the_plan_follows() -> None:
    found = curved()
    case = found.applied()
    r = found.responses[0]
    curves = case.tables["Curves"]
    assert list(zip(curves["level"].tolist(), curves["achieved"].tolist(), strict=True)) == list(r.points)
    assert case.tables["Outcomes"]["at_full"].tolist() == [r.at_full]
    plan = optimiser.solve(case)
    level, achieved = zip(*r.points, strict=True)
    assert plan.impact == pytest.approx(np.interp(0.5, level, achieved) * (r.at_full or 0), rel=1e-6)
    by_name = scenario(found.with_scenario(), SCENARIO)
    assert optimiser.solve(by_name).impact == plan.impact
    again = apply_changes(found.case, found.rows())
    assert again.sha256 == case.sha256


def test_a_second_time_takes_another_name() -> None:
    once = curved().applied()
    twice = history(once).applied()
    assert len(set(twice.tables["Curves"]["curve"].tolist())) == 2
    kept = curved().with_scenario()
    assert len(history(kept).with_scenario().tables["Scenarios"]) == len(kept.tables["Scenarios"])


@pytest.mark.first(8)
@pytest.mark.parametrize("seed", range(30))
def test_rounded_points_are_still_a_curve_of_the_workbook(seed: int) -> None:
    dice = np.random.default_rng(seed)
    shares = dice.uniform(0.1, 1.2, 12)
    found = history(case_of([(float(s), float(10 * s**0.3 + dice.normal(0, 0.2))) for s in shares]))
    if found.curves:
        assert not [f for f in found.applied().warnings if f.level == "error"]
    points = sorted((round(float(x), 2), round(float(y), 2)) for x, y in dice.uniform(0, 1, (9, 2)))
    made = hull([(0.0, 0.0), *points, (1.0, 1.0)])
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(made) if c > a]
    assert all(q < p for p, q in pairwise(slopes))


# The command


def test_the_command_says_prints_and_writes(tmp_path: Path) -> None:
    from optimiser.case.writing.writer import write_tables

    found, path, copy = curved(), tmp_path / "case.xlsx", tmp_path / "copy.xlsx"
    write_tables(str(path), found.case.tables)
    told = CliRunner().invoke(app, ["history", str(path), "-o", str(copy), "--json"])
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    assert made["responses"][0]["status"] == "curve"
    assert len(made["responses"][0]["low"]) == len(LEVELS) == len(made["levels"])
    assert optimiser.read(copy).tables["Curves"]["level"].tolist() == [p[0] for p in found.responses[0].points]
    assert CliRunner().invoke(app, ["history", str(path), "-o", str(path)]).exit_code == 2
    plain = CliRunner().invoke(app, ["history", str(DATA / "gun-violence.xlsx")])
    assert plain.exit_code == 0
    assert "Family liaison after a homicide, survivors served: 3 different fundings" in plain.stdout
    assert "Shooting investigation team, shootings solved: more funding went with less of it" in plain.stdout
    with_rows = CliRunner().invoke(app, ["history", str(path), "-o", str(copy), "--as-scenario"])
    assert with_rows.exit_code == 0
    assert "at full scope (" in with_rows.stdout
    assert set(optimiser.read(copy).tables["Scenarios"]["scenario"].tolist()) == {SCENARIO}
