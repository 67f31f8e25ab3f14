"""Measures one command from outside: the wall, the CPU and the peak memory of its whole tree of processes.

Linux accounts for everything; elsewhere memory is that of the largest process alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
SAMPLE_EVERY = 0.05
ORPHANS_MAY_LIVE = 15.0
TIMED_OUT = 124


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one command: seconds until its first process ended, seconds of CPU and bytes of all of them."""

    wall: float
    cpu: float
    peak: int
    code: int


def adopt_orphans() -> None:
    """Make orphans of the measured commands children of this process, so that they are accounted for too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def measure(command: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float) -> Measured:
    """Run a command in a folder, its output in `stdout` and `stderr` there; it is killed after `timeout` seconds."""
    memory = _Memory()
    memory.start()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            measured = _reap(process, start, timeout)
        finally:
            _kill_all()
            memory.stop()
    return Measured(
        wall=measured.wall, cpu=measured.cpu, peak=max(measured.peak, memory.peak), code=measured.code
    )


def _reap(process: subprocess.Popen[bytes], start: float, timeout: float) -> Measured:
    """Wait for the command and every orphan it leaves; count each as the kernel accounts for it."""
    wall, cpu, peak, code = 0.0, 0.0, 0, TIMED_OUT
    limit, ended = start + timeout, False
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return Measured(wall=wall, cpu=cpu, peak=peak, code=code)
        now = time.perf_counter()
        if pid == 0:
            if now > limit:
                _kill_all()
                time.sleep(0.05)
            time.sleep(0.0005 if now - start < 2 else 0.005)
            continue
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * (1024 if sys.platform == "linux" else 1))
        if pid == process.pid and not ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            code = TIMED_OUT if now > limit else process.returncode
            wall, limit, ended = now - start, now + ORPHANS_MAY_LIVE, True


def _kill_all() -> None:
    for pid in _below(os.getpid()):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


class _Memory(threading.Thread):
    """Adds up the resident memory of every process below this one, many times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(SAMPLE_EVERY):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _below(os.getpid())))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _below(pid: int) -> list[int]:
    found, todo = [], _children(pid)
    while todo:
        found.append(todo.pop())
        todo += _children(found[-1])
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
