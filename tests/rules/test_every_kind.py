"""Every kind of rule has its file, its sentence, its golden model, its test and its page, and each of them is true.

A changed formulation shows as a difference of a golden model. Where the change is meant, write them again with
`OPTIMISER_WRITE_GOLDEN=1 python -m pytest tests/rules/test_every_kind.py` and read the difference in git.
"""

from __future__ import annotations

import ast
import difflib
import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from optimiser.case.spec import BY_NAME, RULE_KINDS
from optimiser.model.rules import KINDS, rule_of, sentence, skeleton
from tests.rules.small import Records, case_of, rows, solved
from tests.rules.small import rule_of as written

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "limit": [
        {"where": "theme = guns", "at_least": 0.2, "at_most": 0.6, "of": "amount"},
        {"where": "category = travel", "per": "agency", "at_most": 0.1, "of": "fund = Grant"},
        {"measure": "staff", "at_most": 5, "hard": "no", "penalty": 9},
        {"measure": "level", "per": "theme", "at_least": 0.1},
        {"measure": "staff", "per": "agency, initiative", "at_most": 0.3, "of": "headcount"},
    ],
    "average": [
        {"kind": "average", "at_least": 65},
        {"kind": "average", "measure": "agency.score", "per": "fund", "at_most": 70, "hard": "no", "penalty": 1},
    ],
    "count": [{"kind": "count", "at_least": 1, "at_most": 2, "per": "theme"}],
    "requires": [
        {"kind": "requires", "where": "initiative = A", "of": "theme = training | guns"},
        {"kind": "requires", "where": "initiative = A", "of": "initiative = B", "at_least": 0.4, "hard": "no", "penalty": 7},
    ],
    "excludes": [{"kind": "excludes", "where": "initiative = A | C"}],
    "match": [
        {"kind": "match", "where": "fund = Grant ; theme = guns", "at_least": 0.25},
        {"kind": "match", "where": "fund = Grant", "per": "fund", "at_least": 0.2},
    ],
    "formula": [
        {"kind": "formula", "where": "fund = Grant", "per": "agency", "of": "officers; cap 55%", "at_least": 0.1, "at_most": 0.2}
    ],
    "earned": [{"kind": "earned", "where": "fund = Grant", "per": "agency", "of": "officers"}],
}  # fmt: skip
"""Rules whose rows are kept in tests/rules/golden. A kind that is not here has its samples on its page."""


def samples(kind: str) -> list[dict[str, Any]]:
    """Rules of a kind that can be read and kept."""
    return SAMPLES.get(kind) or examples((ROOT / "docs" / "rules" / f"{kind}.md").read_text("utf-8"))


def complaints(root: Path, kind: str) -> list[str]:
    """What a kind of rule lacks."""
    wanted = {
        "no file": root / "optimiser" / "model" / "rules" / "kinds" / f"{kind}.py",
        "no test": root / "tests" / "rules" / f"test_{kind}.py",
        "no page": root / "docs" / "rules" / f"{kind}.md",
    }
    if kind in SAMPLES:
        wanted["no golden model"] = root / "tests" / "rules" / "golden" / f"{kind}.txt"
    found = [f"{kind} has {what}: {path.relative_to(root)}" for what, path in wanted.items() if not path.exists()]
    for name in ("help", "columns", "limits", "number", "sentence"):
        if getattr(KINDS.get(kind), name, None) in (None, "", ()):
            found.append(f"{kind} has no {name}")
    page = wanted["no page"].read_text("utf-8") if wanted["no page"].exists() else ""
    for column in KINDS[kind].columns if page else ():
        if f"| `{column}` |" not in page:
            found.append(f"the page of {kind} does not say what `{column}` is")
    return found


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_has_everything(kind: str) -> None:
    assert complaints(ROOT, kind) == []


def test_the_kinds_of_the_sheet_are_those_of_the_model() -> None:
    assert tuple(KINDS) == RULE_KINDS
    assert {c for k in KINDS.values() for c in k.columns} < {c.name for c in BY_NAME["Rules"].columns}


def test_a_kind_that_lacks_something_is_found(tmp_path: Path) -> None:
    assert len(complaints(tmp_path, "limit")) == 4
    for line in complaints(tmp_path, "limit"):
        assert line.startswith("limit has no")


@pytest.mark.parametrize("kind", SAMPLES)
def test_golden_model(kind: str) -> None:
    case = case_of(*SAMPLES[kind])
    found = "".join(f"# {sentence(case.facts, written(case, f'r{k + 1}'))}\n" for k in range(len(SAMPLES[kind])))
    found += "\n" + rows(case)
    path = GOLDEN / f"{kind}.txt"
    if os.environ.get("OPTIMISER_WRITE_GOLDEN"):
        path.write_text(found, "utf-8")
    kept = path.read_text("utf-8")
    difference = "\n".join(difflib.unified_diff(kept.splitlines(), found.splitlines(), "kept", "found", lineterm=""))
    assert not difference, f"the rows of {kind} changed:\n{difference}"


# -- what the pages say -----------------------------------------------------------------------------------------------


def examples(page: str) -> list[dict[str, Any]]:
    """The rules in the tables of a page whose first column is `rule`."""
    found: list[dict[str, Any]] = []
    columns: list[str] = []
    for line in page.splitlines():
        cells = [c.strip().strip("`").replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells[:1] == ["rule"]:
            columns = cells
        elif not cells:
            columns = []
        elif columns and not set("".join(cells)) <= set("-: "):
            found.append({c: v for c, v in zip(columns, cells, strict=True) if v})
    return found


def readings(page: str) -> list[str]:
    """The sentences that a page quotes."""
    return [line[2:].strip() for line in page.splitlines() if line.startswith("> ")]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_examples_of_the_page_solve_and_read_as_the_page_says(kind: str) -> None:
    page = (ROOT / "docs" / "rules" / f"{kind}.md").read_text("utf-8")
    rules = examples(page)
    assert len(rules) >= 2
    assert {rule.get("kind", "limit") for rule in rules} == {kind}
    sheets: Records = {}
    said = []
    for rule in rules:
        case = case_of(rule, **sheets)
        solved(case)
        said.append(sentence(case.facts, written(case, rule["rule"])))
    assert readings(page) == said


# -- a kind is three files --------------------------------------------------------------------------------------------


def test_a_kind_that_is_begun_has_everything_and_works(tmp_path: Path) -> None:
    made = skeleton.write(tmp_path, "fair_share")
    assert len(made) == 3
    room = runpy.run_path(str(tmp_path / made[0]))
    kind = room["FairShare"]()
    case = case_of()
    rule = rule_of({"rule": "r", "at_most": 400, "where": "initiative = C"})
    (limits,) = kind.limits(case.facts, rule)
    assert (limits.share.tolist(), kind.number(case.facts, rule).said(400)) == ([400.0], "$400")
    said = kind.sentence(case.facts, rule)
    assert said == "Money on C: at most $400."
    page = (tmp_path / made[2]).read_text("utf-8")
    assert all(f"| `{column}` |" in page for column in kind.columns)
    assert [
        kind.sentence(case.facts, rule_of(r | {"at_most": float(r["at_most"])})) for r in examples(page)
    ] == readings(page)
    ast.parse((tmp_path / made[1]).read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "why"), [("Fair", "small letters"), ("", "small letters"), ("limit", "there already")]
)
def test_a_name_that_cannot_be_a_kind_is_refused(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "docs" / "rules").mkdir(parents=True)
    (tmp_path / "docs" / "rules" / "limit.md").touch()
    with pytest.raises(ValueError, match=why):
        skeleton.write(tmp_path, name)
