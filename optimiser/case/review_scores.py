"""Several reviewers' scores of one initiative: what they come to, how far they differ, who is harsh and who lenient.

    mean         of the reviewers' scores (each the weighted mean of its criteria)
    trimmed      the same without the lowest and the highest, from three reviewers on
    normalised   each score as so many standard deviations from its reviewer's mean; the mean of these, put back on the scale of
                 all scores: whoever is harsh harms nobody
    ranks        the place (0 to 100) among what the same reviewer scored; the mean of these
A score with a conflict of interest counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.names import fold
from optimiser.case.table import Array, Table, text

FULL = 100.0
"""Score of an initiative of which nothing is said."""
LABEL = "Reviewer"
DECIMALS = 2
"""Decimals to which a combined score is rounded: what is shown is what counts."""
FEWEST_TO_TRIM = 3


@dataclass(frozen=True, eq=False)
class ReviewSet:
    """Scores that count. initiatives, reviewers: names, sorted; given [I, R]: each reviewer's score, NaN where there is none;
    apart: reviewer -> initiatives left out for a conflict."""

    initiatives: tuple[str, ...]
    reviewers: tuple[str, ...]
    given: Array
    apart: Mapping[str, tuple[str, ...]]

    @property
    def count(self) -> Array:
        """[I]: reviewers of each initiative."""
        return np.asarray((~np.isnan(self.given)).sum(axis=1))

    @property
    def mean(self) -> Array:
        """[I]: mean of the scores as they were given."""
        return _mean(self.given)

    @property
    def spread(self) -> Array:
        """[I]: standard deviation among the reviewers of each initiative; NaN below two."""
        return _spread(self.given)

    @property
    def within(self) -> float:
        """Standard deviation among reviewers of one initiative, of all initiatives together; NaN where each has one at most."""
        free = self.count - 1
        if not (free > 0).any():
            return float("nan")
        off = np.nansum((self.given - self.mean[:, None]) ** 2)
        return float(np.sqrt(off / free[free > 0].sum()))

    @property
    def leniency(self) -> Array:
        """[R]: how far each reviewer's scores lie above those of the others for the same initiatives, in points of score; NaN
        where nobody else scored them."""
        there = ~np.isnan(self.given)
        filled = np.where(there, self.given, 0.0)
        others = there.sum(axis=1, keepdims=True) - there
        theirs = np.divide(
            filled.sum(axis=1, keepdims=True) - filled, others, out=np.zeros_like(filled), where=others > 0
        )
        both = there & (others > 0)
        off = np.where(both, filled - theirs, 0.0).sum(axis=0)
        mean = np.divide(off, both.sum(axis=0), out=np.full(len(self.reviewers), np.nan), where=both.any(axis=0))
        return np.asarray(mean)

    def combined(self, method: str) -> Array:
        """[I]: what the scores come to, 0 to 100, to DECIMALS."""
        given = _COMBINE[method](self.given)
        return np.asarray(np.round(np.clip(given, 0.0, FULL), DECIMALS))


def reviews(table: Table) -> ReviewSet:
    """The scores of a Reviews sheet that count."""
    counts = ~table["conflict"] & (table["weight"] > 0) & ~np.isnan(table["score"])
    names = [{fold(v): v for v in table[c].tolist() if v} for c in ("initiative", "reviewer")]
    keys = [sorted(n) for n in names]
    places = [{k: n for n, k in enumerate(listed)} for listed in keys]
    total, weight = np.zeros((2, len(keys[0]), len(keys[1])))
    apart: dict[str, dict[str, None]] = {}
    columns = ("initiative", "reviewer", "score", "weight", "conflict")
    for (i, r, score, share, conflict), counted in zip(table.each(*columns), counts.tolist(), strict=True):
        if counted and i and r:
            at = places[0][fold(i)], places[1][fold(r)]
            total[at] += share * score
            weight[at] += share
        elif conflict and i and r:
            apart.setdefault(names[1][fold(r)], {})[names[0][fold(i)]] = None
    given = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    initiatives, reviewers = (tuple(n[k] for k in listed) for n, listed in zip(names, keys, strict=True))
    return ReviewSet(initiatives, reviewers, given, {r: tuple(v) for r, v in apart.items()})


def method_of(tables: Mapping[str, Table]) -> str:
    """How the case says that scores are combined."""
    for name, value in tables["Case"].each("setting", "value"):
        if fold(str(name)) == "reviews" and fold(str(value)) in _COMBINE:
            return fold(str(value))
    return "mean"


def initiative_scores(tables: Mapping[str, Table]) -> Array:
    """[rows of Initiatives]: each one's score: as stated, else what its reviews come to, else 100."""
    table = tables["Initiatives"]
    blank = np.isnan(table["score"])
    if not blank.any():
        return table["score"]
    found = reviews(tables["Reviews"])
    made = dict(zip(found.initiatives, found.combined(method_of(tables)).tolist(), strict=True))
    settled = np.array([made.get(key, np.nan) for key in table["initiative"].tolist()], float)
    return np.where(blank, np.where(np.isnan(settled), FULL, settled), table["score"])


def measured(tables: Mapping[str, Table], of: str) -> set[str]:
    """The initiatives, or agencies, of which Performance has rows, so that these make their scores."""
    return {item for kind, item in tables["Performance"].each("of", "item") if kind == of}


def scored_by(tables: Mapping[str, Table]) -> dict[str, int]:
    """Initiative -> how many reviewers' scores make its score; only those whose score reviews make."""
    return _counts(tables, reviews(tables["Reviews"]))


def score_errors(tables: Mapping[str, Table]) -> dict[str, float]:
    """Initiative -> standard error of its score in points, where reviews make it and differ at all."""
    found = reviews(tables["Reviews"])
    if not found.within > 0:
        return {}
    return {key: found.within / float(np.sqrt(n)) for key, n in _counts(tables, found).items()}


def _counts(tables: Mapping[str, Table], found: ReviewSet) -> dict[str, int]:
    blank = {k for k, v in tables["Initiatives"].each("initiative", "score") if v != v}
    rated = measured(tables, "initiative")
    counted = zip(found.initiatives, found.count.tolist(), strict=True)
    return {key: n for key, n in counted if n and key in blank and key not in rated}


def nameless(table: Table) -> Table:
    """The sheet with `Reviewer 1`, `Reviewer 2` … in place of names."""
    if not len(table):
        return table
    labels = reviewer_labels(table.records())
    return table.replace(reviewer=text([labels.get(fold(v), v) for v in table["reviewer"].tolist()]))


def reviewer_labels(records: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Folded name of each reviewer -> `Reviewer 1` …, numbered by what each scored and not by who they are, so that records
    without names get the same numbers again."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for row in records:
        cells = tuple(_cell(row.get(c)) for c in ("initiative", "criterion", "score", "weight", "conflict"))
        rows.setdefault(fold(str(row.get("reviewer") or "")), []).append(cells)
    rows.pop("", None)
    order = sorted(rows, key=lambda name: sorted(rows[name]))
    return {name: f"{LABEL} {n}" for n, name in enumerate(order, 1)}


def numbered(name: str) -> bool:
    """Whether a name is a number in a name's place already."""
    return name.startswith(f"{LABEL} ") and name.removeprefix(f"{LABEL} ").isdigit()


def _cell(value: object) -> str:
    return f"{float(value):.15g}" if isinstance(value, bool | int | float) else fold(str(value or ""))


def _mean(given: Array) -> Array:
    count = (~np.isnan(given)).sum(axis=1)
    return np.asarray(np.divide(np.nansum(given, axis=1), count, out=np.full(len(given), np.nan), where=count > 0))


def _spread(given: Array) -> Array:
    free = (~np.isnan(given)).sum(axis=1) - 1
    off = np.nansum((given - _mean(given)[:, None]) ** 2, axis=1)
    return np.asarray(np.sqrt(np.divide(off, free, out=np.full(len(given), np.nan), where=free > 0)))


def _trimmed(given: Array) -> Array:
    made = []
    for row in given:
        there = np.sort(row[~np.isnan(row)])
        kept = there[1:-1] if len(there) >= FEWEST_TO_TRIM else there
        made.append(kept.mean() if len(kept) else np.nan)
    return np.array(made)


def _normalised(given: Array) -> Array:
    """A reviewer of one initiative, or who gives all the same score, tells nothing of how it compares: counts as the middle."""
    if np.isnan(given).all():
        return _mean(given)
    mean, spread = _mean(given.T), np.nan_to_num(_spread(given.T))
    apart = np.where(spread > 0, spread, 1.0)
    off = np.where(np.isnan(given), np.nan, np.where(spread > 0, (given - mean) / apart, 0.0))
    unit = spread[spread > 0].mean() if (spread > 0).any() else 0.0
    return np.asarray(np.nanmean(given) + unit * _mean(off))


def _ranks(given: Array) -> Array:
    made = np.full(given.shape, np.nan)
    for r, column in enumerate(given.T):
        there = np.flatnonzero(~np.isnan(column))
        values = column[there]
        below = (values[None, :] < values[:, None]).sum(axis=1)
        same = (values[None, :] == values[:, None]).sum(axis=1)
        made[there, r] = FULL * (below + same / 2) / max(len(there), 1)
    return _mean(made)


_COMBINE = {"mean": _mean, "trimmed": _trimmed, "normalised": _normalised, "ranks": _ranks}
