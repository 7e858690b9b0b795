"""earned: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.small import Records, awards, blocks, case_of, compliance, only_fault, received, said, solved

POT = {"kind": "earned", "where": "fund = Grant", "per": "agency", "of": "officers"}


def test_translates_to_total_times_share_times_score() -> None:
    [(sense, per, share, constant)] = blocks(case_of(POT))
    assert (sense, per, constant) == ("at_most", ("Health", "Police"), [1000, 1000])
    assert share == pytest.approx([0.4 * 0.5, 0.6 * 0.8])


def test_members_that_where_leaves_out_have_no_share() -> None:
    [(_, per, share, _)] = blocks(case_of({**POT, "where": "fund = Grant ; agency = Health"}))
    assert (per, share) == (("Health",), [0.5])


def test_solves() -> None:
    plan = solved(case_of(POT))
    assert awards(plan) == {"A": 980, "B": 0, "C": 200}
    assert plan.impact == pytest.approx(980 * 1.8 + 200 * 1.2)
    assert received(plan) == {"Health": 200, "Police": 980}
    assert [line["headroom"] for line in compliance(plan)] == [0, 0]
    unspent = plan.tables["Balances"].take(plan.tables["Balances"]["fund"] == "Grant")["unspent"]
    assert unspent.sum() == 320  # 80 + 240 were not earned


def test_scores_come_from_targets_and_actuals() -> None:
    performance: Records = {
        "Performance": [
            {"of": "agency", "item": "Health", "measure": "visits", "target": 40, "actual": 30},
            {"of": "agency", "item": "Health", "measure": "days", "target": 10, "actual": 8, "better": "lower"},
        ]
    }
    [(_, _, share, _)] = blocks(case_of(POT, **performance))
    assert share == pytest.approx([0.4 * 0.875, 0.48])


def test_by_initiative() -> None:
    plan = solved(case_of({"kind": "earned", "per": "initiative", "of": "baseline"}))
    assert awards(plan) == {"A": 675, "B": 337, "C": 75}  # 1500 × baseline / 800 × score / 100, in whole units


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"per": ""}, "per", "one of agency, initiative"),
        ({"per": "area"}, "per", "one of agency, initiative"),
        ({"of": ""}, "of", "a weighted sum of attributes"),
        ({"of": "population"}, "of", "a column of numbers of Agencies"),
        ({"at_least": 0.5}, "at_least", "the kind earned does not read it"),
        ({"at_most": 0.5}, "at_most", "the kind earned does not read it"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({**POT, **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert said(case_of(POT)) == (
        "Money from Grant: each agency earns at most its share times its score / 100, and what is not earned "
        "stays unspent; the shares are split by officers."
    )
