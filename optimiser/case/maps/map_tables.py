"""Which of our tables a foreign sheet holds, by what its columns speak of and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from optimiser.case.maps.meaning import MONEY, by_content, concept, is_category, noun, plainness
from optimiser.case.maps.shapes import SHAPES, fitted, score
from optimiser.case.maps.sheet_seen import SheetSeen, TableChoice
from optimiser.case.maps.wide import across_of, parts_of_total
from optimiser.case.reading.title import without_year
from optimiser.case.reading.titles import known_column
from optimiser.case.reading.which import meant_sheet
from optimiser.case.spec import BY_NAME, SHEETS

WHOLE = "general"
"""The cost category of what is not parted into several."""
LOOKED_AT = 300
"""Rows by whose texts a column is known."""
SURER = 1.0
"""By how much another table must explain more than the one that was thought of first."""
PAID = ("money", "request", "spent")
"""Of several columns of money that which is paid, by what their titles speak of: the first that there is."""
ALL_BUT = 0.8
"""The share of its columns that a table must know by their titles to be it without another look."""


def choose(sheet: SheetSeen) -> TableChoice | None:
    """The table that a sheet seems to hold; None where no table's key is there."""
    kinds = {j: sheet.profiles[j].kind for j in sheet.columns}
    for j, kind in kinds.items():
        about = _about(sheet, j)
        if about:
            sheet.by.setdefault(about, []).append(j)
        if kind == "numbers":
            sheet.numbers.append(j)
    for about, places in sheet.by.items():  # a name before its number, the very word before others
        places.sort(key=lambda j: (about not in MONEY and kinds[j] == "numbers", plainness(sheet.titles[j])))
    _pots(sheet)
    wide = across_of(sheet)
    if wide is not None:
        return wide
    titled, spoken = _by_titles(sheet), _by_shape(sheet, _long(sheet))
    if titled is None or spoken is None:
        chosen = titled or spoken
    else:
        whole = len(titled.targets) >= ALL_BUT * len(sheet.columns)
        chosen = titled if whole or (titled.to == meant_sheet(sheet.name) != spoken.to) else spoken
    return _with_others(sheet, chosen) if chosen else None


def _pots(sheet: SheetSeen) -> None:
    """Funds under other names. A list of grants may call them programs: those who give are named, and nobody who does the work.
    A list of what members pay may call them accounts."""
    by = sheet.by
    if not by.get("contributor") or any(by.get(c) for c in ("fund", "agency", "lead", "partner", "period")):
        return
    for about, to in (("initiative", "Funds"), ("category", "Contributions")):
        if by.get(about) and sheet.hints(to):
            by["fund"] = by.pop(about)
            sheet.doubtful.update(by["fund"])
            sheet.look.append(f"{sheet.titles[by['fund'][0]]} is taken for the fund, since it is named who pays.")
            return


def _by_shape(sheet: SheetSeen, first: TableChoice | None) -> TableChoice | None:
    """The table that explains most of what the columns speak of, where that is another than the first thought."""
    about = {j: a for a, places in sheet.by.items() for j in places}
    best, reached = first, 0.0
    if first is not None:
        reached = score(first.to, first.targets, about, sheet.columns) + sheet.hints(first.to)
        reached += SURER
    for to in SHAPES:
        targets = fitted(to, sheet.titles, sheet.profiles, about, sheet.columns)
        if targets is None:
            continue
        found = score(to, targets, about, sheet.columns) + sheet.hints(to)
        if found > reached:
            best, reached = _as_choice(sheet, to, targets, about), found
    return best


def _as_choice(sheet: SheetSeen, to: str, targets: dict[int, str], about: Mapping[int, str]) -> TableChoice:
    known = {s.column: s.about for s in SHAPES[to]}
    guessed = {j for j, column in targets.items() if about.get(j, "") not in known[column]}
    look = tuple(
        f"{sheet.titles[j]} is taken for the {targets[j]}, since no column names one." for j in sorted(guessed)
    )
    targets = {j: c if c in BY_NAME[to].names else f"+{sheet.titles[j]}" for j, c in targets.items()}
    fixed = {}
    if to == "Performance":
        item = next(j for j, c in targets.items() if c == "item")
        fixed = {"of": "agency" if about.get(item) in ("agency", "lead") else "initiative"}
    if to == "Actuals" and "category" not in targets.values():
        fixed = {"category": WHOLE}
    partner = next((j for j, c in targets.items() if c == "lead"), -1) if to == "Initiatives" else -1
    return TableChoice(to, targets, partner=partner, doubtful=frozenset(guessed), look=look, fixed=fixed)


def _about(sheet: SheetSeen, j: int) -> str:
    """What a column speaks of, where its cells agree with it."""
    title, seen = sheet.titles[j], sheet.profiles[j]
    about = concept(title) or by_content([row[j] for row in sheet.rows[:LOOKED_AT]], seen, sheet.known)
    if about == "total" and seen.kind == "numbers" and (_is_amount(sheet, j) or not _is_sum(sheet, j)):
        about = "fte" if noun(title) == "fte" else "money"
    if seen.kind in ("names", "labels") and _mostly(sheet, j, is_category):
        return "category"
    if about in (*MONEY, "fte", "score", "pay") and seen.kind not in ("numbers", "nothing"):
        other = noun(title)
        return other if other not in (*MONEY, "fte", "score", "pay") else "initiative" if about == "request" else ""
    if (
        about in ("agency", "lead", "partner", "initiative", "fund", "theme", "role", "notes")
        and seen.kind == "numbers"
    ):
        if about in ("fund", "initiative", "agency", "lead") and not seen.fractions and seen.distinct < seen.filled:
            return about  # codes of funds and programs are numbers
        sheet.doubtful.add(j)
        return "money" if about not in ("notes",) else ""
    if about in ("measure", "outcome", "category") and seen.kind == "numbers":
        return "spent" if about == "outcome" else "money"
    if about == "" and seen.kind == "dates":
        return "period"
    if about == "" and seen.kind == "numbers" and without_year(title)[1]:
        return "request"
    return about


def _mostly(sheet: SheetSeen, j: int, fits: Callable[[str], bool]) -> bool:
    """Whether the texts of a column, each counted once, are mostly of a kind."""
    texts = {str(row[j]).strip() for row in sheet.rows[:LOOKED_AT]} - {""}
    return len(texts) > 1 and sum(map(fits, texts)) > len(texts) / 2


def _is_amount(sheet: SheetSeen, j: int) -> bool:
    """Whether a column named like a total is one that is taken: people, one year of several, or of parts that are money."""
    years = {_year(sheet.titles[k]) for k in sheet.columns if concept(sheet.titles[k]) == "total"}
    parts, total = parts_of_total(sheet)
    if len(years) > 1 or noun(sheet.titles[j]) == "fte":
        return True
    return total == j and all(concept(sheet.titles[k]) in MONEY for k in parts)


def _is_sum(sheet: SheetSeen, j: int) -> bool:
    """Whether a column named like a total stands beside several others of numbers (or holds nothing)."""
    others = [k for k in sheet.columns if k != j and sheet.profiles[k].kind == "numbers"]
    return sheet.profiles[j].kind == "nothing" or len(others) > 1


def _by_titles(sheet: SheetSeen) -> TableChoice | None:
    """A table that the sheet's name or its titles call in words that are read without a question."""
    meant = meant_sheet(sheet.name)
    best: tuple[int, str, dict[int, str]] = (0, "", {})
    for spec in SHEETS:
        if spec.name == "Case":
            continue
        targets: dict[int, str] = {}
        exact = 0
        for j in sheet.columns:
            column, _, words = known_column(spec.columns, sheet.titles[j])
            if column and column not in targets.values():
                targets[j] = column
                exact += not words
        required = {c.name for c in spec.columns if c.required}
        if not required <= set(targets.values()) or (spec.name != meant and exact < max(2, len(required))):
            continue
        found = (len(targets) + 10 * (spec.name == meant), spec.name, targets)
        best = max(best, found, key=lambda f: f[0])
    if not best[1]:
        return None
    partner = sheet.first("partner", "agency") if best[1] == "Initiatives" else -1
    return TableChoice(best[1], best[2], partner=partner)


_OTHERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Funds": {"match_rate": ("match",)},
    "Staff": {"cost_per_fte": ("pay",), "releasable": ("releasable",)},
    "Performance": {"weight": ("weight",)},
}
"""Tables -> columns beside those by which they are known -> what their titles speak of."""


def _with_others(sheet: SheetSeen, chosen: TableChoice) -> TableChoice:
    """The table with the columns that were not needed to know it, but that it has too."""
    spec, targets, doubtful = BY_NAME[chosen.to], dict(chosen.targets), set(chosen.doubtful)
    for j in sheet.columns:
        if j in targets or j == chosen.partner or j in chosen.across or sheet.profiles[j].kind == "nothing":
            continue
        title, numbers = sheet.titles[j], sheet.profiles[j].kind == "numbers"
        named, unit, words = known_column(spec.columns, title)
        about = concept(title)
        spoken = next((c for c, of in _OTHERS.get(chosen.to, {}).items() if about in of), "")
        column = named or spoken
        if (
            not column
            or column in (*targets.values(), *chosen.fixed)
            or unit.rest
            or (named and without_year(title)[1])
        ):
            continue
        wanted = spec.column(column)
        if (wanted.type == "number") != numbers or wanted.refers or wanted.type == "flag":
            continue
        if wanted.unit == "share" and sheet.profiles[j].large > 1:
            continue
        if wanted.unit.startswith("money") and not (spoken or not words):
            continue
        targets[j] = column
        doubtful |= {j} if not named else set()
    return replace(chosen, targets=targets, doubtful=frozenset(doubtful))


def _measured(sheet: SheetSeen) -> TableChoice | None:
    """What initiatives or agencies achieved against their targets, or what they would achieve."""
    initiative, agency = sheet.first("initiative", "service"), sheet.first("agency", "lead")
    of = initiative if initiative >= 0 else agency
    target, measure = sheet.first("target"), sheet.first("measure", "outcome")
    if of < 0 or target < 0 or measure < 0 or sheet.profiles[target].kind != "numbers":
        return None
    actual = next((j for j in sheet.by.get("spent", ()) if sheet.profiles[j].kind == "numbers"), -1)
    if actual >= 0:
        fixed = {"of": "initiative" if of == initiative else "agency"}
        keys = {of: "item", measure: "measure", target: "target", actual: "actual"}
        return replace(_made(sheet, "Performance", keys, {}), fixed=fixed)
    if of != initiative:
        return None
    return _made(sheet, "Outcomes", {initiative: "initiative", measure: "outcome", target: "at_full"}, {})


def _long(sheet: SheetSeen) -> TableChoice | None:
    """A table with one record in each row, by what its columns speak of."""
    measured = _measured(sheet)
    if measured is not None:
        return measured
    fund, initiative, role = sheet.first("fund"), sheet.first("initiative"), sheet.first("role")
    contributor = sheet.first("contributor")
    lead, partner = sheet.first("lead", "agency"), sheet.first("partner")
    agency = lead if lead >= 0 else partner
    category, period, fte = sheet.first("category"), sheet.first("period"), sheet.first("fte")
    money = _money(sheet)

    def with_amount(to: str, keys: Mapping[int, str], wanted: Sequence[str] = PAID) -> TableChoice:
        return _made(sheet, to, keys, {"amount": _one(sheet, money, wanted)})

    if fte >= 0 and (agency >= 0 or initiative >= 0) and role < 0:
        role = _rest(sheet, "role")
    if fte >= 0 and role >= 0 and agency < 0 and initiative < 0:
        agency = _rest(sheet, "agency")
    if role >= 0 and fte >= 0 and (agency >= 0 or initiative >= 0):
        who = {agency: "agency"} if agency >= 0 else {initiative: "initiative"}
        return _made(sheet, "Staff" if agency >= 0 else "Needs", {**who, role: "role", fte: "fte"}, {})
    listed = fund >= 0 and sheet.profiles[fund].kind == "labels" and sheet.hints("Funds") > sheet.hints("Contributions")
    if initiative < 0 and money and fund >= 0 and contributor >= 0 and not listed:
        return with_amount("Contributions", {contributor: "agency", fund: "fund"})
    if money and period >= 0 and fund >= 0 and (initiative >= 0 or agency >= 0):
        keys = {fund: "fund", initiative: "initiative", agency: "agency", category: "category", period: "period"}
        credit = sheet.first("credit")
        keys |= {credit: "-money"} if credit >= 0 else {}
        made = _made(sheet, "Actuals", keys, {"money": _one(sheet, money, ("spent", "money", "request"))})
        if category >= 0:
            return made
        told = f"No column names a cost category: every line is read as {WHOLE}."
        return replace(made, fixed={"category": WHOLE}, look=(*made.look, told))
    if money and period >= 0 and fund >= 0:
        return with_amount("Installments", {fund: "fund", period: "period"})
    repeats = initiative >= 0 and sheet.profiles[initiative].kind == "names"
    if money and category >= 0 and (initiative < 0 or repeats):
        of = initiative if initiative >= 0 else agency
        if of < 0:
            return None
        if initiative < 0:
            sheet.doubtful.add(of)
            sheet.look.append(f"{sheet.titles[of]} is taken for the initiative, since no column names one.")
        wanted = ("request", "money", "baseline", "spent")
        return with_amount("Costs", {of: "initiative", category: "category"}, wanted)
    if initiative < 0 and money and agency >= 0 and fund >= 0 and sheet.first("service") >= 0:
        initiative = sheet.first("service")
    if initiative < 0 and money and agency >= 0 and (fund >= 0 or sheet.hints("Contributions") >= 1):
        return with_amount("Contributions", {agency: "agency", fund: "fund"})  # no fund is named: it is asked
    if initiative < 0 and money and fund >= 0:
        return with_amount("Funds", {fund: "fund"}, ("money", "request", "baseline"))
    if initiative < 0 and money:
        initiative = sheet.first("service")
    if initiative < 0 and money:
        labels = [j for j in sheet.columns if sheet.profiles[j].kind == "labels"]
        initiative = next((j for j in labels if concept(sheet.titles[j]) in ("", "code", "notes", "agency")), -1)
        if initiative >= 0:
            sheet.doubtful.add(initiative)
            sheet.look.append(f"{sheet.titles[initiative]} is taken for the initiative, since no column names one.")
            agency = -1 if agency == initiative else agency
    if initiative >= 0 and money:
        return _initiatives(sheet, initiative, agency, partner, money)
    if agency >= 0 and initiative < 0 and sheet.profiles[agency].kind == "labels":
        return _made(
            sheet, "Agencies", {agency: "agency", sheet.first("kind"): "kind", sheet.first("area"): "area"}, {}
        )
    return None


def _rest(sheet: SheetSeen, what: str) -> int:
    """The first column of texts of which no title says what it is, taken for what is still needed; -1 where there is none."""
    spoken = {j for places in sheet.by.values() for j in places}
    j = next((j for j in sheet.columns if j not in spoken and sheet.profiles[j].kind in ("names", "labels")), -1)
    if j >= 0:
        sheet.doubtful.add(j)
        sheet.look.append(f"{sheet.titles[j]} is taken for the {what}, since no other column names one.")
    return j


def _initiatives(sheet: SheetSeen, initiative: int, agency: int, partner: int, money: list[int]) -> TableChoice:
    theme, area = sheet.first("theme", "category"), sheet.first("area")
    keys = {initiative: "initiative", agency: "lead", theme: "theme", area: "area"}
    request = _one(sheet, money, ("request", "money", "baseline"))
    others = [j for j in money if j != request]
    numbers = {"request": request, "baseline": _one(sheet, others, ("baseline", "spent")) if others else -1}
    score = sheet.first("score")
    if score >= 0 and sheet.profiles[score].large <= 100:
        numbers["score"] = score
    return replace(_made(sheet, "Initiatives", keys, numbers), partner=partner if partner >= 0 else agency)


def _made(sheet: SheetSeen, to: str, keys: Mapping[int, str], numbers: Mapping[str, int]) -> TableChoice:
    targets = {j: name for j, name in keys.items() if j >= 0}
    targets |= {j: name for name, j in numbers.items() if j >= 0}
    for j in (j for name, j in numbers.items() if j >= 0 and name != "baseline"):
        rivals = [k for k in _money(sheet) if k not in targets and concept(sheet.titles[k]) == concept(sheet.titles[j])]
        if rivals and _year(sheet.titles[j]) == _year(sheet.titles[rivals[0]]):
            sheet.doubtful.add(j)
            sheet.look.append(
                f"{sheet.titles[j]} is taken for the {targets[j]}, and {sheet.titles[rivals[0]]} is left out."
            )
    return TableChoice(to, targets, doubtful=frozenset(sheet.doubtful & set(targets)), look=tuple(sheet.look))


def _money(sheet: SheetSeen) -> list[int]:
    """Columns of money: named so, else of large numbers that no title names otherwise."""
    named = [j for c in MONEY for j in sheet.by.get(c, ()) if sheet.profiles[j].kind == "numbers"]
    parts, total = parts_of_total(sheet)
    if total in named and len({_year(sheet.titles[j]) for j in (*parts, total)}) == 1:
        named = [j for j in named if j not in parts]
    if named:
        return sorted(named)
    taken = {j for c, places in sheet.by.items() if c not in ("total",) for j in places}
    return [j for j in sheet.numbers if j not in taken and sheet.profiles[j].large >= 100]


def _one(sheet: SheetSeen, money: Sequence[int], wanted: Sequence[str]) -> int:
    """Of several columns of money the one that is meant: by its words, then the latest year, then the first; -1 of none."""

    def rank(j: int) -> tuple[int, int, int]:
        about = concept(sheet.titles[j])
        return (wanted.index(about) if about in wanted else len(wanted), -_year(sheet.titles[j]), j)

    fitting = [j for j in money if concept(sheet.titles[j]) in wanted] or list(money)
    return min(fitting, key=rank, default=-1)


def _year(title: str) -> int:
    """The last year that a title names, 0 where none."""
    digits = [int(d) for d in re.findall(r"\d{2,4}", without_year(title)[1])]
    return max((d if d > 99 else 2000 + d for d in digits), default=0)
