"""Uncertain numbers: draws, how a plan fares, and robust plans against their definitions, enumerated and solved apart.

The small cases are written down a second time, as a plain program for CBC, from the definitions alone: the average of
the worst draws as the least over all ways to choose them, the budget as one row for each set of deviations.
"""

from __future__ import annotations

import warnings
from itertools import combinations, pairwise
from random import Random
from typing import Any

import numpy as np
import pulp
import pytest

from optimiser.analysis.asking.repeat import Repeat
from optimiser.analysis.uncertain.budget import budget_plan
from optimiser.analysis.uncertain.draws import drawn, draws, impact_only
from optimiser.analysis.uncertain.robust import average_plan, worst_plan
from optimiser.analysis.uncertain.uncertainty import Faring, fare, worst_average
from optimiser.case.case import Case
from optimiser.case.checking.uncertain_rows import Uncertain, uncertain
from optimiser.verbs import case_from, solve, verify
from tests.oracle.plain_model import solve_plain, solver_for
from tests.oracle.random_cases import random_case
from tests.soak import some_of

Row = dict[str, Any]
Records = dict[str, list[Row]]
SEEDS = some_of(range(50), range(12))


def small(seed: int, rounding: float = 0.0) -> Records:
    """Two funds, three or four initiatives that need money and people of one role, and uncertain numbers of every sort."""
    dice = Random(seed)
    names = [f"i{k}" for k in range(dice.randint(3, 4))]
    records: Records = {
        "Case": [{"setting": "rounding", "value": rounding}],
        "Agencies": [{"agency": "PD"}],
        "Funds": [{"fund": f, "amount": float(dice.randint(60, 160) * 1000)} for f in ("f0", "f1")],
        "Initiatives": [
            {"initiative": i, "lead": "PD", "request": float(dice.randint(40, 120) * 1000)} for i in names
        ],
        "Staff": [{"agency": "PD", "role": "analyst", "fte": float(dice.randint(2, 6))}],
        "Needs": [{"initiative": i, "role": "analyst", "fte": float(dice.randint(0, 3))} for i in names],
        "Outcomes": [{"initiative": i, "outcome": "saved", "at_full": float(dice.randint(10, 90))} for i in names],
        "Rules": [{"rule": "first", "where": "initiative = i0", "at_least": 5000.0}],
        "Uncertainty": [],
    }  # fmt: skip
    records["Needs"] = [n for n in records["Needs"] if n["fte"]]

    def row(of: str, item: str, column: str, **more: Any) -> None:
        low, high = round(dice.uniform(0.4, 0.9), 2), round(dice.uniform(1.0, 1.5), 2)
        records["Uncertainty"].append(
            {"of": of, "item": item, "column": column, "low": low, "high": high, "measured": "factor", **more}
        )

    for f in ("f0", "f1"):
        if dice.random() < 0.7:
            row("fund", f, "amount")
    for i in names:
        if dice.random() < 0.4:
            row("initiative", i, "request")
        if dice.random() < 0.7:
            row("outcome", i, "at_full", detail="saved")
    if dice.random() < 0.6:
        row("staff", "PD", "fte", detail="analyst")
    return records


class Plain:
    """A small case as arrays, straight from its records."""

    def __init__(self, case: Case) -> None:
        t = case.tables
        self.amount = t["Funds"]["amount"]
        self.request = t["Initiatives"]["request"]
        self.fte = float(t["Staff"]["fte"][0])
        need = dict(zip(t["Needs"]["initiative"].tolist(), t["Needs"]["fte"].tolist(), strict=True))
        self.need = np.array([need.get(i, 0.0) for i in t["Initiatives"]["initiative"].tolist()])
        self.value = t["Outcomes"]["at_full"]
        self.size = len(self.request)


class Program:
    """Rows of Σ a·x ≤ b, maximised by CBC."""

    def __init__(self, columns: int) -> None:
        self.columns, self.rows = columns, list[tuple[dict[int, float], float]]()

    def row(self, entries: dict[int, float], limit: float) -> None:
        self.rows.append((entries, limit))

    def best(self, gain: dict[int, float], free: tuple[int, ...] = ()) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # PuLP announces its version 4
            return self._best(gain, free)

    def _best(self, gain: dict[int, float], free: tuple[int, ...]) -> float:
        made = pulp.LpProblem("small", pulp.LpMaximize)
        x = [made.add_variable(f"x{k}", None if k in free else 0) for k in range(self.columns)]
        made += pulp.lpSum(value * x[at] for at, value in gain.items())
        for entries, limit in self.rows:
            made += pulp.lpSum(value * x[at] for at, value in entries.items()) <= limit
        made.solve(solver_for("cbc", mip=False))
        assert pulp.LpStatus[made.status] == "Optimal"
        return float(pulp.value(made.objective))


def plan_rows(program: Program, plain: Plain, first: int) -> None:
    """The plan itself, from column `first`: spend of f0, then of f1, then people, for each initiative."""
    n = plain.size
    for f in range(2):
        program.row({first + f * n + i: 1.0 for i in range(n)}, plain.amount[f])
    program.row({first + 2 * n + i: 1.0 for i in range(n)}, plain.fte)
    for i in range(n):
        level = {first + i: 1 / plain.request[i], first + n + i: 1 / plain.request[i]}
        program.row(level, 1.0)
        work = {**{k: v * plain.need[i] for k, v in level.items()}, first + 2 * n + i: -1.0}
        program.row(work, 0.0)
        program.row({k: -v for k, v in work.items()}, 0.0)  # and nobody without work


def two_stages(case: Case, made: list[Case], share: float) -> float:
    """The best average of the worst share, with each choice of the worst draws as a row of its own."""
    base = Plain(case)
    n, count = base.size, len(made)
    width = 3 * n
    program = Program(width * (count + 1) + 1)
    plan_rows(program, base, 0)
    program.row({0: -1.0, n: -1.0}, -5000.0)  # the hard rule, of the plan as it is made
    top = width * (count + 1)
    values = []
    for k, one in enumerate(made):
        plain, first = Plain(one), width * (k + 1)
        plan_rows(program, plain, first)
        for column in range(width):
            program.row({first + column: 1.0, column: -1.0}, 0.0)
        for i in range(n):  # no level above the plan's, whatever it costs now
            entries = {first + i: 1 / plain.request[i], first + n + i: 1 / plain.request[i]}
            program.row({**entries, i: -1 / base.request[i], n + i: -1 / base.request[i]}, 0.0)
        values.append({first + f * n + i: plain.value[i] / plain.request[i] for f in range(2) for i in range(n)})
    size = round(share * count)
    for worst in combinations(range(count), size):
        entries = {top: 1.0}
        for k in worst:
            entries.update({at: -v / size for at, v in values[k].items()})
        program.row(entries, 0.0)
    return program.best({top: 1.0}, free=(top,))


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_average_and_worst_plans_are_what_they_are_defined_to_be(seed: int) -> None:
    case = case_from(small(seed))
    sample = draws(case, 6, seed)
    made = [sample.case_of(k) for k in range(6)]
    worst, average = worst_plan(sample, 1 / 3), average_plan(sample)
    assert worst.value == pytest.approx(two_stages(case, made, 1 / 3), rel=1e-6)
    assert average.value == pytest.approx(two_stages(case, made, 1), rel=1e-6)
    for plan, figure in ((worst, lambda f: f.worst(1 / 3)), (average, lambda f: f.average)):
        assert verify(plan.plan) == []
        fared = fare(plan.plan, sample, replanned=False)
        assert figure(fared) == pytest.approx(plan.value, rel=1e-5)
        assert worst_by_choice(fared.held, 2) == pytest.approx(fared.worst(1 / 3))
    fared = fare(solve(case), sample)
    assert fared.worst(1 / 3) <= worst.value * (1 + 1e-6)
    assert fared.average <= average.value * (1 + 1e-6)
    assert fared.regret[~np.isnan(fared.regret)].min(initial=0.0) >= 0


def worst_by_choice(values: Any, size: int) -> float:
    return min(sum(chosen) / size for chosen in combinations(values.tolist(), size))


def sets_within(budget: int, items: list[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(min(budget, len(items)) + 1) for chosen in combinations(items, size)]


def within_budget(case: Case, budget: int) -> float:
    """The best impact that holds for every set of at most so many deviations in a row: one row for each set."""
    plain, numbers = Plain(case), uncertain(case.tables)
    n = plain.size
    program = Program(3 * n + 1)
    plan_rows(program, plain, 0)
    program.row({0: -1.0, n: -1.0}, -5000.0)
    rise, cut, loss, away = np.zeros(n), np.zeros(2), np.zeros(n), 0.0
    for number in numbers:
        k = number.records[0]
        if number.column == "request":
            rise[k] = number.high - 1
        elif number.column == "amount":
            cut[k] = (1 - number.low) * plain.amount[k]
        elif number.column == "at_full":
            loss[k] = (1 - number.low) * plain.value[k]
        else:
            away = (1 - number.low) * plain.fte
    for f in range(2):
        for chosen in sets_within(budget, [*range(n), -1]):
            entries = {f * n + i: 1.0 + (rise[i] if i in chosen else 0.0) for i in range(n)}
            program.row(entries, plain.amount[f] - (cut[f] if -1 in chosen else 0.0))
    program.row({2 * n + i: 1.0 for i in range(n)}, plain.fte - (away if budget else 0.0))
    for chosen in sets_within(budget, list(range(n))):
        entries = {3 * n: 1.0}
        for i in range(n):
            each = (plain.value[i] - (loss[i] if i in chosen else 0.0)) / plain.request[i]
            entries[i], entries[n + i] = -each, -each
        program.row(entries, 0.0)
    return program.best({3 * n: 1.0}, free=(3 * n,))


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", SEEDS)
def test_plans_within_a_budget_are_what_they_are_defined_to_be(seed: int) -> None:
    case = case_from(small(seed))
    values = []
    for budget in range(4):
        found = budget_plan(case, budget)
        assert found.value == pytest.approx(within_budget(case, budget), rel=1e-6)
        assert verify(found.plan) == []
        values.append(found.value)
    assert all(more >= less - 1e-6 for more, less in pairwise(values))
    assert values[0] == pytest.approx(solve(case).objective, rel=1e-9)
    part = budget_plan(case, 0.5).value
    assert part is not None
    assert values[1] - 1e-6 <= part <= values[0] + 1e-6


def test_whole_units_keep_the_reserve() -> None:
    case = case_from(small(3, rounding=1))
    found = budget_plan(case, 1)
    assert found.plan.proof.whole
    spent = found.plan.spend.groupby("fund")["money"].sum()
    for fund, amount in zip(*(case.tables["Funds"][c].tolist() for c in ("fund", "amount")), strict=True):
        assert spent.get(fund, 0) + found.reserve.get(fund, 0) <= amount + 0.01


def one_fund(*rows: Row, **sheets: list[Row]) -> Case:
    """A (worth 2 for each unit of money) and B (worth 1), each of 100, share 150."""
    return case_from(
        {
            "Agencies": [{"agency": "PD"}],
            "Funds": [{"fund": "Pool", "amount": 150}],
            "Initiatives": [
                {"initiative": "A", "lead": "PD", "request": 100, "priority": 2},
                {"initiative": "B", "lead": "PD", "request": 100},
            ],
            "Uncertainty": list(rows),
            **sheets,
        }
    )


CUT: Row = {"of": "fund", "item": "Pool", "column": "amount", "shape": "either", "low": 60, "high": 150, "chance": 0.5}


def test_by_hand_a_cut_falls_on_what_loses_least() -> None:
    case = one_fund(CUT)
    fared = fare(solve(case), draws(case, 10, 1))
    assert sorted(fared.held.round(6).tolist()) == [120.0] * 5 + [250.0] * 5  # 60 for A; 100 for A and 50 for B
    assert fared.best is not None
    assert fared.best == pytest.approx(fared.held)
    assert fared.regret.max() == pytest.approx(0, abs=1e-6)
    assert fared.average == pytest.approx(185)
    assert fared.worst(0.1) == pytest.approx(120)
    assert fared.worst(0.75) == pytest.approx((5 * 120 + 2.5 * 250) / 7.5)
    assert fared.kept.all()


def test_by_hand_what_a_new_plan_would_have_had_is_regretted() -> None:
    """More money than planned is of no use to a plan that is held, nor is people where there were none."""
    case = one_fund({**CUT, "high": 200})
    fared = fare(solve(case), draws(case, 2, 0))
    assert sorted(fared.held.round(6).tolist()) == [120.0, 250.0]
    assert sorted(fared.regret.round(6).tolist()) == [0.0, 50.0]


def test_rules_that_a_cut_breaks_are_counted() -> None:
    rule = {"rule": "B", "where": "initiative = B", "at_least": 0.4, "of": "amount"}
    floor = {"rule": "money", "at_least": 100}
    fared = fare(solve(one_fund(CUT, Rules=[floor])), draws(one_fund(CUT, Rules=[floor]), 4))
    assert fared.kept.sum() == 2
    assert fared.best is not None
    assert np.isnan(fared.best).sum() == 2
    case = one_fund(CUT, Rules=[rule])
    fared = fare(solve(case), draws(case, 4))
    assert fared.kept.all()  # 40% of 60 is 24 for B, which the plan's 60 for B can be cut to
    assert sorted(fared.held.round(6).tolist())[:2] == [120.0, 120.0]


def test_all_or_nothing_stays_so_when_it_is_cut() -> None:
    case = one_fund(CUT)
    records = {"initiative": "A", "lead": "PD", "request": 100, "priority": 2, "all_or_nothing": "yes"}
    case = one_fund(CUT, Initiatives=[records, {"initiative": "B", "lead": "PD", "request": 100}])
    fared = fare(solve(case), draws(case, 2))
    assert sorted(fared.held.round(6).tolist()) == [50.0, 250.0]  # A cannot be cut, so it is given up; B keeps its 50
    worst = worst_plan(draws(case, 2), 0.5)
    assert worst.value == pytest.approx(60)  # with B alone 60 are left in the cut


def test_draws_are_seeded_even_and_together() -> None:
    row: Row = {"of": "fund", "item": "Pool", "column": "amount", "low": 100, "high": 200}
    price: Row = {"of": "initiative", "item": "A", "column": "request", "low": 0.5, "high": 1.5, "measured": "factor"}
    case = one_fund(row, price)
    one, same, other = draws(case, 100, 3), draws(case, 100, 3), draws(case, 100, 4)
    assert np.array_equal(one.at, same.at)
    assert not np.array_equal(one.at, other.at)
    assert sorted(np.floor(one.at[:, 0] - 100).astype(int).tolist()) == list(range(100))
    tied = draws(one_fund({**row, "moves_with": "economy"}, {**price, "moves_with": "Economy"}), 50)
    assert np.corrcoef(tied.at.T)[0, 1] == pytest.approx(1)
    with pytest.raises(ValueError, match="no rows"):
        draws(one_fund())


def test_a_drawn_case_has_what_follows_from_its_numbers() -> None:
    row: Row = {"of": "fund", "item": "Pool", "column": "amount", "low": 60, "high": 150}
    score: Row = {"of": "initiative", "item": "A", "column": "score", "low": 50, "high": 90}
    case = one_fund(
        row, score,
        Periods=[{"period": "Q1"}, {"period": "Q2"}],
        Installments=[{"fund": "Pool", "period": "Q1", "amount": 50}, {"fund": "Pool", "period": "Q2", "amount": 100}],
        Performance=[{"of": "initiative", "item": "A", "measure": "m", "target": 10, "actual": 9}],
    )  # fmt: skip
    facts = drawn(case, uncertain(case.tables), [75.0, 60.0]).facts
    assert facts.installment.tolist() == [[25.0, 50.0]]
    assert facts.score.tolist() == [60.0, 100.0]


def test_worst_average_counts_a_part() -> None:
    assert worst_average(np.array([4.0, 1.0, 2.0]), 0.5) == pytest.approx((1 + 0.5 * 2) / 1.5)
    assert worst_average(np.array([4.0, 1.0, 2.0]), 1) == pytest.approx(7 / 3)


def test_a_budget_on_a_rule_and_what_is_not_protected() -> None:
    """The rule's limit falls with the fund, and the plan stays below the lower one."""
    row: Row = {"of": "fund", "item": "Pool", "column": "amount", "low": 100, "high": 150}
    rule = {"rule": "cap", "where": "initiative = A", "at_most": 0.4, "of": "amount"}
    found = budget_plan(one_fund(row, Rules=[rule]), 1)
    award = dict(zip(*(found.plan.award[c] for c in ("initiative", "award")), strict=True))
    assert award == {"A": 40, "B": 60}
    assert found.reserve == {"Pool": 50}
    exact = {"rule": "exact", "where": "initiative = A", "at_least": 0.4, "at_most": 0.4, "of": "amount"}
    assert budget_plan(one_fund(row, Rules=[exact]), 0).value == pytest.approx(120 + 90)


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_a_share_that_is_none(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        worst_plan(draws(one_fund(CUT), 2), share)


def test_a_new_plan_of_each_draw_may_be_left_out() -> None:
    case = one_fund(CUT)
    fared: Faring = fare(solve(case), draws(case, 4), replanned=False)
    assert fared.best is None
    assert fared.kept.all()


def uncertain_case(seed: int) -> Records:
    """A random case whose funds, some requests and some staff are uncertain."""
    records: Records = random_case(seed, rules=seed % 2 == 0)
    dice = Random(seed)
    rows: list[Row] = [
        {"of": "fund", "item": f["fund"], "column": "amount", "low": 0.7, "high": 1.1} for f in records["Funds"]
    ]
    rows += [
        {"of": "initiative", "item": i["initiative"], "column": "request", "low": 0.9, "high": 1.3}
        for i in records["Initiatives"]
        if i["request"] and dice.random() < 0.4
    ]
    staff = [s for s in records.get("Staff", []) if s.get("fte") and dice.random() < 0.5]
    for agency, role in sorted({(s["agency"], s["role"]) for s in staff}):
        rows.append({"of": "staff", "item": agency, "detail": role, "column": "fte", "low": 0.6, "high": 1.0})
    return {**records, "Uncertainty": [{**row, "measured": "factor"} for row in rows]}


def with_draw(records: Records, numbers: list[Uncertain], at: list[float]) -> Records:
    """The records with each number multiplied, written down without the program's own way to do it."""
    made: Records = {name: [dict(row) for row in rows] for name, rows in records.items() if name != "Uncertainty"}
    for row, factor in {n.name: v for n, v in zip(numbers, at, strict=True)}.items():
        column, _, item = row.partition(" of ")
        if column == "amount":
            fund = next(f for f in made["Funds"] if f["fund"] == item)
            paid = [c for c in made.get("Contributions", []) if c["fund"] == item]
            total = sum(c["amount"] for c in paid)
            stated = fund.get("amount")
            fund["amount"] = (total if stated in (None, "") else stated) * factor
            for line in made.get("Installments", []):
                line["amount"] *= factor if line["fund"] == item else 1.0
            for line in paid:
                line["amount"] *= min(1.0, fund["amount"] / total) if total else 1.0
        elif column == "request":
            next(i for i in made["Initiatives"] if i["initiative"] == item)["request"] *= factor
        else:
            role, _, agency = item.partition(" of ")
            for line in made["Staff"]:
                line["fte"] *= factor if (line["agency"], line["role"]) == (agency, role) else 1.0
    made["Case"] = [r for r in made.get("Case", []) if r["setting"] != "objective"]
    return made


@pytest.mark.first(4)
@pytest.mark.parametrize("seed", SEEDS)
def test_draws_solved_again_are_what_the_oracle_finds(seed: int) -> None:
    records = uncertain_case(seed)
    case = impact_only(case_from(records))
    sample = draws(case, 2, seed)
    asked = Repeat(case)
    for k in range(2):
        found = asked.value(sample.case_of(k))
        truth = solve_plain(with_draw(records, list(sample.numbers), sample.at[k].tolist()), "cbc")
        if truth["status"] == "infeasible":
            assert found is None
        else:
            assert found == pytest.approx(truth["objective"], rel=1e-6, abs=1e-6)
