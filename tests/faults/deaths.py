"""A map of which one item ends its process, or its attempt, in one of many ways; only at its first try."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from axl import Workflow, step
from tests.faults.flows import JOURNAL, note


class Raises:
    """Cannot be pickled: says so with an error that nobody expects."""

    def __reduce__(self) -> tuple[object, ...]:
        raise KeyboardInterrupt


class Dies:
    """Ends the process that pickles it."""

    def __reduce__(self) -> tuple[object, ...]:
        os._exit(0)


class Deep:
    """Nests without end when it is pickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (list, ([Deep()],))


class Equal(int):
    """Says that it equals everything, and has no hash."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def kill_itself() -> object:
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def crash() -> object:
    return ctypes.string_at(0)


def abort() -> object:
    return os.abort()


def leave() -> object:
    os._exit(0)


def exit_politely() -> object:
    sys.exit(3)


def take_all_memory() -> object:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    return bytearray(1 << 32)


def hang() -> object:
    time.sleep(1000)
    return None


def ignore_the_end() -> object:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def leave_children() -> object:
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
    subprocess.Popen("trap '' TERM; sleep 1000", shell=True)  # noqa: S602 (a child that will not go)
    raise ValueError("left children")


def flood() -> object:
    for _ in range(8):
        os.write(1, b"\xff\x1b[31m" + b"x" * ((1 << 20) - 6))
    os.write(2, b"\nthe last words\n")
    os.kill(os.getpid(), signal.SIGKILL)
    return None


WAYS: dict[str, tuple[Callable[[], object], str]] = {
    "kill": (kill_itself, "SIGKILL"),
    "crash": (crash, "SIGSEGV"),
    "abort": (abort, "SIGABRT"),
    "leave": (leave, "exit code 0 and gave no result"),
    "exit": (exit_politely, "exit(3)"),
    "memory": (take_all_memory, "MemoryError"),
    "hang": (hang, "timeout of 1 s"),
    "children": (leave_children, "left children"),
    "flood": (flood, "SIGKILL"),
    "lock": (threading.Lock, "lock"),
    "raises": (Raises, "exit code 1 and gave no result"),
    "dies": (Dies, "exit code 0 and gave no result"),
    "deep": (Deep, "nested too deeply"),
    "stubborn": (ignore_the_end, "timeout of 1 s"),
}
"""How the item ends, and a word that the message must have."""


class Deaths(Workflow):
    """Four items; the victim goes its way at the first try, and each of the others takes a moment."""

    @step
    def items(self, n: int) -> list[int]:
        note("items")
        return list(range(n))

    @step(timeout=1)
    def act(self, i: int, way: str, victim: int) -> object:
        note("act", i)
        if i == victim and Path(os.environ[JOURNAL]).read_text("utf-8").count(f"act/{i}\n") < 2:
            return WAYS[way][0]()
        time.sleep(0.03)
        return i * i

    @step
    def total(self, squares: list[object]) -> int:
        note("total")
        return sum(square for square in squares if isinstance(square, int))

    def graph(self, way: str = "kill", victim: int = -1) -> int:
        return self.total(self.act.partial(way=way, victim=victim).map(self.items(4)))
