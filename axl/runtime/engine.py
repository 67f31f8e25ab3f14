"""The local engine: gives ready tasks to an executor and turns what comes back into records.

One thread, one loop: reports in, records written, what became ready handed out, then wait. What
the IR means is `flow`'s business, where attempts run is the executor's.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import signal
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from axl.io.store import Store
from axl.ir.nodes import RESULT, In, IRWorkflow, Map, Task
from axl.ir.policy import Policy
from axl.ir.walk import split_outputs
from axl.runtime.attempt import Attempt, needs_records, timed
from axl.runtime.backoff import wait_before
from axl.runtime.clock import Clock
from axl.runtime.executors.base import Dropped, Executor, Finished, Job, Printed, Report, Started
from axl.runtime.flow import Flow
from axl.runtime.ledger import Ledger, ports_of, stand_in
from axl.runtime.plan import Instance, Scope, plan_block
from axl.runtime.stops import Stops
from axl.wire.address import instance_text
from axl.wire.events import (
    MapStarted,
    Reporter,
    Stopping,
    TaskFinished,
    TaskPrinted,
    TaskRetried,
    TaskStarted,
)
from axl.wire.outcome import Failure, Outcome
from axl.wire.record import RunStatus
from axl.wire.spec import OutputSpec, TaskSpec
from axl.wire.values import Lit, Ref, Value

SHOWN = 10
"""How many failures are named in the text of a run's error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is driven: seconds of grace for a stop, and what to do after a failure."""

    keep_going: bool = False
    grace: float = 10.0
    max_parallel: int | None = None
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the engine's loop ended; `signal` is the one that stopped it, or 0."""

    status: RunStatus
    result: Value | None
    counts: dict[str, int]
    failures: tuple[tuple[str, Failure], ...]
    signal: int

    @property
    def error(self) -> str:
        """What failed, in one text; empty when nothing did."""
        return describe(self.failures)


def describe(failures: Sequence[tuple[str, Failure]]) -> str:
    """Return one text for what failed; of very many failures the first ones are named."""
    named = "; ".join(f"{name}: {failure.error}: {failure.message}" for name, failure in failures[:SHOWN])
    return named if len(failures) <= SHOWN else f"{named}; and {len(failures) - SHOWN} more"


class Engine:
    """Runs one program in one session."""

    def __init__(
        self,
        program: IRWorkflow,
        path: str,
        store: Store,
        ledger: Ledger,
        executor: Executor,
        report: Reporter,
        options: Options,
    ) -> None:
        self.program = program
        self.path = path
        self.store = store
        self.ledger = ledger
        self.executor = executor
        self.report = report
        self.options = options
        self.flow = Flow(program, window=max(16, 4 * executor.free))
        self.counts: dict[str, int] = {}
        self.failures: list[tuple[str, Failure]] = []
        self._splits = split_outputs(program)
        self._tickets = itertools.count(1)
        self._running: dict[int, Attempt] = {}
        self._queue: deque[Attempt] = deque()
        self._timers: list[tuple[float, int, Attempt]] = []
        self._outputs: dict[str, tuple[OutputSpec, ...]] = {}
        self._halted = False
        self._stopping_until: float | None = None
        self._forced = False
        self._rng = random.Random()
        self._stops = Stops(executor.wake)

    def run(self, inputs: dict[str, Value]) -> Ended:
        """Run until there is a result, a failure that ends the run, or a signal."""
        with self._stops:
            self.flow.start(inputs)
            self._loop()
            status = self._status()
            if self.program.on_exit is not None and not self._forced:
                status = self._leave(self.program.on_exit, status)
        return Ended(status, self.flow.result, self.counts, tuple(self.failures), self._stops.first)

    def _loop(self) -> None:
        while True:
            self._heed_stops()
            self._take_from_flow()
            self._start_due()
            self._dispatch()
            if not self._running and not self._timers and (self._halted or not self._queue):
                self.ledger.flush()
                return
            for report in self.executor.wait(self._patience(self.ledger.flush_if_due())):
                self._handle(report)

    def _status(self) -> RunStatus:
        if self._stops.count:
            return "cancelled"
        return "failed" if self.failures or not self.flow.ended or self.flow.result is None else "succeeded"

    def _leave(self, task: Task, status: RunStatus) -> RunStatus:
        """Run the on-exit step; its failure makes a successful run a failed one."""
        values = {"status": status, "error": describe(self.failures), "run_id": self.ledger.run}
        block = type(self.program.body)(inputs=tuple(values), nodes=(task,), result=In("status"))
        self._halted, before = False, len(self.failures)
        env: dict[str, Value] = {name: Lit(json.dumps(text)) for name, text in values.items()}
        scope = Scope(plan_block(block), (), self.program.source, env, lambda _: None, lambda: None)
        self._queue.clear()
        self._stopping_until, self._stops.count = None, 0
        first = self._stops.first
        self._enqueue(Instance(scope, 0))
        self._loop()
        self._stops.first = first or self._stops.first
        return "failed" if status == "succeeded" and len(self.failures) > before else status

    # What the flow asks for

    def _take_from_flow(self) -> None:
        flow = self.flow
        while flow.started_maps or flow.mistakes or flow.splits or flow.ready:
            while flow.started_maps:
                instance, count = flow.started_maps.popleft()
                self.report(MapStarted(node=instance.node.id, index=instance.index, count=count))
            while flow.mistakes:
                instance, mistake = flow.mistakes.popleft()
                failure = Failure(kind="input", error="TypeError", message=mistake.message, retryable=False)
                self._fail(Attempt(instance, 1, 1), Outcome(failure=failure), failure)
            while flow.splits:
                self._take_split(*flow.splits.popleft())
            if flow.ready:
                self._take_ready(flow.ready.popleft())

    def _take_ready(self, instance: Instance) -> None:
        record = self.ledger.committed(instance)
        if record is None:
            self._enqueue(instance)
            return
        self._count("continued")
        self._finished(instance, record.attempt, "continued", record.seconds)
        self.flow.complete(instance, ports_of(record, self.ledger.run, instance))

    def _enqueue(self, instance: Instance) -> None:
        number = 1 + self.ledger.failed_attempts(instance)
        self._queue.append(Attempt(instance, number, number))

    def _take_split(self, instance: Instance, place: int, value: Ref) -> None:
        record = self.ledger.committed(instance) if place == 0 else None
        if record is None:
            self._queue.append(Attempt(instance, 1, 1, place, value))
        else:
            self.flow.complete_split(instance, place, dict(record.outputs)[RESULT])

    # Handing out

    def _start_due(self) -> None:
        now = self.options.clock.now()
        while self._timers and self._timers[0][0] <= now:
            self._queue.append(heapq.heappop(self._timers)[2])

    def _dispatch(self) -> None:
        if self._halted:
            self._timers.clear()
            return
        limit = self.options.max_parallel or len(self._running) + self.executor.free
        while self._queue and self.executor.free > 0 and len(self._running) < limit:
            batch = self._take_batch()
            jobs = [self._job(attempt) for attempt in batch]
            if any(needs_records(job.spec) for job in jobs):
                self.ledger.flush()
            self.executor.submit(jobs)
            self._began(jobs[0].ticket, "")

    def _take_batch(self) -> list[Attempt]:
        first = self._queue.popleft()
        batch, size = [first], first.instance.scope.batch
        while len(batch) < size and self._queue and self._queue[0].instance.node is first.instance.node:
            batch.append(self._queue.popleft())
        return batch

    def _job(self, attempt: Attempt) -> Job:
        ticket = next(self._tickets)
        self._running[ticket] = attempt
        return Job(ticket=ticket, spec=self._spec(attempt))

    def _spec(self, attempt: Attempt) -> TaskSpec:
        node, scope = attempt.instance.node, attempt.instance.scope
        if isinstance(node, Map):
            assert attempt.value is not None
            return TaskSpec(
                run=self.ledger.run,
                node=node.id,
                index=scope.index,
                attempt=attempt.number,
                workflow=scope.workflow,
                path=self.path,
                step="",
                op="split",
                inputs=(("items", attempt.value),),
                policy=Policy(),
                store=self.store.url,
            )
        assert isinstance(node, Task)
        return TaskSpec(
            run=self.ledger.run,
            node=node.id,
            index=scope.index,
            attempt=attempt.number,
            workflow=scope.workflow,
            path=self.path,
            step=node.step,
            inputs=tuple((name, scope.resolve(atom)) for name, atom in node.args),
            outputs=self._output_specs(node),
            policy=node.policy,
            store=self.store.url,
        )

    def _output_specs(self, node: Task) -> tuple[OutputSpec, ...]:
        known = self._outputs.get(node.id)
        if known is None:
            known = self._outputs[node.id] = tuple(
                OutputSpec(name=out.name, handler=out.handler, split=(node.id, out.name) in self._splits)
                for out in node.outputs
            )
        return known

    def _began(self, ticket: int, worker: str) -> None:
        attempt = self._running.get(ticket)
        if attempt is None:
            return
        attempt.worker = worker or attempt.worker
        if attempt.began is not None:
            return
        attempt.began = time.monotonic()
        instance = attempt.instance
        self.report(TaskStarted(node=instance.node.id, index=instance.index, attempt=attempt.number))

    # What executors report

    def _handle(self, report: Report) -> None:
        match report:
            case Started():
                self._began(report.ticket, report.worker)
            case Printed():
                self._print(self._running[report.ticket], report.data)
            case Dropped():
                self._queue.appendleft(self._running.pop(report.ticket))
            case Finished():
                self._end(self._running.pop(report.ticket), report.outcome)

    def _print(self, attempt: Attempt, data: bytes) -> None:
        text = attempt.log.feed(data)
        if text:
            self.report(TaskPrinted(node=attempt.instance.node.id, index=attempt.instance.index, text=text))

    def _end(self, attempt: Attempt, outcome: Outcome) -> None:
        instance, rest = attempt.instance, attempt.log.end()
        if rest:
            self.report(TaskPrinted(node=instance.node.id, index=instance.index, text=rest + "\n"))
        if outcome.failure is not None:
            self._failed(attempt, timed(outcome, attempt), outcome.failure)
            return
        if attempt.place is not None:
            if attempt.place == 0:
                self.ledger.commit(instance, attempt.number, outcome, attempt.log, attempt.worker)
            self.flow.complete_split(instance, attempt.place, dict(outcome.outputs)[RESULT])
            return
        record = self.ledger.commit(instance, attempt.number, outcome, attempt.log, attempt.worker)
        self._count("done")
        self._finished(instance, attempt.number, "done", outcome.seconds)
        self.flow.complete(instance, ports_of(record, self.ledger.run, instance))

    def _failed(self, attempt: Attempt, outcome: Outcome, failure: Failure) -> None:
        instance = attempt.instance
        if failure.error == "Cancelled":
            self.ledger.write_attempt(
                instance, attempt.number, outcome, attempt.log, attempt.worker, "cancelled"
            )
            self._count("cancelled")
            self._finished(instance, attempt.number, "cancelled", outcome.seconds)
            return
        self.ledger.write_attempt(instance, attempt.number, outcome, attempt.log, attempt.worker, "failed")
        retry = instance.node.policy.retry if isinstance(instance.node, Task) else Policy().retry
        tries = attempt.number - attempt.first + 1
        if failure.retryable and tries < retry.attempts and not self._halted:
            self._retry(attempt, failure, wait_before(retry, tries, self._rng))
        else:
            self._fail(attempt, outcome, failure)

    def _retry(self, attempt: Attempt, failure: Failure, wait: float) -> None:
        instance = attempt.instance
        self._count("retried")
        self.report(
            TaskRetried(
                node=instance.node.id,
                index=instance.index,
                attempt=attempt.number,
                wait=wait,
                failure=failure,
            )
        )
        following = Attempt(instance, attempt.number + 1, attempt.first, attempt.place, attempt.value)
        heapq.heappush(self._timers, (self.options.clock.now() + wait, next(self._tickets), following))

    def _fail(self, attempt: Attempt, outcome: Outcome, failure: Failure) -> None:
        instance = attempt.instance
        value = stand_in(instance.node, failure) if isinstance(instance.node, Task) else None
        self._finished(instance, attempt.number, "failed", outcome.seconds, failure)
        if value is not None:
            record = self.ledger.commit_failed(instance, attempt.number, outcome, value)
            self._count("tolerated")
            self.flow.complete(instance, ports_of(record, self.ledger.run, instance))
            return
        self._count("failed")
        self.failures.append((instance_text(instance.node.id, instance.index), failure))
        self._halted = self._halted or not self.options.keep_going
        self.flow.give_up(instance)

    # Stopping

    def _heed_stops(self) -> None:
        now = self.options.clock.now()
        if self._stops.count and self._stopping_until is None:
            self._halted = True
            self._queue.clear()
            self._stopping_until = now + self.options.grace
            name = signal.Signals(self._stops.first).name
            self.report(Stopping(signal=name, waiting=len(self._running), grace=self.options.grace))
            self.executor.stop(force=False)
        late = self._stopping_until is not None and now >= self._stopping_until
        if self._stopping_until is not None and (late or self._stops.count > 1) and not self._forced:
            self._forced = True
            self.executor.stop(force=True)

    def _patience(self, limit: float | None) -> float | None:
        points = [self._timers[0][0]] if self._timers else []
        if self._stopping_until is not None and not self._forced:
            points.append(self._stopping_until)
        wait = self.options.clock.until(min(points)) if points else None
        return min(wait, limit) if wait is not None and limit is not None else limit if wait is None else wait

    def _finished(
        self, instance: Instance, attempt: int, status: str, seconds: float, failure: Failure | None = None
    ) -> None:
        self.report(
            TaskFinished(
                node=instance.node.id,
                index=instance.index,
                attempt=attempt,
                status=status,  # type: ignore[arg-type]  # callers pass one of the event's words
                seconds=seconds,
                failure=failure,
            )
        )

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
