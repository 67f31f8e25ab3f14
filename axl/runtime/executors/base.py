"""What the engine needs of an executor: hand it attempts, wait for reports, stop what runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from axl.io.store import Store
from axl.wire.outcome import Outcome
from axl.wire.spec import TaskSpec

Ticket = int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What every worker has to know: the workflow to import, where, and the store to use.

    `shipped` is a pickled class for a workflow that other processes cannot import.
    """

    workflow: str
    path: str
    store: Store
    workers: int
    shipped: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One attempt with the ticket that its reports carry."""

    ticket: Ticket
    spec: TaskSpec


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt left the queue of its worker and runs."""

    ticket: Ticket
    worker: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A step wrote these bytes to its standard output or error."""

    ticket: Ticket
    data: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """An attempt ended, in whatever way."""

    ticket: Ticket
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dropped:
    """An attempt never began, because its worker ended before; it costs nothing to run it elsewhere."""

    ticket: Ticket


Report = Started | Printed | Finished | Dropped


class Executor(Protocol):
    """A place for attempts, used from the engine's thread only, but for `wake`."""

    @property
    def free(self) -> int:
        """How many more submissions can begin at once."""
        ...

    def submit(self, jobs: Sequence[Job]) -> None:
        """Run jobs one after the other on one worker."""
        ...

    def wait(self, timeout: float | None) -> list[Report]:
        """Return what happened, at the latest after `timeout` seconds or a `wake`."""
        ...

    def wake(self) -> None:
        """Let a waiting `wait` return; safe in a signal handler and in any thread."""
        ...

    def stop(self, *, force: bool) -> None:
        """Ask every running attempt to end, or end it now."""
        ...

    def close(self) -> None:
        """End everything that was started; nothing is left when this returns."""
        ...
