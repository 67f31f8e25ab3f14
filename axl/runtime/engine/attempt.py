"""One try at a node instance, as the engine keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from axl.runtime.plan.block import Instance
from axl.runtime.task.logs import LogBuffer
from axl.wire.outcome import Outcome
from axl.wire.spec import TaskSpec
from axl.wire.values import Ref, refs_in


@dataclass(slots=True, eq=False)
class Attempt:
    """One try at an instance.

    `first` is the number of this session's first try. `place` says which list of a map has to be
    stored item by item, where that is the work. `claimed` says that nobody else computes it.
    """

    instance: Instance
    number: int
    first: int
    place: int | None = None
    value: Ref | None = None
    log: LogBuffer = field(default_factory=LogBuffer)
    worker: str = ""
    claimed: bool = False
    began: float | None = None


def timed(outcome: Outcome, attempt: Attempt) -> Outcome:
    """Return an outcome with the engine's own times where the attempt could not tell its own."""
    if outcome.started or attempt.began is None:
        return outcome
    seconds = time.monotonic() - attempt.began
    return replace(outcome, seconds=seconds, started=time.time() - seconds)


def needs_records(spec: TaskSpec) -> bool:
    """Say whether a worker has to read records to get at the inputs."""
    return any(ref.at for _, value in spec.inputs for ref in refs_in(value))
