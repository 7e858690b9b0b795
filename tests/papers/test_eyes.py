"""Who may not see a row finds no trace of it in any paper; the sums stay those of the plan."""

from __future__ import annotations

from optimiser import case_from, solve
from optimiser.papers.paper import Source, make, shelf
from optimiser.plan.tables import Plan
from optimiser.store.base.rights import Actor
from optimiser.store.privacy import sight
from optimiser.store.privacy.sight_plan import seen
from tests.papers.cases import records, with_actuals
from tests.papers.reading import READERS, parts
from tests.papers.test_safe import motion, moved

HIDDEN = "A secret of the sixth agency"


def plan_of() -> Plan:
    made = with_actuals(records(12))
    made["Initiatives"][5].update(name=HIDDEN, sensitive="yes")
    made["Account codes"].append({"of": "initiative", "item": made["Initiatives"][5]["initiative"], "code": "I005-X"})
    plan = solve(case_from(made))
    assert plan.has_plan
    return plan


def test_a_hidden_row_leaves_no_trace_in_any_paper() -> None:
    whole = plan_of()
    actor = Actor("p1", "Pat", frozenset({"member"}), agency="Agency 0")
    shown = seen(whole, sight.eyes(actor, whole.case))
    assert shown is not whole
    source = Source(shown, shown.case, sight.made_for(actor, False), motion(), replanned=moved(shown))
    assert all(paper.subjects(source) for paper in shelf().values())
    for paper in shelf().values():
        for file in make(paper, source):
            form = file.file.rpartition(".")[2]
            texts = [READERS[form](file.content).text] if form in READERS else [file.content.decode()]
            if form in ("docx", "xlsx", "pptx"):
                texts += [content.decode("utf-8", "replace") for content in parts(file.content).values()]
            for text in texts:
                assert HIDDEN not in text, file.file
                assert "I005" not in text, file.file
            assert HIDDEN not in str(file.figures)
    assert source.figures.spent.value == Source(whole, whole.case).figures.spent.value


def test_a_figure_that_is_withheld_says_so_in_words() -> None:
    made = with_actuals(records(12))
    made["Agencies"][5].update(sensitive="yes")
    whole = solve(case_from(made))
    actor = Actor("p1", "Pat", frozenset({"member"}), agency="Agency 0")
    shown = seen(whole, sight.eyes(actor, whole.case))
    assert any(paid != paid for paid in shown.tables["Received"]["contribution"].tolist())
    source = Source(shown, shown.case, sight.made_for(actor, False))
    read = [
        READERS[form](file.content).text
        for paper in shelf().values()
        for file in make(paper, source)
        if (form := file.file.rpartition(".")[2]) in READERS
    ]
    assert any("not shown" in text for text in read)
    assert not [text for text in read if "nan" in text.split()]


def test_a_plan_that_funds_nothing_has_all_of_its_papers() -> None:
    case = case_from({
        "Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 0}],
        "Initiatives": [{"initiative": "i", "lead": "A", "request": 5}],
    })  # fmt: skip
    source = Source(solve(case), case)
    made = [file.paper for paper in shelf().values() for file in make(paper, source)]
    assert "slides" in made
