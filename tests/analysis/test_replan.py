"""The re-plan: what is past stays, the rest is best and moves least, and every figure can be computed by hand."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from optimiser.analysis.replanning.past import read_past
from optimiser.analysis.replanning.replan import Replan, broken, replan
from optimiser.analysis.replanning.replan_model import Before, Wishes, remaining
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.model.build import build
from optimiser.model.extend import settled
from optimiser.model.rules import compile_rules
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve as by_highs
from optimiser.verbs import case_from, scenario, solve
from tests.oracle.random_cases import random_case
from tests.soak import some_of

Row = dict[str, Any]
Records = dict[str, list[Row]]
LINE = ("fund", "initiative", "agency", "category", "period")


def spent(initiative: str, period: str, money: float, level: float | None = None, **more: Any) -> Row:
    agency = "PD" if initiative == "A" else "DA"
    row = {"fund": "Grant", "initiative": initiative, "agency": agency, "category": "general", "period": period}
    return {**row, "money": money, "level": level, **more}


def year(*actuals: Row, fund: Row | None = None, **sheets: list[Row]) -> Records:
    """Three initiatives in four quarters: A is worth 3 for each unit of money, B 2 and C 1; the money pays for A and B."""
    return {
        "Periods": [{"period": f"Q{k}"} for k in (1, 2, 3, 4)],
        "Agencies": [{"agency": "PD"}, {"agency": "DA"}],
        "Funds": [{"fund": "Grant", "amount": 400_000, "owner": "PD", **(fund or {})}],
        "Initiatives": [
            {"initiative": "A", "lead": "PD", "request": 200_000, "pace": 0.25, "priority": 3},
            {"initiative": "B", "lead": "DA", "request": 200_000, "pace": 0.25, "priority": 2},
            {"initiative": "C", "lead": "DA", "request": 100_000, "pace": 0.5, "priority": 1},
        ],
        "Actuals": list(actuals),
        **sheets,
    }


def redone(records: Records, order: str | None = None, through: str | None = None, **wishes: Any) -> Replan:
    """The plan of the case without its actuals, re-planned with them; everything is checked once more."""
    case = case_from(records)
    result = replan(case, solve(case), through=through, wishes=Wishes(order, **wishes))
    assert broken(result) == []
    assert result.plan.status != "stopped"  # nothing of these is too large to be proven
    balanced(result)
    return result


def balanced(result: Replan) -> None:
    """The moves turn the old budget lines into the new ones, to the cent, and past lines are the actuals."""
    old, new = (lines_of(t["Spend"].records()) for t in (result.before, result.plan.tables))
    for m in result.moves:
        for side, sign in ((m.source, -1), (m.target, 1)):
            if side[0] != "unspent":
                key = (m.fund, *side)
                old[key] = old.get(key, 0.0) + sign * m.money
    for key in {*old, *new}:  # type: ignore[assignment]  # smaller moves than half a cent are none
        assert old.get(key, 0.0) == pytest.approx(new.get(key, 0.0), abs=0.0051)
    order = result.past.facts.names["period"]
    over = order[: result.past.over]
    actual = {tuple(r[c] for c in LINE): r["money"] for r in result.past.case.tables["Actuals"].records()}
    planned = {tuple(r[c] for c in LINE): r["money"] for r in result.plan.tables["Spend"].records()}
    assert {k: v for k, v in actual.items() if k[-1] in over and v} == {
        k: v for k, v in planned.items() if k[-1] in over
    }


def lines_of(rows: Any) -> dict[tuple[str, ...], float]:
    made: dict[tuple[str, ...], float] = {}
    for r in rows:
        key = tuple(r[c] for c in LINE[:-1])
        made[key] = made.get(key, 0.0) + r["money"]
    return made


def awards(result: Replan) -> dict[str, float]:
    return {r["initiative"]: r["award"] for r in result.plan.tables["Awards"].records()}


BEHIND = (spent("A", "Q1", 60_000, 0.25), spent("B", "Q1", 20_000, 0.1))
"""A cost 10,000 more than planned, B delivered 10% instead of 25% and can reach 85% at most."""


def test_by_hand_the_best_rest_of_the_year() -> None:
    result = redone(year(*BEHIND))
    # A needs 150,000 more, B may take 0.75 × 200,000, and 20,000 of 400,000 is left for C.
    assert awards(result) == {"A": 210_000, "B": 170_000, "C": 20_000}
    assert result.plan.objective == pytest.approx(3 * 200_000 + 2 * 170_000 + 20_000)
    assert result.moved == 60_000
    assert [(m.source[0], m.target[0], m.money, m.kind) for m in result.moves] == [
        ("B", "C", 20_000, "between initiatives"),
        ("B", "A", 10_000, "between initiatives"),
    ]
    assert {m.approval for m in result.moves} == {"PD"}
    assert "A has spent $10,000 more of Grant than planned up to Q1" in result.moves[1].why
    assert "B falls from 100% to 85% of its scope" in result.moves[0].why
    assert [d.sentence for d in result.deviations] == [
        "A spent $60,000 of Grant on general through PD in Q1; $50,000 was planned.",
        "B spent $20,000 of Grant on general through DA in Q1; $50,000 was planned.",
        "B delivered 10% of its scope through DA in Q1; 25% was planned.",
    ]
    assert result.sheet()["money"].tolist() == [20_000, 10_000]


def test_by_hand_least_movement_first() -> None:
    result = redone(year(*BEHIND), "movement > impact")
    # B cannot spend its 30,000; A stays at 200,000, which pays for 95% now.
    assert awards(result) == {"A": 200_000, "B": 170_000, "C": 0}
    assert result.moved == 30_000
    assert [(m.source[0], m.target[0]) for m in result.moves] == [("B", "unspent")]
    assert result.plan.objective == 30_000


@pytest.mark.parametrize(("most", "impact", "changed"), [(1, 910_000, "B"), (2, 940_000, "AB"), (3, 960_000, "ABC")])
def test_by_hand_at_most_so_many_approvals(most: int, impact: float, changed: str) -> None:
    result = redone(year(*BEHIND), max_approvals=most)
    assert result.plan.objective == pytest.approx(impact)
    assert "".join(a.initiative for a in result.approvals) == changed


@pytest.mark.parametrize(("price", "changed"), [(19_000, "ABC"), (21_000, "AB"), (29_000, "AB"), (31_000, "B")])
def test_by_hand_a_price_for_each_approval(price: float, changed: str) -> None:
    """C gains 20,000 of impact for its approval, A 30,000; that of B is needed anyhow."""
    result = redone(year(*BEHIND), approval_price=price)
    assert "".join(a.initiative for a in result.approvals) == changed


def test_impact_may_give_up_a_little_for_fewer_approvals() -> None:
    assert len(redone(year(*BEHIND), "impact within 1% > approvals > movement").approvals) == 3
    assert len(redone(year(*BEHIND), "impact within 3% > approvals > movement").approvals) == 2


def test_more_approvals_than_allowed_are_needed_and_it_is_said() -> None:
    result = redone(year(*BEHIND), max_approvals=0)
    assert result.plan.has_plan
    assert [a.initiative for a in result.approvals] == ["B"]


@pytest.mark.parametrize("order", ["impact > profit", "impact > impact", "movement > Movement"])
def test_an_order_that_cannot_be_read(order: str) -> None:
    with pytest.raises(ValueError, match=r"profit|twice"):
        redone(year(*BEHIND), order)


COSTS = [{"initiative": i, "category": c, "share": 0.5} for i in ("A", "B") for c in ("personnel", "travel")]


def test_by_hand_transfers_between_categories() -> None:
    """A used 10,000 more for travel; B is all travel-free after Q1. What may move between categories caps what A regains."""
    costs = [
        {"initiative": "A", "category": "travel", "share": 1},
        {"initiative": "B", "category": "personnel", "share": 1},
        {"initiative": "C", "category": "travel", "share": 1},
    ]
    actuals = (
        spent("A", "Q1", 60_000, 0.25, category="travel"),
        spent("B", "Q1", 20_000, 0.1, category="personnel"),
    )
    free = redone(year(*actuals, Costs=costs))
    assert awards(free) == {"A": 210_000, "B": 170_000, "C": 20_000}  # 30,000 moves from personnel to travel
    tied = redone(year(*actuals, fund={"transfer_limit": 0.05}, Costs=costs))
    assert awards(tied) == {"A": 210_000, "B": 170_000, "C": 10_000}  # 5% of 400,000
    (transfer,) = tied.transfers
    assert (transfer.money, transfer.limit, transfer.kept) == (20_000, 20_000, True)
    none = redone(year(*actuals, fund={"transfer_limit": 0}, Costs=costs))
    assert awards(none) == {"A": 200_000, "B": 170_000, "C": 0}


def test_a_cut_of_the_whole_fund_is_no_transfer() -> None:
    costs = [{"initiative": "B", "category": "travel", "share": 1}]
    records = year(spent("A", "Q1", 50_000, 0.25), spent("B", "Q1", 50_000, 0.25, category="travel"), Costs=costs)
    case = case_from({**records, "Funds": [{"fund": "Grant", "amount": 400_000, "transfer_limit": 0.01}]})
    cut = case_from({**records, "Funds": [{"fund": "Grant", "amount": 300_000, "transfer_limit": 0.01}]})
    result = replan(cut, solve(case))
    assert broken(result) == []
    assert awards(result) == {"A": 200_000, "B": 100_000, "C": 0}
    assert result.transfers[0].money == 0


def test_a_move_between_categories_needs_no_approval_within_the_limit() -> None:
    costs = [{"initiative": "A", "category": c, "share": 0.5} for c in ("personnel", "travel")]
    actuals = [
        spent("A", "Q1", 35_000, 0.25, category="personnel"),
        spent("A", "Q1", 15_000, category="travel"),
        spent("B", "Q1", 50_000, 0.25),
    ]
    result = redone(year(*actuals, fund={"transfer_limit": 0.1}, Costs=costs))
    assert [(m.source, m.target, m.money, m.kind) for m in result.moves] == [
        (("A", "PD", "travel"), ("A", "PD", "personnel"), 10_000, "between categories")
    ]
    assert result.moves[0].approval == "not needed: 10% of the fund may move between categories"
    assert result.approvals == ()


def test_overspending_is_covered_by_the_next_installments() -> None:
    records = year(
        spent("A", "Q1", 150_000, 0.25),
        Installments=[{"fund": "Grant", "period": f"Q{k}", "amount": 100_000} for k in (1, 2, 3, 4)],
    )
    result = redone(records)
    rows = {r["period"]: r for r in result.plan.tables["Balances"].records()}
    assert rows["Q1"]["carried_forward"] == rows["Q2"]["brought_forward"] == -50_000
    assert rows["Q2"]["spend"] <= 50_000
    assert sum(r["spend"] for r in rows.values()) + sum(r["unspent"] for r in rows.values()) == 400_000
    assert any("paid $50,000 more than it had" in n for n in result.notes)
    far = redone({**records, "Actuals": [spent("A", "Q1", 320_000, 0.25)]})
    rows = {r["period"]: r for r in far.plan.tables["Balances"].records()}
    assert [rows[f"Q{k}"]["carried_forward"] for k in (1, 2, 3)] == [-220_000, -120_000, -20_000]
    assert rows["Q4"]["spend"] == 80_000
    lost = redone({**records, "Actuals": [spent("A", "Q1", 420_000, 0.25)]})
    assert any("overspent by $20,000, which nothing of it covers" in n for n in lost.notes)
    assert awards(lost) == {"A": 420_000, "B": 0, "C": 0}


def test_money_that_may_not_be_carried_lapses() -> None:
    records = year(
        spent("A", "Q1", 50_000, 0.25),
        fund={"carryover": 0.1},
        Installments=[{"fund": "Grant", "period": f"Q{k}", "amount": 100_000} for k in (1, 2, 3, 4)],
    )
    rows = {r["period"]: r for r in redone(records).plan.tables["Balances"].records()}
    assert (rows["Q1"]["carried_forward"], rows["Q1"]["unspent"]) == (10_000, 40_000)


def test_promises_that_the_past_has_broken_are_missed_by_the_least_and_said() -> None:
    rules = [
        {"rule": "A is capped", "where": "initiative = A", "at_most": 0.25, "of": "amount"},
        {"rule": "first quarter", "where": "period = Q1", "at_most": 70_000},
    ]
    result = redone(year(*BEHIND, spent("A", "Q2", 90_000, 0.25), Rules=rules))
    assert {(b.item, b.by) for b in result.unkeepable} == {("A is capped", 50_000.0), ("first quarter", 10_000.0)}
    assert awards(result)["A"] == 150_000


def test_an_initiative_that_was_begun_and_cannot_be_finished() -> None:
    records = year(spent("A", "Q1", 50_000, 0.25))
    records["Initiatives"][0]["all_or_nothing"] = "yes"
    short = case_from({**records, "Funds": [{"fund": "Grant", "amount": 150_000}]})
    result = replan(short, solve(case_from(records)))
    assert broken(result) == []
    assert [b.item for b in result.unkeepable] == ["A"]
    assert awards(result)["A"] == 150_000


def test_level_is_taken_from_the_money_where_it_is_not_stated() -> None:
    past = read_past(case_from(year(spent("A", "Q1", 30_000), spent("B", "Q1", 20_000, 0.2))))
    levels = {past.facts.names["initiative"][k[0]]: v for k, v in past.level.items()}
    assert levels == {"A": 0.15, "B": 0.2}
    assert "no level for A" in past.notes[0]


def test_a_category_that_nobody_planned_is_taken_as_it_is() -> None:
    actuals = spent("A", "Q1", 50_000, 0.25), spent("A", "Q1", 5_000, category="travel"), spent("B", "Q1", 50_000, 0.25)
    result = redone(year(*actuals))
    assert awards(result) == {"A": 205_000, "B": 195_000, "C": 0}
    assert [(m.source[0], m.target) for m in result.moves] == [("B", ("A", "PD", "travel"))]


@pytest.mark.parametrize(
    ("actual", "fund", "said"),
    [
        (spent("A", "Q1", 1, agency="DA"), {}, "add DA to Partners of A"),
        (spent("A", "Q1", 1), {"first": "Q2"}, "charge another fund"),
        (spent("A", "Q1", 1), {"allowed": "initiative = B"}, "change `allowed` of Grant"),
    ],
)
def test_money_that_the_case_does_not_allow_is_refused_with_its_cell(actual: Row, fund: Row, said: str) -> None:
    with pytest.raises(InvalidCase) as caught:
        read_past(case_from(year(actual, fund=fund)))
    (fault,) = caught.value.faults
    assert fault.sheet == "Actuals"
    assert said in fault.cure


def test_two_levels_for_one_period() -> None:
    with pytest.raises(InvalidCase) as caught:
        read_past(case_from(year(spent("A", "Q1", 1, 0.1), spent("A", "Q1", 2, 0.2, category="travel"))))
    assert [f.code for f in caught.value.faults] == ["A02"]


def test_what_cannot_be_planned_again() -> None:
    with pytest.raises(ValueError, match="Actuals has no rows"):
        redone(year())
    with pytest.raises(ValueError, match="nothing left to decide"):
        redone(year(spent("A", "Q4", 1, 0.1)))
    with pytest.raises(ValueError, match="did you mean Q1"):
        redone(year(spent("A", "Q1", 1, 0.1)), through="Q11")


def test_what_is_spent_in_a_period_that_still_runs_is_its_least() -> None:
    result = redone(year(*BEHIND, spent("C", "Q2", 12_000, 0.12)), through="Q1")
    rows = {(r["initiative"], r["period"]): r["money"] for r in result.plan.tables["Spend"].records()}
    assert rows["C", "Q2"] >= 12_000
    assert result.through == "Q1"


def test_cents_of_the_past_stay_and_the_rest_is_whole() -> None:
    result = redone(year(spent("A", "Q1", 49_999.37, 0.25), spent("B", "Q1", 50_000, 0.25)))
    money = [r["money"] for r in result.plan.tables["Spend"].records() if r["period"] != "Q1"]
    assert all(m == round(m) for m in money)
    assert result.plan.proof.whole
    assert result.approvals == ()


def as_planned(case: Case, plan: Plan, over: int, dice: Random | None = None) -> list[Row]:
    """Actuals of the first periods as the plan has them, or thrown about it."""
    periods = case.facts.names["period"][:over]
    level = {(r["initiative"], r["agency"], r["period"]): r["level"] for r in plan.tables["Levels"].records()}
    rows, said = [], set()
    for r in plan.tables["Spend"].records():
        if r["period"] not in periods:
            continue
        key = r["initiative"], r["agency"], r["period"]
        share = dice.choice((0.5, 0.8, 1, 1, 1.1)) if dice else 1
        row = {**r, "money": round(r["money"] * share, 2)}
        if key not in said:
            row["level"] = level.get(key, 0.0) * (dice.choice((0.6, 0.9, 1, 1)) if dice else 1)
            said.add(key)
        rows.append(row)
    return rows


def test_a_year_that_goes_as_planned_stays_as_planned() -> None:
    records = year(Outcomes=[])
    case = case_from(records)
    plan = solve(case)
    result = replan(case_from({**records, "Actuals": as_planned(case, plan, 2)}), plan)
    assert (result.moves, result.deviations, result.moved) == ((), (), 0.0)
    assert list(result.plan.tables["Spend"].records()) == list(plan.tables["Spend"].records())


def simple(seed: int) -> tuple[Records, list[Row]]:
    """A random case whose rest of the year is again an ordinary case, and actuals of its first quarter."""
    dice = Random(seed)
    names = [f"i{k}" for k in range(dice.randint(2, 5))]
    funds = [f"f{k}" for k in range(dice.randint(1, 3))]
    records: Records = {
        "Case": [{"setting": "rounding", "value": 0}],
        "Periods": [{"period": f"Q{k}"} for k in (1, 2, 3)],
        "Agencies": [{"agency": "PD"}, {"agency": "DA"}],
        "Funds": [{"fund": f, "amount": dice.randint(50, 300) * 1000.0} for f in funds],
        "Initiatives": [
            {"initiative": i, "lead": dice.choice(("PD", "DA")), "request": dice.randint(50, 300) * 1000.0}
            for i in names
        ],
        "Outcomes": [{"initiative": i, "outcome": "saved", "at_full": float(dice.randint(1, 90))} for i in names],
    }  # fmt: skip
    actuals: list[Row] = []
    for row in records["Initiatives"]:
        done = dice.choice((0.0, 0.1, 0.25))
        money = round(row["request"] * done * dice.choice((0.8, 1, 1.2)), 2)
        fund = dice.choice(records["Funds"])
        if done and money + sum(r["money"] for r in actuals if r["fund"] == fund["fund"]) < fund["amount"]:
            line = {"fund": fund["fund"], "initiative": row["initiative"], "agency": row["lead"]}
            actuals.append({**line, "category": "general", "period": "Q1", "money": money, "level": done})
    return records, actuals


def rest_of(records: Records, actuals: list[Row]) -> tuple[Records, float]:
    """The rest of the year as an ordinary case: smaller funds, smaller initiatives; and what is achieved already."""
    done = {r["initiative"]: r["level"] for r in actuals}
    paid: dict[str, float] = {}
    for r in actuals:
        paid[r["fund"]] = paid.get(r["fund"], 0.0) + r["money"]
    made = {
        **records,
        "Periods": records["Periods"][1:],
        "Funds": [{**f, "amount": f["amount"] - paid.get(f["fund"], 0.0)} for f in records["Funds"]],
        "Initiatives": [{**i, "request": i["request"] * (1 - done.get(i["initiative"], 0))} for i in records["Initiatives"]],
        "Outcomes": [{**o, "at_full": o["at_full"] * (1 - done.get(o["initiative"], 0))} for o in records["Outcomes"]],
    }  # fmt: skip
    return made, sum(o["at_full"] * done.get(o["initiative"], 0) for o in records["Outcomes"])


@pytest.mark.parametrize("seed", range(20))
def test_the_rest_of_a_simple_year_is_an_ordinary_case(seed: int) -> None:
    records, actuals = simple(seed)
    if not actuals:
        pytest.skip("nothing was spent")
    case = case_from({**records, "Actuals": actuals})
    result = replan(case, solve(case))
    rest, achieved = rest_of(records, actuals)
    assert broken(result) == []
    assert result.plan.impact == pytest.approx((solve(case_from(rest)).objective or 0.0) + achieved, rel=1e-7)


@pytest.mark.first(6)
@pytest.mark.parametrize("seed", some_of(range(120), range(40)))
def test_random_years_are_the_best_that_the_past_leaves(seed: int) -> None:
    """Every feature and kind of rule: the plan keeps all, and is as good as the ordinary model with the past as bounds."""
    records = random_case(seed, rules=True)
    periods = records.get("Periods", [])
    if len(periods) < 2:
        pytest.skip("one period")
    case = case_from(records)
    plan = solve(case)
    if not plan.has_plan:
        pytest.skip("no plan to begin with")
    actuals = as_planned(case, plan, 1, Random(seed))
    if not actuals:
        pytest.skip("nothing is spent in the first period")
    case = case_from({**records, "Actuals": actuals})
    result = replan(case, plan)
    assert result.plan.has_plan, "the balances alone leave no plan"
    assert broken(result) == []
    balanced(result)
    if result.unkeepable or result.past.case is not case:
        return
    best = as_bounds(result)
    if best is None:
        assert result.excused or result.notes
    else:
        assert result.plan.stages[0].best == pytest.approx(best, rel=1e-6, abs=1e-6)


def as_bounds(result: Replan) -> float | None:
    """The first objective of the ordinary model with past columns fixed, and past rows of single periods let go.

    None where that is infeasible: the past has made something impossible.
    """
    past = result.past
    before = Before.of(past.facts, result.before)
    rules = compile_rules(past.facts)
    full = build(past.facts, rules)
    columns = full.columns
    x = np.zeros(len(full.column_lower))
    over = np.zeros(len(x), bool)
    known: dict[str, Any] = {"spend": past.spend, "level": past.level, "post": before.posts, "hire": before.hires}
    for name, values in known.items():
        keys = columns[name].keys
        order = {
            "spend": LINE, "level": ("initiative", "agency", "period"),
            "post": ("agency", "role", "fills", "initiative", "period"),
            "hire": ("agency", "role", "initiative", "period"),
        }[name]  # fmt: skip
        for n in range(columns[name].size):
            if keys["period"][n] < past.over:
                at = columns[name].first + n
                x[at], over[at] = values.get(tuple(int(keys[d][n]) for d in order), 0.0), True
    lower, upper = np.where(over, x, full.column_lower), np.where(over, x, full.column_upper)
    # Overspending of the past moves on as a debt.
    most = float(past.facts.amount.sum())
    for name in ("carry", "unspent"):
        first = columns[name].first
        for n, t in enumerate(columns[name].keys["period"].tolist()):
            if t < past.over:
                lower[first + n], upper[first + n] = (-most if name == "carry" else 0.0), most
    low, high = full.row_lower.copy(), full.row_upper.copy()
    for name in ("cost", "pace", "staffing", "people", "hire limit"):
        if name in full.rows:
            gone = np.flatnonzero(full.rows[name].keys["period"] < past.over) + full.rows[name].first
            low[gone], high[gone] = -np.inf, np.inf
    found = by_highs(replace(full, column_lower=lower, column_upper=upper, row_lower=low, row_upper=high))
    return found.stages[0].best if found.stages else None


def test_what_is_settled_counts_in_rows_and_stages() -> None:
    case = case_from(year(*BEHIND))
    past = read_past(case)
    plan = solve(case)
    left = remaining(past, Before.of(past.facts, plan.tables), compile_rules(past.facts), Wishes())
    assert (left.model.columns["spend"].keys["period"] >= 1).all()
    full = build(past.facts, compile_rules(past.facts))
    x = np.arange(len(full.column_lower), dtype=float)
    at = np.zeros(len(x), bool)
    at[full.columns["spend"].span] = at[full.columns["level"].first] = True
    small = settled(full, at, x)
    rest = np.append(x[~at], 1.0)
    sums = [float(full.value[a:b] @ x[full.index[a:b]]) for a, b in zip(full.start[:-1], full.start[1:], strict=True)]
    again = [
        float(small.value[a:b] @ rest[small.index[a:b]]) for a, b in zip(small.start[:-1], small.start[1:], strict=True)
    ]
    for name, family in small.rows.families.items():
        keys = list(zip(*(k.tolist() for k in full.rows[name].keys.values()), strict=True))
        for n, key in enumerate(zip(*(k.tolist() for k in family.keys.values()), strict=True)):
            assert again[family.first + n] == pytest.approx(sums[full.rows[name].first + keys.index(key)])
    assert small.stages[0].cost @ rest == pytest.approx(full.stages[0].cost @ x)


def test_a_scenario_can_be_planned_again() -> None:
    rows = [{"scenario": "cut", "sheet": "Funds", "where": "", "column": "amount", "change": "* 0.5"}]
    case = case_from(year(*BEHIND, Scenarios=rows))
    result = replan(scenario(case, "cut"), solve(case))
    assert broken(result) == []
    assert sum(awards(result).values()) == 200_000
