"""What is different between two runs: parameters and wiring, then each step's code, inputs, outputs and fate.

The records of both runs are read side by side, item by item, and nothing is loaded. That a result was
computed in one run and found in the other is no difference, nor is time.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from axl.io.store import Store
from axl.ir.nodes import IRWorkflow, Task
from axl.ir.walk import tasks
from axl.runtime.cache.changes import Change, State, changes
from axl.runtime.cache.earlier import Options, options_of
from axl.runtime.history.run import Run
from axl.wire.address import Index, parse_index
from axl.wire.digest import content
from axl.wire.failed import Failed
from axl.wire.record import NodeRecord, decode_node
from axl.wire.values import JSON, Lit, Many, Ref, Value

PLACES = 5
"""How many differing items of a step are named."""
_SLOWER, _LATER = 0.2, 0.1
"""From which share and how many seconds on a difference in time is worth a word."""

Pair = tuple[str, str]
"""What something was in the first run, and what it is in the second; empty where it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDiff:
    """One step in both runs.

    `items` are how many instances each run has, `differing` how many differ other than in time, and
    `places` the first of these. `changes` are what is different in code, packages and inputs, each
    once; `outputs` what the ports were in the instance `example`, the first in which they differ, and
    `unstable` says how many differ though code and inputs are the same. `statuses` count instances by what came of them in
    each run. `attempts` and `seconds` are sums over the instances that both runs have, the latter over
    those that both computed, where that is worth a word.
    """

    step: str
    items: tuple[int, int]
    differing: int = 0
    places: tuple[Index, ...] = ()
    changes: tuple[Change, ...] = ()
    outputs: tuple[tuple[str, Pair], ...] = ()
    example: Index = ()
    unstable: int = 0
    statuses: tuple[tuple[Pair, int], ...] = ()
    attempts: tuple[int, int] = (0, 0)
    seconds: tuple[float, float] | None = None

    @property
    def differs(self) -> bool:
        """Whether something other than attempts and time is different."""
        return self.differing > 0 or self.items[0] != self.items[1]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.differs and self.attempts[0] == self.attempts[1] and self.seconds is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDiff:
    """Two runs side by side; `facts` are the differences of the runs as such, by name."""

    before: str
    after: str
    facts: tuple[tuple[str, Pair], ...]
    steps: tuple[StepDiff, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs differ other than in attempts and time."""
        return bool(self.facts) or any(step.differs for step in self.steps)


@dataclass(slots=True)
class _Tally:
    """What is known of one step while its instances are read."""

    task: Task
    store: Store
    options: tuple[Options, Options]
    items: list[int] = field(default_factory=lambda: [0, 0])
    differing: int = 0
    places: list[Index] = field(default_factory=list)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    codes: dict[Pair, tuple[Change, ...]] = field(default_factory=dict)
    outputs: dict[str, Pair] = field(default_factory=dict)
    example: Index = ()
    unstable: int = 0
    statuses: dict[Pair, int] = field(default_factory=dict)
    attempts: list[int] = field(default_factory=lambda: [0, 0])
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def add(self, index: Index, before: NodeRecord | None, after: NodeRecord | None) -> None:
        for side, record in enumerate((before, after)):
            if record is not None:
                self.items[side] += 1
        if before is None or after is None:
            self._differ(index, (_fate(before), _fate(after)))
            return
        self.attempts[0] += before.attempt
        self.attempts[1] += after.attempt
        if "cached" not in (before.status, after.status):
            self.seconds[0] += before.seconds
            self.seconds[1] += after.seconds
        fates = (_fate(before), _fate(after))
        found = self._changes(before, after)
        outputs = _outputs(before, after)
        if fates[0] == fates[1] and not found and not outputs:
            return
        self._differ(index, fates if fates[0] != fates[1] else None)
        self.unstable += bool(outputs and not found and before.code)
        self._keep(found)
        if outputs and (not self.outputs or index < self.example):
            self.outputs, self.example = outputs, index

    def diff(self) -> StepDiff:
        before, after = self.seconds
        slower = abs(before - after) > max(_LATER, _SLOWER * max(before, after))
        return StepDiff(
            step=self.task.id,
            items=(self.items[0], self.items[1]),
            differing=self.differing,
            places=tuple(self.places),
            changes=tuple(self.changes.values()),
            outputs=tuple(self.outputs.items()),
            example=self.example,
            unstable=self.unstable,
            statuses=tuple(self.statuses.items()),
            attempts=(self.attempts[0], self.attempts[1]),
            seconds=(before, after) if slower else None,
        )

    def _differ(self, index: Index, fates: Pair | None) -> None:
        self.differing += 1
        bisect.insort(self.places, index)
        del self.places[PLACES:]
        if fates is not None:
            self.statuses[fates] = self.statuses.get(fates, 0) + 1

    def _keep(self, found: tuple[Change, ...]) -> None:
        """Keep each change once; what differs from item to item is told without its values."""
        for each in found:
            key = (each.kind, each.name)
            old = self.changes.setdefault(key, each)
            if old != each:
                self.changes[key] = Change(kind=each.kind, name=each.name, where=each.where)

    def _changes(self, before: NodeRecord, after: NodeRecord) -> tuple[Change, ...]:
        codes = (before.code, after.code)
        if codes not in self.codes:  # the same for all items, and it reads the store
            self.codes[codes] = changes(_state(code=codes[0]), _state(code=codes[1]), self.task, self.store)
        inputs = changes(
            _state(inputs=dict(before.inputs)), _state(inputs=dict(after.inputs)), self.task, self.store
        )
        found = (*self.codes[codes], *inputs)
        if found or not (before.key and after.key):
            return found
        was = State(code="", inputs={}, key=before.key, options=self.options[0])
        return changes(was, replace(was, key=after.key, options=self.options[1]), self.task, self.store)


def diff(before: Run, after: Run) -> RunDiff:
    """Return what is different between two runs; they may be in different stores."""
    programs = (before.program, after.program)
    ids: dict[str, Task] = {}
    for program in programs:
        for _, task in tasks(program):
            ids.setdefault(task.id, task)
    options = tuple(options_of(program) for program in programs)
    steps = [_step(task, before, after, [each.get(task.id, {}) for each in options]) for task in ids.values()]
    return RunDiff(
        before=before.id,
        after=after.id,
        facts=tuple(_facts(before, after, programs)),
        steps=tuple(step for step in steps if not step.is_quiet),
    )


def _step(task: Task, before: Run, after: Run, options: Sequence[Options]) -> StepDiff:
    tally = _Tally(task, after.store, (options[0], options[1]))
    sides = (_instances(before, task.id), _instances(after, task.id))
    merged = heapq.merge(
        ((place, 0, record) for place, record in sides[0]),
        ((place, 1, record) for place, record in sides[1]),
        key=lambda each: each[0],
    )
    for place, group in itertools.groupby(merged, key=lambda each: each[0]):
        found: list[NodeRecord | None] = [None, None]
        for _, side, record in group:
            found[side] = record
        tally.add(parse_index(place.removesuffix("/")), found[0], found[1])
    return tally.diff()


def _instances(run: Run, node: str) -> Iterator[tuple[str, NodeRecord]]:
    """Yield what came of each instance last, in the order of keys: its result, or its last attempt."""
    bases = (f"node/{run.id}/{node}/", f"attempt/{run.id}/{node}/")
    committed = (
        (f"{key.removeprefix(bases[0])}/", key, body) for key, body in run.store.list_records(bases[0])
    )
    failed = (
        (f"{key.removeprefix(bases[1]).rpartition('/')[0]}/", key, body)
        for key, body in run.store.list_records(bases[1])
    )
    merged = heapq.merge(failed, committed, key=lambda each: each[0])
    for place, group in itertools.groupby(merged, key=lambda each: each[0]):
        *_, last = group  # attempts come in order, and what is committed after them
        yield place, decode_node(last[2], last[1])


def _facts(before: Run, after: Run, programs: tuple[IRWorkflow, IRWorkflow]) -> Iterator[tuple[str, Pair]]:
    records = (before.record, after.record)
    if records[0].source != records[1].source:
        yield "workflow", (records[0].source, records[1].source)
    hashes = (programs[0].compute_hash(), programs[1].compute_hash())
    if hashes[0] != hashes[1]:
        yield "wiring", (hashes[0][:12], hashes[1][:12])
    yield from _params(before.params, after.params)
    statuses = (before.status, after.status)
    if statuses[0] != statuses[1]:
        yield "status", statuses
    results = (before.result_value, after.result_value)
    if results[0] is not None and results[1] is not None and content(results[0]) != content(results[1]):
        yield "result", (_told(results[0]), _told(results[1]))


def _params(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> Iterator[tuple[str, Pair]]:
    for name in dict.fromkeys((*before, *after)):
        pair = tuple(
            _short(json.dumps(side[name], ensure_ascii=False)) if name in side else ""
            for side in (before, after)
        )
        if (name in before) != (name in after) or before[name] != after[name]:
            yield f"parameter `{name}`", (pair[0], pair[1])


def _outputs(before: NodeRecord, after: NodeRecord) -> dict[str, Pair]:
    """Return the ports whose content differs."""
    sides = (dict(before.outputs), dict(after.outputs))
    out: dict[str, Pair] = {}
    for name in dict.fromkeys((*sides[0], *sides[1])):
        was, now_is = sides[0].get(name), sides[1].get(name)
        if was is None or now_is is None or content(was) != content(now_is):
            out[name] = (_told(was), _told(now_is))
    return out


def _told(value: Value | None) -> str:
    """Return a value in a few words: its digest, its size, and how many items it has."""
    match value:
        case None:
            return ""
        case Ref():
            count = f", {value.count} items" if value.count is not None else ""
            return f"{value.digest[:12]} ({value.size} bytes{count})"
        case Lit():
            return _short(value.json)
        case Many():
            return f"{content(value).rpartition(':')[2][:12]} ({len(value.items)} items)"
        case Failed():
            return _short(f"failed: {value.error}: {value.message}")
        case _:
            assert_never(value)


def _fate(record: NodeRecord | None) -> str:
    if record is None:
        return ""
    return "done" if record.status == "cached" else record.status


def _state(code: str = "", inputs: Mapping[str, str] | None = None) -> State:
    return State(code=code, inputs=inputs or {}, key="")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
