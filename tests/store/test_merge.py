"""Two people's edits come together by ID and cell by cell; what cannot is shown, and chosen."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.store.work.merge import BothChanged, three_way

BASE: dict[str, list[dict[str, Any]]] = {
    "Periods": [{"period": "FY1"}, {"period": "FY2"}, {"period": "FY3"}],
    "Funds": [
        {"fund": "Pool", "amount": 100.0, "owner": None},
        {"fund": "Grant", "amount": 200.0, "owner": "Police"},
        {"fund": "Own", "amount": 300.0, "owner": "Health"},
    ],
}


def changed(**cells: Any) -> dict[str, list[dict[str, Any]]]:
    """BASE with cells of funds set: Pool_amount=5; None as a whole record (Pool=None) deletes it."""
    made = copy.deepcopy(BASE)
    for place, value in cells.items():
        fund, _, column = place.partition("_")
        if column:
            next(r for r in made["Funds"] if r["fund"] == fund)[column] = value
        else:
            made["Funds"] = [r for r in made["Funds"] if r["fund"] != fund]
    return made


def test_cells_of_one_record_from_two_people() -> None:
    merged = three_way(BASE, changed(Pool_amount=5.0, Own_owner=None), changed(Pool_owner="Courts", Grant_amount=7.0))
    assert merged.records == changed(Pool_amount=5.0, Own_owner=None, Pool_owner="Courts", Grant_amount=7.0)
    assert merged.differences == ()


def test_the_same_edit_twice_is_one() -> None:
    assert three_way(BASE, changed(Pool_amount=5.0), changed(Pool_amount=5.0)).differences == ()


def test_a_cell_that_both_changed_is_shown_and_chosen() -> None:
    mine, theirs = changed(Pool_amount=5.0), changed(Pool_amount=6.0, Grant_amount=7.0)
    merged = three_way(BASE, mine, theirs)
    assert merged.differences == (BothChanged("Funds", "Pool", "amount", 100.0, 5.0, 6.0),)
    assert str(merged.differences[0]) == "Funds: amount of Pool (yours 5, theirs 6, before 100)"
    for side, value in (("mine", 5.0), ("theirs", 6.0)):
        chosen = three_way(BASE, mine, theirs, {("Funds", "Pool", "amount"): side})  # type: ignore[dict-item]
        assert chosen.differences == ()
        assert chosen.records == changed(Pool_amount=value, Grant_amount=7.0)


@pytest.mark.parametrize("mine_deletes", [True, False])
def test_deleted_by_one_and_changed_by_the_other_is_shown(mine_deletes: bool) -> None:
    sides = changed(Pool=None), changed(Pool_amount=6.0)
    mine, theirs = sides if mine_deletes else sides[::-1]
    (found,) = three_way(BASE, mine, theirs).differences
    assert found.place == ("Funds", "Pool", "")
    assert "deleted" in str(found)
    for side, records in (("mine", mine), ("theirs", theirs)):
        assert three_way(BASE, mine, theirs, {found.place: side}).records == records  # type: ignore[dict-item]


def test_deleted_by_one_and_left_alone_by_the_other_is_gone() -> None:
    for mine, theirs in ((changed(Pool=None), changed(Own_amount=1.0)), (changed(Own_amount=1.0), changed(Pool=None))):
        assert three_way(BASE, mine, theirs).records == changed(Pool=None, Own_amount=1.0)
    assert three_way(BASE, changed(Pool=None), changed(Pool=None)).records == changed(Pool=None)


def test_names_are_compared_as_everywhere() -> None:
    theirs = changed()
    theirs["Funds"][0]["fund"] = " POOL "
    merged = three_way(BASE, changed(Pool_amount=5.0), theirs)
    assert merged.records["Funds"][0] == {"fund": " POOL ", "amount": 5.0, "owner": None}


def test_both_add_and_each_stands_where_it_was_put() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    mine["Periods"].insert(1, {"period": "FY1b"})
    theirs["Periods"].append({"period": "FY4"})
    merged = three_way(BASE, mine, theirs)
    assert [p["period"] for p in merged.records["Periods"]] == ["FY1", "FY1b", "FY2", "FY3", "FY4"]


def test_both_add_the_same_record() -> None:
    mine, theirs = changed(), changed()
    mine["Funds"].append({"fund": "New", "amount": 1.0, "owner": None})
    theirs["Funds"].append({"fund": "New", "amount": 2.0, "owner": "Police"})
    (found,) = three_way(BASE, mine, theirs).differences
    assert (found.column, found.mine, found.theirs) == ("amount", 1.0, 2.0)


@pytest.mark.parametrize("mine_moves", [True, False])
def test_the_order_of_periods_follows_who_changed_it(mine_moves: bool) -> None:
    moved = {**BASE, "Periods": BASE["Periods"][::-1]}
    mine, theirs = (moved, changed(Pool_amount=5.0)) if mine_moves else (changed(Pool_amount=5.0), moved)
    assert three_way(BASE, mine, theirs).records == {**changed(Pool_amount=5.0), "Periods": moved["Periods"]}


def test_both_moved_periods_is_shown_and_chosen() -> None:
    one, two, three = BASE["Periods"]
    mine, theirs = {**BASE, "Periods": [two, one, three]}, {**BASE, "Periods": [three, one, two]}
    (found,) = three_way(BASE, mine, theirs).differences
    assert (found.mine, found.theirs) == (["FY2", "FY1", "FY3"], ["FY3", "FY1", "FY2"])
    assert str(found) == "Periods: both changed the order of the rows"
    assert three_way(BASE, mine, theirs, {found.place: "mine"}).records == mine
    assert three_way(BASE, mine, theirs, {found.place: "theirs"}).records == theirs
    assert three_way(BASE, mine, mine).differences == ()


def test_a_key_that_stands_twice_is_kept_twice() -> None:
    twice = changed()
    twice["Funds"].append({"fund": "Pool", "amount": 9.0, "owner": None})
    merged = three_way(BASE, twice, changed(Pool_amount=5.0))
    assert [(r["fund"], r["amount"]) for r in merged.records["Funds"]][::3] == [("Pool", 5.0), ("Pool", 9.0)]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "fund": st.sampled_from("ABCDE"),
            "amount": st.sampled_from([None, 1.0, 2.0]),
            "owner": st.sampled_from(["", "x", "y"]),
        }
    ),
    unique_by=lambda r: r["fund"],
    max_size=5,
).map(lambda rows: {"Funds": rows} if rows else {})


def normal(records: Any, ordered: bool = True) -> Any:
    rows = [{k: v or None for k, v in r.items()} for r in records.get("Funds", ())]
    return rows if ordered else sorted(rows, key=lambda r: r["fund"])


@given(ROWS, ROWS)
def test_where_only_one_edited_the_result_is_theirs(base: Any, edited: Any) -> None:
    for merged in (three_way(base, edited, base), three_way(base, base, edited), three_way(base, edited, edited)):
        assert merged.differences == ()
        assert normal(merged.records) == normal(edited)


@given(ROWS, ROWS, ROWS)
def test_each_cell_is_mine_or_theirs_and_no_edit_is_dropped_unseen(base: Any, mine: Any, theirs: Any) -> None:
    merged = three_way(base, mine, theirs)
    shown = {d.place for d in merged.differences}
    sides = [{r["fund"]: r for r in normal(side)} for side in (base, mine, theirs, merged.records)]
    for fund in set().union(*sides):
        was, own, other, made = (side.get(fund) for side in sides)
        for column in ("amount", "owner"):
            cells = [None if row is None else (row[column],) for row in (was, own, other, made)]
            if ("Funds", fund, column) in shown or ("Funds", fund, "") in shown:
                assert cells[1] != cells[2]
            elif own is not None and other is not None:
                before = cells[0] or (None,)
                assert cells[3] == (cells[2] if cells[1] == before else cells[1])
            else:
                assert made == (own if other == was else other)
    mirrored = three_way(base, theirs, mine)
    assert {d.place for d in mirrored.differences} == shown
    chosen = three_way(base, mine, theirs, dict.fromkeys(shown, "mine"))
    assert normal(chosen.records, False) == normal(
        three_way(base, theirs, mine, dict.fromkeys(shown, "theirs")).records, False
    )
