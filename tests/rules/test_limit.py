"""limit: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.small import awards, blocks, case_of, compliance, nearly, only_fault, said, solved

OUTCOMES = [{"initiative": i, "outcome": "cases", "at_full": n} for i, n in (("A", 10), ("B", 4), ("C", 2))]
CURVED: dict[str, Any] = {
    "Outcomes": [{"initiative": "A", "outcome": "cases", "at_full": 10, "curve": "early"}],
    "Curves": [{"curve": "early", "level": x, "achieved": y} for x, y in ((0, 0), (0.5, 0.8), (1, 1))],
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"at_most": 700}, [("at_most", ("",), [700], [1])]),
        ({"at_least": 0.1, "at_most": 0.5, "of": "amount"}, [("at_least", ("",), [0.1], [1500]), ("at_most", ("",), [0.5], [1500])]),
        ({"where": "fund = Own", "at_most": 1, "of": "amount"}, [("at_most", ("",), [1], [500])]),
        ({"per": "fund", "at_most": 0.5, "of": "amount"}, [("at_most", ("Grant", "Own"), [0.5, 0.5], [1000, 500])]),
        ({"per": "agency", "at_most": 2, "of": "contribution"}, [("at_most", ("Health", "Police"), [2, 2], [500, 0])]),
        ({"per": "theme", "at_most": 1, "of": "baseline"}, [("at_most", ("guns", "training"), [1, 1], [700, 100])]),
        ({"per": "tier", "at_most": 1, "of": "request"}, [("at_most", ("A", "B", "C"), [1, 1, 1], [1000, 800, 600])]),
        ({"where": "fund = Own", "at_most": 0.5, "of": "total"}, [("at_most", ("",), [0.5], [1500])]),
        ({"measure": "staff", "at_most": 0.5, "of": "fte"}, [("at_most", ("",), [0.5], [10])]),
        ({"per": "category", "at_most": 9}, [("at_most", ("general", "personnel", "travel"), [9, 9, 9], [1, 1, 1])]),
        ({"where": "theme = guns", "at_least": 0.3, "of": "fund = Grant"}, [("at_least", ("",), [0.3], [0])]),
    ],
)  # fmt: skip
def test_translates(rule: dict[str, Any], expected: object) -> None:
    assert blocks(case_of(rule)) == expected


@pytest.mark.parametrize(
    ("rule", "impact", "award"),
    [
        ({"where": "theme = guns", "at_most": 0.5, "of": "amount"}, 2070, {"A": 750, "B": 0, "C": 600}),
        ({"where": "initiative = B", "at_least": 300}, 2220, {"A": 1000, "B": 300, "C": 200}),
        ({"where": "initiative = B", "at_least": 0.2, "of": "theme = guns"}, 2250, {"A": 1000, "B": 250, "C": 250}),
        ({"per": "initiative", "at_most": 1.5, "of": "baseline"}, 1530, {"A": 600, "B": 450, "C": 150}),
        ({"per": "agency", "at_most": 1, "of": "contribution"}, 600, {"A": 0, "B": 0, "C": 500}),
        ({"measure": "staff", "at_most": 2}, 1620, {"A": 500, "B": 0, "C": 600}),
        ({"measure": "staff", "per": "role", "at_most": 0.2, "of": "fte"}, 1620, {"A": 500, "B": 0, "C": 600}),
        ({"measure": "in kind", "at_most": 40}, 1620, {"A": 500, "B": 0, "C": 600}),
        ({"measure": "level", "where": "initiative = A", "at_most": 0.3}, 1620, {"A": 300, "B": 600, "C": 600}),
        ({"at_most": 300, "of": "staff: role = analyst"}, 2160, {"A": 1000, "B": 400, "C": 100}),
        ({"at_most": 50, "of": "staff: role = analyst"}, 0, {"A": 0, "B": 0, "C": 0}),  # 250 and 400 for each who works
        ({"where": "area = North", "at_most": 900}, 1620 + 360, {"A": 900, "B": 600, "C": 0}),
        ({"where": "category = travel", "at_most": 100}, 1800 + 480 + 60, {"A": 1000, "B": 100, "C": 400}),
    ],
)
def test_solves(rule: dict[str, Any], impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of(rule))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)
    assert all(line["kept"] for line in compliance(plan))


def test_an_outcome_can_be_required() -> None:
    plan = solved(case_of({"measure": "cases", "where": "initiative = B", "at_least": 3}, Outcomes=OUTCOMES))
    assert awards(plan) == {"A": 900, "B": 600, "C": 0}
    assert plan.impact == pytest.approx(2 * 9 + 3)


def test_a_curved_outcome_can_be_required_and_can_be_the_base_of_a_ceiling() -> None:
    plan = solved(case_of({"measure": "cases", "at_least": 8}, **CURVED), "thrift")
    assert awards(plan)["A"] == 500
    plan = solved(case_of({"where": "initiative = A", "at_most": 75, "of": "cases: initiative = A"}, **CURVED))
    assert awards(plan)["A"] == pytest.approx(642, abs=1)  # 1000 level = 75 × 10 × (0.8 + 0.4 (level − 0.5))


def test_a_soft_limit_is_broken_where_that_is_worth_it_and_shows_its_price() -> None:
    rule = {"where": "initiative = A", "at_most": 500, "hard": "no"}
    plan = solved(case_of({**rule, "penalty": 0.5}))
    assert awards(plan) == {"A": 1000, "B": 0, "C": 500}
    assert plan.objective == pytest.approx(2400 - 250)
    [line] = compliance(plan)
    assert (line["kept"], line["headroom"], line["penalty"]) == (False, -500, 250)
    plan = solved(case_of({**rule, "penalty": 0.7}))
    assert awards(plan) == {"A": 900, "B": 0, "C": 600}
    assert plan.objective == pytest.approx(900 * 1.8 + 720 - 280)


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({}, "at_least", "no number; expected at_least, at_most or both"),
        ({"measure": "cash", "at_most": 1}, "measure", "money, staff, in kind, level (the case has no outcomes)"),
        ({"measure": "staf", "at_most": 1}, "measure", "did you mean staff?"),
        ({"where": "theme guns", "at_most": 1}, "where", "column = value"),
        ({"where": "initiative = D", "at_most": 1}, "where", "a known initiative"),
        ({"where": "role = analyst", "at_most": 1}, "where", "a column of fund, agency, initiative, category, period"),
        ({"measure": "staff", "where": "fund = Own", "at_most": 1}, "where", "a column of agency"),
        ({"per": "themes", "at_most": 1}, "per", "did you mean theme?"),
        ({"per": "role", "at_most": 1}, "per", "one of fund, agency, initiative, category, period, theme, area, tier"),
        ({"at_most": 1, "of": "sum"}, "of", "column = value, or one of amount, contribution"),
        ({"at_most": 1, "of": "time: agency = Police"}, "of", "money, staff, in kind, level"),
        ({"per": "fund", "at_most": 1, "of": "staff: agency = Police"}, "of", "a measure that has fund"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault(rule)
    assert fault.cell.startswith(column)
    assert words in str(fault)


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"measure": "cases", "at_most": 3}, "at_most", "nothing, since cases follows a curve"),
        ({"measure": "cases", "at_least": 0.3, "of": "initiative = A"}, "of", "takes only at_least"),
        ({"at_least": 75, "of": "cases: initiative = A"}, "of", "give only at_most"),
    ],
)
def test_refuses_what_a_curve_cannot_bear(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault(rule, **CURVED)
    assert fault.cell.startswith(column)
    assert words in str(fault)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"where": "category = travel", "at_most": 0.1, "of": "total"},
         "Money for travel: at most 10% of the money in all funds."),
        ({"where": "area = North ; score >= 70", "at_least": 0.005, "at_most": 0.005, "of": "amount"},
         "Money on initiatives in North with a score of at least 70: exactly 0.5% of the money in all funds."),
        ({"where": "agency.area = South ; fund != Own", "at_least": 1234.5},
         "Money from funds other than Own paid to agencies in South: at least $1,234.50."),
        ({"per": "agency", "at_least": 0.2, "at_most": 1.5, "of": "contribution"},
         "Money paid to each agency: at least 20% and at most 150% of that agency's contributions."),
        ({"measure": "staff", "per": "role", "at_most": 0.5, "of": "fte", "hard": "no", "penalty": 5},
         "Staff of each role: at most 50% of the releasable staff in that role. It may be broken: each FTE over "
         "costs $5 of impact."),
        ({"at_most": 40000, "of": "staff: role = analyst"},
         "All money: at most $40,000 for each FTE·period of analysts."),
        ({"per": "theme", "where": "officers > 50", "at_most": 0.4, "of": "fund.kind = joint grant"},
         "Money paid to agencies with more than 50 officers for each theme: at most 40% of the money from joint "
         "grants for that theme."),
        ({"measure": "level", "where": "must_fund = no", "at_least": 0.000001},
         "Delivered level of initiatives not marked “must fund”, added up: at least 0.000001."),
    ],
)  # fmt: skip
def test_says(rule: dict[str, Any], sentence: str) -> None:
    assert said(case_of(rule)) == sentence
