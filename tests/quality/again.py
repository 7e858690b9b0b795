"""A plugin of pytest: every test runs OPTIMISER_TIMES times. `-p tests.quality.again`."""

from __future__ import annotations

import os

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test once more, and once more."""
    if (times := int(os.environ.get("OPTIMISER_TIMES") or 1)) > 1:
        metafunc.fixturenames.append("_time")
        metafunc.parametrize("_time", range(times))
