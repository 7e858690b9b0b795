"""A run is kept to the byte, and its plan is shown again without solving."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimiser import verbs
from optimiser.case.scenario.apply import names
from optimiser.plan.tables import Plan
from optimiser.report.documents.plan_check import verify_workbook
from optimiser.report.documents.result_json import as_json
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.privacy import reach
from optimiser.store.work import cases, plans, runs
from tests.store import decided

DATA = Path(__file__).parents[2] / "data"
EXAMPLES = ("gun-violence", "task-force", "opioid-response")


def no_solver(*_: object, **__: object) -> Plan:
    raise AssertionError("solved, where a stored plan should be shown")


def same_tables(one: Plan, other: Plan) -> bool:
    return set(one.tables) == set(other.tables) and all(
        list(t.columns) == list(other.tables[name].columns)
        and all(
            v.dtype == other.tables[name][c].dtype
            and np.array_equal(v, other.tables[name][c], equal_nan=v.dtype == float)
            for c, v in t.columns.items()
        )
        for name, t in one.tables.items()
    )


@pytest.mark.long
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_digit_of_every_example_comes_back(example: str) -> None:
    base = verbs.read(DATA / f"{example}.xlsx")
    for scenario in ("base", names(base.tables["Scenarios"])[0]):
        solved = verbs.solve(verbs.scenario(base, scenario))
        case = plans.case_of(plans.records_of(solved.case), plans.settings_of(solved.case))
        case = replace(case, applied=solved.case.applied)  # the run's own column
        again = plans.unpack(plans.pack(solved), case)
        assert case.sha256 == solved.case.sha256
        assert same_tables(solved, again)
        assert plans.result_of(again) == plans.result_of(solved)
        assert plans.workbook_of(again) == plans.workbook_of(solved)
        assert (again.stages, again.proof, again.notes) == (solved.stages, solved.proof, solved.notes)


def test_a_plan_is_shown_again_without_solving(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    me = people.local(database)
    run = decided.kept(database, me)
    monkeypatch.setattr(verbs, "solve", no_solver)
    again = runs.plan(database, me, run.id)
    assert same_tables(decided.plan(), again)
    assert again.case.sha256 == run.inputs_sha256 == decided.plan().case.sha256
    book = runs.workbook(database, me, run.id)
    assert book == plans.workbook_of(again)
    assert book is not None
    assert verify_workbook(book) == []


def test_the_result_is_what_solve_says_without_seconds(database: Database) -> None:
    me = people.local(database)
    run = decided.kept(database, me)
    said = as_json(decided.plan())
    del said["seconds"]
    assert json.loads(runs.result(database, me, run.id)) == said
    assert runs.sha256(runs.result(database, me, run.id)) == run.result_sha256


def test_the_settings_that_were_solved_with_come_back(database: Database) -> None:
    me = people.local(database)
    info = cases.create(database, me, "c", "", decided.RECORDS)
    solved = verbs.solve(verbs.case_from(decided.RECORDS), objective="impact within 2% > thrift")
    run = runs.keep(database, me, info.id, 1, solved, "base")
    assert runs.plan(database, me, run.id).case.settings == solved.case.settings


def test_the_same_run_is_kept_once(database: Database) -> None:
    me = people.local(database)
    run = decided.kept(database, me)
    assert runs.keep(database, me, run.case, 1, decided.plan(), "base").id == run.id
    assert runs.keep(database, me, run.case, None, decided.plan(), "base").id != run.id
    assert [r.version for r in runs.listed(database, me, run.case)] == [None, 1]


def test_a_run_without_a_plan_is_kept(database: Database) -> None:
    me = people.local(database)
    info = cases.create(database, me, "c", "", decided.RECORDS)
    rule = {"rule": "More than there is", "at_least": 1e9, "authority": "nobody"}
    solved = verbs.solve(verbs.case_from({**decided.RECORDS, "Rules": [rule]}))
    run = runs.keep(database, me, info.id, None, solved, "base")
    assert (run.status, run.has_plan) == ("infeasible", False)
    assert runs.workbook(database, me, run.id) is None
    assert not runs.plan(database, me, run.id).has_plan


def test_others_do_not_see_the_runs_of_a_case_that_is_not_shared(database: Database) -> None:
    me, other = people.local(database), decided.person(database, "Ana", "analyst")
    run = decided.kept(database, me)
    for ask in (runs.get, runs.plan, runs.workbook, runs.result):
        with pytest.raises(reach.NotThere):
            ask(database, other, run.id)
    with pytest.raises(reach.NotThere):
        runs.listed(database, other, run.case)
    with pytest.raises(reach.NotThere):
        runs.keep(database, other, run.case, 1, decided.plan(), "base")
    cases.share(database, me, run.case, True)
    assert runs.get(database, other, run.id) == run


def test_who_may_not_solve_keeps_no_run(database: Database) -> None:
    me, member = people.local(database), decided.person(database, "Mo", "member")
    run = decided.kept(database, me)
    cases.share(database, me, run.case, True)
    with pytest.raises(NotAllowed):
        runs.keep(database, member, run.case, 1, decided.plan(), "base")
