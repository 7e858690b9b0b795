"""History: versions, who changed what, two versions side by side, decisions, and whether the audit is whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell import handed, parts, session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.differences import SHOWN, change_table, summary
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import capital
from optimiser.desk import questions
from optimiser.desk.state import PART_ONLY, CellChange, Draft, Sheets
from optimiser.store.base.records import differences, numbered
from optimiser.store.base.rights import Actor
from optimiser.store.committee import decisions
from optimiser.store.keeping import audit_check
from optimiser.store.work import cases
from optimiser.store.work.cases import VersionInfo
from optimiser.store.work.edits import numbered_like

VERSIONS, STEPS, COMPARE, DECISIONS, AUDIT = "Versions", "Who changed what", "Compare", "Decisions", "Audit"
"""Rows of a table that a person reads; more are counted."""
MINE = 0
"""Stands for the draft where versions have their numbers."""


def page() -> None:
    """The page."""
    draft = session.draft()
    versions = cases.versions(session.db(), session.actor(), draft.id)
    st.title(letters(headline(draft, versions)))
    part = parts.chosen("history", (VERSIONS, STEPS, COMPARE, DECISIONS, AUDIT))
    if part == STEPS:
        _steps(draft)
    elif part == COMPARE:
        _compare(draft, versions)
    elif part == DECISIONS:
        _decisions(draft)
    elif part == AUDIT:
        _audit()
    else:
        _versions(draft, versions)


def headline(draft: Draft, versions: list[VersionInfo]) -> str:
    """The newest version, and how far the draft is from it."""
    newest = versions[0]
    said = f"Version {newest.number}, saved by {newest.person} at {session.clock(newest.at)}"
    edits = len(draft.unsaved())
    if edits:
        said += f"; your draft has {edits:,} {'edit' if edits == 1 else 'edits'} more"
    elif newest.approvals:
        said += f", approved by {' and '.join(a.person for a in newest.approvals)}"
    return said


# -- versions ---------------------------------------------------------------------------------------------------------


def _versions(draft: Draft, versions: list[VersionInfo]) -> None:
    actor = session.actor()
    st.markdown(
        "A version is never changed. To go back to an earlier one makes it the newest; what lies between stays."
    )
    _sharing(draft)
    for version in versions[:SHOWN]:
        with st.container(border=True, key=f"version-{version.number}"):
            said, buttons = st.columns([68, 32], vertical_alignment="center")
            with said:
                note = version.note if draft.whole else ""
                st.markdown(
                    f"**Version {version.number}** · {letters(version.person)}, {session.clock(version.at)}"
                    + (f"  \n{letters(note)}" if note else "")
                )
                for given in version.approvals:
                    why = f": {given.note}" if given.note and draft.whole else ""
                    st.markdown(
                        f":green[✓ approved by {letters(given.person)}, {session.clock(given.at)}{letters(why)}]"
                    )
                if draft.whole:  # of rows that somebody may not see a sum would tell whether they guessed them
                    st.caption(f"Content {version.sha256[:12]}")
            with buttons, st.container(horizontal=True, horizontal_alignment="right"):
                approved = any(a.person == actor.name for a in version.approvals)
                if actor.may("approve a version") and not approved:
                    st.button(
                        "Approve", key=f"approve-{version.number}", on_click=_approve, args=(draft, version.number)
                    )
                if version.number != versions[0].number and draft.editable:
                    st.button(
                        "Restore",
                        key=f"restore-{version.number}",
                        on_click=_restore,
                        args=(draft, version.number),
                        disabled=not actor.may("restore a version"),
                    )


def _sharing(draft: Draft) -> None:
    """Who else sees the case; its owner decides."""
    actor = session.actor()
    info = cases.info(session.db(), actor, draft.id)
    if info.owner != actor.id:
        st.caption(f"{letters(info.owner_name)} opened this case and shares it.")
        return
    key = f"share-{draft.id}-{info.shared}"
    st.toggle(
        "Shared with everybody who signs in",
        value=info.shared,
        key=key,
        disabled=not actor.may("share a case"),
        help="Rows marked sensitive are shown to their own people only.",
        on_change=_share,
        args=(draft, key, info.shared),
    )


def _share(draft: Draft, key: str, was: bool) -> None:
    shared = bool(st.session_state[key])
    if shared == was:  # a switch that gave way to a newer one is told once more, as it was drawn
        return
    said = "The case is shared." if shared else "The case is yours alone again."
    _do(draft, lambda: cases.share(session.db(), session.actor(), draft.id, shared), said)


def _approve(draft: Draft, number: int) -> None:
    _do(draft, lambda: cases.approve(session.db(), session.actor(), draft.id, number), f"Version {number} is approved.")


def _restore(draft: Draft, number: int) -> None:
    edits = bool(draft.unsaved())

    def restore() -> None:
        cases.restore(session.db(), session.actor(), draft.id, number)
        draft.refresh()
        draft.epoch += 1

    kept = " Your own edits are still in your draft; they are brought together when you save." if edits else ""
    _do(draft, restore, f"Version {number} is the newest again.{kept}")


def _do(draft: Draft, act: Callable[[], object], done: str) -> None:
    if draft.attempt(act):
        st.session_state["notice"] = done


# -- who changed what -------------------------------------------------------------------------------------------------


def _steps(draft: Draft) -> None:
    steps = draft.state.steps
    if not steps:
        st.markdown("Nothing was changed in your draft yet. What others changed stands in their versions: see Compare.")
        return
    wanted = st.text_input(
        "Search", placeholder="Search steps", key="step-search", label_visibility="collapsed", width=300
    )
    text = wanted.strip().casefold()
    undone = {s.number for s in draft.state.live[draft.state.position :]}
    rows = [
        {
            "When": session.clock(s.at),
            "Who": s.person,
            "What": s.said,
            "Cells": len(s.changes),
            "State": "undone" if s.dropped or s.number in undone else "in force",
        }
        for s in reversed(steps)
        if not text or text in f"{s.said} {s.person}".casefold()
    ]
    count = f"{len(rows):,} {'step' if len(rows) == 1 else 'steps'} of your draft, the newest first."
    st.markdown(count)
    st.dataframe(
        pd.DataFrame(rows[:SHOWN]),
        hide_index=True,
        alt="Every step of the draft: when, who, what, how many cells, and whether it is in force",
        column_config={"What": st.column_config.TextColumn(width=620)},
    )
    if len(rows) > SHOWN:
        st.caption(f"… and {len(rows) - SHOWN:,} more. Search to see them.")


# -- two versions -----------------------------------------------------------------------------------------------------


def _compare(draft: Draft, versions: list[VersionInfo]) -> None:
    if not draft.whole:
        st.markdown(PART_ONLY)
        return
    numbers = [v.number for v in versions]
    known = {v.number: f"Version {v.number}, {v.person}, {session.clock(v.at)}" for v in versions}
    known[MINE] = "My draft"
    both = [MINE, *numbers] if draft.editable else numbers
    with st.container(horizontal=True):
        before = st.selectbox(
            "From", numbers, index=min(1, len(numbers) - 1), format_func=known.__getitem__, key="from"
        )
        after = st.selectbox("To", both, index=0, format_func=known.__getitem__, key="to")
    found = between(draft, int(before), int(after))
    if not found:
        st.markdown(f"**Nothing differs** between {letters(f'{known[int(before)]} and {known[int(after)]}')}.")
        return
    st.markdown(f"**{capital(summary(found))}**")
    change_table(found)


def between(draft: Draft, before: int, after: int) -> list[CellChange]:
    """What differs between two versions (0: the draft), by the ID of each record."""
    start = numbered(cases.version(session.db(), session.actor(), draft.id, before).records)
    if after == MINE:
        end = {sheet: [r.values for r in rows] for sheet, rows in draft.sheets.items()}
    else:
        end = {
            s: list(rows) for s, rows in cases.version(session.db(), session.actor(), draft.id, after).records.items()
        }
    following = 1 + sum(len(rows) for rows in start.values())
    made: Sheets = numbered_like(start, end, following)[0]
    return differences(start, made)


# -- decisions and audit ----------------------------------------------------------------------------------------------


def _decisions(draft: Draft) -> None:
    db, actor = session.db(), session.actor()
    listed = decisions.decided(db, actor, draft.id)
    if not listed:
        st.markdown("No decisions yet. When the committee resolves a run, it is kept here unchanged.")
    for one in listed:
        with st.container(border=True, key=f"decision-{one.id}"):
            colour = "green" if one.outcome == "approved" else "red"
            st.markdown(f"**{letters(one.title)}** :{colour}-badge[{one.outcome}]")
            st.markdown(letters(one.tally.sentence))
            st.caption(
                f"Resolved by {letters(one.person)}, {session.clock(one.at)} · run {one.run[:8]} · "
                f"report {one.report_sha256[:12]} · audit {one.audit_head[:12]}"
            )
            with st.container(horizontal=True):
                handed.button(
                    "The report as it was decided",
                    partial(_report, one.id),
                    f"decision-{one.id}.html",
                    f"report-{one.id}",
                    of=one.id,
                )
                if draft.whole and st.button("Solve it again", key=f"reproduce-{one.id}", type="tertiary"):
                    st.session_state["reproduce"] = one.id
            if draft.whole and st.session_state.get("reproduce") == one.id:
                _reproduced(one.id)


def _report(id: str, actor: Actor) -> bytes:
    return decisions.report(session.db(), actor, id)


def _reproduced(id: str) -> None:
    db, actor = session.db(), session.actor()

    again = partial(questions.reproduced, db.url, actor, id)
    found = answer(("reproduce", id, actor.id), "Solving the decided run again", again)
    if found is not None:
        (st.success if found.same else st.error)(letters(found.sentence))
        for said in found.differences:
            st.markdown(f"- {letters(said)}")


def _audit() -> None:
    st.markdown(
        "Everything that is done stands in a chain of records, each sealed with the one before. "
        "A change, a gap or a cut end shows when it is checked."
    )
    head = st.text_input(
        "A head from a printed report (may stay blank)",
        key="audit-head",
        help="The last line of a report says which head the audit had. It must still be in the chain.",
    )
    if st.button("Check the audit", type="primary", key="audit-check"):
        found = audit_check.verify(session.db(), session.actor(), head)
        (st.success if found.is_whole else st.error)(letters(found.sentence))
        for problem in found.problems:
            st.markdown(f"- {letters(problem.sentence)}")


if __name__ == "__main__":
    page()
