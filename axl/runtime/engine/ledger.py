"""Reads and writes the records of node instances: what is committed stays, and is found again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from axl.io.store import Store
from axl.ir.nodes import RESULT, Task
from axl.runtime.cache.lost import are_lost, take_back
from axl.runtime.code.program import Codes
from axl.runtime.engine.attempt import Attempt
from axl.runtime.plan.block import Instance, Ports
from axl.runtime.task.logs import LogBuffer
from axl.wire.address import attempt_key, node_key
from axl.wire.failed import Failed
from axl.wire.outcome import Failure, Outcome
from axl.wire.record import NodeRecord, NodeStatus, Result, cached_body, decode_result
from axl.wire.values import Lit, Ref, Value

FLUSH_EVERY = 0.005
CARRIED = 256
"""Bytes of a value that the engine keeps in memory; longer ones are read from their record."""


@dataclass(slots=True)
class Ledger:
    """The records of one run. `continued` says that there may be some from before."""

    store: Store
    run: str
    continued: bool
    dirty: bool = False
    flushed: float = 0.0
    codes: Codes = field(default_factory=dict)

    def committed(self, instances: Sequence[Instance]) -> list[Result | None]:
        """Return the results that instances have already."""
        if not self.continued:
            return [None] * len(instances)
        keys = [node_key(self.run, each.node.id, each.index) for each in instances]
        bodies = zip(keys, self.store.get_records(keys), strict=True)
        there = {key: decode_result(body, key) for key, body in bodies if body is not None}
        lost = zip(list(there), are_lost(list(there.values()), self.store), strict=True)
        gone = {key for key, is_lost in lost if is_lost}
        if gone:
            self.store.drop_records(gone)
        return [None if key in gone else there.get(key) for key in keys]

    def without_damage(self, outcome: Outcome) -> Outcome:
        """Take back the results whose stored bytes an attempt found lost or damaged, and tell so."""
        if outcome.failure is None or not outcome.failure.damaged:
            return outcome
        self.dirty = True
        return replace(outcome, failure=take_back(outcome.failure, self.run, self.store))

    def result(self, attempt: Attempt, outcome: Outcome) -> Result:
        """Return the result of an attempt, not yet written."""
        record = self._record("done", attempt, outcome, attempt.log)
        return Result(record.encode(), record.outputs, record.attempt, record.started, record.seconds)

    def commit(
        self, results: Sequence[tuple[Instance, Result]], entries: Sequence[tuple[str, bytes]] = ()
    ) -> list[Result]:
        """Write the results of instances, and return what stands: each first writer's.

        `entries` are written with them, for other runs to find.
        """
        keys = [node_key(self.run, each.node.id, each.index) for each, _ in results]
        bodies = [(key, result.body) for key, (_, result) in zip(keys, results, strict=True)]
        there = self.store.put_records([*bodies, *entries])
        self.dirty = True
        first = zip(keys, results, there[: len(keys)], strict=True)
        return [result if body is None else decode_result(body, key) for key, (_, result), body in first]

    def commit_cached(self, results: Sequence[tuple[Instance, Result]]) -> None:
        """Write that instances have results of other runs."""
        now, bodies = time.time(), []
        for instance, result in results:
            step = instance.node.step if isinstance(instance.node, Task) else ""
            key = node_key(self.run, instance.node.id, instance.index)
            bodies.append((key, cached_body(result, step, now)))
        self.store.put_records(bodies)
        self.dirty = True

    def commit_failed(self, attempt: Attempt, outcome: Outcome, value: Value) -> Result:
        """Write the value that stands for a step that failed and was allowed to."""
        record = replace(
            self._record("failed", attempt, outcome, LogBuffer()),
            outputs=((RESULT, value),),
            worker="",
            key="",
        )
        result = Result(record.encode(), record.outputs, record.attempt, record.started, record.seconds)
        return self.commit([(attempt.instance, result)])[0]

    def write_attempt(self, attempt: Attempt, outcome: Outcome, status: NodeStatus) -> None:
        """Write that an attempt failed or was cancelled, and what it printed."""
        record = self._record(status, attempt, outcome, attempt.log)
        instance = attempt.instance
        key = attempt_key(self.run, instance.node.id, instance.index, attempt.number)
        self.store.put_record(key, replace(record, key="").encode())
        self.dirty = True

    def failed_attempts(self, instance: Instance) -> int:
        """Return the highest number of an attempt that is recorded for an instance."""
        if not self.continued:
            return 0
        prefix = attempt_key(self.run, instance.node.id, instance.index, 0)[:-6]
        return max((int(key[len(prefix) :]) for key, _ in self.store.list_records(prefix)), default=0)

    def flush(self) -> None:
        """Make what was written visible to other processes, and safe from a crash of this one."""
        if self.dirty:
            self.store.commit()
            self.dirty = False
            self.flushed = time.monotonic()

    def flush_if_due(self) -> float | None:
        """Flush, but at most every few milliseconds; return how many seconds are left until then.

        Whatever took longer than that to compute is safe before anything else begins.
        """
        if not self.dirty:
            return None
        left = self.flushed + FLUSH_EVERY - time.monotonic()
        if left > 0:
            return left
        self.flush()
        return None

    def _record(self, status: NodeStatus, attempt: Attempt, outcome: Outcome, log: LogBuffer) -> NodeRecord:
        instance = attempt.instance
        node = instance.node
        step = node.step if isinstance(node, Task) else ""
        code = self.codes.get(f"{instance.scope.workflow}/{step}")
        return NodeRecord(
            status=status,
            step=step,
            attempt=attempt.number,
            outputs=outcome.outputs,
            failure=outcome.failure,
            code=code.name if code else "",
            key=instance.key,
            inputs=instance.inputs,
            log=self._keep_log(log),
            started=outcome.started,
            seconds=outcome.seconds,
            max_rss=outcome.max_rss,
            worker=attempt.worker,
            missed=instance.missed,
        )

    def _keep_log(self, log: LogBuffer) -> Ref | None:
        content = log.content()
        if not content:
            return None
        with self.store.write() as stream:
            stream.write(content)
            stored = stream.finish()
        return Ref(stored.digest, stored.size, "text", data=stored.data)


def ports_of(result: Result, run: str, instance: Instance) -> Ports:
    """Return a result's outputs for the flow, the longer ones by reference."""
    key = node_key(run, instance.node.id, instance.index)
    return {name: _light(value, key) for name, value in result.outputs}


def stand_in(task: Task, failure: Failure) -> Value | None:
    """Return the value that a step's policy lets stand for its failure, or `None`."""
    match task.policy.on_failure:
        case "fail":
            return None
        case "continue":
            return Failed(task.step, failure.error, failure.message)
        case "default":
            return Lit(task.policy.default_json)


def _light(value: Value, key: str) -> Value:
    if isinstance(value, Ref) and value.data is not None and len(value.data) > CARRIED:
        return replace(value, data=None, at=key)
    return value
