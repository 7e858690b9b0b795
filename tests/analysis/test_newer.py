"""A rule remembers the entry and text that it came from; a newer text is offered with its difference and what it would do."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.library import entries, entry_of
from optimiser.analysis.rulebook.newer import as_scenario, effect, effects, newer, remembered
from optimiser.case.case import Case
from optimiser.case.impact import unit
from optimiser.case.readable import points
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
    assert newer(case) == []
    [offered] = newer(aged(key))
    assert (offered.differences, offered.lacking, len(offered.versions)) == ((), 0, len(entry.rows))
    assert "the words are the same" in offered.sentence
    assert effect(case, offered).said == "The plan stays as it is."


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
    [found] = newer(case)
    [moved] = found.differences
    assert (moved.rule, moved.column, moved.old, moved.new) == ("office", "at_most", 0.5, 0.05)
    assert found.sentence == (
        "office: the library has the text of 2024-08-02, the case that of 2019-01-01: at most 50% becomes at most 5%."
    )
    before = verbs.solve(case)
    after = verbs.solve(verbs.apply_changes(case, found.changes))
    said, [reads] = effect(case, found).said, effect(case, found).reads
    lost = (before.impact or 0) - (after.impact or 0)
    assert lost > 0
    assert said == f"The new text would cost {points(lost, unit(case))}."
    assert "at most 5%" in reads
    assert [e.said for e in effects(case, [found])] == [said]
    scenario = as_scenario(found)
    records: Records = {
        n: [{k: v for k, v in r.items() if v == v} for r in t.records()] for n, t in case.tables.items()
    }
    with_it = checked({**{n: rows for n, rows in records.items() if rows}, "Scenarios": scenario})
    assert verbs.solve(verbs.scenario(with_it, scenario[0]["scenario"])).impact == pytest.approx(after.impact)
    changed = verbs.apply_changes(case, found.changes)
    assert newer(changed) == []


def test_what_an_answer_fills_in_and_what_people_wrote_themselves_is_left_alone() -> None:
    [found] = newer(aged("jag-variable-pass-through", at_most=0.1))
    assert found.differences == ()
    case = with_entry("voca-administration")
    assert newer(case) == []
    assert remembered("") == ("", 0, "")
    assert remembered("no such thing at all!") == ("", 0, "")


def test_the_rules_of_one_text_are_offered_together_and_what_it_has_no_more_or_more_is_said() -> None:
    case = with_entry("voca-priorities")
    records: Records = {
        n: [{k: v for k, v in r.items() if v == v} for r in t.records()] for n, t in case.tables.items() if len(t)
    }
    first, second, third, _ = records["Rules"]
    first |= {"at_least": 0.15, "entry": "voca-priorities/1, text of 2019-01-01", "waiver": ""}
    second |= {"entry": "voca-priorities/2, text of 2019-01-01"}
    third |= {"entry": "voca-priorities/9, text of 2019-01-01"}
    records["Rules"] = [first, second, third]
    old = checked(records)
    [found] = newer(old)
    assert [rule for rule, _ in found.versions] == [
        "Grant: child abuse",
        "Grant: domestic abuse",
        "Grant: sexual assault",
    ]
    assert found.lacking == 2
    assert "Grant: child abuse: at least 15% becomes at least 10%" in found.sentence
    assert "Grant: sexual assault: the text has it no more" in found.sentence
    assert found.sentence.endswith("The text has 2 rules more than the case.")
    after = verbs.apply_changes(old, found.changes)
    rules = {r["rule"]: r for r in after.tables["Rules"].records()}
    assert rules["Grant: child abuse"]["at_least"] == 0.1
    assert rules["Grant: child abuse"]["waiver"] == entry_of("voca-priorities").waiver
    assert not rules["Grant: sexual assault"]["active"]
    [again] = newer(after) or [None]
    assert again is None


def test_a_number_that_comes_in_or_falls_away_and_a_text_that_the_case_does_not_take_are_said() -> None:
    rule = {"rule": "office", "where": "fund = Grant ; theme = guns", "at_least": 0.01, "of": "amount",
            "entry": "voca-administration, text of 2019-01-01"}  # fmt: skip
    [found] = newer(case_of(rule))
    assert "at least 1% falls away, at most 5% is new" in found.sentence
    shares = {"rule": "shares", "kind": "formula", "where": "fund = Grant", "per": "area", "of": "population"}
    without = case_of({**shares, "entry": "highway-shares, text of 2019-01-01"})
    [one] = newer(without)
    assert 'of "population" becomes "0.75 population + 0.25 road_miles; floor 0.75%"' in one.sentence
    assert effect(without, one).said.startswith("The new text does not fit the case: ")
    assert "road_miles" in effect(without, one).said
