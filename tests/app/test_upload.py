"""A workbook is taken over only without errors; what is wrong is listed with sheet, cell and cure."""

from __future__ import annotations

from io import BytesIO

import pytest

from optimiser.app_pages.shell import session
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from tests.app.small import RECORDS, opened, solved


def workbook(**sheets: list[dict[str, object]]) -> bytes:
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
    assert any("2 faults to mend. Nothing was taken over" in s.value for s in at.subheader)
    listed = at.table[0].value
    assert listed["Sheet"].tolist() == ["Initiatives", "Initiatives"]
    assert listed["Cell"].str.match(r"^[A-Z]+[34]$").all()
    assert 'Write "Health"' in listed["What to do"].tolist()[0]


def test_what_is_no_workbook_is_refused_in_words() -> None:
    at = opened(solved())
    at.file_uploader[0].upload("list.xlsx", b"a,b\n1,2\n", "application/x").run()
    assert not at.exception
    assert any("1 fault to mend" in s.value for s in at.subheader)


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "cases.csv",
            b"agency,name\nPD,City Police\n",
            ("is a CSV file", "workbook with several sheets", "page Inputs"),
        ),
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
