"""Cases made for whole programmes: the rules of each bind, and its amounts do not divide into round numbers."""

from __future__ import annotations

from typing import Any

from optimiser.analysis.rulebook.library import entry_of
from optimiser.analysis.rulebook.library_rows import insert
from optimiser.case.case import Case
from optimiser.case.reading.workbook import tables_from
from tests.rules.fitting import with_set
from tests.rules.small import Records, checked

Row = dict[str, Any]
CENTS = [{"setting": "rounding", "value": 0.01}]


def _rows(titles: str, *rows: tuple[Any, ...]) -> list[Row]:
    """Records from a line of titles and rows of values."""
    return [dict(zip(titles.split(), row, strict=True)) for row in rows]


def _costs(initiatives: list[Row], **shares: float) -> list[Row]:
    return [{"initiative": i["initiative"], "category": c, "share": s} for i in initiatives for c, s in shares.items()]


def stop() -> Case:
    """VAWA STOP: law enforcement is worth most, so all four set-asides, sexual assault and match hold it back."""
    initiatives = _rows(
        "initiative theme lead request priority sexual_assault culturally_specific tribal",
        ("Patrol", "law enforcement", "Police", 900000, 5, "no", "no", "no"),
        ("Detectives", "law enforcement", "Police", 50000, 9, "yes", "no", "no"),
        ("Charging", "prosecution", "Prosecutor", 600000, 3, "no", "no", "no"),
        ("Special victims", "prosecution", "Prosecutor", 60000, 9, "yes", "no", "no"),
        ("Shelter", "victim services", "Refuge", 700000, 2, "no", "no", "no"),
        ("Our voices", "victim services", "Refuge", 200000, 1, "yes", "yes", "no"),
        ("Nation", "victim services", "Refuge", 200000, 1, "no", "no", "yes"),
        ("Protection orders", "courts", "Court", 300000, 1, "yes", "no", "no"),
        ("Office", "administration", "Court", 300000, 4, "no", "no", "no"),
    )
    records: Records = {
        "Case": CENTS,
        "Agencies": [{"agency": a} for a in ("Police", "Prosecutor", "Refuge", "Court")],
        "Funds": [
            {"fund": "Grant", "kind": "joint grant", "amount": 1234567.89},
            {"fund": "County", "kind": "own budget", "amount": 231098.77, "can_match": "yes"},
        ],
        "Initiatives": initiatives,
        "Costs": _costs(initiatives, personnel=0.61, travel=0.07, general=0.32),
    }
    return with_set("VAWA STOP", records, ("stop-states",))


def hsgp() -> Case:
    """HSGP: personnel and state work are worth most."""
    initiatives = _rows(
        "initiative theme request priority",
        ("Fusion centre", "terrorism prevention", 1500000, 1),
        ("Overtime", "patrol", 2500000, 5),
        ("Radios", "equipment", 2000000, 2),
        ("Polling places", "election security", 400000, 1),
    )
    records: Records = {
        "Case": CENTS,
        "Agencies": _rows(
            "agency government", ("State", "state"), ("City", "local"), ("County", "local")
        ),
        "Funds": [{"fund": "Grant", "amount": 2345678.91}, {"fund": "Urban", "amount": 1111111.11}],
        "Initiatives": initiatives,
        "Partners": [
            {"initiative": i["initiative"], "agency": a, "effectiveness": e}
            for i in initiatives
            for a, e in (("State", 1.5), ("City", 1.0), ("County", 0.9))
        ],
        "Costs": [
            *_costs(initiatives[:1], personnel=0.4, equipment=0.6),
            *_costs(initiatives[1:2], personnel=0.9, travel=0.1),
            *_costs(initiatives[2:], personnel=0.13, equipment=0.87),
        ],
    }  # fmt: skip
    left_out = (
        "hsgp-terrorism-notice", "hsgp-priority-areas", "hsgp-border", "hsgp-state-minimum", "hsgp-administration",
        "hsgp-construction",
    )  # fmt: skip
    return with_set("HSGP", records, left_out, other_grant="Urban")


def cdbg() -> Case:
    """CDBG over three years: services and offices are worth most, and late work more than early."""
    initiatives = _rows(
        "initiative theme request priority low_income first",
        ("Homes", "housing", 500000, 2, "yes", "Y1"),
        ("Streets", "infrastructure", 600000, 3, "no", "Y1"),
        ("Youth centre", "public services", 400000, 6, "yes", "Y3"),
        ("Clinic", "public services", 300000, 5, "no", "Y2"),
        ("Office", "administration", 400000, 7, "no", "Y1"),
    )
    records: Records = {
        "Case": CENTS,
        "Periods": [{"period": p} for p in ("Y1", "Y2", "Y3")],
        "Agencies": [{"agency": "City"}, {"agency": "Housing"}],
        "Funds": [{"fund": "Grant", "amount": 987654.32}, {"fund": "Local", "amount": 45678.9}],
        "Initiatives": initiatives,
        "Costs": _costs(initiatives, personnel=0.37, contractual=0.4, general=0.23),
    }
    return with_set("CDBG", records, checked="Y2", annual_grant=329218.11, available=987654.32)


def jag() -> Case:
    """JAG: four states and two territories; in one state the local governments share by crime."""
    areas = _rows(
        "area population violent_crime pass_through",
        ("Alpha", 3900000, 18200, "yes"),
        ("Beta", 2100000, 4100, "no"),
        ("Gamma", 700000, 900, "no"),
        ("Delta", 6500, 3, "no"),
        ("Samoa and Marianas", 0, 0, "no"),
    )
    initiatives = [
        *_rows(
            "initiative theme area lead request priority",
            ("Alpha courts", "courts", "Alpha", "Alpha State", 4000000, 3),
            ("Alpha office", "administration", "Alpha", "Alpha State", 900000, 4),
            ("Beta", "policing", "Beta", "Beta State", 4000000, 1),
            ("Gamma", "policing", "Gamma", "Gamma State", 4000000, 2),
            ("Delta", "policing", "Delta", "Delta State", 4000000, 9),
            ("American Samoa", "policing", "Samoa and Marianas", "Samoa", 900000, 1),
            ("Northern Mariana Islands", "policing", "Samoa and Marianas", "Marianas", 900000, 8),
        ),
        {"initiative": "Alpha streets", "theme": "policing", "area": "Alpha", "request": 6000000, "priority": 1},
    ]
    local = (
        ("City", 900, 10, 700000), ("Suburb", 300, 8, 40000), ("Village", 3, 5, 900000), ("Silent", 800, 2, 900000),
        ("Small units", 0, 10, 900000),
    )  # fmt: skip
    agencies = [
        {"agency": a, "government": "local", "violent_crime": c, "reported_years": y, "criminal_justice_spending": s}
        for a, c, y, s in local
    ]
    states = ("Alpha State", "Beta State", "Gamma State", "Delta State", "Samoa", "Marianas")
    agencies += [{"agency": a, "government": "state", "reported_years": 10} for a in states]
    records: Records = {
        "Case": CENTS,
        "Areas": areas,
        "Agencies": agencies,
        "Funds": [
            {"fund": "Grant", "amount": 1732109.87, "min_spend": 0.9},
            {"fund": "Local pot", "amount": 300000.33, "min_spend": 0.9, "allowed": "initiative = Alpha streets"},
        ],
        "Initiatives": initiatives,
        "Partners": [{"initiative": "Alpha streets", "agency": row[0]} for row in local],
        "Costs": _costs(initiatives, personnel=0.7, equipment=0.3),
    }
    left_out = (  # no unit is disparate here, all states comply, and nothing is prohibited
        "jag-disparate", "jag-sorna", "jag-prea", "jag-local-direct", "jag-prohibited", "jag-period",
    )  # fmt: skip
    rows = with_set("Byrne JAG", records, left_out, state="Alpha", spending_share=0.9).tables["Rules"].records()
    made = [{k: v for k, v in row.items() if v == v} for row in rows]
    made += insert(tables_from(records).tables, entry_of("jag-local-direct"), "Local pot", small_units="Small units")
    return checked({**records, "Rules": made})


CASES = {"VAWA STOP": stop, "HSGP": hsgp, "CDBG": cdbg, "Byrne JAG": jag}
