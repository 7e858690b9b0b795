"""Reviewers' scores: against plain arithmetic, where they count, what is doubtful, and names that the office alone sees."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean, stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser import verbs
from optimiser.case.case import Case
from optimiser.case.review_scores import initiative_scores, nameless, reviews, score_errors
from optimiser.case.spec import REVIEW_METHODS

NAMES = ("Ann", "Bob", "Cy", "Dee")
Scores = dict[tuple[str, str], float]
SCORES = st.dictionaries(
    st.tuples(st.sampled_from(("i", "j", "k", "m")), st.sampled_from(NAMES)), st.integers(0, 20).map(lambda v: v * 5.0), min_size=1
)  # fmt: skip


def case(scores: Scores, method: str = "mean", **columns: Any) -> Case:
    """Four initiatives of one agency, with these scores of (initiative, reviewer)."""
    return verbs.case_from({
        "Case": [{"setting": "reviews", "value": method}],
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 100}],
        "Initiatives": [{"initiative": k, "lead": "A", "request": 60, **columns} for k in ("i", "j", "k", "m")],
        "Reviews": [{"initiative": i, "reviewer": r, "score": v} for (i, r), v in scores.items()],
    })  # fmt: skip


def plainly(scores: Scores, method: str) -> dict[str, float]:
    """The same, said as a person would do it by hand."""
    by_reviewer = {r: {i: v for (i, who), v in scores.items() if who == r} for r in {r for _, r in scores}}
    if method == "normalised":
        habits = {
            r: (mean(own.values()), stdev(own.values()) if len(own) > 1 else 0.0) for r, own in by_reviewer.items()
        }
        apart = [s for _, s in habits.values() if s > 0]
        unit, middle = mean(apart) if apart else 0.0, mean(scores.values())
        scores = {
            (i, r): (v - habits[r][0]) / habits[r][1] if habits[r][1] > 0 else 0.0 for (i, r), v in scores.items()
        }
        combine = lambda own: middle + unit * mean(own)  # noqa: E731
    elif method == "ranks":
        scores = {
            (i, r): 100 * mean(1.0 if o < v else 0.5 if o == v else 0.0 for o in by_reviewer[r].values())
            for (i, r), v in scores.items()
        }
        combine = mean
    elif method == "trimmed":
        combine = lambda own: mean(sorted(own)[1:-1]) if len(own) > 2 else mean(own)  # noqa: E731
    else:
        combine = mean
    made = {i: combine([v for (k, _), v in scores.items() if k == i]) for i in {i for i, _ in scores}}
    return {i: min(100.0, max(0.0, v)) for i, v in made.items()}


@settings(max_examples=150, deadline=None)
@given(scores=SCORES, method=st.sampled_from(REVIEW_METHODS))
def test_scores_come_to_what_plain_arithmetic_says(scores: Scores, method: str) -> None:
    made = case(scores, method)
    wanted = plainly(scores, method)
    got = dict(zip(made.facts.names["initiative"], made.facts.score.tolist(), strict=True))
    assert got == pytest.approx({k: wanted.get(k, 100.0) for k in got}, abs=0.00501)
    found = reviews(made.tables["Reviews"])
    for k, n, middle, spread in zip(found.initiatives, found.count, found.mean, found.spread, strict=True):
        own = [v for (i, _), v in scores.items() if i == k]
        assert (n, middle) == (len(own), pytest.approx(mean(own)))
        assert spread == pytest.approx(stdev(own)) if n > 1 else np.isnan(spread)
    for r, off in zip(found.reviewers, found.leniency.tolist(), strict=True):
        pairs = [
            v - mean(theirs)
            for (i, who), v in scores.items()
            if who == r and (theirs := [o for (k, other), o in scores.items() if k == i and other != r])
        ]
        assert off == pytest.approx(mean(pairs)) if pairs else np.isnan(off)


@settings(max_examples=60, deadline=None)
@given(scores=SCORES, order=st.permutations(NAMES), method=st.sampled_from(REVIEW_METHODS))
def test_names_of_reviewers_change_nothing(scores: Scores, order: list[str], method: str) -> None:
    """Neither the scores nor the hash of the case; and a sheet without names stays as it is."""
    known = dict(zip(NAMES, order, strict=True))
    one, other = case(scores, method), case({(i, known[r]): v for (i, r), v in scores.items()}, method)
    assert one.facts.score.tolist() == pytest.approx(other.facts.score.tolist(), abs=0.011)
    without = nameless(one.tables["Reviews"])
    assert not set(without["reviewer"].tolist()) & set(NAMES)
    assert nameless(without)["reviewer"].tolist() == without["reviewer"].tolist()
    hidden = replace(one, tables={**one.tables, "Reviews": without})
    assert one.sha256 == other.sha256 == hidden.sha256


def test_a_harsh_reviewer_harms_nobody_once_scores_are_normalised() -> None:
    kind = {("i", "Ann"): 90.0, ("j", "Ann"): 80.0, ("k", "Bob"): 50.0, ("m", "Bob"): 40.0}
    assert case(kind).facts.score.tolist() == [90, 80, 50, 40]
    normalised = case(kind, "normalised").facts.score
    assert normalised[0] == normalised[2] > normalised[1] == normalised[3]


def test_what_is_written_counts_and_is_never_overridden_in_silence() -> None:
    scores = {("i", "Ann"): 50.0, ("i", "Bob"): 70.0}
    stated = case(scores, score=80)
    assert set(stated.facts.score.tolist()) == {80.0}
    assert [w.code for w in stated.warnings] == ["E05"]
    made = case(scores)
    assert made.facts.score.tolist() == [60, 100, 100, 100]
    assert [w.code for w in made.warnings] == ["E02"]
    assert "counts as 100" in made.warnings[0].cure
    assert score_errors(made.tables) == {"i": pytest.approx(stdev((50, 70)) / 2**0.5)}
    assert not score_errors(stated.tables)
    # What is kept as records comes back as it was, and a scenario starts from the score in force.
    again = verbs.case_from({name: list(t.records()) for name, t in made.tables.items()})
    assert again.sha256 == made.sha256
    change = {"sheet": "Initiatives", "where": "initiative = i", "column": "score", "change": "* 0.5"}
    assert verbs.apply_changes(made, [change]).facts.score.tolist() == [30, 100, 100, 100]
    change = {"sheet": "Reviews", "where": "reviewer = Bob", "column": "score", "change": "= 90"}
    assert verbs.apply_changes(made, [change]).facts.score.tolist() == [70, 100, 100, 100]


def test_a_case_without_reviews_keeps_its_hash() -> None:
    records: dict[str, list[dict[str, object]]] = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 1}],
        "Initiatives": [{"initiative": "i", "request": 1}],
    }
    made = verbs.case_from(records)
    assert not len(made.tables["Reviews"])
    assert initiative_scores(made.tables).tolist() == [100.0]
    assert made.sha256 == verbs.case_from({**records, "Reviews": []}).sha256


def test_what_is_doubtful_is_said_with_its_cell() -> None:
    rows = [{"initiative": i, "reviewer": r, "score": v} for i, r, v in (
        ("i", "Ann", 7), ("j", "Ann", 9), ("i", "Bob", 70), ("j", "Bob", 60), ("k", "Cy", 80),
    )]  # fmt: skip
    rows.append({"initiative": "m", "reviewer": "Bob", "score": 99, "conflict": "yes"})
    made = verbs.case_from({
        "Agencies": [{"agency": "A"}, {"agency": "B"}],
        "Funds": [{"fund": "F", "amount": 100}],
        "Case": [{"setting": "reviews", "value": "ranks"}],
        "Initiatives": [{"initiative": k, "lead": a, "request": 60} for k, a in (("i", "A"), ("j", "B"), ("k", "B"), ("m", "A"))],
        "Reviews": rows,
    })  # fmt: skip
    told = {w.code: w for w in made.warnings}
    assert set(told) == {"E01", "E02", "E03", "E04"}
    assert "Cy scored one initiative alone" in told["E01"].found
    assert "no score of Ann is above 10, others score up to 80" in told["E03"].found
    assert "a conflict of Bob in m, and a score for i, both led by A" in told["E04"].found
    assert "no review that counts of m" in told["E02"].found
    plain = verbs.case_from({**{n: list(t.records()) for n, t in made.tables.items()}, "Case": []})
    assert "E06" in {w.code for w in plain.warnings}
    assert "E01" not in {w.code for w in plain.warnings}, "a mean of all needs no scale of each"
