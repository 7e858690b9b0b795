"""The report for members: one page of HTML that needs nothing else, and the same as plain text."""

from __future__ import annotations

from optimiser.case import impact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Bars, Block, Document, Heading, para
from optimiser.papers.paper import Paper, Source, document
from optimiser.report import words


class Report(Paper):
    """The report."""

    name, title = "report", "Report for members"
    purpose = "For members who read offline: everything on one page, and as plain text"
    forms = ("html", "txt")
    rank = 3

    def content(self, source: Source, subject: str) -> Document:
        """All parts, one after the other."""
        return document(source, source.title, blocks(source), words.headline(source.plan))


def blocks(source: Source) -> list[Block]:
    """The parts of the report."""
    made: list[Block] = [para(words.quality(source.plan)), para(words.rules_kept(source.plan))]
    made += [para(note, look="muted") for note in source.plan.notes]
    made += [Heading("In figures"), shared_parts.key_figures(source), para(impact.meaning(source.case), look="muted")]
    made += [Heading("Who gets what"), shared_parts.awards(source)]
    moved = shared_parts.changes(source)
    if moved and any(source.figures.last_year(i).value for i in source.figures.awards):
        made += [
            Heading("What changes for whom"),
            Bars("What changes for whom", "Change from last year, losers first", tuple(moved)),
        ]
    made += [Heading("Where the money comes from"), shared_parts.funds(source)]
    made += [Heading("What each agency gives and receives"), shared_parts.agencies(source)]
    for title, found in (
        ("People", shared_parts.people(source)),
        ("What it achieves", shared_parts.outcomes(source)),
        ("Alternatives", shared_parts.alternatives(source)),
    ):
        made += [Heading(title), found] if found is not None else []
    made += [Heading("Rules"), shared_parts.rules(source, shared_parts.tightest(source))]
    made += [Heading("What we would need for more"), *shared_parts.in_the_way(source)]
    return made
