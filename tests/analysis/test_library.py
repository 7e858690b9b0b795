"""The library of named rules: read, searched, inserted; every entry compiles, solves and is kept in a fitting case."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.library import (
    BINDS,
    CONFIDENCE,
    Entry,
    LibraryError,
    binds_words,
    entries,
    entry_of,
    programmes,
)
from optimiser.analysis.rulebook.library_rows import insert, number_of, together
from optimiser.analysis.rulebook.unsaid import UNSAID
from optimiser.case.grantors import set_by_words
from optimiser.case.reading.workbook import tables_from
from optimiser.case.spec import BY_NAME, RULE_KINDS, SET_BY
from optimiser.case.table import Table
from optimiser.model.rules import compile_rules, rules_of, sentence
from optimiser.model.rules.terms import Limits, Term, incidence
from optimiser.plan.derive import readings
from optimiser.plan.entries import plan_entries
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan
from optimiser.plan.verify import verify
from tests.rules.fitting import ANSWERS, fitting, with_entry
from tests.rules.small import checked

ROOT = Path(__file__).parents[2]


def tables(**sheets: list[dict[str, Any]]) -> dict[str, Table]:
    """The tables of the fitting case."""
    return dict(tables_from({**fitting(), **sheets}).tables)


@cache
def plan_of(key: str) -> Plan:
    """The plan of the case made for an entry, to the cent."""
    return verbs.solve(with_entry(key, rounding=0.01))


@pytest.mark.first(25)
@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.key)
def test_every_entry_compiles_solves_and_is_kept(entry: Entry) -> None:
    """To the cent; and each rule says the numbers of its entry."""
    plan = plan_of(entry.key)
    case = plan.case
    assert [str(w) for w in case.warnings if w.sheet == "Rules"] == []
    assert plan.status in ("optimal", "within_gap")
    assert plan.proof.whole
    assert verbs.verify(plan) == []
    assert sum(plan.tables["Awards"]["award"]) > 50000
    hard = plan.tables["Compliance"].take(plan.tables["Compliance"]["hard"])
    assert hard["kept"].all()
    assert len(case.tables["Rules"]) == len(entry.rows)
    said: set[float] = set()
    for rule in rules_of(case.facts):
        assert sentence(case.facts, rule).endswith(".")
        said |= figures(sentence(case.facts, rule))
        assert rule.authority == f"{entry.programme}: {entry.citation}"
        assert (rule.set_by, rule.waiver, rule.note) == (entry.set_by, entry.waiver, entry.explained)
        assert "{" not in "".join((rule.name, rule.where, rule.of, rule.note))
    for row in entry.rows:
        for column in ("at_least", "at_most"):
            if isinstance(row.get(column), float | int) and row.get("kind") != "formula":
                assert any(abs(n - row[column]) < 1e-6 for n in said), (entry.key, row[column], said)


@pytest.mark.first(60)
@pytest.mark.parametrize("entry", [e for e in entries() if e.rows], ids=lambda e: e.key)
def test_every_rule_of_an_entry_broken_by_hand_is_found(entry: Entry) -> None:
    plan = plan_of(entry.key)
    for rule in compile_rules(plan.case.facts):
        if not rule.rule.hard:  # it may be broken, and the plan then says so
            assert any(
                read.reading.headroom < -1
                for read in readings(plan.case.facts, decode(plan.case.facts, halved(plan)))
                if read.compiled.rule.name == rule.rule.name
            )
        else:
            broken = [
                limits for limits in rule.blocks if any(broken_by_hand(plan, limits, k) for k in range(len(limits)))
            ]
            assert len(broken) == len(rule.blocks), rule.rule.name


def halved(plan: Plan) -> dict[str, Table]:
    """The plan's tables with half of the money on every line."""
    spend = plan.tables["Spend"]
    return {**plan.tables, "Spend": spend.replace(money=spend["money"] / 2)}


@pytest.mark.parametrize("entry", [e for e in entries() if e.fund], ids=lambda e: e.key)
def test_what_an_entry_sets_of_its_grant_broken_by_hand_is_found(entry: Entry) -> None:
    """Money spent after the last period, carried over beyond the share, or counted as match of another fund."""
    plan, cells = plan_of(entry.key), dict(entry.fund)
    [grant] = [r for r in plan.case.tables["Funds"].records() if r["fund"] == "Grant"]
    line: dict[str, Any] = {
        "fund": "Grant",
        "agency": "City",
        "initiative": "law enforcement 0",
        "category": "general",
        "money": 10.0,
    }
    if "last" in cells:
        assert grant["last"] == "Y2"
        changed = {"Spend": with_line(plan, "Spend", {**line, "period": "Y3"})}
    elif "carryover" in cells:
        assert grant["carryover"] == cells["carryover"]
        spend = plan.tables["Spend"]
        late = np.where(spend["fund"] == "Grant", "Y2", spend["period"])
        changed = {"Spend": spend.replace(period=late)}
    else:
        assert (set(cells), bool(grant["can_match"])) == ({"can_match"}, False)
        line |= {"fund": "Local", "kind": "cash", "source": "Grant"}
        changed = {"Match": with_line(plan, "Match", line)}
    assert verify(plan.case, plan.tables) == []
    assert any("Grant" in b.item for b in verify(plan.case, {**plan.tables, **changed}))


TABLE = {"money": ("Spend", "money"), "staff": ("Posts", "fte"), "match": ("Match", "money")}


def broken_by_hand(plan: Plan, limits: Limits, k: int) -> bool:
    """Whether the limit is found broken by the check of the plan's tables, after a change of lines that an eye can see:
    what must not be is added, what must be is taken away, or more is added to what it is a share of."""
    term = limits.left[0]
    sheet, column = TABLE[term.measure]
    table = plan.tables[sheet]
    limit, entry, _ = incidence(
        term, plan_entries(plan.case.facts, plan.tables)[term.measure, term.outcome], len(limits)
    )
    lines = np.isin(np.arange(len(table)), entry[limit == k])
    tried = []
    if not limits.at_least:
        tried.append((sheet, with_line(plan, sheet, line_in(plan, term, k))))
    elif lines.any():
        tried.append((sheet, table.replace(**{column: np.where(lines, 0.0, table[column])})))
    if limits.at_least and limits.right:
        base = TABLE[limits.right[0].measure][0]
        tried.append((base, with_line(plan, base, line_in(plan, limits.right[0], k, term))))
    broken = (verify(plan.case, {**plan.tables, sheet: changed}) for sheet, changed in tried)
    return any(b.constraint == "rule" and b.item.startswith(limits.rule) for found in broken for b in found)


def with_line(plan: Plan, sheet: str, line: dict[str, Any] | None) -> Table:
    """A table of the plan with one line more."""
    table = plan.tables[sheet]
    if line is None:
        return table
    return Table.of(
        sheet,
        table.columns,  # type: ignore[arg-type]
        [*([r[c] for c in table.columns] for r in table.records()), [line[c] for c in table.columns]],
    )


def line_in(plan: Plan, term: Term, k: int, out_of: Term | None = None) -> dict[str, Any] | None:
    """A line that a sum takes in, and another does not: the first such member of each dimension; None where it takes none."""
    facts, member, line = (
        plan.case.facts,
        dict(term.member),
        {"money": 5e8, "fte": 5e3, "kind": "cash", "source": "Local"},
    )
    for dimension in ("fund", "agency", "initiative", "category", "period", "role"):
        chosen = np.asarray(term.weights.get(dimension, np.ones(facts.size(dimension))) > 0)
        if dimension in member:
            chosen = chosen & (member[dimension] == k)
        other = (
            chosen & ~(np.asarray(out_of.weights[dimension]) > 0) if out_of and dimension in out_of.weights else chosen
        )
        if not chosen.any():
            return None
        line[dimension] = facts.names[dimension][int(np.flatnonzero(other if other.any() else chosen)[0])]
    return {**line, "fills": line["role"]}


BITE = [
    "stop-set-asides", "stop-match", "voca-administration", "jag-states", "jag-shares", "jag-local", "jag-local-capped",
    "jag-local-direct", "jag-disparate", "jag-sorna", "jag-territories", "cops-size-classes", "cops-no-supplanting",
    "hsgp-terrorism-prevention", "hsgp-election-security", "juvenile-core-requirements", "juvenile-withheld",
    "hidta-reprogramming", "cdbg-low-income", "better-care-performance", "police-damping",
]  # fmt: skip
"""Entries that the plan without rules breaks, so that it matters here that they are kept."""


@cache
def without_rules() -> Plan:
    """The plan of the whole fitting case without any rule."""
    return verbs.solve(checked(fitting()))


@pytest.mark.parametrize("key", BITE)
def test_the_plan_without_the_rule_would_break_it(key: str) -> None:
    free = without_rules()
    broken = verify(with_entry(key, fitting()), {n: t for n, t in free.tables.items() if n != "Compliance"})
    soft = any(not row.get("hard", True) for row in entry_of(key).rows)
    assert soft or any(b.constraint == "rule" for b in broken)


def test_the_facts_of_an_entry_are_complete() -> None:
    for entry in entries():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.key)
        assert all((entry.name, entry.number, entry.base, entry.citation, entry.source, entry.words)), entry.key
        assert entry.set_by in SET_BY
        assert entry.binds, entry.key
        assert set(entry.binds) <= set(BINDS), entry.key
        assert entry.confidence in CONFIDENCE
        assert re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", entry.read), entry.key
        assert bool(entry.text) or entry.confidence == "memory", f"{entry.key} was read in no text"
        assert entry.text or not entry.read, entry.key
        for said in (entry.waiver, entry.text, entry.number, entry.base, entry.citation):
            assert said == said.strip(" ."), (entry.key, said)
        for said in (entry.exceptions, entry.note, entry.approximated, entry.past):
            assert said == "" or said.endswith("."), (entry.key, said)
        assert entry.rows or entry.fund or entry.note, f"{entry.key} says not what to do"
        for row in entry.rows:
            assert row.get("kind", "limit") in RULE_KINDS
            assert set(row) <= {c.name for c in BY_NAME["Rules"].columns}
            assert "{grant}" in row["rule"] or "{withheld}" in row["rule"]
        assert {column for column, _ in entry.fund} <= {c.name for c in BY_NAME["Funds"].columns}
        for place, says in entry.needs:
            sheet, _, column = place.partition(".")
            assert BY_NAME[sheet].attributes
            assert column not in BY_NAME[sheet].names
            assert says
        assert all(key in {e.key for e in entries()} for key in entry.replaces)
    keys = [e.key for e in entries()]
    assert len(set(keys)) == len(keys) >= 40
    assert set(ANSWERS) <= set(keys)


def test_a_notice_has_its_years_in_its_name_and_an_end() -> None:
    for entry in entries():
        assert entry.years == tuple(sorted(set(entry.years)))
        if entry.years:
            assert entry.last_day is not None
            for year in (entry.years[0], entry.years[-1]):
                assert re.search(rf"FY {year}|{year - 1}-{year % 100:02}", entry.name), entry.key
        said = re.findall(r"FY (\d{4})", f"{entry.name} {entry.citation}")
        assert set(map(int, said)) <= set(entry.years), f"{entry.key}: a notice of a year needs `years`"


def test_what_is_not_confirmed_says_so_and_comes_last() -> None:
    order = [(bool(e.past), list(CONFIDENCE).index(e.confidence)) for e in entries()]
    assert order == sorted(order)
    for entry in entries():
        assert (entry.confidence == "read") == (CONFIDENCE[entry.confidence] == "")
        if entry.confidence != "read":
            assert entry.source_words.startswith(CONFIDENCE[entry.confidence])
            assert CONFIDENCE[entry.confidence] in entry.explained
    memory = {e.key for e in entries() if e.confidence == "memory"}
    assert memory >= {"jag-territories", "hidta-reprogramming", "police-damping", "guidance-single-match"}


FIGURE = re.compile(r"\$?(\d[\d,]*(?:\.\d+)?)(%?)")
WORDS = {"half": 0.5, "two thirds": 2 / 3, "none": 0.0, "nothing": 0.0}


def figures(text: str) -> set[float]:
    """The numbers of a text: percentages as shares, `none` as 0."""
    found = {float(n.replace(",", "")) / (100 if share else 1) for n, share in FIGURE.findall(text)}
    return found | {value for word, value in WORDS.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)}


def says(stated: set[float], value: float) -> bool:
    """Whether a number of a row stands in the words: itself, what is left of 1 (a federal share), or what is above 1."""
    return any(abs(each - stood) < 5e-5 * max(1, each) for each in (value, 1 - value, value - 1) for stood in stated)


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.key)
def test_rows_and_words_of_an_entry_have_the_same_numbers(entry: Entry) -> None:
    stated = figures(entry.number)
    held = {0.0} if dict(entry.fund).get("can_match") is False else set()
    for row in entry.rows:
        for column in ("at_least", "at_most"):
            cell = row.get(column)
            if cell is None:
                continue
            if isinstance(cell, str) and "{" not in cell:
                cell = number_of(cell, {})
            mine = {float(cell)} if not isinstance(cell, str) else {n for n in figures(PLACE.sub("", cell)) if n != 1}
            held |= mine
            assert all(says(stated, n) for n in mine), (entry.key, row["rule"], mine, stated)
            if row.get("kind", "limit") == "limit" and mine:
                words = {"at_least": "at least|exactly|reserve", "at_most": "at most|exactly|none|less than|less for"}[
                    column
                ]
                assert re.search(words, entry.number), (entry.key, column)
        if row.get("kind") in ("formula", "earned"):
            clauses = {n for n in figures(row["of"]) if n != 1}
            held |= clauses
            assert all(says(stated, n) for n in clauses), (entry.key, clauses, stated)
        held |= {float(n) for n in re.findall(r"[<>]=? (\d+)", row["where"])}
        held |= {float(n) for n in re.findall(r"(?:greater|lesser) (\d+)", row.get("of", ""))}
        if row.get("kind") == "earned":
            held |= {1 - n / 100 for n in figures(entry.note)} | {1.0}
    if entry.rows and not any("{" in str(r.get(c, "")) for r in entry.rows for c in ("at_least", "at_most")):
        told = {n for n in stated if not says(held | {1 - h for h in held} | {h - 1 for h in held}, n)}
        assert told <= UNHELD.get(entry.key, set()), (entry.key, told, held)


PLACE = re.compile(r"\{\w+\}")
UNHELD = {
    "hsgp-pass-through": {45.0}, "cyber-local": {45.0}, "scip-local": {10000.0}, "slfrf-obligated": {31.0, 2024.0},
    "esg-shelter": {2010.0}, "juvenile-shares": {18.0, 75.0, 4e5, 6e5}, "suptrs-women": {1994.0}, "fvpsa-match": {1.0, 5.0},
    "cops-retention": {12.0}, "juvenile-withheld": {0.5}, "jag-local": {10.0},
    "jag-local-capped": {10.0}, "jag-local-direct": {10.0},
}  # fmt: skip
"""What a text says beside what the rows hold: days and months, years of reports, what is computed outside."""


def test_every_file_is_shipped_with_the_package() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    assert "*.toml" in shipped.get("*", []) + shipped.get("optimiser.library", [])
    listed = sorted(p.name for p in (ROOT / "optimiser" / "library").iterdir())
    assert len(listed) == len(programmes())
    assert all(name.endswith(".toml") for name in listed)


def test_inserting_fills_in_the_grant_and_its_authority() -> None:
    rows = insert(tables(), entry_of("stop-set-asides"), "grant")
    assert [r["rule"] for r in rows] == [
        "Grant: law enforcement", "Grant: prosecution", "Grant: victim services", "Grant: culturally specific services",
        "Grant: courts",
    ]  # fmt: skip
    assert rows[0]["where"] == "fund = Grant ; theme = law enforcement"
    assert rows[0]["authority"] == "VAWA STOP: 34 USC 10446(c)(4)"
    assert (rows[0]["at_least"], rows[0]["at_most"], rows[0]["of"]) == (0.25, None, "amount; lesser request")
    assert set(rows[0]) == {c.name for c in BY_NAME["Rules"].columns}


def test_names_with_signs_of_the_grammar_are_quoted_and_taken_names_get_a_number() -> None:
    funds = [{"fund": "G=1; new", "amount": 400000}]
    rules = [{"rule": "g=1; new: personnel", "at_most": 1e9}]
    [row] = insert(tables(Funds=funds, Rules=rules), entry_of("hsgp-personnel"), "G=1; new")
    assert row["where"] == 'fund = "G=1; new" ; category = personnel'
    assert row["rule"] == "G=1; new: personnel (2)"
    twice = together(tables(), [entry_of("hsgp-personnel")] * 2, "Grant")
    assert [r["rule"] for r in twice] == ["Grant: personnel", "Grant: personnel (2)"]


def test_numbers_are_calculated_from_what_is_asked() -> None:
    [row] = insert(tables(), entry_of("juvenile-core-requirements"), "Grant", state="Alpha", missed=2)
    assert row["at_most"] == 0.6
    [row] = insert(tables(), entry_of("guidance-transfers"), "Grant", category="personnel", budgeted="30%")
    assert (row["at_least"], row["at_most"]) == (0.2, 0.4)
    [row] = insert(tables(), entry_of("jag-variable-pass-through"), "Grant", state="Alpha", spending_share=0.4)
    assert row["at_most"] == 0.24
    [row] = insert(tables(), entry_of("cdbg-timeliness"), "Grant", checked="Y2", annual_grant=1, available=4)
    assert row["at_least"] == 0.625
    [row] = insert(tables(), entry_of("stop-match"), "Grant", exempt_theme="courts")
    assert row["where"] == "fund = Grant ; theme != courts ; tribal != yes"


@pytest.mark.parametrize(
    ("key", "fund", "answers", "words"),
    [
        ("hsgp-personnel", "Grand", {}, "did you mean Grant"),
        ("hsgp-personnel", "Grant", {"role": "officer"}, "does not ask for role: it asks for nothing"),
        ("jag-variable-pass-through", "Grant", {}, "asks for state: the state"),
        ("jag-variable-pass-through", "Grant", {"state": "Gamma"}, 'no area "Gamma" in the case'),
        ("juvenile-core-requirements", "Grant", {"state": "Alpha", "missed": "two"}, '"two" is no number'),
        ("jag-administration", "Grant", {"administration": "overhead"}, "column = value"),
        ("cdbg-timeliness", "Grant", {"checked": "Y1", "annual_grant": 1, "available": 0}, "divides by 0"),
        ("guidance-transfers", "Grant", {"category": "fuel", "budgeted": 1}, 'no category "fuel"'),
        ("jag-disparate", "Grant", {"units": "City | Town", "joint_award": 1}, 'no agency "Town"'),
    ],
)
def test_what_cannot_be_inserted_is_explained(key: str, fund: str, answers: dict[str, str | float], words: str) -> None:
    with pytest.raises(LibraryError, match=re.escape(words)):
        insert(tables(), entry_of(key), fund, **answers)


def test_missing_columns_are_named_with_what_stands_in_them() -> None:
    without = [{"initiative": "X", "request": 1}]
    with pytest.raises(LibraryError, match="add the column culturally_specific to Initiatives"):
        insert(tables(Initiatives=without, Costs=[], Needs=[]), entry_of("stop-set-asides"), "Grant")
    with pytest.raises(LibraryError, match="did you mean jag-states"):
        entry_of("jag-state")


def page() -> str:
    """The page of the library, written from its entries."""
    lines = [
        "# The library of named grant rules", "",
        "Pick an entry, name the grant, and its rows are added to the sheet Rules with number, authority and note. Each says",
        "which text was read and when: numbers change, and a text that is older than 18 months should be read again",
        "(`optimiser rules --stale`). Each is plain data in `optimiser/library/` that anybody can edit, as is the row once it",
        "is inserted. Read the text in force before you rely on one.", "",
        "*Not confirmed* stands where no text with the number was read, *second-hand* where only reports of it were; both come",
        "after the others. A notice for some fiscal years has them in its name. *Of* is what a share is taken of. *Set by* says",
        "who may change it: a statute (or regulation), the award's conditions, an agreement, or the committee's own policy; a",
        "waiver names who may grant one. An entry that replaces others says the same more fully: insert one of them.",
        "*Approximated* says what the rows leave out. *Needs* are columns that the case must have first.", "",
        "```", "optimiser rules --search \"victim services\"", "optimiser rules --show stop-set-asides",
        "optimiser rules CASE.xlsx --insert stop-set-asides --fund \"STOP grant\" -o COPY.xlsx",
        "optimiser rules CASE.xlsx --newer", "```", "",
        "A rule that was inserted remembers its entry and the date of its text (column `entry`). When the library has a newer",
        "text, `--newer` and the page Rules, Library, say what is different, how the rule would read, and what it would do to the",
        "plan (\"The new text would cost 14 points\"); there it is tried as a scenario, or taken over.",
    ]  # fmt: skip
    for programme in programmes():
        mine = [e for e in entries() if e.programme == programme]
        lines += ["", f"## {programme}", "", f"{mine[0].source}.", ""]
        lines += [
            "| entry | says | of | citation | text | set by | binds | rows | worth knowing |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for e in mine:
            kinds = ", ".join(f"[{k}]({k}.md)" for k in e.kinds)
            sets = ", ".join(f"`Funds.{column}`" for column, _ in e.fund)
            rows = " and ".join(filter(None, (f"{len(e.rows)} {kinds}" if e.rows else "", sets))) or "none"
            titled = (
                ("", e.past and f"No longer holds. {e.past}"), ("*Except* ", e.exceptions), ("", e.note),
                ("Replaces ", ", ".join(f"`{k}`" for k in e.replaces)), ("*Approximated:* ", e.approximated),
                ("*Needs* ", ", ".join(f"`{place}` ({says})" for place, says in e.needs)),
            )  # fmt: skip
            worth = " ".join(f"{title}{said.rstrip('.')}." for title, said in titled if said)
            cells = (
                f"`{e.key}`: {e.name}", e.number, e.base, e.citation, e.source_words, set_by_words(e.set_by, e.waiver),
                ", ".join(binds_words(e)), rows, worth,
            )  # fmt: skip
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    lines += [
        "", "## What no kind of rule can say", "",
        "`optimiser rules --search` finds these too, and so does the search on the page Rules.", "",
        "| a text asks for | for example | what to do |", "|---|---|---|", *(f"| {u.asks} | {u.who} | {u.instead} |" for u in UNSAID),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def test_the_page_lists_every_entry() -> None:
    path = ROOT / "docs" / "rules" / "library.md"
    if os.environ.get("OPTIMISER_WRITE_GOLDEN"):
        path.write_text(page(), "utf-8")
    assert path.read_text("utf-8") == page(), "run this test with OPTIMISER_WRITE_GOLDEN=1 to write the page again"
