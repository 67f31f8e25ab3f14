"""Runs attempts in threads of this process: for steps that wait on the network."""

from __future__ import annotations

import ctypes
import queue
import threading
import time
from collections.abc import Sequence
from enum import Enum

from axl.runtime.executors.base import Finished, Job, Report, Setup, Started
from axl.runtime.executors.capture import capture
from axl.runtime.task.execute import Cancelled, execute
from axl.runtime.task.failure import timed_out
from axl.wire.outcome import Failure, Outcome


class _Idle(Enum):
    """A thread has nothing left to do."""

    IDLE = "idle"


class ThreadExecutor:
    """A fixed number of threads; a time-out or a stop interrupts Python code only."""

    def __init__(self, setup: Setup) -> None:
        self._store = setup.store
        self._workers = setup.workers
        self._todo: queue.SimpleQueue[Sequence[Job] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Report | _Idle | None] = queue.SimpleQueue()
        self._capture = capture()
        self._pending = 0
        self._running: dict[int, tuple[Job, float]] = {}
        self._late: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        return self._workers - self._pending

    def submit(self, jobs: Sequence[Job]) -> None:
        self._pending += 1
        if len(self._threads) < min(self._workers, self._pending):
            thread = threading.Thread(target=self._work, name=f"axl-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._todo.put(jobs)

    def wait(self, timeout: float | None) -> list[Report]:
        reports: list[Report] = []
        limit = self._next_deadline(timeout)
        try:
            first = self._done.get(timeout=limit) if limit is None or limit > 0 else self._done.get_nowait()
            while True:
                if first is _Idle.IDLE:
                    self._pending -= 1
                elif first is not None:
                    reports.append(first)
                first = self._done.get_nowait()
        except queue.Empty:
            pass
        self._interrupt_late()
        return reports

    def wake(self) -> None:
        self._done.put(None)

    def stop(self, *, force: bool) -> None:
        with self._lock:
            for thread in self._running:
                _raise_in(thread, Cancelled)

    def close(self) -> None:
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join(timeout=0.5)
        self._capture.close()

    def _work(self) -> None:
        while (jobs := self._todo.get()) is not None:
            for job in jobs:
                self._attempt(job)
            self._done.put(_Idle.IDLE)

    def _attempt(self, job: Job) -> None:
        me = threading.get_ident()
        limit = job.spec.policy.timeout_s
        with self._lock:
            self._running[me] = (job, time.monotonic() + limit if limit else float("inf"))
        self._done.put(Started(job.ticket, threading.current_thread().name))
        try:
            self._capture.listen(job.ticket, self._done.put)
            outcome = execute(job.spec, self._store)
        except Cancelled:
            late = job.ticket in self._late
            cancelled = Failure(kind="exit", error="Cancelled", message="the run was stopped", exit_code=130)
            outcome = Outcome(failure=timed_out(limit or 0) if late else cancelled)
        self._capture.silence()
        with self._lock:
            del self._running[me]
        self._done.put(Finished(job.ticket, outcome))

    def _next_deadline(self, timeout: float | None) -> float | None:
        with self._lock:
            soonest = min((deadline for _, deadline in self._running.values()), default=float("inf"))
        if soonest == float("inf"):
            return timeout
        left = max(0.01, soonest - time.monotonic())
        return left if timeout is None else min(left, timeout)

    def _interrupt_late(self) -> None:
        now = time.monotonic()
        with self._lock:
            for thread, (job, deadline) in self._running.items():
                if now >= deadline and job.ticket not in self._late:
                    self._late.add(job.ticket)
                    _raise_in(thread, Cancelled)


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
