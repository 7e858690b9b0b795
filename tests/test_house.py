"""The house stands: each check of `house.py` finds nothing in this repository, and something in a small bad sample."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import optimiser
from tests.house import (
    CHECKS,
    ROOT,
    Check,
    charts,
    circles,
    commands,
    dependencies,
    floors,
    kinds,
    libraries,
    names,
    pages,
    pins,
    sizes,
    texts,
    tolerances,
    verifier,
    versions,
    words,
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_the_house_stands(check: Check) -> None:
    assert check(ROOT) == []


# Each check can fail

PROJECT = '[project]\nversion = "1.0"\ndependencies = ["numpy>=2"]\n[project.optional-dependencies]\ndev = ["pytest"]\n'
SOUND = {
    "pyproject.toml": PROJECT,
    "constraints.txt": "# exact\nnumpy==2.4.6\npytest==9.2.0\n",
    "optimiser/__init__.py": '"""Door."""\n__version__ = "1.0"\n',
    "optimiser/case/money.py": '"""Money."""\nimport numpy as np\nfrom optimiser import __version__\n',
    "optimiser/plan/verify.py": '"""Verifies."""\nfrom ..case import money\nfrom optimiser.plan import tables\n',
    "optimiser/plan/tables.py": '"""Tables."""\n',
    "optimiser/model/rules/kinds/cap.py": '"""cap: ask `kind == "cap"` nowhere else."""\n',
    "optimiser/model/rules/kinds/sum.py": '"""sum."""\n',
    "tests/test_money.py": "import pytest\nfrom optimiser.case import money\n",
    "Makefile": ".PHONY: help app\nhelp: ## this\n\tx\napp: ## it\n\tx\n",
    "README.md": "```\nmake app\n```\n[mathematics](docs/mathematics.md)\n",
    "docs/mathematics.md": "# M\n",
    "CHANGELOG.md": "## [1.0] - today\n",
}
BAD: tuple[tuple[Check, str, str, str], ...] = (
    (floors, "optimiser/case/a.py", "import optimiser.plan.tables\n", "above it"),
    (floors, "optimiser/case/a.py", "def f():\n    from optimiser.plan import tables\n", "above it"),
    (floors, "optimiser/case/a.py", "from ..plan.tables import x\n", "above it"),
    (floors, "optimiser/case/a.py", "import importlib\nimportlib.import_module('optimiser.plan.tables')\n", "above it"),
    (floors, "optimiser/solvers/a.py", "from optimiser import solve\n", "of floor report"),
    (floors, "optimiser/store/a.py", "import optimiser.command_line\n", "of floor app"),
    (floors, "optimiser/store/a.py", "import optimiser\n", "name the module"),
    (floors, "optimiser/cellar.py", "", "stands on no floor"),
    (circles, "optimiser/plan/tables.py", "def f():\n    from optimiser.plan import verify\n", "a circle"),
    (libraries, "optimiser/report/a.py", "import streamlit as st\n", "floor app"),
    (libraries, "optimiser/plan/a.py", "from pulp import LpProblem\n", "floor solve"),
    (libraries, "app.py", "import highspy\n", "floor solve"),
    (verifier, "optimiser/plan/verify.py", "import optimiser.model.matrix\n", "optimiser.model.matrix"),
    (verifier, "optimiser/plan/verify.py", "import pandas\n", "pandas"),
    (verifier, "optimiser/case/money.py", "import optimiser.model.build\n", "optimiser.model.build through"),
    (verifier, "optimiser/plan/tables.py", "from optimiser.solvers.highs import run\n", "through"),
    (verifier, "optimiser/plan/__init__.py", "import highspy\n", "through"),
    (sizes, "tests/long.py", "\n" * 500, "500 lines"),
    (dependencies, "optimiser/case/a.py", "import requests\n", "no declared dependency"),
    (dependencies, "optimiser/case/a.py", "import pytest\n", "no declared dependency"),
    (dependencies, "tests/test_a.py", "from dateutil import parser\n", "no declared dependency"),
    (dependencies, "app.py", "import notinstalledanywhere\n", "no declared dependency"),
    (pins, "constraints.txt", "numpy==2.4.6\n", "pytest is not pinned"),
    (pins, "constraints.txt", "numpy==2.4.6\npytest==9.2.0\nrich>=15\n", "no exact version"),
    (words, "optimiser/case/a.py", "x = 1\n", "a.py has no docstring"),
    (words, "optimiser/case/a.py", '"""A."""\ndef total():\n    return 1\n', "total has no docstring"),
    (words, "optimiser/case/a.py", '"""A."""\nclass Total:\n    pass\n', "Total has no docstring"),
    (commands, "README.md", "Run `make tea`.\n", "make tea"),
    (commands, "docs/a.md", "```\nmake PYTHON=python3.12 tea\n```\n", "make tea"),
    (commands, "Makefile", ".PHONY: help app tea\nhelp: ## this\napp: ## it\ntea:\n", "tea has no line of help"),
    (versions, "optimiser/__init__.py", '__version__ = "1.1"\n', "the package 1.1"),
    (versions, "CHANGELOG.md", "## [0.9]\n", "does not mention 1.0"),
    (kinds, "optimiser/plan/a.py", 'x = rule.kind == "cap"\n', "looks for the kind cap"),
    (kinds, "optimiser/report/a.py", 'x = row["kind"] in ("cap", "other")\n', "looks for the kind cap"),
    (kinds, "optimiser/analysis/a.py", 'OBLIGING = ("cap", "sum")\n', "lists kinds"),
    (kinds, "optimiser/analysis/a.py", 'PER = {"cap": 1, "sum": 2}\n', "lists kinds"),
    (texts, "optimiser/report/a.py", "x = words.points(3).removesuffix(' points')\n", "takes a text apart"),
    (texts, "app.py", "share = limit_amount(limit).endswith('%')\n", "takes a text apart"),
    (texts, "optimiser/plan/a.py", "x, _, y = repair.sentence.partition('by')\n", "takes a text apart"),
    (charts, "optimiser/app_pages/a.py", "st.plotly_chart(made)\n", "draws a chart itself"),
    (charts, "optimiser/report/charts/a.py", "def shown(x: int) -> go.Figure:\n    return x\n", "bare figure"),
    (tolerances, "optimiser/plan/a.py", "x = y > 1e-9\n", "says 1e-9"),
    (tolerances, "optimiser/app_pages/a.py", "same = abs(a - b) <= 0.0005\n", "says 0.0005"),
    (
        names,
        "optimiser/report/money.py",
        '"""Money on charts."""',
        "money.py (below the app) stands for several things",
    ),
    (
        names,
        "optimiser/plan/a.py",
        "class Sum: ...\nif x:\n    class Sum: ...\n",
        "class Sum stands for several things",
    ),
    (pages, "docs/a.md", "[b](b.md#part)\n", "b.md is not there"),
)


def built(root: Path, files: dict[str, str]) -> Path:
    """A small repository of these files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_a_sound_house_has_no_complaints(check: Check, tmp_path: Path) -> None:
    assert check(built(tmp_path, SOUND)) == []


@pytest.mark.parametrize(("check", "file", "text", "complaint"), BAD)
def test_each_check_finds_what_is_wrong(check: Check, file: str, text: str, complaint: str, tmp_path: Path) -> None:
    found = check(built(tmp_path, {**SOUND, file: text}))
    assert any(complaint in line for line in found), found


def test_every_check_has_a_bad_sample() -> None:
    assert {check for check, *_ in BAD} == set(CHECKS)


# The door


def in_a_fresh_python(code: str) -> str:
    """What this code prints in a Python that has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "highspy", "pulp", "openpyxl", "python_calamine", "typer", "streamlit", "plotly")
    code = f"import optimiser, sys; print([m for m in {heavy} if m in sys.modules])"
    assert in_a_fresh_python(code) == "[]"


def test_no_verb_shares_its_name_with_a_floor_or_a_room() -> None:
    assert not {path.stem for path in (ROOT / "optimiser").iterdir()} & set(optimiser.VERBS)


def test_the_verbs_and_nouns_are_those_of_the_package() -> None:
    assert set(dir(optimiser)) == {"__version__", *optimiser.VERBS, *optimiser.NOUNS}
    with pytest.raises(AttributeError, match="no attribute 'divide'"):
        optimiser.divide  # noqa: B018
