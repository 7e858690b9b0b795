"""The bar on every page: which case, which scenario, how good its plan is, and Solve; below, what changed since."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import parts, saving, session
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.case.examples import examples
from optimiser.case.readable import capital
from optimiser.case.scenario.apply import BASE
from optimiser.case.tolerances import OPTIMAL_GAP
from optimiser.desk.background import RunningSolve
from optimiser.desk.open_drafts import case_title
from optimiser.desk.state import CellChange, Draft, plainly
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.status import badge
from optimiser.store.work import recent

WITH_FAULTS = "with-faults"
"""The example that cannot be opened: it shows how faults are listed."""
POLL = 0.5
EDITS_SHOWN = 12
RECENT = 6
"""Cases that are listed in the bar; all are on the page Start."""
_COLOURS = {"optimal": "green", "within_gap": "green", "stopped": "orange", "infeasible": "red"}


def top(draft: Draft) -> None:
    """The bar under the navigation, then what is going on."""
    with st.container(horizontal=True, vertical_alignment="center", key="casebar"):
        _cases(draft)
        _scenarios(draft)
        _quality(draft)
        st.space("stretch")
        saving.button(draft)
        errors = len(draft.checked().errors)
        may = session.actor().may("solve") and draft.whole
        st.button(
            "Solve",
            type="primary",
            key="solve",
            shortcut="Ctrl+Enter",
            disabled=bool(errors) or draft.running is not None or not may,
            help=f"First mend what is marked on the page Inputs: {errors}."
            if errors
            else None
            if may
            else "That is for the role analyst or finance, and for who may see all of the case.",
            on_click=session.solve_now,
            args=(draft,),
        )
    notice()
    if draft.problem:
        st.error(letters(draft.problem))
    if draft.refused:
        st.error(letters(f"Not done. {draft.refused}"))
        draft.unkept.told()
    _unkept(draft)
    if not draft.whole:
        together = draft.kept_plan.extra.get("shown_together", ()) if draft.kept_plan is not None else ()
        said = ("Rows for others' eyes only are left out, or added up with others, on every page.", *together)
        st.info(letters(" ".join(said)))
    if draft.running is not None:
        _progress(draft.id)


def _unkept(draft: Draft) -> None:
    """An edit that could not be kept when it was made, to be made again or let go."""
    edit = draft.unkept.edit
    if edit is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="unkept"):
        st.markdown(f"**Not kept yet:** {letters(edit.said)}")
        st.space("stretch")
        st.button("Make it again", key="unkept-again", on_click=draft.make_again, disabled=not draft.editable)
        st.button("Let it go", key="unkept-let-go", type="tertiary", on_click=draft.unkept.let_go)


def notice() -> None:
    """What was done, told once."""
    said = st.session_state.pop("notice", "")
    if said:
        st.info(letters(said))


def _cases(draft: Draft) -> None:
    name = case_title(draft)
    short = name.removesuffix(" (fictional)")
    short = short if len(short) < 48 else f"{short[:46].rstrip()}…"
    with st.popover(letters(short), type="tertiary", help="Open another case"):
        st.markdown(f"**{letters(name)}**  \n{letters(draft.source)}, {saving.standing(draft)}")
        listed = recent.listed(session.db(), session.actor())
        if any(r.id == draft.id and r.mine for r in listed) and session.actor().may("archive a case"):
            st.button(
                "Archive this case", key="bar-archive", type="tertiary", on_click=session.archive, args=(draft.id, name),
                help="It leaves the lists; nothing in it is lost, and it can be brought back.",
            )  # fmt: skip
        others = [r for r in listed if r.id != draft.id][:RECENT]
        if others:
            st.caption("Cases, those you worked on last first:")
        for known in others:
            st.button(
                letters(session.desk().called(known)),
                key=f"bar-case-{known.id}",
                width="stretch",
                on_click=session.open_known,
                args=(known.id,),
                help=about(known),
            )
        if session.actor().may("open a case"):
            st.caption("Examples, as you left them:")
            for example in (name for name in examples() if name != WITH_FAULTS):
                st.button(
                    letters(example_title(example)),
                    key=f"bar-{example}",
                    width="stretch",
                    on_click=session.show_example,
                    args=(example,),
                )
            if st.button("Bring a workbook", key="bar-bring", type="tertiary"):
                parts.to_page("Start")


def about(known: recent.Recent) -> str:
    """Where a case comes from, whose it is and when it was touched last."""
    whose = "" if known.mine else f" of {known.owner}"
    return letters(f"{known.source}{whose}; version {known.latest}; {session.clock(known.at)}")


def example_title(name: str) -> str:
    """An example as people call it: Gun violence."""
    return capital(name.replace("-", " "))


def _scenarios(draft: Draft) -> None:
    names = session.scenario_names(draft)
    if len(names) == 1:
        return
    at = names.index(draft.scenario) if draft.scenario in names else 0

    def chosen() -> None:
        name = st.session_state[key]
        if name != names[at]:  # a choice that gave way to a newer one is told once more, as it was drawn
            session.choose_scenario(draft, name)

    key = f"scenario-{draft.id}-{draft.epoch}"
    st.selectbox(
        "Scenario",
        names,
        index=at,
        key=key,
        label_visibility="collapsed",
        width=270,
        format_func=lambda n: "Scenario: Base" if n == "base" else f"Scenario: {n}",
        on_change=chosen,
    )


def _quality(draft: Draft) -> None:
    plan = session.plan(draft)
    if plan is None:
        st.badge("Not solved yet", color="gray")
        return
    colour = _COLOURS[plan.status]
    mark = {"green": "✓ ", "orange": "! ", "red": "✕ "}[colour]
    before = standing(draft)
    if before:
        colour, mark = "gray", f"{before}: "
    at = session.clock(draft.shown.done_at) if draft.shown is not None and draft.shown.done_at else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        st.badge(letters(f"{mark}{badge(plan)}"), color=colour)  # type: ignore[arg-type]
        st.markdown(
            f":gray[solved {at}, {duration(draft.shown.took)}]"
            if draft.shown is not None
            else ":gray[kept with a version]",
            help=letters(words.quality(plan)) + proof_in_words(plan),
            width="content",
        )


def standing(draft: Draft) -> str:
    """What the plan on show belongs to where that is not the case as it is now; "" where it is. It wears no tick then."""
    if draft.of_another:
        return called(draft.of_another)
    edits = len(draft.edits())
    return f"Before {'your edit' if edits == 1 else f'your {edits:,} edits'}" if edits else ""


def called(scenario: str) -> str:
    """A scenario as the case bar calls it."""
    return "Base" if scenario == BASE else scenario


def of_another(draft: Draft) -> str:
    """A sentence where the figures of a page are not those of the scenario that is chosen; "" where they are."""
    if not draft.of_another:
        return ""
    why = "are being computed" if draft.running is not None else "are not there yet: solve"
    return f"These figures are of {called(draft.of_another)}. Those of {called(draft.scenario)} {why}."


def duration(seconds: float) -> str:
    """How long a solve took: 0.3 s, 12 s, under 0.1 s."""
    return "under 0.1 s" if seconds < 0.1 else f"{words.number(seconds, 1 if seconds < 10 else 0)} s"


def proof_in_words(plan: Plan) -> str:
    """Who made the plan and from which inputs, for those who ask."""
    made = ", ".join(f"{name} {version}" for name, version in plan.versions.items())
    return f"\n\nChecked from its own tables after the solver. Inputs {plan.case.sha256[:12]}; {made}."


def _progress(id: str) -> None:
    """How far the solve is, twice a second; the page is drawn anew when it ends."""

    @st.fragment(run_every=POLL)
    def follow() -> None:
        draft = session.desk().open(id)
        if draft is None or draft.running is None or draft.settle():
            st.rerun()
        run = draft.running
        assert run is not None
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="progress"):
            st.markdown(
                f"**{letters(_how_far(run))}** :gray[You can go on working or close this page; the solve continues.]"
            )
            st.space("stretch")
            if len(run.followers) <= 1:
                st.button("Stop and keep the best", key="stop", on_click=run.stop.stop, disabled=run.stop.stopped)

    follow()


def _how_far(run: RunningSolve) -> str:
    """Solving, 12 s. Best so far: 785 points; at most 0.4% better is possible. No plan can do better than 788 points."""
    if run.waiting:
        return "Waiting for other solves to end."
    if run.stop.stopped:
        return "Stopping …"
    said = f"Solving, {run.seconds:.0f} s."
    first = run.case.settings.objective[0].name

    def value(of: float) -> str:
        return words.points(of, impact.unit(run.case)) if first == "impact" else f"{words.number(of)} of {first}"

    bound = "" if run.bound is None else f" No plan can do better than {value(run.bound)}."
    if run.best is None:
        return said + bound
    said += f" Best so far: {value(run.best)}"
    if run.gap is None:
        return f"{said}.{bound}"
    if run.gap <= OPTIMAL_GAP:
        return f"{said}; now settling ties."
    return f"{said}; at most {words.percent_up(run.gap)} better is possible.{bound}"


def changed(change: CellChange) -> str:
    """A change as a line: Funds: amount of Pool: 300,000 → 250,000."""
    if not change.column or change.moves:
        return letters(str(change))
    return f"{letters(str(change))}: {letters(plainly(change.before))} → **{letters(plainly(change.after))}**"


def bottom(draft: Draft) -> None:
    """What changed since the plan on show was solved."""
    edits = draft.edits()
    errors = len(draft.checked().errors)
    if not edits or draft.running is not None:
        return
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="editbar"):
        count = "1 edit" if len(edits) == 1 else f"{len(edits):,} edits"
        st.markdown(f"**{count} since this plan was solved.**", width="content")
        with st.popover("Which?", type="tertiary"):
            for change in edits[:EDITS_SHOWN]:
                st.markdown(changed(change))
            if len(edits) > EDITS_SHOWN:
                st.caption(f"… and {len(edits) - EDITS_SHOWN} more.")
        if errors:
            st.markdown(f":red[{errors} to mend first.]", width="content")
        st.space("stretch")
        st.button("Undo all", key="undo-all", on_click=draft.undo_all)
        st.button(
            "Solve again",
            key="solve-again",
            type="primary",
            disabled=bool(errors),
            on_click=session.solve_now,
            args=(draft,),
        )
