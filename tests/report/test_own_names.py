"""A name stays as its owner writes it, also where a sentence begins with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import optimiser
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.what_if.compare import compare
from optimiser.app_pages.committee_parts.kept import alternative_name
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.report.charts import side_by_side, worth
from optimiser.verbs import case_from, solve

NAMES = ("jag", "pool", "pd", "health", "patrols", "clinic", "kits", "floor", "cap", "peers", "q1")
RECORDS: dict[str, list[dict[str, object]]] = {
    "Periods": [{"period": "q1"}],
    "Agencies": [{"agency": "pd", "minimum": 10}, {"agency": "health", "maximum": 700}],
    "Funds": [
        {"fund": "jag", "amount": 500, "min_spend": 0.5, "allowed": "agency = pd"},
        {"fund": "pool", "amount": 600},
    ],
    "Initiatives": [
        {"initiative": "patrols", "lead": "pd", "request": 600, "minimum": 100, "baseline": 500, "theme": "order"},
        {"initiative": "clinic", "lead": "health", "request": 800, "priority": 2, "baseline": 900, "theme": "care"},
        {"initiative": "kits", "lead": "pd", "request": 90, "must_fund": "yes", "theme": "care"},
    ],
    "Staff": [{"agency": "pd", "role": "analyst", "fte": 1}],
    "Needs": [{"initiative": "patrols", "role": "analyst", "fte": 2}],
    "Rules": [
        {"rule": "floor", "where": "agency = pd", "at_least": 0.2, "of": "total"},
        {"rule": "cap", "where": "initiative = clinic", "at_most": 500},
        {"rule": "peers", "where": "fund = pool", "per": "agency", "at_most": 0.9, "of": "amount"},
    ],
}


def raised(text: str) -> list[str]:
    """The names that begin with a capital in a text."""
    return re.findall(rf"\b(?:{'|'.join(name.capitalize() for name in NAMES)})\b.{{0,60}}", text)


def impossible() -> Case:
    more = [{**row, "minimum": row["request"], "must_fund": "yes"} for row in RECORDS["Initiatives"]]
    return case_from(RECORDS | {"Initiatives": more})


def test_no_sentence_of_a_plan_raises_the_first_letter_of_a_name() -> None:
    plan = solve(case_from(RECORDS))
    assert plan.has_plan
    found = explain(plan.case, plan=plan)
    told = [found.text(), worth.headline(plan, found.prices), *plan.tables["Compliance"]["sentence"].tolist()]
    assert not raised("\n".join(told))


def test_no_sentence_of_a_conflict_or_a_repair_does() -> None:
    found = explain(impossible())
    assert found.conflict is not None
    assert found.repairs
    told = [found.text(), found.conflict.sentence(), *(m.sentence for m in found.conflict.members)]
    assert not raised("\n".join([*told, *(r.sentence for r in found.repairs)]))


def test_a_scenario_is_called_as_it_is_written() -> None:
    cuts = [
        {"scenario": f"{fund} cut", "sheet": "Funds", "where": f"fund = {fund}", "column": "amount", "change": "* 0.5"}
        for fund in ("jag", "pool")
    ]
    made = compare(case_from(RECORDS | {"Scenarios": cuts}), causes=False, with_baselines=False)
    told = side_by_side.headline(made)
    assert "cut: −" in told
    assert not raised(told)
    assert [alternative_name(name, 1) for name in made.plans] == [
        "The case unchanged, version 1",
        "jag cut",
        "pool cut",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jag gets less", "jag gets less"),
        ("jag (F1) gets less", "jag (F1) gets less"),
        ("jags get less", "Jags get less"),
        ("less for jag", "Less for jag"),
        ("jag", "jag"),
        ("", ""),
    ],
)
def test_only_a_whole_name_stays_small(text: str, said: str) -> None:
    assert capital(text, {"jag"}) == said
    assert capital(text) == text[:1].upper() + text[1:]


def test_one_function_raises_a_first_letter() -> None:
    """Where it is done by hand nobody asks whether the text begins with somebody's name."""
    package = Path(optimiser.__file__).parent
    by_hand = [
        str(file.relative_to(package))
        for file in sorted(package.rglob("*.py"))
        if re.search(r"\w\[(?::1|0)\]\.upper\(\)", file.read_text("utf-8"))
    ]
    assert by_hand == ["case/readable.py"]
