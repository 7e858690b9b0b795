"""Subaward notice to each subrecipient of a federal grant: what 2 CFR 200.332(b)(1) asks a pass-through entity to state."""

from __future__ import annotations

from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Cell, Document, Heading, Missing, Signature, grid, para, section
from optimiser.papers.grants import grants
from optimiser.papers.paper import Paper, Source, document

_PARTED = " to "


class SubawardNotices(Paper):
    """The notices."""

    name, title = "subaward-notices", "Subaward notices"
    purpose = "What every subrecipient of a federal grant must be told (2 CFR 200.332)"
    forms = ("docx",)

    def subjects(self, source: Source) -> list[str]:
        """Grant and subrecipient: an agency that spends money of a grant that another receives."""
        return list(_pairs(source))

    def called(self, source: Source, subject: str) -> str:
        """The grant and the agency."""
        fund, agency = _pairs(source)[subject]
        return f"{source.called('Funds', fund)}, {source.called('Agencies', agency)}"

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no agency spends money of a federal grant that another agency receives"

    def content(self, source: Source, subject: str) -> Document:
        """The notice."""
        fund, agency = _pairs(source)[subject]
        owner = source.text("Funds", fund, "owner")
        name = source.called("Agencies", agency)

        def of_fund(column: str, label: str) -> Cell:
            value = source.fact("Funds", fund, column, label)
            return shared_parts.day(value) if isinstance(value, str) else value

        def of_owner(column: str, label: str) -> Cell:
            if not owner:
                return Missing("Funds", fund, "owner", "pass-through entity")
            return source.fact("Agencies", owner, column, label)

        f = source.figures
        money = f.spend(fund=fund, agency=agency)
        through: Cell = (
            source.called("Agencies", owner) if owner else Missing("Funds", fund, "owner", "pass-through entity")
        )
        described = "; ".join(
            source.called("Initiatives", i) for i in f.members("initiative", fund=fund, agency=agency)
        )
        rows: list[tuple[str, Cell]] = [
            ("Subrecipient, as registered", name),
            ("Unique Entity Identifier", source.fact("Agencies", agency, "uei", f"UEI of {name}")),
            ("Federal Award Identification Number", of_fund("fain", "FAIN")),
            ("Federal award date", of_fund("award_date", "federal award date")),
            ("Period of performance, first day", of_fund("award_start", "start of the period of performance")),
            ("Period of performance, last day", of_fund("award_end", "end of the period of performance")),
            ("Budget period, first day", of_fund("budget_start", "start of the budget period")),
            ("Budget period, last day", of_fund("budget_end", "end of the budget period")),
            ("Federal money obligated by this action", money),
            ("Total federal money obligated to the subrecipient", money),
            ("Total federal money committed to the subrecipient", money),
            ("What the subaward is for", described),
            ("Federal awarding agency", of_fund("awarding_agency", "awarding agency")),
            ("Pass-through entity", through),
            ("Contact of the pass-through entity", of_owner("contact", "contact of the pass-through entity")),
            ("Assistance listing number", of_fund("assistance_listing", "assistance listing number")),
            ("Assistance listing title", of_fund("listing_title", "assistance listing title")),
            ("Federal money under this assistance listing", money),
            ("Research and development", of_fund("research", "whether the award is for research")),
            (
                "Indirect cost rate of the subrecipient",
                source.fact("Agencies", agency, "indirect_rate", f"indirect rate of {name}"),
            ),
        ]
        made: list[Block] = [grid("Subaward", ("", ""), rows, (), (40, 60))]
        initiatives = f.members("initiative", fund=fund, agency=agency)
        lines: list[list[Cell]] = [
            [source.called("Initiatives", i), f.spend(fund=fund, initiative=i, agency=agency)] for i in initiatives
        ]
        made += section("Amount by initiative", ("Initiative", "Amount"), lines, (1,), (70, 30), ("Total", money))
        made.append(Heading("Conditions", 2))
        rules = shared_parts.rules_of(source, fund=fund, agency=agency)
        made.append(
            shared_parts.rules(source, rules, "Rules that bind this subaward")
            if rules
            else para("No rule of the partnership speaks of this subaward.")
        )
        made += [
            para(
                "The subrecipient lets the pass-through entity and auditors see its records and financial statements "
                "as needed (2 CFR 200.332)."
            ),
            para(
                "At the end of the subaward it is closed out by the terms of the federal award: final reports, property, unspent money."
            ),
            Signature((str(through) if isinstance(through, str) else "Pass-through entity", name)),
        ]
        return document(source, f"Subaward notice to {name}", made, f"Under {source.called('Funds', fund)}.")


def _pairs(source: Source) -> dict[str, tuple[str, str]]:
    """Subject -> grant and agency."""
    made = {}
    for fund in grants(source):
        owner = source.text("Funds", fund, "owner")
        for agency in source.figures.members("agency", fund=fund):
            if agency != owner:
                made[f"{fund}{_PARTED}{agency}"] = (fund, agency)
    return made
