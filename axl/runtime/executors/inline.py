"""Runs attempts in the engine's own thread: for debuggers, tests and the smallest steps."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from axl.runtime.executors.base import Finished, Job, Report, Setup, Started
from axl.runtime.executors.capture import capture
from axl.runtime.task.execute import Cancelled, execute
from axl.runtime.task.failure import timed_out
from axl.wire.outcome import Failure, Outcome


class _TimeUp(BaseException):
    """The attempt's time is over."""


class InlineExecutor:
    """One attempt at a time, in this thread; a time-out interrupts Python code only."""

    def __init__(self, setup: Setup) -> None:
        self._store = setup.store
        self._queue: deque[Job] = deque()
        self._capture = capture()
        self._busy = False

    @property
    def free(self) -> int:
        return 0 if self._queue else 1

    def submit(self, jobs: Sequence[Job]) -> None:
        self._queue.extend(jobs)

    def wait(self, timeout: float | None) -> list[Report]:
        if not self._queue:
            time.sleep(timeout or 0)
            return []
        job = self._queue.popleft()
        reports: list[Report] = [Started(job.ticket, "inline")]
        self._capture.listen(job.ticket, reports.append)
        outcome = self._attempt(job)
        self._capture.silence()
        reports.append(Finished(job.ticket, outcome))
        return reports

    def wake(self) -> None:
        """Interrupt the step that runs: only a signal handler can call this meanwhile."""
        if self._busy:
            raise Cancelled

    def stop(self, *, force: bool) -> None:
        self._queue.clear()

    def close(self) -> None:
        self._capture.close()

    def _attempt(self, job: Job) -> Outcome:
        limit = job.spec.policy.timeout_s
        try:
            self._busy = True
            if limit is None:
                return execute(job.spec, self._store)
            with _alarm(limit):
                return execute(job.spec, self._store)
        except _TimeUp:
            return Outcome(failure=timed_out(limit or 0))
        except (Cancelled, KeyboardInterrupt):
            return Outcome(
                failure=Failure(kind="exit", error="Cancelled", message="the run was stopped", exit_code=130)
            )
        finally:
            self._busy = False


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
