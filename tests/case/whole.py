"""A small whole case: every sheet has rows, every kind of rule stands on Rules, and nothing in it is an error."""

from __future__ import annotations

Records = dict[str, list[dict[str, object]]]

WHOLE: Records = {
    "Case": [
        {"setting": "objective", "value": "impact within 2% > fairness"},
        {"setting": "rounding", "value": 1},
        {"setting": "tiers", "value": "A>=80, B>=60"},
    ],
    "Periods": [
        {"period": "Q1", "start": "2026-01-01", "end": "2026-03-31"},
        {"period": "Q2"},
        {"period": "Q3"},
    ],
    "Areas": [
        {"area": "City", "need": 5, "population": 10},
        {"area": "North", "parent": "City", "need": 3, "population": 4},
    ],
    "Agencies": [
        {"agency": "A", "area": "North", "score": 80, "minimum": 0, "maximum": 900},
        {"agency": "B", "area": "City"},
    ],
    "Funds": [
        {"fund": "F", "owner": "A", "amount": 1000,
         "first": "Q1", "last": "Q2", "carryover": 0.5, "match_rate": 0.2, "allowed": "theme = t1 | t2"},
        {"fund": "G", "can_match": "yes"},
    ],
    "Installments": [
        {"fund": "F", "period": "Q1", "amount": 400},
        {"fund": "F", "period": "Q2", "amount": 600},
    ],
    "Contributions": [
        {"agency": "A", "fund": "F", "amount": 300},
        {"agency": "B", "fund": "G", "amount": 500},
    ],
    "Initiatives": [
        {"initiative": "i", "theme": "t1", "area": "North", "lead": "A", "request": 500, "minimum": 10,
         "baseline": 300, "first": "Q1", "last": "Q2"},
        {"initiative": "j", "theme": "t2", "request": 700, "must_fund": "yes", "pace": 0.6},
        {"initiative": "k", "request": 90, "all_or_nothing": "yes"},
    ],
    "Partners": [
        {"initiative": "i", "agency": "A", "max_share": 0.7},
        {"initiative": "i", "agency": "B", "cost_factor": 1.1},
    ],
    "Costs": [
        {"initiative": "i", "category": "personnel", "share": 0.4},
        {"initiative": "i", "category": "own", "share": 0.6},
    ],
    "Categories": [{"category": "own", "object_class": "other", "in_base": "no"}],
    "Account codes": [
        {"of": "fund", "item": "F", "code": "101", "position": 2},
        {"of": "category", "item": "own", "code": "=52"},
        {"of": "credit", "item": "F", "code": "101-9"},
    ],
    "Staff": [
        {"agency": "A", "role": "analyst", "fte": 3, "releasable": 0.5, "cost_per_fte": 10, "hire_max": 1, "hire_cost": 20},
        {"agency": "A", "role": "analyst", "fte": 2, "period": "Q2"},
    ],
    "Needs": [
        {"initiative": "i", "role": "analyst", "fte": 1},
        {"initiative": "j", "role": "clerk", "fte": 1},
    ],
    "Substitutes": [
        {"role": "analyst", "can_do": "clerk", "rate": 0.5},
    ],
    "Outcomes": [
        {"initiative": "i", "outcome": "lives", "at_full": 5, "curve": "c"},
        {"initiative": "j", "outcome": "lives", "at_full": 3},
        {"initiative": "k", "outcome": "lives", "at_full": 1},
    ],
    "Curves": [
        {"curve": "c", "level": 0, "achieved": 0},
        {"curve": "c", "level": 0.5, "achieved": 0.8},
        {"curve": "c", "level": 1, "achieved": 1},
    ],
    "Priorities": [
        {"of": "outcome", "item": "lives", "weight": 2},
        {"of": "theme", "item": "t1", "weight": 1},
    ],
    "Performance": [
        {"of": "initiative", "item": "i", "measure": "m", "target": 5, "actual": 4},
        {"of": "agency", "item": "B", "measure": "m", "target": 5, "actual": 4, "better": "lower"},
    ],
    "Rules": [
        {"rule": "r1", "measure": "money", "where": "theme = t1", "per": "agency", "at_most": 0.5, "of": "amount"},
        {"rule": "r2", "kind": "formula", "where": "fund = F", "per": "area", "of": "0.5 population; base 0.25%"},
        {"rule": "r3", "kind": "count", "at_most": 2},
        {"rule": "r4", "kind": "requires", "where": "initiative = i", "of": "initiative = j"},
        {"rule": "r5", "kind": "average", "measure": "score", "at_least": 60},
        {"rule": "r6", "kind": "excludes", "where": "theme = t1"},
        {"rule": "r7", "kind": "match", "where": "fund = F", "at_least": 0.1, "per": "fund"},
        {"rule": "r8", "kind": "earned", "where": "fund = F", "per": "initiative", "of": "request"},
        {"rule": "r9", "measure": "staff", "per": "agency", "at_most": 0.4, "of": "fte", "hard": "no", "penalty": 3},
        {"rule": "r10", "measure": "lives", "at_least": 1},
        {"rule": "r11", "measure": "money", "at_most": 20, "of": "staff: role = analyst"},
    ],
    "Waivers": [
        {"rule": "r2", "granted_by": "the Director", "granted_on": "2026-01-05", "until": "2026-01-31", "note": "letter 7"},
    ],
    "Reviews": [
        {"initiative": "i", "reviewer": "Ann", "criterion": "need", "score": 70, "weight": 2},
        {"initiative": "i", "reviewer": "Ann", "criterion": "plan", "score": 55.5},
        {"initiative": "j", "reviewer": "Bob", "score": 90, "conflict": "yes"},
    ],
    "Scenarios": [
        {"scenario": "s", "sheet": "Funds", "where": "fund = F", "column": "amount", "change": "* 0.9"},
        {"scenario": "s", "sheet": "Rules", "where": "rule = r3", "column": "", "change": "remove"},
        {"scenario": "t", "sheet": "Agencies", "where": "agency = C", "column": "score", "change": "= 50"},
        {"scenario": "u", "sheet": "Periods", "where": "period = Q3", "column": "", "change": "remove"},
        {"scenario": "v", "sheet": "Case", "where": "setting = rounding", "column": "value", "change": "= 0.01"},
    ],
    "History": [
        {"initiative": "i", "year": 2020, "funding": 5, "outcome": "lives", "value": 3},
    ],
    "Actuals": [
        {"fund": "F", "initiative": "i", "agency": "A", "category": "own", "period": "Q1", "money": 20, "level": 0.1},
    ],
    "Uncertainty": [
        {"of": "fund", "item": "F", "column": "amount", "low": 500, "high": 1500},
        {"of": "initiative", "item": "i", "column": "request", "shape": "triangular", "low": 100, "high": 900},
        {"of": "staff", "item": "A", "detail": "analyst", "column": "fte", "low": 0.9, "high": 1.1, "measured": "factor"},
        {"of": "outcome", "item": "i", "detail": "lives", "column": "at_full", "shape": "normal", "low": 3, "high": 6},
        {"of": "agency", "item": "B", "column": "score", "low": 10, "high": 100},
    ],
}  # fmt: skip
