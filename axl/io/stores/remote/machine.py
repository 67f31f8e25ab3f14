"""Knows a process again on the same machine, and whether it still lives."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process; `machine` is empty where processes cannot be looked up."""

    machine: str
    pid: int
    started: str


def this_process() -> Process:
    """Return the process that asks."""
    return Process(_machine(), os.getpid(), _started(os.getpid()))


def is_dead(process: Process) -> bool:
    """Say whether a process of this machine is certainly gone."""
    return _is_here(process) and _started(process.pid) != process.started


def is_alive(process: Process) -> bool:
    """Say whether a process of this machine certainly lives."""
    return _is_here(process) and _started(process.pid) == process.started


def _is_here(process: Process) -> bool:
    return bool(process.machine) and process.machine == _machine()


def _machine() -> str:
    """Name the running kernel and the space of process numbers, as a container has its own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return when a process began, in the kernel's own count; empty when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
