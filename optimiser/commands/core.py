"""new, check, solve, verify and app: from a workbook to a proven plan."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.case.readable import counted
from optimiser.commands.base import (
    STATUS,
    CaseFile,
    Exit,
    Json,
    Progress,
    existing,
    file_out,
    leave,
    list_faults,
    print_json,
    read_case,
    say,
    target,
    whole,
)

if TYPE_CHECKING:
    from optimiser.plan.tables import Plan


def open_app(
    port: Annotated[
        int | None, typer.Option(help="Where it answers; by default a free one from 8501.", min=1, max=65535)
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    office: Annotated[
        bool, typer.Option("--office", help="For an office: people sign in (docs/people-and-privacy.md).")
    ] = False,
    address: Annotated[
        str | None, typer.Option(help="Where it listens, such as 0.0.0.0; beyond this machine only with --office.")
    ] = None,
) -> None:
    """Open the app in the browser, on this machine only; with --office, for those who sign in."""
    from optimiser.app_pages.shell.launch import NotSafe, launch

    try:
        launch(port=port, open_browser=browser, address=address, office=office)
    except NotSafe as problem:
        leave(Exit.USAGE, str(problem))


def new(
    case: Annotated[
        Path,
        typer.Argument(
            help="Where the workbook is written.", metavar="CASE.xlsx", show_default=False, callback=target(".xlsx")
        ),
    ],
    example: Annotated[
        str | None,
        typer.Option(
            help="An example instead of the empty template: task-force, gun-violence, opioid-response …; office-budget: a file to import."
        ),
    ] = None,
) -> None:
    """Write an empty template, or an example, to start from."""
    if case.exists():
        leave(Exit.USAGE, f"{case} exists already. Choose another name, or move it away first.")
    if example is None:
        from optimiser.analysis.rulebook import library
        from optimiser.case.writing.template import write_template

        with whole(case) as draft:
            write_template(draft, [library.sheet()])
        say(f"{case} is ready: fill in Agencies, Funds and Initiatives, then run: optimiser check {case}")
        return
    from optimiser.case.examples import OFFICE, example_path, examples

    try:
        content = example_path(example).read_bytes()
    except KeyError:
        leave(Exit.USAGE, f"There is no example {example}. There are: {', '.join([*examples(), OFFICE])}.")
    with whole(case) as draft:
        draft.write_bytes(content)
    following = f"import {case} --propose map.toml" if example == OFFICE else f"solve {case}"
    say(f"{case} is ready (fictional figures). Try: optimiser {following}")


def check(
    case: CaseFile,
    annotate: Annotated[
        Path | None,
        file_out(
            "Write a copy, for reading only, in which every faulty cell is marked.",
            ".xlsx",
            metavar="COPY.xlsx",
            names=(),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List every fault of a workbook, with its sheet, cell and cure, and what looks wrong in its rules."""
    from optimiser import verbs
    from optimiser.analysis.rulebook.rule_audit import audit_rules

    made, faults = verbs.check(str(existing(case)))
    doubts = audit_rules(made, seconds=0) if made is not None else ()
    if as_json:
        rules = [vars(doubt) for doubt in doubts]
        print_json({"valid": made is not None, "faults": [fault.json() for fault in faults], "rules": rules})
    else:
        list_faults(faults, sys.stdout)
        for doubt in doubts:
            print(doubt)
    if annotate is not None:
        from optimiser.case.writing.annotation import annotate as mark

        with whole(annotate) as draft:
            mark(str(case), faults, str(draft))
        say(f"{annotate} has them marked. It is for reading only: mend your own file.")
    errors = sum(f.level == "error" for f in faults)
    if made is None:
        leave(Exit.INVALID, f"{counted(errors, 'fault')} to mend, {len(faults) - errors} to look at.")
    looks = len(faults) + len(doubts)
    kept = not any(doubt.level == "error" for doubt in doubts)
    fine = "No faults." if kept else "Every cell can be read, but as they stand no plan keeps the rules."
    say(f"{fine} {looks} to look at." if looks else fine)


def solve(
    case: CaseFile,
    output: Annotated[Path | None, file_out("Write the plan workbook.", ".xlsx", metavar="PLAN.xlsx")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Solve this scenario; several are stacked in order.")
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="Instead of the case's objective: such as 'impact within 2% > fairness'.")
    ] = None,
    solver: Annotated[
        str, typer.Option(help="highs (the answer of record), cbc, or any other that PuLP knows.")
    ] = "highs",
    time_limit: Annotated[
        float | None, typer.Option(help="Stop after so many seconds, instead of the case's.", min=0.0)
    ] = None,
    model: Annotated[
        Path | None, file_out("Also write the linear program (.mps or .lp).", ".mps", ".lp", metavar="M.mps", names=())
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Add the sheet Why to the plan workbook: what explain says.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Solve a case: the plan, proven and in the stated rounding."""
    from optimiser import verbs
    from optimiser.report.documents import plan_text, result_json

    started = time.perf_counter()
    read = read_case(case, scenario or ())
    seconds = time.perf_counter() - started
    try:
        with Progress("solving") as progress:
            plan = verbs.solve(read, objective=objective, solver=solver, time_limit=time_limit, progress=progress)
        if model is not None:
            with whole(model) as draft:
                verbs.write_model(plan.case, draft)
    except ValueError as error:
        leave(Exit.USAGE, str(error))
    if output is not None and plan.has_plan:
        write_plan(plan, output, why)
    plan = replace(plan, seconds={"read": seconds, **plan.seconds})
    if as_json:
        print_json(result_json.as_json(plan))
    else:
        print(plan_text.summary(plan))
    if plan.status == "infeasible":
        leave(Exit.INFEASIBLE, f"No plan keeps everything. Why, and what would cure it: optimiser explain {case}")
    leave(STATUS[plan.status])


def write_plan(plan: Plan, path: Path, why: bool = False) -> None:
    """The plan workbook, written whole or not at all. why: with the sheet that explains it."""
    from optimiser.report.documents.plan_workbook import write_plan as write

    explanation = None
    if why:
        from optimiser.commands.why import of_plan

        explanation = of_plan(plan)
    with whole(path) as draft:
        write(plan, draft, explanation)
    say(f"{path} is written.")


def verify(
    plan: Annotated[
        Path,
        typer.Argument(help="Plan workbook made by `optimiser solve -o`.", metavar="PLAN.xlsx", show_default=False),
    ],
    best: Annotated[
        bool,
        typer.Option(
            "--best", help="Prove again that no plan is better, from the certificate in Proof, without a solver."
        ),
    ] = False,
    certificate: Annotated[
        Path | None,
        file_out(
            "Write the linear program with its certificate (JSON), for another checker; implies --best.",
            ".json",
            metavar="FILE.json",
            names=(),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a plan against its case, without a solver: every balance, every rule, every cent, as a reader sees them."""
    from optimiser.report.documents.plan_check import inspect

    found = inspect(str(existing(plan)), best=best or certificate is not None)
    broken = found.broken
    if as_json:
        print_json(
            {
                "kept": not broken,
                "broken": [vars(b) for b in broken],
                "remarks": found.remarks,
                "not_checked": found.not_checked,
                "inputs_sha256": found.inputs_sha256,
                **({"best": found.best.said} if found.best else {}),
            }
        )
    else:
        for item in broken:
            print(item.sentence)
    if found.best and found.best.said and not broken:
        say(found.best.said)
    if certificate is not None and found.best and found.best.program:
        with whole(certificate) as draft:
            draft.write_text(json.dumps(found.best.program), "utf-8")
    for remark in found.remarks:
        say(f"Remark: {remark}")
    for part in found.not_checked:
        say(f"Not checked: {part}.")
    if broken:
        leave(Exit.INVALID, f"{counted(len(broken), 'thing')} broken.")
    say(
        "Everything is kept: every balance, every rule that must hold, to the last unit; every sheet of the plan shows what was written."
    )
