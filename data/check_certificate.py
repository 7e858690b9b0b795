"""Checks that a plan is best, with Python's standard library alone: python check_certificate.py FILE.json

The file is what `optimiser verify PLAN.xlsx --certificate FILE.json` writes; docs/certificate.md says what it holds and why
this proves it. Every number is taken as the exact fraction that it is. Ends with 0 where it is proved, with 1 where not.
"""

import json
import sys
from fractions import Fraction

LARGEST_GAP = Fraction(1, 10**9)
LEAST = Fraction(1, 10**6)  # a plan worth less is worth nothing, and so is what it misses up to this


def exact(value):
    return None if value is None else Fraction(value)


def check(program):
    """The least that any plan can cost, as a fraction. Raises ValueError where the certificate does not prove one."""
    cost = [Fraction(c) for c in program["cost"]]
    lower, upper = [exact(v) for v in program["lower"]], [exact(v) for v in program["upper"]]
    row_lower, row_upper = [exact(v) for v in program["row_lower"]], [exact(v) for v in program["row_upper"]]
    rows = [[(j, Fraction(a)) for j, a in row] for row in program["rows"]]
    steps = {j: Fraction(step) for j, step in program["integer"]}
    for j, i, side in program["narrowed"]:
        narrow(lower, upper, dict(rows[i]), (row_upper if side > 0 else row_lower)[i], j, side)
    leaves, boxes = program["leaves"], []
    for leaf in leaves:
        box = {j: (lower[j], upper[j]) for j in steps}
        box.update({j: (Fraction(low), Fraction(high)) for j, low, high in leaf["switches"] if j in steps})
        boxes.append(box)
    if not leaves or not covered({j: (lower[j], upper[j]) for j in steps}, boxes, steps):
        raise ValueError("the leaves do not cover every setting of the switches")
    found = []
    for box, leaf in zip(boxes, leaves, strict=True):
        low, high = list(lower), list(upper)
        for j, (a, b) in box.items():
            low[j], high[j] = a, b
        proved = [bound(cost, rows, row_lower, row_upper, low, high, prices) for prices in (leaf["prices"], [])]
        if proved == [None, None]:
            raise ValueError("a leaf's prices lean on a limit that is not there")
        found.append(max(p for p in proved if p is not None))
    return min(found)


def narrow(lower, upper, row, limit, j, side):
    """The upper limit of column j as one row leaves it, when the others in that row are as far away as they may be."""
    others = [(a * side, lower[k] if a * side > 0 else upper[k]) for k, a in row.items() if k != j]
    if limit is None or row.get(j, 0) * side <= 0 or any(far is None for _, far in others):
        raise ValueError(f"column {j} is narrowed by what does not limit it")
    room = (limit * side - sum(a * far for a, far in others)) / (row[j] * side)
    room = max(room, lower[j])
    upper[j] = room if upper[j] is None else min(upper[j], room)


def bound(cost, rows, row_lower, row_upper, low, high, prices):
    """What no plan within these limits can cost less than, whatever the prices are; None where they bound nothing."""
    left, total = list(cost), Fraction(0)
    for i, price in prices:
        price = Fraction(price)
        limit = row_lower[i] if price > 0 else row_upper[i]
        if limit is None:  # a price towards a limit that is not there counts as none
            continue
        total += price * limit
        for j, a in rows[i]:
            left[j] -= price * a
    for j, rest in enumerate(left):
        if rest:
            limit = low[j] if rest > 0 else high[j]
            if limit is None:
                return None
            total += rest * limit
    return total


def covered(whole, boxes, steps):
    """Whether every point (whole steps in each switch) of `whole` lies in a box. Cuts where most boxes end."""
    near = [b for b in boxes if all(b[j][0] <= whole[j][1] and b[j][1] >= whole[j][0] for j in whole)]
    if any(all(b[j][0] <= whole[j][0] and b[j][1] >= whole[j][1] for j in whole) for b in near):
        return True
    cuts = {}
    for b in near:
        for j, (low, high) in whole.items():
            if b[j][1] < high:
                at = b[j][1] // steps[j] * steps[j]
                cuts[j, at] = cuts.get((j, at), 0) + 1
            if b[j][0] > low:
                at = -(-b[j][0] // steps[j]) * steps[j] - steps[j]
                cuts[j, at] = cuts.get((j, at), 0) + 1
    if not cuts:
        return False
    j, at = max(cuts, key=lambda cut: (cuts[cut], cut))
    below, above = {**whole, j: (whole[j][0], at)}, {**whole, j: (at + steps[j], whole[j][1])}
    halves = [half for half in (below, above) if half[j][0] <= half[j][1]]
    return all(covered(half, near, steps) for half in halves)


def main(path):
    with open(path, encoding="utf-8") as file:
        program = json.load(file)
    try:
        least = check(program)
    except ValueError as wrong:
        print(f"Not proved: {wrong}.")
        return 1
    value = Fraction(program["value"])
    missing = value - least
    enough = LEAST if abs(value) < LEAST else LARGEST_GAP * max(1, abs(least))
    print(f"No plan costs less than {float(least)!r}. This one costs {float(value)!r}.")
    if -missing > enough:
        print("Not proved: the plan cannot cost as little as that.")
        return 1
    if missing > enough:
        print(f"A better plan by up to {float(missing)!r} is not excluded.")
        return 1
    print("Proved: no plan is better.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
