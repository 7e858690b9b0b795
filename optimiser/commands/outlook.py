"""uncertainty and replan: what if numbers turn out otherwise, and what now that part of the year is over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.commands.base import (
    STATUS,
    CaseFile,
    Exit,
    Json,
    Progress,
    Scenario,
    asking,
    existing,
    file_out,
    json_text,
    leave,
    print_answer,
    read_case,
    say,
    whole,
)

if TYPE_CHECKING:
    from optimiser.analysis.uncertain.outlook import Outlook
    from optimiser.case.case import Case
    from optimiser.case.table import Table
    from optimiser.plan.tables import Plan


def uncertainty(
    case: CaseFile,
    draws: Annotated[int, typer.Option(help="Draws that the plans are judged on.", min=1)] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same draws.")] = 0,
    aim: Annotated[
        list[str] | None,
        typer.Option(help="Also a plan that is best on `average`, in the `worst`, or within a `budget`."),
    ] = None,
    share: Annotated[float, typer.Option(help="Which share of the draws is the worst.", min=0.0, max=1.0)] = 0.1,
    budget: Annotated[float, typer.Option(help="How many numbers of a row may deviate at once.", min=0.0)] = 1.0,
    made_for: Annotated[
        int,
        typer.Option(help="Draws that the plan for the average is made for; for the worst five times as many.", min=1),
    ] = 8,
    replanned: Annotated[bool, typer.Option(help="Also the best plan of each draw, for the regret.")] = True,
    scenario: Scenario = None,
    output: Annotated[
        Path | None,
        file_out(".json: the object; .csv: a row for each draw; .xlsx: the plan of the aim.", ".json", ".csv", ".xlsx"),
    ] = None,
    as_json: Json = False,
) -> None:
    """How the plan fares when the numbers of the sheet Uncertainty turn out otherwise, and plans that fare better."""
    from optimiser.analysis.uncertain.outlook import uncertainty as of_case
    from optimiser.report.documents import uncertainty_text

    wanted = list(aim or ())
    if output is not None and output.suffix == ".xlsx" and len(wanted) != 1:
        leave(Exit.USAGE, f"Name the one aim whose plan goes to {output.name}, such as --aim worst.")
    read = read_case(case, scenario or ())
    with asking("drawing") as progress:
        found = of_case(
            read, draws, seed=seed, aims=wanted, share=share, budget=budget, made_for=made_for, replanned=replanned,
            told=progress.line,
        )  # fmt: skip
    if output is not None:
        _write(found, wanted, output)
    print_answer(as_json, found.json, lambda: uncertainty_text.text(found))


def _write(found: Outlook, aims: list[str], output: Path) -> None:
    with whole(output) as draft:
        if output.suffix == ".xlsx":
            from optimiser.report.documents.plan_workbook import write_plan

            write_plan(found.plan_of(aims[0]), str(draft))
        elif output.suffix == ".csv":
            import pandas as pd

            pd.DataFrame(found.rows()).to_csv(draft, index=False)
        else:
            draft.write_text(json_text(found.json()), "utf-8")
    say(f"{output} is written.")


def promise(
    case: CaseFile,
    scenario: Scenario = None,
    as_json: Json = False,
) -> None:
    """What the plan promises, what is to be expected once errors of scores are allowed for, and which scores are worth checking."""
    from optimiser import verbs
    from optimiser.analysis.uncertain.promise_kept import promise as of_plan

    read = read_case(case, scenario or ())
    with Progress("solving") as progress:
        plan = verbs.solve(read, progress=progress)
    if not plan.has_plan:
        leave(STATUS[plan.status], "There is no plan that could promise anything.")
    with Progress("what a check can change"):
        found = of_plan(plan)
    print_answer(as_json, found.json, lambda: "\n".join(found.lines()))


def replan(
    case: CaseFile,
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="PLAN.xlsx", help="Workbook of the approved plan; by default the case is solved as it stands."
        ),
    ] = None,
    through: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="The last period that is over; by default the last in Actuals.")
    ] = None,
    order: Annotated[
        str | None, typer.Option(help="What counts first: 'impact within 1% > approvals > movement'.")
    ] = None,
    max_approvals: Annotated[int | None, typer.Option(help="At most so many approvals.", min=0)] = None,
    approval_price: Annotated[float, typer.Option(help="What one approval costs, in impact.", min=0.0)] = 0.0,
    scenario: Scenario = None,
    output: Annotated[
        Path | None,
        file_out(
            "Reprogramming sheet and new plan (.xlsx), the sheet (.csv) or the object (.json).",
            ".xlsx",
            ".csv",
            ".json",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Decide the rest of the year again, from what is spent and delivered: which money moves, who approves, and why."""
    from optimiser.analysis.replanning.replan import replan as of_case
    from optimiser.analysis.replanning.replan_model import Wishes
    from optimiser.report.documents import replan_sheet, replan_text

    read = read_case(case, scenario or ())
    with asking("planning again") as progress:
        approved = _approved(read, plan, progress)
        wishes = Wishes(order, max_approvals, approval_price)
        found = of_case(read, approved, through=through, wishes=wishes, progress=progress)
    if output is not None and (found.plan.has_plan or output.suffix == ".json"):
        with whole(output) as draft:
            replan_sheet.write(found, draft)
        say(f"{output} is written.")
    print_answer(as_json, lambda: replan_sheet.as_json(found), lambda: replan_text.summary(found))
    if not found.plan.has_plan:
        leave(STATUS[found.plan.status])


def _approved(case: Case, path: Path | None, progress: Progress) -> Plan | dict[str, Table]:
    """The approved plan: the tables of its workbook, or the best plan of the case."""
    from optimiser import verbs

    if path is None:
        made = verbs.solve(case, progress=progress)
        if not made.has_plan:
            leave(Exit.INFEASIBLE, "The case has no plan that could be changed. Name the approved one with --plan.")
        return made
    from optimiser.report.documents.plan_reading import read_plan

    return read_plan(str(existing(path)))[1]
