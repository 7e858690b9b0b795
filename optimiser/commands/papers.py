"""papers: from a plan to slides, reports, forms, letters and journals."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.case.names import untaken_file
from optimiser.case.readable import counted, listed
from optimiser.commands.base import (
    STATUS,
    Exit,
    Json,
    Progress,
    complain,
    existing,
    file_out,
    leave,
    print_json,
    say,
    whole,
)

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.papers.paper import Source
    from optimiser.plan.tables import Plan

ALTERNATIVES = 2
"""Scenarios of the case that stand beside the plan where none is named."""


def papers(
    plan: Annotated[
        Path,
        typer.Argument(
            help="Workbook of a plan (as solve -o writes it) or of a case, which is then solved.",
            metavar="PLAN.xlsx",
            show_default=False,
        ),
    ],
    names: Annotated[
        list[str] | None, typer.Argument(help="Only these papers.", metavar="NAME…", show_default=False)
    ] = None,
    folder: Annotated[
        Path | None, file_out("Folder in which the files are written; without it they are listed.", metavar="FOLDER")
    ] = None,
    paper: Annotated[
        list[str] | None, typer.Option(help="Only this paper; several are possible.", metavar="NAME")
    ] = None,
    details: Annotated[
        Path | None,
        typer.Option(
            help="A workbook of the case with facts that were filled in since: award numbers, addresses, Actuals.",
            metavar="CASE.xlsx",
        ),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            help="A folder with your own letter.docx, slides.pptx and workbook.xlsx, and papers of your own (.toml).",
            metavar="FOLDER",
        ),
    ] = None,
    alternative: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCENARIO", help="A scenario that stands beside the plan; by default the first two; 'none': none."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the papers of a plan: slides, report, federal forms, letters, journal; blank where a fact is missing."""
    from optimiser.papers.office_template import TemplateError
    from optimiser.papers.own_papers import every as papers_in
    from optimiser.papers.paper import make

    try:
        every = papers_in(templates if templates is not None and templates.is_dir() else None)
    except TemplateError as problem:
        leave(Exit.USAGE, str(problem))
    wanted = [*(names or ()), *(paper or ())]
    unknown = [name for name in wanted if name not in every]
    if unknown:
        leave(Exit.USAGE, f"There is no paper {listed(unknown, 'or')}. There are: {', '.join(every)}.")
    source = _source(plan, details, templates, alternative, wanted)
    made, missing, doubts = [], [], []
    used: set[str] = set()
    for name in wanted or every:
        one = every[name]
        if not one.subjects(source):
            say(f"{name}: {one.why_none(source)}.")
            continue
        try:
            files = list(make(one, source))
        except TemplateError as problem:
            leave(Exit.USAGE, str(problem))
        for file in files:
            target = untaken_file(file.file, used)
            made.append(
                {
                    "paper": name,
                    "file": target,
                    "figures": dict(file.figures),
                    "missing": [asdict(m) | {"place": m.place} for m in file.missing],
                    "doubts": list(file.doubts),
                }
            )
            missing += [m for m in file.missing if m not in missing]
            doubts += [d for d in file.doubts if d not in doubts]
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                with whole(folder / target) as draft:
                    draft.write_bytes(file.content)
    if as_json:
        print_json({"papers": made})
    else:
        for line in made:
            lacks = f", lacks {counted(len(line['missing']), 'cell')}" if line["missing"] else ""
            print(f"{line['file']}{lacks}")
    for fact in missing:
        say(f"Missing: {fact.label}: {fact.place}.")
    for doubt in doubts:
        complain(f"Does not hold: {doubt}")
    if folder is not None:
        say(
            f"{counted(len(made), 'file')} in {folder}."
            + (f" {counted(len(missing), 'cell')} stay blank until filled." if missing else "")
        )


def _source(
    path: Path, details: Path | None, templates: Path | None, alternative: list[str] | None, wanted: list[str]
) -> Source:
    from optimiser import verbs
    from optimiser.papers.office_template import TEMPLATES, TemplateError
    from optimiser.papers.paper import Source

    plan = _plan(path)
    if not plan.has_plan:
        leave(
            STATUS[plan.status] or Exit.STOPPED, "There is no plan, and so there are no papers. Why: optimiser explain."
        )
    if templates is not None and not templates.is_dir():
        leave(Exit.USAGE, f"There is no folder {templates}.")
    for form in TEMPLATES:
        try:
            Source(plan, plan.case, templates=templates).template(form)
        except TemplateError as problem:
            leave(Exit.USAGE, str(problem))
    facts = verbs.read(str(existing(details))) if details else plan.case
    names = list(dict.fromkeys(plan.case.tables["Scenarios"]["scenario"].tolist()))
    shown = [n for n in alternative if n != "none"] if alternative else names[:ALTERNATIVES]
    unknown = [n for n in shown if n not in names]
    if unknown:
        leave(Exit.USAGE, f"There is no scenario {listed(unknown, 'or')}. There are: {', '.join(names) or 'none'}.")
    others = []
    if not wanted or {"slides", "report", "figures"} & set(wanted):
        with Progress("solving the alternatives") as progress:
            for number, name in enumerate(shown, 1):
                progress.line(f"alternative {number} of {len(shown)}: {name}")
                others.append((name, verbs.solve(verbs.scenario(plan.case, name))))
    return Source(plan, facts, templates=templates, others=tuple(others), replanned=lambda: _replan(facts, plan))


def _replan(case: Case, plan: Plan) -> Any:
    """The re-plan from the Actuals; None where there are none or nothing is left to decide."""
    from optimiser.analysis.replanning.replan import replan

    if not len(case.tables["Actuals"]):
        return None
    try:
        return replan(case, plan)
    except ValueError:
        return None


def plan_in_file(path: Path, told: str) -> Plan | None:
    """The plan that a workbook holds; None where it is one of a case. A plan that was changed ends with status 3.

    told: what is not done then, and the cure."""
    from optimiser.case.reading.reader import open_book
    from optimiser.report.documents.plan_check import inspect, plan_in
    from optimiser.report.documents.plan_reading import plan_book

    book = open_book(str(existing(path)))
    if not {"Spend", "Proof"} <= {sheet.name for sheet in book.sheets}:
        return None
    broken = inspect(str(path)).broken
    for item in broken:
        complain(item.sentence)
    if broken:
        leave(Exit.INVALID, f"{counted(len(broken), 'thing')} broken: {told}")
    return plan_in(plan_book(book))


def _plan(path: Path) -> Plan:
    """The plan of a workbook; a case is solved."""
    from optimiser import verbs

    cure = "Facts that were filled in since belong into a workbook of the case: --details CASE.xlsx."
    found = plan_in_file(path, f"no papers are made of a plan that was changed. {cure}")
    if found is not None:
        return found
    case = verbs.read(str(path))
    with Progress("solving") as progress:
        return verbs.solve(case, progress=progress)
