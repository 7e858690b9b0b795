"""The audit of rules: those that never bind, contradict each other, select nothing, or look a hundred times too large.

Nothing here changes a plan. Each finding is a sentence with its place and its cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.rulebook.rule_sums import Clash, Extremes, Idle, RuleSum, Sums, clashes
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import capital, listed, number, written
from optimiser.case.table import Table
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import Number, Rule, compile_rules, held_back, meaning
from optimiser.model.rules.rule import BASES
from optimiser.model.rules.shares import HUNDRED


@dataclass(frozen=True)
class RuleFinding:
    """One thing about the rules that a reader should know. Printed, it is a line with its place and its cure.

    kind: `contradiction`, `holds back`, `never binds`, `selects nothing`, `too large` or `no effect`; level: error where no plan, or
    only an empty one, can keep the rules; place: sheet, row and column.
    """

    kind: str
    rule: str
    place: str
    sentence: str
    cure: str
    level: str = "warning"

    def __str__(self) -> str:
        return f"{self.level}: {self.place}: {self.sentence} {capital(self.cure)}."


def audit_rules(case: Case, *, seconds: float = 20.0) -> tuple[RuleFinding, ...]:
    """Everything found in the active rules, errors first.

    seconds: for proving that rules never bind (a linear program for each limit); 0 leaves that out. Where time is over
    the rules that were not examined are named in a finding of the kind `not examined`.
    """
    compiled = compile_rules(case.facts)
    audit = _Audit(case, Sums(case.facts, compiled))
    found = [*audit.contradictions(), *audit.empty(), *audit.held(), *audit.numbers()]
    if seconds > 0 and compiled:
        known = {f.rule for f in found if f.kind in ("too large", "selects nothing") or f.level == "error"}
        found += audit.idle(known, seconds)
    return tuple(sorted(found, key=lambda f: (f.level != "error", fold(f.rule))))


def table(findings: tuple[RuleFinding, ...]) -> Table:
    """Findings as a table."""
    columns = ("level", "kind", "rule", "place", "sentence", "cure")
    return Table.of("Audit", columns, ([getattr(f, c) for c in columns] for f in findings))


class _Audit:
    def __init__(self, case: Case, sums: Sums) -> None:
        self.case, self.sums, self.compiled = case, sums, sums.compiled
        sheet = case.tables["Rules"]
        self.rows = dict(zip((fold(n) for n in sheet["rule"].tolist()), sheet.rows.tolist(), strict=True))

    def finding(self, kind: str, rule: Rule, column: str, said: str, cure: str, level: str = "warning") -> RuleFinding:
        row = self.rows.get(fold(rule.name), 0)
        place = f"Rules, row {row}, {column}" if row else f"Rules, {rule.name}, {column}"
        return RuleFinding(kind, rule.name, place, said, cure, level)

    def name(self, one: RuleSum) -> str:
        """`VAWA: courts`, with the member that the limit is for."""
        per = self.sums.limits_of(one).per[one.limit]
        return f"{self.compiled[one.rule].rule.name}{f' for {per}' if per else ''}"

    def amount(self, value: float, one: RuleSum) -> str:
        unit = Number(self.sums.limits_of(one).unit, self.case.settings.currency)
        return unit.said(value) if unit.is_money else f"{number(value, 2)} {unit.unit}"

    # -- contradictions -----------------------------------------------------------------------------------------------

    def contradictions(self) -> Iterator[RuleFinding]:
        for clash in clashes(self.sums):
            rule = self.compiled[clash.lows[0].rule].rule
            yield self.finding("contradiction", rule, "at_least", *self._clash(clash), "error")

    def _clash(self, clash: Clash) -> tuple[str, str]:
        first = clash.lows[0]

        def said(value: float) -> str:
            return written(value, True) if clash.shares else self.amount(value, first)

        asking = listed([f"{self.name(s)} ({said(s.low)})" for s in clash.lows])
        together = f", together {said(clash.needed)}" if len(clash.lows) > 1 else ""
        many = "ask" if len(clash.lows) > 1 else "asks"
        if clash.high is not None:
            against = f"{self.name(clash.high)} allows at most {said(clash.given)} of the same"
            cure = f"lower {listed([self.name(s) for s in clash.lows], 'or')}, or raise {self.name(clash.high)}"
        elif clash.shares:
            against, cure = "the whole is 100%", f"lower {listed([self.name(s) for s in clash.lows], 'or')}"
        else:
            against = f"there can be {said(clash.given)} at most"
            cure = f"lower {listed([self.name(s) for s in clash.lows], 'or')}, or add money"
        only = " Only a plan that spends nothing of it keeps them." if clash.shares else " No plan keeps this."
        return f"{asking} {many} for that much at least{together}, but {against}.{only}", cure

    # -- selections that match nothing --------------------------------------------------------------------------------

    def empty(self) -> Iterator[RuleFinding]:
        for k, compiled in enumerate(self.compiled):
            mine = [s for s in self.sums.all if s.rule == k]
            rule = compiled.rule
            if not mine:
                said = f"{rule.name} limits nothing: its selection has no members."
                yield self.finding("selects nothing", rule, "where", said, "check the selection")
                continue
            asked = next((s for s in mine if s.empty and s.absolute and s.low > 0), None)
            if asked is not None:
                said = f"{self.name(asked)} asks for at least {self.amount(asked.low, asked)} of nothing."
                cure = "check `where` and `per`, or what funds, partners and categories allow"
                if rule.hard:
                    yield self.finding("contradiction", rule, "where", f"{said} No plan keeps it.", cure, "error")
                else:
                    said = f"{said} Every plan breaks it, and its penalty counts against each."
                    yield self.finding("selects nothing", rule, "where", said, cure)
            elif compiled.kind.nothing and rule.at_least and any(s.empty and len(s.right[0]) for s in mine):
                said, cure = compiled.kind.nothing
                bare = [self.sums.limits_of(s).per[s.limit] for s in mine if s.empty and len(s.right[0])]
                more = f" (and {len(bare) - 3} more)" if len(bare) > 3 else ""
                said = f"{rule.name}: {said.format(listed(bare[:3]) + more)}."
                yield self.finding("selects nothing", rule, "where", said, cure)
            elif all(s.empty for s in mine):
                said = f"{rule.name} selects nothing that the case can spend, staff or deliver, so it limits nothing."
                yield self.finding("selects nothing", rule, "where", said, "check the names and what the funds allow")
            elif (
                compiled.kind.has_base
                and rule.of.strip()
                and (rule.at_least or rule.at_most)
                and all(map(_of_nothing, mine))
            ):
                what = "it asks for nothing" if rule.at_most is None else "nothing at all is allowed"
                said = f"{rule.name} takes a share of {rule.of.strip()}, which is nothing here: {what}."
                yield self.finding("selects nothing", rule, "of", said, "correct or fill in what the share is taken of")

    # -- rules that hold money back ----------------------------------------------------------------------------------

    def held(self) -> Iterator[RuleFinding]:
        for compiled in self.compiled:
            found = held_back(self.case.facts, compiled.rule)
            if found is not None:
                kind, level = ("holds back", "warning") if found.most > 0 else ("contradiction", "error")
                yield self.finding(kind, compiled.rule, "of", found.sentence, found.cure, level)

    # -- numbers that look wrong --------------------------------------------------------------------------------------

    def numbers(self) -> Iterator[RuleFinding]:
        for k, compiled in enumerate(self.compiled):
            rule = compiled.rule
            if rule.hard and rule.penalty is not None:
                said = f"{rule.name} has a penalty but must hold, so the penalty is never paid."
                yield self.finding("no effect", rule, "penalty", said, "clear it, or set hard to no")
            for doubt in compiled.kind.doubts(self.case.facts, rule):
                yield self.finding(doubt.kind, rule, doubt.column, doubt.sentence, doubt.cure, doubt.level)
            if compiled.kind.has_base and rule.of.strip() and meaning(self.case.facts, rule).is_share:
                yield from self._shares(k, rule)

    def _shares(self, k: int, rule: Rule) -> Iterator[RuleFinding]:
        """Shares of a base that look like percentages written as numbers."""
        for column, value in (("at_least", rule.at_least), ("at_most", rule.at_most)):
            whole = self._of_a_whole(k, rule)
            if value is not None and (value > 1 + HAIR if whole else value >= HUNDRED):
                what = "more than the whole" if whole else f"{written(value)} times as much"
                said = f"{rule.name}: {column} {written(value)} is {written(value, True)} of {rule.of.strip()}, {what}."
                cure = f"write {written(value)}% if that is meant, or correct the number"
                yield self.finding("too large", rule, column, said, cure)

    def _of_a_whole(self, k: int, rule: Rule) -> bool:
        """Whether the left side is a part of the base, so that a share above 1 cannot be meant."""
        name = fold(rule.of)
        if name in BASES:
            return (name in ("amount", "total") and fold(rule.measure) in ("", "money")) or name == "fte" == fold(
                rule.measure
            )
        mine = [s for s in self.sums.all if s.rule == k and len(s.right[0])]
        return bool(mine) and all(np.isin(s.left[0], s.right[0]).all() for s in mine)

    # -- rules that never bind ----------------------------------------------------------------------------------------

    def idle(self, known: set[str], seconds: float) -> Iterator[RuleFinding]:
        extremes = Extremes(self.sums, seconds)
        for idle in extremes.idle():
            rule = self.compiled[idle.rule].rule
            if rule.name not in known:
                yield self.finding(
                    "never binds", rule, "at_least" if rule.at_most is None else "at_most", *self._idle(idle)
                )
        if extremes.skipped:
            names = [self.compiled[k].rule.name for k in dict.fromkeys(extremes.skipped)]
            rule = self.compiled[extremes.skipped[0]].rule
            said = f"There was no time to see whether {len(names)} rules ever bind, {names[0]} the first of them."
            yield self.finding("not examined", rule, "rule", said, "allow more seconds")

    def _idle(self, idle: Idle) -> tuple[str, str]:
        rule, one = self.compiled[idle.rule].rule, idle.nearest
        cure = "nothing has to be done; tighten it if it was meant to bind"
        if idle.reach != idle.reach:
            return f"{rule.name} never binds: even without it no plan breaks it.", cure
        word, limit = ("at most", one.high) if np.isfinite(one.high) else ("at least", one.low)
        reach = self.amount(max(idle.reach, 0.0) if one.low <= 0 else idle.reach, one)
        return (
            f"{self.name(one)} never binds: {word} {reach} even without it, and it says {word} {self.amount(limit, one)}.",
            cure,
        )


def _of_nothing(one: RuleSum) -> bool:
    """Whether a share is taken of a sum of nothing."""
    return one.low in (0, -np.inf) and one.high in (0, np.inf) if one.absolute else not len(one.right[0])
