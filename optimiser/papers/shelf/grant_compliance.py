"""Compliance sheet of each grant: every rule that speaks of its money, with what it requires and what the plan does."""

from __future__ import annotations

from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Cell, Document, Heading, grid, para
from optimiser.papers.grants import grants
from optimiser.papers.paper import Paper, Source, document


class GrantCompliance(Paper):
    """The compliance sheets."""

    name, title = "grant-compliance", "Compliance sheets"
    purpose = "One for each grant: rule, required, reached, by whose authority"
    forms = ("docx",)

    def subjects(self, source: Source) -> list[str]:
        """Every grant."""
        return grants(source)

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no fund is federal (Funds, origin) or a joint grant"

    def content(self, source: Source, subject: str) -> Document:
        """Figures of the fund, then its rules."""
        f = source.figures
        found = shared_parts.rules_of(source, fund=subject)
        rows: list[list[Cell]] = [
            ["Amount", f.fund_amount(subject)],
            ["Spent", f.spend(fund=subject)],
            ["Not spent", f.fund_unspent(subject)],
        ]
        made: list[Block] = [grid("The grant", ("", "Money"), rows, (1,), (60, 40)), Heading("Rules", 2)]
        made.append(
            shared_parts.rules(source, found, "Rules of this grant")
            if found
            else para("No rule of the case speaks of its money.")
        )
        broken = sorted({r["rule"] for r, _ in found if not r["kept"]})
        made.append(
            para(
                "Every one of them is kept."
                if found and not broken
                else f"Broken at their penalty: {', '.join(broken)}."
                if broken
                else ""
            )
        )
        return document(source, f"Compliance of {source.called('Funds', subject)}", made, landscape=True)
