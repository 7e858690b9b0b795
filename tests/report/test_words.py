"""Figures and findings as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.readable import percent_beside, points_apart
from optimiser.case.tolerances import WRITTEN
from optimiser.plan.tables import Proof, Stage
from optimiser.report import words
from tests.plan.hand import changed, with_rule
from tests.report.plans import case_of, no_plan, plan_of

MONEY = {
    0: "$0", 0.001: "$0", 0.25: "$0.25", 5: "$5", 9400: "$9,400", 9999: "$9,999", 9999.9: "$10k", 12345: "$12.3k",
    99950: "$100k", 842000: "$842k", 999499: "$999k", 999500: "$1m", 1.05e6: "$1.05m", 1.25e6: "$1.25m", 12.54e6: "$12.54m",
    125.4e6: "$125.4m", 999.6e6: "$1bn", 1.2345e9: "$1.23bn", 1e12: "$1,000bn", -120000: "−$120k", -9400: "−$9,400",
}  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), MONEY.items())
def test_money_at_a_glance(value: float, shown: str) -> None:
    assert words.money_short(value) == shown


def test_currencies() -> None:
    assert words.money_short(1.25e6, "UGX") == "UGX 1.25m"
    assert words.money_short(-1.25e6, "eur") == "−€1.25m"
    assert words.money_exact(842150.25, "GBP") == "£842,150.25"
    assert words.money_exact(0) == "$0"
    assert words.money_exact(-3) == "−$3"


@given(st.floats(-1e13, 1e13))
def test_money_is_true_to_a_half_percent(value: float) -> None:
    shown = words.money_short(value)
    assert not re.search(r"e[+-]|\.\d*0[kmb]|0\.00", shown)
    if shown == "$0":
        assert abs(value) <= 0.005
        return
    found = re.fullmatch(r"(−?)\$([\d,.]+)(k|m|bn|)", shown)
    assert found
    size = float(found[2].replace(",", "")) * {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[found[3]]
    assert (found[1] == "−") == (value < 0)
    assert abs(size - abs(value)) <= max(0.0051 * abs(value), 0.0051)
    assert len(re.sub(r"\D", "", found[2])) <= 7


def test_differences() -> None:
    assert words.money_change(-120000) == "−$120k"
    assert words.money_change(120000) == "+$120k"
    assert words.money_change(0) == "no change"
    assert words.points_between(0, 26.3, words.POINTS) == "+26.3 points"
    assert words.points_between(8, 0, words.POINTS) == "−8 points"
    assert words.points_between(8, 8, words.POINTS) == "no change"
    assert words.points(1, words.POINTS) == "1 point"
    assert (words.points(0, words.POINTS), words.points(0, "USD", bare=True)) == ("0 points", "$0")
    assert words.points(3895187.4, "USD") == "$3,895,187 of weighted delivery"
    assert words.points_between(12.5, 0, "EUR") == "−€12.50 of weighted delivery"
    assert words.points_between(0, 120, "USD", bare=True) == "+$120"
    assert words.fte(3.5) == "3.5 FTE"
    assert words.fte(0) == "0 FTE"


SHARES = {
    0: "0%", 0.69: "69%", 0.694: "69%", 0.003: "0.3%", 0.00004: "0.004%", 0.9999: "99.99%", 1: "100%", 1.2: "120%",
    1 - 2e-13: "100%", -0.05: "−5%", 1e-12: "under 0.0001%", 1 - 1e-9: "over 99.9999%", 1.0000001: "100%",
}  # fmt: skip


@pytest.mark.parametrize(("share", "shown"), SHARES.items())
def test_shares(share: float, shown: str) -> None:
    assert words.percent(share) == shown


@given(st.floats(0, 2))
def test_a_share_is_never_said_to_be_full_or_empty_when_it_is_not(share: float) -> None:
    shown = words.percent(share)
    figure = float(shown.removeprefix("under ").removeprefix("over ").rstrip("%"))
    assert (figure >= 100) == (share >= 1 - WRITTEN)  # a rule is kept though a sum has lost its last digits
    assert (figure == 0) == (share == 0)


@given(st.floats(1e-12, 1e6))
def test_what_is_stated_as_at_most_is_rounded_up(share: float) -> None:
    assert float(words.percent_up(share).rstrip("%").replace(",", "")) >= share * 100 * (1 - 1e-9)


EVERY = st.one_of(st.floats(-1e13, 1e13), st.floats(-1, 1), st.floats(-1e-5, 1e-5))
SAYS: tuple[Callable[[float], str], ...] = (
    words.number, words.digits, words.written, words.fte, words.percent, words.percent_up, words.money_exact,
    words.money_short, words.money_change, lambda value: words.points(value, words.POINTS),
    lambda value: words.points_between(0.0, value, "USD"),
)  # fmt: skip


@given(EVERY, st.sampled_from(SAYS))
def test_no_figure_has_an_exponent_or_more_digits_than_anybody_can_use(
    value: float, say: Callable[[float], str]
) -> None:
    shown = say(value)
    assert not re.search(r"\d[eE]|nan|inf|none|-", shown)
    for found in re.findall(r"\d[\d,]*(?:\.\d+)?", shown):
        before, _, after = found.partition(".")
        assert len(after) <= 6
        assert len(before.replace(",", "")) <= 15 + 2 * ("%" in shown)


@given(st.lists(st.text("abc", min_size=1), max_size=9), st.integers(0, 4))
def test_lists_name_or_count_everybody(names: list[str], most: int) -> None:
    shown = words.listed(names, most=most)
    kept = names[:most] if most and len(names) > most else names
    assert all(name in shown for name in kept)
    assert shown.endswith(f"{len(names) - most} more") == (0 < most < len(names))
    assert words.listed([]) == ""
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a", "b", "c"], "or", most=1) == "a or 2 more"
    assert words.listed(["a, of b"]) == "a, of b"
    assert words.listed(["a, of b", "c"], "or") == "a, of b; or c"
    assert words.listed(["a, of b", "$1,000 of c", "d"], most=2) == "a, of b; $1,000 of c; and 1 more"
    assert words.listed(["$1,000 of c", "d"]) == "$1,000 of c and d"


@pytest.mark.parametrize(
    ("count", "shown"), {0: "no agency", 1: "1 agency", 2: "2 agencies", 1200: "1,200 agencies"}.items()
)
def test_counts(count: int, shown: str) -> None:
    assert words.counted(count, "agency", "agencies") == shown


@pytest.mark.parametrize(
    ("value", "shown"), {0.125: "12.5%", 1: "100%", 0.3333: "33.33%", 1e-9: "nearly 0%", 1.5: "150%"}.items()
)
def test_a_share_that_somebody_wrote_is_said_as_written(value: float, shown: str) -> None:
    assert words.written(value, share=True) == shown


def test_numbers_never_vanish() -> None:
    assert words.digits(1069512.34, 6) == "1,069,510"
    assert words.digits(0.000123456) == "0.000123"
    assert words.digits(-1e-9) == "nearly 0"
    assert words.number(1191087.7) == "1,191,088"
    assert words.number(0.0004) == "0.0004"
    assert words.number(-0.04) == "−0.04"
    assert words.number(0) == "0"
    assert words.number(1234.56) == "1,234.6"
    assert words.number(10) == "10"


def test_a_proven_plan() -> None:
    assert words.quality(plan_of()) == "Proven best: no other plan that keeps every rule has more impact."


def test_with_switches_the_bound_is_the_solvers() -> None:
    proof = Proof(0.0, 90.0, 0.0, True, "full", False)
    said = words.quality(plan_of(proof=proof))
    assert said == "Best by the solver's own bound: no other plan that keeps every rule has more impact."
    assert words.quality(plan_of(proof=proof, extra={"cross_checked": True})).startswith(
        "Best, cross-checked by a second solver:"
    )


def test_several_objectives() -> None:
    stages = (
        Stage("impact", 90, 90, 0.02, 88.2),
        Stage("fairness", 0.5, 0.5, 0, 0.5),
        Stage("fairness", 2, 2, 0.1, 2),
        Stage("thrift", 9, 9, 0, 9),
    )
    assert words.quality(plan_of(stages=stages)) == (
        "Proven best: no other plan that keeps every rule has more impact, but for the 2% that it may give up for fairness. "
        "Among those plans it is the best in fairness and then thrift."
    )


def test_within_a_gap() -> None:
    plan = plan_of(status="within_gap", gap=0.004, stages=(Stage("impact", 2000, 2007.6, 0, 2000),))
    assert words.quality(plan) == "Within 0.4%: no plan is better by more than 7.6 points."
    plan = plan_of(status="within_gap", gap=0.004, stages=(Stage("thrift", 2000, 1992.41, 0, 2000),))
    assert words.quality(plan) == "Within 0.4%: no plan is better by more than $8."


def test_stopped() -> None:
    plan = plan_of(status="stopped", gap=0.156, stages=(Stage("impact", 100, 115.6, 0, 100),))
    assert words.quality(plan) == "Stopped after 60 s. This is the best plan found; 16% more cannot be ruled out."
    plan = plan_of(status="stopped", gap=None, stages=(Stage("impact", 100, float("nan"), 0, 100),))
    assert (
        words.quality(plan)
        == "Stopped after 60 s. This is the best plan found; how much better another could be is not known."
    )
    assert words.quality(no_plan("stopped")) == "Stopped after 60 s, before any plan was found."
    assert (
        words.quality(no_plan())
        == words.headline(no_plan())
        == "No plan is possible: the limits and rules of this case cannot all hold."
    )


@pytest.mark.parametrize(
    ("count", "every", "said"),
    [
        (0, 0, "no rule"), (0, 1, "no rule"), (1, 1, "the only rule"), (2, 2, "both rules"), (1, 2, "1 of 2 rules"),
        (0, 3, "no rule"), (3, 3, "all 3 rules"), (1_500, 2_000, "1,500 of 2,000 rules"),
    ],
)  # fmt: skip
def test_how_many_of_several(count: int, every: int, said: str) -> None:
    assert words.some_of(count, every, "rule") == said


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["in full", "in part", "not funded"], "2 of 3 initiatives are funded, 1 of them in full."),
        (["in full", "in full", "not funded"], "2 of 3 initiatives are funded, both of them in full."),
        (["in part", "in part", "not funded"], "2 of 3 initiatives are funded, none of them in full."),
        (["in part", "not funded"], "1 of 2 initiatives is funded, in part."),
        (["in full", "in part"], "Both initiatives are funded, 1 of them in full."),
        (["not funded", "not funded"], "None of the 2 initiatives is funded."),
        (["in full"], "The only initiative is funded in full."),
        (["not funded"], "The only initiative is not funded."),
        ([], "There are no initiatives."),
    ],
)
def test_headlines(states: list[str], said: str) -> None:
    from optimiser.plan.derive import table_of
    from optimiser.plan.tables import SPEC

    rows = [(f"I{k}", "", "", 1.0, 1.0, 1.0, 0.0, 0.0, s) for k, s in enumerate(states)]
    assert words.headline(plan_of(tables={"Awards": table_of(SPEC["Awards"], rows)})) == said


@pytest.mark.parametrize(
    ("request_", "award", "level", "said"),
    [
        (189116.9612, 189116.96, 1.0, "Funded in full: $189,116.96."),
        (189116.9588, 189116.96, 1.0, "Funded in full: $189,116.96."),
        (1.05e6, 630000, 0.69, "Funded at 69%: $630,000 of $1,050,000."),
        (1.05e6, 1.05e6, 1.0, "Funded in full: $1,050,000."),
        (1.05e6, 1.3e6, 1.0, "Funded in full: $1,300,000, for a request of $1,050,000."),
        (1.05e6, 1.0e6, 1.0, "Funded in full: $1,000,000 of $1,050,000."),
        (1.05e6, 1049900, 0.9999, "Funded at 99.99%: $1,049,900 of $1,050,000."),
        (1.05e6, 0, 0, "Not funded."),
        (0, 0, 0.5, "Delivered at 50%, with people alone."),
        (0, 0, 0, "Not funded."),
    ],
)
def test_states(request_: float, award: float, level: float, said: str) -> None:
    assert words.state(request_, award, level) == said


def test_states_of_a_plan() -> None:
    assert words.states(plan_of()) == {
        "Lab": "Funded at 40%: $3,700 of $8,000; $100 of it is for people who are hired and $400 for the higher cost of who delivers it.",
        "Talk": "Funded in full: $1,000.",
        "Walk": "Not funded.",
    }


def test_rules_kept() -> None:
    assert words.rules_kept(no_plan()) == "There is no plan that could keep or break a rule."
    assert words.rules_kept(plan_of()) == "Both rules are kept."
    case = case_of(with_rule(where="agency = Health", at_least=5000, hard="no", penalty=1))
    assert words.rules_kept(plan_of(case)) == "2 of 3 rules are kept; broken at its penalty: new."
    case = case_of(changed("Rules", "score", active="no"))
    assert words.rules_kept(plan_of(case)) == "The only rule is kept."


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (12.28, 12.34, ("12.28 points", "12.34 points")),
        (0.031, 0.034, ("0.031 points", "0.034 points")),
        (1.0, 9.5, ("1 point", "9.5 points")),
        (3.0, 3.0, ("3 points", "3 points")),
    ],
)
def test_what_is_weighed_against_each_other_is_told_apart(one: float, other: float, said: tuple[str, str]) -> None:
    assert points_apart(one, other, words.POINTS) == said


@given(st.floats(0, 2), st.floats(0, 2))
def test_a_share_beside_its_limit_never_looks_like_it_unless_it_is(share: float, limit: float) -> None:
    shown, at = percent_beside(share, limit), percent_beside(limit, limit)
    if abs(share - limit) > 1e-5:
        assert shown != at
    elif share == limit:
        assert shown == at


def test_large_points_are_told_apart_without_tenths() -> None:
    assert points_apart(22_006.6, 558_274.2, words.POINTS) == ("22,007 points", "558,274 points")
    assert points_apart(22_006.6, 22_006.9, words.POINTS) == ("22,006.6 points", "22,006.9 points")
    assert points_apart(0.0261, 0.0263, words.POINTS) == ("0.0261 points", "0.0263 points")
