"""Each kind of rule of the oracle, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.plain_case import Records, read
from tests.oracle.plain_formula import awards
from tests.oracle.tiny_cases import NEED, QUARTERS, TWO, Row, best, initiative, staffed, tiny


def test_limit_as_a_share_of_a_constant_and_of_a_selection() -> None:
    costs = [{"initiative": "I", "category": c, "share": 0.5} for c in ("travel", "equipment")]
    cap = {"rule": "r", "where": "category = travel", "at_most": 0.3, "of": "total"}
    assert best(tiny(Costs=costs, Rules=[cap])) == pytest.approx(60)  # travel <= 30
    # J's money <= half of all money: as much as I's.
    share = {"rule": "r", "where": "initiative = J", "at_most": 0.5, "of": "score >= 0"}
    both = [initiative("I", request=30.0), initiative("J", priority=2.0)]
    assert best(tiny(Initiatives=both, Rules=[share])) == pytest.approx(30 + 2 * 30)


def test_where_narrows_the_left_side_only_and_per_both() -> None:
    agencies = [{"agency": "A"}, {"agency": "B"}]
    both = [initiative("I"), {"initiative": "J", "lead": "B", "request": 100.0}]
    costs = [{"initiative": i, "category": c, "share": 0.5} for i in "IJ" for c in ("travel", "equipment")]
    rule = {"rule": "r", "where": "category = travel", "at_most": 0.25, "of": "category = travel | equipment"}
    funds = [{"fund": "F", "amount": 300.0}]
    assert best(tiny(Agencies=agencies, Funds=funds, Initiatives=both, Costs=costs, Rules=[rule])) == pytest.approx(0)
    # Per agency, A's travel against A's money: A is 50% travel (nothing), B none (100).
    costs = [r for r in costs if r["initiative"] == "I"]
    case = tiny(Agencies=agencies, Funds=funds, Initiatives=both, Costs=costs, Rules=[{**rule, "of": "score >= 0"}])
    assert best(case) == pytest.approx(100 + 100)  # together 50 of 200
    case["Rules"][0]["per"] = "agency"
    assert best(case) == pytest.approx(100)


def test_bases_of_the_case() -> None:
    paid = [{"agency": "A", "fund": "F", "amount": 20.0}]
    of = {"rule": "r", "per": "agency", "at_most": 1.5}
    assert best(tiny(Contributions=paid, Rules=[{**of, "of": "contribution"}])) == pytest.approx(30)
    assert (
        best(tiny(Initiatives=[initiative(baseline=40.0)], Rules=[{"rule": "r", "at_most": 1.1, "of": "baseline"}]))
        == 44
    )
    # 1.5 of 4 x 0.5 releasable FTE in two periods: fte is 4; 25% of it is 1 FTE-period, of 2 x 2 per unit of level.
    staff = {"rule": "r", "measure": "staff", "at_most": 0.25, "of": "fte"}
    case = tiny(Periods=QUARTERS[:2], Staff=[staffed(4.0, releasable=0.5)], Needs=NEED, Rules=[staff])
    assert best(case) == pytest.approx(25)
    # Another measure: money for each FTE-period, of which 2 are needed for the whole 100: 50 for each, or nothing.
    for most, found in ((50.0, 100), (40.0, 0)):
        per_head = {"rule": "r", "at_most": most, "of": "staff: role = analyst"}
        assert best(tiny(Staff=[staffed(2.0)], Needs=NEED, Rules=[per_head])) == pytest.approx(found)


def test_limits_on_people_levels_and_outcomes() -> None:
    posted = tiny(Staff=[staffed(2.0, cost_per_fte=5.0)], Needs=NEED)
    assert best({**posted, "Rules": [{"rule": "r", "measure": "staff", "at_most": 1.0}]}) == pytest.approx(50)
    assert best({**posted, "Rules": [{"rule": "r", "measure": "in kind", "at_most": 4.0}]}) == pytest.approx(40)
    assert best({**posted, "Rules": [{"rule": "r", "measure": "level", "at_most": 0.3}]}) == pytest.approx(30)
    harm = [
        {"initiative": "I", "outcome": "lives", "at_full": 9.0},
        {"initiative": "I", "outcome": "harm", "at_full": -4.0},
    ]
    assert best(tiny(Outcomes=harm, Rules=[{"rule": "r", "measure": "harm", "at_least": -1.0}])) == pytest.approx(5 / 4)


def test_a_substitute_counts_as_the_role_that_it_is() -> None:
    staff = [{"agency": "A", "role": "officer", "fte": 9.0}]
    others = [{"role": "officer", "can_do": "analyst", "rate": 0.5}]
    rule: Row = {"rule": "r", "measure": "staff", "where": "role = officer", "at_most": 1.0}
    # One officer's FTE is half an analyst's, of 2 needed.
    case = tiny(Staff=staff, Needs=NEED, Substitutes=others, Rules=[rule])
    assert best(case) == pytest.approx(25)
    case["Rules"] = [{**rule, "where": "role = analyst"}]
    assert best(case) == pytest.approx(100)


def test_per_area_is_without_the_areas_inside() -> None:
    areas = [{"area": "north"}, {"area": "hill", "parent": "north"}]
    both = [initiative("I", area="north"), initiative("J", area="hill")]
    funds = [{"fund": "F", "amount": 200.0}]
    rule: Row = {"rule": "r", "at_most": 60.0}
    assert best(tiny(Funds=funds, Areas=areas, Initiatives=both, Rules=[{**rule, "per": "area"}])) == pytest.approx(120)
    assert best(
        tiny(Funds=funds, Areas=areas, Initiatives=both, Rules=[{**rule, "where": "area = north"}])
    ) == pytest.approx(60)


def test_must_fund_is_funded_even_where_only_hires_are_paid() -> None:
    # In the plan J's minimum could be hires at level 0; it counts as funded all the same, and one of two is one too many.
    staff = [staffed(0.0, hire_max=1.0, hire_cost=50.0)]
    needs = [{"initiative": "J", "role": "analyst", "fte": 1.0}]
    both = [initiative("I", priority=2.0), initiative("J", must_fund="yes", minimum=20.0)]
    count = {"rule": "r", "kind": "count", "at_most": 1.0}
    case = tiny(Initiatives=both, Staff=staff, Needs=needs, Rules=[count])
    assert best(case) == pytest.approx(100 * 100 / 150)  # all of it to J: 100 and 50 for hires at full scope


def test_a_soft_rule_costs_its_penalty() -> None:
    soft: Row = {"rule": "r", "at_most": 40.0, "hard": "no"}
    assert best(tiny(Rules=[{**soft, "penalty": 0.25}])) == pytest.approx(100 - 0.25 * 60)
    assert best(tiny(Rules=[{**soft, "penalty": 1.25}])) == pytest.approx(40)


def test_average_is_weighted_by_money() -> None:
    both = [initiative("I", score=80.0), initiative("J", score=40.0)]
    funds = [{"fund": "F", "amount": 200.0}]
    # (80 x 100 + 40 y) / (100 + y) >= 70: y = 100 / 3
    case = tiny(Funds=funds, Initiatives=both, Rules=[{"rule": "r", "kind": "average", "at_least": 70.0}])
    assert best(case) == pytest.approx(80 + 0.4 * 100 / 3)


def test_count_excludes_requires() -> None:
    funds = [{"fund": "F", "amount": 200.0}]
    count = {"rule": "r", "kind": "count", "at_most": 1.0}
    assert best(tiny(Funds=funds, Initiatives=TWO, Rules=[count])) == pytest.approx(200)
    # With at least two funded and money for one, the worse gets its hundredth.
    count = {"rule": "r", "kind": "count", "at_least": 2.0}
    assert best(tiny(Initiatives=TWO, Rules=[count])) == pytest.approx(2 * 99 + 1)
    either = {"rule": "r", "kind": "excludes", "where": "initiative = I | J"}
    assert best(tiny(Funds=funds, Initiatives=TWO, Rules=[either])) == pytest.approx(200)
    needs = {"rule": "r", "kind": "requires", "where": "initiative = I", "of": "initiative = J"}
    assert best(tiny(Initiatives=TWO, Rules=[needs])) == pytest.approx(2 * 99 + 1)
    assert best(tiny(Initiatives=TWO, Rules=[{**needs, "at_least": 0.4}])) == pytest.approx(2 * 60 + 40)
    soft = {**count, "hard": "no", "penalty": 0.6}
    assert best(tiny(Initiatives=TWO, Rules=[soft])) == pytest.approx(200 - 0.6)


def split(kind: str, of: str, **cells: Any) -> Records:
    agencies = [{"agency": "A", "weight": 1.0, "score": 50.0}, {"agency": "B", "weight": 3.0}]
    both = [initiative("I"), {"initiative": "J", "lead": "B", "request": 30.0}]
    return tiny(
        Agencies=agencies, Initiatives=both, Rules=[{"rule": "r", "kind": kind, "of": of, "per": "agency", **cells}]
    )


def test_formula_splits_what_is_spent() -> None:
    # B can take 30, which is three quarters: 40 in all.
    assert best(split("formula", "weight")) == pytest.approx(40)
    # A may have twice its quarter: A <= 0.5 (A + 30).
    assert best(split("formula", "weight", at_most=1.0, at_least=1.0)) == pytest.approx(60)


def test_earned_leaves_the_rest_unspent() -> None:
    # A: a quarter of 100, of which 50% is earned; B: 75, but only 30 are asked for.
    assert best(split("earned", "weight")) == pytest.approx(12.5 + 30)


def test_awards_of_a_formula() -> None:
    def shared(of: str, *weights: float, **columns: list[float]) -> list[float]:
        agencies = [{"agency": f"a{n}", "w": w, **{c: v[n] for c, v in columns.items()}} for n, w in enumerate(weights)]
        rule: Row = {"rule": "r", "kind": "formula", "of": of, "per": "agency"}
        case = read(tiny(Agencies=agencies, Initiatives=[initiative(lead="a0")], Rules=[rule]))
        return [round(x, 9) for x in awards(case, case.rules[0], list(case.agencies), 1000.0).values()]

    assert shared("w", 1, 4, 5) == [100, 400, 500]
    assert shared("3 w + 1 v", 1, 1, v=[1.0, 3.0]) == [437.5, 562.5]
    # Everyone gets 200; the rest of 400 goes by plain share to the two that have at least 20%.
    assert shared("w; base 20%", 1, 4, 5) == [200, round(200 + 400 * 4 / 9, 9), round(200 + 400 * 5 / 9, 9)]
    # The first is lifted to 150; the others share 850.
    assert shared("w; floor 15%", 1, 4, 5) == [150, round(850 * 4 / 9, 9), round(850 * 5 / 9, 9)]
    # Lifting the first to 200 pushes the second below 200, too.
    assert shared("w; floor 20%", 10, 21, 69) == [200, 200, 600]
    assert shared("w; cap 45%", 1, 4, 5) == [110, 440, 450]
    assert shared("w; cap limit", 1, 4, 5, limit=[999.0, 999.0, 300.0]) == [140, 560, 300]
    assert shared("w; small 150", 1, 4, 5) == [0, round(1000 * 4 / 9, 9), round(1000 * 5 / 9, 9)]
    assert shared("w; small 150 to a2", 1, 4, 5) == [0, 400, 600]
