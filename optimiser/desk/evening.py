"""The minutes of one evening: every decision of a meeting in one file."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from optimiser.desk.papers import templates
from optimiser.papers import as_docx
from optimiser.papers.paper import Source
from optimiser.papers.shelf.minutes import evening
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions
from optimiser.store.committee.decisions import Decision
from optimiser.store.privacy import sight
from optimiser.store.work import letterheads

APART = timedelta(hours=6)
"""Decisions of a case that lie further apart are of two meetings."""


def meeting(db: Database, actor: Actor, decision_id: str) -> list[Decision]:
    """The decisions of the meeting that made this one, in order. Raises NotThere."""
    asked = decisions.decision(db, actor, decision_id)
    listed = sorted(decisions.decided(db, actor, asked.case), key=lambda d: d.at)
    at = next(n for n, d in enumerate(listed) if d.id == asked.id)
    first = last = at
    while first > 0 and listed[first].at - listed[first - 1].at <= APART:
        first -= 1
    while last + 1 < len(listed) and listed[last + 1].at - listed[last].at <= APART:
        last += 1
    return listed[first : last + 1]


def minutes(db: Database, actor: Actor, decision_id: str) -> bytes:
    """The minutes of that meeting as .docx, with what the actor may see. Raises NotThere, Withheld, TemplateError."""
    parts, folder, looks = [], templates(), partial(letterheads.contents, db, actor)
    for one in meeting(db, actor, decision_id):
        plan, motion = decisions.proposed(db, actor, one.proposal)
        line, others = sight.made_for(actor, not motion.left_out), tuple(motion.alternatives)
        source = Source(plan, plan.case, line, motion, motion.audit_head, folder, others, letterheads=looks)
        parts.append((f"Amendment: {motion.title}" if one.amends else motion.title, source))
    return as_docx.write(evening(parts), parts[-1][1].template("docx"))
