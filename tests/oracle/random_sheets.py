"""Every sheet of a random case but its rules."""

from __future__ import annotations

from .random_dice import AREAS, CATEGORIES, FUND_KINDS, KINDS, PARENT, ROLES, THEMES, Dice, Records, Row


class Sheets(Dice):
    """A random case in the making, sheet by sheet; each looks at those before it."""

    def __init__(self, seed: int, stages: bool) -> None:
        super().__init__(seed)
        self.stages = stages
        self.records: Records = {}

    def places(self) -> None:
        self.periods = [f"Q{n + 1}" for n in range(self.dice.randint(1, 4))]
        if len(self.periods) > 1 or self.chance(0.5):
            self.records["Periods"] = [{"period": t} for t in self.periods]
        else:
            self.periods = ["FY"]
        self.areas = list(AREAS[: self.dice.choice((2, 3, 4))]) if self.chance(0.8) else ["north", "south"]
        rows = []
        for area in self.areas:
            row: Row = {"area": area, "population": self.amount(1e4, 1e6), "crime": self.amount(50, 900)}
            if area in PARENT and PARENT[area] in self.areas:
                row["parent"] = PARENT[area]
            if self.chance(0.6):
                row["need"] = self.amount(2e5, 2e6)
            rows.append(row)
        self.records["Areas"] = rows

    def agencies(self) -> None:
        self.agency = [f"ag{n}" for n in range(self.dice.randint(3, 6))]
        rows = []
        for a in self.agency:
            row: Row = {"agency": a, "name": a.upper(), "kind": self.dice.choice(KINDS), "weight": self.amount(1, 9)}
            row["area"] = self.dice.choice(self.areas) if self.chance(0.9) else ""
            row["officers"] = self.amount(5, 200)
            row["spending"] = self.amount(3e5, 3e6)
            if self.chance(0.5):
                row["score"] = self.amount(30, 100)
            if self.chance(0.25):
                row["maximum"] = self.amount(3e5, 2e6)
            if self.chance(0.03):
                row["minimum"] = self.amount(1e2, 2e3)
            rows.append(row)
        self.records["Agencies"] = rows

    def window(self, wide: float) -> tuple[str, str]:
        if self.chance(wide):
            return "", ""
        first = self.dice.randrange(len(self.periods))
        return self.periods[first], self.periods[self.dice.randrange(first, len(self.periods))]

    def open(self, row: Row) -> list[str]:
        first = self.periods.index(row["first"]) if row["first"] else 0
        last = self.periods.index(row["last"]) if row["last"] else len(self.periods) - 1
        return self.periods[first : last + 1]

    def funds(self) -> None:
        self.fund = [f"fund {n}" for n in range(self.dice.randint(2, 5))]
        self.records["Funds"] = []
        self.records["Contributions"] = []
        self.records["Installments"] = []
        self.amounts: dict[str, float] = {}
        for f in self.fund:
            amount = self.amount(2e5, 2e6)
            row: Row = {
                "fund": f,
                "kind": self.dice.choice(FUND_KINDS),
                "amount": amount,
                "renewals": self.amount(0, 5),
            }
            row["first"], row["last"] = self.window(0.6)
            if self.chance(0.5):
                row["carryover"] = self.share(0, 1)
            if self.chance(0.3):
                row["match_rate"] = self.share(0.05, 0.4)
            row["can_match"] = "yes" if self.chance(0.6) else "no"
            if self.chance(0.06):
                row["min_spend"] = self.share(0.02, 0.12)
            if self.chance(0.5):
                row["allowed"] = self.allowed()
            if self.chance(0.3):
                row["owner"] = self.dice.choice(self.agency)
            if self.chance(0.6):
                payers = self.some(self.agency, 1, 3)
                left = amount
                for a in payers:
                    paid = float(round(left * self.dice.uniform(0.1, 0.6)))
                    left -= paid
                    self.records["Contributions"].append({"agency": a, "fund": f, "amount": paid})
                if self.chance(0.3):
                    row["amount"] = ""
                    amount = sum(r["amount"] for r in self.records["Contributions"] if r["fund"] == f)
            if len(self.open(row)) > 1 and self.chance(0.5):
                left = amount
                for t in self.open(row)[:-1]:
                    part = float(round(left * self.dice.uniform(0.1, 0.7)))
                    left -= part
                    self.records["Installments"].append({"fund": f, "period": t, "amount": part})
                self.records["Installments"].append({"fund": f, "period": self.open(row)[-1], "amount": left})
            self.records["Funds"].append(row)
            self.amounts[f] = amount
        self.money = sum(self.amounts.values())

    def allowed(self) -> str:
        return str(
            self.dice.choice(
                (
                    "score >= 50",
                    "theme = guns | opioids",
                    "theme != training",
                    "category != travel",
                    'category = personnel | "general"',
                    "agency.kind = police | health",
                    "area = north",
                    "area != south ; category != equipment",
                    "tier = A | B",
                    "risk != high",
                    f"agency = {self.agency[0]} | {self.agency[1]} | {self.agency[2]}",
                    "agency.score >= 50",
                    "area.population > 30000",
                    f"period >= {self.periods[0]}",
                    "initiative != in-00",
                    f"lead != {self.agency[0]}",
                    "Agency.Area = SOUTH | north",
                )
            )
        )

    def initiatives(self) -> None:
        self.initiative = [f"in-{n:02d}" for n in range(self.dice.randint(5, 12))]
        self.records["Initiatives"] = []
        for i in self.initiative:
            request = 0.0 if self.chance(0.05) else self.amount(5e4, 8e5)
            row: Row = {"initiative": i, "request": request, "priority": self.share(0.5, 2)}
            row["theme"] = self.dice.choice(THEMES) if self.chance(0.95) else ""
            row["area"] = self.dice.choice(self.areas) if self.chance(0.95) else ""
            row["lead"] = self.dice.choice(self.agency) if self.chance(0.9) else ""
            row["first"], row["last"] = self.window(0.5)
            row["score"] = self.amount(20, 100) if self.chance(0.8) else ""
            row["baseline"] = self.amount(0, request)
            row["risk"] = self.dice.choice(("", "high", "low"))
            row["cases"] = self.amount(1, 50)
            if self.chance(0.2):
                row["maximum"] = float(round(request * self.dice.uniform(0.4, 1.1)))
                if self.chance(0.15):
                    row["maximum"] = 0.0
            if self.chance(0.2):
                row["minimum"] = float(round(min(request * self.dice.uniform(0.1, 0.5), row.get("maximum", request))))
            if self.chance(0.1):
                row["all_or_nothing"] = "yes"
                if self.chance(0.3) and "maximum" not in row:
                    row["minimum"] = request
            if self.chance(0.3):
                row["pace"] = self.share(0.3, 1)
            if self.chance(0.02) and row.get("maximum") != 0:
                row["must_fund"] = "yes"
                row["minimum"] = float(round(request * 0.05))
            self.records["Initiatives"].append(row)

    def partners_and_costs(self) -> None:
        self.records["Partners"] = []
        self.records["Costs"] = []
        for i in self.initiative:
            if self.chance(0.6):
                chosen = self.some(self.agency, 1, 3)
                for a in chosen:
                    row: Row = {"initiative": i, "agency": a}
                    if self.chance(0.8):
                        row["cost_factor"] = self.share(0.9, 1.3)
                        row["effectiveness"] = self.share(0.7, 1.2)
                    if len(chosen) > 1 and self.chance(0.25):
                        row["max_share"] = self.share(0.6, 0.95)
                    if len(chosen) > 1 and self.chance(0.15):
                        row["min_share"] = self.share(0.05, 0.2)
                    self.records["Partners"].append(row)
            if self.chance(0.6):
                chosen = self.some((*CATEGORIES, "general", "data licences"), 1, 3)
                cuts = sorted(self.share(0.05, 0.95) for _ in chosen[1:])
                shares = [round(b - a, 4) for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]
                request = next(row["request"] for row in self.records["Initiatives"] if row["initiative"] == i)
                if (
                    len(self.records["Costs"]) % 3 == 2 and request > 0
                ):  # as money; no dice, so that the rest stays as it is
                    amounts = [round(request * share, 2) for share in shares[:-1]]
                    amounts.append(round(request - sum(amounts), 2))
                    for c, amount in zip(chosen, amounts, strict=True):
                        self.records["Costs"].append({"initiative": i, "category": c, "amount": amount})
                    continue
                for c, share in zip(chosen, shares, strict=True):
                    self.records["Costs"].append({"initiative": i, "category": c, "share": share})

    def people(self) -> None:
        self.roles = self.some(ROLES, 1, 3)
        self.records["Staff"] = []
        for a in self.agency:
            for k in self.roles:
                if not self.chance(0.7) and a != self.agency[0]:
                    continue
                row: Row = {"agency": a, "role": k, "fte": round(self.dice.uniform(1, 14), 1)}
                row["releasable"] = self.share(0.2, 1) if self.chance(0.8) else ""
                row["cost_per_fte"] = self.amount(1e4, 4e4) if self.chance(0.8) else ""
                if self.chance(0.3):
                    row["hire_max"] = self.amount(1, 3)
                if self.chance(0.8):
                    row["hire_cost"] = self.amount(1e4, 5e4)
                self.records["Staff"].append(row)
                if self.chance(0.2):
                    other = dict(row)
                    other["period"] = self.dice.choice(self.periods)
                    other["fte"] = round(self.dice.uniform(0, 14), 1)
                    self.records["Staff"].append(other)
        self.staffed = sorted({r["role"] for r in self.records["Staff"]})
        self.records["Needs"] = [
            {"initiative": i, "role": k, "fte": round(self.dice.uniform(0.3, 5), 1)}
            for i in self.initiative
            for k in self.roles
            if self.chance(0.35)
        ]
        self.records["Substitutes"] = []
        if len(self.roles) > 1 and self.chance(0.8):
            k, other_role = self.dice.sample(self.roles, 2)
            self.records["Substitutes"].append({"role": k, "can_do": other_role, "rate": self.share(0.3, 1.2)})
            if self.chance(0.3):
                self.records["Substitutes"].append({"role": other_role, "can_do": k})

    def outcomes(self) -> None:
        self.outcome: list[str] = []
        self.records["Priorities"] = []
        if self.chance(0.5):
            self.outcome = ["trust", "lives", "harm"]
            self.records["Curves"] = [
                {"curve": "early", "level": x, "achieved": y}
                for x, y in ((0.0, 0.0), (0.4, 0.7), (0.8, 0.95), (1.0, 1.0))
            ]
            self.records["Outcomes"] = []
            for i in self.initiative:
                for o in self.some(("trust", "lives"), 0 if self.chance(0.1) else 1):
                    row: Row = {"initiative": i, "outcome": o, "at_full": self.share(1, 200)}
                    if o == "trust" and self.chance(0.7):
                        row["curve"] = "early"
                    self.records["Outcomes"].append(row)
                if self.chance(0.3):
                    self.records["Outcomes"].append(
                        {"initiative": i, "outcome": "harm", "at_full": -self.share(0.1, 20)}
                    )
            self.records["Priorities"].append({"of": "outcome", "item": "lives", "weight": self.share(0.5, 3)})
            self.outcome = sorted({r["outcome"] for r in self.records["Outcomes"]})
            if "lives" not in self.outcome:
                self.records["Priorities"].clear()
        themes = {r["theme"] for r in self.records["Initiatives"]}
        if "opioids" in themes and self.chance(0.6):
            self.records["Priorities"].append({"of": "theme", "item": "opioids", "weight": self.share(0.5, 2)})
        if self.chance(0.6):
            self.records["Priorities"].append(
                {"of": "area", "item": self.dice.choice(self.areas), "weight": self.share(0.5, 2)}
            )

    def performance(self) -> None:
        self.records["Performance"] = []
        for of, items in (("initiative", self.initiative), ("agency", self.agency)):
            if not self.chance(0.5):
                continue
            for item in self.some(items, 1, 3):
                for measure, target, better in (
                    ("response", 10.0, "lower"),
                    ("closures", 40.0, "higher"),
                    ("complaints", 0.0, ""),
                ):
                    if self.chance(0.6):
                        row: Row = {"of": of, "item": item, "measure": measure, "target": target, "better": better}
                        row["actual"] = round(max(target, 2.0) * self.dice.uniform(0.3, 1.6), 1)
                        row["weight"] = self.amount(1, 3) if self.chance(0.6) else ""
                        self.records["Performance"].append(row)

    def settings(self) -> None:
        settings: Row = {"name": "random", "rounding": self.dice.choice((0.0, 0.01, 1.0)), "gap": 1e-9}
        if self.chance(0.3):
            settings["tiers"] = "A>=70, B>=50, C>=0"
        if self.chance(0.3):
            settings["score_effect"] = "proportional"
        if self.stages:
            order = self.some(("impact", "fairness", "coverage", "stability", "thrift"), 1, 3)
            self.dice.shuffle(order)
            settings["objective"] = " > ".join(
                o + (f" within {self.dice.choice((1, 2, 5))}%" if self.chance(0.4) else "") for o in order
            )
        self.records["Case"] = [{"setting": s, "value": v} for s, v in settings.items()]
