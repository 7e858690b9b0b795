"""Write a rule: its parts are chosen, and how it reads, what it selects and how the plan stands to it is shown beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.grantors import WHO
from optimiser.case.readable import capital
from optimiser.case.reading.amounts import plain
from optimiser.case.selection import Clause
from optimiser.desk.rule_preview import Preview, columns, preview, values
from optimiser.desk.state import Draft
from optimiser.model.rules import KINDS, Kind, Number, meaning, rule_of
from optimiser.model.rules.rule import SUMS as SUMMED
from optimiser.model.rules.shares import CLAUSES

CONDITIONS = 4
PLAIN = "%.12g"
"""How a number is written that may be an amount, a share or a count: 2 initiatives, never 2.00."""
AMOUNT, SAME = "an amount", "a share of the same, of others"
SUMS = {
    "a share of all funds": "total",
    "a share of the amount of the funds it names": "amount",
    "a share of what is contributed": "contribution",
    "a share of the requests": "request",
    "a share of last year's awards": "baseline",
    "a share of the staff that can be released": "fte",
    "a share of the staff on the books": "headcount",
}
"""What a limit may be a share of, and how the sheet writes it."""
BESIDE = ("amount", "contribution", "baseline", "request", "total")
"""Sums in money, beside whose share an amount may stand."""
BESIDE_WORDS = {
    "": "nothing",
    "; greater": "or an amount, whichever is more",
    "; lesser": "or an amount, whichever is less",
    "; lesser request": "or all that is asked for, where that is less (at least)",
}
"""What may stand beside a share, as the sheet writes it."""
ORDERED = (">=", "<=", "=", "!=", ">", "<")
WORDS = {"=": "is", "!=": "is not", ">=": "is at least", "<=": "is at most", ">": "is above", "<": "is below"}


def part(draft: Draft, head: Any) -> None:
    """The parts of a rule on the left, its preview on the right. head: where the headline stands."""
    head.title("What must hold?")
    case = draft.checked().case
    if case is None:
        head.title("Mend the inputs first; then a rule can be written")
        return
    left, right = st.columns([52, 48], gap="medium")
    with left:
        row = _row(case)
    with right, st.container(border=True, key="stays-preview"):
        if row is None:
            st.markdown("Give it a name and a limit; how it reads, and what it selects, is then shown here.")
            return
        taken = any(str(r.values.get("rule", "")).casefold() == row["rule"].casefold() for r in draft.records("Rules"))
        if taken:
            st.info(f"There is a rule of the name {letters(row['rule'])} already. Choose another name.")
            return
        _preview(draft, preview(draft, row, session.plan(draft)), head)


def _key(name: str) -> str:
    return f"build-{name}-{st.session_state.get('build-epoch', 0)}"


def _row(case: Case) -> dict[str, Any] | None:
    """The row of the sheet Rules that the widgets make; None while its name or its limit is missing."""
    name = st.text_input("Name of the rule", key=_key("name"), placeholder="Prevention share")
    chosen = str(st.selectbox("Kind", list(KINDS), key=_key("kind"), format_func=str.capitalize))
    kind = KINDS[chosen]
    st.caption(letters(kind.help))
    row: dict[str, Any] = {"rule": name.strip(), "kind": chosen}
    if "measure" in kind.columns:
        row["measure"] = _measure(case, kind)
    able = columns(case, kind.dimensions(rule_of(row)))
    row["where"] = _where(case, able, "where", "Only where")
    if "of" in kind.columns:
        row["of"] = _of(case, kind, able)
    if "per" in kind.columns:
        row["per"] = _per(kind.members(rule_of(row)), kind.pairs)
    limits = [c for c in ("at_least", "at_most") if c in kind.columns]
    number = meaning(case.facts, rule_of(row))
    for column, value in zip(limits, _limits(limits, number), strict=True):
        if value is not None:
            row[column] = value / 100 if number.is_share else value
    row |= _rest()
    enough = not kind.needs or bool(set(kind.needs) & set(row))
    return {k: v for k, v in row.items() if v not in ("", None)} if row["rule"] and enough else None


def _measure(case: Case, kind: Kind) -> str:
    if kind.reads["measure"] == "column":
        return st.text_input("Mean of which numeric column", "score", key=_key("mean"))
    if kind.reads["measure"] == "source":
        made_of = {"": "cash, or released staff in kind", "cash": "cash alone", "cash:": "cash of some funds alone"}
        source = str(
            st.selectbox("Match is made of", list(made_of), key=_key("made-of"), format_func=made_of.__getitem__)
        )
        if source != "cash:":
            return source
        called = case.called("Funds")
        funds = st.multiselect(
            "These funds may match", list(called), key=_key("matched-by"), format_func=called.__getitem__
        )
        return f"cash: {Clause('fund', '=', tuple(funds))}" if funds else "cash"
    outcomes = sorted({str(o) for o in case.tables["Outcomes"]["outcome"].tolist()})
    return str(st.selectbox("What is summed", [*SUMMED, *outcomes], key=_key("measure")))


def _title(none: str, column: str) -> str:
    return column.replace("_", " ") or none


def _where(case: Case, known: list[str], key: str, label: str) -> str:
    """Conditions, joined by and; "" where there are none."""
    made: list[Clause] = []
    for n in range(CONDITIONS):
        none = "nothing more" if n else "everything"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            column = st.selectbox(
                letters(label) if not n else "and", ["", *known], key=_key(f"{key}-column-{n}"), width=190,
                format_func=partial(_title, none),
            )  # fmt: skip
            if not column:
                break
            listed, number = values(case, column)
            operators = ORDERED if number or column == "period" else ORDERED[2:4]
            operator = st.selectbox(
                "is", operators, key=_key(f"{key}-operator-{n}-{column}"), width=130, label_visibility="collapsed",
                format_func=lambda o: WORDS[o],
            )  # fmt: skip
            value_key = _key(f"{key}-value-{n}-{column}-{operator}")
            chosen: list[str]
            if number:
                typed = st.number_input(
                    "Number", value=None, key=value_key, width=150, format=PLAIN, label_visibility="collapsed"
                )
                chosen = [] if typed is None else [plain(typed)]
            elif operator in ("=", "!="):
                chosen = st.multiselect(
                    "Values", listed, key=value_key, placeholder="Choose", label_visibility="collapsed"
                )
            else:
                one = st.selectbox("Value", listed, key=value_key, label_visibility="collapsed", width=190)
                chosen = [one] if one else []
        if not chosen:
            break
        made.append(Clause(column, operator, tuple(chosen)))
    return " ; ".join(str(clause) for clause in made)


def _of(case: Case, kind: Kind, able: list[str]) -> str:
    """What stands in `of`: a base, initiatives or a formula. able: columns by which those of the measure are selected."""
    if kind.reads["of"] == "cost":
        parts = {"": "the whole cost", "grant": "what the fund pays"}
        return str(st.selectbox("The share is of", list(parts), key=_key("share-of"), format_func=parts.__getitem__))
    if not kind.has_base and not kind.splits:
        return _where(case, able, "of", "requires initiatives where")
    if kind.splits:
        of = st.text_input("Split by", key=_key("formula"), placeholder="0.5 population + 0.5 violent_crime; floor 1%")
        said = "; ".join(f"{clause}: {does}" for clause, does in CLAUSES)
        st.caption(
            letters(f"Behind the sum, after a semicolon: {said}. In place of a share an amount or a column of money.")
        )
        return of
    chosen = str(st.selectbox("The limit is", [AMOUNT, SAME, *SUMS], key=_key("of")))
    if chosen == AMOUNT:
        return ""
    if chosen == SAME:
        return _where(case, able, "base", "of those where")
    return SUMS[chosen] + (_beside(case) if SUMS[chosen] in BESIDE else "")


def _beside(case: Case) -> str:
    """What stands beside a share: an amount, the greater or the lesser of the two, or what is asked for; "" where nothing."""
    with st.container(horizontal=True):
        word = st.selectbox(
            "Beside the share", list(BESIDE_WORDS), key=_key("beside"), format_func=BESIDE_WORDS.__getitem__
        )
        if not word or word.endswith("request"):
            return word
        amount = st.number_input(
            letters(f"Amount, {case.settings.currency}"), value=None, min_value=0.0, key=_key("beside-amount"),
            placeholder="55000", format=PLAIN,
        )  # fmt: skip
    return "" if amount is None else f"{word} {plain(amount)}"


def _per(able: Sequence[str], pairs: bool) -> str:
    """What the rule is repeated for: nothing, one thing, or (where the kind takes pairs) each pair of two."""
    with st.container(horizontal=True):
        one = st.selectbox("For each", ["", *able], key=_key("per"), format_func=lambda p: p or "all of it together")
        if not one or not pairs:
            return one
        others = ["", *(p for p in able if p != one)]
        other = st.selectbox("and each", others, key=_key(f"per-{one}"), format_func=lambda p: p or "nothing more")
    return ", ".join(filter(None, (one, other)))


def _limits(limits: Sequence[str], number: Number) -> list[float | None]:
    if not limits:
        return []
    made: list[float | None] = []
    unit = "%" if number.is_share else number.unit_words
    for column, box in zip(limits, st.columns(len(limits), gap="small"), strict=True):
        title = capital(column).replace("_", " ") + (f", {unit}" if unit else "")
        with box:
            made.append(
                st.number_input(
                    letters(title),
                    value=None,
                    key=_key(f"{column}-{number.is_share}"),
                    placeholder="no limit",
                    format=PLAIN,
                )
            )
    return made


def _rest() -> dict[str, Any]:
    hard = st.toggle("It must hold", value=True, key=_key("hard"), help="Else it may be broken at a penalty.")
    made: dict[str, Any] = {"hard": hard}
    if not hard:
        made["penalty"] = st.number_input(
            "Penalty: impact lost for each unit by which it is broken",
            min_value=0.0,
            value=1.0,
            key=_key("penalty"),
            format=PLAIN,
        )
    made["authority"] = st.text_input("By whose authority", key=_key("authority"), placeholder="34 USC 10446(c)(4)")
    made["set_by"] = st.selectbox(
        "Who set it, and may change it", list(WHO), key=_key("set-by"), format_func=lambda s: f"{s}: {WHO[s]}"
    )
    made["waiver"] = st.text_input("Who may grant a waiver", key=_key("waiver"), placeholder="nobody")
    made["note"] = st.text_input("Note", key=_key("note"))
    return made


def _preview(draft: Draft, made: Preview, head: Any) -> None:
    if made.sentence:
        head.title(letters(made.sentence.rstrip(".")))
        st.markdown("**It would read**")
        st.markdown(f"{letters(made.row['rule'])}: {letters(made.sentence)}")
        st.markdown("**What it selects**")
        st.markdown("\n".join(f"- {letters(line)}" for line in made.selects) or "Everything.")
        if made.standing:
            st.markdown("**The plan on show**")
            st.markdown(letters(made.standing))
    for fault in made.faults[:6]:
        mark = ":red[✕]" if fault.level == "error" else ":orange[!]"
        st.markdown(f"{mark} {letters(f'{fault.cell}: found {fault.found}; {fault.cure}')}")
    st.button(
        "Add this rule", type="primary", key="build-add", disabled=not (made.possible and draft.editable),
        on_click=_add, args=(draft, dict(made.row)),
    )  # fmt: skip


def _add(draft: Draft, row: dict[str, Any]) -> None:
    draft.add_all("Rules", [row], f"Rules: {row['rule']} added")
    st.session_state["build-epoch"] = st.session_state.get("build-epoch", 0) + 1
    st.session_state["notice"] = f"The rule “{row['rule']}” was added. Solve to see what it does; undo takes it back."
