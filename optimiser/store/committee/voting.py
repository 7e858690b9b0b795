"""Counting votes: quorum and majority as a case's settings say, nothing here knows a database."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from optimiser.case.readable import digits
from optimiser.case.tolerances import HAIR

CHOICES = ("approve", "reject", "abstain")
_HAIR = Fraction(1, 10**9)
"""A share that is this near to the majority is equal to it: 66.67% written for two thirds is not, 2/3 as a float is."""


@dataclass(frozen=True)
class Vote:
    """One vote. counts: whether it is the latest of its person."""

    person: str
    choice: str
    reason: str
    at: datetime
    counts: bool


@dataclass(frozen=True)
class Tally:
    """How a vote stands. Who abstains counts for the quorum and not for the majority.

    quorum: votes that are needed; members: who may vote, and who voted; majority: share of approve and reject that approve must exceed;
    recused: members who may not vote, who count neither for the quorum nor for the majority.
    """

    approve: int
    reject: int
    abstain: int
    quorum: int
    members: int
    majority: str
    recused: int = 0

    @property
    def votes(self) -> int:
        """Votes of all three kinds."""
        return self.approve + self.reject + self.abstain

    @property
    def is_quorate(self) -> bool:
        """Whether enough members have voted."""
        return self.votes >= self.quorum

    @property
    def is_approved(self) -> bool:
        """Whether it would be approved if it were resolved now."""
        cast = self.approve + self.reject
        if not self.is_quorate or not cast:
            return False
        share, needed = Fraction(self.approve, cast), Fraction(self.majority)
        return share == 1 if needed >= 1 else share > needed + _HAIR

    @property
    def sentence(self) -> str:
        """How it stands, in words."""
        said = f"{self.approve} approve, {self.reject} reject, {self.abstain} abstain"
        if self.recused:
            said += f"; {self.recused} recused, so {self.members} may vote"
        if self.recused and self.quorum > self.members:
            return f"{said}. The quorum of {self.quorum} cannot be met by those who may vote."
        if self.is_quorate:
            return f"{said}. The quorum of {self.quorum} is met."
        missing = self.quorum - self.votes
        return f"{said}. {missing} more {'vote is' if missing == 1 else 'votes are'} needed for the quorum of {self.quorum}."

    @property
    def rule(self) -> str:
        """What approval takes, in words."""
        share = Fraction(self.majority)
        if share >= 1:
            of = "all votes"
        elif share == Fraction(1, 2):
            of = "over half of the votes"
        else:
            of = f"over {digits(float(share) * 100, 4)}% of the votes"
        return f"Approval takes {of} for or against; abstentions count for the quorum only."


def needed(quorum: float | None, members: int) -> int:
    """Votes that a decision needs, at least one. None: half the members; below 1: that share of them; else so many."""
    if quorum is None:
        quorum = 0.5
    wanted = quorum * members if quorum < 1 else quorum
    return max(1, math.ceil(wanted - HAIR))


def count(choices: Iterable[str], quorum: int, members: int, majority: str, recused: int = 0) -> Tally:
    """The tally of the votes that count. members: who may vote, without those `recused`. Raises ValueError for an unknown choice."""
    counted = Counter(choices)
    if unknown := set(counted) - set(CHOICES):
        raise ValueError(f"{sorted(unknown)[0]} is no vote: {', '.join(CHOICES)}.")
    return Tally(counted["approve"], counted["reject"], counted["abstain"], quorum, members, majority, recused)
