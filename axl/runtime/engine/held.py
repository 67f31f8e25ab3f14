"""What has ended well and is not written yet: quick items of one map cost less when written together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from axl.runtime.engine.attempt import Attempt
from axl.wire.outcome import Outcome

_LONGEST = 0.002
"""Seconds that results wait for each other at most."""


@dataclass(slots=True)
class Held:
    """Attempts and what they came to, in the order of their ends."""

    _ended: list[tuple[Attempt, Outcome]] = field(default_factory=list)
    _since: float = 0.0

    def __bool__(self) -> bool:
        return bool(self._ended)

    def add(self, attempt: Attempt, outcome: Outcome) -> None:
        if not self._ended:
            self._since = time.monotonic()
        self._ended.append((attempt, outcome))

    def may_wait(self, queue: Sequence[Attempt]) -> bool:
        """Say whether what is handed out next is likely to be as quick: an item of the same map."""
        if not self._ended or not queue or queue[0].instance.node is not self._ended[-1][0].instance.node:
            return False
        return time.monotonic() - self._since < _LONGEST

    def take(self) -> list[tuple[Attempt, Outcome]]:
        ended, self._ended = self._ended, []
        return ended
