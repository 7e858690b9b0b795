"""The one door by which a file leaves the app: made when it is asked for, by the rights of that moment, for who asked.

A button holds no file. When it is pressed, the person is asked for anew (their sign-in, roles and agency, and whether the
case is still shown to them), the file is made, the audit tells of it, and its address opens for them alone and for a
minute. Nothing else of this app's has an address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import streamlit as st
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from optimiser.app_pages.shell import gate, sign_in
from optimiser.app_pages.shell.text import letters
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed, permit
from optimiser.store.work import cases

MIMES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""What a file is, by the ending of its name."""
CHANGED = "Your rights have changed since this page was drawn. Reload it, and ask for the file again."
Make = Callable[[Actor], bytes]


def button(label: str, make: Make, name: str, key: str, *, of: str = "", case: str = "", **look: Any) -> None:
    """A button that hands out a file.

    make: its bytes, for a person with their rights at that moment; name: with an ending of MIMES; of: id of what it is of,
    for the audit ("": nothing of the store, such as a template); case: id of the case that must still be shown to them.
    """
    ticket, db, mime = sign_in.ticket(), sign_in.database(), MIMES[PurePath(name).suffix]
    st.download_button(
        letters(label), lambda: hand(db, ticket, make, name, mime, of or case, case), name, mime, key=key, on_click="ignore", **look
    )  # fmt: skip


def hand(db: Database, ticket: sign_in.Ticket, make: Make, name: str, mime: str, of: str, case: str) -> bytes:
    """The file, told to the audit; its address is open from now on. Raises PermissionError, NotAllowed, NotThere."""
    actor = ticket.actor(db)
    permit(actor, "export")
    if (actor.roles, actor.agency) != (ticket.drawn.roles, ticket.drawn.agency):
        raise NotAllowed(CHANGED)
    if case:
        cases.info(db, actor, case)
    made = make(actor)
    if of:
        with db.act(actor, "export", of, {"file": name, "sha256": hashlib.sha256(made).hexdigest()}):
            pass
    gate.OPENED.open(_calculate_file_id(made, mime, name), ticket.holds)
    return made
