"""The answer to a question that was read: found by solving, in sentences; a change comes with its rows, to be kept as a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optimiser.analysis.debate.agenda import flipped, lost, names_of, price_of, shifts_of, shifts_words
from optimiser.analysis.debate.at_play import KINDS, at_play
from optimiser.analysis.debate.losses import losses
from optimiser.analysis.debate.next_in_line import below_the_line
from optimiser.analysis.debate.reading import Reading
from optimiser.analysis.debate.who_changes import agency_page, changes, has_last_year, restored
from optimiser.analysis.limits.aspects import FUND
from optimiser.analysis.limits.cell import Cell, ChangeRow, set_rows, where_of
from optimiser.analysis.reasons.answers import lines as in_lines
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.explain_words import Words
from optimiser.analysis.reasons.prices import Progress, Study, prices
from optimiser.analysis.reasons.rule_prices import rule_prices
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.grantors import Grantor
from optimiser.case.readable import (
    all_of,
    capital,
    counted,
    listed,
    money_between,
    money_exact,
    number,
    percent,
    points,
)
from optimiser.case.reading.amounts import plain
from optimiser.model.rules import rules_of, sentence
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.verbs import apply_changes, scenario, solve

MOST = 6
"""Lines of one list."""


@dataclass(frozen=True, eq=False)
class Told:
    """An answer. rows: of the Scenarios sheet, where a change was asked about; plan: with that change."""

    lines: tuple[str, ...]
    rows: tuple[ChangeRow, ...] = ()
    plan: Plan | None = None

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {"lines": list(self.lines), "changes": list(self.rows)}


def tell(case: Case, plan: Plan, reading: Reading, *, progress: Progress | None = None) -> Told:
    """The answer. progress: hears what is being solved, with its count. Raises ValueError where the case has no plan to speak of."""
    if not plan.has_plan:
        raise ValueError("the case has no plan; optimiser explain says why, and what would help")
    return _Answers(case, plan, reading, progress).told()


class _Answers:
    def __init__(self, case: Case, plan: Plan, reading: Reading, progress: Progress | None) -> None:
        self.case, self.plan, self.reading, self.progress = case, plan, reading, progress
        self.names, self.currency, self.impact = names_of(case), case.settings.currency, plan.impact or 0.0
        self.words, self.item = Words(case), reading.names.get("initiative", "")
        self.fund, self.agency = reading.names.get("fund", ""), reading.names.get("agency", "")
        self.role, self.rule = reading.names.get("role", ""), reading.names.get("rule", "")

    def told(self) -> Told:
        """The answer of this form."""
        change = self._rows()
        if change:
            return self._changed(change)
        others: dict[str, Callable[[], list[str]]] = {
            "why not": self._why, "why": self._why, "cheapest": self._why, "left": self._why, "worth of role": self._role,
            "worth of fund": self._fund,
            "lose": self._lose, "biggest loss": self._lose, "who may change": self._who_may, "cost of rule": self._rule_cost,
            "rule": self._rule, "how much": self._award, "agency": self._agency, "who loses": self._losers, "most": self._most,
            "unspent": self._unspent, "hostages": self._paid_from, "who pays": self._who_pays, "open": self._open,
            "binding": self._binding, "rules kept": self._kept, "total": self._total, "not funded": self._not_funded,
            "next": self._next, "scenario": self._scenario,
        }  # fmt: skip
        return Told(tuple(others[self.reading.form]()))

    # -- changes ----------------------------------------------------------------------------------------------------------

    def _rows(self) -> list[ChangeRow]:
        """The change that is asked about; [] where none is."""
        form, n = self.reading.form, self.reading.amounts
        fund = Cell("Funds", where_of(fund=self.fund), "amount")
        if form in ("cut", "raise"):
            sign = -1.0 if form == "cut" else 1.0
            if "share" in n:
                return [fund.row(f"* {plain(max(0.0, 1 + sign * n['share']))}")]
            return [fund.row(f"{'-' if sign < 0 else '+'} {plain(n['money'])}")]
        if form == "set":
            return [fund.row(f"= {plain(n['money'])}")]
        if form == "more":
            now = float(self.plan.award.set_index("initiative")["award"][self.item])
            return list(restored(self.case, self.item, now + n["money"]))
        if form in ("fund", "drop"):
            return flipped(self.case, self.item, form == "fund")
        if form in ("people", "fewer people"):
            table = self.case.tables["Staff"].records()
            row = next((r for r in table if r["agency"] == self.agency and r["role"] == self.role), None)
            share = float(row["releasable"]) if row is not None and row["releasable"] > 0 else 1.0
            way = "+" if form == "people" else "-"
            people = Cell("Staff", where_of(agency=self.agency, role=self.role), "fte")
            return [people.row(f"= {plain(n['count'])}" if row is None else f"{way} {plain(n['count'] / share)}")]
        if form == "without rule":
            return set_rows("Rules", where_of(rule=self.rule), active="no")
        return []

    def _changed(self, rows: list[ChangeRow]) -> Told:
        try:
            other = solve(apply_changes(self.case, rows))
        except InvalidCase as problem:
            return Told((f"{capital(problem.refusal)}.",), tuple(rows))
        if not other.has_plan:
            return Told((f"Then {other.why_none}.",), tuple(rows), other)
        return Told(tuple(self._beside(other)), tuple(rows), other)

    def _beside(self, other: Plan) -> list[str]:
        value = lost(self.plan, price_of(self.plan, other))
        shifts = shifts_of(self.plan, other)
        made = [f"{capital(value)}."]
        for sign, word in ((-1, "Less for"), (1, "More for")):
            mine = [s for s in shifts if s.money * sign > 0]
            if mine and self.reading.focus != ("gains" if sign < 0 else "loses"):
                made.append(f"{word} {shifts_words(mine, self.currency, MOST)}.")
        return made if len(made) > 1 else [*made, "Nobody gets more or less."]

    def _scenario(self) -> list[str]:
        try:
            other = solve(scenario(self.case, self.reading.names["scenario"]))
        except InvalidCase as problem:
            return [f"The scenario makes no valid case: {problem.worst}"]
        return self._beside(other) if other.has_plan else [f"In that scenario {other.why_none}."]

    # -- why, and what it takes ----------------------------------------------------------------------------------------------

    def _why(self) -> list[str]:
        kind, key = next(iter(self.reading.names.items()))
        found = explain(self.case, f"{kind}: {key}", plan=self.plan, progress=self.progress)
        made = [r.sentence for r in found.reasons]
        return made + [line for a in found.answers for line in in_lines(a, self.currency) if line.strip()]

    def _role(self) -> list[str]:
        found = [p for p in prices(self.case, progress=self.progress) if p.of == "staff" and p.item == self.role]
        if not found or not found[0].binds:
            return [
                f"Nothing: not all of the role {self.role} that there is is used, or nothing else lets more be done."
            ]
        first = found[0]
        worth = self.words.worth(round(first.worth, 2) if self.words.objective == "impact" else first.worth)
        until = f", for {number(first.steps[0].length, 2)} FTE" if first.steps and first.steps[0].length < 1e6 else ""
        at = f" at {first.at}" if first.at else ""
        return [f"One FTE more of the role {self.role}{at} is worth {worth}{until}."]

    def _fund(self) -> list[str]:
        (found,) = prices(self.case, wanted=lambda v: v.of == FUND and v.item == self.fund, progress=self.progress)
        if not found.binds:
            return ["Nothing: with more of it the plan would be no better."]
        said = self.words.steps(found)
        return [f"{capital(said)}."]

    def _lose(self) -> list[str]:
        found = losses(self.case, survive=False, progress=self.progress)
        if self.reading.form == "biggest loss":
            return [found.sentence(), *(line for one in found.losses[:2] for line in found.lines(one))]
        mine = [one for one in found.losses if one.funds == (self.fund,)]
        if not mine:
            return [f"Nothing stops: the plan takes nothing from it from {found.since} on."]
        return [line.strip() for line in found.lines(mine[0])]

    def _who_may(self) -> list[str]:
        rule = self._of_rule()
        who = Grantor(rule.set_by, rule.waiver).who
        by = f" ({rule.authority})" if rule.authority else ""
        return [f"{capital(who)}: it was set by {rule.set_by}{by}."]

    def _rule_cost(self) -> list[str]:
        found = [
            p for p in rule_prices(Study(self.case), progress=self.progress) if p.kind == "rule" and p.item == self.rule
        ]
        if not found or found[0].worth_without <= 0:
            return ["Nothing: without it the best plan would be as good."]
        worth = self.words.worth(round(found[0].worth_without, 2))
        return [f"Without it the best plan would bring {worth} more."]

    def _rule(self) -> list[str]:
        made = [sentence(self.case.facts, self._of_rule())]
        rows = [r for r in self.plan.limits() if r["rule"] == self.rule]
        if rows:
            kept = all(r["kept"] for r in rows)
            tight = sum(bool(r["binding"]) for r in rows)
            made.append(
                ("It is kept" if kept else "It is not kept")
                + (f"; {counted(tight, 'limit')} of it has no headroom." if tight else ", with headroom.")
            )
        return made

    def _of_rule(self) -> Any:
        return next(r for r in rules_of(self.case.facts) if r.name == self.rule)

    # -- figures of the plan ----------------------------------------------------------------------------------------------

    def _award(self) -> list[str]:
        row = next(r for r in self.plan.tables["Awards"].records() if r["initiative"] == self.item)
        return [
            f"{self.names[self.item]}: {self._money(row['award'])} of {self._money(row['request'])}, {percent(row['level'])} of its scope."
        ]

    def _agency(self) -> list[str]:
        other = None if has_last_year(self.case) else self.plan
        found = changes(self.plan, other, "last year" if other is None else "this plan")
        return [line.strip() for line in agency_page(self.plan, found, self.agency).lines(found)]

    def _losers(self) -> list[str]:
        if not has_last_year(self.case):
            return ["Last year's awards are not known: fill in the column baseline of the sheet Initiatives."]
        found = changes(self.plan)
        rows = [*found.losers()[:MOST], *found.gainers()[:MOST]]
        return [found.sentence(), *(f"{c.name}: {money_between(c.before, c.now, self.currency)}" for c in rows)]

    def _most(self) -> list[str]:
        rows = sorted(self.plan.tables["Awards"].records(), key=lambda r: (-r["award"], r["initiative"]))
        return [f"{self.names[r['initiative']]}: {self._money(r['award'])}" for r in rows[:MOST] if r["award"] > 0]

    def _unspent(self) -> list[str]:
        left: dict[str, float] = {}
        for r in self.plan.tables["Balances"].records():
            left[r["fund"]] = left.get(r["fund"], 0.0) + r["unspent"]
        rows = sorted(((v, k) for k, v in left.items() if v >= 0.5), reverse=True)
        return [f"{k}: {self._money(v)} stays unspent." for v, k in rows[:MOST]] or ["Nothing stays unspent."]

    def _paid_from(self) -> list[str]:
        by = self._sums("fund", self.fund, "initiative")
        alone = {i for i in by if len(self._sums("initiative", i, "fund")) == 1}
        made = [f"{self.names[i]}: {self._money(v)}" for i, v in sorted(by.items(), key=lambda p: -p[1])]
        if not made:
            return ["It pays for nothing."]
        hang = listed([self.names[i] for i in sorted(alone)]) or "nothing"
        more = [f"… and {len(made) - MOST} more."] if len(made) > MOST else []
        return [f"It alone pays for: {hang}.", *made[:MOST], *more]

    def _who_pays(self) -> list[str]:
        by = self._sums("initiative", self.item, "fund")
        return [f"{k}: {self._money(v)}" for k, v in sorted(by.items(), key=lambda p: -p[1])] or [
            "Nobody: it is not funded."
        ]

    def _open(self) -> list[str]:
        found = at_play(self.case, self.plan, progress=self.progress)
        return [found.sentence(), found.agenda(), *(reason for kind in KINDS for reason in found.reasons(kind))]

    def _binding(self) -> list[str]:
        found = sorted((p for p in prices(self.case, progress=self.progress) if p.binds), key=lambda p: -p.total)[:MOST]
        return [
            f"{p.name or p.item} ({p.of}): one more {p.unit} is worth {number(p.worth, 4)}" for p in found
        ] or ["Nothing: more of no limit would bring more."]  # fmt: skip

    def _kept(self) -> list[str]:
        rows = list(self.plan.limits())
        broken = list(dict.fromkeys(r["rule"] for r in rows if not r["kept"]))
        if not broken:
            return [f"{all_of(len({r['rule'] for r in rows}), 'rule')} kept."] if rows else ["There are no rules."]
        return [f"Not kept, at a penalty: {listed(broken)}."]

    def _total(self) -> list[str]:
        awards = list(self.plan.tables["Awards"].records())
        funded = sum(r["state"] != NOT_FUNDED for r in awards)
        money = self._money(sum(r["award"] for r in awards))
        brings = points(self.impact, impact.unit(self.case))
        return [f"{money} to {funded} of {len(awards)} initiatives; {brings}."]

    def _not_funded(self) -> list[str]:
        out = [r for r in self.plan.tables["Awards"].records() if r["state"] == NOT_FUNDED]
        return [f"{self.names[r['initiative']]}, which asks for {self._money(r['request'])}" for r in out] or [
            "Every initiative is funded."
        ]

    def _next(self) -> list[str]:
        """Those not funded, by what the plan loses when they must be."""
        made = [
            f"{b.name}: {lost(self.plan, b.price)} if it must be funded"
            for b in below_the_line(self.plan, self.progress)
            if b.price is not None
        ]
        return made[:MOST] or ["Nobody: every initiative that could be funded is."]

    def _sums(self, by: str, key: str, into: str) -> dict[str, float]:
        table, made = self.plan.tables["Spend"], dict[str, float]()
        for r in table.records():
            if r[by] == key:
                made[r[into]] = made.get(r[into], 0.0) + r["money"]
        return made

    def _money(self, value: float) -> str:
        return money_exact(round(value, 2), self.currency)
