"""explain puts everything together: from Python, as text, as JSON, on the command line and on the sheet Why."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import optimiser
from optimiser import verbs
from optimiser.analysis.limits.curve import Step
from optimiser.analysis.reasons.explain import PARTS, explain
from optimiser.analysis.reasons.explain_words import Words
from optimiser.analysis.reasons.prices import Bottleneck, Price, prices
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.report.documents.plan_check import verify_workbook
from optimiser.report.documents.plan_workbook import write_plan
from tests.rules.small import Records, checked

BASE: Records = {
    "Agencies": [{"agency": "a", "name": "Agency A"}],
    "Funds": [{"fund": "pool", "name": "The Pool", "kind": "pooled", "amount": 1100}],
    "Initiatives": [
        {"initiative": "first", "name": "First of all", "lead": "a", "request": 1000, "score": 90},
        {"initiative": "second", "lead": "a", "request": 500, "score": 60},
        {"initiative": "third", "lead": "a", "request": 300, "score": 50},
    ],
    "Staff": [{"agency": "a", "role": "analyst", "fte": 1.5}],
    "Needs": [{"initiative": "first", "role": "analyst", "fte": 2}],
    "Rules": [{"rule": "idle", "kind": "limit", "where": "initiative = third", "at_most": 5000}],
}
BROKEN = {**BASE, "Initiatives": [{**BASE["Initiatives"][0], "must_fund": True}, *BASE["Initiatives"][1:]]}


@pytest.fixture(scope="module")
def case() -> Case:
    return checked(BASE)


def workbook(case: Case, path: Path) -> Path:
    write_tables(path, case.tables)
    return path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout


def test_the_whole(case: Case) -> None:
    found = explain(case)
    data = found.json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert list(data) == ["status", *PARTS]
    assert set(data["initiatives"]) == {"first", "second", "third"}
    assert {"award", "level", "sentence", "would_change"} <= set(data["initiatives"]["second"])
    for claim in data["initiatives"]["second"]["would_change"]:
        assert {"changes", "award_after"} <= set(claim)
        assert all(set(row) == {"sheet", "where", "column", "change"} for row in claim["changes"])
    assert {"of", "item", "period", "unit", "steps"} <= set(data["prices"][0])
    assert all({"worth", "for_next"} <= set(step) for price in data["prices"] for step in price["steps"])
    assert any(price["steps"][-1]["for_next"] is None for price in data["prices"])
    assert {"rule", "worth_without"} <= set(data["rules"][0])
    assert data["conflict"] == data["repairs"] == []


def test_text(case: Case) -> None:
    """$750 do what the analysts can ($1,000 × 0.75); $350 go to `second`."""
    text = explain(case).text()
    assert text.startswith(
        f"2 of 3 initiatives are funded, none of them in full.\n{impact.meaning(case)}\n\nEach initiative\n"
    )
    assert "  first  First of all: Funded at 75%: $750 of $1,000." in text
    assert "analyst at Agency A: $150 of weighted delivery per FTE for the next 0.5 FTE, then nothing." in text
    assert (
        "The Pool: $0.60 of weighted delivery per $1 for the next $150, then $0.50 of weighted delivery per $1 for"
        in " ".join(text.split())
    )
    assert "one more analyst is worth as much as $125" in text, (
        "half of one is all that can be used: $75, of $0.60 each"
    )
    assert "None of them costs anything" in text


def test_what_is_told_is_the_text(case: Case) -> None:
    """Line by line as it is found, in the end the same."""
    lines: list[str] = []
    said: list[str] = []
    found = explain(case, told=lines.append, progress=said.append)
    assert "\n".join(lines) == found.text()
    assert said[0] == "Solving the case"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone(case: Case, part: str) -> None:
    assert list(explain(case, parts=[part]).json()) == ["status", part]


def test_one_initiative(case: Case) -> None:
    assert list(explain(case, "First of all").json()["initiatives"]) == ["first"]
    with pytest.raises(ValueError, match=r"There is nothing called frist: .* Did you mean first"):
        explain(case, "frist")
    with pytest.raises(ValueError, match="weather is no part"):
        explain(case, parts=["weather"])


def test_without_a_plan() -> None:
    found = explain(checked(BROKEN))
    data = found.json()
    assert found.status == "infeasible"
    assert data["initiatives"] == {}
    assert {"sheet", "item", "sentence"} == set(data["conflict"][0])
    assert {"changes", "cost", "sentence", "grantors"} == set(data["repairs"][0])
    for repair in data["repairs"]:
        assert verbs.solve(verbs.apply_changes(checked(BROKEN), repair["changes"])).has_plan
    text = found.text()
    assert text.startswith("No plan is possible: the limits and rules of this case cannot all hold.")
    assert "What would make a plan possible" in text


def test_the_verb_of_the_package(case: Case) -> None:
    assert inspect.unwrap(optimiser.explain) is explain


def test_the_command(case: Case, tmp_path: Path) -> None:
    book = str(workbook(case, tmp_path / "case.xlsx"))
    status, text = run("explain", book)
    assert status == 0
    assert text.strip() == explain(case).text().strip()
    status, text = run("explain", book, "first", "--json")
    assert status == 0
    assert list(json.loads(text)["initiatives"]) == ["first"]
    status, text = run("explain", book, "--json", "--part", "prices", "--part", "rules")
    assert list(json.loads(text)) == ["status", "prices", "rules"]
    assert run("explain", book, "nobody")[0] == 2
    assert run("explain", book, "--scenario", "nothing")[0] == 2
    broken = str(workbook(checked(BROKEN), tmp_path / "broken.xlsx"))
    assert run("explain", broken)[0] == 4


def test_progress_from_the_start(case: Case, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["explain", str(workbook(case, tmp_path / "case.xlsx")), "--part", "rules"])
    assert done.stderr.startswith("Reading ")


def sheet(data: BytesIO) -> Sequence[Sequence[object]]:
    return list(openpyxl.load_workbook(data)["Why"].iter_rows(values_only=True))


def test_the_sheet(case: Case) -> None:
    plan = verbs.solve(case)
    found = explain(case, plan=plan)
    made = BytesIO()
    write_plan(plan, made, found)
    rows = sheet(made)
    assert rows[0][0] == "Each initiative"
    second = next(r for r in rows if r[0] == "second")
    assert second[2] == found.json()["initiatives"]["second"]["sentence"]
    claim = found.reasons[1].would_change[0]
    assert [claim.changes[0][c] for c in ("sheet", "where", "column", "change")] in [list(r[3:7]) for r in rows]
    assert verify_workbook(made.getvalue()) == []
    again = BytesIO()
    write_plan(plan, again, explain(case, plan=plan))
    assert again.getvalue() == made.getvalue()


def test_solve_adds_the_sheet(case: Case, tmp_path: Path) -> None:
    book, plan = workbook(case, tmp_path / "case.xlsx"), tmp_path / "plan.xlsx"
    assert run("solve", str(book), "-o", str(plan), "--why")[0] == 0
    assert "Why" in openpyxl.load_workbook(plan).sheetnames
    assert run("verify", str(plan))[0] == 0


def test_a_repair_becomes_a_scenario(tmp_path: Path) -> None:
    """In one call: the copy of the workbook holds it, and with it there is a plan."""
    book, cured = str(workbook(checked(BROKEN), tmp_path / "broken.xlsx")), str(tmp_path / "cured.xlsx")
    assert run("explain", book, "--repair", "1", "-o", cured)[0] == 4
    assert run("solve", cured)[0] == 4
    assert run("solve", cured, "--scenario", "repair 1")[0] == 0
    assert run("explain", book, "--repair", "99", "-o", cured)[0] == 2
    assert run("explain", book, "--repair", "1")[0] == 2


def test_costs_of_changes_are_settable(tmp_path: Path) -> None:
    book = str(workbook(checked(BROKEN), tmp_path / "broken.xlsx"))
    costs = {}
    for each in ("1", "1000"):
        status, text = run("explain", book, "--json", "--part", "repairs", "--cost", f"fte_period={each}")
        assert status == 4
        staff = [r for r in json.loads(text)["repairs"] if any(c["sheet"] in ("Staff", "Needs") for c in r["changes"])]
        costs[each] = staff[0]["cost"]
    assert costs["1000"] == pytest.approx(1000 * costs["1"])
    assert run("explain", book, "--cost", "weather=3")[0] == 2
    assert run("explain", book, "--cost", "money=much")[0] == 2


def test_the_margin_is_settable(case: Case) -> None:
    narrow, wide = (explain(case, parts=["core"], margin=margin).core for margin in (0.0001, 0.5))
    assert narrow is not None
    assert wide is not None
    assert len(wide.of("sometimes")) > len(narrow.of("sometimes"))
    assert "within 50% of the best" in explain(case, parts=["core"], margin=0.5).text()


def test_the_limit_that_is_worth_most_is_the_one_of_the_page_however_many_steps_it_takes() -> None:
    """The pool pays for nine small ones more, step by step; the grant for one large one."""
    small = [
        {"initiative": f"s{n}", "theme": "many", "lead": "a", "request": 100, "score": 21 - n} for n in range(1, 10)
    ]
    case = checked(
        {
            "Agencies": BASE["Agencies"],
            "Funds": [
                {"fund": "pool", "amount": 100, "allowed": "theme = many"},
                {"fund": "grant", "amount": 100, "allowed": "theme = one"},
            ],
            "Initiatives": [
                *small,
                {"initiative": "first", "theme": "many", "lead": "a", "request": 100, "score": 90},
                {"initiative": "large", "theme": "one", "lead": "a", "request": 300, "score": 60},
            ],
        }
    )
    found = explain(case, parts=["prices"])
    assert [p.item for p in found.prices[:2]] == ["pool", "grant"]
    assert found.prices == tuple(prices(case))
    assert "Worth most: $900 more in pool brings $144" in found.text()
    assert "then less and less for the next $500, then nothing" in found.text().replace("\n    ", " ")


def test_a_name_is_never_written_otherwise() -> None:
    """At $20 more an initiative comes that is all or nothing: said of the fund as the case writes it."""
    ones = [{"initiative": k, "lead": "a", "request": 60, "all_or_nothing": "yes"} for k in ("x", "y")]
    found = explain(
        checked({"Agencies": BASE["Agencies"], "Funds": [{"fund": "Fund", "amount": 100}], "Initiatives": ones}),
        parts=["prices"],
    )
    assert "Worth most: Fund: nothing for the next $20" in found.text() or "more in Fund brings" in found.text()
    assert "fund:" not in found.text()


def test_steps_that_read_alike_are_read_as_one(case: Case) -> None:
    steps = (Step(1.712e-5, 100.0), Step(1.709e-5, 50.0), Step(1.0e-5, 25.0))
    price = Price("fund", "pool", "money", steps)
    said = Words(case).steps(price)
    assert said == (
        "$1.71 of weighted delivery per $100,000 for the next $150, then $1 of weighted delivery per $100,000 for the next $25"
    )


def test_a_step_that_is_shown_as_nothing_is_not_said(case: Case) -> None:
    """Nobody adds 0 FTE; where there is no other step it is said none the less."""
    words, tiny = Words(case), Step(1.0, 0.004)
    steps = (tiny, Step(0.5, 2.0), Step(0.0, 3.0))
    assert words.steps(Price("fund", "pool", "money", steps)).startswith(
        "$0.50 of weighted delivery per $1 for the next $2"
    )
    assert words.steps(Price("fund", "pool", "money", steps)).endswith(", then nothing")
    assert words.steps(Price("fund", "pool", "money", (tiny,)))


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the children of a process")
def test_no_worker_outlives_a_killed_explanation(tmp_path: Path) -> None:
    source = (
        "import sys; from optimiser.command_line import main; sys.argv = ['optimiser', 'explain', sys.argv[1]]; main()"
    )
    case = Path(__file__).parents[2] / "data" / "gun-violence.xlsx"
    with subprocess.Popen(
        [sys.executable, "-c", source, str(case)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()  # it is under way
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        process.kill()
    assert children
    deadline = time.monotonic() + 20
    while any(map(_works, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [child for child in children if _works(child)]


def _works(process: str) -> bool:
    """Whether a process is there, and not only its exit status that nobody has asked for."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_is_worth_something_later_is_not_denied(case: Case) -> None:
    """The next unit of money is worth nothing, but later ones are: then nobody says that more money would do nothing."""
    words, none = Words(case), Bottleneck(0.0, "", ())
    lumpy = Price("fund", "pool", "money", (Step(0.0, 100.0), Step(0.8, 50.0)), name="Pool")
    idle = Price("fund", "pool", "money", (Step(0.0, 100.0),), name="Pool")
    assert not any("Neither" in line for line in words.part("prices", [lumpy], none))
    assert any("Neither more money nor more people" in line for line in words.part("prices", [idle], none))


def test_people_of_a_rule_are_fte_where_there_is_one_period(case: Case) -> None:
    price = Price("rule", "few", "FTE·periods", (Step(0.0, 0.5), Step(2.0, 1.0)), name="the rule few")
    assert case.facts.size("period") == 1
    assert "for the next 0.5 FTE, then" in Words(case).steps(price)
