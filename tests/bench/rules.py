"""How long a case with 10, 100 and 1,000 rules takes to compile and build: `python -m tests.bench.rules`.

The time must grow with the entries that the rules make, not with rules × columns.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from optimiser import verbs
from optimiser.case.case import Case
from optimiser.model.build import rule_blocks
from optimiser.model.rules import compile_rules
from optimiser.model.variables import Variables

SIZES = (10, 100, 1000)
KINDS = ("share", "amount", "per", "base", "staff", "average", "count", "requires", "match", "formula")


def records(rules: int, soft: bool = False, seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """A case of 200 initiatives, 10 agencies, 5 funds, 4 categories and 2 periods (80,000 spend columns) with rules.

    soft: every rule may be broken, at a penalty.
    """
    dice = Random(seed)
    names = [f"i{k:03}" for k in range(200)]
    agencies, funds = [f"a{k}" for k in range(10)], [f"f{k}" for k in range(5)]

    def rule(k: int) -> dict[str, Any]:
        some = "initiative = " + " | ".join(dice.sample(names, 4))
        kind = KINDS[k % len(KINDS)]
        rows: dict[str, dict[str, Any]] = {
            "share": {"where": f"{some} ; fund = {dice.choice(funds)}", "at_most": 0.5, "of": "amount"},
            "amount": {"where": f"{some} ; agency = {dice.choice(agencies)}", "at_least": 0, "at_most": 1e6},
            "per": {"where": f"{some} ; category = personnel", "per": "agency", "at_most": 1e5},
            "base": {"where": f"{some} ; category = travel", "at_most": 0.3, "of": some},
            "staff": {"measure": "staff", "where": some, "at_most": 50},
            "average": {"kind": "average", "where": some, "at_least": 20},
            "count": {"kind": "count", "where": some, "at_most": 3},
            "requires": {"kind": "requires", "where": some, "of": f"initiative = {dice.choice(names)}"},
            "match": {"kind": "match", "where": f"fund = f0 ; {some}", "at_least": 0.1},
            "formula": {"kind": "formula", "where": f"fund = f1 ; {some}", "per": "agency", "of": "size", "at_least": 1, "at_most": 9},
        }  # fmt: skip
        return {"rule": f"rule {k}", **rows[kind], **({"hard": "no", "penalty": 1} if soft else {})}

    return {
        "Periods": [{"period": "Q1"}, {"period": "Q2"}],
        "Agencies": [{"agency": a, "size": k + 1} for k, a in enumerate(agencies)],
        "Funds": [{"fund": f, "amount": 1e7, "can_match": "yes"} for f in funds],
        "Initiatives": [{"initiative": i, "request": 1e5 + k, "score": k % 100} for k, i in enumerate(names)],
        "Costs": [
            {"initiative": i, "category": c, "share": s}
            for i in names
            for c, s in (("personnel", 0.5), ("travel", 0.1), ("equipment", 0.2), ("general", 0.2))
        ],
        "Staff": [{"agency": a, "role": "officer", "fte": 50, "cost_per_fte": 100} for a in agencies],
        "Needs": [{"initiative": i, "role": "officer", "fte": 2} for i in names],
        "Rules": [rule(k) for k in range(rules)],
    }


def measure(case: Case) -> tuple[int, int, float, float]:
    """Rows and entries that the rules make, seconds to compile them, seconds to turn them into rows."""
    started = time.perf_counter()
    compiled = compile_rules(case.facts)
    seconds = time.perf_counter() - started
    variables = Variables(case.facts, compiled)
    variables.entries()["money", -1].groups("initiative")  # sorted once, whatever the number of rules
    started = time.perf_counter()
    blocks = list(rule_blocks(variables, compiled, {}))
    made = time.perf_counter() - started
    return sum(len(b.lower) for b in blocks), sum(len(b.value) for b in blocks), seconds, made


def main() -> None:
    """Print one line for each number of rules."""
    print(f"{'rules':>11} {'rows':>7} {'entries':>9} {'compile s':>10} {'rows s':>8} {'ms/rule':>8} {'µs/entry':>9}")
    for soft in (False, True):
        for rules in SIZES:
            case = verbs.case_from(records(rules, soft))
            rows, entries, seconds, made = min((measure(case) for _ in range(3)), key=lambda m: m[2] + m[3])
            name, each = f"{rules} {'soft' if soft else 'hard'}", 1e3 * (seconds + made) / rules
            print(
                f"{name:>11} {rows:7} {entries:9} {seconds:10.3f} {made:8.3f} {each:8.2f} {1e6 * made / entries:9.3f}"
            )


if __name__ == "__main__":
    main()
