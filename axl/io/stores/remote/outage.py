"""How long a bucket that does not answer is asked again, and what is told meanwhile: once, after two seconds.

The deadline that was told is spent once. Whatever a command still wants of the bucket after it, such as to
record its end and to let go of its locks, is tried for a moment only, until something is answered again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axl.io.notices import notice
from axl.io.stores.remote.failure import Trouble

PATIENCE = 120.0
"""Seconds after which a request that keeps failing is given up."""

FIRST_PATIENCE = 15.0
"""The same before anything has succeeded, when a mistake in the URL is likelier than a passing trouble."""

ABSENT_PATIENCE = 4.0
"""The same before anything has succeeded and where nobody listens, but for a server that starts just now."""

PATIENCE_AFTERWARDS = 1.0
"""The same once a request was given up, until another is answered."""

TELL_AFTER = 2.0
"""Seconds after which it is told that a bucket does not answer."""


@dataclass(slots=True)
class Outage:
    """Whether a bucket has answered yet, whether it was told that it does not, and whether it was given up."""

    url: str
    given_up: bool = field(default=False, init=False)
    _reached: bool = field(default=False, init=False)
    _told: bool = field(default=False, init=False)

    def limit(self, patience: float, trouble: Trouble) -> float:
        """Return how many seconds a request may fail in this way, of those that its caller has."""
        if self.given_up:
            return min(patience, PATIENCE_AFTERWARDS)
        if self._reached:
            return min(patience, PATIENCE)
        return min(patience, ABSENT_PATIENCE if trouble.absent else FIRST_PATIENCE)

    def answered(self) -> None:
        """Take note of an answer; the next silence is told again, and waited for."""
        self._reached = True
        self._told = False
        self.given_up = False

    def ends(self, patience: float) -> None:
        """Take note of a request whose time was over, unless its caller had less than others have."""
        if patience >= PATIENCE:
            self.given_up = True

    def goes_on(self, what: str, waited: float, limit: float) -> None:
        """Tell of a request that will have failed for a while when it is made again, unless that was told."""
        if waited >= TELL_AFTER and not self._told:
            self._told = True
            notice(f"{what} ({self.url}); trying again for {max(1, round(limit - waited))} s")

    @contextmanager
    def watched(self, began: float) -> Iterator[None]:
        """Tell of one of the first requests that neither succeeds nor fails; `began` when it was first made."""
        if self._reached:
            yield
            return

        def tell() -> None:
            self.goes_on("the store has not answered yet", time.monotonic() - began, FIRST_PATIENCE)

        left = max(0.0, began + TELL_AFTER - time.monotonic())
        timer = threading.Timer(left + 0.1, tell)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
