"""A paper that an office describes in a file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimiser.papers.office_template import TemplateError
from optimiser.papers.own_papers import every
from optimiser.papers.paper import Paper, make, shelf
from tests.papers.cases import solved, source
from tests.papers.reading import READERS

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


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "slides.toml").write_text(MEMO, "utf-8")
    with pytest.raises(TemplateError, match="a paper of this name already"):
        every(tmp_path)
