"""Papers: the page says what is ready and what is missing, takes in what is missing, and hands out every file."""

from __future__ import annotations

import io
import zipfile

from optimiser.app_pages import papers
from optimiser.app_pages.shell import session
from optimiser.desk import papers as desk
from optimiser.papers.paper import Source, shelf
from tests.app.small import opened, plain, solved


def source() -> Source:
    draft = solved()
    plan, case = session.plan(draft), draft.checked().case
    assert plan is not None
    assert case is not None
    return Source(plan, case)


def test_the_page_says_what_is_ready_and_what_is_missing() -> None:
    draft = solved()
    at = opened(draft, "papers")
    plan, case = session.plan(draft), draft.checked().case
    assert plan is not None
    assert case is not None
    found = desk.states(Source(plan, case, "x"))
    assert plain(at.title[0].value) == papers.headline(found)
    table = at.table[0].value
    assert [plain(v) for v in table["State"]] == [s.said for s in found]
    assert {s.name for s in found} == set(shelf())
    assert any(s.said == "after the vote" for s in found)


def test_a_missing_fact_is_filled_on_the_page() -> None:
    draft = solved()
    at = opened(draft, "papers")
    at.selectbox(key="papers-lacking").select("SF-424A, budget information").run()
    field = next(t for t in at.text_input if plain(t.label) == "assistance listing number")
    field.input("16.738")
    next(b for b in at.button if b.label == "Keep these").click().run(timeout=60)
    assert not at.exception, at.exception
    (grant,) = [r for r in draft.records("Funds") if r.values["fund"] == "Grant"]
    assert grant.values["assistance_listing"] == "16.738"
    assert not any(plain(t.label) == "assistance listing number" for t in at.text_input)
    assert draft.can_undo


def test_all_files_come_in_one_package_whose_names_differ() -> None:
    made = source()
    names = [s.name for s in desk.states(made) if s.count]
    package = zipfile.ZipFile(io.BytesIO(desk.together(made, names)))
    listed = [n.casefold() for n in package.namelist()]
    assert len(set(listed)) == len(listed) == len(desk.files(made, names))
    assert desk.together(made, names) == desk.together(made, names)
