"""Questions in other words than the grammar has: the case's names and amounts in a text, and what the words between them point at.

Asked only where no form fits the whole text. It never guesses a name: a word that several bear, two names of one kind, an amount
that nothing takes, or more than a few words that say nothing known are left to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from optimiser.analysis.debate.meanings import KNOWN, MEANINGS, line_of, stem
from optimiser.case.names import fold

MOST_UNKNOWN = 2
"""Words that are neither names nor known, up to which a text is still understood: one more for each name, two for each amount."""
MOST_WORDS = 40
"""Words of the longest text that is looked at: more is no question."""
LONGEST = 7
"""Words of the longest name that is looked for."""
TELLING = 4
"""Letters that one word alone must have to stand for a longer name."""
KINDS = ("initiative", "fund", "agency", "role", "rule", "scenario")
_CALLED = {
    "fund": {"grant", "fund", "budget", "pool", "pot", "pledge", "money"},
    "rule": {"rule", "formula", "limit", "condition", "clause", "share"},
    "agency": {"agency", "department", "office"},
}
"""Words after (or in) a name that say what kind of thing it is."""


class Lexicon(Protocol):
    """Knows the case's names."""

    def exactly(self, kind: str, said: str) -> list[str]:
        """Keys of a kind whose key or name the words are."""

    def find(self, kind: str, said: str) -> list[str]:
        """Keys of a kind that the words may mean."""

    def bears(self, word: str) -> bool:
        """Whether any name has the word."""


_FILLER_TEXT = (
    "a an the of for and or in to on at our us we you i it its is are be been was were am this that these those there here they them "
    "their he she his her my your with by from as about into than then so but do does did doing done have has had having will would "
    "can could should may might must shall let lets please just really actually even still yet only much many any some all every each "
    "both what which who whom whose why when where how if suppose not no yes get gets got getting give gives given go goes going make "
    "makes made take takes see look tell show say says know think want like happen happens happened mean means come comes keep put "
    "fund funds funded funding grant grants budget budgets pool money dollars plan plans initiative initiatives agency agencies rule "
    "rules year years last this now today people person staff team one ones thing things way more less most least up down out off "
    "over under back again also too very quite per cent percent half third quarter amount total part full whole left right good bad "
    "big small new old next first against versus between because since until before after during while through together able possible "
    "around suddenly tomorrow completely entirely fully partly whatever exactly maybe perhaps ever never always what's who's i'd we'd "
    "us, me anyone anybody somebody someone everybody nobody something anything everything hurt hurts suffer suffers matter matters "
    "affect affects affected hard harder badly better worse worth value line currently actually probably"
)
_FILLER = frozenset(_FILLER_TEXT.split())
_FILLER_STEMS = frozenset(map(stem, _FILLER))
_SHARE = r"\d+(?:\.\d+)?\s?(?:%|percent|per cent)|\b(?:half|a third|a quarter|a fifth|a tenth)\b"
_NUMBERS = frozenset(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
_MONEY = (
    r"(?:[$€£]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|bn|thousand|million|billion)\b)?|\d[\d,]*(?:\.\d+)?\s?(?:k|m|bn|"
    r"thousand|million|billion)\b"
    r"|\d[\d,]*(?:\.\d+)?(?=\s?(?:dollars|usd|euros|eur)\b)|\d{1,3}(?:,\d{3})+)(?:\s?(?:dollars|usd|euros|eur))?"
)
_COUNT = r"\b(?:\d+(?:\.\d+)?|one|two|three|four|five|ten|another)\b"
_AMOUNTS = {"share": _SHARE, "money": _MONEY}


def amounts_in(said: str) -> tuple[str, dict[str, str]] | None:
    """The text with `#share`, `#money` or `#count` in the place of an amount, and its words; None where there are two of one
    slot, or one that is below 0."""
    found: dict[str, str] = {}
    if re.search(r"(?:^|\s)[-−+]\s?[$€£]?\d", said):
        return None
    for slot, pattern in _AMOUNTS.items():
        hits = list(re.finditer(pattern, said))
        if len(hits) > 1:
            return None
        if hits:
            found[slot] = hits[0][0]
            said = f"{said[: hits[0].start()]}#{slot}{said[hits[0].end() :]}"
    return said, found


class NameSpan(NamedTuple):
    """A name in a text: its first word, the word after its last, kind -> key; weak: one word that only one name has a part of."""

    first: int
    after: int
    keys: dict[str, str]
    weak: bool = False


Pointed = tuple[str, dict[str, str], dict[str, str]]
"""Form, names, and the words of amounts."""


def pointed(said: str, known: Lexicon) -> Pointed | None:
    """What a tidied text points at; None where it cannot be told."""
    if len(said.split()) > MOST_WORDS:
        return None
    text, held = _with_digits(said, known)
    read = amounts_in(text)
    if read is None:
        return None
    words = read[0].split()
    spans = _spans(words, known, held)
    if spans is None:
        return None
    strong = [s for s in spans if not s.weak]
    certain = {kind for s in strong for kind in s.keys}
    chosen = [spans]
    if strong and not any(
        certain & s.keys.keys() for s in spans if s.weak
    ):  # a word that is part of another kind's name by chance
        chosen.append(strong)
    return next((found for c in chosen if (found := _meant_by(words, c, read[1], known)) is not None), None)


def _meant_by(
    words: list[str], spans: list[NameSpan], said_amounts: Mapping[str, str], known: Lexicon
) -> Pointed | None:
    """What words point at, with these names in them."""
    amounts = dict(said_amounts)
    names: dict[str, set[str]] = {}
    rest, at = [], 0
    while at < len(words):
        span = next((s for s in spans if s.first == at), None)
        rest.append(words[at] if span is None else "@")
        at = at + 1 if span is None else span.after
        for kind, key in {} if span is None else span.keys.items():
            names.setdefault(kind, set()).add(key)
    if any(len(keys) > 1 for keys in names.values()):
        return None
    if "role" in names and (hit := re.search(_COUNT, " ".join(rest))):
        amounts["count"] = hit[0].replace("another", "one")
        rest = " ".join(rest).replace(hit[0], "#count" if hit[0] != "another" else "#count another", 1).split()
    plain = _LEAD.sub(r"\1 ", " ".join(rest))
    count = len({tuple(span.keys.items()) for span in spans})
    unknown = [w for w in rest if w[0] not in "#@$" and not _says_something(w)]
    if len(unknown) > MOST_UNKNOWN + count + 2 * len(amounts) or (not spans and any(map(known.bears, unknown))):
        return None
    if names.keys() != {"initiative"} and _UNNAMED.search(plain):
        return None
    line = line_of(plain.split())
    for m in MEANINGS:
        if _fits(names, m.names, count) and _takes(m.form, m.amounts, amounts) and all(c.search(line) for c in m.cues):
            return m.form, {k: next(iter(names[k])) for k in m.names}, {slot: amounts[slot] for slot in m.amounts}
    return None


def _fits(names: Mapping[str, object], wanted: frozenset[str], count: int) -> bool:
    """Whether a form uses every name there is, and has every name that it wants."""
    return wanted <= names.keys() and len(wanted) == count


def _takes(form: str, slots: frozenset[str], amounts: Mapping[str, str]) -> bool:
    """Whether a form takes every amount there is. One person more is what a person is worth."""
    if form == "worth of role" and amounts.get("count") in ("one", "1"):
        return amounts.keys() == {"count"}
    return slots == amounts.keys()


def _says_something(word: str) -> bool:
    """Whether a word is known, as a cue or as one that stands anywhere."""
    return word in _FILLER or stem(word) in KNOWN or stem(word) in _FILLER_STEMS or word.endswith("n't")


_UNNAMED = re.compile(r"\b(its|their|his|her) (own )?(money|budget|funds?|funding|grant|share|people|staff)\b")
"""A thing that is meant and not named."""
_LEAD = re.compile(r"^who (?:would )?\w+(?: most| hardest| more| less| what)? (if|when) ")
"""Who gains and who loses is asked of a change; what the change is, stands behind."""


def _with_digits(said: str, known: Lexicon) -> tuple[str, list[dict[str, str]]]:
    """The text with `@0`, `@1` … in the place of names that hold digits, so that these are no amounts; kind -> key of each."""
    words, held = said.split(), list[dict[str, str]]()
    for size in range(min(LONGEST, len(words)), 1, -1):
        for at in range(len(words) - size + 1):
            run = words[at : at + size]
            if any(c.isdigit() for w in run for c in w) and not any(w[:1] in ("@", "") for w in run):
                keys = {k: one[0] for k in KINDS if len(one := known.exactly(k, " ".join(run))) == 1}
                if keys:
                    words[at : at + size] = [f"@{len(held)}", *[""] * (size - 1)]
                    held.append(keys)
    return " ".join(filter(None, words)), held


def _spans(words: list[str], known: Lexicon, held: list[dict[str, str]]) -> list[NameSpan] | None:
    """The names in a text, longer ones looked for first; None where words that tell something may mean several things.
    held: the names that are found already."""
    made = [NameSpan(at, at + 1, held[int(w[1:])]) for at, w in enumerate(words) if w[0] == "@" and w[1:].isdigit()]
    taken = [w[0] in "#@" for w in words]
    for sure in (True, False):
        for size in range(min(LONGEST, len(words)), 0, -1):
            for at in range(len(words) - size + 1):
                run = words[at : at + size]
                if any(taken[at : at + size]) or (not sure and (run[0] in _EDGE or run[-1] in _EDGE)):
                    continue
                keys = _meant(run, known, sure)
                if keys:
                    made.append(NameSpan(at, at + size, keys, size == 1 and not sure))
                    taken[at : at + size] = [True] * size
    for at, word in enumerate(words):  # a word of several names, and of none alone, where no name is said
        if (
            not made
            and not taken[at]
            and _tells(word)
            and any(len(known.find(k, word)) > 1 for k in ("initiative", "fund"))
        ):
            return None
    return sorted(made)


_EDGE_TEXT = "the a an of for and in to on at our with by from this that all if we is"
_EDGE = frozenset(_EDGE_TEXT.split())


def _meant(run: list[str], known: Lexicon, sure: bool) -> dict[str, str]:
    """Kind -> key of what a run of words names: in full (sure), or by the words that only one thing has."""
    said = " ".join(run)
    telling = [w for w in run if _tells(w, TELLING if len(run) == 1 else TELLING - 1)]
    if sure:
        found = {k: known.exactly(k, said) for k in KINDS}
        found["role"] = [k for k in known.find("role", said) if len(k.split()) == len(run) and run[0] not in _EDGE]
        if len(run) > 1:
            same = {stem(w) for w in run}
            found["scenario"] = [k for k in known.find("scenario", said) if {stem(w) for w in fold(k).split()} == same]
    elif not telling or len(run) > len(telling) + 2:
        return {}
    else:
        found = {
            k: known.find(k, said) or (known.find(k, " ".join(run[:-1])) if run[-1] in _CALLED.get(k, ()) else [])
            for k in KINDS[:5]
            if k != "rule" or len(telling) > 1 or run[-1] in _CALLED["rule"]
        }
    keys = {k: one[0] for k, one in found.items() if len(one) == 1}
    if len(keys) > 1:
        called = [k for k in keys if _CALLED.get(k, set()) & set(run)]
        keys = {k: keys[k] for k in called} if called else keys
    return keys if len(keys) == 1 or sure else {}


def _tells(word: str, letters: int = TELLING) -> bool:
    """Whether a word can stand for a longer name."""
    return len(word) >= letters and word not in _NUMBERS and not _says_something(word)
