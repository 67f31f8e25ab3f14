"""How a run is driven."""

from __future__ import annotations

from dataclasses import dataclass, field

from axl.runtime.engine.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is driven: seconds of grace for a stop, and what to do after a failure."""

    keep_going: bool = False
    grace: float = 10.0
    max_parallel: int | None = None
    clock: Clock = field(default_factory=Clock)
