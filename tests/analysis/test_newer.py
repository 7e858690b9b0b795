"""A rule remembers the entry and text that it came from; a newer text is offered with its difference and what it would do."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.library import entries, entry_of
from optimiser.analysis.rulebook.newer import as_scenario, effect, newer, remembered
from optimiser.case.case import Case
from tests.rules.fitting import with_entry
from tests.rules.small import Records, case_of, checked


def aged(key: str, **cells: Any) -> Case:
    """The case made for an entry, with the rule as an older text had it."""
    case = with_entry(key)
    records: Records = {name: list(table.records()) for name, table in case.tables.items()}
    for row in records["Rules"]:
        row |= {"entry": str(row["entry"]).partition(",")[0] + ", text of 2019-01-01", **cells}
    kept = {n: [{k: v for k, v in r.items() if v == v} for r in rows] for n, rows in records.items() if rows}
    return checked(kept)


@pytest.mark.parametrize("key", [e.key for e in entries() if e.rows][::9])
def test_a_rule_remembers_its_entry_and_is_not_offered_again(key: str) -> None:
    case = with_entry(key)
    entry = entry_of(key)
    cells = case.tables["Rules"]["entry"].tolist()
    assert sorted(remembered(c)[1] for c in cells) == list(range(len(entry.rows)))
    assert {remembered(c)[0] for c in cells} == {key}
    assert newer(case.tables) == []
    [*offered] = newer(aged(key).tables)
    assert [n.differences for n in offered] == [()] * len(entry.rows)
    assert all("the words are the same" in n.sentence for n in offered)


def test_a_newer_number_is_offered_with_its_difference_and_what_it_would_do() -> None:
    entry = entry_of("voca-administration")
    rule = {
        "rule": "office",
        "where": "fund = Grant ; theme = guns",
        "at_most": 0.5,
        "of": "amount",
        "set_by": "statute",
    }
    case = case_of({**rule, "authority": entry.authority, "entry": "voca-administration, text of 2019-01-01"})
    [found] = newer(case.tables)
    assert found.differences == (("at_most", 0.5, 0.05),)
    assert found.sentence == (
        "office: the library has the text of 2024-08-02, the case that of 2019-01-01: at_most 0.5 becomes 0.05."
    )
    before = verbs.solve(case)
    after = verbs.solve(verbs.apply_changes(case, found.changes))
    said = effect(case, found)
    lost = (before.impact or 0) - (after.impact or 0)
    assert lost > 0
    assert said.startswith("The new text would cost")
    scenario = as_scenario(found)
    records: Records = {
        n: [{k: v for k, v in r.items() if v == v} for r in t.records()] for n, t in case.tables.items()
    }
    with_it = checked({**{n: rows for n, rows in records.items() if rows}, "Scenarios": scenario})
    assert verbs.solve(verbs.scenario(with_it, scenario[0]["scenario"])).impact == pytest.approx(after.impact)
    changed = verbs.apply_changes(case, found.changes)
    assert newer(changed.tables) == []


def test_what_an_answer_fills_in_and_what_people_wrote_themselves_is_left_alone() -> None:
    [found] = newer(aged("jag-variable-pass-through", at_most=0.1).tables)
    assert found.differences == ()
    case = with_entry("voca-administration")
    assert newer(case.tables) == []
    assert remembered("") == ("", 0, "")
    assert remembered("no such thing at all!") == ("", 0, "")
