"""Lets processes begin their transactions in turn.

SQLite makes whoever finds the database busy look again later, ever less often. A process that commits
and begins without a pause would never let it in. So whoever waits for the database holds the turn, and
whoever has just committed waits for the turn before it begins again.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 30.0
_PAUSE = 0.001


class Turn:
    """A file whose kernel lock is the turn; nothing but fairness hangs on it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn, or go on without it after a while: its holder may have been stopped."""
        deadline = time.monotonic() + _PATIENCE
        while not self._try() and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
