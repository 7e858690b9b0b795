"""Processes for solves and questions: progress, a stop that keeps the best, a process that dies, a server that is killed."""

from __future__ import annotations

import ast
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import jobs as jobs_of_the_server
from optimiser.case.case import Case
from optimiser.desk import background, jobs, questions, worker
from optimiser.desk.background import Runs
from optimiser.desk.jobs import Jobs
from optimiser.desk.turns import Turns
from optimiser.desk.workers import Workers
from optimiser.solvers.solution import Stop
from optimiser.verbs import case_from
from tests.app import ROOT
from tests.app.small import RECORDS
from tests.app.tasks import failing, in_pieces, own_number, refused, waiting, with_a_child
from tests.browser.test_cancel import hard

PAGES = ROOT / "optimiser" / "app_pages"
LONG = 300.0


@pytest.fixture
def processes() -> Iterator[Workers]:
    """Processes of this test alone."""
    made = Workers()
    yield made
    made.end()


def until(true: Callable[[], Any], seconds: float = LONG) -> None:
    """Waits until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process runs no more; what nobody has asked after yet has ended too."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] in "ZX" if stat.parent.parent.exists() else False
    except OSError:
        return True


def test_a_question_is_answered_in_another_process_and_tells_how_far_it_is(processes: Workers) -> None:
    kept = Jobs(processes=processes)
    job = kept.ask("one", "Counting", own_number)
    kept.wait(job, LONG)
    assert job.said == "Looking at the number"
    assert [job.answer] == processes.pids()
    again = kept.ask("two", "Counting", own_number)
    kept.wait(again, LONG)
    assert again.answer == job.answer  # the same process, which is warm
    assert job.answer != os.getpid()


def test_every_piece_of_an_answer_is_told_however_soon_after_a_word(processes: Workers) -> None:
    heard: list[Any] = []
    processes.do(in_pieces, heard.append, Stop())
    assert [piece for piece in heard if not isinstance(piece, str)] == [tuple(range(n + 1)) for n in range(5)]


def test_errors_are_told_as_before(processes: Workers) -> None:
    kept = Jobs(processes=processes)
    expected, unexpected = kept.ask("a", "…", refused, (ValueError,)), kept.ask("b", "…", failing)
    for job in (expected, unexpected):
        kept.wait(job, LONG)
    assert (expected.problem, expected.again) == ("Choose another number.", False)
    assert (unexpected.problem, unexpected.again) == (jobs.FAILED, True)
    assert kept.ask("b", "…", failing) is unexpected  # a page that is drawn again does not ask again by itself
    kept.forget(unexpected)
    assert kept.ask("b", "…", failing) is not unexpected


def test_a_solve_speaks_of_the_very_case_that_was_asked(processes: Workers) -> None:
    case = case_from(RECORDS)
    kept = Runs(processes=processes)
    run = kept.start(case)
    kept.wait(run, LONG)
    assert run.plan is not None
    assert run.plan.case is case
    assert run.plan.impact == session.runs()._solver(case).impact  # the same as a solve in this process


def test_a_solve_that_is_stopped_keeps_the_best_and_its_process_takes_the_next(processes: Workers) -> None:
    kept = Runs(processes=processes)
    run = kept.start(case_from(hard()))
    until(lambda: run.best is not None and run.gap is not None)
    run.stop.stop()
    kept.wait(run, LONG)
    assert run.plan is not None
    assert run.plan.status == "stopped"
    assert run.plan.has_plan
    before = processes.pids()
    small = kept.start(case_from(RECORDS))
    kept.wait(small, LONG)
    assert small.plan is not None
    assert small.plan.status == "optimal"  # the stop was for the other one
    assert processes.pids() == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="ends a process as Linux and macOS do")
def test_a_process_that_dies_is_told_and_replaced(processes: Workers) -> None:
    kept = Runs(processes=processes)
    large = case_from(hard())
    run = kept.start(large)
    until(lambda: run.best is not None)
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    kept.wait(run, LONG)
    assert run.done
    assert run.plan is None
    assert run.problem == background.ENDED
    assert "solve again" in run.problem
    other = kept.start(case_from(RECORDS))
    kept.wait(other, LONG)
    assert other.plan is not None
    assert pid not in processes.pids()
    assert kept.start(large) is not run  # and the same may be solved again
    asking = Jobs(processes=processes)
    job = asking.ask("dies", "Waiting", waiting)
    until(lambda: job.said)
    for one in processes.pids():
        os.kill(one, signal.SIGKILL)
    asking.wait(job, LONG)
    assert (job.problem, job.again) == (jobs.ENDED, True)


def test_a_question_that_is_stopped_ends_its_process_and_what_that_started(processes: Workers, tmp_path: Path) -> None:
    kept, noted = Jobs(processes=processes), tmp_path / "child"
    job = kept.ask("long", "Waiting", partial(with_a_child, str(noted)))
    until(lambda: noted.exists() and noted.read_text())
    (pid,) = processes.pids()
    job.stop.stop()
    kept.wait(job, 10)
    assert (job.problem, job.again) == (jobs.STOPPED, True)
    until(lambda: gone(pid) and gone(int(noted.read_text())), 10)
    after = kept.ask("next", "Counting", own_number)
    kept.wait(after, LONG)
    assert after.answer != pid


def test_a_quick_question_does_not_wait_for_long_ones(processes: Workers) -> None:
    kept = Jobs(processes, Turns(1, 1, 1))
    long = kept.ask("long", "Waiting", waiting)
    until(lambda: long.said)
    quick = kept.ask("quick", "Counting", own_number, quick=True)
    kept.wait(quick, LONG / 2)
    assert quick.answer
    assert not long.done
    long.stop.stop()


def test_where_no_process_can_be_started_the_server_does_the_work(
    processes: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/such/python")
    kept = Runs(processes=processes)
    run = kept.start(case_from(RECORDS))
    kept.wait(run, LONG)
    assert run.plan is not None
    assert run.plan.status == "optimal"
    assert processes.pids() == []
    kept_jobs = Jobs(processes=processes)
    job = kept_jobs.ask("here", "Counting", own_number)
    kept_jobs.wait(job, LONG)
    assert job.answer == os.getpid()


_SERVER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs this in the background of a shell does not hear it
from tests.app.tasks import own_number, waiting
from optimiser.app_pages.shell.asking import jobs as jobs_of_the_server
from optimiser.desk.turns import Turns
from optimiser.desk.jobs import Jobs
from optimiser.desk.workers import Workers
processes = Workers()
kept = Jobs(processes=processes)
first = kept.ask("first", "", own_number)
busy = kept.ask("busy", "", waiting)
while not (first.done and busy.said):
    time.sleep(0.05)
kept.wait(kept.ask("more", "", own_number), 60)
print(*processes.pids(), flush=True)
time.sleep(100)
"""


@pytest.mark.first(1)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="ends a process as Linux and macOS do")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_no_process_is_left_when_the_server_ends(how: str) -> None:
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert len(pids) == 2  # one at work, one that waits
        assert not any(gone(pid) for pid in pids)
        server.send_signal(getattr(signal, how))
        until(lambda: all(gone(pid) for pid in pids), 20)
        server.kill()


def test_a_stop_is_heard_once_also_where_it_came_first() -> None:
    heard: list[str] = []
    stop = Stop()
    stop.then(lambda: heard.append("before"))
    stop.stop()
    stop.stop()
    stop.then(lambda: heard.append("after"))
    assert heard == ["before", "after"]


def test_a_case_is_not_sent_twice() -> None:
    case, given = case_from(RECORDS), list[Case]()
    data = worker.packed((case, [case]), given, further=True)
    assert given == [case]
    assert len(data) < 100
    one, (other,) = worker.unpacked(data, given)
    assert one is other is case
    answer = pickle.loads(pickle.dumps(case))
    assert worker.unpacked(worker.packed(answer, given, further=False), given) is not case


def test_every_question_of_a_page_can_be_sent_to_a_process() -> None:
    """What is asked is a function of `questions` with its arguments; one within a page would be worked on in the server."""
    found = 0
    for file in PAGES.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        asked = {
            a.id if isinstance(a := c.args[2], ast.Name) else ast.unparse(a)
            for c in ast.walk(tree)
            if isinstance(c, ast.Call)
            and (getattr(c.func, "id", "") == "answer" or ast.unparse(c.func) == "jobs().ask")
            and len(c.args) >= 3
        }
        if file.name == "asking.py":
            continue
        made = {
            ast.unparse(target): ast.unparse(value)
            for n in ast.walk(tree)
            if isinstance(n, ast.Assign)
            for target, value in (
                zip(n.targets[0].elts, n.value.elts, strict=True)
                if isinstance(n.targets[0], ast.Tuple) and isinstance(n.value, ast.Tuple)
                else [(n.targets[0], n.value)]
            )
        }
        for one in asked:
            assert made.get(one, one).startswith("partial(questions."), f"{file.name} asks {one}"
            found += 1
    assert found >= 15


def test_questions_do_not_need_streamlit() -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {questions.__name__}; print('streamlit' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "False"


_PAGE = """
from optimiser.app_pages.shell.asking import answer
from tests.app.tasks import waiting
answer("a long question of a page", "Waiting", waiting, (), "one")
"""


def test_whoever_asked_can_stop_a_question_and_ask_it_again() -> None:
    at = AppTest.from_string(_PAGE, default_timeout=30).run()
    assert "Waiting" in at.markdown[0].value
    (job,) = [j for j in jobs_of_the_server()._jobs.values() if j.doing == "Waiting"]
    at.button(key=f"stop-{job.id}").click().run()
    until(lambda: job.done)
    at.run()
    assert [e.value for e in at.error] == [jobs.STOPPED]
    at.button(key=f"again-{job.id}").click().run()
    assert not at.error
    (again,) = [j for j in jobs_of_the_server()._jobs.values() if j.doing == "Waiting"]
    assert again is not job
    other = AppTest.from_string(_PAGE, default_timeout=30)
    other.session_state["asks"] = "another window"  # pages of a test have one and the same
    other.run()
    assert "Waiting" in other.markdown[0].value
    assert not other.button  # what two wait for, one of them cannot stop
    again.stop.stop()
    until(lambda: again.done)
