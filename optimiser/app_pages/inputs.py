"""Inputs: every table of the case as a grid and as a form, what is to be mended, and what was done."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from optimiser.app_pages.editing import boundary_box, importing, lock_box, own_request, paste, requests, typing_guard
from optimiser.app_pages.editing.form import add, form
from optimiser.app_pages.editing.grid import grid, matching
from optimiser.app_pages.shell import boxes, downloads, notes, session, style
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.checking.default_rows import amounts_by_fund
from optimiser.case.faults import Fault
from optimiser.case.names import fold
from optimiser.case.readable import capital, listed, money_exact
from optimiser.case.spec import BY_NAME
from optimiser.desk import locks
from optimiser.desk.state import Draft, Record, name_of
from optimiser.desk.typed_cells import column_of, lacking, places, suggestions, title_of, typed
from optimiser.report import words
from optimiser.report.charts import atlas
from optimiser.store.committee import comments

GROUPS = {
    "Money": ("Funds", "Contributions", "Installments", "Costs"),
    "Work": ("Initiatives", "Partners", "Outcomes", "Curves"),
    "People": ("Agencies", "Staff", "Needs", "Substitutes"),
    "What counts": ("Priorities", "Performance", "Reviews", "Areas"),
    "Rules": ("Rules", "Waivers"),
    "Years": ("Periods", "History", "Actuals"),
    "What if": ("Scenarios", "Uncertainty"),
    "Case and forms": ("Case", "Categories", "Account codes"),
}
"""The tables by what a person thinks of; a test holds that each is in one group."""
ORDER = tuple(sheet for sheets in GROUPS.values() for sheet in sheets)
GROUP = {sheet: group for group, sheets in GROUPS.items() for sheet in sheets}
_BOXES: dict[str, Callable[[Draft], None]] = {
    "import": importing.box,
    "requests": requests.box,
    "boundaries": boundary_box.box,
}
_ABOUT: dict[str, Callable[[Draft, str], None]] = {"add": add, "paste": paste.box, "lock": lock_box.add}
"""The dialogs by name; these are about something."""
HISTORY = 20
"""Steps listed beside the table."""
CARDS = 12
"""Faults shown as cards; more are counted."""


def page() -> None:
    """The page."""
    draft = session.draft()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(letters(headline(draft)), width="stretch")
        _steps(draft)
    sheet = _tables(draft)
    left, right = st.columns([64, 36], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            count = len(draft.records(sheet))
            wanted = st.text_input(
                "Search",
                placeholder=f"Search {count:,} {'record' if count == 1 else 'records'}",
                key=f"search-{sheet}",
                label_visibility="collapsed",
                width=210,
            )
            label, only = _filter(draft, sheet)
            st.space("stretch")
            off = not draft.editable
            if sheet == "Areas":
                st.button("Boundaries", key="boundaries", disabled=off, help="A map of the areas, from a file of yours",
                          on_click=boxes.show, args=("boundaries",))  # fmt: skip
            st.button("Add", key="add", disabled=off, on_click=boxes.show, args=("add", sheet))
            help = "Cells copied from a spreadsheet"
            st.button("Paste", key="paste", disabled=off, help=help, on_click=boxes.show, args=("paste", sheet))
        style.skip(style.FORM)
        grid(draft, sheet, wanted, only, label)
        st.caption(
            BY_NAME[sheet].help
            + (" Select a cell and type; every edit is kept as you make it." if draft.editable else "")
            + (f" {letters(_from_contributions(draft))}" if sheet == "Funds" else "")
        )
        typing_guard.put()
        case = draft.checked().case
        if sheet == "Areas" and case is not None and atlas.has_map(case.facts):
            chart = atlas.needed(case)
            st.markdown("**The map, with what each area needs**")
            picture(chart, "areas-map")
            st.caption(letters(chart.more))
    with right:
        style.place(style.FORM)
        _beside(draft, sheet, wanted)
    _dialog(draft)


def _dialog(draft: Draft) -> None:
    """The dialog that is open, if there is one."""
    name, item = boxes.opened()
    if name == "own-request":
        own_request.box(draft)
    if not name or not draft.editable:
        return
    if name in _ABOUT:
        _ABOUT[name](draft, item)
    elif name in _BOXES:
        _BOXES[name](draft)


def _from_contributions(draft: Draft) -> str:
    """What the funds hold whose amount is blank, for its cell shows nothing; "" where none is, or the case is not whole."""
    case = draft.checked().case
    stated = {r.number for r in draft.records("Funds") if (v := r.values.get("amount")) not in (None, "") and v == v}
    blank = [r for r in draft.records("Funds") if r.number not in stated]
    if case is None or not blank:
        return ""
    amounts, currency = amounts_by_fund(case.tables), case.settings.currency
    each = [f"{name_of('Funds', r)} {money_exact(amounts.get(str(r.values['fund']), 0.0), currency)}" for r in blank]
    return f"A blank amount is what the table Contributions pays in: {listed(each, most=4)}."


def _filter(draft: Draft, sheet: str) -> tuple[str, frozenset[int] | None]:
    """Which records are shown: those to mend, locked, changed since the saved version; with its label."""
    marked = {"To mend": frozenset(n for n in places(draft))}
    if sheet == "Initiatives":
        held = {fold(lock.initiative) for lock in locks.listed(draft)}
        marked["Locked"] = frozenset(
            r.number for r in draft.records(sheet) if fold(str(r.values.get("initiative"))) in held
        )
    marked["Changed"] = frozenset(c.number for c in draft.unsaved() if c.sheet == sheet and c.number)
    own = {r.number for r in draft.records(sheet)}
    counts = {name: len(numbers & own) for name, numbers in marked.items()}
    key = f"filter-{sheet}"
    there = [name for name, count in counts.items() if count or st.session_state.get(key) == name]
    if not there:
        return "", None
    chosen = st.pills(
        "Show", there, key=key, label_visibility="collapsed", format_func=lambda name: f"{letters(name)} {counts[name]}"
    )
    return (chosen, marked[chosen]) if chosen else ("", None)


def headline(draft: Draft) -> str:
    """What the inputs need, or what they say."""
    found = draft.checked().errors
    empty, errors = [fault.sheet for fault in found if fault.code == "S01"], len(found)
    if empty and len(empty) == errors:
        return f"No {words.listed([sheet.lower() for sheet in empty], 'or')} yet"
    if errors:
        return f"{errors} {'cell' if errors == 1 else 'cells'} to mend before the next solve"
    case = draft.checked().case
    if case is None:
        return "This case cannot be read yet"
    facts, currency = case.facts, case.settings.currency
    funds, initiatives = facts.size("fund"), facts.size("initiative")
    money = words.money_short(float(facts.amount.sum()), currency)
    asked = words.money_short(float(facts.request.sum()), currency)
    said = f"{money} in {funds} {'fund' if funds == 1 else 'funds'}"
    return f"{said}; {initiatives} {'initiative asks' if initiatives == 1 else 'initiatives ask'} for {asked}"


def _steps(draft: Draft) -> None:
    st.button(
        "Undo",
        key="undo",
        type="tertiary",
        disabled=not draft.can_undo,
        help=_last(draft) or None,
        on_click=draft.undo,
        shortcut="Ctrl+Z",
    )
    st.button(
        "Redo",
        key="redo",
        type="tertiary",
        disabled=not draft.can_redo,
        help=letters(draft.can_redo) or None,
        on_click=draft.redo,
    )
    st.button(
        "Import",
        key="import",
        disabled=not draft.editable,
        help="A file into this case; shown before it is done",
        on_click=boxes.show,
        args=("import",),
    )
    own = session.actor().agency
    st.button(
        "Your request" if own else "Requests",
        key="requests",
        disabled=not (own or draft.editable),
        help=f"What {letters(own)} asks for" if own else "Request workbooks for the agencies, and what came back",
        on_click=boxes.show,
        args=("own-request" if own else "requests",),
    )
    downloads.of_inputs(draft)


def _last(draft: Draft) -> str:
    """What undo would take back, who did it and when."""
    steps = draft.history
    return letters(f"{steps[-1].said} ({steps[-1].person}, {session.clock(steps[-1].at)})") if steps else ""


def _tables(draft: Draft) -> str:
    """The groups, the tables of the one that is open, each with its count and what is to be mended, and a box that finds
    a table by its name or by one of its columns."""
    errors: dict[str, int] = {}
    for fault in draft.checked().errors:
        errors[fault.sheet] = errors.get(fault.sheet, 0) + 1
    if st.session_state.get("table") not in ORDER:
        st.session_state["table"] = ORDER[0]
    if st.session_state.get("table-pills") not in ORDER:
        st.session_state["table-pills"] = st.session_state["table"]
    st.session_state["table"] = sheet = str(st.session_state["table-pills"])
    st.session_state["table-group"] = group = GROUP[sheet]

    inside = {name: sum(errors.get(s, 0) for s in sheets) for name, sheets in GROUPS.items()}

    def badge(count: int) -> str:
        return f" :red-badge[{count} to mend]" if count else ""

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "Group of tables",
            list(GROUPS),
            format_func=lambda name: letters(name) + badge(0 if name == group else inside[name]),
            required=True,
            key="table-group",
            label_visibility="collapsed",
            on_change=_open_group,
            args=(draft,),
        )
        st.space("stretch")
        st.selectbox(
            "Find a table",
            _findable(draft),
            index=None,
            format_func=lambda found: f"{found[1]}, in {found[0]}" if found[1] else found[0],
            placeholder="Find a table or a column",
            key="table-find",
            label_visibility="collapsed",
            width=230,
            on_change=_open_found,
        )
    st.pills(
        "Table",
        GROUPS[group],
        format_func=lambda name: f"{letters(name)} {len(draft.records(name)):,}{badge(errors.get(name, 0))}",
        required=True,
        key="table-pills",
        label_visibility="collapsed",
        wrap=True,
    )
    return sheet


def _findable(draft: Draft) -> list[tuple[str, str]]:
    """Every table, then every column of every table, by the name that people read."""
    columns = [(sheet, title_of(column_of(draft, sheet, c))) for sheet in ORDER for c in draft.columns(sheet)]
    return [*((sheet, "") for sheet in ORDER), *dict.fromkeys(columns)]


def _open_group(draft: Draft) -> None:
    """The first table of the group that holds something."""
    sheets = GROUPS[st.session_state["table-group"]]
    boxes.open_table(next((s for s in sheets if draft.records(s)), sheets[0]))


def _open_found() -> None:
    found = st.session_state["table-find"]
    if found is not None:
        boxes.open_table(found[0])
        st.session_state["table-find"] = None


def _beside(draft: Draft, sheet: str, wanted: str) -> None:
    faults = draft.checked().faults
    held = len(locks.listed(draft))
    written = sum(one.done is None for one in comments.listed(session.db(), session.actor(), draft.id))
    parts = {
        boxes.FORM: "Form",
        boxes.MEND: f"To mend {len(faults)}" if faults else "Nothing to mend",
        boxes.LOCKS: f"Locks {held}" if held else "Locks",
        boxes.NOTES: f"Notes {written}" if written else "Notes",
        boxes.STEPS: f"History {len(draft.history)}" if draft.history else "History",
    }
    boxes.beside()
    st.session_state.setdefault("beside", boxes.FORM if draft.records(sheet) or not faults else boxes.MEND)
    with st.container(border=True, key="card-beside"):
        part = st.segmented_control(
            "Beside the table",
            list(parts),
            format_func=parts.__getitem__,
            required=True,
            key="beside",
            label_visibility="collapsed",
        )
        if part == boxes.MEND:
            _mend(draft, faults)
        elif part == boxes.LOCKS:
            chosen = st.session_state.get("record-Initiatives")
            lock_box.part(
                draft, next((name_of(sheet, r) for r in draft.records("Initiatives") if r.number == chosen), "")
            )
        elif part == boxes.STEPS:
            _history(draft)
        elif part == boxes.NOTES:
            notes.part(draft, sheet, _record(draft, sheet, wanted))
        else:
            record = _record(draft, sheet, wanted)
            if record is not None:
                form(draft, sheet, record)


def _record(draft: Draft, sheet: str, wanted: str) -> Record | None:
    records = {r.number: r for r in matching(draft, sheet, wanted)}
    if not records:
        st.caption("No record to show.")
        return None
    numbers = list(records)
    asked = st.session_state.get(f"record-{sheet}")
    key = f"choose-{sheet}-{draft.epoch}-{asked}-{wanted}"

    first = asked if asked in records else numbers[0]

    def chosen() -> None:
        if st.session_state[key] != first:  # a choice that gave way to a newer one is told once more, as it was drawn
            st.session_state[f"record-{sheet}"] = st.session_state[key]

    number = st.selectbox(
        "Record",
        numbers,
        index=numbers.index(first),
        format_func=lambda n: _label(sheet, records[n]),
        key=key,
        label_visibility="collapsed",
        on_change=chosen,
    )
    return records.get(number)


def _label(sheet: str, record: Record) -> str:
    key, name = name_of(sheet, record), record.values.get("name")
    return f"{key} · {name}" if name and name != key else key


def _mend(draft: Draft, faults: tuple[Fault, ...]) -> None:
    if not faults:
        st.markdown("Every cell can be read, and the tables fit together.")
    for n, fault in enumerate(faults[:CARDS]):
        at = draft.record_of(fault)
        mark = ":red[✕]" if fault.level == "error" else ":orange[!]"
        place = (
            f"{title_of(column_of(draft, fault.sheet, at[1]))} of {name_of(fault.sheet, at[0])}" if at else fault.cell
        )
        with st.container(border=True, gap="xsmall", key=f"card-fault-{n}"):
            st.markdown(f"{mark} **{letters(fault.sheet)}**" + (f" · {letters(place)}" if place else ""))
            what, cure = (capital(said) for said in (fault.found, fault.cure))
            st.markdown(letters(f"{what}; expected {fault.expected}. {cure}."))
            if at is None:
                if fault.code == "S01" and fault.sheet in BY_NAME:
                    st.button(
                        letters(f"Add to {fault.sheet}"),
                        key=f"fill-{n}",
                        on_click=_fill,
                        args=(fault.sheet,),
                        disabled=not draft.editable,
                    )
                continue
            with st.container(horizontal=True):
                column = column_of(draft, fault.sheet, at[1])
                if listed := lacking(draft, column, at[0].values.get(at[1])):
                    st.button(
                        letters(f"Add {at[0].values[at[1]]} to {listed}"),
                        key=f"list-{n}",
                        on_click=_list,
                        args=(draft, listed, at[0].values[at[1]]),
                        disabled=not draft.editable,
                    )
                for value in suggestions(column, fault):
                    st.button(
                        f"Set to {letters(value)}",
                        key=f"cure-{n}-{value}",
                        on_click=_cure,
                        args=(draft, fault.sheet, at[0].number, at[1], value),
                    )
                st.button(
                    "Go to the cell",
                    key=f"go-{n}",
                    type="tertiary",
                    on_click=boxes.go,
                    args=(fault.sheet, at[0].number),
                )
    if len(faults) > CARDS:
        st.caption(f"… and {len(faults) - CARDS} more.")


def _cure(draft: Draft, sheet: str, number: int, column: str, value: str) -> None:
    draft.edit(sheet, {number: {column: typed(column_of(draft, sheet, column), value)}})
    draft.epoch += 1


def _list(draft: Draft, sheet: str, key: object) -> None:
    """Adds a record with nothing but its key."""
    draft.add(sheet, {BY_NAME[sheet].key[0]: key})


def _fill(sheet: str) -> None:
    """Opens an empty table, and asks for its first record."""
    boxes.open_table(sheet)
    boxes.show("add", sheet)


def _history(draft: Draft) -> None:
    steps = draft.history
    if not steps:
        st.markdown("Nothing was changed yet." if draft.editable else "You look at the newest version.")
    for step in reversed(steps[-HISTORY:]):
        st.markdown(f"{letters(step.said)}  \n:gray[{letters(step.person)}, {session.clock(step.at)}]")
    if len(steps) > HISTORY:
        st.caption(f"… and {len(steps) - HISTORY:,} before; the page History lists all.")


if __name__ == "__main__":
    page()
