"""The store: cases, versions, drafts, runs, decisions, people and the audit."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint

from optimiser.store.migrations.frozen import statements

revision = "0001"
down_revision = None

FROZEN = {
    "versions": (("id",), ("case", "number")),
    "approvals": (("id",), ("version", "person")),
    "runs": (("id",),),
    "votes": (("id",),),
    "decisions": (("id",), ("proposal",)),
    "audit": (("number",),),
}


def _id() -> Column[Any]:
    return Column("id", Text, primary_key=True)


def _text(*names: str) -> list[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _number(*names: str) -> list[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in names]


def _flag(*names: str) -> list[Column[Any]]:
    return [Column(name, Boolean, nullable=False) for name in names]


def _bytes(*names: str) -> list[Column[Any]]:
    return [Column(name, LargeBinary, nullable=False) for name in names]


def _json(*names: str) -> list[Column[Any]]:
    return [Column(name, JSON, nullable=False) for name in names]


def _to(name: str, target: str) -> Column[Any]:
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=False, index=True)


def upgrade() -> None:
    """Builds every table, empty, and freezes those that are only ever added to."""
    op.create_table(
        "people",
        *[_id(), Column("subject", Text, nullable=False, unique=True), *_text("name", "agency"), *_flag("active")],
        *_text("added"),
    )
    op.create_table(
        "roles",
        Column("person", Text, ForeignKey("people.id"), primary_key=True),
        Column("role", Text, primary_key=True),
    )
    op.create_table(
        "cases",
        *[_id(), *_text("name", "source"), *_number("latest"), _to("owner", "people"), *_flag("shared", "hold")],
        *_text("opened"),
    )
    op.create_table(
        "versions",
        *[_id(), _to("case", "cases"), *_number("number"), *_text("sha256"), *_bytes("content"), *_text("note")],
        *[_to("person", "people"), *_text("at"), UniqueConstraint("case", "number")],
    )
    op.create_table(
        "approvals",
        *[_id(), _to("version", "versions"), _to("person", "people"), *_text("note", "at")],
        UniqueConstraint("version", "person"),
    )
    op.create_table(
        "drafts",
        *[_id(), _to("case", "cases"), _to("person", "people")],
        *[*_number("base", "position", "revision", "next_number"), *_text("scenario")],
        *[Column("run", Text), *_text("at"), UniqueConstraint("case", "person")],
    )
    op.create_table(
        "steps",
        *[_id(), _to("draft", "drafts"), *_number("number"), *_text("said"), *_json("changes")],
        *[_to("person", "people"), *_text("at"), *_flag("dropped"), UniqueConstraint("draft", "number")],
    )
    op.create_table(
        "runs",
        *[_id(), _to("case", "cases"), Column("version", Integer)],
        *[Column("inputs_sha256", Text, nullable=False, index=True), *_bytes("inputs"), *_text("scenario")],
        *[*_json("settings", "versions"), *_text("status"), *_bytes("result"), *_text("result_sha256")],
        *[*_bytes("tables"), Column("plan", LargeBinary), _to("person", "people"), *_text("at")],
    )
    op.create_table(
        "comments",
        *[_id(), _to("case", "cases"), *_text("about", "item", "text"), _to("person", "people"), *_text("at")],
        Column("done", Text),
    )
    op.create_table(
        "proposals",
        *[_id(), _to("case", "cases"), _to("run", "runs"), *_text("title", "text"), *_json("alternatives")],
        *[*_text("status"), *_number("quorum"), *_text("majority"), _to("person", "people"), *_text("at")],
        CheckConstraint("status in ('open', 'decided', 'withdrawn')", name="status"),
    )
    op.create_table(
        "votes",
        *[_id(), _to("proposal", "proposals"), _to("person", "people"), *_text("choice", "reason", "at")],
        CheckConstraint("choice in ('approve', 'reject', 'abstain')", name="choice"),
    )
    op.create_table(
        "decisions",
        *[_id(), _to("case", "cases")],
        Column("proposal", Text, ForeignKey("proposals.id"), nullable=False, unique=True),
        *[_to("run", "runs"), *_text("outcome"), *_json("tally"), *_bytes("report")],
        *[*_text("report_sha256", "audit_head"), _to("person", "people"), *_text("at")],
    )
    op.create_table(
        "audit",
        Column("number", Integer, primary_key=True, autoincrement=False),
        *_text("at", "person", "action", "item", "detail", "before", "hash"),
    )
    op.create_table("settings", Column("name", Text, primary_key=True), *_text("value"))
    for table, unique in FROZEN.items():
        for statement in statements(op.get_context().dialect.name, table, unique):
            op.execute(statement)
