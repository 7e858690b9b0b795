"""Files that are not ours, read by a map: to the cent, with totals struck out, and nothing guessed in silence."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.faults import InvalidCase
from optimiser.case.maps.files import open_foreign
from optimiser.case.maps.map_form import Across, Split, TableMap, read_map, write_map
from optimiser.case.maps.proposed_map import propose
from optimiser.case.maps.take import Taken, take
from optimiser.case.spec import BY_NAME
from tests.case.books import saved

FOLDER = Path(os.environ.get("OPTIMISER_REFERENCE_CASES", "does-not-exist")) / "foreign"
MAPS = Path(__file__).parent / "foreign"
QUARTERS: list[Any] = [
    {"period": "Q1", "start": "2026-07-01", "end": "2026-09-30"},
    {"period": "Q2", "start": "2026-10-01", "end": "2026-12-31"},
    {"period": "Q3", "start": "2027-01-01", "end": "2027-03-31"},
    {"period": "Q4", "start": "2027-04-01", "end": "2027-06-30"},
]


def expected() -> dict[str, dict[str, Any]]:
    path = FOLDER / "expected.json"
    return json.loads(path.read_text()) if path.is_file() else {}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="OPTIMISER_REFERENCE_CASES names no folder")
@pytest.mark.parametrize("name", sorted(expected()))
def test_each_file_of_an_office_gets_in_to_the_cent(name: str) -> None:
    known = expected()[name]
    tables = read_map((MAPS / f"{name}.toml").read_text("utf-8"))
    taken = take(tables, [open_foreign(FOLDER / name)], {"Periods": QUARTERS} if name == "ledger.csv" else {})
    assert not taken.errors
    table = taken.tables[0]
    assert table.to == known["table"]
    assert len(table.records) == known.get("rows", len(table.records))
    assert {t.column: float(t.taken) for t in table.ties} == known["sums"]
    assert all(t.ties for t in table.ties)
    records = taken.records()
    assert len(records.get("Partners", [])) == known.get("partners", 0)
    assert len({r["initiative"] for r in records.get("Initiatives", [])}) == known.get(
        "initiatives", len(records.get("Initiatives", []))
    )


def mapped(rows: list[list[Any]], text: str, **known: Any) -> Taken:
    """What a map takes from a sheet "Calls" with these rows."""
    made = openpyxl.Workbook()
    made.worksheets[0].title = "Calls"
    for row in rows:
        made.worksheets[0].append(row)
    return take(read_map(f'[[table]]\nfrom = "Calls"\n{text}'), [open_foreign(saved(made), "calls.xlsx")], **known)


def csv(text: str | bytes, toml: str, name: str = "calls.csv") -> Taken:
    """What a map takes from a CSV."""
    data = text if isinstance(text, bytes) else text.encode()
    return take(read_map(f"[[table]]\n{toml}"), [open_foreign(data, name)])


INITIATIVES = 'to = "Initiatives"\ncolumns = { "Project" = "initiative", "Ask" = "request" }\n'


# -- a map as data --------------------------------------------------------------------------------------------------------

names = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)  # type: ignore[arg-type]
columns = st.dictionaries(
    names.filter(bool), st.sampled_from(["", "initiative", "request", "lead", "+own"]), max_size=4
).filter(lambda d: len([v for v in d.values() if v]) == len({v for v in d.values() if v}))
tables = st.builds(
    TableMap,
    to=st.just("Initiatives"),
    source=names,
    file=names,
    first=st.just(4),
    last=st.sampled_from([4, 5]),
    rows=st.sampled_from([(0, 0), (6, 180), (0, 90), (7, 0)]),
    skip=st.lists(names, max_size=3).map(tuple),
    money=st.sampled_from([None, 1.0, 1000.0, 1e6, 0.01]),
    decimal=st.sampled_from(["", ".", ","]),
    same=st.sampled_from(["refuse", "add"]),
    columns=columns,
    names=st.dictionaries(st.sampled_from(["lead", "theme"]), st.dictionaries(names, names, max_size=2), max_size=2),
    fixed=st.dictionaries(st.sampled_from(["theme", "priority"]), st.one_of(names, st.integers(-9, 9)), max_size=2),
    across=st.one_of(
        st.none(),
        st.builds(
            Across, st.lists(names, min_size=1, max_size=3).map(tuple), st.just("initiative"), st.just("request")
        ),
    ),
    split=st.one_of(st.none(), st.builds(Split, names.filter(bool), names.filter(bool), st.just("Partners"))),
    create=st.sampled_from([(), ("Agencies",), ("Agencies", "Areas")]),
    headings=st.sampled_from(["", "theme", "+group"]),
)


@given(st.lists(tables, min_size=1, max_size=3))
def test_a_map_is_the_same_when_it_was_written_and_read(made: list[TableMap]) -> None:
    assert read_map(write_map(tuple(made))) == tuple(made)


@pytest.mark.parametrize(
    ("text", "found", "cure"),
    [
        ("to = ", "no TOML", "correct that line"),
        ("", "no [[table]]", "add one"),
        ('[[table]]\nto = "Initiative"', '"Initiative"', "did you mean Initiatives?"),
        ('[[table]]\nto = "Funds"\ncolums = {}', '"colums"', "write columns"),
        ('[[table]]\nto = "Funds"\ncolumns = { "A" = "amuont" }', '"amuont"', "write amount"),
        ('[[table]]\nto = "Costs"\ncolumns = { "A" = "+own" }', '"+own"', "leave it out"),
        ('[[table]]\nto = "Funds"\ncolumns = { "A" = "fund", "B" = "fund" }', "as fund", "leave one out"),
        ('[[table]]\nto = "Funds"\ntitles = "b"', '"b"', "row number"),
        ('[[table]]\nto = "Funds"\ntitles = 5\nrows = "3:9"', '"3:9"', '"6:180"'),
        ('[[table]]\nto = "Funds"\nmoney = "k"', '"k"', "1000"),
        ('[[table]]\nto = "Funds"\nmoney = nan', "nan", "1000"),
        ('[[table]]\nto = "Funds"\nsame = "sum"', '"sum"', "one of them"),
        ('[[table]]\nto = "Funds"\nacross = { columns = ["Jan"] }', "columns", "no others"),
        ('[[table]]\nto = "Costs"\nsplit = { column = "A", by = ",", to = "Funds" }', '"Funds"', "Partners"),
        ('[[table]]\nto = "Funds"\ncolumns = { "A" = "-fund" }', '"-fund"', "write fund"),
        ('[[table]]\nto = "Funds"\nnames = { fund = 3 }', '"3"', "personnel"),
        ('[[table]]\nto = "Funds"\ncreate = ["Costs"]', '"Costs"', "Agencies"),
    ],
)
def test_what_is_wrong_in_a_map_is_said_with_its_cure(text: str, found: str, cure: str) -> None:
    with pytest.raises(InvalidCase) as error:
        read_map(text)
    assert any(found in f.found and cure in f.cure for f in error.value.faults), error.value.faults
    assert {f.code for f in error.value.faults} == {"M01"}


def test_a_title_or_a_sheet_that_is_not_there_is_named_with_the_nearest() -> None:
    taken = mapped([["Projekt", "Ask"], ["A", 1]], INITIATIVES)
    assert 'write "Projekt"' in taken.errors[0].cure
    taken = take(
        read_map('[[table]]\nfrom = "Cals"\n' + INITIATIVES), [open_foreign(saved(openpyxl.Workbook()), "a.xlsx")]
    )
    assert taken.errors[0].found == 'no sheet "Cals"'


# -- rows that are no records ---------------------------------------------------------------------------------------------

cents = st.integers(1, 10**9).map(lambda n: n / 100)
groups = st.lists(st.lists(cents, min_size=1, max_size=5), min_size=1, max_size=4)


@given(groups, st.sampled_from(["Total", "Subtotal", "Sum", "Zwischensumme", "All"]), st.sampled_from([True, False]))
def test_totals_and_headings_are_never_taken_whatever_the_groups(
    made: list[list[float]], word: str, grand: bool
) -> None:
    rows: list[list[Any]] = [["Project", "Ask"]]
    for g, group in enumerate(made):
        rows += [[f"Theme {g}", None], *[[f"P{g}-{n}", v] for n, v in enumerate(group)]]
        rows += [[f"{word} theme {g}", float(sum(map(Decimal, map(str, group))))]] if len(group) > 1 else []
    total = sum(Decimal(str(v)) for group in made for v in group)
    rows += [["Grand total", float(total)]] if grand else []
    taken = mapped(rows, INITIATIVES + 'headings = "theme"\n')
    assert not taken.errors
    (table,) = taken.tables
    assert [r["request"] for r in table.records] == [v for group in made for v in group]
    assert {r["theme"] for r in table.records} == {f"Theme {g}" for g in range(len(made))}
    assert table.ties[0].taken == total
    assert table.ties[0].ties
    assert "M02" not in {f.code for f in taken.faults}


def test_a_total_that_does_not_add_up_is_said() -> None:
    taken = mapped([["Project", "Ask"], ["A", 2], ["B", 3], ["Total", 6]], INITIATIVES)
    (told,) = taken.faults
    assert (told.code, told.cell, told.level) == ("M02", "B4", "warning")
    assert "5, the sum of the rows above" in told.expected


def test_a_sum_without_a_word_is_said_and_without_a_name_left_out() -> None:
    taken = mapped([["Project", "Ask"], ["A", 2], ["B", 3], ["Harlan", 5]], INITIATIVES)
    assert [f.code for f in taken.faults] == ["S12"]
    assert len(taken.tables[0].records) == 3
    taken = mapped([["Project", "Ask"], ["A", 2], ["B", 3], [None, 5]], INITIATIVES)
    assert [r.kind for r in taken.tables[0].left_out] == ["total"]
    taken = mapped([["Project", "Ask"], ["A", 2], ["B", 3], [None, 7]], INITIATIVES)
    assert [f.code for f in taken.errors] == ["V01"]


def test_words_that_only_sound_like_a_total_are_taken_unless_the_map_skips_them() -> None:
    rows: list[Any] = [["Project", "Ask"], ["Total Wellness", 2], ["B", 3]]
    assert len(mapped(rows, INITIATIVES).tables[0].records) == 2
    assert [r.text for r in mapped(rows, INITIATIVES + 'skip = ["total"]').tables[0].left_out] == ["Total Wellness"]


def test_titles_that_a_print_repeats_are_left_out() -> None:
    taken = mapped([["Project", "Ask"], ["A", 2], ["Project", "Ask"], ["B", 3]], INITIATIVES)
    assert [(r.number, r.kind) for r in taken.tables[0].left_out] == [(3, "titles")]


# -- numbers and units ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "toml", "request_"),
    [
        ("240 000,50 €", 'decimal = ","', 240000.5),
        ("1.234", 'decimal = ","', 1234),
        ("1.234", 'decimal = "."', 1.234),
        ("1,234", 'decimal = "."', 1234),
        ("(5,000)", "", -5000),
        ("310*", "money = 1000", 310000),
        ("-", "", 0),
        ("$ -", "", 0),
        ("1.1", "money = 1000000", 1100000),
    ],
)
def test_numbers_as_people_write_them(ask: str, toml: str, request_: float) -> None:
    taken = csv(f'Project;Ask\nA;"{ask}"\nB;7\n', INITIATIVES + toml)
    assert not taken.errors
    assert taken.tables[0].records[0]["request"] == request_


@pytest.mark.parametrize("ask", ["1.234", "0,500", "1,5", "TBD", "1O0", "NaN", "1e999"])
def test_what_can_be_read_in_two_ways_or_none_is_refused_with_its_cell(ask: str) -> None:
    (fault,) = csv(f'Project;Ask\nA;"{ask}"\n', INITIATIVES).errors
    assert (fault.sheet, fault.cell) == ("calls", "B2")


@pytest.mark.parametrize(("ask", "mark"), [("0,500", "."), ("0.500", ","), ("007,500", ".")])
def test_a_group_never_begins_with_a_zero(ask: str, mark: str) -> None:
    (fault,) = csv(f'Project;Ask\nA;"{ask}"\n', INITIATIVES + f'decimal = "{mark}"').errors
    assert fault.cell == "B2"


def test_a_unit_in_a_title_or_a_note_is_applied_and_said_or_refused() -> None:
    columns = 'to = "Initiatives"\ncolumns = { "Project" = "initiative", "Ask ($000)" = "request" }\n'
    rows: list[Any] = [["Project", "Ask ($000)"], ["A", 1.5]]
    taken = mapped(rows, columns)
    assert (taken.tables[0].records[0]["request"], [f.code for f in taken.faults]) == (1500, ["S18"])
    assert mapped(rows, columns + "money = 1000").tables[0].records[0]["request"] == 1500
    assert [f.code for f in mapped(rows, columns + "money = 1000000").errors] == ["S18"]
    noted: list[Any] = [["All amounts in thousands", None], ["Project", "Ask"], ["A", 1.5]]
    assert mapped(noted, INITIATIVES + "titles = 2").tables[0].records[0]["request"] == 1500
    euro: list[Any] = [["Project", "Ask"], ["A", 1]]
    assert mapped([["in EUR", None], *euro], INITIATIVES + "titles = 2").currency == "EUR"
    told = mapped([["in EUR", None], *euro], INITIATIVES + "titles = 2", currency="USD").errors
    assert [f.code for f in told] == ["S18"]


# -- keys, columns across, several names ----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-(10**9), 10**9)), min_size=1, max_size=30))
def test_equal_keys_are_added_up_to_the_cent_or_refused(lines: list[tuple[str, int]]) -> None:
    rows: list[Any] = [["Fund", "Who", "Paid"], *[[f, "PD", n / 100] for f, n in lines]]
    toml = 'to = "Contributions"\ncolumns = { "Fund" = "fund", "Who" = "agency", "Paid" = "amount" }\n'
    taken = mapped(rows, toml + 'same = "add"')
    table = taken.tables[0]
    left = {r.number for r in table.left_out}
    kept: list[Any] = [(f, n) for number, (f, n) in enumerate(lines, 2) if number not in left]
    sums: dict[str, Any] = {f: sum(n for g, n in kept if g == f) for f, _ in kept}
    assert {r["fund"]: round(r["amount"] * 100) for r in table.records} == sums
    assert table.ties[0].ties
    assert bool(mapped(rows, toml).errors) == (len(kept) != len(sums))


def test_dates_find_their_period_and_those_of_none_are_refused() -> None:
    rows: list[Any] = [["Day", "Fund", "Paid"], ["31/10/2026", "G", 5], ["1/11/2026", "G", 6], ["2026-07-01", "H", 7]]
    toml = 'to = "Installments"\ncolumns = { "Day" = "period", "Fund" = "fund", "Paid" = "amount" }\nsame = "add"'
    taken = mapped(rows, toml, known={"Periods": QUARTERS})
    assert [(r["period"], r["fund"], r["amount"]) for r in taken.tables[0].records] == [("Q2", "G", 11), ("Q1", "H", 7)]
    assert "start and end" in mapped(rows, toml).errors[0].cure
    outside = mapped([*rows, ["2030-01-01", "H", 7]], toml, known={"Periods": QUARTERS})
    assert [(f.code, f.cell) for f in outside.errors] == [("D03", "A5")]


def test_columns_across_become_rows_and_blanks_none() -> None:
    rows: list[Any] = [["Fund", "Q1", "Q2", "Year"], ["G", 5, None, 5], ["H", 0, 2, 2]]
    toml = 'to = "Installments"\ncolumns = { "Fund" = "fund", "Year" = "" }\ncreate = ["Funds", "Periods"]\n'
    taken = mapped(rows, toml + 'across = { columns = ["Q1", "Q2"], title = "period", value = "amount" }')
    assert [tuple(r.values()) for r in taken.tables[0].records] == [("G", "Q1", 5), ("H", "Q1", 0), ("H", "Q2", 2)]
    assert taken.records()["Periods"] == [{"period": "Q1"}, {"period": "Q2"}]
    assert taken.records()["Funds"] == [{"fund": "G", "amount": 5}, {"fund": "H", "amount": 2}]


def test_a_cell_with_several_names_makes_partners_and_one_alone_leads() -> None:
    rows: list[Any] = [["Project", "Ask", "Who"], ["A", 1, "PD, DA; Court,  DA"], ["B", 2, "PD"], ["C", 3, None]]
    toml = INITIATIVES + 'split = { column = "Who", by = ",", to = "Partners" }\ncreate = ["Agencies"]'
    made = mapped(rows, toml).records()
    assert [(r["initiative"], r["agency"]) for r in made["Partners"]] == [("A", "PD"), ("A", "DA; Court"), ("A", "DA")]
    assert [r.get("lead") for r in made["Initiatives"]] == [None, "PD", None]
    assert [r["agency"] for r in made["Agencies"]] == ["PD", "DA; Court", "DA"]


def test_merged_cells_give_their_text_to_each_row_and_a_merged_number_is_refused() -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in [["Who", "Project", "Ask"], ["PD", "A", 1], [None, "B", 2]]:
        sheet.append(row)  # type: ignore[arg-type]
    sheet.merge_cells("A2:A3")
    toml = '[[table]]\nto = "Initiatives"\ncolumns = { "Who" = "lead", "Project" = "initiative", "Ask" = "request" }'
    taken = take(read_map(toml), [open_foreign(saved(made), "a.xlsx")])
    assert [r["lead"] for r in taken.tables[0].records] == ["PD", "PD"]
    assert not taken.errors
    sheet.merge_cells("C2:C3")
    assert [f.code for f in take(read_map(toml), [open_foreign(saved(made), "a.xlsx")]).errors] == ["S06"]


# -- a ledger ---------------------------------------------------------------------------------------------------------------

LEDGER = """to = "Actuals"
same = "add"
[table.columns]
Day = "period"
Fund = "fund"
Prog = "initiative"
Dept = "agency"
Acct = "category"
Dr = "money"
Cr = "-money"
[table.names]
category = { "5100 Salaries" = "personnel", "9999 Suspense" = "" }
fund = { "011" = "State grant" }
"""
ACCOUNTS = st.sampled_from(["5100 Salaries", "5200", "9999 Suspense"])
LINES = st.lists(
    st.tuples(st.sampled_from(["011", "012"]), ACCOUNTS, st.integers(0, 10**8), st.integers(0, 10**8)),
    min_size=1,
    max_size=25,
)


@given(LINES)
def test_a_ledger_is_added_up_net_of_credits_and_ties_to_the_cent(lines: list[tuple[str, str, int, int]]) -> None:
    rows = [
        [f"2026-07-{n + 1:02}", fund, "A", "PD", account, d / 100, c / 100]
        for n, (fund, account, d, c) in enumerate(lines)
    ]
    known = {
        "Periods": QUARTERS,
        "Account codes": [
            {"of": "category", "item": "travel", "code": "5200"},
            {"of": "fund", "item": "Pool", "code": "012"},
        ],
    }
    taken = mapped([["Day", "Fund", "Prog", "Dept", "Acct", "Dr", "Cr"], *rows], LEDGER, known=known)
    (table,) = taken.tables
    names = {"011": "State grant", "012": "Pool", "5100 Salaries": "personnel", "5200": "travel"}
    net: dict[tuple[str, str], int] = {}
    struck = {r.number for r in table.left_out if r.kind == "total"}
    for number, (fund, account, d, c) in enumerate(lines, 2):
        if account != "9999 Suspense" and number not in struck:
            key = names[fund], names[account]
            net[key] = net.get(key, 0) + d - c
    assert {(r["fund"], r["category"]): round(100 * r["money"]) for r in table.records} == net
    (tie,) = table.ties
    assert tie.ties
    assert tie.file == Decimal(sum(d - c for _, _, d, c in lines)) / 100
    assert {r.why for r in table.left_out if r.kind == "skipped"} <= {"the map leaves out the category 9999 Suspense"}


# -- kinds of files -------------------------------------------------------------------------------------------------------

PLAIN = "Projet,Coût\nÉcole,5\n"
CALLS = 'to = "Initiatives"\ncolumns = { "Projet" = "initiative", "Coût" = "request" }'


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("cp1252"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
        PLAIN.replace("\n", "\r\n").encode() + b"\x1a",
    ],
)
def test_texts_of_every_kind(data: bytes) -> None:
    titles = "titles = 2\n" if data.startswith(b"sep=") else ""
    taken = csv(data, titles + CALLS)
    assert taken.tables[0].records == ({"initiative": "École", "request": 5},)
    assert not taken.errors


def test_an_old_workbook_and_one_with_macros_are_read_and_its_macros_never() -> None:
    toml = '[[table]]\nfrom = "Calls"\nto = "Initiatives"\ntitles = 2\ncolumns = { "Project" = "initiative", "Ask ($000)" = "request" }'
    taken = take(read_map(toml), [open_foreign(MAPS / "old.xls")])
    assert [r["request"] for r in taken.tables[0].records] == [1500, 2000]
    from tests.case.books import members, packed

    made = openpyxl.Workbook()
    made.worksheets[0].append(["Project", "Ask"])
    made.worksheets[0].append(["A", 1])
    parts = members(saved(made))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 no true one"
    read = open_foreign(packed(parts), "calls.xlsm", guarded=True)
    assert read.sheets[0].rows == [["Project", "Ask"], ["A", 1.0]]


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 9, b"<html>", b"%PDF-1.4", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    assert open_foreign(data, "a.xls").book.faults


def test_every_table_can_be_mapped_from_its_own_titles() -> None:
    for spec in BY_NAME.values():
        pairs = ", ".join(f'"{c}" = "{c}"' for c in spec.names)
        (table,) = read_map(f'[[table]]\nto = "{spec.name}"\ncolumns = {{ {pairs} }}')
        assert table.spec is spec


@pytest.mark.parametrize(
    "text",
    [
        'columns = { "Who" = "request", "Name" = "initiative" }\nsplit = { column = "Who", by = ",", to = "Partners" }',
        'columns = { "Name" = "initiative", "Who" = "" }\nheadings = "request"',
        'columns = { "Name" = "initiative", "Who" = "" }\nfixed = { request = "much" }',
    ],
)
def test_a_map_that_makes_numbers_of_names_is_refused_in_words(text: str) -> None:
    taken = csv('Name,Who\nA,"PD, DA"\nB,DA\n', f'to = "Initiatives"\n{text}')
    assert {f.code for f in taken.errors} == {"M01"}


def test_a_heading_that_a_column_keeps_is_not_called_left_out(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Program", "Dept", "Request"],
        ["TREATMENT"],
        ["Van", "Health", 10],
        ["PREVENTION"],
        ["Boxes", "Health", 20],
        [],
        ["Note: draft"],
    ]
    path = tmp_path / "asked.csv"
    path.write_text("\n".join(",".join(str(v) for v in row) for row in rows), "utf-8")
    file = open_foreign(path)
    table = take(propose(file).map, [file]).tables[0]
    assert [r.get("theme") for r in table.records] == ["TREATMENT", "PREVENTION"]
    assert table.headed == {2, 4}
    why = {r.number: r.why for r in table.left_out}
    assert why[2] == why[4] == "kept as theme of the rows below it"
    assert why[7] == "one text and nothing else"


def test_a_column_that_no_table_of_the_map_names_is_told_and_one_that_is_left_out_is_not() -> None:
    lines = "Project,Lead,Ask,Supplement,Notes,\nA,Police,5,7,x,1\nB,Police,6,,,\n"
    one = 'from = "calls"\nto = "Initiatives"\ntitles = 1\ncolumns = { Project = "initiative", Ask = "request", Notes = "" }\n'
    two = '[[table]]\nfrom = "calls"\nto = "Agencies"\ntitles = 1\nsame = "add"\ncolumns = { Lead = "agency" }\n'
    (told,) = [f for f in csv(lines, one + two).faults if "does not name" in f.found]
    assert (told.level, told.found) == ("warning", 'columns that the map does not name: "Supplement", "F"')
