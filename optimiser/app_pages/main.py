"""The app: navigation, case bar, page, bottom bar. Started by app.py, or by itself where the package is installed."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from optimiser.app_pages.committee import is_projected
from optimiser.app_pages.editing import form, grid
from optimiser.app_pages.shell import asking, case_bar, failed, session, sign_in, style
from optimiser.app_pages.shell.text import letters
from optimiser.desk import guidebook
from optimiser.store.base.database import Broken
from optimiser.store.privacy import sight

HERE = Path(__file__).resolve().parent
PAGES = (
    ("Start", "start.py"),
    ("Inputs", "inputs.py"),
    ("Rules", "rules.py"),
    ("Plan", "plan.py"),
    ("Why", "why.py"),
    ("What if", "what_if.py"),
    ("Pooling", "pooling.py"),
    ("Committee", "committee.py"),
    ("Papers", "papers.py"),
)
"""Title and file of every page, in order; the first is where the app opens."""
MORE = (
    ("History", "history.py"),
    ("Administration", "administration.py"),
    ("Guide", "guide.py"),
)
"""Pages that stand under More."""
WHOLE_ONLY = ("Rules", "Why", "What if", "Pooling")
"""Pages that compute with the whole case; who sees it in part only reads why they are closed."""
OF_THE_PLAN = ("Start", "Rules", "Plan", "Why", "What if", "Pooling")
"""Pages whose figures are of the plan on show; they are dimmed while that is another scenario's."""
WITHOUT_CASE = ("Administration", "Guide")
"""Pages for which no case need be open: an administrator may have none."""


def main() -> None:
    """Draws one page."""
    st.set_page_config(
        page_title="Optimiser",
        page_icon=str(HERE / "icon.svg"),
        layout="wide",
        menu_items={
            "Get help": None,
            "Report a bug": None,
            "About": "Optimiser. Runs on this machine and sends nothing anywhere.",
        },
    )
    style.apply()
    asking.begin()
    failed.told(_page, "app")
    asking.end()


def _page() -> None:
    """The page for who is at work, under the navigation and between the bars."""
    try:
        person = sign_in.guard()
    except Broken:  # who is at work cannot be asked; the way to the pages stays
        _navigation()
        raise
    grid.take_rest()
    form.take_rest()
    page, alone = _navigation(), is_projected()
    if alone and page.title == "Committee":
        style.projector()
        session.draft()
        failed.told(page.run)
        return
    sign_in.who(person)
    if page.title in WITHOUT_CASE:
        case_bar.notice()
        failed.told(page.run)
        _more(page.title)
        return
    draft = session.draft()
    style.skip(style.PAGE)
    case_bar.top(draft)
    style.place(style.PAGE)
    if draft.whole or page.title not in WHOLE_ONLY:
        other = case_bar.of_another(draft) if page.title in OF_THE_PLAN else ""
        if other:
            st.warning(letters(other))
        with st.container(key="figures-of-another" if other else None):
            failed.told(page.run)
        _more(page.title)
        case_bar.bottom(draft)
    else:
        st.title("This page is for who may see all of the case")
        st.markdown(letters(sight.WHOLE_ONLY))


def _navigation() -> StreamlitPage:
    """The way to every page; returns the one that is open."""
    pages = [st.Page(HERE / file, title=title, default=n == 0) for n, (title, file) in enumerate(PAGES)]
    more = [st.Page(HERE / file, title=title) for title, file in MORE]
    page = st.navigation({"": pages, "More": more}, position="hidden" if is_projected() else "top")
    st.session_state["pages"] = {page.title: page for page in (*pages, *more)}
    return page


def _more(title: str) -> None:
    """Where the guide says more of a page, and what its words mean."""
    name = guidebook.OF_PAGE.get(title)
    if not name or not guidebook.folder():
        return
    more = f"More in the guide: [{letters(guidebook.title(name))}]({guidebook.address(name)})"
    words = [f"[{letters(w)}]({guidebook.word(w)})" for w in guidebook.WORDS_OF_PAGE.get(title, ())]
    st.caption(f"{more} · Words: {' · '.join(words)}" if words else more)


if __name__ == "__main__":
    main()
