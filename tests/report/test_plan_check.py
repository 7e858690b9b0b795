"""verify sees what a reader sees: what would show another plan is found, what people do innocently passes and is named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, Rule
from openpyxl.styles import Alignment, Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from optimiser.case.faults import InvalidCase
from optimiser.plan.claims import unfounded
from optimiser.plan.digest import values_sha256
from optimiser.plan.tables import SPEC, Plan, Stage
from optimiser.report.documents.plan_check import Verdict, inspect
from optimiser.report.documents.plan_reading import read_plan
from optimiser.report.documents.plan_workbook import write_plan
from optimiser.verbs import case_from, solve
from tests.report.plans import plan_of

Change = Callable[[Any], None]


def written(plan: Plan) -> bytes:
    made = io.BytesIO()
    write_plan(plan, made)
    return made.getvalue()


@pytest.fixture(scope="module")
def book() -> bytes:
    return written(plan_of())


def altered(book: bytes, change: Change) -> Verdict:
    opened = load_workbook(io.BytesIO(book))
    change(opened)
    made = io.BytesIO()
    opened.save(made)
    return inspect(made.getvalue())


def in_xml(book: bytes, part: str, pattern: str, by: str) -> bytes:
    """The file with its XML changed where no spreadsheet library would."""
    made, done = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                text, done = re.subn(pattern, by, content.decode(), count=1)
                content = text.encode()
            after.writestr(name, content)
    assert done == 1
    return made.getvalue()


def column(sheet: Any, title: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == title)


# -- what shows another plan -----------------------------------------------------------------------------------------------


def twin(name: str, other: str, hidden: bool = True) -> Change:
    """A sheet that is seen, with other figures, and the true one beside it."""

    def change(wb: Workbook) -> None:
        true = wb.copy_worksheet(wb[name])
        seen = wb[name]
        for row in seen.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, int | float):
                    cell.value *= 2
        seen.title, true.title = ("~", name) if other == name else (other, name)
        true.sheet_state = "hidden" if hidden else "visible"

    return change


def at(sheet: str, title: str, **looks: Any) -> Change:
    def change(wb: Workbook) -> None:
        cell = wb[sheet].cell(2, column(wb[sheet], title))
        for name, value in looks.items():
            setattr(cell, name, value)

    return change


def conditional(rule: Any) -> Change:
    return lambda wb: wb["Awards"].conditional_formatting.add("A1:I4", rule)


def chart_over(anchor: str) -> Change:
    def change(wb: Workbook) -> None:
        chart = BarChart()
        chart.add_data(Reference(wb["Awards"], min_col=5, min_row=1, max_row=4), titles_from_data=True)
        wb["Awards"].add_chart(chart, anchor)  # type: ignore[call-arg]

    return change


def hide(kind: str, which: Any) -> Change:
    def change(wb: Workbook) -> None:
        dimensions = wb["Awards"].row_dimensions if kind == "row" else wb["Awards"].column_dimensions
        dimensions[which].hidden = True

    return change


def add_column(title: str) -> Change:
    def change(wb: Workbook) -> None:
        sheet = wb["Awards"]
        at = sheet.max_column + 1
        sheet.cell(1, at).value = title
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at).value = 7

    return change


def format_rule(code: str) -> Rule:
    return Rule(type="expression", formula=["TRUE"], dxf=DifferentialStyle(numFmt=NumberFormat(200, code)))


def resize(wb: Workbook) -> None:
    wb["Awards"].column_dimensions["E"].width = 0.1


def merge(wb: Workbook) -> None:
    wb["Awards"].merge_cells("E2:E3")


GREEN_TO_WHITE = ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="63BE7B")
RED = CellIsRule(operator="lessThan", formula=["5"], font=Font(color="9C0006"), fill=PatternFill(bgColor="FFC7CE"))
WHITE = CellIsRule(operator="greaterThan", formula=["0"], font=Font(color="FFFFFF"))
BLUE = PatternFill("solid", start_color="1F3A5F")

FOOLED: dict[str, tuple[str, Change]] = {
    "a twin that is seen, the true one hidden": ("Awards", twin("Awards", "Awards_")),
    "a twin whose name has a character that is not seen": ("Awards", twin("Awards", "Awards\u200b")),
    "a twin in letters of another script": ("Compliance", twin("Compliance", "Сompliance", hidden=False)),
    "a twin in other cases and blanks": ("Received", twin("Received", " RECEIVED.")),
    "a twin of an input": ("Funds", twin("Funds", "Funds ")),
    "a hidden sheet": ("Awards", lambda wb: setattr(wb["Awards"], "sheet_state", "hidden")),
    "a very hidden proof": ("Proof", lambda wb: setattr(wb["Proof"], "sheet_state", "veryHidden")),
    "another figure in Summary": ("Summary", lambda wb: setattr(wb["Summary"]["B8"], "value", 9999)),
    "another formula in Summary": ("Summary", lambda wb: setattr(wb["Summary"]["B8"], "value", "=SUM(Spend!$F$2:$F$7)*2")),
    "another unit in Summary": ("Summary", lambda wb: setattr(wb["Summary"]["C8"], "value", "EUR")),
    "another claim in Summary": ("Summary", lambda wb: setattr(wb["Summary"]["A3"], "value", "Proven by all.")),
    "a number format of digits": ("Awards", at("Awards", "award", number_format='"1,000,000"')),
    "a number format that shows nothing": ("Awards", at("Awards", "award", number_format=";;;")),
    "a number format of thousands": ("Awards", at("Awards", "award", number_format="#,##0,")),
    "a number format with a scale in words": ("Awards", at("Awards", "award", number_format='#,##0" million"')),
    "a number format with a point that is none": ("Spend", at("Spend", "money", number_format='0"."00')),
    "a number format of a date": ("Spend", at("Spend", "money", number_format="yyyy-mm-dd")),
    "a share shown as nothing": ("Levels", at("Levels", "level", number_format="0")),
    "a format of text that shows another text": ("Awards", at("Awards", "state", number_format='0;0;0;"in full"')),
    "an input in a false format": ("Funds", at("Funds", "amount", number_format='"9"')),
    "white letters": ("Awards", at("Awards", "award", font=Font(color="FFFFFF"))),
    "letters in the colour of the cell": ("Awards", at("Awards", "award", font=Font(color="1F3A5F"), fill=BLUE)),
    "letters in a colour of the theme": ("Awards", at("Awards", "award", font=Font(color=Color(theme=0)))),
    "tiny letters": ("Awards", at("Awards", "award", font=Font(size=1))),
    "a font of pictures": ("Awards", at("Awards", "award", font=Font(name="Wingdings"))),
    "a digit that is repeated": ("Awards", at("Awards", "award", alignment=Alignment(horizontal="fill"))),
    "a text in place of a number": ("Awards", at("Awards", "award", value="3,700")),
    "a formula in place of a number": ("Awards", at("Awards", "award", value="=1000000+1")),
    "a formula in an input": ("Funds", at("Funds", "amount", value="=9")),
    "a hidden row": ("Awards", hide("row", 2)),
    "a hidden column": ("Awards", hide("column", "E")),
    "a column without width": ("Awards", resize),
    "merged cells": ("Awards", merge),
    "a conditional format that hides": ("Awards", conditional(WHITE)),
    "a conditional format of digits": ("Awards", conditional(format_rule('"1,000,000"'))),
    "a chart over the table": ("Awards", chart_over("C2")),
    "a second column of the same title": ("Awards", add_column("Award ")),
    "a second column in other letters": ("Awards", add_column("аward")),
    "a second column with a unit": ("Awards", add_column("award [USD]")),
    "a line more": ("Awards", lambda wb: wb["Awards"].append(["Zoo", "Zoo", "x", 5, 5, 1, 0, 0, "in full"])),
    "a line more, below a gap": ("Awards", lambda wb: wb["Awards"].cell(7, 1, "Zoo") and wb["Awards"].cell(7, 5, 5)),
    "a sum that is none": ("Spend", lambda wb: wb["Spend"].append(["Total", None, None, None, None, 9999])),
    "another bound": ("Proof", lambda wb: setattr(wb["Proof"]["B4"], "value", 95)),
    "another status": ("Proof", lambda wb: setattr(wb["Proof"]["B2"], "value", "within_gap")),
    "no Summary": ("Summary", lambda wb: wb.remove(wb["Summary"])),
}  # fmt: skip


NOT_EVEN_VALID = ("a twin of an input", "a formula in an input")
"""Changes after which the inputs are no case, so that nothing is verified."""


@pytest.mark.first(8)
@pytest.mark.parametrize("kind", FOOLED)
def test_what_shows_another_plan_is_found(book: bytes, kind: str) -> None:
    sheet, change = FOOLED[kind]
    if kind in NOT_EVEN_VALID:
        with pytest.raises(InvalidCase) as error:
            altered(book, change)
        assert error.value.faults[0].sheet.strip() == sheet
        return
    found = altered(book, change)
    assert found.broken
    assert any(sheet in b.sentence for b in found.broken), [b.sentence for b in found.broken]
    assert all(b.sentence.endswith(".") for b in found.broken)


IN_XML = {
    "a formula with the value kept": ("xl/worksheets/sheet7.xml", r'(<c r="E2"[^>]*>)(<v>)', r"\1<f>1000000+1</f>\2", "Awards!E2"),
    "a formula of Summary with the value kept": ("xl/worksheets/sheet1.xml", r"(<f>SUM\(Spend![^<]*)", r"\g<1>+1", "Summary!B9"),
    "a number in two readings": ("xl/worksheets/sheet7.xml", r'(<c r="E2"[^>]*><v>)', r"\g<1>1<!-- -->", "Awards"),
    "precision as displayed": ("xl/workbook.xml", r"<calcPr ", '<calcPr fullPrecision="0" ', "precision"),
}  # fmt: skip


@pytest.mark.parametrize("kind", IN_XML)
def test_what_only_the_files_text_shows_is_found(book: bytes, kind: str) -> None:
    part, pattern, by, where = IN_XML[kind]
    found = inspect(in_xml(book, part, pattern, by))
    assert any(where in b.sentence for b in found.broken), [b.sentence for b in found.broken]


# -- what people do innocently ---------------------------------------------------------------------------------------------


def cover(wb: Workbook) -> None:
    wb.create_sheet("Cover", 0)["A1"] = "Adopted budget, volume 2"


def sort(wb: Workbook) -> None:
    for name in ("Awards", "Spend", "Funds"):
        rows = [[c.value for c in row] for row in wb[name].iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), 2):
            for j, value in enumerate(row, 1):
                wb[name].cell(number, j).value = value


def comment(wb: Workbook) -> None:
    wb["Awards"]["E2"].comment = Comment("as agreed in May", "finance")


def formats(wb: Workbook) -> None:
    for row in wb["Awards"].iter_rows(min_row=2):
        for cell in row[3:5]:
            cell.number_format = '_($* #,##0.00_);_($* \\(#,##0.00\\);_($* "-"??_);_(@_)'
            cell.font, cell.fill = Font(bold=True, color="1F3A5F"), PatternFill("solid", start_color="FFE9A8")
        row[5].number_format = "0.0%"


def total(wb: Workbook) -> None:
    wb["Spend"].append(["Total", None, None, None, None, 4700])
    wb["Awards"].append(["Total", None, None, None, 4700])


def insert_line(wb: Workbook) -> None:
    wb["Summary"].insert_rows(1)
    wb["Summary"]["A1"] = "Volume 2"


def below(sheet: str, gap: int, *values: Any) -> Change:
    def change(wb: Workbook) -> None:
        row = wb[sheet].max_row + gap
        for j, value in enumerate(values, 1):
            wb[sheet].cell(row, j).value = value

    return change


INNOCENT: dict[str, tuple[str, Change]] = {
    "saved again": ("", lambda wb: None),
    "a cover sheet": ("Cover", cover),
    "a hidden sheet of lists": ("Lists2", lambda wb: setattr(wb.create_sheet("Lists2"), "sheet_state", "hidden")),
    "a chart sheet": ("Picture", lambda wb: wb.create_chartsheet("Picture")),
    "a comment": ("", comment),
    "a note beside a table": ("Awards!K2", lambda wb: setattr(wb["Awards"]["K2"], "value", "see minutes")),
    "a column of one's own": ("Awards!J1", add_column("agreed in May")),
    "a column of one's own in an input": ("Funds", lambda wb: setattr(wb["Funds"].cell(1, wb["Funds"].max_column + 1), "value", "ledger")),
    "a note under Summary": ("Summary", below("Summary", 2, "Prepared by finance")),
    "a note beside Summary": ("Summary!H1", lambda wb: setattr(wb["Summary"]["H1"], "value", "looks good")),
    "lines inserted above Summary": ("Summary!A1", insert_line),
    "a note under a table": ("Awards", below("Awards", 2, "Prepared by finance")),
    "a note under an input": ("Funds", below("Funds", 2, None, "Prepared by finance")),
    "a note under Proof": ("Proof", below("Proof", 1, "seen by", "audit")),
    "a note beside Proof": ("Proof!C1", lambda wb: setattr(wb["Proof"]["C1"], "value", "seen by audit")),
    "right sums below tables": ("Spend", total),
    "lines in another order": ("", sort),
    "formats of accountants": ("", formats),
    "colours by value": ("", conditional(GREEN_TO_WHITE)),
    "red where little": ("", conditional(RED)),
    "a chart beside the table": ("Awards", chart_over("L2")),
    "merged cells of a title": ("", lambda wb: wb["Summary"].merge_cells("A1:E1")),
    "printed otherwise": ("", lambda wb: setattr(wb["Awards"].oddFooter.center, "text", "volume 2")),
}  # fmt: skip


@pytest.mark.first(6)
@pytest.mark.parametrize("kind", INNOCENT)
def test_what_people_do_passes_and_is_named(book: bytes, kind: str) -> None:
    where, change = INNOCENT[kind]
    if kind.startswith("lines inserted"):  # values alone: the library does not move what formulas name
        book = values_only(book)
    found = altered(book, change)
    assert [b.sentence for b in found.broken] == []
    assert any(where in remark for remark in found.remarks) if where else not found.remarks, found.remarks


def values_only(book: bytes) -> bytes:
    opened = load_workbook(io.BytesIO(book), data_only=True)
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


@pytest.mark.long
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_number_is_found_and_any_word_beside_passes(book: bytes, data: Any) -> None:
    opened = load_workbook(io.BytesIO(book))
    sheet = opened[data.draw(st.sampled_from([s for s in opened.sheetnames if s != "Summary"]))]
    numbers = [c for row in sheet.iter_rows(min_row=2) for c in row if isinstance(c.value, int | float)]
    if numbers and data.draw(st.booleans()):
        cell = data.draw(st.sampled_from(numbers))
        cell.value = cell.value * (1 + data.draw(st.sampled_from([1e-9, 1e-4, 0.5, -0.25]))) or 0.01
        right = False
    else:
        words = data.draw(
            st.text(st.characters(codec="ascii", categories=["L", "P"]), min_size=1, max_size=9).filter(
                lambda t: t[0] not in "=-+@'"
            )
        )
        sheet.cell(sheet.max_row + 3, sheet.max_column + 2).value = words
        right = True
    made = io.BytesIO()
    opened.save(made)
    try:
        found = inspect(made.getvalue())
    except InvalidCase:
        assert not right
        return
    assert (not found.broken) == right
    assert bool(found.remarks) == right


# -- what is claimed -------------------------------------------------------------------------------------------------------


def forged(book: bytes, **rows: Any) -> Verdict:
    """The workbook with other claims in Proof, and its hash made anew."""

    def change(wb: Workbook) -> None:
        sheet = wb["Proof"]
        for row in sheet.iter_rows(min_row=2):
            if row[0].value in rows:
                row[1].value = rows[row[0].value]  # type: ignore[index]
        listed = [[c.value for c in row[:2]] for row in sheet.iter_rows(min_row=2)]
        sheet.cell(sheet.max_row, 2).value = values_sha256([r for r in listed if r[0] != "sha256 Proof"])

    return altered(book, change)


@pytest.mark.first(5)
@pytest.mark.parametrize(
    "rows",
    [
        {"impact": 91.0},
        {"status": "the best"},
        {"stage 1 achieved": 95.0, "stage 1 best": 95.0, "stage 1 bound": 95.0},
        {"stage 1 best": 80.0, "stage 1 bound": 80.0, "stage 1 achieved": 80.0},
        {"stage 1 bound": 99.0},
        {"stage 1 bound": "none"},
        {"gap": 0.5, "stage 1 bound": 99.0},
        {"stage 1": "thrift"},
        {"setting rounding": 0.01},
        {"inputs_sha256": "0" * 64},
    ],
)
def test_a_forged_claim_is_found_though_its_hash_is_right(book: bytes, rows: dict[str, Any]) -> None:
    assert forged(book, **rows).broken


def test_a_worse_plan_under_another_ones_proof_is_found() -> None:
    plan = plan_of()
    worse = {**plan.tables}
    for name in SPEC:
        if name in ("Spend", "Posts", "Hires", "Levels", "Match"):
            worse[name] = worse[name].take(slice(0, 0))  # type: ignore[arg-type]
    from optimiser.plan.derive import derive

    worse.update(derive(plan.case, worse))
    found = inspect(written(replace(plan, tables=worse)))
    assert {"Proof: impact", "Proof: stage 1, impact"} <= {b.item for b in found.broken}


@pytest.mark.parametrize(("name", "value"), [("impact", 90.0), ("thrift", 4700.0)])
def test_a_stage_is_as_good_as_the_tables_are(name: str, value: float) -> None:
    from optimiser.case.settings import parse_objective

    plan = plan_of()
    case = replace(plan.case, settings=replace(plan.case.settings, objective=parse_objective(name)))
    for claimed, right in ((value, True), (value * (1.1 if name == "impact" else 0.9), False)):
        made = replace(plan, case=case, stages=(Stage(name, claimed, claimed, 0.0, claimed),))
        assert (unfounded(made) == []) is right


CALLED_TOTAL: dict[str, dict[str, Any]] = {
    "a rule": {"Rules": [{"rule": "Cap", "where": "initiative = J", "at_most": 300}, {"rule": "Total", "at_most": 1000}]},
    "an outcome": {"Outcomes": [{"initiative": "I", "outcome": n, "at_full": 3} for n in ("Lives", "Total")]},
    "a scenario": {"Scenarios": [{"scenario": "Total", "sheet": "Funds", "column": "amount", "change": "* 0.9"}]},
    "a period": {"Periods": [{"period": "Q1"}, {"period": "Total"}]},
    "the only fund": {"Funds": [{"fund": "Total", "amount": 1500}]},
}  # fmt: skip


@pytest.mark.parametrize("kind", CALLED_TOTAL)
def test_a_record_may_be_called_total(kind: str) -> None:
    """What it is called hides it from no reader; a row that people add below with sums is still no record."""
    case = case_from({
        "Agencies": [{"agency": "A"}, {"agency": "B"}],
        "Funds": [{"fund": "F", "amount": 1000}, {"fund": "G", "amount": 500}],
        "Initiatives": [{"initiative": "I", "lead": "A", "request": 900}, {"initiative": "J", "lead": "B", "request": 800}],
        **CALLED_TOTAL[kind],
    })  # fmt: skip
    book = written(solve(case))
    assert [b.sentence for b in inspect(book).broken] == []
    assert read_plan(book)[0].sha256 == case.sha256
    spent = sum(solve(case).tables["Spend"]["money"])
    summed = altered(book, lambda wb: wb["Spend"].append(["Total", None, None, None, None, spent]))
    assert [b.sentence for b in summed.broken] == []


def test_it_says_what_it_did_not_check(book: bytes) -> None:
    found = inspect(book)
    assert found.broken == found.remarks == ()
    assert any("the best plan" in said for said in found.not_checked)
    assert found.inputs_sha256 == plan_of().case.sha256


def test_a_plan_of_another_version_may_say_it_in_other_words(book: bytes) -> None:
    """Its figures are the same, its sentences may differ: they are remarked."""
    plan = plan_of(versions={"optimiser": "0.0.1", "highspy": "1.15.1"})
    sentences = plan.tables["Compliance"]["sentence"].copy()
    sentences[0] = "As we used to say."
    plan = replace(plan, tables={**plan.tables, "Compliance": plan.tables["Compliance"].replace(sentence=sentences)})
    written_then = in_xml(written(plan), "xl/worksheets/sheet1.xml", "Proven best: ", "The best: ")
    found = inspect(written_then)
    assert found.broken == ()
    assert any("0.0.1" in remark for remark in found.remarks)


def test_notes_and_a_stopped_search_are_said_as_they_were() -> None:
    stopped = plan_of(
        status="stopped", gap=0.1, stages=(Stage("impact", 90.0, 99.0, 0.0, 90.0),), notes=("Made for May.",)
    )
    assert inspect(written(stopped)).broken == ()
