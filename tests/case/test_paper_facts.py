"""Facts that papers ask for: written and read again, and without any bearing on a case that has none."""

from __future__ import annotations

from io import BytesIO

import pytest

import optimiser
from optimiser.case.faults import InvalidCase
from optimiser.case.reading.workbook import Rows
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.case.table import Table
from optimiser.case.writing.writer import write_tables
from optimiser.plan.digest import table_sha256

PLAIN: dict[str, Rows] = {
    "Agencies": [{"agency": "PD"}],
    "Funds": [{"fund": "G", "amount": 100.0}],
    "Initiatives": [{"initiative": "i", "request": 50.0, "lead": "PD"}],
}
FACTS = {
    "Agencies": {"uei": "ABC123DEF456", "contact": "a@b.example", "indirect_rate": 0.15, "indirect_type": "de minimis"},
    "Funds": {
        "origin": "federal",
        "fain": "15PB-1",
        "award_date": "2026-10-01",
        "spent_before": 10.5,
        "research": "no",
    },
}


def test_blank_facts_are_not_written_and_count_in_no_hash() -> None:
    case = optimiser.case_from(PLAIN)
    target = BytesIO()
    write_tables(target, case.tables)
    again = optimiser.read(target.getvalue())
    assert again.sha256 == case.sha256
    for sheet in SHEETS:
        table = case.tables[sheet.name]
        facts = {c.name for c in sheet.columns if c.for_papers}
        without = Table(sheet.name, {c: v for c, v in table.columns.items() if c not in facts}, table.rows)
        if len(without.columns):
            assert table_sha256(without) == table_sha256(table)


@pytest.mark.parametrize("sheet", FACTS)
def test_a_fact_is_written_read_again_and_counts(sheet: str) -> None:
    (row,) = PLAIN[sheet]
    case = optimiser.case_from({**PLAIN, sheet: [{**row, **FACTS[sheet]}]})  # type: ignore[dict-item]
    target = BytesIO()
    write_tables(target, case.tables)
    again = optimiser.read(target.getvalue())
    assert again.sha256 == case.sha256 != optimiser.case_from(PLAIN).sha256
    assert {c: next(again.tables[sheet].records())[c] for c in FACTS[sheet]} == FACTS[sheet]


def test_people_read_the_titles_that_they_have() -> None:
    funds = [{"Fund": "G", "amount": 100.0, "CFDA": "16.738"}]
    assert optimiser.case_from({**PLAIN, "Funds": funds}).tables["Funds"]["assistance_listing"].tolist() == ["16.738"]


def test_an_account_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidCase, match="Account codes"):
        optimiser.case_from({**PLAIN, "Account codes": [{"of": "fund", "item": "Nobody's", "code": "1"}]})


def test_no_fact_is_required_of_a_sheet_that_others_need() -> None:
    for name in ("Agencies", "Funds"):
        assert not any(c.required for c in BY_NAME[name].columns if c.for_papers)
