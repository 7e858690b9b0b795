"""A plan as one person may see it: charts, tables and exports draw it like any other, without knowing.

Hidden rows, and those added up with them so that nothing follows by subtraction (`sight_merge`), are one initiative,
one agency and one fund named "Other …". Of these only money is sent, and its totals are the true ones. How the money of
"Other initiatives" crosses from funds and periods to agencies is not sent: it is laid out in proportion to the true
totals of either side. People, outcomes and impact are of what is shown one by one: beside the money of the same rows
they would tell how far each of them is funded.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import listed
from optimiser.case.reading.workbook import tables_from
from optimiser.case.review_scores import nameless, numbered
from optimiser.case.settings import read_settings
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Table, summed
from optimiser.model.rules import KINDS, rule_of
from optimiser.plan.derive import TOGETHER, table_of
from optimiser.plan.entries import effects
from optimiser.plan.lines import decode
from optimiser.plan.tables import SPEC, Plan, Stage
from optimiser.store.base.rights import Actor
from optimiser.store.privacy.sight import Eyes, Records, Renamed, eyes, made_for, sees_all
from optimiser.store.privacy.sight_merge import NONE, Merge, merged

ROLES = "other roles"
MONEY_ONLY = (
    "Of initiatives that are shown together only the money is told: people, outcomes and impact are those of the "
    "initiatives that are shown one by one."
)
OTHER = {"initiatives": "Other initiatives", "agencies": "Other agencies", "funds": "Other funds"}
SUMS = ("thrift",)
"""Objectives whose value is a total that is sent in any case; of others the value would be a further sum."""
NAMED = 5
"""Names that are given of what is shown together with what is hidden."""
Row = dict[str, Any]
_seen: weakref.WeakKeyDictionary[Plan, dict[tuple[Eyes, Merge], Plan]] = weakref.WeakKeyDictionary()
"""What was made before, by whose eyes it was made for."""


def seen(plan: Plan, eyes: Eyes, together: Merge = NONE) -> Plan:
    """The plan as these eyes may see it; the plan itself where they may see all. Raises Withheld, NotAllowed.

    together: what is shown together in any case, since they saw it so elsewhere.
    """
    if eyes.whole or (plan.extra.get("seen_by") == eyes.actor and not _names_hidden(plan, eyes)):
        return _without_reviewers(plan, eyes)
    made = _seen.setdefault(plan, {})
    if (eyes, together) not in made:
        made[eyes, together] = _Redaction(plan, eyes, together).plan()
    return made[eyes, together]


def _without_reviewers(plan: Plan, eyes: Eyes) -> Plan:
    """The plan, its case without names of reviewers but for the office; it is the same case, by its hash."""
    table = plan.case.tables["Reviews"]
    if sees_all(eyes.actor) or not len(table) or all(map(numbered, table["reviewer"].tolist())):
        return plan
    case = replace(plan.case, tables={**plan.case.tables, "Reviews": nameless(table)}, warnings=())
    return replace(plan, case=case)


def plan(actor: Actor, shown: Plan, *further: Case | Records) -> Plan:
    """The plan as a person may see it: the same, or one whose case and tables hold only that, the rest added up.

    further: other states of the case, as in `sight.eyes`. Raises Withheld where even the totals would give away what
    they may not see.
    """
    return seen(shown, eyes(actor, shown.case, *further))


@dataclass(frozen=True)
class _Names:
    """Under which name each initiative, agency and fund is sent. merge: folded keys of those that are sent together."""

    merge: Merge
    other: Mapping[str, str]
    renamed: Renamed

    def initiative(self, key: str) -> str:
        return self.other["initiatives"] if fold(key) in self.merge.initiatives else self.renamed(key)

    def agency(self, key: str) -> str:
        return self.other["agencies"] if fold(key) in self.merge.agencies else self.renamed(key)

    def fund(self, key: str) -> str:
        return self.other["funds"] if fold(key) in self.merge.funds else self.renamed(key)

    def hidden(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is of an initiative that is sent with others."""
        return fold(str(row["initiative"])) in self.merge.initiatives


class _Redaction:
    """One plan for one person."""

    def __init__(self, plan: Plan, eyes: Eyes, together: Merge) -> None:
        self.whole, self.eyes = plan, eyes
        self.rows = {name: list(table.records()) for name, table in plan.tables.items()}
        known = {
            fold(str(v)) for s in ("Agencies", "Initiatives", "Funds") for v in plan.case.tables[s][BY_NAME[s].key[0]]
        }
        other = {k: v if fold(v) not in known else f"{v} (added up)" for k, v in OTHER.items()}
        merge = merged(plan, eyes, together) if plan.has_plan else Merge(eyes.initiatives, eyes.agencies)
        self.names = _Names(merge, other, Renamed(eyes))
        names = frozenset(
            str(row[c] or "")
            for sheet, keys in (
                ("Agencies", merge.agencies),
                ("Initiatives", merge.initiatives),
                ("Funds", merge.funds),
            )
            for row in plan.case.tables[sheet].records()
            if fold(row[BY_NAME[sheet].key[0]]) in keys
            for c in (BY_NAME[sheet].key[0], "name")
        ) - {""}
        self.wide = Eyes(eyes.actor, merge.agencies, merge.initiatives, eyes.names | names, eyes.terms)
        """As if everything that is added up were hidden."""

    def plan(self) -> Plan:
        whole, note = self.whole, made_for(self.eyes.actor, False)
        tables = self._tables() if whole.has_plan else {}
        case, said = self._case(tables), self._said() if tables else ()
        clear = all(s.objective in SUMS for s in whole.stages[:1]) and not self._penalty()
        stages = tuple(_clear(s) if s.objective not in SUMS or not clear else s for s in whole.stages)
        return replace(
            whole,
            case=case,
            tables=tables,
            impact=float(tables["Awards"]["impact"].sum()) if tables else None,
            objective=whole.objective if clear else None,
            bound=whole.bound if clear else None,
            stages=stages,
            proof=replace(whole.proof, dual_bound=whole.proof.dual_bound if clear else None),
            size={},
            notes=(*(n for n in whole.notes if not self.wide.mentions(n)), *said, note),
            extra={k: v for k, v in whole.extra.items() if k == "cross_checked"}
            | {"made_for": note, "seen_by": self.eyes.actor, "shown_together": said},
        )

    def _said(self) -> tuple[str, ...]:
        """What was done, for the page: whom each sum holds besides what is for others' eyes only."""
        made = []
        for kind, sheet in (("initiatives", "Initiatives"), ("agencies", "Agencies"), ("funds", "Funds")):
            hidden: frozenset[str] = getattr(self.eyes, kind, frozenset())
            names = self.whole.case.called(sheet)
            shown = [
                self.names.renamed(n) for k, n in names.items() if fold(k) in getattr(self.names.merge, kind) - hidden
            ]
            if shown:
                made.append(
                    f"“{self.names.other[kind]}” holds {listed(shown, most=NAMED)} too, so that no amount that is for "
                    "others' eyes only follows by subtraction."
                )
        return (*made, MONEY_ONLY) if self.names.merge.initiatives else tuple(made)

    def _penalty(self) -> float:
        return sum((float(r["penalty"]) for r in self.rows.get("Compliance", ()) if r["penalty"] > 0), 0.0)

    # -- the plan's tables --------------------------------------------------------------------------------------------

    def _tables(self) -> dict[str, Table]:
        made = {
            "Spend": self._spend(),
            "Posts": self._lines("Posts", "fte"),
            "Hires": self._lines("Hires", "fte"),
            "Levels": self._lines("Levels", "level"),
            "Match": [r for r in self._lines("Match", "money") if r["money"]],
            "Balances": self._balances(),
            "Awards": self._awards(),
            "Achieved": self._achieved(),
            "Compliance": self._compliance(),
        }
        made["Received"] = self._received(made)
        return {
            name: table_of(SPEC[name], ([row[c] for c in SPEC[name].names] for row in _sorted(name, made[name])))
            for name in SPEC
        }

    def _label(self, row: Mapping[str, Any]) -> Row:
        made = dict(row)
        for column in ("initiative", "agency", "fund", "source"):
            if column in made:
                made[column] = getattr(self.names, "fund" if column == "source" else column)(made[column])
        for column in ("role", "fills"):
            if self.eyes.mentions(made.get(column)):
                made[column] = ROLES
        return made

    def _lines(self, sheet: str, amount: str) -> list[Row]:
        """Lines of visible initiatives, under the names that are sent; lines that have become one are added up."""
        rows = [self._label(r) for r in self.rows[sheet] if not self.names.hidden(r)]
        return _added([c for c in SPEC[sheet].names if c != amount], amount, rows)

    def _spend(self) -> list[Row]:
        arrives: dict[tuple[str, str], list[float]] = {}
        goes: dict[str, list[float]] = {}
        for row in self.rows["Spend"]:
            if self.names.hidden(row):
                arrives.setdefault((self.names.fund(row["fund"]), row["period"]), []).append(row["money"])
                goes.setdefault(self.names.agency(row["agency"]), []).append(row["money"])
        total = math.fsum(v for values in goes.values() for v in values)
        together = [
            {
                "fund": fund,
                "initiative": self.names.other["initiatives"],
                "agency": agency,
                "category": "general",
                "period": period,
                "money": math.fsum(amounts) * (math.fsum(shares) / total),
            }
            for (fund, period), amounts in arrives.items()
            for agency, shares in goes.items()
        ]
        return [*self._lines("Spend", "money"), *together]

    def _balances(self) -> list[Row]:
        amounts = [c for c in SPEC["Balances"].names if c not in ("fund", "period")]
        made: dict[tuple[str, str], Row] = {}
        for row in map(self._label, self.rows["Balances"]):
            into = made.setdefault((row["fund"], row["period"]), {**row, **dict.fromkeys(amounts, 0.0)})
            for column in amounts:
                into[column] += row[column]
        return list(made.values())

    def _awards(self) -> list[Row]:
        shown = [self._words(r) for r in self.rows["Awards"] if not self.names.hidden(r)]
        hidden = [r for r in self.rows["Awards"] if self.names.hidden(r)]
        if not hidden:
            return shown
        award, name = math.fsum(r["award"] for r in hidden), self.names.other["initiatives"]
        # What they asked for is not added up: requests of some of them stand on the inputs.
        row = {"initiative": name, "name": name, "theme": "", "request": award, "award": award, "level": 1.0}
        return [*shown, {**row, "people": 0.0, "impact": 0.0, "state": TOGETHER}]

    def _received(self, made: Mapping[str, Sequence[Row]]) -> list[Row]:
        rows = self.rows["Received"]
        shown = [self._words(r) for r in rows if fold(r["agency"]) not in self.names.merge.agencies]
        hidden = [r["received"] for r in rows if fold(r["agency"]) in self.names.merge.agencies]
        if hidden:
            name = self.names.other["agencies"]
            shown.append({"agency": name, "name": name, "contribution": math.nan, "received": math.fsum(hidden)})
        for sheet, column in (("Posts", "released"), ("Hires", "hired")):
            for row in shown:
                row[column] = math.fsum(r["fte"] for r in made[sheet] if r["agency"] == row["agency"])
        return shown

    def _achieved(self) -> list[Row]:
        """Outcomes of what is shown one by one."""
        facts = self.whole.case.facts
        shown = np.array([fold(k) not in self.names.merge.initiatives for k in facts.names["initiative"]], bool)
        mine = shown[facts.outcome_initiative]
        achieved = facts.at_full * facts.achieved(effects(facts, decode(facts, self.whole.tables)))
        made = []
        for n, outcome in enumerate(facts.outcomes):
            of = mine & (facts.outcome_of == n)
            if of.any() and not self.eyes.mentions(outcome):
                made.append({
                    "outcome": outcome, "achieved": math.fsum(achieved[of]), "at_full": math.fsum(facts.at_full[of])
                })  # fmt: skip
        return made

    def _compliance(self) -> list[Row]:
        rules = {r["rule"]: r for r in self.whole.case.tables["Rules"].records()}
        made = []
        for row in self.rows["Compliance"]:
            if any(self.wide.mentions(v) for v in (*row.values(), *rules[row["rule"]].values())):
                continue
            if not self._is_own_sum(rules[row["rule"]]):
                # Its figures would be a further sum over what is not shown; whether it is kept may be known.
                row = {**row, "achieved": math.nan, "headroom": math.nan, "binding": False, "penalty": 0.0}
            made.append(row)
        return made

    def _is_own_sum(self, rule: Mapping[str, Any]) -> bool:
        """Whether the rule's figures follow from what is sent in any case: money of funds by period."""
        clauses = [part.split("=")[0].strip(" !<>") for part in rule["where"].split(";") if part.strip()]
        written = rule_of(rule)
        plain = KINDS[written.kind].holds_money(written) and not self.names.merge.funds
        only_funds = all(fold(name) in ("fund", "period") for name in (*clauses, *written.each))
        return plain and only_funds and fold(rule["of"]) in ("", "amount", "total")

    def _words(self, row: Mapping[str, Any]) -> Row:
        return {k: self.names.renamed(v) if isinstance(v, str) else v for k, v in row.items()}

    # -- its case -----------------------------------------------------------------------------------------------------

    def _case(self, tables: Mapping[str, Table]) -> Case:
        records = {name: list(table.records()) for name, table in self.whole.case.tables.items()}
        made = {s: [self._cells(s, r) for r in rows if not self.wide.hides(s, r)] for s, rows in records.items()}
        facts = self.whole.case.facts
        amount = {fold(k): float(v) for k, v in zip(facts.names["fund"], facts.amount, strict=True)}
        funds: dict[str, Row] = {}
        for old, row in zip(records["Funds"], made["Funds"], strict=True):
            row["amount"] = amount[fold(old["fund"])]
            if row["fund"] == self.names.other["funds"]:
                before = funds.get(row["fund"], {"amount": 0.0})
                row = {"fund": row["fund"], "amount": before["amount"] + row["amount"]}
            funds[row["fund"]] = row
        made["Funds"] = list(funds.values())
        for sheet in ("Installments", "Contributions"):
            made[sheet] = _added(BY_NAME[sheet].key, "amount", made[sheet])
        if self.names.merge.funds:
            made["Installments"] = [r for r in made["Installments"] if r["fund"] != self.names.other["funds"]]
            made["Actuals"] = []
        self._others(made, tables)
        read = tables_from(made).tables
        settings = read_settings(read["Case"])[0]
        return Case(read, replace(settings, objective=self.whole.case.settings.objective))

    def _cells(self, sheet: str, row: Mapping[str, Any]) -> Row:
        refers = {c.name: c.refers for c in BY_NAME[sheet].columns}
        send: Mapping[str, Callable[[str], str]] = {"Agencies": self.names.agency, "Funds": self.names.fund}
        made: Row = {}
        for column, value in row.items():
            if sheet == "Funds" and column == "allowed":
                value = self.wide.selection(value)
            elif isinstance(value, str) and value:
                of = "Funds" if (sheet, column) == ("Funds", "fund") else refers.get(column, "")
                value = send.get(of, self.names.renamed)(value)
            made[self.names.renamed(column)] = value
        return made

    def _others(self, made: dict[str, list[Row]], tables: Mapping[str, Table]) -> None:
        """Rows for what is added up, so that the plan's tables name nothing that the case does not have."""
        other, merge = self.names.other, self.names.merge
        made["Staff"] += _as_staff(tables, lambda r: r["role"] == ROLES and r["agency"] != other["agencies"])
        if merge.agencies:
            name = other["agencies"]
            made["Agencies"].append({"agency": name, "name": name})
            made["Staff"] += _as_staff(tables, lambda r: r["agency"] == name)
            made["Partners"] += self._partners(name)
        if merge.initiatives and tables:
            name = other["initiatives"]
            award = next((r["award"] for r in tables["Awards"].records() if r["initiative"] == name), 0.0)
            made["Initiatives"].append({"initiative": name, "name": name, "request": award})
            through = dict.fromkeys(r["agency"] for r in tables["Spend"].records() if r["initiative"] == name)
            made["Partners"] += [{"initiative": name, "agency": agency} for agency in through]

    def _partners(self, name: str) -> list[Row]:
        """The merged agencies as partner of visible initiatives, as effective as they are together."""
        facts = self.whole.case.facts
        keys = {d: facts.names[d] for d in ("initiative", "agency")}
        effect = {
            (keys["initiative"][i], keys["agency"][a]): float(e)
            for i, a, e in zip(facts.partner_initiative, facts.partner_agency, facts.effectiveness, strict=True)
        }
        sums: dict[str, list[float]] = {}
        for row in self.rows.get("Levels", ()):
            if not self.names.hidden(row) and self.names.agency(row["agency"]) == name:
                into = sums.setdefault(row["initiative"], [0.0, 0.0])
                into[0] += row["level"]
                into[1] += row["level"] * effect[row["initiative"], row["agency"]]
        return [
            {
                "initiative": self.names.initiative(i),
                "agency": name,
                "effectiveness": effective / level if level else 1.0,
            }
            for i, (level, effective) in sums.items()
        ]


def _as_staff(tables: Mapping[str, Table], which: Callable[[Row], bool]) -> list[Row]:
    """People at work as all that is known of the staff whom these posts name."""
    posts = [row for row in tables["Posts"].records() if which(row)] if tables else []
    used = summed(((row["agency"], row["role"], row["period"]), float(row["fte"])) for row in posts)
    return [{"agency": a, "role": k, "period": t, "fte": fte} for (a, k, t), fte in used.items()]


def _added(key: Sequence[str], amount: str, rows: Iterable[Row]) -> list[Row]:
    """The rows, those of one key made into one."""
    made: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        made.setdefault(tuple(row[c] for c in key), []).append(row)
    return [{**same[0], amount: math.fsum(r[amount] for r in same)} for same in made.values()]


def _sorted(sheet: str, rows: list[Row]) -> list[Row]:
    if sheet == "Balances":
        return rows
    return sorted(rows, key=lambda r: tuple(fold(str(r[c])) for c in SPEC[sheet].key))


def _names_hidden(plan: Plan, eyes: Eyes) -> bool:
    """Whether a plan that was made for these eyes before still names what they may not see."""
    sheets = (("Agencies", eyes.agencies), ("Initiatives", eyes.initiatives))
    return any(
        fold(key) in hidden
        for sheet, hidden in sheets
        for key in plan.case.tables[sheet][BY_NAME[sheet].key[0]].tolist()
    )


def _clear(stage: Stage) -> Stage:
    return replace(stage, best=math.nan, bound=math.nan, achieved=math.nan)
