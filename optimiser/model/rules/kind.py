"""What a kind of rule says of itself. Each kind is a file in `kinds`, with one class that overrides what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST_SIZE
from optimiser.model.rules.held import Held
from optimiser.model.rules.number import MONEY, Number
from optimiser.model.rules.rule import BASES, OF_INITIATIVES, Rule, Warn
from optimiser.model.rules.shares import Apportioned, formula_doubts
from optimiser.model.rules.spoken import spoken
from optimiser.model.rules.terms import MEASURES, Limits


@dataclass(frozen=True)
class Doubt:
    """What looks wrong in a rule that can be read. level: error where no plan, or only an empty one, can keep it."""

    kind: str
    column: str
    sentence: str
    cure: str
    level: str = "warning"


class Kind:
    """One kind of rule. What is not overridden is that of a limit on an amount of money.

    help: a sentence for the form and the reference page.
    columns: of the Rules sheet that it reads.
    reads: what stands in `measure` (`sum`, `column`, `source` of match) and in `of` (`base` of a share, `initiatives`,
    `formula`, `cost`).
    needs: columns one of which must hold a number; where they are both, the two ends of what one sum may be.
    pairs: whether `per` may name two at once.
    obliges: whether at_least asks for something that a part of the partnership need not do alone.
    computed: whether its limits are computed amounts, which a plan in whole units may miss by one unit.
    measure: what its `where` selects, where that is always the same; unit: likewise of what its numbers are (`number.py`).
    nothing: what is said, and the cure, where nothing can be on the left of a limit that asks for a share of something.
    """

    help: str
    columns: tuple[str, ...]
    reads: Mapping[str, str] = MappingProxyType({})
    needs: tuple[str, ...] = ("at_least", "at_most")
    pairs = True
    obliges = True
    computed = False
    measure = "money"
    unit = MONEY
    nothing: tuple[str, str] | None = None

    @property
    def has_base(self) -> bool:
        """Whether `of` names what a share is taken of."""
        return self.reads.get("of") == "base"

    @property
    def splits(self) -> bool:
        """Whether it splits money by formula."""
        return self.reads.get("of") == "formula"

    # -- what it reads and says ---------------------------------------------------------------------------------------

    def dimensions(self, rule: Rule) -> tuple[str, ...]:
        """What its `where` may select."""
        return MEASURES[self.measure]

    def members(self, rule: Rule) -> tuple[str, ...]:
        """What its `per` may name."""
        own = self.dimensions(rule)
        return (*own, *(OF_INITIATIVES if "initiative" in own else ())) if "per" in self.columns else ()

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """The rule as weighted sums against limits. Raises RuleError."""
        raise NotImplementedError

    def number(self, facts: Facts, rule: Rule) -> Number:
        """What at_least and at_most mean."""
        return Number(self.unit, facts.settings.currency)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        raise NotImplementedError

    def spoken(self, facts: Facts, rule: Rule) -> Mapping[str, str]:
        """Whom its limits are for, as people say it, where that is not what stands in `Limits.per`."""
        return spoken(facts, rule.each)

    def doubts(self, facts: Facts, rule: Rule) -> Iterator[Doubt]:
        """What looks wrong in its numbers, though it can be read."""
        for said, cure in formula_doubts(rule.of) if self.splits else ():
            yield Doubt("too large", "of", f"{rule.name}: {said}", cure)

    def held_back(self, facts: Facts, rule: Rule) -> Held | None:
        """Money that it keeps from being spent whatever the rest of the case. Raises RuleError."""
        return None

    # -- what it depends on -------------------------------------------------------------------------------------------

    def sums(self, rule: Rule) -> tuple[str, ...]:
        """Sums of the case (of BASES) that its limits follow; what is split are the amounts of funds."""
        return ("amount",) if self.splits else (fold(rule.of),) if self.has_base and fold(rule.of) in BASES else ()

    def averages_score(self, rule: Rule) -> bool:
        """Whether the initiatives' scores are weights in its rows."""
        return False

    def split(self, facts: Facts, rule: Rule) -> tuple[Apportioned, Array | None] | None:
        """The money that it splits by formula, and the score that earns each member its share (None: it has the whole).

        None where it splits nothing. Raises RuleError.
        """
        return None

    def rewards_score(self, rule: Rule) -> bool:
        """Whether a better score of an initiative moves its limits."""
        return False

    def holds(self, rule: Rule) -> str:
        """What a rule about one initiative alone says of it: `award`, `funded`, or nothing that can be put so simply."""
        return ""

    def holds_money(self, rule: Rule) -> bool:
        """Whether it holds a plain sum of money, to which nothing gives another weight."""
        return False

    # -- how it moves -------------------------------------------------------------------------------------------------

    def kept(self, rule: Rule, limits: Limits, left: Array, base: Array) -> float | None:
        """The number in the column `limits.sense` that a plan keeps, never tighter than it is; None where no number does.

        left, base: both sides of each limit in the plan, the share left out.
        """
        old = rule.at_least if limits.at_least else rule.at_most
        filled = base > HAIR * max(float(np.abs(base).max(initial=0.0)), LEAST_SIZE)
        if old is None or not filled.any():
            return None
        ratio = left[filled] / base[filled]
        return min(float(ratio.min()), old) if limits.at_least else max(float(ratio.max()), old)

    def grows(self, limits: Limits) -> bool:
        """Whether the number in the column `limits.sense` grows as the limit loosens."""
        return not limits.at_least

    def reach(self, rule: Rule, limits: Limits, base: Array) -> float:
        """By how much the limit that moves most moves when the number moves by 1, in the unit of its row."""
        return float(np.abs(base).max(initial=0.0))

    def loosened(self, facts: Facts, rule: Rule, limits: Limits, value: float) -> str:
        """What a repair says: `raise the limit of the rule Cap to at most $5,000`."""
        verb, word = ("lower", "at least") if limits.at_least else ("raise", "at most")
        return f"{verb} the limit of the rule {rule.name} to {word} {self.number(facts, rule).said(value)}"
