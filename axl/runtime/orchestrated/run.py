"""A run that an orchestrator drives: items, attempts and the result, each call perhaps in another process.

The orchestrator knows ids and places only; the rest is derived from the store. A step whose result any
run has made before is not run.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from axl.errors import AxlError, StepError
from axl.io.store import Store
from axl.ir.nodes import RESULT, Block, In, IRWorkflow, Map, Task
from axl.runtime.cache.lost import forget_damaged
from axl.runtime.cache.results import Cache
from axl.runtime.code.program import Codes
from axl.runtime.engine.attempt import Attempt
from axl.runtime.engine.backoff import wait_before
from axl.runtime.engine.ledger import Ledger, stand_in
from axl.runtime.engine.specs import Specs
from axl.runtime.executors.process import ProcessExecutor
from axl.runtime.history.timeline import summarize
from axl.runtime.orchestrated.derive import Derivation, split_port
from axl.runtime.orchestrated.flight import fly
from axl.runtime.orchestrated.places import index_of, places_of
from axl.runtime.orchestrated.presence import attend, end_session
from axl.runtime.plan.block import Instance, Scope, plan_block
from axl.runtime.runner import supervise
from axl.wire.address import Index, instance_text, node_key
from axl.wire.outcome import Failure, Outcome
from axl.wire.record import Result, RunRecord, SessionEnd
from axl.wire.values import Lit, Many, Ref, Value

Fact = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a call came to.

    `facts` are plain numbers and texts for whoever watches, `items` the places of a map's items.
    `error` is empty when all is well; with `retry_after`, in seconds, another attempt is due, of at
    most `retries` further ones.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    items: tuple[str, ...] = ()
    error: str = ""
    retry_after: float | None = None
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a run needs of this process: the program, its code, the store, where steps run, who drives it."""

    program: IRWorkflow
    codes: Codes
    inputs: dict[str, Value]
    folder: str
    record: RunRecord
    session: int
    by: str
    store: Store
    executor: ProcessExecutor


class Run:
    """A run that an orchestrator drives; `remote.join` makes it."""

    def __init__(self, joined: Joined) -> None:
        run, store = joined.record.run, joined.store
        self._program = joined.program
        self._store = store
        self._run = run
        self._session = joined.session
        self._by = joined.by
        self._ledger = Ledger(store, run, continued=True, codes=joined.codes)
        self._cache = Cache(store, run, joined.codes, "use", _say_nothing)
        self._specs = Specs(joined.program, joined.folder, run, store.url)
        self._derived = Derivation(joined.program, store, run, joined.inputs)
        self._executor = joined.executor

    def items(self, node: str) -> Report:
        """Return the places of all items of a map, those of every outer item that is to run."""
        with attend(self._run, self._by, self._store):
            try:
                return self._items(node)
            except AxlError as error:
                return self._lost(node, error)

    def step(self, node: str, item: str = "", retry: int = 0) -> Report:
        """Run one attempt of a step, for the items that a place stands for; `retry` counts from 0."""
        with attend(self._run, self._by, self._store):
            try:
                reports = [self._one(node, index, retry) for index in self._instances(node, item)]
            except AxlError as error:
                return self._lost(node, error)
        again = [each for each in reports if each.retry_after is not None]
        failed = [each for each in reports if each.error]
        if again:
            return max(again, key=lambda each: each.retry_after or 0.0)
        if failed:
            return failed[0]
        return reports[0] if len(reports) == 1 else Report(facts={"items": len(reports)})

    def finish(self) -> Report:
        """Record that the run has succeeded, and return where its result is."""
        result = self._derived.result()
        counts: dict[str, int] = {}
        for step in summarize(self._store, self._run).values():
            for status, count in step.counts:
                counts[status] = counts.get(status, 0) + count
        end = SessionEnd(status="succeeded", ended=time.time(), counts=tuple(counts.items()), result=result)
        end_session(self._run, self._session, end, self._store)
        return Report(facts={"run": self._run, "store": self._store.url} | _facts_of("", result))

    def leave(self, task: Task, status: str, error: str) -> Report:
        """Run the step that always runs last, with as many attempts as it may have."""
        values = {"status": status, "error": error, "run_id": self._run}
        block = Block(inputs=tuple(values), nodes=(task,), result=In("status"))
        env: dict[str, Value] = {name: Lit(json.dumps(text)) for name, text in values.items()}
        retry = 0
        while True:
            scope = Scope(plan_block(block), (), self._program.source, env, _drop, _nothing)
            report = self._attempt(Instance(scope, 0), task, retry)
            if report.retry_after is None:
                return report
            time.sleep(report.retry_after)
            retry += 1

    def _instances(self, node: str, item: str) -> tuple[Index, ...]:
        index = index_of(item)
        around = self._derived.map_around(node)
        if around is None or around.batch is None or len(around.body.nodes) > 1:
            return (index,)
        *outer, first = index
        count = self._derived.count(around.id, tuple(outer))
        return tuple((*outer, place) for place in range(first, min(first + around.batch, count)))

    def _items(self, node: str) -> Report:
        task = self._derived.node(node)
        assert isinstance(task, Map)
        counts: dict[Index, int] = {}
        for index in self._derived.outer_indices(node):
            self._store_lists(task, index)
            counts[index] = self._derived.common_count(node, index)
        self._ledger.flush()
        step = task.batch if task.batch is not None and _is_single(task) else 1
        found = [(*index, item) for index, count in counts.items() for item in range(0, count, step)]
        return Report(items=places_of(found), facts={"items": sum(counts.values())})

    def _store_lists(self, node: Map, index: Index) -> None:
        """Store the lists item by item that a map runs over, unless they are stored so already."""
        if self._derived.record(node.id, index) is not None:
            return
        outputs: list[tuple[str, Value]] = []
        instance = self._derived.instance(node.id, index)
        for which, atom in enumerate(node.over):
            value = instance.scope.resolve(atom)
            if isinstance(value, Ref):
                outputs.append((split_port(which), self._split(instance, which, value)))
        if outputs:
            instance.key = ""
            result = self._ledger.result(Attempt(instance, 1, 1), Outcome(outputs=tuple(outputs)))
            self._ledger.commit([(instance, result)])

    def _split(self, instance: Instance, which: int, value: Ref) -> Value:
        instance.key = self._cache.split_key(value)
        (found,) = self._cache.find([instance.key], {}) if instance.key else [None]
        if found is not None:
            return dict(found.outputs)[RESULT]
        attempt = Attempt(instance, 1, 1, which, value)
        outcome = self._supervised(attempt)
        if outcome.failure is not None:
            raise StepError(f"{outcome.failure.error}: {outcome.failure.message}")
        result = self._ledger.result(attempt, outcome)
        self._store.put_records(self._cache.entry(instance, result))
        return dict(outcome.outputs)[RESULT]

    def _one(self, node: str, index: Index, retry: int) -> Report:
        if not self._derived.is_live(node, index):
            return Report(facts={"skipped": True})
        there = self._derived.record(node, index)
        if there is not None:
            return self._told(node, index, there, "committed before")
        task = self._derived.node(node)
        assert isinstance(task, Task)
        return self._attempt(self._derived.instance(node, index), task, retry)

    def _attempt(self, instance: Instance, task: Task, retry: int) -> Report:
        with fly(instance, self._ledger, self._specs.outputs) as flight:
            found = flight.found
            if found is None:
                return self._compute(instance, task, retry, flight.cache)
        if found.how == "cached":
            self._ledger.commit_cached([(instance, found.result)])
            self._ledger.flush()
        return self._told(task.id, instance.index, found.result, found.how)

    def _compute(self, instance: Instance, task: Task, retry: int, cache: Cache) -> Report:
        number = 1 + self._ledger.failed_attempts(instance)
        attempt = Attempt(instance, number, max(1, number - retry))
        outcome = self._supervised(attempt)
        if outcome.failure is not None:
            return self._failed(attempt, task, outcome, outcome.failure, retry)
        result = self._ledger.result(attempt, outcome)
        (stands,) = self._ledger.commit([(instance, result)], cache.entry(instance, result))
        self._store.sync()
        return self._told(task.id, instance.index, stands, "done")

    def _supervised(self, attempt: Attempt) -> Outcome:
        """Run an attempt in a process of its own; no other run finds what it has found damaged."""
        outcome, attempt.log = supervise(self._specs.of(attempt), self._executor, ())
        if outcome.failure is None or not outcome.failure.damaged:
            return outcome
        return replace(outcome, failure=forget_damaged(outcome.failure, self._run, self._store))

    def _failed(self, attempt: Attempt, task: Task, outcome: Outcome, failure: Failure, retry: int) -> Report:
        self._ledger.write_attempt(attempt, outcome, "failed")
        name = instance_text(task.id, attempt.instance.index)
        error = f"{name}: {failure.error}: {failure.message}"
        policy = task.policy.retry
        if failure.retryable and retry + 1 < policy.attempts:
            self._store.sync()
            wait = wait_before(policy, retry + 1, random.Random())
            return Report(error=error, retry_after=wait, retries=policy.attempts - 1)
        value = stand_in(task, failure)
        if value is None:
            self._end_failed(error)
            facts: dict[str, Fact] = {"run": self._run, "attempts": attempt.number}
            return Report(
                error=error, facts=facts | ({"traceback": failure.traceback} if failure.traceback else {})
            )
        stands = self._ledger.commit_failed(attempt, outcome, value)
        self._store.sync()
        return self._told(task.id, attempt.instance.index, stands, "failed, and may")

    def _lost(self, node: str, error: AxlError) -> Report:
        """Report what has no attempt: lists and tests that do not fit, records that are gone."""
        if isinstance(error, StepError):
            self._end_failed(f"{node}: TypeError: {error.what}")
            return Report(error=f"{node}: TypeError: {error.what}")
        raise error

    def _end_failed(self, error: str) -> None:
        end = SessionEnd(status="failed", ended=time.time(), error=error)
        end_session(self._run, self._session, end, self._store)

    def _told(self, node: str, index: Index, result: Result, how: str) -> Report:
        facts: dict[str, Fact] = {
            "run": self._run,
            "store": self._store.url,
            "record": node_key(self._run, node, index),
            "how": how,
            "cached": how == "cached",
            "seconds": round(result.seconds, 6),
            "attempts": result.attempt,
        }
        for port, value in result.outputs:
            facts |= _facts_of("" if port == RESULT else f"{port} ", value)
        return Report(facts=facts)


def _facts_of(prefix: str, value: Value) -> dict[str, Fact]:
    """Return what is known of a value without loading it."""
    match value:
        case Ref():
            facts: dict[str, Fact] = {f"{prefix}digest": value.digest, f"{prefix}bytes": value.size}
            return facts | ({f"{prefix}rows": value.count} if value.count is not None else {})
        case Many():
            return {f"{prefix}rows": len(value.items)}
        case _:
            return {}


def _is_single(node: Map) -> bool:
    """Say whether items may share a task: the body is one step."""
    return len(node.body.nodes) == 1 and isinstance(node.body.nodes[0], Task)


def _drop(_value: Value) -> None:
    """Take the result of a block: nobody waits for it here."""


def _nothing() -> None:
    """Take the failure of a block: nobody waits for it here."""


def _say_nothing(_text: str) -> None:
    """Take a note about the cache."""
