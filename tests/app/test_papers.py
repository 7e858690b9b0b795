"""Papers: the page says what is ready and what is missing, takes in what is missing, and hands out every file."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx
from streamlit.testing.v1.element_tree import TextInput

from optimiser.app_pages import papers
from optimiser.app_pages.shell import session
from optimiser.desk import papers as desk
from optimiser.papers import as_preview
from optimiser.papers.blocks import grid, para
from optimiser.papers.paper import Source, document, shelf
from optimiser.store.work import letterheads
from tests.app.small import opened, plain, solved
from tests.papers import office


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
    assert any(s.said == desk.AFTER_VOTE for s in found)


def test_a_paper_is_chosen_by_what_people_call_its_agency_or_grant() -> None:
    draft = solved()
    at = opened(draft, "papers")

    def offered(paper: str) -> list[str]:
        at.selectbox(key=f"papers-one-{draft.id}").select(paper).run()
        assert not at.exception
        return at.selectbox(key=f"papers-of-{draft.id}-{paper}").options

    assert offered("award-letters") == ["Harbor Public Health", "Harbor Police"]
    notice = next(p for name, p in shelf().items() if name == "subaward-notices")
    told = [notice.called(source(), subject) for subject in notice.subjects(source())]
    assert told == ["Health grant, Harbor Public Health"]


def test_missing_facts_are_filled_on_the_page_in_one_step_and_its_pages_are_seen() -> None:
    draft = solved()
    at = opened(draft, "papers")
    at.selectbox(key=f"papers-one-{draft.id}").select("journal").run()
    at.selectbox(key=f"papers-one-{draft.id}").select("sf-424a").run()
    assert "SF-424A, Health grant" in "".join(h.proto.body for h in at.get("html"))

    def field(label: str) -> TextInput:
        return next(t for t in at.text_input if plain(t.label) == label)

    before = draft.records("Funds"), draft.records("Categories")
    field("assistance listing number").input("16.738")
    next(b for b in at.selectbox if plain(b.label) == "object class of general").select("other")
    next(b for b in at.button if b.label == "Keep these").click().run(timeout=60)
    assert not at.exception, at.exception
    (grant,) = [r for r in draft.records("Funds") if r.values["fund"] == "Grant"]
    assert grant.values["assistance_listing"] == "16.738"
    assert [r.values["object_class"] for r in draft.records("Categories")] == ["other"]
    assert not any(plain(t.label) == "assistance listing number" for t in at.text_input)
    assert draft.can_undo == "Papers: 2 facts filled in"
    draft.undo()
    assert (draft.records("Funds"), draft.records("Categories")) == before


def test_a_letterhead_is_brought_tried_kept_and_taken_away_on_the_page() -> None:
    at = opened(solved(), "papers")
    assert "Made without a letterhead of yours." in [plain(c.value) for c in at.caption]
    at.button(key="letterhead").click().run()
    bad = office.with_part(office.letter(), "word/vbaProject.bin", b"x")
    at.file_uploader(key="letterhead-file").upload("Bad.docx", bad, "application/x").run()
    assert "holds a macro" in plain(at.error[0].value)
    assert not [b for b in at.button if b.key == "letterhead-keep"]
    at.file_uploader(key="letterhead-file").upload("Ours.docx", office.letter(linked=True), "application/x").run()
    assert any("1 link in it is taken out" in plain(m.value) for m in at.markdown)
    at.button(key="letterhead-keep").click().run()
    assert not at.exception, at.exception
    assert "Made on your Ours.docx." in [plain(c.value) for c in at.caption]
    (letter,) = desk.files(
        replace(source(), letterheads=lambda: letterheads.contents(session.db(), session.actor())), ["resolution"]
    )
    assert docx.Document(io.BytesIO(letter.content)).sections[0].header.paragraphs[0].text.startswith("Harbor County")
    at.button(key="letterhead").click().run()
    at.button(key="letterhead-drop-docx").click().run()
    assert letterheads.listed(session.db(), session.actor()) == []


def test_a_paper_of_the_offices_own_is_brought_tried_made_and_taken_away_on_the_page() -> None:
    at = opened(solved(), "papers")
    at.button(key="letterhead").click().run()
    at.file_uploader(key="letterhead-file").upload("memo.toml", office.paper("Memo", "{award[Nowhere]}"), "").run()
    assert 'block 1: there is no initiative "Nowhere"' in plain(at.error[0].value)
    assert not [b for b in at.button if b.key == "letterhead-keep"]
    at.file_uploader(key="letterhead-file").upload("memo.toml", office.paper("Memo of ours"), "").run()
    assert any("1 paper of it can be made" in plain(m.value) for m in at.markdown)
    at.button(key="letterhead-keep").click().run()
    assert not at.exception, at.exception
    assert "Made without a letterhead of yours. 1 paper of your own." in [plain(c.value) for c in at.caption]
    table = at.table[0].value
    assert [plain(state) for state in table.loc[["Memo of ours"], "State"]] == ["✓ ready"]
    assert "memo" in at.multiselect[0].value
    kept = replace(source(), letterheads=lambda: letterheads.contents(session.db(), session.actor()))
    assert [f.file for f in desk.files(kept, ["memo"])] == ["memo.docx", "memo.txt"]

    elsewhere = office.paper("Memo", "{award[Nowhere]}")  # kept where there was one of that name
    state = {s.name: s for s in desk.states(replace(source(), letterheads=lambda: {"memo.toml": elsewhere}))}["memo"]
    assert (state.count, "there is no initiative" in state.said) == (0, True)
    at.button(key="letterhead").click().run()
    at.button(key="letterhead-drop-memo.toml").click().run()
    assert letterheads.listed(session.db(), session.actor()) == []


def test_a_record_that_is_not_there_yet_is_added_with_what_identifies_it() -> None:
    draft = solved()
    wanted = next(m for s in desk.states(source()) for m in s.missing if ("of", "credit") in m.record)
    assert desk.fillable(draft, wanted)
    assert desk.keep(draft, {wanted: "0420"})
    (code,) = draft.records("Account codes")
    assert code.values == {**dict(wanted.record), "code": "0420"}
    assert desk.keep(draft, {wanted: "0421"})  # the same record, not a second one
    assert [r.values["code"] for r in draft.records("Account codes")] == ["0421"]


def test_what_a_page_shows_of_a_paper_is_escaped() -> None:
    for page in as_preview.pages(document(source(), "<b>x", [para("<img src=x>"), grid("<i>", ["<u>"], [["<s>"]])])):
        assert not re.search("<(b>|img|i>|u>|s>)", page)


def test_all_files_come_in_one_package_whose_names_differ() -> None:
    made = source()
    names = [s.name for s in desk.states(made) if s.count]
    package = zipfile.ZipFile(io.BytesIO(desk.together(made, names)))
    listed = [n.casefold() for n in package.namelist()]
    assert len(set(listed)) == len(listed) == len(desk.files(made, names))
    assert desk.together(made, names) == desk.together(made, names)
