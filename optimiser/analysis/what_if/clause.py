"""A performance clause, run before it is signed: if this target is missed, who gets the money?

The case is solved twice, with the actual as it is and as it would be. Score, tier, limits and plan follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.asking.solved import run
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.grantors import Grantor, set_by_words
from optimiser.case.names import fold, nearest
from optimiser.case.readable import listed, money_exact, number, points, written
from optimiser.case.table import Table, to_decimals
from optimiser.case.tolerances import HALF_A_CENT, SAME
from optimiser.model.rules import compile_rules
from optimiser.plan.tables import Plan


class ClauseError(ValueError):
    """A clause that speaks of nothing in the case; the message says what there is."""


@dataclass(frozen=True, eq=False)
class PerformanceClause:
    """What a missed (or reached) target does.

    agencies, initiatives: name, before, after, change (money received, awards); funds: name, before, after, change
    (money unspent); limits: rule, per, sense, before, after (required amounts of money that change with the score).
    The tables of money are empty where one of the two plans does not exist. sentences: the answer in words.
    """

    of: str
    item: str
    measure: str
    target: float
    actual: tuple[float, float]
    score: tuple[float, float]
    tier: tuple[str, str]
    before: Plan
    after: Plan
    agencies: Table
    initiatives: Table
    funds: Table
    limits: Table
    sentences: tuple[str, ...]

    def called(self, of: str, key: str = "") -> str:
        """What people call one of `agency`, `initiative` or `fund`; by default what the target is of."""
        key = key or self.item
        return self.before.case.called(_SHEETS[of]).get(key, key)


def clause(case: Case, of: str, item: str, measure: str, actual: float) -> PerformanceClause:
    """The plan before and after a measure of an agency or initiative has another actual value.

    of: `agency` or `initiative`; item: which one; measure: a row of Performance that it has; actual: in the measure's
    unit. Raises ClauseError where there is no such row.
    """
    row = _row(case, of, item, measure)
    performance = case.tables["Performance"]
    item, measure = performance["item"][row], performance["measure"][row]
    changed = performance["actual"].copy()
    was, changed[row] = float(changed[row]), float(actual)
    other = Case({**case.tables, "Performance": performance.replace(actual=changed)}, case.settings, case.warnings)
    before, after = run(case).plan, run(other).plan
    scores = [c.facts.agency_score if fold(of) == "agency" else c.facts.score for c in (case, other)]
    tiers = [c.facts.agency_tier if fold(of) == "agency" else c.facts.tier for c in (case, other)]
    at = int(case.facts.code(fold(of), np.array([item], object))[0])
    made = PerformanceClause(
        of=fold(of),
        item=item,
        measure=measure,
        target=float(performance["target"][row]),
        actual=(was, float(actual)),
        score=(float(scores[0][at]), float(scores[1][at])),
        tier=(str(tiers[0][at]), str(tiers[1][at])),
        before=before,
        after=after,
        agencies=_moved("agency", before, after, "Received", "received"),
        initiatives=_moved("initiative", before, after, "Awards", "award"),
        funds=_moved("fund", before, after, "Balances", "unspent"),
        limits=_limits(case, other),
        sentences=(),
    )
    return replace(made, sentences=tuple(_sentences(made)))


def clauses_of(case: Case) -> Table:
    """What can be asked: every row of Performance, with the score that its item has now."""
    facts, rows = case.facts, case.tables["Performance"]
    scores = {"agency": facts.agency_score, "initiative": facts.score}
    now = [
        float(scores[of][int(facts.code(of, np.array([item], object))[0])])
        for of, item in zip(rows["of"].tolist(), rows["item"].tolist(), strict=True)
    ]
    return Table(
        "Clauses", {c: rows[c] for c in ("of", "item", "measure", "target", "actual")} | {"score": np.array(now)}
    )


def _row(case: Case, of: str, item: str, measure: str) -> int:
    rows = list(case.tables["Performance"].records())
    if fold(of) not in ("agency", "initiative"):
        raise ClauseError(f'"{of}" is neither agency nor initiative')
    if not rows:
        raise ClauseError("the sheet Performance has no rows: a clause needs a target and an actual value")
    mine = [k for k, r in enumerate(rows) if r["of"] == fold(of) and fold(r["item"]) == fold(item)]
    if not mine:
        known = list(dict.fromkeys(r["item"] for r in rows if r["of"] == fold(of)))
        near = nearest(item, known)
        cure = f"did you mean {near}?" if near else f"there are targets for {listed(known) or 'none'}"
        raise ClauseError(f'{fold(of)} "{item}" has no targets: {cure}')
    found = [k for k in mine if fold(rows[k]["measure"]) == fold(measure)]
    if found:
        return found[0]
    known = [rows[k]["measure"] for k in mine]
    near = nearest(measure, known)
    raise ClauseError(
        f'{item} has no target "{measure}": ' + (f"did you mean {near}?" if near else f"it has {listed(known)}")
    )


# -- what moves -------------------------------------------------------------------------------------------------------


def _moved(key: str, before: Plan, after: Plan, sheet: str, column: str) -> Table:
    """What each member has in either plan; nothing where one of them is none."""
    names = before.case.facts.names[key] if before.has_plan and after.has_plan else []
    tables = [plan.tables[sheet] for plan in (before, after) if names]
    sums = [[float(table[column][table[key] == name].sum()) for name in names] for table in tables] or [[], []]
    changes = to_decimals(np.subtract(sums[1], sums[0]), 6).tolist()
    return Table.of(key, (key, "before", "after", "change"), zip(names, *sums, changes, strict=True))


def _limits(before: Case, after: Case) -> Table:
    """Limits that are amounts of money, where the score changes them."""
    rows = []
    for old, new in zip(compile_rules(before.facts), compile_rules(after.facts), strict=True):
        for was, now in zip(old.blocks, new.blocks, strict=True):
            if was.right or was.unit != "money":
                continue
            amounts = dict(zip(now.per, (now.share * now.constant).tolist(), strict=True))
            for per, amount in zip(was.per, (was.share * was.constant).tolist(), strict=True):
                if abs(amounts.get(per, amount) - amount) > HALF_A_CENT:
                    rows.append((old.rule.name, per, was.sense, amount, amounts[per]))
    return Table.of("limits", ("rule", "per", "sense", "before", "after"), rows)


# -- in words ---------------------------------------------------------------------------------------------------------


def _sentences(made: PerformanceClause) -> list[str]:
    currency = made.before.case.settings.currency
    said = [_score(made)]
    set_by = {r["rule"]: Grantor(r["set_by"], r["waiver"]) for r in made.before.case.tables["Rules"].records()}
    for r in sorted(made.limits.records(), key=lambda r: set_by[r["rule"]].rank):
        sense, who = r["sense"].replace("_", " "), f" for {r['per']}" if r["per"] else ""
        amounts = f"{_money(r['after'], currency)} instead of {_money(r['before'], currency)}"
        by = f"set by {set_by_words(set_by[r['rule']].set_by, set_by[r['rule']].waiver)}"
        said.append(f"The rule {r['rule']}{who} then says {sense} {amounts} ({by}).")
    if not made.before.has_plan:
        return [*said, f"As it is, {made.before.why_none}, so nothing can be compared."]
    if not made.after.has_plan:
        cure = "Soften one" if made.after.status == "infeasible" else "Give it more time"
        return [*said, f"There is no plan then: {made.after.why_none}. {cure}, or explain the case as changed."]
    table = made.agencies if made.of == "agency" else made.initiatives
    mine = next(r for r in table.records() if r[made.of] == made.item)
    if abs(mine["change"]) > HALF_A_CENT:
        more = "more" if mine["change"] > 0 else "less"
        said.append(
            f"{made.called(made.of)} receives {_money(abs(mine['change']), currency)} {more}: {_money(mine['after'], currency)} instead "
            f"of {_money(mine['before'], currency)}."
        )
    else:
        said.append(f"{made.called(made.of)} receives {_money(mine['after'], currency)} either way.")
    said += _flows(made, currency)
    unit, was, now = impact.unit(made.before.case), made.before.impact or 0.0, made.after.impact or 0.0
    if abs(now - was) > SAME * max(1.0, abs(was)):
        said.append(f"Impact goes from {points(was, unit, bare=True)} to {points(now, unit, bare=True)}.")
    return said


def _score(made: PerformanceClause) -> str:
    was, now = made.actual
    old, new = (round(s, 1) for s in made.score)
    reached = f"If {made.called(made.of)} has {written(now)} instead of {written(was)} in {made.measure} (target {written(made.target)})"
    if old == new:
        return f"{reached}, its score stays {number(old)}."
    tier = f" and its tier from {made.tier[0]} to {made.tier[1]}" if made.tier[0] != made.tier[1] else ""
    return f"{reached}, its score {'falls' if new < old else 'rises'} from {number(old)} to {number(new)}{tier}."


def _flows(made: PerformanceClause, currency: str) -> list[str]:
    """Who loses, who gains, and what stays unspent: the two sides are equal."""
    said = []
    for word, sign in (("less", -1.0), ("more", 1.0)):
        for title, table in (("agency", made.agencies), ("initiative", made.initiatives)):
            moved = _listed(made, table, title, sign, currency)
            if moved:
                said.append(f"{_OTHERS[title]} that receive {word}: {moved}.")
    for word, sign in (("stays unspent", 1.0), ("is spent that was not", -1.0)):
        moved = _listed(made, made.funds, "fund", sign, currency)
        if moved:
            said.append(f"Money that {word}: {moved}.")
    return said


_SHEETS = {"agency": "Agencies", "initiative": "Initiatives", "fund": "Funds"}
_OTHERS = {"agency": "Agencies", "initiative": "Initiatives"}


def _listed(made: PerformanceClause, table: Table, key: str, sign: float, currency: str) -> str:
    without = made.item if made.of == key else ""
    rows = [r for r in table.records() if r["change"] * sign > HALF_A_CENT and r[key] != without]
    rows.sort(key=lambda r: -r["change"] * sign)
    return listed([f"{made.called(key, r[key])} {_money(abs(r['change']), currency)}" for r in rows])


def _money(value: float, currency: str) -> str:
    return money_exact(round(value, 2), currency)
