"""A partnership from a workbook with faults to a decision that anybody can check: finance and a committee member, each signed in,
each in a browser of their own; and nothing leaves the machine meanwhile."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, expect

from optimiser.case.examples import example_path
from optimiser.report.documents.committee import printed_hashes
from optimiser.store.committee import decisions
from optimiser.store.work import runs
from tests.browser.office import Office, Person, give, office
from tests.browser.server import browser, chromium, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)"),
]
FAY, MIA = "Fay Finance", "Mia Member"
KNOWN = {"s-1": {"name": FAY}, "s-2": {"name": MIA}}
COMMAND = "from optimiser.command_line import main; main()"
FAULTS = "Faults by sheet and cell, each with its cure"
CURES: Mapping[tuple[str, str], object] = {
    ("Funds", "E3"): None,
    ("Initiatives", "D2"): "Port District",
    ("Initiatives", "G3"): 200_000,
    ("Initiatives", "I4"): 86,
    ("Partners", "B3"): "City Police",
    ("Costs", "C9"): 0.3,
    ("Rules", "D3"): "agency.sworn < 100",
}
"""What finance writes into the cells that are marked in the example with faults, after asking around."""
WHY, REASON, REMARK = "It keeps every clause.", "Firearms cannot wait another year.", "Who answers the tip line?"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, KNOWN) as made:
        give(made.database, "s-1", FAY, {"finance"})
        give(made.database, "s-2", MIA, {"member"})
        yield made


@pytest.fixture
def chrome() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.mark.long
def test_from_a_workbook_with_faults_to_a_decision_that_anybody_can_check(
    here: Office, chrome: Browser, tmp_path: Path
) -> None:
    fay = Person(chrome, here, FAY)
    brings_and_mends(fay)
    asks_why(fay)
    scenario = tries_and_compares(fay)
    proposes(fay, scenario)

    mia = Person(chrome, here, MIA)
    reads(mia, scenario)
    votes(mia)

    resolves(fay)
    decision = takes_the_papers(fay, here, tmp_path)
    finds_it_in_history(fay, decision)
    assert command(here, "reproduce", decision).startswith("The same to the byte")
    assert {
        urlsplit(url).hostname for url in (*fay.spoken_to, *mia.spoken_to) if not url.startswith(("data:", "blob:"))
    } == {"127.0.0.1"}


def brings_and_mends(fay: Person) -> None:
    """Drops the workbook, mends what is marked in the copy, drops that, until the case opens, solved."""
    settled(fay.page)
    name, data = "with-faults.xlsx", example_path("with-faults").read_bytes()
    mended: set[tuple[str, str]] = set()
    listed = fay.page.get_by_role("table", name=FAULTS)
    opened = fay.page.get_by_text(re.compile(r"\.xlsx is open\."))
    while mended != set(CURES):
        upload(fay, name, data)
        expect(fay.page.get_by_role("heading", name=f"{name}: ")).to_contain_text("Nothing was taken over")
        settled(fay.page)
        found = {(cells[1], cells[2]): cells for cells in rows(listed)}
        assert found
        assert set(found) <= set(CURES) - mended, "each fault once, and nothing that was mended"
        for (sheet, cell), cells in found.items():
            assert all(cells[3:]), f"what was found in {sheet}!{cell}, what was expected and what to do"
        marked = fay.download("Download a copy with the cells marked, for reading only")
        book = openpyxl.load_workbook(BytesIO(marked))
        for sheet, cell in found:
            assert book[sheet][cell].comment is not None
            book[sheet][cell].value = CURES[sheet, cell]
        made = BytesIO()
        book.save(made)
        mended |= set(found)
        name, data = f"mended-{len(mended)}.xlsx", made.getvalue()
    upload(fay, name, data)
    expect(opened).to_be_visible()
    settled(fay.page)
    expect(fay.headline).to_contain_text("6 initiatives")
    expect(fay.page.get_by_text("✓ Proven best")).to_be_visible()


def upload(fay: Person, name: str, data: bytes) -> None:
    """Drops a workbook on the page Start."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    fay.page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": data}]  # type: ignore[arg-type]
    )


def rows(table: Locator) -> list[list[str]]:
    """What stands in the body of a table."""
    expect(table).to_be_visible()
    return [[cell.inner_text() for cell in row.locator("td, th").all()] for row in table.locator("tbody tr").all()]


def asks_why(fay: Person) -> None:
    """What holds the plan back, with its price and how long that holds."""
    fay.go("Why")
    expect(fay.page.get_by_role("heading", name="How long does that price hold?")).to_be_visible()
    fay.part("Each initiative")
    expect(fay.page.get_by_text("Vehicle theft ring investigations").first).to_be_visible()


def tries_and_compares(fay: Person) -> str:
    """Cuts the largest fund by a fifth, keeps that as a scenario, and sets it beside the base; its name."""
    fay.go("What if")
    slider = fay.page.get_by_role("slider").first
    for _ in range(4):
        slider.press("ArrowLeft")
    expect(fay.headline).to_contain_text("cut by 20%")
    fay.press("Keep as scenario")
    expect(fay.page.get_by_text("was added and is the one on show")).to_be_visible()
    said = re.search(r"“(.+)”", fay.page.get_by_text("was added and is the one on show").inner_text())
    assert said is not None
    fay.part("Side by side")
    table = fay.page.get_by_role("table").first
    assert any("Impact" in row[0] for row in rows(table))
    expect(table.get_by_role("columnheader", name=said[1])).to_be_visible()
    expect(fay.page.get_by_role("heading", name=f"Award: base → {said[1]}")).to_be_visible()
    return said[1]


def proposes(fay: Person, scenario: str) -> None:
    """The base, with the scenario beside it."""
    fay.page.get_by_role("combobox", name="Scenario").click()
    fay.page.get_by_role("option", name="Scenario: Base").click()
    settled(fay.page)
    fay.go("Committee")
    expect(fay.headline).to_have_text("Nothing is proposed yet")
    expect(fay.page.get_by_text("the case unchanged")).to_be_visible()
    fay.page.get_by_role("textbox", name="Title, as a motion").fill("Fund the firearms unit first")
    fay.page.get_by_role("textbox", name="Why (a few sentences").fill(WHY)
    fay.press("Propose to the committee")
    expect(fay.headline).to_have_text("Fund the firearms unit first")


def reads(mia: Person, scenario: str) -> None:
    """All five parts, without a right to change anything; what is on show elsewhere is the proposal too."""
    expect(mia.headline).to_contain_text("6 initiatives")
    expect(mia.page.get_by_role("combobox", name="Scenario")).to_have_value("Scenario: Base")
    mia.go("Committee")
    expect(mia.headline).to_have_text("Fund the firearms unit first")
    expect(mia.page.get_by_text(WHY)).to_be_visible()
    expect(mia.page.get_by_role("button", name="Propose to the committee")).to_have_count(0)
    mia.part("4 Alternatives")
    expect(mia.page.get_by_role("table", name="Alternatives")).to_contain_text(scenario)
    mia.part("5 Who gets what")
    expect(mia.headline).to_contain_text("6 initiatives")
    mia.part("6 Rules kept")
    expect(mia.headline).to_have_text("Both rules are kept")
    mia.page.get_by_text("What each rule says, for whom").click()
    clauses = " ".join(" ".join(row) for row in rows(mia.page.get_by_role("table", name="Rules in words")))
    assert "clause 4" in clauses
    assert "clause 6" in clauses
    mia.part("7 Vote")
    expect(mia.headline).to_have_text("Nobody has voted yet")


def votes(mia: Person) -> None:
    """A comment, and a vote with its reason; a member does not end the vote."""
    mia.page.get_by_role("textbox", name="Add a comment").fill(REMARK)
    mia.press("Comment")
    expect(mia.page.get_by_role("heading", name="Comments (1)")).to_be_visible()
    settled(mia.page)
    mia.page.get_by_role("radio", name="Approve").check(force=True)
    mia.page.get_by_role("textbox", name="Your reason").fill(REASON)
    mia.press("Vote")
    expect(mia.headline).to_have_text("1 of 1 members has voted")
    assert [row[:3] for row in rows(mia.page.get_by_role("table", name="Votes"))] == [[MIA, "Approve", REASON]]
    expect(mia.page.get_by_role("button", name="Resolve the vote")).to_have_count(0)


def resolves(fay: Person) -> None:
    """Sees the comment and the vote, and ends it."""
    fay.part("7 Vote")
    expect(fay.page.get_by_text(REMARK)).to_be_visible()
    fay.press("Resolve the vote")
    fay.press("Resolve it as approved, for good")
    expect(fay.headline).to_have_text("Approved: 1 for, 0 against, 0 abstained")
    settled(fay.page)


def takes_the_papers(fay: Person, here: Office, tmp_path: Path) -> str:
    """The report and the plan workbook, each checked by itself and against the store; returns the decision's id."""
    report, book = fay.download("Report"), fay.download("Download the plan")
    printed = printed_hashes(report)
    finance = give(here.database, "s-1", FAY, {"finance"})
    found = decisions.decision(here.database, finance, printed["Decision"])
    assert printed["Run"] == found.run
    assert printed["Audit head"] == found.audit_head
    assert printed["Inputs (SHA-256)"] == runs.get(here.database, finance, found.run).inputs_sha256
    text = report.decode()
    for said in ("Fund the firearms unit first", WHY, REASON, REMARK, FAY, MIA, "Approved"):
        assert said in text
    path = tmp_path / "plan.xlsx"
    path.write_bytes(book)
    assert json.loads(command(here, "verify", str(path), "--json"))["broken"] == []
    awards = openpyxl.load_workbook(BytesIO(book))["Awards"]
    column = [cell.value for cell in awards[1]].index("award")
    plan = runs.plan(here.database, finance, found.run)
    paid = [row[column] for row in awards.iter_rows(min_row=2, values_only=True)]
    assert paid == plan.award["award"].tolist()
    return found.id


def finds_it_in_history(fay: Person, decision: str) -> None:
    """The decision stands in the history of the case, and the audit is whole."""
    fay.go("History")
    fay.part("Decisions")
    expect(fay.page.get_by_text("Fund the firearms unit first", exact=True)).to_be_visible()
    kept = printed_hashes(fay.download("The report as it was decided"))
    assert kept["Decision"] == decision
    fay.part("Audit")
    fay.page.get_by_role("textbox", name="A head from a printed report").fill(kept["Audit head"])
    fay.press("Check the audit")
    expect(fay.page.get_by_text("The audit is whole: ")).to_be_visible()


def command(here: Office, *words: str) -> str:
    """What a command prints, run on the office's store; it must end well."""
    environment = {**os.environ, "OPTIMISER_DATABASE_URL": str(here.database.url)}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words], capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
