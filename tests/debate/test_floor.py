"""Amendments from the floor: read as they are said, tried by solving, with who pays; nothing is guessed."""

from __future__ import annotations

import pytest

from optimiser import verbs
from optimiser.analysis.debate.floor import tried, understood
from optimiser.case.case import Case
from optimiser.plan.tables import Plan
from tests.app.small import RECORDS
from tests.oracle.random_cases import random_case
from tests.rules.small import BASE, changed, checked


@pytest.fixture(scope="module")
def plan() -> Plan:
    return verbs.solve(verbs.case_from(RECORDS))


def award(plan: Plan, key: str) -> float:
    return next(r["award"] for r in plan.tables["Awards"].records() if r["initiative"] == key)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("and $50k more for Cameras", "$50,000 more for Cameras"),
        ("Give Patrols 10,000 more!", "$10,000 more for Patrols"),
        ("$20k from Outreach to Patrols", "$20,000 from Outreach to Patrols"),
        ("move 20k from outreach to patrols", "$20,000 from Outreach to Patrols"),
        ("cut Clinic by $30,000", "$30,000 less for Clinic"),
        ("30k less for the clinic, 5k more for Patrols", "$30,000 less for Clinic; $5,000 more for Patrols"),
        ("without Clinic and Cameras in full", "Without Clinic; Cameras in full"),
        ("Patrols at $90,000; strike Cameras", "Patrols at $90,000; without Cameras"),
        ("Harbor Police $10k more", "$10,000 more for Harbor Police"),
        ("fund cameras", "With Cameras"),
        ("without Clinic, Cameras and Patrols", "Without Clinic; without Cameras; without Patrols"),
        ("Clinic and Cameras in full", "Clinic in full; Cameras in full"),
        ("Clinic at 0", "Without Clinic"),
        ("take 20k from Outreach and give it to Patrols", "$20,000 from Outreach to Patrols"),
        ("$5k more for Patrols, out of Clinic", "$5,000 from Clinic to Patrols"),
        (
            "$5k for Patrols paid by Clinic and $1k off Outreach",
            "$5,000 from Clinic to Patrols; $1,000 less for Outreach",
        ),
        ("cap Clinic at 30k", "At most $30,000 for Clinic"),
        ("at least $90k for Patrols", "At least $90,000 for Patrols"),
        ("cut Clinic down to 30k", "Clinic at $30,000"),
    ],
)
def test_what_is_moved_is_said_back(plan: Plan, text: str, said: str) -> None:
    found = understood(plan, text)
    assert (found.said, found.problem) == (said, "")
    assert found.rows
    verbs.apply_changes(plan.case, found.rows)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Say it like"),
        ("sing me a song", "I can't tell what is moved"),
        ("$50k more for the moon", "Nothing in this case is called"),
        ("$5m more for Patrols", "asks for $150,000 at most"),
        ("$900k less for Clinic", "so much cannot be taken"),
        ("Harbor Police in full", "is an agency"),
        ("$5k more for Patrols and $5k less for Patrols", "named twice"),
        ("$5k less for Clinic and Patrols", "Say it for each"),
        ("£5k less for Clinic", "counts in USD"),
        ("$5k more for Harbor", "I can't tell which agency is meant"),
        ("Clinic at 80%", "of what “80%” is meant"),
    ],
)
def test_what_cannot_be_moved_is_said(plan: Plan, text: str, problem: str) -> None:
    found = understood(plan, text)
    assert problem in found.problem
    assert not found.rows


@pytest.mark.parametrize("text", ["cut Clinic by 10%", "10 percent less for Clinic", "move 10% from Clinic to Patrols"])
def test_a_share_is_of_what_is_had_and_is_said_back_as_money(plan: Plan, text: str) -> None:
    tenth = round(next(r["award"] for r in plan.tables["Awards"].records() if r["initiative"] == "I2") / 10)
    assert f"${tenth:,}" in understood(plan, text).said


def test_money_moves_as_the_amendment_says_and_who_pays_is_named(plan: Plan) -> None:
    made = tried(plan, understood(plan, "$20k from Outreach to Patrols"))
    assert made.plan is not None
    assert award(made.plan, "I1") <= award(plan, "I1") - 20_000
    assert award(made.plan, "I3") >= award(plan, "I3") + 20_000
    assert verbs.verify(made.plan) == []
    assert made.price == pytest.approx((plan.impact or 0) - (made.plan.impact or 0))
    assert {s.initiative: s.money for s in made.shifts}["I1"] == award(made.plan, "I1") - award(plan, "I1")
    assert any(line.startswith("Paid by Outreach −$20k") for line in made.lines)
    assert tried(plan, understood(plan, "Harbor Public Health $700k more")).lines == (
        "With this amendment no plan keeps every hard rule.",
    )


def test_money_that_moves_between_agencies_alone_is_told() -> None:
    plan = verbs.solve(checked(BASE))
    had = {r["agency"]: r["received"] for r in plan.tables["Received"].records()}
    made = tried(plan, understood(plan, "$50 more for Police"))
    assert made.plan is not None
    assert not made.shifts
    assert {s.initiative: s.money for s in made.between} == {"Police": 50, "Health": -50}
    assert {r["agency"]: r["received"] - had[r["agency"]] for r in made.plan.tables["Received"].records()}[
        "Police"
    ] == 50
    assert "Every award stays; between agencies moves Health −$50 and Police +$50." in made.lines


def amended(case: Case, plan: Plan) -> int:
    """Amendments of a case that were tried and hold."""
    count = 0
    for row in list(plan.tables["Awards"].records())[:4]:
        key, had = row["initiative"], row["award"]
        for text, low, high in (
            (f"$100 more for {key}", had + 100, float("inf")),
            (f"$100 less for {key}", 0.0, had - 100),
            (f"without {key}", 0.0, 0.0),
        ):
            found = understood(plan, text)
            if found.problem:
                assert any(w in found.problem for w in ("not possible", "cannot be taken", "in full or not at all"))
                continue
            made = tried(plan, found)
            if made.plan is None:
                continue
            slack = case.settings.rounding + 1e-6 * max(1.0, had)
            assert low - slack <= award(made.plan, key) <= high + slack
            assert verbs.verify(made.plan) == []
            assert made.price >= -1e-6 * max(1.0, abs(plan.stages[0].achieved))
            count += 1
    return count


def test_amendments_of_random_cases_hold_and_cost() -> None:
    count, seed = 0, 0
    while count < 40:
        case = checked(random_case(seed))
        plan = verbs.solve(case)
        if plan.has_plan and case.settings.objective[0].name == "impact" and len(case.settings.objective) == 1:
            count += amended(case, plan)
        seed += 1


def test_an_amendment_weakens_no_limit_of_the_case() -> None:
    records = changed(changed(BASE, "Initiatives", "B", minimum=300), "Initiatives", "C", minimum=300)
    case = checked(changed(changed(records, "Agencies", "Police", maximum=1300), "Agencies", "Health", minimum=100))
    plan = verbs.solve(case)
    made = tried(plan, understood(plan, "$50 more for B"))
    assert made.plan is not None
    assert award(made.plan, "B") == 300
    assert "gets $300 at least" in understood(plan, "C at 200").problem
    for text in ("Police at 1400", "Health at 50"):
        said = tried(plan, understood(plan, text))
        assert said.plan is None
        assert said.lines[0].startswith("With this amendment the case does not take it: found")


def test_a_currency_is_written_as_it_is_and_what_rounding_hides_is_not_told_as_nothing() -> None:
    records = {**BASE, "Case": [{"setting": "currency", "value": "IDR"}]}
    plan = verbs.solve(checked(records))
    lines = tried(plan, understood(plan, "50 less for C")).lines
    assert "IDR" in lines[0]
    assert "idr" not in lines[0]
    small = tried(plan, understood(plan, "0.25 less for C"))
    assert small.price > 0
    assert "No award moves by more than rounding." in small.lines
