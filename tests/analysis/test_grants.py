"""Who can grant what is proposed: repairs, what would change an award, prices of rules; a statute only where it is asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.repair import repairs
from optimiser.analysis.reasons.rule_prices import rule_prices
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.grantors import grantors
from optimiser.case.spec import SET_BY
from optimiser.case.table import text
from tests.analysis.test_conflict import planted, possible
from tests.rules.small import case_of
from tests.soak import some_of

OFFICE = "the Attorney General"
AT_ODDS = (
    {"rule": "law", "where": "theme = guns", "at_least": 900, "set_by": "statute", "waiver": OFFICE},
    {"rule": "board", "where": "theme = training", "at_least": 590, "set_by": "policy"},
    {"rule": "MOU", "at_most": 1400, "set_by": "agreement"},
)


def shuffled(case: Case, seed: int) -> Case:
    """The case with rules of all sorts of makers."""
    rules = case.tables["Rules"]
    dice = np.random.default_rng(seed)
    set_by = [SET_BY[k] for k in dice.integers(0, len(SET_BY), len(rules))]
    waiver = [OFFICE if k else "" for k in dice.integers(0, 2, len(rules))]
    return replace(case, tables={**case.tables, "Rules": rules.replace(set_by=text(set_by), waiver=text(waiver))})


@pytest.mark.first(2)
@pytest.mark.parametrize("number", some_of(range(16), range(6)))
def test_no_repair_moves_a_statute_unless_asked(number: int) -> None:
    case = shuffled(planted(number)[0], number)
    for statutes in (False, True):
        offered = repairs(case, statutes=statutes)
        for repair in offered:
            assert possible(verbs.apply_changes(case, repair.changes))
            assert repair.grantors == grantors(case.tables, repair.changes)
            assert statutes or all(one.set_by != "statute" for one in repair.grantors)
        assert [r.cost for r in offered] == sorted(r.cost for r in offered)
    least = [min((r.cost for r in repairs(case, statutes=s)), default=float("inf")) for s in (False, True)]
    assert least[1] <= least[0] * (1 + 1e-6) + 1.0


def test_what_the_committee_can_decide_is_offered_though_others_are_cheaper() -> None:
    """One plan is as cheap as another; only one of the three is the board's own to change."""
    case = case_of(*AT_ODDS)
    found = {r.sentence: [one.set_by for one in r.grantors] for r in repairs(case, wanted=1)}
    assert ["policy"] in found.values()
    asked = repairs(case, wanted=9, statutes=True)
    [waived] = [r for r in asked if [one.set_by for one in r.grantors] == ["statute"]]
    assert waived.grantors[0].who == f"{OFFICE} (a waiver)"
    assert not [r for r in repairs(case, wanted=9) if "law" in r.sentence]


def test_an_explanation_is_grouped_by_who_can_grant() -> None:
    found = explain(case_of(*AT_ODDS), statutes=True)
    told = found.text()
    heads = [line.strip() for line in told.splitlines() if line.strip().startswith("To be granted by")]
    assert heads[:2] == ["To be granted by the committee itself:", "To be granted by all parties of the agreement:"]
    numbered = [int(n) for n in re.findall(r"^ *(\d+)\. Counted as", told, re.MULTILINE)]
    assert numbered == list(range(1, len(found.repairs) + 1)), "as they stand, and so --repair takes them"
    assert list(found.repairs) != sorted(found.repairs, key=lambda r: (r.cost, r.sentence))
    places = [" ".join(told.split()).index(r.sentence) for r in found.repairs]
    assert places == sorted(places)
    by = [r["grantors"] for r in found.json()["repairs"]]
    assert all(set(one) == {"set_by", "waiver", "who"} for some in by for one in some)


def test_nothing_to_move_but_a_statute() -> None:
    """A law that asks for more than there is of the only money that it may take."""
    law = {
        "rule": "law",
        "kind": "count",
        "where": "theme = guns",
        "at_least": 3,
        "set_by": "statute",
        "waiver": OFFICE,
    }
    case = case_of(law)
    assert repairs(case) == []
    told = explain(case, parts=("repairs",)).text()
    assert "ask for changes of it too (--statutes)" in " ".join(told.split())
    [repair, *_] = repairs(case, statutes=True)
    assert [one.who for one in repair.grantors] == [f"{OFFICE} (a waiver)"]


def test_what_would_change_an_award_leaves_statutes_alone() -> None:
    cap = {"rule": "cap", "where": "initiative = A", "at_most": 500, "waiver": OFFICE}
    for set_by, statutes, moved in (("policy", False, True), ("statute", False, False), ("statute", True, True)):
        case = case_of({**cap, "set_by": set_by})
        [reason] = explain(case, "A", ("initiatives",), statutes=statutes).reasons
        changed = {(row["sheet"], row["where"]) for claim in reason.would_change for row in claim.changes}
        assert (("Rules", "rule = cap") in changed) == moved, (set_by, statutes, reason.sentence)
        if moved and set_by == "statute":
            assert f"to be granted by {OFFICE} (a waiver)" in reason.sentence
        if moved and set_by == "policy":
            assert "to be granted by the committee itself" in reason.sentence


def test_prices_of_rules_say_who_can_change_them() -> None:
    case = case_of({"rule": "cap", "where": "initiative = A", "at_most": 500, "set_by": "award"})
    [price] = [p for p in rule_prices(Study(case)) if p.kind == "rule"]
    assert [one.set_by for one in price.grantors] == ["award"]
    told = " ".join(explain(case, parts=("rules",)).text().split())
    assert "To be changed by the grant manager by amendment of the award: The rule cap costs" in told


def test_the_example_that_cannot_be_met() -> None:
    case = verbs.read(example_path("cannot-be-met"))
    by = [one.set_by for r in repairs(case) for one in r.grantors]
    assert "statute" not in by
    assert {"policy", "award"} <= set(by)
