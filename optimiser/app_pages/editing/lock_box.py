"""Locks on the page Inputs: all of them with reason, owner and cost, and the dialog that shows a cost before it is saved."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.asking import PATIENCE, POLL, answer, jobs
from optimiser.app_pages.shell.text import letters
from optimiser.desk import locks, questions
from optimiser.desk.locks import Cost, Lock
from optimiser.desk.state import Draft
from optimiser.desk.typed_cells import column_of, typed
from optimiser.report.words import SYMBOLS

COSTS_AT_ONCE = 8
"""Locks whose cost is computed without being asked for; each takes two solves."""


def part(draft: Draft, initiative: str = "") -> None:
    """Every lock, and the button for one more. initiative: the one that the dialog starts with."""
    found, currency = locks.listed(draft), draft.currency
    st.button(
        "Lock an initiative",
        key="lock-new",
        disabled=not draft.editable or not draft.records("Initiatives"),
        on_click=boxes.show,
        args=("lock", initiative),
    )
    if not found:
        st.markdown("No initiative is locked. A lock holds one at an amount, in or out, with a reason and an owner.")
        return
    costs = _costs(draft, found) if not draft.checked().errors else None
    for lock in found:
        _one(draft, lock, currency, costs)


def _one(draft: Draft, lock: Lock, currency: str, costs: dict[str, Cost] | None) -> None:
    with st.container(border=True, gap="xsmall", key=f"card-lock-{lock.number}"):
        off = "" if lock.active else " :gray-badge[off]"
        owner = f" · {lock.owner}" if lock.owner else ""
        st.markdown(f"**{letters(lock.said(currency))}**{letters(owner)}{off}")
        if lock.reason:
            st.markdown(letters(f"“{lock.reason}”"))
        if costs is not None and lock.active and lock.rule in costs:
            st.markdown(f":gray[{letters(costs[lock.rule].said)}]")
        with st.container(horizontal=True):
            st.button(
                "Remove",
                key=f"unlock-{lock.number}",
                type="tertiary",
                disabled=not draft.editable,
                on_click=draft.delete,
                args=("Rules", [lock.number], f"Lock removed: {lock.said(currency)}"),
                help="It can be undone.",
            )


def _costs(draft: Draft, found: list[Lock]) -> dict[str, Cost] | None:
    """Of each active lock what it costs now, by its rule; None while that is computed."""
    active = [lock for lock in found if lock.active][:COSTS_AT_ONCE]
    case, records, scenario = draft.checked().case, draft.plain(), draft.scenario
    if case is None or not active:
        return None

    rules = tuple(lock.rule for lock in active)
    look, key = partial(questions.lock_costs, records, rules, scenario), ("locks", case.sha256, scenario, rules)
    return answer(key, "What the locks cost", look, (), "locks")


@st.dialog("Lock an initiative", width="medium", on_dismiss=boxes.close)
def add(draft: Draft, initiative: str = "") -> None:
    """Asks which, how, why and by whom; shows the cost, then saves."""
    names = locks.initiatives(draft)
    keys = list(names)
    chosen = str(
        st.selectbox(
            "Initiative",
            keys,
            index=keys.index(initiative) if initiative in names else 0,
            format_func=lambda k: k if names[k] == k else f"{k} · {names[k]}",
            key="lock-initiative",
        )
    )
    how = str(st.selectbox("How", list(locks.WAYS), format_func=locks.WAYS.__getitem__, key="lock-how"))
    amount, problem = 0.0, ""
    if how in locks.NEEDS_AMOUNT:
        symbol = SYMBOLS.get(draft.currency.upper(), draft.currency)
        written = st.text_input(f"Amount ({letters(symbol)})", key="lock-amount", placeholder="600,000")
        value = typed(column_of(draft, "Initiatives", "request"), written)
        if isinstance(value, float) and value >= 0:
            amount = value
        else:
            problem = (
                "the amount, as a number" if not written.strip() else f"an amount that can be read (“{written}” cannot)"
            )
    reason = st.text_input("Reason", key="lock-reason", placeholder="Promised to the council", max_chars=500)
    owner = st.text_input("Owner: who answers for it", value=session.actor().name, key="lock-owner", max_chars=120)
    missing = [m for m in (problem, "" if reason.strip() else "a reason", "" if owner.strip() else "an owner") if m]
    if how == locks.OUT and chosen:
        st.caption("It receives no money while this lock stands.")
    if not problem:
        _preview(draft, chosen, how, amount)
    if st.button(
        "Save the lock",
        type="primary",
        key="lock-save",
        disabled=bool(missing),
        help=f"Still needed: {letters(', '.join(missing))}." if missing else None,
    ):
        row = locks.row(draft, chosen, how, amount, reason, owner)
        held = Lock(0, "", chosen, how, amount, owner, reason, True, names[chosen])
        boxes.close()
        draft.add_all("Rules", [row], f"Locked: {held.said(draft.currency)} ({reason.strip()})")
        st.rerun()


def _preview(draft: Draft, initiative: str, how: str, amount: float) -> None:
    """What the lock would cost, solved with it and without."""
    case, records, scenario = draft.checked().case, draft.plain(), draft.scenario
    if case is None:
        st.caption("What it costs can be said once the faults are mended.")
        return
    made = locks.row(draft, initiative, how, amount, "", "")

    look = partial(questions.lock_cost, records, made, scenario)
    key = ("lock", case.sha256, scenario, initiative, how, amount)
    job = jobs().ask(key, "What it would cost", look, quick=True)
    jobs().wait(job, PATIENCE)

    @st.fragment(run_every=None if job.done else POLL)
    def follow() -> None:
        """How far it is, in its own place: to draw the page anew would take the text from under who types."""
        found: Cost | None = job.answer
        if found is not None:
            st.info(letters(found.said))
        else:
            st.caption(letters(job.problem) or f"What it costs is being solved, {job.seconds:.0f} s.")

    follow()
