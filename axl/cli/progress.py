"""How far a run is: counted from the engine's events, for whoever shows it.

How many instances there will be is known map by map, as the maps begin; of a branch the longer arm is
counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from axl.ir.nodes import Block, Branch, Group, IRWorkflow, Map, Task
from axl.wire.address import instance_text
from axl.wire.events import Event, MapStarted, RunFinished, RunStarted, TaskFinished, TaskStarted


@dataclass(slots=True)
class Bar:
    """The tasks of one map, or those outside of maps: how many there are, and what became of them."""

    label: str
    total: int = 0
    ended: int = 0
    failed: int = 0


class Progress:
    """Counts events; `bars` are in the order in which the maps began, the tasks outside first."""

    def __init__(self, program: IRWorkflow) -> None:
        self._homes: dict[str, str] = {}
        self._weights: dict[str, int] = {}
        self._labels: dict[str, list[str]] = {}
        self._place(program.body, "")
        outside = self._weights[""] + (program.on_exit is not None)
        self.bars: dict[str, Bar] = {"": Bar("steps", outside)}
        self.running: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    @property
    def total(self) -> int:
        """How many instances are known of."""
        return max(sum(bar.total for bar in self.bars.values()), self.ended)

    @property
    def ended(self) -> int:
        return sum(bar.ended for bar in self.bars.values())

    @property
    def failed(self) -> int:
        return sum(bar.failed for bar in self.bars.values())

    def take(self, event: Event) -> None:
        """Count an event."""
        match event:
            case MapStarted():
                bar = self.bars.setdefault(
                    event.node, Bar(", ".join(self._labels.get(event.node, [event.node])))
                )
                bar.total += event.count * self._weights.get(event.node, 1)
            case TaskStarted():
                self.running[instance_text(event.node, event.index)] = event.attempt
            case TaskFinished():
                self._end(event)
            case RunStarted() | RunFinished():
                self.running.clear()
            case _:
                pass

    def _end(self, event: TaskFinished) -> None:
        self.running.pop(instance_text(event.node, event.index), None)
        self.counts[event.status] = self.counts.get(event.status, 0) + 1
        if event.status == "cancelled":
            return
        bar = self.bars.get(self._homes.get(event.node, ""), self.bars[""])
        bar.ended += 1
        bar.failed += event.status == "failed"
        bar.total = max(bar.total, bar.ended)

    def _place(self, block: Block, home: str) -> None:
        self._weights[home] = _weight(block)
        for node in _direct(block):
            if isinstance(node, Map):
                self._place(node.body, node.id)
            else:
                self._homes[node.id] = home
                self._labels.setdefault(home, []).append(node.id)


def _direct(block: Block) -> Iterator[Task | Map]:
    """Yield the tasks and maps of a block and of its branches and groups, but not what is in the maps."""
    for node in block.nodes:
        match node:
            case Task() | Map():
                yield node
            case Branch():
                yield from _direct(node.then)
                yield from _direct(node.otherwise)
            case Group():
                yield from _direct(node.body)
            case _:
                assert_never(node)


def _weight(block: Block) -> int:
    """Return how many tasks one pass through a block runs, those in its maps left out."""
    total = 0
    for node in block.nodes:
        match node:
            case Task():
                total += 1
            case Map():
                pass
            case Branch():
                total += max(_weight(node.then), _weight(node.otherwise))
            case Group():
                total += _weight(node.body)
            case _:
                assert_never(node)
    return total
