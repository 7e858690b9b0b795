"""history: response curves from what earlier years paid and achieved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.case.readable import as_sentence, counted, digits, percent, written
from optimiser.commands.base import CaseFile, Exit, Json, file_out, leave, print_answer, read_case, say, write_copy

if TYPE_CHECKING:
    from optimiser.analysis.uncertain.history import History


def history(
    case: CaseFile,
    confidence: Annotated[float, typer.Option(help="How sure the band is to hold the curve, as a share.")] = 0.9,
    output: Annotated[
        Path | None, file_out("Write the case with the curves in it.", ".xlsx", metavar="COPY.xlsx", grown=True)
    ] = None,
    as_scenario: Annotated[bool, typer.Option(help="In the copy, leave the case as it is and add a scenario.")] = False,
    as_json: Json = False,
) -> None:
    """Curves of outcome by funding from the sheet History, how sure they are, and where the years cannot say."""
    from optimiser.analysis.uncertain.history import history as of_case

    read = read_case(case)
    if output is not None and output.resolve() == case.resolve():
        leave(Exit.USAGE, f"{output} is the case itself: name another file for the copy.")
    try:
        found = of_case(read, confidence=confidence)
        copy = None if output is None else (found.with_scenario() if as_scenario else found.applied())
    except ValueError as error:
        leave(Exit.USAGE, as_sentence(str(error)))
    if output is not None and copy is not None:
        write_copy(copy, output)
        say(f"{output} is written, with {counted(len(found.curves), 'curve')}.")
    print_answer(as_json, found.as_json, lambda: _told(found))


def _told(found: History) -> str:
    lines = []
    for r in found.responses:
        if r.status == "curve":
            stated = "" if r.stated is None else f"; Outcomes states {digits(r.stated)}"
            full, low, high = (digits(value or 0.0) for value in (r.at_full, r.at_full_low, r.at_full_high))
            lines.append(
                f"{r.called or r.initiative}, {r.outcome}: {full} at full scope ({low} to {high} with {written(found.confidence, share=True)} "
                f"confidence{stated}), from {counted(len(r.years), 'year')}. {_shape(r.points)}"
            )
    lines += found.sentences()
    return "\n".join(lines)


def _shape(points: tuple[tuple[float, float], ...]) -> str:
    """The corners of a curve in words."""
    inside = points[1:-1]
    if not inside:
        return "It rises in a straight line."
    return (
        "Of that, "
        + ", ".join(f"{percent(achieved)} with {percent(level)} of the request" for level, achieved in inside)
        + "."
    )
