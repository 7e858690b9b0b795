"""What proves that no plan is better, kept with the plan: prices, and the tree over the switches. Checked without a solver.

A leaf says how far each integer column may go, and has prices that bound the cost of every plan within
(`bound.model_bound`). Leaves that together cover all integer values prove the least of their bounds. Only the first
stage is certified: what later ones may reach rests on what it reached.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.solvers.bound import model_bound
from optimiser.solvers.column_reach import steps_of_reach
from optimiser.solvers.problem import Problem

CELL = 30_000
"""Characters of one piece: a cell of a spreadsheet holds 32,767."""
LARGEST = 2_000_000
"""Characters beyond which a certificate is not kept: a tree of hundreds of leaves over tens of thousands of rows."""
DEEPEST = 400
"""Cuts one below the other, beyond which no tree of ours goes."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A part of all plans. lower, upper: [integer columns], how far these may go; prices: [rows], in the units of the case."""

    lower: Array
    upper: Array
    prices: Array


@dataclass(frozen=True, eq=False)
class Certificate:
    """Leaves that cover every setting of the integer columns.

    narrowed: (column, row, side), in order: how a row limits a column when all others in it are as far away as they may be
    by then; side 1 is the row's upper limit, -1 its lower one. The prices lean on these limits besides the model's own.
    """

    leaves: tuple[Leaf, ...]
    narrowed: tuple[tuple[int, int, int], ...] = ()

    @staticmethod
    def of(model: Model, problem: Problem, leaves: Sequence[tuple[Array, Array, Array]]) -> Certificate | None:
        """From leaves (lower, upper, prices) of the problem that was solved, in the solver's units; None where there are none."""
        held = np.flatnonzero(problem.integer)
        scale = problem.column_scale[held]
        most = problem.column_upper * problem.column_scale
        leant = np.flatnonzero((most < model.column_upper) & ~problem.integer)
        made = [Leaf(below * scale, above * scale, problem.prices(y)) for below, above, y in leaves]
        return Certificate(tuple(made), _narrowing(model, leant)) if made else None


def _narrowing(model: Model, leant: Array) -> tuple[tuple[int, int, int], ...]:
    """How the limits of these columns follow from rows."""
    steps = steps_of_reach(model) if len(leant) else []
    kept, wanted = [], set(leant.tolist())
    for j, i, side in reversed(steps):
        if j in wanted:
            kept.append((j, i, side))
            wanted.discard(j)
            own = slice(model.start[i], model.start[i + 1])
            wanted |= set(model.index[own][side * model.value[own] < 0].tolist())
    return tuple(reversed(kept))


def least(model: Model, certificate: Certificate) -> Fraction | None:
    """What no plan can cost less than in the first stage, in exact arithmetic; None where the certificate proves nothing."""
    held = np.flatnonzero(model.integer)
    whole = model.column_lower[held], model.column_upper[held]
    leaves, step = certificate.leaves, model.column_scale[held]
    if not covered(whole[0] / step, whole[1] / step, [(leaf.lower / step, leaf.upper / step) for leaf in leaves]):
        return None
    most = _limited(model, certificate.narrowed)
    bounds = []
    for leaf in leaves:
        lower, upper = model.column_lower.copy(), most.copy()
        lower[held], upper[held] = np.maximum(whole[0], leaf.lower), np.minimum(upper[held], leaf.upper)
        if (lower > upper).any():
            continue
        part = replace(model, column_lower=lower, column_upper=upper)
        found = [model_bound(part, model.stages[0].cost, y) for y in (leaf.prices, 0.0 * leaf.prices)]
        known = [bound for bound in found if bound is not None]
        if not known:
            return None
        bounds.append(max(known))  # without prices too: no sum of penalties is below 0
    return min(bounds, default=None)


def _limited(model: Model, steps: Sequence[tuple[int, int, int]]) -> Array:
    """The upper bounds of columns after these steps: each computed exactly, then taken up to the next float."""
    most = np.asarray(model.column_upper, float).copy()
    for j, i, side in steps:
        limit = side * (model.row_upper if side > 0 else model.row_lower)[i]
        own = slice(model.start[i], model.start[i + 1])
        a = {int(k): side * float(v) for k, v in zip(model.index[own], model.value[own], strict=True)}
        farthest = {k: model.column_lower[k] if v > 0 else most[k] for k, v in a.items() if k != j}
        if not a.get(j, 0.0) > 0 or not np.isfinite([limit, *farthest.values()]).all():
            continue
        left = Fraction(limit) - sum((Fraction(a[k]) * Fraction(far) for k, far in farthest.items()), Fraction(0))
        room = max(left / Fraction(a[j]), Fraction(model.column_lower[j]))
        near = float(room)
        most[j] = min(most[j], near if Fraction(near) >= room else np.nextafter(near, np.inf))
    return most


def covered(lower: Array, upper: Array, boxes: Sequence[tuple[Array, Array]], *, depth: int = 0) -> bool:
    """Whether every whole point from lower to upper lies in one of the boxes, which are those of a tree."""
    if (lower > upper).any():
        return True
    if depth > DEEPEST:
        return False
    near = [(a, b) for a, b in boxes if (a <= upper).all() and (b >= lower).all()]
    if any((a <= lower).all() and (b >= upper).all() for a, b in near):
        return True
    if not near:
        return False
    # Cut where most boxes end: in a tree that is where it was cut, so that each half has its own boxes.
    cuts: dict[tuple[int, float], int] = {}
    for a, b in near:
        for k in np.flatnonzero(b < upper).tolist():
            cuts[k, float(np.floor(b[k]))] = cuts.get((k, float(np.floor(b[k]))), 0) + 1
        for k in np.flatnonzero(a > lower).tolist():
            cuts[k, float(np.ceil(a[k])) - 1] = cuts.get((k, float(np.ceil(a[k])) - 1), 0) + 1
    k, at = max(cuts, key=lambda cut: (cuts[cut], cut))
    below, above = upper.copy(), lower.copy()
    below[k], above[k] = at, at + 1
    return covered(lower, below, near, depth=depth + 1) and covered(above, upper, near, depth=depth + 1)


# -- as text --------------------------------------------------------------------------------------------------------------


def fingerprint(model: Model) -> str:
    """Of the linear program that the prices belong to: another one needs other prices."""
    made = hashlib.sha256()
    for array in (
        model.start, model.index, model.value, model.row_lower, model.row_upper, model.column_lower, model.column_upper,
        model.integer, np.asarray(model.stages[0].cost, float),
    ):  # fmt: skip
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()[:16]


def written(model: Model, certificate: Certificate) -> tuple[str, ...]:
    """The certificate as pieces of text; none where it is larger than anybody would keep."""
    whole = model.column_lower[model.integer], model.column_upper[model.integer]
    leaves = [
        {
            "switches": [
                [k, _number(leaf.lower[k]), _number(leaf.upper[k])]
                for k in np.flatnonzero((leaf.lower != whole[0]) | (leaf.upper != whole[1])).tolist()
            ],
            "prices": [[i, float(leaf.prices[i])] for i in np.flatnonzero(leaf.prices).tolist()],
        }
        for leaf in certificate.leaves
    ]
    whole_of_it = {"program": fingerprint(model), "narrowed": certificate.narrowed, "leaves": leaves}
    plain = json.dumps(whole_of_it, separators=(",", ":"))
    text = base64.b64encode(zlib.compress(plain.encode(), 9)).decode()
    return tuple(text[i : i + CELL] for i in range(0, len(text), CELL)) if len(text) <= LARGEST else ()


def read(model: Model, pieces: Sequence[str]) -> Certificate | None:
    """The certificate that pieces of text hold; None where it is of another program. Raises ValueError where it is none."""
    try:
        unpacked = zlib.decompressobj().decompress(base64.b64decode("".join(pieces), validate=True), 25 * LARGEST)
        plain = json.loads(unpacked)
        if plain["program"] != fingerprint(model):
            return None
        steps = tuple((int(j), int(i), 1 if side > 0 else -1) for j, i, side in plain["narrowed"])
        return Certificate(tuple(_leaf(model, leaf) for leaf in plain["leaves"]), steps)
    except (ValueError, KeyError, TypeError, IndexError, zlib.error) as wrong:
        raise ValueError("The certificate cannot be read.") from wrong


def _leaf(model: Model, plain: Any) -> Leaf:
    lower, upper = model.column_lower[model.integer].copy(), model.column_upper[model.integer].copy()
    for k, low, high in plain["switches"]:
        lower[k], upper[k] = low, high
    prices = np.zeros(len(model.row_lower))
    for i, price in plain["prices"]:
        prices[i] = price
    return Leaf(lower, upper, prices)


def _number(value: float) -> float:
    return float(value) if np.isfinite(value) else float(np.sign(value) * 1e300)


def as_program(model: Model, certificate: Certificate, value: float) -> dict[str, Any]:
    """The first stage's linear program with its certificate as plain values, for a checker that knows nothing of ours.

    Minimise cost · x over lower ≤ x ≤ upper (a whole number of steps where `integer`) and row_lower ≤ rows · x ≤ row_upper; null: no limit.
    value: what the plan costs. docs/certificate.md says how it is checked.
    """
    start, index, entry = model.start.tolist(), model.index.tolist(), model.value.tolist()
    held = np.flatnonzero(model.integer).tolist()
    steps = model.column_scale.tolist()
    return {
        "value": value,
        "cost": np.asarray(model.stages[0].cost, float).tolist(),
        "lower": _limits(model.column_lower),
        "upper": _limits(model.column_upper),
        "integer": [[j, steps[j]] for j in held],
        "row_lower": _limits(model.row_lower),
        "row_upper": _limits(model.row_upper),
        "rows": [[[index[k], entry[k]] for k in range(start[i], start[i + 1])] for i in range(len(start) - 1)],
        "narrowed": certificate.narrowed,
        "leaves": [
            {
                "switches": [[held[k], float(leaf.lower[k]), float(leaf.upper[k])] for k in range(len(held))],
                "prices": [[i, float(leaf.prices[i])] for i in np.flatnonzero(leaf.prices).tolist()],
            }
            for leaf in certificate.leaves
        ],
    }


def _limits(values: Array) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in np.asarray(values, float).tolist()]
