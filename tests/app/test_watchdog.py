"""A solver that hangs: a stop ends it, its time limit does too, and others do not wait for it. That it is within five seconds
is what PATIENCE says; by the clock a busy machine is slower."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from optimiser.case.case import Case
from optimiser.desk import background, workers
from optimiser.desk.background import Runs
from optimiser.desk.places import Places
from optimiser.desk.workers import Workers
from optimiser.solvers.solution import Stop
from optimiser.verbs import case_from
from tests.app.small import RECORDS
from tests.app.tasks import deaf, slow_to_end
from tests.app.test_workers import LONG, gone, until


def hanging(number: int = 0, **settings: object) -> Case:
    rows: list[Any] = [
        {"setting": "name", "value": f"Hangs {number}"},
        *({"setting": k, "value": v} for k, v in settings.items()),
    ]
    return case_from({**RECORDS, "Case": rows})


@pytest.fixture
def processes() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.end()


def test_a_stop_ends_a_solver_that_does_not_hear_it(processes: Workers) -> None:
    solves = Runs(deaf, processes=processes)
    run = solves.start(hanging())
    until(lambda: run.best is not None)
    (pid,) = processes.pids()
    assert workers.PATIENCE < 5
    run.stop.stop()
    solves.wait(run, LONG)
    assert run.done
    assert run.plan is None
    assert run.problem == background.STOPPED
    assert gone(pid)
    after = solves.start(case_from(RECORDS))
    solves.wait(after, 60)
    assert after.plan is not None


def test_who_has_heard_the_stop_may_end_what_it_has(processes: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the best plan was lost while it was brought into whole units, and none was said to have been found."""
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    solves = Runs(slow_to_end, processes=processes)
    run = solves.start(case_from(RECORDS))
    until(lambda: run.best is not None)
    run.stop.stop()
    solves.wait(run, LONG)
    assert run.done
    assert not run.problem
    assert run.plan is not None


def test_beyond_its_time_limit_a_solver_is_ended(processes: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "GRACE", 0.2)
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    solves = Runs(deaf, processes=processes)
    run = solves.start(hanging(time_limit=1))
    solves.wait(run, 30)
    assert run.done
    assert run.problem == background.OVERDUE


def test_those_that_hang_do_not_block_others(processes: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LONG", 0.5)
    solves = Runs(deaf, workers=2, processes=processes)
    hung = [solves.start(hanging(k)) for k in range(2)]
    other = solves.start(case_from(RECORDS))
    solves.wait(other, 30)
    assert other.plan is not None
    assert not any(run.done for run in hung)


def test_who_is_stopped_while_waiting_does_not_wait_on() -> None:
    places, stop, first = Places(1, 1000.0), Stop(), Stop()
    with places.one(first):
        stop.stop()
        with places.one(stop):
            pass
