"""Why a fund, an agency, a role or a rule stands as it does in a plan: what it does, what is left of it, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.analysis.limits.aspects import AGENCY, FUND, RULE, STAFF
from optimiser.analysis.limits.cell import ChangeRow, set_rows, where_of
from optimiser.analysis.reasons.explain_words import Words, bullet
from optimiser.analysis.reasons.leftover import AS_GOOD, RESOURCES, Left, LeftoverPart, left_over
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.trial import Trials
from optimiser.analysis.reasons.why import Why
from optimiser.case.case import Case
from optimiser.case.names import fold, nearest
from optimiser.case.readable import capital, counted, fte, listed, money_exact, number
from optimiser.case.tolerances import FULL, LEAST_SIZE, SAME
from optimiser.model.rules import Spoken, held_back, rules_of, sentence
from optimiser.model.rules.number import FTE
from optimiser.plan.tables import Plan

INITIATIVE = "initiative"
KINDS = {INITIATIVE: "initiative", FUND: "fund", AGENCY: "agency", STAFF: "role", RULE: "rule"}
"""What can be asked about, and how it is called."""
SHOWN = 12
"""Initiatives that are listed one by one; the others are summed up."""
NAMED = 4


@dataclass(frozen=True)
class Use:
    """What something is used for. item: an initiative's key; words: as people call it; amount: money, or FTE on average."""

    item: str
    words: str
    amount: float


@dataclass(frozen=True)
class ItemAnswer:
    """Why one thing stands as it does.

    of: `fund`, `agency`, `role` or `rule`; item: its key; headline: the finding; uses: what it is used for, adding up to
    what is used; left: what is left of it, in parts (None where there is nothing that could be left); unit: the currency
    or FTE, which are counted on average over the periods; lines: what else there is to say; changes: rows of the Scenarios
    sheet that the lines speak of.
    """

    of: str
    item: str
    headline: str
    unit: str = ""
    uses: tuple[Use, ...] = ()
    left: Left | None = None
    lines: tuple[str, ...] = ()
    changes: tuple[ChangeRow, ...] = ()

    def json(self) -> dict[str, Any]:
        """As plain data."""
        left = self.left
        return {
            "of": self.of, "item": self.item, "headline": self.headline, "unit": self.unit,
            "uses": [vars(u) for u in self.uses],
            "total": left and left.total, "used": left and left.used,
            "left": [{**vars(p), "changes": list(p.changes)} for p in left.parts] if left else [],
            "lines": list(self.lines), "changes": list(self.changes),
        }  # fmt: skip


def subjects(case: Case, name: str) -> list[tuple[str, str]]:
    """(kind, key) of everything that bears a name, as its key or as its name; initiatives first.

    `fund: Police` asks about the fund alone. Raises ValueError.
    """
    kind, colon, rest = name.partition(":")
    if colon and fold(kind) in KINDS.values():
        alone = [
            (k, key) for k, key, said in names(case) if KINDS[k] == fold(kind) and fold(rest) in (fold(key), fold(said))
        ]
        if alone:
            return alone[:1]
    found = [(kind, key) for kind, key, said in names(case) if fold(name) in (fold(key), fold(said))]
    if found:
        return found
    known = [n for _, key, said in names(case) for n in (key, said)]
    near = nearest(name, known)
    asked = "an initiative, a fund, an agency, a role or a rule can be asked about"
    raise ValueError(f"There is nothing called {name}: {asked}." + (f" Did you mean {near}?" if near else ""))


def names(case: Case) -> list[tuple[str, str, str]]:
    """(kind, key, name) of everything that can be asked about."""
    facts = case.facts
    made = []
    for kind in (INITIATIVE, FUND, AGENCY, STAFF):
        dimension = KINDS[kind]
        titles = facts.sorted[dimension]["name"].tolist() if dimension in facts.sorted else facts.names[dimension]
        made += [(kind, k, str(t) or k) for k, t in zip(facts.names[dimension], titles, strict=True)]
    return made + [(RULE, r.name, r.name) for r in rules_of(facts)]


class Asker:
    """Answers about one plan. study: of its case, made when it is first needed."""

    def __init__(
        self, case: Case, plan: Plan, trials: Trials, study: Study | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        self.case, self.plan, self.trials, self.facts = case, plan, trials, case.facts
        self.words, self.currency, self.progress = Words(case), case.settings.currency, progress
        self._study = study
        self.periods = self.facts.size("period")
        self._on_average = f", on average over the {self.periods} periods," if self.periods > 1 else ""

    def answer(self, of: str, item: str) -> ItemAnswer:
        """Why one thing stands as it does. of: a kind of KINDS but INITIATIVE; item: its key."""
        return {FUND: self._fund, AGENCY: self._agency, STAFF: self._role, RULE: self._rule}[of](item)

    # -- funds, agencies, roles ---------------------------------------------------------------------------------------

    def _fund(self, item: str) -> ItemAnswer:
        left = left_over(self.case, self.plan, FUND, item, self.progress)
        name = self.facts.called("fund", self.facts.names["fund"].index(item))
        said = f"Of {self._money(left.total)} in the fund {name} {self._money(left.used)} is spent"
        rest = f", {self._money(left.left)} is not." if left.parts else ", all of it."
        lines = [*self._costly(left, "spend"), *self._worth(FUND, item)]
        return ItemAnswer("fund", item, said + rest, self.currency, self._uses(FUND, item), left, tuple(lines))

    def _role(self, item: str) -> ItemAnswer:
        left = left_over(self.case, self.plan, STAFF, item, self.progress).times(1 / self.periods)
        said = f"Of {fte(left.total)} of the role {item}{self._on_average} {number(left.used)} are at work"
        rest = f", {number(left.left)} are not." if left.parts else ", all of them."
        hires = self.plan.tables["Hires"]
        hired = math.fsum(hires["fte"][hires["role"] == item].tolist()) / self.periods
        lines = [f"{fte(hired)} {'is' if number(hired) == '1' else 'are'} hired besides."] if hired > 0.005 else []
        lines += [*self._costly(left, "use"), *self._worth(STAFF, item)]
        return ItemAnswer("role", item, said + rest, FTE, self._uses(STAFF, item), left, tuple(lines))

    def _agency(self, item: str) -> ItemAnswer:
        a = self.facts.names["agency"].index(item)
        name, uses = self.facts.called("agency", a), self._uses(AGENCY, item)
        received = math.fsum(u.amount for u in uses)
        left, rest = None, "; it has no maximum."
        if math.isfinite(float(self.facts.agency_maximum[a])):
            left = left_over(self.case, self.plan, AGENCY, item, self.progress)
            room = f"{self._money(left.left)} below" if left.parts else "at"
            rest = f", {room} its maximum of {self._money(left.total)}."
        lines = []
        paid = float(self.facts.contribution[a].sum())
        if paid:
            lines.append(f"It pays {self._money(paid)} in.")
        posts = self.plan.tables["Posts"]
        released = math.fsum(posts["fte"][posts["agency"] == item].tolist()) / self.periods
        if released > 0.005:
            lines.append(f"It releases {fte(released)}{self._on_average.removesuffix(',')}.")
        if self.facts.agency_minimum[a] > 0:
            lines.append(f"It must receive at least {self._money(float(self.facts.agency_minimum[a]))}.")
        lines += [*self._worth(AGENCY, item), *self._short(a)]
        said = f"The agency {name} receives {self._money(received)}{rest}"
        return ItemAnswer("agency", item, said, self.currency, uses, left, tuple(lines))

    def _short(self, a: int) -> list[str]:
        """Why what an agency may deliver gets less than it asks for: that is why the agency gets no more."""
        facts, awards = self.facts, self.plan.tables["Awards"]
        mine = np.unique(facts.partner_initiative[facts.partner_agency == a])
        short = [i for i in mine.tolist() if awards["level"][i] < FULL]
        if not short:
            return ["Everything that it may deliver is funded in full."] if len(mine) else ["It may deliver nothing."]
        short.sort(key=lambda i: (-float(facts.request[i] * (1 - awards["level"][i])), i))
        why = Why(self.study, self.trials, awards["award"], awards["level"])
        why.begin(short[:NAMED])
        lines = [f"{r.name}: {r.sentence}" for r in why.reasons()]
        more = len(short) - NAMED
        count = "One thing that it may deliver is" if len(short) == 1 else f"{len(short)} that it may deliver are"
        tail = [f"{more} more of them can be asked about by name."] if more > 0 else []
        return [f"{count} not funded in full.", *lines, *tail]

    def _uses(self, of: str, item: str) -> tuple[Use, ...]:
        own, table = RESOURCES[of], self.plan.tables[RESOURCES[of].table]
        mine = table[own.dimension] == item
        each: dict[str, float] = {}
        over = self.periods if of == STAFF else 1
        for i, amount in zip(table["initiative"][mine].tolist(), table[own.amount][mine].tolist(), strict=True):
            each[i] = each.get(i, 0.0) + amount / over
        place = {n: k for k, n in enumerate(self.facts.names["initiative"])}
        ordered = sorted(each, key=lambda i: (-each[i], i))
        return tuple(Use(i, self.facts.called("initiative", place[i]), each[i]) for i in ordered)

    def _costly(self, left: Left, how: str) -> list[str]:
        """What it would cost to use all that any plan can use."""
        if not left.parts or left.costs <= 0:
            return []
        amount = self._money(left.most) if how == "spend" else fte(left.most)
        return [f"No plan can {how} more than {amount}, and that would cost {self.words.worth(left.costs)} elsewhere."]

    def _worth(self, of: str, item: str) -> list[str]:
        """What more of it is worth."""
        for k, lever in enumerate(self.study.levers):
            if lever.of == of and lever.item == item:
                price = self.study.price(k)
                said = self.words.steps(price) if price.binds else "more of it is worth nothing"
                return [f"{capital(said)}."]
        return []

    # -- rules --------------------------------------------------------------------------------------------------------

    def _rule(self, item: str) -> ItemAnswer:
        rule = next(r for r in rules_of(self.facts) if r.name == item)
        lines = [f"{sentence(self.facts, rule)}" + (f" ({rule.authority})" if rule.authority else "")]
        if not rule.active:
            state = "waived altogether" if rule.waived else "switched off"
            return ItemAnswer("rule", item, f"The rule {item} is {state}.", lines=tuple(lines))
        rows, spoken = [r for r in self.plan.limits() if r["rule"] == item], Spoken(self.facts)
        tight = [spoken(item, r["per"]) for r in rows if r["binding"] and r["kept"]]
        broken = [spoken(item, r["per"]) for r in rows if not r["kept"]]
        state = (
            "is broken at its penalty" if broken else "is kept with room to spare" if not tight else "is at its limit"
        )
        who = list(dict.fromkeys(p for p in (broken or tight) if p))
        state += f" for {listed(who, most=SHOWN)}" if who else ""
        held = held_back(self.facts, rule)
        if held is not None:
            lines.append(f"{held.sentence} To change that, {held.cure}.")
        changes = tuple(set_rows("Rules", where_of(rule=item), active="no"))
        return ItemAnswer(
            "rule", item, f"The rule {item} {state}.", lines=(*lines, *self._without(changes)), changes=changes
        )

    def _without(self, changes: Sequence[ChangeRow]) -> list[str]:
        """What the plan would be without it, found by solving."""
        after = self.trials.outcome(changes)
        if after is None or not self.plan.stages:
            return []
        stage = self.plan.stages[0]
        gain = (after.value - stage.achieved) * (1 if stage.objective in ("impact", "fairness") else -1)
        small = SAME * max(abs(stage.achieved), LEAST_SIZE)
        awards = self.plan.tables["Awards"]
        moved = after.awards - awards["award"]
        if gain <= small:
            return ["Without it no plan would be better."]
        lines = [f"Without it the plan would be better by {self.words.worth(gain)}."]
        by = sorted(np.flatnonzero(np.abs(moved) >= 1).tolist(), key=lambda i: (-abs(float(moved[i])), i))
        said = [
            f"{self.facts.called('initiative', i)} {self._money(abs(float(moved[i])))} {'more' if moved[i] > 0 else 'less'}"
            for i in by[:NAMED]
        ]
        rest = [f"{len(by) - NAMED} others other amounts"] if len(by) > NAMED else []
        return [*lines, *([f"Then {listed([*said, *rest])}."] if said else [])]

    # -- words --------------------------------------------------------------------------------------------------------

    @property
    def study(self) -> Study:
        """The case with its levers."""
        if self._study is None:
            self._study = Study(self.case)
        return self._study

    def _money(self, value: float) -> str:
        return money_exact(round(value, 2), self.currency)


def lines(answer: ItemAnswer, currency: str) -> list[str]:
    """An answer as text: its finding, then line by line."""
    return ["", answer.headline, *(bullet(line) for line in (*parts_in_words(answer, currency), *answer.lines))]


def parts_in_words(answer: ItemAnswer, currency: str) -> list[str]:
    """What it is used for and what is left of it, line by line: the amounts of each add up."""

    money = answer.unit == currency

    def amount(value: float) -> str:
        return money_exact(round(value, 2), currency) if money else f"{number(value, 2)} {FTE}"

    shown = answer.uses[:SHOWN]
    lines = [f"{amount(u.amount)} for {u.words}." for u in shown]
    if len(answer.uses) > SHOWN:
        rest = math.fsum(u.amount for u in answer.uses[SHOWN:])
        lines.append(f"{amount(rest)} for {counted(len(answer.uses) - SHOWN, 'more initiative')}.")
    freed = False
    for part in answer.left.parts if answer.left is not None else ():
        lines.append(f"{amount(part.amount)} {'is' if money else 'are'} left {_why(part, freed)}.")
        freed |= bool(part.changes)
    return lines


def _why(part: LeftoverPart, freed: bool) -> str:
    """Why a part is left; freed: whether something else was taken out of the way before."""
    if part.kind == AS_GOOD:
        return "though other plans that are as good use it: of these, one that takes less money was chosen"
    if not part.words:
        return "for several reasons together: no single limit was found that holds it back"
    return f"because {part.words}" + (", even with that out of the way" if freed else "")
