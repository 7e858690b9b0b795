"""Whom a limit is for, as people say it: `Trauma therapy after discharge (G18)` where `Limits.per` has the key alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from optimiser.case.facts import Facts


def spoken(facts: Facts, dimensions: tuple[str, ...]) -> Mapping[str, str]:
    """Members of `per` -> as people say them, of two dimensions each pair. Empty where none of them has names beside its keys."""
    if not any(dimension in facts.sorted for dimension in dimensions):
        return {}
    return {
        ", ".join(key for key, _ in pair): ", ".join(words for _, words in pair)
        for pair in product(*(_said(facts, dimension) for dimension in dimensions))
    }


def initiatives(facts: Facts) -> dict[str, str]:
    """Each initiative's key -> its name, with the key."""
    return {key: facts.called("initiative", k) for k, key in enumerate(facts.names["initiative"])}


def _said(facts: Facts, dimension: str) -> list[tuple[str, str]]:
    if dimension in facts.sorted:
        keys = facts.sorted[dimension][dimension].tolist()
        return [(key, facts.called(dimension, k)) for k, key in enumerate(keys)]
    grouped = {"theme": facts.theme.tolist(), "tier": facts.tier.tolist()}
    names = facts.names[dimension] if dimension in facts.names else grouped[dimension]
    return [(name, name) for name in dict.fromkeys(names)]
