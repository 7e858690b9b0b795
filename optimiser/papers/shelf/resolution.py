"""Resolution, or item of an agenda: what the governing body is asked to adopt."""

from __future__ import annotations

from optimiser.case.names import fold
from optimiser.papers import shared_parts
from optimiser.papers.blocks import BLANK, Block, Cell, Document, Grid, Heading, Signature, grid, para, section
from optimiser.papers.grants import grants
from optimiser.papers.paper import Paper, Source, document
from optimiser.plan.derive import NOT_FUNDED
from optimiser.report import words
from optimiser.report.documents.committee import moment


class Resolution(Paper):
    """The resolution."""

    name, title = "resolution", "Resolution"
    purpose = "What the council signs: amounts, funds, subrecipients, purpose, vote"
    forms = ("docx",)
    rank = 2

    def content(self, source: Source, subject: str) -> Document:
        """Whereas, resolved, amounts, vote."""
        f, motion = source.figures, source.motion
        title = motion.title if motion else f"Plan of {source.title}"
        made: list[Block] = [para(f"Resolution no. {BLANK}")]
        made += [para(part) for part in (motion.text.split("\n") if motion else ()) if part.strip()]
        made += [
            Heading("Resolved", 2),
            para(
                "That of ",
                f.amount,
                " in the funds below ",
                f.spent,
                " be granted as listed, and ",
                f.unspent,
                " stay unspent.",
            ),
            _funds(source),
        ]
        awards: list[list[Cell]] = [
            [source.called("Initiatives", i), f.award(i)]
            for i in shared_parts.ranked(source)
            if f.awards[i]["state"] != NOT_FUNDED
        ]
        made += section("Awards", ("Initiative", "Award"), awards, (1,), (75, 25), ("Total", f.spent))
        passed: list[list[Cell]] = []
        for fund in grants(source):
            owner = source.text("Funds", fund, "owner")
            passed += [
                [source.called("Agencies", a), source.called("Funds", fund), f.spend(fund=fund, agency=a)]
                for a in f.members("agency", fund=fund)
                if a != owner
            ]
        if passed:
            made += section("Subrecipients", ("Subrecipient", "Grant", "Amount"), passed, (2,), (40, 40, 20))
        made += [
            Heading("Findings", 2),
            para(words.headline(source.plan)),
            para(words.rules_kept(source.plan)),
            para(words.quality(source.plan)),
        ]
        made.append(Heading("Vote", 2))
        if motion is not None and motion.outcome:
            made.append(para(f"{motion.outcome.capitalize()}. {motion.counted} {motion.rule}"))
            if motion.decided:
                made.append(para(f"Decided {moment(motion.decided)}."))
        else:
            made.append(para(f"For {BLANK}  against {BLANK}  abstained {BLANK}  on {BLANK}"))
        made.append(Signature(("Chair", "Clerk")))
        return document(source, title, made)


def _funds(source: Source) -> Grid:
    """The funds that have money, each with the account that is credited."""
    f = source.figures
    names = [n for n in f.facts.names["fund"] if f.fund_amount(n).value]
    codes = source.details.tables["Account codes"].records()
    accounts = {fold(str(r["item"])): str(r["code"]) for r in codes if r["of"] == "credit"}
    rows: list[list[Cell]] = [
        [source.called("Funds", n), f.fund_amount(n), f.spend(fund=n), accounts.get(fold(n), BLANK)] for n in names
    ]
    titles = ("Fund", "Amount", "Granted", "Account")
    return grid("Funds", titles, rows, (1, 2), (46, 18, 18, 18), ("Total", f.amount, f.spent, ""))
