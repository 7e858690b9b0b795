"""Laws of the re-plan: nothing counts twice, foreknowledge is never beaten, and what cannot be kept is true and said first."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from optimiser.analysis.replanning.past import read_past
from optimiser.analysis.replanning.replan import Replan, broken, replan
from optimiser.case.case import Case
from optimiser.plan.tables import Plan
from optimiser.report.charts import over_draws
from optimiser.report.documents import replan_text
from optimiser.report.documents.replan_sheet import as_json
from optimiser.verbs import case_from, solve
from tests.analysis.test_replan import Records, Row, spent, year

KEY = ("initiative", "agency", "period")


def hiring(seed: int) -> Records:
    """A random case in which money delivers scope and hires people, through two agencies, from two funds."""
    dice = Random(seed)
    names = [f"i{k}" for k in range(dice.randint(2, 4))]
    costs: list[Row] = []
    for i in names:
        share = dice.choice((0.0, 0.4, 1.0))
        costs += [{"initiative": i, "category": "personnel", "share": share}] if share else []
        costs += [{"initiative": i, "category": "travel", "share": 1 - share}] if share < 1 else []
    return {
        "Case": [{"setting": "rounding", "value": 0}],
        "Periods": [{"period": f"Q{k}"} for k in (1, 2, 3)],
        "Agencies": [{"agency": "P"}, {"agency": "D"}],
        "Funds": [{"fund": f, "amount": dice.randint(50, 300) * 1000.0} for f in ("f", "g")],
        "Initiatives": [
            {"initiative": i, "request": dice.randint(50, 300) * 1000.0, "pace": dice.choice((1, 0.5, 0.4))} for i in names
        ],
        "Partners": [
            {"initiative": i, "agency": a, "cost_factor": dice.choice((1, 1.2)), "effectiveness": dice.choice((1, 0.8))}
            for i in names
            for a in ("P", "D")
        ],
        "Costs": costs,
        "Staff": [
            {
                "agency": a, "role": r, "fte": dice.choice((0, 1, 2)), "hire_max": dice.choice((0, 2, 5)),
                "hire_cost": dice.choice((5_000, 20_000)), "cost_per_fte": 1_000,
            }
            for a in ("P", "D")
            for r in ("x", "y")
        ],
        "Needs": [{"initiative": i, "role": dice.choice("xy"), "fte": dice.choice((1, 2, 3))} for i in names],
        "Outcomes": [{"initiative": i, "outcome": "o", "at_full": float(dice.randint(1, 90))} for i in names],
    }  # fmt: skip


def actuals(case: Case, plan: Plan, said: str, dice: Random) -> list[Row]:
    """The first quarter as planned. said: on which rows of an initiative, agency and period the level stands."""
    level = {tuple(r[c] for c in KEY): r["level"] for r in plan.tables["Levels"].records()}
    rows = [dict(r) for r in plan.tables["Spend"].records() if r["period"] == case.facts.names["period"][0]]
    dice.shuffle(rows)
    seen = set()
    for row in rows:
        key = tuple(row[c] for c in KEY)
        if said == "every" or (said == "one" and key not in seen):
            row["level"] = level.get(key, 0.0)
        seen.add(key)
    return rows


@pytest.mark.first(4)
@pytest.mark.parametrize("seed", range(24))
def test_the_level_counts_once_wherever_it_stands_and_money_for_hires_is_no_delivery(seed: int) -> None:
    records = hiring(seed)
    case = case_from(records)
    plan = solve(case)
    found: dict[str, Replan] = {}
    levels = {}
    for said in ("every", "one", "none"):
        rows = actuals(case, plan, said, Random(seed))
        if not rows:
            pytest.skip("nothing is spent in the first quarter")
        found[said] = replan(case_from({**records, "Actuals": rows}), plan)
        levels[said] = {k: pytest.approx(v, abs=1e-6) for k, v in found[said].past.level.items()}
        assert broken(found[said]) == []
    assert found["every"].past.level == levels["one"]
    assert found["every"].plan.impact == pytest.approx(found["one"].plan.impact, rel=1e-7)
    # Where all of the money is personnel, it does not say what was delivered and what was hired: the approved hires count.
    assert found["every"].past.level == levels["none"]
    for one in found.values():
        assert one.unkeepable == ()
        assert (one.plan.impact or 0.0) <= (plan.impact or 0.0) * (1 + 1e-6) + 1e-6


def changed(records: Records, dice: Random) -> Records:
    """The same, as it turns out: later money is cut or raised, something new comes up, people leave."""
    made = {sheet: [dict(r) for r in rows] for sheet, rows in records.items()}
    made["Installments"] = []
    for fund in made["Funds"]:
        first = fund["amount"]
        later = dice.choice((0.0, 0.3, 0.6)) * first
        fund["amount"] = first + later
        rows = [{"fund": fund["fund"], "period": "Q1", "amount": first}]
        made["Installments"] += rows + ([{"fund": fund["fund"], "period": "Q2", "amount": later}] if later else [])
    made["Initiatives"].append({"initiative": "new", "lead": "P", "request": 60_000, "first": "Q2"})
    made["Outcomes"].append({"initiative": "new", "outcome": "o", "at_full": float(dice.randint(1, 60))})
    if dice.random() < 0.5:
        made["Staff"] += [{**row, "period": "Q3", "fte": 0} for row in records["Staff"] if row["fte"]]
    return made


@pytest.mark.first(4)
@pytest.mark.parametrize("seed", range(16))
def test_no_replan_beats_the_best_plan_made_with_foreknowledge(seed: int) -> None:
    records = hiring(seed)
    approved = solve(case_from(records))
    as_it_is = changed(records, Random(seed))
    rows = actuals(case_from(records), approved, ("every", "one", "none")[seed % 3], Random(seed))
    if not rows:
        pytest.skip("nothing is spent in the first quarter")
    foreknown = solve(case_from(as_it_is))
    result = replan(case_from({**as_it_is, "Actuals": rows}), approved)
    assert broken(result) == []
    if not result.unkeepable:
        assert (result.plan.impact or 0.0) <= (foreknown.impact or 0.0) * (1 + 1e-6) + 1e-6


def test_hires_alone_deliver_nothing() -> None:
    """All is personnel: 40,000 were spent, of which the approved hire cost 10,000."""
    records = year(
        spent("A", "Q1", 40_000, category="personnel"),
        Costs=[{"initiative": "A", "category": "personnel", "share": 1}],
        Staff=[{"agency": "PD", "role": "clerk", "fte": 0, "hire_max": 4, "hire_cost": 10_000}],
        Needs=[{"initiative": "A", "role": "clerk", "fte": 1}],
    )
    case = case_from(records)
    plan = solve(case)
    hires = [r["fte"] for r in plan.tables["Hires"].records() if r["period"] == "Q1"]
    assert hires == [pytest.approx(1)]
    past = read_past(case, before=plan.tables)
    assert list(past.level.values()) == [pytest.approx((40_000 - 10_000) / 200_000)]


def unkept(result: Replan) -> tuple[list[str], list[str]]:
    return [b.item for b in result.certain], [b.item for b in result.unkeepable if b not in result.certain]


def redone(records: Records, **wishes: Any) -> Replan:
    before = {name: rows for name, rows in records.items() if name not in ("Actuals", "Rules")}
    result = replan(case_from(records), solve(case_from(before)))
    assert broken(result) == []
    return result


def test_what_is_spent_through_cannot_be_kept_whatever_is_decided_and_that_is_said_first() -> None:
    rule = {"rule": "A is capped", "where": "initiative = A", "at_most": 40_000}
    result = redone(year(spent("A", "Q1", 50_000, 0.25), Rules=[rule]))
    assert unkept(result) == (["A is capped"], [])
    assert result.by_past
    lines = replan_text.summary(result).split("\n")
    said = next(k for k, line in enumerate(lines) if "whatever is decided now" in line)
    assert "A is capped" in lines[said + 1]
    assert said < next(k for k, line in enumerate(lines) if line.startswith(("Proven", "Within", "Stopped", "Best")))
    assert said < next(k for k, line in enumerate(lines) if line.startswith("Initiative"))
    assert over_draws.moves_headline(result).startswith("After Q1 one promise cannot be kept; ")
    made = as_json(result)
    assert made["certain"] == made["unkeepable"] != []


def test_what_cannot_be_kept_together_is_not_called_impossible() -> None:
    """10% of B is delivered and 90,000 spent: of the rest either the cap or the floor can be kept, not both."""
    rules = [
        {"rule": "B is capped", "where": "initiative = B", "at_most": 100_000},
        {"rule": "B reaches half", "measure": "level", "where": "initiative = B", "at_least": 0.5},
    ]
    result = redone(year(spent("B", "Q1", 90_000, 0.1), Rules=rules))
    certain, others = unkept(result)
    assert certain == []
    assert len(others) >= 1
    assert result.by_past
    text = replan_text.summary(result)
    assert "whatever is decided" not in text
    assert "not everything can be kept" in text


def test_what_no_plan_of_the_case_keeps_is_not_blamed_on_the_past() -> None:
    rules = [
        {"rule": "all for C", "where": "initiative = C", "at_least": 90_000},
        {"rule": "none for DA", "where": "agency = DA", "at_most": 10_000},
    ]
    result = redone(year(spent("A", "Q1", 50_000, 0.25), Rules=rules))
    assert result.unkeepable != ()
    assert not result.by_past
    assert "with or without what has happened" in replan_text.summary(result)
    assert "impossible" not in replan_text.summary(result)


def test_a_year_in_which_all_is_kept_says_nothing_of_it() -> None:
    result = redone(year(spent("A", "Q1", 50_000, 0.25)))
    assert replan_text.unkept(result) == []
    assert replan_text.COUNTS_ON not in replan_text.summary(result)
