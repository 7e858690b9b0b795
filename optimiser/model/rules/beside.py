"""An amount that stands beside the share of a limit: the greater or the lesser of the two holds.

`amount; greater 55000`, `amount; lesser 1000000`; `amount; lesser request` is a set-aside that yields where the initiatives
that it is for cannot take so much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import Facts, Selected
from optimiser.case.names import fold
from optimiser.case.readable import listed, money_exact, money_written
from optimiser.case.table import Array
from optimiser.case.tolerances import NEAR_WHOLE
from optimiser.model.rules.capacity import most_money
from optimiser.model.rules.rule import BASES, Members, Rule, RuleError

REQUEST = "request"
NAMED = 3


@dataclass(frozen=True)
class Beside:
    """word: `greater` or `lesser`; amount: in money, one for each member of `per`; asked: whether it is what is asked for."""

    word: str
    amount: Array
    names: tuple[str, ...]
    asked: bool

    def applied(self, sense: str, share: float, base: Array) -> tuple[Array, Array]:
        """The limit as a share of the base, and the base, for each member.

        Where the amount holds, its share is rounded to the looser side, so that the amount itself keeps the limit.
        """
        limit = (np.maximum if self.word == "greater" else np.minimum)(share * base, self.amount)
        by_amount = limit != share * base
        filled = np.where(base > 0, base, 1.0)
        outward = np.nextafter(limit / filled, -np.inf if sense == "at_least" else np.inf)
        outward = np.where(limit > 0, outward, 0.0)  # nothing is nothing: next to it stands what divides to infinity
        return np.where(by_amount, outward, share), np.where(by_amount, filled, base)

    def yields(self, facts: Facts, share: float, base: Array) -> str:
        """By how much a set-aside yields, as it stands behind its sentence: `: here $600, which is …`; "" where it does not."""
        short = share * base - self.amount
        if not self.asked or not np.any(short > 0):
            return ""
        said = [
            f"{f'by {name} ' if name else ''}{_money(facts, asked)}, which is {_money(facts, less)} less than the share"
            for name, asked, less in zip(self.names, self.amount.tolist(), short.tolist(), strict=True)
            if less > 0
        ]
        return f": here {listed(said, most=NAMED)}"


def beside_of(facts: Facts, rule: Rule, where: Selected, per: Members) -> Beside:
    """The amount beside the share of a rule. Raises RuleError (column `of`)."""
    word, _, rest = rule.beside.partition(" ")
    if fold(rule.of) not in BASES or fold(rule.measure) not in ("", "money") or fold(rule.of) in ("fte", "headcount"):
        cure = "take one of amount, contribution, baseline, request or total as the base, or two rules"
        raise RuleError("of", f'"{rule.beside}"', "nothing beside this base", cure)
    if rest == REQUEST:
        if word != "lesser" or rule.at_most is not None or rule.at_least is None:
            raise RuleError(
                "of", f'"{rule.beside}"', "at_least alone, with `lesser request`", "give at_least and no at_most"
            )
        return Beside(word, _asked(facts, where, per), per.names, True)
    amount = amount_of(rule)
    if not (np.isfinite(amount) and amount >= 0):
        cure = "write one such as `amount; greater 55000`, `amount; lesser 1000000` or `amount; lesser request`"
        raise RuleError("of", f'"{rule.beside}"', "an amount of money, or request", cure)
    return Beside(word, np.full(len(per.names), amount), per.names, False)


def amount_of(rule: Rule) -> float:
    """The amount of money beside the share; NaN where it is none."""
    try:
        return float(rule.beside.partition(" ")[2].replace(",", ""))
    except ValueError:
        return float("nan")


def beside_words(facts: Facts, rule: Rule) -> str:
    """`or $55,000, whichever is more`; "" where that changes nothing."""
    word, _, rest = rule.beside.partition(" ")
    if rest != REQUEST:
        if word == "greater" and amount_of(rule) == 0:  # nothing beside it
            return ""
        amount = money_written(amount_of(rule), facts.settings.currency)
        return f"or {amount}, whichever is {'more' if word == 'greater' else 'less'}"
    return "or all that those it is for can take, where that is less"


def _asked(facts: Facts, where: Selected, per: Members) -> Array:
    """What each member can take at the most, in whole units. Raises RuleError."""
    axes = per.axes or (("initiative", np.zeros(facts.size("initiative"), np.int32)),)
    if len(axes) > 1 or axes[0][0] not in ("initiative", "agency", "fund"):
        cure = "leave `per` blank, or name fund, agency, initiative, theme, area or tier"
        raise RuleError("per", f'"{", ".join(d for d, _ in axes)}"', "what asks for money", cure)
    can, _ = most_money(facts, where, axes[0], len(per.names))
    if not per.axes:  # what agencies may deliver of it can be less
        by_agency, _ = most_money(facts, where, ("agency", np.zeros(facts.size("agency"), np.int32)), 1)
        can = np.minimum(can, by_agency)
    unit = facts.settings.rounding
    return np.asarray(np.floor(can / unit + NEAR_WHOLE) * unit if unit else can)


def _money(facts: Facts, value: float) -> str:
    return money_exact(round(value, 2), facts.settings.currency)
