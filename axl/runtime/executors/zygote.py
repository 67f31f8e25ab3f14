"""The parent of all workers: imports the workflow once and forks workers from that.

It stands between engine and workers so that nothing outlives a run: it adopts whatever a step
leaves behind, and when the engine is gone, however it went, it kills every worker's session and
every stray process, and ends. Forking from here is safe because it never starts a thread; where
the author's module does, workers are started afresh and import it themselves.

Requests and replies are JSON lines over one socket. With a `spawn` request come two descriptors:
the worker's socket and the pipe for what it prints.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import deque
from typing import TypedDict

from axl.dsl.describe import steps_of
from axl.io.stores import open_store
from axl.runtime.code.classes import find_class, ship
from axl.runtime.executors import kernel
from axl.runtime.executors.worker import work


class Hello(TypedDict):
    """What the engine says first."""

    workflow: str
    path: str
    temp: str
    sys_path: list[str]
    store: str
    shipped: str
    hash_seed: str


class _Workers:
    """The zygote's state: who lives, and how to start more."""

    def __init__(self, control: socket.socket, hello: Hello) -> None:
        self.control = control
        self.hello = hello
        self.alive: set[int] = set()
        self.temp = ""
        self.can_fork = preload(hello)

    def spawn(self, sock: int, out: int) -> None:
        if not self.temp:  # not before: where no worker is needed, the engine ends this process at any moment
            self.temp = self.hello["temp"] = tempfile.mkdtemp(prefix="axl-")
        pid = self._fork(sock, out) if self.can_fork else self._start(sock, out)
        os.close(sock)
        os.close(out)
        self.alive.add(pid)
        self.say({"spawned": pid})

    def _fork(self, sock: int, out: int) -> int:
        me = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self.control.close()
                signal.set_wakeup_fd(-1)
                become_worker(sock, out, me, self.hello)
                code = 0
            finally:
                os._exit(code)
        return pid

    def _start(self, sock: int, out: int) -> int:
        code = "from axl.runtime.executors.zygote import fresh_worker; fresh_worker()"
        argv = [sys.executable, "-c", code, str(sock), str(out), str(os.getpid()), json.dumps(self.hello)]
        with subprocess.Popen(argv, pass_fds=(sock, out), start_new_session=True) as process:
            process.returncode = 0  # reaped by `reap`, not by this object
            return process.pid

    def kill(self, pid: int, number: int) -> None:
        if pid in self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)

    def reap(self) -> None:
        """Collect who has ended, and end what they left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            if pid in self.alive:
                self.alive.discard(pid)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
                shutil.rmtree(temp_of(self.temp, pid), ignore_errors=True)
                self.say({"exited": pid, "status": os.waitstatus_to_exitcode(status)})
        for stray in kernel.children():
            if stray not in self.alive:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(stray, signal.SIGKILL)

    def end(self) -> None:
        """Kill everything, and wait until nothing is left."""
        for pid in list(self.alive):
            self.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            self.reap()
            try:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            time.sleep(0.002)

    def close(self) -> None:
        """Leave no temporary file."""
        if self.temp:
            shutil.rmtree(self.temp, ignore_errors=True)

    def say(self, message: dict[str, int]) -> None:
        with contextlib.suppress(OSError):
            self.control.sendall(json.dumps(message).encode() + b"\n")


def preload(hello: Hello) -> bool:
    """Import the workflow; say whether forking is safe afterwards."""
    sys.path[:] = hello["sys_path"]
    with contextlib.suppress(Exception):  # a worker that imports it again says what is wrong
        if hello["shipped"]:
            unship(bytes.fromhex(hello["shipped"]), hello["workflow"])
        else:
            find_class(hello["workflow"], hello["path"])
        open_store(hello["store"])  # imports what the workers' own stores need; it opens nothing yet
    gc.collect()
    gc.freeze()
    return threading.active_count() == 1 and kernel.unknown_threads() == 0


def unship(data: bytes, source: str) -> None:
    """Take up a class that came as bytes; its `__main__` names become this process's own."""
    import cloudpickle  # noqa: PLC0415 (only for classes that cannot be imported)

    cls = cloudpickle.loads(data)
    ship(cls, source)
    main = vars(sys.modules["__main__"])
    for step in steps_of(cls).values():
        if step.function.__module__ == "__main__":
            main.update(
                {
                    name: value
                    for name, value in step.function.__globals__.items()
                    if not name.startswith("__")
                }
            )


def temp_of(folder: str, pid: int) -> str:
    """Return the folder of a worker's temporary files, which goes when the worker goes."""
    return os.path.join(folder, str(pid))


def restore_hash_seed(seed: str) -> None:
    """Let what a step starts have the hash seed that the engine was given; this process has its own."""
    if seed:
        os.environ["PYTHONHASHSEED"] = seed
    else:
        os.environ.pop("PYTHONHASHSEED", None)


def become_worker(sock: int, out: int, parent: int, hello: Hello) -> None:
    """Turn this process into a worker: own session and temporary files, output to the pipe."""
    with contextlib.suppress(PermissionError):
        os.setsid()
    kernel.die_with_parent(parent)
    kernel.adopt_orphans()
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGPIPE else signal.SIG_IGN)
    tempfile.tempdir = os.environ["TMPDIR"] = temp_of(hello["temp"], os.getpid())
    os.mkdir(tempfile.tempdir, 0o700)
    restore_hash_seed(hello["hash_seed"])
    work(socket.socket(fileno=sock), open_store(hello["store"]))


def fresh_worker() -> None:
    """Be a worker that was started by command instead of by fork."""
    sock, out, parent, hello = sys.argv[1:5]
    told: Hello = json.loads(hello)
    preload(told)
    become_worker(int(sock), int(out), int(parent), told)


def serve(control: socket.socket) -> None:
    """Run until the engine closes its side."""
    kernel.adopt_orphans()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if sys.platform == "linux" else _pipe()
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    lines = _Lines(control)
    hello = lines.next()
    if hello is None:
        return
    workers = _Workers(control, json.loads(hello))
    open_now = not lines.more() or _serve_requests(lines, workers)
    while open_now and not stopped:
        ready, _, _ = select.select([control.fileno(), wake_read], [], [])
        if wake_read in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake_read, 4096)
            workers.reap()
        if control.fileno() in ready:
            open_now = _serve_requests(lines, workers)
    workers.end()
    workers.close()


def _serve_requests(lines: _Lines, workers: _Workers) -> bool:
    """Serve every request that is here; say whether the engine still is."""
    while True:
        line = lines.next()
        if line is None:
            return False
        match json.loads(line):
            case {"spawn": _}:
                workers.spawn(lines.descriptors.popleft(), lines.descriptors.popleft())
            case {"kill": int(pid), "signal": int(number)}:
                workers.kill(pid, number)
            case other:
                raise ValueError(f"unknown request {other!r}")
        if not lines.more():
            return True


class _Lines:
    """Reads JSON lines from a socket, and the descriptors that come along, in order."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._data = b""
        self.descriptors: deque[int] = deque()

    def next(self) -> bytes | None:
        """Return the next line, or `None` at the end; its descriptors have come by then."""
        while b"\n" not in self._data:
            try:
                data, got, _, _ = socket.recv_fds(self._sock, 1 << 20, 2)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self._data += data
            self.descriptors.extend(got)
        line, _, self._data = self._data.partition(b"\n")
        return line

    def more(self) -> bool:
        """Say whether a whole line is here already."""
        return b"\n" in self._data


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return read, write


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
