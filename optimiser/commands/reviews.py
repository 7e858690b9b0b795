"""reviews: what several reviewers' scores come to, where they differ, who is harsh; and who is next in line."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.commands.base import STATUS, CaseFile, Json, Scenario, asking, leave, print_json, read_case
from optimiser.commands.debate import named_initiatives


def reviews(
    case: CaseFile,
    scenario: Scenario = None,
    declines: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INITIATIVE",
            help="Who is next if this initiative declines; several are possible; `all`: each that is funded (else: the largest awards).",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Reviewers' scores: mean, spread, normalised, rank, who is harsh; then the next in line if one declines, and how far below the line."""
    from optimiser.analysis.debate.next_in_line import next_in_line
    from optimiser.analysis.debate.review_words import view
    from optimiser.verbs import solve

    read = read_case(case, scenario or ())
    everyone = [text.casefold() for text in declines or ()] == ["all"]
    asked = set(named_initiatives(read, declines, False)) if declines and not everyone else None
    found, plan = view(read), solve(read)
    if everyone:
        asked = set(read.facts.names["initiative"])
    line = None
    if plan.has_plan:
        with asking("who is next in line") as progress:
            line = next_in_line(plan, asked, progress=progress.line)
    if as_json:
        print_json({**found.json(), "next": None if line is None else line.json()})
    else:
        print("\n".join(found.lines()))
        if line is not None:
            print("\n".join(["Next in line", *line.lines()]))
            if line.others and not declines:
                print('Ask of another with --declines "NAME", or of each with --declines all.')
    if line is None:
        leave(STATUS[plan.status])
