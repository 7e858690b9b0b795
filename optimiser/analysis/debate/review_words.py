"""What reviewers' scores say, in sentences and as rows of a table: where they disagree first, who is harsh, who lenient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.readable import counted, listed
from optimiser.case.review_scores import FEWEST_TO_TRIM, ReviewSet, reviews, score_errors
from optimiser.case.spec import REVIEW_METHODS

SAID = {
    "mean": "the mean of the reviewers' scores",
    "trimmed": f"the mean without the lowest and the highest, from {FEWEST_TO_TRIM} reviewers on",
    "normalised": "each reviewer's scores put on one scale first, by mean and spread",
    "ranks": "the place that each reviewer gives it among what that reviewer scored",
}
HARSH = 5.0
"""Points below (or above) the others for the same initiatives from which a reviewer is called harsh (lenient)."""


@dataclass(frozen=True)
class ReviewedInitiative:
    """One initiative. n: scores that count; mean, spread, low, high: of these as given; by: method -> what they come to; rank: 1
    for the best by the case's method; score: in force; error: standard error of it, None where reviews do not make it."""

    initiative: str
    name: str
    n: int
    mean: float
    spread: float | None
    low: float
    high: float
    by: Mapping[str, float]
    rank: int
    score: float
    error: float | None


@dataclass(frozen=True)
class ReviewerHabit:
    """One reviewer. n: initiatives scored; mean, spread: of these; off: points above the others for the same ones, None where
    nobody else scored them; apart: initiatives left out for a conflict."""

    reviewer: str
    n: int
    mean: float
    spread: float | None
    off: float | None
    apart: tuple[str, ...]

    @property
    def called(self) -> str:
        """harsh, lenient or ""."""
        return "" if self.off is None or abs(self.off) < HARSH else "harsh" if self.off < 0 else "lenient"


@dataclass(frozen=True)
class ReviewView:
    """All of it. initiatives: the most disagreed on first; reviewers: the harshest first; method: of the case."""

    method: str
    initiatives: tuple[ReviewedInitiative, ...]
    reviewers: tuple[ReviewerHabit, ...]

    def headline(self) -> str:
        """What is to be looked at first."""
        if not self.initiatives:
            return "Nobody has reviewed anything yet"
        first = self.initiatives[0]
        if not first.spread:
            return "Reviewers agree on every initiative"
        return f"Reviewers differ most on {first.name}: from {first.low:g} to {first.high:g}"

    def lines(self) -> list[str]:
        """The findings in sentences."""
        if not self.initiatives:
            return [f"{self.headline()}."]
        made = [f"{self.headline()}.", f"Scores come to: {SAID[self.method]} (setting reviews = {self.method})."]
        for one in self.initiatives:
            apart = f", spread {one.spread:.1f}" if one.spread is not None else ""
            error = f", sure to ±{one.error:.1f}" if one.error is not None else ""
            made.append(f"{one.name}: {counted(one.n, 'review')}, mean {one.mean:.1f}{apart}, {self.method} {one.by[self.method]:g}, "
                        f"rank {one.rank}; its score is {one.score:g}{error}.")  # fmt: skip
        for r in self.reviewers:
            off = (
                "alone with these"
                if r.off is None
                else f"{abs(r.off):.1f} points {'below' if r.off < 0 else 'above'} the others"
            )
            apart = f"; conflict: {listed(r.apart)}" if r.apart else ""
            off += f" ({r.called})" if r.called else ""
            made.append(f"{r.reviewer}: {counted(r.n, 'initiative')}, mean {r.mean:.1f}, {off}{apart}.")
        return made

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "method": self.method,
            "initiatives": [{**vars(i), "by": dict(i.by)} for i in self.initiatives],
            "reviewers": [{**vars(r), "apart": list(r.apart), "called": r.called} for r in self.reviewers],
        }


def view(case: Case) -> ReviewView:
    """What the sheet Reviews of a case says."""
    found, method = reviews(case.tables["Reviews"]), case.settings.reviews
    by = {m: found.combined(m) for m in REVIEW_METHODS} if len(found.initiatives) else {}
    names = case.called("Initiatives")
    score = dict(zip(case.facts.names["initiative"], case.facts.score.tolist(), strict=True))
    errors, made = score_errors(case.tables), []
    for n, key in enumerate(found.initiatives):
        own = found.given[n][~np.isnan(found.given[n])]
        if not len(own):
            continue
        mine = {m: float(v[n]) for m, v in by.items()}
        rank = 1 + int((by[method] > mine[method]).sum())
        made.append(
            ReviewedInitiative(
                key, names[key], len(own), float(own.mean()), _known(found.spread[n]), float(own.min()), float(own.max()),
                mine, rank, float(score[key]), errors.get(key),
            )
        )  # fmt: skip
    made.sort(key=lambda i: (-(i.spread or 0.0), i.initiative))
    return ReviewView(method, tuple(made), tuple(_habits(found)))


def _habits(found: ReviewSet) -> list[ReviewerHabit]:
    made = []
    for r, name in enumerate(found.reviewers):
        own = found.given[:, r][~np.isnan(found.given[:, r])]
        spread = float(own.std(ddof=1)) if len(own) > 1 else None
        mean = float(own.mean()) if len(own) else 0.0
        made.append(ReviewerHabit(name, len(own), mean, spread, _known(found.leniency[r]), found.apart.get(name, ())))
    return sorted(made, key=lambda h: (h.off is None, h.off or 0.0, h.reviewer))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
