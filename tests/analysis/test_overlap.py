"""Overlapping delivery: found in the inputs and in a plan, ended by the rules of its page."""

from __future__ import annotations

from pathlib import Path

from optimiser import verbs
from optimiser.analysis.together.overlap import delivered, possible, table
from optimiser.model.rules import sentence
from tests.rules.small import Records, awards, case_of, checked, received, rule_of, solved
from tests.rules.test_every_kind import examples, readings

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "overlap.md").read_text("utf-8")
CASE: Records = {
    "Areas": [{"area": "County"}, {"area": "Town", "parent": "County"}, {"area": "Port"}],
    "Agencies": [{"agency": a} for a in ("Police", "Health", "Youth")],
    "Funds": [{"fund": "Pool", "amount": 1000}],
    "Initiatives": [
        {"initiative": "wide", "theme": "outreach", "area": "County", "lead": "Health", "request": 400},
        {"initiative": "near", "theme": "Outreach", "area": "Town", "lead": "Police", "request": 300},
        {"initiative": "port", "theme": "outreach", "area": "Port", "lead": "Youth", "request": 200},
        {"initiative": "both", "theme": "training", "area": "Port", "request": 100},
        {"initiative": "none", "theme": "outreach", "lead": "Youth", "request": 100},
    ],
    "Partners": [{"initiative": "both", "agency": a, "min_share": 0.5} for a in ("Police", "Youth")],
}


def test_what_the_inputs_allow() -> None:
    found, joint = possible(checked(CASE))
    assert (found.theme.lower(), found.area, found.agencies, found.initiatives) == (
        "outreach", "Town", ("Health", "Police"), ("near", "wide"),
    )  # fmt: skip
    assert found.sentence.lower() == "health and police may all deliver outreach in town, through near and wide."
    assert joint.sentence == "Police and Youth may all deliver training in Port, jointly through both."
    assert joint.rule is None


def test_what_a_plan_delivers() -> None:
    first, second = delivered(verbs.solve(checked(CASE)))
    assert (first.area, first.agencies, first.money) == ("Town", ("Health", "Police"), (400, 300))
    assert first.sentence.startswith("Health ($400) and Police ($300) deliver")
    assert (second.theme, second.area, second.agencies, second.initiatives) == (
        "training",
        "Port",
        ("Police", "Youth"),
        ("both",),
    )
    assert table((first, second))["money"].tolist() == [700, 100]


def test_the_rule_that_an_overlap_offers_ends_it() -> None:
    case = checked(CASE)
    rule = possible(case)[0].rule
    assert rule is not None
    plan = verbs.solve(checked({**CASE, "Rules": [rule]}))
    assert verbs.verify(plan) == []
    assert [o.area for o in delivered(plan)] == ["Port"]
    assert awards(plan)["wide"] == 400
    assert awards(plan)["near"] == 0


def test_without_a_plan_there_is_no_overlap() -> None:
    impossible = {"rule": "r", "where": "initiative = port", "at_least": 5000}
    assert delivered(verbs.solve(checked({**CASE, "Rules": [impossible]}))) == ()


def test_the_page_reads_as_the_program_does() -> None:
    rules = examples(PAGE)
    assert readings(PAGE) == [sentence(case_of(r).facts, rule_of(case_of(r), r["rule"])) for r in rules]
    by_name = {r["rule"]: r for r in rules}
    authority = solved(case_of(by_name["county share"])).tables["Compliance"]["authority"].tolist()
    assert authority == ["MOU of the two counties, clause 3"]
    assert awards(solved(case_of(by_name["county share"])))["B"] == 300  # North with Old Town: 1200 of 1500
    assert received(solved(case_of(by_name["nobody from outside"]))) == {"Health": 500, "Police": 1000}
    assert awards(solved(case_of(by_name["one provider"]))) == {"A": 1000, "B": 0, "C": 500}
    assert (
        awards(solved(case_of(by_name["second agency"], {"rule": "b", "where": "initiative = B", "at_least": 50})))["B"]
        == 50
    )
