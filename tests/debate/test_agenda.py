"""The consent agenda: prices equal fresh solves, who pays is who pays, and any choice of items keeps every hard rule."""

from __future__ import annotations

from random import Random

import pytest

from optimiser import verbs
from optimiser.analysis.debate.agenda import Agenda, Choice, agenda, choose, chosen_words
from optimiser.analysis.debate.at_play import at_play
from optimiser.case.case import Case
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan
from tests.oracle.random_cases import random_case
from tests.rules.small import checked


def laid(case: Case, margin: float = 0.05) -> tuple[Plan, Agenda]:
    plan = verbs.solve(case)
    return plan, agenda(case, plan, at_play(case, plan, margin=margin))


def with_cells(seed: int, key: str, funded: bool) -> Case:
    """The case of this seed with one initiative decided in its records, not by rows of a scenario."""
    records = random_case(seed, rules=True)
    row = next(r for r in records["Initiatives"] if r["initiative"] == key)
    row.update({"must_fund": "yes"} if funded else {"maximum": 0, "minimum": 0, "must_fund": "no"})
    return checked(records)


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", [1, 3, 6, 10])
def test_prices_equal_fresh_solves(seed: int) -> None:
    plan, found = laid(checked(random_case(seed, rules=True)))
    awards = dict(zip(plan.award["initiative"], plan.award["award"], strict=True))
    for item in found.items:
        fresh = verbs.solve(with_cells(seed, item.initiative, not item.proposed))
        if item.price is None:
            assert not fresh.has_plan
            continue
        assert fresh.objective is not None
        assert item.price == pytest.approx(found.best - fresh.objective, abs=1e-6 * max(1.0, abs(found.best)))
        then = dict(zip(fresh.award["initiative"], fresh.award["award"], strict=True))
        for shift in item.shifts:
            assert shift.money == pytest.approx(then[shift.initiative] - awards[shift.initiative], abs=0.01)
        moved = [k for k in awards if abs(then[k] - awards[k]) > 5 and k != item.initiative]  # $5: whole units
        assert {*moved} <= {s.initiative for s in item.shifts}


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", [1, 2, 6, 10, 14, 21])
def test_any_choice_keeps_every_hard_rule(seed: int) -> None:
    case = checked(random_case(seed, rules=True))
    plan, found = laid(case)
    dice = Random(seed)
    for _ in range(4):
        flips = {i.initiative: not i.proposed for i in found.items if dice.random() < 0.4}
        made = choose(case, plan, found, flips)
        if made.plan is None:
            assert made.problem
            continue
        assert verbs.verify(made.plan) == []
        state = dict(zip(made.plan.award["initiative"], made.plan.award["state"], strict=True))
        for key, funded in flips.items():
            assert (state[key] != NOT_FUNDED) == funded
        assert made.price is not None
        assert made.price >= -1e-6 * max(1.0, abs(found.best)), "no choice is better than the best"


def small() -> Case:
    return checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "Pool", "amount": 1000}],
        "Initiatives": [
            {"initiative": "lab", "name": "Lab", "lead": "A", "request": 600, "priority": 9},
            {"initiative": "van", "name": "Van", "lead": "A", "request": 400, "priority": 2.01},
            {"initiative": "desk", "name": "Desk", "lead": "A", "request": 400, "priority": 2},
            {"initiative": "shut", "name": "Shut", "lead": "A", "request": 400, "maximum": 0},
        ],
    })  # fmt: skip


def test_what_is_said() -> None:
    case = small()
    plan, found = laid(case, margin=0.01)
    assert found.core == ("lab",)
    assert [found.sentence(i) for i in found.items] == [
        "Without Van: −$4 of weighted delivery; Desk gains most, +$400.",
        "With Desk in full: −$4 of weighted delivery; Van loses most, −$400.",
    ]
    flips = {"desk": True}
    made: Choice = choose(case, plan, found, flips)
    assert chosen_words(found, made, flips) == [
        "Chosen: Desk in. $1,000, −$4 of weighted delivery, every hard rule kept.",
        "Paid by Van −$400.",
        "Van falls out with it, though proposed; to hold it, choose it too.",
    ]
    assert chosen_words(found, choose(case, plan, found, {}), {})[0].startswith("Chosen: all as proposed.")
    impossible = choose(case, plan, found, {"desk": True, "van": True, "lab": False})
    assert impossible.plan is not None
    both = choose(case, plan, found, {"desk": True, "van": True})
    assert both.plan is not None
    assert both.core == ()
    assert both.price == pytest.approx(9 * 600 + 2.01 * 400 - 9 * 200 - 4.01 * 400)
