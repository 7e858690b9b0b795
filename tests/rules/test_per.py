"""per, also of two dimensions, and the base headcount: rows, sentences, compliance, prices, repairs and refusals."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser import verbs
from optimiser.analysis.reasons.conflict import conflict
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.repair import repairs
from optimiser.analysis.reasons.rule_prices import rule_prices
from optimiser.model.build import build
from optimiser.model.renew import Renewal
from optimiser.model.rules import compile_rules
from tests.rules.small import BASE, awards, blocks, case_of, compliance, nearly, only_fault, rows, said, solved

QUARTERS = {"Periods": [{"period": "Q1"}, {"period": "Q2"}]}
LENT: dict[str, Any] = {
    **QUARTERS,
    "Staff": [
        {"agency": "Police", "role": "analyst", "fte": 10, "releasable": 0.5, "cost_per_fte": 20},
        {"agency": "Police", "role": "analyst", "fte": 6, "period": "Q2", "releasable": 0.5},
        {"agency": "Health", "role": "nurse", "fte": 3},
    ],
}


@pytest.mark.parametrize(
    ("rule", "members", "constant"),
    [
        ({"measure": "staff", "per": "agency, period", "at_most": 0.4, "of": "headcount"},
         ("Health, Q1", "Health, Q2", "Police, Q1", "Police, Q2"), [3, 3, 10, 6]),
        ({"measure": "staff", "per": "period , Agency", "at_most": 0.4, "of": "fte"},
         ("Q1, Health", "Q1, Police", "Q2, Health", "Q2, Police"), [3, 5, 3, 3]),
        ({"measure": "staff", "per": "role", "at_most": 0.4, "of": "headcount"}, ("analyst", "nurse"), [16, 6]),
        ({"measure": "staff", "where": "agency = Police ; period = Q2", "at_most": 0.4, "of": "headcount"}, ("",), [6]),
        ({"per": "fund, period", "at_most": 0.4, "of": "amount"},
         ("Grant, Q1", "Grant, Q2", "Own, Q1", "Own, Q2"), [1000, 1000, 500, 500]),
        ({"per": "fund, agency", "at_most": 2, "of": "contribution"},
         ("Grant, Health", "Grant, Police", "Own, Health", "Own, Police"), [0, 0, 500, 0]),
        ({"per": "theme, period", "at_most": 1, "of": "request"},
         ("guns, Q1", "guns, Q2", "training, Q1", "training, Q2"), [1800, 1800, 600, 600]),
        ({"per": "theme, agency", "at_most": 1, "of": "fte"},
         ("guns, Health", "guns, Police", "training, Health", "training, Police"), [6, 8, 6, 8]),
        ({"per": "theme, area", "at_most": 1, "of": "baseline"},
         ("guns, Old Town", "guns, South", "training, North"), [400, 300, 100]),
        ({"per": "initiative, tier", "at_most": 1, "of": "baseline"}, ("A, A", "B, B", "C, C"), [400, 300, 100]),
    ],
)  # fmt: skip
def test_translates(rule: dict[str, Any], members: tuple[str, ...], constant: list[float]) -> None:
    [(_, per, _, found)] = blocks(case_of(rule, **LENT))
    assert (per, found) == (members, constant)


def test_a_pair_of_which_no_initiative_has_both_is_no_member() -> None:
    case = case_of({"kind": "count", "per": "theme, area", "at_least": 1}, **QUARTERS)
    assert [line["per"] for line in compliance(solved(case))] == ["guns, Old Town", "guns, South", "training, North"]


EACH: dict[str, Any] = {
    "agency": ("Health", "Police"), "fund": ("Grant", "Own"), "category": ("general", "personnel", "travel"),
    "initiative": ("A", "B", "C"), "role": ("analyst", "nurse"), "theme": ("guns", "training"), "period": ("Q1", "Q2"),
}  # fmt: skip
HAS = {
    "money": ("fund", "agency", "initiative", "category", "period", "theme"),
    "staff": ("agency", "initiative", "period", "role", "theme"),
    "in kind": ("agency", "initiative", "period", "role", "theme"),
    "level": ("agency", "initiative", "period", "theme"),
}


@st.composite
def repeated(draw: st.DrawFn) -> tuple[dict[str, Any], str, str]:
    measure = draw(st.sampled_from(sorted(HAS)))
    one, other = draw(st.permutations(HAS[measure]))[:2]
    if {one, other} == {"initiative", "theme"}:
        other = "period"
    sums = ["", "amount", "contribution", "baseline", "request", "fte", "headcount", "total", "fund = Grant"]
    of = draw(st.sampled_from(sums if measure == "money" else sums[:-1]))
    side = draw(st.sampled_from(["at_least", "at_most"]))
    where = draw(st.sampled_from(["", "agency = Police", "theme = guns", "period = Q2"]))
    return {"measure": measure, "where": where, side: draw(st.sampled_from([0.25, 3])), "of": of}, one, other


@settings(max_examples=60, deadline=None)
@given(repeated())
def test_each_pair_is_the_rule_of_one_where_the_other_is_each_member(made: tuple[dict[str, Any], str, str]) -> None:
    rule, one, other = made
    whole: dict[str, Any] = {**rule, "per": f"{one}, {other}"}

    def narrowed(member: str) -> dict[str, Any]:
        also = {
            c: f"{rule[c]} ; {other} = {member}".strip(" ;") for c in ("where", "of") if c == "where" or "=" in rule[c]
        }
        return {**rule, "per": one, **also}

    pair = _terms(case_of(whole, **LENT))
    apart: list[Any] = [_terms(case_of(narrowed(member), **LENT)) for member in EACH[other]]
    assert pair == [apart[k][n] for n, k in product(range(len(apart[0])), range(len(apart)))]


def _terms(case: Any) -> list[list[str]]:
    """The rows of the only rule, each without its name."""
    return [text.split("\n")[1:] for text in rows(case).rstrip("\n").split("\n\n")]


def test_solves_and_is_kept_in_each_quarter() -> None:
    """A full quarter of A takes 8 analysts; 30% of 6 is 1.8, which is 0.225 of its scope, though its pace allows 0.3."""
    rule: dict[str, Any] = {"measure": "staff", "per": "agency, period", "at_most": 0.3, "of": "headcount"}
    sheets: dict[str, Any] = {**LENT, "Initiatives": [{**r, "pace": 0.3} for r in BASE["Initiatives"]]}
    plan = solved(case_of(rule, **sheets))
    lines = {line["per"]: line for line in compliance(plan)}
    assert list(lines) == ["Health, Q1", "Health, Q2", "Police, Q1", "Police, Q2"]
    assert all(line["kept"] for line in lines.values())
    assert lines["Police, Q2"]["binding"]
    assert lines["Police, Q2"]["achieved"] == pytest.approx(0.3)
    together = solved(case_of({**rule, "per": "agency"}, **sheets))
    assert together.impact is not None
    assert plan.impact is not None
    assert together.impact > plan.impact


def test_has_a_price_and_a_repair() -> None:
    rule: dict[str, Any] = {"per": "fund, agency", "where": "fund = Grant", "at_most": 300}
    case = case_of(rule)
    plan = solved(case)
    assert awards(plan) == nearly({"A": 800, "B": 0, "C": 300})
    [price] = rule_prices(Study(case))
    assert (price.item, round(price.worth_without)) == ("r1", round(2400 - (plan.impact or 0)))
    case = case_of({**rule, "at_most": 900, "at_least": 600})
    assert verbs.solve(case).status == "infeasible"
    assert any("r1" in str(m) for m in conflict(case).members)
    assert any("r1" in str(repair) for repair in repairs(case))


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"measure": "staff", "per": "agency, period", "at_most": 0.4, "of": "headcount"},
         "Staff from each agency in each period: at most 40% of the staff on the books of that agency in that "
         "period."),
        ({"measure": "staff", "per": "agency", "at_most": 0.4, "of": "headcount"},
         "Staff from each agency: at most 40% of the staff on the books of that agency, over all periods "
         "together."),
        ({"measure": "staff", "where": "period = Q1", "at_most": 0.4, "of": "headcount"},
         "Staff in Q1: at most 40% of the staff on the books in that period."),
        ({"where": "period <= Q2", "at_most": 40},
         "Money up to Q2: at most $40."),
        ({"per": "theme, fund", "at_most": 0.4, "of": "category = travel"},
         "Money from each fund for each theme: at most 40% of the money from that fund for travel for that theme."),
        ({"per": "period, theme", "at_most": 1, "of": "request"},
         "Money for each theme in each period: at most 100% of that theme's requests."),
        ({"kind": "average", "at_least": 50, "per": "fund, period"},
         "Average score of initiatives, weighted by money from each fund in each period: at least 50."),
        ({"kind": "average", "at_least": 50},
         "Average score of initiatives, weighted by money: at least 50."),
        ({"kind": "match", "at_least": 0.25},
         "Match for money from every fund: at least 25% of the cost from elsewhere (other funds that can match, "
         "released staff), initiative by initiative."),
        ({"kind": "count", "at_most": 2, "per": "theme, area"},
         "Funded initiatives of each theme in each area: at most 2."),
        ({"kind": "excludes", "per": "theme, area"}, "For each theme and area, at most one initiative may be "
                                                     "funded."),
    ],
)  # fmt: skip
def test_says(rule: dict[str, Any], sentence: str) -> None:
    assert said(case_of(rule, **LENT)) == sentence


def test_one_period_needs_no_word_of_time() -> None:
    assert said(case_of({"at_most": 40})) == "All money: at most $40."


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"per": "agency, role", "at_most": 1}, "per", '"role"; expected one of fund'),
        ({"per": "agency, perod", "at_most": 1}, "per", "did you mean period?"),
        ({"per": "agency, agency", "at_most": 1}, "per", "name one, or two that differ"),
        ({"per": "agency, period, fund", "at_most": 1}, "per", "one or two of fund"),
        ({"per": "agency,", "at_most": 1}, "per", "choose one of them"),
        ({"per": "agency, fund", "at_most": 1, "of": "staff: agency = Police"}, "of", "a measure that has fund"),
        ({"kind": "count", "per": "theme, period", "at_most": 1}, "per", "one of initiative, theme, area, tier"),
        ({"kind": "match", "per": "fund, period", "at_least": 0.2}, "per", "fund, or nothing"),
        ({"kind": "formula", "per": "agency, period", "of": "officers"}, "per", "one of agency, initiative, area, fund"),
        ({"kind": "earned", "per": "agency, period", "of": "officers"}, "per", "one of agency, initiative"),
        ({"kind": "requires", "per": "theme, area", "where": "initiative = A", "of": "initiative = B"}, "per", "does not read it"),
    ],
)  # fmt: skip
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault(rule, **LENT)
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_a_changed_case_takes_other_pairs_for_other_sums() -> None:
    """Agencies and funds are two each: as many limits, over other columns."""
    one, other = (case_of({"per": f"{d}, period", "at_most": 300}, **QUARTERS) for d in ("agency", "fund"))
    renewal = Renewal(one.facts, compile_rules(one.facts))
    made, plain = renewal.of(other.facts, compile_rules(other.facts)), build(other.facts, compile_rules(other.facts))
    assert made is not None
    assert made.entries is not None
    assert [part.tolist() for part in made.entries[:2]] == [plain.start.tolist(), plain.index.tolist()]
    same = renewal.of(one.facts, compile_rules(one.facts))
    assert same is not None
    assert same.entries is None
