"""The few things that only the Linux kernel can promise about processes; elsewhere they do nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PDEATHSIG, _SUBREAPER = 1, 36


def die_with_parent(parent: int) -> None:
    """Let this process be killed when its parent ends."""
    _prctl(_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def children() -> list[int]:
    """Return this process's children, adopted ones included."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def unknown_threads() -> int:
    """Return how many threads of this process may not survive a fork.

    OpenBLAS stops its pool around a fork and starts it again, and Arrow makes its own anew; each
    of their threads is known by the libraries that are loaded. Any other native thread, such as
    those of OpenMP once it has run, would be missing in a child that waits for it for ever.
    """
    try:
        threads = len(os.listdir("/proc/self/task"))
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            libraries = {line.split(maxsplit=5)[-1].strip() for line in file if ".so" in line}
    except OSError:
        return 0
    blas = sum(1 for path in libraries if "openblas" in path)
    arrow = any("/libarrow.so" in path for path in libraries)
    return max(0, threads - 1 - blas * (usable_cpus() - 1) - arrow)


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
