"""The tutorials, case studies and notebooks as they are read: tables are typed into the workbook, commands and cells are run.
`python -m tests.guide` writes what they print into the pages; the test holds the pages to it."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl

from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases

PAGES = Path(__file__).parents[1] / "docs" / "guide"
TUTORIALS = ("first-split", "seconded-staff", "settlement-board", "auditor", "administrator", "engineer")
CASES = ("case-gun-violence", "case-opioid-response", "case-task-force")
NOTEBOOKS = ("first", "what-if")
_MOST_LINES = 26
"""A longer answer is cut on the page, and an ellipsis says so."""
_HOME = Path("home")
"""The store of a page, in its own folder: that of one person with one case."""


def played(text: str, folder: Path) -> str:
    """The page with every answer as the commands give it now, in a folder of its own."""
    made: list[str] = []
    if "$ optimiser backup" in text:
        at_work(folder)
    lines = iter(text.split("\n"))
    sheet: str | None = None
    book = script = ""
    for line in lines:
        if found := re.search(r"sheet \*\*(\w+)\*\*(?: of \*\*([\w.]+)\*\*)?", line):
            sheet, book = found.group(1), found.group(2) or "case.xlsx"
        elif named := re.search(r"\*\*(\w+\.py)\*\*", line):
            script = named.group(1)
        if line.startswith("| ") and sheet is not None:
            block = [line]
            for line in lines:
                if not line.startswith("|"):
                    break
                block.append(line)
            typed(folder / book, sheet, block)
            made += block
            sheet = None
        if line == "```python" and script:
            block = list(iter(lambda: next(lines), "```"))
            (folder / script).write_text("\n".join(block) + "\n", encoding="utf-8")
            made += [line, *block]
            script, line = "", "```"
        if line == "```console":
            commands = []
            for inner in lines:
                if inner == "```":
                    break
                if inner.startswith("$ "):
                    commands.append(inner)
            made.append(line)
            for command in commands:
                made += [command, *answer(command[2:], folder)]
            line = "```"
        made.append(line)
    return "\n".join(made)


def at_work(folder: Path) -> None:
    """A store as the app leaves it after a first case."""
    (folder / _HOME).mkdir()
    with closing(Database(f"sqlite:///{folder / _HOME / 'optimiser.db'}")) as store:
        migrate.ready(store)
        records: dict[str, Any] = {"Agencies": [{"agency": "North"}], "Funds": [{"fund": "Grant", "amount": 300_000}]}
        cases.create(store, people.local(store), "Prevention", "typed", records)


def answer(command: str, folder: Path) -> list[str]:
    """What a command prints, cut after some lines."""
    words = shlex.split(command)
    given = {"OPTIMISER_HOME": str(_HOME)}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        given[name] = value
    made = {"optimiser": [sys.executable, "-m", "optimiser"], "python": [sys.executable]}[words[0]] + words[1:]
    path = os.pathsep.join(filter(None, [str(PAGES.parents[1]), os.environ.get("PYTHONPATH")]))
    said = subprocess.run(
        made, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": path, **given},
    )  # fmt: skip
    # Not what only tells that something goes on: it has the seconds of this machine.
    told = (line for line in said.stdout.rstrip("\n").split("\n") if not re.match(r"Reading |\s+\d+(\.\d)? s  ", line))
    lines = [re.sub(r"\b[0-9a-f]{64}\b|\b\d{8}-\d{6}\b", "…", line.rstrip()) for line in told]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 2], "…"]


def notebook(name: str) -> Path:
    """Where a notebook is."""
    return PAGES / "notebooks" / f"{name}.ipynb"


def run(text: str) -> str:
    """A notebook with every output as its cells give it now: what a cell prints, and the value of its last line."""
    book = json.loads(text)
    names: dict[str, Any] = {"__name__": "__main__"}
    for n, cell in enumerate(c for c in book["cells"] if c["cell_type"] == "code"):
        lines = ast.parse("".join(cell["source"]))
        ends = lines.body[-1] if lines.body else None
        last = ends.value if isinstance(ends, ast.Expr) else None
        lines.body = lines.body[:-1] if last else lines.body
        cell["execution_count"], cell["outputs"] = n + 1, []
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(compile(lines, f"cell {n + 1}", "exec"), names)
            value = eval(compile(ast.Expression(last), f"cell {n + 1}", "eval"), names) if last else None
        if said.getvalue():
            told = said.getvalue().splitlines(keepends=True)
            cell["outputs"].append({"name": "stdout", "output_type": "stream", "text": told})
        if value is not None:
            shown = {"text/plain": repr(value).splitlines(keepends=True)}
            given = {"data": shown, "execution_count": n + 1, "metadata": {}, "output_type": "execute_result"}
            cell["outputs"].append(given)
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def typed(path: Path, sheet: str, block: list[str]) -> None:
    """The rows of a Markdown table typed below the titles of a sheet; a title that is not there is typed too."""
    rows = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block]
    titles, records = rows[0], rows[2:]
    book = openpyxl.load_workbook(path)
    page: Any = book[sheet]
    at = {str(cell.value).split(" [")[0]: cell.column for cell in page[1] if cell.value}
    for title in titles:
        if title not in at:
            at[title] = max(at.values()) + 1
            page.cell(1, at[title], title)
    for n, record in enumerate(records):
        for title, cell in zip(titles, record, strict=True):
            if cell:
                made = page.cell(2 + n, at[title], float(cell) if re.fullmatch(r"[\d.]+", cell) else cell)
                if cell.startswith("="):  # a change of a scenario: text, as the sheet's format says
                    made.data_type = "s"
    book.save(path)


if __name__ == "__main__":
    for name in sys.argv[1:] or (*TUTORIALS, *CASES):
        page = PAGES / f"{name}.md"
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(played(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
    for name in NOTEBOOKS:
        book = notebook(name)
        book.write_text(run(book.read_text(encoding="utf-8")), encoding="utf-8")
