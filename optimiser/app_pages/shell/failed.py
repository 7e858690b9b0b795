"""What fails inside a page becomes a sentence, with the navigation and the case bar still there."""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from optimiser.app_pages.shell.text import letters
from optimiser.store.base.database import Broken, Busy, Unusable, in_words
from optimiser.store.base.rights import NotAllowed
from optimiser.store.privacy.reach import NotThere

_KEPT = "What was saved before is kept."


def told(drawn: Callable[[], None], key: str = "page") -> None:
    """Draws it; what fails is logged, and told in a sentence with a way to try again.

    What Streamlit raises to end or repeat a run is no failure: it is no Exception, and passes.
    """
    try:
        drawn()
    except Exception as wrong:  # whatever it is, who reads the page must hear of it and keep the way out
        logging.getLogger(__name__).exception("a page failed")
        st.error(letters(sentence(wrong)))
        st.button("Try again", key=f"failed-again-{key}")


def sentence(wrong: Exception) -> str:
    """A failure in words: what it is, what is kept, what to do."""
    if isinstance(wrong, Busy | Unusable | NotAllowed | NotThere | PermissionError):
        return str(wrong)
    if isinstance(wrong, Broken):
        return f"{in_words(wrong)} {_KEPT} An edit that was not saved is offered again then."
    return (
        f"This page could not be shown. {_KEPT} Take back the last edit, open another page, or try again; "
        "the server's log says more."
    )
