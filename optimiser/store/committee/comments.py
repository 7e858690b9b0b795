"""Comments on a case and what is in it. They are ticked off when they are dealt with, and never deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.privacy import reach, shown_to
from optimiser.store.privacy.sight import Eyes

ABOUT = ("case", "cell", "initiative", "scenario", "run", "proposal")
"""What a comment can be about."""
LONGEST = 5_000
"""Characters of a comment."""


@dataclass(frozen=True)
class Comment:
    """One comment. item: the name or id of what it is about (of a cell: see `cell`); done: when it was ticked off."""

    id: str
    about: str
    item: str
    text: str
    person: str
    at: datetime
    done: datetime | None


def cell(sheet: str, key: str, column: str) -> str:
    """The item of a comment on a cell."""
    return json.dumps([sheet, key, column], ensure_ascii=False)


def add(db: Database, actor: Actor, case_id: str, about: str, item: str, text: str) -> Comment:
    """Adds a comment. Raises ValueError for an empty or overlong one, NotThere for a case that the actor does not see."""
    if about not in ABOUT:
        raise ValueError(f"A comment is about one of {', '.join(ABOUT)}, not about {about}.")
    if about == "cell":
        item = _cell(item)
    said = checked(text, "comment")
    at = schema.now()
    with db.act(actor, "comment") as act:
        reach.case(act.connection, actor, case_id)
        made = act.add(schema.comments, case=case_id, about=about, item=item, text=said, at=at)
        act.about(made, case=case_id, about=about)
    return Comment(made, about, item, said, actor.name, at, None)


def _cell(item: str) -> str:
    """The item of a comment on a cell, as `cell` makes it. Raises ValueError for another."""
    try:
        sheet, key, column = json.loads(item)
    except (TypeError, ValueError):
        raise ValueError("A comment on a cell names its sheet, key and column.") from None
    return cell(str(sheet), str(key), str(column))


def checked(text: str, what: str, *, needed: bool = True) -> str:
    """A text that somebody wrote, without blanks around it. Raises ValueError where it is empty or too long."""
    said = text.strip()
    if needed and not said:
        raise ValueError(f"The {what} is empty. Write a sentence.")
    if len(said) > LONGEST:
        raise ValueError(f"The {what} has {len(said):,} characters; {LONGEST:,} are possible. Shorten it.")
    return said


def listed(
    db: Database, actor: Actor, case_id: str, about: str | None = None, item: str | None = None
) -> list[Comment]:
    """The comments on a case, oldest first; only those about this, and about this item, where it is given.

    A comment on what the actor may not see is left out; one that speaks of it says nothing.
    """
    comments = schema.comments
    wanted = select(comments).where(comments.c.case == case_id)
    if about is not None:
        wanted = wanted.where(comments.c.about == about)
    if item is not None:
        wanted = wanted.where(comments.c.item == item)
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        names, eyes = reach.names(connection), shown_to.eyes(connection, actor, case_id)
        rows = connection.execute(wanted.order_by(comments.c.number, comments.c.id))
        return [_comment(row, names, eyes) for row in rows if not _hidden(row, eyes)]


def done(db: Database, actor: Actor, comment_id: str, is_done: bool = True) -> Comment:
    """Ticks a comment off, or opens it again. Whoever may comment may do it. Raises NotThere."""
    comments = schema.comments
    with db.act(actor, "comment") as act:
        found = reach.row(act.connection, actor, comments, comment_id, "comment")
        at = (found.done or schema.now()) if is_done else None
        act.connection.execute(update(comments).where(comments.c.id == comment_id).values(done=at))
        act.about(comment_id, case=found.case, done=is_done)
        found = reach.row(act.connection, actor, comments, comment_id, "comment")
        eyes = shown_to.eyes(act.connection, actor, found.case)
        if _hidden(found, eyes):
            raise reach.NotThere("There is no such comment. It may be of another store: see optimiser doctor.")
        return _comment(found, reach.names(act.connection), eyes)


def _hidden(row: Row[Any], eyes: Eyes) -> bool:
    """Whether a comment is on something that these eyes may not see."""
    return any(
        eyes.speaks_of_hidden(str(part)) for part in (json.loads(row.item) if row.about == "cell" else [row.item])
    )


def _comment(row: Row[Any], names: Mapping[str, str], eyes: Eyes) -> Comment:
    return Comment(row.id, row.about, row.item, eyes.written(row.text), names.get(row.person, ""), row.at, row.done)
