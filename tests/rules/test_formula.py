"""formula: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from optimiser.case.table import Table
from optimiser.model.rules import RuleError
from optimiser.model.rules.shares import _OPTION, CLAUSES
from tests.rules.small import awards, blocks, case_of, divided, nearly, only_fault, received, said, solved

BY_BASELINE = {"kind": "formula", "per": "initiative", "of": "baseline"}
"""Shares of A, B and C: 50%, 37.5% and 12.5%."""


def shares(of: str, per: str = "initiative", **rule: Any) -> list[float]:
    """Shares of the members by this formula."""
    return [round(s, 9) for s in blocks(case_of({"kind": "formula", "per": per, "of": of, **rule}))[0][2]]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("baseline", [0.5, 0.375, 0.125]),
        ("3 baseline", [0.5, 0.375, 0.125]),
        ("50% baseline + 50% request", [(0.5 + 10 / 24) / 2, (0.375 + 8 / 24) / 2, (0.125 + 6 / 24) / 2]),
        ("1 * baseline + 3*request", [0.5 / 4 + 30 / 96, 0.375 / 4 + 24 / 96, 0.125 / 4 + 18 / 96]),
        ('"initiative.baseline"', [0.5, 0.375, 0.125]),
        # every member gets 20%; A and B, whose plain share is at least that, split the other 40% as 4 to 3
        ("baseline; base 20%", [0.2 + 0.4 * 4 / 7, 0.2 + 0.4 * 3 / 7, 0.2]),
        ("baseline; base 10%", [0.1 + 0.7 * 0.5, 0.1 + 0.7 * 0.375, 0.1 + 0.7 * 0.125]),
        # C is lifted to 30%; A and B share 70% as 4 to 3: 40% and 30%
        ("baseline; floor 30%", [0.4, 0.3, 0.3]),
        # A is cut to 40%; B and C share 60% as 3 to 1: B has 45% and is cut, C gets the rest
        ("baseline; cap 40%", [0.4, 0.4, 0.2]),
        ("baseline; cap 30%", [0.3, 0.3, 0.3]),
        ("baseline; cap request", [0.5, 0.375, 0.125]),
        # of 1500: C has 187.5, below 200: it goes to B, or is shared again as 4 to 3
        ("baseline; small 200 to B", [0.5, 0.5, 0]),
        ("baseline; small 200", [4 / 7, 3 / 7, 0]),
        ("baseline; small 100", [0.5, 0.375, 0.125]),
        # by request A has 625 and B 500 of 1500, both below 180% of last year; C gets what is left
        ("request; hold 180%", [720 / 1500, 540 / 1500, 240 / 1500]),
        ("baseline; cap 40%; floor 25%", [0.375, 0.375, 0.25]),
        # of 1500 each first gets 300, and all split the other 600
        ("baseline; first 300", [0.2 + 0.4 * 0.5, 0.2 + 0.4 * 0.375, 0.2 + 0.4 * 0.125]),
        ("baseline; first 20%", [0.2 + 0.4 * 0.5, 0.2 + 0.4 * 0.375, 0.2 + 0.4 * 0.125]),
        # C's plain share of 187.50 does not reach 300
        ("baseline; base 300", [0.2 + 0.4 * 4 / 7, 0.2 + 0.4 * 3 / 7, 0.2]),
        ("baseline; floor 450", [0.4, 0.3, 0.3]),
        ("baseline; cap 600", [0.4, 0.4, 0.2]),
        # each first gets its baseline, 800 in all; of the other 700 all get their shares
        ("request; first baseline", [(400 + 700 * 10 / 24) / 1500, (300 + 700 * 8 / 24) / 1500, (100 + 700 * 6 / 24) / 1500]),
    ],
)  # fmt: skip
def test_shares(of: str, expected: list[float]) -> None:
    assert shares(of) == [round(s, 9) for s in expected]


def test_members_and_their_attributes() -> None:
    assert shares("officers", "agency") == [0.4, 0.6]
    assert shares("officers", "agency", where="agency = Police") == [1]
    assert shares("population", "area") == [0.6, 0.1, 0.3]  # North, Old Town, South: without the areas inside
    assert shares("amount", "fund") == [round(2 / 3, 9), round(1 / 3, 9)]
    assert shares("score", "agency", where="fund = Grant ; theme = guns") == [round(50 / 130, 9), round(80 / 130, 9)]


def test_translates_to_shares_of_the_money() -> None:
    case = case_of({**BY_BASELINE, "at_least": 0.2, "at_most": 0.1})
    least, most = blocks(case)
    assert least == ("at_least", ("A", "B", "C"), pytest.approx([0.4, 0.3, 0.1]), [0, 0, 0])
    assert most == ("at_most", ("A", "B", "C"), pytest.approx([0.55, 0.4125, 0.1375]), [0, 0, 0])


def test_solves() -> None:
    plan = solved(case_of(BY_BASELINE))
    assert plan.impact == pytest.approx(1350 + 337.5 + 225)
    assert awards(plan)["A"] == 750
    assert awards(plan)["B"] in (562, 563)
    plan = solved(case_of({**BY_BASELINE, "at_least": 0.2, "at_most": 0.2}))
    assert awards(plan) == nearly({"A": 900, "B": 450, "C": 150})
    assert plan.impact == pytest.approx(2070)


def test_one_fund_by_agency() -> None:
    case = case_of({"kind": "formula", "where": "fund = Grant", "per": "agency", "of": "spending"}, Contributions=[])
    plan = solved(case)  # Police 5 to Health 9: 1000 × 5 / 14, and no other money
    assert received(plan)["Police"] == pytest.approx(357, abs=1)
    assert received(plan)["Health"] == pytest.approx(643, abs=1)


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"per": ""}, "per", "nothing; expected one of agency, initiative, area, fund"),
        ({"per": "theme"}, "per", "one of agency, initiative, area, fund"),
        ({"of": ""}, "of", "a weighted sum of attributes"),
        ({"of": "0.5.1 baseline"}, "of", "a weight and an attribute"),
        ({"of": "baseline + "}, "of", "a weight and an attribute"),
        ({"of": "0 baseline"}, "of", "weights above 0"),
        ({"of": "baselin"}, "of", "did you mean baseline?"),
        ({"of": "population"}, "of", "a column of numbers of Initiatives"),
        ({"of": "minimum"}, "of", "a number above 0 among the members"),
        ({"of": "baseline; ceiling 5%"}, "of", "small or hold with a number"),
        ({"of": "baseline; floor much"}, "of", "a column of numbers of Initiatives"),
        ({"of": "baseline; hold much"}, "of", "small or hold with a number"),
        ({"of": "baseline; first 600"}, "of", "bases that together are at most 1,500"),
        ({"of": "baseline; first request"}, "of", "bases that together are at most 1,500"),
        ({"of": "baseline; base 40%"}, "of", "lower it to 33.333333%"),
        ({"of": "baseline; floor 40%"}, "of", "lower floor or hold"),
        ({"of": "baseline; small 200 to D"}, "of", "a member of `per` that `where` selects"),
        (
            {"of": "baseline; small 200 to B", "where": "initiative != B"},
            "of",
            "a member of `per` that `where` selects",
        ),
        ({"of": "baseline; small 5000"}, "of", "at least one larger award"),
        ({"at_least": 1.5}, "at_least", "0 to 1"),
        ({"at_most": -0.1}, "at_most", "0 or more"),
        ({"measure": "staff"}, "measure", "the kind formula does not read it"),
        ({"where": "role = analyst"}, "where", "a column of fund"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({**BY_BASELINE, **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_a_negative_attribute_is_refused() -> None:
    areas = [{"area": a, "change": n} for a, n in (("North", 5), ("Old Town", -1), ("South", 3))]
    fault = only_fault({"kind": "formula", "per": "area", "of": "change"}, Areas=areas)
    assert "never negative" in str(fault)


def test_says() -> None:
    rule = {"kind": "formula", "where": "fund = Grant", "per": "area"}
    of = "0.5 population + 0.5 violent_crime; base 0.25%; floor 1%; cap 50%; small 10 to South"
    assert said(case_of({**rule, "of": of, "at_least": 0.1, "at_most": 0.2})) == (
        "Money from Grant: split over areas by 50% population and 50% violent crime; each first gets 0.25% of the"
        " total, and those whose plain share is at least that split the rest; none gets less than 1% of the "
        "total; none gets more than 50% of the total; awards below $10 go to South; each may get up to 10% less "
        "and up to 20% more."
    )
    assert "; none gets less than $125; " in said(case_of({**rule, "of": "population; floor 125; cap 90%"}))
    of = "officers; cap spending; hold 90%; small 5"
    assert said(case_of({"kind": "formula", "per": "agency", "of": of, "hard": "no", "penalty": 2})) == (
        "All money: split over agencies by officers; none gets more than its spending; none gets less than 90% of last year; "
        "awards below $5 are shared again among the others. It may be broken: each $1 short or over costs $2 of impact."
    )


# -- against plain code -------------------------------------------------------------------------------------------------


def plainly(weights: list[float], total: float, options: list[tuple[str, list[float]]]) -> list[float] | None:
    """The awards by exact arithmetic on lists; None where the least awards are more than the total. options: (clause,
    amount of money for each member)."""
    share = [Fraction(w) / sum(map(Fraction, weights)) for w in weights]
    award = [s * Fraction(total) for s in share]
    for name, written in options:
        amount = list(map(Fraction, written))
        if name in ("base", "first"):
            rest = Fraction(total) - sum(amount)
            mine = [name == "first" or s * Fraction(total) >= a for s, a in zip(share, amount, strict=True)]
            if rest < 0 or not any(mine):
                return None
            splits = sum(s for s, m in zip(share, mine, strict=True) if m)
            award = [a + (s / splits * rest if m else 0) for a, s, m in zip(amount, share, mine, strict=True)]
            continue
        fixed: dict[int, Fraction] = {}
        while True:
            out = [
                k for k, a in enumerate(award)
                if k not in fixed and (a > amount[k] if name == "cap" else a < amount[k])
            ]  # fmt: skip
            if not out:
                break
            whole = sum(award)
            fixed |= {k: amount[k] for k in out}
            rest, shared = whole - sum(fixed.values()), sum(a for k, a in enumerate(award) if k not in fixed)  # type: ignore[assignment]
            if rest < 0:
                return None
            award = [fixed.get(k, a * rest / shared if shared else Fraction(0)) for k, a in enumerate(award)]
    return [float(a) for a in award]


@pytest.mark.parametrize("seed", range(200))
def test_clauses_in_money_shares_and_columns_agree_with_plain_code(seed: int) -> None:
    dice = random.Random(seed)
    count, total = dice.randint(2, 8), float(dice.choice([1000, 12345, 9999999]))
    columns = {c: [float(dice.randint(1, 999)) for _ in range(count)] for c in ("people", "least", "asks")}
    columns["asks"] = [a * total / 900 for a in columns["asks"]]
    columns["least"] = [float(a if dice.random() < 0.5 else 0) * total / 4000 / count for a in columns["least"]]
    text, options = "people", []
    for name in dice.sample(["base", "first", "floor", "cap"], dice.randint(1, 3)):
        how = dice.choice(["money", "share", "column"])
        part = dice.randint(1, 90) / 100 / (1 if name == "cap" else count)
        amounts = [part * total] * count
        written = f"{part * total:.6f}" if how == "money" and part * total > 1 else f"{part * 100:.8f}%"
        amounts = [float(written[:-1]) / 100 * total if written.endswith("%") else float(written)] * count
        if how == "column":
            written, amounts = ("asks", columns["asks"]) if name == "cap" else ("least", columns["least"])
        text += f"; {name} {written}"
        options.append((name, amounts))
    expected = plainly(columns["people"], total, options)
    members = [f"m{k}" for k in range(count)]
    table = Table.of(
        "Members", ("member", *columns), [[m, *(columns[c][k] for c in columns)] for k, m in enumerate(members)]
    )
    if expected is None:
        with pytest.raises(RuleError):
            divided(table, text, total)
    else:
        *_, made = divided(table, text, total).values()
        assert made == pytest.approx(expected, rel=1e-6, abs=1e-6 * total)


def test_every_clause_that_the_form_offers_is_one() -> None:
    """And each word of the grammar is offered."""
    for clause, does in CLAUSES:
        assert _OPTION.fullmatch(clause), clause
        assert does
    assert {clause.split()[0] for clause, _ in CLAUSES} == {"base", "first", "floor", "cap", "hold", "small"}
