"""Why, Next in line: reviewers with the most disagreement first, who is next if one declines, how far below the line."""

from __future__ import annotations

from optimiser.app_pages.shell import session
from optimiser.app_pages.why_parts import holds_back
from optimiser.desk.state import as_records
from optimiser.verbs import case_from
from tests.app.small import RECORDS, opened, plain

GIVEN = {"I1": (90, 80), "I2": (95, 35), "I3": (70, 60), "I4": (60, 50), "I5": (40, 30)}

LISTED = "- "
"""How each of those below the line begins."""


def test_reviews_and_the_next_in_line_stand_on_why() -> None:
    reviews = [
        {"initiative": k, "reviewer": r, "score": s}
        for k, scores in GIVEN.items() for r, s in zip(("Ann Ash", "Bob Birch"), scores, strict=True)
    ]  # fmt: skip
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Reviews": reviews})))
    session.solve_now(draft, wait=300)
    plan = draft.shown
    assert plan is not None
    at = opened(draft, "why")
    at.session_state["why-part"] = holds_back.LINE
    at.run(timeout=60)
    for _ in range(40):
        if all(any(w in m.value for m in at.markdown) for w in ("declines (", LISTED)):
            break
        at.run(timeout=60)
    assert not at.exception, at.exception
    said = plain("\n".join(e.value for e in [*at.title, *at.header, *at.markdown, *at.caption]))
    assert "Reviewers differ most on Clinic: from 35 to 95" in said
    reviewers = next(t.value for t in at.table if "Reviewer" in t.value)
    assert [plain(v) for v in reviewers["Reviewer"]] == ["Bob Birch", "Ann Ash"]
    assert "harsh" in plain(reviewers["Against the others"].iloc[0])
    first = at.selectbox(key="line-declines").options[0]
    assert f"If {plain(first)} declines (" in said
    assert "below the line" in plain(next(m.value for m in at.markdown if LISTED in m.value))
