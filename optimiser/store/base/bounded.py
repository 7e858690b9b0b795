"""A connection to PostgreSQL that never waits without end: a server that hangs is told as one that cannot be reached.

The server's own limits (`lock_timeout`) need a server that runs. Where its machine hangs, only who waits can end it.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus

CONNECT_SECONDS = 5
FIRST_SECONDS = 10.0
"""What begins a transaction, or asks whether the server is still there, is nothing that takes a server time."""
SILENT_SECONDS = 60.0
"""Longer than the wait for other writers, and than any statement of the store has taken."""


class BoundedConnection(Connection[Any]):
    """A connection that is given up where the server says nothing for so long. Raises OperationalError then."""

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Waits for an answer, for a while."""
        begins = self.pgconn.transaction_status == TransactionStatus.IDLE
        return super().wait(self._heard(gen, FIRST_SECONDS if begins else SILENT_SECONDS), *args, **kwargs)

    def _heard(self, gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
        """The same waiting, which ends with an error once nothing has come for this long."""
        until = time.monotonic() + seconds
        try:
            asked = next(gen)
            while True:
                ready = yield asked
                if ready:
                    until = time.monotonic() + seconds
                elif time.monotonic() > until:
                    self.pgconn.finish()  # what it was about to say is for nobody any more
                    raise OperationalError(f"the server has said nothing for {seconds:g} seconds")
                asked = gen.send(ready)
        except StopIteration as done:
            return done.value
