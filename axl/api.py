"""What the command line and a notebook call: load, trace, check, run, and look at runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from axl import __version__
from axl.check import check as check_program
from axl.check import in_order
from axl.dsl import trace as tracing
from axl.dsl.workflow import Workflow, require_workflow
from axl.errors import CheckError, Problem, UsageError
from axl.io.assignment import Given
from axl.io.notices import heard_by
from axl.io.store import Store
from axl.io.stores import open_store
from axl.ir.nodes import IRWorkflow
from axl.ir.walk import tasks
from axl.runtime.cache.results import Mode
from axl.runtime.code.target import load_target
from axl.runtime.engine.local import Left, Local, Wanted, continue_local, run_inputs, run_local
from axl.runtime.engine.options import Options
from axl.runtime.history.run import Run, RunSummary, open_run, step_of
from axl.runtime.history.run import list_runs as list_runs_of
from axl.runtime.parameters.bind import bind
from axl.wire.address import check_run_id
from axl.wire.events import Noted, Reporter, silent

if TYPE_CHECKING:
    from axl.compile.explain import Explanation
    from axl.compile.target import Artifact
    from axl.runtime.cache.why import Why
    from axl.runtime.engine.forecast import Forecast
    from axl.runtime.history.diff import RunDiff
    from axl.runtime.housekeeping.garbage import Swept
    from axl.runtime.housekeeping.repair import Repaired
    from axl.runtime.housekeeping.verify import Verdict

StoreLike = str | Path | Store | None


def load(target: str) -> type[Workflow]:
    """Return the workflow that `module:Class` or `path/to/file.py:Class` names.

    The class may be left out where a module defines only one. Raises `UsageError` when there is
    none, and `DefinitionError` when the module cannot be imported.
    """
    return load_target(target)


def trace(workflow: type[Workflow] | str) -> IRWorkflow:
    """Return the IR of a workflow, given as a class or as a text that `load` takes; no step is run.

    >>> from axl import Workflow, step
    >>> class Hello(Workflow):
    ...     @step
    ...     def greet(self) -> str:
    ...         return "hello"
    >>> trace(Hello).name
    'hello'
    """
    return tracing.trace(_class_of(workflow))


def validate(workflow: type[Workflow] | str) -> tuple[Problem, ...]:
    """Return everything that is wrong with a workflow, errors and warnings, in order of lines."""
    from axl.dsl.doubts import doubts_of  # noqa: PLC0415 (reads sources, which no run needs)

    cls = _class_of(workflow)
    program = tracing.trace(cls)
    found = check_program(program, tracing.hints_of(cls, program))
    return in_order((*found, *doubts_of(cls, program)))


def checked(workflow: type[Workflow]) -> IRWorkflow:
    """Return the IR of a workflow; `CheckError` with every problem when it has errors."""
    program = tracing.trace(workflow)
    problems = check_program(program, tracing.hints_of(workflow, program))
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if errors:
        raise CheckError(errors)
    return program


def compile(  # noqa: A001 (what it is called everywhere)
    workflow: type[Workflow] | str, target: str, *, out: str | Path | None = None
) -> Artifact:
    """Return the files that a target takes, by relative path; nothing is written.

    Args:
        workflow: the class, or a text that `load` takes.
        target: `dagster`, or the name of a target that another package offers.
        out: the main file, as it will be called and where, or its folder: what the file says of the
            author's module is relative to it. By default a file in the current folder.

    Raises `CheckError`, `RefusedError` with everything that the target cannot express, and
    `UsageError` when there is no such target.
    """
    from axl.compile.driver import compile_program  # noqa: PLC0415 (runs do not need it)
    from axl.compile.targets import get_target  # noqa: PLC0415 (as above)
    from axl.origin import origin_of  # noqa: PLC0415 (as above)

    cls = _class_of(workflow)
    found = get_target(target)
    program = checked(cls)
    return compile_program(program, found, origin_of(cls, program, out))


def explain(workflow: type[Workflow] | str, target: str) -> Explanation:
    """Return what a target makes of everything that a workflow needs; nothing is raised for refusals."""
    from axl.compile.explain import explain as explain_program  # noqa: PLC0415 (runs do not need it)
    from axl.compile.targets import get_target  # noqa: PLC0415 (as above)

    cls = _class_of(workflow)
    return explain_program(checked(cls), get_target(target))


def run(
    workflow: type[Workflow] | str,
    params: Mapping[str, object] | Iterable[Given] | None = None,
    *,
    executor: str = "process",
    workers: int | None = None,
    store: StoreLike = None,
    run_id: str = "",
    fresh: bool = False,
    cache: bool = True,
    keep_going: bool = False,
    grace: float = 10.0,
    report: Reporter = silent,
) -> Run:
    """Run a workflow on this machine and return the run.

    An unfinished run of the same workflow, code and parameters is continued, unless `fresh`. A step that
    any run computed with the same code and inputs is not computed again.

    Args:
        workflow: the class, or a text that `load` takes.
        params: values for the run's parameters.
        executor: `process` (isolated workers), `thread` or `inline`.
        workers: how many attempts run at once; by default one per processor.
        store: the URL or folder of the store; by default `$AXL_STORE` or `.axl`.
        run_id: a name for the run, or the name of the run to continue.
        fresh: begin a new run, compute everything, and let the results replace older ones.
        cache: use the results of other runs, and let others use those of this one.
        keep_going: after a failure, go on with everything that does not depend on it.
        grace: seconds that running steps get to end when the run is stopped.
        report: called with every event.

    Raises `CheckError`, `ParameterError`, `LockedError` or `StoreError` before or between steps;
    a step that fails does not raise: see `Run.status`, `Run.error`, and `Run.result`. Where nothing
    reports, the failure is logged as an error of the logger `axl`, which Python prints by default.
    """
    if run_id:
        check_run_id(run_id)
    cls = _class_of(workflow)
    program = checked(cls)
    given = bind(program, cls, params or ())
    mode = _mode(fresh=fresh, cache=cache)
    wanted = Wanted(cls=cls, program=program, params=given, run_id=run_id, fresh=fresh, cache=mode)
    options = Options(keep_going=keep_going, grace=grace, max_parallel=program.max_parallel)
    how = Local(executor=executor, workers=_count(workers), options=options, report=report)
    with _held(store, report) as opened:
        left = run_local(wanted, opened, how, __version__)
    return _left(left, store, report)


def retry(
    run_id: str,
    *,
    executor: str = "process",
    workers: int | None = None,
    store: StoreLike = None,
    keep_going: bool = False,
    grace: float = 10.0,
    report: Reporter = silent,
) -> Run:
    """Continue a run that did not succeed: what is committed stays, the rest runs with today's code.

    Raises `UsageError` when the run succeeded, or when its workflow is wired differently now.
    """

    def how(program: IRWorkflow) -> Local:
        options = Options(keep_going=keep_going, grace=grace, max_parallel=program.max_parallel)
        return Local(executor=executor, workers=_count(workers), options=options, report=report)

    with _held(store, report) as opened:
        left = _retry(open_run(run_id, opened), opened, how)
    return _left(left, store, report)


def _class_of(workflow: type[Workflow] | str) -> type[Workflow]:
    """Return the class that was given or named; `DefinitionError` for anything else."""
    if isinstance(workflow, str):
        return load_target(workflow)
    require_workflow(workflow)
    return workflow


def _left(left: Left, store: StoreLike, report: Reporter) -> Run:
    """Return a run as it was left; a failure that nobody heard of is logged."""
    opened = _open(store)
    ran = Run(open_run(left.run, opened).record, opened, left.session)
    if left.status == "failed" and report is silent:
        import logging  # noqa: PLC0415 (5 ms, only for a failure)

        logging.getLogger("axl").error(
            "the run %s failed: %s\nwhat was committed is kept: mend it and run again", ran.id, ran.error
        )
    return ran


def _retry(old: Run, store: Store, how: Callable[[IRWorkflow], Local]) -> Left:
    if old.status == "succeeded":
        raise UsageError(
            f"the run {old.id} succeeded", hint="there is nothing to retry; run the workflow again"
        )
    cls = old.load_workflow()
    program = checked(cls)
    if program.compute_hash() != old.record.hash:
        raise UsageError(
            f"{program.source} is wired differently than when {old.id} began",
            hint="start a new run of it: axl run local",
        )
    wanted = Wanted(cls=cls, program=program, params=old.bound_params)
    return continue_local(wanted, old.record, store, how(program))


def why(run_id: str, step: str = "", store: StoreLike = None) -> list[Why]:
    """Return why each instance of a run's steps, or of one step, was computed or found in the cache."""
    from axl.runtime.cache.why import why as why_of  # noqa: PLC0415 (runs do not need it)

    run = open_run(run_id, _open(store))
    wanted = [run.step(step).task] if step else [task for _, task in tasks(run.program)]
    return list(why_of(run.record, run.program, wanted, run.store))


def forecast(
    workflow: type[Workflow] | str,
    params: Mapping[str, object] | Iterable[Given] | None = None,
    *,
    step: str = "",
    store: StoreLike = None,
    fresh: bool = False,
    cache: bool = True,
) -> Forecast:
    """Return what a run, or one step of it, would compute now, and why; nothing is run or written.

    `fresh` and `cache` are those of `run`. Raises `CheckError` and `ParameterError` as a run does, and
    `UsageError` for a step that the workflow does not have.
    """
    from axl.runtime.engine.forecast import forecast as forecast_of  # noqa: PLC0415 (runs do not need it)

    cls = _class_of(workflow)
    program = checked(cls)
    node = step_of(program, step, f"the workflow {program.name}")[1].id if step else ""
    wanted = Wanted(cls=cls, program=program, params=bind(program, cls, params or ()))
    with _held(store) as opened:
        found = forecast_of(cls, program, run_inputs(wanted), opened, _mode(fresh=fresh, cache=cache))
    return found.of(node) if node else found


def get_run(run_id: str, store: StoreLike = None) -> Run:
    """Return a recorded run; the id may be shortened, and `latest` names the newest."""
    return open_run(run_id, _open(store))


def list_runs(store: StoreLike = None, limit: int | None = None) -> list[RunSummary]:
    """Return the runs of a store, the newest first, at most `limit` of them."""
    return list_runs_of(_open(store), limit)


def diff(before: str, after: str, store: StoreLike = None) -> RunDiff:
    """Return what is different between two runs of a store, given by id, its beginning, or `latest`."""
    from axl.runtime.history.diff import diff as diff_runs  # noqa: PLC0415 (runs do not need it)

    opened = _open(store)
    return diff_runs(open_run(before, opened), open_run(after, opened))


def gc(
    store: StoreLike = None,
    *,
    keep: int | None = None,
    older_than: float | None = None,
    workflow: str = "",
    dry_run: bool = False,
) -> Swept:
    """Remove old runs, and the results and stored bytes that no other run needs; engines may run meanwhile.

    Args:
        store: the URL or folder of the store; by default `$AXL_STORE` or `.axl`.
        keep: how many runs of each workflow stay, the newest.
        older_than: seconds; what was worked on since then stays. Only with it are runs removed that
            were stopped and could be continued.
        workflow: a name, or the beginning of a hash: the runs of all other workflows stay.
        dry_run: only say what would be removed.

    Raises `UsageError` without `keep` and `older_than`, `LockedError` while another collection is under
    way, and `DamagedError` when a record cannot be read: see `verify`.
    """
    from axl.runtime.housekeeping.garbage import collect, pace_of, preview  # noqa: PLC0415 (runs do not need it)
    from axl.runtime.housekeeping.keeping import Keep  # noqa: PLC0415 (as above)

    rule = Keep(newest=keep, younger=older_than, workflow=workflow)
    with _held(store) as opened:
        return (preview if dry_run else collect)(opened, rule, pace_of(opened))


def verify(store: StoreLike = None) -> Verdict:
    """Read every record and object of a store, and return what is lost or damaged."""
    from axl.runtime.housekeeping.verify import verify as verify_store  # noqa: PLC0415 (runs do not need it)

    with _held(store) as opened:
        return verify_store(opened)


def repair(verdict: Verdict, store: StoreLike = None) -> Repaired:
    """Remove what `verify` found, and what needs it, so that the same commands compute it again."""
    from axl.runtime.housekeeping.repair import repair as repair_store  # noqa: PLC0415 (runs do not need it)

    with _held(store) as opened:
        return repair_store(opened, verdict.findings)


def _mode(*, fresh: bool, cache: bool) -> Mode:
    return "off" if not cache else "renew" if fresh else "use"


def _open(store: StoreLike) -> Store:
    if store is None or isinstance(store, str):
        return open_store(store)
    return open_store(str(store)) if isinstance(store, Path) else store


@contextmanager
def _held(store: StoreLike, report: Reporter = silent) -> Iterator[Store]:
    """Open a store for the time of a run, and leave nothing of this process in it; a given one stays open.

    Who hears of the run hears also what the store has to tell.
    """
    opened = _open(store)
    try:
        with heard_by(lambda text: report(Noted(text=text))) if report is not silent else nullcontext():
            yield opened
    finally:
        if opened is not store:
            opened.close()


def _count(workers: int | None) -> int | None:
    if workers is not None and (type(workers) is not int or workers < 1):
        raise UsageError(f"workers is {workers!r}", hint="it is a whole number of one or more")
    return workers
