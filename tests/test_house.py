"""The house stands: its floors, its sizes, its words and its commands, read from the files without running them.

Every check is a function from the root of a repository to a list of complaints. Each is held against this
repository, where it must find nothing, and against a small bad sample, where it must find something.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import optimiser

ROOT = Path(__file__).parents[1]
FLOORS = ("case", "model", "solvers", "plan", "analysis", "report", "papers", "store", "desk", "app")
ROOMS = {"__main__": "app", "app_pages": "app", "command_line": "app", "commands": "app", "verbs": "plan"}
ONLY_ON = {"streamlit": "app", "pulp": "solvers", "highspy": "solvers"}
VERIFIER = Path("optimiser/plan/verify.py")
VERIFIER_MAY_REACH = ("optimiser.case", "optimiser.model.rules", "optimiser.plan", "optimiser.__version__")
LONGEST = 500
DRAWS = Path("optimiser/app_pages/shell/picture.py")
RULES = Path("optimiser/model/rules")
Check = Callable[[Path], list[str]]


# What is where


def python_files(root: Path, *folders: str) -> list[Path]:
    """Python files of these folders (and app.py), relative to the root, in order."""
    found = [path for folder in folders for path in (root / folder).rglob("*.py")]
    found += [root / "app.py"] if (root / "app.py").exists() else []
    return sorted(path.relative_to(root) for path in found)


def imports(root: Path, file: Path, *, running: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file imports; `from a import b` is `a.b`.

    running: leave out what stands under `if TYPE_CHECKING`.
    """
    tree = ast.parse((root / file).read_text("utf-8"))
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test).endswith("TYPE_CHECKING")]
    left_out = {inner for test in tests for part in test.body for inner in ast.walk(part)} if running else set()
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = list(file.parts[: len(file.parts) - node.level]) if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield node.lineno, named.value


def floor_of(module: str) -> str:
    """The floor on which a module of the package stands; "" where it stands on none."""
    parts = module.split(".")
    room = parts[1] if len(parts) > 1 else ""
    if len(parts) == 2 and room in optimiser.VERBS:
        return "report"  # `from optimiser import solve` is the verb, not the floor
    return room if room in FLOORS else ROOMS.get(room, "")


def floor_of_file(file: Path) -> str:
    """The floor on which a file stands."""
    return "app" if file == Path("app.py") else floor_of(".".join([*file.with_suffix("").parts, "file"]))


def within(module: str, rooms: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of these modules or stands inside one."""
    return any(module == room or module.startswith(room + ".") for room in rooms)


# The checks


def floors(root: Path) -> list[str]:
    """A floor imports its own and lower ones."""
    complaints = []
    for file in python_files(root, "optimiser"):
        if file == Path("optimiser/__init__.py"):
            continue  # the door: it fetches the verbs when they are first used
        floor = floor_of_file(file)
        if not floor:
            complaints.append(f"{file} stands on no floor")
            continue
        for line, module in imports(root, file):
            if not within(module, ("optimiser",)) or module == "optimiser.__version__":
                continue
            other = floor_of(module)
            if not other:
                complaints.append(f"{file}:{line} imports {module}, which stands on no floor: name the module")
            elif FLOORS.index(other) > FLOORS.index(floor):
                complaints.append(f"{file}:{line} on floor {floor} imports {module} of floor {other}, above it")
    return complaints


def circles(root: Path) -> list[str]:
    """No file reaches itself through what it imports, and of two sub-packages of a floor one is below the other.

    The floor's own folder is left out among these: it holds what its sub-packages stand on and what they come to.
    """
    files: dict[str, set[str]] = {}
    rooms: dict[str, set[str]] = {}
    for file in python_files(root, "optimiser"):
        if file.name == "__init__.py":
            continue
        name, room = ".".join(file.with_suffix("").parts), ".".join(file.parts[:-1])
        reached = {
            ".".join(path.with_suffix("").parts)
            for _, module in imports(root, file, running=True)
            for path in _files_of(root, module)
            if path.name != "__init__.py"
        } - {name}
        files[name] = reached
        if len(file.parts) > 3:
            others = {r for m in reached if (r := m.rpartition(".")[0]).count(".") > 1}
            rooms.setdefault(room, set()).update(others - {room})
    complaints = []
    for graph in (files, rooms):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as circle:
            complaints.append("a circle: " + " reaches ".join(reversed(circle.args[1])))
    return complaints


def libraries(root: Path) -> list[str]:
    """Streamlit stays on the app floor, the solvers on theirs."""
    return [
        f"{file}:{line} imports {module}, which belongs to the floor {ONLY_ON[top]}"
        for file in python_files(root, "optimiser")
        for line, module in imports(root, file)
        if (top := module.split(".")[0]) in ONLY_ON and floor_of_file(file) != ONLY_ON[top]
    ]


def verifier(root: Path) -> list[str]:
    """The verifier reaches the case, the rules' terms and rooms of the plan that keep to these: no builder, no solver."""
    if not (root / VERIFIER).exists():
        return []
    complaints, seen, waiting = [], set[Path](), [VERIFIER]
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        if file == RULES / "__init__.py":  # fetches every kind by the name of its file
            waiting += [path.relative_to(root) for path in (root / RULES / "kinds").glob("*.py")]
        for line, module in imports(root, file, running=True):
            top = module.split(".")[0]
            if top == "optimiser":
                fine = within(module, VERIFIER_MAY_REACH)
            else:
                plain = top == "numpy" or top in sys.stdlib_module_names
                fine = top not in ONLY_ON and (plain or floor_of_file(file) != "plan")
            if not fine:
                complaints.append(f"{VERIFIER} reaches {module} through {file}:{line}")
            waiting += _files_of(root, module)
    return complaints


def _files_of(root: Path, module: str) -> list[Path]:
    """Files that run when a module of the package is imported, the door left out."""
    parts = module.split(".")
    inits = [Path(*parts[:n], "__init__.py") for n in range(2, len(parts) + 1)]
    plain = [Path(*parts[:n]).with_suffix(".py") for n in range(2, len(parts) + 1)]
    return [path for path in inits + plain if parts[0] == "optimiser" and (root / path).exists()]


def sizes(root: Path) -> list[str]:
    """A file of 500 lines is two rooms in one."""
    counted = {
        f: len((root / f).read_text("utf-8").splitlines()) for f in python_files(root, "optimiser", "tests", "data")
    }
    return [f"{file} has {lines} lines" for file, lines in counted.items() if lines >= LONGEST]


@cache
def _distributions() -> dict[str, list[str]]:
    return {name: [_plain(d) for d in found] for name, found in packages_distributions().items()}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", name.strip())[0]).lower()


def _project(root: Path) -> dict[str, dict[str, list[str]]]:
    read: dict[str, dict[str, list[str]]] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return read


def dependencies(root: Path) -> list[str]:
    """What is imported is declared: by the package in its dependencies or an extra, by tests there or in `dev`."""
    project = _project(root)
    extras = {extra: {_plain(n) for n in names} for extra, names in project.get("optional-dependencies", {}).items()}
    dev = extras.pop("dev", set())
    declared = {_plain(name) for name in project["dependencies"]}.union(*extras.values())
    tools = declared | dev
    complaints = []
    for file in python_files(root, "optimiser", "tests", "data"):
        beside = {path.stem for path in (root / file).parent.iterdir()} if file.parts[0] == "data" else set()
        own = {"optimiser", "app", "tests", "data"} | beside
        known = tools if file.parts[0] in ("tests", "data") else declared
        for line, module in imports(root, file):
            top = module.split(".")[0]
            if top in own or top in sys.stdlib_module_names:
                continue
            if not known.intersection(_distributions().get(top, [_plain(top)])):
                complaints.append(f"{file}:{line} imports {module}, which is no declared dependency")
    return complaints


def pins(root: Path) -> list[str]:
    """Each declared dependency has one exact version in constraints.txt."""
    project = _project(root)
    declared = [*project["dependencies"], *project.get("optional-dependencies", {}).get("dev", [])]
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {_plain(line) for line in lines if re.match(r"[^#\s]+==[^\s*]+", line)}
    loose = [line for line in lines if line.strip() and line[0] != "#" and _plain(line) not in pinned]
    return [f"{name} is not pinned" for name in declared if _plain(name) not in pinned] + [
        f"constraints.txt: {line} is no exact version" for line in loose
    ]


def words(root: Path) -> list[str]:
    """Every module that holds something, and every public function and class, says what it is."""
    complaints = []
    for file in python_files(root, "optimiser"):
        tree = ast.parse((root / file).read_text("utf-8"))
        if tree.body and not ast.get_docstring(tree):
            complaints.append(f"{file} has no docstring")
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name[0] == "_":
                continue
            if not ast.get_docstring(node):
                complaints.append(f"{file}:{node.lineno} {node.name} has no docstring")
    return complaints


def commands(root: Path) -> list[str]:
    """What the documentation tells people to make can be made, and `make help` says what it does."""
    made = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", made, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)$", made, re.MULTILINE)[0].split())
    complaints = [f"Makefile: {name} has no line of help" for name in sorted(phony - targets)]
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        told = re.findall(r"(?:^\s*|`)make (?:[A-Z]+=\S+ )*([a-z-]+)(?=\s|`)", page.read_text("utf-8"), re.MULTILINE)
        complaints += [f"{page.name}: make {name} is not in the Makefile" for name in told if name not in targets]
    return complaints


def versions(root: Path) -> list[str]:
    """pyproject.toml, the package and the changelog tell one version."""
    version = str(_project(root)["version"])
    said = re.search(r'^__version__ = "(.*)"$', (root / "optimiser/__init__.py").read_text("utf-8"), re.MULTILINE)
    complaints = []
    if said is None or said[1] != version:
        complaints.append(f"pyproject.toml says {version}, the package {said[1] if said else 'nothing'}")
    if f"## [{version}]" not in (root / "CHANGELOG.md").read_text("utf-8"):
        complaints.append(f"CHANGELOG.md does not mention {version}")
    return complaints


def pages(root: Path) -> list[str]:
    """A link from one page of the documentation to another file of the repository leads there."""
    complaints = []
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                complaints.append(f"{page.name}: {target} is not there")
    return complaints


def kinds(root: Path) -> list[str]:
    """A kind of rule is known to its own file alone: others ask it, and neither list kinds nor look which one it is."""
    names = {path.stem for path in (root / RULES / "kinds").glob("*.py")} - {"__init__"}
    complaints = []
    for file in python_files(root, "optimiser"):
        if file.is_relative_to(RULES / "kinds"):
            continue
        for node in ast.walk(ast.parse((root / file).read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                named = names & {n.value for side in sides for n in ast.walk(side) if isinstance(n, ast.Constant)}
                if named and any("kind" in ast.unparse(side) for side in sides if not isinstance(side, ast.Constant)):
                    complaints.append(
                        f"{file}:{node.lineno} looks for the kind {', '.join(sorted(named))}: ask the kind"
                    )
            if isinstance(node, ast.Dict | ast.List | ast.Set | ast.Tuple):
                parts = node.keys if isinstance(node, ast.Dict) else node.elts
                if len(parts) > 1 and {getattr(part, "value", None) for part in parts} <= names:
                    complaints.append(f"{file}:{node.lineno} lists kinds of rule: ask the kind")
    return complaints


PARSERS = {
    "split", "rsplit", "partition", "rpartition", "index", "find", "rfind", "removesuffix", "removeprefix", "startswith",
    "endswith",
}  # fmt: skip
SAYING = {
    "money_short", "money_exact", "money_change", "percent", "points", "points_change", "change", "fte", "said", "short",
    "sentence", "written", "limit_amount", "limit_name", "called", "amount_of", "told",
}  # fmt: skip
SAID = {"sentence", "said", "words", "reason", "headline", "told"}


def texts(root: Path) -> list[str]:
    """What was said to people is never taken apart to learn what it says."""
    complaints = []
    for file in python_files(root, "optimiser"):
        for node in ast.walk(ast.parse((root / file).read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PARSERS):
                continue
            text = node.func.value
            by = getattr(text.func, "attr", getattr(text.func, "id", "")) if isinstance(text, ast.Call) else ""
            if by in SAYING or (isinstance(text, ast.Attribute) and text.attr in SAID):
                complaints.append(f"{file}:{node.lineno} takes a text apart: {ast.unparse(node)}")
    return complaints


def charts(root: Path) -> list[str]:
    """A chart is a `Chart`, with its table and its words, and comes onto a page in one way only."""
    complaints = []
    for file in python_files(root, "optimiser"):
        tree = ast.parse((root / file).read_text("utf-8"))
        if file != DRAWS and any(getattr(node, "attr", "") == "plotly_chart" for node in ast.walk(tree)):
            complaints.append(f"{file} draws a chart itself: picture() of {DRAWS.stem} does")
        if file.is_relative_to("optimiser/report") and file.stem not in ("drawing", "pairs"):
            for node in tree.body:
                gives = ast.unparse(node.returns) if isinstance(node, ast.FunctionDef) and node.returns else ""
                if re.search(r"\bFigure\b", gives):
                    complaints.append(f"{file}:{node.lineno} gives a bare figure: give a Chart")
    return complaints


CHECKS: tuple[Check, ...] = (
    floors, circles, libraries, verifier, sizes, dependencies, pins, words, commands, versions, pages, kinds, texts, charts,
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


def test_the_verbs_are_those_of_the_package() -> None:
    assert set(dir(optimiser)) == {"__version__", *optimiser.VERBS}
    with pytest.raises(AttributeError, match="no attribute 'divide'"):
        optimiser.divide  # noqa: B018
