"""What is what: between a file that is not ours and the check of the case. Every column gets a meaning, both sides their sums,
and nothing is taken over until somebody says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages.editing import mend_cells
from optimiser.app_pages.shell import handed
from optimiser.app_pages.shell.page_tables import fault_table, text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.faults import Fault
from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_form import write_map
from optimiser.case.maps.said import ACROSS, KEPT, LEFT_OUT, SEVERAL, WIDE, Said, as_table, choices, proposed
from optimiser.case.maps.take import Taken, TakenTable
from optimiser.case.readable import capital, counted, listed, written
from optimiser.case.reading.amounts import Mark
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.sheets import RawSheet
from optimiser.case.spec import SHEETS, STANDARD_CATEGORIES
from optimiser.desk.foreign import FileBeingRead
from optimiser.desk.typed_cells import title_of

TABLES = ("", *(s.name for s in SHEETS if s.name not in ("Case", "Scenarios", "Rules", "Uncertainty", "Curves")))
"""What a sheet of a foreign file can hold."""
ABREAST = 6
"""Columns side by side."""
PREVIEW = 200
_UNITS: dict[float | None, str] = {
    None: "as titles and notes say",
    1.0: "whole units",
    1e3: "thousands",
    1e6: "millions",
}
_MARKS: dict[Mark, str] = {"": "not said", ".": "1,234.5", ",": "1.234,5"}


def view(step: FileBeingRead, key: str, done: Callable[[Taken], None]) -> Taken:
    """The step: sheets, titles and meanings on the left, what comes of it on the right, the sheet below. done: draws the ways
    out of it. Returns what would be taken over."""
    if step.kept:
        st.caption(f":green[✓] Read as it was for {letters(step.kept)}: look whether that is still so.")
    left, right = st.columns([3, 1], gap="medium")
    with left:
        sheet = _sheet(step, key)
        _titles(step, sheet, key)
        _columns(step, sheet, key)
        _every_row(step, sheet, key)
    with right, st.container(border=True):
        _once(step, sheet, key)
        taken = step.taken()
        _made(step, taken)
    with left:
        _sums(taken)
        done(taken)
    if taken.errors:
        st.markdown(
            f"**{letters(counted(len(taken.errors), 'thing'))} cannot be read yet. Nothing can be taken over.**"
        )
        fault_table(taken.errors)
        mend_cells.cells(step.file.book, taken.errors, key, step.write)
    with st.container(horizontal=True):
        mend_cells.ways(step.file.book, len(step.before), step.name, key, step.back)
    _preview(step, sheet, taken)
    return taken


def headline(taken: Taken) -> str:
    """What was found, as a sentence."""
    if not taken.tables:
        return "Say what the columns of this file are"
    if taken.errors:
        return f"{counted(len(taken.errors), 'thing')} in this file cannot be read yet"
    table = max(taken.tables, key=lambda t: len(t.records))
    said = f"{counted(len(table.records), 'row')} of {table.to} found in the file"
    ties = [t for t in table.ties if t.taken]
    if ties and all(t.ties for t in ties):
        main = max(ties, key=lambda t: t.column in ("request", "amount", "money"))
        said += f", and the total of {written(float(main.taken))} ties"
    return said


def _key(step: FileBeingRead, sheet: RawSheet, key: str, *more: object) -> str:
    """A widget's key; it changes with what the widget depends on, so that what is proposed anew is shown."""
    said = step.said[sheet.name]
    return "-".join(map(str, (key, step.name, sheet.name, said.first, said.last, said.to, *more)))


def _sheet(step: FileBeingRead, key: str) -> RawSheet:
    names = [s.name for s in step.sheets]
    if len(names) == 1:
        return step.sheets[0]
    first = next((n for n in names if step.said[n].to), names[0])
    chosen = st.segmented_control(
        "Sheets", names, default=first, key=f"{key}-sheet-{step.name}", format_func=letters, required=True
    )
    return step.sheet(chosen or first)


def _titles(step: FileBeingRead, sheet: RawSheet, key: str) -> None:
    """What the sheet holds, and where its titles stand; what is said anew is proposed anew."""
    said = step.said[sheet.name]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        to = st.selectbox(
            "This sheet holds",
            TABLES,
            index=TABLES.index(said.to) if said.to in TABLES else 0,
            format_func=lambda t: t or "nothing for the case",
            key=_key(step, sheet, key, "to"),
            width=260,
        )
        last = st.number_input(
            "Titles in row (0: none)",
            0,
            max(1, len(sheet.rows)),
            said.last,
            key=_key(step, sheet, key, "row"),
            width=190,
        )
        two = st.toggle("Over two rows", said.first < said.last, key=_key(step, sheet, key, "two"), disabled=last < 2)
    rows = (int(last) - (two and last > 1), int(last))
    if rows != (said.first, said.last):
        step.said[sheet.name] = proposed(step.file, sheet, step.known, rows)
        st.rerun()
    if to != said.to:
        step.said[sheet.name] = as_table(_with_columns(said, sheet), to, titles_of(sheet, said.first, said.last))
        st.rerun()


def _with_columns(said: Said, sheet: RawSheet) -> Said:
    """Of a sheet in which no table was seen, all columns that hold anything."""
    if said.meanings:
        return said
    filled = [j for j in range(len(sheet.rows[0])) if any(r[j] != "" for r in sheet.rows)] if sheet.rows else []
    return replace(said, meanings=dict.fromkeys(filled, LEFT_OUT))


def _columns(step: FileBeingRead, sheet: RawSheet, key: str) -> None:
    """A select box for each column, with samples of its cells."""
    said = step.said[sheet.name]
    if not said.to:
        told = [capital(s) for s in said.look]
        st.caption(letters(" ".join(["This sheet is left out. Say what it holds to read it.", *told])))
        return
    titles = titles_of(sheet, said.first, said.last)
    options = choices(said)
    meanings: dict[int, str] = {}
    places = sorted(said.meanings)
    for start in range(0, len(places), ABREAST):
        row = places[start : start + ABREAST]
        for j, at in zip(row, st.columns(ABREAST, gap="xsmall"), strict=False):
            with at:
                st.markdown(f"**{letters(titles[j])}**")
                meaning = said.meanings[j]
                meanings[j] = st.selectbox(
                    f"What {letters(titles[j])} is",
                    options,
                    index=options.index(meaning) if meaning in options else 0,
                    format_func=lambda m: _called(said, m),
                    key=_key(step, sheet, key, "column", j),
                    label_visibility="collapsed",
                )
                below = [r for r in sheet.rows[said.last : said.last + 60] if sum(v != "" for v in r) > 1]
                samples = [as_text(r[j]) for r in below if as_text(r[j])]
                st.caption(letters(" · ".join(dict.fromkeys(samples[:3])) or "nothing"))
                mark = "" if meaning == LEFT_OUT else ":green[sure]" if j in said.sure else ":orange[look]"
                seen = letters(said.seen.get(j, ""))
                st.caption(f"{mark} · {seen}" if mark and seen else f"{mark}{seen}")
    twice = [m for m in set(meanings.values()) - {LEFT_OUT, KEPT, ACROSS} if list(meanings.values()).count(m) > 1]
    if twice:
        st.warning(
            f"{letters(listed(sorted(_called(said, m) for m in twice)))} can be one column only: leave the others out."
        )
        return
    step.said[sheet.name] = replace(said, meanings=meanings)


def _every_row(step: FileBeingRead, sheet: RawSheet, key: str) -> None:
    """What every record needs and no column says, such as the agency in an agency's own ledger: asked once."""
    said = step.said[sheet.name]
    asked = said.asked()
    if not asked:
        return
    st.markdown("**No column says it: the same in every row**")
    fixed = {c: v for c, v in said.fixed.items() if c not in {a.name for a in asked}}
    for column, at in zip(asked, st.columns(max(len(asked), ABREAST // 2)), strict=False):
        now, place = str(said.fixed.get(column.name, "")), _key(step, sheet, key, "every", column.name)
        names = [str(r[column.name]) for r in step.known.get(column.refers, ()) if column.name in r]
        names += STANDARD_CATEGORIES if column.name == "category" else ()
        listed = list(dict.fromkeys([*column.choices, *names, *([now] if now else [])]))
        label, with_help = letters(title_of(column)), letters(column.help)
        with at:
            if listed:
                value = st.selectbox(
                    label,
                    listed,
                    index=listed.index(now) if now else None,
                    key=place,
                    help=with_help,
                    accept_new_options=not column.choices,
                    placeholder="Which one?",
                )
            else:
                value = st.text_input(label, now, key=place, help=with_help)
        fixed |= {column.name: text} if (text := (value or "").strip()) else {}
    step.said[sheet.name] = replace(said, fixed=fixed)


def _called(said: Said, meaning: str) -> str:
    """A meaning in words."""
    if meaning == ACROSS:
        return f"across: {WIDE[said.to][0]}" if said.to in WIDE else "left out"
    if meaning.startswith("-"):
        return f"{meaning[1:].replace('_', ' ')}, taken off"
    words = {LEFT_OUT: "left out", KEPT: "kept as an attribute", SEVERAL: "agencies, several in a cell"}
    return words.get(meaning, meaning.replace("_", " "))


def _once(step: FileBeingRead, sheet: RawSheet, key: str) -> None:
    """What is said once for the whole sheet."""
    said = step.said[sheet.name]
    st.markdown("**Once for the whole sheet**")
    units = [*_UNITS, *([said.money] if said.money not in _UNITS else [])]
    money = st.selectbox(
        "Money is in",
        units,
        index=units.index(said.money),
        format_func=lambda u: _UNITS.get(u, written(u or 1)),
        key=_key(step, sheet, key, "unit"),
    )
    if told := said.unit_told(sheet):
        st.caption(letters(told))
    marks: list[Mark] = list(_MARKS)
    mark = st.selectbox(
        "Decimal sign",
        marks,
        index=marks.index(said.decimal),
        format_func=_MARKS.__getitem__,
        key=_key(step, sheet, key, "mark"),
    )
    add = st.toggle("Add up rows of one key", said.same == "add", key=_key(step, sheet, key, "same"))
    words = st.text_input(
        "Rows to leave out",
        ", ".join(said.skip),
        key=_key(step, sheet, key, "skip"),
        placeholder="Words, with commas between",
        help="Rows whose name holds one of these words are left out, beside the totals that are struck out already.",
    )
    skip = tuple(filter(None, (" ".join(w.split()) for w in words.split(","))))
    step.said[sheet.name] = replace(said, money=money, decimal=mark, same="add" if add else "refuse", skip=skip)


def _made(step: FileBeingRead, taken: Taken) -> None:
    """What will be made, what is left out, what to look at."""
    if taken.tables or taken.made:
        st.markdown("**What will be made**")
        st.markdown("  \n".join(letters(f"{t.to}: {counted(len(t.records), 'row')}") for t in taken.tables))
        if taken.made:
            st.markdown(
                "  \n".join(
                    letters(f"{m.table}: {counted(len(m.records), 'row')}, from names in the file") for m in taken.made
                )
            )
    totals = sum(r.kind == "total" for t in taken.tables for r in t.left_out)
    rest = [
        f"row {r.number} {r.text}"
        for t in taken.tables
        for r in t.left_out
        if r.kind != "total" and r.number not in t.headed
    ]
    sheets = [s.name for s in step.sheets if not step.said[s.name].to]
    notes = counted(len(rest), "heading or note", "headings and notes")
    said = [
        f"{counted(totals, 'total')}, struck out" if totals else "",
        f"{notes} ({listed(rest, most=4)})" if rest else "",
        f"the sheet{'s' * (len(sheets) > 1)} {listed(sheets)}" if sheets else "",
    ]
    if any(said):
        st.markdown("**What is left out**")
        st.markdown(letters("; ".join(filter(None, said))) + ".")
    look = [s for said in step.said.values() if said.to for s in said.look]
    look += [_warning(f) for f in taken.faults if f.level == "warning" and f.code not in ("N01",)]
    if look:
        st.markdown("**Please look at**")
        for sentence in look[:6]:
            st.caption(letters(sentence))
        if len(look) > 6:
            st.caption(f"… and {len(look) - 6} more.")


def _warning(fault: Fault) -> str:
    if fault.code == "S12":
        return f"{fault.cell}: {fault.what}: it is read as a record. If it is a total, write it into Rows to leave out."
    return f"{fault.cell}: {fault.what}; {fault.cure}." if fault.cell else f"{fault.what}; {fault.cure}."


def _preview(step: FileBeingRead, sheet: RawSheet, taken: Taken) -> None:
    """The sheet as it is in the file, each row with what is made of it."""
    said = step.said[sheet.name]
    places = sorted(said.meanings) or list(range(min(12, len(sheet.rows[0]) if sheet.rows else 0)))
    table = next((t for t in taken.tables if t.sheet == sheet.name), None)
    read = _read_as(said, table)
    titles = titles_of(sheet, said.first, said.last)
    names = {j: f"{titles[j]} " if titles[j] in ("Row", "Read as") else titles[j] for j in places}
    rows = [
        {"Row": number, **{name: as_text(row[j]) for j, name in names.items()}, "Read as": read.get(number, "")}
        for number, row in enumerate(sheet.rows[:PREVIEW], 1)
        if any(row[j] != "" for j in places)
    ]
    if not rows:
        return

    def shade(row: Any) -> list[str]:
        colours = {"titles": "background-color: rgba(31, 91, 167, .14)", "a record": "", "": ""}
        return [colours.get(row["Read as"], "color: gray")] * len(row)

    st.dataframe(
        pd.DataFrame(rows).style.apply(shade, axis=1),
        hide_index=True,
        height=min(420, 38 + 35 * len(rows)),
        key=f"preview-{sheet.name}",
    )
    if len(sheet.rows) > PREVIEW:
        st.caption(f"… and {len(sheet.rows) - PREVIEW:,} more rows.")
    struck = [r for r in table.left_out if r.kind == "total"] if table else []
    if struck:
        st.caption(
            "Struck out, since they are totals: "
            + letters(listed([f"row {r.number} {r.text}" for r in struck[:8]]))
            + "."
        )


def _read_as(said: Said, table: TakenTable | None) -> dict[int, str]:
    """Row of the file -> what is made of it."""
    made = dict.fromkeys(range(said.first, said.last + 1), "titles")
    if table is None:
        return made
    made |= {r.number: "total, left out" if r.kind == "total" else f"{r.kind}, left out" for r in table.left_out}
    made |= dict.fromkeys(table.headed, f"heading, kept as {said.headings}")
    return made | dict.fromkeys(table.rows, "a record")


def _sums(taken: Taken) -> None:
    """The sum of each column of money or people in the file, beside the sum taken over."""
    rows = []
    for table in taken.tables:
        for tie in table.ties:
            times = "" if tie.factor == 1 else f" × {written(float(tie.factor))}"
            rows.append(
                {
                    "Column": f"{table.to}: {tie.column}",
                    "In the file": written(float(tie.file)),
                    "Left out": written(float(tie.left)) if tie.left else "nothing",
                    "Taken from the file": written(float(tie.file_sum)) + times,
                    "In the case": written(float(tie.taken)),
                    "": "✓ equal" if tie.ties else "✕ not equal",
                }
            )
    if rows:
        text_table(rows, "The sum of each column in the file beside the sum taken over")


def download(step: FileBeingRead) -> None:
    """The map as a file, for `optimiser import`. With what is taken over it is kept with the case."""
    handed.button(
        "Download this map",
        lambda _: write_map(step.map()).encode(),
        f"{step.name.rpartition('.')[0] or step.name}.toml",
        "keep-map",
        icon=":material/bookmark:",
        help="For optimiser import. What you take over is kept with the case, and proposed when such a file comes again.",
    )


def missing(records: dict[str, Sequence[Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    """What a case still needs to be solved, asked in one line: the money to share, and who spends it where nobody is named."""
    made: dict[str, list[dict[str, Any]]] = {}
    if not records.get("Funds"):
        money = st.number_input(
            "Money to share (the file names no fund; it is needed to solve, and can be parted into funds later)",
            min_value=0.0, value=None, step=1000.0, format="%.2f", key=f"{key}-money", placeholder="Not known yet", width=420,
        )  # fmt: skip
        made |= {"Funds": [{"fund": "Budget", "amount": float(money)}]} if money else {}
    if not records.get("Agencies"):
        who = st.text_input("Who spends it (the file names no agency)", key=f"{key}-who", width=420)
        made |= {"Agencies": [{"agency": who.strip()}]} if who.strip() else {}
    return made
