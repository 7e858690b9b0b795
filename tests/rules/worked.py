"""Two programmes worked through: a state's VOCA year and an opioid settlement board. Names and amounts are made up."""

from __future__ import annotations

from optimiser.analysis.rulebook.library import entry_of
from optimiser.analysis.rulebook.library_rows import together
from optimiser.case.case import Case
from optimiser.case.reading.workbook import tables_from
from tests.rules.small import Records, checked

COUNTIES = (
    ("Alder", 412000, 520000), ("Birch", 288000, 400000), ("Cedar", 203000, 300000), ("Dogwood", 151000, 280000),
    ("Elm", 118000, 210000), ("Fir", 96000, 190000), ("Hazel", 71000, 150000), ("Juniper", 52000, 120000),
    ("Linden", 38000, 110000), ("Maple", 24000, 90000), ("Oak", 15000, 80000), ("Pine", 9000, 25000),
)  # fmt: skip
"""Counties with their people and what they ask for."""
VICTIMS = ("child abuse", "domestic abuse", "sexual assault", "underserved")


def voca_year() -> Case:
    """A state's VOCA year: twelve counties, four set-asides, match with exemptions and one waiver, a formula with a floor,
    and a county (Pine) that cannot take its share."""
    initiatives = [
        {
            "initiative": f"{name} {service}", "theme": service, "lead": name, "victims": VICTIMS[(k + (service == "advocates")) % 4],
            "request": round(asks * part), "tribal": "yes" if name == "Oak" else "no", "priority": worth,
        }
        for k, (name, _, asks) in enumerate(COUNTIES)
        for service, part, worth in (("shelter", 0.6, 2), ("advocates", 0.4, 3))
    ]  # fmt: skip
    initiatives.append(
        {
            "initiative": "State office",
            "theme": "administration",
            "lead": "State",
            "request": 64000,
            "tribal": "no",
            "priority": 4,
        }
    )
    records: Records = {
        "Case": [{"setting": "name", "value": "A state's VOCA year"}, {"setting": "rounding", "value": 0}],
        "Periods": [{"period": "FY2026", "start": "2025-10-01", "end": "2026-09-30"}],
        "Agencies": [
            *({"agency": name, "government": "local", "people": people} for name, people, _ in COUNTIES),
            {"agency": "State", "government": "state", "people": 0},
        ],
        "Funds": [
            {"fund": "VOCA", "kind": "joint grant", "amount": 1600000},
            {"fund": "County money", "kind": "own budget", "amount": 300000, "can_match": "yes", "allowed": "agency.government = local"},
        ],
        "Initiatives": initiatives,
    }  # fmt: skip
    tables = tables_from(records).tables
    rows = together(
        tables,
        [entry_of(k) for k in ("voca-administration", "voca-priorities", "voca-match")],
        "VOCA",
        administration="theme = administration",
    )
    for row in rows:  # administration is no project that is matched
        row["where"] += " ; theme != administration" * (row["kind"] == "match")
    rows.append(
        {
            "rule": "VOCA: counties by people", "kind": "formula", "where": "fund = VOCA ; agency.government = local", "per": "agency",
            "of": "people; floor 40000; cap request", "at_least": 0.1, "at_most": 0.1, "set_by": "policy",
        }
    )  # fmt: skip
    waiver = {
        "rule": "VOCA: match", "granted_by": "the Governor's office", "granted_on": "2025-11-14", "until": "2026-09-30",
        "where": "initiative = Cedar shelter | Cedar advocates",
        "note": "Under the state's public policy; letter VA-17, kept by the state office.",
    }  # fmt: skip
    return checked({**records, "Rules": rows, "Waivers": [waiver]})


BOARD = (
    ("Bay County", "local", 210), ("Hill County", "local", 140), ("Lake County", "local", 60), ("Plain County", "local", 30),
    ("Incentive pool", "county incentive", 0), ("State", "state", 0),
)  # fmt: skip
"""Who is paid, from which part of the settlement, and deaths by overdose over three years."""
USES = (
    ("naloxone", 5, "yes", "no"),
    ("treatment", 4, "yes", "yes"),
    ("recovery housing", 3, "yes", "yes"),
    ("jail beds", 6, "no", "no"),
)


def settlement_board() -> Case:
    """An opioid settlement board: the agreed parts, abatement, counties by deaths, and two years of payments."""
    initiatives = [
        {
            "initiative": f"{name}: {use}", "theme": use, "lead": name, "request": 500000 + 20000 * k, "priority": worth,
            "abatement": abates, "future": future,
        }
        for k, (name, _, _) in enumerate(BOARD)
        for use, worth, abates, future in USES
    ]  # fmt: skip
    records: Records = {
        "Case": [{"setting": "name", "value": "An opioid settlement board"}],
        "Periods": [{"period": "2026"}, {"period": "2027"}],
        "Agencies": [{"agency": name, "settlement_part": part, "deaths": deaths} for name, part, deaths in BOARD],
        "Funds": [{"fund": "Settlement", "kind": "pooled", "amount": 3600000}],
        "Installments": [
            {"fund": "Settlement", "period": p, "amount": a} for p, a in (("2026", 2000000), ("2027", 1600000))
        ],
        "Initiatives": initiatives,
    }
    tables = tables_from(records).tables
    rows = together(tables, [entry_of(k) for k in ("opioid-abatement", "opioid-north-carolina")], "Settlement")
    rows += [
        {
            "rule": "Settlement: counties by deaths", "kind": "formula", "per": "agency", "of": "deaths; first 100000",
            "where": "fund = Settlement ; agency.settlement_part = local", "at_least": 0.02, "at_most": 0.02, "set_by": "agreement",
        },
        {
            "rule": "Settlement: recovery housing", "where": "fund = Settlement ; theme = recovery housing", "at_least": 0.3,
            "of": "amount; lesser request", "set_by": "policy",
        },
    ]  # fmt: skip
    return checked({**records, "Rules": rows})
