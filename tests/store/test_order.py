"""What was done first comes first by its record in the audit, whatever the clocks of the machines said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from optimiser.store.base import migrate, people, schema
from optimiser.store.base.database import Database
from optimiser.store.committee import comments, decisions
from optimiser.store.keeping import audit_check
from optimiser.store.migrations.frozen import lifted, statements
from optimiser.store.migrations.versions.r0008_weights import FROZEN
from optimiser.store.work import runs
from tests.store import decided
from tests.store.tampering import tampering

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def clock(monkeypatch: pytest.MonkeyPatch, steps: Sequence[float]) -> None:
    """A clock that goes on by these seconds at every look, again and again."""

    def told() -> Iterator[datetime]:
        at = NOON
        while True:
            for seconds in accumulate(steps):
                yield at + timedelta(seconds=seconds)
            at += timedelta(seconds=sum(steps))

    moments = told()
    monkeypatch.setattr(schema, "now", lambda: next(moments))


@pytest.mark.first(2)
@pytest.mark.parametrize("steps", [(-3600,), (0,), (60, -7200, 5)])
def test_the_last_vote_counts_under_any_clock(
    database: Database, monkeypatch: pytest.MonkeyPatch, steps: tuple[float, ...]
) -> None:
    ana = decided.person(database, "Ana", "analyst")
    mo, bo = decided.person(database, "Mo", "member"), decided.person(database, "Bo", "member")
    clock(monkeypatch, steps)
    made = decided.proposed(database, ana)
    for who, choice in ((mo, "approve"), (bo, "approve"), (mo, "reject"), (bo, "abstain"), (bo, "reject")):
        decisions.vote(database, who, made.id, choice)
    assert [(v.person, v.choice, v.counts) for v in decisions.votes(database, ana, made.id)] == [
        ("Mo", "approve", False), ("Bo", "approve", False), ("Mo", "reject", True), ("Bo", "abstain", False), ("Bo", "reject", True),
    ]  # fmt: skip
    done = decisions.resolve(database, ana, made.id)
    assert (done.outcome, done.tally.reject) == ("rejected", 2)
    assert audit_check.verify(database, people.local(database)).is_whole


def test_everything_else_keeps_its_order_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    me = people.local(database)
    clock(monkeypatch, (-60,))
    first, second = decided.proposed(database, me), None
    second = decisions.propose(database, me, first.run, "Once more")
    assert [p.id for p in decisions.proposals(database, me, first.case)] == [second.id, first.id]
    assert [r.scenario for r in runs.listed(database, me, first.case)] == ["grant cut", "base"]
    said = [comments.add(database, me, first.case, "proposal", first.id, f"no. {k}").id for k in range(3)]
    comments.done(database, me, said[0])
    assert [c.id for c in comments.listed(database, me, first.case)] == said
    for made in (second, first):
        decisions.vote(database, me, made.id, "approve")
        decisions.resolve(database, me, made.id)
    assert [d.proposal for d in decisions.decided(database, me, first.case)] == [first.id, second.id]


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store of its own for many votes."""
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('order')}/store.db")
    migrate.ready(made)
    yield made
    made.close()


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["approve", "reject", "abstain"])), min_size=1, max_size=7),
    st.lists(st.integers(-9000, 9000), min_size=1, max_size=9),
)
def test_any_votes_under_any_clock_count_as_they_were_cast(
    aside: Database, cast: list[tuple[int, str]], steps: list[int]
) -> None:
    ana = decided.person(aside, "Ana", "analyst")
    members = [decided.person(aside, name, "member") for name in ("Mo", "Bo", "Jo")]
    made = decided.proposed(aside, ana)
    with pytest.MonkeyPatch.context() as patched:
        clock(patched, steps)
        for who, choice in cast:
            decisions.vote(aside, members[who], made.id, choice)
    last = dict(cast)
    stands = decisions.tally(aside, ana, made.id)
    assert (stands.approve, stands.reject, stands.abstain) == tuple(
        list(last.values()).count(choice) for choice in ("approve", "reject", "abstain")
    )
    assert [v.choice for v in decisions.votes(aside, ana, made.id)] == [choice for _, choice in cast]


def test_the_audit_finds_votes_in_another_order_and_decisions_that_count_others(database: Database) -> None:
    me = people.local(database)
    made = decided.proposed(database, me)
    for choice in ("reject", "approve"):
        decisions.vote(database, me, made.id, choice)
    done = decisions.resolve(database, me, made.id)
    with tampering(database) as connection:
        connection.execute(update(schema.votes).values(number=1000 - schema.votes.c.number))
        connection.execute(update(schema.decisions).values(tally={**_plain(done), "approve": 0, "reject": 1}))
    found = audit_check.verify(database, me)
    assert [p.kind for p in found.problems] == ["order", "order", "votes"]


def _plain(done: decisions.Decision) -> dict[str, object]:
    return dict(vars(done.tally))


def test_an_older_store_is_put_in_order_by_its_audit(database: Database) -> None:
    me = people.local(database)
    made = decided.proposed(database, me)
    for choice in ("reject", "approve", "abstain"):
        decisions.vote(database, me, made.id, choice)
    with database.read() as connection:
        wanted = select(schema.votes.c.id, schema.votes.c.number)
        before = connection.execute(wanted.order_by(schema.votes.c.number)).all()
    tables = ("runs", "comments", "proposals", "votes", "decisions")
    with database.write() as connection:  # as the version before left it
        for table in tables:
            for statement in lifted(connection.dialect.name, table) if table in schema.FROZEN else ():
                connection.execute(text(statement))
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN number"))
        for table in (t for t in tables if t in schema.FROZEN):
            for statement in statements(connection.dialect.name, table, FROZEN[table]):
                connection.execute(text(statement))
        for table in ("interests", "rolls", "weights", "openings"):
            for statement in (*lifted(connection.dialect.name, table), f"DROP TABLE {table}"):
                connection.execute(text(statement))
        for table in ("maps", "calls", "answers", "letterheads"):
            connection.execute(text(f"DROP TABLE {table}"))
        for column in ("against", "amends", "follows", "mover", "seconder"):
            connection.execute(text(f"ALTER TABLE proposals DROP COLUMN {column}"))
        connection.execute(text("ALTER TABLE cases DROP COLUMN archived"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    migrate.ready(database)
    with database.read() as connection:
        assert connection.execute(wanted.order_by(schema.votes.c.number)).all() == before
    assert audit_check.verify(database, me).is_whole
