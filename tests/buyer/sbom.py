"""The bill of materials: every library that an installation brings along, with its version and licence, as CycloneDX 1.6 and as
a page. `make sbom` writes both from what is installed; nothing is asked of a network."""

from __future__ import annotations

import json
import sys
import tomllib
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
BILL = ROOT / "docs" / "buyer" / "sbom.cdx.json"
PAGE = ROOT / "docs" / "buyer" / "licences.md"
EXTRAS = ("office", "cluster", "second")
_SAID_ELSEWHERE = {"UNKNOWN", ""}


def project() -> dict[str, Any]:
    """What pyproject.toml says of the program."""
    said: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return said


def parts(extra: str = "") -> dict[str, tuple[Distribution, tuple[str, ...]]]:
    """Every library that the program needs, or with this extra: name -> what is installed and the names that it needs."""
    said = project()
    asked = [*said["dependencies"], *(said["optional-dependencies"][extra] if extra else [])]
    made: dict[str, tuple[Distribution, tuple[str, ...]]] = {}
    waiting = [Requirement(one) for one in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for of in ("", *wanted.extras):
            if (name, of) in seen:
                continue
            seen.add((name, of))
            found = distribution(name)
            needs = [r for r in map(Requirement, found.requires or ()) if _holds(r, of)]
            before = made.get(name, (found, ()))[1]
            made[name] = found, tuple(sorted({*before, *(canonicalize_name(r.name) for r in needs)}))
            waiting += needs
    return made


def _holds(wanted: Requirement, extra: str) -> bool:
    return wanted.marker is None or wanted.marker.evaluate({"extra": extra})


def licence(of: Distribution) -> str:
    """What a library says its licence is, in its own words: an SPDX expression, a word, or its classifiers."""
    said: Any = of.metadata
    if expression := said.get("License-Expression", "").strip():
        return str(expression)
    told = [c.rpartition("::")[2].strip() for c in said.get_all("Classifier") or () if c.startswith("License ::")]
    told = [t for t in told if t != "OSI Approved"]
    if told:
        return ", ".join(told)
    first = said.get("License", "").strip().partition("\n")[0]
    return first if first not in _SAID_ELSEWHERE else ""


def bill() -> dict[str, Any]:
    """The bill of materials. The same installation gives the same bill: it holds no date."""
    version = project()["version"]
    base = parts()
    of_extra = {extra: parts(extra) for extra in EXTRAS}
    every = {**{n: p for found in of_extra.values() for n, p in found.items()}, **base}
    reference = {name: f"pkg:pypi/{name}@{found.version}" for name, (found, _) in every.items()}
    me = f"pkg:pypi/optimiser@{version}"
    components = []
    for name, (found, _) in sorted(every.items()):
        extras = [extra for extra in EXTRAS if name in of_extra[extra] and name not in base]
        said = licence(found)
        components.append(
            {
                "type": "library",
                "bom-ref": reference[name],
                "name": name,
                "version": found.version,
                "scope": "required" if name in base else "optional",
                "purl": reference[name],
                **({"licenses": [{"license": {"name": said}}]} if said else {}),
                **({"properties": [{"name": "optimiser:extra", "value": extra} for extra in extras]} if extras else {}),
            }
        )
    needs = {name: set(p) for name, (_, p) in every.items()}
    direct = sorted(_direct())
    made: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": me,
                "name": "optimiser",
                "version": version,
                "purl": me,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": me, "dependsOn": [reference[name] for name in direct]},
            *({"ref": reference[n], "dependsOn": sorted(reference[m] for m in needs[n])} for n in sorted(every)),
        ],
    }
    seal = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made, sort_keys=True))
    return {**made, "serialNumber": f"urn:uuid:{seal}"}


def _direct() -> set[str]:
    said = project()
    asked = [*said["dependencies"], *(r for e in EXTRAS for r in said["optional-dependencies"][e])]
    return {canonicalize_name(Requirement(one).name) for one in asked}


def page(made: dict[str, Any]) -> str:
    """The licences as a Markdown page."""
    return "\n".join(_lines(made)) + "\n"


def _lines(made: dict[str, Any]) -> Iterator[str]:
    yield "# Licences"
    yield ""
    yield "Optimiser is under the [MIT licence](https://spdx.org/licenses/MIT.html). What an installation brings along, in the words of"
    yield "each library itself (`make sbom` writes this page and the [bill of materials](sbom.cdx.json) from what is installed on Linux;"
    yield "other systems bring some others). Nobody has read the texts of the licences for you; a blank says that a library's own"
    yield "description names none."
    yield ""
    yield "| library | version | licence | needed |"
    yield "|---|---|---|---|"
    for part in made["components"]:
        said = part.get("licenses", [{"license": {"name": ""}}])[0]["license"]["name"].replace("|", "\\|")
        extras = [p["value"] for p in part.get("properties", [])]
        yield f"| {part['name']} | {part['version']} | {said} | {'always' if not extras else 'extra ' + ', '.join(extras)} |"


if __name__ == "__main__":
    written = bill()
    BILL.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(written), "utf-8")
    sys.stdout.write(f"{len(written['components'])} libraries in {BILL.relative_to(ROOT)}\n")
