"""The office's own templates of papers, one for each kind of file, and papers of its own: kept for all cases, and never
anything that could run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from optimiser.papers.office_template import Template
from optimiser.papers.own_papers import brought
from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed, permit


@dataclass(frozen=True)
class OfficeTemplate:
    """A template that is kept. form: ending of the papers that are made with it, of a paper the name of its file; person: the
    name of who brought it."""

    form: str
    file: str
    person: str
    at: datetime


def may_set(actor: Actor) -> bool:
    """Whether the actor may keep and remove templates."""
    return actor.may("set a letterhead") and not actor.agency


def keep(db: Database, actor: Actor, file: str, content: bytes) -> Template:
    """Keeps a template in place of the one for the same files, or a paper in place of that of its name. Raises NotAllowed, and
    TemplateError where it can be none."""
    _demand_office(actor)
    made = brought(file, content)
    with db.act(actor, "set a letterhead", made.form) as act:
        kept = schema.letterheads
        act.connection.execute(delete(schema.letterheads).where(kept.c.form == made.form))
        act.add(kept, form=made.form, file=file, content=made.content)
        act.about(made.form, file=file, sha256=hashlib.sha256(made.content).hexdigest())
    return made


def remove(db: Database, actor: Actor, form: str) -> None:
    """Takes the template for these files, or the paper of this file's name, away. Raises NotAllowed."""
    _demand_office(actor)
    with db.act(actor, "set a letterhead", form) as act:
        act.connection.execute(delete(schema.letterheads).where(schema.letterheads.c.form == form))
        act.about(form, removed=True)


def _demand_office(actor: Actor) -> None:
    """The letterhead is the partnership's: an agency's own people do not set it for the others."""
    permit(actor, "set a letterhead")
    if actor.agency:
        raise NotAllowed(
            f"{actor.name} is of {actor.agency}; the letterhead is for the partnership's own office to set."
        )


def listed(db: Database, actor: Actor) -> list[OfficeTemplate]:
    """What is kept, by form. Raises NotAllowed."""
    permit(actor, "see")
    kept, people = schema.letterheads, schema.people
    wanted = select(kept.c.form, kept.c.file, kept.c.at, people.c.name.label("who"))
    with db.read() as connection:
        rows = connection.execute(wanted.join(people, people.c.id == kept.c.person).order_by(kept.c.form)).all()
    return [OfficeTemplate(r.form, r.file, r.who, r.at) for r in rows]


def contents(db: Database, actor: Actor) -> dict[str, bytes]:
    """The files themselves, by form. Raises NotAllowed."""
    permit(actor, "see")
    kept = schema.letterheads
    with db.read() as connection:
        return {r.form: r.content for r in connection.execute(select(kept.c.form, kept.c.content))}
