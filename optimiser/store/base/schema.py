"""Every table of the store, once: the migrations build them, and a test holds the two together.

Ids are short random texts, because they stand in addresses and must not be guessed. Moments are UTC, written as ISO
text, so that every database orders and hashes them alike. What is kept as JSON or bytes is written once and read
whole; nothing is looked up inside it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept as ISO text with microseconds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """To the database. A moment without a zone is refused with ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """From the database."""
        return None if value is None else datetime.fromisoformat(value)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new id: 16 random letters and digits."""
    return secrets.token_hex(8)


def _id() -> Column[Any]:
    return Column("id", Text, primary_key=True)


def _number() -> Column[Any]:
    """The number of the audit's record that tells of the row: the order in which things were done, whatever clocks say."""
    return Column("number", Integer, nullable=False, server_default="0")


def _to(name: str, target: str) -> Column[Any]:
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=False, index=True)


def _done(name: str, *columns: SchemaItem) -> Table:
    """A table of what people did, of which the audit tells: each row by whom, and when."""
    moment = Column("at", Moment, nullable=False)
    return Table(name, metadata, _id(), _number(), *columns, _to("person", "people"), moment)


people = Table(
    "people",
    metadata,
    _id(),
    Column("subject", Text, nullable=False, unique=True),  # who the sign-in says it is; "local" without sign-in
    Column("name", Text, nullable=False),
    Column("agency", Text, nullable=False, default=""),  # "": of the partnership's own office
    Column("active", Boolean, nullable=False, default=True),
    Column("added", Moment, nullable=False),
)

roles = Table(
    "roles",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("role", Text, primary_key=True),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False, default=""),  # where it came from, in words
    Column("latest", Integer, nullable=False),  # number of the newest version
    _to("owner", "people"),
    Column("shared", Boolean, nullable=False, default=False),  # whether others than the owner see it
    Column("hold", Boolean, nullable=False, default=False),  # legal hold: kept however old
    Column("opened", Moment, nullable=False),
    Column("archived", Moment, nullable=True),  # when it was taken out of the lists
)

versions = Table(
    "versions",
    metadata,
    _id(),
    _to("case", "cases"),
    Column("number", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of the content
    Column("content", LargeBinary, nullable=False),
    Column("note", Text, nullable=False, default=""),
    _to("person", "people"),
    Column("at", Moment, nullable=False),
    UniqueConstraint("case", "number"),
)

approvals = Table(
    "approvals",
    metadata,
    _id(),
    _to("version", "versions"),
    _to("person", "people"),
    Column("note", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
    UniqueConstraint("version", "person"),
)

drafts = Table(
    "drafts",
    metadata,
    _id(),
    _to("case", "cases"),
    _to("person", "people"),
    Column("base", Integer, nullable=False),  # number of the version that it was last brought together with
    Column("root", Integer, nullable=False, server_default="0"),  # number of the version that its steps start from
    Column("position", Integer, nullable=False, default=0),  # steps that are in force; those after it can be redone
    Column("revision", Integer, nullable=False, default=0),  # grows with every change, to see another session's
    Column("next_number", Integer, nullable=False),  # of the next record
    Column("scenario", Text, nullable=False, default="base"),
    Column("run", Text, nullable=True),  # nothing writes it any more
    Column("at", Moment, nullable=False),
    UniqueConstraint("case", "person"),
)

steps = Table(
    "steps",
    metadata,
    _id(),
    _to("draft", "drafts"),
    Column("number", Integer, nullable=False),  # 1, 2, … in the order done
    Column("said", Text, nullable=False),
    Column(
        "changes", JSON, nullable=False
    ),  # [[table, record number, key, column, old, new], …]; column "": whole record
    _to("person", "people"),
    Column("at", Moment, nullable=False),
    Column("dropped", Boolean, nullable=False, default=False),  # undone, then overtaken by another step
    UniqueConstraint("draft", "number"),
)

runs = _done(
    "runs",
    _to("case", "cases"),
    Column("version", Integer, nullable=True),  # the version solved; null: a draft with edits of its own
    Column("inputs_sha256", Text, nullable=False, index=True),  # of the case solved, its scenario applied
    Column("inputs", LargeBinary, nullable=False),  # exactly what was solved
    Column("scenario", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("versions", JSON, nullable=False),  # of the program and the solver
    Column("status", Text, nullable=False),
    Column("result", LargeBinary, nullable=False),  # the JSON of `solve`, without seconds
    Column("result_sha256", Text, nullable=False),
    Column("tables", LargeBinary, nullable=False),  # the plan with every digit, to be shown again without solving
    Column("plan", LargeBinary, nullable=True),  # the plan's workbook; null where there is no plan
)

maps = _done(
    "maps",
    _to("case", "cases"),
    Column("toml", Text, nullable=False),  # how a file that is not ours was read into the case
)

calls = _done(
    "calls",
    _to("case", "cases"),
    Column("due", Text, nullable=False),  # the day on which the agencies' requests are due; "": none was named
)

answers = _done(
    "answers",
    _to("case", "cases"),
    Column("agency", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the request workbook as it was sent
)

letterheads = Table(
    "letterheads",
    metadata,
    Column("form", Text, primary_key=True),  # docx, pptx or xlsx: of papers made with it; a paper: its file's name
    _number(),
    Column("file", Text, nullable=False),  # its name, as it was brought
    Column("content", LargeBinary, nullable=False),
    _to("person", "people"),
    Column("at", Moment, nullable=False),
)

comments = _done(
    "comments",
    _to("case", "cases"),
    Column("about", Text, nullable=False),  # case, cell, initiative, scenario, run, proposal
    Column("item", Text, nullable=False),  # its name or id; of a cell: sheet, key and column as JSON
    Column("text", Text, nullable=False),
    Column("done", Moment, nullable=True),  # when it was ticked off
)

proposals = _done(
    "proposals",
    _to("case", "cases"),
    _to("run", "runs"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("alternatives", JSON, nullable=False, default=list),  # ids of the runs that it is compared with
    Column("against", Text, nullable=False, server_default="last year"),  # or the id of a run, or "": nothing
    Column("status", Text, nullable=False, default="open"),  # open, decided, withdrawn
    Column("quorum", Integer, nullable=False),  # votes that it needs
    Column("majority", Text, nullable=False),  # share of the votes for, as written in the case
    Column("amends", Text, nullable=True),  # id of the motion that it would amend
    Column("follows", Text, nullable=True),  # id of the motion that it is, as amended
    Column("mover", Text, nullable=True),  # id of the member who moved it; null: who proposed it
    Column("seconder", Text, nullable=True),
    CheckConstraint("status in ('open', 'decided', 'withdrawn')", name="status"),
)

votes = _done(
    "votes",
    _to("proposal", "proposals"),
    Column("choice", Text, nullable=False),  # the latest of a person counts; earlier ones stay
    Column("reason", Text, nullable=False, default=""),
    CheckConstraint("choice in ('approve', 'reject', 'abstain')", name="choice"),
)

interests = _done(
    "interests",
    _to("proposal", "proposals"),
    Column("member", Text, ForeignKey("people.id"), nullable=False),  # whose interest it is
    Column("agency", Text, nullable=False),
    Column("recused", Boolean, nullable=False),  # whether they do not vote; the latest of member and agency holds
    Column("text", Text, nullable=False, default=""),
)

rolls = _done(
    "rolls",
    _to("proposal", "proposals"),
    Column("present", JSON, nullable=False),  # ids of people
    Column("absent", JSON, nullable=False),
)

weights = _done(
    "weights",
    _to("proposal", "proposals"),
    Column("says", JSON, nullable=False),  # order, ranges and trades; the latest of a person counts, earlier ones stay
)

openings = _done(
    "openings",
    _to("proposal", "proposals"),  # whose weights everybody may read from then on
)

decisions = _done(
    "decisions",
    _to("case", "cases"),
    Column("proposal", Text, ForeignKey("proposals.id"), nullable=False, unique=True),
    _to("run", "runs"),
    Column("outcome", Text, nullable=False),  # approved, rejected
    Column("tally", JSON, nullable=False),
    Column("report", LargeBinary, nullable=False),  # what the committee was shown, frozen
    Column("report_sha256", Text, nullable=False),
    Column("audit_head", Text, nullable=False),  # the chain's head when it was resolved
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, … without a gap
    Column("at", Moment, nullable=False),
    Column("person", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("item", Text, nullable=False, default=""),  # id of what it was done to
    Column("detail", Text, nullable=False, default="{}"),  # JSON with sorted keys
    Column("before", Text, nullable=False),  # hash of the record before; 64 zeros for the first
    Column("hash", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

FROZEN = ("versions", "approvals", "runs", "votes", "interests", "rolls", "weights", "openings", "decisions", "audit")
"""Tables in which nothing is ever changed or deleted; triggers of the database refuse it."""
