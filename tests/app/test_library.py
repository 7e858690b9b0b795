"""The library of rules and the question of a missed target, on the page Rules."""

from __future__ import annotations

from datetime import date

from optimiser.analysis.rulebook import library, library_rows
from optimiser.analysis.together.overlap import delivered
from optimiser.analysis.what_if.clause import clause
from optimiser.app_pages.rule_parts import missed_target, shelf
from optimiser.app_pages.shell import session
from optimiser.desk.state import Draft, as_records
from optimiser.verbs import case_from
from tests.app.small import RECORDS, opened, plain, solved
from tests.app.test_why import answered

PERFORMANCE = [
    {"of": "initiative", "item": "I1", "measure": "families seen", "target": 100, "actual": 90},
    {"of": "agency", "item": "Police", "measure": "cases shared", "target": 40, "actual": 40},
]


def rated() -> Draft:
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Performance": PERFORMANCE})))
    session.solve_now(draft, wait=300)
    return draft


def simple() -> library.Entry:
    case = case_from(RECORDS)
    return next(e for e in library.entries() if e.rows and not e.asks and not library_rows.lacks(case.tables, e))


def test_an_entry_is_found_previewed_and_inserted() -> None:
    draft = solved()
    entry = simple()
    at = opened(draft, "rules")
    at.session_state["rules-part"] = "Library"
    at.run()
    assert plain(at.title[0].value) == shelf.headline(draft)
    assert f"{len(library.entries())} named rules" in plain(at.title[0].value)
    at.text_input(key="library-find").set_value(entry.key).run()
    assert any(entry.citation in c.value.replace("\\", "") for c in at.caption)
    case = draft.checked().case
    assert case is not None
    made = shelf.preview(draft, case, entry, "Pool", {})
    assert made.sentences
    shown = "\n".join(m.value for m in at.markdown).replace("\\", "")
    assert made.sentences[0] in shown
    assert any(c.value.startswith("Binds ") for c in at.caption)
    before = len(draft.records("Rules"))
    at.button(key="library-insert").click().run()
    assert not at.exception
    assert len(draft.records("Rules")) == before + len(entry.rows)
    assert draft.checked().case is not None
    assert any("inserted for Pool" in i.value for i in at.info)
    draft.undo()
    assert len(draft.records("Rules")) == before


def shape(entry: library.Entry) -> tuple[object, ...]:
    """What the page draws of an entry: the questions, and what there is to insert."""
    return frozenset(a.kind for a in entry.asks), bool(entry.rows), bool(entry.fund), bool(entry.past), entry.confidence


SHAPES = {shape(entry): entry for entry in library.entries()}


def test_every_shape_of_entry_opens() -> None:
    at = opened(solved(), "rules")
    at.session_state["rules-part"] = "Library"
    for entry in SHAPES.values():
        at.session_state["library-find"] = entry.key
        at.run()
        assert not at.exception, entry.key
        assert any(entry.name in s.value.replace("\\", "") for s in at.header), entry.key


def test_words_that_no_entry_has() -> None:
    at = opened(solved(), "rules")
    at.session_state["rules-part"] = "Library"
    at.session_state["library-find"] = "zebra crossing"
    at.run()
    assert at.title[0].value.startswith("None of")


def test_a_missed_target_shows_who_gets_the_money() -> None:
    draft = rated()
    plan = session.plan(draft)
    assert plan is not None
    at = opened(draft, "rules")
    at.session_state["rules-part"] = "If a target is missed"
    at = answered(at)
    made = clause(plan.case, "initiative", "I1", "families seen", 45.0)
    assert plain(at.title[0].value) == missed_target.headline(made)
    shown = "\n".join(m.value for m in at.markdown).replace("\\", "")
    assert made.sentences[0] in shown


def test_without_targets_the_question_says_what_it_needs() -> None:
    at = opened(solved(), "rules")
    at.session_state["rules-part"] = "If a target is missed"
    at.run()
    assert plain(at.title[0].value) == missed_target.TITLE
    assert any("sheet Performance" in m.value for m in at.markdown)


def test_overlaps_of_the_plan_are_listed_with_what_would_end_them() -> None:
    draft = solved()
    at = opened(draft, "rules")
    at.session_state["rules-part"] = "Overlaps"
    at.run()
    assert not at.exception
    plan = session.plan(draft)
    assert plan is not None
    found = delivered(plan)
    if found:
        assert str(len(found)) in plain(at.title[0].value)
        assert len(at.dataframe[0].value) == len(found)
    else:
        assert "No theme" in plain(at.title[0].value)


def test_the_library_asks_who_looks_and_shows_what_binds_them() -> None:
    at = opened(solved(), "rules")
    at.session_state["rules-part"] = "Library"
    at.run()
    first, every = at.dataframe[0].value["Text"].tolist(), len(at.dataframe[0].value)
    assert every == len(library.entries())
    assert first[-1] == "ended"
    assert any(said.endswith(", old") for said in first)
    at.selectbox(key="library-who").set_value("city")
    at.selectbox(key="library-programme").set_value("HSGP").run()
    assert not at.exception
    shown = at.dataframe[0].value
    assert 0 < len(shown) < every
    assert set(shown["Rule"]) == {
        e.name for e in library.binding(library.entries(), date.today(), "city", None, "HSGP")
    }
    assert shown["Text"].tolist() == sorted(shown["Text"], reverse=True)


def test_a_newer_text_is_offered_with_what_it_would_do_as_a_scenario_and_to_be_taken_over() -> None:
    rules = [
        {"rule": name, "where": f"fund = Pool ; initiative = {who}", "at_most": 0.9, "of": "amount", "authority": "old",
         "entry": f"{key}, text of 2019-01-01"}
        for name, who, key in (("office", "I1", "voca-administration"), ("caps", "I2", "jag-administration"))
    ]  # fmt: skip
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Rules": rules})))
    at = opened(draft, "rules")
    at.session_state["rules-part"] = "Library"
    at = answered(at)
    assert "2 of them stand in this case" in plain(at.title[0].value)
    assert at.expander[0].label == "2 rules of this case have a newer text"
    shown = [plain(m.value) for m in at.markdown]
    assert sum("at most 90% becomes at most 5%" in m for m in shown) == 1
    assert any(m.startswith("- It would read: ") and "at most 5% of" in m for m in shown)
    assert sum("The new text would cost" in m or "stays as it is" in m for m in shown) == 2
    for k in (0, 1):
        at.button(key=f"newer-{k}").click().run()
        assert not at.exception
    scenarios = {r.values["scenario"] for r in draft.records("Scenarios")}
    assert len(scenarios) == 2
    assert {r.values["column"] for r in draft.records("Scenarios")} >= {"at_most", "authority", "entry"}
    assert draft.checked().case is not None
    at.button(key="newer-take-0").click().run()
    assert not at.exception
    assert [r.values["at_most"] for r in draft.records("Rules")] == [0.05, 0.9]
    assert [k for k in (0, 1) if f"newer-take-{k}" in {b.key for b in at.button}] == [0]
    draft.undo()
    assert [r.values["at_most"] for r in draft.records("Rules")] == [0.9, 0.9]
