"""What a record is called: by its name, with its key where another has the name too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.facts import SHEET_OF
from optimiser.case.names import skeleton, told_apart
from optimiser.verbs import case_from

SAID = {
    "Sheriff": ("Harbor County Sheriff", "Harbor County Sheriff"),
    "C04": ("C04 – mobile crisis team", "C04 – mobile crisis team"),
    "C05": ("Mobile crisis team", "Mobile crisis team"),
    "C06": ("Night walks", "Night walks (C06)"),
    "C07": ("night  walks", "night  walks (C07)"),
    "Pool": ("Pooled money", "Pooled money"),
    "Plain": ("", "Plain"),
    "Same": ("SAME", "SAME"),
    "Grant north": ("Youth", "Youth (Grant north)"),
    "Youth": ("", "Youth"),
}


@pytest.mark.parametrize("sheet", ["fund", "agency", "initiative"])
def test_a_key_stands_beside_the_name_only_where_another_is_called_so_too(sheet: str) -> None:
    rows = {d: [{d: f"{d} 1"}] for d in ("fund", "agency", "initiative")}
    rows[sheet] = [{sheet: key, "name": name} for key, (name, _) in SAID.items()]
    for row in rows["initiative"]:
        row["request"] = "100"
    for row in rows["fund"]:
        row["amount"] = "100"
    case = case_from({"Funds": rows["fund"], "Agencies": rows["agency"], "Initiatives": rows["initiative"]})
    facts = case.facts
    called = {key: facts.called(sheet, k) for k, key in enumerate(facts.names[sheet])}
    assert called == {key: said for key, (_, said) in SAID.items()} == case.called(SHEET_OF[sheet])
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
