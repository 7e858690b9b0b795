"""Allocation table of a joint award: who gets what part of one grant, for the memorandum that its parties sign."""

from __future__ import annotations

from optimiser.case.readable import written
from optimiser.model.rules.terms import exact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Cell, Document, Heading, Para, Signature, para, section
from optimiser.papers.figures import figure
from optimiser.papers.paper import Paper, Source, document


class Allocation(Paper):
    """The allocation table."""

    name, title = "allocation", "Allocation of a joint award"
    purpose = "The table of a joint memorandum: parties, fiscal agent, each party's allocation"
    forms = ("docx",)

    def subjects(self, source: Source) -> list[str]:
        """Every joint grant that more than one agency spends."""
        joint = [r["fund"] for r in source.case.tables["Funds"].records() if r["kind"] == "joint grant"]
        return [f for f in joint if len(source.figures.members("agency", fund=f)) > 1]

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no joint grant is spent by more than one agency"

    def content(self, source: Source, subject: str) -> Document:
        """The table, what is not allocated, and where to sign."""
        f = source.figures
        agencies = f.members("agency", fund=subject)
        whole = f.exact_spend(fund=subject)
        rows: list[list[Cell]] = []
        for a in agencies:
            money = f.spend(fund=subject, agency=a)
            share = figure(f"share of {subject}[{a}]", f.exact_spend(fund=subject, agency=a) / whole, "share")
            rows.append([source.called("Agencies", a), money, share])
        total = ("All parties", f.spend(fund=subject), "")
        agent = source.fact("Funds", subject, "owner", "fiscal agent")
        named = source.called("Agencies", agent) if isinstance(agent, str) else agent
        made: list[Block] = [
            para("Fiscal agent: ", named, "."),
            para(
                "Amount of the award: ",
                f.fund_amount(subject),
                ". Period: ",
                shared_parts.period_of(source, subject),
                ".",
            ),
            *section("Allocation", ("Party", "Allocation", "Share"), rows, (1, 2), (60, 22, 18), total),
            para("Not allocated: ", f.fund_unspent(subject), "."),
            _fee(source, subject),
            para(
                "A share that a party declines is decided again by all parties; the plan is then solved anew without it."
            ),
            Heading("Signed by the parties", 2),
            Signature(tuple(source.called("Agencies", a) for a in agencies)),
        ]
        return document(source, f"Allocation of {source.called('Funds', subject)}", made)


def _fee(source: Source, fund: str) -> Para:
    """What the fiscal agent takes of the award: a share, and the money that it makes."""
    share = source.fact("Funds", fund, "agent_fee", "fee of the fiscal agent, as a share")
    stated = source.number("Funds", fund, "agent_fee")
    if stated is None:
        return para("Fee of the fiscal agent: ", share, " of the award.")
    if not stated:
        return para("The fiscal agent takes no fee.")
    money = figure(f"agent's fee[{fund}]", exact(stated) * exact(source.figures.fund_amount(fund).value), "money")
    return para(f"Fee of the fiscal agent: {written(stated, share=True)} of the award, ", money, ".")
