"""What all tests share: which of them `make test` takes, in which order, by how many at once; none fails because the
machine is busy."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", settings.get_profile("unhurried"), max_examples=10, derandomize=True)
settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, because the tests in the browser wait more than they work."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The cases of a test beyond its `first` are long; what is slow comes first, so that at the end no worker is left
    alone with it."""
    taken: Counter[str] = Counter()
    for item in items:
        if first := item.get_closest_marker("first"):
            test = item.nodeid.partition("[")[0]
            taken[test] += 1
            if taken[test] > first.args[0]:
                item.add_marker("long")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
