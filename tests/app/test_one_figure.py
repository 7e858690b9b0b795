"""One figure everywhere: what bears the same name is the same on every page, in the report, the workbooks and the text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from optimiser.analysis.what_if.compare import compare
from optimiser.app_pages.shell import downloads, session
from optimiser.desk.state import Draft
from optimiser.papers import as_text
from optimiser.papers.blocks import figures_of
from optimiser.papers.paper import Source, shelf
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import side_by_side as beside
from optimiser.report.documents import plan_text as printed
from optimiser.store.committee import decisions
from tests.app.small import opened, plain
from tests.soak import some_of

EXAMPLES = some_of(("gun-violence", "opioid-response", "task-force"), ("task-force",))
Figures = dict[str, str]
"""What one place says: name of a figure -> the figure as it stands there."""


@pytest.fixture(scope="module", params=EXAMPLES)
def solved(request: pytest.FixtureRequest) -> Draft:
    """An example, solved, and proposed to the committee."""
    draft = session.open_case(session.example(request.param), "From a test", wait=300)
    plan = session.plan(draft)
    assert plan is not None
    assert plan.has_plan
    session.save_version(draft, "For the committee")
    run = session.keep_run(draft)
    assert run is not None
    decisions.propose(session.db(), session.actor(), run.id, "The proposal")
    return draft


def said(at: AppTest) -> str:
    """All that a page says, as a reader sees it."""
    return plain(" ".join(str(e.value) for e in [*at.title, *at.header, *at.markdown, *at.caption]))


def found(text: str, **patterns: str) -> Figures:
    """The figures of these patterns; each that is there must be the same wherever the text says it."""
    made = {}
    for name, pattern in patterns.items():
        values = set(re.findall(pattern, text))
        assert len(values) <= 1, (name, values)
        made.update({name: values.pop()} if values else {})
    return made


def headings(text: str) -> Figures:
    """What any page may say of the plan: it is then the same as everywhere."""
    return found(text, people=rf"{FTE} of staff", funded=FUNDED, answer=r"-badge\[✓ (?!Kept)([^\]]+)\]")


NUMBER = r"\d[\d,.]*\d|\d"
FTE = rf"((?:{NUMBER}) FTE)"
HIRED = rf"{FTE}(?: of them)? hired"
FUNDED = rf"((?:{NUMBER}) of (?:{NUMBER})) initiatives"


def pages(draft: Draft) -> Iterator[tuple[str, Figures]]:
    start = said(opened(draft))
    yield (
        "Start",
        found(start, people=rf"{FTE} of staff", hired=HIRED, money=r"([$]\S+) (?:of [$]\S+ goes|for )", funded=FUNDED),
    )
    at = opened(draft, "plan")
    shown = {m.label.split(",")[0]: plain(m.value) for m in at.metric}
    label = next(m.label for m in at.metric if m.label.startswith("People"))
    yield "Plan", {
        "people": shown["People"], "money": shown["Money"], "impact": shown["Impact"], "kept": shown["Rules kept"],
        "answer": shown["Answer"], "rules": shown["Rules kept"].partition(" of ")[2],
        **found(plain(label), hired=HIRED), **found(said(at), funded=FUNDED),
    }  # fmt: skip
    rules = said(opened(draft, "rules"))
    yield "Rules", {**found(rules, rules=r"(?:All|\d+ of) (\d+) rules are kept"), **headings(rules)}
    for page in ("why", "pooling", "history", "papers"):
        yield page.capitalize(), headings(said(opened(draft, page)))
    committee = said(opened(draft, "committee"))
    yield (
        "Committee",
        found(
            committee,
            people=rf"## {FTE}",
            hired=HIRED,
            money=r"## ([$]\S+)",
            funded=rf"to {FUNDED}",
            impact=r"## (\S+ points)",
        ),
    )


def papers(draft: Draft, plan: Plan) -> Iterator[tuple[str, Figures]]:
    currency = plan.case.settings.currency
    rows = {r[""]: r["Base"] for r in beside.side_by_side(compare(plan.case, [], with_baselines=False))}
    yield "Side by side", {
        "people": rows["People"].split(",")[0], "money": rows["Money spent"], "impact": rows["Impact"],
        "funded": rows["Initiatives funded"], "answer": rows["Answer"], **found(rows["People"], hired=HIRED),
    }  # fmt: skip
    (proposal,) = decisions.proposals(session.db(), session.actor(), draft.id)
    html = decisions.preview(session.db(), session.actor(), proposal.id).decode()
    figures = {unescape(b): unescape(a) for a, b in re.findall(r"<div><b>([^<]*)</b><span>([^<]*)</span></div>", html)}
    people = next((name, value) for name, value in figures.items() if name.startswith("at work"))
    total = re.search(r"All initiatives</td>.*?<td[^>]*>([^<]*)</td></tr>", html, re.DOTALL)
    assert total is not None
    assert f"{total[1]} FTE" == people[1], "the sum of the column is the figure at the head"
    yield "report", {
        "people": people[1], "money": next(v for n, v in figures.items() if n.startswith("spent")),
        "funded": next(v for n, v in figures.items() if n.startswith("initiatives funded")), **found(people[0], hired=HIRED),
    }  # fmt: skip
    book = load_workbook(io.BytesIO(downloads.plan_workbook(plan)), data_only=True)["Summary"]
    cells: dict[str, Any] = {str(row[0]): row[1] for row in book.iter_rows(values_only=True) if row[0] is not None}
    yield "workbook", {
        "people": words.fte(round(cells["People"], 1)), "money": words.money_short(cells["Spent"], currency),
        "funded": f"{cells['Funded']} of {cells['Initiatives']}",
        **({"hired": words.fte(round(cells["Of them hired"], 1))} if round(cells["Of them hired"], 1) else {}),
    }  # fmt: skip
    yield "command line", found(printed.summary(plan), people=rf"{FTE} of staff", funded=FUNDED)
    source = Source(plan, plan.case, "For a test")
    for name in ("report", "slides", "resolution"):
        paper = shelf()[name]
        for subject in paper.subjects(source):
            content = paper.content(source, subject)
            yield f"paper {name}", of_paper(as_text.write(content).decode(), dict(figures_of(content.blocks)), currency)


def of_paper(text: str, figures: dict[str, float | int], currency: str) -> Figures:
    """What a paper says in sentences, and the figures that it names, as the pages write them."""
    made = found(text, funded=FUNDED, rules=r"All (\d+) rules are kept")
    if "spend" in figures:
        made["money"] = words.money_short(figures["spend"], currency)
    if {"funded", "initiatives"} <= figures.keys():
        made["funded"] = f"{figures['funded']} of {figures['initiatives']}"
    if "impact" in figures:
        made["impact"] = words.points(figures["impact"], "points")
    return made


@pytest.mark.first(1)
def test_what_bears_the_same_name_is_the_same_everywhere(solved: Draft) -> None:
    plan = session.plan(solved)
    assert plan is not None
    told: dict[str, dict[str, str]] = {}
    for place, figures in [*pages(solved), *papers(solved, plan)]:
        for name, value in figures.items():
            told.setdefault(name, {})[place] = value
    for name, by_place in told.items():
        assert len(set(by_place.values())) == 1, (name, by_place)
    least = {"people": 6, "money": 8, "funded": 8, "impact": 5, "rules": 4, "answer": 7}
    for name, places in least.items():
        assert len(told[name]) >= places, (name, told[name])
    if plan.tables["Hires"]["fte"].sum() >= 0.1:
        assert len(told["hired"]) >= 6, told["hired"]
