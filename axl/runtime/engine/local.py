"""Runs a workflow on this machine: session, executor, engine, and the record of how it ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from axl.dsl.describe import source_of
from axl.dsl.params import graph_hints
from axl.dsl.workflow import Workflow
from axl.io.store import Store
from axl.ir.nodes import PARAMS, IRWorkflow
from axl.ir.walk import tasks
from axl.runtime.cache.results import Cache, Mode
from axl.runtime.code.classes import is_importable
from axl.runtime.code.program import Codes, code_of
from axl.runtime.code.target import folder_of
from axl.runtime.engine.ledger import Ledger
from axl.runtime.engine.loop import Engine
from axl.runtime.engine.options import Options
from axl.runtime.engine.session import Request, Session, open_session, resume
from axl.runtime.engine.specs import Specs
from axl.runtime.executors import open_executor
from axl.runtime.executors.base import Executor, Setup
from axl.runtime.executors.kernel import usable_cpus
from axl.runtime.parameters.bind import needs_maker
from axl.wire.events import Noted, Reporter, RunFinished, RunStarted, silent
from axl.wire.record import RunRecord, SessionEnd
from axl.wire.values import JSON, Lit, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """How to run here: the executor and its size, and how the engine is driven."""

    executor: str = "process"
    workers: int | None = None
    options: Options = field(default_factory=Options)
    report: Reporter = silent


@dataclass(frozen=True, slots=True)
class Left:
    """A run that this process has left: which of its sessions, and the signal that stopped it, or 0."""

    run: str
    session: int
    status: str
    signal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A class, its program and the bound parameters: what is to be run."""

    cls: type[Workflow]
    program: IRWorkflow
    params: Mapping[str, JSON]
    run_id: str = ""
    fresh: bool = False
    cache: Mode = "use"


def run_local(wanted: Wanted, store: Store, how: Local, axl_version: str) -> Left:
    """Run a workflow here, or continue its unfinished run, and return how it was left.

    Raises `LockedError` when another live engine holds the run, and store errors as they are.
    """

    def begin(codes: Codes) -> Session:
        request = Request(
            program=wanted.program,
            params=canonical(wanted.params),
            path=folder_of(wanted.cls),
            code=canonical({step: code.name for step, code in codes.items()}),
            run_id=wanted.run_id,
            fresh=wanted.fresh,
        )
        return open_session(request, store, axl_version)

    return _drive(wanted, store, how, begin)


def continue_local(wanted: Wanted, record: RunRecord, store: Store, how: Local) -> Left:
    """Continue a run that exists, whatever its code was before, and return how it was left."""
    return _drive(wanted, store, how, lambda _codes: resume(record, wanted.program, store))


def _drive(wanted: Wanted, store: Store, how: Local, begin: Callable[[Codes], Session]) -> Left:
    # The executor comes first: its processes start while this one reads code and opens the session.
    setup = Setup(
        workflow=wanted.program.source,
        path=folder_of(wanted.cls),
        store=store,
        workers=how.workers or usable_cpus(),
        shipped=_shipped(wanted.cls, how.executor),
    )
    executor = open_executor(how.executor, setup)
    try:
        codes = code_of(wanted.cls, wanted.program)
        session = begin(codes)
    except BaseException:
        executor.close()
        raise
    return _run_session(wanted, session, codes, how, executor)


def _run_session(wanted: Wanted, session: Session, codes: Codes, how: Local, executor: Executor) -> Left:
    """Run a session to its end and record it."""
    started, store = time.monotonic(), session.store
    try:
        session.begin(how.executor, executor.free)
        how.report(_started(wanted, session, how, executor))
        store.clean_temp()
        ledger = Ledger(store, session.run, session.continued, codes=codes)
        cache = Cache(store, session.run, codes, wanted.cache, _teller(how.report))
        cache.write_codes()
        specs = Specs(wanted.program, session.record.path, session.run, store.url)
        engine = Engine(wanted.program, specs, ledger, cache, executor, how.report, how.options)
        ended = engine.run(run_inputs(wanted))
    except BaseException as error:
        executor.close()
        seconds = time.monotonic() - started
        if isinstance(error, KeyboardInterrupt):  # before the engine heeds signals, or after
            end = SessionEnd(status="cancelled", ended=time.time(), seconds=seconds)
        else:
            why = f"the engine failed: {error!r}"
            end = SessionEnd(status="failed", ended=time.time(), seconds=seconds, error=why)
        session.end(end)
        raise
    executor.close()
    store.clean_temp()
    counts = tuple(ended.counts.items())
    result = ended.result if ended.status == "succeeded" else None
    seconds = time.monotonic() - started
    end = SessionEnd(
        status=ended.status,
        ended=time.time(),
        seconds=seconds,
        counts=counts,
        error=ended.error,
        result=result,
    )
    session.end(end)
    how.report(
        RunFinished(run=session.run, status=end.status, seconds=seconds, counts=counts, error=end.error)
    )
    return Left(session.run, session.number, end.status, ended.signal)


def _teller(report: Reporter) -> Callable[[str], None]:
    return lambda text: report(Noted(text=text))


def _started(wanted: Wanted, session: Session, how: Local, executor: Executor) -> RunStarted:
    return RunStarted(
        run=session.run,
        workflow=wanted.program.name,
        executor=how.executor,
        workers=executor.free,
        continued=session.continued,
        tasks=sum(1 for _ in tasks(wanted.program)),
    )


def run_inputs(wanted: Wanted) -> dict[str, Value]:
    """Return the bound parameters as values of the root block."""
    hints = graph_hints(wanted.cls)
    out: dict[str, Value] = {}
    for name in wanted.program.body.inputs:
        typed = name != PARAMS and needs_maker(hints.get(name, object))
        maker = f"{source_of(wanted.cls)}/{name}" if typed else ""
        out[name] = Lit(json.dumps(wanted.params.get(name, {}), ensure_ascii=False), maker)
    return out


def canonical(value: Mapping[str, JSON] | dict[str, str]) -> str:
    """Return a mapping as canonical JSON text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _shipped(cls: type[Workflow], executor: str) -> bytes:
    if executor != "process" or is_importable(cls):
        return b""
    from axl.runtime.code.shipping import pack  # noqa: PLC0415 (cloudpickle, only for such classes)

    return pack(cls)
