"""That an orchestrator works on a run, as records tell it: begun once, then a session for each of its runs."""

from __future__ import annotations

import os
import socket
import time

import axl
from axl.io.store import Store
from axl.ir.codec import encode
from axl.ir.nodes import IRWorkflow
from axl.runtime.history.sessions import sessions_of
from axl.wire.address import run_key, session_end_key, session_key
from axl.wire.record import RunRecord, SessionEnd, SessionRecord, decode_run


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
