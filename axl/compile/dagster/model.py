"""The part of Dagster's language that is emitted: ops, the stages of maps, one job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from axl.ir.nodes import Task

ItemPath: TypeAlias = tuple[str, ...]
"""The ids of the maps around an op, the outermost first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One op of the job. It waits for other ops and receives nothing from them.

    `does` says what the runner is asked: to run the instances of a step, to name the items of a map,
    or to record the result of the run. `level` is where its instances are: an op that names items has
    the level of those items. `items` is the op that names the items it runs for. `limits` are the maps around it whose concurrency is bounded.
    """

    name: str
    does: Literal["step", "items", "result"]
    node: str
    level: ItemPath = ()
    stage: int = 0
    items: str = ""
    waits: tuple[str, ...] = ()
    task: Task | None = None
    source: str = ""
    group: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Ops that run once for each item that the op `items` names, those that others wait for in `leave`."""

    items: str
    ops: tuple[Op, ...]
    leave: tuple[str, ...]


Unit: TypeAlias = Op | Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The job of a workflow, its units in an order in which each stands after what it waits for.

    `limits` are the maps whose concurrency is bounded.
    """

    units: tuple[Unit, ...]
    limits: tuple[tuple[str, int], ...]

    @property
    def ops(self) -> tuple[Op, ...]:
        """Every op, in order."""
        return tuple(op for unit in self.units for op in (unit.ops if isinstance(unit, Stage) else (unit,)))
