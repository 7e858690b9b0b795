"""Made-up small cases that mix every feature of the contract: plain records, by seed alone.

random_case(7)                 limits only; random_case(7, rules=True) every kind of rule, soft ones too
"""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
Records = dict[str, list[Row]]

AREAS = ("north", "south", "north east", "capital")
PARENT = {"north east": "north", "capital": "south"}
THEMES = ("guns", "opioids", "training")
KINDS = ("police", "health", "prosecutor")
FUND_KINDS = ("pooled", "joint grant", "shared budget", "own budget")
CATEGORIES = ("personnel", "equipment", "travel")
ROLES = ("analyst", "officer", "outreach worker")


class Maker:
    """One small random case in the making."""

    def __init__(self, seed: int, rules: bool, stages: bool) -> None:
        self.dice = Random(seed)
        self.all_kinds = rules
        self.records: Records = {}
        self.stages = stages

    # ---------------------------------------------------------------- dice

    def chance(self, p: float) -> bool:
        return self.dice.random() < p

    def some(self, items: Any, low: int = 1, high: int | None = None) -> list[Any]:
        listed = list(items)
        size = min(len(listed), self.dice.randint(low, high if high is not None else len(listed)))
        return sorted(self.dice.sample(listed, size))

    def share(self, low: float, high: float) -> float:
        return round(self.dice.uniform(low, high), 2)

    def amount(self, low: float, high: float) -> float:
        return float(round(self.dice.uniform(low, high)))

    # ---------------------------------------------------------------- sheets

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
        return {sheet: rows for sheet, rows in self.records.items() if rows}

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

    # ---------------------------------------------------------------- rules

    def rule(self, kind: str, *, soft: float = 0.25, penalty: float = 0.05, **cells: Any) -> None:
        row: Row = {
            "rule": f"{kind} {len(self.records['Rules']) + 1}",
            "kind": "" if kind == "limit" and self.chance(0.3) else kind,
        }
        row.update(cells)
        if row.get("hard") == "no" or (self.all_kinds and self.chance(soft)):
            row["hard"] = "no"
            row["penalty"] = float(f"{penalty * (0.0002 if self.outcome else 1):.6g}")
        if self.chance(0.04):
            row["active"] = "no"
        self.records["Rules"].append(row)

    def where(self, dimensions: str) -> str:
        """A random selection over what the dimensions have (f, a, i, c, t, k)."""
        parts: list[str] = []
        choices = {
            "f": (
                "fund.kind = joint grant | pooled",
                f'fund = "{self.fund[0]}"',
                f"fund != {self.fund[-1]}",
                "fund.renewals >= 2",
            ),
            "a": (
                "agency.kind = police",
                "agency.area = north",
                "agency.score >= 60",
                f"agency = {self.agency[0]} | {self.agency[-1]}",
                "agency.kind != health",
                "officers > 50",
            ),
            "i": (
                "theme = guns",
                "theme = opioids | training",
                "area = north",
                "area = south",
                "area != south",
                "score < 60",
                "tier = A",
                "risk != high",
                "risk = low",
                f"lead = {self.agency[0]}",
                f"initiative = {self.initiative[0]} | {self.initiative[1]} | {self.initiative[2]}",
                "initiative.cases <= 25",
                "area.population > 300000",
            ),
            "c": ("category = travel", "category = personnel", "category != general", "category = travel | equipment"),
            "t": (f"period = {self.periods[0]}", f"period > {self.periods[0]}", f"period <= {self.periods[-1]}"),
            "k": (f"role = {self.roles[0]}", f"role != {self.roles[-1]}"),
        }
        for d in self.some(dimensions, 1, 2):
            parts.append(self.dice.choice(choices[d]))
        return self.dice.choice((";", " ; ")).join(parts)

    def maybe(self, dimensions: str) -> str:
        return self.where(dimensions) if self.chance(0.6) else ""

    def limits(self) -> None:
        money = self.money
        makers = (
            lambda: self.rule("limit", where="category = travel", at_most=self.share(0.03, 0.2), of="total"),
            lambda: self.rule("limit", where=self.where("fica"), at_most=self.share(0.2, 0.7), of="amount"),
            lambda: self.rule("limit", where=self.where("ica"), at_most=self.share(0.3, 0.8), of="score >= 0"),
            lambda: self.rule(
                "limit", per="agency", where=self.maybe("fic"), at_most=self.amount(0.1 * money, 0.5 * money)
            ),
            lambda: self.rule("limit", per="agency", at_most=self.share(0.5, 3), of="contribution"),
            lambda: self.rule("limit", per="fund", where=self.where("ica"), at_most=self.share(0.1, 0.6), of="amount"),
            lambda: self.rule(
                "limit", per="initiative", where=self.maybe("fac"), at_most=self.share(0.4, 1.1), of="request"
            ),
            lambda: self.rule(
                "limit",
                per="initiative",
                at_least=self.share(0.05, 0.9),
                of="baseline",
                hard="no",
                penalty=self.share(0.01, 0.4),
            ),
            lambda: self.rule("limit", per="theme", where=self.maybe("ac"), at_most=self.share(0.2, 0.6), of="total"),
            lambda: self.rule("limit", per="area", where=self.maybe("fc"), at_most=self.share(0.5, 1.5), of="baseline"),
            lambda: self.rule(
                "limit", per="tier", where=self.where("ic"), at_most=self.share(0.4, 3), of=self.where("fi")
            ),
            lambda: self.rule(
                "limit", per="period", where=self.maybe("fi"), at_most=self.amount(0.1 * money, 0.5 * money)
            ),
            lambda: self.rule("limit", per="category", at_most=self.share(0.1, 0.5), of="total"),
            lambda: self.rule(
                "limit", per="category", where=self.where("a"), at_most=self.share(0.4, 3), of=self.where("fi")
            ),
            lambda: self.rule("limit", where=self.where("i"), at_least=self.share(0.01, 0.1), of=self.where("ic")),
            lambda: self.rule(
                "limit", where=self.maybe("i"), at_most=self.amount(4e4, 4e5), of="staff: " + self.where("ak")
            ),
            lambda: self.rule(
                "limit", where=self.where("fi"), at_most=self.share(0.5, 4), of="in kind: " + self.maybe("aik")
            ),
            lambda: self.rule(
                "limit", measure="staff", where=self.where("aitk"), at_most=self.share(0.3, 8), penalty=500
            ),
            lambda: self.rule(
                "limit", measure="staff", per="agency", at_most=self.share(0.2, 0.9), of="fte", penalty=500
            ),
            lambda: self.rule(
                "limit", measure="staff", per="role", where=self.maybe("ait"), at_most=self.share(0.05, 0.5), of="fte"
            ),
            lambda: self.rule("limit", measure="Staff", per="period", at_most=self.amount(2, 20), penalty=500),
            lambda: self.rule(
                "limit",
                measure="staff",
                per="initiative",
                where=self.where("ak"),
                at_most=self.share(0.3, 2),
                of=self.where("a"),
            ),
            lambda: self.rule("limit", measure="staff", per="theme", at_most=self.amount(1, 15), penalty=500),
            lambda: self.rule("limit", measure="in kind", per="agency", at_most=self.amount(2e4, 2e5)),
            lambda: self.rule(
                "limit",
                measure="in kind",
                where=self.where("aitk"),
                at_most=self.share(0.05, 0.5),
                of="money: " + self.maybe("fi"),
            ),
            lambda: self.rule(
                "limit",
                measure="level",
                per="initiative",
                where=self.maybe("at"),
                at_most=self.share(0.4, 0.95),
                penalty=20000,
            ),
            lambda: self.rule(
                "limit", measure="level", where=self.where("ait"), at_most=self.share(0.5, 3), penalty=20000
            ),
            lambda: self.rule(
                "limit",
                measure="level",
                per="theme",
                where=self.where("at"),
                at_most=self.share(0.3, 2),
                of=self.where("ai"),
            ),
            lambda: self.rule(
                "limit",
                measure="level",
                where=self.where("i"),
                at_least=self.share(0.01, 0.05),
                soft=0.6,
                penalty=20000,
            ),
        )
        for make in self.dice.sample(makers, self.dice.randint(2, 6)):
            make()
        if self.outcome:
            for o in self.some(self.outcome, 1, 2):
                curved = any(r["outcome"] == o and r.get("curve") for r in self.records["Outcomes"])
                if o == "harm":
                    self.rule("limit", measure="harm", where=self.maybe("i"), at_least=-self.share(0, 20), penalty=30)
                elif self.chance(0.5) and not self.all_kinds:
                    continue
                elif curved or self.chance(0.5):
                    self.rule(
                        "limit", measure=o, where=self.maybe("i"), at_least=self.share(0.1, 2), penalty=30, soft=0.6
                    )
                else:
                    self.rule(
                        "limit",
                        measure=o,
                        where=self.where("i"),
                        at_most=self.share(0.3, 0.9),
                        of=self.where("i"),
                        penalty=30,
                    )
        if self.records["Rules"] and self.chance(0.15):
            last = self.records["Rules"][-1]
            if "at_most" in last and "at_least" not in last and not last.get("of"):
                last["at_least"] = 0.0

    def other_kinds(self) -> None:
        makers = (
            self.average,
            self.average,
            self.count,
            self.count,
            self.requires,
            self.requires,
            self.excludes,
            self.match,
            self.match,
            self.formula,
            self.formula,
            self.earned,
            self.earned,
        )
        for make in self.dice.sample(makers, self.dice.randint(2, 6)):
            make()

    def average(self) -> None:
        column, low, high = self.dice.choice(
            (("", 35, 55), ("score", 35, 55), ("agency.score", 50, 80), ("cases", 8, 25), ("population", 1e5, 6e5))
        )
        cells: Row = {"measure": column, "where": self.maybe("fac")}
        if column == "population":
            cells["where"] = self.dice.choice(("area = north | south", "area != south"))
        if self.chance(0.3):
            cells["per"] = self.dice.choice(("fund", "agency", "period", "theme"))
        side = self.dice.choice(("at_least", "at_most"))
        cells[side] = self.amount(low, high)
        self.rule("average", penalty=0.002, **cells)

    def count(self) -> None:
        cells: Row = {"where": self.maybe("i")}
        if self.chance(0.3):
            cells["per"] = self.dice.choice(("theme", "area", "tier"))
        if self.chance(0.6):
            cells["at_most"] = self.amount(1, 4)
        else:
            cells["at_least"] = 1.0
        self.rule("count", penalty=8000, soft=0.4, **cells)

    def requires(self) -> None:
        i, j = self.dice.sample(self.initiative, 2)
        cells: Row = {"where": f"initiative = {i}", "of": f"initiative = {j}"}
        if self.chance(0.3):
            cells["of"] = f"theme = guns ; initiative != {i}"
        if self.chance(0.4):
            cells["at_least"] = self.share(0.1, 0.9)
        self.rule("requires", penalty=8000, **cells)

    def excludes(self) -> None:
        chosen = self.some(self.initiative, 2, 4)
        self.rule("excludes", where="initiative = " + " | ".join(chosen), penalty=8000)

    def match(self) -> None:
        narrow = [str(row["fund"]) for row in self.records["Funds"] if row.get("allowed")]
        f = self.dice.choice(narrow if narrow and self.chance(0.7) else self.fund)
        where = f'fund = "{f}"' if self.chance(0.7) else "fund.kind = pooled | joint grant"
        if self.chance(0.3):
            where += " ; theme = guns | opioids"
        self.rule("match", where=where, per="fund" if self.chance(0.5) else "", at_least=self.share(0.05, 0.35))

    def shares(self, per: str, where: str) -> str:
        """Shares of the funds in `where`; small awards stay below the mean award, so that not all are small."""
        total = sum(self.amounts[f] for f in self.fund if not where or f'"{f}"' in where)
        members = {"agency": self.agency, "area": self.areas, "initiative": self.initiative}[per]
        small = float(round(total / len(members) * 0.5))
        hold = min(30, int(50 * total / (sum(r["baseline"] for r in self.records["Initiatives"]) + 1)))
        if per == "agency":
            text = self.dice.choice(("weight", "1 weight", "0.5 weight + 0.5 officers", "2 officers + 1 weight"))
            text += self.dice.choice(
                (
                    "",
                    "; floor 12%",
                    "; cap 35%",
                    "; cap spending",
                    "; base 10%",
                    f"; small {small:.0f}",
                    f"; small {small:.0f} to {self.agency[0]}",
                )
            )
        elif per == "area":
            text = self.dice.choice(("population", "0.5 population + 0.5 crime"))
            text += self.dice.choice(("", "; base 15%", "; floor 20%", f"; hold {hold}%", "; cap 55%"))
        else:
            text = self.dice.choice(("cases", "1 cases"))
            text += self.dice.choice(("", f"; hold {hold}%", "; floor 6%", f"; small {small:.0f}", "; cap 22%"))
        return str(text)

    def formula(self) -> None:
        per = self.dice.choice(("agency", "area", "initiative"))
        where = f'fund = "{self.dice.choice(self.fund)}"' if self.chance(0.85) else ""
        if per == "area":
            used = {r["area"] for r in self.records["Initiatives"]}
            if not used - {""}:
                return
        self.rule(
            "formula",
            where=where,
            per=per,
            of=self.shares(per, where),
            at_least=self.share(0.3, 0.9) if self.chance(0.8) else "",
            at_most=self.share(0.2, 1.5) if self.chance(0.8) else "",
            soft=0.6,
        )

    def earned(self) -> None:
        per = self.dice.choice(("agency", "initiative"))
        where = f'fund = "{self.dice.choice(self.fund)}"'
        if self.chance(0.3):
            where += " ; category != travel"
        self.rule("earned", where=where, per=per, of=self.shares(per, where))

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
            rows[1].pop("maximum", None)
        else:
            self.rule("limit", measure="staff", where=f"agency = {self.agency[0]}", at_least=1e5, soft=0)
            self.records["Rules"][-1].pop("active", None)


def random_case(seed: int, *, rules: bool = False, stages: bool = False) -> Records:
    """A small case of this seed: limits only, or with every kind of rule; with several objectives where `stages`."""
    return Maker(seed, rules, stages).make()
