"""The small checker of certificates, as somebody else has it: a file that knows nothing of ours."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

CHECKER = Path(__file__).parents[2] / "data" / "check_certificate.py"


@cache
def checker() -> ModuleType:
    """`data/check_certificate.py`, loaded."""
    spec = importlib.util.spec_from_file_location("check_certificate", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made
