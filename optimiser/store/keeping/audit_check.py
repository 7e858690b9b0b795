"""Whether the audit is whole: nothing in it changed, deleted, cut off or written anew, and everything kept stands in it.

The chain alone shows what was done inside it. That its end was cut, or all of it written anew, shows in what stands
outside: the heads in decisions and on printed reports, and the versions, runs, votes and decisions that it must tell of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, text

from optimiser.case.readable import counted
from optimiser.store.base import content, schema
from optimiser.store.base.audit import FIRST, digest
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.committee import standing
from optimiser.store.committee.voting import CHOICES
from optimiser.store.migrations.frozen import statements
from optimiser.store.migrations.versions.r0008_weights import FROZEN
from optimiser.store.work.runs import sha256

_AT_ONCE = 1000
SHOWN = 20
"""Breaks of the chain that are listed one by one."""


@dataclass(frozen=True)
class AuditProblem:
    """Something that must not be. kind: gap, order, changed, cut, rewritten, untold, content, votes, trigger
    or head."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class AuditCheck:
    """What was found. records: in the audit; head: its last hash; heads: that stand in decisions or were asked for."""

    records: int
    head: str
    heads: int
    problems: tuple[AuditProblem, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if self.is_whole:
            heads = (
                f", {counted(self.heads, 'head')} at {'its place' if self.heads == 1 else 'their places'}"
                if self.heads
                else ""
            )
            return f"The audit is whole: {counted(self.records, 'record')}{heads}. Head {self.head}"
        return f"{counted(len(self.problems), 'thing')} wrong in an audit of {counted(self.records, 'record')}."


@dataclass
class _Chain:
    """What a walk along the chain has seen."""

    problems: list[AuditProblem] = field(default_factory=list)
    hashes: set[str] = field(default_factory=lambda: {FIRST})
    before: dict[str, str] = field(default_factory=dict)  # decision -> head before the record that resolved it
    items: dict[str, int] = field(default_factory=dict)  # what was done to -> its first record
    told: set[str] = field(default_factory=set)  # hashes that some record tells of
    records: int = 0
    head: str = FIRST


def verify(db: Database, actor: Actor, head: str = "", count: Callable[[int], None] | None = None) -> AuditCheck:
    """Checks the whole audit. head: one that is printed on a report, which must be in the chain (its beginning will do); count: told
    now and then how many records have been looked at.

    Raises NotAllowed.
    """
    permit(actor, "check the audit")
    with db.read() as connection:
        chain = walk(_counted(records(connection), count))
        problems = [*chain.problems, *_kept(connection, chain)]
        heads = [row.audit_head for row in connection.execute(select(schema.decisions.c.audit_head))]
        problems += unfrozen(db, connection)
    if head:
        heads.append(head)
        wanted = head.strip().lower()
        if len(wanted) < 8 or not any(known.startswith(wanted) for known in chain.hashes):
            said = f"The head {head} is not in the chain: its end was cut off, or it was written anew, after that was printed."
            problems.append(AuditProblem("head", said))
    return AuditCheck(chain.records, chain.head, len(heads), tuple(problems))


def _counted(listed: Iterable[Any], count: Callable[[int], None] | None) -> Iterator[Any]:
    for n, row in enumerate(listed):
        if count is not None and n and n % _AT_ONCE == 0:
            count(n)
        yield row


def records(connection: Connection) -> Iterator[Any]:
    """The records of the audit in order, a part at a time."""
    audit, last = schema.audit, 0
    wanted = select(audit).order_by(audit.c.number).limit(_AT_ONCE)
    rows = connection.execute(wanted).all()
    while rows:
        yield from rows
        last = rows[-1].number
        rows = connection.execute(wanted.where(audit.c.number > last)).all()


def walk(listed: Iterable[Any]) -> _Chain:
    """Follows the chain from its first record. listed: records with the columns of the audit, in order of their numbers."""
    made = _Chain()
    expected, broken = 1, 0
    for row in listed:
        found = _broken(row, expected, made.head)
        if found is not None:
            broken += 1
            if broken <= SHOWN:
                made.problems.append(found)
        made.records += 1
        expected, made.head = row.number + 1, row.hash
        made.hashes.add(row.hash)
        made.items.setdefault(row.item, row.number)
        if row.action == "resolve":
            made.before[row.item] = row.before
        made.told.update(_hashes_in(row.detail))
    if broken > SHOWN:
        made.problems.append(AuditProblem("changed", f"… and {broken - SHOWN:,} more breaks of the chain."))
    return made


def _broken(row: Any, expected: int, head: str) -> AuditProblem | None:
    """What is wrong with one record. expected: its number; head: the hash before it."""
    if row.number != expected:
        missing = f"{expected:,}" if row.number == expected + 1 else f"{expected:,} to {row.number - 1:,}"
        return AuditProblem("gap", f"Record {missing} of the audit is missing.")
    try:
        right = digest(row.number, row.at, row.person, row.action, row.item, row.detail, row.before)
    except (AttributeError, TypeError, ValueError):
        right = ""
    if row.hash != right:
        return AuditProblem(
            "changed", f"Record {row.number:,} of the audit was changed: it does not have the hash that it says."
        )
    if row.before != head:
        return AuditProblem("order", f"Record {row.number:,} of the audit does not follow the one before it.")
    return None


def _hashes_in(detail: str) -> Iterator[str]:
    try:
        said = json.loads(detail)
    except ValueError:
        return
    if isinstance(said, dict):
        yield from (v for k, v in said.items() if k.endswith("sha256") and isinstance(v, str))


# -- what must stand in it ------------------------------------------------------------------------------------------------


def _kept(connection: Connection, chain: _Chain) -> Iterator[AuditProblem]:
    """Decisions whose head is not at its place; what is kept without a record; what is not what its hash says."""
    decisions, runs, versions, votes = schema.decisions, schema.runs, schema.versions, schema.votes
    for row in connection.execution_options(yield_per=10).execute(select(decisions)):
        if row.id not in chain.before:
            yield AuditProblem("cut", f"The record of decision {row.id} is missing: the end of the audit was cut off.")
        elif chain.before[row.id] != row.audit_head:
            said = (
                f"The head {row.audit_head[:16]}… of decision {row.id} is not at its place: the audit was written anew."
            )
            yield AuditProblem("rewritten", said)
        if sha256(row.report) != row.report_sha256 or row.report_sha256 not in chain.told:
            yield AuditProblem("content", f"The report of decision {row.id} is not the one that was resolved.")
    wanted = select(runs.c.id, runs.c.result, runs.c.plan, runs.c.result_sha256)
    for row in connection.execution_options(yield_per=10).execute(wanted):
        if row.id not in chain.items:
            yield AuditProblem("untold", f"Run {row.id} is in the store without a record in the audit.")
        elif not {row.result_sha256, sha256(row.result), sha256(row.plan or b"")} <= chain.told:
            yield AuditProblem("content", f"The result of run {row.id} is not the one that was kept.")
    for row in connection.execution_options(yield_per=10).execute(select(versions)):
        if row.sha256 not in chain.told:
            said = f"Version {row.number} of case {row.case} is in the store without a record in the audit."
            yield AuditProblem("untold", said)
        elif _content_sha256(row.content) != row.sha256:
            yield AuditProblem("content", f"Version {row.number} of case {row.case} is not what was saved.")
    told = (
        ("Vote", votes), ("Interest", schema.interests), ("Roll call", schema.rolls), ("Answer about weights", schema.weights),
        ("Opening of answers", schema.openings),
    )  # fmt: skip
    for what, table in told:
        for row in connection.execute(select(table.c.id)):
            if row.id not in chain.items:
                yield AuditProblem("untold", f"{what} {row.id} is in the store without a record in the audit.")
    yield from _in_order(connection, chain)


def _in_order(connection: Connection, chain: _Chain) -> Iterator[AuditProblem]:
    """What stands at another place than its record in the audit, and decisions that count other votes than were cast."""
    decisions, votes = schema.decisions, schema.votes
    for name, table in (("Vote", votes), ("Run", schema.runs), ("Proposal", schema.proposals), ("Decision", decisions)):
        for row in connection.execute(select(table.c.id, table.c.number)):
            first = chain.items.get(row.id, row.number)
            if first != row.number:
                said = f"{name} {row.id} is put in order as record {row.number:,}; the audit tells of it in {first:,}."
                yield AuditProblem("order", said)
    for made in connection.execute(select(decisions.c.id, decisions.c.number, decisions.c.proposal, decisions.c.tally)):
        apart = standing.recused(connection, made.proposal, before=made.number)
        cast = select(votes.c.id, votes.c.person, votes.c.choice).where(votes.c.proposal == made.proposal)
        told = [vote for vote in connection.execute(cast) if vote.id in chain.items]
        in_turn = sorted(told, key=lambda vote: chain.items[vote.id])
        counted = Counter({vote.person: vote.choice for vote in in_turn if vote.person not in apart}.values())
        if any(counted[choice] != made.tally.get(choice) for choice in CHOICES):
            said = (
                f"Decision {made.id} counts other votes than the last that each member cast, in the order of the audit."
            )
            yield AuditProblem("votes", said)


def _content_sha256(packed: bytes) -> str:
    try:
        return content.sha256(packed)
    except Exception:  # not even packed as it was
        return ""


# -- the triggers that keep it --------------------------------------------------------------------------------------------


def unfrozen(db: Database, connection: Connection) -> list[AuditProblem]:
    """Tables whose triggers against change and deletion are missing or are not those that the migrations made."""
    there = _sqlite_triggers(connection) if db.is_sqlite else _server_triggers(connection)
    wrong = []
    for table, unique in FROZEN.items():
        made = [s for s in statements(connection.dialect.name, table, unique) if s.startswith("CREATE")]
        if any(not _stands(statement, there) for statement in made):
            said = (
                f"The table {table} is not protected: a trigger that refuses changes and deletions is missing or altered. "
                "Somebody has worked on the database itself; compare it with a backup before you rely on it."
            )
            wrong.append(AuditProblem("trigger", said))
    return wrong


def _stands(statement: str, there: set[str]) -> bool:
    return _plain(statement) in there


def _plain(statement: str) -> str:
    return " ".join(statement.split()).lower()


def _sqlite_triggers(connection: Connection) -> set[str]:
    rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
    return {_plain(row.sql) for row in rows if row.sql}


def _server_triggers(connection: Connection) -> set[str]:
    """The statements that would make what is there: functions by their source, triggers that are always on."""
    rows = connection.execute(
        text(
            "SELECT t.tgname AS name, c.relname AS tab, t.tgtype AS kind, p.proname AS fn, p.prosrc AS source "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    made = set()
    for row in rows:
        if row.kind == _BEFORE_ALL_CHANGES:
            made.add(
                _plain(
                    f"CREATE TRIGGER {row.name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {row.tab} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION {row.fn}()"
                )
            )
        made.add(_plain(f"CREATE FUNCTION {row.fn}() RETURNS trigger LANGUAGE plpgsql AS $${row.source}$$"))
    return made


_BEFORE_ALL_CHANGES = 2 | 8 | 16 | 32
"""pg_trigger.tgtype: before (2), delete (8), update (16), truncate (32), for each statement (no 1)."""
