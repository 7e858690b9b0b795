"""What the first and the last sheet of a plan's workbook say: the finding in words and figures, and the proof."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import count, takewhile
from typing import Any

from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import written
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.sheets import letters
from optimiser.case.reading.which import SOLVED_IN
from optimiser.case.spec import SETTINGS
from optimiser.case.table import Table
from optimiser.plan.derive import IN_FULL, NOT_FUNDED
from optimiser.plan.digest import settled_number
from optimiser.plan.lines import decode
from optimiser.plan.tables import SPEC, Plan, Proof, Stage
from optimiser.report.documents.report_sheets import CellFormula, SheetLine
from optimiser.report.documents.result_json import unspent
from optimiser.report.words import headline, quality, rules_kept

CERTIFICATE = "certificate"
"""Key of the rows of Proof that hold what proves the bound, in pieces."""


def summary_lines(plan: Plan, tables: Mapping[str, Table]) -> list[SheetLine]:
    """The Summary sheet. tables: those that the workbook holds; the figures are formulas over their sheets."""
    lines = [
        SheetLine((plan.case.settings.name or "Plan",), "title"),
        SheetLine((headline(plan),), "headline"),
        SheetLine((quality(plan),)),
        SheetLine((rules_kept(plan),)),
        SheetLine((impact.meaning(plan.case),)),
        *(SheetLine((note,)) for note in plan.notes),
        SheetLine(()),
    ]
    lines += _figures(plan, tables, len(lines) + 1)
    lines.append(SheetLine(()))
    lines += _funds(plan, tables, len(lines) + 1)
    lines.append(SheetLine(()))
    versions = ", ".join(f"{name} {number}" for name, number in plan.versions.items())
    lines += [
        SheetLine(("How it was made",), "head"),
        SheetLine(("Inputs (SHA-256)", plan.case.sha256)),
        SheetLine(("Solver", plan.solver)),
        SheetLine(("Versions", versions)),
    ]
    return lines


def _area(tables: Mapping[str, Table], sheet: str, column: str) -> str:
    """The cells of a column, as a formula names them."""
    letter = letters(SPEC[sheet].names.index(column) + 1)
    return f"{sheet}!${letter}$2:${letter}${len(tables[sheet]) + 1}"


def _sum(tables: Mapping[str, Table], sheet: str, column: str) -> CellFormula | float:
    values = tables[sheet][column].tolist()
    return CellFormula(f"=SUM({_area(tables, sheet, column)})", math.fsum(values)) if values else 0.0


def _count(tables: Mapping[str, Table], condition: str) -> CellFormula | float:
    states = tables["Awards"]["state"].tolist()
    right = {
        f'"{IN_FULL}"': states.count(IN_FULL),
        f'"<>{NOT_FUNDED}"': len(states) - states.count(NOT_FUNDED),
        '"*"': len(states),
    }[condition]
    return CellFormula(f"=COUNTIF({_area(tables, 'Awards', 'state')},{condition})", right) if states else 0.0


def _figures(plan: Plan, tables: Mapping[str, Table], first: int) -> Iterator[SheetLine]:
    """The figures, from this row on."""
    money, currency = _money(plan), plan.case.settings.currency
    arrives, spent = _sum(tables, "Balances", "installment"), _sum(tables, "Spend", "money")
    left = CellFormula(f"=B{first + 1}-B{first + 2}", _value(arrives) - _value(spent))
    yield SheetLine(("In figures", "", "unit"), "head")
    for label, value, unit, shown in (
        ("Money of all funds", arrives, currency, money),
        ("Spent", spent, currency, money),
        ("Not spent", left, currency, money),
        ("Initiatives", _count(tables, '"*"'), "", "#,##0"),
        ("Funded", _count(tables, f'"<>{NOT_FUNDED}"'), "", "#,##0"),
        ("Funded in full", _count(tables, f'"{IN_FULL}"'), "", "#,##0"),
        ("People", _people(plan, tables, "Posts", "Hires"), "FTE on average", "#,##0.0"),
        ("Of them hired", _people(plan, tables, "Hires"), "FTE on average", "#,##0.0"),
        ("Impact", _sum(tables, "Awards", "impact"), impact.title(plan.case), "#,##0.0"),
    ):
        yield SheetLine((label, value, unit), "", ("", shown))


def _people(plan: Plan, tables: Mapping[str, Table], *sheets: str) -> CellFormula | float:
    """FTE of these sheets on average over the periods."""
    filled, periods = [sheet for sheet in sheets if len(tables[sheet])], plan.case.facts.size("period")
    areas = "+".join(f"SUM({_area(tables, sheet, 'fte')})" for sheet in filled)
    value = math.fsum(v for sheet in filled for v in tables[sheet]["fte"].tolist()) / periods
    return CellFormula(f"=({areas})/{periods}", value) if filled else 0.0


def _value(figure: CellFormula | float) -> float:
    return figure.value if isinstance(figure, CellFormula) else figure


def _funds(plan: Plan, tables: Mapping[str, Table], first: int) -> Iterator[SheetLine]:
    """What each fund has, spends and keeps, from this row on."""
    money, facts = _money(plan), plan.case.facts
    spends, kept = decode(facts, tables).spend.float_sums("fund", facts.size("fund")).tolist(), unspent(plan)
    yield SheetLine(("fund", "amount", "spent", "not spent"), "head")
    for k, name in enumerate(facts.names["fund"]):
        row, amount = first + 1 + k, float(facts.amount[k])
        spent: CellFormula | float = 0.0
        if len(tables["Spend"]):
            # Not SUMIF, which would take a fund's name for a pattern.
            named = f"({_area(tables, 'Spend', 'fund')}=A{row})*{_area(tables, 'Spend', 'money')}"
            spent = CellFormula(f"=SUMPRODUCT({named})", spends[k])
        yield SheetLine(
            (name, amount, spent, CellFormula(f"=B{row}-C{row}", kept[name])), "", ("", money, money, money)
        )


def _money(plan: Plan) -> str:
    return "#,##0" if plan.proof.whole and plan.case.settings.rounding == 1 else "#,##0.00"


def proof_rows(plan: Plan) -> list[tuple[str, Any]]:
    """What Proof says before the hashes of the sheets: how good and how sure the answer is, and what made it."""
    proof, settings = plan.proof, plan.case.settings
    rows: list[tuple[str, Any]] = [
        ("status", plan.status),
        ("objective", plan.objective),
        ("bound", plan.bound),
        ("gap", plan.gap),
        ("impact", plan.impact),
        ("dual_bound", proof.dual_bound),
        ("exact_bound", "yes" if proof.exact_bound else "no"),
        ("largest_violation", proof.largest_violation),
        ("whole", "yes" if proof.whole else "no"),
        ("ties", proof.ties),
    ]
    for k, stage in enumerate(plan.stages, 1):
        rows.append((f"stage {k}", stage.objective))
        rows += [(f"stage {k} {part}", getattr(stage, part)) for part in ("best", "bound", "within", "achieved")]
    rows += [(f"size {part}", count) for part, count in plan.size.items()]
    rows.append(("solver", plan.solver))
    rows += [(f"version {name}", number) for name, number in plan.versions.items()]
    objective = " > ".join(
        o.name + (f" within {written(o.within, share=True)}" if o.within else "") for o in settings.objective
    )
    stated = {s.name: getattr(settings, s.name) for s in SETTINGS if s.name not in ("name", "objective", "tiers")}
    rows.append(("setting objective", objective))
    rows += [(f"setting {name}", value) for name, value in stated.items() if value is not None]
    rows += [(f"{SOLVED_IN} {k}", name) for k, name in enumerate(plan.case.applied, 1)]
    rows.append(("inputs_sha256", plan.case.sha256))
    rows += [(f"note {k}", note) for k, note in enumerate(plan.notes, 1)]
    if plan.status == "stopped":
        rows.append(("seconds", plan.seconds.get("solve", 0.0)))
        rows += [(key, "yes" if plan.extra.get(key, key == "early") else "no") for key in ("early", "fractions")]
    if plan.extra.get("cross_checked"):
        rows.append(("cross_checked", "yes"))
    rows += [(f"{CERTIFICATE} {k}", piece) for k, piece in enumerate(plan.extra.get("certificate", ()), 1)]
    return [(key, _finite(value)) for key, value in rows]


def plan_as_proven(case: Case, tables: Mapping[str, Table], proof: Mapping[str, Any]) -> Plan:
    """The plan that stands in a workbook: its tables, and what the rows of Proof say of them and of the scenarios in it."""

    def number(key: str) -> float | None:
        value = proof.get(key)
        return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None

    def words(prefix: str) -> dict[str, str]:
        return {key.removeprefix(prefix): as_text(v) for key, v in proof.items() if key.startswith(prefix)}

    def stage(k: int) -> Stage:
        best, bound, within, achieved = (
            number(f"stage {k} {part}") for part in ("best", "bound", "within", "achieved")
        )
        known = [math.nan if v is None else v for v in (best, bound, within, achieved)]
        return Stage(as_text(proof[f"stage {k}"]), *known)

    numbers = takewhile(lambda k: f"stage {k}" in proof, count(1))
    is_whole, exact_bound = (as_text(proof.get(key, "")) == "yes" for key in ("whole", "exact_bound"))
    return Plan(
        case=case.warned(case.warnings, tuple(words(f"{SOLVED_IN} ").values())),
        status=as_text(proof.get("status", "")),
        objective=number("objective"),
        bound=number("bound"),
        gap=number("gap"),
        impact=number("impact"),
        stages=tuple(stage(k) for k in numbers),
        tables=tables,
        proof=Proof(
            number("largest_violation") or 0.0,
            number("dual_bound"),
            number("gap"),
            is_whole,
            as_text(proof.get("ties", "")),
            exact_bound,
        ),
        size={part: int(number(f"size {part}") or 0) for part in words("size ")},
        seconds={"solve": number("seconds") or 0.0},
        versions=words("version "),
        solver=as_text(proof.get("solver", "")),
        notes=tuple(words("note ").values()),
        extra={
            "early": as_text(proof.get("early", "yes")) == "yes",
            "fractions": as_text(proof.get("fractions", "no")) == "yes",
            "cross_checked": as_text(proof.get("cross_checked", "")) == "yes",
            "certificate": tuple(words(f"{CERTIFICATE} ").values()),
        },
    )


def _finite(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "none"
    return settled_number(value) if isinstance(value, float) else value
