"""Every text of a case goes to the page through one function, `letters`: read from the source, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "optimiser" / "app_pages"
ELEMENTS = {
    "markdown", "caption", "title", "header", "subheader", "info", "warning", "error", "success", "toast", "button", "radio",
    "pills", "segmented_control", "tabs", "expander", "popover", "metric", "checkbox", "toggle", "selectbox", "multiselect",
    "text_input", "number_input", "text_area", "download_button", "form_submit_button", "status", "spinner", "progress",
    "slider", "select_slider", "page_link", "badge", "file_uploader", "date_input", "Column", "TextColumn", "NumberColumn",
    "SelectboxColumn", "CheckboxColumn", "ProgressColumn",
}  # fmt: skip
"""What Streamlit reads as Markdown: the text of these, their labels and their help."""
CHOICES = {"radio", "pills", "segmented_control"}
"""Of these the offered choices too."""
FORBIDDEN = {"html", "latex", "write", "link_button", "LinkColumn", "ImageColumn", "MarkdownColumn", "table"}
"""Ways round the door. What shows a table of texts is `page_tables.text_table`."""
OURS = {
    "style.py: html", "typing_guard.py: html", "paper_preview.py: html", "page_tables.py: table",
    "launch.py: write", "workers.py: write", "worker.py: write",  # of files and pipes
}  # fmt: skip
PLAIN = {
    "letters",
    "delta",  # begins with the sign of a loss, then `letters`
    "len",
    "sum",
    "clock",
    "fte",
    "number",
    "percent",
    "duration",
    "value_counts",
    "range",
}
"""What these give is safe: numbers with their units, times, and what went through the door."""
SAFE = {
    # Markdown made on purpose, each of letters and the program's own words
    "about", "changed", "_last", "_paragraph", "_member", "_by",
    # the program's own words
    "standing", "summary", "markdown", "address", "word", "_count", "proof_in_words", "title_of", "_fte_change", "badge",
}  # fmt: skip
"""Functions of pages whose result is fit for the page."""
ATTRIBUTES = {
    "outcome", "number", "sha256", "run", "report_sha256", "audit_head", "seconds", "id", "help", "binding", "kept", "rules",
    "funded", "initiatives", "address",
}  # fmt: skip
"""Of results: numbers, hashes and the program's own words."""
ON_PURPOSE = {"inputs.py: label", "who_gets_what.py: title"}
"""Markdown made of letters a step before: the pill of a table, the title of bars."""


def leaves(
    node: ast.expr | None, names: dict[str, list[ast.expr]], seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """What an expression puts into a text that is neither the program's own words nor known to be safe."""
    match node:
        case None | ast.Constant() | ast.Compare():
            return
        case ast.JoinedStr():
            for value in node.values:
                if isinstance(value, ast.FormattedValue) and value.format_spec is None:
                    yield from leaves(value.value, names, seen)
        case ast.IfExp():
            yield from leaves(node.body, names, seen)
            yield from leaves(node.orelse, names, seen)
        case ast.BoolOp():
            for one in node.values:
                yield from leaves(one, names, seen)
        case ast.BinOp():
            yield from leaves(node.left, names, seen)
            yield from leaves(node.right, names, seen)
        case ast.List() | ast.Tuple() | ast.Set():
            for one in node.elts:
                yield from leaves(one, names, seen)
        case ast.Dict():
            for one in node.values:
                yield from leaves(one, names, seen)
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
            yield from leaves(node.value if isinstance(node, ast.DictComp) else node.elt, names, seen)
        case ast.Lambda():
            yield from leaves(node.body, names, seen)
        case ast.Call():
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in PLAIN | SAFE:
                return
            if called == "join":
                yield from leaves(node.args[0], names, seen)
            elif called in ("upper", "lower", "capitalize", "rstrip", "strip", "replace") and isinstance(
                node.func, ast.Attribute
            ):
                yield from leaves(node.func.value, names, seen)
            elif called in ("list", "sorted", "str", "next", "round", "capital") and node.args:
                yield from leaves(node.args[0], names, seen)
            else:
                yield ast.unparse(node)
        case ast.Subscript():
            yield from leaves(node.value, names, seen)
        case ast.Attribute():
            if node.attr == "__getitem__":
                yield from leaves(node.value, names, seen)
            elif node.attr not in ATTRIBUTES:
                yield ast.unparse(node)
        case ast.Name():
            if node.id in names and node.id not in seen:
                for value in names[node.id]:
                    yield from leaves(value, names, seen | {node.id})
            elif node.id not in seen and node.id not in PLAIN | SAFE and not node.id.isupper():
                yield node.id
        case _:
            yield ast.unparse(node)


def assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """By name every value that it is given here."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for one, value in zip(target.elts, node.value.elts, strict=True):
                        if isinstance(one, ast.Name):
                            found.setdefault(one.id, []).append(value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name) and node.value:
            found.setdefault(node.target.id, []).append(node.value)
        elif (
            isinstance(node, ast.For)
            and isinstance(node.target, ast.Name)
            and ast.unparse(node.iter).startswith("range(")
        ):
            found.setdefault(node.target.id, []).append(node.iter)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Tuple):
            for row in node.iter.elts:
                for one, value in zip(node.target.elts, row.elts if isinstance(row, ast.Tuple) else (), strict=False):
                    if isinstance(one, ast.Name):
                        found.setdefault(one.id, []).append(value)
    return found


def round_the_door(name: str, source: str) -> list[str]:
    """The places of a page where a text may reach Markdown without `letters`, and other ways that are not to be used."""
    tree = ast.parse(source)
    ours = {
        a.asname or a.name
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module != "streamlit"
        for a in n.names
    }
    constants = assigned(ast.Module([n for n in tree.body if isinstance(n, ast.Assign | ast.AnnAssign)], []))
    complaints = []
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    inner = {id(c) for f in functions for c in ast.walk(f) if isinstance(c, ast.FunctionDef) and c is not f}
    for function in (f for f in functions if id(f) not in inner):
        names = {**constants, **assigned(function)}
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id in ours:
                continue
            element, at = node.func.attr, f"{name}:{node.lineno} {node.func.attr}"
            if element in FORBIDDEN and f"{name}: {element}" not in OURS:
                on = ast.unparse(node.func.value)
                if on in ("st", "st.column_config") or "column" in on:
                    complaints.append(f"{at} is a way round `letters`")
            if any(k.arg == "unsafe_allow_html" for k in node.keywords):
                complaints.append(f"{at} lets HTML in")
            if element not in ELEMENTS:
                continue
            first = [] if element.endswith("Column") else node.args[:1]  # titles of a grid are drawn, not read
            given: list[ast.expr] = [*first, *(k.value for k in node.keywords if k.arg in ("help", "label", "body"))]
            form = next((k.value for k in node.keywords if k.arg == "format_func"), None)
            if element in CHOICES:
                given += [form] if form is not None else node.args[1:2]
            if element == "metric":
                given += node.args[1:3]
            complaints += [
                f"{at}: {leaf} goes to the page without `letters`"
                for one in given
                for leaf in leaves(one, names)
                if f"{name}: {leaf}" not in ON_PURPOSE
            ]
    return complaints


@pytest.mark.parametrize("page", sorted(PAGES.rglob("*.py")), ids=lambda p: p.stem)
def test_every_text_goes_through_the_door(page: Path) -> None:
    assert round_the_door(page.name, page.read_text("utf-8")) == []


SOUND = """
import streamlit as st
from optimiser.app_pages.shell.text import letters
from optimiser.store.work import cases
def page(case, names):
    count = len(names)
    st.title(letters(case.name))
    st.markdown(f"**{count}** {letters(', '.join(names))} {case.total:,.0f}")
    st.pills("Show", names, format_func=letters, help="Names")
    st.selectbox("Fund", names)
    cases.info(case.name)
"""
BAD = (
    "st.title(case.name)",
    "st.markdown(f'**{case.name}**')",
    "st.markdown('Of ' + case.name)",
    "st.button('Open', help=case.note)",
    "st.pills('Show', names)",
    "st.radio('Which', list(names), format_func=lambda n: n)",
    "st.metric('Money', case.money)",
    "st.markdown('; '.join(n for n in names))",
    "st.caption(case.name.replace('$', ''))",
    "st.expander(names[0])",
    "said = case.name; st.info(f'{said} is open')",
    "head.title(headline(case))",
    "st.column_config.TextColumn('Name', help=case.note)",
    "st.html(case.name)",
    "st.write(case.name)",
    "st.table(names)",
    "st.markdown('x', unsafe_allow_html=True)",
)


def test_a_sound_page_has_no_complaints() -> None:
    assert round_the_door("page.py", SOUND) == []


@pytest.mark.parametrize("line", BAD)
def test_each_other_way_is_found(line: str) -> None:
    assert round_the_door("page.py", f"{SOUND}    {line}\n"), line
