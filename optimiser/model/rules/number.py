"""What the number of a limit means: its unit, its step and its words. The one place that says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor, log10

from optimiser.case import impact, readable
from optimiser.case.case import Case
from optimiser.case.tolerances import LEAST_SIZE

MONEY, SHARE, FTE, STAFF, LEVEL, COUNT = "money", "share", "FTE", "FTE·periods", "level", "initiatives"
OUTCOME, TIMES, IMPACT, PLAIN, WEIGHTED = "outcome", "times", "points", "", "points × money"
_ONE = {STAFF: "FTE·period", LEVEL: "unit of level", COUNT: "initiative", TIMES: "time", IMPACT: "point"}
_STEP = {SHARE: 1 / 10_000, FTE: 0.1, STAFF: 0.1, LEVEL: 0.01, COUNT: 1.0, TIMES: 0.01}
_FIGURES = 4
"""Figures to which a number without a step of its own is written."""
_NO_CENTS = 1_000
"""Money from here on is figured without cents."""


@dataclass(frozen=True)
class Number:
    """The meaning of one number.

    unit: one of the constants above; currency: of money; of: the outcome's name, or what impact is measured in; each: one
    unit of another sum, where the number is so much for each of it (`FTE·period`); lowest: what it cannot be below.
    """

    unit: str
    currency: str = "USD"
    of: str = ""
    each: str = ""
    lowest: float = 0.0

    @property
    def is_share(self) -> bool:
        """Whether it is a part of something, said in percent."""
        return self.unit == SHARE

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money (not so much for each of something else)."""
        return self.unit == MONEY and not self.each

    @property
    def comes_whole(self) -> bool:
        """Whether only whole numbers of it mean anything."""
        return self.unit == COUNT and not self.each

    @property
    def one(self) -> str:
        """One unit as it stands behind `each`: `USD`, `FTE·period`, `unit of cases`."""
        if self.unit == MONEY:
            return self.currency
        return _ONE.get(self.unit) or (f"unit of {self.of or self.unit}" if self.unit == OUTCOME else self.unit)

    @property
    def behind(self) -> str:
        """The unit as it stands behind a figure in a rule's sentence: `FTE·periods`, or nothing."""
        return {STAFF: STAFF, FTE: FTE, TIMES: TIMES}.get(self.unit, "")

    @property
    def unit_words(self) -> str:
        """The unit for a title: `USD for each FTE·period`, `initiatives`; "" where it has none."""
        named = self.currency if self.unit == MONEY else "" if self.unit in (LEVEL, PLAIN) else self.of or self.unit
        return self._with_each(named) if named else ""

    def step(self, value: float, money: float = 1.0) -> float:
        """The amount to a multiple of which people write such a number. money: that of amounts of money."""
        if self.unit == MONEY and not self.each:
            return money
        return _STEP.get(self.unit) or 10.0 ** (floor(log10(max(abs(value), LEAST_SIZE))) + 1 - _FIGURES)

    def written(self, value: float) -> str:
        """The figure in a rule's sentence, never shorter than it was written: `$20,000`, `12.5%`."""
        if self.unit == MONEY:
            return readable.money_written(value, self.currency)
        text = readable.written(value, self.is_share)
        return f"{text} {self.behind}".rstrip()

    def said(self, value: float) -> str:
        """The number by itself, to the last figure that counts: `$20,000 for each FTE·period`, `2 initiatives`, `25%`."""
        if self.is_share:
            return readable.written(round(value, 9), True)
        return self._with_each(self._figure(value, _to_figures(value)))

    def short(self, value: float, *, exact: bool = False, limit: float | None = None) -> str:
        """The number at a glance, beside others of its kind: `$1.25m`, `25%`, `2`. NaN: there was nothing to measure.

        exact: money to the unit; limit: what it stands beside, from which it is told by as many decimals as that takes.
        """
        if value != value:
            return "nothing to measure"
        if self.unit in (OUTCOME, COUNT, PLAIN, LEVEL):
            return self._with_each(readable.number(value))
        if self.is_share:
            return readable.percent_beside(value, value if limit is None else limit)
        if self.is_money and value and not exact:
            return readable.money_short(value, self.currency)
        return self._with_each(self._figure(value, readable.number(value)))

    def of_rows(self, unit: str) -> Number | None:
        """What headroom and breach are, from the unit of the rows (`Limits.unit`); None where people know no such unit."""
        unit = FTE if (self.unit, unit) == (FTE, STAFF) else unit
        return None if unit == WEIGHTED else Number(unit, self.currency, self.of if unit == OUTCOME else "")

    def figure(self, value: float) -> str:
        """The figure alone, for a column whose title says the unit: `$20,000`, `25%`, `8.25`."""
        plain = readable.digits(value, 6)
        if self.unit == MONEY:
            return self._figure(round(value) if abs(value) >= _NO_CENTS else value, plain)
        return self.said(value) if self.is_share else plain

    def worth(self, value: float) -> str:
        """What something is worth, to three figures: `$12.9k`, `0.0519 points`."""
        if self.unit == MONEY:
            return readable.money_short(value, self.currency)
        return self._figure(value, readable.digits(value))

    def more(self, amount: float) -> str:
        """An amount by which it grows: `$1,000 more`, `1 percentage point more`, `one more`."""
        if self.is_share and amount == 0.01:
            return "1 percentage point more"
        if amount == 1 and self.unit in (PLAIN, OUTCOME, LEVEL):
            return self._with_each("one more")
        return self._with_each(f"{replace(self, each='').said(amount)} more")

    def _figure(self, value: float, figure: str) -> str:
        if self.unit == MONEY:
            return readable.money_exact(round(value, 2), self.currency)
        if self.unit == IMPACT and self.of != readable.POINTS:
            return readable.points(value, self.of)
        unit = self.of if self.unit == OUTCOME else self.one if figure == "1" else self.unit
        return f"{figure} {unit}".rstrip()

    def _with_each(self, text: str) -> str:
        return f"{text} for each {self.each}" if self.each else text


def _to_figures(value: float) -> str:
    """Whole numbers in full, others to so many figures."""
    return readable.number(value, 0) if abs(value) >= 10**_FIGURES else readable.digits(value, _FIGURES)


def of_measure(written: str, currency: str) -> Number:
    """What an amount of a measure is: money, staff, in kind, level, or the name of an outcome. written: blank for money."""
    name = written.strip().casefold() or "money"
    unit = {"money": MONEY, "in kind": MONEY, "staff": STAFF, "level": LEVEL}.get(name, OUTCOME)
    return Number(unit, currency, written.strip() if unit == OUTCOME else "")


def of_objective(name: str, case: Case) -> Number:
    """What an objective is measured in: impact as the case has it, money, or a figure of its own."""
    unit = {"impact": IMPACT, "coverage": MONEY, "stability": MONEY, "thrift": MONEY}.get(name, PLAIN)
    return Number(unit, case.settings.currency, impact.unit(case) if unit == IMPACT else "")


def of_column(unit: str, currency: str) -> Number:
    """What stands in a column of a sheet, from the unit in its specification."""
    return Number(unit if unit in (MONEY, SHARE, FTE) else PLAIN, currency)
