"""How an engine's loop ended: status, result, counts and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from axl.wire.outcome import Failure
from axl.wire.record import RunStatus
from axl.wire.values import Value

SHOWN = 10
"""How many failures are named in the text of a run's error."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the engine's loop ended; `signal` is the one that stopped it, or 0."""

    status: RunStatus
    result: Value | None
    counts: dict[str, int]
    failures: tuple[tuple[str, Failure], ...]
    signal: int

    @property
    def error(self) -> str:
        """What failed, in one text; empty when nothing did."""
        return describe(self.failures)


def describe(failures: Sequence[tuple[str, Failure]]) -> str:
    """Return one text for what failed; of very many failures the first ones are named."""
    named = "; ".join(f"{name}: {failure.error}: {failure.message}" for name, failure in failures[:SHOWN])
    return named if len(failures) <= SHOWN else f"{named}; and {len(failures) - SHOWN} more"
