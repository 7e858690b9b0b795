"""What a reader knows of a plan's money, and how far it lets them narrow an amount down.

They see sums of what is shown together: by fund and period, and by agency. They see the inputs that are not hidden: the
request, least and most of each initiative and agency, whom it may go through, how fast, and the rules. And they are taken
to know which of the cells are not zero, and which rules touch what is hidden, which is more than is sent. All of it is
linear, so the least and the most that an amount can be are two linear programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST_SIZE
from optimiser.model.rules import compile_rules
from optimiser.model.rules.terms import Entries, Term, incidence
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan
from optimiser.solvers.polytope import Polytope
from optimiser.store.privacy.sight import Eyes

Sum = tuple[str, ...]


@dataclass(frozen=True)
class MoneyCell:
    """Money of one fund to one initiative through one agency in one period: folded keys, and how much."""

    fund: str
    initiative: str
    agency: str
    period: str
    value: float


@dataclass(frozen=True, eq=False)
class Span:
    """A weighted sum of cells that lies between two limits, as everybody can know. weights: one for each cell."""

    weights: Array
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class Known:
    """A plan's money, cell by cell, and what a person knows of it besides the sums that they are sent.

    initiatives, agencies, funds: folded keys in order; own: initiatives that the person's agency leads or is a partner of.
    """

    cells: tuple[MoneyCell, ...]
    eyes: Eyes
    own: frozenset[str]
    initiatives: tuple[str, ...]
    agencies: tuple[str, ...]
    funds: tuple[str, ...]
    spans: tuple[Span, ...]
    touched: frozenset[tuple[str, str]]
    """Initiative and agency, wherever the agency has a part: money, people or a level."""

    @property
    def agency(self) -> str:
        """The person's own agency."""
        return fold(self.eyes.actor.agency)

    def is_own(self, cell: MoneyCell) -> bool:
        """Whether an amount is the person's own agency's to know."""
        return cell.initiative in self.own or (bool(self.agency) and cell.agency == self.agency)

    @cached_property
    def values(self) -> Array:
        """Money of each cell."""
        return np.array([c.value for c in self.cells], float)

    @cached_property
    def secrets(self) -> list[Array]:
        """Cells of every amount that is hidden: of each hidden row its total, its part with each agency or initiative, of
        each fund, in each period, and each single one; without what is the person's own to know."""
        groups: dict[Sum, list[int]] = {}
        for n, cell in enumerate(self.cells):
            if self.is_own(cell):
                continue
            hidden = []
            if cell.initiative in self.eyes.initiatives:
                hidden.append(("initiative", cell.initiative, cell.agency))
            if cell.agency in self.eyes.agencies:
                hidden.append(("agency", cell.agency, cell.initiative))
            for of, key, other in hidden:
                whole = (of, key)
                for part in ((), ("with", other), ("fund", cell.fund), ("period", cell.period)):
                    groups.setdefault((*whole, *part), []).append(n)
                groups.setdefault((*whole, "cell", other, cell.fund, cell.period), []).append(n)
        return [np.array(m) for m in sorted({tuple(m) for m in groups.values()}, key=lambda m: (-len(m), m))]


class Attack:
    """All that follows for a person from the sums that they are sent, and from what they know."""

    def __init__(self, known: Known, sums: Callable[[MoneyCell], Sequence[Sum]]) -> None:
        """sums: in which sums a cell is sent; none where it is sent by itself."""
        of = [() if known.is_own(c) else tuple(sums(c)) for c in known.cells]
        self._column = {n: k for k, n in enumerate(n for n, s in enumerate(of) if s)}
        self._values = known.values[list(self._column)]
        rows: dict[Sum, list[int]] = {}
        for n, k in self._column.items():
            for one in of[n]:
                rows.setdefault(one, []).append(k)
        size = len(self._column)
        equal = np.zeros((len(rows), size))
        for row, members in zip(equal, rows.values(), strict=True):
            row[members] = 1.0
        limited, most = self._limited(known)
        self._unit = max(float(self._values.max(initial=0.0)), 1.0)
        sent = equal @ self._values
        lower, upper = np.concatenate([sent, np.full(len(most), -np.inf)]), np.concatenate([sent, most])
        self._possible = Polytope(np.vstack([equal, limited]), lower / self._unit, upper / self._unit)

    def _limited(self, known: Known) -> tuple[Array, Array]:
        """Rows and limits of what is at most so much: of the spans, what is left of them for the unknown cells."""
        columns = list(self._column)
        told = np.ones(len(known.cells), bool)
        told[columns] = False
        rows, most = [], []
        for span in known.spans:
            row = span.weights[columns]
            if row.any():
                constant = float(span.weights[told] @ known.values[told])
                now = float(row @ self._values)
                for sign, limit in ((1.0, span.most), (-1.0, -span.least)):
                    if np.isfinite(limit):  # what rounding broke by a unit still holds of the true plan
                        rows.append(sign * row)
                        most.append(max(limit - sign * constant, sign * now))
        return np.array(rows).reshape(len(rows), len(columns)), np.array(most)

    def is_narrow(self, members: Array, share: float) -> bool:
        """Whether the sum of these cells can be worked out to within this share of itself, or stands there."""
        columns = [k for n in members.tolist() if (k := self._column.get(n)) is not None]
        if len(columns) < len(members):
            return True
        weights = np.zeros(len(self._column))
        weights[columns] = 1.0
        now = float(self._values[columns].sum())
        wanted, below = share * now * (1 - HAIR), self._reach(-weights)
        return below < wanted and below + self._reach(weights) < wanted

    def _reach(self, weights: Array) -> float:
        """How far a sum can be above what it is. Where the solver fails nothing is known to be safe: not at all."""
        found = self._possible.highest(weights)
        return 0.0 if found is None else found * self._unit - float(weights @ self._values)


# -- reading a plan -------------------------------------------------------------------------------------------------------


def known_of(plan: Plan, eyes: Eyes) -> Known:
    """What these eyes know of a plan."""
    facts = plan.case.facts
    names = {d: tuple(fold(k) for k in facts.names[d]) for d in ("initiative", "agency", "fund", "period")}
    mine = fold(eyes.actor.agency)
    own = {
        key for key, lead in zip(names["initiative"], facts.sorted["initiative"]["lead"].tolist(), strict=True)
        if mine and fold(lead) == mine
    }  # fmt: skip
    partners = plan.case.tables["Partners"]
    for initiative, agency in zip(partners["initiative"].tolist(), partners["agency"].tolist(), strict=True):
        if mine and fold(agency) == mine:
            own.add(fold(initiative))
    spend = decode(facts, plan.tables).spend
    at = list(zip(*(spend.codes[d].tolist() for d in ("fund", "initiative", "agency", "period")), strict=True))
    place = {key: n for n, key in enumerate(sorted(set(at)))}
    line = np.array([place[key] for key in at], int)
    money = np.bincount(line, spend.amount, len(place))
    cells = tuple(
        MoneyCell(names["fund"][f], names["initiative"][i], names["agency"][a], names["period"][t], float(v))
        for (f, i, a, t), v in zip(place, money, strict=True)
    )
    touched = frozenset(
        (fold(r["initiative"]), fold(r["agency"]))
        for sheet in ("Spend", "Posts", "Hires", "Levels")
        for r in plan.tables[sheet].records()
    )
    reading = _Inputs(plan, eyes, cells)
    spans = (*reading.initiatives(), *reading.agencies(), *reading.rules(spend.codes, spend.amount, line))
    return Known(
        cells,
        eyes,
        frozenset(own - eyes.initiatives),
        names["initiative"],
        names["agency"],
        names["fund"],
        spans,
        touched,
    )


class _Inputs:
    """What the inputs that a reader sees say of cells."""

    def __init__(self, plan: Plan, eyes: Eyes, cells: Sequence[MoneyCell]) -> None:
        self.plan, self.facts, self.eyes = plan, plan.case.facts, eyes
        self.cells = cells

    def _of(self, **keys: str) -> Array:
        return np.array([all(getattr(c, d) == k for d, k in keys.items()) for c in self.cells], float)

    def initiatives(self) -> Iterator[Span]:
        """An initiative's award, its money through each partner, and in each period."""
        facts = self.facts
        funded = {c.initiative for c in self.cells}
        for n, name in enumerate(facts.names["initiative"]):
            key = fold(name)
            if key in self.eyes.initiatives or key not in funded:
                continue
            partners = np.flatnonzero(facts.partner_initiative == n)
            hired = self._hired(n, facts.partner_agency[partners])
            scope = float(facts.request[n] * facts.cost_factor[partners].max(initial=1.0))
            full = scope + hired
            whole = self._of(initiative=key)
            least, most = float(facts.minimum[n]), min(full, float(facts.maximum[n]))
            if facts.all_or_nothing[n]:  # it is funded, so it is funded in full: what that costs can be worked out
                least = most = float(whole @ np.array([c.value for c in self.cells]))
            yield Span(whole, least, most)
            for place in partners.tolist():
                agency = fold(facts.names["agency"][facts.partner_agency[place]])
                share, factor = float(facts.max_share[place]), float(facts.cost_factor[place])
                yield Span(
                    self._of(initiative=key, agency=agency), 0.0, share * factor * float(facts.request[n]) + hired
                )
            if facts.pace[n] < 1:
                for period in facts.names["period"]:
                    at = self._of(initiative=key, period=fold(period))
                    yield Span(at, 0.0, float(facts.pace[n]) * scope + hired)

    def _hired(self, initiative: int, agencies: Array) -> float:
        """The most that people can cost whom it hires."""
        facts = self.facts
        needed = facts.need[initiative] > 0
        most = facts.hire_max[agencies] * facts.hire_cost[agencies]
        return float((most * needed[None, :, None] * facts.active[initiative][None, None, :]).sum())

    def agencies(self) -> Iterator[Span]:
        """What an agency receives."""
        facts = self.facts
        for n, name in enumerate(facts.names["agency"]):
            least, most = float(facts.agency_minimum[n]), float(facts.agency_maximum[n])
            if fold(name) not in self.eyes.agencies and (least > 0 or np.isfinite(most)):
                yield Span(self._of(agency=fold(name)), least, most)

    def rules(self, codes: Mapping[str, Array], amount: Array, line: Array) -> Iterator[Span]:
        """Every hard rule on money alone that they see. line: the cell of each line of spend."""
        entries = Entries(codes, np.ones(len(amount)))
        rows = {r["rule"]: r for r in self.plan.case.tables["Rules"].records()}
        for compiled in compile_rules(self.facts):
            seen = not any(map(self.eyes.mentions, rows[compiled.rule.name].values()))
            for block in compiled.blocks if compiled.rule.hard and seen else ():
                if all(term.measure == "money" for term in (*block.left, *block.right)):
                    count = len(block)
                    left, right = (self._weights(t, entries, count, line, amount) for t in (block.left, block.right))
                    for k in range(count):
                        share = float(block.share[k])
                        limit = share * float(block.constant[k])
                        least, most = (limit, np.inf) if block.at_least else (-np.inf, limit)
                        yield Span(left[k] - share * right[k], least, most)

    def _weights(self, terms: Iterable[Term], entries: Entries, count: int, line: Array, amount: Array) -> Array:
        """[limit, cell]: what a cell counts for, the mean of its lines where a rule tells categories apart."""
        made = np.zeros((count, len(self.cells)))
        money = np.maximum(np.bincount(line, amount, len(self.cells)), LEAST_SIZE)
        for term in terms:
            limit, entry, weight = incidence(term, entries, count)
            np.add.at(made, (limit, line[entry]), weight * amount[entry] / money[line[entry]])
        return made
