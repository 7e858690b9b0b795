"""Money that a formula holds back: a member that cannot take its share keeps the others from theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.readable import listed, money_exact
from optimiser.case.table import Array
from optimiser.case.tolerances import BARELY, HAIR
from optimiser.model.rules.capacity import most_money
from optimiser.model.rules.rule import Rule
from optimiser.model.rules.rule_words import number
from optimiser.model.rules.shares import Apportioned

NAMED = 3


@dataclass(frozen=True)
class Held:
    """What a rule holds back, whatever the rest of the case.

    by: the members that cannot take their shares; most: what the rule lets be spent of the money in its `where`;
    otherwise: a bound on what could be spent there without it; cure: what to write instead.
    """

    rule: str
    by: tuple[str, ...]
    most: float
    otherwise: float
    sentence: str
    cure: str


def held_back(facts: Facts, rule: Rule, split: Apportioned, less: float, more: float) -> Held | None:
    """What a formula holds back; None where every member can take its share.

    less, more: by how much (as a share) a member may get less or more than its share of all. The cure is left blank
    where members can take a part.
    """
    can, others = most_money(facts, split.where, split.member[0], len(split.names))
    whole = min(split.total, float(can.sum()) + others)
    least, most = split.share * (1 - less), split.share * (1 + more)
    asks = least > HAIR
    room = np.full(len(can), np.inf)
    room[asks] = can[asks] / least[asks]
    short, full = float(room.min(initial=np.inf)), _filled(can, most, others)
    spent = min(short, full, whole)
    if whole - spent <= BARELY * whole:
        return None
    if not others and most.sum() < 1 - HAIR and spent <= 0 and can[split.share > 0].all():
        added = number(round(float(most.sum()), 4), True)
        said = f"The shares of {rule.name} add up to {added}: none of that money can be spent."
        return Held(rule.name, (), 0.0, whole, said, "raise the caps, or give at_most some room")
    by = room <= short * (1 + HAIR) if short <= full else (most > HAIR) & (can <= most * full * (1 + HAIR))
    names = tuple(split.names[k] for k in np.flatnonzero(by).tolist())
    who = listed(names, most=NAMED)
    taken = float(can[by].sum())
    if spent <= 0:
        share = number(round(float(least[by].sum()), 6), True)
        said = f"{rule.name} gives {who} {share}, but {who} can receive nothing, so none of that money can be spent."
        cure = f"leave {who} out in `where`, give it an initiative, or set at_least to 100%"
        return Held(rule.name, names, 0.0, whole, said, cure)

    def money(value: float) -> str:
        return money_exact(round(value) if value >= 100 else round(value, 2), facts.settings.currency)

    said = (
        f"By the rule {rule.name}, {who} must get {number(round(taken / spent, 6), True)} of all that is spent, and can take only "
        f"{money(taken)}: so no more than {money(spent)} can be spent, and {money(whole - spent)} that others could take "
        "is held back."
    )
    return Held(rule.name, names, spent, whole, said, "")


def _filled(can: Array, most: Array, others: float) -> float:
    """The largest sum M that members can fill who take at most `most` · M and at most what they can, beside the others:
    Σ min(most · M, can) + others ≥ M."""
    takes = most > HAIR
    can, most = can[takes], most[takes]

    def over(whole: float) -> float:
        return float(np.minimum(most * whole, can).sum()) + others - whole

    low = 0.0
    for high in np.unique([*(can / most).tolist(), float(can.sum()) + others]).tolist():
        if over(high) >= -HAIR * high:
            low = high
            continue
        above, below = max(over(low), 0.0), over(high)
        return float(low + (high - low) * above / (above - below))
    return float(low)
