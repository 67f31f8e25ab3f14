"""The warm parent of trials: imports axl once and forks a process for every command.

Run as a script below the library of preload.c. Requests and replies are JSON lines on standard input and
output. It adopts whatever its children leave behind, so nothing that outlives a trial escapes it.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pkgutil import resolve_name
from typing import TypedDict

from axl.runtime.executors import kernel
from tests.faults.preload import name_engine

WARM = (
    "axl.api",
    "axl.cli.main",
    "axl.cli.report_plain",
    "axl.cli.root",
    "axl.cli.run_local",
    "axl.io.stores.local",
    "axl.runtime.executors.inline",
    "axl.runtime.executors.process",
    "axl.runtime.runner",
    "cloudpickle",
    "sqlite3",
    "tests.faults.entries",
    "tests.faults.flows",
)
"""Modules that every trial would import."""


class Start(TypedDict):
    """A command: `entry` is `module:function`, called with the words; `plan` is a path or empty."""

    entry: str
    words: list[str]
    cwd: str
    env: dict[str, str]
    plan: str
    out: str
    err: str


class _Parent:
    """Knows the processes that it forked and those that it adopted."""

    def __init__(self) -> None:
        self.ours: set[int] = set()

    def start(self, request: Start) -> int:
        pid = os.fork()
        if pid == 0:
            raise _Child(request)
        self.ours.add(pid)
        return pid

    def wait(self, pid: int, seconds: float) -> int | None:
        """Return how a process of ours ended, or `None` if it has not."""
        file = os.pidfd_open(pid)
        try:
            if not select.select([file], [], [], seconds)[0]:
                return None
        finally:
            os.close(file)
        self.ours.discard(pid)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def orphans(self, seconds: float) -> list[int]:
        """Wait for everything that was adopted to end; return what has not."""
        deadline = time.monotonic() + seconds
        while (left := self._adopted()) and time.monotonic() < deadline:
            time.sleep(0.001)
        return left

    def _adopted(self) -> list[int]:
        left = []
        for pid in set(kernel.children()) - self.ours:
            try:
                ended = os.waitpid(pid, os.WNOHANG)[0]
            except ChildProcessError:
                continue
            if not ended:
                left.append(pid)
        return left


class _Child(BaseException):
    """Carries a forked child out of the loop, to be the command."""

    def __init__(self, request: Start) -> None:
        self.request = request


def become(request: Start) -> int:
    """Be the command: own session, own files, its plan; return the exit code."""
    os.setsid()
    os.chdir(request["cwd"])
    for number, path in ((1, request["out"]), (2, request["err"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.update(request["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    entry: Callable[[list[str]], int] = resolve_name(request["entry"])
    if request["plan"]:
        os.environ["AXL_FAULT_PLAN"] = request["plan"]
        name_engine(request["plan"], os.getpid())
        if ctypes.CDLL(None).axl_follow_plan(request["plan"].encode()):
            raise OSError(f"cannot follow {request['plan']}")
    sys.argv = ["axl", *request["words"]]
    return entry(request["words"])


def serve() -> None:
    """Answer requests until standard input ends."""
    kernel.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in WARM:
        importlib.import_module(name)
    parent, rest = _Parent(), b""
    while data := os.read(0, 1 << 16):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            reply = _answer(parent, json.loads(line))
            os.write(1, json.dumps(reply).encode() + b"\n")


def _answer(parent: _Parent, request: dict[str, Start | int | float]) -> object:
    match request:
        case {"start": dict(start)}:
            return parent.start(start)
        case {"wait": int(pid), "seconds": float(seconds)}:
            return parent.wait(pid, seconds)
        case {"orphans": float(seconds)}:
            return parent.orphans(seconds)
        case other:
            raise ValueError(f"unknown request {other!r}")


if __name__ == "__main__":
    try:
        serve()
    except _Child as child:
        wanted = child.request
    else:
        sys.exit()
    sys.exit(become(wanted))
