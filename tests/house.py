"""What holds the house up: its floors, its sizes, its words and its commands, read from the files without running them.

Every check is a function from the root of a repository to a list of complaints. Each is held against this
repository, where it must find nothing, and against a small bad sample, where it must find something.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import optimiser

ROOT = Path(__file__).parents[1]
FLOORS = ("case", "model", "solvers", "plan", "analysis", "report", "papers", "store", "desk", "app")
ROOMS = {"__main__": "app", "app_pages": "app", "command_line": "app", "commands": "app", "verbs": "plan"}
ONLY_ON = {"streamlit": "app", "pulp": "solvers", "highspy": "solvers", "pyscipopt": "solvers"}
VERIFIER = Path("optimiser/plan/verify.py")
VERIFIER_MAY_REACH = ("optimiser.case", "optimiser.model.rules", "optimiser.plan", "optimiser.__version__")
LONGEST = 500
DRAWS = Path("optimiser/app_pages/shell/picture.py")
RULES = Path("optimiser/model/rules")
TOLERANCES = Path("optimiser/case/tolerances.py")
Check = Callable[[Path], list[str]]


# What is where


def python_files(root: Path, *folders: str) -> list[Path]:
    """Python files of these folders (and app.py), relative to the root, in order."""
    found = [path for folder in folders for path in (root / folder).rglob("*.py")]
    found += [root / "app.py"] if (root / "app.py").exists() else []
    return sorted(path.relative_to(root) for path in found)


@cache
def read(path: Path) -> tuple[str, ast.Module]:
    """Text and tree of a file, read once for all checks."""
    text = path.read_text("utf-8")
    return text, ast.parse(text)


@cache
def imports(root: Path, file: Path, *, running: bool = False) -> tuple[tuple[int, str], ...]:
    """Line and dotted name of everything that a file imports; `from a import b` is `a.b`. Read once for all checks.

    running: leave out what stands under `if TYPE_CHECKING`.
    """
    return tuple(_imports(root, file, running))


def _imports(root: Path, file: Path, running: bool) -> Iterator[tuple[int, str]]:
    tree = read(root / file)[1]
    tests = (
        [n for n in ast.walk(tree) if isinstance(n, ast.If) and _named(n.test) == "TYPE_CHECKING"] if running else []
    )
    left_out = {inner for test in tests for part in test.body for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = list(file.parts[: len(file.parts) - node.level]) if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _named(node.func) in ("import_module", "__import__"):
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield node.lineno, named.value


def _named(node: ast.expr) -> str:
    """The name that stands there, without what it is an attribute of."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def floor_of(module: str) -> str:
    """The floor on which a module of the package stands; "" where it stands on none."""
    parts = module.split(".")
    room = parts[1] if len(parts) > 1 else ""
    if len(parts) == 2 and room in {**optimiser.VERBS, **optimiser.NOUNS}:
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
    """What is imported is declared: by the package in its dependencies or an extra, by tests there, in `dev`, or in the
    requirements.txt beside them."""
    project = _project(root)
    extras = {extra: {_plain(n) for n in names} for extra, names in project.get("optional-dependencies", {}).items()}
    dev = extras.pop("dev", set())
    declared = {_plain(name) for name in project["dependencies"]}.union(*extras.values())
    tools = declared | dev
    complaints = []
    for file in python_files(root, "optimiser", "tests", "data", "deploy"):
        beside = {path.stem for path in (root / file).parent.iterdir()} if file.parts[0] == "data" else set()
        own = {"optimiser", "app", "tests", "data", "deploy"} | beside
        known = tools if file.parts[0] in ("tests", "data", "deploy") else declared
        more = (root / file).with_name("requirements.txt")
        if more.exists():
            known = known | {_plain(line) for line in more.read_text("utf-8").splitlines() if line and line[0] != "#"}
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
        tree = read(root / file)[1]
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
        for node in ast.walk(read(root / file)[1]):
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
    "money_short", "money_exact", "money_change", "money_between", "percent", "points", "points_between", "points_gap",
    "change", "fte", "fte_between", "said", "short",
    "sentence", "written", "limit_amount", "limit_name", "called", "amount_of", "told",
}  # fmt: skip
SAID = {"sentence", "said", "words", "reason", "headline", "told"}


def texts(root: Path) -> list[str]:
    """What was said to people is never taken apart to learn what it says."""
    complaints = []
    for file in python_files(root, "optimiser"):
        for node in ast.walk(read(root / file)[1]):
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
        tree = read(root / file)[1]
        if file != DRAWS and any(getattr(node, "attr", "") == "plotly_chart" for node in ast.walk(tree)):
            complaints.append(f"{file} draws a chart itself: picture() of {DRAWS.stem} does")
        if file.is_relative_to("optimiser/report") and file.stem not in ("drawing", "pairs"):
            for node in tree.body:
                gives = ast.unparse(node.returns) if isinstance(node, ast.FunctionDef) and node.returns else ""
                if re.search(r"\bFigure\b", gives):
                    complaints.append(f"{file}:{node.lineno} gives a bare figure: give a Chart")
    return complaints


def tolerances(root: Path) -> list[str]:
    """How little is nothing and how near is the same is said in one module, by name."""
    complaints = []
    for file in python_files(root, "optimiser"):
        if file == TOLERANCES:
            continue
        text, tree = read(root / file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value <= 0.001:
                written = ast.get_source_segment(text, node) or ""
                if node.value < 0.001 or "e" in written:
                    complaints.append(f"{file}:{node.lineno} says {written}: name it in {TOLERANCES}")
    return complaints


def names(root: Path) -> list[str]:
    """A class has one meaning, and below the app so has the name of a file; a page or a command may be called what it shows."""
    found: dict[str, list[str]] = {}
    for file in python_files(root, "optimiser"):
        top = file.parts[1] if len(file.parts) > 2 and file.parts[1] in ("app_pages", "commands") else "below the app"
        if file.name != "__init__.py":
            found.setdefault(f"{file.name} ({top})", []).append(str(file))
        for node in ast.walk(read(root / file)[1]):
            if isinstance(node, ast.ClassDef):
                found.setdefault(f"class {node.name}", []).append(f"{file}:{node.lineno}")
    return [
        f"{name} stands for several things: {', '.join(places)}" for name, places in found.items() if len(places) > 1
    ]


CHECKS: tuple[Check, ...] = (
    floors, circles, libraries, verifier, sizes, dependencies, pins, words, commands, versions, pages, kinds, texts, charts,
    tolerances, names,
)  # fmt: skip
