"""An amount beside the share of a limit: the greater, the lesser, and a set-aside that yields; against enumeration."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.limits.demands import every
from optimiser.analysis.limits.ground import Ground
from optimiser.analysis.reasons.repair import repairs
from optimiser.model.program import Program
from optimiser.model.rules import compile_rules
from tests.rules.small import Records, awards, blocks, case_of, checked, compliance, only_fault, said, solved

GUNS = {"where": "theme = guns"}
TRAINING = {"where": "theme = training", "at_least": 0.5, "of": "amount; lesser request"}


def limit_of(rule: dict[str, Any], **sheets: list[dict[str, Any]]) -> list[float]:
    """The limits of the rule in money."""
    _, _, share, constant = blocks(case_of(rule, **sheets))[0]
    return [s * c for s, c in zip(share, constant, strict=True)]


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        ({**GUNS, "at_most": 0.05, "of": "amount; greater 700"}, 700),
        ({**GUNS, "at_most": 0.6, "of": "amount; greater 700"}, 900),
        ({**GUNS, "at_most": 0.6, "of": "amount ;lesser 700"}, 700),
        ({**GUNS, "at_most": 0.05, "of": "amount; LESSER  1,000"}, 75),
        ({**GUNS, "at_least": 0.05, "of": "request; greater 100"}, 100),
        ({**GUNS, "at_least": 0.05, "of": "baseline; lesser 100"}, 35),
        (TRAINING, 600),
        ({**TRAINING, "at_least": 0.2}, 300),
        ({**TRAINING, "where": "theme = training ; agency = Police"}, 300),  # Police delivers at most half of C
        ({**TRAINING, "where": "theme = training ; category = travel"}, 150),
    ],
)
def test_the_limit(rule: dict[str, Any], limit: float) -> None:
    assert limit_of(rule) == [pytest.approx(limit, rel=1e-12)]


def test_the_amount_itself_keeps_the_limit() -> None:
    plan = solved(case_of({**GUNS, "at_most": 0.05, "of": "amount; greater 701"}))
    assert awards(plan)["A"] == 701
    [line] = compliance(plan)
    assert line["required"] == pytest.approx(701 / 1500)
    assert line["kept"]


def test_each_member_yields_by_itself() -> None:
    rule = {"per": "theme", "at_least": 0.5, "of": "amount; lesser request"}
    assert limit_of(rule) == [pytest.approx(750), pytest.approx(600)]


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"at_most": 0.1, "of": "theme = guns; greater 700"}, "of", "nothing beside this base"),
        ({"kind": "formula", "per": "agency", "of": "officers; greater 5"}, "of", "only a limit"),
        ({"at_most": 0.1, "measure": "staff", "of": "fte; greater 7"}, "of", "nothing beside this base"),
        ({"at_most": 0.1, "of": "amount; greater much"}, "of", "an amount of money, or request"),
        ({"at_most": 0.1, "of": "amount; lesser request"}, "of", "at_least alone"),
        ({"at_least": 0.1, "of": "amount; greater request"}, "of", "at_least alone"),
        ({"at_least": 0.1, "per": "category", "of": "amount; lesser request"}, "per", "what asks for money"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault(rule)
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says_by_how_much_it_yields() -> None:
    assert said(case_of({**GUNS, "at_most": 0.05, "of": "amount; greater 55000"})) == (
        "Money on initiatives of the theme guns: at most 5% of the money in all funds, or $55,000, whichever is more."
    )
    assert said(case_of({**GUNS, "at_most": 0.05, "of": "amount; greater 0"})).endswith(
        "at most 5% of the money in all funds."
    )
    twice = case_of({"where": "fund = Grant | grant | Own", "at_most": 0.5, "of": "amount"})
    assert said(twice) == "Money from Grant and Own together: at most 50% of the amounts of those funds."
    assert said(case_of({"where": "fund = Grant | GRANT", "at_most": 0.5, "of": "amount"})).startswith(
        "Money from Grant: "
    )
    assert said(case_of(TRAINING)) == (
        "Money on initiatives of the theme training: at least 50% of the money in all funds, or all that those it is for can "
        "take, where that is less: here $600, which is $150 less than the share."
    )
    assert said(case_of({**TRAINING, "at_least": 0.2})).endswith("where that is less.")


def test_a_repair_moves_the_share_where_that_helps_and_else_drops_the_rule() -> None:
    floor = {"rule": "floor", "where": "initiative = A", "at_least": 900}
    for of, words in (("amount; greater 100", "at most 60%"), ("amount; lesser 100", "Drop the rule cap")):
        cap = {"rule": "cap", **GUNS, "at_most": 0.05, "of": of, "set_by": "award"}
        found = repairs(case_of(cap, {**floor, "set_by": "statute"}))
        assert any(words in one.sentence for one in found), (of, [one.sentence for one in found])


@pytest.mark.parametrize(
    ("rule", "now", "looser"),
    [
        ({**GUNS, "at_most": 0.05, "of": "amount; greater 700"}, 700, 750),
        ({**GUNS, "at_most": 0.5, "of": "amount; greater 100"}, 750, 800),
        ({**GUNS, "at_least": 0.5, "of": "amount; lesser 700"}, 700, 650),
        (TRAINING, 600, 550),
        ({**GUNS, "at_most": 0.6, "of": "amount; lesser 700"}, 700, None),
        ({**GUNS, "at_least": 0.05, "of": "amount; greater 100"}, 100, None),
    ],
)
def test_a_price_says_which_amount_loosens_the_limit(rule: dict[str, Any], now: float, looser: float | None) -> None:
    """Only where the amount alone does: beside an upper limit the greater, beside a lower one the lesser."""
    case = case_of(rule)
    on = Ground(case, case.facts, compile_rules(case.facts), Program.of(case).model)
    [lever] = [one for limit in every(on) for one in limit.levers() if one.rule == "r1"]
    assert limit_of(rule) == [pytest.approx(now)]
    assert bool(lever.write) == (looser is not None)
    if lever.write is not None:
        [moved] = lever.changes(50.0)
        assert limit_of({**rule, moved["column"]: moved["change"].removeprefix("= ")}) == [pytest.approx(looser)]
        [written] = lever.write(50.0).rows
        [whole] = limit_of({**rule, written["column"]: written["change"].removeprefix("= ")})
        assert abs(whole - now) >= 50 - 1e-9


@pytest.mark.parametrize(
    ("rule", "members", "most"),
    [
        ({"at_most": 0.05, "of": "request; greater 100"}, "ABC", None),
        ({"at_most": 0.2, "of": "request; greater 150"}, "C", 10.0),
        ({"at_least": 0.2, "of": "request; lesser 150"}, "AB", 30.0),
        ({"at_least": 0.2, "of": "request; lesser request"}, "", None),
        ({"at_most": 0.2, "of": "request; lesser 150"}, "", None),
    ],
)
def test_the_amount_of_a_rule_that_is_repeated_is_a_lever_for_all_whom_it_decides(
    rule: dict[str, Any], members: str, most: float | None
) -> None:
    """As far as the others' shares stay apart from it; the written change moves those limits, and no other."""
    rule = {"per": "initiative", **rule}
    case = case_of(rule)
    on = Ground(case, case.facts, compile_rules(case.facts), Program.of(case).model)
    levers = [one for limit in every(on) for one in limit.levers() if one.rule == "r1"]
    assert len([one for one in levers if one.member]) == 3
    for_all = [one for one in levers if not one.member]
    assert len(for_all) == bool(members)
    for lever in for_all:
        assert "amount beside the share" in lever.name
        assert most is None or lever.most == pytest.approx(most)
        [moved] = lever.changes(5.0)
        before, after = limit_of(rule), limit_of({**rule, moved["column"]: moved["change"].removeprefix("= ")})
        by = [0.0] * 3
        for row, step in zip(
            (lever.direction.rows - on.rows_of_rule(0)[0]).tolist(), lever.direction.upper.tolist(), strict=True
        ):
            by[row] = 5.0 * step
        assert after == pytest.approx([old + d for old, d in zip(before, by, strict=True)])
        assert "".join(i for i, d in zip("ABC", by, strict=True) if d) == members


def random_set_aside(seed: int) -> tuple[Records, list[tuple[float, float, bool]], float, float, float]:
    """A case of indivisible initiatives and a set-aside that yields: records, (request, worth, whether it is for it)."""
    dice = random.Random(seed)
    made = [
        (float(dice.randint(5, 60)), float(dice.randint(1, 9)), dice.random() < 0.4) for _ in range(dice.randint(2, 7))
    ]
    money, share = float(dice.randint(40, 160)), dice.choice([0.1, 0.25, 0.4, 0.8])
    floor = share * money
    records: Records = {
        "Agencies": [{"agency": "One"}],
        "Funds": [{"fund": "Pot", "amount": money}],
        "Initiatives": [
            {"initiative": f"i{k}", "theme": "rare" if mine else "other", "request": request, "priority": worth, "all_or_nothing": "yes"}
            for k, (request, worth, mine) in enumerate(made)
        ],
        "Rules": [{"rule": "set-aside", "where": "theme = rare", "at_least": share, "of": "amount; lesser request"}],
    }  # fmt: skip
    if not any(mine for _, _, mine in made):
        records["Initiatives"].append({"initiative": "none", "theme": "rare", "request": 0})
    return records, made, money, floor, share


@pytest.mark.first(20)
@pytest.mark.parametrize("seed", range(100))
def test_yields_agree_with_enumeration(seed: int) -> None:
    records, made, money, floor, _ = random_set_aside(seed)
    asked = sum(request for request, _, mine in made if mine)
    best = None
    for chosen in product((0, 1), repeat=len(made)):
        spent = sum(c * request for c, (request, _, _) in zip(chosen, made, strict=True))
        rare = sum(c * request for c, (request, _, mine) in zip(chosen, made, strict=True) if mine)
        if spent <= money and rare >= min(floor, asked) - 1e-9:
            worth = sum(c * request * w for c, (request, w, _) in zip(chosen, made, strict=True))
            best = worth if best is None else max(best, worth)
    plan = verbs.solve(checked(records))
    if best is None:
        assert plan.status == "infeasible"
        return
    assert plan.objective == pytest.approx(best)
    assert verbs.verify(plan) == []
