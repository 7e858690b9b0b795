"""The same linear program with other numbers: only limits, bounds and costs are made anew where the entries are equal.

renewal = Renewal(facts, rules)
made = renewal.of(other_facts, other_rules)      # None where columns or rows are not the same any more
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.build import ByRows, Sums, assemble, assembled, by_rows, rule_blocks, sums
from optimiser.model.matrix import Family, Model
from optimiser.model.objectives import Costs, assemble_stage, stages
from optimiser.model.rows import Block, constraints
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import Entries as Lines
from optimiser.model.rules.terms import Limits, Term
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

    def __init__(self, facts: Facts, rules: list[Compiled], before: Renewal | None = None) -> None:
        """before: of which `of` had no answer for these facts; what adds up as it did there is taken over."""
        self._rules = rules
        variables, self._blocks, objectives, self._kept = (
            _read(facts, rules, {}) if before is None else before._read(facts, rules)
        )
        self.model: Model = assembled(
            variables, self._blocks, objectives, by_rows if before is None else before._rows_of
        )
        self._families = variables.index.families
        self._place = {block.name: k for k, block in enumerate(self._blocks)}
        self._tried: tuple[Facts, list[Compiled], _Program] | None = None
        self._last: tuple[list[Block], list[int], Entries] | None = None
        """Blocks, which of them were changed, and the entries of the numbers before."""

    def of(self, facts: Facts, rules: list[Compiled]) -> Renewed | None:
        """The program of these facts; None where it has not the same columns and rows."""
        variables, blocks, objectives, _ = self._read(facts, rules)
        if not same_columns(self._families, variables.index.families) or not self._same_rows(blocks):
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

    def differs(self, facts: Facts, rules: list[Compiled]) -> str:
        """What is not the same any more, in words; blank where `of` has an answer."""
        variables, blocks, _, _ = self._read(facts, rules)
        were, are = ({r.rule.name for r in every} for every in (self._rules, rules))
        for name in sorted(are ^ were):
            return f"the rule “{name}” {'came in' if name in are else 'fell away'}"
        (old_size, old), (new_size, new) = _limits_of(self._rules, self._blocks), _limits_of(rules, blocks)
        for name in sorted(old):
            if old[name] != new[name]:
                return f"the rule “{name}” has {new_size[name]} limits, before {old_size[name]}"
        families = variables.index.families
        for name in dict.fromkeys([*self._families, *families]):
            mine, other = (all_.get(name) for all_ in (self._families, families))
            if mine is None or other is None or not _same_family(mine, other):
                return _counted(name, 0 if mine is None else mine.size, 0 if other is None else other.size)
        before, now = ({b.name: len(b.lower) for b in made} for made in (self._blocks, blocks))
        for name in dict.fromkeys([*before, *now]):
            if before.get(name) != now.get(name):
                return _counted(f"limits “{name}”", before.get(name, 0), now.get(name, 0))
        return ""

    def _read(self, facts: Facts, rules: list[Compiled]) -> _Program:
        """The program of these facts; the one that was read last is kept."""
        if self._tried is None or self._tried[0] is not facts or self._tried[1] is not rules:
            self._tried = facts, rules, _read(facts, rules, self._kept)
        return self._tried[2]

    def _same_rows(self, blocks: list[Block]) -> bool:
        return len(blocks) == len(self._blocks) and all(
            a.name == b.name and len(a.lower) == len(b.lower) for a, b in zip(self._blocks, blocks, strict=True)
        )

    def _rows_of(self, block: Block) -> ByRows:
        """As `by_rows`, taken from the base where the block is the same there."""
        family, at = self.model.rows.families.get(block.name), self._place.get(block.name)
        if (
            family is None
            or at is None
            or not _same_entries(self._blocks[at], block)
            or family.size != len(block.lower)
        ):
            return by_rows(block)
        start, first, end = self.model.start, family.first, family.first + family.size
        entries = slice(start[first], start[end])
        return np.diff(start[first : end + 1]), self.model.index[entries], self.model.value[entries]

    def _spliced(self, blocks: list[Block], changed: list[int]) -> Entries:
        """The base's entries with those of some blocks in place of its own; the same arrays where they stand where they did, and
        the same as before where these blocks are those of the numbers before."""
        if self._last is not None:
            before, were, entries = self._last
            if were == changed and all(_same_entries(before[k], blocks[k]) for k in changed):
                return entries
        base = self.model
        families = list(base.rows.families.values())
        ends = [base.start[[f.first, f.first + f.size]].tolist() for f in families]
        made = {k: assemble([blocks[k]])[3:] for k in changed}
        if all(
            np.array_equal(start, base.start[f.first : f.first + f.size + 1] - a)
            and np.array_equal(index, base.index[a:b])
            for k, (start, index, _) in made.items()
            for f, (a, b) in [(families[k], ends[k])]
        ):
            value = base.value.copy()
            for k, (_, _, own) in made.items():
                value[slice(*ends[k])] = own
            entries = base.start, base.index, value
        else:
            counts = np.concatenate(
                [
                    np.diff(made[k][0] if k in made else base.start[f.first : f.first + f.size + 1])
                    for k, f in enumerate(families)
                ]
            )
            parts = [made[k][1:] if k in made else (base.index[a:b], base.value[a:b]) for k, (a, b) in enumerate(ends)]
            start = np.append(0, np.cumsum(counts)).astype(base.start.dtype)
            entries = start, np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
        self._last = blocks, changed, entries
        return entries


@dataclass(frozen=True, eq=False)
class _Summed:
    """What a block of limits adds up, and from what."""

    limits: Limits
    lines: Mapping[tuple[str, int], Lines]
    sums: Sums


class _Again:
    """The sums of the base's limits, for those that add up the same of the same; it is far sooner seen than done.

    kept: of the base, by name of the block; made: of this program.
    """

    def __init__(self, kept: dict[str, _Summed]) -> None:
        self._kept = kept
        self.made: dict[str, _Summed] = {}
        self._same: dict[tuple[str, int], bool] = {}

    def __call__(self, name: str, limits: Limits, lines: Mapping[tuple[str, int], Lines]) -> Sums:
        before = self._kept.get(name)
        same = (
            before is not None
            and _same_limits(before.limits, limits)
            and all(
                self._same_lines((term.measure, term.outcome), before.lines, lines)
                for term in (*limits.left, *limits.right)
            )
        )
        summed = before.sums if before is not None and same else sums(name, limits, lines)
        self.made[name] = _Summed(limits, lines, summed)
        return summed

    def _same_lines(
        self, key: tuple[str, int], before: Mapping[tuple[str, int], Lines], now: Mapping[tuple[str, int], Lines]
    ) -> bool:
        if key not in self._same:
            a, b = before[key], now[key]
            self._same[key] = (
                np.array_equal(a.amount, b.amount)
                and a.column is not None
                and b.column is not None
                and np.array_equal(a.column, b.column)
                and all(np.array_equal(codes, b.codes[dimension]) for dimension, codes in a.codes.items())
            )
        return self._same[key]


def _same_limits(a: Limits, b: Limits) -> bool:
    """Whether two blocks add up the same (their constants may differ)."""
    terms, others = (*a.left, *a.right), (*b.left, *b.right)
    return (
        len(a) == len(b)
        and (len(a.left), len(a.right)) == (len(b.left), len(b.right))
        and (not a.right or np.array_equal(a.share, b.share))
        and all(_same_term(one, other) for one, other in zip(terms, others, strict=True))
    )


def _same_term(a: Term, b: Term) -> bool:
    if (a.measure, a.outcome) != (b.measure, b.outcome) or a.weights.keys() != b.weights.keys():
        return False
    if [d for d, _ in a.member] != [d for d, _ in b.member]:
        return False
    if not all(np.array_equal(mine, other) for (_, mine), (_, other) in zip(a.member, b.member, strict=True)):
        return False
    return np.array_equal(a.factor, b.factor) and all(np.array_equal(w, b.weights[d]) for d, w in a.weights.items())


_Program = tuple[Variables, list[Block], list[Costs], dict[str, _Summed]]
"""Columns, every row in the order of `build`, objectives, and what the limits add up."""


def _read(facts: Facts, rules: list[Compiled], kept: dict[str, _Summed]) -> _Program:
    """The program of these facts. kept: sums that are taken over where they are the same."""
    variables, again = Variables(facts, rules), _Again(kept)
    penalty: dict[str, Array] = {}
    blocks = [*constraints(variables), *rule_blocks(variables, rules, penalty, again)]
    more, objectives = stages(variables, penalty)
    return variables, [*blocks, *more], objectives, again.made


def _limits_of(rules: list[Compiled], blocks: list[Block]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """How many limits each rule has, in all and by block."""
    made: dict[str, list[int]] = {rule.rule.name: [] for rule in rules}
    for block in blocks:
        if "rule" in block.keys and len(block.keys["rule"]):
            made[rules[int(block.keys["rule"][0])].rule.name].append(len(block.lower))
    return {name: sum(sizes) for name, sizes in made.items()}, made


def _counted(what: str, before: int, now: int) -> str:
    return f"other {what} than before" if before == now else f"{now:,} {what}, before {before:,}"


def same_columns(a: Mapping[str, Family], b: Mapping[str, Family]) -> bool:
    """Whether two programs decide the same, in the same order."""
    return list(a) == list(b) and all(_same_family(mine, b[name]) for name, mine in a.items())


def _same_family(a: Family, b: Family) -> bool:
    return a.size == b.size and all(np.array_equal(codes, b.keys[d]) for d, codes in a.keys.items())


def _same_entries(a: Block, b: Block) -> bool:
    return np.array_equal(a.value, b.value) and np.array_equal(a.column, b.column) and np.array_equal(a.row, b.row)
