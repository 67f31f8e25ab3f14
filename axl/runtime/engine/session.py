"""An engine's session on a run: begins or continues it, holds its lock, and records how it ended."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from blake3 import blake3

from axl.errors import LockedError, UsageError
from axl.io.store import Store
from axl.io.stores.holder import note_of_this_process
from axl.ir.codec import encode
from axl.ir.nodes import IRWorkflow
from axl.wire import address
from axl.wire.record import (
    RunRecord,
    RunStatus,
    SessionEnd,
    SessionRecord,
    decode_end_status,
    decode_run,
    decode_session,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What someone wants to run: the program, its bound parameters and its code."""

    program: IRWorkflow
    params: str
    path: str
    code: str
    run_id: str = ""
    fresh: bool = False
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", self.program.compute_hash())

    @property
    def identity(self) -> str:
        """What two requests share when one may continue the other's run."""
        return blake3(f"{self.params}\n{self.code}".encode()).hexdigest()


@dataclass(slots=True)
class Session:
    """A run that this process holds."""

    store: Store
    record: RunRecord
    continued: bool
    number: int
    lock: AbstractContextManager[None]

    @property
    def run(self) -> str:
        return self.record.run

    def begin(self, executor: str, workers: int) -> None:
        """Record that an engine took the run up; never before the run began, whatever the clock says."""
        record = SessionRecord(
            started=max(time.time(), self.record.created),
            pid=os.getpid(),
            host=socket.gethostname(),
            executor=executor,
            workers=workers,
        )
        self.store.put_record(address.session_key(self.run, self.number), record.encode())
        self.store.commit()

    def end(self, end: SessionEnd) -> None:
        """Record how the engine leaves the run, durably, and let go of it, even if it cannot be recorded."""
        try:
            self.store.put_record(address.session_end_key(self.run, self.number), end.encode())
            self.store.sync()
        finally:
            self.lock.__exit__(None, None, None)


def open_session(request: Request, store: Store, axl_version: str) -> Session:
    """Continue the unfinished run of the same workflow and parameters, or begin a new one.

    Raises `LockedError` when a live engine holds that run.
    """
    if request.run_id:
        return _named(request, store, axl_version)
    newest = find_newest(request, store)
    if newest is not None and not request.fresh and status_of(newest.run, store) != "succeeded":
        return resume(newest, request.program, store)
    after = _last_begun(newest, store) if newest is not None else 0.0
    return _create(request, store, axl_version, _new_id(request.program.name), after)


def resume(record: RunRecord, program: IRWorkflow, store: Store) -> Session:
    """Take up a run that exists; what a power cut or a collection has taken of it is written again."""
    _write_program(program, store)
    lock = _lock(record.run, store)
    store.put_record(address.run_key(record.run), record.encode())
    numbers = [key for key, _ in store.list_records(f"session/{record.run}/") if not key.endswith("/end")]
    return Session(store, record, continued=True, number=len(numbers) + 1, lock=lock)


def find_newest(request: Request, store: Store) -> RunRecord | None:
    """Return the newest run that is of the same workflow, code and parameters."""
    prefix = address.same_prefix(request.hash, request.identity)
    newest: RunRecord | None = None
    for key, _ in store.list_records(prefix):
        record = find_run(key.rpartition("/")[2], store)
        if record is not None and (newest is None or record.created >= newest.created):
            newest = record
    return newest


def _last_begun(record: RunRecord, store: Store) -> float:
    """Return when an engine took a run up for the last time, in seconds of the epoch."""
    sessions = [each for each in store.list_records(f"session/{record.run}/") if not each[0].endswith("/end")]
    return max([record.created, *(decode_session(body, key).started for key, body in sessions)])


def find_run(run: str, store: Store) -> RunRecord | None:
    """Return the record of a run by its whole id."""
    key = address.run_key(run)
    body = store.get_record(key)
    return decode_run(body, key) if body is not None else None


def status_of(run: str, store: Store) -> RunStatus | None:
    """Return how the last session ended, or `None` while there is no end."""
    last = next(iter(deque(store.list_records(f"session/{run}/"), maxlen=1)), None)
    if last is None or not last[0].endswith("/end"):
        return None
    return decode_end_status(last[1], last[0])


def _named(request: Request, store: Store, axl_version: str) -> Session:
    record = find_run(request.run_id, store)
    if record is None:
        return _create(request, store, axl_version, request.run_id, 0.0)
    same = (record.hash, record.params) == (request.hash, request.params)
    if not same:
        raise UsageError(
            f"the run {request.run_id} exists and is of another workflow or other parameters",
            hint="choose another --run-id",
        )
    return resume(record, request.program, store)


def _write_program(program: IRWorkflow, store: Store) -> str:
    with store.write(inline=0) as stream:
        stream.write(encode(program))
        return stream.finish().digest


def _create(request: Request, store: Store, axl_version: str, run: str, after: float) -> Session:
    """Begin a run; `after` is when an older one of the same was taken up, should the clock have been set back."""
    program = request.program
    ir = _write_program(program, store)
    record = RunRecord(
        run=run,
        workflow=program.name,
        source=program.source,
        path=request.path,
        hash=request.hash,
        ir=ir,
        params=request.params,
        created=max(time.time(), after + 1e-6),
        axl=axl_version,
    )
    lock = _lock(run, store)
    if store.put_record(address.run_key(run), record.encode()) is not None:
        lock.__exit__(None, None, None)
        raise LockedError(
            f"the run {run} was begun by another engine just now", hint="run the same command again"
        )
    store.put_record(address.same_prefix(record.hash, request.identity) + run, b"{}")
    return Session(store, record, continued=False, number=1, lock=lock)


def _lock(run: str, store: Store) -> AbstractContextManager[None]:
    lock = store.lock(f"run-{run}", note_of_this_process(run=run))
    try:
        lock.__enter__()
    except LockedError as error:
        raise LockedError(
            error.what.replace(f"run-{run}", f"the run {run}", 1),
            hint="wait for it, or stop that process; with --fresh the same command begins another run",
        ) from error
    return lock


def _new_id(name: str) -> str:
    return f"{name}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
