"""Independent pieces of one piece of work, done abreast in threads: the solver works without Python's lock.

Copies of the process were tried and gave nothing: what they gain is lost in starting them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any


@contextmanager
def abreast(pieces: Mapping[str, Callable[[], Any]], workers: int | None = None) -> Iterator[Mapping[str, Future[Any]]]:
    """Begins every piece, as many at once as there are cores; name -> its future."""
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        yield {name: pool.submit(piece) for name, piece in pieces.items()}
