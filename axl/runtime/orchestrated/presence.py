"""That an orchestrator works on a run, as records tell it: begun once, then a session for each of its runs."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import axl
from axl.errors import LockedError
from axl.io.store import Store
from axl.io.stores.holder import note_of_this_process
from axl.ir.codec import encode
from axl.ir.nodes import IRWorkflow
from axl.runtime.history.sessions import sessions_of
from axl.wire.address import run_key, session_end_key, session_key
from axl.wire.record import RunRecord, SessionEnd, SessionRecord, decode_run


@contextmanager
def attend(run: str, by: str, store: Store) -> Iterator[None]:
    """Hold a run while `by` works on it, unless somebody does that for `by` already.

    Raises `LockedError` when another engine drives the run; an empty `by` drives nothing.
    """
    with ExitStack() as stack:
        if by and _driver(run, store) != by:
            _hold(run, by, store, stack)
        yield


@contextmanager
def drive(run: str, by: str, store: Store) -> Iterator[None]:
    """Hold a run while the process of an orchestrator hands out its work; an interruption cancels the run."""
    with attend(run, by, store):
        try:
            yield
        except (Exception, GeneratorExit, SystemExit):
            raise
        except BaseException:
            _cancel(run, by, store)
            raise


def _hold(run: str, by: str, store: Store, stack: ExitStack) -> None:
    name = f"run-{run}"
    try:
        stack.enter_context(store.lock(name, note_of_this_process(run=run, by=by)))
    except LockedError as error:
        if _driver(run, store) != by:
            what = error.what.replace(name, f"the run {run}", 1)
            raise LockedError(what, hint="wait for it, or stop that process") from error


def _driver(run: str, store: Store) -> str | None:
    """Return for whom a run is held, as its holder noted."""
    try:
        note = json.loads(store.holder(f"run-{run}") or "null")
    except ValueError:
        return None
    match note:
        case {"by": str(by)}:
            return by
        case _:
            return None


def _cancel(run: str, by: str, store: Store) -> None:
    sessions = sessions_of(run, store)
    if sessions and sessions[-1].record.executor == by:
        end_session(run, sessions[-1].number, SessionEnd(status="cancelled", ended=time.time()), store)


def begin_run(run: str, program: IRWorkflow, params: str, folder: str, store: Store) -> RunRecord:
    """Record what is run with which parameters, and return what stands: another process may be first."""
    with store.write(inline=0) as stream:
        stream.write(encode(program))
        ir = stream.finish().digest
    record = RunRecord(
        run=run,
        workflow=program.name,
        source=program.source,
        path=folder,
        hash=program.compute_hash(),
        ir=ir,
        params=params,
        created=time.time(),
        axl=axl.__version__,
    )
    there = store.put_record(run_key(run), record.encode())
    store.sync()
    return record if there is None else decode_run(there, run_key(run))


def begin_session(run: str, by: str, store: Store) -> int:
    """Record that `by` works on a run, unless it is recorded; return the session's number."""
    while True:
        sessions = sessions_of(run, store)
        if sessions and sessions[-1].record.executor == by:
            return sessions[-1].number
        number = len(sessions) + 1
        record = SessionRecord(
            started=time.time(), pid=os.getpid(), host=socket.gethostname(), executor=by, workers=1
        )
        if store.put_record(session_key(run, number), record.encode()) is None:
            store.commit()
            return number


def end_session(run: str, number: int, end: SessionEnd, store: Store) -> None:
    """Record how a session ended; the first word stands."""
    store.put_record(session_end_key(run, number), end.encode())
    store.sync()


def last_error(run: str, store: Store) -> str:
    """Return what the last session said about the run's failure."""
    sessions = sessions_of(run, store)
    end = sessions[-1].end if sessions else None
    return end.error if end is not None else ""
