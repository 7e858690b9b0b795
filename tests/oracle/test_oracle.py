"""The oracle itself: numbers worked out by hand, two solvers, and full enumeration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.enumeration import enumerate_switches
from tests.oracle.large_cases import TWIN, large_case, other_columns, spend_columns, wide_case
from tests.oracle.plain_case import Records, read
from tests.oracle.plain_formula import awards
from tests.oracle.plain_model import build, solve_plain, switched
from tests.oracle.random_cases import random_case

Row = dict[str, Any]


def tiny(**sheets: list[Row]) -> Records:
    """Agency A, fund F of 100, initiative I of 100 led by A: impact 100, unless sheets say otherwise."""
    made: Records = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 100.0}],
        "Initiatives": [{"initiative": "I", "lead": "A", "request": 100.0}],
    }
    return {**made, **sheets}


def initiative(name: str = "I", **cells: Any) -> Row:
    return {"initiative": name, "lead": "A", "request": 100.0, **cells}


def best(records: Records) -> float:
    plan = solve_plain(records)
    assert plan["status"] == "optimal"
    return float(plan["objective"])


def impossible(records: Records) -> bool:
    return bool(solve_plain(records)["status"] == "infeasible")


TWO = [initiative("I", priority=2.0), initiative("J")]
QUARTERS = [{"period": "Q1"}, {"period": "Q2"}, {"period": "Q3"}]


# ---------------------------------------------------------------- money


def test_a_fund_pays_the_better_initiative_first() -> None:
    assert best(tiny(Funds=[{"fund": "F", "amount": 150.0}], Initiatives=TWO)) == pytest.approx(2 * 100 + 50)


def test_cost_factor_and_effectiveness() -> None:
    # 50 buy a level of 50 / (100 x 1.25) = 0.4, of which 80% takes effect.
    partners = [{"initiative": "I", "agency": "A", "cost_factor": 1.25, "effectiveness": 0.8}]
    assert best(tiny(Funds=[{"fund": "F", "amount": 50.0}], Partners=partners)) == pytest.approx(100 * 0.4 * 0.8)


def test_carry_over_shrinks_what_waits() -> None:
    # 100 arrive in Q1; half of a balance moves on, twice: 25 in Q3.
    funds = [{"fund": "F", "amount": 100.0, "carryover": 0.5}]
    assert best(tiny(Periods=QUARTERS, Funds=funds, Initiatives=[initiative(first="Q3")])) == pytest.approx(25)


def test_nothing_is_carried_beyond_the_window() -> None:
    funds = [{"fund": "F", "amount": 100.0, "last": "Q2"}]
    assert best(tiny(Periods=QUARTERS, Funds=funds, Initiatives=[initiative(first="Q3")])) == pytest.approx(0)


def test_installments_arrive_when_they_arrive() -> None:
    parts = [{"fund": "F", "period": "Q1", "amount": 30.0}, {"fund": "F", "period": "Q3", "amount": 70.0}]
    case = tiny(Periods=QUARTERS, Installments=parts, Initiatives=[initiative(last="Q2")])
    assert best(case) == pytest.approx(30)


def test_a_fund_without_an_amount_has_its_contributions() -> None:
    paid = [{"agency": "A", "fund": "F", "amount": 15.0}, {"agency": "B", "fund": "F", "amount": 20.0}]
    case = tiny(Agencies=[{"agency": "A"}, {"agency": "B"}], Funds=[{"fund": "F", "amount": ""}], Contributions=paid)
    assert best(case) == pytest.approx(35)


def test_min_spend() -> None:
    assert impossible(
        tiny(Funds=[{"fund": "F", "amount": 100.0, "min_spend": 0.5}], Initiatives=[initiative(request=40.0)])
    )
    assert (
        best(tiny(Funds=[{"fund": "F", "amount": 100.0, "min_spend": 0.4}], Initiatives=[initiative(request=40.0)]))
        == 40
    )


def test_allowed_by_category_needs_another_fund_for_the_rest() -> None:
    # Half of the cost is travel, which F may not pay and G pays up to 20: level 0.4.
    funds = [{"fund": "F", "amount": 100.0, "allowed": "category != travel"}, {"fund": "G", "amount": 20.0}]
    costs = [{"initiative": "I", "category": c, "share": 0.5} for c in ("travel", "equipment")]
    assert best(tiny(Funds=funds, Costs=costs)) == pytest.approx(40)


def test_agency_maximum_and_minimum() -> None:
    assert best(tiny(Agencies=[{"agency": "A", "maximum": 30.0}])) == pytest.approx(30)
    assert impossible(tiny(Agencies=[{"agency": "A", "minimum": 101.0}]))


def test_maximum_of_an_award_and_locking_out() -> None:
    assert best(tiny(Initiatives=[initiative(maximum=60.0)])) == pytest.approx(60)
    outcomes = [{"initiative": "I", "outcome": "lives", "at_full": 7.0}]
    assert best(tiny(Initiatives=[initiative(request=0.0)], Outcomes=outcomes)) == pytest.approx(7)
    assert best(tiny(Initiatives=[initiative(request=0.0, maximum=0.0)], Outcomes=outcomes)) == pytest.approx(0)


# ---------------------------------------------------------------- levels and switches


def test_pace_limits_each_period() -> None:
    assert best(tiny(Periods=QUARTERS[:2], Initiatives=[initiative(pace=0.3)])) == pytest.approx(60)


def test_max_share_and_min_share() -> None:
    def shares(first: Row, second: Row) -> Records:
        partners = [
            {"initiative": "I", "agency": "A", **first},
            {"initiative": "I", "agency": "B", "effectiveness": 0.5, **second},
        ]
        return tiny(Agencies=[{"agency": "A"}, {"agency": "B"}], Partners=partners)

    assert best(shares({}, {})) == pytest.approx(100)
    assert best(shares({"max_share": 0.6}, {})) == pytest.approx(100 * (0.6 + 0.4 * 0.5))
    assert best(shares({}, {"min_share": 0.3})) == pytest.approx(100 * (0.7 + 0.3 * 0.5))


def test_minimum_is_all_or_none() -> None:
    assert best(tiny(Funds=[{"fund": "F", "amount": 50.0}], Initiatives=[initiative(minimum=60.0)])) == pytest.approx(0)
    assert best(tiny(Funds=[{"fund": "F", "amount": 70.0}], Initiatives=[initiative(minimum=60.0)])) == pytest.approx(
        70
    )


def test_all_or_nothing_ignores_the_minimum() -> None:
    case = [initiative(all_or_nothing="yes", minimum=150.0)]
    assert best(tiny(Funds=[{"fund": "F", "amount": 99.0}], Initiatives=case)) == pytest.approx(0)
    assert best(tiny(Initiatives=case)) == pytest.approx(100)


def test_must_fund() -> None:
    poor = [{"fund": "F", "amount": 99.0}]
    assert impossible(tiny(Funds=poor, Initiatives=[initiative(must_fund="yes")]))
    assert impossible(tiny(Funds=poor, Initiatives=[initiative(must_fund="yes", all_or_nothing="yes", minimum=5.0)]))
    # With a minimum of 20 the worse initiative takes 20 of the 100.
    both = [initiative("I", priority=2.0), initiative("J", must_fund="yes", minimum=20.0)]
    assert best(tiny(Initiatives=both)) == pytest.approx(2 * 80 + 20)


# ---------------------------------------------------------------- people


def staffed(fte: float = 1.0, **cells: Any) -> Row:
    return {"agency": "A", "role": "analyst", "fte": fte, **cells}


NEED = [{"initiative": "I", "role": "analyst", "fte": 2.0}]


def test_staff_needed_in_each_active_period() -> None:
    # 0.5 FTE can be released; 2 FTE x 2 periods x level <= 0.5 in each period: 0.125 twice.
    case = tiny(Periods=QUARTERS[:2], Staff=[staffed(releasable=0.5)], Needs=NEED)
    assert best(case) == pytest.approx(25)


def test_staff_of_one_period_overrides() -> None:
    # Q1 as above with 1 FTE: 0.25; Q2 has nobody.
    case = tiny(Periods=QUARTERS[:2], Staff=[staffed(), staffed(0.0, period="Q2")], Needs=NEED)
    assert best(case) == pytest.approx(25)


def test_substitutes_do_not_chain() -> None:
    staff = [{"agency": "A", "role": "officer", "fte": 1.0}, {"agency": "A", "role": "cook", "fte": 9.0}]
    others = [{"role": "officer", "can_do": "analyst", "rate": 0.5}, {"role": "cook", "can_do": "officer", "rate": 1.0}]
    # One officer does half an analyst's work, of 2 needed; cooks cannot become analysts by way of officers.
    assert best(tiny(Staff=staff, Needs=NEED, Substitutes=others)) == pytest.approx(25)


def test_hires_cost_money_and_are_limited() -> None:
    staff = [staffed(0.0, hire_max=1.0, hire_cost=10.0)]
    assert best(tiny(Staff=staff, Needs=NEED)) == pytest.approx(50)  # 1 FTE of 2
    # 100 level + 10 x 2 level = 30
    assert best(tiny(Funds=[{"fund": "F", "amount": 30.0}], Staff=staff, Needs=NEED)) == pytest.approx(25)


def test_a_hire_is_paid_as_personnel_even_where_costs_lack_it() -> None:
    funds = [{"fund": "F", "amount": 100.0}, {"fund": "G", "amount": 4.0}]
    funds[0]["allowed"] = "category = general"
    # Only G's 4 can pay hires at 10 each: 0.4 FTE of 2 needed.
    case = tiny(Funds=funds, Staff=[staffed(0.0, hire_max=9.0, hire_cost=10.0)], Needs=NEED)
    assert best(case) == pytest.approx(20)


# ---------------------------------------------------------------- match


def test_match_in_money_counts_once() -> None:
    # F needs 1 of match for 4 of its own; G brings 10: F at most 40, together 50.
    funds = [{"fund": "F", "amount": 100.0, "match_rate": 0.2}, {"fund": "G", "amount": 10.0, "can_match": "yes"}]
    assert best(tiny(Funds=funds)) == pytest.approx(50)
    # Two grants share the one 10: 40 of grants in all, however they divide it.
    more = [*funds, {"fund": "H", "amount": 100.0, "match_rate": 0.2}]
    assert best(tiny(Funds=more)) == pytest.approx(50)
    # A fund never matches itself, and G not where it may not match.
    alone = [{"fund": "F", "amount": 100.0, "match_rate": 0.2, "can_match": "yes"}]
    assert best(tiny(Funds=alone)) == pytest.approx(0)
    funds[1]["can_match"] = "no"
    assert best(tiny(Funds=funds)) == pytest.approx(10)


def test_match_in_kind() -> None:
    # 2 FTE of 5 each are 10 of match: 40 of F. They need not be needed for the level itself.
    funds = [{"fund": "F", "amount": 100.0, "match_rate": 0.2}]
    needs = [{"initiative": "I", "role": "analyst", "fte": 1.0}]
    assert best(tiny(Funds=funds, Staff=[staffed(2.0, cost_per_fte=5.0)], Needs=needs)) == pytest.approx(40)
    assert best(tiny(Funds=funds, Staff=[staffed(2.0, cost_per_fte=5.0)])) == pytest.approx(0)  # nobody to post


def test_match_rule_per_fund_looks_at_the_whole_fund() -> None:
    # 20 of match stand on I alone. Fund by fund 80 of F may go anywhere; initiative by initiative F is bound to I.
    funds = [
        {"fund": "F", "amount": 100.0},
        {"fund": "G", "amount": 20.0, "can_match": "yes", "allowed": "initiative = I"},
    ]
    both = [initiative("I", request=30.0), initiative("J", priority=2.0)]
    rule = {"rule": "m", "kind": "match", "where": "fund = F", "at_least": 0.2}
    # per fund: G pays 20 of I, F 80 of J (2 each): 180. Else: J gets nothing, I 30.
    assert best(tiny(Funds=funds, Initiatives=both, Rules=[{**rule, "per": "fund"}])) == pytest.approx(20 + 2 * 80)
    assert best(tiny(Funds=funds, Initiatives=both, Rules=[rule])) == pytest.approx(30)
    # What stands on an initiative that F may not pay for is no match of F.
    funds[0]["allowed"] = "initiative = J"
    assert best(tiny(Funds=funds, Initiatives=both, Rules=[{**rule, "per": "fund"}])) == pytest.approx(20)


# ---------------------------------------------------------------- outcomes and scores


def test_a_curve_ends_and_a_line_goes_on() -> None:
    curves = [{"curve": "c", "level": x, "achieved": y} for x, y in ((0, 0), (0.5, 0.8), (1, 1))]
    line: Row = {"initiative": "I", "outcome": "lives", "at_full": 10.0}
    partners = [{"initiative": "I", "agency": "A", "effectiveness": 1.5}]
    assert best(tiny(Outcomes=[line], Partners=partners)) == pytest.approx(15)
    assert best(tiny(Outcomes=[{**line, "curve": "c"}], Curves=curves, Partners=partners)) == pytest.approx(10)
    half = [{"fund": "F", "amount": 75.0}]
    assert best(tiny(Outcomes=[{**line, "curve": "c"}], Curves=curves, Funds=half)) == pytest.approx(10 * 0.9)


def test_weights_multiply() -> None:
    weights = [{"of": "outcome", "item": "lives", "weight": 2.0}, {"of": "theme", "item": "guns", "weight": 3.0}]
    weights.append({"of": "area", "item": "north", "weight": 5.0})
    one = [initiative(theme="guns", area="north", priority=7.0, score=50.0)]
    areas = [{"area": "north"}]
    lives = [
        {"initiative": "I", "outcome": "lives", "at_full": 1.0},
        {"initiative": "I", "outcome": "harm", "at_full": -0.5},
    ]
    case = tiny(Initiatives=one, Areas=areas, Priorities=weights, Outcomes=lives)
    assert best(case) == pytest.approx((2 * 1 - 0.5) * 3 * 5 * 7)
    case["Case"] = [{"setting": "score_effect", "value": "proportional"}]
    assert best(case) == pytest.approx((2 * 1 - 0.5) * 3 * 5 * 7 / 2)
    assert best(tiny(Initiatives=one, Areas=areas, Priorities=weights)) == pytest.approx(100 * 7 * 0.5 * 3 * 5)


def test_scores_from_performance() -> None:
    def mark(measure: str, target: float, actual: float, weight: float, better: str) -> Row:
        return {"of": "initiative", "item": "I", "measure": measure} | {
            "target": target,
            "actual": actual,
            "weight": weight,
            "better": better,
        }

    # 0.5 with weight 1, held at 1 with weight 2, 10/40 with weight 1: (0.5 + 2 + 0.25) / 4
    marks = [mark("a", 10, 5, 1, "higher"), mark("b", 10, 30, 2, ""), mark("c", 10, 40, 1, "lower")]
    assert read(tiny(Performance=marks)).initiatives["i"]["score"] == pytest.approx(68.75)
    assert read(tiny(Performance=[mark("a", 0, 5, 1, "higher")])).initiatives["i"]["score"] == 100
    assert read(tiny(Performance=[mark("a", 0, 5, 1, "lower")])).initiatives["i"]["score"] == 0


# ---------------------------------------------------------------- selections


def test_selections() -> None:
    case = read(
        tiny(
            Periods=QUARTERS,
            Areas=[{"area": "north", "population": 9.0}, {"area": "hill", "parent": "north"}, {"area": "south"}],
            Agencies=[{"agency": "A", "area": "hill", "kind": "police"}, {"agency": "B", "kind": ""}],
            Funds=[{"fund": "F 1", "kind": "joint grant", "amount": 1.0}],
            Initiatives=[initiative(area="hill", theme="guns", risk=""), initiative("J", area="north", score=79.5)],
        )
    )
    here = {"fund": "f 1", "agency": "a", "initiative": "i", "category": "travel", "period": "q2"}

    def holds(text: str, **other: str) -> bool:
        return case.selects(case.selection(text), {**here, **other})

    assert holds('area = North ; agency.area = north ; fund = "F 1" ; Fund.Kind = Joint  Grant | pooled')
    assert not holds("area != north")
    assert holds("risk != high")
    assert not holds("risk = high")
    assert holds("period > Q1 ; period <= Q3")
    assert not holds("agency.kind = police", agency="b")
    assert holds("tier = A")
    assert holds("tier = B ; score < 80 ; area.population >= 9", initiative="j")
    assert not holds("area.population > 0")
    assert holds("category != travel | general", category="equipment")


# ---------------------------------------------------------------- rules


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
    # Another measure: at most 40 of money for each FTE-period, of which 2 are needed for the whole: 80.
    per_head = {"rule": "r", "at_most": 40.0, "of": "staff: role = analyst"}
    assert best(tiny(Staff=[staffed(2.0)], Needs=NEED, Rules=[per_head])) == pytest.approx(80)


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


# ---------------------------------------------------------------- objectives


def staged(objective: str, **sheets: list[Row]) -> list[Any]:
    plan = solve_plain(tiny(Case=[{"setting": "objective", "value": objective}], **sheets))
    return [stage["best"] for stage in plan["stages"]]


def test_objectives_in_order() -> None:
    both = [initiative("I", baseline=10.0), initiative("J", baseline=60.0)]
    assert staged("impact > thrift") == pytest.approx([100, 100])
    assert staged("impact within 30% > thrift") == pytest.approx([100, 70])
    assert staged("thrift > impact") == pytest.approx([0, 0], abs=1e-6)
    assert staged("impact > stability", Initiatives=both) == pytest.approx([100, 30])
    areas: list[Row] = [{"area": "north", "need": 150.0}, {"area": "hill", "parent": "north", "need": 20.0}]
    there = [initiative("I", area="north", priority=2.0), initiative("J", area="hill")]
    assert staged("coverage > impact", Areas=areas, Initiatives=there) == pytest.approx([50, 2 * 80 + 20])


def test_fairness_is_leximin() -> None:
    agencies = [{"agency": a} for a in "ABC"]
    paid = [{"agency": a, "fund": "F", "amount": x} for a, x in (("A", 10.0), ("B", 20.0), ("C", 20.0))]
    each = [{"initiative": a, "lead": a, "request": r} for a, r in (("A", 100.0), ("B", 30.0), ("C", 100.0))]
    # 100 over contributions of 50: 2 each, but B's initiative takes only 30: 1.5. A and C share 70 over 30.
    (best_sums,) = staged("fairness", Agencies=agencies, Contributions=paid, Initiatives=each)
    assert best_sums == pytest.approx([1.5, 1.5 + 7 / 3, 1.5 + 14 / 3])


def test_penalties_come_first_where_impact_is_no_objective() -> None:
    soft = {"rule": "r", "at_least": 40.0, "hard": "no", "penalty": 0.01}
    assert staged("thrift", Rules=[soft]) == pytest.approx([40])


# ---------------------------------------------------------------- two solvers, enumeration, sizes


@pytest.mark.parametrize("seed", range(30))
def test_highs_and_cbc_agree(seed: int) -> None:
    records = random_case(seed, rules=seed % 3 > 0)
    one, other = solve_plain(records, "highs"), solve_plain(records, "cbc")
    assert one["status"] == other["status"]
    if one["status"] == "optimal":
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(100, 124))
def test_enumeration_agrees(seed: int) -> None:
    records = random_case(seed, rules=True)
    if not 0 < len(switched(read(records))) <= 5:
        pytest.skip("no switches, or too many")
    one, other = solve_plain(records), enumerate_switches(records)
    assert one["status"] == other["status"]
    if one["status"] == "optimal":
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-6, abs=1e-6)


def test_sizes_of_the_large_cases() -> None:
    assert 95_000 < spend_columns(large_case()) < 115_000
    assert 330_000 < spend_columns(large_case(**TWIN)) < 370_000
    wide = wide_case()
    assert 25_000 < spend_columns(wide) + sum(other_columns(wide).values()) < 29_000
    small = large_case(agencies=10, initiatives=20, partners=3)
    assert len(build(read(small)).spend) == spend_columns(small)
