"""Settings of the Case sheet: objectives in order, tiers, rounding and the rest, as one frozen record."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import plain, read_amount
from optimiser.case.reading.cells import Place, as_text, expectation
from optimiser.case.spec import SETTINGS, Column
from optimiser.case.table import Table
from optimiser.case.tolerances import GAP

OBJECTIVES = ("impact", "fairness", "coverage", "stability", "thrift")


@dataclass(frozen=True)
class Objective:
    """One objective, and the share of its best value (0.02 = 2%) that it may give up to the later ones."""

    name: str
    within: float = 0.0


@dataclass(frozen=True)
class Tier:
    """A band of the score: `low` is the least score (0 to 100) that belongs to it."""

    name: str
    low: float


@dataclass(frozen=True)
class Settings:
    """Settings of a case. rounding: unit of spend lines in money (0: none); post_step: unit of posts and hires in FTE
    (0: any fraction); gap: relative; time_limit: seconds; quorum: votes (None: half the members); majority: share of the
    votes that approval must exceed; reviews: how scores of several reviewers become one."""

    name: str = ""
    currency: str = "USD"
    objective: tuple[Objective, ...] = (Objective("impact"),)
    rounding: float = 1.0
    post_step: float = 0.0
    tiers: tuple[Tier, ...] = (Tier("A", 80.0), Tier("B", 60.0), Tier("C", 0.0))
    score_effect: str = "none"
    gap: float = GAP
    time_limit: float = 300.0
    quorum: float | None = None
    majority: float = 0.5
    reviews: str = "mean"


def setting_in(records: Iterable[Mapping[str, Any]], name: str) -> str:
    """What plain records of the sheet Case say of a setting, as it is written; "" where they say nothing."""
    said = (r.get("value") for r in records if fold_title(str(r.get("setting", ""))) == name)
    return next((str(value) for value in said if value not in (None, "")), "")


def parse_objective(written: str) -> tuple[Objective, ...]:
    """Objectives in order, from `impact within 2% > fairness > stability`.

    Raises ValueError, with a sentence that says what is wrong, where the text is no such list.
    """
    found: list[Objective] = []
    for part in written.split(">"):
        match = re.fullmatch(r"\s*([^\W\d]+)(?:\s+within\s+(\S+?)\s*(%?))?\s*", part, re.IGNORECASE)
        if not match:
            example = "impact within 2% > fairness"
            raise ValueError(f"{shown(part.strip())} is no objective: write objectives joined by >, such as {example}")
        name = fold(match[1])
        if name not in OBJECTIVES:
            near = nearest(name, OBJECTIVES)
            raise ValueError(f"{shown(match[1])} is no objective: write {near or 'one of ' + ', '.join(OBJECTIVES)}")
        if any(o.name == name for o in found):
            raise ValueError(f"{name} stands twice: name each objective once")
        within = 0.0
        if match[2] is not None:
            try:
                within = float(match[2]) / (100 if match[3] else 1)
            except ValueError:
                within = math.nan
            if not 0 <= within <= 1:
                raise ValueError(f"{shown(match[2] + match[3])} is no share: write how much it may give up, such as 2%")
        found.append(Objective(name, within))
    return tuple(found)


def parse_tiers(written: str) -> tuple[Tier, ...]:
    """Tiers, best first, from `A>=80, B>=60, C>=0`.

    Raises ValueError, with a sentence that says what is wrong. Tiers are listed from best to least; a score
    below the last one has no tier.
    """
    found: list[Tier] = []
    for part in re.split(r"[,;]", written):
        match = re.fullmatch(r"\s*([^<>=]*[^<>=\s])\s*(?:>=|≥)\s*([\d.]+)\s*", part)
        try:
            low = float(match[2]) if match else math.nan
        except ValueError:
            low = math.nan
        if not match or not 0 <= low <= 100:
            example = "write a name, >= and a score from 0 to 100, such as A>=80"
            raise ValueError(f"{shown(part.strip())} is no tier: {example}")
        if any(fold(t.name) == fold(match[1]) for t in found):
            raise ValueError(f"the tier {match[1]} stands twice: name each tier once")
        if found and low >= found[-1].low:
            raise ValueError(f"{match[1]} must begin below {found[-1].name}: list the tiers from best to least")
        found.append(Tier(match[1], low))
    return tuple(found)


def read_settings(table: Table, where: Callable[[int], Place] | Place | None = None) -> tuple[Settings, list[Fault]]:
    """Settings from the records of the Case sheet, and what is wrong with them (unknown names, bad values).

    where: the place of the column `value`, for the cell addresses in the faults. Setting names are compared as
    titles are: case, spaces and underscores do not matter.
    """
    place = where if isinstance(where, Place) else Place("Case", "value", "", table.rows.tolist())
    known = {fold_title(s.name): s for s in SETTINGS}
    settings, faults = Settings(), []
    for i, (name, value) in enumerate(table.each("setting", "value")):
        setting = known.get(fold_title(name))
        if setting is None:
            if name:
                near = nearest(name, (s.name for s in SETTINGS))
                cure = f"write {shown(near)}" if near else "remove the row"
                expected = "one of the settings " + ", ".join(s.name for s in SETTINGS)
                faults.append(place.fault(i, "V04", name, expected, cure))
            continue
        if value == "" and isinstance(value, str):
            continue  # reported as a blank
        made, problem = _value(setting, value)
        if problem is None:
            settings = replace(settings, **{setting.name: made})
        else:
            faults.append(place.fault(i, problem[0], as_text(value), problem[1], problem[2], problem[3]))
            if problem[3] == "warning":
                settings = replace(settings, **{setting.name: made})
    return settings, faults


Problem = tuple[str, str, str, str]
"""Code, what was expected, the cure, and the level."""


def _value(setting: Column, value: Any) -> tuple[Any, Problem | None]:
    """A setting's value as its type asks, and what is wrong with it."""
    if setting.name in ("objective", "tiers"):
        parse: Callable[[str], Any] = parse_objective if setting.name == "objective" else parse_tiers
        try:
            return parse(as_text(value)), None
        except ValueError as problem:
            example = "objectives in order" if setting.name == "objective" else "tiers from best to least"
            return None, ("V05", example, str(problem), "error")
    if setting.name in _STEPS:
        return _step(setting.name, value)
    if setting.type == "text":
        return as_text(value), None
    if setting.type == "choice":
        chosen = next((c for c in setting.choices if fold(c) == fold(as_text(value))), None)
        near = nearest(as_text(value), setting.choices) or setting.choices[0]
        return chosen, None if chosen is not None else ("V05", expectation(setting), f"write {shown(near)}", "error")
    return _number(setting, value)


def _number(setting: Column, value: Any) -> tuple[float, Problem | None]:
    wanted, problem = expectation(setting), None
    number = float(value) if isinstance(value, float | int) and not isinstance(value, bool) else math.nan
    if isinstance(value, str):
        reading = read_amount(value, percent=True)
        number, problem = reading.value, (reading.code, wanted, reading.cure, reading.level)
    if math.isnan(number):
        return number, problem or ("V05", wanted, "write a number", "error")
    if not setting.low <= number <= setting.high or math.isinf(number):
        return number, ("V05", wanted, f"write {wanted}", "error")
    return number, problem


_STEPS: dict[str, tuple[dict[str, str], str, str]] = {
    "rounding": (
        {"none": "0", "cents": "0.01", "whole units": "1"},
        "1 (whole units), 0.01 (cents) or 0 (none)",
        "write 1, 0.01 or 0",
    ),
    "post_step": (
        {"none": "0", "any": "0", "halves": "0.5", "whole people": "1"},
        "0 (any fraction), 0.5 (halves) or 1 (whole people)",
        "write 0, 0.5 or 1",
    ),
}
"""Settings that are one of a few numbers: words for them, what is expected, and the cure."""


def _step(name: str, value: Any) -> tuple[float, Problem | None]:
    words, expected, cure = _STEPS[name]
    written = fold(as_text(value))
    written = words.get(written, written)
    known = {plain(float(choice)): float(choice) for choice in words.values()}
    made = known.get(plain(float(written)) if re.fullmatch(r"\d*[.]?\d+", written) else "", math.nan)
    return made, ("V05", expected, cure, "error") if math.isnan(made) else None
