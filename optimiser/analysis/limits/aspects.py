"""A limit, and what is asked of it: to be a member of a conflict, to move in a repair, to have a price, to be absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor

import numpy as np

from optimiser.analysis.limits.cell import Cell, ChangeRow, where_of
from optimiser.analysis.limits.curve import Direction
from optimiser.analysis.limits.ground import NONE, Ground
from optimiser.analysis.limits.move_costs import Prices, money_step
from optimiser.case.readable import capital, written
from optimiser.case.reading.amounts import plain
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, NEAR_WHOLE
from optimiser.model.rules import Number
from optimiser.model.rules.number import FTE, MONEY

FUND, STAFF, INITIATIVE, AGENCY, RULE = "fund", "staff", "initiative maximum", "agency maximum", "rule"
"""What levers are of, in the order in which they are listed."""


@dataclass(frozen=True, eq=False)
class Measure:
    """What a member limits: Σ value × column against `limit`. floor: whether it must be reached; number: what it is (None:
    a share of an initiative's full scope); has: what the member says of it, such as `Pool B has $500,000`."""

    columns: Array
    values: Array
    limit: float
    floor: bool
    number: Number | None
    has: str

    def said(self, value: float) -> str:
        """A value of it: `$1,250`, `2.5 FTE`, `98.4% of its full scope`."""
        if self.number is not None:
            return self.number.said(value)
        return "its full scope" if value > 1 - HAIR else f"{written(round(value, 3), True)} of its full scope"


@dataclass(frozen=True, eq=False)
class Member:
    """One thing that a case demands.

    item: the key of its record; name: the record as people call it; column: the cell ("" for a whole rule);
    lower, upper: rows whose lower, upper limit falls away without it; imposed: rows that must then be at least 0; rule:
    its name, where it is one.
    """

    sheet: str
    item: str
    column: str
    name: str
    sentence: str
    lower: Array
    upper: Array
    imposed: Array = field(default_factory=lambda: NONE)
    measure: Measure | None = None
    rule: str = ""

    @property
    def told(self) -> str:
        """The sentence, with the rule's name before it where it is one."""
        return f"{self.rule}: {self.sentence}" if self.rule else self.sentence


@dataclass(frozen=True)
class Written:
    """A change as people write it. cost: of the change as written; said: `raise the amount of Pool B by $23,000`."""

    rows: tuple[ChangeRow, ...]
    cost: float
    said: str


Write = Callable[[float, Array, bool], Written]
"""From an amount, the plan and whether to round it to what people write."""


@dataclass(frozen=True, eq=False)
class Move:
    """How a limit can move in a repair: rows whose limits shift by `values` for one unit, what a unit costs, how many there
    are. group: the cell or rule that it changes; family: groups that are much alike."""

    rows: Array
    values: Array
    cost: float
    most: float
    group: str
    family: str
    write: Write


@dataclass(frozen=True, eq=False)
class Lever:
    """Of what more could be had.

    of: one of FUND, STAFF, INITIATIVE, AGENCY, RULE; item: its name; unit: of what is added (`money`, `FTE`, or that of
    the rule's rows); most: the largest amount that is looked at; direction: the limits that move for one unit. name,
    scarce: how it is called by itself, and as what an initiative lacks. agency, role: where staff is added; rule, member:
    of which rule, and for which of `per`. changes: the rows of the Scenarios sheet that add an amount, none where no
    number does; write: an amount that is at least this, as people write it.
    """

    of: str
    item: str
    unit: str
    most: float
    direction: Direction
    name: str
    scarce: str
    changes: Callable[[float], list[ChangeRow]]
    write: Callable[[float], Written] | None
    agency: str = ""
    role: str = ""
    rule: str = ""
    member: str = ""


@dataclass(frozen=True, eq=False)
class Absence:
    """A case without one demand. kind: `rule`, `lock` or `floor`; changes: the rows of the Scenarios sheet that take it away.

    lower, upper: rows whose limits fall away; columns: those whose lower bound does, and opened: whose upper bound
    becomes 1. exact: whether the program without them is that of the case without the demand (else it allows more).
    """

    kind: str
    item: str
    name: str
    changes: list[ChangeRow]
    lower: Array = field(default_factory=lambda: NONE)
    upper: Array = field(default_factory=lambda: NONE)
    columns: Array = field(default_factory=lambda: NONE)
    opened: Array = field(default_factory=lambda: NONE)
    exact: bool = True


class Limit:
    """One thing of a case that could be otherwise. What a limit does not answer, nobody can ask of it.

    sheet, column: where it stands; item: the key of its record; name: the record as people call it; rule_name: of the
    rule, where it is one; by_statute: whether a statute set it.
    """

    sheet = ""
    column = ""
    rule_name = ""
    by_statute = False

    def __init__(self, on: Ground, name: str, **keys: str) -> None:
        self.on, self.facts, self.name = on, on.facts, name
        self.item = ", ".join(keys.values())
        self.cell = Cell(self.sheet, where_of(**keys), self.column)

    @classmethod
    def at(cls, **keys: str) -> Cell:
        """The cell of a record: `FundAmount.at(fund="Pool")`."""
        return Cell(cls.sheet, where_of(**keys), cls.column)

    def member(self) -> Member | None:
        """As what can be named in a conflict; None where it demands nothing."""
        return None

    def moves(self, p: Prices) -> Iterator[Move]:
        """How it can move, and what that costs."""
        return iter(())

    def given_up(self, p: Prices) -> Iterator[Written]:
        """What would do away with it altogether, where no amount expresses that."""
        return iter(())

    def levers(self) -> Iterator[Lever]:
        """How more of it can be had."""
        return iter(())

    def absence(self) -> Absence | None:
        """The case without it; None where it demands nothing that could be left out."""
        return None

    # -- what the classes share ---------------------------------------------------------------------------------------

    def _member(self, has: str, lower: Array = NONE, upper: Array = NONE, **more: object) -> Member:
        """The member that says `has` as a sentence."""
        said = f"{capital(has, self.facts.small_names)}."
        return Member(self.sheet, self.item, self.column, self.name, said, lower, upper, **more)  # type: ignore[arg-type]

    def _measure(self, family: str, limit: float, floor: bool, unit: str, has: str, **codes: int) -> Measure:
        """Σ of a family's columns with these keys."""
        columns = self.on.columns(family, **codes)
        number = Number(unit, self.facts.settings.currency) if unit else None
        return Measure(columns, np.ones(len(columns)), limit, floor, number, has)

    def _move(
        self, rows: Array, values: Array, cost: float, most: float, write: Write, *, family: str = "", column: str = ""
    ) -> Move:
        group = f"{self.sheet} {self.item} {column or self.column}"
        return Move(rows, values, cost, most, group, family or group, write)

    def _each_move(
        self, rows: Array, value: float, cost: float, most: float, write: Write, family: str = ""
    ) -> Iterator[Move]:
        """A move of its own for each row: the number that is written is that of the row which moves most."""
        for row in rows.tolist():
            yield self._move(np.array([row]), np.array([value]), cost, most, write, family=family)

    def _set(self, new: float, cost: float, said: str) -> Written:
        return Written((self.cell.row(f"= {plain(new)}"),), cost, said)

    def _added(self, step: float, cost: float, said: Callable[[float], str], column: str = "") -> Write:
        """The writer of `+ amount`."""

        def write(amount: float, x: Array, rounded: bool) -> Written:
            amount = outward(amount, step, True) if rounded else amount
            return Written((self.cell.row(f"+ {plain(amount)}", column),), cost * amount, said(amount))

        return write

    def _raised(self, p: Prices) -> Write:
        return self._added(
            p.unit, p.money, lambda amount: f"raise the {self.column} of {self.name} by {self.on.money(amount)}"
        )

    def _lowered(self, p: Prices, old: float) -> Write:
        """The writer of a lower minimum, never below 0."""

        def write(amount: float, x: Array, rounded: bool) -> Written:
            less = min(outward(amount, p.unit, True) if rounded else amount, old)
            said = f"lower the minimum of {self.name} by {self.on.money(less)}"
            return Written((self.cell.row(f"- {plain(less)}", "minimum"),), p.money * less, said)

        return write

    def _lever(
        self, of: str, unit: str, most: float, direction: Direction | None, name: str, scarce: str,
        said: Callable[[str], str], **where: str,
    ) -> Iterator[Lever]:  # fmt: skip
        """A lever that adds to the cell. direction: None where it is simpler to build the changed case and look; said: of
        an amount in words."""

        def changes(amount: float) -> list[ChangeRow]:
            return [self.cell.row(f"+ {plain(amount)}")]

        def write(amount: float) -> Written:
            step, number = {MONEY: money_step(self.facts), FTE: 0.1}[unit], Number(unit, self.facts.settings.currency)
            amount = round(ceil(amount / step - HAIR) * step, 9)
            return Written(tuple(changes(amount)), 0.0, said(number.said(amount)))

        if direction is None:
            found, half = (self.on.built(changes(amount), amount) for amount in (most, most / 2))
            direction = found if found is not None and half is not None and _alike(found, half) else None
        if direction is not None and len(direction.rows):
            item = where.get("role", self.item)
            yield Lever(of, item, unit, most, direction, name, scarce, changes, write, **where)

    def _cap(self, family: str, **codes: int) -> Direction | None:
        """One unit of money more under a maximum."""
        if "maximum" in self.on.selections:
            return None
        rows = self.on.rows(family, **codes)
        return Direction(rows, np.zeros(len(rows)), np.ones(len(rows)))


class OfOne(Limit):
    """A number of one record of a dimension. code: of the record."""

    dimension = ""

    def __init__(self, on: Ground, code: int) -> None:
        name = on.facts.names[self.dimension][code]
        super().__init__(on, on.facts.called(self.dimension, code), **{self.dimension: name})
        self.code = code

    def rows(self, *families: str) -> Array:
        """Its rows in these families."""
        return np.concatenate([NONE, *(self.on.rows(family, **{self.dimension: self.code}) for family in families)])

    def _floor(self, name: str, family: str, exact: bool = True) -> Absence:
        """Nothing is asked for any more."""
        return Absence("floor", self.item, name, [self.cell.row("= 0")], self.rows(family), exact=exact)


def _alike(one: Direction, other: Direction) -> bool:
    return len(one.rows) == len(other.rows) and all(
        np.allclose(a, b, rtol=HAIR, atol=0) for a, b in ((one.lower, other.lower), (one.upper, other.upper))
    )


def outward(value: float, step: float, up: bool) -> float:
    """The value rounded up (or down) to a multiple of the step; a hair from a multiple is that multiple."""
    steps = value / step
    return float((ceil(steps - NEAR_WHOLE) if up else floor(steps + NEAR_WHOLE)) * step)


def percent(share: float) -> str:
    """A share as a percentage, to four decimals where it has them."""
    return written(round(share, 6), True)
