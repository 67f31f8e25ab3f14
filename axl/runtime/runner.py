"""The runner of one attempt, as containers and functions call it: supervise, commit, report.

The step runs in a child process in its own session, so time-outs and stops mean the same on every
target. What is printed goes on to standard error; the result is one JSON line on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from axl.errors import AxlError, UsageError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.runtime.executors.base import Finished, Job, Printed, Setup
from axl.runtime.executors.process import ProcessExecutor
from axl.runtime.executors.threads import follow_cpu
from axl.runtime.task.logs import LogBuffer
from axl.wire.address import attempt_key, node_key
from axl.wire.outcome import Outcome
from axl.wire.record import NodeRecord, decode_node
from axl.wire.spec import TaskSpec, decode_spec
from axl.wire.values import JSON, Many, Ref

STOP_GRACE = 25.0
"""Seconds that a step gets after SIGTERM: a pod's 30 less what committing may take."""
_TICK = 0.2


def run_spec(argv: Sequence[str], stopped: list[int]) -> int:
    """Run the spec that the arguments name; `stopped` fills with signals as they come."""
    try:
        spec = decode_spec(_read(argv))
        store = open_store(spec.store)
        try:
            return _run(spec, store, stopped)
        finally:
            store.close()
    except AxlError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3 if isinstance(error, UsageError) else error.exit_code


def _read(argv: Sequence[str]) -> bytes:
    if len(argv) > 1 or (not argv and "AXL_SPEC" not in os.environ):
        raise UsageError("name one task spec", hint="python -m axl.runtime FILE, or - for standard input")
    if not argv:
        return os.environ["AXL_SPEC"].encode()
    if argv[0] == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(argv[0]).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the task spec {argv[0]}: {error.strerror}") from error


def _run(spec: TaskSpec, store: Store, stopped: list[int]) -> int:
    key = node_key(spec.run, spec.node, spec.index)
    there = store.get_record(key)
    if there is not None:
        _tell(decode_node(there, key))
        return 0
    follow_cpu(spec.policy.resources)
    executor = ProcessExecutor(Setup(workflow=spec.workflow, path=spec.path, store=store, workers=1))
    try:
        outcome, log = supervise(spec, executor, stopped)
    finally:
        executor.close()
    return _commit(spec, store, outcome, log, stopped)


def supervise(spec: TaskSpec, executor: ProcessExecutor, stopped: Sequence[int]) -> tuple[Outcome, LogBuffer]:
    """Run one attempt and pass on what it prints; `stopped` fills with signals as they come."""
    log, asked = LogBuffer(), 0.0
    executor.submit([Job(ticket=1, spec=spec)])
    while True:
        for report in executor.wait(_TICK):
            if isinstance(report, Printed):
                _echo(log.feed(report.data))
            elif isinstance(report, Finished):
                _echo(log.end())
                return report.outcome, log
        if stopped and not asked:
            asked = time.monotonic()
            executor.stop(force=False)
        if asked and (len(stopped) > 1 or time.monotonic() - asked > STOP_GRACE):
            executor.stop(force=True)


def _commit(spec: TaskSpec, store: Store, outcome: Outcome, log: LogBuffer, stopped: list[int]) -> int:
    content, kept = log.content(), None
    if content:
        with store.write() as stream:
            stream.write(content)
            stored = stream.finish()
        kept = Ref(stored.digest, stored.size, "text", data=stored.data)
    failure = outcome.failure
    cancelled = failure is not None and failure.error == "Cancelled"
    record = NodeRecord(
        status="cancelled" if cancelled else "failed" if failure else "done",
        step=spec.step,
        attempt=spec.attempt,
        outputs=outcome.outputs,
        failure=failure,
        code=spec.code,
        log=kept,
        started=outcome.started,
        seconds=outcome.seconds,
        max_rss=outcome.max_rss,
        worker=str(os.getpid()),
    )
    if failure is not None:
        store.put_record(attempt_key(spec.run, spec.node, spec.index, spec.attempt), record.encode())
        store.sync()
        _tell(record)
        return 128 + stopped[0] if cancelled and stopped else failure.exit_code
    key = node_key(spec.run, spec.node, spec.index)
    first = store.put_record(key, record.encode())
    store.sync()
    _tell(decode_node(first, key) if first is not None else record)
    return 0


def _tell(record: NodeRecord) -> None:
    """Print what an orchestrator may need: counts of lists and values of bools, never data."""
    out: dict[str, JSON] = {"status": record.status}
    for name, value in record.outputs:
        if isinstance(value, Many):
            out[f"{name}.count"] = len(value.items)
        if isinstance(value, Ref) and value.count is not None:
            out[f"{name}.count"] = value.count
        if isinstance(value, Ref) and value.truth is not None:
            out[f"{name}.truth"] = value.truth
    if record.failure is not None:
        out["error"] = f"{record.failure.error}: {record.failure.message}"
    print(json.dumps(out, ensure_ascii=False), flush=True)


def _echo(text: str) -> None:
    if text:
        sys.stderr.write(text)
        sys.stderr.flush()
