"""Administration: people and their roles, the database and its care, holds; where the role allows."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell import handed, parts, session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.text import letters
from optimiser.desk import questions
from optimiser.store.base import people
from optimiser.store.base.migrate import said as named
from optimiser.store.base.people import Person
from optimiser.store.base.rights import ROLES, Actor, permit
from optimiser.store.keeping import backup, retention, retirement

PEOPLE, DATABASE, RECORDS, DOCTOR = "People", "Database", "Holds and retention", "Doctor"
_MARKS = {"ok": ":green[✓]", "warn": ":orange[!]", "fail": ":red[✕]"}


def page() -> None:
    """The page."""
    actor = session.actor()
    if not actor.may("manage people"):
        st.title("Administration is for administrators")
        ask = people.administrators(session.db())
        st.markdown(letters(f"Ask {' or '.join(ask)}." if ask else "No one is administrator here yet."))
        return
    listed = people.listed(session.db(), actor)
    st.title(letters(headline(listed)))
    part = parts.chosen("administration", (PEOPLE, DATABASE, RECORDS, DOCTOR))
    if part == DATABASE:
        _database(actor)
    elif part == RECORDS:
        _records(actor)
    elif part == DOCTOR:
        _doctor()
    else:
        _people(actor, listed)


def headline(listed: list[Person]) -> str:
    """How many people there are, and whether some wait for a role."""
    waiting = sum(p.active and not p.roles for p in listed)
    count = "1 person" if len(listed) == 1 else f"{len(listed)} people"
    if waiting:
        return f"{count}; {waiting} {'waits' if waiting == 1 else 'wait'} for a role"
    return f"{count}, each with a role" if len(listed) > 1 else "One person works here, with every role"


# -- people -----------------------------------------------------------------------------------------------------------


def _people(actor: Actor, listed: list[Person]) -> None:
    rows = [
        {
            "Name": p.name,
            "Agency": p.agency or "the partnership's office",
            "Roles": ", ".join(r for r in ROLES if r in p.roles) or "none yet",
            "State": "active" if p.active else "switched off",
            "Since": session.clock(p.added),
        }
        for p in listed
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", alt="Everybody, with agency, roles and state")
    with st.expander("What each role may do"):
        for role, what in ROLES.items():
            st.markdown(f"**{letters(role)}** {letters(what)}")
    others = {p.id: p for p in listed if p.subject != people.LOCAL}
    if not others:
        st.markdown(
            "On this machine one person works, with every role. People are added when they first sign in; "
            "`optimiser app --office` asks them to."
        )
        return
    with st.container(border=True, key="card-person"):
        chosen = others[str(st.selectbox("Person", list(others), format_func=lambda id: others[id].name, key="person"))]
        with st.form(f"person-{chosen.id}", border=False):
            roles = st.multiselect("Roles", list(ROLES), default=[r for r in ROLES if r in chosen.roles])
            agency = st.text_input(
                "Agency", value=chosen.agency, help="Blank: the partnership's own office, which sees everything."
            )
            active = st.toggle(
                "Active", value=chosen.active, help="Who is switched off may do nothing; what they did stays."
            )
            if st.form_submit_button("Save", type="primary"):
                session.do(lambda: _change(actor, chosen, roles, agency, active), f"{chosen.name} is saved.")


def _change(actor: Actor, person: Person, roles: list[str], agency: str, active: bool) -> None:
    db = session.db()
    if agency.strip() != person.agency:
        people.set_agency(db, actor, person.id, agency)
    if frozenset(roles) != person.roles:
        people.set_roles(db, actor, person.id, roles)
    if active != person.active:
        people.set_active(db, actor, person.id, active)


# -- database ---------------------------------------------------------------------------------------------------------


def _database(actor: Actor) -> None:
    where = named(session.db().url)
    st.markdown(letters(f"Everything is kept in {where}."))
    st.markdown("A backup holds all of it, readable without this program. It is checked after it is written.")
    if st.button("Make a backup", type="primary", key="backup"):
        with tempfile.TemporaryDirectory() as folder, st.spinner("The backup is written and read again"):
            made = backup.backup(session.db(), actor, Path(folder) / "optimiser-backup.zip")
            st.session_state["backup-made"] = (made.path.read_bytes(), made.sha256, dict(made.rows))
    if "backup-made" in st.session_state:
        data, sha256, rows = st.session_state["backup-made"]
        held = ", ".join(f"{rows.get(t, 0):,} {t}" for t in ("cases", "versions", "runs", "decisions"))
        st.success(f"{len(data) / 1e6:,.1f} MB with {letters(held)}. SHA-256 {letters(sha256)}")
        handed.button(
            "Download the backup",
            partial(_taken, data),
            "optimiser-backup.zip",
            "backup-get",
            of="backup",
        )
    st.caption("`optimiser restore FILE` puts a backup back.")


def _taken(data: bytes, actor: Actor) -> bytes:
    permit(actor, "back up")
    return data


# -- holds and retention ----------------------------------------------------------------------------------------------


def _state(kept: retention.CaseAge) -> str:
    if kept.hold:
        return "on legal hold"
    if kept.archived:
        return "archived, may be deleted" if kept.may_archive else "archived"
    return "may be archived and deleted" if kept.may_archive else "kept"


_ENDS = {"Archive": "archived", "Bring back": "back in the lists", "Delete": "deleted"}


def _records(actor: Actor) -> None:
    db = session.db()
    kept = retention.held_and_old(db, actor)
    years = retention.years(db)
    with st.form("retention", border=True):
        wanted = st.number_input("Years for which records are kept", retention.LEAST, retention.MOST, years, 1)
        if st.form_submit_button("Set"):
            session.do(
                lambda: retention.set_years(db, actor, int(wanted)), f"Records are kept for {int(wanted)} years."
            )
    if not kept:
        st.markdown("There are no cases yet.")
        return
    rows = [
        {
            "Case": k.name,
            "Last done in it": session.clock(k.last),
            "State": _state(k),
        }
        for k in kept
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", alt="Every case, when it was last worked in, its state"
    )
    known = {k.case: k for k in kept}
    with st.form("end", border=True):
        ended = str(
            st.selectbox("Case to archive, bring back or delete", list(known), format_func=lambda id: known[id].name)
        )
        what = st.radio(
            "What", _ENDS, horizontal=True, help="What is deleted is gone for good; the audit keeps its outline."
        )
        why = st.text_input("Reason, to delete it")
        if st.form_submit_button("Do it"):
            done = f"{known[ended].name}: {_ENDS[what]}."
            if what == "Delete":
                session.do(lambda: retirement.remove(db, actor, ended, why), done)
            else:
                session.do(lambda: retirement.archive(db, actor, ended, what == "Archive"), done)
    with st.form("hold", border=True):
        case = str(st.selectbox("Case", list(known), format_func=lambda id: known[id].name))
        on = st.toggle("On legal hold", value=True)
        reason = st.text_input("Reason")
        if st.form_submit_button("Save"):
            done = f"{known[case].name} is {'on hold' if on else 'no longer on hold'}."
            session.do(lambda: retention.hold(db, actor, case, on, reason), done)


# -- doctor -----------------------------------------------------------------------------------------------------------


def _doctor() -> None:
    session_url = sign_in.database().url
    count = st.session_state.setdefault("doctor", 0)
    found = answer(
        ("doctor", str(session_url), count), "Looking at everything", partial(questions.examined, session_url)
    )
    if found is None:
        return
    wrong = [f for f in found if f.level != "ok"]
    fails = sum(f.level == "fail" for f in wrong)
    st.header(
        "All is well"
        if not wrong
        else f"{len(wrong)} {'thing' if len(wrong) == 1 else 'things'} to look at"
        + (f", {fails} of them serious" if fails else "")
    )
    for finding in sorted(found, key=lambda f: ("fail", "warn", "ok").index(f.level)):
        cure = f"  \n{letters(finding.cure)}" if finding.cure else ""
        st.markdown(f"{_MARKS[finding.level]} **{letters(finding.name)}** {letters(finding.said)}{cure}")
    if st.button("Look again", key="doctor-again"):
        st.session_state["doctor"] = count + 1
        st.rerun()


if __name__ == "__main__":
    page()
