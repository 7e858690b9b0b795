"""Limits on people: staff, hires, what initiatives need, and the shares of partners."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.analysis.limits.aspects import STAFF as OF_STAFF
from optimiser.analysis.limits.aspects import Lever, Limit, Member, Move, Written, outward, percent
from optimiser.analysis.limits.curve import Direction
from optimiser.analysis.limits.ground import NONE, Ground, Moved
from optimiser.analysis.limits.move_costs import Prices
from optimiser.case.facts import Facts
from optimiser.case.readable import digits
from optimiser.case.reading.amounts import plain
from optimiser.case.table import Array
from optimiser.case.tolerances import AT_BOUND, HAIR, NOTHING, PAST
from optimiser.model.rules.nouns import plural
from optimiser.model.rules.number import FTE, STAFF


class _OfPeople(Limit):
    """Of a role at an agency."""

    sheet = "Staff"
    family = ""
    used = ""
    verb = ""

    def __init__(self, on: Ground, agency: int, role: int) -> None:
        names = on.facts.names
        self.agency, self.role = names["agency"][agency], names["role"][role]
        super().__init__(on, on.facts.called("agency", agency), agency=self.agency, role=self.role)
        self.a, self.k = agency, role
        self.rows = on.rows(self.family, agency=agency, role=role)

    @property
    def most(self) -> Array:
        """[T]: FTE in each period."""
        return np.zeros(0)

    def member(self) -> Member | None:
        """In each period."""
        if not len(self.rows):
            return None
        has = f"{self.name} {self.verb} {self.most.max():,.6g} FTE of {self.role}"
        total, unit = float(self.most.sum()), FTE if len(self.rows) == 1 else STAFF
        summed = f"{has} ({total:,.6g} {unit})" if len(self.rows) > 1 else has
        measure = self._measure(self.used, total, False, unit, summed, agency=self.a, role=self.k)
        return self._member(has, NONE, self.rows, measure=measure)

    def _more(self, p: Prices, direction: Direction | None, said: str) -> Iterator[Move]:
        direction = direction or self.on.built([self.cell.row("+ 1")], 1.0)
        values = None if direction is None else self.on.one_limit(direction)
        if direction is None or values is None:
            return
        span = self.on.model.rows[self.family].span
        periods = np.count_nonzero((direction.rows >= span.start) & (direction.rows < span.stop))
        cost = p.fte(self.a, self.k) * float(periods)
        write = self._added(0.1, cost, lambda amount: said.format(digits(amount, 4)))
        yield self._move(direction.rows, values, cost, p.people_reach, write, family=f"Staff {self.role} {self.column}")


class Staff(_OfPeople):
    """The people that an agency has and releases."""

    column = "fte"
    family, used, verb = "people", "post", "can release"

    @property
    def most(self) -> Array:
        """What it releases."""
        return np.asarray(self.facts.releasable_fte[self.a, self.k])

    def moves(self, p: Prices) -> Iterator[Move]:
        """More people on the books."""
        yield from self._more(p, self._direction(1.0), f"add {{}} FTE of {self.role} at {self.name}")

    def levers(self) -> Iterator[Lever]:
        """More people on the books, of the agency that has most of the role."""
        f = self.facts
        supply = f.releasable_fte[:, self.k, :].sum(axis=1)
        if not supply.any() or int(np.argmax(supply)) != self.a:
            return
        need = PAST * float((f.need * f.active_periods[:, None])[:, self.k].sum()) or 1.0
        yield from self._lever(
            OF_STAFF, FTE, need, self._direction(need), f"{self.role} at {self.name}", f"the people for the role {self.role}",
            lambda amount: f"{amount} more {plural(self.role)} at {self.name}", agency=self.agency, role=self.role,
        )  # fmt: skip

    def _direction(self, most: float) -> Direction | None:
        """One FTE more on the books, in every period; None where it is simpler to look."""
        facts, a, k = self.facts, self.a, self.k
        if not np.all(self.most > 0) or self.on.looks_at("fte"):
            return None
        share = self.most / facts.fte[a, k]
        times = self.on.periods("people", self.rows)
        rows: list[Moved] = [(r, 0.0, float(share[t])) for r, t in zip(self.rows.tolist(), times, strict=True)]

        def more(changed: Facts, amount: float) -> None:
            changed.fte, changed.releasable_fte = facts.fte.copy(), facts.releasable_fte.copy()
            changed.fte[a, k] += amount
            changed.releasable_fte[a, k] += share * amount

        return self.on.with_rules(rows, more, most, ("fte", "headcount"))


class Hires(_OfPeople):
    """The people that an agency may hire."""

    column = "hire_max"
    family, used, verb = "hire limit", "hire", "can hire"

    @property
    def most(self) -> Array:
        """What it may hire."""
        return np.asarray(self.facts.hire_max[self.a, self.k])

    def moves(self, p: Prices) -> Iterator[Move]:
        """More."""
        yield from self._more(p, None, f"let {self.name} hire {{}} FTE of {self.role} more")


class Released(_OfPeople):
    """The share of its people that an agency releases; that they are limited is said by Staff."""

    column = "releasable"
    family = "people"

    def member(self) -> Member | None:
        """None beside Staff."""
        return None

    def moves(self, p: Prices) -> Iterator[Move]:
        """More of the people on the books."""
        fte, released = self.facts.fte[self.a, self.k], self.facts.releasable_fte[self.a, self.k]
        on_books = fte > 0
        share = float((released[on_books] / fte[on_books]).max())
        if share >= 1 or not np.allclose(released[on_books], share * fte[on_books]):
            return
        here = fte[self.on.periods("people", self.rows)]
        cost = p.fte(self.a, self.k) * float(here.sum())

        def write(more: float, x: Array, rounded: bool) -> Written:
            new = min(outward(share + more, 0.01, True) if rounded else share + more, 1.0)
            said = f"release {percent(new)} of the {self.role}s of {self.name} instead of {percent(share)}"
            return self._set(new, cost * (new - share), said)

        yield self._move(self.rows, here, cost, 1.0 - share, write, family=f"Staff {self.role} releasable")


class Needs(Limit):
    """The people that an initiative needs."""

    sheet, column = "Needs", "fte"

    def __init__(self, on: Ground, initiative: int, role: int) -> None:
        names = on.facts.names
        self.i, self.k, self.role = initiative, role, names["role"][role]
        super().__init__(
            on, on.facts.called("initiative", initiative), initiative=names["initiative"][initiative], role=self.role
        )
        self.rows = on.rows("staffing", initiative=initiative, role=role)

    def member(self) -> Member | None:
        """In each period in which it runs."""
        need = f"{self.facts.need[self.i, self.k]:,.6g}"
        return self._member(f"{self.name} needs {need} FTE of {self.role} at full scope", self.rows)

    def moves(self, p: Prices) -> Iterator[Move]:
        """Fewer, down to those that the plan has."""
        f, on, i, k = self.facts, self.on, self.i, self.k
        old = float(f.need[i, k])

        def write(less: float, x: Array, rounded: bool) -> Written:
            exact, work = old, 0.0
            for t in on.periods("staffing", self.rows):
                share = float(f.active_periods[i]) * on.sum_of(x, "level", initiative=i, period=t)
                work += share
                if share > AT_BOUND:
                    exact = min(exact, max(self._supplied(x, t) / share, 0.0))
            new = max(outward(exact, 0.1, False), 0.0) if rounded else exact
            fewer = f"let {self.name} do with {digits(new, 4)} FTE of {self.role} at full scope"
            said = fewer if new else f"let {self.name} do without any {self.role}"
            return self._set(new, p.average_fte * (less + (exact - new) * work), said)

        yield from self._each_move(self.rows, -1.0, p.average_fte, p.people_reach, write, f"Needs {self.role}")

    def given_up(self, p: Prices) -> Iterator[Written]:
        """Staff at each agency that delivers the initiative and has none to release."""
        f, k, need = self.facts, self.k, float(np.ceil(self.facts.need[self.i, self.k] * 10 - HAIR) / 10)
        for a in np.unique(f.partner_agency[f.partner_initiative == self.i]).tolist():
            if f.releasable_fte[a, k].max() > 0:
                continue
            cell, on_books = Staff.at(agency=f.names["agency"][a], role=self.role), float(f.fte[a, k].max())
            rows = [
                cell.row(f"= {plain(max(need, on_books))}"),
                *([cell.row("= 1", "releasable")] if on_books > 0 else []),
            ]
            said = f"release {digits(need, 4)} FTE of {self.role} at {self.on.facts.called('agency', a)}"
            yield Written(tuple(rows), p.fte(a, k) * need * f.size("period"), said)

    def _supplied(self, x: Array, t: int) -> float:
        post = self.on.columns("post", initiative=self.i, fills=self.k, period=t)
        family = self.on.model.columns["post"]
        rate = self.facts.rate[family.keys["role"][post - family.first], self.k]
        return float(np.dot(rate, x[post])) + self.on.sum_of(x, "hire", initiative=self.i, role=self.k, period=t)


class PartnerShare(Limit):
    """The least or the largest share of an initiative that a partner delivers."""

    sheet = "Partners"

    def __init__(self, on: Ground, initiative: int, agency: int, largest: bool) -> None:
        self.i, self.a, self.largest = initiative, agency, largest
        self.column = "max_share" if largest else "min_share"
        names = on.facts.names
        self.of, self.by = on.facts.called("initiative", initiative), on.facts.called("agency", agency)
        keys = {"initiative": names["initiative"][initiative], "agency": names["agency"][agency]}
        super().__init__(on, f"{self.by} in {self.of}", **keys)
        self.rows = on.rows("max share" if largest else "min share", initiative=initiative, agency=agency)
        f = on.facts
        values = f.max_share if largest else f.min_share
        self.share = float(values[(f.partner_initiative == initiative) & (f.partner_agency == agency)][0])

    def member(self) -> Member | None:
        """Over all periods."""
        word = "at most" if self.largest else "at least"
        lower, upper = (NONE, self.rows) if self.largest else (self.rows, NONE)
        return self._member(f"{self.by} delivers {word} {percent(self.share)} of {self.of}", lower, upper)

    def moves(self, p: Prices) -> Iterator[Move]:
        """Outward, to what the partner delivers in the plan."""
        i, a, up, price = self.i, self.a, self.largest, p.level(self.i)

        def write(move: float, x: Array, rounded: bool) -> Written:
            whole = self.on.sum_of(x, "level", initiative=i)
            own = self.on.sum_of(x, "level", initiative=i, agency=a) / whole if whole > NOTHING else self.share
            exact = max(own, self.share) if up else min(own, self.share)
            new = min(max(outward(exact, 0.01, up), 0.0), 1.0) if rounded else exact
            said = f"let {self.by} deliver {'up to' if up else 'as little as'} {percent(new)} of {self.of}"
            return self._set(new, price * (move + abs(new - exact) * whole), said)

        yield from self._each_move(self.rows, 1.0 if up else -1.0, price, 1.0, write)
