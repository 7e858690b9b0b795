"""Faults of rules that their cells show, as each kind reads them, without what the rest of the case means."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.case.checking.net import caught
from optimiser.case.faults import Fault
from optimiser.case.names import fold, fold_title
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.workbook import Tables
from optimiser.case.review_scores import initiative_scores
from optimiser.model.rules import KINDS, rule_of


def check_rules(tables: Tables) -> list[Fault]:
    """Ends that are crossed, and scores that no rule looks at."""
    return [
        *caught("Rules", lambda: crossed_ends(tables)),
        *caught("Outcomes", lambda: scores_without_effect(tables)),
    ]


def crossed_ends(tables: Tables) -> Iterator[Fault]:
    """Every active rule whose kind holds a sum between two numbers has the lower one below (R01)."""
    for row, record in enumerate(tables["Rules"].records()):
        rule = rule_of(record)
        kind, low, high = KINDS.get(rule.kind), rule.at_least, rule.at_most
        if kind is None or len(kind.needs) != 2 or not rule.active or low is None or high is None or low <= high:
            continue
        least, most = plain(low), plain(high)
        expected = f"at_least at most at_most, which is {most}"
        cure = f"lower at_least to {most}, or raise at_most to {least}"
        yield tables.place("Rules", "at_least").fault(row, "R01", least, expected, cure)


def scores_without_effect(tables: Tables) -> Iterator[Fault]:
    """Scores that differ count for something, or the case says that they do not (O03)."""
    if not any(tables["Outcomes"]["initiative"].tolist()) or _states(tables, "score_effect"):
        return
    at = [("Performance", "item", k) for k, of in enumerate(tables["Performance"]["of"].tolist()) if of == "initiative"]
    at += [("Initiatives", "score", k) for k in np.flatnonzero(initiative_scores(tables.tables) < 100).tolist()]
    if not at or _scores_are_used(tables):
        return
    sheet, column, row = at[0]
    found = "scores that count for nothing: with outcomes, the setting score_effect is none"
    expected = "scores that count, or the setting written on the sheet Case"
    cure = "write score_effect = proportional, which multiplies outcomes by score / 100, or score_effect = none"
    yield tables.place(sheet, column).warning(row, "O03", found, expected, cure)


def _states(tables: Tables, setting: str) -> bool:
    return fold_title(setting) in {fold_title(name) for name in tables["Case"]["setting"].tolist()}


def _scores_are_used(tables: Tables) -> bool:
    """Whether a rule or a fund looks at the score of an initiative: an average is of scores, where it says no more."""
    texts = tables["Funds"]["allowed"].tolist()
    for rule in map(rule_of, tables["Rules"].records()):
        if rule.active and (kind := KINDS.get(rule.kind)):
            if kind.averages_score(rule) or kind.rewards_score(rule):
                return True
            texts += [rule.where, rule.of, rule.per, rule.measure]
    plain = [fold(text).replace("agency.score", "").replace("agency.tier", "") for text in texts]
    return any("score" in text or "tier" in text for text in plain)
