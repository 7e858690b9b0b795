"""How people can move: staff, hires, what initiatives need, and the shares of partners."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from optimiser.analysis.curve import movable
from optimiser.analysis.levers import Sums
from optimiser.analysis.members import called
from optimiser.analysis.moves import Ground, Move, Written, outward, percent, row_of
from optimiser.case.amounts import plain
from optimiser.case.selection import quoted
from optimiser.case.table import Array


class PeopleMoves(Ground):
    """Moves of the sheets Staff, Needs and Partners."""

    def all(self) -> Iterator[Move]:
        """All of them."""
        yield from self._staff()
        yield from self._needs()
        yield from self._partners()

    def _staff(self) -> Iterator[Move]:
        f = self.facts
        for column, most in (("fte", f.releasable_fte), ("hire_max", f.hire_max)):
            for a, k in zip(*np.nonzero(most.max(axis=2) > 0), strict=True):
                yield from self._more_people(column, int(a), int(k))
        for a, k in zip(
            *np.nonzero((f.releasable_fte > 0).any(axis=2) & (f.releasable_fte < f.fte).any(axis=2)), strict=True
        ):
            yield from self._released(int(a), int(k))

    def _price(self, a: int, k: int) -> float:
        if self.costs.fte_period is not None:
            return self.costs.fte_period
        return float(self.facts.cost_per_fte[a, k].max()) or self.average_fte

    def _more_people(self, column: str, a: int, k: int) -> Iterator[Move]:
        f = self.facts
        agency, role, name = f.names["agency"][a], f.names["role"][k], called(f, "agency", a)
        where = f"agency = {quoted(agency)} ; role = {quoted(role)}"
        shift = self._more_staff(a, k) if column == "fte" else None
        shift = shift or self.shifted([row_of("Staff", where, column, "+ 1")], 1.0)
        if shift is None:
            return
        cost = self._price(a, k) * self._periods_of(shift, "people" if column == "fte" else "hire limit")
        said = "add {} FTE of {} at {}" if column == "fte" else "let {2} hire {0} FTE of {1} more"
        write = self.added("Staff", where, column, 0.1, cost, lambda amount: said.format(f"{amount:,.4g}", role, name))
        yield Move(*shift, cost, self.people_reach, f"Staff {agency} {role} {column}", f"Staff {role} {column}", write)

    @cached_property
    def _sums(self) -> Sums:
        return Sums(self.facts, self.model, self.d.rules)

    def _more_staff(self, a: int, k: int) -> tuple[Array, Array] | None:
        """As `shifted`, where it can be computed: a tenth of the time of building the changed case."""
        found = self._sums.staff(a, k, 1.0)
        if found is None or not len(found.rows) or not movable(self.model, found):
            return None
        return found.rows, np.where(np.isfinite(self.model.row_lower[found.rows]), found.lower, found.upper)

    def _periods_of(self, shift: tuple[Array, Array], family: str) -> float:
        """Periods in which one more FTE stands on the books (or can be hired)."""
        span = self.model.rows[family].span
        return float(np.count_nonzero((shift[0] >= span.start) & (shift[0] < span.stop)))

    def _released(self, a: int, k: int) -> Iterator[Move]:
        """More of the people on the books are released."""
        f = self.facts
        agency, role, name = f.names["agency"][a], f.names["role"][k], called(f, "agency", a)
        fte, released = f.fte[a, k], f.releasable_fte[a, k]
        on_books = fte > 0
        share = float((released[on_books] / fte[on_books]).max())
        if share >= 1 or not np.allclose(released[on_books], share * fte[on_books]):
            return
        where = f"agency = {quoted(agency)} ; role = {quoted(role)}"
        rows = self.rows("people", agency=a, role=k)
        periods = self.model.rows["people"].keys["period"][rows - self.model.rows["people"].first]
        cost = self._price(a, k) * float(fte[periods].sum())

        def write(more: float, x: Array, rounded: bool) -> Written:
            new = min(outward(share + more, 0.01, True) if rounded else share + more, 1.0)
            said = f"release {percent(new)} of the {role}s of {name} instead of {percent(share)}"
            return Written((row_of("Staff", where, "releasable", f"= {plain(new)}"),), cost * (new - share), said)

        yield Move(
            rows,
            fte[periods],
            cost,
            1.0 - share,
            f"Staff {agency} {role} releasable",
            f"Staff {role} releasable",
            write,
        )

    def _needs(self) -> Iterator[Move]:
        for i, k in zip(*(codes.tolist() for codes in np.nonzero(self.facts.need > 0)), strict=True):
            yield from self._need(i, k)

    def _need(self, i: int, k: int) -> Iterator[Move]:
        f, staffing = self.facts, self.model.rows["staffing"]
        key, role, name = f.names["initiative"][i], f.names["role"][k], called(f, "initiative", i)
        rows = self.rows("staffing", initiative=i, role=k)
        periods = staffing.keys["period"][rows - staffing.first].tolist()
        where, old = f"initiative = {quoted(key)} ; role = {quoted(role)}", float(f.need[i, k])

        def write(less: float, x: Array, rounded: bool) -> Written:
            exact, work = old, 0.0
            for t in periods:
                share = float(f.active_periods[i]) * self.sum_of(x, "level", initiative=i, period=t)
                work += share
                if share > 1e-7:
                    exact = min(exact, max(self._supplied(x, i, k, t) / share, 0.0))
            new = max(outward(exact, 0.1, False), 0.0) if rounded else exact
            said = (
                f"let {name} do with {new:,.4g} FTE of {role} at full scope"
                if new
                else f"let {name} do without any {role}"
            )
            row = row_of("Needs", where, "fte", f"= {plain(new)}")
            return Written((row,), self.average_fte * (less + (exact - new) * work), said)

        group = f"Needs {key} {role}"
        for row in rows.tolist():
            one = np.array([row])
            yield Move(one, -np.ones(1), self.average_fte, self.people_reach, group, f"Needs {role}", write)

    def _supplied(self, x: Array, i: int, k: int, t: int) -> float:
        post = self.model.columns["post"]
        hit = (post.keys["initiative"] == i) & (post.keys["fills"] == k) & (post.keys["period"] == t)
        rate = self.facts.rate[post.keys["role"][hit], k]
        return float(np.dot(rate, x[post.span][hit])) + self.sum_of(x, "hire", initiative=i, role=k, period=t)

    def _partners(self) -> Iterator[Move]:
        for family, column in (("min share", "min_share"), ("max share", "max_share")):
            found = self.model.rows[family]
            for n, (i, a) in enumerate(zip(*(found.keys[d].tolist() for d in ("initiative", "agency")), strict=True)):
                yield self._share(found.first + n, column, i, a)

    def _share(self, row: int, column: str, i: int, a: int) -> Move:
        f, up, price = self.facts, column == "max_share", self.level_price(i)
        key, agency = f.names["initiative"][i], f.names["agency"][a]
        where = f"initiative = {quoted(key)} ; agency = {quoted(agency)}"
        values = f.max_share if up else f.min_share
        old = float(values[(f.partner_initiative == i) & (f.partner_agency == a)][0])

        def write(move: float, x: Array, rounded: bool) -> Written:
            whole = self.sum_of(x, "level", initiative=i)
            own = self.sum_of(x, "level", initiative=i, agency=a) / whole if whole > 1e-9 else old
            exact = max(own, old) if up else min(own, old)
            new = min(max(outward(exact, 0.01, up), 0.0), 1.0) if rounded else exact
            bound = "up to" if up else "as little as"
            said = f"let {called(f, 'agency', a)} deliver {bound} {percent(new)} of {called(f, 'initiative', i)}"
            change = row_of("Partners", where, column, f"= {plain(new)}")
            return Written((change,), price * (move + abs(new - exact) * whole), said)

        group = f"Partners {key} {agency} {column}"
        return Move(np.array([row]), np.array([1.0 if up else -1.0]), price, 1.0, group, group, write)
