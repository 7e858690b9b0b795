"""One edit after the other on a loaded program: each first answer is that of the case from nothing. OPTIMISER_SOAK=500 takes more."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.analysis.asking.ready_case import SWITCHES, FirstAnswer, ReadyCase
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import OPTIMAL_GAP
from optimiser.model.program import Program
from optimiser.plan.derive import derive
from optimiser.solvers import sift
from optimiser.solvers.ends import carried
from optimiser.solvers.highs import solve
from optimiser.verbs import apply_changes
from tests.oracle.large_cases import large_case
from tests.oracle.random_cases import random_case
from tests.soak import SOAK

Row = dict[str, Any]


def edit_of(case: Case, dice: Random) -> Row:
    """A change of one number of a case."""
    sheet, key, column, change = dice.choice(
        [
            ("Funds", "fund", "amount", "* {:.3f}"),
            ("Initiatives", "initiative", "request", "* {:.3f}"),
            ("Initiatives", "initiative", "priority", "* {:.3f}"),
            ("Initiatives", "initiative", "score", "= {:.0f}"),
            ("Initiatives", "initiative", "maximum", "= {:.0f}"),
            ("Agencies", "agency", "maximum", "= {:.0f}"),
            ("Rules", "rule", "at_most", "* {:.3f}"),
            ("Staff", "agency", "fte", "* {:.3f}"),
            ("Partners", "initiative", "cost_factor", "* {:.3f}"),
        ]
    )
    rows = list(case.tables[sheet].records())
    named = dice.choice(rows)[key] if rows else "nobody"
    number = dice.uniform(0.6, 1.4)
    if change.startswith("="):
        number = dice.uniform(10, 90) if column == "score" else dice.uniform(0, 2e5)
    return {"sheet": sheet, "where": f'{key} = "{named}"', "column": column, "change": change.format(number)}


def linear(seed: int) -> Case:
    """A random case without yes-or-no decisions."""
    records = random_case(seed, rules=seed % 2 == 0, stages=seed % 3 == 0)
    records["Initiatives"] = [
        {k: v for k, v in row.items() if k not in ("minimum", "all_or_nothing")} for row in records["Initiatives"]
    ]
    rules = [r for r in records.get("Rules", []) if r.get("kind") not in ("count", "requires", "excludes")]
    settings = [r for r in records.get("Case", []) if r["setting"] != "post_step"]
    return optimiser.case_from({**records, "Rules": rules, "Case": settings})


def same_as_alone(first: FirstAnswer) -> None:
    """The answer is that of the case solved from nothing, and its plan is one that reaches it."""
    alone = ReadyCase(Case(first.case.tables, first.case.settings)).take(first.case)
    assert first.status == alone.status
    if first.value is None or alone.value is None:
        return
    assert first.value == pytest.approx(alone.value, rel=OPTIMAL_GAP, abs=1e-6)
    assert first.bound == pytest.approx(first.value, rel=2 * OPTIMAL_GAP, abs=1e-6)
    again = derive(first.case, first.tables)
    assert list(again["Awards"].records()) == list(first.tables["Awards"].records())
    if first.case.settings.objective[0].name == "impact" and first.model.stages[0].name == "impact":
        told = sum(first.tables["Awards"]["impact"].tolist())
        soft = any(not rule.rule.hard for rule in first.rules)
        assert soft or told == pytest.approx(first.value, rel=1e-6, abs=1e-3)


def walk(case: Case, dice: Random, steps: int) -> list[FirstAnswer]:
    """A sequence of edits, those that the case does not take left out."""
    ready, made = ReadyCase(case), []
    for _ in range(steps):
        try:
            made.append(ready.edit([edit_of(ready.case, dice)]))
        except InvalidCase:
            continue
        same_as_alone(made[-1])
    return made


@pytest.mark.parametrize("by_parts", [False, True])
@pytest.mark.parametrize("seed", range(SOAK or 5))
def test_each_edit_has_the_answer_of_its_case(seed: int, by_parts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if by_parts:
        monkeypatch.setattr(sift, "LEAST_COLUMNS", 0)
    answers = walk(linear(seed), Random(seed), 5)
    assert not any(answer.rebuilt == SWITCHES for answer in answers)


def test_numbers_alone_build_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 0)
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    plan = optimiser.solve(case)
    ready = ReadyCase(case, plan.ends)
    first = ready.take(case)
    assert first.value == pytest.approx(plan.objective, rel=OPTIMAL_GAP)
    assert (first.iterations, first.rebuilt) == (0, "")
    for k, (sheet, key, column) in enumerate(
        [("Funds", "fund", "amount"), ("Initiatives", "initiative", "request"), ("Rules", "rule", "at_most")]
    ):
        named = next(r[key] for r in case.tables[sheet].records() if r[column] == r[column])
        first = ready.edit(
            [{"sheet": sheet, "where": f'{key} = "{named}"', "column": column, "change": f"* 0.{9 - k}"}]
        )
        assert first.rebuilt == ""
        same_as_alone(first)


def test_what_has_to_be_built_again_says_why() -> None:
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    ready = ReadyCase(case)
    name = next(iter(case.tables["Rules"].records()))["rule"]
    gone = ready.edit([{"sheet": "Rules", "where": f'rule = "{name}"', "column": "active", "change": "= no"}])
    assert gone.rebuilt.endswith(f"so the program is built again: the rule “{name}” fell away.")
    same_as_alone(gone)
    fund = next(iter(case.tables["Funds"].records()))
    fewer = fund["allowed"].rpartition(" | ")[0]
    narrow = ready.edit(
        [{"sheet": "Funds", "where": f'fund = "{fund["fund"]}"', "column": "allowed", "change": f"= {fewer}"}]
    )
    assert " spend, before " in narrow.rebuilt
    same_as_alone(narrow)
    assert ready.edit([{"sheet": "Funds", "where": "", "column": "amount", "change": "* 1.1"}]).rebuilt == ""
    one = {
        "sheet": "Initiatives",
        "where": "initiative = initiative 0001",
        "column": "all_or_nothing",
        "change": "= yes",
    }
    with_switches = ready.edit([one])
    assert "funded" in with_switches.rebuilt
    again = ready.edit([{"sheet": "Funds", "where": "", "column": "amount", "change": "* 1.1"}])
    assert again.rebuilt == SWITCHES
    same_as_alone(again)


def test_an_edit_that_leaves_no_plan_is_told_and_gone_on_from() -> None:
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    ready = ReadyCase(case)
    share = {
        "sheet": "Rules",
        "where": "rule = Victim services",
        "column": "at_least",
    }  # of themes none gets over a fifth
    none = ready.edit([{**share, "change": "= 0.9"}])
    assert (none.status, none.value, dict(none.tables)) == ("infeasible", None, {})
    back = ready.edit([{**share, "change": "= 0.02"}])
    assert back.rebuilt == ""
    same_as_alone(back)


def test_a_program_with_more_limits_begins_where_the_one_before_ended() -> None:
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    model = Program.of(case).model
    basis = solve(model).basis
    assert basis is not None
    again = carried(basis, model, model)
    assert again is not None
    assert np.array_equal(again.columns, basis.columns)
    assert np.array_equal(again.rows, basis.rows)
    capped = {"sheet": "Initiatives", "where": "initiative = initiative 0003", "column": "maximum", "change": "= 50000"}
    other = Program.of(apply_changes(case, [capped])).model
    more = carried(basis, model, other)
    assert more is not None
    assert len(more.rows) == len(basis.rows) + 1
    assert solve(other, basis=more).stages[0].best == pytest.approx(solve(other).stages[0].best, rel=OPTIMAL_GAP)
    fewer = replace(model, rows=other.rows, row_lower=other.row_lower)
    assert carried(more, fewer, model) is not None, "a slack may fall away"
