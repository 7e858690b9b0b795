"""Every rule reads as a person would say it: the grammar of the sentences, on random rules of every kind and selection."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import pytest

from optimiser.case.selection import parse
from optimiser.model.rules import KINDS, meaning, rules_of, sentence
from optimiser.verbs import case_from
from tests.oracle.random_cases import random_case
from tests.rules.small import case_of, said

SLIPS = {
    "a word twice": r"\b(\w+) \1\b",
    "two prepositions": r"\b(?:from|of|on|in|for|by|to|with) (?:from|of|on|in|for|by|to|with)\b(?!-)",
    "signs of the grammar": r"[=<>|]|!=",
    "a name of a column": r"\b\w+_\w+\b|[a-z]\.\w",
    "one of several": r"\beach (?:agencies|initiatives|funds|periods|roles|categories|areas|themes)\b",
    "several of one": r"\b(?:all|those|these) (?:agency|initiative|fund|period|role|category|area|theme)\b",
    "a figure without a sign": r"\b[\d,]+ USD\b",
    "an open end": r"[:;,(] ?[.:;,)]|\s[.,;:]|\s\s|[,;:]$",
    "the old tongue": r"must be (?:at|exactly)|\bwhere the\b|'s figure for",
    "one of many": r"\b1 (?:points|periods|initiatives)\b",
    "a decimal of money": r"\$[\d,]+\.\d(?!\d)",
}


def slips(text: str) -> list[str]:
    """What is wrong in a sentence."""
    found = [what for what, slip in SLIPS.items() if re.search(slip, text)]
    found += ["no capital"] if text[:1] != text[:1].upper() else []
    found += ["no full stop"] if not text.endswith(".") else []
    return found + (["brackets"] if text.count("(") != text.count(")") or text.count("“") != text.count("”") else [])


def random_sentences() -> Any:
    for seed in range(1, 200):
        facts = case_from(random_case(seed, rules=True)).facts
        for rule in rules_of(facts):
            yield facts, rule


def test_three_hundred_random_rules_read_well() -> None:
    wrong, kinds, seen = [], set(), set()
    for facts, rule in islice(random_sentences(), 300):
        text = sentence(facts, rule)
        wrong += [f"{what}: {text}" for what in slips(text)]
        kinds.add(rule.kind)
        seen.add(text)
        for clause in parse(rule.where):  # nothing that a selection names is left out
            if clause.operator in ("=", "!=") and clause.column in ("agency", "initiative", "theme", "area", "period"):
                wrong += [f"{value} is lost: {text}" for value in clause.values if value.lower() not in text.lower()]
        number = meaning(facts, rule)
        for value in (rule.at_least, rule.at_most):
            if value and rule.kind in ("limit", "count", "average", "match") and not number.each:
                wrong += [f"{value} is lost: {text}"] if number.written(value).split()[0] not in text else []
    assert wrong == []
    assert kinds == set(KINDS) - {"peers"}  # random cases have none
    assert len(seen) > 200


PEOPLE = {
    "Periods": [{"period": "Q1"}, {"period": "Q2"}],
    "Staff": [{"agency": "Police", "role": "outreach worker", "fte": 4.0}],
}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"measure": "staff", "where": "role = outreach worker ; lead = Police", "at_most": 4},
         "Outreach workers on initiatives led by Police: at most 4 FTE·periods over 2 periods together (2 FTE on average)."),
        ({"measure": "staff", "where": "role = outreach worker", "per": "period", "at_most": 2},
         "Outreach workers in each period: at most 2 FTE."),
        ({"where": "agency.area != North ; area = South", "at_most": 0},
         "Money paid to agencies outside North on initiatives in South: none."),
        ({"where": "fund.kind = pooled | joint grant ; category = indirect", "at_least": 0.5},
         "Money from pooled funds and joint grants for indirect costs: at least $0.50."),
        ({"where": "category != travel ; category != indirect", "at_most": 5, "per": "agency"},
         "Money paid to each agency for anything but travel and indirect costs: at most $5."),
        ({"where": "area.population > 500", "at_most": 0.06, "of": "total", "per": "area"},
         "Money in each area with population above 500: at most 6% of the money in all funds."),
        ({"where": "initiative = A | B ; theme = guns", "at_most": 5},
         "Money on A and B (those of the theme guns) together: at most $5."),
        ({"kind": "requires", "where": "initiative = A", "of": "initiative = B | C", "at_least": 1},
         "If A is funded, B and C must be funded too, each in full."),
        ({"kind": "count", "at_most": 0, "where": "score < 50"}, "Funded initiatives with a score below 50: none."),
        ({"where": "theme = guns", "at_least": 100, "hard": "no", "penalty": 0.00002},
         "Money on initiatives of the theme guns: at least $100. It may be broken: each $100,000 short costs $2 of impact."),
    ],
)  # fmt: skip
def test_says_it_as_people_do(rule: dict[str, Any], sentence: str) -> None:
    more = PEOPLE if rule.get("measure") == "staff" else {}
    assert said(case_of(rule, **more)) == sentence  # type: ignore[arg-type]


def test_a_name_stands_for_a_code_and_not_for_a_name_that_reads() -> None:
    funds: list[dict[str, Any]] = [
        {"fund": "Grant", "name": "Grant of the state, award 2027, second year", "amount": 1000.0},
        {"fund": "F2", "name": "Levy, city", "amount": 500.0},
        {"fund": "Own"},
    ]
    rule = {"where": "fund = Grant", "at_most": 5}
    assert said(case_of(rule, Funds=funds)) == "Money from Grant: at most $5."
    assert said(case_of({"where": "fund = F2", "at_most": 5}, Funds=funds)) == "Money from Levy, city: at most $5."
    both = said(case_of({"where": "fund = Grant | F2", "at_most": 5}, Funds=funds))
    assert both == "Money from Grant and “Levy, city” together: at most $5."
    funds[0]["name"] = funds[1]["name"] = "Levy"
    assert said(case_of({"where": "fund = F2", "at_most": 5}, Funds=funds)) == "Money from Levy (F2): at most $5."
