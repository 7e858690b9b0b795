"""What is doubtful about how outcomes count is told once, with its cell and its cure; what a case says on purpose is not."""

from typing import Any

import pytest

from optimiser import verbs

Records = list[dict[str, Any]]

PATROL, CLINIC, DESK = ({"initiative": n, "request": 500, "score": s} for n, s in (("P", 90), ("C", 60), ("D", 100)))


def found(**sheets: Records) -> list[str]:
    case: dict[str, Any] = {
        "Agencies": [{"agency": "a"}],
        "Funds": [{"fund": "f", "amount": 900}],
        "Initiatives": [PATROL, CLINIC, DESK],
        "Case": [{"setting": "score_effect", "value": "none"}],
    }
    return [str(f) for f in verbs.check_records({**case, **sheets})[1] if f.code.startswith("O")]


def outcomes(*rows: tuple[str, str, float]) -> Records:
    return [{"initiative": i, "outcome": o, "at_full": v} for i, o, v in rows]


ALL = outcomes(("P", "lives", 3), ("C", "lives", 5), ("D", "lives", 1))


def test_no_outcomes_and_outcomes_for_all_are_no_doubt() -> None:
    assert found() == found(Outcomes=ALL) == []


def test_initiatives_without_an_outcome_are_named() -> None:
    (said,) = found(Outcomes=outcomes(("C", "lives", 5)))
    assert said.startswith(
        "[O01] warning Initiatives!initiative, row 1: found no row in Outcomes for P and D; expected an outcome for each, as for C"
    )
    many = [{"initiative": f"i{k}", "request": 1} for k in range(9)]
    (said,) = found(Initiatives=[*many, CLINIC], Outcomes=outcomes(("c", "lives", 5)))
    assert "for i0, i1, i2 and 6 more;" in said


@pytest.mark.parametrize("excuse", [{"must_fund": "yes"}, {"maximum": 0}])
def test_what_does_not_compete_needs_no_outcome(excuse: dict[str, Any]) -> None:
    rows = [PATROL, CLINIC, {**DESK, **excuse}]
    assert found(Initiatives=rows, Outcomes=outcomes(("P", "lives", 3), ("C", "lives", 5))) == []


def test_units_that_are_added_one_to_one() -> None:
    two = [*ALL, *outcomes(("P", "leaflets", 4000))]
    (said,) = found(Outcomes=two)
    assert said.startswith(
        "[O02] warning Outcomes!outcome, row 4: found no weight in Priorities for lives and leaflets,"
    )
    weight = {"of": "outcome", "item": "Leaflets", "weight": 0.001}
    assert found(Outcomes=two, Priorities=[weight]) == []  # the other is what one of it is
    assert found(Outcomes=two, Priorities=[{**weight, "of": "theme"}]) != []
    three = [*two, *outcomes(("C", "hours", 7))]
    assert "for lives and hours," in found(Outcomes=three, Priorities=[weight])[0]


def test_scores_that_count_for_nothing() -> None:
    (said,) = found(Outcomes=ALL, Case=[])
    assert said.startswith("[O03] warning Initiatives!score, row 1: found scores that count for nothing")
    assert found(Outcomes=ALL, Case=[{"setting": "Score effect", "value": "proportional"}]) == []
    assert found(Outcomes=ALL, Case=[], Initiatives=[{**r, "score": 100} for r in (PATROL, CLINIC, DESK)]) == []
    measured = [{"of": "initiative", "item": "P", "measure": "m", "target": 10, "actual": 5}]
    assert "Performance!item, row 1" in found(Outcomes=ALL, Case=[], Performance=measured)[0]


@pytest.mark.parametrize(
    ("rule", "silent"),
    [
        ({"kind": "average", "at_least": 70}, True),
        ({"where": "score >= 70", "at_most": 5}, True),
        ({"where": "Tier = A", "at_most": 5}, True),
        ({"where": "agency.score >= 70", "at_most": 5}, False),
        ({"where": "score >= 70", "at_most": 5, "active": "no"}, False),
    ],
)
def test_scores_that_a_rule_looks_at_count(rule: dict[str, Any], silent: bool) -> None:
    assert (found(Outcomes=ALL, Case=[], Rules=[{"rule": "r", **rule}]) == []) == silent
