"""Plain records -> a case with its defaults, scores and selections, in ordinary dicts. Written for reading, not for speed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Records = dict[str, list[dict[str, Any]]]
Row = dict[str, Any]


def fold(value: Any) -> str:
    """The form in which two names are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split()).casefold()


def title(name: str) -> str:
    """The form in which two titles of sheets or columns are the same."""
    return fold(name).replace(" ", "").replace("_", "")


def blank(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, float) and math.isnan(value))
    )


def number(value: Any, default: float | None = None) -> Any:
    """A number, or the default of a blank cell."""
    if blank(value):
        return default
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip()[:-1]) / 100
    return float(value)


def money(value: Any, default: float | None = None) -> Any:
    """As number; money under 1e-9 counts as 0."""
    read = number(value, default)
    return 0.0 if read is not None and abs(read) < 1e-9 else read


def flag(value: Any, default: bool = False) -> bool:
    return default if blank(value) else (value is True or fold(value) in ("yes", "true", "1"))


def name(value: Any) -> str:
    return "" if blank(value) else fold(value)


def records_of(path: str | Path) -> Records:
    """The records of a workbook, as its cells hold them."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    made: Records = {}
    for sheet in book.sheet_names:
        table = book.get_sheet_by_name(sheet).to_python()
        if table:
            heads = [str(h) for h in table[0]]
            made[sheet] = [dict(zip(heads, row, strict=True)) for row in table[1:]]
    return made


@dataclass
class Condition:
    """`column op value | value`: which dimension of a combination it looks at, and in which column."""

    dimension: str
    column: str
    op: str
    values: list[str]


@dataclass
class Rule:
    rule: str
    kind: str
    measure: str
    where: list[Condition]
    per: str
    at_least: float | None
    at_most: float | None
    of: str
    hard: bool
    penalty: float


@dataclass
class PlainCase:
    """Every sheet as dict key -> row of plain values, with all defaults filled in."""

    settings: dict[str, Any] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)
    areas: dict[str, Row] = field(default_factory=dict)
    agencies: dict[str, Row] = field(default_factory=dict)
    funds: dict[str, Row] = field(default_factory=dict)
    initiatives: dict[str, Row] = field(default_factory=dict)
    installment: dict[tuple[str, str], float] = field(default_factory=dict)
    contribution: dict[tuple[str, str], float] = field(default_factory=dict)
    partners: dict[str, dict[str, Row]] = field(default_factory=dict)
    cost_share: dict[str, dict[str, float]] = field(default_factory=dict)
    staff: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    need: dict[str, dict[str, float]] = field(default_factory=dict)
    rate: dict[tuple[str, str], float] = field(default_factory=dict)
    outcomes: dict[str, dict[str, Row]] = field(default_factory=dict)
    has_outcomes: bool = False
    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    weight: dict[tuple[str, str], float] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)

    def window(self, row: Row) -> list[str]:
        """The periods from `first` to `last` of a fund or an initiative."""
        first = self.periods.index(row["first"]) if row["first"] else 0
        last = self.periods.index(row["last"]) if row["last"] else len(self.periods) - 1
        return self.periods[first : last + 1]

    def inside(self, area: str, of: str) -> bool:
        """Whether an area is, or lies inside, another."""
        seen: set[str] = set()
        while area and area not in seen:
            if area == of:
                return True
            seen.add(area)
            area = self.areas[area]["parent"] if area in self.areas else ""
        return False

    def tier(self, initiative: str) -> str:
        for band in str(self.settings["tiers"]).split(","):
            label, least = band.split(">=")
            if self.initiatives[initiative]["score"] >= float(least):
                return fold(label)
        return ""

    # ---------------------------------------------------------------- selections

    def selection(self, text: str) -> list[Condition]:
        """The conditions of a selection; blank text has none."""
        made = []
        for part in _split(text, ";"):
            if not part.strip():
                continue
            found = re.match(r'\s*("[^"]*"|[^!=<>"]+?)\s*(!=|>=|<=|=|>|<)(.*)$', part, re.S)
            if not found:
                raise ValueError(f"not a selection: {text}")
            column, op, right = found.groups()
            values = [fold(v.strip().strip('"')) for v in _split(right, "|")]
            dimension, attribute = self._column(column.strip().strip('"'))
            made.append(Condition(dimension, attribute, op, values))
        return made

    def _column(self, column: str) -> tuple[str, str]:
        """(dimension, column): ("agency", "kind") for `agency.kind`, ("initiative", "theme") for `theme`."""
        known = {"fund", "agency", "initiative", "category", "period", "role"}
        place, dot, attribute = column.partition(".")
        if dot:
            return title(place), title(attribute)
        column = title(column)
        if column in known:
            return column, column
        if column in ("theme", "area", "lead", "score", "tier"):
            return "initiative", column
        holders = [
            dimension for dimension, rows in self._sheets().items() if any(column in row for row in rows.values())
        ]
        if len(holders) != 1:
            raise ValueError(f"column {column} is in {holders}")
        return holders[0], column

    def _sheets(self) -> dict[str, dict[str, Row]]:
        return {"initiative": self.initiatives, "agency": self.agencies, "fund": self.funds, "area": self.areas}

    def value(self, dimension: str, column: str, combination: dict[str, str]) -> Any:
        """What a combination such as {"fund": "f", "initiative": "i"} has in a column."""
        if dimension == "area":
            area = self.initiatives[combination["initiative"]]["area"]
            return self.areas[area].get(column, "") if area else ""
        if dimension not in combination:
            raise ValueError(f"{dimension} is not a column of {sorted(combination)}")
        key = combination[dimension]
        if column == dimension:
            return key
        if dimension == "initiative" and column == "tier":
            return self.tier(key)
        return self._sheets()[dimension][key].get(column, "")

    def holds(self, condition: Condition, combination: dict[str, str]) -> bool:
        found = self.value(condition.dimension, condition.column, combination)
        if blank(found):
            return condition.op == "!="
        if condition.op in ("=", "!="):
            equal = any(self._equal(condition, found, value) for value in condition.values)
            return equal == (condition.op == "=")
        return any(self._ordered(condition, found, value) for value in condition.values)

    def _equal(self, condition: Condition, found: Any, value: str) -> bool:
        if condition.column == "area":
            return self.inside(fold(found), value)
        if isinstance(found, float):
            try:
                return found == float(value)
            except ValueError:
                return False
        return fold(found) == value

    def _ordered(self, condition: Condition, found: Any, value: str) -> bool:
        if condition.dimension == "period":
            left, right = float(self.periods.index(found)), float(self.periods.index(value))
        elif isinstance(found, float):
            left, right = found, float(value)
        else:
            return False
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[condition.op]

    def selects(self, conditions: list[Condition], combination: dict[str, str]) -> bool:
        return all(self.holds(c, combination) for c in conditions)


def _split(text: str, separator: str) -> list[str]:
    """Split outside double quotes."""
    parts, quoted = [""], False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        if letter == separator and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


# -------------------------------------------------------------------- reading


def _attributes(row: Row, known: set[str]) -> Row:
    """Additional columns: numbers stay numbers, everything else is text."""
    made = {}
    for column, cell in row.items():
        if column not in known:
            made[column] = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell
    return made


def read(records: Records) -> PlainCase:
    """The case that plain records describe."""
    sheets = {title(s): [{title(c): v for c, v in row.items()} for row in rows] for s, rows in records.items()}
    case = PlainCase()

    def rows(sheet: str) -> list[Row]:
        return sheets.get(title(sheet), [])

    case.settings = {
        "objective": "impact",
        "tiers": "A>=80, B>=60, C>=0",
        "scoreeffect": "none",
        "poststep": 0.0,
    }
    for row in rows("Case"):
        if not blank(row.get("value")):
            case.settings[title(row["setting"])] = row["value"]

    case.periods = [name(row["period"]) for row in rows("Periods")] or ["fy"]

    for row in rows("Areas"):
        case.areas[name(row["area"])] = {
            **_attributes(row, {"area", "parent", "need"}),
            "parent": name(row.get("parent")),
            "need": money(row.get("need"), 0.0),
        }

    for row in rows("Agencies"):
        case.agencies[name(row["agency"])] = {
            **_attributes(row, {"agency", "area", "score", "minimum", "maximum"}),
            "area": name(row.get("area")),
            "score": number(row.get("score"), 100.0),
            "minimum": money(row.get("minimum"), 0.0),
            "maximum": money(row.get("maximum")),
        }

    for row in rows("Contributions"):
        key = (name(row["agency"]), name(row["fund"]))
        case.contribution[key] = money(row["amount"])

    for row in rows("Funds"):
        fund = name(row["fund"])
        paid_in = sum(amount for (_, f), amount in case.contribution.items() if f == fund)
        case.funds[fund] = {
            **_attributes(
                row,
                {
                    "fund",
                    "owner",
                    "amount",
                    "first",
                    "last",
                    "carryover",
                    "minspend",
                    "matchrate",
                    "canmatch",
                    "allowed",
                },
            ),
            "kind": row.get("kind") or "pooled",
            "owner": name(row.get("owner")),
            "amount": money(row.get("amount"), paid_in),
            "first": name(row.get("first")),
            "last": name(row.get("last")),
            "carryover": number(row.get("carryover"), 1.0),
            "minspend": number(row.get("minspend"), 0.0),
            "matchrate": number(row.get("matchrate"), 0.0),
            "canmatch": flag(row.get("canmatch")),
            "allowed": row.get("allowed") or "",
        }

    stated: set[str] = set()
    for row in rows("Installments"):
        fund = name(row["fund"])
        stated.add(fund)
        case.installment[fund, name(row["period"])] = money(row["amount"])
    for fund, row in case.funds.items():
        if fund not in stated:
            case.installment[fund, case.window(row)[0]] = row["amount"]

    known = {"initiative", "theme", "area", "lead", "request", "minimum", "maximum", "mustfund", "allornothing"}
    known |= {"pace", "first", "last", "baseline", "priority", "score"}
    for row in rows("Initiatives"):
        case.initiatives[name(row["initiative"])] = {
            **_attributes(row, known),
            "theme": name(row.get("theme")),
            "area": name(row.get("area")),
            "lead": name(row.get("lead")),
            "request": money(row.get("request")),
            "minimum": money(row.get("minimum"), 0.0),
            "maximum": money(row.get("maximum")),
            "mustfund": flag(row.get("mustfund")),
            "allornothing": flag(row.get("allornothing")),
            "pace": number(row.get("pace"), 1.0),
            "first": name(row.get("first")),
            "last": name(row.get("last")),
            "baseline": money(row.get("baseline"), 0.0),
            "priority": number(row.get("priority"), 1.0),
            "score": number(row.get("score"), 100.0),
        }

    _scores(case, rows("Performance"))

    def partner(row: Row) -> Row:
        return {
            "minshare": number(row.get("minshare"), 0.0),
            "maxshare": number(row.get("maxshare"), 1.0),
            "costfactor": number(row.get("costfactor"), 1.0),
            "effectiveness": number(row.get("effectiveness"), 1.0),
        }

    for row in rows("Partners"):
        case.partners.setdefault(name(row["initiative"]), {})[name(row["agency"])] = partner(row)
    for i, row in case.initiatives.items():
        if i not in case.partners:
            case.partners[i] = {a: partner({}) for a in ([row["lead"]] if row["lead"] else case.agencies)}

    _costs(case, rows("Costs"))
    for i in case.initiatives:
        case.cost_share.setdefault(i, {"general": 1.0})

    _people(case, rows("Staff"), rows("Needs"), rows("Substitutes"))

    case.has_outcomes = bool(rows("Outcomes"))
    for row in rows("Outcomes"):
        case.outcomes.setdefault(name(row["initiative"]), {})[name(row["outcome"])] = {
            "atfull": number(row["atfull"]),
            "curve": name(row.get("curve")),
        }
    for row in rows("Curves"):
        case.curves.setdefault(name(row["curve"]), []).append((number(row["level"]), number(row["achieved"])))
    for points in case.curves.values():
        points.sort()

    for row in rows("Priorities"):
        case.weight[name(row["of"]), name(row["item"])] = number(row["weight"])

    for row in rows("Rules"):
        if not flag(row.get("active"), True):
            continue
        kind = name(row.get("kind")) or "limit"
        case.rules.append(
            Rule(
                rule=str(row["rule"]),
                kind=kind,
                measure=name(row.get("measure")) or ("score" if kind == "average" else "money"),
                where=case.selection(str(row.get("where") or "")),
                per=name(row.get("per")),
                at_least=number(row.get("atleast")),
                at_most=number(row.get("atmost")),
                of=str(row.get("of") or "").strip(),
                hard=flag(row.get("hard"), True),
                penalty=number(row.get("penalty"), 0.0),
            )
        )
    return case


def _scores(case: PlainCase, performance: list[Row]) -> None:
    """score = 100 x weighted mean of the attainments; it overrides the column."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in performance:
        target, actual = number(row["target"]), number(row["actual"])
        over, under = (target, actual) if name(row.get("better")) == "lower" else (actual, target)
        attainment = 1.0 if under == 0 else min(1.0, max(0.0, over / under))
        found.setdefault((name(row["of"]), name(row["item"])), []).append((number(row.get("weight"), 1.0), attainment))
    for (of, item), marks in found.items():
        rows = case.initiatives if of == "initiative" else case.agencies
        rows[item]["score"] = 100 * sum(w * a for w, a in marks) / sum(w for w, _ in marks)


def _costs(case: PlainCase, rows: list[Row]) -> None:
    """Shares of the cost by category: as written, scaled where they were rounded, or from amounts."""
    for row in rows:
        case.cost_share.setdefault(name(row["initiative"]), {})[name(row["category"])] = 0.0
    for i, shares in case.cost_share.items():
        mine = [row for row in rows if name(row["initiative"]) == i]
        amounts = {name(row["category"]): number(row.get("amount")) for row in mine}
        if any(a is not None for a in amounts.values()):
            total = sum(amounts.values())
            if case.initiatives[i]["request"] is None:
                case.initiatives[i]["request"] = total
            shares.update({c: a / total if total else 1 / len(amounts) for c, a in amounts.items()})
            continue
        shares.update({name(row["category"]): number(row["share"]) for row in mine})
        total = sum(shares.values())
        if 1e-6 < abs(total - 1) <= 0.005 + 1e-12:
            shares.update({c: s / total for c, s in shares.items()})


def _people(case: PlainCase, staff: list[Row], needs: list[Row], substitutes: list[Row]) -> None:
    for overriding in (False, True):
        for row in staff:
            if blank(row.get("period")) == overriding:
                continue
            for t in [name(row["period"])] if overriding else case.periods:
                case.staff[name(row["agency"]), name(row["role"]), t] = {
                    "fte": number(row["fte"]),
                    "releasable": number(row.get("releasable"), 1.0),
                    "cost": money(row.get("costperfte"), 0.0),
                    "hiremax": number(row.get("hiremax"), 0.0),
                    "hirecost": money(row.get("hirecost"), 0.0),
                }
    for row in needs:
        case.need.setdefault(name(row["initiative"]), {})[name(row["role"])] = number(row["fte"])
    case.roles = {k for _, k, _ in case.staff} | {k for needed in case.need.values() for k in needed}
    for row in substitutes:
        case.rate[name(row["role"]), name(row["cando"])] = number(row.get("rate"), 1.0)
    case.roles |= {k for pair in case.rate for k in pair}
    for k in case.roles:
        case.rate[k, k] = 1.0
