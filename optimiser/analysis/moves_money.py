"""How money can move: funds and their shares, what agencies and initiatives must or may receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimiser.analysis.members import called
from optimiser.analysis.moves import Ground, Move, Written, outward, percent, row_of
from optimiser.case.amounts import plain
from optimiser.case.selection import quoted
from optimiser.case.table import Array


class MoneyMoves(Ground):
    """Moves of the sheets Funds, Agencies and Initiatives."""

    def all(self) -> Iterator[Move]:
        """All of them."""
        yield from self._funds()
        yield from self._agencies()
        yield from self._initiatives()

    def _funds(self) -> Iterator[Move]:
        f = self.facts
        for k, key in enumerate(f.names["fund"]):
            where, name = f"fund = {quoted(key)}", called(f, "fund", k)
            shift = self.shifted([row_of("Funds", where, "amount", "+ 1")], 1.0)
            if shift is not None:
                write = self.added("Funds", where, "amount", self.unit, self.costs.money, self._said("amount", name))
                yield Move(*shift, self.costs.money, self.reach, f"Funds {key} amount", "Funds amount", write)
            yield from self._min_spend(k, key, where, name)
            yield from self._match_rate(k, key, where, name)
            yield from self._carryover(k, key, where, name)

    def _min_spend(self, k: int, key: str, where: str, name: str) -> Iterator[Move]:
        f = self.facts
        amount, share = float(f.amount[k]), float(f.min_spend[k])

        def write(less: float, x: Array, rounded: bool) -> Written:
            new = max(share - less / amount, 0.0)
            new = outward(new, 0.001, False) if rounded else new
            said = f"require only {percent(new)} of {name} to be spent"
            row = row_of("Funds", where, "min_spend", f"= {plain(new)}")
            return Written((row,), self.costs.money * (share - new) * amount, said)

        if share > 0 and amount > 0:
            group = f"Funds {key} min_spend"
            yield Move(
                self.rows("min spend", fund=k), -np.ones(1), self.costs.money, share * amount, group, group, write
            )

    def _match_rate(self, k: int, key: str, where: str, name: str) -> Iterator[Move]:
        f = self.facts
        rate, rows = float(f.match_rate[k]), self.rows("match", fund=k)
        initiatives = self.model.rows["match"].keys["initiative"][rows - self.model.rows["match"].first].tolist()

        def write(less: float, x: Array, rounded: bool) -> Written:
            ratios = []
            for i in initiatives:
                spent = self.sum_of(x, "spend", fund=k, initiative=i)
                matched = self.sum_of(x, "match", fund=k, initiative=i) + self.sum_of(
                    x, "in kind", fund=k, initiative=i
                )
                if spent > 1e-9 * self.total:
                    ratios.append(matched / spent)
            ratio = min([rate / (1 - rate), *ratios])
            exact = ratio / (1 + ratio)
            new = max(outward(exact, 0.001, False), 0.0) if rounded else exact
            spent = self.sum_of(x, "spend", fund=k)
            extra = (ratio - new / (1 - new)) * spent if rounded else 0.0
            said = f"lower the match rate of {name} to {percent(new)}"
            return Written(
                (row_of("Funds", where, "match_rate", f"= {plain(new)}"),), self.costs.money * (less + extra), said
            )

        group = f"Funds {key} match_rate"
        for row in rows.tolist():
            yield Move(np.array([row]), -np.ones(1), self.costs.money, self.reach, group, group, write)

    def _carryover(self, k: int, key: str, where: str, name: str) -> Iterator[Move]:
        f = self.facts
        share, rows = float(f.carryover[k]), self.rows("carry-over", fund=k)
        periods = self.model.rows["carry-over"].keys["period"][rows - self.model.rows["carry-over"].first].tolist()

        def write(more: float, x: Array, rounded: bool) -> Written:
            shares, balances = [share], []
            for t in periods:
                before = self.sum_of(x, "carry", fund=k, period=t - 1) if t else 0.0
                balance = float(f.installment[k, t]) + before
                balances.append(balance)
                if balance > 1e-9 * self.total:
                    shares.append(self.sum_of(x, "carry", fund=k, period=t) / balance)
            exact = min(max(shares), 1.0)
            new = min(outward(exact, 0.01, True), 1.0) if rounded else exact
            extra = (new - exact) * max(balances, default=0.0)
            said = f"let {percent(new)} of the balance of {name} move on to the next period"
            return Written(
                (row_of("Funds", where, "carryover", f"= {plain(new)}"),), self.costs.money * (more + extra), said
            )

        group = f"Funds {key} carryover"
        for row in rows.tolist():
            yield Move(np.array([row]), np.ones(1), self.costs.money, self.reach, group, group, write)

    def _agencies(self) -> Iterator[Move]:
        f = self.facts
        for a, key in enumerate(f.names["agency"]):
            where, name, rows = f"agency = {quoted(key)}", called(f, "agency", a), self.rows("agency", agency=a)
            if f.agency_minimum[a] > 0:
                write = self._lowered("Agencies", where, "minimum", name, float(f.agency_minimum[a]))
                group = f"Agencies {key} minimum"
                yield Move(rows, -np.ones(1), self.costs.money, float(f.agency_minimum[a]), group, group, write)
            if np.isfinite(f.agency_maximum[a]):
                write = self._raised("Agencies", where, "maximum", name)
                group = f"Agencies {key} maximum"
                yield Move(rows, np.ones(1), self.costs.money, self.reach, group, group, write)

    def _raised(self, sheet: str, where: str, column: str, name: str) -> Callable[[float, Array, bool], Written]:
        return self.added(sheet, where, column, self.unit, self.costs.money, self._said(column, name))

    def _said(self, column: str, name: str) -> Callable[[float], str]:
        return lambda amount: f"raise the {column} of {name} by {self.money(amount)}"

    def _lowered(
        self, sheet: str, where: str, column: str, name: str, old: float
    ) -> Callable[[float, Array, bool], Written]:
        """The writer of a lower floor, never below 0."""

        def write(amount: float, x: Array, rounded: bool) -> Written:
            less = min(outward(amount, self.unit, True) if rounded else amount, old)
            said = f"lower the {column} of {name} by {self.money(less)}"
            return Written((row_of(sheet, where, column, f"- {plain(less)}"),), self.costs.money * less, said)

        return write

    def _initiatives(self) -> Iterator[Move]:
        f = self.facts
        for i, key in enumerate(f.names["initiative"]):
            where, name = f"initiative = {quoted(key)}", called(f, "initiative", i)
            if f.all_or_nothing[i] or (f.must_fund[i] and f.minimum[i] <= 0):
                yield self._in_part(i, key, where, name)
            elif f.minimum[i] > 0:
                yield from self._minimum(i, key, where, name)
            if np.isfinite(f.maximum[i]):
                rows, values = self.rows("award", initiative=i), np.ones(1)
                shut = self.rows("shut", initiative=i)
                if len(shut):
                    rows, values = np.append(rows, shut), np.append(values, 1e3 / max(float(f.request[i]), 1.0))
                group = f"Initiatives {key} maximum"
                yield Move(
                    rows,
                    values,
                    self.costs.money,
                    self.reach,
                    group,
                    group,
                    self._raised("Initiatives", where, "maximum", name),
                )
            yield from self._pace(i, key, where, name)

    def _in_part(self, i: int, key: str, where: str, name: str) -> Move:
        """What must be delivered in full may be delivered in part; in no part, it need not be funded."""
        f, price = self.facts, self.level_price(i)
        must, whole = bool(f.must_fund[i]), bool(f.all_or_nothing[i])

        def write(less: float, x: Array, rounded: bool) -> Written:
            award = self.sum_of(x, "spend", initiative=i)
            least = outward(award, self.unit, False) if rounded else award * (1 - 1e-9)
            rows = [row_of("Initiatives", where, "all_or_nothing", "= no")] if whole else []
            if must and least < self.unit:
                rows = [row_of("Initiatives", where, "must_fund", "= no")]
                return Written(tuple(rows), price * less, f"no longer require {name}")
            if must:
                rows.append(row_of("Initiatives", where, "minimum", f"= {plain(least)}"))
                extra = price * (award - least) / max(float(f.request[i]), 1.0) if rounded else 0.0
                return Written(tuple(rows), price * less + extra, f"require only {self.money(least)} for {name}")
            if f.minimum[i] > 0:
                rows.append(row_of("Initiatives", where, "minimum", f"= {plain(min(least, float(f.minimum[i])))}"))
            return Written(tuple(rows), price * less, f"let {name} be delivered in part")

        group = f"Initiatives {key} {'must_fund' if must else 'all_or_nothing'}"
        return Move(self.rows("scope", initiative=i), -np.ones(1), price, 1.0, group, group, write)

    def _minimum(self, i: int, key: str, where: str, name: str) -> Iterator[Move]:
        f, old = self.facts, float(self.facts.minimum[i])
        must = bool(f.must_fund[i])
        lowered = self._lowered("Initiatives", where, "minimum", name, old)

        def write(less: float, x: Array, rounded: bool) -> Written:
            made = lowered(less, x, rounded)
            if must and made.cost >= self.costs.money * (old - 1e-9):
                # A minimum of 0 would mean: in full.
                return Written(
                    (row_of("Initiatives", where, "must_fund", "= no"),), made.cost, f"no longer require {name}"
                )
            return made

        rows = self.rows("award" if must else "minimum", initiative=i)
        group = f"Initiatives {key} minimum"
        yield Move(rows, -np.ones(len(rows)), self.costs.money, old, group, group, write)
        factors = f.cost_factor[f.partner_initiative == i]
        if old > float(f.request[i]) * factors.max(initial=0.0) * (1 - 1e-9):
            request = float(f.request[i]) or 1.0

            def ask(more: float, x: Array, rounded: bool) -> Written:
                added = outward(more * request, self.unit, True) if rounded else more * request
                said = f"raise the request of {name} by {self.money(added)}"
                return Written(
                    (row_of("Initiatives", where, "request", f"+ {plain(added)}"),), self.costs.money * added, said
                )

            group = f"Initiatives {key} request"
            yield Move(
                self.rows("scope", initiative=i), np.ones(1), self.costs.money * request, 50.0, group, group, ask
            )

    def _pace(self, i: int, key: str, where: str, name: str) -> Iterator[Move]:
        rows, old, price = self.rows("pace", initiative=i), float(self.facts.pace[i]), self.level_price(i)

        def write(more: float, x: Array, rounded: bool) -> Written:
            new = min(outward(old + more, 0.01, True) if rounded else old + more, 1.0)
            said = f"let {percent(new)} of {name} be delivered in one period"
            return Written((row_of("Initiatives", where, "pace", f"= {plain(new)}"),), price * (new - old), said)

        if len(rows):
            group = f"Initiatives {key} pace"
            yield Move(rows, np.ones(len(rows)), price, 1.0 - old, group, group, write)
