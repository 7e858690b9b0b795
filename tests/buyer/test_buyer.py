"""The buyer's folder is true: every test that it names exists, the bill of materials is that of what is installed, the report on
accessibility is that of axe, and the drill goes as it is written."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.browser.server import chromium
from tests.buyer import conformance, sbom

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "buyer"
NAMED = re.compile(r"tests/[\w/]+\.py(?:::\w+)?")
LEVELS = {"supports", "partially-supports", "does-not-support", "not-applicable", "not-evaluated"}


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for page in [*FOLDER.glob("*.md"), FOLDER / "openacr.yaml"]:
        text = re.sub(r"\s+", " ", page.read_text("utf-8"))
        for said in NAMED.findall(text):
            file, _, test = said.partition("::")
            path = ROOT / file
            if not path.is_file() or (test and f"def {test}(" not in path.read_text("utf-8")):
                missing.append(f"{page.name}: {said}")
    assert not missing, "\n".join(missing)


def test_each_line_of_the_threat_model_names_its_test() -> None:
    lines = (FOLDER / "threat-model.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith(("| threat", "|---"))]
    assert len(rows) > 40
    assert [row for row in rows if not NAMED.search(row)] == []


def test_what_is_met_in_asvs_is_tried_or_is_a_page() -> None:
    lines = (FOLDER / "asvs.md").read_text("utf-8").splitlines()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("| V")]
    states = {row[1] for row in rows}
    assert states == {"met", "in part", "not met", "not ours", "does not apply", "not examined"}
    unsaid = [row[0] for row in rows if row[1] == "met" and not NAMED.search(row[2]) and "](" not in row[2]]
    # What is not done cannot be tried: nothing is stored of uploads, no cryptography is our own.
    assert unsaid == ["V5.3 File storage", "V11.2 Secure cryptography implementation"]
    assert {re.match(r"V\d+", row[0])[0] for row in rows} == {f"V{n}" for n in range(1, 18)}


def test_the_bill_of_materials_is_that_of_what_is_installed() -> None:
    made = sbom.bill()
    assert json.loads(sbom.BILL.read_text("utf-8")) == made, "make sbom"
    assert sbom.PAGE.read_text("utf-8") == sbom.page(made), "make sbom"
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text("utf-8").split()
        if re.match(r"[\w.-]+==", line)
    )
    versions = {part["name"]: part["version"] for part in made["components"]}
    assert {name: pins[name] for name in versions if name in pins} == {n: v for n, v in versions.items() if n in pins}
    references = {part["bom-ref"] for part in made["components"]}
    for one in made["dependencies"]:
        assert set(one["dependsOn"]) <= references
    reached, waiting = set(), [made["metadata"]["component"]["bom-ref"]]
    needs = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    while waiting:
        for part in needs[waiting.pop()]:
            if part not in reached:
                reached.add(part)
                waiting.append(part)
    assert reached == references
    assert not {"pytest", "ruff", "mypy"} & set(versions)


@pytest.mark.browser
@pytest.mark.skipif(not chromium(), reason="no Chromium or Chrome on this machine (apt install chromium)")
def test_the_report_on_accessibility_is_that_of_axe() -> None:
    version, rules = conformance.rules_by_criterion()
    assert conformance.REPORT.read_text("utf-8") == conformance.report(version, rules), "make acr"
    assert conformance.PAGE.read_text("utf-8") == conformance.page(version, rules), "make acr"
    said = yaml.safe_load(conformance.REPORT.read_text("utf-8"))
    for chapter, numbers in conformance.CHAPTERS.items():
        criteria = said["chapters"][chapter]["criteria"]
        assert [c["num"] for c in criteria] == numbers
        for criterion in criteria:
            adherence = criterion["components"][0]["adherence"]
            assert adherence["level"] in LEVELS
            assert adherence["notes"]
            assert adherence["level"] != "supports" or NAMED.search(adherence["notes"])


def test_the_drill_goes_as_it_is_written(tmp_path: Path) -> None:
    """Each block is a machine: the first works, the second is empty, the third puts back in place of what is there."""
    text = (FOLDER / "drill.md").read_text("utf-8")
    blocks = [re.findall(r"^\$ (.+)$", block, re.M) for block in re.findall(r"```console\n(.*?)```", text, re.S)]
    assert [len(block) for block in blocks] == [3, 3, 2]
    heads = []
    for machine, block in zip(("works", "other", "other"), blocks, strict=True):
        folder = tmp_path / machine
        folder.mkdir(exist_ok=True)
        home = folder / "home"
        if machine == "works":
            made = "from optimiser.store.base.database import Database as D; from optimiser.store.base import migrate as m, people as p; "
            made += "from tests.store import decided; d = D(); m.ready(d); decided.decided(d, p.local(d)); d.close()"
            assert _run([sys.executable, "-c", made], ROOT, home).returncode == 0
        for command in block:
            words = shlex.split(command)
            assert words[0] == "optimiser"
            done = _run([sys.executable, "-m", "optimiser", *words[1:]], folder, home)
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
            if words[1:3] == ["audit", "verify"]:
                heads += [set(re.findall(r"\b[0-9a-f]{64}\b", done.stdout + done.stderr))]
    head = next(iter(heads[0]))
    known = _run(
        [sys.executable, "-m", "optimiser", "audit", "verify", "--head", head], tmp_path, tmp_path / "other" / "home"
    )
    assert known.returncode == 0, known.stdout + known.stderr


def _run(command: list[str], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    given = {k: v for k, v in os.environ.items() if not k.startswith("OPTIMISER_")}
    given |= {"OPTIMISER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
