"""The page on quality is made from what was measured, and names what was not."""

from __future__ import annotations

import ast
from pathlib import Path

from optimiser.verbs import case_from
from tests.oracle.random_cases import random_case
from tests.quality.mutants import _changes
from tests.quality.page import PAGE, ROOT, looked_at, page, read
from tests.quality.parts import FAULTS, PARTS
from tests.quality.random_cases import Records, shrunk


def test_the_page_is_that_of_the_measurements() -> None:
    assert PAGE.read_text("utf-8") == page(read(), looked_at()), "make quality"


def test_every_fault_has_its_tests() -> None:
    for _, tests in [*FAULTS.values(), *((m, t) for m, t in PARTS.values())]:
        for said in tests:
            file, _, test = said.partition("::")
            assert (ROOT / file).is_file(), said
            assert not test or f"def {test}(" in (ROOT / file).read_text("utf-8"), said


def test_a_mutant_is_another_program() -> None:
    source = Path(ROOT / "optimiser" / "solvers" / "bound.py").read_text("utf-8")
    tree = ast.parse(source)
    before = ast.unparse(tree)
    places = len(list(_changes(tree)))
    assert places > 20
    seen = set()
    for place in range(places):
        again = ast.parse(source)
        node, change = list(_changes(again))[place]
        change(node)
        seen.add(ast.unparse(again))
    assert before not in seen
    assert len(seen) == places


def test_a_case_that_differs_is_cut_down_to_the_rows_that_do_it() -> None:
    records = random_case(3, rules=True)
    wanted = {row["initiative"] for row in records["Initiatives"][1:3]}

    def differs(some: Records) -> bool:
        case_from(some)
        return wanted <= {row["initiative"] for row in some["Initiatives"]}

    small = shrunk(records, differs)
    assert {row["initiative"] for row in small["Initiatives"]} == wanted
    assert sum(map(len, small.values())) < 12
    assert differs(small)
