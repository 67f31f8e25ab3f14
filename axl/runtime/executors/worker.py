"""A worker process: takes attempts from a socket, one at a time, until the socket closes."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType

from axl.io.store import Store
from axl.runtime.task.execute import Cancelled, execute
from axl.wire.frames import receive, send
from axl.wire.outcome import Failure, Outcome
from axl.wire.spec import decode_spec

JOBS, OUTCOME, LAST_OUTCOME = 1, 2, 3
"""Messages: attempts to run, what one came to, and the same from a worker that leaves afterwards."""


class _State:
    running = False


def work(sock: socket.socket, store: Store) -> None:
    """Serve one socket; returns when the other side has closed it or this worker has to leave."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (message := receive(sock)) is not None:
        specs = bytes(message[1]).split(b"\n")
        for place, spec in enumerate(specs):
            outcome = _attempt(spec, store)
            leaves = _left_processes() or (
                outcome.failure is not None and outcome.failure.error == "Cancelled"
            )
            _flush()
            last = leaves and place + 1 <= len(specs)
            send(sock, LAST_OUTCOME if last else OUTCOME, outcome.to_text().encode())
            if last:
                return


def _attempt(data: bytes, store: Store) -> Outcome:
    _State.running = True
    try:
        return execute(decode_spec(data), store)
    except Cancelled:
        return Outcome(
            failure=Failure(kind="exit", error="Cancelled", message="the run was stopped", exit_code=143)
        )
    finally:
        _State.running = False


def _stop(_number: int, _frame: FrameType | None) -> None:
    if _State.running:
        raise Cancelled
    os._exit(0)


def _left_processes() -> bool:
    """Say whether the step left processes behind; those that have ended are collected."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return False
    return True


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
