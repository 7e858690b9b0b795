"""A question in words, read by a grammar over the case's own names. What cannot be told apart is asked back, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from optimiser.analysis.debate.cues import MOST_WORDS, pointed
from optimiser.analysis.debate.phrases import FORMS
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import listed, money_exact, number
from optimiser.case.scenario.apply import names as scenario_names
from optimiser.model.rules import rules_of

NAMED = ("initiative", "fund", "agency", "role", "rule", "scenario")
ANY = "any"
"""A slot that takes a name of any kind but a scenario."""
_SMALL = frozenset(
    ["the", "a", "an", "of", "for", "and", "in", "to", "on", "at", "our", "with", "by", "from", "this", "that", "all"]
)
_NUMBERS = {
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "ten": 10.0,
    "half": 0.5,
    "a": 1.0,
    "an": 1.0,
}
_MONEY = r"(?:[$€£]\s?)?\d[\d,]*(?:\.\d+)?\s?(?:k|m|bn|thousand|million|billion)?(?:\s?(?:dollars|usd|euros|eur))?"
_SHARE = r"\d+(?:\.\d+)?\s?(?:%|percent|per cent)|half|a (?:half|third|quarter|fifth|tenth)"
_COUNT = r"\d+(?:\.\d+)?|one|two|three|four|five|ten|half|an?"
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_PARTS = {"half": 0.5, "a half": 0.5, "a third": 1 / 3, "a quarter": 0.25, "a fifth": 0.2, "a tenth": 0.1}
_LEADS = re.compile(r"((please|((can|could) you )?tell me|i want to know|so|ok|okay|and|but|well|show me|hey) ){1,3}")


@dataclass(frozen=True)
class Reading:
    """What was understood. form: of FORMS; names: kind -> key; amounts: money, share or count; focus: `gains` or `loses`
    where that is asked of a change; sentence: the question as it will be answered."""

    form: str
    names: Mapping[str, str] = field(default_factory=dict)
    amounts: Mapping[str, float] = field(default_factory=dict)
    focus: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Asked:
    """reading: the one that is certain, or None; others: readings among which it cannot be told; problem: why there is none,
    and what can be done."""

    reading: Reading | None
    others: tuple[Reading, ...] = ()
    problem: str = ""


_WITH_NAMES = {"initiative": "Initiatives", "fund": "Funds", "agency": "Agencies"}
"""Sheets of things that have keys and names."""


class Names:
    """Everything in a case that bears a name."""

    def __init__(self, case: Case) -> None:
        self.currency = case.settings.currency
        self.called: dict[str, dict[str, str]] = {kind: {} for kind in NAMED}
        for kind, sheet in _WITH_NAMES.items():
            self.called[kind] = case.called(sheet)
        self.called["role"] = {k: k for k in case.facts.names["role"]}
        self.called["rule"] = {r.name: r.name for r in rules_of(case.facts)}
        self.called["scenario"] = {n: n for n in scenario_names(case.tables["Scenarios"])}
        self._known = {kind: {k: {_plain(k), _plain(n)} for k, n in had.items()} for kind, had in self.called.items()}
        for kind, sheet in _WITH_NAMES.items():
            for key, name in zip(case.tables[sheet][kind].tolist(), case.tables[sheet]["name"].tolist(), strict=True):
                self._known[kind][key] = {_plain(key), _plain(name or key)}
        self._words = {
            _singular(w)
            for had in self._known.values()
            for names in had.values()
            for name in names
            for w in name.split()
        }

    def exactly(self, kind: str, said: str) -> list[str]:
        """Keys of a kind whose key or name the words are."""
        words = _plain(said)
        return [k for k, names in self._known[kind].items() if words in names]

    def find(self, kind: str, said: str) -> list[str]:
        """Keys of a kind that the words may mean: the one whose key or name they are; else those all of whose words they
        name a part of, if the words are telling."""
        words = _plain(said)
        known = self._known[kind]
        exact = [
            k
            for k, names in known.items()
            if words in names or (kind == "role" and _singular(words) in {_singular(n) for n in names})
        ]
        if exact:
            return exact
        telling = [w for w in words.split() if w not in _SMALL]
        wanted = set(map(_singular, telling))
        if sum(map(len, telling)) < 4:
            return []
        return [k for k, names in known.items() if any(wanted <= {_singular(w) for w in n.split()} for n in names)]

    def bears(self, word: str) -> bool:
        """Whether any name has the word."""
        return _singular(word) in self._words


def read(case: Case, text: str, names: Names | None = None) -> Asked:
    """The question that a text asks of a case."""
    known = names or Names(case)
    said = tidied(text)
    if not said:
        return Asked(None, (), "Ask something, such as: why not, what if a fund is cut by 20%, what is open.")
    found: dict[tuple[object, ...], Reading] = {}
    rank: dict[tuple[object, ...], tuple[int, int]] = {}
    for form, patterns in _compiled().items():
        for pattern, kinds, weight in patterns:
            hit = pattern.fullmatch(said)
            if hit is None:
                continue
            for reading, sure in _readings(known, form, kinds, hit.groupdict(), said):
                key = (reading.form, *sorted(reading.names.items()), *sorted(reading.amounts.items()))
                found[key] = reading
                rank[key] = max(rank.get(key, (0, 0)), (sure, weight))
    if not found:
        other = _in_other_words(known, said)
        return Asked(None, (), _help(known, said)) if other is None else Asked(other)
    # A name said in full, and then a pattern with more words of its own, is more certain than a part of one.
    best = max(rank.values())
    likely = [found[k] for k, r in rank.items() if r == best]
    if len(likely) == 1:
        return Asked(likely[0])
    listed_ = tuple(sorted(likely, key=lambda r: r.sentence))
    return Asked(None, listed_, f"I can't tell which is meant: {listed([r.sentence for r in listed_[:4]], 'or')}")


def _in_other_words(known: Names, said: str) -> Reading | None:
    """What the names, the amounts and the words between them point at, where no form fits the whole text."""
    found = pointed(said, known)
    if found is None:
        return None
    form, names, said_amounts = found
    amounts = {slot: value for slot, words in said_amounts.items() if (value := _amount(slot, words)) is not None}
    if len(amounts) < len(said_amounts):
        return None
    focus = _focus(said)
    return Reading(form, names, amounts, focus, told(known, form, names, amounts, focus))


def _focus(said: str) -> str:
    """Whether who gains or who loses is asked."""
    if re.match(r"who (loses|would lose|gets less|is hurt|suffers|pays)", said):
        return "loses"
    return "gains" if re.match(r"who (gains|wins|would gain|gets more|benefits|profits)", said) else ""


def _readings(
    known: Names, form: str, kinds: list[str], groups: Mapping[str, str | None], said: str
) -> Iterator[tuple[Reading, int]]:
    """Each way in which the words between can be names; with 1 where all of them are said in full."""
    names: list[tuple[dict[str, str], int]] = [({}, 1)]
    amounts: dict[str, float] = {}
    for kind in kinds:
        words = groups[f"s_{kind}"] or ""
        if kind in _AMOUNTS:
            value = _amount(kind, words)
            if value is None:
                return
            amounts[kind] = value
            continue
        options = []
        for one in NAMED[:-1] if kind == ANY else (kind,):
            keys = known.find(one, words)
            full = int(any(_plain(words) in known._known[one][k] or one == "role" for k in keys))
            options += [(one, k, full) for k in keys]
        names = [({**had, one: key}, sure & full) for had, sure in names for one, key, full in options]
    focus = _focus(said)
    for had, sure in names:
        yield Reading(form, had, amounts, focus, told(known, form, had, amounts, focus)), sure


def told(known: Names, form: str, names: Mapping[str, str], amounts: Mapping[str, float], focus: str = "") -> str:
    """The question as it was understood."""
    n = {k: f"“{known.called[k][v]}”" for k, v in names.items()}
    thing = next(iter(n.values()), "")
    by = (
        f"{number(100 * amounts['share'], 4)}%"
        if "share" in amounts
        else money_exact(amounts["money"], known.currency)
        if "money" in amounts
        else ""
    )
    count = number(amounts.get("count", 0.0))
    who = {"gains": "Who gains if", "loses": "Who loses if"}.get(focus, "What if")
    kind = next(iter(names), "")
    return {
        "why not": f"Why is {thing} not funded (in full)?",
        "why": f"Why does the {kind} {thing} stand as it does?",
        "cut": f"{who} the fund {n.get('fund')} is cut by {by}?",
        "raise": f"{who} the fund {n.get('fund')} is raised by {by}?",
        "set": f"{who} the fund {n.get('fund')} has {by}?",
        "lose": f"What stops if the fund {n.get('fund')} ends halfway, and what is bridged?",
        "more": f"{who} {n.get('initiative')} gets {by} more?",
        "fund": f"{who} {n.get('initiative')} must be funded, and who pays?",
        "drop": f"{who} {n.get('initiative')} is not funded?",
        "cheapest": f"What would it take to fund {n.get('initiative')}?",
        "worth of role": f"What is one FTE more of the role {n.get('role')} worth?",
        "worth of fund": f"What is more money in the fund {n.get('fund')} worth, and until when?",
        "people": f"{who} {n.get('agency')} has {count} FTE more of the role {n.get('role')}?",
        "fewer people": f"{who} {n.get('agency')} has {count} FTE fewer of the role {n.get('role')}?",
        "who may change": f"Who may change the rule {n.get('rule')}?",
        "cost of rule": f"What does the rule {n.get('rule')} cost?",
        "without rule": f"{who} the rule {n.get('rule')} is switched off?",
        "rule": f"What does the rule {n.get('rule')} say, and is it kept?",
        "how much": f"How much does {n.get('initiative')} get?",
        "agency": f"What does {n.get('agency')} get, pay and lend?",
        "who loses": "Who gets less than last year, and who gets more?",
        "most": "Who gets most?",
        "left": f"What is left of the fund {n.get('fund')}, and why?",
        "unspent": "What stays unspent?",
        "hostages": f"What does the fund {n.get('fund')} pay for, and what hangs on it alone?",
        "who pays": f"Which funds pay for {n.get('initiative')}?",
        "open": "What of the money is open?",
        "binding": "What holds us back, and what would help most?",
        "rules kept": "Are all rules kept?",
        "total": "What does the plan spend and bring?",
        "not funded": "What is not funded?",
        "next": "What is next in line?",
        "scenario": f"What does the scenario {n.get('scenario')} change?",
        "biggest loss": "Which fund would be missed most if it ended halfway?",
    }[form]  # fmt: skip


# -- words ----------------------------------------------------------------------------------------------------------------


def tidied(text: str) -> str:
    """Lower case, one blank between words, without what ends a sentence or only leads to it."""
    said = fold(text.replace("’", "'").replace("“", '"').replace("”", '"').replace('"', " "))
    said = re.sub(r"[?!;:]+|(?<!\d)[.,]+|[.,]+(?!\d)", " ", said)
    said = re.sub(r"\b(what|who|where|how)'s\b", r"\1 is", said)
    said = re.sub(r"\bwhats\b", "what is", said)
    said = " ".join(said.split()).removesuffix(" please").removesuffix(" then")
    lead = _LEADS.match(said)
    return said[lead.end() :] if lead else said


def _plain(name: str) -> str:
    """A name as it is compared: its words alone."""
    return " ".join(w for w in re.sub(r"[^\w%&]+", " ", fold(name)).split() if w not in ("the", "our"))


def _singular(word: str) -> str:
    if re.search(r"(ch|sh|x|ss)es$", word):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _amount(slot: str, words: str) -> float | None:
    """The amount that stands in a slot; None where the words are none, or could be read in two ways."""
    return _AMOUNTS[slot](words.strip())


def _share(words: str) -> float | None:
    if words in _PARTS:
        return _PARTS[words]
    hit = re.match(r"\d+(?:\.\d+)?", words)
    share = float(hit[0]) / 100 if hit else None
    return share if share is not None and 0 < share <= 10 else None


def _heads(words: str) -> float | None:
    return _NUMBERS.get(words) or (float(words) if re.fullmatch(r"\d+(?:\.\d+)?", words) else None)


def amount_of_money(words: str) -> float | None:
    """`$50k` as 50000; None where the words are no amount, or could be read in two ways."""
    hit = re.match(r"(?:[$€£]\s?)?(\d[\d,]*(?:\.\d+)?)\s?(k|m|bn|thousand|million|billion)?", words)
    if hit is None or not re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?", hit[1]):
        return None
    return float(hit[1].replace(",", "")) * _TIMES.get(hit[2] or "", 1.0)


_AMOUNTS: Mapping[str, Callable[[str], float | None]] = {"money": amount_of_money, "share": _share, "count": _heads}


@cache
def _compiled() -> Mapping[str, list[tuple[re.Pattern[str], list[str], int]]]:
    """The patterns as regular expressions, with their slots and how many letters of their own they have."""
    return {form: [_pattern(p) for p in patterns] for form, patterns in FORMS.items()}


def _pattern(written: str) -> tuple[re.Pattern[str], list[str], int]:
    kinds = re.findall(r"<(\w+)>", written)
    made = re.sub(r"(\w+)\[s\]", r"\1s?", written)
    made = re.sub(r"\[([^\]]+)\] ?", r"(?:(?:\1) )?", made.replace(" [", " ["))
    made = re.sub(r"\((?!\?)", "(?:", made)
    for kind in kinds:
        inner = {"money": _MONEY, "share": _SHARE, "count": _COUNT}.get(kind, r".+?")
        made = made.replace(f"<{kind}>", f"(?P<s_{kind}>{inner})")
    # What may be left out at the end has its blank before it.
    made = re.sub(r" (\(\?:\(\?:[^()]*\) \)\?)$", lambda m: "(?: " + m[1][3:].removesuffix(" )?") + ")?", made)
    own = re.sub(r"<\w+>|\[[^\]]*\]|\([^)]*\|[^)]*\)", "", written)
    return re.compile(made), kinds, len(own.split()) + written.count("(")


def _help(known: Names, said: str) -> str:
    """Why nothing was understood: names in it that several things bear, or what can be asked."""
    near = [
        (kind, keys)
        for kind in NAMED
        for size in (3, 2)
        for part in _runs(said, size)
        if 1 < len(keys := known.find(kind, part)) <= 4
    ]
    if near:
        kind, keys = near[0]
        meant = listed([known.called[kind][k] for k in keys], "or")
        return f"I can't tell: several {'agencies' if kind == 'agency' else kind + 's'} may be meant, {meant}. Say which, and ask again."
    return (
        "I can't tell what is asked. Ask, for instance: why not X; what if fund F is cut by 20%; cheapest way to fund X; "
        "what is an analyst worth; who may change rule R; what is open; who gets less."
    )


def _runs(said: str, size: int) -> list[str]:
    words = said.split()[:MOST_WORDS]
    return [" ".join(words[k : k + size]) for k in range(len(words) - size + 1)]
