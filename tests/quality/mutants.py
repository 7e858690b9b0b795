"""Mutation testing in a small sample: one operator, comparison, constant or truth of a module is changed, and its own tests should
fail. Each mutant lives in a process of its own, whose functions get the changed code before the tests run."""

from __future__ import annotations

import ast
import copy
import gc
import os
import random
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import CodeType, FunctionType

import pytest

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
PLAINLY = ("-q", "-p", "no:cacheprovider", "--tb=no", "--hypothesis-profile=few")
PATIENCE = 240
"""Seconds that the tests of one mutant may take; one that hangs them is found."""


@dataclass(frozen=True)
class Mutant:
    """One change. found: whether a test failed because of it."""

    line: int
    was: str
    now: str
    found: bool


def mutants(module: str, tests: list[str], count: int, seed: int, known: Collection[Mutant] = ()) -> Iterator[Mutant]:
    """A sample of changes of a module, each tried with these tests. known: those that were found already, and are not tried again.
    Raises RuntimeError where the tests fail without any change."""
    path = Path(str(import_module(module).__file__))
    with redirect_stdout(StringIO()):  # everything is imported once here, and not again for each mutant
        pytest.main([*tests, "--collect-only", *PLAINLY])
    tree = ast.parse(path.read_text("utf-8"))
    changes = list(_changes(tree))
    if _fails(tests, None):
        raise RuntimeError(f"the tests of {module} fail without any change")
    for place in random.Random(seed).sample(range(len(changes)), min(count, len(changes))):
        node = changes[place][0]
        was = ast.unparse(node)
        mutated = copy.deepcopy(tree)
        changed, apply = list(_changes(mutated))[place]
        apply(changed)
        code = compile(mutated, str(path), "exec")
        made = Mutant(getattr(node, "lineno", 0), was, ast.unparse(changed), True)
        yield made if made in known else replace(made, found=_fails(tests, code))


def _changes(tree: ast.Module) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Every place inside a function that can be changed, with how."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.FunctionDef):
                    break  # it is walked by itself
                if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
                    yield node, _swap_comparison
                elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
                    yield node, _swap_operator
                elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
                    yield node, _other_constant
                elif isinstance(node, ast.If | ast.IfExp):
                    yield node, _negated


def _swap_comparison(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops = [SWAPS[type(node.ops[0])]()]  # type: ignore[list-item]


def _swap_operator(node: ast.AST) -> None:
    node.op = SWAPS[type(node.op)]()  # type: ignore[attr-defined]


def _other_constant(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    node.value = (not node.value) if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]


def _negated(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.IfExp)
    node.test = ast.fix_missing_locations(ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))


def _fails(tests: list[str], code: CodeType | None) -> bool:
    """Whether the tests fail in a process whose functions have this code."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if code is not None:
            _put(code)
        status = pytest.main([*tests, "-x", *PLAINLY])
        os._exit(int(status))
    time.sleep(0)
    return os.waitpid(child, 0)[1] != 0


def _put(code: CodeType) -> None:
    """Gives every function of the module the code of its namesake on the same line."""
    new = {(c.co_qualname, c.co_firstlineno): c for c in _within(code)}
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == code.co_filename:
            made = new.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
            if made is not None and len(made.co_freevars) == len(found.__code__.co_freevars):
                found.__code__ = made


def _within(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _within(constant)
