"""Vote record and minutes: who voted how and why, what was said, what was resolved."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.case.readable import counted
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Cell, Document, Heading, Signature, grid, para, section
from optimiser.papers.paper import Paper, Source, document
from optimiser.report.documents.committee import Motion, moment
from optimiser.report.documents.meeting import attendance, declared, motion_text, moved


class Minutes(Paper):
    """The minutes."""

    name, title = "minutes", "Minutes and vote record"
    purpose = "Who voted how and why, what was said, what was resolved"
    forms = ("docx", "txt")
    after = "vote"

    def subjects(self, source: Source) -> list[str]:
        """One, once something was resolved."""
        return [""] if source.motion is not None and source.motion.outcome else []

    def content(self, source: Source, subject: str) -> Document:
        """The record."""
        assert source.motion is not None
        made = [*_record(source, source.motion), Signature(("Chair", "Secretary"))]
        return document(source, f"Minutes: {source.motion.title}", made)


def evening(parts: Sequence[tuple[str, Source]]) -> Document:
    """Minutes of several decisions of one meeting, in the order in which they were made: what each is called, and its source,
    which has a motion of its own."""
    made: list[Block] = []
    for title, source in parts:
        assert source.motion is not None
        made += [Heading(title), *_record(source, source.motion)]
    made.append(Signature(("Chair", "Secretary")))
    _, last = parts[-1]
    lead = f"{counted(len(parts), 'decision')}, in the order in which they were made."
    return document(last, f"Minutes of {last.title}", made, lead)


def _record(source: Source, motion: Motion) -> list[Block]:
    """One motion: what was moved, said, voted and resolved."""
    made: list[Block] = [para(f"Proposed by {motion.proposer}, {moment(motion.proposed)}.")]
    if motion.mover:
        second = f", seconded by {motion.seconder}" if motion.seconder else ""
        made.append(para(f"Moved by {motion.mover}{second}."))
    made += [para(part) for part in motion.text.split("\n") if part.strip()]
    made += _roll(motion)
    made += [
        Heading("The motion", 2),
        para(motion_text(source.plan, motion.title, motion.source, motion.run)),
        shared_parts.key_figures(source),
    ]
    if motion.course:
        made += [Heading("What was moved before", 2), *(para(moved(m), look="bullet") for m in motion.course)]
    if motion.weights:
        first, *others = motion.weights
        made += [Heading("Weights", 2), para(first), *(para(line, look="bullet") for line in others)]
    made += [Heading("The vote", 2), para(f"{motion.counted} {motion.rule}")]
    votes: list[list[Cell]] = [
        [b.person, b.choice + ("" if b.counts else " (changed later)"), b.reason, moment(b.at)] for b in motion.ballots
    ]
    made.append(grid("The vote", ("Member", "Vote", "Reason", "When"), votes, (), (25, 14, 34, 27)))
    if motion.remarks:
        remarks: list[list[Cell]] = [[r.person, r.text, moment(r.at)] for r in motion.remarks]
        made += section("What was said", ("Who", "Comment", "When"), remarks, (), (25, 48, 27))
    found = shared_parts.alternatives(source)
    if found is not None:
        made += [Heading("Alternatives", 2), found]
    made += [
        Heading("Resolved", 2),
        para(f"{motion.outcome.capitalize()}." + (f" {moment(motion.decided)}." if motion.decided else "")),
    ]
    made.append(
        para(
            f"Decision {motion.decision}, run {motion.run}, result {motion.result_sha256}, audit head {motion.audit_head}.",
            look="muted",
        )
    )
    return made


def _roll(motion: Motion) -> list[Block]:
    """Who sat there, and what they declared; nothing where the roll was not called and nobody declared anything."""
    if not attendance(motion.seats) and not motion.interests:
        return []
    marks = {True: "present", False: "absent", None: "not called"}
    rows: list[list[Cell]] = [
        [s.name, s.agency or "–", marks[s.present], "recused" if s.recused else s.choice or "no vote"]
        for s in motion.seats
    ]
    return [
        Heading("Roll call", 2),
        *([para(attendance(motion.seats))] if attendance(motion.seats) else []),
        grid("Roll call", ("Member", "Agency", "Roll", "Vote"), rows, (), (32, 28, 20, 20)),
        *(para(declared(i) + ("" if i.holds else " (declared anew later)"), look="bullet") for i in motion.interests),
    ]
