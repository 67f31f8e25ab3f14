"""Where the engine's time comes from, so that a test can put its own in its place."""

from __future__ import annotations

import time


class Clock:
    """Where the engine's time comes from; tests put their own in its place."""

    def now(self) -> float:
        """Return seconds from an arbitrary point, never going back."""
        return time.monotonic()

    def until(self, when: float) -> float:
        """Return how many real seconds to wait for a point in this clock's time."""
        return max(0.0, when - self.now())
