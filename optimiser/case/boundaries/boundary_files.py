"""A boundary file as features: GeoJSON, or a shapefile in a zip archive. Whatever else it is, a sentence says so.

Sizes are looked at before anything is unpacked or read. A feature whose shape is no area (a point, a line) is left out.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BYTES, UNPACKED = 30_000_000, 120_000_000
"""A file, and what is in it, at most."""
FEATURES, CORNERS = 5_000, 500_000
"""At most so many areas, and corners of all of them."""
MEMBERS = 200
"""Files in an archive at most."""
Ring = list[tuple[float, float]]


class NoBoundaries(ValueError):
    """A file that gives no boundaries. The message says why and what to do."""


@dataclass(frozen=True)
class Feature:
    """One area of a file: what is said of it, and its rings (holes among them)."""

    said: Mapping[str, str]
    rings: list[Ring]


def features(data: bytes, name: str) -> list[Feature]:
    """The areas of a file. name: of the file, for messages. Raises NoBoundaries."""
    if len(data) > BYTES:
        raise NoBoundaries(f"{name} has {len(data) / 1e6:,.0f} MB; {BYTES / 1e6:,.0f} are possible. Simplify it first.")
    made: list[Feature] = []
    corners = 0
    try:
        for feature in _archive(data, name) if data[:2] == b"PK" else _json(data, name):
            corners += sum(len(ring) for ring in feature.rings)
            if len(made) >= FEATURES or corners > CORNERS:
                raise NoBoundaries(
                    f"{name} has more than {FEATURES:,} areas or {CORNERS:,} corners. Keep the areas of this case, or simplify it."
                )
            if feature.rings:
                made.append(feature)
    except NoBoundaries:
        raise
    except Exception as wrong:  # what a library stumbles over in a broken file has no common name
        raise NoBoundaries(f"{name} is damaged: {str(wrong) or type(wrong).__name__}. Export it again.") from wrong
    if not made:
        raise NoBoundaries(f"{name} holds no areas, only points or lines or nothing. Export the polygons.")
    return made


def _json(data: bytes, name: str) -> Iterator[Feature]:
    try:
        made = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as wrong:
        raise NoBoundaries(
            f"{name} is neither GeoJSON nor a zip archive with a shapefile. Export the boundaries as one of these."
        ) from wrong
    if not isinstance(made, dict) or made.get("type") not in ("FeatureCollection", "Feature"):
        what = "TopoJSON" if isinstance(made, dict) and made.get("type") == "Topology" else "JSON, but no GeoJSON"
        raise NoBoundaries(f"{name} is {what}: a FeatureCollection is expected. Export the boundaries as GeoJSON.")
    return _collected(made["features"] if made["type"] == "FeatureCollection" else [made])


def _collected(listed: Any) -> Iterator[Feature]:
    for one in listed:
        geometry = one.get("geometry") or {}
        said = {str(k): str(v) for k, v in (one.get("properties") or {}).items() if isinstance(v, str | int | float)}
        if isinstance(one.get("id"), str | int):
            said.setdefault("id", str(one["id"]))
        yield Feature(said, list(_rings(geometry)))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    match geometry.get("type"):
        case "Polygon":
            parts = [geometry["coordinates"]]
        case "MultiPolygon":
            parts = geometry["coordinates"]
        case "GeometryCollection":
            for inner in geometry["geometries"]:
                if inner.get("type") != "GeometryCollection":  # they do not nest in practice, and a hostile one does
                    yield from _rings(inner)
            return
        case _:
            return
    for part in parts:
        for ring in part:
            yield _ring((p[0], p[1]) for p in ring)


def _ring(points: Iterator[tuple[Any, Any]]) -> Ring:
    made = [(float(x), float(y)) for x, y in points]
    if not all(math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) < 1e12 for x, y in made):
        raise ValueError("a corner is no number")
    return made[:-1] if len(made) > 1 and made[0] == made[-1] else made


def _archive(data: bytes, name: str) -> Iterator[Feature]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        listed = [one for one in archive.infolist() if not one.is_dir()]
        sizes = sum(one.file_size for one in listed)
    except (zipfile.BadZipFile, ValueError, OSError) as wrong:
        raise NoBoundaries(f"{name} is a damaged archive. Pack it again.") from wrong
    if len(listed) > MEMBERS or sizes > UNPACKED:
        raise NoBoundaries(
            f"{name} unpacks to {len(listed):,} files and {sizes / 1e6:,.0f} MB. Pack the one shapefile alone."
        )
    shapes = [one for one in listed if one.filename.lower().endswith(".shp") and "__MACOSX" not in one.filename]
    if len(shapes) != 1:
        inner = [one for one in listed if one.filename.lower().endswith((".geojson", ".json"))]
        if len(inner) == 1 and not shapes:
            return _json(_member(archive, inner[0], name), inner[0].filename)
        found = ", ".join(one.filename for one in shapes[:3]) or "none"
        raise NoBoundaries(f"{name} must hold one shapefile (.shp with its .dbf); found: {found}. Pack one alone.")
    stem = shapes[0].filename[:-4]
    table = next((one for one in listed if one.filename.lower() == f"{stem}.dbf".lower()), None)
    if table is None:
        raise NoBoundaries(f"{name} lacks {stem}.dbf, which holds the names of the areas. Pack it beside the .shp.")
    page = next((one for one in listed if one.filename.lower() == f"{stem}.cpg".lower()), None)
    encoding = _member(archive, page, name)[:20].decode("ascii", "ignore").strip() if page is not None else "utf-8"
    return _shapes(_member(archive, shapes[0], name), _member(archive, table, name), encoding)


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str) -> bytes:
    """A file of the archive, and never more of it than it claims to be."""
    try:
        with archive.open(one) as file:
            made = file.read(one.file_size + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as wrong:
        raise NoBoundaries(
            f"{one.filename} in {name} cannot be unpacked ({wrong}). Pack it again, without a password."
        ) from wrong
    if len(made) > one.file_size:
        raise NoBoundaries(f"{name} is not what it says it is: {one.filename} is longer than that. Pack it again.")
    return made


def _shapes(shp: bytes, dbf: bytes, encoding: str) -> Iterator[Feature]:
    import codecs

    import shapefile  # type: ignore[import-untyped]

    try:
        codecs.lookup(encoding)
    except LookupError:
        encoding = "utf-8"
    with shapefile.Reader(
        shp=io.BytesIO(shp), dbf=io.BytesIO(dbf), encoding=encoding, encodingErrors="replace"
    ) as reader:
        for one in reader.iterShapeRecords():
            said = {str(k): str(v).strip() for k, v in one.record.as_dict().items() if isinstance(v, str | int | float)}
            if one.shape.shapeTypeName not in ("POLYGON", "POLYGONZ", "POLYGONM"):
                continue
            ends = [*one.shape.parts[1:], len(one.shape.points)]
            parts = zip(one.shape.parts, ends, strict=True)
            yield Feature(said, [_ring((p[0], p[1]) for p in one.shape.points[a:b]) for a, b in parts])
