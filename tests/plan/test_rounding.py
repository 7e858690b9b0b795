"""Whole units near the exact plan: no line moves by more than it must, every limit on money still holds, and small cases whose
exact plans have fractions in every place where money stands."""

from __future__ import annotations

from fractions import Fraction
from math import isinf
from random import Random
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import Compiled, compile_rules
from optimiser.plan import rounding
from optimiser.plan.rounding import in_money, whole
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from tests.plan.test_any_size import never_overspent

Records = dict[str, list[dict[str, Any]]]


def records(rounding: float = 1.0, **more: Any) -> Records:
    """Two funds, the first of which asks for match, and three initiatives: their lines have fractions everywhere."""
    made: Records = {
        "Case": [{"setting": "rounding", "value": rounding}],
        "Periods": [{"period": "Q1"}, {"period": "Q2"}],
        "Agencies": [{"agency": "Police"}, {"agency": "Health"}],
        "Funds": [
            {
                "fund": "Grant",
                "kind": "pooled",
                "amount": 1000.5,
                "carryover": 0.3,
                "match_rate": 0.1,
                "min_spend": 0.2,
            },
            {"fund": "Own", "kind": "own budget", "amount": 777.7, "can_match": "yes"},
        ],
        "Installments": [
            {"fund": "Grant", "period": "Q1", "amount": 700.25},
            {"fund": "Grant", "period": "Q2", "amount": 300.25},
        ],
        "Initiatives": [
            {"initiative": "A", "lead": "Police", "request": 999.3, "maximum": 640.9},
            {"initiative": "B", "lead": "Health", "request": 800.7, "minimum": 100.6, "priority": 2},
            {"initiative": "C", "lead": "Health", "request": 1234.5},
        ],
        "Costs": [
            {"initiative": "A", "category": "equipment", "share": 0.37},
            {"initiative": "A", "category": "general", "share": 0.63},
        ],
        "Rules": [{"rule": "share", "where": "agency = Health", "at_most": 0.7123, "of": "total"}],
    }
    return {**made, **more}


def solved(of: Records) -> Plan:
    plan = optimiser.solve(optimiser.case_from(of))
    assert plan.has_plan
    return plan


def moved(of: Records) -> tuple[Program, Array, Array]:
    """The program, its exact answer, and that in whole units."""
    case = optimiser.case_from(of)
    program = Program.of(case)
    x = solve(program.model).x
    assert x is not None
    made = whole(program.model, x, compile_rules(case.facts), case.settings.rounding, 5.0)
    assert made is not None
    return program, x, made


@pytest.mark.parametrize("unit", [1.0, 0.01])
def test_each_line_is_in_whole_units_and_as_near_as_can_be(unit: float) -> None:
    program, x, made = moved(records(unit))
    span = program.model.columns["spend"].span
    units = made[span] / unit
    assert np.abs(units - np.round(units)).max() < 1e-9
    assert np.abs(made[span] - x[span]).max() < unit * 1.5
    assert made[span].sum() > x[span].sum() - unit * 3
    for family in ("level", "post", "hire"):
        assert (made[program.model.columns[family].span] == x[program.model.columns[family].span]).all()


@pytest.mark.parametrize("unit", [1.0, 0.01])
@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"rule": "share", "where": "agency = Health", "at_most": 0.7123, "of": "total"}],
        [{"rule": "many digits", "where": "agency = Health", "at_most": 1.51234567, "of": "agency = Police"}],
        [{"rule": "a third", "where": "agency = Health", "at_least": 1 / 3, "of": "agency = Police"}],
        [{"rule": "least", "where": "initiative = C", "at_least": 333.3}],
        [{"rule": "just so much", "where": "initiative = C", "at_least": 333.3, "at_most": 333.3}],
        [{"rule": "soft", "where": "initiative = C", "at_least": 1500, "hard": "no", "penalty": 0.01}],
        [{"rule": "soft", "where": "initiative = B", "at_most": 0.1, "of": "total", "hard": "no", "penalty": 0.001}],
        [{"rule": "one", "kind": "count", "at_most": 2}],
    ],
)
def test_a_plan_in_whole_units_keeps_every_limit(unit: float, rules: list[dict[str, Any]]) -> None:
    plan = solved(records(unit, Rules=rules))
    assert plan.proof is not None
    assert plan.proof.whole
    assert optimiser.verify(plan) == []
    never_overspent(plan)
    exact = solved(records(0.0, Rules=rules))
    assert plan.impact is not None
    assert plan.impact == pytest.approx(exact.impact, rel=1e-6)
    assert money(plan) > money(exact) - 4 * unit


RULES: list[list[dict[str, Any]]] = [
    [],
    [{"rule": "share", "where": "agency = Health", "at_most": 0.7123, "of": "total"}],
    [{"rule": "many digits", "where": "agency = Health", "at_most": 1.51234567, "of": "agency = Police"}],
    [{"rule": "least", "where": "initiative = C", "at_least": 0.31, "of": "total"}],
]


@pytest.mark.parametrize("widen", rounding.WIDENED)
@pytest.mark.parametrize("unit", [1.0, 0.01])
@pytest.mark.parametrize("rules", RULES)
def test_moves_keep_a_row_where_the_moved_plan_keeps_it(widen: int, unit: float, rules: list[dict[str, Any]]) -> None:
    """Whatever lines do, each row of moves holds just where the row of the program does, in fractions."""
    case = optimiser.case_from(records(unit, Rules=rules))
    model, compiled, dice = Program.of(case).model, compile_rules(case.facts), Random(widen)
    x = solve(model).x
    assert x is not None
    lines = rounding._lines(model, x / unit, widen)
    spend = lines.column < model.columns["spend"].first + model.columns["spend"].size
    assert (lines.place + lines.rise <= np.ceil(x[lines.column] / unit) + max(widen, 1))[spend].all()
    assert (lines.place - lines.fall >= np.floor(x[lines.column] / unit) - max(widen, 1))[spend].all()
    rows = list(rounding._rows(model, x, compiled, Fraction(unit).limit_denominator(100), lines))
    meant = _limits(model, compiled, lines, Fraction(unit).limit_denominator(100))
    assert len(rows) == len(meant)
    falls = np.flatnonzero(lines.fall > 0)
    seen = {True: 0, False: 0}
    for _ in range(60):
        far = dice.choice((1, 3, 40))
        rise = [dice.randint(0, min(far, int(most))) for most in lines.rise]
        fall = [dice.randint(0, min(far, int(most))) for most in lines.fall[falls]]
        units = lines.place.astype(int) + np.array(rise)
        units[falls] -= np.array(fall, int)
        made = [Fraction(v) for v in x.tolist()]
        for column, number in zip(lines.column.tolist(), units.tolist(), strict=True):
            made[column] = number * Fraction(unit).limit_denominator(100)
        for row, (index, value, low, high) in zip(rows, meant, strict=True):
            side = sum(
                w * (rise[k] if k < len(rise) else fall[k - len(rise)])
                for k, w in zip(row.lines, row.weights, strict=True)
            )
            is_kept = row.lower <= side <= row.upper
            sum_ = sum(rounding._decimal(v, large=False) * made[j] for j, v in zip(index, value, strict=True))
            hair = Fraction(1, 10**5) * Fraction(unit)  # where a row has no common denominator it is held by a margin
            if any(b is not None and abs(sum_ - b) < hair for b in (low, high)):
                continue
            assert is_kept == ((low is None or sum_ >= low) and (high is None or sum_ <= high))
            seen[is_kept] += 1
    assert min(seen.values()) > 0


def test_a_row_in_which_nothing_moves_is_kept_or_not_as_it_stands() -> None:
    case = optimiser.case_from(records())
    model = Program.of(case).model
    x = solve(model).x
    assert x is not None
    lines = rounding._lines(model, x, 0)
    for lower, upper, kept in ((-0.5, 0.5, True), (0.0, 0.0, True), (0.5, 2.0, False), (-2.0, -0.5, False)):
        found = rounding._decided(lines, [rounding._Row([], [], lower, upper)], 5.0)
        assert (found is not None) == kept


Limits = tuple[list[int], list[float], Fraction | None, Fraction | None]


def _limits(model: Model, compiled: list[Compiled], lines: Any, unit: Fraction) -> list[Limits]:
    """Entries and limits of the rows in which a line moves, as the program has them."""
    loose, free = rounding.loose_rules(compiled), model.columns["unspent"].span
    made: list[Limits] = []
    for name, family in model.rows.families.items():
        if name not in rounding.MONEY_ROWS and not name.startswith("rule "):
            continue
        slack = unit * rounding.SLACK if name == "cost" or name in loose else 0
        for r in range(family.first, family.first + family.size):
            at = slice(model.start[r], model.start[r + 1])
            index, value = model.index[at].tolist(), model.value[at].tolist()
            if not set(index) & set(lines.column.tolist()):
                continue
            spare = any(free.start <= j < free.stop for j in index)
            low, high = float(model.row_lower[r]), float(model.row_upper[r])
            entries = [(j, v) for j, v in zip(index, value, strict=True) if not free.start <= j < free.stop]
            made.append(
                (
                    [j for j, _ in entries],
                    [v for _, v in entries],
                    None if isinf(low) or spare else rounding._decimal(low, large=False) - slack,
                    None if isinf(high) else rounding._decimal(high, large=False) + slack,
                )
            )
    return made


@pytest.mark.parametrize("share", [1 / 3, 0.2857142857142857, 0.123456789012])
def test_amounts_of_many_digits_are_whole_too(share: float) -> None:
    """Beside 10¹¹ cents a third must be one, and not 0.333333."""
    of = records(0.01, Rules=[{"rule": "share", "where": "agency = Health", "at_most": share, "of": "agency = Police"}])
    of["Funds"] = [{"fund": "Grant", "kind": "pooled", "amount": 3_000_000_000.01}]
    of["Installments"], of["Costs"] = [], []
    of["Initiatives"] = [
        {"initiative": "A", "lead": "Police", "request": 1_999_999_999.97},
        {"initiative": "C", "lead": "Health", "request": 2_345_678_901.23, "priority": 3},
    ]
    plan = solved(of)
    assert plan.proof is not None
    assert plan.proof.whole
    assert optimiser.verify(plan) == []
    never_overspent(plan)
    police, health = plan.award["award"].tolist()
    assert police == 1_999_999_999.97
    assert health == pytest.approx(share * police, abs=0.02)


def money(plan: Plan) -> float:
    return float(plan.tables["Spend"]["money"].sum())


def test_a_limit_a_hair_below_a_whole_amount_is_kept() -> None:
    """The exact plan reads as 1,000, which the maximum does not allow, and its level is worth no less: another plan is taken."""
    of = records(Rules=[], Costs=[], Installments=[], Periods=[])
    of["Funds"] = [{"fund": "Grant", "kind": "pooled", "amount": 5000}]
    of["Initiatives"] = [{"initiative": "A", "lead": "Police", "request": 2000, "maximum": 999.9999996}]
    plan = solved(of)
    assert plan.award["award"].tolist() == [999]
    assert optimiser.verify(plan) == []
    case = optimiser.case_from(of)
    program = Program.of(case)
    x = solve(program.model).x
    assert x is not None
    assert x[program.model.columns["spend"].span].tolist() == [pytest.approx(1000, abs=1e-6)]
    assert whole(program.model, x, compile_rules(case.facts), 1.0, 5.0) is None


def test_what_has_no_whole_amount_between_its_limits_is_not_moved() -> None:
    of = records(Rules=[{"rule": "narrow", "where": "initiative = C", "at_least": 333.3, "at_most": 333.6}])
    case = optimiser.case_from(of)
    program = Program.of(case)
    x = solve(program.model).x
    assert x is not None
    assert whole(program.model, x, compile_rules(case.facts), 1.0, 5.0) is None


@pytest.mark.parametrize(
    ("units", "unit", "money"),
    [(3, 0.01, 0.03), (7, 0.1, 0.7), (3, 1.0, 3), (4, 25.0, 100), (3, 0.3, 0.9), (1, 1.5, 1.5)],
)
def test_units_as_money_are_the_decimal_number_that_is_meant(units: int, unit: float, money: float) -> None:
    assert in_money(np.array([float(units)]), unit).tolist() == [money]


@pytest.mark.parametrize("unit", [1.0, 0.01])
@pytest.mark.parametrize("funds", [1, 3])
@pytest.mark.parametrize("shares", [(1 / 3, 1 / 3, 1 / 3), (0.145, 0.145, 0.145, 0.565), (0.3333, 0.3333, 0.3334)])
def test_what_is_delivered_in_full_gets_what_it_asked_for(unit: float, funds: int, shares: tuple[float, ...]) -> None:
    """Lines of a third each, rounded one by one, make 99 of 100."""
    ask = 100 * unit
    plan = optimiser.solve(
        optimiser.case_from({
            "Case": [{"setting": "rounding", "value": unit}],
            "Periods": [{"period": "H1"}, {"period": "H2"}],
            "Agencies": [{"agency": "Police"}],
            "Funds": [{"fund": f"F{k}", "amount": 250 * unit / funds} for k in range(funds)],
            "Initiatives": [{"initiative": k, "lead": "Police", "request": ask, "pace": 0.5} for k in "ABC"],
            "Costs": [
                {"initiative": i, "category": f"c{k}", "share": share} for i in "ABC" for k, share in enumerate(shares)
            ],
        })
    )  # fmt: skip
    awards = {r["initiative"]: r["award"] for r in plan.tables["Awards"].records() if r["state"] == "in full"}
    assert plan.proof.whole
    assert awards
    assert set(awards.values()) == {ask}
    assert optimiser.verify(plan) == []


def test_an_award_gives_way_to_a_limit() -> None:
    """The maximum of its agency leaves 99 of the 100: what cannot be made whole is a unit off, and no limit is missed."""
    rows = {**records()}
    rows["Agencies"] = [{**r, "maximum": 640.2} if r["agency"] == "Police" else r for r in rows["Agencies"]]
    plan = optimiser.solve(optimiser.case_from(rows))
    received = {r["agency"]: r["received"] for r in plan.tables["Received"].records()}
    assert plan.proof.whole
    assert received["Police"] <= 640
    assert optimiser.verify(plan) == []
