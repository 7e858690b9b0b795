"""A paper that an office describes in a file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimiser.papers.office_template import TemplateError
from optimiser.papers.own_papers import LARGEST_PAPER, brought, every, papers_of, tried
from optimiser.papers.paper import Paper, make, shelf
from tests.papers.cases import solved, source
from tests.papers.reading import READERS, _Page
from tests.papers.test_safe import HOSTILE, package

MEMO = """
title = "Memo to {*}"
purpose = "What each agency is told"
forms = ["docx", "xlsx", "html", "txt"]
of = "agency"
[[block]]
heading = "Your money"
[[block]]
text = "You receive {received[*]} of {spend}, {spend[fund = grant; agency = *]} of it from the grant."
[[block]]
text = "Write to {Agencies.contact}, {Agencies.uei}."
[[block]]
table = "awards"
[[block]]
break = true
[[block]]
sign = ["Chair"]
[[check]]
sum = ["spend", "unspent"]
is = "amount"
"""


def paper(folder: Path, text: str) -> Paper:
    (folder / "memo.toml").write_text(text, "utf-8")
    return every(folder)["memo"]


def test_it_stands_beside_the_others_and_has_the_same_figures(tmp_path: Path) -> None:
    made, one = source(solved(8)), paper(tmp_path, MEMO)
    assert set(every(tmp_path)) == {*shelf(), "memo"}
    files = list(make(one, made))
    agencies = made.figures.members("agency")
    assert len(files) == 4 * len(agencies)
    for k, file in enumerate(files):
        agency, form = agencies[k // 4], file.file.rpartition(".")[2]
        read = " ".join(READERS[form](file.content).text.split())
        got = made.figures.received(agency).text("USD")
        assert f"You receive {got} of {made.figures.spent.text('USD')}" in read
        assert f"Contact {agency[-1]}, 555-010{agency[-1]}, UEI" in read
        assert not file.missing
        assert not file.doubts
        assert file.figures[f"received[{agency}]"] == made.figures.received(agency).value
        assert f"spend[fund = Grant; agency = {agency}]" in file.figures
    letters = [f for f in make(shelf()["award-letters"], made) if agencies[0] in f.file]
    assert letters[0].figures[f"received[{agencies[0]}]"] == files[0].figures[f"received[{agencies[0]}]"]


def test_a_sum_that_does_not_come_out_is_said_and_a_missing_fact_is_blank(tmp_path: Path) -> None:
    one = paper(tmp_path, MEMO.replace('is = "amount"', 'is = "request"').replace('of = "agency"', 'of = "fund"')
        .replace("{received[*]}", "{amount[*]}").replace("grant; agency = *", "*").replace("Agencies.contact", "Funds.fain")
        .replace("Agencies.uei", "Funds.listing_title"))  # fmt: skip
    files = list(make(one, source(solved(8))))
    assert files[0].doubts == ("memo.toml: spend and unspent do not add up to request.",)
    pool = next(f for f in files if "Pool" in f.file)
    assert {m.column for m in pool.missing} == {"fain", "listing_title"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{spend}", "{spemd}", "block 2: there is no figure {spemd}"),
        ("fund = grant", "fund = grand", 'block 2: there is no fund "grand": did you mean Grant?'),
        ("fund = grant", "team = grant", "not by team"),
        ("Agencies.contact", "Agencies.contakt", "did you mean contact?"),
        ("Agencies.contact", "Funds.fain", "of which this paper is not made"),
        ('table = "awards"', 'table = "award"', 'block 4: there is no table "award"'),
        ('table = "awards"', "picture = 1", "`picture` is unknown"),
        ('"docx", ', '"exe", ', "forms: it can be docx"),
        ('of = "agency"', 'of = "role"', "of: it can be agency or fund"),
        ('purpose = "What each agency is told"', "", "write what its purpose is"),
        ("[[check]]", "[[check]]\nprice = 1", "`price` is unknown"),
        ('title = "', "title = ", "it is no TOML"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in MEMO
    with pytest.raises(TemplateError, match=r"memo\.toml") as told:
        list(make(paper(tmp_path, MEMO.replace(old, new)), source(solved(8))))
    assert said in str(told.value)


def test_one_that_was_brought_goes_before_that_of_the_folder(tmp_path: Path) -> None:
    paper(tmp_path, MEMO)
    taken = brought("memo.TOML", MEMO.replace("Memo to", "Note to").encode())
    assert (taken.form, taken.links) == ("memo.toml", 0)
    kept = source(solved(8), templates=tmp_path, letterheads=lambda: {taken.form: taken.content, "docx": b"no paper"})
    assert set(papers_of(kept)) == {*shelf(), "memo"}
    assert papers_of(kept)["memo"].content(kept, "Agency 0").title.startswith("Note to")
    assert tried(taken.form, taken.content, kept) == len(kept.figures.members("agency"))
    wanted = MEMO.replace('"unspent"', '"unspent[Elsewhere]"').encode()
    with pytest.raises(TemplateError, match=r'check 1: there is no fund "Elsewhere"'):
        tried("memo.toml", wanted, kept)


@pytest.mark.parametrize("name", ["Slides.toml", "../x.toml", ".toml", "=x.toml", f"{'long ' * 13}.toml", "a\nb.toml"])
def test_a_file_whose_name_can_be_no_papers_is_refused(name: str) -> None:
    with pytest.raises(TemplateError):
        brought(name, MEMO.encode())


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(TemplateError, match="more than 100 kB"):
        brought("memo.toml", b"#" * (LARGEST_PAPER + 1))


@pytest.mark.first(1)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_acts_that_its_file_or_its_case_says(hostile: str) -> None:
    text = MEMO.replace("{spend[fund = grant; agency = *]}", "a part")
    for plain in ("Memo to", "Your money", "You receive", "Chair"):
        text = text.replace(plain, f"{hostile}{plain}")
    taken = brought("memo.toml", text.encode())
    made = source(solved(5, hostile), letterheads=lambda: {taken.form: taken.content})
    for file in make(papers_of(made)["memo"], made):
        form = file.file.rpartition(".")[2]
        if form in ("docx", "xlsx"):
            package(file, form)
        elif form == "html":
            page = _Page()
            page.feed(file.content.decode())
            assert not {tag for tag, _ in page.tags} & {"a", "img", "script", "iframe", "link", "object"}


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "slides.toml").write_text(MEMO, "utf-8")
    with pytest.raises(TemplateError, match="a paper of this name already"):
        every(tmp_path)
