"""Questions in other words than the grammar has: the case's names and amounts in a text, and what the words between them point at.

Asked only where no form fits the whole text. It never guesses a name: a word that several bear, two names of one kind, an amount
that nothing takes, or more than a few words that say nothing known are left to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

MOST_UNKNOWN = 2
"""Words that are neither names nor known, up to which a text is still understood."""
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


_STEMS = {
    "LESS": r"spar\w+|cut|cuts|cutting|reduc\w+|los\w+|less|lower\w*|trim\w*|slash\w*|shr\w+|shav\w+|off|down|drop\w*|"
    r"fell|fall\w*|short|smaller|"
    r"tak\w+|took|minus|fewer|hit|slic\w+|withh?old\w*|missing|decreas\w*|haircut",
    "MORE": r"more|add\w*|rais\w+|increas\w+|extra|bigger|gr[eo]w\w*|boost\w*|another|top|plus|gain\w*|rise\w*|additional|put\w*|giv\w+|"
    r"gave|up|hire\w*|hiring",
    "GONE": r"end\w*|gone|los\w+|without|dr[iy]\w+|disappear\w*|surviv\w+|vanish\w*|stop\w*|renew\w*|pull\w*|withdrawn?|withdraws|"
    r"cancel\w*|terminat\w+|expir\w+|collaps\w+|away|fall\w*|fell|run\w*|no|lapse\w*|cliff",
    "OUT": r"drop\w*|without|cut\w*|cancel\w*|kill\w*|scrap\w*|stop\w*|end\w*|skip\w*|leav\w+|left|declin\w+|remov\w+|abandon\w*|"
    r"withdr\w+|pull\w*|lose|losing|lost|sacrific\w+|delet\w+|axe\w*|not|never|no|turn\w*|refus\w+|give up",
    "NOT": r"not|no|isn't|wasn't|aren't|didn't|doesn't|don't|nothing|out|zero|reject\w+|refus\w+|turned|excluded|"
    r"unfunded|miss\w*|fail\w*|"
    r"omitted|denied|below|cannot|can't",
    "ENTER": r"cheap\w*|tak\w+|need\w*|possible|how|way|least|squeez\w+|enough|afford\w*|can|could|chance|requir\w+|"
    r"room|instead|missing|lack\w*|"
    r"help|lift\w*|sav\w+|rescue|get @ in|happen|so that",
    "CHANGE": r"chang\w+|waiv\w+|lift\w*|relax\w*|amend\w*|decid\w+|set|sets|made|makes|responsib\w+|alter\w*|negotia\w+|power|authority|"
    r"owns?|behind|soften\w*|loosen\w*|bend|break|sign\w*|approv\w+|charge|impos\w+|wrote|say|voice|exempt\w*|grant\w*|"
    r"permission|ask\w*|talk",
    "UNDONE": r"without|drop\w*|lift\w*|ignor\w+|scrap\w*|gone|off|exist\w*|abolish\w*|remov\w+|suspend\w*|away|waiv\w+|end\w*|skip\w*",
    "KEPT": r"respect\w*|held|hold\w*|obey\w*|observ\w+|say\w*|mean\w*|requir\w+|kept|keep\w*|met|meet\w*|close|"
    r"satisf\w+|compl\w+|broken|break\w*|violat\w+|room|headroom|what|"
    r"far|reached|ok|fulfil\w*|tight",
    "IF": r"if|suppose|supposing|imagin\w+|assum\w+|were|would|could|should|say|happens|let's|without|should",
}

_TREE: tuple[tuple[str, frozenset[str], frozenset[str], str], ...] = tuple(
    (form, frozenset(names.split()), frozenset(amounts.split()), cues)
    for form, names, amounts, cues in (
        # form, names that it takes, amounts that it takes, what its words must hold (all of those joined by &)
        ("raise", "fund", "share", "MORE"),
        ("cut", "fund", "share", "LESS"),
        ("raise", "fund", "money", "MORE"),
        ("set", "fund", "money", r"only|instead|exactly|(to|is|were|was|at|has) #money"),
        ("cut", "fund", "money", "LESS"),
        ("left", "fund", "", r"left|unspent|unused|remain\w*|over|leftover|spare|idle|spent|used up|exhaust\w*"),
        ("hostages", "fund", "", r"depend\w*|hang\w*|rel(y|ies)|pay\w*|paid|goes?|use[ds]?|live\w*|financ\w+|support\w*|cover\w*"),
        ("lose", "fund", "", "GONE"),
        ("more", "initiative", "money", r"MORE|get\w*|had|has"),
        ("why not", "initiative", "", r"why|reason|explain|how come|how did & NOT"),
        ("why", "initiative", "", r"why|reason|explain|how come|how did"),
        ("who pays", "initiative", "", r"(who|which|what|grants?|funds?) (pays?|funds?|financ\w+|budget)|com\w+ from|(from|"
         r"of) which|paid (by|from|out)|source|bill|cover\w*"),
        ("drop", "initiative", "", r"declin\w+|instead of|IF|lose|do|who|what|let us|let's|^(drop|cut|cancel|kill|scrap|stop|skip|"
         r"remove) & OUT|miss"),
        ("drop", "initiative", "", r"worth|value|bring\w*|contribut\w+|achiev\w+|deliver\w*|good for"),
        ("how much", "initiative", "", r"(what (does|did|will|amount)|how (much|many)) .*(get|gets|got|receiv\w+|go|goes|going|"
         r"spen\w+)"),
        ("how much", "initiative", "", r"how (much|many)|award\w*|amount|share|^(is|was|are)( the)? @ funded & get\w*|got|"
         r"receiv\w+|award\w*|is|was|are|go|goes|going|spen\w+|does"),
        ("cheapest", "initiative", "", "ENTER"),
        ("fund", "initiative", "", r"IF|what|who|^(fund|add|include|keep) & fund\w*|includ\w+|add\w*|keep\w*|in|pay\w*|cost\w*"),
        ("people", "agency role", "count", "MORE"),
        ("fewer people", "agency role", "count", "LESS"),
        ("worth of role", "role", "", r"worth|bring\w*|another|more|extra|additional|hir\w+|value|help\w*|gain\w*|buy\w*|benefit\w*"),
        ("who may change", "rule", "", r"whose"),
        ("who may change", "rule", "", r"who|can|may|could|allowed|whom & CHANGE"),
        ("cost of rule", "rule", "", r"cost\w*|price|expensive|worth|dear|pay for"),
        ("without rule", "rule", "", "IF|what|who|^(drop|lift|ignore|waive|scrap) & UNDONE"),
        ("why", "rule", "", r"why|reason"),
        ("rule", "rule", "", "KEPT"),
        ("why", "fund", "", r"why|reason"),
        ("why", "agency", "", r"why|reason"),
        ("agency", "agency", "", r"los\w+|gain\w*|get\w*|receiv\w+|chang\w*|about|page|lend\w*|pay\w*|come\w*|in it|far\w+|do|"
         r"does|affect\w*|hit|mean\w*|"
         r"much|win\w*|show|off|how"),
        ("scenario", "scenario", "", r"scenario|if|compar\w+|show|differ\w*|chang\w*|what"),
        ("next", "", "", r"next|closest|nearest|behind|queue|runner|just (missed|below)|near the line|waiting list"),
        ("biggest loss", "", "", r"grants?|funds?|loss|source|money & worst|most|important|fear|afford|hardest|vital|crucial|biggest"),
        ("not funded", "", "", r"not funded|nothing|left out|reject\w+|unfunded|missed out|not make|didn't make|turned down|"
         r"not in|falls out|without money"),
        ("who loses", "", "", r"los\w+|less|worse|winn\w+|gain\w*|better off|worst off & who|which|agenc\w+|list|year|anyone|"
         r"anybody|somebody"),
        ("who loses", "", "", r"chang\w+|compar\w+|differ\w+ & last year|year"),
        ("unspent", "", "", r"unspent|unused|left|wast\w+|remain\w*|leftover|idle|spare|nobody uses & money|how|what|funds?|much|any|"
         r"dollars?|anything|cash"),
        ("rules kept", "", "", r"rules?|legal|complian\w+|law|conditions?|requirements?|comply & kept|keep\w*|break\w*|broken|"
         r"violat\w+|met|meet\w*|"
         r"satisf\w+|follow\w*|legal|complian\w+|comply|ok|hold"),
        ("binding", "", "", r"bottlenecks?|(stop|prevent|keep)\w* us|in (the|our) way|run short|hold\w* .*back|bind\w*|"
    r"limit\w*|constrain\w*|scarc\w+|tight\w*|shortage|"
         r"run out|(help|matter)s? (us )?(the )?most|"
         r"stand\w* in"),
        ("open", "", "", r"open|decid\w+|decisions?|debat\w+|choices?|discretion|contested|disput\w+|up for|settled|agenda|"
         r"flexib\w+|negotiab\w+"),
        ("most", "", "", r"most|biggest|largest|top|highest & who|which|what|award\w*|where|list|initiatives?"),
        ("total", "", "", r"total|overall|altogether|in all|whole plan|plan|spen\w+ & cost\w*|spen\w+|bring\w*|achiev\w+|much|"
         r"total|good|deliver\w*|what"),
    )
)  # fmt: skip

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


def pointed(said: str, known: Lexicon) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Form, names and the words of amounts that a tidied text points at; nothing where it cannot be told."""
    read = amounts_in(said)
    if read is None:
        return
    text, amounts = read
    words = text.split()
    if len(words) > MOST_WORDS:
        return
    spans = _spans(words, known)
    if spans is None:
        return
    names: dict[str, list[tuple[int, str]]] = {}
    rest, at = [], 0
    while at < len(words):
        span = next((s for s in spans if s[0] == at), None)
        if span is None:
            rest.append(words[at])
            at += 1
            continue
        rest.append("@")
        for kind, key in span[2].items():
            names.setdefault(kind, []).append((at, key))
        at = span[1]
    if any(len({k for _, k in had}) > 1 for had in names.values()):
        return
    if "role" in names and (hit := re.search(_COUNT, " ".join(rest))):
        amounts["count"] = hit[0].replace("another", "one")
        rest = " ".join(rest).replace(hit[0], "#count" if hit[0] != "another" else "#count another", 1).split()
    line = _LEAD.sub(r"\1 ", " ".join(rest))
    unknown = [w for w in rest if w not in _FILLER and w[0] not in "#@$" and not _VOCABULARY.fullmatch(w)]
    if len(unknown) > MOST_UNKNOWN or _UNNAMED.search(line):
        return
    said_names = len({tuple(span[2].items()) for span in spans})
    for form, wanted, slots, cues in _TREE:
        if _fits(names, wanted, said_names) and _takes(form, slots, amounts) and _holds(cues, line):
            yield form, {k: names[k][0][1] for k in wanted}, {s: amounts[s] for s in slots}
            return


def _fits(names: Mapping[str, object], wanted: frozenset[str], count: int) -> bool:
    """Whether a form uses every name there is, and has every name that it wants."""
    return wanted <= names.keys() and len(wanted) == count


def _takes(form: str, slots: frozenset[str], amounts: Mapping[str, str]) -> bool:
    """Whether a form takes every amount there is. One person more is what a person is worth."""
    if form == "worth of role" and amounts.get("count") in ("one", "1"):
        return amounts.keys() == {"count"}
    return slots == amounts.keys()


def _holds(cues: str, line: str) -> bool:
    return all(re.search(rf"(?<![\w'])(?:{_opened(part.strip())})(?![\w'])", line) for part in cues.split(" & "))


def _opened(cues: str) -> str:
    return "|".join(_STEMS.get(c.strip(), c.strip()) for c in re.split(r"\|(?![^(]*\))", cues))


_UNNAMED = re.compile(r"\b(its|their|his|her) (own )?(money|budget|funds?|funding|grant|share|people|staff)\b")
"""A thing that is meant and not named."""
_LEAD = re.compile(r"^who (?:would )?\w+(?: most| hardest| more| less| what)? (if|when) ")
"""Who gains and who loses is asked of a change; what the change is, stands behind."""
_VOCABULARY = re.compile(
    "|".join([*_STEMS.values(), *(_opened(p.strip()) for *_, cues in _TREE for p in cues.split(" & "))])
)


def _spans(words: list[str], known: Lexicon) -> list[tuple[int, int, dict[str, str]]] | None:
    """First word, word after the last, kind -> key of each name in a text, the longest first; None where words that tell
    something may mean several things."""
    made: list[tuple[int, int, dict[str, str]]] = []
    taken = [w[0] in "#@" for w in words]
    for sure in (True, False):
        for size in range(min(LONGEST, len(words)), 0, -1):
            for at in range(len(words) - size + 1):
                run = words[at : at + size]
                if any(taken[at : at + size]) or (not sure and (run[0] in _EDGE or run[-1] in _EDGE)):
                    continue
                keys = _meant(run, known, sure)
                if keys:
                    made.append((at, at + size, keys))
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
    elif not telling or len(run) > len(telling) + 2:
        return {}
    else:
        found = {
            k: known.find(k, said) for k in KINDS[:5] if k != "rule" or len(telling) > 1 or run[-1] in _CALLED["rule"]
        }
    keys = {k: one[0] for k, one in found.items() if len(one) == 1}
    if len(keys) > 1:
        called = [k for k in keys if _CALLED.get(k, set()) & set(run)]
        keys = {k: keys[k] for k in called} if called else keys
    return keys if len(keys) == 1 or sure else {}


def _tells(word: str, letters: int = TELLING) -> bool:
    """Whether a word can stand for a longer name."""
    return len(word) >= letters and word not in _FILLER and word not in _NUMBERS and not _VOCABULARY.fullmatch(word)
