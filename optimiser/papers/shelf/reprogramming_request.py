"""Reprogramming request: which money of a grant moves from where to where, why, and who approves; from the re-plan."""

from __future__ import annotations

from fractions import Fraction

from optimiser.analysis.replanning.reprogramming import ROUNDING, MoneyMove
from optimiser.case.readable import counted, money_exact
from optimiser.model.rules.terms import exact
from optimiser.papers.blocks import Block, Break, Cell, Document, Heading, Signature, grid, para
from optimiser.papers.figures import figure
from optimiser.papers.paper import Paper, Source, document


class ReprogrammingRequest(Paper):
    """The request."""

    name, title = "reprogramming", "Reprogramming request"
    purpose = "From, to, amount, why, who approves, and what has moved against the limit; from the re-plan"
    forms = ("docx", "xlsx")
    after = "actuals"

    def subjects(self, source: Source) -> list[str]:
        """Every fund whose money moves in the re-plan, by more than rounding."""
        found = source.replan
        return sorted({m.fund for m in found.moves if m.kind != ROUNDING}) if found is not None else []

    def why_none(self, source: Source) -> str:
        """What it waits for."""
        if not len(source.details.tables["Actuals"]):
            return "the sheet Actuals has no rows"
        if source.replanned is None:
            return "the case is no longer the one that was decided: optimiser papers plans the rest of its year"
        return (
            "the re-plan moves no money beyond rounding" if source.replan is not None else "nothing is left to decide"
        )

    def content(self, source: Source, subject: str) -> Document:
        """Moves, approvals, transfers against the limit."""
        found = source.replan
        assert found is not None
        mine = [m for m in found.moves if m.fund == subject]
        asked_for = [m for m in mine if m.kind != ROUNDING]
        rows: list[list[Cell]] = []
        for k, m in enumerate(asked_for, 1):
            money, by = figure(f"move[{subject}] {k}", m.money, "money"), source.called("Agencies", m.approval)
            rows.append([str(k), _side(source, m.source), _side(source, m.target), money, m.kind, by])
        rows += _rounding(source, subject, [m for m in mine if m.kind == ROUNDING])
        total = figure(f"moved[{subject}]", _sum(mine), "money")
        titles = ("No.", "From", "To", "Amount", "Kind", "Approval by")
        made: list[Block] = [
            para(
                f"The periods up to {found.through} are over; what was spent and delivered is known, and the rest was decided again."
            ),
            grid("Moves", titles, rows, (3,), (6, 27, 27, 12, 12, 16), ("", "All moves", "", total, "", "")),
        ]
        limits = [t for t in found.transfers if t.fund == subject]
        for t in limits:
            moved = figure(f"transferred[{subject}]", t.money, "money")
            most = figure(f"transfer limit[{subject}]", t.limit, "money")
            said = para("Moved: ", moved, "; at most ", most, " may move without approval.")
            made += [Heading("Between categories", 2), said]
        made += _why(asked_for)
        asked = [a for a in found.approvals if a.fund == subject]
        if asked:
            lines: list[list[Cell]] = []
            for a in asked:
                change = figure(f"approval[{subject}; {a.initiative}]", a.change, "money")
                lines.append([source.called("Initiatives", a.initiative), change, source.called("Agencies", a.by)])
            table = grid("Approvals", ("Initiative", "Change", "By"), lines, (1,), (50, 20, 30))
            made += [Break(), Heading("Approvals that are needed", 2), table]
        made.append(Signature(("For the recipient", "Approved")))
        return document(source, f"Reprogramming request, {source.called('Funds', subject)}", made, landscape=True)


def _rounding(source: Source, fund: str, moves: list[MoneyMove]) -> list[list[Cell]]:
    """What differs by rounding alone, in one row which asks for nothing: with it the sum is that of all budget lines."""
    if not moves:
        return []
    most = money_exact(max(m.money for m in moves), source.currency)
    what = f"{counted(len(moves), 'difference')} of at most {most}: no part of the request"
    return [["", "Rounding", what, figure(f"rounding[{fund}]", _sum(moves), "money"), ROUNDING, "not needed"]]


def _why(moves: list[MoneyMove]) -> list[Block]:
    """Each reason once, with the moves that it is given for."""
    of: dict[str, list[str]] = {}
    for k, m in enumerate(moves, 1):
        for reason in m.reasons:
            of.setdefault(reason, []).append(str(k))
    rows = [[", ".join(numbers), f"{reason}."] for reason, numbers in of.items()]
    return [Break(), Heading("Why", 2), grid("Why", ("Moves", "Reason"), rows, (), (18, 82))] if rows else []


def _sum(moves: list[MoneyMove]) -> Fraction:
    """Money of moves, each as it stands in the paper."""
    return sum((round(exact(m.money), 2) for m in moves), Fraction(0))


def _side(source: Source, side: tuple[str, str, str]) -> str:
    initiative, agency, category = side
    if not agency:
        return initiative
    return f"{source.called('Initiatives', initiative)}; {source.called('Agencies', agency)}; {category}"
