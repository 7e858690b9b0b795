"""The same linear program with other numbers: only limits, bounds and costs are made anew where the entries are equal.

renewal = Renewal(facts, rules)
made = renewal.of(other_facts, other_rules)      # None where columns or rows are not the same any more
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.build import assemble, build, rule_blocks
from optimiser.model.matrix import Model
from optimiser.model.objectives import Costs, assemble_stage, stages
from optimiser.model.rows import Block, constraints
from optimiser.model.rules import Compiled
from optimiser.model.variables import Variables

Entries = tuple[Array, Array, Array]
"""A sparse matrix by rows: start, index, value."""


@dataclass(frozen=True, eq=False)
class Renewed:
    """Other numbers of a model, in the units of the case; entries: None where the matrix is the same.

    cost: of the first stage.
    """

    row_lower: Array
    row_upper: Array
    column_lower: Array
    column_upper: Array
    cost: Array
    entries: Entries | None = None


class Renewal:
    """A linear program that is ready to be made again from other facts."""

    def __init__(self, facts: Facts, rules: list[Compiled]) -> None:
        self.model: Model = build(facts, rules)
        self._integer = bool(self.model.integer.any())
        variables = Variables(facts, rules)
        self._blocks = list(_blocks(variables, rules)[0])
        self._families = variables.index.families
        self._parts: dict[int, Entries] = {}

    def of(self, facts: Facts, rules: list[Compiled]) -> Renewed | None:
        """The program of these facts; None where it has not the same columns and rows."""
        variables = Variables(facts, rules)
        made, objectives = _blocks(variables, rules)
        blocks = list(made)
        if not self._same_columns(variables) or not self._same_rows(blocks):
            return None
        changed = [k for k, (a, b) in enumerate(zip(self._blocks, blocks, strict=True)) if not _same_entries(a, b)]
        lower, upper = variables.bounds
        return Renewed(
            np.concatenate([b.lower for b in blocks]),
            np.concatenate([b.upper for b in blocks]),
            lower,
            upper,
            assemble_stage(variables, *objectives[0]).cost,
            self._spliced(blocks, changed) if changed else None,
        )

    def _same_columns(self, variables: Variables) -> bool:
        families = variables.index.families
        return list(families) == list(self._families) and all(
            mine.size == families[name].size
            and all(np.array_equal(codes, families[name].keys[d]) for d, codes in mine.keys.items())
            for name, mine in self._families.items()
        )

    def _same_rows(self, blocks: list[Block]) -> bool:
        return len(blocks) == len(self._blocks) and all(
            a.name == b.name and len(a.lower) == len(b.lower) for a, b in zip(self._blocks, blocks, strict=True)
        )

    def _spliced(self, blocks: list[Block], changed: list[int]) -> Entries:
        """The base's entries with those of some blocks in place of its own."""
        for k in range(len(blocks)):
            if k not in self._parts:
                self._parts[k] = assemble([self._blocks[k]])[3:]
        parts = [assemble([blocks[k]])[3:] if k in changed else self._parts[k] for k in range(len(blocks))]
        counts = np.concatenate([np.diff(start) for start, _, _ in parts])
        start = np.append(0, np.cumsum(counts)).astype(self.model.start.dtype)
        return start, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


def _blocks(v: Variables, rules: list[Compiled]) -> tuple[Iterator[Block], list[Costs]]:
    """Every row in the order of `build`, and the stages (complete once the rows are read)."""
    objectives: list[Costs] = []

    def rows() -> Iterator[Block]:
        penalty: dict[str, Array] = {}
        yield from constraints(v)
        yield from rule_blocks(v, rules, penalty)
        more, found = stages(v, penalty)
        objectives.extend(found)
        yield from more

    return rows(), objectives


def _same_entries(a: Block, b: Block) -> bool:
    return np.array_equal(a.value, b.value) and np.array_equal(a.column, b.column) and np.array_equal(a.row, b.row)
