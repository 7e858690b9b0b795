"""The committee's report: what is proposed and decided, on one page of HTML that needs nothing else and prints well.

It has no script and asks for nothing: styles and drawings stand in the page. The same plan and the same motion give the
same bytes. At its foot stand the hashes of what was decided on, of the page itself, and the head of the audit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from textwrap import shorten

from optimiser.case import impact
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.documents import committee_parts as parts
from optimiser.report.documents.meeting import Interest, MovedItem, Seat, attendance, declared, moved

_MARK = b"<footer>"
_BODY = "Page above (SHA-256)"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Ballot:
    """One vote: approve, reject or abstain. counts: false where the same person voted again later."""

    person: str
    choice: str
    reason: str
    at: datetime
    counts: bool


@dataclass(frozen=True)
class Remark:
    """One comment on the proposal."""

    person: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Motion:
    """What the committee is asked, and what it resolved, in plain values.

    outcome: approved, rejected, or "" where nothing is decided yet (`decision`, `decided` and `audit_head` are empty then);
    counted: how the vote stands, in words; rule: what approval takes; alternatives: name and plan of each;
    source: version and scenario of the case; made_for: who the page was made for; left_out: what it does not hold;
    mover, seconder: members, "" where they are not recorded; seats, interests, course: the roll, what members declared, and
    what was moved before and about it; weights: who gave weights and which, and what their disagreement is worth where that is
    known, empty where nobody was asked or the answers are sealed.
    """

    title: str
    text: str
    proposer: str
    proposed: datetime
    source: str
    run: str
    inputs_sha256: str
    result_sha256: str
    counted: str
    rule: str
    ballots: Sequence[Ballot]
    made_for: str
    left_out: str = ""
    remarks: Sequence[Remark] = ()
    alternatives: Sequence[tuple[str, Plan]] = ()
    outcome: str = ""
    decision: str = ""
    decided: datetime | None = None
    audit_head: str = ""
    mover: str = ""
    seconder: str = ""
    seats: Sequence[Seat] = ()
    interests: Sequence[Interest] = ()
    course: Sequence[MovedItem] = ()
    weights: Sequence[str] = ()


def page(plan: Plan, motion: Motion) -> bytes:
    """The report of a plan that was proposed: one page of HTML, in UTF-8. plan: with tables (a plan that exists)."""
    style = files("optimiser.report.documents").joinpath("committee.css").read_text("utf-8")
    body = "\n".join([*_head(plan, motion), *_sections(plan, motion)])
    above = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(motion.title)}</title>\n<style>\n{style}{_page_foot(motion)}</style>\n</head>\n<body>\n{body}\n"
    ).encode()
    return above + _footer(motion, hashlib.sha256(above).hexdigest()).encode()


def printed_hashes(data: bytes) -> dict[str, str]:
    """What the foot of a report says, by its titles. Raises ValueError where the page is not what its foot says.

    For whoever holds a report and doubts it: the page's own hash is computed again.
    """
    above, mark, foot = data.rpartition(_MARK)
    said = dict(re.findall(r"<dt>([^<]*)</dt><dd>(?:<code>)?([^<]*)", foot.decode("utf-8", "replace")))
    if not mark or _BODY not in said:
        raise ValueError("This is no report of Optimiser: it has no foot with hashes.")
    if hashlib.sha256(above).hexdigest() != said[_BODY]:
        raise ValueError("This report was changed after it was made: the page does not have the hash at its foot.")
    return said


def moment(at: datetime) -> str:
    """A moment in words: 22 Nov 2026, 17:05 UTC."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M} UTC".lstrip("0")


# -- parts ----------------------------------------------------------------------------------------------------------------


def _head(plan: Plan, motion: Motion) -> Iterable[str]:
    case = escape(plan.case.settings.name or "Case")
    when = f"decided {moment(motion.decided)}" if motion.decided else f"proposed {moment(motion.proposed)}"
    verdict = {"approved": "Approved", "rejected": "Rejected", "": "Open: not decided yet"}[motion.outcome]
    yield f'<header>\n<p class="kicker">{case} · {escape(motion.source)} · {when}</p>\n<h1>{escape(motion.title)}</h1>'
    yield f'<p><span class="verdict {motion.outcome}">{verdict}</span> {escape(motion.counted)}</p>\n</header>'
    yield f'<p class="lead">{escape(words.headline(plan))} {escape(words.rules_kept(plan))}</p>'
    yield f"<p>{escape(words.quality(plan))}</p>"
    yield from (f"<p>{escape(note)}</p>" for note in plan.notes)
    yield parts.figures(plan)
    yield f'<p class="muted">{escape(impact.meaning(plan.case))}</p>'
    if motion.text:
        yield "<h2>The proposal</h2>"
        yield from (f"<p>{escape(part)}</p>" for part in motion.text.split("\n") if part.strip())
    yield f'<p class="muted">Proposed by {escape(motion.proposer)}, {moment(motion.proposed)}.</p>'


def _sections(plan: Plan, motion: Motion) -> Iterable[str]:
    yield f"<h2>Who gets what</h2>{parts.awards(plan)}"
    yield f"<h2>Where the money comes from</h2>{parts.funds(plan)}"
    yield f"<h2>What each agency gives and receives</h2>{parts.agencies(plan)}"
    people = parts.people(plan)
    if people:
        yield f"<h2>People</h2>{people}"
    outcomes = parts.outcomes(plan)
    if outcomes:
        yield f"<h2>What it achieves</h2>{outcomes}"
    yield f"<h2>Rules kept, by what authority</h2>{parts.rules(plan)}"
    if motion.alternatives:
        yield f"<h2>Alternatives</h2>{parts.alternatives(plan, motion.alternatives)}"
    yield f"<h2>The vote</h2>{_vote(motion)}"
    if motion.remarks:
        said = [(escape(r.person), escape(r.text), moment(r.at)) for r in motion.remarks]
        yield f"<h2>What was said</h2>{parts.table(('Who', 'Comment', 'When'), said)}"
    yield f"<h2>How it was made</h2>{parts.made(plan)}"


def _vote(motion: Motion) -> str:
    room = [
        attendance(motion.seats),
        *(declared(i) for i in motion.interests if i.holds),
        *(moved(m) for m in motion.course),
    ]
    said = "".join(f"<p>{escape(line)}</p>" for line in room if line)
    said += f"<p>{escape(motion.counted)} {escape(motion.rule)}</p>"
    if not motion.ballots:
        return said + '<p class="muted">Nobody has voted yet.</p>'
    rows, looks = [], []
    for ballot in sorted(motion.ballots, key=lambda b: not b.counts):
        later = "" if ballot.counts else "<small>changed by a later vote</small>"
        rows.append((escape(ballot.person), ballot.choice + later, escape(ballot.reason) or "–", moment(ballot.at)))
        looks.append("" if ballot.counts else "old")
    return said + parts.table(("Member", "Vote", "Reason", "When"), rows, looks=looks)


def _footer(motion: Motion, above: str) -> str:
    made_for = f"{motion.made_for}. {motion.left_out}" if motion.left_out else motion.made_for
    rows = [("Made for", escape(made_for)), ("Run", f"<code>{escape(motion.run)}</code>")]
    if motion.decision:
        rows.insert(1, ("Decision", f"<code>{escape(motion.decision)}</code>"))
    hashes = [("Inputs (SHA-256)", motion.inputs_sha256), ("Result (SHA-256)", motion.result_sha256)]
    hashes += [("Audit head", motion.audit_head)] if motion.audit_head else []
    rows += [(name, f"<code>{value}</code>") for name, value in [*hashes, (_BODY, above)]]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in rows)
    told = (
        f"<p>To have it solved again and compared to the byte: <code>optimiser reproduce {escape(motion.decision)}</code>. "
        f"To see that the record was not cut or rewritten: <code>optimiser audit verify --head {motion.audit_head}</code>.</p>"
        if motion.decision
        else "<p>Not decided yet: this page is for discussion.</p>"
    )
    return f"<footer>\n<dl>\n{listed}</dl>\n{told}\n</footer>\n</body>\n</html>\n"


def _css(text: str) -> str:
    """A text within the quotes of a style sheet: what is no letter, number or plain sign stands as its code."""
    return re.sub(r"[^\w .,·:…-]", lambda found: f"\\{ord(found[0]):x} ", text)


def _page_foot(motion: Motion) -> str:
    """What stands at the foot of every printed page."""
    short = f"Run {motion.run}" + (f" · audit head {motion.audit_head[:16]}" if motion.audit_head else " · not decided")
    left = _css(shorten(f"{short} · made for {motion.made_for}", 110, placeholder=" …"))
    return (
        '@page { @bottom-left { content: "' + left + '"; font: 8pt sans-serif; color: #566275; } '
        '@bottom-right { content: counter(page) " of " counter(pages); font: 8pt sans-serif; color: #566275; } }\n'
    )
