"""A rule that is waived altogether is called waived on the page Rules, never a rule without a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from optimiser.app_pages.rules import headline
from optimiser.app_pages.shell import session
from optimiser.desk.rule_rows import Standing, standings
from optimiser.desk.state import as_records
from optimiser.verbs import case_from
from tests.app.small import RECORDS, opened, plain

KEPT = Standing(1, "cap", "Money: at most $5.", "", "policy", True, True, "kept", [])
WAIVER = {"rule": "Police cap", "granted_by": "the Board", "granted_on": "2026-01-05"}


def test_waived_rules_are_counted_apart() -> None:
    waived, off = replace(KEPT, state="waived"), replace(KEPT, state="off")
    assert headline([KEPT, replace(KEPT, name="b"), waived]) == "Both rules are kept, none is at its limit; 1 waived"
    assert headline([KEPT, waived, off]) == "The only rule is kept; 1 waived; 1 switched off"
    assert headline([waived]) == "No rule is in force; 1 waived"
    assert headline([off]) == "Every rule is switched off"


def test_the_page_says_who_waived_it(empty_store: Path) -> None:
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Waivers": [WAIVER]})))
    session.solve_now(draft, wait=300)
    assert draft.shown is not None
    states = {s.name: s.state for s in standings(draft, draft.shown.plan)}
    assert states == {"Health first": "kept", "Police cap": "waived"}
    [waived] = [s for s in standings(draft, draft.shown.plan) if s.state == "waived"]
    assert waived.sentence.endswith("Waived by the Board on 2026-01-05.")
    at = opened(draft, "rules")
    said = plain([e.value for kind in (at.title, at.header, at.markdown, at.caption) for e in kind])
    assert "The only rule is kept; 1 waived" in said
    assert ":gray-badge[Waived]" in said or "Waived" in said.replace("Waived by", "")
