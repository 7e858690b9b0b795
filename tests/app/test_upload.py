"""A workbook is taken over only without errors; what is wrong is listed with sheet, cell and cure."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.downloads import inputs_workbook
from optimiser.app_pages.shell.handed import MIMES
from optimiser.case.maps.into import together
from optimiser.case.maps.map_form import read_map
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.desk.open_drafts import case_title, name_in
from optimiser.desk.state import as_records
from optimiser.store.work import maps
from optimiser.verbs import case_from
from tests.app.small import RECORDS, opened, plain, solved


def workbook(**sheets: list[dict[str, Any]]) -> bytes:
    target = BytesIO()
    write_tables(target, tables_from({**RECORDS, **sheets}).tables)
    return target.getvalue()


def test_a_good_workbook_comes_onto_the_desk() -> None:
    draft = solved()
    at = opened(draft)
    at.file_uploader[0].upload(
        "mine.xlsx", workbook(Case=[{"setting": "name", "value": "Mine"}]), "application/x"
    ).run()
    assert not at.exception
    found = session.desk().open(at.session_state["case"])
    assert found is not None
    assert found.id != draft.id
    assert found.source == "From mine.xlsx"
    assert case_title(found) == "Mine"
    assert name_in({"Case": [{"setting": "name", "value": ""}]}, found.source) == name_in({}, found.source) == "mine"
    assert name_in({}, "Begun empty") == "A case without a name"
    assert any("mine.xlsx is open" in i.value for i in at.info)


def test_faults_are_listed_by_sheet_and_cell_and_nothing_is_taken_over() -> None:
    draft = solved()
    at = opened(draft)
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["lead"] = "Helth"
    rows[2]["score"] = 860
    at.file_uploader[0].upload("bad.xlsx", workbook(Initiatives=rows), "application/x").run()
    assert not at.exception
    assert at.session_state["case"] == draft.id
    assert any("2 faults to mend. Nothing was taken over" in s.value for s in at.header)
    listed = at.table[0].value
    assert listed["Sheet"].tolist() == ["Initiatives", "Initiatives"]
    assert listed["Cell"].str.match(r"^[A-Z]+[34]$").all()
    assert 'Write "Health"' in listed["What to do"].tolist()[0]


def test_faults_are_mended_on_the_page_and_then_it_is_taken_over() -> None:
    draft = solved()
    at = opened(draft)
    rows = [dict(r) for r in RECORDS["Initiatives"]]
    rows[1]["lead"], rows[2]["score"], rows[3]["request"] = "Helth", 860, "TBD"
    at.file_uploader[0].upload("bad.xlsx", workbook(Initiatives=rows), "application/x").run()
    assert any("3 faults to mend" in plain(s.value) for s in at.header)
    next(b for b in at.button if plain(b.label) == "Set to Health").click().run()
    next(b for b in at.button if plain(b.label) == "Set to 86").click().run()
    assert any("1 fault to mend" in plain(s.value) for s in at.header)
    at.button(key="upload-back").click().run()
    assert any("2 faults to mend" in plain(s.value) for s in at.header)
    next(b for b in at.button if plain(b.label) == "Set to 86").click().run()
    next(t for t in at.text_input if (t.key or "").startswith("type-upload")).set_value("120000").run()
    assert not at.exception
    assert any("every fault is mended" in s.value for s in at.header)
    assert at.session_state["case"] == draft.id
    at.button(key="upload-take").click().run()
    found = session.desk().open(at.session_state["case"])
    assert found is not None
    assert found.id != draft.id
    values = [r.values for r in found.records("Initiatives")]
    assert (values[1]["lead"], values[2]["score"], values[3]["request"]) == ("Health", 86, 120_000)


CALLS = (
    b"Amounts in thousands,,\nProgram,Lead agency,FY27 Request\nStreet outreach,Youth Bureau,300\nCrisis beds,Health,200\n"
    b"Total,,500\n"
)


def test_a_file_that_is_not_ours_is_asked_about_and_becomes_a_solved_case() -> None:
    draft = solved()
    at = opened(draft)
    at.file_uploader[0].upload("calls.csv", CALLS, "text/csv").run()
    assert not at.exception
    assert at.session_state["case"] == draft.id
    assert at.title[0].value == "2 rows of Initiatives found in the file, and the total of 500,000 ties"
    assert [s.value for s in at.selectbox if s.label.startswith("What ")] == ["initiative", "lead", "request"]
    sums = at.table[0].value
    assert plain(sums["In the file"].iloc[0]) == "1,000"
    assert plain(sums["Left out"].iloc[0]) == "500"
    assert plain(sums["In the case"].iloc[0]) == "500,000"
    assert any("row 5 Total" in plain(c.value) for c in at.caption)
    next(n for n in at.number_input if n.label.startswith("Money to share")).set_value(400_000.0).run()
    at.button(key="foreign-take").click().run()
    assert not at.exception
    found = session.desk().open(at.session_state["case"])
    assert found is not None
    assert found.source == "From calls.csv"
    session.runs().wait(found.running or found.shown, 20)
    found.settle()
    assert found.shown is not None
    assert found.shown.plan.tables["Awards"]["award"].sum() == 400_000

    kept = together(m.toml for m in maps.of_case(session.db(), session.actor(), found.id))
    book = inputs_workbook(dict(found.shown.plan.case.tables), "for nobody", kept)  # what Export gives has the map too
    at.file_uploader[0].upload("exported.xlsx", book, MIMES[".xlsx"]).run()
    assert not at.exception
    assert at.session_state["case"] != found.id
    again = maps.of_case(session.db(), session.actor(), at.session_state["case"])
    assert [read_map(m.toml) for m in again] == [kept] != [()]


def test_the_map_of_a_file_is_kept_with_its_case_and_proposed_next_year() -> None:
    at = opened(solved())
    data = b"Call for 2027,,\nWhat we do,Who,FY27 Ask,FY26 Given\nStreet outreach,Youth,300,200\nBeds,Health,200,100\nTotal,,500,300\n"
    at.file_uploader[0].upload("calls.csv", data, "text/csv").run()
    next(s for s in at.selectbox if s.label == "What Who is").select("lead").run()
    next(s for s in at.selectbox if s.label == "What FY26 Given is").select("baseline").run()
    next(s for s in at.selectbox if s.label == "Money is in").select(1e3).run()
    said = at.session_state["foreign"].map()[0]
    at.button(key="foreign-take").click().run()
    assert not at.exception
    assert (
        at.button(key="mend-first").label == "Mend the inputs"
    )  # the file names no fund: that is said, with the way there
    assert any("no record of Funds" in plain(m.value) for m in at.markdown)
    later = b"Call for 2028,,\n,,\nFY28 Ask,What we do,Who,FY27 Given\n310,Street outreach,Youth,300\n90,New,Health,\n400,Total,,300\n"
    again = opened(solved())
    again.file_uploader[0].upload("next.csv", later, "text/csv").run()
    assert not again.exception
    assert any("Read as it was for calls" in plain(c.value) for c in again.caption)
    (table,) = again.session_state["foreign"].map()
    assert dict(table.columns) == {
        "What we do": "initiative",
        "Who": "lead",
        "FY28 Ask": "request",
        "FY27 Given": "baseline",
    }
    assert (table.money, table.last, said.money) == (1e3, 3, 1e3)
    assert next(s for s in again.selectbox if s.label == "What Who is").value == "lead"


def test_a_meaning_can_be_changed_and_a_doubled_one_is_not_taken() -> None:
    at = opened(solved())
    at.file_uploader[0].upload("calls.csv", CALLS, "text/csv").run()
    lead = next(s for s in at.selectbox if s.label == "What Lead agency is")
    lead.select("theme").run()
    assert not at.exception
    assert at.session_state["foreign"].map()[0].columns["Lead agency"] == "theme"
    next(t for t in at.text_input if t.label == "Rows to leave out").set_value("beds, void").run()
    step = at.session_state["foreign"]
    assert (step.map()[0].skip, len(step.taken().tables[0].records)) == (("beds", "void"), 1)
    next(s for s in at.selectbox if s.label == "What Program is").select("theme").run()
    assert any("one column only" in w.value for w in at.warning)
    assert at.session_state["foreign"].map()[0].columns["Program"] == "initiative"


def test_what_no_column_says_is_asked_once_for_every_row() -> None:
    at = opened(solved())
    ledger = b'Date,Fund,Program,Amount\nJuly,Pool,Walks,"1,200"\nJuly,Pool,Walks,(200)\nAugust,Pool,Beds,300\n'
    at.file_uploader[0].upload("our ledger.csv", ledger, "text/csv").run()
    assert not at.exception
    next(s for s in at.selectbox if s.label == "This sheet holds").select("Actuals").run()
    for column, meaning in (("Date", "period"), ("Fund", "fund"), ("Program", "initiative"), ("Amount", "money")):
        next(s for s in at.selectbox if s.label == f"What {column} is").select(meaning).run()
    next(t for t in at.toggle if t.label == "Add up rows of one key").set_value(True).run()
    assert at.button(key="foreign-take").disabled
    next(t for t in at.text_input if t.label == "Agency").set_value("Health").run()
    next(s for s in at.selectbox if s.label == "Category").select("personnel").run()
    assert not at.exception
    assert not at.button(key="foreign-take").disabled
    step = at.session_state["foreign"]
    assert step.map()[0].fixed == {"agency": "Health", "category": "personnel"}
    assert [(r["agency"], r["money"]) for r in step.taken().tables[0].records] == [("Health", 1000), ("Health", 300)]
    assert {m.table for m in step.taken().made} == {"Funds", "Initiatives", "Agencies", "Periods"}


def test_what_cannot_be_read_is_listed_with_its_cell_and_nothing_can_be_taken() -> None:
    at = opened(solved())
    at.file_uploader[0].upload(
        "calls.csv", CALLS.replace(b"300", b"TBD").replace(b"Total,,500", b"B,PD,1\nC,PD,2\nD,PD,3"), "text/csv"
    ).run()
    assert not at.exception
    assert at.button(key="foreign-take").disabled
    assert any("C3" in list(t.value.get("Cell", ())) for t in at.table)
    next(t for t in at.text_input if t.value == "TBD").set_value("400").run()
    assert not at.exception
    assert not at.button(key="foreign-take").disabled
    assert at.session_state["foreign"].taken().tables[0].records[0]["request"] == 400_000
    at.button(key="foreign-back").click().run()
    assert at.button(key="foreign-take").disabled
    at.button(key="foreign-cancel").click().run()
    assert "foreign" not in at.session_state


def test_the_titles_can_be_moved_and_a_sheet_be_another_table() -> None:
    at = opened(solved())
    at.file_uploader[0].upload("x.csv", b"one,two\nfund,amount\nPool,5\nGrant,6\n", "text/csv").run()
    assert [m.columns for m in at.session_state["foreign"].map()] == [{"one fund": "fund", "two amount": "amount"}]
    next(t for t in at.toggle if t.label == "Over two rows").set_value(False).run()
    assert not at.exception
    (table,) = at.session_state["foreign"].map()
    assert (table.to, dict(table.columns)) == ("Funds", {"fund": "fund", "amount": "amount"})
    next(s for s in at.selectbox if s.label == "This sheet holds").select("Agencies").run()
    assert not at.exception
    assert dict(at.session_state["foreign"].map()[0].columns) == {"fund": "", "amount": ""}


def test_a_file_that_is_not_ours_is_put_into_the_case_in_one_step() -> None:
    draft = solved()
    at = opened(draft, "inputs")
    at.button(key="import").click().run()
    data = b"Project,Ask\nI1,260000\nNight walks,50000\nTotal,310000\n"
    at.file_uploader(key="import-file").upload("asks.csv", data, "text/csv").run()
    assert not at.exception
    at.button(key="import-apply").click().run()
    assert not at.exception
    rows = {r.values["initiative"]: r.values for r in draft.records("Initiatives")}
    assert (rows["I1"]["request"], rows["I1"]["lead"], rows["Night walks"]["request"]) == (260_000, "Health", 50_000)
    assert len(rows) == 6
    draft.undo()
    pays = b"Fund,Pays\nF1,1000\n"  # who pays stands nowhere: one of the case's agencies
    at = opened(draft, "inputs")
    at.button(key="import").click().run()
    at.file_uploader(key="import-file").upload("pays.csv", pays, "text/csv").run()
    next(s for s in at.selectbox if s.label == "This sheet holds").select("Contributions").run()
    for column, meaning in (("Fund", "fund"), ("Pays", "amount")):
        next(s for s in at.selectbox if s.label == f"What {column} is").select(meaning).run()
    next(s for s in at.selectbox if s.label == "Agency").select("Health").run()
    assert not at.exception
    assert at.session_state["import-step"][1].taken().records()["Contributions"] == [
        {"agency": "Health", "fund": "F1", "amount": 1000}
    ]
    assert len(draft.records("Initiatives")) == 5


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("old.xls", OLD_EXCEL, ("is an old Excel workbook (.xls)", "save it as an Excel workbook (.xlsx)")),
        ("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ("is a PDF", "the workbook that it was made from")),
    ],
)
def test_any_file_may_be_dropped_and_is_told_what_to_do(name: str, data: bytes, said: tuple[str, ...]) -> None:
    draft = solved()
    at = opened(draft)
    at.file_uploader[0].upload(name, data, "text/csv").run()
    assert not at.exception
    assert at.session_state["case"] == draft.id
    told = next(m.value for m in at.markdown if m.value.startswith(name.partition(".")[0]))
    assert all(part in told for part in said), told
    assert not at.table


def test_an_offices_workbook_is_asked_about_though_a_sheet_of_it_is_called_as_ours_are() -> None:
    from openpyxl import Workbook

    book = Workbook()
    asked, money, staff = book.worksheets[0], book.create_sheet("Money available"), book.create_sheet("Staff")
    asked.title = "FY27 Requests"
    for row in (["Linden County Settlement Board"], [], ["Program", "Agency", "FY27 request", "Panel score"],
                ["Van", "Health", 420_000, 88], ["Navigators", "Probation", 130_000, 70], ["TOTAL", None, 550_000]):  # fmt: skip
        asked.append(row)
    for row in (["Source", "Held by", "Amount available"], ["Settlement", "Health", 300_000]):
        money.append(row)
    for row in (["Agency", "Position", "FTE available"], ["Health", "Nurse", 5]):
        staff.append(row)
    made = BytesIO()
    book.save(made)
    at = opened(solved())
    at.file_uploader[0].upload("requests.xlsx", made.getvalue(), MIMES[".xlsx"]).run()
    assert not at.exception
    assert at.title[0].value == "2 rows of Initiatives found in the file, and the total of 550,000 ties"
    at.button(key="foreign-take").click().run()
    found = session.desk().open(at.session_state["case"])
    assert found is not None
    assert {name: len(found.records(name)) for name in ("Initiatives", "Funds", "Staff", "Agencies")} == {
        "Initiatives": 2, "Funds": 1, "Staff": 1, "Agencies": 2,
    }  # fmt: skip


def test_what_a_fund_with_a_blank_amount_holds_is_said_beside_its_table() -> None:
    funds = [{"fund": "Pool"}, *RECORDS["Funds"][1:]]
    paid = [{"agency": a, "fund": "Pool", "amount": n} for a, n in (("Police", 200_000), ("Health", 100_000))]
    given: dict[str, Any] = {**RECORDS, "Funds": funds, "Contributions": paid}
    case = case_from(given)
    for records, said in ((as_records(case), True), (RECORDS, False)):
        told = [plain(c.value) for c in opened(session.desk().lay("From a test", records), "inputs").caption]
        assert (
            any("A blank amount is what the table Contributions pays in: Pool $300,000." in t for t in told) == said
        ), told


def test_a_workbook_of_ours_that_lacks_a_sheet_or_a_column_stays_one_with_faults() -> None:
    rows = [{k: v for k, v in r.items() if k != "request"} for r in RECORDS["Initiatives"]]
    for book in (workbook(Initiatives=rows), workbook(Agencies=[])):
        at = opened(solved())
        at.file_uploader[0].upload("ours.xlsx", book, MIMES[".xlsx"]).run()
        assert any("to mend. Nothing was taken over" in s.value for s in at.header)
