"""The office's letterhead and papers of its own: brought here, checked, kept for all cases, and taken away again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import streamlit as st

from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import counted, listed
from optimiser.papers.office_template import TEMPLATES, TemplateError
from optimiser.papers.own_papers import ENDING, brought, tried
from optimiser.papers.paper import Source
from optimiser.store.work import letterheads
from optimiser.store.work.letterheads import OfficeTemplate

OF = {
    "docx": ("Letters, notices and forms", "its page, header, footer and styles; its text is replaced"),
    "pptx": ("Slides", "its master and layouts; its own slides are left out"),
    "xlsx": ("Workbooks", "what stands on its first sheet, above every sheet of ours"),
}
"""By form: which papers are made with it, and what is kept of a template."""


def said(kept: Iterable[OfficeTemplate], folder: Path | None) -> str:
    """On which templates the papers are made. folder: that of the server."""
    files = {one.form: one.file for one in kept}
    for form, (name, _) in TEMPLATES.items():
        if folder is not None and (folder / name).is_file():
            files.setdefault(form, name)
    looks, own = [files[f] for f in OF if f in files], [f for f in files if f.endswith(ENDING)]
    made = f"Made on your {listed(looks)}." if looks else "Made without a letterhead of yours."
    return f"{made} {counted(len(own), 'paper')} of your own." if own else made


@st.dialog("Your letterhead and papers", width="large", on_dismiss=boxes.close)
def box(source: Source) -> None:
    """What is kept, with a way to take it away; and a field for another, which is judged at once."""
    db, actor = session.db(), session.actor()
    st.markdown(
        "Papers are made on it from now on, in all cases. Bring a document (.docx), slides (.pptx) or a workbook (.xlsx) "
        "of at most 10 MB, without macros. Links out of it are taken out, and nothing is fetched. The foot of "
        "each page still says what the paper was made of. A paper of your own is a text file (.toml); the guide's page "
        "on papers shows how one is written."
    )
    kept, may = {one.form: one for one in letterheads.listed(db, actor)}, letterheads.may_set(actor)
    for form, (what, used) in OF.items():
        one = kept.pop(form, None)
        _line(f"{what} (.{form})", one, f" Of it is kept {used}.", form, may)
    for form, one in kept.items():
        _line("Paper", one, "", form, may)
    if not may:
        st.caption("The partnership's office sets it: an analyst, finance or an administrator.")
        return
    file = st.file_uploader("Your own template or paper", type=None, key="letterhead-file")
    if file is None:
        return
    try:
        with st.spinner("Trying it"):
            said = _judged(file.name, file.getvalue(), source)
    except TemplateError as problem:
        st.error(letters(str(problem)))
        return
    st.markdown(letters(said))
    if st.button("Keep it", type="primary", key="letterhead-keep", icon=":material/check:"):
        _keep(file.name, file.getvalue())


def _line(what: str, one: OfficeTemplate | None, used: str, form: str, may: bool) -> None:
    """One that is kept, or that there is none, and the way to take it away."""
    left, right = st.columns([78, 22], vertical_alignment="center")
    here = f"{one.file}, since {session.clock(one.at)}, by {one.person}.{used}" if one else "none"
    left.markdown(letters(f"{what}: {here}"))
    if one and may:
        drop = partial(_drop, form)
        right.button("Take away", key=f"letterhead-drop-{form}", icon=":material/delete:", on_click=drop)


def _judged(name: str, content: bytes, source: Source) -> str:
    """What can be made with a file, in a sentence. Raises TemplateError."""
    made = brought(name, content)
    if made.form.endswith(ENDING):
        count = tried(made.form, content, source)
        return f"{counted(count, 'paper')} of it can be made of the plan on show."
    out = f" {counted(made.links, 'link')} in it {'is' if made.links == 1 else 'are'} taken out." if made.links else ""
    return f"{OF[made.form][0]} can be made on it.{out}"


def _keep(name: str, content: bytes) -> None:
    paper = name.lower().endswith(ENDING)
    done = f"{name} is among the papers." if paper else f"Papers are made on {name} from now on."
    session.do(lambda: letterheads.keep(session.db(), session.actor(), name, content), done)


def _drop(form: str) -> None:
    letterheads.remove(session.db(), session.actor(), form)
