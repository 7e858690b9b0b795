"""The buyer's folder is true: every test that it names exists, the bill of materials is that of what is installed, the report on
accessibility is that of axe, and the drill goes as it is written."""

from __future__ import annotations

import json
import os
import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from optimiser.command_line import app
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from tests.browser.server import chromium
from tests.buyer import conformance, sbom
from tests.store import decided

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


def test_the_drill_goes_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block is a machine: the first works, the second is empty, the third puts back in place of what is there."""
    text = (FOLDER / "drill.md").read_text("utf-8")
    blocks = [re.findall(r"^\$ (.+)$", block, re.M) for block in re.findall(r"```console\n(.*?)```", text, re.S)]
    assert [len(block) for block in blocks] == [3, 3, 2]
    for variable in [name for name in os.environ if name.startswith("OPTIMISER_")]:
        monkeypatch.delenv(variable)
    heads = []
    for machine, block in zip(("works", "other", "other"), blocks, strict=True):
        folder = tmp_path / machine
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("OPTIMISER_HOME", str(folder / "home"))
        if machine == "works":
            with closing(Database()) as made:
                migrate.ready(made)
                decided.decided(made, people.local(made))
        for command in block:
            program, *words = shlex.split(command)
            assert program == "optimiser"
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, f"{command}: {done.output}"
            if words[:2] == ["audit", "verify"]:
                heads += re.findall(r"\b[0-9a-f]{64}\b", done.output)
    known = CliRunner().invoke(app, ["audit", "verify", "--head", heads[0]])
    assert known.exit_code == 0, known.output
