"""What people's titles mean, in any table: the words under which a fund, an agency, a request … stands in offices' files.

Wider than the synonyms of the specification, which are read without a question: what is found here is a proposal.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.case.maps.rows import DASHES, number_of
from optimiser.case.names import fold
from optimiser.case.reading.title import read_title, without_year
from optimiser.case.reading.totals import words_of
from optimiser.case.spec import STANDARD_CATEGORIES

_WORDS = {
    "agency": """agency agencies department departments dept dept. departement organization organisation organizations office bureau
        division directorate ministry contributor employer amt behörde dienststelle afdeling dienst service administration""",
    "lead": "lead leads responsible accountable owner sponsor applicant grantee federführend",
    "partner": "partner partners partnering collaborators co-applicants",
    "initiative": """initiative initiatives program programs programme programmes project projects projekt projet proyecto activity
        activities proposal proposals application intervention scheme request-title measure maßnahme""",
    "fund": "fund funds grant grants funding-source source sources pool pot appropriation fonds fondo topf",
    "category": """category categories object object-class class line-item line expense expenditure-type account account-code cost-category
        kategorie catégorie kostenart type-of-cost""",
    "period": """period periods quarter month posted posting date posting-date invoice-date transaction-date entry-date periode
        monat datum when""",
    "role": "role roles position positions title job-title job classification occupation funktion rolle post",
    "theme": "theme themes topic pillar strategy priority-area focus domain sector thema bereich",
    "area": "area district region county precinct neighborhood neighbourhood zone ward borough location place site gebiet bezirk",
    "request": """request requests requested ask asks asked proposed proposal-amount budget-request amount-requested recommended budgeted
        budget beantragt demande demandé antrag aangevraagd""",
    "baseline": "adopted baseline prior previous last current enacted approved vorjahr received awarded award bewilligt",
    "spent": "actual actuals spent expended expenditure expenditures paid disbursed outlay ist dépensé",
    "money": "amount amounts money cost costs total-cost dollars value sum betrag montant importe bedrag kosten debit net price",
    "credit": "credit credits refund refunds haben crédit",
    "fte": "fte ftes headcount staff heads positions-count stellen vzä etp",
    "score": "score rating points punkte",
    "notes": "note notes comment comments remark remarks explanation justification description narrative bemerkung remarques status",
    "code": """code id number no no. nr nr. # document voucher invoice reference ref ref. key line-no index item-no check journal batch
        vendor po beleg""",
    "outcome": "outcome result indicator kpi",
    "start": "start begin begins from beginn start-date",
    "end": "end ends until ende end-date through",
}
CONCEPTS: dict[str, str] = {
    fold(word.replace("-", " ")): concept for concept, words in _WORDS.items() for word in words.split()
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"(?:jan|feb|m[aä]r|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zé]*\.?(?:[\s\-'’/]*\d{2,4})?", re.IGNORECASE
)
_QUARTER = re.compile(
    r"(?:FY\s?\d\d(?:\d\d)?\s*)?(?:Q|quarter|qtr|period|P|month|M)\s?\d{1,2}(?:[\s\-'’/]*(?:FY)?\s?\d{2,4})?|(?:1st|2nd|3rd|4th)\s(?:quarter|qtr)",
    re.IGNORECASE,
)
_CATEGORIES = frozenset(STANDARD_CATEGORIES) | frozenset(
    """salaries salary wages fringe benefits personal-services materials services contracts contractor consultants other construction
    capital overhead operating equipment-and-supplies travel-and-training rent utilities""".replace("-", " ").split()
)
MONEY = ("request", "baseline", "spent", "money")


@dataclass(frozen=True)
class Profile:
    """What stands in a column. filled: cells; numbers, dates: how many of these are; distinct: different texts; large: the
    largest number; fractions: whether some number is none whole; letters: mean length of the texts."""

    filled: int = 0
    numbers: int = 0
    dates: int = 0
    distinct: int = 0
    large: float = 0.0
    fractions: bool = False
    letters: float = 0.0

    @property
    def kind(self) -> str:
        """numbers, dates, names (few, that come again), labels (each once) or nothing."""
        if not self.filled:
            return "nothing"
        if self.dates >= 0.8 * self.filled:
            return "dates"
        if self.numbers >= 0.8 * self.filled:
            return "numbers"
        return "labels" if self.distinct >= 0.95 * self.filled else "names"


def profile(values: Sequence[Any], is_date: Any) -> Profile:
    """What stands in these cells. is_date: whether a text is a date."""
    filled = [v for v in values if not (isinstance(v, str) and not v.strip())]
    dates = sum(isinstance(v, dt.date) or (isinstance(v, str) and is_date(v)) for v in filled)
    numbers = [n for v in filled if not isinstance(v, bool) and _numeric(v) == (n := _numeric(v))]
    texts = Counter(fold(str(v)) for v in filled)
    real = [abs(n) for n in numbers]
    return Profile(
        len(filled), len(numbers), dates, len(texts), max(real, default=0.0),
        any(n != int(n) for n in real if n < 1e15), sum(len(t) * k for t, k in texts.items()) / max(1, len(filled)),
    )  # fmt: skip


def _numeric(value: Any) -> float:
    if isinstance(value, str) and value.strip() in DASHES:
        return 0.0
    found = number_of(value)
    if found != found and isinstance(value, str):
        found = number_of(value, ",")
    return found if abs(found) < float("inf") else float("nan")


def concept(title: str) -> str:
    """What a title speaks of: a concept, "total", or "" where none is known. The last words count most: "Lead agency" is
    of agencies that lead, "Program budget" of money."""
    bare = without_year(read_title(title).name)[0]
    found = words_of(bare)
    if found.only:
        return "total"
    words = [w for w in re.split(r"[^\w#.]+", fold(bare)) if w]
    if not words:
        return "request" if without_year(title)[1] else ""
    whole = " ".join(words)
    if whole in CONCEPTS:
        return CONCEPTS[whole]
    if len(words) > 1 and words[-1] in ("name", "names", "title"):  # of what stands before it
        words.pop()
    named = [(i, c) for i in range(len(words)) for c in [_word(words[i])] if c]
    named += [(i + 1, c) for i in range(len(words) - 1) if (c := CONCEPTS.get(" ".join(words[i : i + 2])))]
    if not named:
        return ""
    concepts = {c for _, c in named}
    for first in ("notes", "code"):
        if first in concepts and named[-1][1] == first:
            return first
    if "lead" in concepts:
        return "lead"
    if "partner" in concepts:
        return "partner"
    for first in ("request", "baseline", "spent"):
        if first in concepts and not (named[-1][1] not in MONEY and first != "request"):
            return first
    return max(named)[1]


def _word(word: str) -> str:
    if word in CONCEPTS:
        return CONCEPTS[word]
    near = difflib.get_close_matches(word, CONCEPTS, n=1, cutoff=0.86) if len(word) > 4 else []
    return CONCEPTS[near[0]] if near else ""


def is_period(title: str) -> bool:
    """Whether a title is a month, a quarter or a numbered period."""
    text = " ".join(title.split())
    return bool(_MONTH.fullmatch(text) or _QUARTER.fullmatch(text) or re.fullmatch(r"\d{4}-\d\d-01", text))


def is_category(title: str) -> bool:
    """Whether a title is a cost category."""
    bare = fold(read_title(title).name)
    return bare in _CATEGORIES or any(w in STANDARD_CATEGORIES for w in re.split(r"\W+", bare))


def is_pivot(titles: Sequence[str]) -> bool:
    """Whether a row of titles is a pivot's: sums of another sheet, that must not be taken a second time."""
    return any(
        re.match(r"(?:row|column) labels$|(?:sum|count|average) of |zeilenbeschriftungen$", fold(t)) for t in titles
    )
