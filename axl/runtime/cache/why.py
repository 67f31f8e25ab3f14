"""Why each step instance of a run was computed, or was found: compared with the run before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from axl.io.store import Store
from axl.ir.nodes import IRWorkflow, Task
from axl.ir.words import time_words
from axl.runtime.cache.changes import Change, Parts, State, changes
from axl.runtime.cache.earlier import Earlier, Last, Options, keys_of, options_of
from axl.runtime.cache.results import Missed
from axl.wire.address import Index, instance_text, parse_index
from axl.wire.record import NodeRecord, RunRecord, decode_node

Fate = Literal["cached", "computed", "failed", "cancelled"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of an instance that had to be computed, or would have to be.

    `unknown` says why its code cannot be followed, `missed` why a result that was there was not used.
    """

    task: Task
    index: Index
    fate: Fate
    state: State
    unknown: str = ""
    missed: Missed = ""
    parts: Parts | None = None


def why(run: RunRecord, program: IRWorkflow, wanted: Sequence[Task], store: Store) -> Iterator[Why]:
    """Yield why each instance of these tasks was computed or found, in the order of items."""
    before, options = Earlier.than(run.workflow, run.created, store), options_of(program)
    for task in wanted:
        for index, key in sorted(keys_of(run.run, task.id, store).items()):
            body = store.get_record(key)
            if body is not None:
                yield _why(task, index, decode_node(body, key), options[task.id], before)


def explain(asked: Asked, before: Earlier) -> Why:
    """Return why an instance had to be computed."""
    note = _own_reason(asked)
    last = None if note else before.last(asked.task.id, asked.index)
    if last is None:
        note = note or "the first time"
        return Why(node=asked.task.id, index=asked.index, fate=asked.fate, note=note)
    note = _ENDS.get(last.record.status, "")
    found = () if note else changes(_state_of(last), asked.state, asked.task, before.store, asked.parts)
    note = note or ("" if found else _unchanged(last.record))
    return Why(node=asked.task.id, index=asked.index, fate=asked.fate, run=last.run, changes=found, note=note)


def _why(task: Task, index: Index, record: NodeRecord, options: Options, before: Earlier) -> Why:
    if record.status == "cached":
        return _found(task, index, record)
    state = State(code=record.code, inputs=dict(record.inputs), key=record.key, options=options)
    unknown = record.code.removeprefix("unknown: ") if record.code.startswith("unknown: ") else ""
    asked = Asked(
        task=task,
        index=index,
        fate=_FATES.get(record.status, "computed"),
        state=state,
        unknown=unknown,
        missed=_missed(record),
    )
    return explain(asked, before)


_FATES: dict[str, Fate] = {"failed": "failed", "cancelled": "cancelled"}
_MISSED: dict[str, Missed] = {each: each for each in get_args(Missed)}
_ENDS = {"failed": "it failed the last time", "cancelled": "it was cancelled the last time"}


def _missed(record: NodeRecord) -> Missed:
    # Older records do not tell; one without a key was made without the cache
    without = record.status == "done" and not record.key and not record.missed
    return "off" if without else _MISSED.get(record.missed, "")


def _found(task: Task, index: Index, record: NodeRecord) -> Why:
    origin = record.origin.split("/")
    place = origin[1] if len(origin) == 4 else ""
    was = instance_text(origin[2], parse_index(origin[3])) if len(origin) == 4 else ""
    note = "" if was in {"", instance_text(task.id, index)} else f"as {was}"
    return Why(node=task.id, index=index, fate="cached", run=place, note=note)


def _own_reason(asked: Asked) -> str:
    """Return why an instance had to be computed whatever was there before; empty when that decides."""
    if not asked.task.policy.cache.enabled:
        return "its cache is off"
    if asked.unknown:
        return f"not cached: {asked.unknown}"
    match asked.missed:
        case "off":
            return "the run was told to use no cache (--no-cache)"
        case "renewed":
            return "the run was told to compute everything (--fresh)"
        case "expired":
            ttl = asked.task.policy.cache.ttl_s
            return f"its result was older than its ttl{f' of {time_words(ttl)}' if ttl is not None else ''}"
        case "lost":
            return "the stored bytes of its result are lost or cut short"
        case "":
            return ""


def _state_of(last: Last) -> State:
    record = last.record
    return State(code=record.code, inputs=dict(record.inputs), key=record.key, options=last.options)


def _unchanged(old: NodeRecord) -> str:
    if _missed(old) == "off":
        return "the run before was told to use no cache (--no-cache), and kept no result"
    return "nothing changed, but its result was removed, or its files changed while it ran"
