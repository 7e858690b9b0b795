"""What is said to change an award does: each claim, applied and solved as any case is, leads to what it says.

Some random cases and every second initiative of one example in the suite; 300 and all examples in the soak.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimiser import verbs
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.reason import Reason
from optimiser.analysis.reasons.trial import Trials
from optimiser.analysis.reasons.why import Why
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import FULL
from tests.oracle.random_cases import random_case
from tests.rules.small import Records, checked
from tests.soak import SOAK, some_of

SEEDS = some_of(range(300), (0, 3, 7, 1, 2, 12))


def hold(case: Case, found: list[Reason]) -> int:
    """Every claim of some reasons is true; how many there are."""
    count = 0
    for reason in found:
        for claim in reason.would_change:
            plan = verbs.solve(verbs.apply_changes(case, claim.changes))
            row = next(r for r in plan.tables["Awards"].records() if r["initiative"] == reason.initiative)
            assert row["award"] == pytest.approx(claim.award_after, abs=1e-6), (reason, claim)
            assert row["level"] == pytest.approx(claim.level_after, abs=1e-9), (reason, claim)
            full = row["level"] >= FULL
            assert full == ("Funded in full " in reason.sentence) or reason.level >= FULL, (reason, claim)
            count += 1
    return count


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", SEEDS)
def test_claims_hold(seed: int) -> None:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    plan = verbs.solve(case)
    if not plan.has_plan:
        pytest.skip("no plan")
    found = explain(case, parts=["initiatives"], plan=plan)
    assert [r.initiative for r in found.reasons] == case.facts.names["initiative"]
    hold(case, list(found.reasons))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", ["gun-violence", *(["opioid-response", "task-force"] if SOAK else [])])
def test_claims_of_examples_hold(name: str) -> None:
    case = verbs.read(str(example_path(name)))
    found = explain(case, parts=["initiatives"])
    partly = [r for r in found.reasons if r.level < FULL]
    assert all(r.would_change for r in partly)
    tried = some_of(partly, partly[::2])
    assert hold(case, list(tried)) >= len(tried) > 5


# -- sentences by hand ------------------------------------------------------------------------------------------------

BASE: Records = {
    "Agencies": [{"agency": "a", "name": "Agency A"}],
    "Funds": [{"fund": "pool", "name": "The Pool", "kind": "pooled", "amount": 800}],
    "Initiatives": [
        {"initiative": "first", "lead": "a", "request": 1000, "score": 90},
        {"initiative": "second", "lead": "a", "request": 500, "score": 60},
    ],
}


def reasons(records: Records, **more: object) -> dict[str, Reason]:
    case = checked({**BASE, **more})  # type: ignore[dict-item]
    found = explain(case, parts=["initiatives"])
    hold(case, list(found.reasons))
    return {r.initiative: r for r in found.reasons}


def test_money_and_score() -> None:
    """$800 go to `first` (0.9 a dollar); `second` (0.6) needs $700 more, or a score above 90."""
    found = reasons(BASE)
    assert found["first"].sentence.startswith("Funded at 80%: $800 of $1,000.")
    assert "because of The Pool" in found["first"].sentence
    assert "you raise the amount of The Pool by $200" in found["first"].sentence
    second = found["second"]
    assert second.sentence.startswith(
        "Not funded. It would bring $300 of weighted delivery, but cost $450 of weighted delivery elsewhere."
    )
    assert "In its way: The Pool." in second.sentence
    assert [c.words for c in second.would_change] == ["$700 more in The Pool", "a score of 91 (now 60)"]
    assert second.brings == pytest.approx(300)
    assert second.costs == pytest.approx(450)


def test_funded_in_full_until() -> None:
    """With $1,200 `first` is full while it is worth more than the 0.6 of `second`; then $500 of it move on."""
    found = reasons(BASE, Funds=[{"fund": "pool", "kind": "pooled", "amount": 1200}])
    assert found["first"].sentence == "Funded in full until its score falls below 60 (now 90)."


def test_one_initiative_is_told_with_the_score_that_ends_it() -> None:
    case = checked({**BASE, "Funds": [{"fund": "pool", "kind": "pooled", "amount": 1200}]})
    found = explain(case, "FIRST")
    (claim,) = found.reasons[0].would_change
    assert claim.changes[0]["change"] == "= 59.9"
    assert claim.award_after == 700
    assert explain(case, "first", ["initiatives"]).json()["initiatives"]["first"]["award"] == 1000


def test_what_is_known_is_told_before_any_change_is_tried() -> None:
    heard: list[Reason] = []
    found = explain(checked(BASE), "second", first=heard.append)
    (stands, first), (whole,) = heard, found.reasons
    assert stands.sentence == "Not funded. Nothing is left of The Pool, the only fund that may pay for it."
    assert (stands.award, stands.level) == (whole.award, whole.level)
    assert first.would_change == ()
    assert first.sentence.startswith("Not funded. It would bring")
    assert whole.sentence.startswith(first.sentence)
    assert whole.would_change
    assert (first.award, first.limits, first.costs) == (whole.award, whole.limits, whole.costs)


def test_people() -> None:
    """Half an analyst is missing, and money is not: 1 FTE does what needs 2."""
    found = reasons(
        BASE,
        Funds=[{"fund": "pool", "kind": "pooled", "amount": 1300}],
        Staff=[{"agency": "a", "role": "analyst", "fte": 1}],
        Needs=[{"initiative": "first", "role": "analyst", "fte": 2}],
    )["first"]
    assert "because of the people for the role analyst" in found.sentence
    assert found.would_change[0].award_after == pytest.approx(1000)


def test_a_rule() -> None:
    limit = {"rule": "cap", "kind": "limit", "where": "initiative = first", "at_most": 300}
    found = reasons(BASE, Rules=[limit])["first"]
    assert "because of the rule cap" in found.sentence
    assert any(row["sheet"] == "Rules" for claim in found.would_change for row in claim.changes)


def test_locked_out_and_required() -> None:
    first = {"initiative": "first", "lead": "a", "request": 1000, "score": 90, "maximum": 0}
    second = {"initiative": "second", "lead": "a", "request": 500, "score": 60, "must_fund": True}
    found = reasons(BASE, Initiatives=[first, second])
    assert found["first"].sentence.startswith("Not funded: its maximum is 0.")
    assert found["second"].sentence == "Funded in full, as it must be."


def test_what_is_required_in_full_says_all_that_it_takes() -> None:
    """With a minimum, must_fund asks for that alone; a maximum of 0 has to go too."""
    first = {"initiative": "first", "lead": "a", "request": 1000, "score": 90}
    second = {"initiative": "second", "lead": "a", "request": 500, "score": 60}
    found = reasons(BASE, Initiatives=[first, {**second, "maximum": 0}])
    assert "a requirement to fund it (must_fund) with a maximum of 500" in found["second"].sentence
    outcomes = [
        {"initiative": "first", "outcome": "lives", "at_full": 5},
        {"initiative": "second", "outcome": "lives", "at_full": -9},
    ]
    found = reasons(BASE, Initiatives=[first, {**second, "must_fund": "yes", "minimum": 100}], Outcomes=outcomes)
    assert "The rest would itself take away 7.2 points and cost 2 points elsewhere." in found["second"].sentence
    assert "a requirement to fund it in full (must_fund, without its minimum)" in found["second"].sentence


def test_little_money_is_asked_for_in_small_amounts() -> None:
    """A case in thousands: not a hundred where forty would do."""
    funds = [{"fund": "pool", "amount": 100}]
    found = reasons(
        BASE,
        Funds=funds,
        Initiatives=[
            {"initiative": "x", "lead": "a", "request": 80},
            {"initiative": "y", "lead": "a", "request": 60, "score": 90},
        ],
    )
    assert next(c.words for c in found["y"].would_change) == "$40 more in pool"


def test_switches() -> None:
    """All or nothing: `first` does not fit into $800, and no other plan can change that."""
    first = {"initiative": "first", "lead": "a", "request": 1000, "score": 90, "all_or_nothing": True}
    found = reasons(BASE, Initiatives=[first, BASE["Initiatives"][1]])["first"]
    assert found.sentence.startswith("Not funded. No plan can fund it, because of The Pool.")
    assert found.would_change[0].award_after == pytest.approx(1000)


def test_an_amount_is_the_least_where_switches_differ() -> None:
    """The desk is bought whole, the others in part: from 130,000 more on it is best to have it, and at 130,000 both are."""
    case = checked(
        {
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "City", "amount": 500_000.0}],
            "Initiatives": [
                {"initiative": "mediators", "lead": "A", "request": 180_000.0, "score": 8.0},
                {"initiative": "cameras", "lead": "A", "request": 220_000.0, "score": 4.0},
                {"initiative": "shelter", "lead": "A", "request": 260_000.0, "score": 9.0},
                {"initiative": "desk", "lead": "A", "request": 75_000.0, "score": 5.0, "all_or_nothing": True},
                {"initiative": "sports", "lead": "A", "request": 140_000.0, "score": 7.0},
            ],
        }
    )
    reasons = {r.initiative: r for r in explain(case, parts=["initiatives"]).reasons}
    hold(case, list(reasons.values()))
    more = {
        i: [c["change"] for w in r.would_change for c in w.changes if c["sheet"] == "Funds"] for i, r in reasons.items()
    }
    assert more["sports"] == ["+ 80000"]
    assert more["desk"] == ["+ 130200"]


def test_a_trial_is_the_plan_of_the_changed_case() -> None:
    case = verbs.read(str(example_path("gun-violence")))
    rows = [{"sheet": "Funds", "where": "fund = Police Budget", "column": "amount", "change": "+ 54321"}]
    after, plan = Trials(case).outcome(rows), verbs.solve(verbs.apply_changes(case, rows))
    assert after is not None
    assert after.awards.tolist() == plan.tables["Awards"]["award"].tolist()


def test_changes_are_tried_by_others_too() -> None:
    """In other processes the answers are the same."""
    case = checked(BASE)
    rows = [{"sheet": "Funds", "where": "fund = pool", "column": "amount", "change": "+ 100"}]
    wrong = [{"sheet": "Funds", "where": "fund = nothing", "column": "amount", "change": "+ 100"}]
    here = Trials(case).outcome(rows)
    assert here is not None
    with Trials(case, workers=1) as trials:
        trials.ask(rows)
        trials.ask(wrong)
        there = trials.outcome(rows)
        assert there is not None
        assert there.awards.tolist() == here.awards.tolist() == [900.0, 0.0]
        assert trials.outcome(wrong) is None


def test_a_plan_that_is_as_good() -> None:
    """Of two alike one is funded; that another plan funds the other is said."""
    alike = [{"initiative": k, "lead": "a", "request": 800} for k in ("one", "two")]
    case = checked({**BASE, "Initiatives": alike})
    study = Study(case)
    plan = verbs.solve(case)
    awards = plan.tables["Awards"]
    made = Why(study, Trials(case), awards["award"], awards["level"])
    said = [made.reason(i).sentence for i in range(2)]
    assert any("Another plan that is as good funds it in full." in s for s in said)


def test_other_objectives() -> None:
    """Where impact is not what the plan is best in, nothing is said in points."""
    case = checked({**BASE, "Areas": [{"area": "x", "need": 900}]})
    case = verbs.case_from({**BASE, "Case": [{"setting": "objective", "value": "thrift"}]}) if case else case
    found = explain(replace(case), parts=["initiatives"])
    assert all("points" not in r.sentence for r in found.reasons)
    hold(case, list(found.reasons))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"Funds": [{"fund": "pool", "amount": 800, "allowed": "theme = B"}]}, "no fund may pay for it"),
        (
            {
                "Funds": [{"fund": "pool", "amount": 800, "allowed": "category != travel"}],
                "Costs": [{"initiative": "first", "category": c, "share": 0.5} for c in ("travel", "general")],
            },
            "no fund may pay for its travel",
        ),
        (
            {"Needs": [{"initiative": "first", "role": "analyst", "fte": 2}]},
            "nobody can be posted or hired as analyst",
        ),
        (
            {
                "Periods": [{"period": "p1"}, {"period": "p2"}],
                "Funds": [{"fund": "pool", "amount": 800, "last": "p1"}],
                "Initiatives": [
                    {"initiative": "first", "lead": "a", "request": 1000, "first": "p2"},
                    {"initiative": "second", "lead": "a", "request": 500, "theme": "B"},
                ],
            },
            "no fund is open in the periods in which it may spend",
        ),
    ],
)
def test_what_no_plan_can_fund_says_what_is_missing(more: Records, why: str) -> None:
    initiatives = [
        {"initiative": "first", "lead": "a", "request": 1000, "theme": "A"},
        {"initiative": "second", "lead": "a", "request": 500, "theme": "B"},
    ]
    found = reasons(BASE, **{"Initiatives": initiatives, **more})["first"]
    assert found.sentence.startswith(f"Not funded. No plan can fund it: {why}.")


def test_a_limit_of_any_size_is_named() -> None:
    funds = [{"fund": "pool", "name": "The Pool", "kind": "pooled", "amount": 1e13}]
    found = reasons(BASE, Funds=funds, Initiatives=[{"initiative": "first", "lead": "a", "request": 2e13}])["first"]
    assert "No plan can give it more than 50% of its scope, because of The Pool" in found.sentence


def test_what_a_later_objective_decides_is_not_called_as_good() -> None:
    """`second` in full costs no impact that stability may not have, but differs more from last year's award."""
    setting = [{"setting": "objective", "value": "impact within 30% > stability"}]
    rows = [{**row, "baseline": was} for row, was in zip(BASE["Initiatives"], (800, 0), strict=True)]
    said = reasons(BASE, Case=setting, Initiatives=rows, Funds=[{"fund": "pool", "amount": 1500}])["second"].sentence
    assert "As far as impact goes it could be funded in full; stability decides here" in said
    assert "as good" not in said
