"""Sweeps over objectives and draws, and over a real cluster: the same bytes wherever they are solved, and a worker that
is lost costs nothing."""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import optimiser
from optimiser.analysis.sweeps.result import Result, table, write
from optimiser.analysis.sweeps.sweep import sweep, tasks_of
from optimiser.analysis.uncertain.draws import draws
from optimiser.case.case import Case
from optimiser.verbs import apply_changes

Rows = list[dict[str, Any]]


def change(sheet: str, where: str, column: str, change: str) -> dict[str, Any]:
    return {"sheet": sheet, "where": where, "column": column, "change": change}


def uncertain() -> tuple[Case, dict[str, Rows]]:
    case = optimiser.case_from(
        {
            "Agencies": [{"agency": "X"}, {"agency": "Y"}],
            "Funds": [{"fund": "F", "amount": 150}, {"fund": "G", "amount": 30, "allowed": "lead = Y"}],
            "Contributions": [{"agency": "X", "fund": "F", "amount": 60}, {"agency": "Y", "fund": "F", "amount": 30}],
            "Initiatives": [
                {"initiative": "A", "lead": "X", "request": 100, "priority": 3, "baseline": 20},
                {"initiative": "B", "lead": "Y", "request": 100, "priority": 2, "baseline": 90},
            ],
            "Uncertainty": [
                {"of": "fund", "item": "F", "column": "amount", "low": 100, "high": 200},
                {"of": "initiative", "item": "A", "column": "score", "low": 40, "likely": 90, "high": 100,
                 "shape": "triangular"},
            ],
        }
    )  # fmt: skip
    listed: dict[str, Rows] = {"base": [], "less": [change("Funds", "fund = F", "amount", "* 0.8")]}
    listed["no A"] = [change("Initiatives", "initiative = A", "maximum", "= 0")]
    listed["wrong"] = [change("Funds", "fund = H ; kind = pooled", "amount", "= 1")]
    return case, listed


def bytes_of(results: list[Result]) -> list[str]:
    return sorted(r.line() for r in results)


# Objectives and draws


def test_each_scenario_for_each_objective_in_each_draw() -> None:
    tasks = tasks_of({"a": [], "b": []}, ["impact", "thrift > impact"], 2)
    assert len(tasks) == len({t.name for t in tasks}) == 8
    assert [t.name for t in tasks[:3]] == ["a | impact | draw 1", "a | thrift > impact | draw 1", "a | impact | draw 2"]
    assert [t.name for t in tasks_of({"a": []})] == ["a"]
    with pytest.raises(ValueError, match="twice"):
        tasks_of({"a": []}, ["impact", "Impact"])
    with pytest.raises(ValueError, match="no objective"):
        tasks_of({"a": []}, ["impact; thrift"])


@pytest.mark.parametrize("depth", ["value", "plan"])
def test_each_objective_is_the_one_of_solve(depth: Any) -> None:
    case, listed = uncertain()
    aims = ["stability > impact", "fairness", "impact"]
    for result in sweep(case, listed, objectives=aims, depth=depth):
        if result.scenario == "wrong":
            assert result.status == "invalid"
            continue
        plan = optimiser.solve(apply_changes(case, listed[result.scenario]), objective=result.aim)
        assert result.objective == pytest.approx(plan.objective, rel=1e-9)
        if depth == "plan":
            assert result.objective == plan.objective
            assert list(result.award.values()) == plan.tables["Awards"]["award"].tolist()


def test_each_draw_is_solved_and_all_scenarios_meet_the_same_draws() -> None:
    case, listed = uncertain()
    found = {(r.scenario, r.draw): r for r in sweep(case, listed, draws=6, seed=3)}
    for name in ("base", "no A"):
        drawn = draws(apply_changes(case, listed[name]) if listed[name] else case, 6, 3)
        for k in range(6):
            plan = optimiser.solve(drawn.case_of(k))
            assert found[name, k].objective == pytest.approx(plan.objective, rel=1e-8)
    base, other = (draws(apply_changes(case, listed[n]) if listed[n] else case, 6, 3) for n in ("base", "no A"))
    assert base.at.tolist() == other.at.tolist()
    assert len({found["base", k].objective for k in range(6)}) == 6
    assert found["wrong", 0].status == "invalid"
    again = sweep(case, listed, draws=6, seed=4)
    assert {r.objective for r in again if r.scenario == "base"} != {found["base", k].objective for k in range(6)}


def test_draws_need_uncertain_numbers() -> None:
    case, listed = uncertain()
    plain = apply_changes(case, [{"sheet": "Uncertainty", "where": "of != x", "column": "", "change": "remove"}])
    with pytest.raises(ValueError, match="Uncertainty has no rows"):
        list(sweep(plain, {"base": listed["base"]}, draws=2))


def test_processes_give_the_bytes_of_one(tmp_path: Path) -> None:
    case, listed = uncertain()
    how: dict[str, Any] = {"objectives": ["impact", "thrift"], "draws": 3}
    one, two = list(sweep(case, listed, **how)), list(sweep(case, listed, workers=2, **how))
    assert bytes_of(one) == bytes_of(two)
    order = [task.name for task in tasks_of(listed, how["objectives"], 3)]
    for kind in ("csv", "parquet", "xlsx"):
        for number, results in enumerate((one, two)):
            write(results, tmp_path / f"{number}.{kind}", order=order)
        assert (tmp_path / f"0.{kind}").read_bytes() == (tmp_path / f"1.{kind}").read_bytes()


# The table


def test_the_table_reads_back_and_holds_no_formula(tmp_path: Path) -> None:
    import pandas as pd

    results = [Result("=1+1", "optimal", 5.0, 0.0), Result("b", "infeasible")]
    for kind in ("csv", "parquet", "xlsx"):
        write(results, tmp_path / f"t.{kind}", order=["=1+1", "b"])
    assert pd.read_parquet(tmp_path / "t.parquet")["scenario"].tolist() == ["=1+1", "b"]
    assert pd.read_csv(tmp_path / "t.csv")["scenario"].tolist() == ["'=1+1", "b"]
    sheet = pd.read_excel(tmp_path / "t.xlsx", engine="calamine")
    assert sheet["scenario"].tolist() == ["=1+1", "b"]
    assert sheet["objective"].tolist()[0] == 5.0
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert "draw" not in table(results)
    assert table([Result("a", "optimal", aim="thrift", draw=0)])[["for", "draw"]].values.tolist() == [["thrift", 0]]


# A cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A real scheduler with two worker processes, on this machine."""
    distributed = pytest.importorskip("distributed")
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    yield made
    made.close()


def test_a_cluster_gives_the_bytes_of_one_process(cluster: Any) -> None:
    case, listed = uncertain()
    how: dict[str, Any] = {"objectives": ["impact", "fairness"], "draws": 3, "depth": "plan"}
    there = list(sweep(case, listed, scheduler=cluster.scheduler_address, **how))
    assert bytes_of(there) == bytes_of(list(sweep(case, listed, **how)))


@pytest.mark.long
def test_a_worker_of_a_cluster_that_is_killed_costs_nothing(cluster: Any, tmp_path: Path) -> None:
    from distributed import Client

    case, listed = uncertain()
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        victims = list(client.run(os.getpid).values())
    found: list[Result] = []
    for result in sweep(case, listed, draws=30, scheduler=cluster.scheduler_address, folder=tmp_path):
        found.append(result)
        if len(found) == 5:
            os.kill(victims[0], signal.SIGKILL)
    names = [r.name for r in found]
    assert sorted(names) == sorted(task.name for task in tasks_of(listed, (), 30)), "nothing lost, nothing twice"
    assert bytes_of(found) == bytes_of(list(sweep(case, listed, draws=30)))
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == len(found)


def test_an_interrupted_cluster_sweep_goes_on_without_it(cluster: Any, tmp_path: Path) -> None:
    case, listed = uncertain()
    running = sweep(case, listed, draws=10, scheduler=cluster.scheduler_address, folder=tmp_path)
    first = [next(running) for _ in range(7)]
    running.close()  # type: ignore[attr-defined]
    rest = list(sweep(case, listed, draws=10, folder=tmp_path))
    assert rest[:7] == first
    assert bytes_of(rest) == bytes_of(list(sweep(case, listed, draws=10)))


def test_no_scheduler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("optimiser.analysis.sweeps.cluster.PATIENCE", 1.0)
    case, listed = uncertain()
    with pytest.raises(
        ValueError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9\. Start one with: make cluster"
    ):
        list(sweep(case, listed, scheduler="tcp://127.0.0.1:9"))
