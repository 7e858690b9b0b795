"""What a member of the committee says of the weights: an order, ranges, or trades; and the weights that this leaves open.

Weights are swing weights: of 100 points, how many an outcome gets for going from the least to the most that plans give of
it. What a member leaves open is left open: it is a polytope, described by its corners, and never narrowed to one guess.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from optimiser.case.maps.map_form import toml_text
from optimiser.case.names import fold, nearest
from optimiser.case.readable import listed, number, percent

MOST_CORNERS = 100
"""Corners of one member's answer; each is a plan to be solved."""
Weights = tuple[Fraction, ...]
"""The share of each outcome, in their order; they add up to 1."""


@dataclass(frozen=True)
class Trade:
    """One unit of an outcome is worth so many of another: at least, and at most (None: without limit)."""

    one: str
    of: str
    at_least: float
    at_most: float | None


@dataclass(frozen=True)
class Statement:
    """A member's answer. order: what matters most first, what stands together matters the same, and what is not named stands
    behind, in no order; ranges: least and most share of each outcome; what is said in several ways holds together."""

    order: tuple[tuple[str, ...], ...] = ()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    trades: tuple[Trade, ...] = ()

    def json(self) -> dict[str, Any]:
        """As plain data; `stated` reads it."""
        return {
            "order": [list(group) for group in self.order],
            "ranges": {name: list(pair) for name, pair in self.ranges.items()},
            "trades": [{"one": t.one, "of": t.of, "at_least": t.at_least, "at_most": t.at_most} for t in self.trades],
        }

    def words(self, names: Sequence[str] = ()) -> str:
        """`shootings averted before survivors served; 1 × shootings averted is worth 10 to 20 × survivors served.`

        names: all that is weighed, where what the order does not name is to be said too.
        """
        said = []
        if self.order:
            rest = [n for n in names if all(n not in group for group in self.order)]
            said.append(
                " before ".join([*(" = ".join(group) for group in self.order), *(["the rest"] if rest else [])])
            )
        if self.ranges:
            said.append(listed([f"{name} {_between(*pair)} of the weight" for name, pair in self.ranges.items()]))
        said += [f"1 × {t.one} is worth {_so_many(t)} × {t.of}" for t in self.trades]
        return "; ".join(said)


def _between(low: float, high: float) -> str:
    return percent(low) if low == high else f"{percent(low)} to {percent(high)}"


def _so_many(trade: Trade) -> str:
    low = number(trade.at_least, 4)
    if trade.at_most is None:
        return f"at least {low}"
    if not trade.at_least:
        return f"at most {number(trade.at_most, 4)}"
    return low if trade.at_most == trade.at_least else f"{low} to {number(trade.at_most, 4)}"


def stated(data: Any, names: Sequence[str]) -> Statement:
    """A member's answer from plain data: `order`, `ranges` and `trades`, of which one must say something.

    names: the outcomes that are weighed. Raises ValueError with a sentence for what cannot be read.
    """
    if not isinstance(data, Mapping):
        raise ValueError("an answer has an order, ranges or trades")
    for key in data:
        if key not in ("order", "ranges", "trades"):
            raise ValueError(f"{key} is no part of an answer: it has order, ranges or trades")
    order = tuple(
        tuple(_name(n, names) for n in ([group] if isinstance(group, str) else _list(group, "order")))
        for group in _list(data.get("order", []), "order")
    )
    order = tuple(group for group in order if group)
    twice = _twice([n for group in order for n in group])
    if twice:
        raise ValueError(f"{twice} stands twice in the order")
    ranges = data.get("ranges") or {}
    if not isinstance(ranges, Mapping):
        raise ValueError("ranges name each outcome with its least and most share, such as [0.2, 0.4]")
    read = [(_name(n, names), _range(n, pair)) for n, pair in ranges.items()]
    twice = _twice([n for n, _ in read])
    if twice:
        raise ValueError(f"{twice} has two ranges")
    trades = tuple(_trade(t, names) for t in _list(data.get("trades", []), "trades"))
    if not (order or read or trades):
        raise ValueError("the answer says nothing: give an order, ranges or trades")
    return Statement(order, dict(read), trades)


def answers_in(toml: str, names: Sequence[str]) -> dict[str, Statement]:
    """Member -> answer, from a file: `[[member]]` with `name`, and order, ranges or trades. Raises ValueError with the place."""
    try:
        data = tomllib.loads(toml)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise ValueError(f"the file is no TOML: {problem}") from None
    members = data.get("member")
    if not isinstance(members, list) or not members or set(data) != {"member"}:
        raise ValueError("the file has a table [[member]] for each member, and nothing else")
    made: dict[str, Statement] = {}
    for n, row in enumerate(members, 1):
        name = " ".join(str(row.get("name", "") if isinstance(row, dict) else "").split())
        if not name:
            raise ValueError(f"member {n} has no name")
        if fold(name) in {fold(k) for k in made}:
            raise ValueError(f"member {n}: {name} answers twice")
        try:
            made[name] = stated({k: v for k, v in row.items() if k != "name"}, names)
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from None
    return made


def answers_form(names: Sequence[str]) -> str:
    """A file for `answers_in` to be filled in, with what is weighed by its names; as it stands it can be read.

    names: two or more.
    """
    told = [toml_text(n) for n in names]
    return f"""\
# What each member says matters most, alone: an order, ranges or trades, or several of them. Change these two, and add others.

[[member]]
name = "First member"
# What matters most first. What stands together in brackets of its own matters the same; what is left out stands behind.
order = [{", ".join(told)}]

[[member]]
name = "Second member"
# Of all weight the least and the most share. What is left out is left open.
ranges = {{ {told[-1]} = [0.3, 0.7] }}

# One of the first is worth so many of the second:
# trades = [{{ one = {told[0]}, of = {told[1]}, at_least = 1, at_most = 3 }}]
"""


def _list(value: Any, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise ValueError(f"{what} is a list")
    return list(value)


def _name(said: Any, names: Sequence[str]) -> str:
    known = {fold(n): n for n in names}
    found = known.get(fold(str(said)))
    if found is None:
        near = nearest(str(said), names)
        cure = f"Did you mean {near}?" if near else f"There are {listed(list(names))}."
        raise ValueError(f"nothing that is weighed is called {said}. {cure}")
    return found


def _twice(names: Iterable[str]) -> str:
    seen = set[str]()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f"{what} is a number from 0 on; found {value}")
    return float(value)


def _range(name: str, pair: Any) -> tuple[float, float]:
    both = [pair, pair] if isinstance(pair, int | float) else _list(pair, f"the range of {name}")
    if len(both) != 2:
        raise ValueError(f"the range of {name} has a least and a most share, such as [0.2, 0.4]")
    low, high = (_number(v, f"a share of {name}") for v in both)
    if high > 1:
        raise ValueError(f"a share of {name} is above 1, the whole weight: 25% is 0.25")
    if low > high:
        raise ValueError(f"the least share of {name} is above its most")
    return low, high


def _trade(data: Any, names: Sequence[str]) -> Trade:
    if not isinstance(data, Mapping) or "one" not in data or "of" not in data:
        raise ValueError("a trade says what `one` is worth, how many `of` what: at_least, at_most, or worth for both")
    one, of = _name(data["one"], names), _name(data["of"], names)
    if one == of:
        raise ValueError(f"a trade is between two outcomes; {one} stands on both sides")
    worth = data.get("worth")
    low = _number(data.get("at_least", 0.0) if worth is None else worth, "what a trade is worth")
    most = data.get("at_most") if worth is None else worth
    high = None if most is None else _number(most, "what a trade is worth")
    if high is not None and low > high:
        raise ValueError(
            f"{of}: at least {number(low, 4)} is more than at most {number(high, 4)}; change one of the two"
        )
    return Trade(one, of, low, high)


# -- what is left open ----------------------------------------------------------------------------------------------------


def open_corners(said: Statement, names: Sequence[str], swing: Sequence[float]) -> tuple[Weights, ...]:
    """The corners of the weights that an answer leaves open, in exact numbers.

    swing: of each outcome, how much more of it the plan with most gives than the plan with least (0: all give the same; a
    unit of it then counts as a swing). Raises ValueError where no weights are as the answer says, or too many corners.
    """
    made = corners(_rows(said, names, swing), len(names))
    if not made:
        raise ValueError(f"no weights are as this says: {said.words()}. Widen a range, or leave a trade out")
    if len(made) > MOST_CORNERS:
        raise _too_many()
    return made


def _too_many() -> ValueError:
    return ValueError(
        f"this leaves more than {MOST_CORNERS} corners open, and each is a plan to be solved. Say it with fewer ranges"
    )


def middle(of: Sequence[Weights]) -> Weights:
    """The mean of corners: of an order the rank-order centroid."""
    return tuple(sum(column, Fraction(0)) / len(of) for column in zip(*of, strict=True))


def _rows(said: Statement, names: Sequence[str], swing: Sequence[float]) -> list[Weights]:
    """What an answer asks for: Σ row × weight ≥ 0 for each row."""
    place, size = {n: k for k, n in enumerate(names)}, len(names)

    def row(entries: Mapping[int, Fraction], every: Fraction = Fraction(0)) -> Weights:
        return tuple(entries.get(k, Fraction(0)) + every for k in range(size))

    made: list[Weights] = []
    groups = [[place[n] for n in group] for group in said.order]
    rest = [k for k in range(size) if all(k not in group for group in groups)]
    for group in groups:
        for a, b in pairwise(group):
            made += [row({a: Fraction(1), b: Fraction(-1)}), row({a: Fraction(-1), b: Fraction(1)})]
    for group, after in pairwise([*groups, rest]):
        # What stands together is equal, so one of the group is compared; what is not named, each by itself.
        behind = after if after is rest else after[:1]
        made += [row({group[0]: Fraction(1), b: Fraction(-1)}) for b in behind]
    for name, (low, high) in said.ranges.items():
        k = place[name]
        made.append(row({k: Fraction(1)}, -_exact(low)))
        made.append(row({k: Fraction(-1)}, _exact(high)))
    for t in said.trades:
        one, of = place[t.one], place[t.of]
        unit, other = (Fraction(1) / (_exact(swing[k]) or 1) for k in (one, of))
        made.append(row({one: unit, of: -_exact(t.at_least) * other}))
        if t.at_most is not None:
            made.append(row({one: -unit, of: _exact(t.at_most) * other}))
    return made


def _exact(value: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(repr(float(value)))


def corners(rows: Sequence[Weights], size: int) -> tuple[Weights, ...]:
    """The corners of all weights ≥ 0 that add up to 1 and have Σ row × weight ≥ 0 for each row, in order.

    Each row cuts the corners so far: those on its wrong side go, and where an edge from one that stays to one that goes
    meets it a new one stands (the double description of Motzkin and others, 1953), in exact numbers. Raises ValueError where
    they become very many on the way.
    """
    made: list[Weights] = [tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size)]
    # Which limits each corner stands on, a bit for each, those of the weights themselves first.
    on = {c: sum(1 << k for k in range(size) if not c[k]) for c in made}
    for n, row in enumerate(rows, size):
        value = {c: sum((a * v for a, v in zip(row, c, strict=True)), Fraction(0)) for c in made}
        inside, outside = [c for c in made if value[c] > 0], [c for c in made if value[c] < 0]
        kept = {c: on[c] | (0 if value[c] else 1 << n) for c in made if value[c] >= 0}
        for a in inside:
            for b in outside:
                common = on[a] & on[b]
                # The two share an edge where no third corner stands on all limits that both stand on.
                if common.bit_count() < size - 2 or any(common & on[c] == common for c in made if c not in (a, b)):
                    continue
                part = value[a] / (value[a] - value[b])
                kept[tuple(x + part * (y - x) for x, y in zip(a, b, strict=True))] = common | 1 << n
        on, made = kept, list(kept)
        if len(made) > 2 * MOST_CORNERS:
            raise _too_many()
    return tuple(sorted(made, reverse=True))
