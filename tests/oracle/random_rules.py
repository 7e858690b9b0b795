"""The rules of a random case, over the sheets that it has."""

from __future__ import annotations

from typing import Any

from .random_dice import Row
from .random_sheets import Sheets


class Rules(Sheets):
    """A random case in the making that can be given rules: limits, or every kind, soft ones too."""

    def __init__(self, seed: int, rules: bool, stages: bool) -> None:
        super().__init__(seed, stages)
        self.all_kinds = rules

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

    def pairs(self) -> None:
        """A rule that is repeated for each pair of two, or a share of all staff."""
        money = self.money
        makers = (
            lambda: self.rule("limit", per="agency, period", at_most=self.amount(0.05 * money, 0.3 * money)),
            lambda: self.rule("limit", per="fund, Category", at_most=self.share(0.1, 0.6), of="amount"),
            lambda: self.rule("limit", per="period , theme", where=self.maybe("f"), at_most=self.share(0.1, 0.5), of="total"),
            lambda: self.rule("limit", per="area, tier", where=self.maybe("fc"), at_most=self.share(0.3, 1.2), of="baseline"),
            lambda: self.rule("limit", per="agency, theme", where=self.where("c"), at_most=self.share(0.4, 1), of=self.where("f")),
            lambda: self.rule("limit", per="agency, fund", at_most=self.share(0.5, 3), of="contribution"),
            lambda: self.rule(
                "limit", measure="staff", per="agency, period", at_most=self.share(0.1, 0.5), of="headcount", penalty=500
            ),
            lambda: self.rule(
                "limit", measure="staff", per="period, role", where=self.maybe("ai"), at_most=self.share(0.1, 0.6), of="fte"
            ),
            lambda: self.rule("limit", measure="staff", where=self.where("ak"), at_most=self.share(0.1, 0.6), of="headcount"),
            lambda: self.rule(
                "limit", measure="staff", per="initiative, agency", at_most=self.share(0.05, 0.6), of="Headcount"
            ),
            lambda: self.rule("limit", measure="level", per="initiative, agency", at_most=self.share(0.3, 0.9), penalty=20000),
            lambda: self.rule("limit", measure="in kind", per="agency, theme", at_most=self.share(0.1, 2), of="money: "),
            lambda: self.rule("average", measure="agency.score", per="fund, theme", at_most=self.amount(60, 90), penalty=0.002),
            lambda: self.rule("count", per="theme, area", at_most=self.amount(1, 3), penalty=8000),
            lambda: self.rule("count", per="tier, theme", at_least=1.0, hard="no", penalty=2000),
        )  # fmt: skip
        for make in self.dice.sample(makers, self.dice.randint(1, 2)):
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
        # No throw of the dice, so that all else of a case stays as it was.
        return f"{text}; cap request" if "; floor" in text and len(self.initiative) % 2 else str(text)

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
