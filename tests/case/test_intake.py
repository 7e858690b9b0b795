"""Requests of agencies: sent, filled in, sent back; each file gets its verdict, and nobody changes what is not theirs."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.intake.merging import Intake, merge
from optimiser.case.intake.own import OWN
from optimiser.case.intake.sending import request_workbooks
from optimiser.case.maps.into import records_of
from optimiser.case.reading.workbook import tables_from
from optimiser.verbs import check_records

COUNT = 25
AGENCIES = [f"Agency {n:02}" for n in range(COUNT)]


def case(name: str = "Partnership FY27", baseline: float = 1000.0) -> dict[str, list[dict[str, Any]]]:
    """A case of 25 agencies with two initiatives each, people and contributions."""
    return {
        "Case": [{"setting": "name", "value": name}],
        "Periods": [{"period": "FY27"}],
        "Agencies": [{"agency": a, "name": f"{a} of Harlan", "sensitive": n == 7} for n, a in enumerate(AGENCIES)],
        "Funds": [{"fund": "Pool", "amount": 90_000.0}, {"fund": "Grant", "amount": 40_000.0}],
        "Contributions": [{"agency": a, "fund": "Pool", "amount": 100.0} for a in AGENCIES],
        "Initiatives": [
            {"initiative": f"I{n:02}{x}", "lead": a, "request": 2000.0 + n, "baseline": baseline + n}
            for n, a in enumerate(AGENCIES)
            for x in "ab"
        ],
        "Costs": [{"initiative": "I00a", "category": "personnel", "share": 1.0}],
        "Staff": [{"agency": a, "role": "analyst", "fte": 2.0} for a in AGENCIES],
    }


RECORDS = records_of(tables_from(case()).tables)


@cache
def all_sent() -> dict[str, bytes]:
    """The request workbook of each agency."""
    return request_workbooks(tables_from(case()).tables, "20 November")


def filled(agency: str, change: Callable[[Any], None], sent: dict[str, bytes] | None = None) -> bytes:
    """The request workbook of an agency after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO((sent or all_sent())[agency]))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cell(book: Any, sheet: str, title: str, row: int = 2) -> Any:
    """A cell by its title."""
    titles = [c.value for c in book[sheet][1]]
    return book[sheet].cell(row, titles.index(title) + 1)


def asks(amount: float, title: str = "request", sheet: str = "Initiatives") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        cell(book, sheet, title).value = amount

    return change


def merged(*files: tuple[str, bytes], guarded: bool = False) -> Intake:
    return merge(files, RECORDS, lambda r: check_records(r)[1], guarded=guarded)


def test_a_request_workbook_has_the_agencys_rows_alone_with_its_keys_locked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(all_sent()["Agency 03"]))
    rows = list(book["Initiatives"].iter_rows(min_row=2, max_row=3, values_only=True))
    assert {r[0] for r in rows} == {"I03a", "I03b"}
    assert book["Initiatives"].protection.sheet
    assert cell(book, "Initiatives", "initiative").protection.locked
    assert cell(book, "Initiatives", "baseline").protection.locked
    assert not cell(book, "Initiatives", "request").protection.locked
    assert not cell(book, "Initiatives", "initiative", 5).protection.locked
    assert cell(book, "Initiatives", "was: request").value == 2003
    assert cell(book, "Funds", "amount").protection.locked
    assert "20 November" in book["README"]["A3"].value
    assert "Agency 07" not in {r[0] for r in book["Agencies"].iter_rows(min_row=2, values_only=True)}
    assert "Agency 07" in {
        r[0]
        for r in openpyxl.load_workbook(io.BytesIO(all_sent()["Agency 07"]))["Agencies"].iter_rows(values_only=True)
    }


def test_sent_and_sent_back_untouched_changes_nothing() -> None:
    made = merged(*((f"{a}.xlsx", data) for a, data in all_sent().items()))
    assert {a.verdict for a in made.answers} == {"taken"}
    assert sum(a.changed for a in made.answers) == 0
    for table in OWN:
        assert sorted(map(str, made.records.get(table, []))) == sorted(map(str, RECORDS.get(table, [])))


def twenty_five() -> list[tuple[str, bytes]]:
    """What 24 agencies sent: 3 with faults, 1 twice, 1 of last year, 1 with another's rows, 1 with a shared row changed."""
    last = request_workbooks(tables_from(case("Partnership FY26", 700)).tables)
    files = []
    for n, agency in enumerate(AGENCIES[:24]):
        change = asks(3000.0 + n)
        if n == 1:
            change = asks("TBD")  # type: ignore[arg-type]
        elif n == 2:
            change = asks(-5.0)
        elif n == 3:
            change = asks(7.0, "pace")
        elif n == 5:

            def change(book: Any) -> None:
                cell(book, "Initiatives", "initiative").value = "I09a"

        elif n == 6:
            change = asks(99.0, "amount", "Funds")
        files.append((f"{agency}.xlsx", filled(agency, change, last if n == 4 else None)))
        if n == 0:
            files.append((f"{agency} again.xlsx", filled(agency, asks(3500.0))))
    return files


def test_twenty_five_workbooks_get_the_right_verdicts_and_nothing_is_lost() -> None:
    made = merged(*twenty_five())
    verdict = {a.file: a.verdict for a in made.answers}
    codes = {a.file: {f.code for f in a.faults if f.level == "error"} for a in made.answers}
    refused = {f"Agency 0{n}.xlsx" for n in (1, 2, 3, 4, 5, 6)}
    assert {f for f, v in verdict.items() if v == "refused"} == refused
    assert {f for f, v in verdict.items() if v == "replaced"} == {"Agency 00.xlsx"}
    assert codes["Agency 01.xlsx"] == {"N03"}
    assert codes["Agency 02.xlsx"] == {"N08"}
    assert codes["Agency 03.xlsx"] == {"N14"}
    assert codes["Agency 04.xlsx"] == {"I02"}
    assert codes["Agency 05.xlsx"] == {"I04"}
    assert codes["Agency 06.xlsx"] == {"I03"}
    assert made.missing == ["Agency 24"]
    assert all(f.cell for a in made.answers if a.file[:9] != "Agency 04" for f in a.faults if f.level == "error")
    requests = {r["initiative"]: r["request"] for r in made.records["Initiatives"]}
    assert len(requests) == 2 * COUNT
    for n in range(COUNT):
        new = 3500.0 if n == 0 else 2000.0 + n if 1 <= n <= 6 or n == 24 else 3000.0 + n
        assert requests[f"I{n:02}a"] == new
        assert requests[f"I{n:02}b"] == 2000.0 + n
    assert len(made.records["Staff"]) == len(made.records["Contributions"]) == COUNT
    assert [s.state for s in made.board[:7]] == ["faults"] * 6 + ["missing"]
    assert made.board[6].asks is None


def test_two_agencies_with_one_new_id_are_both_told() -> None:
    def new(book: Any) -> None:
        cell(book, "Initiatives", "initiative", 4).value = "N1"
        cell(book, "Initiatives", "request", 4).value = 50

    made = merged(("a.xlsx", filled("Agency 10", new)), ("b.xlsx", filled("Agency 11", new)))
    assert [(a.verdict, {f.code for f in a.faults}) for a in made.answers] == [("refused", {"I06"})] * 2
    (alone,) = merged(("a.xlsx", filled("Agency 10", new))).answers
    assert (alone.verdict, alone.changed > 0) == ("taken", True)


def test_what_the_office_sets_and_rows_that_are_left_out_are_told() -> None:
    (made,) = merged(("a.xlsx", filled("Agency 10", asks(9.0, "priority")))).answers
    assert (made.verdict, [f.code for f in made.faults]) == ("refused", ["I03"])
    whole = merged(("a.xlsx", filled("Agency 10", lambda b: b["Initiatives"].delete_rows(3))))
    assert [(a.verdict, [f.code for f in a.faults]) for a in whole.answers] == [("taken", ["I05"])]
    assert "I10b" in {r["initiative"] for r in whole.records["Initiatives"]}


def test_rows_of_costs_are_replaced_as_a_whole() -> None:
    def costs(book: Any) -> None:
        sheet = book["Costs"]
        titles = [c.value for c in sheet[1]]
        for r, (category, share) in enumerate([("personnel", 0.6), ("travel", 0.4)], 2):
            for title, value in (("initiative", "I00a"), ("category", category), ("share", share)):
                sheet.cell(r, titles.index(title) + 1).value = value

    made = merged(("a.xlsx", filled("Agency 00", costs)))
    assert made.answers[0].verdict == "taken"
    assert [(r["category"], r["share"]) for r in made.records["Costs"]] == [("personnel", 0.6), ("travel", 0.4)]


def test_what_only_the_whole_case_shows_is_told_at_the_cell_of_the_file() -> None:
    (made,) = merged(("a.xlsx", filled("Agency 00", asks(0.6, "share", "Costs")))).answers
    assert (made.verdict, [(f.code, f.sheet) for f in made.faults]) == ("refused", [("N14", "Costs")])
    (made,) = merged(
        ("a.xlsx", filled("Agency 10", lambda b: setattr(cell(b, "Contributions", "fund"), "value", "Nowhere")))
    ).answers
    assert [(f.code, f.sheet, f.cell) for f in made.faults] == [("K02", "Contributions", "B2")]


def test_another_agencys_costs_and_staff_are_refused() -> None:
    (made,) = merged(
        ("a.xlsx", filled("Agency 10", lambda b: setattr(cell(b, "Staff", "agency"), "value", "Agency 11")))
    ).answers
    assert {f.code for f in made.faults} == {"I04"}


def test_a_newer_file_that_is_refused_leaves_the_older_one_in() -> None:
    good, bad = filled("Agency 10", asks(77.0)), filled("Agency 10", asks("TBD"))  # type: ignore[arg-type]
    made = merged(("1.xlsx", good), ("2.xlsx", bad))
    assert [a.verdict for a in made.answers] == ["taken", "refused"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused_alone(data: bytes) -> None:
    made = merged(("x.xlsx", data), ("y.xlsx", all_sent()["Agency 10"]))
    assert [a.verdict for a in made.answers] == ["refused", "taken"]


@settings(max_examples=4)
@given(st.permutations(range(3)), st.lists(st.integers(1, 9000), min_size=3, max_size=3))
def test_the_order_of_agencies_changes_nothing(order: list[int], amounts: list[int]) -> None:
    files = [(f"{n}.xlsx", filled(f"Agency {n:02}", asks(float(amounts[n])))) for n in range(3)]
    one, other = merged(*files), merged(*(files[n] for n in order))
    assert {a.file: (a.verdict, a.changed) for a in one.answers} == {
        a.file: (a.verdict, a.changed) for a in other.answers
    }
    for table in OWN:
        assert sorted(map(str, one.records.get(table, []))) == sorted(map(str, other.records.get(table, [])))
