"""Costs that choose one plan among equals, made from the keys of the lines alone.

A weight knows nothing of amounts, of positions or of what else is in the case. So a plan that was chosen stays chosen
where money that nobody spends is cut, or where an initiative that can get nothing, or an agency that can do nothing, is
added: the choice is still there, and what it was preferred to has not changed its weight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.model.variables import Variables

WIDE, FIRST = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
_NAMES = {"fills": "role", "source": "fund"}
"""Keys of columns that name a member of another dimension."""


def ties(v: Variables) -> tuple[Array, ...]:
    """Costs in order: least money; money and switches by key; levels and people by key; and what only moves money on or
    counts it as match. The last decides no award, no line of spend and no post.

    Money, levels and FTE stand in stages of their own, so that no unit of the one is weighed against one of the other.
    Switches are settled by theirs before any of these: where money is, they stand already.
    The larger part of a weight says what people would choose: early rather than late, own people and own roles before
    others'.
    """
    money, lines, people, books = (np.zeros(v.size) for _ in range(4))
    money[v["spend"].span] = 1.0
    lines[v["spend"].span] = v["spend"].keys["period"] + scattered(v, "spend")
    lines[v["funded"].span] = 1.0 + scattered(v, "funded")
    people[v["level"].span] = v["level"].keys["period"] + scattered(v, "level")
    post = v["post"]
    partner = np.zeros((v.facts.size("agency"), v.facts.size("initiative")), bool)
    partner[v.facts.partner_agency, v.facts.partner_initiative] = True
    people[post.span] = 1.0 + scattered(v, "post")
    people[post.span] += post.keys["role"] != post.keys["fills"]
    people[post.span] += ~partner[post.keys["agency"], post.keys["initiative"]]
    people[v["hire"].span] = 1.0 + scattered(v, "hire")
    if v["carry"].size:  # rather left over late than early: until then it can still be spent
        books[v["unspent"].span] = 1.0 + scattered(v, "unspent") - v["unspent"].keys["period"]
        books[v["carry"].span] = scattered(v, "carry")
    for name in ("match", "in kind", "achieved"):
        books[v[name].span] = 1.0 + scattered(v, name)
    return tuple(cost for k, cost in enumerate((money, lines, people, books)) if k == 0 or cost.any())


def scattered(v: Variables, family: str) -> Array:
    """A number from 0 to 1 for each column of a family that looks random and is made from its keys alone (splitmix64)."""
    keys = v[family].keys
    made = np.full(v[family].size, _number(family), np.uint64)
    with np.errstate(over="ignore"):
        for key in sorted(keys):
            if key not in ("pair", "row"):  # places in tables, not keys
                made = _mixed(made * WIDE + _members(v.facts.names, key)[keys[key]])
    return np.asarray((made >> np.uint64(11)).astype(float) / 2.0**53)


def _members(names: Mapping[str, Sequence[str]], key: str) -> Array:
    """A number for each member of a key's dimension, from its name; where it has no names (segments), from its place."""
    listed = names.get(_NAMES.get(key, key))
    return np.array([_number(fold(n)) for n in listed] if listed is not None else range(1, 10_001), np.uint64)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mixed(x: Array) -> Array:
    x = (x ^ (x >> np.uint64(30))) * FIRST
    x = (x ^ (x >> np.uint64(27))) * SECOND
    return np.asarray(x ^ (x >> np.uint64(31)))
