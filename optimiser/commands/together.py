"""pooling: what a partnership is worth to each of its agencies."""

from __future__ import annotations

from optimiser.commands.base import CaseFile, Json, Scenario, asking, print_answer, read_case


def pooling(
    case: CaseFile,
    scenario: Scenario = None,
    as_json: Json = False,
) -> None:
    """What pooling is worth: each agency alone, its share of the whole, and whether any group does better by leaving."""
    from optimiser.analysis.together.pooling import pooling as of_case
    from optimiser.report.documents import pooling_text

    read = read_case(case, scenario or ())
    with asking("solving for groups of agencies") as progress:
        found = of_case(read, progress=progress.line)
    print_answer(as_json, found.json, lambda: pooling_text.text(found))
