"""Participatory budgets by us and by pabutools (`pip install -r tests/bench/requirements.txt`): `make bench ARGS=budgets`.

Made-up elections: projects with a cost, voters who approve of some, money for three tenths of it all. Both look for the projects
with the most approvals that the money pays for, each in whole or not at all; where pabutools' CBC and our proof differ, we are
told. Seconds are the processor's, of a process each, imports included, from the votes to the answer; ours is proven and checked.
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
from collections import Counter
from random import Random
from typing import NamedTuple

SIZES, VOTERS = (20, 50, 100, 200, 400), 500


class Election(NamedTuple):
    """costs: project to its cost; ballots: the projects of which each voter approves; money: what there is."""

    costs: dict[str, int]
    ballots: list[list[str]]
    money: int


def election(projects: int) -> Election:
    """A made-up one of so many projects."""
    dice = Random(projects)
    costs = {f"project {n}": dice.randint(5, 900) * 100 for n in range(projects)}
    names = list(costs)
    liked = [dice.random() ** 2 for _ in names]
    ballots = [dice.choices(names, liked, k=dice.randint(1, 10)) for _ in range(VOTERS)]
    return Election(costs, [sorted(set(ballot)) for ballot in ballots], sum(costs.values()) * 3 // 10)


def ours(vote: Election) -> int:
    """Approvals of the plan's projects, proven to be the most."""
    import optimiser

    approvals = Counter(name for ballot in vote.ballots for name in ballot)
    city = "City"
    plan = optimiser.solve(
        optimiser.case_from(
            {
                "Funds": [{"fund": "Budget", "amount": vote.money}],
                "Agencies": [{"agency": city}],
                "Initiatives": [
                    {"initiative": p, "request": cost, "lead": city, "all_or_nothing": "yes"}
                    for p, cost in vote.costs.items()
                ],
                "Outcomes": [{"initiative": p, "outcome": "approvals", "at_full": approvals[p]} for p in vote.costs],
            }
        )
    )
    assert plan.status == "optimal", plan.status
    awards = plan.tables["Awards"].records()
    return sum(approvals[row["initiative"]] for row in awards if row["award"])


def pabutools(vote: Election) -> int:
    """Approvals of what pabutools takes, by its linear program."""
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cardinality_Sat, Instance, Project
    from pabutools.rules import max_additive_utilitarian_welfare

    projects = {name: Project(name, cost) for name, cost in vote.costs.items()}
    instance = Instance(projects.values(), budget_limit=vote.money)
    profile = ApprovalProfile([ApprovalBallot(projects[p] for p in ballot) for ballot in vote.ballots])
    taken = {p.name for p in max_additive_utilitarian_welfare(instance, profile, sat_class=Cardinality_Sat)}
    return sum(name in taken for ballot in vote.ballots for name in ballot)


WAYS = {"ours": ours, "pabutools": pabutools}


def budgets() -> None:
    """One line for each size: seconds and approvals by each."""
    ways = [way for way in WAYS if way == "ours" or importlib.util.find_spec(way) is not None]
    for size in SIZES:
        said = []
        for way in ways:
            command = [sys.executable, "-m", "tests.bench.budgets", way, str(size)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, approvals = ran.stdout.split()[-2:]
            said.append(f"{way} {float(seconds):.2f} s, {approvals} approvals")
        print(f"{size} projects: {'; '.join(said)}", flush=True)


if __name__ == "__main__":
    found = WAYS[sys.argv[1]](election(int(sys.argv[2])))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(u.ru_utime + u.ru_stime for u in used), found)
