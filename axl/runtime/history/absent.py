"""Says why a step has no result in a run: it failed or was cancelled, was never reached, or has no such item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from axl.errors import UsageError
from axl.ir.nodes import IRWorkflow
from axl.ir.walk import nodes
from axl.runtime.history.timeline import Instance
from axl.wire.address import Index, instance_text
from axl.wire.record import RunStatus

_STOPPED = {
    "running": "the run has not come to it yet",
    "failed": "the run failed before",
    "cancelled": "the run was cancelled before",
    "interrupted": "the engine was killed before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where a result was looked for: a run, how it stands, its program, a step, and what became of that.

    `see` is how the author sees more of the run.
    """

    run: str
    see: str
    status: RunStatus
    program: IRWorkflow
    step: str
    instances: Sequence[Instance]


def no_result(looked: Looked, index: Index) -> UsageError:
    """Return the error that tells why a step, or the items of it below an index, have no result."""
    name, see = instance_text(looked.step, index), looked.see
    fitting = [each for each in looked.instances if each.index[: len(index)] == index]
    if fitting:
        return UsageError(f"{name} has no output in the run {looked.run}: {_fates(fitting, name)}", hint=see)
    if looked.instances:
        return UsageError(f"there is no {name} in the run {looked.run}", hint=_items(looked))
    return UsageError(f"{looked.step} did not run in {looked.run}: {_reason(looked)}", hint=see)


def _fates(instances: Sequence[Instance], name: str) -> str:
    if len(instances) == 1:
        which = "it" if instances[0].name == name else instances[0].name
        return f"{which} {_verb(instances[0].status, 1)}"
    counts = Counter(each.status for each in instances)
    return ", ".join(f"{count} {_verb(status, count)}" for status, count in counts.items())


def _verb(status: str, count: int) -> str:
    passive = "was" if count == 1 else "were"
    return status if status == "failed" else f"{passive} {status}"


def _items(looked: Looked) -> str:
    first, last = min(each.index for each in looked.instances), max(each.index for each in looked.instances)
    if not first:
        return f"it is in no map: write {looked.step}"
    names = f"{instance_text(looked.step, first)} to {instance_text(looked.step, last)}"
    return f"there is {names}" if first != last else f"there is only {instance_text(looked.step, first)}"


def _reason(looked: Looked) -> str:
    path = next((visit.path for visit in nodes(looked.program) if visit.node.id == looked.step), ())
    chosen = any(":" in place for place in path)
    if looked.status != "succeeded":
        return _STOPPED[looked.status] + (", or its branch was not taken" if chosen else "")
    if not path:
        return "its records are gone"
    return "its branch was not taken" if chosen else "its map had no items"
