"""Every limit is one class: what it says, how it moves and what its absence is speak of the same cells and the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser import verbs
from optimiser.analysis.asking.case_differences import between
from optimiser.analysis.limits.aspects import Limit
from optimiser.analysis.limits.cell import Cell, ChangeRow
from optimiser.analysis.limits.demands import OF_ONE, Demands, every
from optimiser.analysis.limits.ground import Ground
from optimiser.analysis.limits.move_costs import Costs, Prices
from optimiser.case.case import Case
from optimiser.case.spec import BY_NAME
from optimiser.desk.rule_rows import compliance
from optimiser.model.program import Program
from optimiser.model.rules import compile_rules
from optimiser.report.documents.committee_parts import rules as committee
from tests.oracle.random_cases import random_case

SEEDS = range(30, 36)


def grounds(seed: int) -> Iterator[Ground]:
    """What is possible, and what is best, of a random case."""
    case, _ = verbs.check_records(random_case(seed))
    if case is None:
        pytest.skip("no valid case")
    yield Demands(case)
    yield Ground(case, case.facts, compile_rules(case.facts), Program.of(case).model)


def changes(limit: Limit, on: Ground) -> Iterator[ChangeRow]:
    """Every change that the limit writes."""
    x = np.zeros(len(on.model.column_lower))
    for move in limit.moves(Prices(on.facts, Costs())):
        for rounded in (True, False):
            yield from move.write(min(1.0, move.most), x, rounded).rows
    for lever in limit.levers():
        yield from lever.changes(1.0)
        yield from lever.write(1.0).rows if lever.write else ()
    absence = limit.absence()
    yield from absence.changes if absence else ()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_limit_writes_is_of_its_own_record(seed: int) -> None:
    for on in grounds(seed):
        for limit in every(on):
            columns = {column.name for column in BY_NAME[limit.sheet].columns}
            for row in changes(limit, on):
                assert (row["sheet"], row["where"]) == (limit.sheet, limit.cell.where)
                assert row["column"] in columns
                assert row["change"][:2] in ("= ", "+ ", "- ")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_limit_moves_the_rows_that_fall_away_without_it(seed: int) -> None:
    demands = next(grounds(seed))
    assert isinstance(demands, Demands)
    for limit, member in zip(demands.limits, demands.members_of, strict=True):
        if member is None or limit.column in ("amount", "fte", "hire_max"):  # whose sums other rows follow too
            continue
        own = {*member.lower.tolist(), *member.upper.tolist()}
        for move in limit.moves(Prices(demands.facts, Costs())):
            assert set(move.rows.tolist()) <= own, limit.cell


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_limits_are_of_one_cell(seed: int) -> None:
    for on in grounds(seed):
        cells = [limit.cell for limit in every(on)]
        assert len(set(cells)) == len(cells)


def test_the_sliders_write_the_cells_of_the_limits() -> None:
    for _, classes in OF_ONE:
        for limit in classes:
            cell = limit.at(fund="Pool")
            assert cell == Cell(limit.sheet, "fund = Pool", limit.column)


def per_fte() -> Case:
    """One initiative of 70,000 with 2 analysts, at most 40,000 for each of them."""
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "Police"}],
            "Funds": [{"fund": "Grant", "amount": 100_000}],
            "Initiatives": [{"initiative": "A", "lead": "Police", "request": 70_000}],
            "Staff": [{"agency": "Police", "role": "analyst", "fte": 4}],
            "Needs": [{"initiative": "A", "role": "analyst", "fte": 2}],
            "Rules": [{"rule": "cost", "where": "initiative = A", "of": "staff: role = analyst", "at_most": 40_000}],
        }
    )


def test_one_limit_is_said_in_one_way_on_every_page() -> None:
    case = per_fte()
    plan = optimiser.solve(case)
    said = "$40,000 for each FTE·period"
    (line,) = compliance(plan)[0].lines
    assert (line.required, line.achieved) == (said, "$35,000 for each FTE·period")
    assert f"at most {said}" in committee(plan)
    number = Cell("Rules", "rule = cost", "at_most").number(case)
    assert {number.said(40_000), number.short(40_000)} == {said}
    assert compliance(plan)[0].sentence == ("Money on A: at most $40,000 for each FTE·period of analysts.")


def test_a_limit_that_a_scenario_moves_is_told_with_its_unit() -> None:
    """A difference of a rule's number reads as the rule does: money, a share, for each FTE·period, initiatives."""
    records: dict[str, Any] = {
        "Agencies": [{"agency": "Clinic"}],
        "Funds": [{"fund": "Grant", "amount": 900_000}],
        "Initiatives": [{"initiative": name, "request": 400_000, "lead": "Clinic"} for name in "AB"],
        "Staff": [{"agency": "Clinic", "role": "nurse", "fte": 4}],
        "Needs": [{"initiative": "A", "role": "nurse", "fte": 2}],
        "Rules": [
            {"rule": "floor", "at_least": 100_000},
            {"rule": "part", "at_most": 0.5, "where": "initiative = A", "of": "initiative = A | B"},
            {"rule": "each", "at_most": 300_000, "of": "staff: agency = Clinic"},
            {"rule": "some", "kind": "count", "at_least": 1},
        ],
        "Waivers": [{"rule": "floor", "granted_by": "State", "granted_on": "2026-01-05", "until": "2030-01-01", "at_least": 50_000}],
        "Scenarios": [
            {"scenario": "other", "sheet": "Rules", "where": f"rule = {rule}", "column": column, "change": change}
            for rule, column, change in (
                ("floor", "at_least", "= 585000"), ("part", "at_most", "= 0.455"), ("each", "at_most", "= 350000"),
                ("some", "at_least", "= 2"),
            )
        ] + [{"scenario": "other", "sheet": "Waivers", "where": "rule = floor", "column": "at_least", "change": "= 60000"}],
    }  # fmt: skip
    base = optimiser.case_from(records)
    said = [found.sentence() for found in between(base, verbs.scenario(base, "other"))]
    assert said == [
        "floor: at least from $100,000 to $585,000",
        "some: at least from 1 initiative to 2 initiatives",
        "part: at most from 50% to 45.5%",
        "each: at most from $300,000 for each FTE·period to $350,000 for each FTE·period",
        "Waivers of floor: at least from $50,000 to $60,000",
    ]
