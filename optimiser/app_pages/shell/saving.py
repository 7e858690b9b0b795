"""Save version: a draft becomes the next version; what somebody else has saved meanwhile is brought together with it,
and where both changed one cell the person chooses, cell by cell."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import capital
from optimiser.desk.state import REFUSALS, Draft, plainly, words_of
from optimiser.store.base.records import ORDER
from optimiser.store.work.drafts import Conflicts
from optimiser.store.work.merge import BothChanged, Side

_WAITING = "save-conflicts"


def standing(draft: Draft) -> str:
    """Which version this is, and how far the draft is from it: version 3, 4 edits since."""
    edits = len(draft.unsaved())
    since = f", {edits:,} {'edit' if edits == 1 else 'edits'} since" if edits else ""
    newer = f"; version {draft.state.latest} is newer" if draft.state.latest > draft.state.base else ""
    return f"version {draft.state.base}{since}{newer}"


def button(draft: Draft) -> None:
    """The button of the case bar, with what it would save; the dialog where two edits must be brought together."""
    if not draft.editable:
        return
    edits, newer = draft.unsaved(), draft.state.latest > draft.state.base
    key = f"save-note-{draft.id}-{draft.state.base}"
    with st.popover(
        f"Save {len(edits):,} {'edit' if len(edits) == 1 else 'edits'}" if edits else "Saved",
        key="save-open",
        type="secondary" if edits else "tertiary",
    ):
        said = standing(draft)
        st.markdown(f"**{capital(said)}.**")
        st.caption(
            "Your edits are kept as you make them. A version is what others see, what finance approves and what a committee "
            "decides on."
        )
        if newer:
            st.markdown("Somebody else has saved meanwhile. What they changed is brought together with your edits.")
        st.text_input("What was changed, and why (may stay blank)", key=key, max_chars=500)
        st.button(
            "Save version",
            type="primary",
            key="save-version",
            disabled=not edits and not newer,
            help=None if edits or newer else "Nothing differs from the newest version.",
            on_click=_save,
            args=(draft, key),
        )
    if st.session_state.get(_WAITING, ("",))[0] == draft.id:
        _choose(draft)


def _save(draft: Draft, key: str) -> None:
    _try(draft, str(st.session_state.get(key, "")), {})


def _try(draft: Draft, note: str, choices: dict[tuple[str, str, str], Side]) -> None:
    """Saves, or keeps what must be chosen first for the dialog."""
    st.session_state.pop(_WAITING, None)
    try:
        number = session.save_version(draft, note, choices)
    except Conflicts as found:
        st.session_state[_WAITING] = (draft.id, note, found.differences, choices)
    except REFUSALS as problem:
        draft.refused = words_of(problem)
    else:
        st.session_state["notice"] = f"Version {number} is saved."


@st.dialog(
    "Somebody else changed the same cells", width="large", on_dismiss=lambda: st.session_state.pop(_WAITING, None)
)
def _choose(draft: Draft) -> None:
    """Both values of every cell that two people changed, to choose from."""
    _, note, found, before = st.session_state[_WAITING]
    count = len(found)
    st.markdown(
        f"**{count} {'cell was' if count == 1 else 'cells were'} changed by you and by somebody else who has saved "
        "meanwhile.** Nothing is lost until you choose; all other edits of both are taken."
    )
    choices: dict[tuple[str, str, str], Side] = dict(before)
    for n, one in enumerate(found):
        with st.container(border=True, key=f"conflict-{n}"):
            st.markdown(f"**{letters(place(one))}** :gray[before: {letters(value(one, one.base))}]")
            sides = {
                "mine": f"Mine: {letters(value(one, one.mine))}",
                "theirs": f"Theirs: {letters(value(one, one.theirs))}",
            }
            chosen = st.radio(
                letters(place(one)),
                list(sides),
                index=None,
                format_func=sides.__getitem__,
                key=f"choose-side-{n}-{'-'.join(one.place)}",
                label_visibility="collapsed",
                horizontal=True,
            )
            if chosen is not None:
                choices[one.place] = "mine" if chosen == "mine" else "theirs"
    open_ones = sum(one.place not in choices for one in found)
    with st.container(horizontal=True):
        if st.button(
            "Save with these choices",
            type="primary",
            key="save-chosen",
            disabled=bool(open_ones),
            help=f"Still to choose: {open_ones}." if open_ones else None,
        ):
            _try(draft, note, choices)
            st.rerun()
        if st.button("Not now", key="save-later", help="Your edits stay in your draft."):
            st.session_state.pop(_WAITING, None)
            st.rerun()


def place(one: BothChanged) -> str:
    """Which cell: Funds, amount of Pool."""
    if one.column == ORDER and not one.key:
        return f"{one.sheet}, order of the rows"
    return f"{one.sheet}, {one.column} of {one.key}" if one.column else f"{one.sheet}, {one.key}"


def value(one: BothChanged, held: object) -> str:
    """A value of a cell in words; of a whole record whether it is kept."""
    if one.column == ORDER and not one.key and isinstance(held, list):
        return ", ".join(str(h) for h in held)
    return plainly(held) if one.column else "deleted" if held is None else "kept, as changed"
