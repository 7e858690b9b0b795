"""Nobody's question waits behind all that another has asked, and what nobody waits for any more makes room."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from optimiser.desk.jobs import Jobs
from optimiser.desk.turns import Turns
from optimiser.solvers.solution import Stop
from tests.app import tasks

LONG = 300


@dataclass
class Held:
    """Work that lasts until it is let go."""

    name: str
    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    stop: Stop = field(default_factory=Stop)

    def __call__(self) -> None:
        self.began.set()
        self.stop.then(self.may_end.set)
        assert self.may_end.wait(LONG)


def test_a_person_with_one_question_does_not_wait_for_another_with_many() -> None:
    turns = Turns(at_once=2, each=2, most=8)
    many = [Held(f"a{k}") for k in range(6)]
    for work in many:
        turns.take("a", work, work)
    one = Held("b")
    future = turns.take("b", one, one)
    assert one.began.wait(LONG)
    assert [w.began.is_set() for w in many] == [True, True, False, False, False, False]
    for work in (one, *many):
        work.may_end.set()
    future.result(LONG)
    assert all(w.began.wait(LONG) for w in many)


def test_what_was_left_before_it_began_never_begins_and_what_is_under_way_makes_room() -> None:
    turns = Turns(at_once=1, each=1, most=1)
    first, second, third = Held("first"), Held("second"), Held("third")
    turns.take("a", first, first)
    dropped = turns.take("a", second, second)
    assert first.began.wait(LONG)
    assert turns.leave(second)
    assert dropped.cancelled()
    assert not turns.leave(first)
    assert not first.stop.stopped  # nobody else waits
    turns.take("b", third, third)
    assert first.stop.stopped
    assert third.began.wait(LONG)
    third.may_end.set()
    assert not second.began.is_set()


def test_what_is_asked_again_is_kept() -> None:
    turns = Turns(at_once=1, each=1, most=1)
    first, second = Held("first"), Held("second")
    turns.take("a", first, first)
    assert first.began.wait(LONG)
    turns.leave(first)
    turns.keep(first)
    last = turns.take("b", second, second)
    assert not first.stop.stopped
    first.may_end.set()
    second.may_end.set()
    last.result(LONG)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
def test_everything_is_done_once_and_nobody_has_more_than_their_share(people: list[str]) -> None:
    turns, done, under_way, most = Turns(2, 1, 3), [], [], []
    lock = threading.Lock()

    def work(number: int, who: str) -> None:
        with lock:
            under_way.append(who)
            most.append(under_way.count(who))
        with lock:
            under_way.remove(who)
            done.append(number)

    futures = [turns.take(w, lambda k=k, w=w: work(k, w), Held(str(k))) for k, w in enumerate(people)]  # type: ignore[misc]
    for future in futures:
        future.result(LONG)
    assert sorted(done) == list(range(len(people)))
    assert max(most) == 1


def test_a_page_that_was_left_follows_nothing() -> None:
    kept = Jobs(turns=Turns(1, 1, 1))
    here = kept.ask("here", "Looking", tasks.waiting, who="me")
    there = kept.ask("there", "Looking", tasks.waiting, who="me")
    both = kept.ask("both", "Looking", tasks.waiting, who="me")
    kept.ask("both", "Looking", tasks.waiting, who="you")
    kept.left("me", {here.id})
    assert here.followers == {"me"}
    assert both.followers == {"you"}
    assert kept.get(there.id) is None
    assert {job.id for job in kept.running()} == {here.id, both.id}
    here.stop.stop()
    both.stop.stop()
    kept.wait(here, LONG)


def test_the_questions_of_a_closed_window_are_dropped_and_end() -> None:
    here = {"me", "you"}
    kept = Jobs(turns=Turns(1, 1, 2), is_here=here.__contains__)
    mine = kept.ask("mine", "Looking", tasks.waiting, who="me")
    next_one = kept.ask("next", "Looking", tasks.waiting, who="me")
    both = kept.ask("both", "Looking", tasks.waiting, who="you")
    kept.ask("both", "Looking", tasks.waiting, who="me")
    kept.look()
    assert {j.id for j in kept.running()} == {mine.id, next_one.id, both.id}
    here.remove("me")
    kept.look()
    assert not mine.stop.stopped, "who is missing once may only load the page anew"
    kept.look()
    kept.wait(mine, LONG)
    assert mine.done
    assert kept.get(next_one.id) is None, "it never begins"
    assert both.followers == {"you"}
    assert not both.done
    both.stop.stop()
    kept.wait(both, LONG)
