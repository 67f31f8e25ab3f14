"""Steps that misbehave, each in its own way."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from axl import Retry, Workflow, default, step


class Nasty(Workflow):
    """Ten steps that fail, and a map that has to go on beside them."""

    @step
    def fine(self, n: int) -> int:
        time.sleep(0.05)
        return n

    @step
    def killed(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @step
    def left(self) -> None:
        os._exit(0)

    @step
    def crashed(self) -> None:
        ctypes.string_at(0)

    @step(timeout=0.3)
    def slow(self) -> None:
        time.sleep(100)

    @step(timeout=0.3)
    def stubborn(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(1)

    @step
    def unpicklable(self) -> object:
        return {"a": [threading.Lock()]}

    @step
    def exits(self) -> None:
        sys.exit(3)

    def graph(self) -> list[int]:
        self.killed()
        self.left()
        self.crashed()
        self.slow()
        self.stubborn()
        self.unpicklable()
        self.exits()
        return self.fine.map([1, 2, 3])


class Orphans(Workflow):
    """A step that leaves a daemon behind."""

    @step
    def daemon(self) -> int:
        process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        return process.pid

    @step
    def alive(self, pid: int) -> bool:
        return Path(f"/proc/{pid}").exists()

    def graph(self) -> bool:
        return self.alive(self.daemon())


class KilledTwice(Workflow):
    """A step whose process is killed twice and then succeeds."""

    @step(retries=Retry(attempts=3))
    def work(self, folder: str) -> int:
        mark = Path(folder, f"{time.time_ns()}")
        mark.touch()
        tries = len(list(Path(folder).iterdir()))
        if tries < 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return tries

    def graph(self, folder: str) -> int:
        return self.work(folder)


class Flood(Workflow):
    """A step that prints very much, without a line break, in bytes that are no text."""

    @step
    def print_much(self, megabytes: int) -> int:
        for _ in range(megabytes):
            os.write(1, b"\xff\x1b[31m" + b"x" * ((1 << 20) - 6))
        os.write(2, b"\nthe last words\n")
        return megabytes

    def graph(self, megabytes: int) -> int:
        return self.print_much(megabytes)


class Waits(Workflow):
    """A run that is long enough to be stopped; the first step is done at once."""

    @step
    def first(self) -> int:
        return 1

    @step
    def waits(self, n: int, folder: str) -> int:
        Path(folder, "waiting").touch()
        time.sleep(100)
        return n

    @step(on_failure=default(0))
    def child(self, n: int, folder: str) -> int:
        subprocess.run(["sleep", "100"], check=True)
        return n

    def graph(self, folder: str) -> list[int]:
        n = self.first()
        return [self.waits(n, folder), self.child(n, folder)]


class Litters(Workflow):
    """A step that leaves a temporary folder behind."""

    @step
    def litter(self) -> str:
        folder = tempfile.mkdtemp()
        Path(folder, "file").touch()
        return folder

    def graph(self) -> str:
        return self.litter()


class Mayflies(Workflow):
    """Items that kill their worker at once."""

    @step
    def items(self, n: int) -> list[int]:
        return list(range(n))

    @step
    def die(self, i: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return i

    def graph(self, n: int = 100) -> list[int]:
        return self.die.map(self.items(n))
