"""What an engine says while it runs, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from axl.wire.address import Index
from axl.wire.outcome import Failure
from axl.wire.record import RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """An engine took up a run; `committed` results of it are there already when it is continued."""

    run: str
    workflow: str
    executor: str
    workers: int
    continued: bool
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStarted:
    """The number of items of a map is known."""

    node: str
    index: Index
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """An attempt begins."""

    node: str
    index: Index
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFinished:
    """A node instance has a result; `seconds` is what its last attempt took.

    `tolerated`: it failed, and its policy lets something stand for the result.
    """

    node: str
    index: Index
    attempt: int
    status: Literal["done", "cached", "continued", "failed", "tolerated", "skipped", "cancelled"]
    seconds: float
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRetried:
    """An attempt failed and another one follows after `wait` seconds."""

    node: str
    index: Index
    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPrinted:
    """A step wrote to its standard output or error; `text` is whole lines."""

    node: str
    index: Index
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that is worth knowing and stops nothing: why results are not kept, for one."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """A signal arrived; `waiting` attempts get `grace` seconds to end."""

    signal: str
    waiting: int
    grace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The engine leaves the run."""

    run: str
    status: RunStatus
    seconds: float
    counts: tuple[tuple[str, int], ...]
    error: str = ""


Event = (
    RunStarted
    | MapStarted
    | TaskStarted
    | TaskFinished
    | TaskRetried
    | TaskPrinted
    | Noted
    | Stopping
    | RunFinished
)


class Reporter(Protocol):
    """Whoever wants to hear of a run."""

    def __call__(self, event: Event, /) -> None:
        """Take one event; called from the engine's thread, so it must be quick.

        A `Noted` about a store that does not answer may come from another thread.
        """
        ...


def silent(_event: Event) -> None:
    """Report nothing."""
