"""Independent pieces of one piece of work, done abreast: by copies of this process where that is safe, else by threads."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Pieces = Mapping[str, Callable[[], Any]]
_pieces: dict[int, Pieces] = {}


@contextmanager
def abreast(pieces: Pieces, workers: int | None = None) -> Iterator[Mapping[str, Future[Any]]]:
    """Begins every piece; name -> its future. What a piece returns must be picklable.

    On Linux a process without further threads is copied, which costs nothing and keeps what was read and built; the
    app's server has threads, whose locks a copy could find taken for ever, so there the pieces share the lock of Python
    (the solver works without it).
    """
    token = id(pieces)
    _pieces[token] = pieces
    try:
        with _pool(min(workers or os.cpu_count() or 1, len(pieces) or 1)) as pool:
            yield {name: pool.submit(_do, token, name) for name in pieces}
    finally:
        del _pieces[token]


def _pool(workers: int) -> Executor:
    if sys.platform == "linux" and threading.active_count() == 1 and workers > 1:
        return ProcessPoolExecutor(workers, get_context("fork"))
    return ThreadPoolExecutor(workers)


def _do(token: int, name: str) -> Any:
    return _pieces[token][name]()
