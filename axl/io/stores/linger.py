"""Ends a transaction that stays open: other processes wait for it, and its owner may be busy for hours."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

LONGEST = 0.05
"""Seconds that a transaction stays open at most."""


class Linger:
    """Calls `end` from a thread of its own, some time after `begun` was called for the first time since."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._wake = threading.Event()
        self._process = 0

    def begun(self) -> None:
        """Take note that there is something to end."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._wake = threading.Event()
            threading.Thread(target=self._watch, args=(self._wake,), name="axl-linger", daemon=True).start()
        self._wake.set()

    def _watch(self, wake: threading.Event) -> None:
        while wake.wait():
            wake.clear()
            time.sleep(LONGEST)
            self._end()
