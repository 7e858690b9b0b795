"""Limits of an initiative: what it must get, what it may get, and how fast it can be delivered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.analysis.limits.aspects import (
    INITIATIVE,
    Absence,
    Lever,
    Member,
    Move,
    OfOne,
    Write,
    Written,
    outward,
    percent,
)
from optimiser.analysis.limits.ground import NONE, Ground
from optimiser.analysis.limits.move_costs import Prices
from optimiser.case.reading.amounts import plain
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR
from optimiser.model.rules.number import MONEY


class _OfInitiative(OfOne):
    """A number of an initiative."""

    sheet, dimension = "Initiatives", "initiative"


class Floor(_OfInitiative):
    """What an initiative must get or, if it is funded at all, gets: a promise, all or nothing, or a minimum."""

    def __init__(self, on: Ground, code: int) -> None:
        f = on.facts
        self.must, self.whole = bool(f.must_fund[code]), bool(f.all_or_nothing[code])
        self.least = float(f.minimum[code])
        self.in_full = self.whole or (self.must and self.least <= 0)
        self.column = "must_fund" if self.must else "all_or_nothing" if self.whole else "minimum"
        super().__init__(on, code)

    def member(self) -> Member | None:
        """Without it the initiative is free."""
        if not (self.must or self.whole or self.least > 0):
            return None
        name, money = self.name, self.on.money(self.least)
        if self.must:
            has = f"{name} must be funded in full" if self.in_full else f"{name} must receive at least {money}"
        elif self.whole:
            has = f"{name} is funded in full or not at all"
        else:
            has = f"{name} receives at least {money} if it is funded"
        rows = self.rows("scope", "must", "minimum", *(("award",) if self.must else ()))
        measure = None
        if self.must:
            family, limit, unit = ("level", 1.0, "") if self.in_full else ("spend", self.least, MONEY)
            measure = self._measure(family, limit, True, unit, has, initiative=self.code)
        return self._member(has, rows, imposed=self.rows("smallest"), measure=measure)

    def moves(self, p: Prices) -> Iterator[Move]:
        """In part, a lower minimum, a larger request where the minimum is above it, or, where a switch says whether it is
        funded, not at all."""
        if self.in_full:
            column = "must_fund" if self.must else "all_or_nothing"
            price = p.level(self.code)
            yield self._move(self.rows("scope"), -np.ones(1), price, 1.0, self._in_part(p, price), column=column)
        elif self.least > 0:
            rows = self.rows("award" if self.must else "minimum")
            yield self._move(rows, -np.ones(len(rows)), p.money, self.least, self._lower(p), column="minimum")
            f, i = self.facts, self.code
            request = float(f.request[i])
            if self.least > request * f.cost_factor[f.partner_initiative == i].max(initial=0.0) * (1 - HAIR):
                yield self._larger(p, request or 1.0)
        if len(switch := self.rows("must")):  # funded ≥ 1 − move: the switch is whole, so the move is
            cost = p.level(self.code) if self.in_full else p.money * self.least
            written = Written((self.cell.row("= no", "must_fund"),), cost, f"no longer require {self.name}")
            column = "must_fund" if self.in_full else "minimum"
            floor = NONE if self.in_full else self.rows("award")
            rows, by = np.append(switch, floor), -np.append(np.ones(1), np.full(len(floor), self.least))
            yield self._move(rows, by, cost, 1.0, lambda less, x, rounded: written, column=column)

    def _in_part(self, p: Prices, price: float) -> Write:
        """What must be delivered in full may be delivered in part; in no part, it need not be funded."""
        f, i, cell = self.facts, self.code, self.cell

        def write(less: float, x: Array, rounded: bool) -> Written:
            award = self.on.sum_of(x, "spend", initiative=i)
            least = outward(award, p.unit, False) if rounded else award * (1 - HAIR)
            rows = [cell.row("= no", "all_or_nothing")] if self.whole else []
            if self.must and least < p.unit:
                return Written((cell.row("= no", "must_fund"),), price * less, f"no longer require {self.name}")
            if self.must:
                rows.append(cell.row(f"= {plain(least)}", "minimum"))
                extra = price * (award - least) / max(float(f.request[i]), 1.0) if rounded else 0.0
                said = f"require only {self.on.money(least)} for {self.name}"
                return Written(tuple(rows), price * less + extra, said)
            if self.least > 0:
                rows.append(cell.row(f"= {plain(min(least, self.least))}", "minimum"))
            return Written(tuple(rows), price * less, f"let {self.name} be delivered in part")

        return write

    def _lower(self, p: Prices) -> Write:
        """A lower minimum; of a promise, none where that would be 0, which would mean: in full."""
        lowered = self._lowered(p, self.least)

        def write(less: float, x: Array, rounded: bool) -> Written:
            made = lowered(less, x, rounded)
            if self.must and made.cost >= p.money * (self.least - HAIR):
                return Written((self.cell.row("= no", "must_fund"),), made.cost, f"no longer require {self.name}")
            return made

        return write

    def _larger(self, p: Prices, request: float) -> Move:
        def ask(more: float, x: Array, rounded: bool) -> Written:
            added = outward(more * request, p.unit, True) if rounded else more * request
            said = f"raise the request of {self.name} by {self.on.money(added)}"
            return Written((self.cell.row(f"+ {plain(added)}", "request"),), p.money * added, said)

        return self._move(self.rows("scope"), np.ones(1), p.money * request, 50.0, ask, column="request")

    def given_up(self, p: Prices) -> Iterator[Written]:
        """A promise is given up."""
        if self.must:
            lost = float(self.facts.request[self.code]) if self.in_full else self.least
            yield Written((self.cell.row("= no"),), p.money * lost, f"no longer require {self.name}")

    def absence(self) -> Absence | None:
        """It may get nothing, or less."""
        if self.must:
            lower, columns = self.rows("award", "scope"), self.on.columns("funded", initiative=self.code)
            plain_row = self.least <= 0 and not self.whole and not len(columns)
            changes = [self.cell.row("= no")]
            name = f"that {self.name} must be funded"
            return Absence("lock", self.item, name, changes, lower, columns=columns, exact=plain_row)
        if self.least > 0 and not self.whole:
            return self._floor(f"the minimum of {self.name}", "minimum", exact=False)
        return None


class Maximum(_OfInitiative):
    """What an initiative may get; 0 locks it out."""

    column = "maximum"

    @property
    def most(self) -> float:
        """In money; infinite where nothing is said."""
        return float(self.facts.maximum[self.code])

    def member(self) -> Member | None:
        """Its award, or that nothing of it may be delivered."""
        if not np.isfinite(self.most):
            return None
        money = self.on.money(self.most)
        has = (
            f"{self.name} may receive at most {money}" if self.most else f"{self.name} is locked out (its maximum is 0)"
        )
        measure = self._measure("spend", self.most, False, MONEY, has, initiative=self.code)
        return self._member(has, NONE, self.rows("award", "shut"), measure=measure)

    def moves(self, p: Prices) -> Iterator[Move]:
        """More; of one that is locked out, as much of its scope as the money pays for."""
        if np.isfinite(self.most):
            per_scope = 1e3 / max(float(self.facts.request[self.code]), 1.0)
            values = np.append(np.ones(len(self.rows("award"))), np.full(len(self.rows("shut")), per_scope))
            yield self._move(self.rows("award", "shut"), values, p.money, p.reach, self._raised(p))

    def levers(self) -> Iterator[Lever]:
        """More, where it is not locked out."""
        if np.isfinite(self.most) and self.most > 0:
            most = float(self.facts.request[self.code]) or 1.0
            yield from self._lever(
                INITIATIVE, MONEY, most, self._cap("award", initiative=self.code), f"the maximum of {self.name}",
                "its own maximum", lambda amount: f"a maximum higher by {amount}",
            )  # fmt: skip

    def absence(self) -> Absence | None:
        """It is no longer locked out."""
        if self.most != 0:
            return None
        f, i = self.facts, self.code
        dearest = float(f.cost_factor[f.partner_initiative == i].max(initial=1.0))
        changes = [self.cell.row(f"= {plain(np.ceil(2 * (float(f.request[i]) * dearest or 1.0)))}")]
        upper, opened = self.rows("award"), self.on.columns("level", initiative=i)
        return Absence(
            "lock", self.item, f"that {self.name} is locked out", changes, upper=upper, opened=opened, exact=False
        )


class Pace(_OfInitiative):
    """The share of an initiative's scope that one period can deliver."""

    column = "pace"

    def member(self) -> Member | None:
        """In each period."""
        share = percent(float(self.facts.pace[self.code]))
        has = f"at most {share} of {self.name} can be delivered in one period"
        return self._member(has, NONE, self.rows("pace")) if len(self.rows("pace")) else None

    def moves(self, p: Prices) -> Iterator[Move]:
        """A larger share."""
        rows, old, price = self.rows("pace"), float(self.facts.pace[self.code]), p.level(self.code)

        def write(more: float, x: Array, rounded: bool) -> Written:
            new = min(outward(old + more, 0.01, True) if rounded else old + more, 1.0)
            said = f"let {percent(new)} of {self.name} be delivered in one period"
            return self._set(new, price * (new - old), said)

        if len(rows):
            yield self._move(rows, np.ones(len(rows)), price, 1.0 - old, write)
