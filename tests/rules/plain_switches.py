"""Random cases of one fund and one agency, and their optimum by trying every set of funded initiatives.

With the set given, what is left is to fill levels by value for money, which is done by hand here: no solver, no matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from optimiser.case.table import Array
from tests.rules.small import Records

Row = dict[str, Any]


@dataclass
class Plain:
    """A case in plain numbers; sets of initiatives are arrays of bool."""

    names: list[str]
    request: Array
    value: Array
    minimum: Array
    whole: Array
    must: Array
    themes: list[str]
    money: float
    rules: list[Row]


def random_switches(seed: int, most: int = 12) -> tuple[Records, Plain]:
    """A case with rules of the kinds count, requires and excludes, and its numbers."""
    dice = Random(seed)
    size = dice.randint(4, most)
    names = [f"i{k:02}" for k in range(size)]
    themes = [dice.choice(("guns", "opioids", "training", "")) for _ in names]
    request = [float(dice.randint(20, 400)) for _ in names]
    priority = [dice.randint(5, 40) / 10 for _ in names]
    whole = [dice.random() < 0.2 for _ in names]
    minimum = [float(round(r * dice.uniform(0.2, 0.8))) if dice.random() < 0.4 else 0.0 for r in request]
    must = [dice.random() < 0.08 for _ in names]
    money = float(round(sum(request) * dice.uniform(0.25, 0.7)))
    rules = [r for _ in range(dice.randint(1, 4)) for r in [_rule(dice, names)]]
    for k, rule in enumerate(rules):
        rule["rule"] = f"{rule['kind']} {k}"
        if dice.random() < 0.3:
            rule.update(hard="no", penalty=float(dice.randint(5, 200)))
    records: Records = {
        "Case": [{"setting": "rounding", "value": 0}, {"setting": "gap", "value": 1e-9}],
        "Agencies": [{"agency": "P"}],
        "Funds": [{"fund": "F", "amount": money}],
        "Initiatives": [
            {
                "initiative": names[k], "theme": themes[k], "request": request[k], "priority": priority[k],
                "all_or_nothing": "yes" if whole[k] else "no", "minimum": minimum[k], "must_fund": "yes" if must[k] else "no",
            }
            for k in range(size)
        ],
        "Rules": rules,
    }  # fmt: skip
    value = np.array(request) * np.array(priority)
    plain = Plain(
        names, np.array(request), value, np.array(minimum), np.array(whole), np.array(must), themes, money, rules
    )
    return records, plain


def _rule(dice: Random, names: list[str]) -> Row:
    def some(low: int, high: int) -> str:
        return "initiative = " + " | ".join(sorted(dice.sample(names, min(len(names), dice.randint(low, high)))))

    def group() -> str:
        return dice.choice((some(2, 6), "theme = guns", "theme != training", "theme = opioids | training", ""))

    kind = dice.choice(("count", "count", "requires", "excludes"))
    if kind == "count":
        per = dice.choice(("", "", "theme"))
        low = dice.randint(0, 2) if dice.random() < 0.4 else ""
        high = dice.randint(2, 5) if low == "" or dice.random() < 0.3 else ""
        return {"kind": kind, "where": group(), "per": per, "at_least": low, "at_most": high}
    if kind == "excludes":
        return {"kind": kind, "where": group() or some(2, 4), "per": dice.choice(("", "", "theme"))}
    level = round(dice.uniform(0.1, 1.0), 2) if dice.random() < 0.4 else ""
    return {"kind": kind, "where": some(1, 3), "of": some(1, 3), "at_least": level}


def enumerated(plain: Plain) -> float | None:
    """The best impact less penalties over all sets of funded initiatives; None where no set is possible."""
    size = len(plain.names)
    sets = (np.arange(2**size)[:, None] >> np.arange(size)) & 1 == 1
    asked = _asked(plain)
    sets = sets[(sets | ~plain.must).all(axis=1) & (~sets | asked).all(axis=1)]
    cost = np.zeros(len(sets))
    possible = np.ones(len(sets), bool)
    levels: list[tuple[int, int, float, float | None]] = []
    for rule in plain.rules:
        penalty = float(rule["penalty"]) if rule.get("hard") == "no" else None
        if rule["kind"] == "requires" and rule["at_least"] != "":
            pairs = [(i, j) for i in _selected(plain, rule["where"]) for j in _selected(plain, rule["of"]) if i != j]
            levels += [(i, j, float(rule["at_least"]), penalty) for i, j in pairs]
            continue
        for broken in _broken(plain, rule, sets):
            if penalty is None:
                possible &= broken <= 0
            else:
                cost += penalty * broken
    best: float | None = None
    for chosen, lost in zip(sets[possible], cost[possible].tolist(), strict=True):
        filled = _filled(plain, chosen, levels, asked)
        if filled is not None and (best is None or filled - lost > best):
            best = filled - lost
    return best


def _asked(plain: Plain) -> Array:
    """[I]: whether the initiative has a switch at all; the others may have any level and count as never funded here."""
    made = (plain.whole | (plain.minimum > 0) | plain.must).copy()
    for rule in plain.rules:
        sides = [rule["where"]] if rule["kind"] != "requires" or rule["at_least"] != "" else [rule["where"], rule["of"]]
        for side in sides:
            made[_selected(plain, side)] = True
    return made


def _selected(plain: Plain, text: str) -> list[int]:
    if not text:
        return list(range(len(plain.names)))
    column, operator, values = text.split(" ", 2)
    wanted = {v.strip() for v in values.split("|")}
    of = plain.names if column == "initiative" else plain.themes
    return [k for k, v in enumerate(of) if (v in wanted) == (operator == "=")]


def _broken(plain: Plain, rule: Row, sets: Array) -> list[Array]:
    """By how many initiatives each set breaks each limit of a rule."""
    where = _selected(plain, rule["where"])
    if rule["kind"] == "requires":
        others = _selected(plain, rule["of"])
        return [(sets[:, i] & ~sets[:, j]).astype(float) for i in where for j in others if i != j]
    members = sorted({t for t in plain.themes if t}) if rule["per"] else [None]
    made = []
    for member in members:
        number = sets[:, [k for k in where if member in (None, plain.themes[k])]].sum(axis=1)
        most = 1 if rule["kind"] == "excludes" else rule["at_most"]
        if most != "":
            made.append(np.maximum(0.0, number - most))
        if rule.get("at_least", "") != "":
            made.append(np.maximum(0.0, rule["at_least"] - number))
    return made


def _filled(
    plain: Plain, chosen: Array, levels: list[tuple[int, int, float, float | None]], asked: Array
) -> float | None:
    """The best value with these initiatives funded; None where they do not fit into the money."""
    least = np.zeros(len(chosen))
    most = np.where(chosen | ~asked, 1.0, 0.0)
    for i, on in enumerate(chosen.tolist()):
        if plain.whole[i]:
            least[i] = 1.0 if on else 0.0
        elif on and plain.minimum[i] > 0:
            least[i] = plain.minimum[i] / plain.request[i]
        elif on:
            least[i] = 1.0 if plain.must[i] else 0.01
    bonus: dict[int, list[tuple[float, float]]] = {}
    paid = 0.0
    for i, j, level, penalty in levels:
        if chosen[i] and penalty is None:
            least[j] = max(least[j], level)
        elif chosen[i] and penalty is not None:
            bonus.setdefault(j, []).append((level, penalty))
            paid -= penalty * level
    if (least > most + 1e-12).any():
        return None
    left = plain.money - float((least * plain.request).sum())
    if left < -1e-9:
        return None
    total = paid + float((least * plain.value).sum())
    pieces = []
    for j in range(len(chosen)):
        marks = sorted({least[j], most[j], *(min(max(m, least[j]), most[j]) for m, _ in bonus.get(j, []))})
        total += sum(p * min(m, least[j]) for m, p in bonus.get(j, []))
        for a, b in pairwise(marks):
            slope = plain.value[j] + sum(p for m, p in bonus.get(j, []) if m >= b)
            pieces.append((slope / plain.request[j], (b - a) * plain.request[j]))
    for worth, size in sorted(pieces, reverse=True):
        take = min(size, left)
        total += worth * take
        left -= take
    return total
