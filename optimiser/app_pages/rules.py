"""Rules: what must hold, by whose authority, and how the plan stands to it; each rule has a switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from optimiser.analysis.together.overlap import delivered
from optimiser.app_pages.rule_parts import builder, missed_target, shelf
from optimiser.app_pages.shell import boxes, parts, rows, session
from optimiser.app_pages.shell.asking import known
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.why_parts import holds_back
from optimiser.case.readable import capital
from optimiser.desk.rule_rows import Standing, standings, table
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import worth as why

_BADGES = {
    "kept": ("✓ Kept", "green"),
    "at the limit": ("At the limit", "orange"),
    "broken": ("✕ Broken", "red"),
    "waived": ("Waived", "gray"),
    "off": ("Off", "gray"),
    "no plan": ("No plan", "gray"),
}
NEVER = "never binds"
_TITLES = (
    rows.RowTitle("On", 4, sorts=False),
    rows.RowTitle("Rule", 20),
    rows.RowTitle("What it says", 40, sorts=False),
    rows.RowTitle("Reached", 18, sorts=False, help="Of the limit that leaves least headroom."),
    rows.RowTitle("State", 9),
    rows.RowTitle("Costs", 9, sorts=False, help="What loosening the limit alone would bring, in impact."),
)
_STATES = tuple(_BADGES)


WRITE, LIBRARY = "Write a rule", "Library"


def page() -> None:
    """The page."""
    draft = session.draft()
    head = st.empty()
    PARTS[parts.chosen("rules", PARTS)](draft, head)


def _overlaps(draft: Draft, head: Any) -> None:
    """Where several agencies deliver one theme in one area: in the plan, or where there is none, as the inputs allow."""
    plan = session.plan(draft)
    if plan is None or not plan.has_plan:
        head.title("Overlaps are shown once there is a plan")
        return
    found = delivered(plan)
    many = f"{len(found)} theme{'s' * (len(found) != 1)} of one area"
    head.title(f"Several agencies deliver {many}" if found else "No theme of an area is delivered by several agencies")
    if not found:
        return
    st.markdown(
        "It may be meant, as partners; or two agencies may do the same work. A rule can allow only one of them."
    )
    rows = [
        {"Theme": o.theme, "Area": o.area, "Agencies": ", ".join(o.who), "In the plan": o.sentence,
         "A rule that would end it": o.rule["where"] if o.rule else "none: one initiative, delivered jointly"}
        for o in found
    ]  # fmt: skip
    st.dataframe(rows, hide_index=True, width="stretch")


def _own(draft: Draft, head: Any) -> None:
    standing = standings(draft, session.plan(draft))
    head.title(letters(headline(standing)))
    if not standing:
        st.markdown("Rules are rows of the sheet Rules: a share of a grant, a cap for one agency, a floor for an area.")
        with st.container(horizontal=True):
            st.button("Write a rule", key="to-write", type="primary", on_click=parts.choose, args=("rules", WRITE))
            st.button("Choose from the library", key="to-library", on_click=parts.choose, args=("rules", LIBRARY))
            to_table = st.button("Open the table of rules", key="to-table", type="tertiary")
        if to_table:
            boxes.to_table("Rules")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        counts = {state: sum(r.state == state for r in standing) for state in _BADGES}
        wanted = st.pills(
            "Show",
            [s for s, n in counts.items() if n],
            selection_mode="multi",
            key="rule-states",
            label_visibility="collapsed",
            format_func=lambda s: f"{letters(capital(s))} {counts[s]}",
        )
        st.space("stretch")
        if st.button("Edit as a table", type="tertiary"):
            boxes.to_table("Rules")
        more = _examined(session.plan(draft))
    shown = [r for r in standing if not wanted or r.state in wanted]
    titles = _TITLES if more else _TITLES[:-1]  # what each costs is a column once it was asked
    by, down = rows.order("rules", titles, "", False)
    if by:
        ranks = {"Rule": lambda r: r.name.casefold(), "State": lambda r: _STATES.index(r.state)}
        shown.sort(key=ranks[by], reverse=down)
    rows.rows("rules", titles, shown, lambda row, cells: _row(draft, row, more.get(row.name, []), cells))


def _examined(plan: Plan | None) -> dict[str, list[str]]:
    """By rule: what it costs, and whether it can ever bind; asked for by a button, since that takes some solves."""
    if plan is None or not plan.has_plan:
        return {}
    sha = plan.case.sha256
    asked = f"examine-{sha[:8]}"
    ready = known(("prices", sha)) is not None and known(("audit", sha)) is not None
    if not ready and not st.session_state.get(asked):
        st.button(
            "What does each rule cost, and which never bind?", key="examine", type="tertiary",
            on_click=lambda: st.session_state.update({asked: True}),
        )  # fmt: skip
        return {}
    prices, findings = holds_back.prices_of(plan), holds_back.findings_of(plan)
    made: dict[str, list[str]] = {}
    for price in why.rules(prices or []):
        made.setdefault(price.rule, []).append(f"costs {why.in_points(plan, why.gain(price))}")
    for finding in findings or ():
        if finding.kind == NEVER:
            made.setdefault(finding.rule, []).append(NEVER)
    return {rule: list(dict.fromkeys(said))[:2] for rule, said in made.items()}


def headline(standing: list[Standing]) -> str:
    """What the rules do to the plan, in one sentence."""
    if not standing:
        return "This case has no rules"
    on = [r for r in standing if r.state not in ("off", "waived")]
    counts = [
        (word, sum(r.state == state for r in standing))
        for state, word in (("waived", "waived"), ("off", "switched off"))
    ]
    off = "".join(f"; {count} {word}" for word, count in counts if count)
    if not on:
        return "No rule is in force" + off if counts[0][1] else "Every rule is switched off"
    solved = [r for r in on if r.state != "no plan"]
    if not solved:
        return f"{_count(len(on))} to keep{off}"
    broken = [r for r in solved if r.state == "broken"]
    limit = sum(r.state == "at the limit" for r in solved)
    if broken:
        kept = f"{len(solved) - len(broken)} of {len(solved)} rules are kept"
        return (
            f"{kept}; {broken[0].name} is broken{off}" if len(broken) == 1 else f"{kept}, {len(broken)} are broken{off}"
        )
    held = "none is at its limit" if not limit else f"{limit} {'is' if limit == 1 else 'are'} at the limit"
    return f"{words.all_of(len(solved), 'rule')} kept{f', {held}' if len(solved) > 1 else ''}{off}"


def _count(n: int) -> str:
    return "1 rule" if n == 1 else f"{n} rules"


def _row(draft: Draft, row: Standing, more: Sequence[str], cells: Sequence[Any]) -> None:
    """One line: its switch, its name, which opens it, what it says, and how the plan stands to it."""
    switch, name, said, reached, state, *costs = cells
    key = f"rule-on-{row.number}-{draft.epoch}"
    switch.toggle(
        f"{letters(row.name)} is on",
        value=row.active,
        key=key,
        label_visibility="collapsed",
        on_change=_switch,
        args=(draft, row, key),  # the row as it was drawn
    )
    opened = name.button(
        letters(row.name), key=f"rule-open-{row.number}", type="tertiary", width="stretch",
        help=letters(row.name) + ": all of it, and every limit",
    )  # fmt: skip
    said.markdown(letters(row.sentence))
    if row.lines:
        reached.markdown(f"**{letters(row.lines[0].achieved)}** {letters(f'of {row.lines[0].asked}')}")
    label, colour = _BADGES[row.state]
    state.badge(letters(label), color=colour)
    if costs:
        costs[0].markdown(letters("; ".join(more)) if more else "")
    if opened:
        st.dialog(letters(row.name), width="medium", position="right")(_drawer)(draft, row, more)


def _switch(draft: Draft, row: Standing, key: str) -> None:
    on = bool(st.session_state[key])
    if on == row.active:  # a switch that gave way to a newer one is told once more, as it was drawn
        return
    draft.edit("Rules", {row.number: {"active": on}}, f"{row.name} switched {'on' if on else 'off'}")


def _drawer(draft: Draft, row: Standing, more: Sequence[str]) -> None:
    """One rule: its whole sentence, by whose authority, and every limit of it."""
    label, colour = _BADGES[row.state]
    st.badge(letters(label), color=colour)  # type: ignore[arg-type]
    st.markdown(letters(row.sentence))
    soft = "" if row.hard else "may be broken at a penalty"
    st.caption(letters(" · ".join(filter(None, (row.authority, f"set by {row.set_by}", soft)))))
    for line in more:
        st.markdown(letters(capital(line)) + ".")
    if row.lines:
        tight = row.lines[0]
        member = f"{tight.per}, the tightest of {len(row.lines)}" if tight.per and len(row.lines) > 1 else tight.per
        headroom = f"headroom {tight.headroom}" if tight.headroom else ""
        about = " · ".join(x for x in (headroom, member) if x)
        st.markdown(
            f"**{letters(tight.achieved)}** {letters(f'of {tight.asked}')}"
            + (f" :gray[{letters(about)}]" if about else "")
        )
        text_table(table(row))
    if st.button("Edit this rule", key=f"rule-edit-{row.number}", disabled=not draft.editable):
        boxes.go("Rules", row.number)
        parts.to_page("Inputs")


PARTS: dict[str, Callable[[Draft, Any], None]] = {
    "Rules of this case": _own,
    WRITE: builder.part,
    LIBRARY: shelf.part,
    "If a target is missed": missed_target.part,
    "Overlaps": _overlaps,
}

if __name__ == "__main__":
    page()
