"""What is doubtful about reviewers' scores: who cannot be compared, what was not reviewed, scales and interests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.case.faults import Fault
from optimiser.case.names import fold, fold_title
from optimiser.case.readable import counted, listed
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.workbook import Tables
from optimiser.case.review_scores import ReviewSet, measured, method_of, reviews

NAMED = 3
"""Names that one warning lists; more are counted."""
TENTH = 10.0
"""Scores up to this, beside others above it, are of another scale."""
BY_REVIEWER = ("normalised", "ranks")


def doubtful_reviews(tables: Tables) -> Iterator[Fault]:
    """Everything that is doubtful about the sheet Reviews (E01 to E06); nothing where it has no rows."""
    table = tables["Reviews"]
    if not len(table):
        return
    found, method = reviews(table), method_of(tables.tables)
    yield from _alone(tables, found, method)
    yield from _scales(tables, found)
    yield from _interests(tables)
    yield from _lacking(tables, found)
    yield from _used(tables, found, method)


def _first(tables: Tables, reviewer: str) -> int:
    return [fold(v) for v in tables["Reviews"]["reviewer"].tolist()].index(fold(reviewer))


def _alone(tables: Tables, found: ReviewSet, method: str) -> Iterator[Fault]:
    alone = [r for r, n in zip(found.reviewers, (~np.isnan(found.given)).sum(axis=0).tolist(), strict=True) if n == 1]
    if not alone or method not in BY_REVIEWER or len(found.initiatives) < 2:
        return
    said = f"{listed(alone, most=NAMED)} scored one initiative alone"
    cure = "ask for more of their scores, or combine scores by mean or trimmed: alone, a score counts as the middle"
    expected, at = "several scores of each reviewer", _first(tables, alone[0])
    yield tables.place("Reviews", "reviewer").warning(at, "E01", said, expected, cure)


def _scales(tables: Tables, found: ReviewSet) -> Iterator[Fault]:
    most = np.array([np.nanmax(c, initial=0.0) for c in found.given.T])
    low = [r for r, m in zip(found.reviewers, most.tolist(), strict=True) if 0 < m <= TENTH]
    if low and (most > TENTH).any():
        said = f"no score of {listed(low, most=NAMED)} is above {plain(TENTH)}, others score up to {plain(float(most.max()))}"
        cure = "if they score out of 10 or 5, multiply their scores by 10 or 20"
        expected, at = "scores from 0 to 100 of each reviewer", _first(tables, low[0])
        yield tables.place("Reviews", "score").warning(at, "E03", said, expected, cure)


def _interests(tables: Tables) -> Iterator[Fault]:
    """Of each reviewer who declared a conflict: scores of other initiatives that the same agency leads."""
    lead = dict(tables["Initiatives"].each("initiative", "lead"))
    rows = list(tables["Reviews"].records())
    apart = {(fold(r["reviewer"]), lead.get(r["initiative"], "")): r["initiative"] for r in rows if r["conflict"]}
    place, told = tables.place("Reviews", "conflict"), set[tuple[str, str]]()
    for n, r in enumerate(rows):
        key = fold(r["reviewer"]), lead.get(r["initiative"], "")
        if not r["conflict"] and key[1] and key in apart and key not in told and r["initiative"] != apart[key]:
            told.add(key)
            said = f"a conflict of {r['reviewer']} in {apart[key]}, and a score for {r['initiative']}, both led by {key[1]}"
            cure = "write yes here too, or leave it where the interest is in that initiative alone"
            expected = "a conflict in each initiative of that agency"
            yield place.warning(n, "E04", said, expected, cure)


def _lacking(tables: Tables, found: ReviewSet) -> Iterator[Fault]:
    table = tables["Initiatives"]
    has = {fold(i) for i, n in zip(found.initiatives, found.count.tolist(), strict=True) if n}
    open_ = np.isnan(table["score"]) & (table["maximum"] != 0)
    names = table["initiative"].tolist()
    lacking = [i for i in np.flatnonzero(open_).tolist() if names[i] and fold(names[i]) not in has]
    if lacking and has:
        said = f"no review that counts of {listed([names[i] for i in lacking], most=NAMED)}"
        cure = "add their reviews, or write their scores: blank, each of them counts as 100"
        yield tables.place("Initiatives", "score").warning(lacking[0], "E02", said, "reviews of each, or a score", cure)


def _used(tables: Tables, found: ReviewSet, method: str) -> Iterator[Fault]:
    """What counts: never in silence."""
    table, place = tables["Initiatives"], tables.place("Initiatives", "score")
    has = {fold(i) for i, n in zip(found.initiatives, found.count.tolist(), strict=True) if n}
    rated = {fold(i) for i in measured(tables.tables, "initiative")}
    names = [fold(v) for v in table["initiative"].tolist()]
    blank = np.isnan(table["score"]).tolist()
    beside = [i for i, k in enumerate(names) if k in has and (not blank[i] or k in rated)]
    if beside:
        called = listed([table["initiative"][i] for i in beside], most=NAMED)
        cure = "leave the score blank (and Performance without rows of it) where the reviews shall make it"
        said = f"reviews of {called} count for nothing: a score is written, or Performance makes it"
        yield place.warning(beside[0], "E05", said, "one source of each score", cure)
    taken = [i for i, k in enumerate(names) if k in has and blank[i] and k not in rated]
    if taken and "reviews" not in {fold_title(str(v)) for v in tables["Case"]["setting"].tolist()}:
        said = f"{counted(len(taken), 'blank score')}, which reviews make: the {method} of each"
        cure = "write the setting `reviews` on the sheet Case: mean, trimmed, normalised or ranks"
        yield place.warning(taken[0], "E06", said, "the setting that says how", cure)
