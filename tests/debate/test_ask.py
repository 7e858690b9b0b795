"""Questions as people word them: read right, or asked back; nothing that is read wrong goes unshown."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser import verbs
from optimiser.analysis.debate.ask import tell
from optimiser.analysis.debate.phrases import FORMS
from optimiser.analysis.debate.reading import Names, Reading, _amount, read
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from tests.debate.other_words import ELSEWHERE, OTHERS
from tests.debate.questions import QUESTIONS
from tests.debate.unseen_words import UNSEEN
from tests.rules.small import BASE, checked

RIGHT = 0.85


@pytest.fixture(scope="module")
def case() -> Case:
    return verbs.read(str(example_path("gun-violence")))


def meant(reading: Reading) -> tuple[str, tuple[str, ...], tuple[float, ...]]:
    return reading.form, tuple(sorted(reading.names.values())), tuple(sorted(reading.amounts.values()))


def test_of_two_hundred_phrasings_most_are_read_right_and_none_is_answered_wrong_unseen(case: Case) -> None:
    names = Names(case)
    right, wrong, back = 0, [], []
    for text, form, *wanted in QUESTIONS:
        asked = read(case, text, names)  # type: ignore[arg-type]
        want = (
            form,
            tuple(sorted(w for w in wanted if isinstance(w, str))),
            tuple(sorted(w for w in wanted if not isinstance(w, str))),
        )
        if asked.reading is None:
            assert asked.problem
            back.append(text)
        elif meant(asked.reading) == want:
            right += 1
        else:
            wrong.append((text, asked.reading.sentence))
        if asked.reading is not None:  # what was understood can always be shown: every name and amount stands in it
            for kind, key in asked.reading.names.items():
                assert names.called[kind][key] in asked.reading.sentence
    assert len(QUESTIONS) >= 200
    assert wrong == []
    assert right / len(QUESTIONS) >= RIGHT, back


@pytest.mark.parametrize(("example", "questions"), [("gun-violence", OTHERS), ("task-force", ELSEWHERE)])
def test_other_words_than_the_forms_have_are_read_by_what_they_point_at_or_asked_back(
    example: str, questions: list[tuple[str | float, ...]]
) -> None:
    case, wrong = verbs.read(str(example_path(example))), []
    names = Names(case)
    for text, form, *wanted in questions:
        asked = read(case, str(text), names)
        assert (asked.reading is None) == bool(asked.problem)
        got = ("", (), ()) if asked.reading is None else meant(asked.reading)
        want = (
            form,
            tuple(sorted(w for w in wanted if isinstance(w, str))),
            tuple(sorted(w for w in wanted if not isinstance(w, str))),
        )
        if got != want:
            wrong.append((text, want, got))
    assert wrong == []


def test_words_that_nobody_thought_of_are_read_right_mostly_and_shown_always() -> None:
    cases = {name: verbs.read(str(example_path(name))) for name in {str(example) for example, *_ in UNSEEN}}
    names, right, wrong = {name: Names(case) for name, case in cases.items()}, 0, []
    for example, text, forms, *wanted in UNSEEN:
        asked = read(cases[str(example)], str(text), names[str(example)])
        if asked.reading is None:
            assert asked.problem
            continue
        form, said, amounts = meant(asked.reading)
        want = sorted(w for w in wanted if isinstance(w, str)), sorted(w for w in wanted if not isinstance(w, str))
        if form in str(forms).split("|") and (list(said), list(amounts)) == want:
            right += 1
        else:
            wrong.append((text, asked.reading.sentence))
        for kind, key in asked.reading.names.items():
            assert names[str(example)].called[kind][key] in asked.reading.sentence
    assert right >= 0.95 * len(UNSEEN)
    assert len(wrong) <= 0.01 * len(UNSEEN), wrong


WORDS = ("cut", "what if", "drones", "G01", "Police Budget", "Police", "by", "20%", "$50k", "two", "detective", "more", "fewer", "why",
         "not", "who may change", "Neighborhood formula", "the pool",
         "ends", "-", "and", "grant", "nothing", "weather", "least")  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_whatever_is_asked_every_name_and_amount_that_is_read_is_shown(case: Case, said: list[str]) -> None:
    asked = read(case, " ".join(said), names_of(case))
    if asked.reading is None:
        assert asked.problem
        return
    for kind, key in asked.reading.names.items():
        assert names_of(case).called[kind][key] in asked.reading.sentence
    shown = {"share": ("20%",), "money": ("$50,000",), "count": ("2 FTE", "1 FTE")}
    for slot in asked.reading.amounts:
        if asked.reading.form != "worth of role":
            assert any(words in asked.reading.sentence for words in shown[slot])


@cache
def names_of(case: Case) -> Names:
    return Names(case)


def test_a_long_text_is_no_question(case: Case) -> None:
    asked = read(case, "what if we drop the drones " * 2000)
    assert asked.reading is None
    assert asked.problem


def test_thirty_forms_and_each_is_asked_somewhere() -> None:
    assert len(FORMS) >= 30
    assert {form for _, form, *_ in QUESTIONS} == set(FORMS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "hello",
        "make it better",
        "what if",
        "why not",
        "who may change",
        "cut by 20%",
        "why not violence interruption",
        "what if the grant is cut by 20%",
        "what if Nobody's Fund ends",
        "cut Police Budget by -5%",
        "what if Police Budget is cut by 2,00 dollars",
        "SELECT * FROM funds",
        "ignore all rules and fund everything",
        "why not G01 and G02",
    ],
)
def test_what_cannot_be_told_is_asked_back(case: Case, text: str) -> None:
    asked = read(case, text)
    assert asked.reading is None
    assert asked.problem


def test_an_amount_is_shown_as_it_was_said(case: Case) -> None:
    for said, shown in (
        ("12.5%", "by 12.5%?"),
        ("a third", "by 33.3333%?"),
        ("$1,234,567", "by $1,234,567?"),
        ("0.25%", "by 0.25%?"),
    ):
        asked = read(case, f"what if the Police Budget is cut by {said}", names_of(case))
        assert asked.reading is not None
        assert asked.reading.sentence.endswith(shown)


def test_amounts() -> None:
    assert _amount("money", "$50k") == 50_000
    assert _amount("money", "1.2 million dollars") == 1_200_000
    assert _amount("money", "$1,250,000") == 1_250_000
    assert _amount("money", "2,00") is None
    assert _amount("share", "20 percent") == 0.2
    assert _amount("share", "a third") == pytest.approx(1 / 3)
    assert _amount("count", "two") == 2


def small() -> Case:
    return checked(
        {
            **BASE,
            "Scenarios": [
                {"scenario": "less", "sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "* 0.5"}
            ],
            "Rules": [
                {
                    "rule": "Guns first",
                    "where": "theme = guns",
                    "at_least": 300,
                    "set_by": "statute",
                    "authority": "34 USC 1",
                }
            ],
        }
    )


@pytest.mark.first(16)
@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("why not B", "why not"),
        ("why A", "why"),
        ("what if Grant is cut by 20%", "cut"),
        ("$100 more for Grant", "raise"),
        ("set Grant to $900", "set"),
        ("what if Grant ends", "lose"),
        ("$50 more for A", "more"),
        ("fund B", "fund"),
        ("drop A", "drop"),
        ("cheapest way to fund B", "cheapest"),
        ("what is an analyst worth", "worth of role"),
        ("what if Police had 2 more analysts", "people"),
        ("2 fewer analysts at Police", "fewer people"),
        ("who may change guns first", "who may change"),
        ("what does guns first cost", "cost of rule"),
        ("what if the rule guns first is dropped", "without rule"),
        ("is guns first kept", "rule"),
        ("how much does A get", "how much"),
        ("page of Police", "agency"),
        ("who loses", "who loses"),
        ("who gets the most", "most"),
        ("what is left of Own", "left"),
        ("what stays unspent", "unspent"),
        ("what hangs on Own", "hostages"),
        ("who funds A", "who pays"),
        ("what is open", "open"),
        ("what holds us back", "binding"),
        ("are all rules kept", "rules kept"),
        ("what is the total", "total"),
        ("what is not funded", "not funded"),
        ("who is next", "next"),
        ("what if less", "scenario"),
        ("which grant hurts most", "biggest loss"),
    ],
)
def test_every_form_is_answered(text: str, form: str) -> None:
    case = small()
    plan = verbs.solve(case)
    asked = read(case, text)
    assert asked.reading is not None, asked.problem
    assert asked.reading.form == form
    told = tell(case, plan, asked.reading)
    assert told.lines
    assert all(line.strip() for line in told.lines)
    if told.rows:
        fresh = verbs.solve(verbs.apply_changes(case, told.rows))
        assert told.plan is not None
        assert fresh.has_plan == told.plan.has_plan
        if fresh.has_plan:
            assert fresh.objective == pytest.approx(told.plan.objective)


def test_what_is_solved_for_an_answer_is_told_with_its_count() -> None:
    made = small()
    plan, heard = verbs.solve(made), list[str]()
    for text in ("what holds us back", "which grant hurts most"):
        asked = read(made, text)
        assert asked.reading is not None, text
        tell(made, plan, asked.reading, progress=heard.append)
    assert any("(1 of " in line for line in heard), heard
    assert any(line.startswith("Loss 1 of ") for line in heard), heard
