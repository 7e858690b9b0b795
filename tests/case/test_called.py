"""What a record is called: its name with its key, unless the name says the key already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.names import skeleton, told_apart
from optimiser.verbs import case_from

SAID = {
    "Justice Assistance Grant": ("Justice Assistance Grant, county award", "Justice Assistance Grant, county award"),
    "Sheriff": ("Harbor County Sheriff", "Harbor County Sheriff"),
    "JAG-27": ("JAG-27: county award", "JAG-27: county award"),
    "C04": ("C04 – mobile crisis team", "C04 – mobile crisis team"),
    "St. Mary's": ("st.  mary's (trauma center)", "st.  mary's (trauma center)"),
    "C05": ("Mobile crisis team", "Mobile crisis team (C05)"),
    "C06": ("C061 mobile team", "C061 mobile team (C06)"),
    "Pool": ("Pooled money", "Pooled money (Pool)"),
    "A": ("A place to sleep", "A place to sleep (A)"),
    "Plain": ("", "Plain"),
    "Same": ("SAME", "Same"),
    "State grant": ("State grant, north", "State grant, north (State grant)"),
    "Grant north": ("State Grant, north", "State Grant, north (Grant north)"),
    "Youth": ("Youth, east", "Youth, east (Youth)"),
    "Youth, east": ("", "Youth, east"),
}


@pytest.mark.parametrize("sheet", ["fund", "agency", "initiative"])
def test_a_key_that_the_name_says_already_is_left_out(sheet: str) -> None:
    rows = {d: [{d: f"{d} 1"}] for d in ("fund", "agency", "initiative")}
    rows[sheet] = [{sheet: key, "name": name} for key, (name, _) in SAID.items()]
    for row in rows["initiative"]:
        row["request"] = "100"
    for row in rows["fund"]:
        row["amount"] = "100"
    facts = case_from({"Funds": rows["fund"], "Agencies": rows["agency"], "Initiatives": rows["initiative"]}).facts
    called = {key: facts.called(sheet, k) for k, key in enumerate(facts.names[sheet])}
    assert called == {key: said for key, (_, said) in SAID.items()}
    assert len({said.casefold() for said in called.values()}) == len(SAID)


@given(
    st.dictionaries(
        st.sampled_from("ABCDE"), st.sampled_from(["", "A", "Same", "same ", "Sаme", "Other", "B"]), min_size=1
    )
)
def test_no_two_are_called_alike(names: dict[str, str]) -> None:
    called = told_apart(names)
    assert list(called) == list(names)
    assert len(set(map(skeleton, called.values()))) == len(names)
    for key, name in names.items():
        assert called[key] in (name or key, f"{name or key} ({key})")
    alone = [
        k for k, n in names.items() if n and [skeleton(x) for x in (*names.values(), *names)].count(skeleton(n)) == 1
    ]
    assert all(called[k] == names[k] for k in alone)
