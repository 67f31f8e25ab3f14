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

from axl.ir.nodes import RESULT, In, IRWorkflow, Task
from axl.ir.policy import Policy
from axl.runtime.cache.results import Cache
from axl.runtime.engine.attempt import Attempt, needs_records, timed
from axl.runtime.engine.backoff import wait_before
from axl.runtime.engine.ended import Ended, describe
from axl.runtime.engine.held import Held
from axl.runtime.engine.ledger import Ledger, ports_of, stand_in
from axl.runtime.engine.lookup import Lookup
from axl.runtime.engine.options import Options
from axl.runtime.engine.specs import Specs
from axl.runtime.engine.stops import Stops
from axl.runtime.executors.base import Dropped, Executor, Finished, Job, Printed, Report, Started
from axl.runtime.plan.block import Instance, Scope, plan_block
from axl.runtime.plan.flow import Flow
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
from axl.wire.record import Result, RunStatus
from axl.wire.values import Lit, Ref, Value

WINDOW = 64
"""Items of a map that are live at once, at least: as many are looked up together."""
_AHEAD = 8
"""Tasks that are claimed together, before they can be handed out."""
_TURN = 512
"""Results that are taken from the cache before anything else is heeded again."""


class Engine:
    """Runs one program in one session."""

    def __init__(
        self,
        program: IRWorkflow,
        specs: Specs,
        ledger: Ledger,
        cache: Cache,
        executor: Executor,
        report: Reporter,
        options: Options,
    ) -> None:
        self.program = program
        self.ledger = ledger
        self.cache = cache
        self.executor = executor
        self.report = report
        self.options = options
        self.flow = Flow(program, window=max(WINDOW, 4 * executor.free))
        self.specs = specs
        self.lookup = Lookup(ledger, cache, specs.outputs)
        self.counts: dict[str, int] = {}
        self.failures: list[tuple[str, Failure]] = []
        self._tickets = itertools.count(1)
        self._running: dict[int, Attempt] = {}
        self._queue: deque[Attempt] = deque()
        self._timers: list[tuple[float, int, Attempt]] = []
        self._ended = Held()
        self._halted = False
        self._stopping_until: float | None = None
        self._forced = False
        self._rng = random.Random()
        self._stops = Stops(executor.wake)

    def run(self, inputs: dict[str, Value]) -> Ended:
        """Run until there is a result, a failure that ends the run, or a signal."""
        with self._stops:
            self.flow.start(inputs)
            try:
                self._loop()
            finally:
                self.cache.release_all()
            status = self._status()
            if self.program.on_exit is not None and not self._forced:
                status = self._leave(self.program.on_exit, status)
        return Ended(status, self.flow.result, self.counts, tuple(self.failures), self._stops.first)

    def _loop(self) -> None:
        while True:
            self._heed_stops()
            self._start_due()
            self.lookup.poll(self.options.clock.now())
            more = self._take_from_flow()
            self._dispatch()
            more = more or bool(self.lookup.found)
            if not more and not self._running and not self._waits():
                self.ledger.flush()
                return
            patience = 0.0 if more else self._patience(self.ledger.flush_if_due())
            reports = self.executor.wait(0.0 if self._ended else patience)
            for report in reports:
                self._handle(report)
            free = bool(reports) and not self._halted and self.executor.free > 0
            if not (free and self._ended.may_wait(self._queue)):
                self._commit_ended()

    def _waits(self) -> bool:
        return bool(self._timers) or (
            not self._halted and (bool(self._queue) or self.lookup.due() is not None)
        )

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

    def _take_from_flow(self) -> bool:
        """Take what has become ready, up to a number; return whether there is more."""
        flow, lookup, left = self.flow, self.lookup, _TURN
        while left > 0:
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
                lookup.take([flow.ready.popleft() for _ in range(min(len(flow.ready), left))])
            while lookup.missing:
                self._enqueue(lookup.missing.popleft())
            if not lookup.found:
                return False
            left -= len(lookup.found)
            self._take_found()
        return True

    def _take_found(self) -> None:
        found = list(self.lookup.found)
        self.lookup.found.clear()
        cached = [each for each in found if each.how == "cached"]
        if cached:
            self.ledger.commit_cached([(each.instance, each.result) for each in cached])
        for each in found:
            self._count(each.how)
            self._finished(each.instance, each.result.attempt, each.how, each.result.seconds)
            self.flow.complete(each.instance, ports_of(each.result, self.ledger.run, each.instance))

    def _enqueue(self, instance: Instance) -> None:
        number = 1 + self.ledger.failed_attempts(instance)
        self._queue.append(Attempt(instance, number, number))

    def _take_split(self, instance: Instance, place: int, value: Ref) -> None:
        (result,) = self.ledger.committed([instance]) if place == 0 else [None]
        instance.key = self.cache.split_key(value)
        if result is None and instance.key:
            (result,) = self.cache.find([instance.key], {})
            if result is not None and place == 0:
                self.ledger.commit_cached([(instance, result)])
        if result is None:
            self._queue.append(Attempt(instance, 1, 1, place, value))
        else:
            self.flow.complete_split(instance, place, dict(result.outputs)[RESULT])

    # Handing out

    def _start_due(self) -> None:
        now = self.options.clock.now()
        while self._timers and self._timers[0][0] <= now:
            self._queue.append(heapq.heappop(self._timers)[2])

    def _dispatch(self) -> None:
        if self._halted:
            self._timers.clear()
            self.lookup.stop()
            return
        limit = self.options.max_parallel or len(self._running) + self.executor.free
        while self._queue and self.executor.free > 0 and len(self._running) < limit:
            if not self._queue[0].claimed:
                self._claim_ahead()
                continue
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
            if not self._queue[0].claimed:
                break
            batch.append(self._queue.popleft())
        return batch

    def _claim_ahead(self) -> None:
        """Claim some of what comes next, together: in a bucket each claim alone would be a round trip."""
        count = max(_AHEAD, self._queue[0].instance.scope.batch)
        taken = [self._queue.popleft() for _ in range(min(count, len(self._queue)))]
        tasks = [attempt.instance for attempt in taken if attempt.place is None]
        start = set(self.lookup.may_start(tasks))
        for attempt in reversed(taken):
            attempt.claimed = True
            if attempt.place is not None or attempt.instance in start:
                self._queue.appendleft(attempt)

    def _job(self, attempt: Attempt) -> Job:
        ticket = next(self._tickets)
        self._running[ticket] = attempt
        return Job(ticket=ticket, spec=self.specs.of(attempt))

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
                self._end(self._running.pop(report.ticket), self.ledger.without_damage(report.outcome))

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
        self._ended.add(attempt, outcome)

    def _commit_ended(self) -> None:
        """Write what has ended well, all at once, and let the flow go on from it."""
        ended = self._ended.take()
        if not ended:
            return
        results = [self.ledger.result(attempt, outcome) for attempt, outcome in ended]
        entries = [
            entry
            for (attempt, _), result in zip(ended, results, strict=True)
            for entry in self.cache.entry(attempt.instance, result)
        ]
        own = [place for place, (attempt, _) in enumerate(ended) if not attempt.place]
        first = self.ledger.commit([(ended[place][0].instance, results[place]) for place in own], entries)
        for place, result in zip(own, first, strict=True):
            results[place] = result
        for (attempt, outcome), result in zip(ended, results, strict=True):
            self._completed(attempt, outcome, result)
        self.lookup.made([(ended[place][0].instance, results[place]) for place in own])

    def _completed(self, attempt: Attempt, outcome: Outcome, result: Result) -> None:
        instance = attempt.instance
        if attempt.place is not None:
            self.flow.complete_split(instance, attempt.place, dict(result.outputs)[RESULT])
            return
        self._count("done")
        self._finished(instance, attempt.number, "done", outcome.seconds)
        self.flow.complete(instance, ports_of(result, self.ledger.run, instance))

    def _failed(self, attempt: Attempt, outcome: Outcome, failure: Failure) -> None:
        instance = attempt.instance
        if failure.error == "Cancelled":
            self.ledger.write_attempt(attempt, outcome, "cancelled")
            self._count("cancelled")
            self._finished(instance, attempt.number, "cancelled", outcome.seconds)
            return
        self.ledger.write_attempt(attempt, outcome, "failed")
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
        status = "failed" if value is None else "tolerated"
        self._finished(instance, attempt.number, status, outcome.seconds, failure)
        self.lookup.failed(instance)
        if value is not None:
            result = self.ledger.commit_failed(attempt, outcome, value)
            self._count("tolerated")
            self.flow.complete(instance, ports_of(result, self.ledger.run, instance))
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
        again = self.lookup.due()
        if again is not None:
            points.append(again)
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
