"""The library of named grant rules: search, read with its citation, preview as sentences, insert into the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.analysis.rulebook import library, library_rows
from optimiser.analysis.rulebook.library import Ask, Entry, LibraryError
from optimiser.analysis.rulebook.newer import Newer, as_scenario, newer
from optimiser.analysis.rulebook.unsaid import unsaid
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.grantors import set_by_words
from optimiser.case.names import fold
from optimiser.case.spec import STANDARD_CATEGORIES
from optimiser.desk.state import Draft
from optimiser.model.rules import rules_of, sentence
from optimiser.store.base.records import Record
from optimiser.verbs import check_records


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
    made, faults = check_records({**plain, "Funds": funds, "Rules": [*plain.get("Rules", []), *rows]})
    before = {(f.code, f.cell, f.found) for f in draft.checked().faults}
    new = tuple(f for f in faults if (f.code, f.cell, f.found) not in before)
    names = {row["rule"] for row in rows}
    said = [sentence(made.facts, r) for r in rules_of(made.facts) if r.name in names] if made is not None else []
    said += [f"On the sheet Funds, {fund} has {column} = {library_rows.shown(cell)}." for column, cell in cells.items()]
    return EntryPreview(rows, cells, said, new)


def inserted(draft: Draft) -> set[str]:
    """Authorities that rules of the draft name."""
    return {fold(str(r.values.get("authority") or "")) for r in draft.records("Rules")}


def headline(draft: Draft, wanted: str = "") -> str:
    """How many rules there are to choose from, and how many of them stand in the case."""
    every = library.entries()
    if wanted.strip():
        hits = len(library.search(wanted))
        return f"{hits or 'None'} of {len(every)} named rules {'speaks' if hits in (0, 1) else 'speak'} of “{wanted.strip()}”"
    authorities = inserted(draft)
    count = sum(fold(e.authority) in authorities for e in every)
    stand = (
        "none of them stands in this case yet"
        if not count
        else f"{count} of them stand{'s' * (count == 1)} in this case"
    )
    return f"{len(every)} named rules of {len(library.programmes())} grant programs; {stand}"


def part(draft: Draft) -> None:
    """Search and list on the left, the chosen entry on the right."""
    _newer(draft)
    left, right = st.columns([46, 54], gap="medium")
    with left:
        wanted = st.text_input(
            "Search the library",
            placeholder="match, STOP, victim services …",
            key="library-find",
            label_visibility="collapsed",
        )
        found = _binding(library.search(wanted) if wanted.strip() else library.entries())
        for one in unsaid(wanted):
            st.caption(letters(f"No kind of rule says {one.asks} ({one.who}). Instead: {one.instead}."))
        if not found:
            st.markdown("No rule has all of these words and binds you. Try fewer words, or another fiscal year.")
            return
        picked = st.dataframe(
            pd.DataFrame(
                {
                    "Program": [e.programme for e in found],
                    "Rule": [e.name for e in found],
                    "Text": [_dated(e) for e in found],
                }
            ),
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row-required",
            key=f"library-{hash(tuple(e.key for e in found)) % 10**8}",
            height=min(36 * (len(found) + 1) + 2, 640),
            row_height=36,
            column_config={"Program": st.column_config.TextColumn(width=150)},
        )
        rows = picked["selection"]["rows"] if picked else []
    entry = found[rows[0] if rows and rows[0] < len(found) else 0]
    with right, st.container(border=True, key="card-entry"):
        _entry(draft, entry)


def _binding(found: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Those that bind who looks, the newest first; all of them while nobody has said who."""
    with st.container(horizontal=True, gap="small"):
        who = st.selectbox(
            "Who are you?", ["", *library.WHO], key="library-who", format_func=lambda w: w.capitalize() or "Anybody"
        )
        year = st.selectbox(
            "Fiscal year", ["", *range(date.today().year + 1, date.today().year - 4, -1)], key="library-year",
            format_func=lambda y: str(y or "Today"),
        )  # fmt: skip
        programme = st.selectbox(
            "Program", ["", *library.programmes()], key="library-programme", format_func=lambda p: p or "All"
        )
    if not (who or year or programme):
        return found
    return library.binding(found, date.today(), str(who), int(year) if year else None, str(programme))


def _dated(entry: Entry) -> str:
    """The date of its text, or why it has none."""
    return "not confirmed" if entry.confidence == "memory" else entry.read or "undated"


def _newer(draft: Draft) -> None:
    """Rules of the case that the library has a newer text of, each with its difference and a scenario to try it."""
    case = draft.checked().case
    for one in newer(case.tables) if case is not None else ():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(letters(one.sentence), width="stretch")
            st.button("Add as a scenario", key=f"newer-{one.rule}", on_click=_as_scenario, args=(draft, one))


def _as_scenario(draft: Draft, one: Newer) -> None:
    rows = as_scenario(one)
    known = {str(r.values.get("scenario")) for r in draft.records("Scenarios")}
    if rows[0]["scenario"] not in known:
        draft.add_all("Scenarios", rows, f"Scenarios: {rows[0]['scenario']} added")
    st.session_state["notice"] = f"Compare the scenario {rows[0]['scenario']} on the page What if."


def _entry(draft: Draft, entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(letters(entry.name), width="content")
        if fold(entry.authority) in inserted(draft):
            st.badge("✓ In this case", color="green")
    st.markdown(f"**{letters(_sentence(entry.number))}**")
    st.caption(letters(f"{entry.programme} · {entry.citation} · of {entry.base}"))
    st.caption(letters(f"Set by {set_by_words(entry.set_by, entry.waiver)} · {entry.source}"))
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


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


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
        said = str(problem)
        st.info(letters(f"{said[:1].upper()}{said[1:]}."))
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
    st.session_state["notice"] = f"{count} for {fund}. Solve again to see what it does; undo takes it back."


def _names(case: Case, kind: str) -> list[str]:
    known = list(dict.fromkeys(str(n) for sheet in library_rows.NAMES[kind] for n in case.tables[sheet][kind].tolist()))
    if kind == "category":
        known = list(dict.fromkeys([*known, *STANDARD_CATEGORIES]))
    return known or (["FY"] if kind == "period" else [])


def _ask(case: Case, entry: Entry, ask: Ask) -> str:
    """The widget for what an entry asks; "" where nothing was answered."""
    label = letters(f"{ask.says[:1].upper()}{ask.says[1:]}")
    key = f"library-{entry.key}-{ask.name}"
    default = (
        "" if ask.default is None else f"{ask.default:.12g}" if isinstance(ask.default, float | int) else ask.default
    )
    if ask.kind == "agencies":
        return " | ".join(st.multiselect(label, _names(case, "agency"), key=key))
    if ask.kind in library_rows.NAMES:
        known = _names(case, ask.kind)
        at = next((k for k, n in enumerate(known) if fold(n) == fold(str(default))), None)
        return str(st.selectbox(label, known, index=at, key=key, placeholder="Choose") or "")
    return str(st.text_input(label, value=str(default), key=key) or "")
