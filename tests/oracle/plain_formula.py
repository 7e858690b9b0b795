"""The awards of a formula: shares of attributes, then base, floor, cap, small and hold, in the order they are written."""

from __future__ import annotations

import re
from collections.abc import Callable

from .plain_case import PlainCase, Rule, blank, fold, number, title


def amount_of_money(text: str) -> float:
    """`5%` is 0.05 and `10000` is 10000."""
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def attribute(case: PlainCase, per: str, member: str, column: str) -> float:
    """A number that a member has in a column of its own sheet; blank counts as 0."""
    rows = {"agency": case.agencies, "initiative": case.initiatives, "fund": case.funds, "area": case.areas}[per]
    place, dot, last = column.partition(".")
    found = rows[member][title(last if dot else place)]
    return 0.0 if blank(found) else float(number(found))


def baseline(case: PlainCase, per: str, member: str) -> float:
    """Last year's award of a member."""
    if per == "agency":
        return attribute(case, per, member, "baseline")
    column = {"initiative": None, "theme": "theme", "area": "area", "tier": "tier"}[per]
    return sum(
        row["baseline"]
        for i, row in case.initiatives.items()
        if (i if column is None else case.value("initiative", column, {"initiative": i})) == member
    )


def requested(case: PlainCase, rule: Rule, member: str) -> float:
    """What a member asks for: its request, those of the initiatives in it, or what it could deliver of them."""
    rows = {"agency": case.agencies, "initiative": case.initiatives, "fund": case.funds, "area": case.areas}[rule.per]
    if not blank(rows[member].get("request")):
        return float(number(rows[member]["request"]))
    own = [c for c in rule.where if c.dimension in ("initiative", "area")]
    asked = 0.0
    for i, row in case.initiatives.items():
        if not case.selects(own, {"initiative": i}):
            continue
        if rule.per == "area" and row["area"] == member:
            asked += row["request"]
        if rule.per == "agency" and member in case.partners[i]:
            part = case.partners[i][member]
            asked += row["request"] * part["costfactor"] * part["maxshare"]
    return asked


def split_shares(case: PlainCase, rule: Rule, members: list[str], total: float) -> dict[str, float]:
    """The share of each member of what is spent: of the total, or of what is asked for where that is less."""
    award = awards(case, rule, members, total)
    given = sum(award.values())
    by_request = re.search(r"cap\s+request\s*(;|$)", rule.of)
    whole = given if by_request and given < total * (1 - 1e-12) else total
    return {m: a / whole if whole else 0.0 for m, a in award.items()}


def awards(case: PlainCase, rule: Rule, members: list[str], total: float) -> dict[str, float]:
    """What each member gets of the total."""
    text, *changes = [part.strip() for part in rule.of.split(";")]
    plain = plain_shares(case, rule.per, members, text)
    award = {m: total * plain[m] for m in members}
    for change in changes:
        if not change:
            continue
        word, rest = re.match(r"(\w+)\s*(.*)$", change).groups()
        rest = rest.strip()
        if word == "base":
            each = amount_of_money(rest) * total
            large = [m for m in members if plain[m] >= amount_of_money(rest) - 1e-15]
            left = total - each * len(members)
            award = {m: each + (left * plain[m] / sum(plain[n] for n in large) if m in large else 0.0) for m in members}
        elif word == "floor":
            floor = amount_of_money(rest) * total
            award = _held(award, total, lambda m, floor=floor: floor, below=True)  # type: ignore[misc]
        elif word == "cap":
            if rest == "request":
                award = _held(award, total, lambda m: requested(case, rule, m), below=False)
            elif rest.endswith("%"):
                cap = amount_of_money(rest) * total
                award = _held(award, total, lambda m, cap=cap: cap, below=False)  # type: ignore[misc]
            else:
                award = _held(award, total, lambda m, rest=rest: attribute(case, rule.per, m, rest), below=False)  # type: ignore[misc]
        elif word == "hold":
            part = amount_of_money(rest)
            award = _held(award, total, lambda m, part=part: part * baseline(case, rule.per, m), below=True)  # type: ignore[misc]
        elif word == "small":
            threshold, _, to = rest.partition(" to ")
            small = [m for m in members if 0 < award[m] < float(threshold) and m != fold(to.strip().strip('"'))]
            moved = sum(award[m] for m in small)
            for m in small:
                award[m] = 0.0
            if to:
                award[fold(to.strip().strip('"'))] += moved
            else:
                kept = sum(award.values())
                award = {m: a * (kept + moved) / kept for m, a in award.items()}
        else:
            raise ValueError(f"unknown change of a formula: {change}")
    return award


def plain_shares(case: PlainCase, per: str, members: list[str], text: str) -> dict[str, float]:
    """Each attribute divided by its total over the members, weighted; the weights divided by their sum."""
    share = dict.fromkeys(members, 0.0)
    weights = 0.0
    for term in text.split("+"):
        weight, column = re.match(r'\s*([\d.]+(?:[eE]-?\d+)?)?\s*\*?\s*"?([^"]+?)"?\s*$', term).groups()
        w = float(weight) if weight else 1.0
        weights += w
        whole = sum(attribute(case, per, m, column) for m in members)
        for m in members:
            share[m] += w * attribute(case, per, m, column) / whole
    return {m: s / weights for m, s in share.items()}


def _held(award: dict[str, float], total: float, bound: Callable[[str], float], *, below: bool) -> dict[str, float]:
    """Members beyond their bound get it, the others share the rest in proportion, again until none is beyond."""
    fixed: dict[str, float] = {}
    while True:
        free = {m: a for m, a in award.items() if m not in fixed}
        pool = sum(free.values())
        rest = total - sum(fixed.values())
        now = {m: (a * rest / pool if pool else 0.0) for m, a in free.items()}
        slack = 1e-12 * total
        beyond = {m for m, a in now.items() if (a < bound(m) - slack if below else a > bound(m) + slack)}
        if not beyond:
            return {m: fixed[m] if m in fixed else now[m] for m in award}
        fixed.update({m: bound(m) for m in beyond})
