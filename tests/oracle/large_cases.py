"""Large, realistic cases by seed: plain records, quick to make. `spend_columns` counts what they will need.

large_case()          about 100,000 spend columns
large_case(**TWIN)    about 350,000 spend columns
wide_case()           about 27,000 columns of all kinds
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

Row = dict[str, Any]
Records = dict[str, list[Row]]

TWIN: dict[str, Any] = {"funds": 12, "agencies": 100, "initiatives": 665, "partners": 30}

THEMES = (
    "crime mapping",
    "gun violence",
    "opioids",
    "reentry",
    "victim services",
    "youth",
    "training",
    "forensics",
    "courts",
    "domestic violence",
    "trafficking",
    "community policing",
)
KINDS = ("police", "prosecutor", "health", "probation", "community group")
ROLES = ("analyst", "investigator", "outreach worker", "prosecutor")
REGIONS = ("north", "south", "east", "west", "centre", "coast")
PARTS_OF_COST = (
    (("personnel", 0.6), ("equipment", 0.25), ("travel", 0.15)),
    (("personnel", 0.7), ("training", 0.3)),
    (("contractual", 0.55), ("supplies", 0.3), ("indirect", 0.15)),
    (("general", 1.0),),
    (("personnel", 0.8), ("indirect", 0.2)),
)


def large_case(
    funds: int = 12,
    agencies: int = 60,
    initiatives: int = 300,
    periods: int = 4,
    partners: int = 20,
    admissible_funds: int = 4,
    seed: int = 0,
    *,
    active: float = 0.4,
    staffed: float = 0.4,
    switches: bool = False,
) -> Records:
    """A partnership of many agencies. `active` is the mean share of the periods in which an initiative runs, `staffed` the share
    of agencies that have people to release. Linear only; `switches` adds minima, all-or-nothing initiatives and their rules."""
    dice = Random(seed)
    quarters = [f"Q{n + 1}" for n in range(periods)]
    agency = [f"agency {n:03d}" for n in range(agencies)]
    fund = [f"fund {n:02d}" for n in range(funds)]
    initiative = [f"initiative {n:04d}" for n in range(initiatives)]

    areas = [{"area": r, "population": float(dice.randint(80_000, 2_000_000)), "need": 4e6} for r in REGIONS]
    areas += [
        {"area": f"{r} {n}", "parent": r, "population": float(dice.randint(10_000, 300_000))}
        for r in REGIONS
        for n in (1, 2, 3)
    ]
    agency_rows = [
        {
            "agency": a,
            "name": a.title(),
            "kind": dice.choice(KINDS),
            "area": dice.choice(areas)["area"],
            "officers": float(dice.randint(5, 900)),
            "score": float(dice.randint(40, 100)),
        }
        for a in agency
    ]

    initiative_rows, partner_rows, cost_rows, need_rows = [], [], [], []
    spans = [n for n in range(1, periods + 1) if n <= max(1, round(2 * active * periods))]
    for i in initiative:
        span = dice.choice(spans)
        first = dice.randrange(periods - span + 1)
        request = float(dice.randint(40, 900) * 1000)
        leads = dice.sample(agency, min(partners, agencies))
        row: Row = {
            "initiative": i,
            "theme": dice.choice(THEMES),
            "area": dice.choice(areas)["area"],
            "lead": leads[0],
            "request": request,
            "first": quarters[first],
            "last": quarters[first + span - 1],
            "baseline": float(dice.randint(0, int(request))),
            "priority": round(dice.uniform(0.6, 1.8), 2),
            "score": float(dice.randint(30, 100)),
            "pace": round(dice.uniform(0.6, 1.0), 2) if span > 1 else 1.0,
        }
        if switches:
            row["minimum"] = round(request * 0.3) if dice.random() < 0.1 else ""
            row["all_or_nothing"] = "yes" if dice.random() < 0.05 else "no"
        initiative_rows.append(row)
        for a in leads:
            partner_rows.append(
                {
                    "initiative": i,
                    "agency": a,
                    "max_share": round(dice.uniform(0.5, 1.0), 2) if a != leads[0] else 1.0,
                    "cost_factor": round(dice.uniform(0.9, 1.3), 3),
                    "effectiveness": round(dice.uniform(0.7, 1.15), 3),
                }
            )
        for category, share in dice.choice(PARTS_OF_COST):
            cost_rows.append({"initiative": i, "category": category, "share": share})
        if dice.random() < 0.4:
            need_rows.append({"initiative": i, "role": dice.choice(ROLES), "fte": round(dice.uniform(0.2, 2.5), 1)})

    # Each fund pays for as many themes as make each initiative see `admissible_funds` funds.
    total = sum(r["request"] for r in initiative_rows) * 0.6
    fund_rows, installment_rows, contribution_rows = [], [], []
    themes_paid: list[set[str]] = [set() for _ in fund]
    for n, theme in enumerate(THEMES):
        for step in range(min(admissible_funds, funds)):
            themes_paid[(n + step * max(1, funds // max(1, admissible_funds))) % funds].add(theme)
    for n, themes in enumerate(themes_paid):
        if not themes:  # of very many funds
            themes.add(THEMES[n % len(THEMES)])
    for n, f in enumerate(fund):
        amount = float(round(total / funds * dice.uniform(0.5, 1.5)))
        fund_rows.append(
            {
                "fund": f,
                "kind": ("pooled", "joint grant", "shared budget", "own budget")[n % 4],
                "amount": amount,
                "carryover": (1.0, 0.5, 0.8)[n % 3],
                "match_rate": 0.2 if n % 6 == 1 else "",
                "can_match": "yes" if n % 2 == 0 else "no",
                "allowed": "theme = " + " | ".join(sorted(themes_paid[n])),
            }
        )
        each = float(amount // periods)
        for t in quarters[:-1]:
            installment_rows.append({"fund": f, "period": t, "amount": each})
        installment_rows.append({"fund": f, "period": quarters[-1], "amount": amount - each * (periods - 1)})
        for a in dice.sample(agency, 5):
            contribution_rows.append({"agency": a, "fund": f, "amount": float(round(amount * 0.1))})

    staff_rows = [
        {
            "agency": a,
            "role": k,
            "fte": round(dice.uniform(3, 60), 1),
            "releasable": round(dice.uniform(0.05, 0.4), 2),
            "cost_per_fte": float(dice.randint(14, 32) * 1000),
        }
        for a in agency
        if dice.random() < staffed
        for k in dice.sample(ROLES, 2)
    ]

    amount = sum(r["amount"] for r in fund_rows)  # type: ignore[misc]
    rules: list[Row] = [
        {"rule": "Travel cap", "where": "category = travel", "at_most": 0.03, "of": "total"},
        {"rule": "Indirect cap", "where": "category = indirect", "per": "fund", "at_most": 0.1, "of": "amount"},
        {
            "rule": "Equipment cap",
            "where": "category = equipment",
            "per": "agency",
            "at_most": 0.25,
            "of": "score >= 0",
        },
        {"rule": "Personnel share", "where": "category = personnel", "at_most": 0.6, "of": "score >= 0"},
        {"rule": "Agency ceiling", "per": "agency", "at_most": float(round(3 * amount / agencies))},
        {"rule": "Victim services", "where": "theme = victim services", "at_least": 0.02, "of": "total"},
        {"rule": "Youth", "where": "theme = youth", "at_least": 0.02, "of": "score >= 0"},
        {"rule": "North ceiling", "where": "area = north", "at_most": 0.3, "of": "total"},
        {"rule": "No theme above a fifth", "per": "theme", "at_most": 0.2, "of": "total"},
        {
            "rule": "Grants to police",
            "where": "fund.kind = joint grant ; agency.kind = police",
            "at_most": 0.4,
            "of": "amount",
        },
        {"rule": "Community groups", "where": "agency.kind = community group", "at_least": 0.05, "of": "total"},
        {"rule": "Analysts", "measure": "staff", "where": "role = analyst", "at_most": 0.9, "of": "fte"},
        {"rule": "Release per agency", "measure": "staff", "per": "agency", "at_most": 0.8, "of": "fte"},
        {"rule": "Quarterly pace", "per": "period", "at_most": float(round(0.4 * amount))},
        {"rule": "Quality", "kind": "average", "measure": "score", "at_least": 60.0},
    ]
    if switches:
        rules += [
            {
                "rule": "At most half",
                "kind": "count",
                "where": "theme = gun violence",
                "at_most": float(initiatives // 24),
            },
            {"rule": "Either", "kind": "excludes", "where": f"initiative = {initiative[0]} | {initiative[1]}"},
            {
                "rule": "Needs",
                "kind": "requires",
                "where": f"initiative = {initiative[2]}",
                "of": f"initiative = {initiative[3]}",
            },
        ]
    return {
        "Case": [{"setting": "name", "value": "large"}, {"setting": "rounding", "value": 1.0}],
        "Periods": [{"period": t} for t in quarters],
        "Areas": areas,
        "Agencies": agency_rows,
        "Funds": fund_rows,
        "Installments": installment_rows,
        "Contributions": contribution_rows,
        "Initiatives": initiative_rows,
        "Partners": partner_rows,
        "Costs": cost_rows,
        "Staff": staff_rows,
        "Needs": need_rows,
        "Substitutes": [{"role": "investigator", "can_do": "analyst", "rate": 0.8}],
        "Rules": rules,
    }


def wide_case(seed: int = 0, *, switches: bool = False) -> Records:
    """About 27,000 columns of all kinds."""
    return large_case(funds=8, agencies=40, initiatives=116, partners=12, seed=seed, switches=switches)


def spend_columns(records: Records) -> int:
    """How many spend columns a case of this module has (its funds select by theme only and are open throughout)."""
    paying: Counter[str] = Counter(
        theme for row in records["Funds"] for theme in row["allowed"].removeprefix("theme = ").split(" | ")
    )
    order = {row["period"]: n for n, row in enumerate(records["Periods"])}
    partners = Counter(row["initiative"] for row in records["Partners"])
    categories = Counter(row["initiative"] for row in records["Costs"])
    return sum(
        paying[row["theme"]]
        * (order[row["last"]] - order[row["first"]] + 1)
        * partners[row["initiative"]]
        * categories[row["initiative"]]
        for row in records["Initiatives"]
    )


def other_columns(records: Records) -> dict[str, int]:
    """level, post, balance and match columns of a case of this module."""
    order = {row["period"]: n for n, row in enumerate(records["Periods"])}
    span = {row["initiative"]: order[row["last"]] - order[row["first"]] + 1 for row in records["Initiatives"]}
    holders = Counter(row["role"] for row in records["Staff"])
    can = {k: [k] for k in ROLES}
    for row in records["Substitutes"]:
        can[row["can_do"]].append(row["role"])
    themes = Counter(row["theme"] for row in records["Initiatives"])
    matched = [row for row in records["Funds"] if row["match_rate"] != ""]
    sources = sum(row["can_match"] == "yes" for row in records["Funds"])
    pairs = sum(themes[t] for row in matched for t in row["allowed"].removeprefix("theme = ").split(" | "))
    return {
        "level": sum(span[row["initiative"]] for row in records["Partners"]),
        "post": sum(span[row["initiative"]] * sum(holders[k] for k in can[row["role"]]) for row in records["Needs"]),
        "balance": 2 * len(records["Funds"]) * len(records["Periods"]),
        "match": pairs * (sources + 1),
    }


def alike_case(kinds: int = 0, *, any_agency: bool = False, **shape: Any) -> Records:
    """A large case in which much is alike. kinds: so many kinds of initiatives, each many times over (0: all differ);
    any_agency: any may deliver anything, at the same cost and effect, and they differ only in area and kind. shape: as in large_case."""
    records = large_case(**shape)
    initiatives = records["Initiatives"]
    if any_agency:
        for row in initiatives:
            del row["lead"]
        for row in records["Agencies"]:
            row |= {"score": 70.0, "area": row["area"].split()[0]}
        records["Rules"] = [row for row in records["Rules"] if row.get("measure") != "staff"]
        records |= {name: [] for name in ("Partners", "Staff", "Needs", "Substitutes")}
    if kinds:
        models = [row["initiative"] for row in initiatives[:kinds]]
        names = [row["initiative"] for row in initiatives]
        for sheet in ("Initiatives", "Partners", "Costs", "Needs"):
            of = {model: [row for row in records[sheet] if row["initiative"] == model] for model in models}
            records[sheet] = [
                row | {"initiative": name} for n, name in enumerate(names) for row in of[models[n % len(models)]]
            ]
    return records
