"""What a person writes in place of the words that a sheet asks for, and the cure that names what was meant."""

from __future__ import annotations

import pytest

from optimiser.case.names import meant
from optimiser.case.selection import SelectionError, parse
from optimiser.verbs import check_records
from tests.rules.small import Records

SMALL: Records = {
    "Agencies": [{"agency": "a"}],
    "Funds": [{"fund": "f", "amount": 100}],
    "Initiatives": [{"initiative": "i", "lead": "a", "request": 50}],
}


@pytest.mark.parametrize(
    ("word", "choice"),
    [("own", "own budget"), ("Grant", "joint grant"), ("poold", "pooled"), ("levy", "")],
)
def test_a_word_stands_for_the_only_choice_that_has_it(word: str, choice: str) -> None:
    assert meant(word, ("pooled", "joint grant", "shared budget", "own budget")) == choice


def test_who_set_a_rule_is_told_with_what_the_words_mean() -> None:
    rule = {"rule": "r", "where": "fund = f", "at_most": 5, "set_by": "committee"}
    (fault,) = check_records({**SMALL, "Rules": [rule]})[1]
    assert (fault.code, fault.found) == ("V02", '"committee"')
    assert "the committee's own policy" in fault.cure


@pytest.mark.parametrize("joint", [" & ", " and ", " AND ", ", ", " && "])
def test_comparisons_joined_in_other_ways_are_told_to_be_parted_by_semicolons(joint: str) -> None:
    with pytest.raises(SelectionError) as told:
        parse(f"fund = OPI{joint}theme = overdose")
    assert "`fund = OPI; theme = overdose`" in told.value.cure


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("theme = Courts or theme = Youth", "`theme = Courts | Youth`"),
        ("theme = Courts OR Theme=Youth or theme = Care", "`theme = Courts | Youth | Care`"),
        ("theme = Courts || theme = Youth", "`theme = Courts | Youth`"),
        ("theme = Courts | theme = Youth", "`theme = Courts | Youth`"),
        ("theme = Courts or area = North", "several values may be joined by a bar"),
        ("theme != Courts or theme != Youth", "several values may be joined by a bar"),
        ("score < 3 or score > 5", "several values may be joined by a bar"),
    ],
)
def test_comparisons_joined_by_or_are_told_the_bar(written: str, cure: str) -> None:
    with pytest.raises(SelectionError) as told:
        parse(written)
    assert cure in told.value.cure
    if cure.startswith("`"):
        (clause,) = parse(cure.strip("`"))
        assert clause.values[:2] == ("Courts", "Youth")


def test_a_sign_within_a_name_is_told_to_be_quoted() -> None:
    with pytest.raises(SelectionError) as told:
        parse("fund = A = B")
    assert "double quotes" in told.value.cure
    assert parse("theme = Drugs & alcohol")[0].values == ("Drugs & alcohol",)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("agency = Harbour, Rail", "write `agency = Harbour | Rail`"),
        ("agency = Harbour or Rail", "write `agency = Harbour | Rail`"),
        ("agency = Port authority & Rail", "write `agency = Harbour | Rail`"),
        ("lead = Port authority", "that is what Harbour is called: write Harbour"),
        ("fund = Sea ; Land", "`fund = Sea | Land`"),
        ("fund == Sea", "write one = where two stand"),
        ("fund = Seaa", "did you mean Sea?"),
        ("fund = “Sea”", "only straight quotes are quotes: write Sea"),
    ],
)
def test_names_and_lists_that_are_written_as_people_write_them_have_their_cure(where: str, said: str) -> None:
    records: Records = {
        "Agencies": [{"agency": "Harbour", "name": "Port authority"}, {"agency": "Rail"}],
        "Funds": [{"fund": "Sea", "amount": 100}, {"fund": "Land", "amount": 100}],
        "Initiatives": [{"initiative": "i", "lead": "Rail", "request": 50, "theme": "ferries"},
                        {"initiative": "j", "lead": "Rail", "request": 50, "theme": "trams"}],
    }  # fmt: skip
    (fault,) = check_records({**records, "Rules": [{"rule": "r", "where": where, "at_most": 5}]})[1]
    assert fault.code == "L01"
    assert said in fault.cure
    (doubt,) = check_records({**records, "Rules": [{"rule": "r", "where": "theme = ferries, trams", "at_most": 5}]})[1]
    assert doubt.found == "a list without bars, meant perhaps as `theme = ferries | trams`"
