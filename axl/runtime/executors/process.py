"""Runs attempts in warm, isolated worker processes.

The engine talks to workers directly and starts, kills and collects them through the zygote. The
death of a worker is the failure of the one attempt that it was running.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence

from axl.errors import InternalError, UnsupportedError
from axl.runtime.executors.base import Dropped, Finished, Job, Printed, Report, Setup, Started
from axl.runtime.executors.worker import JOBS, LAST_OUTCOME
from axl.runtime.task.failure import died, timed_out
from axl.wire.frames import receive, send
from axl.wire.outcome import Failure, Outcome

TIMEOUT_GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL for an attempt that ran too long."""
_CHUNK = 1 << 16


class _Worker:
    """The engine's end of one worker process."""

    def __init__(self, pid: int, sock: socket.socket, out: int) -> None:
        self.pid = pid
        self.sock = sock
        self.out = out
        self.jobs: deque[Job] = deque()
        self.deadline: float | None = None
        self.late = False
        self.leaving = False
        self.stopped = False


class ProcessExecutor:
    """Up to `workers` processes, started when they are first needed and kept for the whole run."""

    def __init__(self, setup: Setup) -> None:
        if setup.store.url.startswith("memory:"):
            raise UnsupportedError(
                "worker processes cannot reach a store in memory",
                hint='use executor="thread" or "inline", or a store on disk',
            )
        self._setup = setup
        self._workers: dict[int, _Worker] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._notes = b""
        self._used = False
        self._early: list[tuple[int, int]] = []
        self._start_zygote()

    @property
    def free(self) -> int:
        return self._setup.workers - sum(
            1 for worker in self._workers.values() if worker.jobs or worker.leaving
        )

    def submit(self, jobs: Sequence[Job]) -> None:
        worker = next((one for one in self._workers.values() if not one.jobs and not one.leaving), None)
        worker = worker or self._spawn()
        worker.jobs.extend(jobs)
        self._begin(worker)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its death is reported on its own
            send(worker.sock, JOBS, b"\n".join(job.spec.encode() for job in jobs))

    def wait(self, timeout: float | None) -> list[Report]:
        reports: list[Report] = []
        for key, _ in self._selector.select(self._limit(timeout)):
            if key.fd == self._wake_read:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, _CHUNK)
            elif key.fileobj is self._control:
                self._read_control()
            elif isinstance(key.data, _Worker):
                self._read_worker(key.data, key.fd, reports)
        for pid, status in self._early:
            self._bury(pid, status, reports)
        self._early.clear()
        self._kill_late()
        return reports

    def wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"!")

    def stop(self, *, force: bool) -> None:
        for worker in self._workers.values():
            if worker.jobs:
                worker.stopped = True
                self._kill(worker, signal.SIGKILL if force else signal.SIGTERM)

    def close(self) -> None:
        for worker in list(self._workers.values()):
            self._forget(worker)
        # Where all was there, nobody waits for the end of imports that nobody needs.
        if not self._used and self._zygote.poll() is None:
            os.killpg(self._zygote.pid, signal.SIGKILL)
        self._control.close()
        try:
            self._zygote.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _start_zygote(self) -> None:
        self._control, theirs = socket.socketpair()
        argv = [sys.executable, "-m", "axl.runtime.executors.zygote", str(theirs.fileno())]
        # Sets of texts are pickled in the order of their hashes: the same set has to give the same bytes.
        self._zygote = subprocess.Popen(
            argv,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        theirs.close()
        hello = {
            "workflow": self._setup.workflow,
            "path": self._setup.path,
            "temp": "",
            "sys_path": sys.path,
            "store": self._setup.store.url,
            "shipped": self._setup.shipped.hex(),
            "hash_seed": os.environ.get("PYTHONHASHSEED", ""),
        }
        self._control.sendall(json.dumps(hello).encode() + b"\n")
        self._selector.register(self._control, selectors.EVENT_READ)

    def _spawn(self) -> _Worker:
        self._used = True
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        os.set_blocking(out_read, False)
        try:
            socket.send_fds(self._control, [b'{"spawn": 1}\n'], [theirs.fileno(), out_write])
            pid = self._spawned()
        finally:
            theirs.close()
            os.close(out_write)
        worker = self._workers[pid] = _Worker(pid, ours, out_read)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        self._selector.register(out_read, selectors.EVENT_READ, worker)
        return worker

    def _spawned(self) -> int:
        """Wait for the new worker's number; who has exited meanwhile, or in the same breath, is kept."""
        while True:
            notes = self._read_notes()
            self._early += [(note["exited"], note["status"]) for note in notes if "exited" in note]
            for note in notes:
                if "spawned" in note:
                    return note["spawned"]

    def _read_control(self) -> None:
        self._early += [(note["exited"], note["status"]) for note in self._read_notes()]

    def _read_notes(self) -> list[dict[str, int]]:
        try:
            data = self._control.recv(_CHUNK)
        except ConnectionResetError:
            data = b""
        if not data:
            return self._lose_zygote()
        *lines, self._notes = (self._notes + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def _lose_zygote(self) -> list[dict[str, int]]:
        """Start another zygote; the workers of the lost one have died with it."""
        status = self._zygote.wait()
        self._selector.unregister(self._control)
        self._control.close()
        self._notes = b""
        lost = [{"exited": pid, "status": -int(signal.SIGKILL)} for pid in self._workers]
        if not lost:
            raise InternalError(f"the parent of the worker processes left with {status}")
        self._start_zygote()
        return lost

    def _begin(self, worker: _Worker) -> None:
        limit = worker.jobs[0].spec.policy.timeout_s
        worker.deadline = None if limit is None else time.monotonic() + limit
        worker.late = False

    def _limit(self, timeout: float | None) -> float | None:
        if self._early:
            return 0
        deadlines = [worker.deadline for worker in self._workers.values() if worker.deadline is not None]
        if not deadlines:
            return timeout
        left = max(0.0, min(deadlines) - time.monotonic())
        return left if timeout is None else min(left, timeout)

    def _read_worker(self, worker: _Worker, fd: int, reports: list[Report]) -> None:
        if worker.pid not in self._workers:
            return
        if fd == worker.out:
            self._drain(worker, reports, once=True)
        else:
            self._take_outcome(worker, reports)

    def _take_outcome(self, worker: _Worker, reports: list[Report]) -> bool:
        try:
            message = receive(worker.sock)
        except ConnectionResetError:
            message = None
        if message is None:
            worker.leaving = True
            with contextlib.suppress(KeyError):
                self._selector.unregister(worker.sock)
            return False
        kind, body = message
        self._drain(worker, reports, once=False)
        job = worker.jobs.popleft()
        outcome = Outcome.from_json(json.loads(body))
        if worker.late or worker.stopped:
            outcome = Outcome(
                failure=self._why_killed(worker, job), seconds=outcome.seconds, started=outcome.started
            )
        reports.append(Finished(job.ticket, outcome))
        worker.leaving = kind == LAST_OUTCOME
        worker.deadline = None
        if worker.leaving:
            self._drop_rest(worker, reports)
        elif worker.jobs:
            self._begin(worker)
            reports.append(Started(worker.jobs[0].ticket, str(worker.pid)))
        return True

    def _why_killed(self, worker: _Worker, job: Job) -> Failure:
        if worker.late:
            return timed_out(job.spec.policy.timeout_s or 0)
        return Failure(kind="exit", error="Cancelled", message="the run was stopped", exit_code=143)

    def _drain(self, worker: _Worker, reports: list[Report], *, once: bool) -> None:
        while True:
            try:
                data = os.read(worker.out, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(worker.out)
                return
            if worker.jobs:
                reports.append(Printed(worker.jobs[0].ticket, data))
            if once:
                return

    def _bury(self, pid: int, status: int, reports: list[Report]) -> None:
        worker = self._workers.get(pid)
        if worker is None:
            return
        while self._take_outcome(worker, reports):
            continue
        self._drain(worker, reports, once=False)
        if worker.jobs:
            job = worker.jobs.popleft()
            killed = worker.late or worker.stopped
            failure = self._why_killed(worker, job) if killed else died(status)
            reports.append(Finished(job.ticket, Outcome(failure=failure)))
        self._drop_rest(worker, reports)
        self._forget(worker)

    def _drop_rest(self, worker: _Worker, reports: list[Report]) -> None:
        reports.extend(Dropped(job.ticket) for job in worker.jobs)
        worker.jobs.clear()

    def _forget(self, worker: _Worker) -> None:
        del self._workers[worker.pid]
        for source in (worker.sock, worker.out):
            with contextlib.suppress(KeyError):
                self._selector.unregister(source)
        worker.sock.close()
        os.close(worker.out)

    def _kill_late(self) -> None:
        now = time.monotonic()
        for worker in self._workers.values():
            if worker.deadline is not None and now >= worker.deadline:
                self._kill(worker, signal.SIGKILL if worker.late else signal.SIGTERM)
                worker.deadline = None if worker.late else now + TIMEOUT_GRACE
                worker.late = True

    def _kill(self, worker: _Worker, number: int) -> None:
        with contextlib.suppress(OSError):
            self._control.sendall(json.dumps({"kill": worker.pid, "signal": int(number)}).encode() + b"\n")
