"""Maps that are proposed: of files as offices have them, most columns right unaided, and nothing taken in silence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.examples import example_path, examples
from optimiser.case.maps.files import ForeignFile, open_foreign
from optimiser.case.maps.map_form import Map, read_map, write_map
from optimiser.case.maps.proposed_map import PIVOT, MapProposal, own_map, propose
from optimiser.case.maps.take import take
from tests.case.books import saved
from tests.case.office_files import FIFTH, SIXTH
from tests.case.public_files import EIGHTH, NINTH, SEVENTH
from tests.case.strange_files import STRANGE, Strange
from tests.case.stranger_files import FOURTH, THIRD
from tests.case.test_maps import MAPS, QUARTERS

FOLDER = Path(os.environ.get("OPTIMISER_REFERENCE_CASES", "does-not-exist")) / "foreign"
RIGHT = 0.8


def meanings(table: Any) -> dict[str, str]:
    """What each column of a file is to a table: our column, "" left out, or across; with what it is split into."""
    made = dict(table.columns)
    if table.across:
        made |= dict.fromkeys(table.across.columns, f"across {table.across.title} {table.across.value}")
    if table.split:
        made[table.split.column] = f"{made.get(table.split.column, '')} split {table.split.to} {table.split.by}"
    return made


def right(proposed: Map, by_hand: Map) -> tuple[int, int]:
    """How many columns are proposed as they are mapped by hand, and of how many."""
    wanted, found = meanings(by_hand[0]), meanings(proposed[0]) if proposed else {}
    same_table = bool(proposed) and proposed[0].to == by_hand[0].to
    return sum(same_table and found.get(t) == c for t, c in wanted.items()), len(wanted)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="OPTIMISER_REFERENCE_CASES names no folder")
def test_most_columns_of_offices_files_are_proposed_right_and_their_sums_tie() -> None:
    hits = columns = 0
    for name, known in json.loads((FOLDER / "expected.json").read_text()).items():
        file = open_foreign(FOLDER / name)
        there = {"Periods": QUARTERS} if name == "ledger.csv" else {}
        made = propose(file, there)
        found, of = right(made.map, read_map((MAPS / f"{name}.toml").read_text("utf-8")))
        print(f"{name}: {found} of {of}")
        hits, columns = hits + found, columns + of
        taken = take(made.map, [file], there)
        assert not taken.errors
        assert {t.column: float(t.taken) for t in taken.tables[0].ties} == known["sums"], name
    assert hits >= RIGHT * columns


FILES: dict[str, tuple[str, str, dict[str, str]]] = {
    "departments by account": (
        "Dept,Account,FY25 Actual,FY26 Budget,FY27 Proposed\nPolice,Salaries,100,200,300\nPolice,Travel,5,6,7\n"
        "Fire,Salaries,1000,2000,3000\nTotal,,1105,2206,3307\n",
        "Costs",
        {"Dept": "initiative", "Account": "category", "FY25 Actual": "", "FY26 Budget": "", "FY27 Proposed": "amount"},
    ),
    "an award list": (
        'Award list 2026\n\nGrantee,Project title,Award amount,County\nABC,Shelter beds,"$120,000",Lane\n'
        'DEF,Night walks,"$80,500",Polk\n,,"$200,500",\n',
        "Initiatives",
        {"Grantee": "lead", "Project title": "initiative", "Award amount": "request", "County": "area"},
    ),
    "sources with a decimal comma": (
        "Funding source;Available;Note\nState;1.200.000,00;x\nCounty;35.000,50;\nSumme;1.235.000,50;\n",
        "Funds",
        {"Funding source": "fund", "Available": "amount", "Note": ""},
    ),
    "pledges": (
        "Agency,Fund,Pledge\nPD,Pool,500\nDA,Pool,600\n",
        "Contributions",
        {"Agency": "agency", "Fund": "fund", "Pledge": "amount"},
    ),
    "categories across": (
        "Program,Salaries,Travel,Supplies,Total\nA,100,20,30,150\nB,5,5,5,15\nTotal,105,25,35,165\n",
        "Costs",
        {"Program": "initiative", "Salaries": "across", "Travel": "across", "Supplies": "across", "Total": ""},
    ),
    "positions": (
        "Position,Department,FTE\nAnalyst,PD,2\nNurse,Health,1.5\n",
        "Staff",
        {"Position": "role", "Department": "agency", "FTE": "fte"},
    ),
    "in another language": (
        "Projekt;Dienststelle;Antrag 2027 (TEUR);Bewilligt 2026 (TEUR)\nStreetwork;Jugendamt;1,5;2,5\n"
        "Beratung;Gesundheitsamt;12;10\nGesamt;;13,5;12,5\n",
        "Initiatives",
        {
            "Projekt": "initiative",
            "Dienststelle": "lead",
            "Antrag 2027 (TEUR)": "request",
            "Bewilligt 2026 (TEUR)": "baseline",
        },
    ),
    "quarters across": (
        "Grant,1st Quarter,2nd Quarter,All\nState,10,20,30\nCounty,5,5,10\n",
        "Installments",
        {"Grant": "fund", "1st Quarter": "across", "2nd Quarter": "across", "All": ""},
    ),
    "departments that ask": (
        "Department,2025 Adopted,2026 Requested\nParks,100,150\nPolice,1000,1100\n",
        "Initiatives",
        {"Department": "initiative", "2025 Adopted": "baseline", "2026 Requested": "request"},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_shapes_are_proposed_as_they_are_meant(name: str) -> None:
    text, to, columns = FILES[name]
    file = open_foreign(text.encode(), "file.csv")
    made = propose(file)
    (table,) = made.map
    assert table.to == to
    assert {g.title: g.ours for g in made.columns[0]} == columns
    assert read_map(write_map(made.map)) == made.map
    assert all(t.ties for t in take(made.map, [file]).tables[0].ties)


@pytest.mark.parametrize(
    "strange", [*STRANGE, *THIRD, *FOURTH, *FIFTH, *SIXTH, *SEVENTH, *EIGHTH, *NINTH], ids=lambda s: s.name
)
def test_files_of_strange_offices_are_proposed_as_they_are_meant(strange: Strange) -> None:
    file = strange.open()
    made = propose(file, strange.there)
    table = next(t for t in made.map if t.to == strange.to)
    found = dict(table.columns) | (dict.fromkeys(table.across.columns, "across") if table.across else {})
    hits = [c for c, fits in strange.columns.items() if found.get(c, "") in fits]
    print(f"{strange.name}: {len(hits)} of {len(strange.columns)}")
    assert len(hits) >= RIGHT * len(strange.columns)
    assert read_map(write_map(made.map)) == made.map
    taken = take(made.map, [file], strange.there)
    if not strange.rows:  # a column that the table needs is not there
        assert [f.code for f in taken.errors] == ["M01"]
        return
    assert not taken.errors
    one = next(t for t in taken.tables if t.to == strange.to)
    assert len(one.records) == strange.rows
    assert all(t.ties for t in one.ties)
    assert {c: sum(float(r.get(c) or 0) for r in one.records) for c in strange.sums} == strange.sums


def test_what_is_taken_for_something_else_than_it_says_is_to_be_looked_at() -> None:
    made = propose(open_foreign(FILES["departments that ask"][0].encode(), "a.csv"))
    assert not next(g for g in made.columns[0] if g.title == "Department").sure
    assert "Department is taken for the initiative" in made.look[0]
    ledger = "Date,Account,Fund,Program,Dept,Debit,Credit\n2026-07-01,Pay,G,A,PD,100,\n2026-07-02,Pay,G,A,PD,,20\n"
    made = propose(open_foreign(ledger.encode(), "l.csv"), {"Periods": QUARTERS})
    assert dict(made.map[0].columns)["Credit"] == "-money"
    table = take(made.map, [open_foreign(ledger.encode(), "l.csv")], {"Periods": QUARTERS}).tables[0]
    assert (table.records[0]["money"], table.ties[0].file, table.ties[0].ties) == (80, 80, True)


def test_pivots_and_covers_are_no_tables() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Budget call, return by 15 March"])
    made.create_sheet("Pivot")
    for row in [["Row Labels", "Sum of Ask"], ["Sheriff", 5]]:
        made["Pivot"].append(row)  # type: ignore[arg-type]
    assert propose(open_foreign(saved(made), "a.xlsx")) == MapProposal(look=(f"Pivot: {PIVOT}",))


@pytest.mark.parametrize("name", [n for n in examples() if n != "with-faults"])
def test_a_workbook_of_ours_needs_no_map(name: str) -> None:
    file = open_foreign(example_path(name))
    tables = own_map(file)
    assert {t.to for t in tables} >= {"Agencies", "Funds", "Initiatives"}
    taken = take(tables, [file])
    assert not taken.errors


words = st.sampled_from(
    [
        "Program",
        "Fund",
        "Lead",
        "Total",
        "Request",
        "FY27",
        "Jan",
        "Feb",
        "Q1",
        "12",
        "1,5",
        "(3)",
        "-",
        "",
        "2026-07-01",
        "PD, DA",
        "x",
    ]
)


@settings(max_examples=150)
@given(st.lists(st.lists(st.one_of(words, st.text(max_size=6)), min_size=1, max_size=6), max_size=9))
def test_no_file_makes_the_proposal_fail(rows: list[list[str]]) -> None:
    width = max((len(r) for r in rows), default=0)
    from optimiser.case.reading.sheets import RawBook, RawSheet

    sheet = RawSheet("S", [r + [""] * (width - len(r)) for r in rows])
    file = ForeignFile("s.csv", RawBook((sheet,)), text=True)
    made = propose(file)
    taken = take(made.map, [file])
    assert all(t.ties for table in taken.tables for t in table.ties) or taken.errors


def test_a_name_with_an_ampersand_that_comes_again_is_one_name_and_agencies_keep_their_kind() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "FY27 Requests"
    sheet.append(["Merrow County, budget requests FY2027"])
    sheet.append(["Project", "Department", "Requested ($)", "Rating (0-100)"])
    for row in (
        ("Street outreach", "Merrow Trust", "$400,000", 85),
        ("Counseling", "Health & Human Services", "$300K", 70),
        ("Youth jobs", "Youth Matters", 325_000, 75),
        ("Administration", "Health & Human Services", "$0.5m", 30),
    ):
        sheet.append(row)
    sheet.append(["Total", None, "$1.525m", None])
    agencies = book.create_sheet("Departments")
    for kind in (
        ("Department", "Type"),
        ("Health & Human Services", "health"),
        ("Merrow Trust", "community"),
        ("Youth Matters", "community"),
    ):
        agencies.append(kind)
    file = open_foreign(saved(book), "merrow.xlsx")
    proposed = propose(file)
    requests = next(t for t in proposed.map if t.to == "Initiatives")
    assert requests.split is None
    assert requests.columns["Department"] == "lead"
    assert next(t for t in proposed.map if t.to == "Agencies").columns == {"Department": "agency", "Type": "kind"}
    taken = take(proposed.map, [file], {})
    assert not taken.errors, taken.errors
    assert [r["request"] for r in taken.records()["Initiatives"]] == [400_000, 300_000, 325_000, 500_000]
