"""Boundary files: whatever comes in, outlines or a sentence come out; borders that areas share stay shared."""

from __future__ import annotations

import io
import json
import math
import random
import struct
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import shapefile  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.boundaries import boundary_files, matching, outline, simplify

ROOT = Path(__file__).parents[2]
SQUARE: list[list[float]] = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE: list[list[float]] = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]


def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> bytes:
    listed = [{"type": "Feature", "properties": said, "geometry": shape} for said, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": listed}).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def shapes(**areas: list[list[list[float]]]) -> bytes:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=shapefile.POLYGON) as writer:
        writer.field("GEOID", "N")
        writer.field("NAME", "C", size=40)
        for n, (name, rings) in enumerate(areas.items()):
            writer.poly(rings)
            writer.record(n, name)
    return packed({"deep/areas.shp": shp.getvalue(), "deep/areas.dbf": dbf.getvalue(), "readme.txt": b"x"})


# -- what comes in ----------------------------------------------------------------------------------------------------


def test_geojson_and_a_zipped_shapefile_give_the_same_outlines() -> None:
    other: list[list[list[float]]] = [[[4, 0], [8, 0], [8, 4], [4, 4], [4, 0]]]
    first = boundary_files.features(
        collection(({"NAME": "North"}, polygon(SQUARE, HOLE)), ({"NAME": "South", "id": 2}, polygon(*other))), "a.json"
    )
    clockwise: list[list[list[list[float]]]] = [[ring[::-1] for ring in rings] for rings in ([SQUARE], other)]
    second = boundary_files.features(shapes(North=[clockwise[0][0], HOLE], South=clockwise[1]), "a.zip")
    areas = {"N": "north", "South": "", "Elsewhere": ""}
    for found in (first, second):
        made = matching.matched(found, areas)
        assert (made.by, made.missing) == ("NAME", ("Elsewhere",))
        rings = outline.read(made.outlines["N"])
        assert [len(r) for r in rings] == [4, 4]
        assert not outline.is_inside(rings, 375, 375)  # the hole
        assert outline.is_inside(rings, 125, 125)
        assert max(x for ring in outline.read(made.outlines["South"]) for x, _ in ring) == outline.SIZE
    assert "Elsewhere" in matching.summary(made)


def test_an_area_is_found_with_and_without_its_kind_but_never_guessed() -> None:
    found = [
        boundary_files.Feature({"n": n}, [[(0, 0), (k + 1, 0), (0, 1)]])
        for k, n in enumerate(("Ashford", "Bell", "Calder"))
    ]
    areas = {"Ashford County": "", "Ashford City": "", "Bell County": "", "Kalder": ""}
    made = matching.matched(found, areas)
    assert set(made.outlines) == {"Bell County"}
    assert made.others == ("Ashford", "Calder")


BOMB = packed({"a.shp": b"0" * 130_000_000, "a.dbf": b""})
FAULTY = {
    "nothing": b"",
    "no JSON": b"\x00\xff",
    "a workbook": packed({"xl/workbook.xml": b"<x/>"}),
    "TopoJSON": b'{"type": "Topology"}',
    "a list": b"[1, 2]",
    "no features": b'{"type": "FeatureCollection"}',
    "features of another kind": b'{"type": "FeatureCollection", "features": 5}',
    "points": collection(({"n": "A"}, {"type": "Point", "coordinates": [1, 2]})),
    "no shape": collection(({"n": "A"}, {})),
    "corners without numbers": collection(({"n": "A"}, polygon([["a", "b"], [1, 2], [2, 3]]))),
    "not a number": b'{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[NaN,1],[2,2],[3,1]]]}}',
    "an endless number": collection(({"n": "A"}, polygon([[1e300, 0], [1, 1], [0, 1]]))),
    "nested": b"[" * 100_000,
    "a bomb": BOMB,
    "many members": packed({f"{n}.txt": b"" for n in range(boundary_files.MEMBERS + 1)}),
    "no .dbf": packed({"a.shp": b"x"}),
    "two shapefiles": packed({"a.shp": b"", "b.shp": b"", "a.dbf": b"", "b.dbf": b""}),
    "a broken shapefile": packed({"a.shp": b"x" * 200, "a.dbf": b"y" * 200}),
    "a cut archive": shapes(A=[SQUARE])[:-40],
    "a record that claims a thousand million corners": packed(
        {"a.shp": struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 100) + struct.pack("<2i8d", 1000, 5, *[0.0] * 8)
         + struct.pack(">2i", 1, 2**20) + struct.pack("<i4d2i", 5, 0, 0, 1, 1, 1, 10**9), "a.dbf": b"\x03" + b"\x00" * 40}
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", FAULTY.values(), ids=FAULTY.keys())
def test_what_is_no_boundary_file_is_refused_in_a_sentence_with_a_cure(data: bytes) -> None:
    with pytest.raises(boundary_files.NoBoundaries) as refused:
        boundary_files.features(data, "mine.zip")
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 400


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_a_damaged_file_gives_areas_or_a_sentence(at: int, byte: int, is_zip: bool) -> None:
    data = bytearray(shapes(A=[SQUARE]) if is_zip else collection(({"n": "A"}, polygon(SQUARE))))
    data[at % len(data)] = byte
    with suppress(boundary_files.NoBoundaries):  # anything else would be a traceback for who brings the file
        matching.matched(boundary_files.features(bytes(data), "mine"), {"A": ""})


def test_a_file_without_a_name_of_the_case_says_what_both_have() -> None:
    found = boundary_files.features(collection(({"n": "Elm"}, polygon(SQUARE))), "a.json")
    with pytest.raises(boundary_files.NoBoundaries, match="The file names Elm; the case names Oak"):
        matching.matched(found, {"Oak": ""})


# -- what is kept -----------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="0123456789 ;-a."))
def test_whatever_stands_in_the_cell_is_read_without_error(text: str) -> None:
    for ring in outline.read(text):
        assert len(ring) >= 3
        assert all(0 <= c <= outline.SIZE for p in ring for c in p)


def wiggly(seed: int, across: int, up: int, corners: int) -> dict[str, list[list[tuple[float, float]]]]:
    """Cells of a grid whose shared sides are the same rough line in both."""
    chance = random.Random(seed)
    sides: dict[frozenset[tuple[int, int]], list[tuple[float, float]]] = {}

    def side(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[float, float]]:
        key = frozenset((a, b))
        if key not in sides:
            low, high = sorted((a, b))
            line = []
            for k in range(1, corners):
                t = k / corners
                off = chance.uniform(-0.3, 0.3) * min(t, 1 - t)
                line.append((low[0] + (high[0] - low[0]) * t + (high[1] - low[1]) * off,
                             low[1] + (high[1] - low[1]) * t + (high[0] - low[0]) * off))  # fmt: skip
            sides[key] = [low, *line, high]
        return sides[key] if sides[key][0] == a else sides[key][::-1]

    made = {}
    for n in range(across):
        for k in range(up):
            ends = [(n, k), (n + 1, k), (n + 1, k + 1), (n, k + 1)]
            ring = [p for a, b in zip(ends, [*ends[1:], ends[0]], strict=True) for p in side(a, b)[:-1]]
            turn = chance.randrange(len(ring))
            ring = [*ring[turn:], *ring[:turn]]
            made[f"{n} {k}"] = [ring if chance.random() < 0.5 else ring[::-1]]
    return made


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3), st.sampled_from([80, 300]))
def test_no_gap_opens_between_areas_that_share_a_border(seed: int, across: int, up: int, most: int) -> None:
    whole = wiggly(seed, across, up, 24)
    made = simplify.simplified(whole, most)
    edges: Counter[frozenset[tuple[int, int]]] = Counter(
        frozenset((a, b)) for rings in made.values() for r in rings for a, b in zip(r, [*r[1:], *r[:1]], strict=True)
    )
    assert set(edges.values()) <= {1, 2}
    outer: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for edge, times in edges.items():
        if times == 1:
            a, b = tuple(edge)
            outer.setdefault(a, []).append(b)
            outer.setdefault(b, []).append(a)
    assert all(len(near) == 2 for near in outer.values())  # one line around all: nothing open inside
    around: list[Any] = []
    before, at = None, min(outer)
    while not around or at != around[0]:
        around.append(at)
        before, at = at, next(p for p in outer[at] if p != before)
    assert len(around) == len(outer)
    sizes = [outline.area(r) for rings in made.values() for r in rings]
    assert math.isclose(sum(sizes), outline.area(around))
    count = sum(len(r) for rings in made.values() for r in rings)
    assert count <= most
    assert simplify.simplified(whole, most) == made


def test_an_island_smaller_than_the_grid_stays_and_thousands_of_islands_fit_their_cell() -> None:
    tiny = [(50.0, 50.0), (50.00001, 50.0), (50.0, 50.00001)]
    islands = [[(x, y), (x + 0.3, y), (x, y + 0.3)] for x in range(40) for y in range(40)]
    found = [
        boundary_files.Feature({"n": "A"}, [tiny]),
        boundary_files.Feature({"n": "B"}, [[(p[0], p[1]) for p in r] for r in islands]),
    ]
    made = matching.matched(found, {"A": "", "B": ""})
    assert outline.read(made.outlines["A"])
    assert len(outline.read(made.outlines["B"])) > 500
    assert len(made.outlines["B"]) <= outline.AT_MOST


def test_a_name_stands_inside_its_area() -> None:
    rings = [[(0, 0), (100, 0), (100, 20), (20, 20), (20, 100), (0, 100)]]  # an L
    x, y, far = outline.heart(rings)
    assert outline.is_inside(rings, x, y)
    assert far > 5


def test_the_examples_have_the_boundaries_of_their_files() -> None:
    from optimiser import verbs

    for name in ("gun-violence", "task-force", "opioid-response"):
        file = ROOT / "data" / "boundaries" / f"{name}.geojson"
        facts = verbs.read(ROOT / "data" / f"{name}.xlsx").facts
        found = matching.matched(boundary_files.features(file.read_bytes(), file.name), dict.fromkeys(facts.areas, ""))
        kept = dict(zip(facts.areas, facts.sorted["area"]["boundary"].tolist(), strict=True))
        assert {k: v for k, v in kept.items() if v} == dict(found.outlines)
        assert not found.others


def test_borders_finer_than_the_grid_are_simplified_too() -> None:
    # Each ring crosses itself on the grid thousands of times; that is no border of two areas, so nothing of it must stay.
    noise = random.Random(14)

    def ragged(x: float) -> list[tuple[float, float]]:
        turns = [2 * math.pi * k / 5_000 for k in range(5_000)]
        return [
            (x + math.cos(t) * (0.8 + 0.2 * noise.random()), math.sin(t) * (0.8 + 0.2 * noise.random())) for t in turns
        ]

    rings = {f"A{n}": [ragged(2.5 * n)] for n in range(3)}
    made = simplify.simplified(rings)
    assert sum(len(ring) for of in made.values() for ring in of) <= simplify.CORNERS
    assert all(outline.area(ring) > 0 for of in made.values() for ring in of)
