"""From facts and rules to one sparse matrix: variables, constraints, rules, objectives, ties, scaling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.matrix import Family, Index, Model
from optimiser.model.objectives import Costs, assemble_stage, stages
from optimiser.model.rows import NONE, Block, constraints
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import Entries, Limits, incidence
from optimiser.model.ties import ties
from optimiser.model.variables import DECIDED, INT, Variables

Sums = tuple[Array, Array, Array]
"""Entries of a block of limits: row (limit), column, value."""
ByRows = tuple[Array, Array, Array]
"""Entries of a block by rows: how many each row has, column, value."""
SumsOf = Callable[[str, Limits, Mapping[tuple[str, int], Entries]], Sums]


def build(facts: Facts, rules: list[Compiled]) -> Model:
    """The whole linear program of a case, in the units of the case."""
    variables = Variables(facts, rules)
    penalty: dict[str, Array] = {}
    objectives: list[Costs] = []
    return assembled(variables, _blocks(variables, rules, penalty, objectives), objectives)


def by_rows(block: Block) -> ByRows:
    """Entries by row and column, zeros left out, and added up where a column may stand twice."""
    order = np.lexsort((block.column, block.row))
    row, column, value = block.row[order], block.column[order], block.value[order]
    if block.merge and len(row):
        new = np.append(True, (row[1:] != row[:-1]) | (column[1:] != column[:-1]))
        value = np.add.reduceat(value, np.flatnonzero(new))
        row, column = row[new], column[new]
    kept = value != 0
    if not kept.all():
        row, column, value = row[kept], column[kept], value[kept]
    return np.bincount(row, minlength=len(block.lower)).astype(INT), column, value


def assembled(
    variables: Variables,
    blocks: Iterable[Block],
    objectives: list[Costs],
    rows_of: Callable[[Block], ByRows] = by_rows,
) -> Model:
    """The linear program of all its rows, in the order of `build`. objectives: known once the rows are read; rows_of: `by_rows`,
    for those who know some of them already."""
    facts = variables.facts
    families, lower, upper, start, index, value = assemble(blocks, rows_of)
    scale = column_scale(variables)
    column_lower, column_upper = variables.bounds
    integer = np.zeros(variables.size, bool)
    integer[variables["funded"].span] = True
    if facts.settings.post_step:
        integer[variables["post"].span] = integer[variables["hire"].span] = True
    return Model(
        columns=variables.index,
        rows=Index(families),
        start=start,
        index=index,
        value=value,
        column_lower=column_lower,
        column_upper=column_upper,
        integer=integer,
        row_lower=lower,
        row_upper=upper,
        column_scale=scale,
        row_scale=row_scale(start, index, value, scale),
        stages=tuple(assemble_stage(variables, *objective) for objective in objectives),
        ties=ties(variables),
    )


def _blocks(v: Variables, rules: list[Compiled], penalty: dict[str, Array], objectives: list[Costs]) -> Iterator[Block]:
    """All rows, one block after the other, so that only one stands in memory as entries; fills penalty and objectives."""
    yield from constraints(v)
    yield from rule_blocks(v, rules, penalty)
    rows, found = stages(v, penalty)
    objectives += found
    yield from rows


def sums(name: str, limits: Limits, entries: Mapping[tuple[str, int], Entries]) -> Sums:
    """What each limit of a block adds up. name: of the block, for those who keep sums."""
    rows, columns, values = [], [], []
    for sign, terms in ((np.ones(len(limits)), limits.left), (-limits.share, limits.right)):
        for term in terms:
            lines = entries[term.measure, term.outcome]
            limit, entry, weight = incidence(term, lines, len(limits))
            assert lines.column is not None
            rows.append(limit)
            columns.append(lines.column[entry])
            values.append(weight * sign[limit])
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def rule_blocks(
    v: Variables, rules: list[Compiled], penalty: dict[str, Array], sums_of: SumsOf = sums
) -> Iterator[Block]:
    """One block of rows for each block of limits; `penalty` takes the cost of each breach column of soft rules."""
    entries = v.entries()
    lower, upper = v.bounds
    reach = np.maximum(np.abs(lower), np.abs(upper))
    for number, rule in enumerate(rules):
        for part, limits in enumerate(rule.blocks):
            name = f"rule {number}.{part}"
            block = _rows_of(name, limits, sums_of(name, limits, entries), number, part)
            if not rule.rule.hard:
                breach = f"breach {number}.{part}"
                v.add(breach, _largest_breach(reach, block, limits), limit=np.arange(len(limits)))
                penalty[breach] = np.full(len(limits), rule.rule.penalty or 0.0)
                sign = 1.0 if limits.at_least else -1.0
                rows = np.arange(len(limits), dtype=INT)
                block = Block(
                    name, block.keys, block.lower, block.upper,
                    np.concatenate([block.row, rows]), np.concatenate([block.column, v.columns(breach)]),
                    np.concatenate([block.value, np.full(len(limits), sign)]), merge=True,
                )  # fmt: skip
            yield block


def _rows_of(name: str, limits: Limits, summed: Sums, number: int, part: int) -> Block:
    size = len(limits)
    bound = limits.share * limits.constant
    keys = {"rule": np.full(size, number), "part": np.full(size, part), "limit": np.arange(size)}
    lower = bound if limits.at_least else np.full(size, -NONE)
    upper = np.full(size, NONE) if limits.at_least else bound
    return Block(name, keys, lower, upper, *summed, merge=True)


def _largest_breach(reach: Array, block: Block, limits: Limits) -> Array:
    """How far each limit can be broken at all: a finite bound for the breach column. reach: the largest value of each column."""
    most: Array = np.bincount(block.row, reach[block.column] * np.abs(block.value), len(limits)).astype(float)
    most += np.abs(limits.share * limits.constant)
    return most


def assemble(
    blocks: Iterable[Block], rows_of: Callable[[Block], ByRows] = by_rows
) -> tuple[dict[str, Family], Array, Array, Array, Array, Array]:
    """All blocks under each other, by rows: (families, lower, upper, start, index, value)."""
    families: dict[str, Family] = {}
    lowers, uppers, counts, indices, values = ([np.zeros(0, kind)] for kind in (float, float, INT, INT, float))
    first = 0
    for block in blocks:
        size = len(block.lower)
        families[block.name] = Family(block.name, first, size, {d: np.asarray(k, INT) for d, k in block.keys.items()})
        count, column, value = rows_of(block)
        lowers.append(block.lower)
        uppers.append(block.upper)
        counts.append(count)
        indices.append(column)
        values.append(value)
        first += size
    start = np.append(0, np.cumsum(_drained(counts, INT))).astype(INT)
    return (
        families,
        _drained(lowers, float),
        _drained(uppers, float),
        start,
        _drained(indices, INT),
        _drained(values, float),
    )


def _drained(parts: list[Array], dtype: type) -> Array:
    whole: Array = np.empty(sum(len(p) for p in parts), dtype)
    at = 0
    while parts:
        part = parts.pop(0)
        whole[at : at + len(part)] = part
        at += len(part)
    return whole


# -- scaling ----------------------------------------------------------------------------------------------------------


def power_of_two(values: Array) -> Array:
    """The power of two nearest to each value (1 where the value is 0 or infinite)."""
    safe = np.where((values > 0) & np.isfinite(values), values, 1.0)
    return np.asarray(np.exp2(np.round(np.log2(safe))))


def column_scale(v: Variables) -> Array:
    """A typical size of each column: money by request, people by need, so that the solver sees numbers near 1."""
    f = v.facts
    scale = np.ones(v.size)
    request = np.where(f.request > 0, f.request, 1.0)
    need = np.where(f.need > 0, f.need, 1.0) * np.maximum(f.active_periods, 1)[:, None]
    if f.settings.post_step:  # whole numbers for the solver: so many steps
        need = np.full(need.shape, f.settings.post_step)
    for name, by in {
        "spend": request[v["spend"].keys["initiative"]],
        "match": request[v["match"].keys["initiative"]],
        "in kind": request[v["in kind"].keys["initiative"]],
        "post": need[v["post"].keys["initiative"], v["post"].keys["fills"]],
        "hire": need[v["hire"].keys["initiative"], v["hire"].keys["role"]],
        "carry": f.amount[v["carry"].keys["fund"]],
        "unspent": f.amount[v["unspent"].keys["fund"]],
    }.items():
        scale[v[name].span] = by
    _, upper = v.bounds
    for name, family in v.index.families.items():
        if name not in DECIDED:
            scale[family.span] = upper[family.span]
    return power_of_two(scale)


def row_scale(start: Array, index: Array, value: Array, scale: Array) -> Array:
    """One over the largest entry of each row after the columns are scaled."""
    made = np.ones(len(start) - 1)
    filled = np.flatnonzero(start[1:] > start[:-1])
    for part in _chunks(filled, start):
        size = np.abs(value[start[part[0]] : start[part[-1] + 1]])
        size *= scale[index[start[part[0]] : start[part[-1] + 1]]]
        made[part] = 1.0 / power_of_two(np.maximum.reduceat(size, start[part] - start[part[0]]))
    return made


def _chunks(rows: Array, start: Array, entries: int = 200_000) -> Iterator[Array]:
    """Rows in runs of about so many entries, to bound what is allocated at a time."""
    if len(rows):
        cuts = np.flatnonzero(np.diff(start[rows] // entries)) + 1
        yield from np.split(rows, cuts)
