"""Tables for other programs: what is read back by the descriptor alone is what the case and the plan hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from optimiser.case.case import Case
from optimiser.case.examples import example_path, examples
from optimiser.case.reading.cells import no_formula
from optimiser.plan.tables import Plan
from optimiser.report.documents.data_package import DESCRIPTOR, package
from optimiser.verbs import case_from, read, solve

WORTH: dict[str, Any] = {
    "Case": [{"setting": "name", "value": "=Who & what?"}],
    "Agencies": [{"agency": "Härbour", "kind": "+police"}],
    "Funds": [{"fund": 'Levy, "old"', "amount": 900.5}, {"fund": "Grant", "amount": 2.0**52 + 1}],
    "Initiatives": [
        {"initiative": "ferry\nnew", "lead": "Härbour", "request": 400.1, "all_or_nothing": True, "ward": "=1+1"},
        {"initiative": "quay", "lead": "Härbour", "request": 1e-3, "ward": ""},
    ],
}


def read_back(files: dict[str, bytes], resource: dict[str, Any]) -> dict[str, list[Any]]:
    """The columns of a file as its description says they are; None where a cell is blank."""
    content = files[resource["path"]]
    assert (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}") == (resource["bytes"], resource["hash"])
    fields = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
    if resource["format"] == "parquet":
        made: dict[str, list[Any]] = pyarrow.parquet.read_table(io.BytesIO(content)).to_pydict()
        assert list(made) == list(fields)
        return made
    head, *rows = csv.reader(io.StringIO(content.decode(resource["encoding"]), newline=""))
    assert head == list(fields)
    types: dict[str, Any] = {"number": float, "boolean": {"true": True, "false": False}.__getitem__, "string": str}
    return {n: [types[t](row[j]) if row[j] else None for row in rows] for j, (n, t) in enumerate(fields.items())}


def held(of: Case | Plan) -> dict[str, Any]:
    case = of.case if isinstance(of, Plan) else of
    plan = of.tables if isinstance(of, Plan) else {}
    return {name: t for name, t in {**case.tables, **plan}.items() if len(t)}


def check(of: Case | Plan) -> dict[str, Any]:
    files = package(of, ("csv", "parquet"))
    assert files == package(of, ("csv", "parquet"))
    described: dict[str, Any] = json.loads(files.pop(DESCRIPTOR))
    assert {r["path"] for r in described["resources"]} == set(files)
    assert len({r["name"] for r in described["resources"]}) == len(files)
    assert all(re.fullmatch(r"[a-z0-9-]+", r["name"]) for r in (described, *described["resources"]))
    tables = held(of)
    assert {r["title"] for r in described["resources"]} == set(tables)
    by_name = {r["name"]: (r, read_back(files, r)) for r in described["resources"]}
    for resource, columns in by_name.values():
        table = tables[resource["title"]]
        for name, values in columns.items():
            for found, true in zip(values, table[name].tolist(), strict=True):
                if true == "" or (isinstance(true, float) and math.isnan(true)):
                    assert found is None
                elif table[name].dtype.kind == "O":
                    text = true if isinstance(true, str) else f"{true:.15g}"
                    assert found == (no_formula(text) if resource["format"] == "csv" else text)
                else:
                    assert found == true
        key = resource["schema"].get("primaryKey", [])
        keys = set(zip(*(columns[c] for c in key), strict=True))
        assert not key or (len(keys) == len(table) and not any(None in k for k in keys))
        for link in resource["schema"].get("foreignKeys", []):
            to = by_name[link["reference"]["resource"]][1][link["reference"]["fields"][0]]
            assert {v for v in columns[link["fields"][0]] if v is not None} <= set(to)
    return described


@pytest.mark.parametrize("name", sorted({*examples()} - {"with-faults"}))
def test_an_example_is_read_back_as_it_is(name: str) -> None:
    described = check(read(str(example_path(name))))
    fields = {r["title"]: {f["name"]: f for f in r["schema"]["fields"]} for r in described["resources"]}
    assert all(field["description"] for columns in fields.values() for field in columns.values())
    assert fields["Funds"]["amount"]["unit"] == "money"
    assert fields["Funds"]["amount"]["constraints"] == {"minimum": 0.0}


def test_a_plan_with_names_that_do_harm_elsewhere() -> None:
    plan = solve(case_from(WORTH))
    described = check(plan)
    assert described["name"] == "who-what"
    assert {"Spend", "Awards", "Balances"} <= {r["title"] for r in described["resources"]}
    csv_of = package(plan)["Initiatives.csv"].decode()
    assert "'=1+1" in csv_of
    assert np.isclose(float(plan.award["award"].sum()), 400.1, atol=1.0)


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="xlsx is none of"):
        package(case_from(WORTH), ("xlsx",))
