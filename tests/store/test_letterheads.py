"""The office's templates: kept for all cases, one for each kind of file, set by the partnership's office alone, and audited."""

from __future__ import annotations

import pytest

from optimiser.papers.office_template import TemplateError
from optimiser.store.base import people
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.keeping import audit_check
from optimiser.store.work import letterheads
from tests.papers import office
from tests.store import decided


def test_the_last_one_for_a_kind_of_file_counts_and_is_taken_away_again(database: Database) -> None:
    me = people.local(database)
    assert letterheads.listed(database, me) == []
    letterheads.keep(database, me, "First.docx", office.letter("First"))
    made = letterheads.keep(database, me, "Second.docx", office.letter("Second", linked=True))
    letterheads.keep(database, me, "Book.xlsx", office.sheet())
    assert made.links == 1
    assert [(k.form, k.file, k.person) for k in letterheads.listed(database, me)] == [
        ("docx", "Second.docx", me.name),
        ("xlsx", "Book.xlsx", me.name),
    ]
    assert letterheads.contents(database, me)["docx"] == made.content
    letterheads.remove(database, me, "docx")
    assert set(letterheads.contents(database, me)) == {"xlsx"}
    assert audit_check.verify(database, me).is_whole


def test_papers_of_ones_own_are_kept_by_the_names_of_their_files(database: Database) -> None:
    me = people.local(database)
    letterheads.keep(database, me, "Letter.docx", office.letter())
    for name, title in (("memo.toml", "First"), ("note.toml", "Other"), ("memo.TOML", "Second")):
        letterheads.keep(database, me, name, office.paper(title))
    assert [k.form for k in letterheads.listed(database, me)] == ["docx", "memo.toml", "note.toml"]
    assert b"Second" in letterheads.contents(database, me)["memo.toml"]
    with pytest.raises(TemplateError, match="a paper of this name already"):
        letterheads.keep(database, me, "slides.toml", office.paper("Mine"))
    letterheads.remove(database, me, "memo.toml")
    assert set(letterheads.contents(database, me)) == {"docx", "note.toml"}
    assert audit_check.verify(database, me).is_whole


def test_what_can_be_no_template_changes_nothing(database: Database) -> None:
    me = people.local(database)
    letterheads.keep(database, me, "Good.docx", office.letter())
    with pytest.raises(TemplateError, match=r"Bad\.docx"):
        letterheads.keep(database, me, "Bad.docx", office.with_part(office.letter(), "word/vbaProject.bin", b"x"))
    assert [k.file for k in letterheads.listed(database, me)] == ["Good.docx"]


def test_an_agencys_own_people_see_it_and_do_not_set_it(database: Database) -> None:
    theirs = decided.person(database, "Shelter's analyst", "analyst", agency="Shelter")
    letterheads.keep(database, people.local(database), "Good.docx", office.letter())
    with pytest.raises(NotAllowed, match="partnership's own office"):
        letterheads.keep(database, theirs, "Other.docx", office.letter())
    with pytest.raises(NotAllowed):
        letterheads.remove(database, theirs, "docx")
    assert not letterheads.may_set(theirs)
    assert [k.file for k in letterheads.listed(database, theirs)] == ["Good.docx"]
