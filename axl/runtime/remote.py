"""The door for orchestrators: what they know is a run, a node and the place of an item; the rest is derived.

    with driving(run_id, by): ...                 around it all, in the process that hands out the work
    run = join(workflow, run_id, params, by)      begins the run, or goes on with it
    run.items(map)                                the items of a map, as places
    run.step(node, item, retry)                   one attempt, supervised and committed
    run.finish()                                  the result

All state is in the store, so each call may come from another process. The store is that of `$AXL_STORE`.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from axl.dsl.trace import trace
from axl.dsl.workflow import Workflow as AuthorsWorkflow
from axl.errors import UsageError
from axl.io.store import Store
from axl.io.stores import VARIABLE, open_store
from axl.ir.nodes import IRWorkflow
from axl.runtime.code.classes import find_class
from axl.runtime.code.program import Codes, code_of
from axl.runtime.engine.local import Wanted, canonical, run_inputs
from axl.runtime.engine.session import find_run
from axl.runtime.executors.base import Setup
from axl.runtime.executors.process import ProcessExecutor
from axl.runtime.orchestrated.presence import begin_run, begin_session, drive, last_error
from axl.runtime.orchestrated.run import Joined, Report, Run
from axl.runtime.parameters.bind import bind
from axl.wire.record import RunRecord
from axl.wire.values import JSON

__all__ = ["Report", "Run", "Workflow", "driving", "join", "on_exit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow as an orchestrator names it.

    `folder` is where its module is found, `hash` what the definition was compiled from: a workflow
    that is wired differently by now is refused.
    """

    source: str
    folder: Path | None = None
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """A workflow in this process: imported, traced and its code read once."""

    cls: type[AuthorsWorkflow]
    program: IRWorkflow
    codes: Codes
    folder: str


def join(workflow: Workflow, run: str, params: Mapping[str, object], by: str) -> Run:
    """Begin a run, or go on with it; `by` names who drives it, and whoever re-runs parts of it.

    Raises `ParameterError` for values that do not fit, and `UsageError` when the workflow is wired
    differently than in the definition, or than when the run began.
    """
    store = _store()
    key = (workflow, run, by)
    if key not in _RUNS:
        _RUNS.clear()
        _RUNS[key] = _begin(workflow, run, params, by, store)
    return _RUNS[key]


def _begin(workflow: Workflow, run: str, params: Mapping[str, object], by: str, store: Store) -> Run:
    loaded = _load(workflow)
    record = find_run(run, store)
    if record is None:
        bound = bind(loaded.program, loaded.cls, params)
        record = begin_run(run, loaded.program, canonical(bound), loaded.folder, store)
    return _run(workflow, loaded, record, by, store)


def driving(run: str, by: str) -> AbstractContextManager[None]:
    """Hold a run while its orchestrator hands out the work, so that others see that it is running.

    Raises `LockedError` when another engine drives the run. Leaving by an interruption cancels it.
    """
    return drive(run, by, _store())


def on_exit(workflow: Workflow, run: str, status: str) -> Report:
    """Run the step that always runs last, for a run that has ended."""
    store = _store()
    loaded = _load(workflow)
    task = loaded.program.on_exit
    record = find_run(run, store)
    if task is None or record is None:
        return Report()
    error = last_error(run, store)
    return _run(workflow, loaded, record, "", store).leave(task, status, error)


def _run(workflow: Workflow, loaded: _Loaded, record: RunRecord, by: str, store: Store) -> Run:
    if record.hash != loaded.program.compute_hash():
        raise UsageError(
            f"{workflow.source} is wired differently than when the run {record.run} began",
            hint="start a new run",
        )
    params: dict[str, JSON] = json.loads(record.params)
    wanted = Wanted(cls=loaded.cls, program=loaded.program, params=params)
    joined = Joined(
        program=loaded.program,
        codes=loaded.codes,
        inputs=run_inputs(wanted),
        folder=loaded.folder,
        record=record,
        session=begin_session(record.run, by, store) if by else 0,
        by=by,
        store=store,
        executor=_executor(workflow.source, loaded.folder, store),
    )
    return Run(joined)


@functools.lru_cache(maxsize=16)
def _load(workflow: Workflow) -> _Loaded:
    folder = str(workflow.folder.resolve()) if workflow.folder is not None else ""
    cls = find_class(workflow.source, folder)
    program = trace(cls)
    if workflow.hash and program.compute_hash() != workflow.hash:
        raise UsageError(
            f"{workflow.source} is wired differently than when it was compiled",
            hint="compile it again, with `axl compile`",
        )
    return _Loaded(cls=cls, program=program, codes=code_of(cls, program), folder=folder)


_STORES: dict[tuple[str, str], Store] = {}
_EXECUTORS: dict[tuple[str, str, str], ProcessExecutor] = {}
_RUNS: dict[tuple[Workflow, str, str], Run] = {}
"""What this process has open, one of each at most: the runs of one orchestrator come one after the other."""


def _store() -> Store:
    """Return the store, open as long as the process lives; the default one depends on the folder."""
    key = (os.environ.get(VARIABLE, ""), os.getcwd())
    if key not in _STORES:
        _leave()
        _STORES[key] = open_store()
    return _STORES[key]


def _executor(source: str, folder: str, store: Store) -> ProcessExecutor:
    """Return the parent of the step processes, kept warm: one process may be called for many steps."""
    key = (source, folder, store.url)
    if key not in _EXECUTORS:
        _close_executors()
        _EXECUTORS[key] = ProcessExecutor(Setup(workflow=source, path=folder, store=store, workers=1))
    return _EXECUTORS[key]


def _close_executors() -> None:
    _RUNS.clear()
    while _EXECUTORS:
        _EXECUTORS.popitem()[1].close()


@atexit.register
def _leave() -> None:
    """Leave nothing behind: step processes end, the store is closed."""
    _RUNS.clear()
    _close_executors()
    while _STORES:
        _STORES.popitem()[1].close()
