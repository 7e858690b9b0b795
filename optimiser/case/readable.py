"""Figures and lists as people read them: money, shares, staff, impact, counts, names. Every sentence goes through here.

No figure has an exponent, nor more digits than a reader can use; nothing vanishes that is there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from decimal import Decimal
from itertools import takewhile

from optimiser.case.tolerances import HAIR, LEAST, LEAST_PERCENT, LOST_DIGITS, NO_TENTH, SAME, WRITTEN

MINUS = "−"
POINTS = "points"
"""The unit of impact where a case has outcomes; else it is a currency."""
NEARLY = "nearly 0"
_WITHOUT_DECIMALS = 100_000
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_STEPS = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
_LEAST_SHORT = 10_000
"""Money below this is written out."""


def money_short(value: float, currency: str = "USD") -> str:
    """Money at a glance: $1.25m, $842k, $9,400, $0."""
    return _money(value, currency, _short(abs(value)))


def money_exact(value: float, currency: str = "USD") -> str:
    """Money to the unit, or to the cent where it has any: $842,150 or $842,150.25."""
    size = abs(value)
    return _money(value, currency, f"{size:,.2f}".removesuffix(".00") if size < 1e15 else f"{size:,.0f}")


def money_written(value: float, currency: str = "USD") -> str:
    """Money as somebody wrote it, with all its decimals: $20,000, $0.50, $0.125."""
    digits = written(abs(value))
    return _money(value, currency, f"{digits}0" if digits[-2:-1] == "." else digits)


def money_change(value: float, currency: str = "USD") -> str:
    """A difference of money: +$120k, −$120k; `no change` where there is none."""
    if not rounded(value, 2):
        return "no change"
    return ("+" if value > 0 else "") + money_short(value, currency)


def _money(value: float, currency: str, digits: str) -> str:
    symbol = SYMBOLS.get(currency.upper(), f"{currency} ")
    return f"{MINUS if value < 0 and digits.strip('0.') else ''}{symbol}{digits}"


def _short(size: float) -> str:
    step, letter, decimals = _step(size)
    digits = f"{size / step:,.{decimals}f}"
    if not letter:
        return digits.removesuffix(".00")
    return (digits.rstrip("0").rstrip(".") if decimals else digits) + letter


def _step(size: float) -> tuple[float, str, int]:
    """How an amount is written at a glance: the step that is counted, its letter, decimals."""
    if size < _LEAST_SHORT - 0.5:
        return 1.0, "", 2
    # A figure that would round up to the next step's 1 is written in that step.
    step, letter = next(one for one in _STEPS if size >= one[0] * 0.9995 or one == _STEPS[-1])
    small = size < step * 99.95
    return step, letter, (1 if letter == "k" else 2) if small else 0 if letter == "k" else 1


def number(value: float, decimals: int = 1) -> str:
    """A number with at most so many decimals, none of them needless, and none from 100,000 up: 1,234.5, 26.3, 8.

    What would round to nothing is said to one digit: 0.0004; below a millionth it is `nearly 0`.
    """
    shown = rounded(value, decimals if abs(value) < _WITHOUT_DECIMALS else 0)
    return digits(value, 1) if value and not shown else _written_out(shown, decimals)


def digits(value: float, most: int = 3) -> str:
    """A number to so many digits, written out: 1,230,000, 45.6, 0.00123; below a millionth it is `nearly 0`."""
    if value and abs(value) < LEAST:
        return NEARLY
    if not math.isfinite(value):
        return "without limit"
    shown = float(f"{value:.{most}g}")
    places = most - 1 - math.floor(math.log10(abs(shown))) if shown else 0
    return _written_out(shown, min(max(places, 0), 6))


def written(value: float, share: bool = False) -> str:
    """A number that somebody wrote, with all its decimals (to a millionth); a share as a percentage: 0.125 is 12.5%."""
    value = round(value * 100, 10) if share else value
    return (_written_out(value, 6) if rounded(value, 6) else digits(value)) + "%" * share


def _written_out(value: float, decimals: int) -> str:
    text = f"{value + 0.0:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def tenths(value: float) -> str:
    """A number to one decimal, in a column of such: 3.5, 12, and 0 of what is less than half a tenth."""
    return _written_out(rounded(value, 1), 1)


def fte(value: float) -> str:
    """Staff: 3.5 FTE."""
    return f"{number(value)} FTE"


def capital(text: str, own: Set[str] = frozenset()) -> str:
    """The text with a capital first: `Cut by 20%`. own: names that stay as their owners write them, at the beginning too
    (`Facts.small_names`)."""
    if own and any(text[:k] in own for k in range(1, len(text) + 1) if not text[k : k + 1].isalnum()):
        return text
    return text[:1].upper() + text[1:]


INITIALS = ("fain", "fte", "uei")
"""Words of a column's name that are read letter by letter."""


def column_words(name: str) -> str:
    """A column's name as people write it within a sentence: `match rate`, `FTE`."""
    return " ".join(word.upper() if word in INITIALS else word for word in name.split("_"))


def as_sentence(text: str) -> str:
    """The text with a capital first and a full stop at its end, where it has none: `Cut by 20%.`"""
    return capital(text) if text.endswith((".", "?", "!", "…")) else f"{capital(text)}."


def counted(count: int, one: str, many: str = "") -> str:
    """So many of something: `1 initiative`, `1,200 initiatives`, `no initiative`. many: where it is more than an s."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {many or one + 's'}" if count else f"no {one}"


def some_of(count: int, every: int, what: str) -> str:
    """How many of several things: `27 of 30 rules`, `all 12 rules`, `both rules`, `the only rule`, `no rule`."""
    if count == every > 0:
        return {1: f"the only {what}", 2: f"both {what}s"}.get(every, f"all {every:,} {what}s")
    return f"{count:,} of {every:,} {what}s" if count else f"no {what}"


def all_of(every: int, what: str) -> str:
    """All of several things as the subject of a sentence: `The only rule is`, `Both rules are`, `All 12 rules are`."""
    said = some_of(every, every, what)
    return f"{capital(said)} {'are' if every > 1 else 'is'}"


def funded_words(every: int, funded: int, full: int) -> str:
    """How many initiatives are funded, and how many of them in full: `27 of 30 initiatives are funded, 12 of them in full.`"""
    if not every:
        return "There are no initiatives."
    if every == 1:
        how = "not funded" if not funded else "funded in full" if full else "funded in part"
        return f"The only initiative is {how}."
    if not funded:
        return f"None of the {every} initiatives is funded."
    some = f"{funded} of {every} initiatives {'is' if funded == 1 else 'are'}"
    lead = f"{all_of(every, 'initiative') if funded == every else some} funded"
    if funded == 1:
        return f"{lead}, in {'full' if full else 'part'}."
    return f"{lead}, {('both' if full == 2 else 'all') if full == funded else full or 'none'} of them in full."


def listed(names: Sequence[str], last: str = "and", most: int = 0) -> str:
    """`A, B and C`; with `most`, `A, B and 3 more`. Names with a comma outside quotes are told apart: `A, of B; C; and D`."""
    named = list(names)
    if most and len(named) > most:
        named = [*named[:most], f"{len(named) - most:,} more"]
    if len(named) > 1 and any(", " in re.sub("“[^”]*”", "", name) for name in named):
        return f"{'; '.join(named[:-1])}; {last} {named[-1]}"
    return f" {last} ".join([*([", ".join(named[:-1])] if named[:-1] else []), *named[-1:]])


def most_of(ranked: Sequence[tuple[str, str]], one: str, several: str = "") -> str:
    """Who stands first, and with how much: `Police receives most, $340k`; of several of whom the same is read all:
    `Police and Health receive most, $340k each`. ranked: names with their figures, the first first; several: the verb of them."""
    figure = ranked[0][1]
    names = [name for name, said in takewhile(lambda each: each[1] == figure, ranked)]
    if len(names) == 1:
        return f"{names[0]} {one} most, {figure}"
    return f"{listed(names, most=3)} {several or one.removesuffix('s')} most, {figure} each"


def percent(share: float) -> str:
    """A share: 69%, 0.4%. Never 100% of what is less, nor 0% of what is more: `over 99.9999%`, `under 0.0001%`."""
    value = share * 100
    if round(value) and abs(value - round(value)) <= WRITTEN * abs(value):
        value = round(value)  # what floats lose is not "over 99.9999%" of a rule that is kept
    for decimals in range(5):
        shown = rounded(value, decimals)
        if (shown or not value) and not (abs(value) < 100 and abs(shown) >= 100):
            return f"{_written_out(shown, decimals)}%"
    return f"{'over' if abs(value) > 1 else 'under'} {MINUS if value < 0 else ''}{'99.9999' if abs(value) > 1 else '0.0001'}%"


def percent_up(share: float) -> str:
    """A share that is stated as `at most`: rounded up to two digits, 0.37% or 16%, and never below 0.0001%."""
    return f"{_written_out(rounded_up(max(share * 100, LEAST_PERCENT) if share else 0.0), 5)}%"


_WHOLE_POINTS = 1000
"""From so many points on, tenths of them say nothing."""


def points(value: float, unit: str, *, bare: bool = False) -> str:
    """Impact: 26.3 points, 1,167 points, 1 point or, without outcomes, $1,200 of weighted delivery; 0 points.

    unit: POINTS or a currency; bare: without the unit's words.
    """
    shown = shown_points(value, unit)
    if unit != POINTS:
        said = money_exact(shown, unit)
        return said if bare else f"{said} of weighted delivery"
    return _pointed(number(shown), bare)


def shown_points(value: float, unit: str) -> float:
    """Impact as `points` rounds it: what a reader who adds and subtracts reckons with."""
    size = abs(value)
    if unit != POINTS:
        return float(f"{value:.3g}") if size < 1 else round(value, 0 if size >= 100 else 2)
    if not rounded(value, 9):
        return 0.0
    if size < LEAST:
        return value
    return rounded(value, 0 if size >= _WHOLE_POINTS else 1) or math.copysign(float(number(size)), value)


def _pointed(shown: str, bare: bool = False) -> str:
    return shown if bare else f"{shown} point{'s' * (shown not in ('1', MINUS + '1'))}"


def points_titled(value: float, unit: str) -> tuple[str, str]:
    """Impact under a title: (`Impact`, `26.3 points`) or, where the words would not fit a card, (`Impact, weighted
    delivery`, `$1,200`)."""
    title = "Impact" if unit == POINTS else "Impact, weighted delivery"
    return title, points(value, unit, bare=unit != POINTS)


def points_apart(one: float, other: float, unit: str) -> tuple[str, str]:
    """Two values of impact, with as many decimals as it takes to tell them apart: 12.28 points and 12.34 points."""
    if unit != POINTS:
        return points(one, unit), points(other, unit)
    for decimals in range(0 if min(abs(one), abs(other)) >= _WHOLE_POINTS else 1, 7):
        shown = number(one, decimals), number(other, decimals)
        if shown[0] != shown[1]:
            break
    return _pointed(shown[0]), _pointed(shown[1])


def percent_beside(share: float, limit: float) -> str:
    """A share as `percent`, with the decimals that tell it from its limit: 14.6% beside 15%."""
    for decimals in range(5):
        shown = rounded(share * 100, decimals)
        if shown != rounded(limit * 100, decimals) or rounded(share - limit, 9) == 0:
            return percent(share) if decimals == 0 else f"{_written_out(shown, decimals)}%"
    return percent(share)


def points_between(before: float, after: float, unit: str, *, bare: bool = False) -> str:
    """What impact changes by, for every place that says it: the difference of the two figures as `points` shows them,
    so that who subtracts finds it. Where these are alike, or so coarse that theirs is off by more than half, the
    difference to one digit; `no change` where there is none.
    """
    gap = points_gap(before, after, unit, bare=bare)
    return f"{'+' if after > before else MINUS}{gap}" if gap else "no change"


def points_gap(one: float, other: float, unit: str, *, bare: bool = False) -> str:
    """How far two values of impact are apart, as `points_between` has it: `14.4 points`; "" where nothing is between them."""
    by = abs(other - one)
    if by < NO_TENTH and by <= SAME * max(abs(one), abs(other)):
        return ""
    shown = rounded(abs(shown_points(other, unit) - shown_points(one, unit)), 9)
    if abs(shown - by) > by / 2:  # 1,166.8 and 1,166.4 read 1,167 and 1,166
        shown = 0.0
    if unit != POINTS:
        return points(shown or by, unit, bare=bare)
    return _pointed(written(shown) if shown else digits(by, 1), bare)


def money_between(before: float, after: float, currency: str = "USD") -> str:
    """What money changes by at a glance; where it is written as coarsely as both amounts, the difference of what is shown:
    $11.06m, $12.98m, +$1.92m."""
    by = after - before
    grain = max(_grain(before), _grain(after))
    shown = (round(after / grain) - round(before / grain)) * grain
    return money_change(shown if shown and _grain(by) >= grain else by, currency)


def _grain(value: float) -> float:
    """The last digit of an amount as `money_short` writes it: 10,000 for $1.25m, 0.01 for $9,400."""
    step, _, decimals = _step(abs(value))
    return step / 10.0**decimals


def fte_between(before: float, after: float) -> str:
    """What staff changes by, as `fte` shows both: `+1.3 FTE`; `no change` where there is none to see."""
    by = rounded(rounded(after, 1) - rounded(before, 1), 1)
    return f"{'+' if by > 0 else ''}{fte(by)}" if by else "no change"


def rounded(value: float, decimals: int) -> float:
    """Rounded as it is written, half to the even digit: 3.15 is 3.2, though its nearest binary fraction is below."""
    if not LOST_DIGITS <= abs(value) < 1 / LOST_DIGITS:  # also what is no number
        return round(value, decimals) + 0.0
    return float(round(Decimal(f"{value:.15g}"), decimals)) + 0.0


def rounded_up(value: float) -> float:
    """The value rounded up to two digits."""
    if value <= 0 or not math.isfinite(value):
        return value
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step - HAIR) * step:.12g}")
