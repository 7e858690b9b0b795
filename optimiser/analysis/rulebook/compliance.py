"""The compliance of one grant: its rules by who set them, what each asks for and what the plan has, waivers, exceptions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.analysis.rulebook.library import LibraryError, entry_of
from optimiser.analysis.rulebook.newer import remembered
from optimiser.case.facts import Facts
from optimiser.case.grantors import EASE
from optimiser.case.names import fold, nearest
from optimiser.case.selection import SelectionError
from optimiser.case.table import Table
from optimiser.case.tolerances import NEAR_WHOLE
from optimiser.model.rules import KINDS, Number, Rule, Spoken, meaning, rules_of, sentence, waived, written_rules
from optimiser.model.rules.rule import measure_prefix
from optimiser.model.rules.waivers import ended, waivers_of
from optimiser.plan.tables import Plan

COLUMNS = (
    "set_by", "authority", "text", "rule", "per", "required", "achieved", "headroom", "state", "waiver", "exceptions",
    "sentence",
)  # fmt: skip
KEPT, AT_LIMIT, BROKEN, WAIVED, OFF = "kept", "at its limit", "broken", "waived", "off"


def of_grant(plan: Plan, fund: str) -> Table:
    """One row for each limit of each rule of the grant, in words; rules that do not apply have one without figures.

    plan: one that has a plan. Statutes come first. Raises ValueError for an unknown fund.
    """
    facts = plan.case.facts
    names = {fold(name): name for name in facts.names["fund"]}
    if fold(fund) not in names:
        near = nearest(fund, names.values())
        raise ValueError(f'no fund "{fund}" in the case' + (f": did you mean {near}?" if near else ""))
    rows = {fold(str(r["rule"])): r for r in plan.case.tables["Rules"].records()}
    applied = {rule.name: rule for rule in rules_of(facts)}
    mine = [r for r in written_rules(facts) if is_of(facts, r, names[fold(fund)], str(rows[fold(r.name)]["entry"]))]
    mine.sort(key=lambda rule: -EASE.index(rule.set_by))
    lines = [line for rule in mine for line in _lines(plan, applied[rule.name], rows[fold(rule.name)])]
    return Table.of(f"Compliance of {names[fold(fund)]}", COLUMNS, [[line[c] for c in COLUMNS] for line in lines])


def is_of(facts: Facts, rule: Rule, fund: str, entry: str = "") -> bool:
    """Whether a rule is one of the grant: its selection names some funds, this among them; or it was inserted for it."""
    if entry and fold(rule.name).startswith(f"{fold(fund)}:"):
        return True
    place = facts.names["fund"].index(fund)
    kind = KINDS[rule.kind]
    texts = [rule.where, measure_prefix(rule.of)[1] if kind.has_base else ""]
    for text in texts:
        try:
            chosen = facts.select(text).get("fund") if text.strip() else None
        except SelectionError:
            continue
        if chosen is not None:
            return bool(chosen[place])
    return False


def _lines(plan: Plan, rule: Rule, row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    facts = plan.case.facts
    key, _, read = remembered(str(row["entry"]))
    try:
        exceptions = entry_of(key).exceptions if key else ""
    except LibraryError:
        exceptions = ""
    waiver, number = waiver_words(plan, rule), meaning(facts, rule)
    spoken = Spoken(facts)
    line = dict.fromkeys(COLUMNS, "") | {
        "set_by": rule.set_by, "authority": rule.authority, "text": read, "rule": rule.name, "waiver": waiver,
        "exceptions": exceptions, "sentence": sentence(facts, rule), "state": WAIVED if rule.waived else OFF,
    }  # fmt: skip
    if not rule.active:
        yield line
    mine = [r for r in plan.limits() if rule.active and fold(str(r["rule"])) == fold(rule.name)]
    empty = [r for r in mine if r["kept"] and not math.isfinite(r["achieved"])]
    others = len(empty) if len(mine) > len(empty) > 1 else 0
    for r in mine:
        if not (others and r in empty):
            room = number.of_rows(str(r["unit"]))
            word = "at least" if r["sense"] == "at_least" else "at most"
            yield line | {
                "per": spoken(rule.name, str(r["per"])),
                "required": f"{word} {number.short(float(r['required']))}",
                "achieved": number.short(float(r["achieved"]), limit=None if r["binding"] else float(r["required"])),
                "headroom": _room(room, float(r["headroom"]), facts.settings.rounding) if room else "",
                "state": BROKEN if not r["kept"] else AT_LIMIT if r["binding"] else KEPT,
            }
    if others:
        yield line | {"per": f"{others} others", "achieved": number.short(math.nan), "state": KEPT}


def _room(number: Number, headroom: float, unit: float) -> str:
    """What is left below or above a limit; of money in whole units, never one more than there is."""
    if number.is_money and unit and math.isfinite(headroom):
        headroom = math.floor(headroom / unit + NEAR_WHOLE) * unit
    return number.short(headroom, exact=True)


def waiver_words(plan: Plan, rule: Rule) -> str:
    """The waivers that were granted, those that do not cover the case among them; else who may grant one."""
    tables = plan.case.tables
    short = [
        f"{waived(plan.case.facts, rule, [w])} It ends before {period} does, so the rule holds."
        for w in waivers_of(tables)
        if fold(w.rule) == fold(rule.name) and (period := ended(w, tables))
    ]
    granted = " ".join(filter(None, (waived(plan.case.facts, rule), *short)))
    return granted or (f"May be waived by {rule.waiver}." if rule.waiver else "")
