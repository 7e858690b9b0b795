"""Limits on money: what a fund has and how it may be used, what an agency must or may receive."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.analysis.limits.aspects import (
    AGENCY,
    FUND,
    Absence,
    Lever,
    Member,
    Move,
    OfOne,
    Written,
    outward,
    percent,
)
from optimiser.analysis.limits.curve import Direction
from optimiser.analysis.limits.ground import NONE, Moved
from optimiser.analysis.limits.move_costs import Prices
from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR
from optimiser.model.rules.number import MONEY


class _OfFund(OfOne):
    """A number of a fund."""

    sheet, dimension = "Funds", "fund"


class FundAmount(_OfFund):
    """What a fund has."""

    column = "amount"

    def member(self) -> Member | None:
        """The money that arrives, and what is carried on of it."""
        f, k, on = self.facts, self.code, self.on
        rows = self.rows("fund")
        if not len(rows):
            return None
        times = np.array(on.periods("fund", rows))
        arriving = f.installment[k, times] > 0
        moved = [on.rows("carry-over", fund=k, period=t) for t in times[arriving].tolist() if f.carryover[k] > 0]
        upper = np.concatenate([rows[arriving], NONE, *moved])
        has = f"{self.name} has {on.money(f.amount[k])}"
        return self._member(
            has, NONE, upper, measure=self._measure("spend", float(f.amount[k]), False, MONEY, has, fund=k)
        )

    def moves(self, p: Prices) -> Iterator[Move]:
        """More money, in the proportions of its installments."""
        direction = self._direction(1.0) or self.on.built([self.cell.row("+ 1")], 1.0)
        values = None if direction is None else self.on.one_limit(direction)
        if direction is not None and values is not None:
            yield self._move(direction.rows, values, p.money, p.reach, self._raised(p), family="Funds amount")

    def levers(self) -> Iterator[Lever]:
        """The same."""
        most = float(np.maximum(self.facts.request.sum(), self.facts.amount.sum()))
        more = f"more in {self.name}"
        yield from self._lever(
            FUND, MONEY, most, self._direction(most), self.name, self.name, lambda amount: f"{amount} {more}"
        )

    def _direction(self, most: float) -> Direction | None:
        """One unit of money more, in the installments' proportions; None where it is simpler to look."""
        facts, k, on = self.facts, self.code, self.on
        if not facts.amount[k] > 0 or on.looks_at("amount"):
            return None
        share = facts.installment[k] / facts.amount[k]
        rows: list[Moved] = []
        for row, t in self._times("fund"):
            rows.append((row, share[t], share[t]))
        for row, t in self._times("carry-over"):
            rows.append((row, 0.0, float(facts.carryover[k] * share[t])))
        rows += [(row, float(facts.min_spend[k]), 0.0) for row in self.rows("min spend").tolist()]

        def more(changed: Facts, amount: float) -> None:
            changed.amount, changed.installment = facts.amount.copy(), facts.installment.copy()
            changed.amount[k] += amount
            changed.installment[k] *= changed.amount[k] / facts.amount[k]

        return on.with_rules(rows, more, most, ("amount", "total"))

    def _times(self, family: str) -> Iterator[tuple[int, int]]:
        """Its rows in a family, each with its period."""
        rows = self.rows(family)
        return zip(rows.tolist(), self.on.periods(family, rows), strict=True)


class CarryOver(_OfFund):
    """The share of a period's balance that may move on."""

    column = "carryover"

    def member(self) -> Member | None:
        """Each period's."""
        rows = self.rows("carry-over")
        share = percent(float(self.facts.carryover[self.code]))
        has = f"at most {share} of the balance of {self.name} may move on to the next period"
        return self._member(has, NONE, rows) if len(rows) else None

    def moves(self, p: Prices) -> Iterator[Move]:
        """A larger share."""
        f, k, on = self.facts, self.code, self.on
        share, rows = float(f.carryover[k]), self.rows("carry-over")

        def write(more: float, x: Array, rounded: bool) -> Written:
            shares, balances = [share], []
            for t in on.periods("carry-over", rows):
                before = on.sum_of(x, "carry", fund=k, period=t - 1) if t else 0.0
                balances.append(float(f.installment[k, t]) + before)
                if balances[-1] > HAIR * p.total:
                    shares.append(on.sum_of(x, "carry", fund=k, period=t) / balances[-1])
            exact = min(max(shares), 1.0)
            new = min(outward(exact, 0.01, True), 1.0) if rounded else exact
            extra = (new - exact) * max(balances, default=0.0)
            said = f"let {percent(new)} of the balance of {self.name} move on to the next period"
            return self._set(new, p.money * (more + extra), said)

        yield from self._each_move(rows, 1.0, p.money, p.reach, write)


class MinSpend(_OfFund):
    """The share of a fund that must be spent."""

    column = "min_spend"

    def member(self) -> Member | None:
        """Over all periods."""
        f, k = self.facts, self.code
        rows = self.rows("min spend")
        if not len(rows):
            return None
        least = float(f.min_spend[k] * f.amount[k])
        has = f"at least {percent(float(f.min_spend[k]))} of {self.name} ({self.on.money(least)}) must be spent"
        return self._member(has, rows, measure=self._measure("spend", least, True, MONEY, has, fund=k))

    def moves(self, p: Prices) -> Iterator[Move]:
        """A smaller share."""
        amount, share = float(self.facts.amount[self.code]), float(self.facts.min_spend[self.code])

        def write(less: float, x: Array, rounded: bool) -> Written:
            new = max(share - less / amount, 0.0)
            new = outward(new, 0.001, False) if rounded else new
            said = f"require only {percent(new)} of {self.name} to be spent"
            return self._set(new, p.money * (share - new) * amount, said)

        if share > 0 and amount > 0:
            yield self._move(self.rows("min spend"), -np.ones(1), p.money, share * amount, write)

    def absence(self) -> Absence | None:
        """Nothing must be spent."""
        if not self.facts.min_spend[self.code] > 0:
            return None
        return self._floor(f"the least spend of {self.name}", "min spend")


class MatchRate(_OfFund):
    """The share of cost that must come from elsewhere than a fund."""

    column = "match_rate"

    def member(self) -> Member | None:
        """Initiative by initiative."""
        rows, rate = self.rows("match"), percent(float(self.facts.match_rate[self.code]))
        return (
            self._member(f"{rate} of the cost under {self.name} must come from elsewhere", rows) if len(rows) else None
        )

    def moves(self, p: Prices) -> Iterator[Move]:
        """A lower rate."""
        k, on, rate = self.code, self.on, float(self.facts.match_rate[self.code])
        rows = self.rows("match")
        family = on.model.rows["match"]

        def write(less: float, x: Array, rounded: bool) -> Written:
            ratios = []
            for i in family.keys["initiative"][rows - family.first].tolist():
                spent = on.sum_of(x, "spend", fund=k, initiative=i)
                matched = sum(on.sum_of(x, counted, fund=k, initiative=i) for counted in ("match", "in kind"))
                if spent > HAIR * p.total:
                    ratios.append(matched / spent)
            ratio = min([rate / (1 - rate), *ratios])
            exact = ratio / (1 + ratio)
            new = max(outward(exact, 0.001, False), 0.0) if rounded else exact
            extra = (ratio - new / (1 - new)) * on.sum_of(x, "spend", fund=k) if rounded else 0.0
            return self._set(new, p.money * (less + extra), f"lower the match rate of {self.name} to {percent(new)}")

        yield from self._each_move(rows, -1.0, p.money, p.reach, write)


class _OfAgency(OfOne):
    """A number of an agency."""

    sheet, dimension = "Agencies", "agency"


class AgencyMinimum(_OfAgency):
    """What an agency must receive."""

    column = "minimum"

    @property
    def least(self) -> float:
        """In money."""
        return float(self.facts.agency_minimum[self.code])

    def member(self) -> Member | None:
        """Over all periods."""
        rows = self.rows("agency")
        if not len(rows) or not self.least > 0:
            return None
        has = f"{self.name} must receive at least {self.on.money(self.least)}"
        return self._member(has, rows, measure=self._measure("spend", self.least, True, MONEY, has, agency=self.code))

    def moves(self, p: Prices) -> Iterator[Move]:
        """Less."""
        if self.least > 0:
            yield self._move(self.rows("agency"), -np.ones(1), p.money, self.least, self._lowered(p, self.least))

    def absence(self) -> Absence | None:
        """It need not receive anything."""
        if not self.least > 0:
            return None
        return self._floor(f"the minimum of {self.name}", "agency")


class AgencyMaximum(_OfAgency):
    """What an agency may receive."""

    column = "maximum"

    @property
    def most(self) -> float:
        """In money; infinite where nothing is said."""
        return float(self.facts.agency_maximum[self.code])

    def member(self) -> Member | None:
        """Over all periods."""
        rows = self.rows("agency")
        if not len(rows) or not np.isfinite(self.most):
            return None
        has = f"{self.name} may receive at most {self.on.money(self.most)}"
        return self._member(
            has, NONE, rows, measure=self._measure("spend", self.most, False, MONEY, has, agency=self.code)
        )

    def moves(self, p: Prices) -> Iterator[Move]:
        """More."""
        if np.isfinite(self.most):
            yield self._move(self.rows("agency"), np.ones(1), p.money, p.reach, self._raised(p))

    def levers(self) -> Iterator[Lever]:
        """The same."""
        if np.isfinite(self.most):
            most = float(np.maximum(self.facts.request.sum(), self.facts.amount.sum()))
            name = f"the maximum of {self.name}"
            yield from self._lever(
                AGENCY, MONEY, most, self._cap("agency", agency=self.code), name, name,
                lambda amount: f"a maximum of {self.name} higher by {amount}",
            )  # fmt: skip
