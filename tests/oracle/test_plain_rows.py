"""Money, levels, people and match of the oracle, against numbers worked out by hand."""

from __future__ import annotations

import pytest

from tests.oracle.plain_case import Records
from tests.oracle.tiny_cases import NEED, QUARTERS, TWO, Row, best, impossible, initiative, staffed, tiny

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
    # F is paid four times what is matched, and for the whole of it one FTE works: worth 25 it matches all of F, half of
    # one half of it, and worth 20 nothing, since nobody is there without work.
    funds = [{"fund": "F", "amount": 100.0, "match_rate": 0.2}]
    needs = [{"initiative": "I", "role": "analyst", "fte": 1.0}]
    assert best(tiny(Funds=funds, Staff=[staffed(2.0, cost_per_fte=25.0)], Needs=needs)) == pytest.approx(100)
    assert best(tiny(Funds=funds, Staff=[staffed(0.5, cost_per_fte=25.0)], Needs=needs)) == pytest.approx(50)
    assert best(tiny(Funds=funds, Staff=[staffed(9.0, cost_per_fte=20.0)], Needs=needs)) == pytest.approx(0)
    assert best(tiny(Funds=funds, Staff=[staffed(2.0, cost_per_fte=25.0)])) == pytest.approx(0)  # nobody to post


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
