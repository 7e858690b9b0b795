"""A plan's tables as the rules' evaluator takes them: for each measure, what its lines amount to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import FUNDED
from optimiser.model.rules.terms import Entries
from optimiser.plan.lines import DecisionLines, decode


def plan_entries(facts: Facts, tables: Mapping[str, Table]) -> dict[tuple[str, int], Entries]:
    """(measure, outcome) -> entries of the plan, for every measure and every outcome of the case (-1: no outcome).

    money and match in money, staff in FTE·periods, in kind in money, level in shares of scope, an outcome in its own
    unit, funded 1 for each initiative whose level is above 1e-9. Lines that cannot be read are left out.
    """
    return entries_of(facts, decode(facts, tables))


def entries_of(facts: Facts, decision: DecisionLines) -> dict[tuple[str, int], Entries]:
    """As plan_entries, from the decoded tables."""
    spend, posts, hires, levels = decision.spend, decision.posts, decision.hires, decision.levels
    staff = ("agency", "role", "initiative", "period")
    level = decision.levels_of(facts)
    funded = np.flatnonzero(level > FUNDED).astype(np.int32)
    in_kind = posts.amount * facts.cost_per_fte[posts.codes["agency"], posts.codes["role"], posts.codes["period"]]
    source = decision.match.codes["source"]
    source = np.where(source < 0, facts.size("fund"), source).astype(np.int32)
    made = {
        ("money", -1): Entries(spend.codes, spend.amount),
        ("staff", -1): Entries(
            {d: np.concatenate([posts.codes[d], hires.codes[d]]) for d in staff},
            np.concatenate([posts.amount, hires.amount]),
        ),
        ("in kind", -1): Entries({d: posts.codes[d] for d in staff}, in_kind),
        ("level", -1): Entries(levels.codes, levels.amount),
        ("funded", -1): Entries({"initiative": funded}, np.ones(len(funded))),
        ("match", -1): Entries({**decision.match.codes, "source": source}, decision.match.amount),
    }
    amount = facts.at_full * facts.achieved(effects(facts, decision))
    for k in range(len(facts.outcomes)):
        rows = np.flatnonzero(facts.outcome_of == k)
        made["outcome", k] = Entries({"initiative": facts.outcome_initiative[rows]}, amount[rows])
    return made


def effects(facts: Facts, decision: DecisionLines) -> Array:
    """[I]: effect of each initiative, Σ effectiveness × level; what no partner delivers has none."""
    initiative, agency = decision.levels.codes["initiative"], decision.levels.codes["agency"]
    place = partner_places(facts, initiative, agency)
    effectiveness = np.append(facts.effectiveness, 0.0)[place]
    return np.bincount(initiative, effectiveness * decision.levels.amount, facts.size("initiative"))


def partner_places(facts: Facts, initiative: Array, agency: Array) -> Array:
    """Where each pair of initiative and agency stands among the partners; -1 where the agency is none."""
    agencies = facts.size("agency")
    pairs = facts.partner_initiative.astype(np.int64) * agencies + facts.partner_agency
    if not len(pairs):
        return np.full(len(initiative), -1)
    wanted = initiative.astype(np.int64) * agencies + agency
    place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    return np.asarray(np.where(pairs[place] == wanted, place, -1))
