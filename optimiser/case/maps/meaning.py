"""What people's titles mean, in any table, and what stands in the cells below them."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from optimiser.case.maps.map_rows import DASHES, number_of
from optimiser.case.maps.vocabulary import CATEGORIES, CONCEPTS, MONTHS, bare
from optimiser.case.names import fold
from optimiser.case.reading.sheets import is_blank
from optimiser.case.reading.title import read_title, without_year
from optimiser.case.reading.totals import words_of
from optimiser.case.spec import STANDARD_CATEGORIES

_MONTH_WORD = "(?:" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + r")\.?"
_OF_YEAR = r"(?:[\s\-'’/]*(?:FY\s?)?['’]?\d{2,4})?"
_MONTHS = re.compile(
    rf"{_MONTH_WORD}{_OF_YEAR}(?:\s?(?:-|–|to|bis|au|à|t/m|a)\s?{_MONTH_WORD}{_OF_YEAR})?", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?:(?:FY|CY)?\s?['’]?(?:(?:19|20)\d\d(?:\s?[-–/]\s?\d{2,4})?|(?<=FY)\d\d|(?<=FY )\d\d)"
    r"|(?:Q|quarter|qtr\.?|quartal|kwartaal|trimestre|half|year|semester)\s?\d|\d(?:st|nd|rd|th)\s(?:quarter|half|year))\s+",
    re.IGNORECASE,
)
"""A year or a quarter above its months, as a second row of titles: "2026 Oct", "Quarter 1 Jul"."""
_QUARTER = re.compile(
    r"(?:FY\s?\d\d(?:\d\d)?\s*)?(?:Q|K|T|H|S|quarter|qtr|period|quartal|kwartaal|trim\.?|trimestre|half|P|month|M|tranche|instal?lment|payment|phase)\s?\d{1,2}"
    r"(?:[\s\-'’/]*(?:FY)?\s?\d{2,4})?"
    r"|(?:[1-4](?:st|nd|rd|th|er|e|ère|ème|º|°|\.|ste|de)?|I{1,3}|IV)\s?(?:quarter|qtr|quartal|kwartaal|trim\.?|trimestre|half|halbjahr|semestre|tranche|instal?lment|payment)"
    r"(?:\s\d{2,4})?",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?<=\w)\s(?:per|pro|par|por|je)\s\S+$", re.IGNORECASE)
"""What a number is for each of: "Loonkosten per fte" speaks of pay."""
_COMPOUND = ("initiative", "money", "pay", "period", "notes", "target", "measure", "request")
"""What the last part of a compound says reliably."""
_BUDGET = re.compile(r"\bbudget(?:ed)?\b", re.IGNORECASE)
_FULL_TIME = re.compile(r"\b(?:fte|ftes|wte|etp|etpt|vte|vzae)\b")
_OTHERS = "provided founded fungal grand grants-in-aid granted actually partly leading assigned designed"
_NEARLY = frozenset(_OTHERS.split())
"""Words that are nearly one of the vocabulary, and another."""
_DESCRIBED = ("fund", "category", "agency")
"""What a ledger has by number and by description: the second is its name."""
MONEY = ("request", "baseline", "spent", "money")
_MEANT = re.compile(
    r"[^\w\s]{0,2}\s?\d[\d.,'’\s]*\s?[^\W\d]{0,3}[^\w\s]{0,2}|n\.?/?a\.?|tb[dca]\.?|none|nil|pending|\?+|in[- ]kind|see notes?|varies",
    re.IGNORECASE,
)
"""What people write where a number is due and they have none, or one with letters."""


@dataclass(frozen=True)
class Profile:
    """What stands in a column. filled: cells; numbers, dates: how many of these are; meant: texts that stand in the place of
    a number ("TBD", "5,000 CR") and cannot be read as one; distinct: different texts; large: the
    largest number; fractions: whether some number is none whole; letters: mean length of the texts."""

    filled: int = 0
    numbers: int = 0
    dates: int = 0
    distinct: int = 0
    large: float = 0.0
    fractions: bool = False
    letters: float = 0.0
    meant: int = 0

    @property
    def kind(self) -> str:
        """numbers, dates, names (few, that come again), labels (each once) or nothing."""
        if not self.filled:
            return "nothing"
        if self.dates >= 0.8 * self.filled:
            return "dates"
        if self.numbers + min(self.meant, self.numbers) >= 0.8 * self.filled:
            return "numbers"
        return "labels" if self.distinct >= 0.95 * self.filled else "names"


def profile(values: Sequence[Any], is_date: Any) -> Profile:
    """What stands in these cells. is_date: whether a text is a date."""
    filled = [v for v in values if not is_blank(v)]
    dates = sum(isinstance(v, dt.date) or (isinstance(v, str) and is_date(v)) for v in filled)
    numbers = [n for v in filled if not isinstance(v, bool) and _numeric(v) == (n := _numeric(v))]
    meant = sum(isinstance(v, str) and bool(_MEANT.fullmatch(v.strip())) and _numeric(v) != _numeric(v) for v in filled)
    texts = Counter(fold(str(v)) for v in filled)
    real = [abs(n) for n in numbers]
    return Profile(
        len(filled), len(numbers), dates, len(texts), max(real, default=0.0),
        any(n != int(n) for n in real if n < 1e15), sum(len(t) * k for t, k in texts.items()) / max(1, len(filled)), meant,
    )  # fmt: skip


def _numeric(value: Any) -> float:
    if isinstance(value, str) and value.strip() in DASHES:
        return 0.0
    found = number_of(value)
    if found != found and isinstance(value, str):
        found = number_of(value, ",")
    return found if abs(found) < float("inf") else float("nan")


@lru_cache(10_000)
def concept(title: str) -> str:
    """What a title speaks of: a concept, "total", or "" where none is known. The last words count most: "Lead agency" is
    of agencies that lead, "Program budget" of money."""
    name = _EACH.sub("", without_year(read_title(title).name)[0])
    if words_of(name).only:
        return "total"
    named = _concepts(name)
    if not named:
        return "request" if not name.strip() and without_year(title)[1] else ""
    concepts, last = set(named), named[-1]
    if "baseline" in concepts and "request" not in _concepts(_BUDGET.sub("", name)):
        return "baseline"  # an adopted budget is none that is asked for
    if last in ("notes", "code"):
        return last
    for first in ("lead", "partner"):
        if first in concepts:
            return first
    if last in ("need", "fte"):  # FTE of whatever kind: authorized, proposed, requested
        return last
    if "credit" in concepts and last in ("money", "credit"):
        return "credit"
    if "fte" in concepts and last in ("role", "money", "pay", "fte") and named.index("fte") == 0:
        return "fte"
    if "pay" in concepts and last in ("pay", "money"):
        return "pay"
    for first in ("request", "baseline", "spent"):
        if first in concepts and not (last not in MONEY and first != "request"):
            return first
    return last


def plainness(title: str) -> int:
    """How plainly a title says what it speaks of: 0 where it is the very word ("Fund"), 1 where it counts people in full-time
    ones, 2 where other words stand beside it ("Journal source")."""
    name = bare(without_year(read_title(title).name)[0])
    return 0 if " ".join(name.split()) in CONCEPTS else 1 if _FULL_TIME.search(name) else 2


def noun(title: str) -> str:
    """What the last word of a title that is known speaks of: a "Budget category" whose cells are texts is no budget."""
    return next(reversed(_concepts(without_year(read_title(title).name)[0])), "")


def _concepts(name: str) -> list[str]:
    """What the words of a title speak of, in their order; one for a title that is known as a whole."""
    words = [w for w in re.split(r"[^\w#.]+", bare(name)) if w]
    whole = " ".join(words)
    if whole in CONCEPTS:
        return [CONCEPTS[whole]]
    if len(words) > 1 and words[-1] in ("name", "names", "title", "desc", "descr"):  # of what stands before it
        words.pop()
        if (whole := " ".join(words)) in CONCEPTS:
            return [CONCEPTS[whole]]
    if len(words) > 1 and words[-1] == "description" and _word(words[-2]) in _DESCRIBED:
        words.pop()  # of what has a number beside it
    named = [(i, c) for i in range(len(words)) for c in [_word(words[i])] if c]
    named += [(i + 1, c) for i in range(len(words) - 1) if (c := CONCEPTS.get(" ".join(words[i : i + 2])))]
    return [c for _, c in sorted(named, key=lambda n: n[0])]


@lru_cache(10_000)
def _word(word: str) -> str:
    """What a word speaks of; of a compound ("Fördersumme", "Projektnaam") what its last part does, of a slip the nearest."""
    if word in CONCEPTS or word in _NEARLY:
        return CONCEPTS.get(word, "")
    for tail in ("name", "naam", "titel", "bezeichnung", "nummer"):
        if word.endswith(tail) and word.removesuffix(tail) in CONCEPTS:
            return "code" if tail == "nummer" else CONCEPTS[word.removesuffix(tail)]
    if len(word) > 7:
        tails = [w for w, c in CONCEPTS.items() if len(w) > 4 and c in _COMPOUND and word.endswith(w)]
        if tails:
            return CONCEPTS[max(tails, key=len)]
    near = difflib.get_close_matches(word, CONCEPTS, n=1, cutoff=0.86) if len(word) > 4 else []
    return CONCEPTS[near[0]] if near else ""


_ORGANISATION = re.compile(
    r"\b(?:dept|department|office|bureau|police|sheriff|court|courts|council|county|city|health|authority|agency|commission"
    r"|trust|foundation|association|society|center|centre|services?|university|school|schools|ministry|probation|prosecutor"
    r"|attorney|clinic|hospital|coalition|alliance|inc|llc|ltd|gmbh|verein|stiftung|amt|ville|mairie|fundaci[oó]n|gemeente)\b",
    re.IGNORECASE,
)
_POT = re.compile(
    r"\b(?:grants?|funds?|levy|appropriation|jag|voca|byrne|cops|opioid settlement|general fund|pool|fonds|subsidy)\b",
    re.IGNORECASE,
)
_WAY = re.compile(r"(?:higher|lower|more|less|up|down|increase|decrease|increasing|decreasing)\b", re.IGNORECASE)
_CODED = re.compile(r"[A-Z]{3}|[A-Z0-9]{1,6}[-/ ]?\d[\w\-/]*")
MOSTLY = 0.6
"""The share of different texts in a column that must be of a kind for it to be known by them."""
OFTEN = 0.5
"""The same for names of organisations: many have no word that says so."""


def by_content(values: Sequence[Any], seen: Profile, known: Mapping[str, frozenset[str]]) -> str:
    """What a column speaks of by what stands in it, where its title does not say; "" where that does not either. known: what
    a column speaks of -> names that the case has of it."""
    if seen.kind == "dates":
        return ""  # a date is a period in a ledger, and a remark elsewhere: the table decides
    texts = list(dict.fromkeys(fold(str(v)) for v in values if isinstance(v, str) and v.strip()))
    if seen.kind not in ("names", "labels") or not texts:
        return ""
    for about, names in known.items():
        if sum(t in names for t in texts) >= MOSTLY * len(texts):
            return about
    if all(_WAY.match(t) for t in texts):
        return "better"
    if sum(map(is_period, texts)) >= MOSTLY * len(texts):
        return "period"
    if len(texts) > 1 and sum(map(is_category, texts)) >= MOSTLY * len(texts):
        return "category"
    if all(_CODED.fullmatch(str(v).strip()) for v in values if isinstance(v, str) and v.strip()):
        return "code"
    if len(texts) > 1 and sum(bool(_POT.search(t)) for t in texts) >= MOSTLY * len(texts):
        return "fund"
    if len(texts) > 1 and sum(bool(_ORGANISATION.search(t)) for t in texts) >= OFTEN * len(texts):
        return "agency"
    return ""


def is_period(title: str) -> bool:
    """Whether a title is a month, a quarter or a numbered period."""
    text = " ".join(title.split())
    above = _BEFORE.match(text)
    ways = [text, text[above.end() :]] if above else [text]
    return any(_MONTHS.fullmatch(t) or _QUARTER.fullmatch(t) or re.fullmatch(r"\d{4}-\d\d-01", t) for t in ways)


def means(text: str, choice: str) -> bool:
    """Whether a text is one of our choices in other words."""
    said = fold(text)
    ways = {"higher": r"(?:higher|more|up|increas)", "lower": r"(?:lower|less|fewer|down|decreas|reduc)"}
    return said == choice or said.startswith(choice) or bool(choice in ways and re.match(ways[choice], said))


def is_category(title: str) -> bool:
    """Whether a title is a cost category."""
    name = bare(read_title(title).name)
    return name in CATEGORIES or any(w in STANDARD_CATEGORIES for w in re.split(r"\W+", name))


def is_pivot(titles: Sequence[str]) -> bool:
    """Whether a row of titles is a pivot's: sums of another sheet, that must not be taken a second time."""
    return any(
        re.match(r"(?:row|column) labels$|(?:sum|count|average) of |zeilenbeschriftungen$", fold(t)) for t in titles
    )
