"""Every page with names that Markdown would make something of: each stands there letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.main import MORE, PAGES
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.desk.state import Draft, as_records
from optimiser.verbs import case_from
from tests.app.small import opened
from tests.app.test_why import answered

KINDS = (
    "{n} $x^2$ *soft* [out](//hill.example)",
    "{n} ![see](http://127.0.0.1:9/look.gif) :rocket: :material/bolt:",
    "{n} `run` ~~gone~~ **loud** :red[dot] <u>under</u> a_b_c www.hill.example",
)
"""Signs that are formulas, emphasis, links, pictures, icons, colours, code, HTML."""


def hostile(name: str, kind: int) -> str:
    return KINDS[kind % len(KINDS)].format(n=name)


POLICE, HEALTH, POOL, GRANT = hostile("Guard", 0), hostile("Care", 1), hostile("Pot", 2), hostile("Gift", 0)
THEME, WORK, ROLE, OTHER = hostile("Heal", 1), hostile("Work", 2), hostile("nurse", 0), hostile("clerk", 1)
OUTCOME, AREA = "saved_lives", hostile("North", 2)
NAMES = [hostile(n, k) for k, n in enumerate(("Reach", "Clinic", "Walks", "Desk", "Eyes"))]
RECORDS: dict[str, list[dict[str, object]]] = {
    "Case": [{"setting": "name", "value": hostile("Coast", 1)}],
    "Periods": [{"period": hostile("Q1", 0)}, {"period": hostile("Q2", 1)}],
    "Agencies": [{"agency": POLICE, "name": hostile("Guards", 1)}, {"agency": HEALTH, "name": hostile("Carers", 2)}],
    "Funds": [
        {"fund": POOL, "name": hostile("The pot", 0), "amount": 300_000},
        {"fund": GRANT, "name": hostile("The gift", 1), "kind": "joint grant", "amount": 200_000},
    ],
    "Contributions": [{"agency": POLICE, "fund": POOL, "amount": 100_000}],
    "Initiatives": [
        {"initiative": f"N{k}", "name": name, "theme": THEME if k < 2 else WORK, "lead": HEALTH if k < 2 else POLICE,
         "request": 250_000 - 40_000 * k, "priority": 2 - 0.3 * k}
        for k, name in enumerate(NAMES)
    ],
    "Staff": [{"agency": POLICE, "role": OTHER, "fte": 2}, {"agency": HEALTH, "role": ROLE, "fte": 3}],
    "Needs": [{"initiative": "N3", "role": OTHER, "fte": 2}, {"initiative": "N0", "role": ROLE, "fte": 1}],
    "Rules": [
        {"rule": hostile("Floor", 2), "where": "initiative = N0 | N1", "at_least": 200_000, "authority": hostile("Law", 0)},
        {"rule": hostile("Cap", 1), "where": "initiative = N2 | N3 | N4", "at_most": 0.5, "of": "total", "authority": hostile("Act", 2)},
    ],
    "Scenarios": [
        {"scenario": hostile("Less", 0), "sheet": "Funds", "column": "amount", "change": "* 0.8", "note": hostile("why", 1)},
        {"scenario": hostile("More", 1), "sheet": "Funds", "column": "amount", "change": "* 1.2"},
    ],
}  # fmt: skip
PARTS = {
    "rules": ("Rules of this case", "Write a rule", "Library", "If a target is missed", "Overlaps"),
    "plan": ("Who gets what", "What agencies get", "Where money flows", "Where people go", "Funds by period"),
    "why": ("What limits us", "Each initiative", "What each rule costs", "What is certain"),
    "what_if": ("Try a change", "Lose a grant", "Ask", "Side by side", "Trade-off", "What matters", "Uncertainty"),
    "pooling": ("What each gains", "The price of fairness"),
    "history": ("Versions", "Who changed what", "Compare", "Decisions"),
    "administration": ("People", "Doctor"),
}
"""The parts of a page that are walked through, by its file."""
MARKUP = re.compile(
    r"(?<!\\)\$x|(?<!\\)\*soft|(?<!\\)\[out|(?<!\\)\[see|:rocket:|:material/|(?<!\\)`run|(?<!\\)~~gone|\*\*loud|"
    r"(?<!\\):red\[dot|(?<!\\)<u>|a_b(?!\\)_c|www\.hill"
)
"""A piece of a hostile name that is not letters any more."""
READ = {"label", "body", "help", "delta", "content", "message", "text"}
"""Fields of what is sent to the browser that it reads as Markdown."""


def texts(node: Any) -> Iterator[tuple[str, str]]:
    """Place and text of all that a page sends to be read as Markdown, or as plotly's markup."""
    proto = getattr(node, "proto", None)
    if hasattr(proto, "ListFields"):
        yield from fields(proto, type(node).__name__)
    if getattr(node, "type", "") == "table":
        frame = node.value
        for text in (*frame.columns, *frame.index, *frame.to_numpy().ravel()):
            yield "table", str(text)
    for child in getattr(node, "children", {}).values():
        yield from texts(child)


def fields(proto: Any, place: str) -> Iterator[tuple[str, str]]:
    """The fields of one element."""
    for field, value in proto.ListFields():
        name = f"{place}.{field.name}"
        if isinstance(value, str):
            if field.name in READ:
                yield name, value
        elif hasattr(value, "ListFields"):
            yield from fields(value, name)
        elif not isinstance(value, bytes | int | float):
            for one in value:
                if hasattr(one, "ListFields"):
                    yield from fields(one, name)


def markup(at: AppTest) -> list[str]:
    """The places where a piece of a hostile name stands unescaped."""
    found = [
        f"{place}: {text[:160]}"
        for place, text in texts(at._tree)
        if (
            re.search("<u>", text) if place.startswith("Html.") else MARKUP.search(text)
        )  # that is not read as Markdown
    ]
    for chart in at.get("plotly_chart"):
        spec = str(chart.proto.spec)
        found += ["plotly: <u> of a name"] if re.search(r"<u>|\\u003cu\\u003e", spec) else []
    return found


@pytest.fixture(scope="module")
def draft() -> Draft:
    """The hostile case, solved."""
    made = session.desk().lay(f"From {hostile('file', 0)}", as_records(case_from(RECORDS)))
    session.solve_now(made, wait=300)
    assert made.shown is not None
    return made


def test_the_names_are_hostile() -> None:
    for kind, one in enumerate(KINDS):
        assert MARKUP.search(one)
        assert not MARKUP.search(letters(one)), letters(hostile("A", kind))


@pytest.mark.first(5)
@pytest.mark.parametrize("page", [file.removesuffix(".py") for _, file in (*PAGES, *MORE)])
def test_every_name_stands_letter_by_letter(draft: Draft, page: str) -> None:
    at = opened(draft, page)
    seen = markup(at)
    for part in PARTS.get(page, ()):
        key = {"what_if": "what-if-part"}.get(page, f"{page}-part")
        at.session_state[key] = part
        seen += [f"{part}: {one}" for one in markup(answered(at))]
    assert not seen, "\n".join(dict.fromkeys(seen))


@pytest.mark.parametrize("less", ["−8.6 points", "−$292k", "-0.4 FTE"])
def test_a_loss_is_a_loss_to_the_framework_too(less: str) -> None:
    from streamlit.elements.metric import _is_negative_delta

    from optimiser.app_pages.shell.text import delta

    assert _is_negative_delta(delta(less)), "else its arrow points up, in green"
    assert not _is_negative_delta(delta("+$1"))
