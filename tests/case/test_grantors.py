"""Who can grant a change: of every cell, by its sheet, its fund's kind or its rule's set_by."""

from __future__ import annotations

import pytest

from optimiser.case.grantors import EASE, OF_CELLS, OF_FUNDS, WHO, Grantor, asked, grantors, set_by_words
from optimiser.case.spec import BY_NAME, FUND_KINDS, SET_BY
from tests.rules.small import Records, case_of

RULES: Records = {
    "Rules": [
        {"rule": "law", "at_most": 9, "set_by": "statute", "waiver": "the Attorney General"},
        {"rule": "grant", "at_most": 9, "set_by": "award"},
        {"rule": "MOU", "at_most": 9, "set_by": "Agreement"},
        {"rule": "ours", "at_most": 9},
    ]
}


def granted(sheet: str, where: str, column: str) -> list[tuple[str, str]]:
    case = case_of(*RULES["Rules"])
    change = {"sheet": sheet, "where": where, "column": column, "change": "= 1"}
    return [(one.set_by, one.waiver) for one in grantors(case.tables, [change])]


@pytest.mark.parametrize(
    ("sheet", "where", "column", "expected"),
    [
        ("Rules", "rule = LAW", "at_most", [("statute", "the Attorney General")]),
        ("Rules", "rule = grant | MOU", "active", [("award", ""), ("agreement", "")]),
        ("Rules", "rule = ours", "at_most", [("policy", "")]),
        ("Rules", "", "at_most", [("statute", "the Attorney General"), ("award", ""), ("agreement", ""), ("policy", "")]),
        ("Funds", "fund = Grant", "amount", [("award", "")]),
        ("Funds", "fund = Own", "carryover", [("agreement", "")]),
        ("Funds", "kind = own budget | joint grant", "allowed", [("award", ""), ("agreement", "")]),
        ("Agencies", "agency = Police", "maximum", [("agreement", "")]),
        ("Agencies", "agency = Police", "score", []),
        ("Staff", "agency = Police ; role = analyst", "releasable", [("agreement", "")]),
        ("Contributions", "", "amount", [("agreement", "")]),
        ("Initiatives", "initiative = A", "minimum", [("policy", "")]),
        ("Initiatives", "initiative = A", "score", []),
        ("Performance", "item = A", "", []),
        ("Needs", "initiative = A", "fte", [("policy", "")]),
    ],
)  # fmt: skip
def test_of_a_change(sheet: str, where: str, column: str, expected: list[tuple[str, str]]) -> None:
    assert granted(sheet, where, column) == expected


def test_everybody_who_may_set_a_rule_can_be_asked() -> None:
    assert set(WHO) == set(SET_BY)
    assert set(OF_FUNDS) == set(FUND_KINDS)
    for place in OF_CELLS:
        sheet, _, column = place.partition(".")
        assert not column or BY_NAME[sheet].column(column)
    assert [Grantor(s).rank for s in EASE] == [0, 1, 2, 3]


def test_in_words() -> None:
    law, grant = Grantor("statute", "the Attorney General"), Grantor("award", "the program office")
    assert asked([Grantor("statute")]) == "nobody in the room"
    assert asked([law, Grantor("policy")]) == "the Attorney General (a waiver) together with the committee itself"
    assert asked([grant]) == "the grant manager by amendment of the award, or the program office (a waiver)"
    assert asked([]) == ""
    assert set_by_words("statute", "the Attorney General") == "statute; waiver: the Attorney General"
    assert set_by_words("policy") == "policy"
