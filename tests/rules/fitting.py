"""Cases that the named rules fit: one with everything they may ask for, and four made for whole programmes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from optimiser.analysis.rulebook.library import Entry, entries, entry_of
from optimiser.analysis.rulebook.library_rows import fund_cells, together
from optimiser.case.case import Case
from optimiser.case.reading.workbook import tables_from
from tests.rules.small import Records, checked

THEMES = (
    "law enforcement", "prosecution", "victim services", "courts", "administration", "training", "terrorism prevention",
    "election security", "treatment", "prevention", "emerging threats", "public services", "social care", "hiring", "housing",
)  # fmt: skip
VICTIMS = ("child abuse", "domestic abuse", "sexual assault", "underserved")
ANSWERS: dict[str, dict[str, str | float]] = {
    "jag-territories": {"american_samoa": "housing 0", "northern_marianas": "housing 1"},
    "jag-variable-pass-through": {"state": "Alpha"},
    "jag-local-direct": {"small_units": "Small units"},
    "jag-disparate": {"units": "City | County", "joint_award": 30000},
    "cops-retention": {"last": "Y2", "after": "Y3"},
    "hsgp-terrorism-prevention": {"other_grant": "Urban"},
    "hsgp-terrorism-notice": {"other_grant": "Urban"},
    "better-care-uplift": {"uplift": "5.66%"},
    "jag-prohibited": {"prohibited": "category = construction"},
    "jag-period": {"last_year": "Y2"},
    "juvenile-core-requirements": {"state": "Alpha", "missed": 2},
    "juvenile-withheld": {"withheld": "Urban"},
    "cdbg-timeliness": {"checked": "Y2", "annual_grant": 200000, "available": 400000},
    "hsgp-state-minimum": {"state": "Alpha", "other_grant": "Urban"},
    "slfrf-spent": {"last_year": "Y2"},
    "vru-conditions": {"match_share": "20%", "interventions_share": "20%", "evaluation_share": "10%"},
    "guidance-transfers": {"category": "personnel", "budgeted": "30%"},
}
"""What entries ask for that has no default, in the case below."""


def fitting() -> Records:
    """A case with every attribute, theme, fund and role that an entry may ask for. Impact prefers what rules hold back."""
    initiatives = []
    for n, theme in enumerate((*THEMES, "victim services", "hiring", "housing")):
        again = n >= len(THEMES)
        initiatives.append(
            {
                "initiative": f"{theme} {int(again)}", "theme": theme, "area": "Alpha" if again or n % 2 else "Beta",
                "request": 130000 + 1000 * n, "baseline": 10000, "priority": 3 if theme == "administration" else 1 + n / 20,
                "culturally_specific": "yes" if again else "no", "sexual_assault": "yes" if n < 4 else "no",
                "tribal": "yes" if n == 3 else "no", "victims": VICTIMS[n % 4], "low_income": "yes" if n % 2 else "no",
            }
        )  # fmt: skip
    agencies = [
        ("State", "state", 0, 10, 900000, 300000),
        ("City", "local", 400, 10, 30000, 60000),
        ("County", "local", 200, 10, 380000, 30000),
        ("Village", "local", 8, 9, 50000, 9000),
        ("Hamlet", "local", 50, 2, 50000, 1000),
        ("Small units", "local", 0, 10, 90000, 0),
    ]
    return {
        "Periods": [{"period": p} for p in ("Y1", "Y2", "Y3")],
        "Areas": [
            {"area": "Alpha", "population": 900000, "violent_crime": 4000, "pass_through": "yes"},
            {"area": "Beta", "population": 100000, "violent_crime": 300, "pass_through": "no"},
        ],
        "Agencies": [
            dict(
                zip(
                    ("agency", "government", "violent_crime", "reported_years", "criminal_justice_spending", "allocation"),
                    row, strict=True,
                ),
                score=100 if row[0] != "City" else 90,
            )
            for row in agencies
        ],
        "Funds": [
            {"fund": "Grant", "kind": "joint grant", "amount": 400000, "last": "Y2"},
            {"fund": "Urban", "kind": "joint grant", "amount": 100000},
            {"fund": "Local", "kind": "own budget", "owner": "City", "amount": 600000, "can_match": "yes"},
        ],
        "Initiatives": initiatives,
        "Costs": [
            {"initiative": row["initiative"], "category": category, "share": share}
            for row in initiatives
            for category, share in (("personnel", 0.3), ("equipment", 0.2), ("contractual", 0.1), ("indirect", 0.05), ("general", 0.35))
        ],
        "Staff": [{"agency": a, "role": "officer", "fte": 20, "cost_per_fte": 100} for a in ("State", "City", "County")],
        "Needs": [{"initiative": f"hiring {k}", "role": "officer", "fte": 4} for k in (0, 1)],
    }  # fmt: skip


LARGE = ("hsgp-terrorism-notice",)
"""Entries that ask for more than the initiatives of their theme are worth in the fitting case."""


NATIONAL = ("juvenile-shares", "stop-states", "voca-states")
"""Entries whose least awards are more than the money of the fitting case."""


def made_for(entry: Entry) -> Records:
    """The fitting case with the columns, themes and categories that the entry speaks of, and members on both sides."""
    records = fitting()
    speaks = [str(row.get(c, "")) for row in entry.rows for c in ("where", "of")]
    speaks += [str(a.default) for a in entry.asks if a.kind in ("selection", "text")]
    speaks += [f"theme = {a.default}" for a in entry.asks if a.kind == "text"]
    speaks += [str(answer) for answer in ANSWERS.get(entry.key, {}).values()]
    for place, _ in entry.needs:
        sheet, _, column = place.partition(".")
        if column in records[sheet][0]:
            continue
        found = [v for text in speaks for v in re.findall(rf"{column} (?:=|!=) ([^;{{}}]+)", text)]
        values = list(dict.fromkeys(name.strip() for each in found for name in each.split("|")))
        choices = [*values, "other"] if values else [20000, 60000]
        for k, record in enumerate(records[sheet]):
            record[column] = choices[k % len(choices)]
    themes = {i["theme"] for i in records["Initiatives"]}
    for text in speaks:
        for each in re.findall(r"theme (?:=|!=) ([^;{}]+)", text):
            for theme in (name.strip() for name in each.split("|")):
                for row in records["Initiatives"]:
                    if row["theme"] == theme and entry.key in LARGE:
                        row["request"] = 400000
                if theme not in themes:
                    themes.add(theme)
                    for k, name in enumerate((theme, f"{theme} too")):
                        like = {
                            **records["Initiatives"][k],
                            "initiative": name,
                            "theme": theme,
                            "priority": 2.5,
                            "request": 4e5,
                        }
                        records["Initiatives"].append(like)
                        costs = [c for c in records["Costs"] if c["initiative"] == "law enforcement 0"]
                        records["Costs"] += [{**c, "initiative": name} for c in costs]
        for category in re.findall(r"category = (construction)", text):
            records["Costs"] = [
                c | ({"category": category} if c["category"] == "contractual" else {}) for c in records["Costs"]
            ]
    if entry.key in NATIONAL:
        for row in (*records["Initiatives"], *records["Funds"]):
            row.update({c: row[c] * 10 for c in ("request", "amount") if c in row})
    spoken = {
        name.strip()
        for text in speaks
        for each in re.findall(r"theme (?:=|!=) ([^;{}]+)", text)
        for name in each.split("|")
    }
    listed = [*ANSWERS.get(entry.key, {}).values()]
    few = [
        row["initiative"]
        for k, row in enumerate(records["Initiatives"])
        if k < 4 or row["theme"] in spoken or row["initiative"] in listed or row["theme"] == "housing"
    ]
    for sheet in ("Initiatives", "Costs", "Needs"):
        records[sheet] = [row for row in records[sheet] if row["initiative"] in few]
    return records


def with_entry(key: str, records: Records | None = None, **settings: Any) -> Case:
    """A case made for one entry of the library (or these records), with it."""
    entry = entry_of(key)
    made, answers = made_for(entry) if records is None else records, ANSWERS.get(key, {})
    tables = tables_from(made).tables
    rows, cells = together(tables, [entry], "Grant", **answers), fund_cells(tables, entry, "Grant", **answers)
    made["Funds"][0] |= cells
    made["Case"] = [{"setting": name, "value": value} for name, value in settings.items()]
    return checked({**made, "Rules": rows})


def with_set(programme: str, records: Records, leave_out: tuple[str, ...] = (), **answers: Any) -> Case:
    """These records with every entry of a programme that applies together."""
    mine = [e for e in entries() if e.programme == programme and not e.past]
    replaced = {key for e in mine for key in e.replaces}
    chosen = [e for e in mine if e.key not in replaced and e.key not in leave_out]
    rows = together(tables_from(records).tables, chosen, "Grant", **answers)
    return checked({**records, "Rules": rows})


def initiative(name: str, theme: str, request: float, **more: Any) -> Mapping[str, Any]:
    """One row of the sheet Initiatives."""
    return {"initiative": name, "theme": theme, "request": request, **more}
