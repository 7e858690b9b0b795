"""What a page needs of this session: who is at work, the draft on the desk, the solves, and the verbs that buttons call."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from optimiser.app_pages.shell import boxes, parts, sign_in
from optimiser.app_pages.shell.text import letters
from optimiser.case.examples import example_path, examples
from optimiser.case.faults import InvalidCase
from optimiser.case.names import untaken
from optimiser.case.readable import counted
from optimiser.case.spec import BY_NAME
from optimiser.desk.background import Runs
from optimiser.desk.open_drafts import Desk, kept_plan
from optimiser.desk.scenario_rows import on_top
from optimiser.desk.state import REFUSALS, Draft, as_records, words_of
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.keeping import retirement
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import maps, recent
from optimiser.store.work import runs as kept_runs
from optimiser.store.work.merge import Choices
from optimiser.verbs import check, check_records, scenario

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.plan.tables import Plan

T = TypeVar("T")
EXAMPLE = "Example, fictional figures"
SMALLEST: dict[str, list[dict[str, object]]] = {
    "Case": [{"setting": "name", "value": "A small example (fictional)"}],
    "Agencies": [{"agency": "City Police"}, {"agency": "Public Health"}],
    "Funds": [{"fund": "Safety Pool", "amount": 900_000}, {"fund": "Health Grant", "amount": 400_000}],
    "Initiatives": [
        {"initiative": "Hospital outreach", "lead": "Public Health", "request": 500_000, "priority": 1.2},
        {"initiative": "Shooting reviews", "lead": "City Police", "request": 350_000},
        {"initiative": "Youth mentors", "lead": "Public Health", "request": 300_000, "priority": 1.1},
        {"initiative": "Night patrols", "lead": "City Police", "request": 450_000, "priority": 0.8},
    ],
}
"""What the app opens on where no examples came with it."""
FIRST_FAULTS = 4
"""Faults that a page without a plan lists."""
FIRST_SECONDS, LATER_SECONDS = 3.0, 0.9
"""How long a page waits for a solve before it shows how far that is."""


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """All drafts of this server."""
    return Desk(sign_in.database(), sign_in.actor, window, is_open)


def window() -> str:
    """Which window of a browser asks; "" outside of one."""
    here = get_script_run_ctx(suppress_warning=True)
    return here.session_id if here is not None else ""


def is_open(window: str) -> bool:
    """Whether a window is still there."""
    return bool(window) and runtime.exists() and runtime.get_instance().is_active_session(window)


def db() -> Database:
    """The store."""
    return desk().db


def actor() -> Actor:
    """The person at work in this session, with the roles they have now."""
    return sign_in.actor()


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """All solves of this server."""
    return Runs()


@st.cache_resource(show_spinner=False)
def example(name: str) -> Case:
    """An example workbook, read once."""
    case, faults = check(example_path(name))
    if case is None:
        raise ValueError(f"the example {name} has faults: {faults[0]}")
    return case


def draft() -> Draft:
    """The draft of this session: the case in the address, else what this person worked on last, else an example, solved."""
    wanted = st.session_state.get("case") or st.query_params.get("case", "")
    found = desk().open(wanted) if wanted else None
    if found is None:
        found = _first()
        if wanted:
            st.session_state["notice"] = _missing(wanted)
    st.session_state["case"] = found.id
    st.session_state.setdefault("opened", set()).add(found.id)
    if found.fresh and actor().may("solve"):
        solve_now(found)
    found.settle()
    keep_address(found)
    return found


def _missing(id: str) -> str:
    """Why a case that was asked for is not open."""
    gone = retirement.deleted(db(), id) if id in st.session_state.get("opened", ()) else None
    if gone is not None:
        return f"{gone.name} was deleted by {gone.by}, {clock(gone.at)}: {gone.reason}. Another case is open."
    return "There is no such case here, or it is not shared with you, so another one is open. Its owner can share it."


def _first() -> Draft:
    """What this person worked on last; for who is new the first example, or a case just large enough to look at."""
    for known in recent.listed(db(), actor())[:1]:
        found = desk().open(known.id)
        if found is not None:
            return found
    if not actor().may("open a case"):
        no_case()
    for name in examples()[:1]:
        return open_example(name, FIRST_SECONDS)
    case, _ = check_records(SMALLEST)
    assert case is not None
    return open_case(case, EXAMPLE, FIRST_SECONDS)


def no_case() -> None:
    """The page of somebody with whom nothing is shared and who may not open a case; goes no further."""
    st.title("No case is shared with you yet")
    st.markdown("An analyst or finance opens a case and shares it; then it is listed here. Reload this page later.")
    st.stop()


def keep_address(found: Draft) -> None:
    """Writes the case, and a run that goes on, into the address, so that a reload finds them again."""
    if st.query_params.get("case") != found.id:
        st.query_params["case"] = found.id
    run = found.running or found.shown
    if run is not None and st.query_params.get("run") != run.id:
        st.query_params["run"] = run.id


def open_case(
    case: Case, source: str, wait: float = LATER_SECONDS, action: Literal["open a case", "import"] = "open a case"
) -> Draft:
    """A new case in the store, laid on the desk; begins to solve it. Raises NotAllowed."""
    laid = desk().lay(source, as_records(case), action=action)
    st.session_state["case"] = laid.id
    solve_now(laid, wait=wait)
    return laid


def begin_empty() -> None:
    """A new case with nothing but a name and a currency, to be typed. Raises NotAllowed."""
    settings = {"name": "A new case", "currency": "USD"}
    empty: dict[str, list[dict[str, object]]] = {"Case": [{"setting": k, "value": v} for k, v in settings.items()]}
    st.session_state["case"] = desk().lay("Begun empty", empty).id


def kept_maps() -> list[maps.KeptMap]:
    """The maps of files that were kept with this person's cases, the newest first, each once."""
    return list({known.toml: known for known in reversed(maps.listed(db(), actor()))}.values())[::-1]


def keep_map(case: str, toml: str) -> None:
    """Keeps the map by which a file was read into a case, unless it is kept with it already."""
    if not any(known.toml == toml for known in maps.of_case(db(), actor(), case)):
        maps.keep(db(), actor(), case, toml)


def open_known(id: str) -> None:
    """Lays a case of the store on the desk."""
    st.session_state["case"] = id


def archive(id: str, name: str, is_archived: bool = True) -> None:
    """Takes a case out of the lists, or brings it back, from a button."""
    try:
        retirement.archive(db(), actor(), id, is_archived)
    except (PermissionError, NotThere) as refused:
        st.session_state["notice"] = str(refused)
        return
    if is_archived:
        st.session_state.pop("case", None)
        st.query_params.pop("case", None)
        st.session_state["notice"] = (
            f"{name} is archived: nothing in it is lost. The page Start lists it, with the way back."
        )
    else:
        st.session_state["notice"] = f"{name} is back in the list."


def show_example(name: str) -> None:
    """Lays an example on the desk, from a button."""
    open_example(name)


def open_example(name: str, wait: float = LATER_SECONDS) -> Draft:
    """An example as a case of this person's own: the one they opened before, as they left it, else a new one."""
    source = f"{EXAMPLE} ({name})"
    for known in recent.listed(db(), actor()):
        if known.mine and known.source == source:
            found = desk().open(known.id)
            if found is not None:
                open_known(found.id)
                if found.shown is None and found.running is None:
                    solve_now(found, wait)
                return found
    return open_case(example(name), source, wait)


def solve_now(found: Draft, wait: float = LATER_SECONDS) -> None:
    """Begins to solve the draft as it is, in its scenario; what has errors is not solved."""
    case = found.checked().case
    found.fresh = False
    if case is None or not found.whole:
        return
    try:
        permit(actor(), "solve")
    except PermissionError as refused:  # also where the sign-in has ended since the page was drawn
        found.problem = str(refused)
        return
    try:
        case = in_scenario(case, found.scenario)
    except ValueError as problem:
        found.problem = f"The scenario {found.scenario} cannot be applied: {problem}"
        return
    except InvalidCase as problem:
        found.problem = f"The scenario {found.scenario} does not fit the case any more: {problem.worst}"
        return
    run = runs().start(case)
    found.begin(run)
    runs().wait(run, wait)
    found.settle()


def choose_scenario(found: Draft, name: str) -> None:
    """Lays a scenario on show: solved, or for who does not solve, the plan of it that was kept."""
    if found.editable:
        found.scenario = name
        solve_now(found)
        return
    kept = kept_plan(db(), actor(), found.id, {name})
    if kept.plan is None:
        found.refused = (
            kept.problem or f"No plan of {name} was kept yet, so another is on show. An analyst can solve it."
        )
        found.epoch += 1  # the choice shows again what is on show
        return
    found.scenario, found.kept_plan, found.problem = name, kept.plan, ""


def scenario_names(found: Draft) -> list[str]:
    """Base, and the scenarios of the case, where they can be applied."""
    named = dict.fromkeys(str(r.values.get("scenario", "")) for r in found.records("Scenarios"))
    return ["base", *(n for n in named if n)]


def keep_scenario(
    found: Draft, wanted: str, rows: Sequence[Mapping[str, object]], note: str = "", *, then: str = "", page: str = ""
) -> None:
    """Changes as a scenario on top of the one that is chosen now, from a button; it is said, and the page drawn anew.

    As `add_scenario`; then: what is said besides; page: its title, where another is to be drawn.
    """
    name = add_scenario(found, wanted, found.scenario, rows, note)
    if name:
        st.session_state["notice"] = f"The scenario “{name}” was added and is the one on show.{then}"
    if page:
        parts.to_page(page)
    st.rerun()


def add_scenario(found: Draft, wanted: str, base: str, rows: Sequence[Mapping[str, object]], note: str = "") -> str:
    """Changes as a scenario of the draft, on top of the scenario `base`; it is chosen and solved. Returns its name; "" where
    the store did not take it, and the case bar says why.

    wanted: its name, which gets a number where it is taken; rows: of the Scenarios sheet.
    """
    name = untaken(wanted, scenario_names(found))
    before = [r.values for r in found.records("Scenarios") if r.values.get("scenario") == base]
    further = [{"note": note if k == 0 else "", **row} for k, row in enumerate(rows)]
    made = [{**row, "scenario": name} for row in on_top(before, further)]
    if not found.add_all("Scenarios", made, f"Scenarios: {name} added"):
        return ""
    found.scenario = name
    solve_now(found)
    return name


def in_scenario(case: Case, name: str) -> Case:
    """The case with a scenario applied. Raises ValueError where it does not fit the case."""
    return case if name == "base" else scenario(case, name)


def plan(found: Draft) -> Plan | None:
    """The plan on show, if there is one."""
    return found.shown.plan if found.shown is not None else found.kept_plan


def plan_or_title(found: Draft) -> Plan | None:
    """The plan on show; where there is none, the page's title says so."""
    on_show = plan(found)
    if on_show is None:
        st.title("Your case is being solved" if found.running else "This case is not solved yet")
        errors = found.checked().errors
        if errors and not found.running:
            st.markdown(
                f"Before it can be solved, {letters(counted(len(errors), 'cell'))} must be mended; the page Inputs lists them."
            )
            first = [f"- **{letters(f.sheet)}**: {letters(f.what)}; {letters(f.cure)}." for f in errors[:FIRST_FAULTS]]
            st.markdown("\n".join(first))
            if st.button("Mend the inputs", type="primary", key="mend-first"):
                boxes.open_table(next((f.sheet for f in errors if f.sheet in BY_NAME), "Initiatives"))
                st.session_state["beside"] = boxes.MEND
                parts.to_page("Inputs")
    return on_show


def keep_run(found: Draft) -> kept_runs.RunInfo | None:
    """Keeps the plan on show as a run of the version that it solved; None where there is none, where inputs changed since
    or where it is of another scenario than the one chosen."""
    shown = found.shown.plan if found.shown is not None else None
    if shown is None or found.edits() or found.unsaved() or not found.editable or found.of_another:
        return None
    return kept_runs.keep(db(), actor(), found.id, found.state.base, shown, found.scenario)


def save_version(found: Draft, note: str = "", choices: Choices | None = None) -> int:
    """The draft as the next version; its number. The plan on show is kept with it where it solved just these inputs.

    Raises drafts.Conflicts where others have saved otherwise since, NotAllowed, and ValueError where nothing can be saved.
    """
    number = found.save(note, choices)
    keep_run(found)
    return number


def do(act: Callable[[], object], done: str = "") -> None:
    """Does something in the store, from a form, says so (`done`), and draws the page anew; what is refused is said."""
    try:
        act()
    except (*REFUSALS, InvalidCase, KeyError) as problem:
        st.error(letters(words_of(problem)))
        return
    if done:
        st.session_state["notice"] = done
    boxes.close()
    st.rerun()


def once(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """What was made last under this name in this session, where it is of this key; else it is made, and kept."""
    if st.session_state.get(name, (None,))[0] != key:
        st.session_state[name] = key, make()
    kept: T = st.session_state[name][1]
    return kept


def clock(at: datetime) -> str:
    """A time as people say it: 09:41 today, else 22 Nov 2026, 09:41. A moment with a zone is told in this machine's."""
    here = at.astimezone() if at.tzinfo is not None else at
    if here.date() == datetime.now().date():
        return f"{here:%H:%M}"
    return f"{here.day} {here:%b %Y, %H:%M}"
