"""Why each step instance of a run was computed, or was found: compared with the run before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from axl.io.store import Store
from axl.ir.nodes import Task
from axl.runtime.cache.changes import Change, State, changes
from axl.wire.address import Index, instance_text, node_key, parse_index
from axl.wire.record import NodeRecord, RunRecord, decode_node, decode_run

LOOKED_AT = 20
"""Earlier runs of the same workflow among which the last one with the same step instance is looked for."""

Fate = Literal["cached", "computed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One step instance: what became of it, and why.

    `run` is where a cached result was first computed, else the earlier run that it is compared with;
    empty where there is none. Without changes `note` says why it was computed all the same.
    """

    node: str
    index: Index
    fate: Fate
    run: str = ""
    changes: tuple[Change, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """How people name it: `load`, `load[3]`."""
        return instance_text(self.node, self.index)


def why(run: RunRecord, program_tasks: Sequence[Task], store: Store) -> Iterator[Why]:
    """Yield why each instance of these tasks was computed or found, in the order of items."""
    before = earlier_runs(run.workflow, run.created, store)
    for task in program_tasks:
        prefix = f"node/{run.run}/{task.id}/"
        places = sorted((parse_index(key[len(prefix) :]), key) for key in store.list_keys(prefix))
        for index, key in places:
            body = store.get_record(key)
            if body is not None:
                yield _why(task, index, decode_node(body, key), before, store)


def earlier_runs(workflow: str, created: float, store: Store) -> list[RunRecord]:
    """Return the newest runs of a workflow that began before a time, the newest first."""
    records = [decode_run(body, key) for key, body in store.list_records("run/")]
    fitting = [each for each in records if each.workflow == workflow and each.created < created]
    return sorted(fitting, key=lambda each: each.created, reverse=True)[:LOOKED_AT]


def last_record(
    task: Task, index: Index, runs: Sequence[RunRecord], store: Store
) -> tuple[str, NodeRecord] | None:
    """Return the run that last had a result of a step instance, and the record."""
    for run in runs:
        key = node_key(run.run, task.id, index)
        body = store.get_record(key)
        if body is not None:
            return run.run, decode_node(body, key)
    return None


def state_of(record: NodeRecord) -> State:
    """Return what decided about a recorded result."""
    return State(code=record.code, inputs=dict(record.inputs), key=record.key)


def _why(task: Task, index: Index, record: NodeRecord, before: list[RunRecord], store: Store) -> Why:
    if record.status == "cached":
        origin = record.origin.split("/")
        place = origin[1] if len(origin) == 4 else ""
        was = instance_text(origin[2], parse_index(origin[3])) if len(origin) == 4 else ""
        note = "" if was in {"", instance_text(task.id, index)} else f"as {was}"
        return Why(node=task.id, index=index, fate="cached", run=place, note=note)
    fate: Fate = "failed" if record.status == "failed" else "computed"
    if not task.policy.cache.enabled:
        return Why(node=task.id, index=index, fate=fate, note="its cache is off")
    if record.code.startswith("unknown: "):
        return Why(node=task.id, index=index, fate=fate, note=f"not cached: {record.code[9:]}")
    if not record.key:
        return Why(node=task.id, index=index, fate=fate, note="the run was told not to use the cache")
    last = last_record(task, index, before, store)
    if last is None:
        return Why(node=task.id, index=index, fate=fate, note="the first time")
    run, old = last
    found = changes(state_of(old), state_of(record), task, store)
    return Why(
        node=task.id, index=index, fate=fate, run=run, changes=found, note="" if found else _unchanged(old)
    )


def _unchanged(old: NodeRecord) -> str:
    if old.status == "failed":
        return "it failed the last time"
    return "nothing changed: the run was told to compute it, or the older result had expired or is gone"
