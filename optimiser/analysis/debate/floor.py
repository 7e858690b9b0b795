"""Amendments from the floor, as people say them: read with the case's own names, written as changes, tried by solving.

    and $50k more for Outreach              at least its award and so much more, whoever pays
    $50k from Patrols to Outreach           the same, and Patrols at most its award less so much
    $20k less for Patrols; Clinic in full; without Cameras; Outreach at 200,000; cut Patrols by 10%

What cannot be told apart is asked back, and what cannot be done is said with its limit; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimiser.analysis.debate.agenda import Shift, flipped, lost, plan_after, price_of, shifts_of, shifts_words
from optimiser.analysis.debate.reading import Names, amount_of_money, tidied
from optimiser.analysis.debate.who_changes import changes
from optimiser.analysis.limits.cell import ChangeRow, set_rows, where_of
from optimiser.case.case import Case
from optimiser.case.readable import capital, listed, money_change, money_exact
from optimiser.case.reading.amounts import plain
from optimiser.case.tolerances import SAME
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan

KINDS = ("initiative", "agency")
_SIGNS = "$€£¥₹₩₫₱₦฿"
_MONEY = rf"(?P<money>(?:[{_SIGNS}]\s?)?\d[\d,]*(?:\.\d+)?\s?(?:k|m|thousand|million|%|percent|per cent)?)(?: dollars| usd| euros)?"
_PAID_BY = "(?:and )?(?:out of|paid by|paid from|paid for by|taken from|funded by|at the expense of|at the cost of)"
_AND_GIVE = "and (?:give|move|add|pay|put) (?:it|that|them) (?:to|into|on)"
_FORMS: Sequence[tuple[str, str]] = (
    ("move", rf"(?:move |take |shift )?{_MONEY} from (?P<giver>.+?) (?:to|for) (?P<name>.+)"),
    ("move", rf"(?:give )?(?P<name>.+?) {_MONEY} more from (?P<giver>.+)"),
    ("move", rf"{_MONEY} more (?:for|to) (?P<name>.+?) from (?P<giver>.+)"),
    ("move", rf"(?:give |add )?{_MONEY}(?: more| extra)? (?:for|to) (?P<name>.+?) {_PAID_BY} (?P<giver>.+)"),
    ("move", rf"(?:take |move )?{_MONEY} (?:away )?(?:from|off) (?P<giver>.+?) {_AND_GIVE} (?P<name>.+)"),
    ("most", rf"(?:at most|no more than|not more than) {_MONEY} (?:for|to) (?P<name>.+)"),
    ("most", rf"(?:cap|limit) (?P<name>.+?) (?:at|to) {_MONEY}"),
    ("least", rf"(?:at least|no less than|not less than) {_MONEY} (?:for|to) (?P<name>.+)"),
    ("more", rf"(?:add |give |another )?{_MONEY}(?: more| extra| added)?(?: more)? (?:for|to) (?P<name>.+)"),
    ("more", rf"(?:give |raise )?(?P<name>.+?) (?:by )?{_MONEY}(?: more| extra)"),
    ("more", rf"(?:raise|increase) (?P<name>.+?) by {_MONEY}"),
    ("less", rf"{_MONEY} less (?:for|to) (?P<name>.+)"),
    ("less", rf"(?:cut|lower|reduce) (?P<name>.+?) by {_MONEY}"),
    ("less", rf"(?:take |shave |trim )?{_MONEY} (?:away )?(?:from|off) (?P<name>.+)"),
    ("less", rf"(?P<name>.+?) {_MONEY} less"),
    (
        "at",
        rf"(?:set |put |cut |lower |reduce |raise |increase |bring |hold |keep )?(?P<name>.+?) (?:down to|up to|at|to|gets) {_MONEY}",
    ),
    ("in full", r"(?:fund )?(?P<name>.+?) in full"),
    ("in full", r"full funding (?:for|of) (?P<name>.+)"),
    ("out", r"(?:drop|strike|remove|without|no money for|do not fund|don't fund) (?P<name>.+)"),
    ("in", r"(?:fund|include|restore|bring back|with) (?P<name>.+)"),
)
"""What is meant, and how people say it; the first that fits, with names that the case has."""
_SHARE = re.compile(r"([\d,.]+)\s?(?:%|percent|per cent)")
"""A share of what it has now: of the giver, where money moves."""
_OF_ALL = tuple(
    f"{word} " for word in ("without", "drop", "strike", "remove", "no money for", "do not fund", "don't fund", "with", "fund",
                            "include", "restore")
)  # fmt: skip
_IN_FULL = " in full"
_EACH = "$50k more for Outreach and $20k more for Patrols."
HELP = "Say it like: $50k more for Outreach; $20k from Patrols to Outreach; without Cameras; Clinic in full."


@dataclass(frozen=True)
class FloorAmendment:
    """One amendment as it was understood. said: in full words, with every name and amount; rows: of the Scenarios sheet;
    named: keys of the initiatives and agencies that it speaks of; problem: why there is none, and what can be done."""

    said: str
    rows: tuple[ChangeRow, ...]
    named: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, eq=False)
class TriedAmendment:
    """What an amendment comes to. plan: the best with it (None: there is none); price: what the first objective
    loses; shifts: initiatives that get more and that pay, the largest first; between: the same of agencies; undone: what is no
    longer funded, by name."""

    amendment: FloorAmendment
    plan: Plan | None
    price: float
    shifts: tuple[Shift, ...]
    between: tuple[Shift, ...]
    undone: tuple[str, ...]
    lines: tuple[str, ...]


def understood(plan: Plan, text: str, names: Names | None = None) -> FloorAmendment:
    """What is moved, of the plan on the table; several amendments in one are parted by `and`, `;` or commas."""
    said = tidied(re.sub(r";|,\s", " and ", text))
    if not said:
        return FloorAmendment("", (), (), HELP)
    reader = _FloorReader(plan, names or Names(plan.case))
    parts = reader.parts(said)
    if parts is None:
        return FloorAmendment("", (), (), reader.problem or f"I can't tell what is moved. {HELP}")
    problems = [p.problem for p in parts if p.problem]
    named = tuple(dict.fromkeys(k for p in parts for k in p.named))
    if not problems and len(named) < sum(len(p.named) for p in parts):
        problems = ["One initiative or agency is named twice. Move what it should get in one sentence."]
    if problems:
        return FloorAmendment("", (), (), problems[0])
    whole = "; ".join(p.said for p in parts)
    return FloorAmendment(capital(whole, plan.case.facts.small_names), tuple(r for p in parts for r in p.rows), named)


def tried(plan: Plan, amendment: FloorAmendment) -> TriedAmendment:
    """The best plan with an amendment, and who pays. plan: the one on the table, of the same case."""
    case = plan.case
    made, why = plan_after(case, amendment.rows)
    if made is None:
        return TriedAmendment(amendment, None, 0.0, (), (), (), (f"With this amendment {why}.",))
    was, out = (
        {r["initiative"] for r in p.tables["Awards"].records() if r["state"] == NOT_FUNDED} for p in (plan, made)
    )
    names = case.called("Initiatives")
    undone = tuple(str(names[k]) for k in sorted(out - was) if k not in amendment.named)
    price, shifts = price_of(plan, made), shifts_of(plan, made)
    between = tuple(
        Shift(c.key, c.name, c.change)
        for c in sorted(changes(made, plan).rows["agency"], key=lambda c: (-abs(c.change), c.name))
        if c.less or c.more
    )
    said = _lines(case, plan, price, shifts, between, undone)
    return TriedAmendment(amendment, made, price, shifts, between, undone, tuple(said))


def _lines(
    case: Case, plan: Plan, price: float, shifts: Sequence[Shift], between: Sequence[Shift], undone: Sequence[str]
) -> Iterator[str]:
    currency = case.settings.currency
    by = lost(plan, price)
    yield f"{capital(by)}, every hard rule kept."
    for title, mine in (
        ("Paid by", [s for s in shifts if s.money < 0]),
        ("More for", [s for s in shifts if s.money > 0]),
    ):
        if mine:
            yield f"{title} {shifts_words(mine, currency, 4)}."
    if not shifts and between:
        told = [f"{s.name} {money_change(s.money, currency)}" for s in between]
        yield f"Every award stays; between agencies moves {listed(told, most=4)}."
    elif not any(s.money < 0 for s in shifts):
        same = (
            "Nothing changes: the plan does it already."
            if abs(price) <= SAME
            else "No award moves by more than rounding."
        )
        yield "Nobody pays: the money was left over." if shifts else same
    if undone:
        yield f"No longer funded: {listed(undone, most=4)}."


class _FloorReader:
    """Reads parts of an amendment. problem: why the last one could not be read."""

    def __init__(self, plan: Plan, names: Names) -> None:
        self.plan, self.case, self.facts, self.names, self.problem = plan, plan.case, plan.case.facts, names, ""
        self.award = {r["initiative"]: float(r["award"]) for r in plan.tables["Awards"].records()}
        self.received = {r["agency"]: float(r["received"]) for r in plan.tables["Received"].records()}

    def parts(self, said: str) -> list[FloorAmendment] | None:
        """The whole as one part, else parted at the first `and` at which both sides can be read."""
        whole = self._one(said)
        if whole is not None:
            return [whole]
        for cut in re.finditer(r" and ", said):
            before, after = said[: cut.start()], said[cut.end() :]
            left = self._one(before)
            right = self.parts(after) if left is not None else None
            if left is not None and right is None:  # `without A and B`: what is said of the first is meant of both
                first = next((word for word in _OF_ALL if before.startswith(word)), "")
                right = self.parts(first + after) if first else None
                if not first and len(self._named(after)) == 1:
                    self.problem = f"I can't tell how much “{after}” should get. Say it for each: {_EACH}"
                    return None
            if left is None and said.endswith(_IN_FULL) and (left := self._one(before + _IN_FULL)) is not None:
                right = self.parts(after)
            if left is not None and right is not None:
                return [left, *right]
        return None

    def _one(self, said: str) -> FloorAmendment | None:
        for form, pattern in _FORMS:
            hit = re.fullmatch(pattern, said)
            if hit is None:
                continue
            groups = hit.groupdict()
            whose = [self._find(groups[g]) for g in ("name", "giver") if groups.get(g)]
            if all(whose):
                written = groups.get("money") or ""
                if self._foreign(written):
                    self.problem = f"This case counts in {self.case.settings.currency}. Write “{written}” in it, or without a sign."
                    return None
                if share := _SHARE.fullmatch(written):
                    if form in ("at", "most", "least"):
                        self.problem = (
                            f"I can't tell of what “{written}” is meant. Write the amount, like $50,000 or $50k."
                        )
                        return None
                    kind, key = whose[-1] or ("", "")  # the giver, where there is one
                    written = plain(round(float(share[1]) / 100 * self._has(kind, key)))
                money = amount_of_money(written.lstrip(f"{_SIGNS} ")) if written else 0.0
                if money is None:
                    self.problem = f"I can't tell how much “{groups['money']}” is. Write it like $50,000 or $50k."
                    return None
                return self._made(form, [w for w in whose if w], money)
        return None

    def _named(self, words: str) -> list[tuple[str, str]]:
        return [(kind, key) for kind in KINDS for key in self.names.exactly(kind, words)]

    def _find(self, words: str) -> tuple[str, str] | None:
        full = self._named(words)
        if len(full) == 1:
            return full[0]
        for kind in KINDS:
            keys = self.names.find(kind, words)
            if len(keys) == 1:
                return kind, keys[0]
            if keys:
                meant = listed([self.names.called[kind][k] for k in keys[:5]], "or")
                self.problem = f"I can't tell which {kind} is meant by “{words}”: {meant}. Say its whole name."
                return None
        self.problem = self.problem or f"Nothing in this case is called “{words}”. {HELP}"
        return None

    def _foreign(self, money: str) -> bool:
        """Whether an amount is written with the sign of another currency than the case's."""
        currency = self.case.settings.currency
        own = money_exact(0, currency) + "$" * currency.endswith("D")  # C$, A$ and all the other dollars
        return any(sign in money and sign not in own for sign in _SIGNS)

    def _made(self, form: str, whose: Sequence[tuple[str, str]], money: float) -> FloorAmendment:
        kind, key = whose[0]
        had = self._has(kind, key)
        name, cash = self.names.called[kind][key], money_exact(money, self.case.settings.currency)
        if form == "move":
            giver_kind, giver = whose[1]
            first = self._at_least(kind, key, had + money, f"{cash} more for {name}")
            second = self._at_most(giver_kind, giver, self._has(giver_kind, giver) - money, "")
            said = f"{cash} from {self.names.called[giver_kind][giver]} to {name}"
            problem = first.problem or second.problem
            return FloorAmendment(said, (*first.rows, *second.rows), (key, giver), problem)
        if form == "more":
            return self._at_least(kind, key, had + money, f"{cash} more for {name}")
        if form == "less":
            return self._at_most(kind, key, had - money, f"{cash} less for {name}")
        if form == "most":
            return self._at_most(kind, key, money, f"at most {cash} for {name}")
        if form == "least":
            return self._at_least(kind, key, money, f"at least {cash} for {name}")
        if form == "at" and kind == "initiative" and not money:
            form = "out"
        if form == "at":
            low, high = self._at_least(kind, key, money, ""), self._at_most(kind, key, money, "")
            columns = {r["column"]: r for r in (*high.rows, *low.rows)}
            return FloorAmendment(f"{name} at {cash}", tuple(columns.values()), (key,), low.problem or high.problem)
        if kind == "agency":
            return FloorAmendment("", (), (), f"{name} is an agency: say how much more or less it should get.")
        if form == "in full":
            return self._at_least(kind, key, float(self.facts.request[self._code(key)]), f"{name} in full")
        return FloorAmendment(
            f"{'with' if form == 'in' else 'without'} {name}", tuple(flipped(self.case, key, form == "in")), (key,)
        )

    def _has(self, kind: str, key: str) -> float:
        return (self.award if kind == "initiative" else self.received).get(key, 0.0)

    def _code(self, key: str) -> int:
        return self.facts.names["initiative"].index(key)

    def _at_least(self, kind: str, key: str, amount: float, said: str) -> FloorAmendment:
        if kind == "agency":
            low = max(amount, float(self.facts.agency_minimum[self.facts.names["agency"].index(key)]))
            return FloorAmendment(said, _rows("Agencies", "agency", key, minimum=low), (key,))
        i, name, currency = self._code(key), self.names.called[kind][key], self.case.settings.currency
        most = float(min(self.facts.maximum[i], self.facts.request[i] * self._dearest(i)))
        if amount > most:
            what = "may get" if self.facts.maximum[i] < self.facts.request[i] else "asks for"
            there = money_exact(round(self._has(kind, key), 2), currency)
            problem = (
                f"{name} {what} {money_exact(most, currency)} at most and has {there}: so much more is not possible."
            )
            return FloorAmendment("", (), (key,), problem)
        if self.facts.all_or_nothing[i] and amount != self.facts.request[i]:
            return self._whole_only(key, name)
        columns: dict[str, float | str] = {"must_fund": "yes"}
        if not self.facts.all_or_nothing[i]:
            columns["minimum"] = max(amount, float(self.facts.minimum[i]))
        return FloorAmendment(said, _rows("Initiatives", "initiative", key, **columns), (key,))

    def _whole_only(self, key: str, name: str) -> FloorAmendment:
        problem = f"{name} is funded in full or not at all. Say: {name} in full; or: without {name}."
        return FloorAmendment("", (), (key,), problem)

    def _dearest(self, i: int) -> float:
        mine = self.facts.partner_initiative == i
        return float(self.facts.cost_factor[mine].max()) if mine.any() else 1.0

    def _at_most(self, kind: str, key: str, amount: float, said: str) -> FloorAmendment:
        name, currency = self.names.called[kind][key], self.case.settings.currency
        if amount < 0:
            had = money_exact(round(self._has(kind, key), 2), currency)
            return FloorAmendment("", (), (key,), f"{name} has {had}: so much cannot be taken from it.")
        if kind == "agency":
            high = min(amount, float(self.facts.agency_maximum[self.facts.names["agency"].index(key)]))
            return FloorAmendment(said, _rows("Agencies", "agency", key, maximum=high), (key,))
        i, columns = self._code(key), dict[str, float | str](maximum=amount)
        if self.facts.all_or_nothing[i] and amount:
            return self._whole_only(key, name)
        if amount and amount < self.facts.minimum[i]:
            least = money_exact(float(self.facts.minimum[i]), currency)
            problem = (
                f"{name} gets {least} at least where it is funded: so little is not possible. Say: without {name}."
            )
            return FloorAmendment("", (), (key,), problem)
        if self.facts.minimum[i] > amount:
            columns["minimum"] = amount
        if self.facts.must_fund[i] and not amount:
            columns["must_fund"] = "no"
        return FloorAmendment(said, _rows("Initiatives", "initiative", key, **columns), (key,))


def _rows(sheet: str, column: str, key: str, **values: float | str) -> tuple[ChangeRow, ...]:
    said = {c: v if isinstance(v, str) else round(v, 2) for c, v in values.items()}
    return tuple(set_rows(sheet, where_of(**{column: key}), **said))
