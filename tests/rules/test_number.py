"""What the number of a limit means is said in one place, and the same wherever it is said."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser import verbs
from optimiser.case.facts import Facts
from optimiser.model.rules import KINDS, meaning, rule_of, sentence
from optimiser.model.rules.number import COUNT, FTE, LEVEL, MONEY, PLAIN, SHARE, STAFF, TIMES, Number, of_measure
from tests.rules.small import BASE, case_of, faults, only_fault

UNITS = (MONEY, SHARE, FTE, STAFF, LEVEL, COUNT, TIMES, PLAIN)
BASES: tuple[tuple[str, str, str, str], ...] = (
    ("", "", MONEY, ""),
    ("", "amount", SHARE, ""),
    ("", "fund = Grant", SHARE, ""),
    ("", "in kind: role = analyst", SHARE, ""),
    ("", "fte", MONEY, "FTE·period"),
    ("", "staff: role = analyst", MONEY, "FTE·period"),
    ("", "level: theme = guns", MONEY, "unit of level"),
    ("staff", "", FTE, ""),
    ("staff", "fte", SHARE, ""),
    ("staff", "staff: role = analyst", SHARE, ""),
    ("staff", "request", STAFF, "USD"),
    ("level", "", LEVEL, ""),
    ("level", "money: fund = Grant", LEVEL, "USD"),
)


def facts(**rule: Any) -> tuple[Facts, Any]:
    case = case_of(rule)
    return case.facts, rule_of({"rule": "r1", **rule})


@pytest.mark.parametrize(("measure", "of", "unit", "each"), BASES)
def test_a_limit_is_a_share_only_of_the_same_unit(measure: str, of: str, unit: str, each: str) -> None:
    case, rule = facts(measure=measure, of=of, at_most=0.5)
    number = meaning(case, rule)
    assert (number.unit, number.each) == (unit, each)
    said = sentence(case, rule)
    assert ("%" in said) is number.is_share
    assert f"for each {each}" in said if each else "for each" not in said


def test_an_outcome_has_its_own_name() -> None:
    number = of_measure("shootings prevented", "USD")
    assert number.said(12) == "12 shootings prevented"
    assert (number.one, number.short(12.34)) == ("unit of shootings prevented", "12.3")


@given(
    st.sampled_from(UNITS),
    st.sampled_from(["", "FTE·period", "USD"]),
    st.floats(0, 1e12, allow_nan=False).map(lambda v: round(v, 4)),
)
def test_every_figure_reads(unit: str, each: str, value: float) -> None:
    number = Number(unit, "USD", each="" if unit == SHARE else each)
    for said in (number.said(value), number.short(value), number.short(value, exact=True), number.more(value)):
        assert not re.search(r"\de[+-]?\d|^1 \w+s\b|\bnone\b|\s\s", said), said
        assert ("%" in said or "percentage" in said) is number.is_share
        assert said.endswith(f"for each {number.each}") is bool(number.each)
    assert not re.search(r"e[+-]", number.figure(value))


@given(st.sampled_from(UNITS), st.floats(1e-3, 1e9))
def test_a_step_is_one_that_people_write(unit: str, value: float) -> None:
    step = Number(unit, "USD").step(value)
    assert 0 < step <= max(1.0, value)
    assert float(f"{step:.1g}") == pytest.approx(step)


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if len(kind.needs) == 2])
def test_a_least_value_above_the_largest_is_refused_where_they_are_ends_of_one_sum(kind: str) -> None:
    fault = only_fault({"kind": kind, "at_least": 8, "at_most": 5})
    assert str(fault).endswith(
        'found "8"; expected at_least at most at_most, which is 5; lower at_least to 5, or raise at_most to 8'
    )
    assert fault.code == "R01"
    assert faults({"kind": kind, "at_least": 8, "at_most": 5, "active": "no"}) == []


def test_a_scenario_that_crosses_them_is_told() -> None:
    case = {"rule": "r1", "at_most": 5}
    change = {"scenario": "s", "sheet": "Rules", "where": "rule = r1", "column": "at_least", "change": "= 8"}
    _, found = verbs.check_records({**deepcopy(BASE), "Rules": [case], "Scenarios": [change]})
    assert [(f.code, f.level, f.sheet) for f in found] == [("R01", "warning", "Scenarios")]


def test_every_kind_says_its_number() -> None:
    case = case_of().facts
    for name, kind in KINDS.items():
        number = kind.number(case, rule_of({"rule": "r", "kind": name, "at_least": 0.5}))
        assert number.said(0.5), name


@pytest.mark.parametrize("value", [0.5, 22_500.0, 1.0])
def test_a_rate_is_money_for_each_wherever_it_is_said(value: float) -> None:
    number = Number(MONEY, "USD", each="FTE·period")
    for said in (number.said(value), number.short(value), number.more(value)):
        assert said.startswith("$")
        assert said.endswith("for each FTE·period")
