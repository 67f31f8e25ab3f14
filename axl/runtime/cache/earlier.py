"""The runs of a workflow before a certain time: what last came of each step instance, and with which options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from axl.errors import AxlError
from axl.io.store import Store
from axl.ir.codec import decode
from axl.ir.nodes import RESULT, IRWorkflow, Task
from axl.ir.walk import split_outputs, tasks
from axl.wire.address import Index, parse_index
from axl.wire.record import NodeRecord, RunRecord, decode_node, decode_run

LOOKED_AT = 20
"""Earlier runs of the same workflow among which the last one with the same step instance is looked for."""

Options = Mapping[str, str]
"""The options of a step that decide about its results, by what people call them."""


@dataclass(frozen=True, slots=True)
class Last:
    """What came of a step instance in the run that last had it, and the options of the step there."""

    run: str
    record: NodeRecord
    options: Options


@dataclass(slots=True)
class Earlier:
    """The newest of these runs, the newest first, as far as they are looked at."""

    store: Store
    runs: list[RunRecord]
    _keys: dict[tuple[str, str], dict[Index, str]] = field(default_factory=dict)
    _options: dict[str, dict[str, Options]] = field(default_factory=dict)

    @classmethod
    def than(cls, workflow: str, created: float, store: Store) -> Earlier:
        """Return the runs of a workflow that began before a time."""
        records = [decode_run(body, key) for key, body in store.list_records("run/")]
        fitting = [each for each in records if each.workflow == workflow and each.created < created]
        return cls(store, sorted(fitting, key=lambda each: each.created, reverse=True)[:LOOKED_AT])

    def last(self, task: str, index: Index) -> Last | None:
        """Return what last came of a step instance, be it a result or an attempt without one."""
        for run in self.runs:
            keys = self._keys.get((run.run, task))
            if keys is None:
                keys = self._keys[run.run, task] = keys_of(run.run, task, self.store)
            body = self.store.get_record(keys[index]) if index in keys else None
            if body is not None:
                options = self._options_of(run).get(task, {})
                return Last(run.run, decode_node(body, keys[index]), options)
        return None

    def _options_of(self, run: RunRecord) -> dict[str, Options]:
        found = self._options.get(run.run)
        if found is None:
            try:
                found = options_of(decode(bytes(self.store.read(run.ir))))
            except AxlError:  # the program is lost or of another release: its options stay unknown
                found = {}
            self._options[run.run] = found
        return found


def keys_of(run: str, task: str, store: Store) -> dict[Index, str]:
    """Return for every instance of a step the record of its result, or else of its last attempt."""
    attempts, results = f"attempt/{run}/{task}/", f"node/{run}/{task}/"
    tried = {_index(key, attempts): key for key in store.list_keys(attempts)}  # the last of each stays
    return tried | {_index(key, results): key for key in store.list_keys(results)}


def options_of(program: IRWorkflow) -> dict[str, Options]:
    """Return the options of every step of a program."""
    splits = split_outputs(program)
    return {task.id: dict(_options(task, splits)) for _, task in tasks(program)}


def _options(task: Task, splits: frozenset[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    policy = task.policy
    yield "the cache of the step", "on" if policy.cache.enabled else "off"
    yield "the cache version", policy.cache.version
    for out in task.outputs:
        of = "" if out.name == RESULT else f" of `{out.name}`"
        yield f"the handler{of}", out.handler
        yield f"the way to store its list{of}", "item by item" if (task.id, out.name) in splits else "whole"
    for name, value in policy.env:
        yield f"`env` {name}", value or json.dumps(value)
    yield "`packages`", ", ".join(policy.packages)
    modes = dict(policy.input_mode)
    for name, _ in task.args:
        yield f"the input mode of `{name}`", modes.get(name, "object")


def _index(key: str, prefix: str) -> Index:
    return parse_index(key[len(prefix) :].partition("/")[0])
