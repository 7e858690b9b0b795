"""Which feature of a boundary file is which area of the case: by the one property that names most of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimiser.case.boundaries import outline
from optimiser.case.boundaries.boundary_files import Feature, NoBoundaries, Ring
from optimiser.case.boundaries.simplify import CORNERS, simplified
from optimiser.case.names import fold
from optimiser.case.readable import counted, listed

ISLANDS = 600
"""Rings of one area that are kept at most: as triangles they fit a cell."""
_FEWER = 0.6
"""What the corners kept are multiplied by while some outline is too long for its cell."""
_KINDS = re.compile(
    r"\b(county|city|town|village|township|borough|district|precinct|ward|neighbou?rhood|area|of|the)\b"
)


@dataclass(frozen=True)
class Matched:
    """Boundaries for a case. by: the property of the file that names the areas; outlines: by area, as text of its cell;
    missing: areas of the case that the file does not have; others: names in the file that no area has."""

    by: str
    outlines: Mapping[str, str]
    missing: tuple[str, ...]
    others: tuple[str, ...]


def properties(features: Sequence[Feature]) -> list[str]:
    """What the file says of its areas, in its order."""
    return list(dict.fromkeys(k for f in features for k in f.said))


def matched(features: Sequence[Feature], areas: Mapping[str, str], by: str = "") -> Matched:
    """The outlines of the case's areas. areas: key to name; by: the property that names them ("": the one that names most).

    Several features of one area are one outline together. Raises NoBoundaries where no area is named.
    """
    names = _names(areas)
    offered = [by] if by else properties(features)
    found = {p: {fold(k) for f in features if (k := _area(names, f.said.get(p, "")))} for p in offered}
    best = max(offered, key=lambda p: len(found[p]), default="")
    if not best or not found[best]:
        said = listed([v for f in features[:3] if (v := next(iter(f.said.values()), ""))], most=3) or "nothing"
        raise NoBoundaries(
            f"No area of the file has a name of this case. The file names {said}; the case names "
            f"{listed(list(areas), most=3) or 'no areas'}. Give the areas of the case the names of the file, or add a column to it."
        )
    shapes: dict[str, list[Ring]] = {}
    others = []
    for feature in features:
        key = _area(names, feature.said.get(best, ""))
        if key:
            shapes.setdefault(key, []).extend(feature.rings)
        elif feature.said.get(best):
            others.append(feature.said[best])
    return Matched(best, _fitting(shapes), tuple(a for a in areas if a not in shapes), tuple(dict.fromkeys(others)))


def _fitting(shapes: Mapping[str, Sequence[Ring]]) -> dict[str, str]:
    """Outlines that all fit their cells. Of an area with very many islands the largest are kept."""
    kept = {key: sorted(rings, key=outline.area)[-ISLANDS:] for key, rings in shapes.items()}
    most = float(CORNERS)
    while True:
        made = {key: outline.written(rings) for key, rings in simplified(kept, int(most)).items()}
        if all(len(text) <= outline.AT_MOST for text in made.values()):
            return made
        most *= _FEWER
        if most < len(made):
            raise NoBoundaries(
                "The borders in this file touch each other in too many places to be drawn. Simplify the file where it was made."
            )


def _names(areas: Mapping[str, str]) -> dict[str, str]:
    """Every way to say an area, folded, to its key: its key and its name, then both without words such as County, where
    that still says one area."""
    made: dict[str, str] = {}
    for key, name in areas.items():
        for said in filter(None, map(fold, (key, name))):
            made.setdefault(said, key)
    plain: dict[str, set[str]] = {}
    for key, name in areas.items():
        for said in filter(None, map(_plain, (key, name))):
            plain.setdefault(said, set()).add(key)
    return {**{said: next(iter(keys)) for said, keys in plain.items() if len(keys) == 1}, **made}


def _plain(text: str) -> str:
    return " ".join(_KINDS.sub(" ", fold(text)).split())


def _area(names: Mapping[str, str], said: str) -> str:
    return names.get(fold(said), "") or names.get(_plain(said), "") if said.strip() else ""


def summary(found: Matched) -> str:
    """What was matched, in a sentence."""
    made = f"{counted(len(found.outlines), 'area')} found by “{found.by}”"
    if found.missing:
        made += f"; not in the file: {listed(list(found.missing), most=4)}"
    if found.others:
        made += f"; left out, since the case has no such area: {listed(list(found.others), most=4)}"
    return f"{made}."
