"""The app: navigation, case bar, page, bottom bar. Started by app.py, or by itself where the package is installed."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from optimiser.app_pages import case_bar, session, style

HERE = Path(__file__).resolve().parent
PAGES = (
    ("Start", "start.py"),
    ("Inputs", "inputs.py"),
    ("Rules", "rules.py"),
    ("Plan", "plan.py"),
    ("Why", "why.py"),
    ("What if", "what_if.py"),
)
"""Title and file of every page, in order; the first is where the app opens."""


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
    pages = [st.Page(HERE / file, title=title, default=n == 0) for n, (title, file) in enumerate(PAGES)]
    page = st.navigation(pages, position="top")
    st.session_state["pages"] = {page.title: page for page in pages}
    draft = session.draft()
    case_bar.top(draft)
    page.run()
    case_bar.bottom(draft)


if __name__ == "__main__":
    main()
