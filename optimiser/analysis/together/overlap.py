"""Overlapping delivery: several agencies that deliver the same theme in the same area, in the inputs and in a plan.

An initiative of an area serves the areas inside it too: a county-wide one overlaps with those of its towns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.readable import listed, money_exact
from optimiser.case.selection import quoted
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import FUNDED
from optimiser.model.rules.nouns import shown
from optimiser.plan.entries import entries_of
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan


@dataclass(frozen=True)
class Overlap:
    """One theme in one area that several agencies deliver.

    agencies: who; money: what each of them spends there (a plan's; empty for the inputs); initiatives: through which,
    those of the areas around it included. who, through: the same two as people call them.
    """

    theme: str
    area: str
    agencies: tuple[str, ...]
    initiatives: tuple[str, ...]
    money: tuple[float, ...] = ()
    currency: str = ""
    who: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The overlap in words, and what can be done."""
        where = f"{self.theme} in {self.area}"
        through = f"{'jointly ' if self.joint else ''}through {listed(self.through)}"
        if not self.money:
            return f"{listed(self.who)} may all deliver {where}, {through}."
        shares = [f"{a} ({money_exact(round(m, 2), self.currency)})" for a, m in zip(self.who, self.money, strict=True)]
        return f"{listed(shares)} deliver {where}, {through}."

    @property
    def joint(self) -> bool:
        """Whether they deliver one initiative together, as partners: meant, perhaps, but worth seeing."""
        return len(self.initiatives) == 1

    @property
    def rule(self) -> dict[str, str] | None:
        """A row of the Rules sheet that would allow only one of these initiatives; None where there is but one."""
        if self.joint:
            return None
        names = " | ".join(map(quoted, self.initiatives))
        return {
            "rule": f"one provider: {self.theme} in {self.area}",
            "kind": "excludes",
            "where": f"initiative = {names}",
            "note": f"{self.theme} in {self.area} is delivered by one of {listed(self.initiatives)}.",
        }


def possible(case: Case) -> tuple[Overlap, ...]:
    """Overlaps that the inputs allow: partners of initiatives of one theme whose areas are, or include, the same one.

    An initiative with neither lead nor partners is open to every agency, and left out here.
    """
    facts = case.facts
    named = facts.lead >= 0
    named[facts.code("initiative", case.tables["Partners"]["initiative"])] = True
    kept = (named & (facts.maximum > 0))[facts.partner_initiative]
    return tuple(_overlaps(case, facts.partner_initiative, facts.partner_agency, kept, None))


def delivered(plan: Plan) -> tuple[Overlap, ...]:
    """Overlaps of a plan: agencies that deliver a level or spend money there."""
    if not plan.has_plan:
        return ()
    facts = plan.case.facts
    entries = entries_of(facts, decode(facts, plan.tables))
    level, spend = entries["level", -1], entries["money", -1]
    size = facts.size("initiative"), facts.size("agency")
    made, money = np.zeros(size), np.zeros(size)
    np.add.at(made, (level.codes["initiative"], level.codes["agency"]), level.amount)
    np.add.at(money, (spend.codes["initiative"], spend.codes["agency"]), spend.amount)
    initiative, agency = np.nonzero((made > FUNDED) | (money > 0))
    return tuple(_overlaps(plan.case, initiative, agency, np.ones(len(agency), bool), money))


def table(overlaps: tuple[Overlap, ...]) -> Table:
    """Overlaps as a table: theme, area, agencies, initiatives, money of all, and the sentence."""
    rows = (
        (o.theme, o.area, ", ".join(o.agencies), ", ".join(o.initiatives), float(sum(o.money)), o.sentence)
        for o in overlaps
    )
    return Table.of("Overlaps", ("theme", "area", "agencies", "initiatives", "money", "sentence"), rows)


def _overlaps(case: Case, initiative: Array, agency: Array, kept: Array, money: Array | None) -> Iterator[Overlap]:
    """One for each theme and area of an initiative, where several initiatives and agencies meet."""
    facts = case.facts
    themes = np.array([fold(t) for t in facts.theme.tolist()], object)
    pairs = sorted({(fold(t), t) for t in facts.theme.tolist() if t})
    for folded, theme in sorted(dict(reversed(pairs)).items()):
        of_theme = themes == folded
        areas = np.unique(facts.initiative_area[of_theme & (facts.initiative_area >= 0)])
        for area in areas.tolist():
            serving = facts.area_includes[np.maximum(facts.initiative_area, 0), area] & (facts.initiative_area >= 0)
            mine = kept & (of_theme & serving)[initiative]
            agencies = np.unique(agency[mine])
            through = np.unique(initiative[mine])
            if len(agencies) < 2 or not np.any(facts.initiative_area[through] == area):
                continue
            spent = () if money is None else tuple(money[np.ix_(through, agencies)].sum(axis=0).tolist())
            yield Overlap(
                theme,
                facts.areas[area],
                tuple(facts.names["agency"][a] for a in agencies.tolist()),
                tuple(facts.names["initiative"][i] for i in through.tolist()),
                spent,
                case.settings.currency,
                tuple(shown(facts, "agency", facts.names["agency"][a]) for a in agencies.tolist()),
                tuple(shown(facts, "initiative", facts.names["initiative"][i]) for i in through.tolist()),
            )
