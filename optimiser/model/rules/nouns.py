"""What a rule speaks of, as a noun: `money from joint grants for travel`, `outreach workers on initiatives led by Police`.

A selection becomes one phrase for each dimension that it narrows, in the order in which people say them; `per` becomes
"each" in the phrase of its dimension, and "that" where a base repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

from optimiser.case.facts import DIMENSIONS, OF_INITIATIVE, SHEET_OF, Facts
from optimiser.case.names import fold, fold_title
from optimiser.case.readable import listed, money_exact, written
from optimiser.case.selection import Clause, parse, title_match
from optimiser.case.spec import BY_NAME

_ORDER = {">=": "at least", "<=": "at most", "<": "below", ">": "above"}
_COUNT = {">=": "at least", "<=": "at most", "<": "fewer than", ">": "more than"}
_TIME = {">=": "from {} on", "<=": "up to {}", "<": "before {}", ">": "after {}"}
_WINDOW = {">=": "{} or later", "<=": "{} or earlier", "<": "before {}", ">": "after {}"}
_DOING = {
    "serves": "serving",
    "covers": "covering",
    "supports": "supporting",
    "reaches": "reaching",
    "targets": "targeting",
}
"""Attributes that are named by a verb, as they stand behind a noun."""
_COSTS = {"indirect": "indirect costs", "general": "general costs", "contractual": "contractual work"}
_OWN = {
    "maximum": "a maximum",
    "minimum": "a minimum",
    "request": "a request",
    "baseline": "an award last year",
    "score": "a score",
    "priority": "a priority",
}
_IN_TOTAL = {"money": "all money", "staff": "all staff", "in kind": "value of all released staff"}
_THE = {"money": "money", "in kind": "released staff, valued,", "level": "delivered level"}
_SAID_AS = {
    "money": {"fund": "from", "agency": "paid to", "category": "for", "initiative": "on", "period": "in"},
    "staff": {"agency": "from", "initiative": "on", "period": "in"},
    "in kind": {"agency": "from", "initiative": "on", "period": "in"},
    "level": {"initiative": "of", "agency": "by", "period": "in"},
    "outcome": {"initiative": "from", "agency": "by", "period": "in"},
    "funded": {"initiative": "of"},
}
_IN_AREAS = "in areas "


@dataclass(frozen=True)
class Chosen:
    """What a selection says of one dimension.

    keys, other: the names that it takes and those that it leaves out; words: what else holds of each; kinds: kinds of fund.
    """

    keys: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sum:
    """A sum to be said: a measure (or `funded`), a selection, and what it is repeated for.

    measure: as written; each: what `per` names; word: `each`, or `that` in a base that repeats it.
    """

    facts: Facts
    measure: str
    where: str
    each: Sequence[str] = ()
    word: str = "each"
    chosen: Mapping[str, Chosen] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chosen", chosen(self.facts, self.where))

    @property
    def noun(self) -> str:
        """`money from Grant for travel`; `all money` where nothing narrows it."""
        name = fold(self.measure) or "money"
        said_as = _SAID_AS.get(name, _SAID_AS["outcome"])
        parts = [self._phrase(dimension, lead) for dimension, lead in said_as.items()]
        told = [part for part in parts if part]
        if name in ("staff", "in kind"):
            return self._people(name, told)
        if name == "funded":
            return self._funded()
        if name not in _SAID_AS:
            return " ".join([self.measure, *told])
        if name == "level" and not told:
            return "all delivered levels, added up"
        added = ["added up"] if name == "level" and self._several() else []
        return " ".join([_THE[name], *told]) + "".join(f", {a}" for a in added) if told else _IN_TOTAL[name]

    def _several(self) -> bool:
        """Whether levels of more than one initiative are added up."""
        mine = self.chosen.get("initiative")
        return "initiative" not in self.each and not (mine and mine.keys)

    def _people(self, name: str, told: list[str]) -> str:
        roles = self.chosen.get("role", Chosen())
        if "role" in self.each:
            others = [*roles.keys, *roles.other]
            of = f" ({'' if roles.keys else 'other than '}{listed(others)})" if others else ""
            head = f"staff of {self.word} role{of}"
        elif roles.keys:
            head = listed([plural(r) for r in roles.keys])
        elif roles.other:
            head = f"staff other than {listed([plural(r) for r in roles.other])}"
        elif not told:
            return _IN_TOTAL[name]
        else:
            head = "staff"
        if name == "in kind":
            return " ".join(["value of released", head, *told])
        return " ".join([head, *told])

    def _funded(self) -> str:
        groups, mine = self._groups("of"), self.chosen.get("initiative", Chosen())
        if "area" in self.each:
            mine = replace(mine, words=tuple(w for w in mine.words if not w.startswith(_IN_AREAS)))
        if mine.keys:
            head = ["funded initiatives among", _named(self.facts, "initiative", mine)]
        else:
            head = ["funded initiatives", *_qualified(self.facts, "initiative", mine)]
        return " ".join([*head, *groups, *(["(each by itself)"] if "initiative" in self.each else [])])

    def _phrase(self, dimension: str, lead: str) -> str:
        mine = self.chosen.get(dimension)
        groups = self._groups() if dimension == "initiative" else []
        if groups and mine and "area" in self.each:
            mine = replace(mine, words=tuple(w for w in mine.words if not w.startswith(_IN_AREAS)))
            mine = None if mine == Chosen() else mine
        if dimension in self.each:
            said = f"{lead} {self._each(dimension, mine or Chosen())}"
        elif mine is None:
            said = ""
        elif dimension == "period":
            said = _when(mine)
        else:
            said = f"{lead} {group(self.facts, dimension, mine)}"
        return " ".join([*groups, said]).strip()

    def _groups(self, lead: str = "for") -> list[str]:
        """What initiatives are grouped by: `for each theme and tier`, `in each area whose unit is county`."""
        others = [one for one in self.each if one in ("theme", "tier")]
        said = [f"{lead} {self.word} {listed(others)}"] if others else []
        if "area" in self.each:
            which = [
                w.removeprefix(_IN_AREAS)
                for w in self.chosen.get("initiative", Chosen()).words
                if w.startswith(_IN_AREAS)
            ]
            said.append(" ".join([f"in {self.word} area", listed(which)]).strip())
        return said

    def _each(self, dimension: str, mine: Chosen) -> str:
        one = f"{self.word} {listed(mine.kinds, 'or') if self.word == 'each' and mine.kinds else dimension}"
        if dimension == "period":
            named = [
                *(f"of {listed(mine.keys, 'or')}" for _ in mine.keys[:1]),
                *(f"but {listed(mine.other)}" for _ in mine.other[:1]),
            ]
            return " ".join([one if not mine.keys else self.word, *named, *mine.words])
        if self.word != "each":
            return f"{one} (of {group(self.facts, dimension, mine)})" if mine != Chosen() else one
        if mine.keys:
            return "each of " * (len(mine.keys) > 1) + _named(self.facts, dimension, mine)
        return " ".join([one, *_qualified(self.facts, dimension, mine)])


def group(facts: Facts, dimension: str, mine: Chosen, last: str = "and") -> str:
    """Members of a dimension in the plural: `joint grants owned by Police`, `A, B and C`, `initiatives in North`."""
    if mine.keys:
        return _named(facts, dimension, mine, last) + " together" * (len(mine.keys) > 1 and last == "and")
    if dimension == "category":
        return "anything but " + listed([cost(c) for c in mine.other])
    head = listed([f"{kind}s" for kind in mine.kinds]) or _MANY[dimension]
    return " ".join([head, *_qualified(facts, dimension, mine)])


def initiatives(facts: Facts, text: str, last: str, one: str = "") -> str:
    """Initiatives that a selection chooses: their names where it lists them, else `initiatives …`.

    one: `any` or `every`, where they are spoken of one by one.
    """
    mine = chosen(facts, text).get("initiative", Chosen())
    if mine.keys:
        return _named(facts, "initiative", mine, last)
    return " ".join([f"{one} initiative" if one else "initiatives", *_qualified(facts, "initiative", mine)])


def chosen(facts: Facts, text: str) -> dict[str, Chosen]:
    """What a selection says, dimension by dimension."""
    made: dict[str, Chosen] = {}
    for clause in parse(text):
        dimension = facts.subject(clause).dimension
        was = made.get(dimension, Chosen())
        owner, name = owned(facts, clause.column)
        if name == owner == dimension and clause.operator in ("=", "!="):
            keys = tuple(shown(facts, dimension, v) for v in clause.values)
            if clause.operator == "!=":
                now = replace(was, other=(*was.other, *keys))
            elif was.keys:
                now = replace(was, words=(*was.words, f"that are {listed(keys, 'or')}"))
            else:
                now = replace(was, keys=keys)
        elif owner == dimension == "fund" and name == "kind" and clause.operator == "=" and not was.kinds:
            now = replace(was, kinds=tuple(_KINDS.get(fold(v), v) for v in clause.values))
        else:
            now = replace(was, words=(*was.words, _clause(facts, clause, dimension)))
        made[dimension] = now
    return made


def shown(facts: Facts, dimension: str, key: str) -> str:
    """A member as people know it: its name, with its key behind it where another has the same name; else its key."""
    if dimension not in SHEET_OF:
        own = facts.areas if dimension == "area" else facts.names[dimension]
        return next((n for n in own if fold(n) == fold(key)), key)
    table = facts.sorted[dimension]
    names = {fold(k): n for k, n in table.each(dimension, "name")}
    code = next((k for k in table[dimension].tolist() if fold(k) == fold(key)), key)
    name = names.get(fold(key), "")
    if not name or (_reads(code) and ("," in name or len(name) > _LONG)):
        return code
    alone = sum(fold(n) == fold(name) for n in names.values()) == 1
    return name if alone else f"{name} ({code})"


_LONG = 40
"""A name longer than this is left to titles, where the key reads as well."""


def _reads(key: str) -> bool:
    """Whether a key is a name that people read, and no code: `Community Violence Grant`, not `G18`."""
    return len(key) > 3 and not any(c.isdigit() for c in key) and key != key.upper()


_SEVERAL = ("staff", "personnel", "police", "counsel", "crew", "people")
"""Words for several people already."""


def plural(role: str) -> str:
    """A role for several people: `analysts`, `deputies`; unchanged where it has no plain plural."""
    last = role[-1:].casefold()
    if not last.isalpha() or last == "s" or role.casefold().endswith(_SEVERAL):
        return role
    if last == "y" and role[-2:-1].casefold() not in "aeiou":
        return role[:-1] + "ies"
    return role + ("es" if role.casefold().endswith(("ch", "sh", "x", "z")) else "s")


def cost(category: str) -> str:
    """A cost category behind "for": `travel`, `indirect costs`."""
    return _COSTS.get(fold(category), category)


_KINDS = {"pooled": "pooled fund"}
_MANY = {"fund": "funds", "agency": "agencies", "initiative": "initiatives", "role": "roles", "period": "periods"}


def _named(facts: Facts, dimension: str, mine: Chosen, last: str = "and") -> str:
    """The keys that are named, with what else holds of them in brackets."""
    names = [cost(k) if dimension == "category" else k for k in mine.keys]
    names = [f"“{n}”" if len(names) > 1 and ("," in n or " and " in n) else n for n in names]
    of_kind = [f"of the kind {listed(mine.kinds, 'or')}"] if mine.kinds else []
    rest = [*of_kind, *_qualified(facts, dimension, replace(mine, keys=()))]
    return listed(names, last) + (f" (those {' '.join(rest)})" if rest else "")


_FIRST = ("of", "not", "led", "owned", "in", "outside", "marked", "with", "whose")
"""In which order words behind a noun can be read."""


def _qualified(facts: Facts, dimension: str, mine: Chosen) -> list[str]:
    """What stands behind `initiatives`: `of the theme guns`, `led by Police`, `other than A`; alike ones joined by `and`."""

    def first(word: str) -> str:
        return word.split(" ", 1)[0]

    said: list[str] = []
    for word in sorted(mine.words, key=lambda w: _FIRST.index(first(w)) if first(w) in _FIRST else len(_FIRST)):
        said.append(f"and {word}" if said and first(word) == first(said[-1].removeprefix("and ")) else word)
    if mine.other:
        said.append(f"other than {listed([cost(k) if dimension == 'category' else k for k in mine.other], 'or')}")
    return said


def _when(mine: Chosen) -> str:
    said = [f"in {listed(mine.keys)}"] if mine.keys else []
    said += [f"in all periods but {listed(mine.other)}"] if mine.other else []
    return " ".join([*said, *mine.words])


def _clause(facts: Facts, clause: Clause, dimension: str) -> str:
    """One comparison behind a noun: `of the theme guns`, `led by Police`, `with a score of at least 60`."""
    owner, name = owned(facts, clause.column)
    subject, column = facts.subject(clause), fold_title(name)
    yes, values = clause.operator == "=", list(clause.values)
    if subject.order is not None and dimension == "period":
        return _TIME[clause.operator].format(values[0])
    if subject.order is not None and clause.operator not in ("=", "!="):
        said = f"whose {name} period is {_WINDOW[clause.operator].format(values[0])}"
    elif subject.values.dtype == bool:
        marked = (fold(values[0]) in ("yes", "true", "1")) == yes
        said = f"{'' if marked else 'not '}marked “{name}”"
    elif subject.values.dtype != object:
        said = _figure(facts, clause, owner, name)
    else:
        said = _text(facts, owner, name, column, values, yes)
    return said if owner == dimension or column == "area" else _IN_AREAS + said


def _text(facts: Facts, owner: str, name: str, column: str, values: list[str], yes: bool) -> str:
    many = "s" if len(values) > 1 else ""
    either = listed(values, "or")
    if column == "area":
        either = listed([shown(facts, "area", v) for v in values], "or")
        return f"{'in' if yes else 'outside'} {either}"
    if column == "parent" and owner == "area":
        return f"{'directly' if yes else 'not directly'} inside {either}"
    if column in ("theme", "tier"):
        return f"{'' if yes else 'not '}of {'the ' if column == 'theme' else ''}{column}{many} {either}"
    if column in ("lead", "owner"):
        by = listed([shown(facts, "agency", v) for v in values], "or")
        return f"{'' if yes else 'not '}{'led' if column == 'lead' else 'owned'} by {by}"
    if column == "kind" and yes:
        return f"of kind{many} {either}"
    if column in ("first", "last"):
        return f"whose {column} period is {'' if yes else 'not '}{either}"
    if column in _DOING:
        return f"{'' if yes else 'not '}{_DOING[column]} {either}"
    if [fold(v) for v in values] == ["yes"]:
        return f"{'' if yes else 'not '}marked “{name}”"
    return f"whose {name} is {'' if yes else 'not '}{either}"


def _figure(facts: Facts, clause: Clause, owner: str, name: str) -> str:
    """A comparison of numbers: `with a score of at least 60`, `with more than 100 officers`, `with population above 5,000`."""
    operator, column = clause.operator, fold_title(name)
    sheet = {c.name: c for c in BY_NAME[SHEET_OF[owner]].columns}
    known = next((c for n, c in sheet.items() if fold_title(n) == column), None)
    amounts = [
        _amount(v, facts.settings.currency if known is not None and known.unit == "money" else "")
        for v in clause.values
    ]
    if operator in ("=", "!="):
        return f"whose {name} is {'' if operator == '=' else 'not '}{listed(amounts, 'or')}"
    of = "of " if operator in (">=", "<=") else ""
    if column in _OWN:
        return f"with {_OWN[column]} {of}{_ORDER[operator]} {amounts[0]}"
    if known is None and name.endswith("s") and not name.endswith(("ss", "us", "is")):
        return f"with {_COUNT[operator]} {amounts[0]} {name}"
    return f"with {name} {of}{_ORDER[operator]} {amounts[0]}"


def _amount(value: str, currency: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    if not isfinite(number):
        return value
    return money_exact(number, currency) if currency else written(number)


def owned(facts: Facts, column: str) -> tuple[str, str]:
    """Whose column it is (fund, agency, initiative, area, or the dimension itself), and its name in words."""
    prefix, dot, rest = (part.strip() for part in column.partition("."))
    name = fold_title(column)
    if name in DIMENSIONS:
        return name, name
    if dot and fold_title(prefix) in {*SHEET_OF, *(fold_title(s) for s in SHEET_OF.values())}:
        owner = next(d for d in SHEET_OF if fold_title(prefix) in (d, fold_title(SHEET_OF[d])))
        return owner, (title_match(rest, list(facts.sorted[owner].columns)) or rest).replace("_", " ")
    if name in OF_INITIATIVE:
        return "initiative", name
    with_it = (d for d in SHEET_OF if title_match(column, list(facts.sorted[d].columns)))
    return next(with_it, "initiative"), column.replace("_", " ")
