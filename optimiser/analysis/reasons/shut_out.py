"""Why nothing can reach an initiative at all, where it is no limit that ends it: nobody may pay for it, or nobody can do it."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.readable import listed
from optimiser.model.matrix import Model


def shut_out(facts: Facts, model: Model, i: int) -> str:
    """What is missing, as a clause without a full stop; "" where everything is there that it needs."""
    return ", and ".join(clause for clause in (_unpaid(facts, model, i), _nobody(facts, model, i)) if clause)


def _unpaid(facts: Facts, model: Model, i: int) -> str:
    costs = (facts.cost_initiative == i) & (facts.cost_share > 0)
    if facts.request[i] <= 0 or not costs.any():
        return ""
    if not (facts.fund_open.any(axis=0) & facts.active[i]).any():
        return "no fund is open in the periods in which it may spend"
    spend = model.columns["spend"].keys
    paid = np.unique(spend["category"][spend["initiative"] == i])
    asked = np.unique(facts.cost_category[costs])
    unpaid = np.setdiff1d(asked, paid)
    if len(unpaid) == len(asked):
        return "no fund may pay for it"
    names = [facts.names["category"][c] for c in unpaid.tolist()]
    return f"no fund may pay for its {listed(names, 'or')}" if names else ""


def _nobody(facts: Facts, model: Model, i: int) -> str:
    post, hire = model.columns["post"].keys, model.columns["hire"].keys
    there = {*post["fills"][post["initiative"] == i].tolist(), *hire["role"][hire["initiative"] == i].tolist()}
    roles = [k for k in np.flatnonzero(facts.need[i] > 0).tolist() if k not in there]
    names = [facts.names["role"][k] for k in roles]
    return f"nobody can be posted or hired as {listed(names, 'or')}" if names else ""
