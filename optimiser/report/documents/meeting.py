"""What was done in the room, in plain values: who sat there, who had an interest, what was moved; and the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from optimiser.case.readable import capital, counted, listed, money_exact, some_of
from optimiser.plan.tables import Plan
from optimiser.report.charts.headline import figures


@dataclass(frozen=True)
class Interest:
    """What a member declared. agency: whose money it is about; recused: whether the member does not vote; by: who wrote it
    down; holds: whether it is the latest of member and agency."""

    member: str
    agency: str
    recused: bool
    text: str
    by: str
    at: datetime
    holds: bool


@dataclass(frozen=True)
class Seat:
    """A member at a vote. present: as the last roll call says, None where they were not called; interests: agencies for
    which they declared one; choice: how they voted, "" where they did not (or it does not count)."""

    id: str
    name: str
    agency: str
    present: bool | None
    interests: tuple[str, ...]
    recused: bool
    choice: str


@dataclass(frozen=True)
class MovedItem:
    """One thing that was moved on the way to a decision, in order. kind: motion, amendment, motion as amended; counted:
    how the vote on it stands, in words; outcome: approved, rejected, amended, withdrawn or open."""

    id: str
    kind: str
    title: str
    mover: str
    seconder: str
    at: datetime
    counted: str
    outcome: str


def attendance(seats: Sequence[Seat]) -> str:
    """`4 of 5 members are present; Ben Brown is absent.`, or "" where the roll was not called."""
    called = [s for s in seats if s.present is not None]
    if not called:
        return ""
    away = [s.name for s in called if not s.present]
    here = len(called) - len(away)
    said = f"{here} of {counted(len(called), 'member')} {'is' if here == 1 else 'are'} present"
    return f"{said}; {listed(away)} {'is' if len(away) == 1 else 'are'} absent." if away else f"{said}."


def declared(interest: Interest) -> str:
    """`Ben Brown declared an interest in Police and does not vote.`"""
    way = "does not vote" if interest.recused else "votes"
    said = f"{interest.member} declared an interest in {interest.agency} and {way}"
    return f"{said}: {interest.text}" if interest.text else f"{said}."


def moved(one: MovedItem) -> str:
    """`Amendment moved by Ana, seconded by Ben: $50,000 more for Outreach. 3 approve, … Approved.`"""
    by = f" moved by {one.mover}" if one.mover else ""
    second = f", seconded by {one.seconder}" if one.seconder else ""
    head = f"{capital(one.kind)}{by}{second}: {one.title}"
    if one.outcome == "amended":
        return f"{head}. It was amended, and voted on as amended."
    return (
        f"{head}. {one.counted if one.outcome in ('approved', 'rejected') else ''} {one.outcome.capitalize()}.".replace(
            "  ", " "
        )
    )


def motion_text(plan: Plan, title: str, source: str, run: str) -> str:
    """The motion as it is put to the vote: what is approved, of which plan, under which rules. source: version and scenario;
    run: its id."""
    f, currency = figures(plan), plan.case.settings.currency
    funded = some_of(f.funded, f.initiatives, "initiative")
    spent = f"{money_exact(f.money, currency)} to {funded}" if f.funded else f"{funded} is funded,"
    rules = f", keeping {counted(f.rules, 'rule')}" if f.rules and f.kept == f.rules else ""
    name = plan.case.settings.name or "this case"
    return (
        f"Moved, that the committee approve the plan of {name} ({source}): {spent} as "
        f"listed in run {run[:8]}{rules}. {title}."
    ).replace("..", ".")
