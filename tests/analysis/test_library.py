"""The library of named rules: read, searched, inserted; every entry compiles, solves and is kept in a fitting case."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.library import (  # fmt: skip
    Entry,
    LibraryError,
    entries,
    entry_of,
    insert,
    programmes,
    search,
    set_of,
    table,
    together,
)
from optimiser.case.grantors import set_by_words
from optimiser.case.reading.workbook import tables_from
from optimiser.case.spec import BY_NAME, RULE_KINDS, SET_BY
from optimiser.case.table import Table
from optimiser.model.rules import rules_of, sentence
from optimiser.plan.tables import Plan
from tests.rules.fitting import ANSWERS, fitting, with_entry
from tests.rules.small import checked

ROOT = Path(__file__).parents[2]


def tables(**sheets: list[dict[str, object]]) -> dict[str, Table]:
    """The tables of the fitting case."""
    return dict(tables_from({**fitting(), **sheets}).tables)


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.key)
def test_every_entry_compiles_solves_and_is_kept(entry: Entry) -> None:
    case = with_entry(entry.key)
    assert [str(w) for w in case.warnings if w.sheet == "Rules"] == []
    plan = verbs.solve(case)
    assert plan.status in ("optimal", "within_gap")
    assert verbs.verify(plan) == []
    assert sum(plan.tables["Awards"]["award"]) > 300000
    hard = plan.tables["Compliance"].take(plan.tables["Compliance"]["hard"])
    assert hard["kept"].all()
    assert len(case.tables["Rules"]) == len(entry.rows)
    for rule in rules_of(case.facts):
        assert sentence(case.facts, rule).endswith(".")
        assert rule.authority == f"{entry.programme}: {entry.citation}"
        assert (rule.set_by, rule.waiver) == (entry.set_by, entry.waiver)
        assert "{" not in "".join((rule.name, rule.where, rule.of, rule.note))


BITE = [
    "stop-set-asides",
    "stop-match",
    "voca-administration",
    "jag-states",
    "jag-shares",
    "jag-local",
    "jag-local-capped",
    "jag-local-direct",
    "jag-disparate",
    "jag-sorna",
    "jag-territories",
    "cops-size-classes",
    "cops-no-supplanting",
    "hsgp-terrorism-prevention",
    "hsgp-election-security",
    "juvenile-core-requirements",
    "juvenile-withheld",
    "hidta-reprogramming",
    "cdbg-low-income",
    "better-care-performance",
    "police-damping",
]
"""Entries that the plan without rules breaks, so that it matters here that they are kept."""


@cache
def without_rules() -> Plan:
    """The plan of the fitting case without any rule."""
    return verbs.solve(checked(fitting()))


@pytest.mark.parametrize("key", BITE)
def test_the_plan_without_the_rule_would_break_it(key: str) -> None:
    free = without_rules()
    broken = verbs.verify_tables(with_entry(key), {n: t for n, t in free.tables.items() if n != "Compliance"})
    soft = any(not row.get("hard", True) for row in entry_of(key).rows)
    assert soft or any(b.constraint == "rule" for b in broken)


def test_the_facts_of_an_entry_are_complete() -> None:
    for entry in entries():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", entry.key)
        assert re.fullmatch(r"20\d\d-\d\d", entry.as_of)
        assert all((entry.name, entry.number, entry.citation, entry.source))
        assert entry.set_by in SET_BY
        assert entry.waiver == entry.waiver.strip(" .")
        assert entry.rows or "Built into" in entry.note
        for row in entry.rows:
            assert row.get("kind", "limit") in RULE_KINDS
            assert set(row) <= {c.name for c in BY_NAME["Rules"].columns}
            assert "{grant}" in row["rule"] or "{withheld}" in row["rule"]
        for place, says in entry.needs:
            sheet, _, column = place.partition(".")
            assert BY_NAME[sheet].attributes
            assert column not in BY_NAME[sheet].names
            assert says
        assert all(key in {e.key for e in entries()} for key in entry.replaces)
    keys = [e.key for e in entries()]
    assert len(set(keys)) == len(keys) >= 40
    assert set(ANSWERS) <= set(keys)


def test_every_file_is_shipped_with_the_package() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    assert "*.toml" in shipped.get("*", []) + shipped.get("optimiser.library", [])
    listed = sorted(p.name for p in (ROOT / "optimiser" / "library").iterdir())
    assert len(listed) == len(programmes())
    assert all(name.endswith(".toml") for name in listed)


def test_search_finds_by_programme_number_citation_and_kind() -> None:
    assert [e.key for e in search("stop set-asides")] == ["stop-set-asides"]
    assert [e.key for e in search("6 USC 609")] == ["hsgp-personnel"]
    assert {e.key for e in search("earned")} == {"jag-sorna", "juvenile-withheld", "better-care-performance"}
    assert {e.key for e in search("personnel")} >= {"hsgp-personnel"}
    assert search("no such thing") == ()
    assert len(table()) == len(entries())


def test_a_set_leaves_out_what_is_replaced() -> None:
    keys = [e.key for e in set_of("byrne jag")]
    assert "jag-states" in keys
    assert not {"jag-shares", "jag-local", "jag-local-capped"} & set(keys)
    with pytest.raises(LibraryError, match="did you mean VAWA STOP"):
        set_of("VAWA STOPP")


def test_inserting_fills_in_the_grant_and_its_authority() -> None:
    rows = insert(tables(), entry_of("stop-set-asides"), "grant")
    assert [r["rule"] for r in rows] == [
        "Grant: law enforcement", "Grant: prosecution", "Grant: victim services", "Grant: culturally specific services",
        "Grant: courts",
    ]  # fmt: skip
    assert rows[0]["where"] == "fund = Grant ; theme = law enforcement"
    assert rows[0]["authority"] == "VAWA STOP: 34 USC 10446(c)(4)"
    assert (rows[0]["at_least"], rows[0]["at_most"], rows[0]["of"]) == (0.25, None, "amount")
    assert set(rows[0]) == {c.name for c in BY_NAME["Rules"].columns}


def test_names_with_signs_of_the_grammar_are_quoted_and_taken_names_get_a_number() -> None:
    funds = [{"fund": "G=1; new", "amount": 400000}]
    rules = [{"rule": "g=1; new: personnel", "at_most": 1e9}]
    [row] = insert(tables(Funds=funds, Rules=rules), entry_of("hsgp-personnel"), "G=1; new")  # type: ignore[arg-type]
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
        insert(tables(Initiatives=without, Costs=[], Needs=[]), entry_of("stop-set-asides"), "Grant")  # type: ignore[arg-type]
    with pytest.raises(LibraryError, match="did you mean jag-states"):
        entry_of("jag-state")


def page() -> str:
    """The page of the library, written from its entries."""
    lines = [
        "# The library of named grant rules", "",
        "Pick an entry, name the grant, and its rows are added to the sheet Rules with number, authority and note. The",
        "numbers are those of the date given: they change, and each is plain data in `optimiser/library/` that anybody can",
        "edit, as is the row once it is inserted. Check the current text before you rely on one.", "",
        "An entry that replaces others says the same more fully: insert one of them. *Approximated* says what the rows",
        "leave out. *Needs* are columns that the case must have first. *Set by* says who may change it: a statute (or",
        "regulation), the award's conditions, an agreement, or the committee's own policy; a waiver names who may grant it.", "",
        "```", "optimiser rules --search \"stop set-asides\"", "optimiser rules --show stop-set-asides",
        "optimiser rules CASE.xlsx --insert stop-set-asides --fund \"STOP grant\" -o COPY.xlsx", "```",
    ]  # fmt: skip
    for programme in programmes():
        mine = [e for e in entries() if e.programme == programme]
        lines += ["", f"## {programme}", "", f"{mine[0].source}.", ""]
        lines += [
            "| entry | says | as of | citation | set by | rows | worth knowing |",
            "|---|---|---|---|---|---|---|",
        ]
        for e in mine:
            kinds = ", ".join(f"[{k}]({k}.md)" for k in e.kinds)
            rows = f"{len(e.rows)} {kinds}" if e.rows else "built in"
            replaces = f"Replaces {', '.join(f'`{k}`' for k in e.replaces)}." if e.replaces else ""
            approximated = f"*Approximated:* {e.approximated}" if e.approximated else ""
            needs = "*Needs* " + ", ".join(f"`{place}` ({says})" for place, says in e.needs) + "." if e.needs else ""
            cells = (
                f"`{e.key}`: {e.name}",
                e.number,
                e.as_of,
                e.citation,
                set_by_words(e.set_by, e.waiver),
                rows,
                " ".join(filter(None, (e.note, replaces, approximated, needs))),
            )
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_page_lists_every_entry() -> None:
    path = ROOT / "docs" / "rules" / "library.md"
    if os.environ.get("OPTIMISER_WRITE_GOLDEN"):
        path.write_text(page(), "utf-8")
    assert path.read_text("utf-8") == page(), "run this test with OPTIMISER_WRITE_GOLDEN=1 to write the page again"
