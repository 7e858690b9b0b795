"""Rules as limits: what their number means, and how it moves, is asked of their kind."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from optimiser.analysis.limits.aspects import (
    RULE,
    Absence,
    Lever,
    Limit,
    Measure,
    Member,
    Move,
    Write,
    Written,
    outward,
)
from optimiser.analysis.limits.curve import Direction
from optimiser.analysis.limits.ground import NONE, Ground
from optimiser.analysis.limits.move_costs import Prices, money_step
from optimiser.case.grantors import STATUTE
from optimiser.case.reading.amounts import plain
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import Number, meaning, sentence
from optimiser.model.rules.beside import amount_of
from optimiser.model.rules.number import MONEY, SHARE
from optimiser.model.rules.terms import Limits, incidence
from optimiser.model.variables import Variables


class RuleLimit(Limit):
    """One rule. number: its place among the rules of the ground."""

    sheet = "Rules"

    def __init__(self, on: Ground, number: int) -> None:
        self.place, self.compiled = number, on.rules[number]
        self.rule, self.kind = self.compiled.rule, self.compiled.kind
        self.rule_name, self.by_statute = self.rule.name, self.rule.set_by == STATUTE
        super().__init__(on, self.rule.name, rule=self.rule.name)
        self.first = on.rows_of_rule(number)

    @property
    def rows(self) -> Array:
        """The rows of all its blocks."""
        parts = range(len(self.compiled.blocks))
        return np.concatenate([NONE, *(self.on.model.rows[f"rule {self.place}.{part}"].positions for part in parts)])

    # -- in a conflict ------------------------------------------------------------------------------------------------

    def member(self) -> Member | None:
        """The whole rule."""
        said = sentence(self.facts, self.rule)
        return Member(
            "Rules", self.item, "", self.name, said, self.rows, self.rows, measure=self._one(), rule=self.name
        )

    def _one(self) -> Measure | None:
        """Of a rule that is one limit against a number of the case."""
        if len(self.rows) != 1 or self.compiled.blocks[0].right:
            return None
        block, row, model = self.compiled.blocks[0], int(self.rows[0]), self.on.model
        mine = meaning(self.facts, self.rule)
        number = mine.of_rows(block.unit) or Number(block.unit, mine.currency, mine.of)
        limit = float(block.share[0] * block.constant[0])
        span = slice(model.start[row], model.start[row + 1])
        word = "at least" if block.at_least else "at most"
        has = f"the rule {self.name} asks for {word} {number.said(limit)}"
        return Measure(model.index[span], model.value[span], limit, block.at_least, number, has)

    # -- in a repair --------------------------------------------------------------------------------------------------

    def moves(self, p: Prices) -> Iterator[Move]:
        """Each limit may be missed; the rule's number is then what the plan has, or the rule is dropped."""
        costs = p.of_rows()
        for first, block in zip(self.first, self.compiled.blocks, strict=True):
            write, cost = self._writer(p, block, costs[block.unit]), costs[block.unit]
            for k in range(len(block)):
                value = np.array([-1.0 if block.at_least else 1.0])
                yield self._move(np.array([first + k]), value, cost, self._reach(first + k, block, k), write)

    def _reach(self, row: int, block: Limits, k: int) -> float:
        """How far a limit can be missed at all."""
        model = self.on.model
        span = slice(model.start[row], model.start[row + 1])
        upper = np.maximum(np.abs(model.column_upper), np.abs(model.column_lower))[model.index[span]]
        return float(np.dot(np.abs(model.value[span]), upper) + abs(block.share[k] * block.constant[k])) or 1.0

    def _writer(self, p: Prices, limits: Limits, cost: float) -> Write:
        kind, rule, number = self.kind, self.rule, meaning(self.facts, self.rule)
        alike = [block for block in self.compiled.blocks if block.sense == limits.sense]

        def write(amount: float, x: Array, rounded: bool) -> Written:
            sides = [(block, *self._sides(block, x)) for block in alike]
            kept = [kind.kept(rule, *side) for side in sides if side[2].any() or len(alike) == 1]
            known = [value for value in kept if value is not None]
            if not known or len(known) < len(kept):
                return Written((self.cell.row("= no", "active"),), cost * amount, f"drop the rule {self.name}")
            up = kind.grows(limits)
            exact = max(known) if up else min(known)
            new = max(outward(exact, number.step(exact, p.unit), up) if rounded else exact, number.lowest)
            extra = cost * abs(new - exact) * max(kind.reach(rule, block, base) for block, _, base in sides)
            row = self.cell.row(f"= {plain(new)}", limits.sense)
            return Written((row,), cost * amount + extra, kind.loosened(self.facts, rule, limits, new))

        return write

    def _sides(self, limits: Limits, x: Array) -> tuple[Array, Array]:
        """Both sides of each limit at a plan, the share left out."""
        entries = self.on.shared("entries", lambda: Variables(self.facts, self.on.rules).entries())
        made = []
        for terms in (limits.left, limits.right):
            total = np.zeros(len(limits))
            for term in terms:
                lines = entries[term.measure, term.outcome]
                limit, entry, weight = incidence(term, lines, len(limits))
                total += np.bincount(limit, weight * x[lines.column[entry]], len(limits))
            made.append(total)
        return made[0], made[1] + limits.constant

    # -- its prices ---------------------------------------------------------------------------------------------------

    def levers(self) -> Iterator[Lever]:
        """Each of its limits may be looser."""
        model, spoken = self.on.model, self.kind.spoken(self.facts, self.rule)
        for first, block in zip(self.first, self.compiled.blocks, strict=True):
            step = -1.0 if block.at_least else 1.0
            for k, member in enumerate(block.per):
                row = first + k
                span = slice(model.start[row], model.start[row + 1])
                bounds = np.maximum(model.column_upper, -model.column_lower)[model.index[span]]
                constant = float(block.constant[k])
                most = float((np.abs(model.value[span]) * bounds).sum() + abs(block.share[k] * constant)) or 1.0
                item = f"{self.name} ({member})" if member else self.name
                called = f"the rule {self.name} ({spoken.get(member, member)})" if member else f"the rule {self.name}"
                direction = Direction(np.array([row]), np.array([step]), np.array([step]))
                asked = getattr(self.rule, block.sense) is not None
                straight = asked and not block.right and constant > 0 and not self.rule.per
                write: _Straight | _AmountBeside | None = None
                if straight and not self.rule.beside:
                    write = _Straight(self, block, step / constant)
                elif straight and (block.at_least, self.rule.beside.partition(" ")[0]) in LOOSENING:
                    write = _AmountBeside(self, step, float(block.share[0] * constant))
                yield Lever(
                    RULE, item, block.unit, most, direction, called, called,
                    write.changes if write else lambda amount: [], write, rule=self.name, member=member,
                )  # fmt: skip

            yield from self._for_all(first, block, step)

    def _for_all(self, first: int, block: Limits, step: float) -> Iterator[Lever]:
        """The one amount beside the share of a rule that is repeated: it moves the limits of all members where it decides.

        Looked at as far as the same members are concerned.
        """
        beside = self.rule.beside.partition(" ")
        amount = float(amount_of(self.rule))
        if not self.rule.per or block.right or (block.at_least, beside[0]) not in LOOSENING or math.isnan(amount):
            return
        limits = block.share * block.constant
        decides = np.abs(limits - amount) <= HAIR * max(amount, 1.0)
        others = np.abs(limits - amount)[~decides]
        rows = first + np.flatnonzero(decides)
        most = (
            min([max(self._reach(r, block, r - first) for r in rows.tolist()), *others.tolist()]) if len(rows) else 0.0
        )
        if most > 0:
            steps = np.full(len(rows), step)
            write = _AmountBeside(self, step, amount)
            name = f"the amount beside the share in the rule {self.name}"
            yield Lever(
                RULE,
                self.name,
                block.unit,
                most,
                Direction(rows, steps, steps),
                name,
                name,
                write.changes,
                write,
                rule=self.name,
            )

    def absence(self) -> Absence | None:
        """It is switched off."""
        changes, rows = [self.cell.row("= no", "active")], self.rows
        return Absence("rule", self.name, f"the rule {self.name}", changes, rows, rows, exact=not self.compiled.counts)


LOOSENING = ((False, "greater"), (True, "lesser"))
"""Where an amount beside a share loosens a limit alone, whatever the share: (at_least or not, its word)."""


class _AmountBeside:
    """A limit beside whose share an amount stands: it is loosened by writing that amount anew, the share left as it is."""

    def __init__(self, limit: RuleLimit, step: float, now: float) -> None:
        self.limit, self.step, self.now = limit, step, now
        self.word = limit.rule.beside.partition(" ")[0]

    def changes(self, amount: float) -> list[dict[str, str]]:
        """The rows that loosen it by an amount of money."""
        return self._written(max(self.now + self.step * amount, 0.0))

    def _written(self, new: float) -> list[dict[str, str]]:
        return [self.limit.cell.row(f"= {self.limit.rule.of}; {self.word} {plain(new)}", "of")]

    def __call__(self, amount: float) -> Written:
        """By at least this amount, as people write it."""
        new = outward(max(self.now + self.step * amount, 0.0), money_step(self.limit.facts), self.step > 0)
        said = f"{self.word} {Number(MONEY, self.limit.facts.settings.currency).said(new)} beside the share in the rule {self.limit.name}"
        return Written(tuple(self._written(new)), 0.0, said)


class _Straight:
    """A limit whose number moves by `each` as its row moves by 1: changes of it, exact and as people write them."""

    def __init__(self, limit: RuleLimit, block: Limits, each: float) -> None:
        self.limit, self.column, self.now, self.each = limit, block.sense, float(block.share[0]), each
        self.number = meaning(limit.facts, limit.rule)

    def changes(self, amount: float) -> list[dict[str, str]]:
        """The rows that add an amount, in the unit of its rows."""
        return [self.limit.cell.row(f"= {plain(self.now + self.each * amount)}", self.column)]

    def __call__(self, amount: float) -> Written:
        """An amount that is at least this, as people write it."""
        share, money = self.number.unit == SHARE, self.number.is_money
        unit = 0.001 if share else money_step(self.limit.facts) if money else self.number.step(self.now)
        steps = (self.now + self.each * amount) / unit
        new = round(max((math.ceil(steps - HAIR) if self.each > 0 else math.floor(steps + HAIR)) * unit, 0.0), 9)
        said = f"{self.column.replace('_', ' ')} {self.number.said(new)} in the rule {self.limit.name}"
        return Written(tuple(self.changes((new - self.now) / self.each)), 0.0, said)
