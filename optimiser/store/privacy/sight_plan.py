"""A plan as one person may see it: charts, tables and exports draw it like any other, without knowing.

Hidden rows, and those added up with them so that nothing follows by subtraction (`sight_merge`), are one initiative,
one agency and one fund named "Other …". Totals are the true ones. How the money of "Other initiatives" crosses from
funds and periods to agencies is not sent: it is laid out in proportion to the true totals of either side.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.reading.workbook import tables_from
from optimiser.case.settings import read_settings
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Table
from optimiser.model.rules import KINDS, rule_of
from optimiser.plan.derive import TOGETHER, table_of
from optimiser.plan.tables import SPEC, Plan, Stage
from optimiser.store.base.rights import Actor
from optimiser.store.privacy.sight import Eyes, Records, Renamed, eyes, made_for
from optimiser.store.privacy.sight_merge import Merge, merged

ROLES = "other roles"
VISIBLE_IMPACT = "Impact is that of the initiatives which are shown one by one."
OTHER = {"initiatives": "Other initiatives", "agencies": "Other agencies", "funds": "Other funds"}
SUMS = ("impact", "thrift")
"""Objectives whose value is a total that is sent in any case; of others the value would be a further sum."""
Row = dict[str, Any]
_seen: weakref.WeakKeyDictionary[Plan, dict[Eyes, Plan]] = weakref.WeakKeyDictionary()
"""What was made before, by whose eyes it was made for."""


def seen(plan: Plan, eyes: Eyes) -> Plan:
    """The plan as these eyes may see it; the plan itself where they may see all. Raises Withheld, NotAllowed."""
    if eyes.whole or (plan.extra.get("seen_by") == eyes.actor and not _names_hidden(plan, eyes)):
        return plan
    made = _seen.setdefault(plan, {})
    if eyes not in made:
        made[eyes] = _Redaction(plan, eyes).plan()
    return made[eyes]


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

    def __init__(self, plan: Plan, eyes: Eyes) -> None:
        self.whole, self.eyes = plan, eyes
        self.rows = {name: list(table.records()) for name, table in plan.tables.items()}
        known = {
            fold(str(v)) for s in ("Agencies", "Initiatives", "Funds") for v in plan.case.tables[s][BY_NAME[s].key[0]]
        }
        other = {k: v if fold(v) not in known else f"{v} (added up)" for k, v in OTHER.items()}
        merge = merged(plan, eyes) if plan.has_plan else Merge(eyes.initiatives, eyes.agencies)
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
        case = self._case(tables)
        clear = (
            self.names.merge.with_impact and all(s.objective in SUMS for s in whole.stages[:1]) and not self._penalty()
        )
        stages = tuple(_clear(s) if s.objective not in SUMS or not clear else s for s in whole.stages)
        return replace(
            whole,
            case=case,
            tables=tables,
            impact=whole.impact if self.names.merge.with_impact else self._visible_impact(tables),
            objective=whole.objective if clear else None,
            bound=whole.bound if clear else None,
            stages=stages,
            proof=replace(whole.proof, dual_bound=whole.proof.dual_bound if clear else None),
            size={},
            notes=(*(n for n in whole.notes if not self.wide.mentions(n)), *self._said(), note),
            extra={k: v for k, v in whole.extra.items() if k == "cross_checked"}
            | {"made_for": note, "seen_by": self.eyes.actor},
        )

    def _said(self) -> tuple[str, ...]:
        return () if self.names.merge.with_impact else (VISIBLE_IMPACT,)

    def _visible_impact(self, tables: Mapping[str, Table]) -> float | None:
        return float(tables["Awards"]["impact"].sum()) if tables else None

    def _penalty(self) -> float:
        return sum((float(r["penalty"]) for r in self.rows.get("Compliance", ()) if r["penalty"] > 0), 0.0)

    # -- the plan's tables --------------------------------------------------------------------------------------------

    def _tables(self) -> dict[str, Table]:
        made = {
            "Spend": self._spend(),
            "Posts": self._people("Posts"),
            "Hires": self._people("Hires"),
            "Levels": self._lines("Levels", "level"),
            "Match": [r for r in self._lines("Match", "money") if r["money"]],
            "Balances": self._balances(),
            "Awards": self._awards(),
            "Achieved": self._achieved(),
            "Compliance": self._compliance(),
        }
        made["Received"] = self._received()
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

    def _people(self, sheet: str) -> list[Row]:
        """Posts or hires; those for merged initiatives by agency and role, alike in every period."""
        sums: dict[tuple[str, str], list[float]] = {}
        for row in self.rows[sheet]:
            if self.names.hidden(row):
                role = row["role"] if self.names.merge.by_role else ROLES
                sums.setdefault((self.names.agency(row["agency"]), role), []).append(row["fte"])
        periods = self.whole.case.facts.names["period"]
        together = [
            {
                "agency": agency,
                "role": role,
                "fills": role,
                "initiative": self.names.other["initiatives"],
                "period": period,
                "fte": math.fsum(values) / len(periods),
            }
            for (agency, role), values in sums.items()
            for period in periods
        ]
        return [*self._lines(sheet, "fte"), *together]

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
        award, people, impact = (math.fsum(r[c] for r in hidden) for c in ("award", "people", "impact"))
        impact = impact if self.names.merge.with_impact else 0.0
        name = self.names.other["initiatives"]
        # What they asked for is not added up: requests of some of them stand on the inputs.
        row = {"initiative": name, "name": name, "theme": "", "request": award, "award": award, "level": 1.0}
        return [*shown, {**row, "people": people, "impact": impact, "state": TOGETHER}]

    def _received(self) -> list[Row]:
        shown = [self._words(r) for r in self.rows["Received"] if fold(r["agency"]) not in self.names.merge.agencies]
        hidden = [r for r in self.rows["Received"] if fold(r["agency"]) in self.names.merge.agencies]
        if not hidden:
            return shown
        sums = {c: math.fsum(r[c] for r in hidden) for c in ("received", "released", "hired")}
        name = self.names.other["agencies"]
        return [*shown, {"agency": name, "name": name, "contribution": math.nan, **sums}]

    def _achieved(self) -> list[Row]:
        """Outcomes of which no hidden initiative's part follows from the sum."""
        facts = self.whole.case.facts
        keys = [fold(k) for k in facts.names["initiative"]]
        secret: dict[str, set[str]] = {}
        together: dict[str, set[str]] = {}
        funded = {fold(r["initiative"]) for r in self.rows["Awards"] if r["level"] > 0}
        for outcome, initiative in zip(facts.outcome_of.tolist(), facts.outcome_initiative.tolist(), strict=True):
            key, name = keys[initiative], fold(facts.outcomes[outcome])
            if key in self.eyes.initiatives:
                secret.setdefault(name, set()).add(key)
            if key in self.names.merge.initiatives and key in funded:
                together.setdefault(name, set()).add(key)
        kept = []
        for row in self.rows["Achieved"]:
            name = fold(row["outcome"])
            safe = len(secret.get(name, ())) != 1 and (not secret.get(name) or len(together.get(name, ())) != 1)
            if safe and not self.eyes.mentions(row["outcome"]):
                kept.append(row)
        return kept

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
    used: dict[tuple[str, str, str], float] = {}
    for row in tables["Posts"].records() if tables else ():
        if which(row):
            key = (row["agency"], row["role"], row["period"])
            used[key] = used.get(key, 0.0) + row["fte"]
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
