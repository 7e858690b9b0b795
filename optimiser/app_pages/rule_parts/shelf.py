"""The library of named grant rules: search, read with its citation, preview as sentences, insert into the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.analysis.rulebook import library, library_rows
from optimiser.analysis.rulebook.library import Ask, Entry, LibraryError
from optimiser.analysis.rulebook.newer import Newer, NewTextEffect, as_scenario, newer, remembered
from optimiser.analysis.rulebook.unsaid import unsaid
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import chosen_row
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.grantors import set_by_words
from optimiser.case.names import fold
from optimiser.case.readable import as_sentence, capital, listed
from optimiser.case.reading.amounts import plain
from optimiser.case.spec import STANDARD_CATEGORIES
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.model.rules import rules_of, sentence
from optimiser.store.base.records import Record


@dataclass(frozen=True)
class EntryPreview:
    """What an entry would add: rows of the sheet Rules, each as a sentence, cells of the grant on the sheet Funds, and
    what the checks then say."""

    rows: list[dict[str, Any]]
    fund: dict[str, Any]
    sentences: list[str]
    faults: tuple[Fault, ...]


def preview(draft: Draft, case: Case, entry: Entry, fund: str, answers: Mapping[str, str]) -> EntryPreview:
    """The entry for this grant, compiled in the draft. Raises LibraryError where an answer is missing or unknown."""
    rows = library_rows.insert(case.tables, entry, fund, **answers)
    cells = library_rows.fund_cells(case.tables, entry, fund, **answers)
    plain = draft.plain()
    funds = [r | cells if fold(str(r.get("fund") or "")) == fold(fund) else r for r in plain.get("Funds", [])]
    would = draft.would({**plain, "Funds": funds, "Rules": [*plain.get("Rules", []), *rows]})
    names, made = {row["rule"] for row in rows}, would.case
    said = [sentence(made.facts, r) for r in rules_of(made.facts) if r.name in names] if made is not None else []
    said += [f"On the sheet Funds, {fund} has {column} = {library_rows.shown(cell)}." for column, cell in cells.items()]
    return EntryPreview(rows, cells, said, would.faults)


def inserted(draft: Draft) -> set[str]:
    """Keys of the entries that rules of the draft came from, and authorities, folded, that they name."""
    rules = [r.values for r in draft.records("Rules")]
    keys = {remembered(str(values.get("entry") or ""))[0] for values in rules}
    return (keys | {fold(str(values.get("authority") or "")) for values in rules}) - {""}


def _stands(entry: Entry, among: set[str]) -> bool:
    return entry.key in among or fold(entry.authority) in among


def headline(draft: Draft, wanted: str = "") -> str:
    """How many rules there are to choose from, and how many of them stand in the case."""
    every = library.entries()
    if wanted.strip():
        hits = len(library.search(wanted))
        return f"{hits or 'None'} of {len(every)} named rules {'speaks' if hits in (0, 1) else 'speak'} of “{wanted.strip()}”"
    among = inserted(draft)
    count = sum(_stands(e, among) for e in every)
    stand = (
        "none of them stands in this case yet"
        if not count
        else f"{count} of them stand{'s' * (count == 1)} in this case"
    )
    return f"{len(every)} named rules of {len(library.programmes())} grant programs; {stand}"


def part(draft: Draft, head: Any) -> None:
    """Search and list on the left, the chosen entry on the right. head: where the headline stands."""
    head.title(letters(headline(draft, st.session_state.get("library-find", ""))))
    _newer(draft)
    left, right = st.columns([46, 54], gap="medium")
    with left:
        wanted = st.text_input(
            "Search the library",
            placeholder="match, STOP, victim services …",
            key="library-find",
            label_visibility="collapsed",
        )
        found = _binding(wanted)
        for one in unsaid(wanted):
            st.caption(letters(one.sentence))
        if not found:
            st.markdown("No rule has all of these words and binds you. Try fewer words, or another fiscal year.")
            return
        chosen = chosen_row(
            "library",
            [e.key for e in found],
            pd.DataFrame(
                {
                    "Program": [e.programme for e in found],
                    "Rule": [e.name for e in found],
                    "Text": [_dated(e) for e in found],
                }
            ),
            height=min(36 * (len(found) + 1) + 2, 640),
            column_config={"Program": st.column_config.TextColumn(width=150)},
        )
    entry = next(e for e in found if e.key == chosen)
    with right, st.container(border=True, key="card-entry"):
        _entry(draft, entry)


def _binding(wanted: str) -> tuple[Entry, ...]:
    """Those of the search that bind who looks, the newest first. While nobody has said who: what was found, the best
    first; without a search all, those that bind anybody today first."""
    with st.container(horizontal=True, gap="small"):
        who = st.selectbox(
            "Who are you?",
            ["", *library.WHO],
            key="library-who",
            format_func=lambda w: w.capitalize() or "Anybody",
            persist_state="session",
        )
        year = st.selectbox(
            "Fiscal year", ["", *range(date.today().year + 1, date.today().year - 4, -1)], key="library-year",
            format_func=lambda y: str(y or "Today"), persist_state="session",
        )  # fmt: skip
        programme = st.selectbox(
            "Program",
            ["", *library.programmes()],
            key="library-programme",
            format_func=lambda p: p or "All",
            persist_state="session",
        )
    found = library.search(wanted) if wanted.strip() else library.entries()
    if wanted.strip() and not (who or year or programme):
        return library.ended_last(found, date.today())
    mine = library.binding(found, date.today(), str(who), int(year) if year else None, str(programme))
    return mine if who or year or programme else (*mine, *(e for e in found if e not in mine))


def _dated(entry: Entry) -> str:
    """The date of its text, and whether that is old; or why it has none. Where a fiscal year was chosen, all bind in it."""
    today = date.today()
    if entry.over(today) and not st.session_state.get("library-year"):
        return "ended"
    if entry.confidence == "memory":
        return "not confirmed"
    return f"{entry.read}{', old' * bool(entry.stale(today))}" if entry.read else "undated"


def _newer(draft: Draft) -> None:
    """Rules of the case that the library has a newer text of: the difference, what it would do to the plan, a scenario to
    try it, and the rules brought up to date."""
    case = draft.checked().case
    found = newer(case) if case is not None else []
    if case is None or not found:
        return
    effects: list[NewTextEffect] | None = None
    if any(one.moves for one in found):
        ask = partial(questions.newer_texts, case)
        effects = answer(("newer", case.sha256), "Solving with the newer texts", ask, label="newer")
    count = sum(len(one.versions) for one in found)
    title = f"{count} rule{'s' * (count != 1)} of this case {'has' if count == 1 else 'have'} a newer text"
    with st.expander(title, expanded=len(found) == 1):
        for k, one in enumerate(found):
            with st.container(border=True, key=f"newer-card-{k}"):
                _offer(draft, k, one, effects[k] if effects else None)


def _offer(draft: Draft, k: int, one: Newer, would: NewTextEffect | None) -> None:
    """One newer text. would: what it would do, once that is known."""
    st.markdown(f"**{letters(f'{one.entry.programme}: {one.entry.name}')}.** {letters(one.sentence)}")
    for line in would.reads if would else ():
        st.markdown(f"- It would read: {letters(line)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{letters(would.said)}**" if would else "", width="stretch")
        if one.moves:
            st.button("Try it as a scenario", key=f"newer-{k}", on_click=_as_scenario, args=(draft, one))
        st.button(
            "Take it over", key=f"newer-take-{k}", on_click=_take_over, args=(draft, one),
            help="The rules are changed so; undo takes it back.",
        )  # fmt: skip


def _as_scenario(draft: Draft, one: Newer) -> None:
    known = {fold(str(r.values.get("scenario"))) for r in draft.records("Scenarios")}
    if fold(one.scenario) not in known:
        draft.add_all("Scenarios", as_scenario(one), f"Scenarios: {one.scenario} added")
    st.session_state["notice"] = f"Compare the scenario {one.scenario} on the page What if."


def _take_over(draft: Draft, one: Newer) -> None:
    """Writes the cells of the newer text into the rules of the case."""
    cells = one.cells
    at = {
        r.number: cells[fold(name)] for r in draft.records("Rules") if fold(name := str(r.values.get("rule"))) in cells
    }
    draft.edit("Rules", at, f"Rules: {one.entry.name} ({one.entry.programme}) as in the text of {one.now}")
    st.session_state["notice"] = "The rules are up to date. Solve to see what it does; undo takes it back."


def _entry(draft: Draft, entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(letters(entry.name), width="content")
        if _stands(entry, inserted(draft)):
            st.badge("✓ In this case", color="green")
    st.markdown(f"**{letters(as_sentence(entry.number))}**")
    st.caption(letters(f"{entry.programme} · {entry.citation} · of {entry.base}"))
    st.caption(letters(f"Set by {set_by_words(entry.set_by, entry.waiver)} · {entry.source}"))
    binds = f"Binds {listed(library.binds_words(entry))}"
    years = f"fiscal year{'s' * (len(entry.years) > 1)} {listed([str(y) for y in entry.years])}" if entry.years else ""
    ends = f"until {entry.ends}" if entry.ends else ""
    st.caption(letters(f"{', '.join(filter(None, (binds, years, ends)))}."))
    old = entry.stale(date.today())
    st.caption(letters(" ".join(filter(None, (entry.source_words, f"Read it again: {old}." if old else "")))))
    titled = (
        ("No longer holds", entry.past),
        ("Except", entry.exceptions),
        ("", entry.note),
        ("Approximated", entry.approximated),
    )
    for title, said in titled:
        if said:
            st.markdown(letters(said) if not title else f"**{letters(title)}.** {letters(said)}")
    if not entry.rows and not entry.fund:
        st.info("There is nothing to insert.")
        return
    case = draft.checked().case
    if case is None:
        st.info("Mend what is marked on the page Inputs; then this rule can be inserted.")
        return
    _insertion(draft, case, entry)


def _insertion(draft: Draft, case: Case, entry: Entry) -> None:
    missing = library_rows.lacks(case.tables, entry)
    if missing:
        st.markdown("**First the case needs more:** " + letters("; ".join(missing)) + ".")
        return
    fund = st.selectbox("For which grant", _names(case, "fund"), key=f"library-fund-{entry.key}")
    answers = {ask.name: given for ask in entry.asks if (given := _ask(case, entry, ask))}
    try:
        made = preview(draft, case, entry, str(fund), answers)
    except LibraryError as problem:
        st.info(letters(as_sentence(str(problem))))
        return
    st.markdown("**It would read:**")
    for line in made.sentences:
        st.markdown(f"- {letters(line)}")
    for fault in made.faults[:6]:
        mark = ":red[✕]" if fault.level == "error" else ":orange[!]"
        st.markdown(f"{mark} {letters(f'{fault.sheet} {fault.cell}: found {fault.found}; {fault.cure}')}")
    count = len(made.rows)
    st.button(
        "Insert this" if not count else "Insert this rule" if count == 1 else f"Insert these {count} rules",
        type="primary",
        key="library-insert",
        disabled=any(f.level == "error" for f in made.faults),
        on_click=_insert,
        args=(draft, entry, str(fund), made),
    )


def _insert(draft: Draft, entry: Entry, fund: str, made: EntryPreview) -> None:
    rules = [*draft.records("Rules"), *(Record(draft.state.next_number + k, row) for k, row in enumerate(made.rows))]
    same = {r.number for r in draft.records("Funds") if fold(str(r.values.get("fund") or "")) == fold(fund)}
    funds = [Record(r.number, {**r.values, **made.fund}) if r.number in same else r for r in draft.records("Funds")]
    said = f"Rules: {entry.name} ({entry.programme}) inserted for {fund}"
    draft.become(said, {**draft.sheets, "Rules": tuple(rules), "Funds": tuple(funds)})
    count = (
        "The grant is set"
        if not made.rows
        else "1 rule inserted"
        if len(made.rows) == 1
        else f"{len(made.rows)} rules inserted"
    )
    st.session_state["notice"] = f"{count} for {fund}. Solve to see what it does; undo takes it back."


def _names(case: Case, kind: str) -> list[str]:
    known = list(dict.fromkeys(str(n) for sheet in library_rows.NAMES[kind] for n in case.tables[sheet][kind].tolist()))
    if kind == "category":
        known = list(dict.fromkeys([*known, *STANDARD_CATEGORIES]))
    return known or (["FY"] if kind == "period" else [])


def _ask(case: Case, entry: Entry, ask: Ask) -> str:
    """The widget for what an entry asks; "" where nothing was answered."""
    label = letters(capital(ask.says))
    key = f"library-{entry.key}-{ask.name}"
    default = "" if ask.default is None else plain(ask.default) if isinstance(ask.default, float | int) else ask.default
    if ask.kind == "agencies":
        return " | ".join(st.multiselect(label, _names(case, "agency"), key=key))
    if ask.kind in library_rows.NAMES:
        known = _names(case, ask.kind)
        at = next((k for k, n in enumerate(known) if fold(n) == fold(str(default))), None)
        return str(st.selectbox(label, known, index=at, key=key, placeholder="Choose") or "")
    return str(st.text_input(label, value=str(default), key=key) or "")
