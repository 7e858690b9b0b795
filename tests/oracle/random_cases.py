"""Made-up small cases that mix every feature of the contract: plain records, by seed alone.

random_case(7)                 limits only; random_case(7, rules=True) every kind of rule, soft ones too
"""

from __future__ import annotations

from .random_dice import Records
from .random_rules import Rules


class Maker(Rules):
    """One small random case: every sheet, then rules, and now and then a cause for which no plan can exist."""

    def make(self) -> Records:
        self.places()
        self.agencies()
        self.funds()
        self.initiatives()
        self.partners_and_costs()
        self.people()
        self.outcomes()
        self.performance()
        self.settings()
        self.records["Rules"] = []
        self.limits()
        if self.all_kinds:
            self.other_kinds()
        if self.chance(0.1):
            self.plant()
        if self.chance(0.5):
            self.pairs()
        return {sheet: rows for sheet, rows in self.records.items() if rows}

    def plant(self) -> None:
        """One cause for which no plan can exist."""
        cause = self.dice.randrange(5)
        rows = self.records["Initiatives"]
        if cause == 0:
            self.rule("limit", where="initiative = in-00", at_least=rows[0]["request"] * 3 + self.money, soft=0)
            self.records["Rules"][-1].pop("active", None)
        elif cause == 1:
            row = next((r for r in self.records["Agencies"] if "maximum" not in r), self.records["Agencies"][0])
            row.pop("maximum", None)
            row["minimum"] = self.money * 1.01
        elif cause == 2:
            rows[0].update(must_fund="yes", minimum="", all_or_nothing="no")
            rows[0].pop("maximum", None)
            self.records["Needs"] = [r for r in self.records["Needs"] if r["initiative"] != "in-00"]
            self.records["Needs"].append({"initiative": "in-00", "role": "pathologist", "fte": 1.0})
        elif cause == 3:
            rows[1].update(must_fund="yes", minimum="", all_or_nothing="no", request=self.money * 1.5)
            costs = self.records.get("Costs", [])
            self.records["Costs"] = [
                c for c in costs if c["initiative"] != rows[1]["initiative"] or not c.get("amount")
            ]
            rows[1].pop("maximum", None)
        else:
            self.rule("limit", measure="staff", where=f"agency = {self.agency[0]}", at_least=1e5, soft=0)
            self.records["Rules"][-1].pop("active", None)


def random_case(seed: int, *, rules: bool = False, stages: bool = False) -> Records:
    """A small case of this seed: limits only, or with every kind of rule; with several objectives where `stages`."""
    return Maker(seed, rules, stages).make()
