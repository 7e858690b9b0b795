"""The committee's workbook: every table of the report with live sums, and native charts."""

from __future__ import annotations

from optimiser.papers import shared_parts
from optimiser.papers.blocks import Bars, Block, Break, Document, Heading
from optimiser.papers.paper import Paper, Source, document
from optimiser.plan.derive import NOT_FUNDED
from optimiser.report import words


class FiguresWorkbook(Paper):
    """The workbook of figures."""

    name, title = "figures", "Workbook of figures"
    purpose = "For finance: live sums, native charts"
    forms = ("xlsx",)
    rank = 4

    def content(self, source: Source, subject: str) -> Document:
        """One sheet for each table, and charts beside them."""
        f = source.figures
        made: list[Block] = [shared_parts.key_figures(source)]
        received = sorted(
            ((source.called("Agencies", a), f.received(a)) for a in f.agencies), key=lambda i: -i[1].value
        )
        granted = [
            (source.called("Initiatives", i), f.award(i))
            for i in shared_parts.ranked(source)
            if f.awards[i]["state"] != NOT_FUNDED
        ]
        sheets: list[tuple[str, Block | None]] = [
            ("Awards", shared_parts.awards(source)),
            ("Chart of awards", Bars("Awards", "Award", tuple(granted))),
            ("Funds", shared_parts.funds(source)),
            ("Agencies", shared_parts.agencies(source)),
            ("Chart of agencies", Bars("Agencies", "Receives", tuple(received))),
            ("People", shared_parts.people(source)),
            ("Outcomes", shared_parts.outcomes(source)),
            ("Alternatives", shared_parts.alternatives(source)),
            ("Rules", shared_parts.rules(source, shared_parts.tightest(source))),
        ]
        for name, block in sheets:
            made += [Break(), Heading(name), block] if block is not None else []
        return document(source, source.title, made, words.headline(source.plan))
