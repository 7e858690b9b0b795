"""Sweeps: what each scenario gives is what solving it gives, in whatever process, order and call."""

from __future__ import annotations

import json
from multiprocessing import active_children
from pathlib import Path
from random import Random
from typing import Any

import pytest

import optimiser
from optimiser.analysis.sweeps.result import Result, read_results, table, write
from optimiser.analysis.sweeps.sweep import scenarios_of, sweep
from optimiser.analysis.sweeps.work import Sweeper
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from optimiser.verbs import apply_changes
from tests.oracle.random_cases import random_case
from tests.soak import some_of

Rows = list[dict[str, Any]]


def change(sheet: str, where: str, column: str, change: str) -> dict[str, Any]:
    return {"sheet": sheet, "where": where, "column": column, "change": change}


def some(case: Case, dice: Random, count: int) -> dict[str, Rows]:
    """Scenarios that move limits, costs and entries, and now and then the columns themselves."""
    facts, made = case.facts, {}
    for number in range(count):
        rows: Rows = []
        for fund in dice.sample(facts.names["fund"], 1):
            rows.append(change("Funds", f'fund = "{fund}"', "amount", f"* {dice.uniform(1, 1.5):.3f}"))
        for name in dice.sample(facts.names["initiative"], 2):
            where = f'initiative = "{name}"'
            column = dice.choice(("priority", "score", "request", "priority"))
            rows.append(change("Initiatives", where, column, f"* {dice.uniform(0.5, 1.0):.3f}"))
        if number % 4 == 3:
            rows.append(change("Initiatives", f'initiative = "{facts.names["initiative"][0]}"', "lead", "="))
        made[f"s{number}"] = [dict(row) for row in rows]
        if len({(r["where"], r["column"]) for r in rows}) < len(rows):
            made[f"s{number}"] = rows[:1]
    return made


def alone(case: Case, rows: Rows) -> tuple[str, float | None]:
    model = Program.of(apply_changes(case, rows)).model.alone()
    found = solve(model, SolveLimits(gap=case.settings.gap))
    return found.status, found.stages[0].best if found.x is not None else None


def small() -> tuple[Case, dict[str, Rows]]:
    case = optimiser.case_from(
        {
            "Agencies": [{"agency": "X"}, {"agency": "Y"}],
            "Funds": [{"fund": "F", "amount": 150}, {"fund": "G", "amount": 30, "allowed": "lead = Y"}],
            "Initiatives": [
                {"initiative": "A", "lead": "X", "request": 100, "priority": 3},
                {"initiative": "B", "lead": "Y", "request": 100, "priority": 2},
            ],
            "Rules": [{"rule": "cap", "where": "initiative = B", "at_most": 90}],
            "Scenarios": [{"scenario": "half", **change("Funds", "", "amount", "* 0.5")}],
        }
    )
    listed: dict[str, Rows] = {f"{a}": [change("Funds", "fund = F", "amount", f"= {a}")] for a in range(0, 260, 10)}
    listed["wrong"] = [change("Funds", "fund = H ; kind = pooled", "amount", "= 1")]
    listed["none"] = [change("Rules", "rule = cap", "at_least", "= 80"), change("Funds", "", "amount", "= 10")]
    return case, listed


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", some_of(range(40), range(12)))
def test_values_are_those_of_solving_each(seed: int) -> None:
    case, dice = optimiser.case_from(random_case(seed, rules=seed % 2 == 0)), Random(seed)
    sweeper = Sweeper(case)
    for name, rows in some(case, dice, 6).items():
        found = sweeper.result(name, rows)
        try:
            status, best = alone(case, rows)
        except InvalidCase:
            assert found.status == "invalid"
            assert found.faults
            continue
        assert (found.objective is None) == (best is None), (found, status)
        if best is not None:
            assert found.objective == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_the_order_does_not_matter_to_the_last_digit() -> None:
    case = optimiser.case_from(random_case(4))
    listed = some(case, Random(1), 12)
    forward, backward = Sweeper(case), Sweeper(case)
    first = {n: forward.result(n, rows).line() for n, rows in listed.items()}
    second = {n: backward.result(n, rows).line() for n, rows in reversed(listed.items())}
    assert first == second


def test_plans_are_those_of_solve() -> None:
    case, listed = small()
    for result in sweep(case, {k: listed[k] for k in ("0", "50", "200")}, depth="plan"):
        plan = optimiser.solve(apply_changes(case, listed[result.name]))
        assert result.objective == plan.objective
        assert list(result.award.values()) == plan.tables["Awards"]["award"].tolist()
        assert result.money == plan.tables["Spend"]["money"].sum()


def test_invalid_and_impossible_scenarios_are_results_too() -> None:
    case, listed = small()
    found = {r.name: r for r in sweep(case, listed)}
    assert found["wrong"].status == "invalid"
    assert "C04" in found["wrong"].faults[0]
    assert (found["none"].status, found["none"].objective) == ("infeasible", None)
    assert found["100"].objective == pytest.approx(300 + 60)


def test_scenarios_of_the_sheet() -> None:
    case, _ = small()
    assert [r.objective for r in sweep(case, scenarios_of(case))] == pytest.approx([75 * 3 + 15 * 2])


def test_two_processes_give_the_bytes_of_one(tmp_path: Path) -> None:
    case, listed = small()
    one, two = list(sweep(case, listed)), list(sweep(case, listed, workers=2))
    assert sorted(r.line() for r in one) == sorted(r.line() for r in two)
    for number, results in enumerate((one, two)):
        write(results, tmp_path / f"{number}.csv", order=list(listed))
        write(results, tmp_path / f"{number}.parquet", order=list(listed))
    for kind in ("csv", "parquet"):
        assert (tmp_path / f"0.{kind}").read_bytes() == (tmp_path / f"1.{kind}").read_bytes()


def test_an_interrupt_keeps_what_is_done_and_a_second_call_continues(tmp_path: Path, monkeypatch: Any) -> None:
    case, listed = small()
    running = sweep(case, listed, folder=tmp_path)
    first = [next(running) for _ in range(5)]
    running.close()  # type: ignore[attr-defined]
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"name": "half a li')
    solved: list[str] = []
    really = Sweeper.result

    def heard(self: Sweeper, name: str, rows: Any) -> Any:
        solved.append(name)
        return really(self, name, rows)

    monkeypatch.setattr(Sweeper, "result", heard)
    rest = list(sweep(case, listed, folder=tmp_path))
    assert [r.name for r in rest] == list(listed)
    assert rest[:5] == first
    assert solved == list(listed)[5:]
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["name"] for line in lines] == list(listed)
    assert read_results(tmp_path) == rest


def test_a_folder_of_another_sweep_is_not_continued(tmp_path: Path) -> None:
    case, listed = small()
    list(sweep(case, {"0": listed["0"]}, folder=tmp_path))
    with pytest.raises(ValueError, match="holds another sweep"):
        list(sweep(case, listed, folder=tmp_path))


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    case, listed = small()
    before = set(active_children())
    found: list[Result] = []
    for result in sweep(case, listed, workers=2, folder=tmp_path):
        found.append(result)
        if len(found) == 3:
            next(iter(set(active_children()) - before)).kill()
    assert sorted(r.name for r in found) == sorted(listed)
    assert sorted(r.line() for r in found) == sorted(r.line() for r in sweep(case, listed))
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == len(listed)


def test_a_table_has_a_row_for_each_scenario() -> None:
    case, listed = small()
    made = table(list(sweep(case, listed, depth="plan")), order=list(listed))
    assert made["scenario"].tolist() == list(listed)
    assert made[["award A", "award B"]].loc[10].to_list() == [100.0, 30.0]  # type: ignore[operator]
    with pytest.raises(ValueError, match="should end in"):
        write([], "results.txt")
