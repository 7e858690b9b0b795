"""Compliance sheet of each grant: every rule that speaks of its money, with what it requires and what the plan does."""

from __future__ import annotations

from optimiser.analysis.rulebook.compliance import AT_LIMIT, BROKEN, KEPT, of_grant
from optimiser.case.names import fold
from optimiser.case.readable import listed
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Cell, Document, Heading, grid, para
from optimiser.papers.grants import grants
from optimiser.papers.paper import Paper, Source, document


class GrantCompliance(Paper):
    """The compliance sheets."""

    name, title = "grant-compliance", "Compliance sheets"
    purpose = "One for each grant: rule, required, reached, by whose authority"
    forms = ("docx",)
    rank = 6

    def subjects(self, source: Source) -> list[str]:
        """Every grant."""
        return grants(source)

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no fund is federal (Funds, origin) or a joint grant"

    def content(self, source: Source, subject: str) -> Document:
        """Figures of the fund, then its rules."""
        f = source.figures
        rows: list[list[Cell]] = [
            ["Amount", f.fund_amount(subject)],
            ["Spent", f.spend(fund=subject)],
            ["Not spent", f.fund_unspent(subject)],
        ]
        own = list(of_grant(source.plan, subject).records())
        named = {fold(r["rule"]) for r in own}
        others = [r for r in shared_parts.rules_of(source, fund=subject) if fold(r[0]["rule"]) not in named]
        made: list[Block] = [grid("The grant", ("", "Money"), rows, (1,), (60, 40)), Heading("Rules of this grant", 2)]
        made += _own(own) if own else [para("No rule of the case names it.")]
        if others:
            made += [Heading("Other rules that take in its money", 2)]
            made.append(shared_parts.rules(source, others, "Other rules that take in its money"))
        broken = sorted(
            {r["rule"] for r in own if r["state"] == BROKEN} | {r["rule"] for r, _ in others if not r["kept"]}
        )
        if broken:
            made.append(para(f"Broken at their penalty: {listed(broken)}."))
        elif own or others:
            made.append(para("Every one that applies is kept."))
        return document(source, f"Compliance of {source.called('Funds', subject)}", made, landscape=True)


def _own(found: list[dict[str, str]]) -> list[Block]:
    """The rules of the grant, statutes first; below, in sentences, what each says, who may waive it and what is excepted."""
    rows = [
        [
            f"{r['rule']} ({r['per']})" if r["per"] else r["rule"],
            r["required"],
            r["achieved"],
            r["headroom"],
            "; ".join(filter(None, (r["authority"], r["set_by"], r["text"] and f"text of {r['text']}"))),
            _MARKS.get(r["state"], "") + r["state"],
        ]
        for r in found
    ]
    titles = ("Rule", "Required", "Reached", "Room", "By whose authority", "Stands")
    made: list[Block] = [grid("Rules of this grant", titles, rows, (1, 2, 3), (30, 15, 12, 12, 21, 12))]
    for r in {r["rule"]: r for r in found}.values():
        waiver = "" if r["waiver"] in r["sentence"] else r["waiver"]  # what was granted stands there already
        said = " ".join(filter(None, (r["sentence"], waiver, r["exceptions"] and f"Exceptions: {r['exceptions']}")))
        if said:
            made.append(para(f"{r['rule']}: ", said, look="bullet"))
    return made


_MARKS = {KEPT: "✓ ", AT_LIMIT: "✓ ", BROKEN: "✗ "}
